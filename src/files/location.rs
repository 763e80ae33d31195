//! What is fetched, and from where: locations as the planner sees them, and the numbers of data centres.

use std::fmt;
use std::sync::Arc;

use crate::files::error::FileError;
use crate::ids::{CDN_NUMBERS, DC_NUMBERS};

/// A data centre's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dc(u16);

impl Dc {
    /// FI-34 (CF-16): a data centre that knows of accounts, 1 to 100.
    ///
    /// # Errors
    ///
    /// [`FileError::UnknownDc`].
    pub fn new(number: i64) -> Result<Self, FileError> {
        Self::within(number, DC_NUMBERS)
    }

    /// FI-51: one of a [CDN](https://core.telegram.org/cdn), 101 to 999. None is that of another data centre.
    ///
    /// # Errors
    ///
    /// [`FileError::UnknownDc`].
    pub fn cdn(number: i64) -> Result<Self, FileError> {
        Self::within(number, CDN_NUMBERS)
    }

    fn within(number: i64, numbers: std::ops::RangeInclusive<i64>) -> Result<Self, FileError> {
        let known = Some(number).filter(|number| numbers.contains(number));
        known.and_then(|n| u16::try_from(n).ok()).map(Self).ok_or(FileError::UnknownDc { number })
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }

    /// Whether it is a CDN's.
    #[must_use]
    pub fn is_cdn(self) -> bool {
        CDN_NUMBERS.contains(&self.0.into())
    }
}

/// The kinds of locations, as far as they are treated differently. Their names are those of the constructors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// `inputDocumentFileLocation`.
    Document,
    /// `inputPhotoFileLocation`.
    Photo,
    /// `inputEncryptedFileLocation`.
    Encrypted,
    /// `inputSecureFileLocation`.
    Secure,
    /// `inputPeerPhotoFileLocation`.
    PeerPhoto,
    /// `inputStickerSetThumb`.
    StickerSetThumb,
    /// `inputGroupCallStream`.
    GroupCall,
    /// `inputTakeoutFileLocation`.
    Takeout,
    /// `inputWebFileLocation` and the others of `upload.getWebFile`.
    Web,
    /// `inputFileLocation` and `inputPhotoLegacyFileLocation`, which file ids of old bots have.
    Legacy,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Document,
        Self::Photo,
        Self::Encrypted,
        Self::Secure,
        Self::PeerPhoto,
        Self::StickerSetThumb,
        Self::GroupCall,
        Self::Takeout,
        Self::Web,
        Self::Legacy,
    ];

    /// FI-60: whether it carries a reference that expires.
    #[must_use]
    pub fn has_reference(self) -> bool {
        matches!(self, Self::Document | Self::Photo | Self::Legacy)
    }

    /// FI-38: whether it carries none, and is made anew of the peer or the set that it names.
    #[must_use]
    pub fn is_reloaded(self) -> bool {
        matches!(self, Self::PeerPhoto | Self::StickerSetThumb)
    }

    /// FI-39: whether its bytes are encrypted in blocks of sixteen.
    #[must_use]
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Encrypted | Self::Secure)
    }

    /// FI-40, FI-41: whether a CDN may have it.
    #[must_use]
    pub fn may_be_at_cdn(self) -> bool {
        !matches!(self, Self::GroupCall | Self::Web)
    }

    /// FI-41, FI-40: whether the server tells hashes of its ranges.
    #[must_use]
    pub fn has_hashes(self) -> bool {
        !matches!(self, Self::GroupCall | Self::Web)
    }

    /// FI-40: whether a download of it may be gone on with.
    #[must_use]
    pub fn is_resumable(self) -> bool {
        self != Self::GroupCall
    }

    /// For the journal.
    pub(crate) fn to_byte(self) -> u8 {
        Self::ALL
            .iter()
            .position(|kind| *kind == self)
            .and_then(|at| u8::try_from(at).ok())
            .unwrap_or(u8::MAX)
    }
}

/// Where a file is: an `InputFileLocation`, of which the planner knows what it has to. `Debug` shows no bytes of it (FI-62).
#[derive(Clone, PartialEq, Eq)]
pub struct Location {
    /// What it is.
    pub kind: Kind,
    /// The file's id.
    pub id: i64,
    /// FI-36: which of its variants, as `thumb_size` names it; empty for the file itself.
    pub variant: String,
    bytes: Arc<[u8]>,
}

impl Location {
    /// A location; `bytes` is the constructor with its reference, as it is sent.
    pub fn new(kind: Kind, id: i64, variant: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { kind, id, variant: variant.to_owned(), bytes: bytes.into() }
    }

    /// The constructor, as it is sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// FI-61: whether another location is that of the same file.
    ///
    /// FI-38: what a peer or a set has now may be another picture than before.
    #[must_use]
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.variant == other.variant
            && (self.id == other.id || self.kind.is_reloaded())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, variant, bytes } = self;
        write!(f, "Location({kind:?} {id} {variant:?}, {} bytes)", bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi_34_numbers_that_no_data_centre_has_are_refused() {
        for number in [1, 5, 100] {
            assert_eq!(Dc::new(number).map(Dc::number), Ok(number as u16));
        }
        for number in [i64::MIN, -2, 0, 101, 203, 65_537, i64::MAX] {
            assert_eq!(Dc::new(number), Err(FileError::UnknownDc { number }));
        }
    }

    #[test]
    fn fi_51_numbers_of_cdns_are_none_of_other_data_centres() {
        assert!(Dc::cdn(203).is_ok_and(Dc::is_cdn));
        assert!(!Dc::new(5).is_ok_and(Dc::is_cdn));
        for number in [-203, 0, 1, 5, 100, 1_000, i64::MAX] {
            assert_eq!(Dc::cdn(number), Err(FileError::UnknownDc { number }));
        }
    }

    #[test]
    fn fi_36_variants_of_a_file_are_other_files() {
        let location = |id, variant| Location::new(Kind::Document, id, variant, [1; 8]);
        let whole = location(7, "");
        assert!(whole.is_same_file(&Location::new(Kind::Document, 7, "", [2; 8])));
        for other in [location(8, ""), location(7, "m"), Location::new(Kind::Photo, 7, "", [1; 8])]
        {
            assert!(!whole.is_same_file(&other), "{other:?}");
        }
        for variant in ["v", "u", "f", "s", "i"] {
            assert!(!location(7, variant).is_same_file(&whole));
            assert!(location(7, variant).is_same_file(&location(7, variant)));
        }
    }

    #[test]
    fn fi_38_a_peers_photo_may_be_another_one_when_it_is_looked_up_again() {
        for kind in Kind::ALL {
            let [old, new] = [1, 2].map(|id| Location::new(kind, id, "", [id as u8]));
            assert_eq!(old.is_same_file(&new), kind.is_reloaded(), "{kind:?}");
        }
    }

    #[test]
    fn fi_62_a_reference_is_never_printed() {
        let location = Location::new(Kind::Photo, 7, "x", *b"the reference");
        assert_eq!(format!("{location:?}"), "Location(Photo 7 \"x\", 13 bytes)");
        assert!(!format!("{location:#?}").contains("116"));
    }
}
