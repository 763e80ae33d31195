//! Files: what was uploaded, in which data centre it lives, and who may have it.
//!
//! ```text
//!  saveFilePart ──> Uploads ── an InputFile names its parts ──> File ── FileMedia ──> messages, photos of peers
//!   FI-02 … FI-11                  FI-09, FI-14                  │
//!                                                                └── getFile, getFileHashes     FI-30, FILE_MIGRATE_X
//! ```
//!
//! Who sees a file gets an access hash of the account and the login, and a [reference](references) of the account: both are numbers
//! that follow from the seed, so that equal calls have equal answers.

mod blob;
mod cdn;
mod chances;
mod download;
mod encrypted;
mod media;
mod pictures;
mod public;
mod references;
mod uploads;

use std::collections::BTreeMap;

use telewire::ids::DcId;
use telewire::tl::api::{enums, types};

use crate::world::view::View;
use crate::world::{State, User, Viewer};
use blob::Blob;
pub(crate) use cdn::is_cdn;
pub use chances::{DownloadFault, FileFaults, UploadFault};
pub(crate) use download::Range as FileRange;
pub(crate) use media::{FileKind, FileMedia};
pub(crate) use uploads::Part as FilePart;

/// A photo or a document.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) id: i64,
    pub(crate) date: i32,
    /// Where it lives.
    pub(crate) dc: DcId,
    pub(crate) is: Is,
    pub(crate) content: Blob,
    thumbs: Vec<Thumb>,
    /// How often its references were made old.
    expired: u32,
    /// How often its tokens for CDNs were.
    old_tokens: u32,
}

/// What a file is.
#[derive(Debug, Clone)]
pub(crate) enum Is {
    Photo {
        width: i32,
        height: i32,
    },
    Document {
        mime_type: String,
        attributes: Vec<enums::DocumentAttribute>,
    },
    /// Of a secret chat (SC-76): bytes that nobody here can read, and what their key is known by.
    Encrypted {
        key_fingerprint: i32,
    },
}

/// A small picture of a document.
#[derive(Debug, Clone)]
struct Thumb {
    width: i32,
    height: i32,
    content: Blob,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    all: BTreeMap<i64, File>,
    pub(crate) uploads: uploads::Uploads,
    pub(crate) references: references::References,
    pub(crate) faults: chances::Faults,
    pub(crate) cdn: cdn::Cdn,
    /// Where new files live, if not at home of whoever uploads them.
    dc: Option<DcId>,
}

/// The type of a document's thumbnail: <https://core.telegram.org/api/files#image-thumbnail-types>.
const THUMB: &str = "m";

/// A thumbnail of so many bytes comes with the document, as `photoCachedSize` (FI-37).
const MAX_CACHED: u64 = 1_024;

impl Files {
    pub(crate) fn file(&self, id: i64) -> Option<&File> {
        self.all.get(&id)
    }

    pub(crate) fn file_mut(&mut self, id: i64) -> Option<&mut File> {
        self.all.get_mut(&id)
    }

    /// It was never sent.
    pub(crate) fn remove(&mut self, id: i64) {
        self.all.remove(&id);
    }
}

impl File {
    /// FI-36: the type of the size of a photo that is there, by its longer side.
    fn size_type(&self) -> &'static str {
        let Is::Photo { width, height } = self.is else { return "" };
        match width.max(height) {
            ..=100 => "s",
            101..=320 => "m",
            321..=800 => "x",
            801..=1_280 => "y",
            _ => "w",
        }
    }

    /// FI-36: the bytes that a `thumb_size` names.
    fn sized(&self, thumb_size: &str) -> Option<&Blob> {
        match self.is {
            Is::Photo { .. } => (thumb_size == self.size_type()).then_some(&self.content),
            Is::Document { .. } if thumb_size.is_empty() => Some(&self.content),
            Is::Encrypted { .. } => thumb_size.is_empty().then_some(&self.content),
            Is::Document { .. } => {
                self.thumbs.first().filter(|_| thumb_size == THUMB).map(|thumb| &thumb.content)
            }
        }
    }

    /// Whether it lives in a data centre. FI-35: what is for media only is the same one.
    pub(crate) fn is_in(&self, dc: DcId) -> bool {
        (self.dc.number, self.dc.is_test) == (dc.number, dc.is_test)
    }
}

impl State {
    /// Keeps a file, in the data centre of whoever uploads it unless the world says another; gives its number.
    fn keep_file(
        &mut self,
        home: DcId,
        date: i32,
        is: Is,
        content: Blob,
        thumb: Option<Thumb>,
    ) -> i64 {
        let dc = self.files.dc.unwrap_or(DcId { is_media: false, ..home });
        let id = loop {
            let id = i64::from_le_bytes(self.random()) & i64::MAX;
            if id != 0 && !self.files.all.contains_key(&id) {
                break id;
            }
        };
        let thumbs = thumb.into_iter().collect();
        let file = File { id, date, dc, is, content, thumbs, expired: 0, old_tokens: 0 };
        self.files.all.insert(id, file);
        id
    }

    /// UM-10: the access hash of a file is of the account and of the login that see it.
    pub(crate) fn file_hash(&self, viewer: Viewer, id: i64) -> i64 {
        /// It is no other number that follows from the same.
        const OF_FILES: u64 = 0x6669_6c65;
        let Viewer { user, by } = viewer;
        let parts = [
            OF_FILES,
            user.cast_unsigned(),
            by.dc.number.into(),
            by.key.0.cast_unsigned(),
            id.cast_unsigned(),
        ];
        self.drawn(&parts).cast_signed()
    }
}

impl View<'_> {
    /// A photo; an empty one if there is none.
    pub(crate) fn photo(&self, id: i64) -> enums::Photo {
        let Some(file) = self.state.files.file(id) else { return types::PhotoEmpty { id }.into() };
        let Is::Photo { width: w, height: h } = file.is else {
            return types::PhotoEmpty { id }.into();
        };
        let (r#type, size) = (file.size_type().to_owned(), small(file.content.size()));
        let photo = types::Photo {
            has_stickers: false,
            id,
            access_hash: self.state.file_hash(self.viewer, id),
            file_reference: self.state.reference(self.viewer.user, file).into(),
            date: file.date,
            sizes: vec![types::PhotoSize { r#type, w, h, size }.into()],
            video_sizes: None,
            dc_id: file.dc.number.into(),
        };
        photo.into()
    }

    /// The photo of somebody, as it is beside the name.
    pub(crate) fn profile_photo(&self, user: &User) -> Option<enums::UserProfilePhoto> {
        let file = self.state.files.file(*user.photos.first()?)?;
        let dc_id = file.dc.number.into();
        let (has_video, personal, stripped_thumb) = (false, false, None);
        let photo_id = file.id;
        let photo =
            types::UserProfilePhoto { has_video, personal, photo_id, stripped_thumb, dc_id };
        Some(photo.into())
    }

    /// The photo of a group or channel, as it is beside the name.
    pub(crate) fn chat_photo(&self, photos: &[i64]) -> enums::ChatPhoto {
        let found = photos.first().and_then(|id| self.state.files.file(*id));
        match found {
            Some(file) => {
                let dc_id = file.dc.number.into();
                let (has_video, stripped_thumb) = (false, None);
                types::ChatPhoto { has_video, photo_id: file.id, stripped_thumb, dc_id }.into()
            }
            None => enums::ChatPhoto::ChatPhotoEmpty,
        }
    }

    /// A document; an empty one if there is none.
    pub(crate) fn document(&self, id: i64) -> enums::Document {
        let empty = || types::DocumentEmpty { id }.into();
        let Some(file) = self.state.files.file(id) else { return empty() };
        let Is::Document { mime_type, attributes } = &file.is else { return empty() };
        let thumbs: Vec<_> = file.thumbs.iter().map(Thumb::to_tl).collect();
        let document = types::Document {
            id,
            access_hash: self.state.file_hash(self.viewer, id),
            file_reference: self.state.reference(self.viewer.user, file).into(),
            date: file.date,
            mime_type: mime_type.clone(),
            size: i64::try_from(file.content.size()).unwrap_or(i64::MAX),
            thumbs: Some(thumbs).filter(|thumbs| !thumbs.is_empty()),
            video_thumbs: None,
            dc_id: file.dc.number.into(),
            attributes: attributes.clone(),
        };
        document.into()
    }
}

impl Thumb {
    fn to_tl(&self) -> enums::PhotoSize {
        let (r#type, w, h) = (THUMB.to_owned(), self.width, self.height);
        if self.content.size() <= MAX_CACHED {
            let bytes = self.content.all().into();
            return types::PhotoCachedSize { r#type, w, h, bytes }.into();
        }
        types::PhotoSize { r#type, w, h, size: small(self.content.size()) }.into()
    }
}

/// The size of a picture: there are none of 2 GiB.
fn small(size: u64) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}
