//! What can be fetched: documents, photos, and what has one.

use crate::client::files::error::TransferError;
use crate::files::references::{Origin, Source};
use crate::files::thumbs::{self, Thumb};
use crate::files::{Dc, Kind, Location};
use crate::tl::Serialize;
use crate::tl::api::enums::{self, InputPeer};
use crate::tl::api::types;

/// A file at the server: where it is, how large, and what brings a fresh reference to it. It is made [`From`] a document, a photo, or a
/// message that has one; of a photo it is the largest size.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteFile {
    pub(super) place: Place,
    pub(super) name: Option<String>,
    pub(super) sources: Vec<Source>,
}

/// How its bytes are had.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// There is none.
    Nowhere,
    /// FI-37: the bytes came along.
    Here(Vec<u8>),
    /// They are to be fetched.
    There { location: Location, dc: i32, size: Option<u64> },
}

impl RemoteFile {
    /// A location as the API has it, in a data centre: for what has no type here, as a peer's photo or the thumb of a set. `size` is
    /// how many bytes it has, if that is known.
    #[must_use]
    pub fn at(location: &enums::InputFileLocation, dc: i32, size: Option<u64>) -> Self {
        use enums::InputFileLocation as L;
        let (kind, id, variant) = match location {
            L::InputDocumentFileLocation(of) => (Kind::Document, of.id, of.thumb_size.as_str()),
            L::InputPhotoFileLocation(of) => (Kind::Photo, of.id, of.thumb_size.as_str()),
            L::InputPeerPhotoFileLocation(of) => (Kind::PeerPhoto, of.photo_id, ""),
            L::InputEncryptedFileLocation(of) => (Kind::Encrypted, of.id, ""),
            L::InputSecureFileLocation(of) => (Kind::Secure, of.id, ""),
            L::InputStickerSetThumb(of) => (Kind::StickerSetThumb, i64::from(of.thumb_version), ""),
            L::InputGroupCallStream(of) => (Kind::GroupCall, of.time_ms, ""),
            L::InputFileLocation(of) => (Kind::Legacy, of.volume_id, ""),
            L::InputPhotoLegacyFileLocation(of) => (Kind::Legacy, of.id, ""),
            L::InputTakeoutFileLocation => (Kind::Takeout, 0, ""),
        };
        let bytes = location.to_bytes();
        // FI-38: whoever looks it up again has to know the peer or the set.
        let origin = match location {
            L::InputPeerPhotoFileLocation(of) => Some(match of.peer {
                InputPeer::InputPeerChat(_) => Origin::Chat,
                InputPeer::InputPeerChannel(_) | InputPeer::InputPeerChannelFromMessage(_) => {
                    Origin::Channel
                }
                _ => Origin::User,
            }),
            L::InputStickerSetThumb(_) => Some(Origin::StickerSet),
            _ => None,
        };
        let sources = origin.map(|origin| Source { origin, key: bytes.clone() });
        let place = Place::There { location: Location::new(kind, id, variant, bytes), dc, size };
        Self { place, name: None, sources: sources.into_iter().collect() }
    }

    /// FI-36: a size of a photo, by its type: `"x"`, `"y"`, `"w"` and others. `None` if it has none of that.
    #[must_use]
    pub fn photo_size(photo: &types::Photo, size: &str) -> Option<Self> {
        let (_, thumb) = sizes(&photo.sizes).find(|(kind, _)| *kind == size)?;
        let location = types::InputPhotoFileLocation {
            id: photo.id,
            access_hash: photo.access_hash,
            file_reference: photo.file_reference.clone(),
            thumb_size: size.to_owned(),
        };
        Some(Self::of_thumb(thumb, &location.into(), photo.dc_id))
    }

    /// FI-36: a thumb of a document, by its type.
    #[must_use]
    pub fn thumb(document: &types::Document, size: &str) -> Option<Self> {
        let (_, thumb) = sizes(document.thumbs.as_deref()?).find(|(kind, _)| *kind == size)?;
        Some(Self::of_thumb(thumb, &document_location(document, size), document.dc_id))
    }

    /// What the sender calls it, as it came; a name for a disk is made of it by
    /// [`names::local`](crate::files::names::local).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The same with a name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// How many bytes it has, if that is known.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match &self.place {
            Place::Nowhere => None,
            Place::Here(bytes) => u64::try_from(bytes.len()).ok(),
            Place::There { size, .. } => *size,
        }
    }

    fn of_thumb(thumb: Thumb, location: &enums::InputFileLocation, dc: i32) -> Self {
        let nothing = |place| Self { place, name: None, sources: Vec::new() };
        match thumb {
            Thumb::Nothing => nothing(Place::Nowhere),
            Thumb::Here(bytes) => nothing(Place::Here(bytes)),
            Thumb::Fetch { size } => Self::at(location, dc, Some(size).filter(|size| *size > 0)),
        }
    }

    /// The location and the data centre, for the planner.
    pub(super) fn there(&self) -> Result<Option<(Location, Dc, Option<u64>)>, TransferError> {
        match &self.place {
            Place::Nowhere => Err(TransferError::NoFile),
            Place::Here(_) => Ok(None),
            Place::There { location, dc, size } => {
                Ok(Some((location.clone(), Dc::new((*dc).into())?, *size)))
            }
        }
    }

    /// FI-63: it came with a message.
    fn of_message(self, message: &types::Message) -> Self {
        let (origin, key) = match &message.peer_id {
            enums::Peer::PeerChannel(channel) => {
                (Origin::ChannelMessage, [channel.channel_id, message.id.into()])
            }
            _ => (Origin::Message, [0, message.id.into()]),
        };
        let key = key.into_iter().flat_map(i64::to_le_bytes).collect();
        Self { sources: vec![Source { origin, key }], ..self }
    }
}

/// The sizes that have bytes, with their types; the largest last.
fn sizes(all: &[enums::PhotoSize]) -> impl Iterator<Item = (&str, Thumb)> {
    use enums::PhotoSize as S;
    use thumbs::PhotoSize as Size;
    all.iter().map(|size| match size {
        S::PhotoSizeEmpty(of) => (of.r#type.as_str(), Size::Empty.thumb()),
        S::PhotoSize(of) => {
            let size = u64::try_from(of.size).unwrap_or_default();
            (of.r#type.as_str(), Size::Fetched { size }.thumb())
        }
        S::PhotoCachedSize(of) => (of.r#type.as_str(), Size::Cached(of.bytes.to_vec()).thumb()),
        S::PhotoStrippedSize(of) => (of.r#type.as_str(), Size::Stripped(of.bytes.to_vec()).thumb()),
        S::PhotoPathSize(of) => (of.r#type.as_str(), Size::Path(of.bytes.to_vec()).thumb()),
        S::PhotoSizeProgressive(of) => {
            let sizes = of.sizes.iter().map(|size| u64::try_from(*size).unwrap_or_default());
            (of.r#type.as_str(), Size::Progressive { sizes: sizes.collect() }.thumb())
        }
    })
}

/// How many pixels a size has.
fn pixels(size: &enums::PhotoSize) -> i64 {
    use enums::PhotoSize as S;
    let (w, h) = match size {
        S::PhotoSize(of) => (of.w, of.h),
        S::PhotoCachedSize(of) => (of.w, of.h),
        S::PhotoSizeProgressive(of) => (of.w, of.h),
        S::PhotoSizeEmpty(_) | S::PhotoStrippedSize(_) | S::PhotoPathSize(_) => (0, 0),
    };
    i64::from(w) * i64::from(h)
}

fn document_location(document: &types::Document, thumb_size: &str) -> enums::InputFileLocation {
    types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: thumb_size.to_owned(),
    }
    .into()
}

impl From<&types::Document> for RemoteFile {
    fn from(document: &types::Document) -> Self {
        let size = u64::try_from(document.size).ok().filter(|size| *size > 0);
        let name = document.attributes.iter().find_map(|attribute| match attribute {
            enums::DocumentAttribute::DocumentAttributeFilename(of) => Some(of.file_name.clone()),
            _ => None,
        });
        Self { name, ..Self::at(&document_location(document, ""), document.dc_id, size) }
    }
}

impl From<&types::Photo> for RemoteFile {
    fn from(photo: &types::Photo) -> Self {
        let largest = photo.sizes.iter().max_by_key(|size| pixels(size));
        let of = |size| sizes(std::slice::from_ref(size)).next().map(|(kind, _)| kind);
        let file = largest.and_then(of).and_then(|kind| Self::photo_size(photo, kind));
        let nowhere = Self { place: Place::Nowhere, name: None, sources: Vec::new() };
        Self { name: Some(format!("{}.jpg", photo.id)), ..file.unwrap_or(nowhere) }
    }
}

impl From<&enums::Document> for RemoteFile {
    fn from(document: &enums::Document) -> Self {
        match document {
            enums::Document::Document(document) => (&**document).into(),
            enums::Document::DocumentEmpty(_) => nothing(),
        }
    }
}

impl From<&enums::Photo> for RemoteFile {
    fn from(photo: &enums::Photo) -> Self {
        match photo {
            enums::Photo::Photo(photo) => (&**photo).into(),
            enums::Photo::PhotoEmpty(_) => nothing(),
        }
    }
}

impl From<&enums::MessageMedia> for RemoteFile {
    fn from(media: &enums::MessageMedia) -> Self {
        use enums::MessageMedia as M;
        let file = match media {
            M::MessageMediaDocument(of) => of.document.as_ref().map(Self::from),
            M::MessageMediaPhoto(of) => of.photo.as_ref().map(Self::from),
            M::MessageMediaWebPage(of) => match &of.webpage {
                enums::WebPage::WebPage(page) => {
                    let document = page.document.as_ref().map(Self::from);
                    document.or_else(|| page.photo.as_ref().map(Self::from))
                }
                _ => None,
            },
            _ => None,
        };
        file.unwrap_or_else(nothing)
    }
}

impl From<&types::Message> for RemoteFile {
    fn from(message: &types::Message) -> Self {
        message.media.as_ref().map_or_else(nothing, |media| Self::from(media).of_message(message))
    }
}

impl From<&enums::Message> for RemoteFile {
    fn from(message: &enums::Message) -> Self {
        match message {
            enums::Message::Message(message) => (&**message).into(),
            _ => nothing(),
        }
    }
}

fn nothing() -> RemoteFile {
    RemoteFile { place: Place::Nowhere, name: None, sources: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: i64, size: i64) -> types::Document {
        let mime = "text/plain".to_owned();
        types::Document::new(id, 1, vec![9].into(), 0, mime, size, 4, vec![])
    }

    /// The largest is neither the first nor the last, nor the one of the most bytes.
    fn photo(id: i64) -> types::Photo {
        let size = |kind: &str, side, size| types::PhotoSize::new(kind.into(), side, side, size);
        let progressive = types::PhotoSizeProgressive::new("y".into(), 30, 20, vec![7, 77]);
        let stripped = types::PhotoStrippedSize::new("i".into(), vec![1, 2, 3].into());
        let all = vec![
            size("m", 20, 5_000).into(),
            progressive.into(),
            stripped.into(),
            size("x", 24, 900).into(),
        ];
        types::Photo::new(id, 1, vec![9].into(), 0, all, 4)
    }

    fn place_of(location: impl Into<enums::InputFileLocation>, size: Option<u64>) -> Place {
        RemoteFile::at(&location.into(), 4, size).place
    }

    fn of_document(id: i64, thumb: &str, size: Option<u64>) -> Place {
        let reference = vec![9].into();
        place_of(types::InputDocumentFileLocation::new(id, 1, reference, thumb.into()), size)
    }

    fn of_photo(id: i64, thumb: &str, size: u64) -> Place {
        let reference = vec![9].into();
        place_of(types::InputPhotoFileLocation::new(id, 1, reference, thumb.into()), Some(size))
    }

    #[test]
    fn fi_36_a_photo_is_its_largest_size_and_others_have_their_names() {
        let photo = photo(5);
        let whole = RemoteFile::from(&photo);
        assert_eq!((whole.place, whole.name.as_deref()), (of_photo(5, "y", 77), Some("5.jpg")));
        for (kind, size) in [("m", 5_000), ("x", 900), ("y", 77)] {
            let file = RemoteFile::photo_size(&photo, kind).unwrap();
            assert_eq!((file.size(), file.place), (Some(size), of_photo(5, kind, size)));
        }
        // FI-37: the picture came along, with a header that all have.
        let small = RemoteFile::photo_size(&photo, "i").unwrap();
        assert!(
            matches!(&small.place, Place::Here(bytes) if small.size() == Some(bytes.len() as u64))
        );
        assert_eq!(RemoteFile::photo_size(&photo, "w"), None);
        // A photo of no size is nowhere.
        let empty = types::Photo { sizes: vec![], ..photo };
        assert_eq!(RemoteFile::from(&empty).place, Place::Nowhere);
    }

    #[test]
    fn fi_36_a_thumb_of_a_document_is_at_its_own_place() {
        let mut document = document(5, 1_000);
        assert_eq!(RemoteFile::thumb(&document, "m"), None);
        let thumb = |size| types::PhotoSize::new("m".into(), 9, 9, size).into();
        for (said, known) in [(70, Some(70)), (0, None), (-1, None)] {
            document.thumbs = Some(vec![thumb(said)]);
            let file = RemoteFile::thumb(&document, "m").unwrap();
            assert_eq!((file.place, file.name), (of_document(5, "m", known), None));
        }
        for (said, known) in [(1_000, Some(1_000)), (0, None), (-1, None)] {
            document.size = said;
            assert_eq!(RemoteFile::from(&document).place, of_document(5, "", known));
        }
    }

    #[test]
    fn whatever_has_a_file_is_one() {
        let page = |page: types::WebPage| types::MessageMediaWebPage::new(page.into());
        let plain = || types::WebPage::new(1, String::new(), String::new(), 0);
        let with_photo = || types::WebPage { photo: Some(photo(6).into()), ..plain() };
        let both = types::WebPage { document: Some(document(5, 9).into()), ..with_photo() };
        let none = types::WebPageEmpty::new(1);
        let file = types::MessageMediaDocument {
            document: Some(document(5, 9).into()),
            ..Default::default()
        };
        let picture =
            types::MessageMediaPhoto { photo: Some(photo(6).into()), ..Default::default() };
        let all: [(enums::MessageMedia, Place); 9] = [
            (file.into(), of_document(5, "", Some(9))),
            (picture.into(), of_photo(6, "y", 77)),
            (page(both).into(), of_document(5, "", Some(9))),
            (page(with_photo()).into(), of_photo(6, "y", 77)),
            (page(plain()).into(), Place::Nowhere),
            (types::MessageMediaWebPage::new(none.into()).into(), Place::Nowhere),
            (types::MessageMediaDocument::default().into(), Place::Nowhere),
            (types::MessageMediaPhoto::default().into(), Place::Nowhere),
            (enums::MessageMedia::MessageMediaUnsupported, Place::Nowhere),
        ];
        for (media, place) in all {
            assert_eq!(RemoteFile::from(&media).place, place, "{media:?}");
            assert_eq!(RemoteFile::from(&media).size().is_none(), place == Place::Nowhere);
        }
        let empty = enums::Document::DocumentEmpty(types::DocumentEmpty::new(1));
        assert_eq!(RemoteFile::from(&empty), nothing());
        let empty = enums::Photo::PhotoEmpty(types::PhotoEmpty::new(1));
        assert_eq!(RemoteFile::from(&empty), nothing());
        assert!(matches!(nothing().there(), Err(TransferError::NoFile)));
    }
}
