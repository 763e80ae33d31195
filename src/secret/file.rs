//! Files of secret chats: their keys, their encryption, and what is checked before one is read (SC-76 to SC-78).
//!
//! A file goes through AES-256-IGE as a whole, so its parts are encrypted and decrypted in their order. That proves nothing
//! about it: whoever has the server can change a file, so do not parse it where it can do harm (SC-77).

mod thumb;

use crate::crypto::file::{Chain, fingerprint};
use crate::crypto::{AesKeyIv, Entropy, Secret};
use crate::ids::DC_NUMBERS;
pub use crate::local_name::local_name as safe_name;
use crate::secret::limits::MAX_FILE;
use crate::secret::types::ServerFile;
use crate::tl::secret::enums::{DecryptedMessageMedia as Media, DocumentAttribute};
use crate::tl::secret::types;
pub use thumb::{MAX_THUMB, MAX_THUMB_SIDE, Thumb, thumb, with_thumb};

/// Key and vector of one file. They are drawn for it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileKey(AesKeyIv);

impl FileKey {
    /// New ones.
    pub fn random(entropy: &mut dyn Entropy) -> Self {
        Self(AesKeyIv { key: Secret::random(entropy), iv: Secret::random(entropy) })
    }

    /// As they came in a message.
    ///
    /// # Errors
    ///
    /// [`FileError::KeyLength`].
    pub fn of(key: &[u8], iv: &[u8]) -> Result<Self, FileError> {
        let part = |bytes: &[u8]| {
            bytes
                .try_into()
                .map(|bytes: [u8; 32]| Secret::from(bytes))
                .map_err(|_| FileError::KeyLength)
        };
        Ok(Self(AesKeyIv { key: part(key)?, iv: part(iv)? }))
    }

    /// The key, for the message.
    #[must_use]
    pub fn key(&self) -> &[u8; 32] {
        self.0.key.expose()
    }

    /// The vector, for the message.
    #[must_use]
    pub fn iv(&self) -> &[u8; 32] {
        self.0.iv.expose()
    }

    /// `key_fingerprint`, which the server passes on beside the message.
    #[must_use]
    pub fn fingerprint(&self) -> i32 {
        fingerprint(&self.0)
    }

    /// What encrypts or decrypts the file from its beginning.
    #[must_use]
    pub fn chain(&self) -> Chain {
        Chain::new(self.0.clone())
    }
}

/// A file as a message describes it, and as the server has it: both agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What decrypts it.
    pub key: FileKey,
    /// Its true size: what is after it is filling.
    pub size: i64,
}

/// Why a file is not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The message describes no file of this chat.
    #[error("the message has no file of its own")]
    None,
    /// Both have 32 bytes.
    #[error("the file's key or vector does not have 32 bytes")]
    KeyLength,
    /// More than 0 bytes, and 4 GiB at most.
    #[error("a file cannot have {size} bytes")]
    Size {
        /// What the message says.
        size: i64,
    },
    /// The file at the server is another one.
    #[error("the file's key has another fingerprint than the server's file")]
    Fingerprint,
    /// It has to be the size of the message, and up to 15 bytes of filling.
    #[error("the server's file has {encrypted} bytes instead of the {size} that were sent")]
    EncryptedSize {
        /// What the message says.
        size: i64,
        /// What the server has.
        encrypted: i64,
    },
    /// A small picture is a JPEG of 90 by 90 pixels at most ([`with_thumb`]).
    #[error(
        "a small picture is a JPEG of {MAX_THUMB_SIDE} by {MAX_THUMB_SIDE} pixels and {MAX_THUMB} bytes at most, and not one of {width} by {height} and {bytes}"
    )]
    Thumb {
        /// How many it has.
        bytes: usize,
        /// As it was given.
        width: i32,
        /// As it was given.
        height: i32,
    },
    /// There is no such data centre.
    #[error("there is no data centre {dc_id}")]
    DataCentre {
        /// Its number.
        dc_id: i32,
    },
}

/// Checks a file before anything of it is asked for (SC-77).
///
/// # Errors
///
/// What does not agree.
pub fn check(media: &Media, file: &ServerFile) -> Result<Checked, FileError> {
    let (key, iv, size) = match media {
        Media::DecryptedMessageMediaPhoto8(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaVideo8(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaDocument8(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaAudio8(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaVideo17(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaAudio17(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaPhoto45(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaVideo45(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaDocument45(m) => (&m.key, &m.iv, m.size.into()),
        Media::DecryptedMessageMediaDocument143(m) => (&m.key, &m.iv, m.size),
        Media::DecryptedMessageMediaEmpty8
        | Media::DecryptedMessageMediaGeoPoint8(_)
        | Media::DecryptedMessageMediaContact8(_)
        | Media::DecryptedMessageMediaExternalDocument23(_)
        | Media::DecryptedMessageMediaVenue45(_)
        | Media::DecryptedMessageMediaWebPage45(_) => return Err(FileError::None),
    };
    let key = FileKey::of(key, iv)?;
    if !(1..=MAX_FILE).contains(&size) {
        return Err(FileError::Size { size });
    }
    if key.fingerprint() != file.key_fingerprint {
        return Err(FileError::Fingerprint);
    }
    if !(size..=size + 15).contains(&file.size) {
        return Err(FileError::EncryptedSize { size, encrypted: file.size });
    }
    // A file of a secret chat is at no CDN.
    if !DC_NUMBERS.contains(&file.dc_id.into()) {
        return Err(FileError::DataCentre { dc_id: file.dc_id });
    }
    Ok(Checked { key, size })
}

/// A file of any kind, as a message has it; whoever sends it puts in its key and its size. `name` is without folders.
#[must_use]
pub fn document(name: &str, mime_type: &str) -> Media {
    let name = safe_name(name);
    let attributes = vec![types::DocumentAttributeFilename23 { file_name: name }.into()];
    types::DecryptedMessageMediaDocument143 {
        thumb: Vec::new().into(),
        thumb_w: 0,
        thumb_h: 0,
        mime_type: mime_type.to_owned(),
        size: 0,
        key: Vec::new().into(),
        iv: Vec::new().into(),
        attributes,
        caption: String::new(),
    }
    .into()
}

/// A photo of so many pixels; the same.
#[must_use]
pub fn photo(width: i32, height: i32) -> Media {
    types::DecryptedMessageMediaPhoto45 {
        thumb: Vec::new().into(),
        thumb_w: 0,
        thumb_h: 0,
        w: width,
        h: height,
        size: 0,
        key: Vec::new().into(),
        iv: Vec::new().into(),
        caption: String::new(),
    }
    .into()
}

/// What the sender calls a file, as it came: [`safe_name`] makes a name for a disk of it (SC-78).
#[must_use]
pub fn name(media: &Media) -> Option<&str> {
    let attributes = match media {
        Media::DecryptedMessageMediaDocument8(m) => return Some(&m.file_name),
        Media::DecryptedMessageMediaDocument45(m) => &m.attributes,
        Media::DecryptedMessageMediaDocument143(m) => &m.attributes,
        _ => return None,
    };
    attributes.iter().find_map(|attribute| match attribute {
        DocumentAttribute::DocumentAttributeFilename23(of) => Some(of.file_name.as_str()),
        _ => None,
    })
}

/// What stands below it.
#[must_use]
pub fn caption(media: &Media) -> &str {
    match media {
        Media::DecryptedMessageMediaPhoto45(m) => &m.caption,
        Media::DecryptedMessageMediaVideo45(m) => &m.caption,
        Media::DecryptedMessageMediaDocument45(m) => &m.caption,
        Media::DecryptedMessageMediaDocument143(m) => &m.caption,
        _ => "",
    }
}

/// The same with a text below it; of what can have none, as it is.
#[must_use]
pub fn captioned(mut media: Media, text: &str) -> Media {
    match &mut media {
        Media::DecryptedMessageMediaPhoto45(m) => text.clone_into(&mut m.caption),
        Media::DecryptedMessageMediaVideo45(m) => text.clone_into(&mut m.caption),
        Media::DecryptedMessageMediaDocument45(m) => text.clone_into(&mut m.caption),
        Media::DecryptedMessageMediaDocument143(m) => text.clone_into(&mut m.caption),
        _ => {}
    }
    media
}

/// The media of a message with the key of its file and its size, before it is encrypted (SC-76).
///
/// # Errors
///
/// [`FileError::None`] for what is no file, or is in a form that is read alone; [`FileError::Size`] for a size that it has no room for.
#[cfg(feature = "client")]
pub(crate) fn keyed(mut media: Media, file: &FileKey, size: u64) -> Result<Media, FileError> {
    let wrong = FileError::Size { size: i64::try_from(size).unwrap_or(i64::MAX) };
    let long = i64::try_from(size).ok().filter(|size| (1..=MAX_FILE).contains(size));
    let long = long.ok_or(wrong)?;
    let int = i32::try_from(long).map_err(|_| wrong);
    let (key, iv) = (file.key()[..].into(), file.iv()[..].into());
    match &mut media {
        Media::DecryptedMessageMediaPhoto45(m) => (m.key, m.iv, m.size) = (key, iv, int?),
        Media::DecryptedMessageMediaVideo45(m) => (m.key, m.iv, m.size) = (key, iv, int?),
        Media::DecryptedMessageMediaAudio17(m) => (m.key, m.iv, m.size) = (key, iv, int?),
        Media::DecryptedMessageMediaDocument45(m) => (m.key, m.iv, m.size) = (key, iv, int?),
        Media::DecryptedMessageMediaDocument143(m) => (m.key, m.iv, m.size) = (key, iv, long),
        _ => return Err(FileError::None),
    }
    Ok(media)
}

#[cfg(test)]
mod tests;
