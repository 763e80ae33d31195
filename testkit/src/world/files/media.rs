//! Files in messages: how requests name them, and how they are shown.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{
    DocumentAttribute, InputDocument, InputFile, InputMedia, InputPhoto,
};
use telewire::tl::api::{enums, types};

use crate::world::files::{Is, Thumb, pictures};
use crate::world::view::View;
use crate::world::{Caller, Media, State, invalid};

/// A file as a message has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileMedia {
    pub(crate) id: i64,
    is_spoiler: bool,
    ttl_seconds: Option<i32>,
}

/// What a file is for those who look for it, and which it may be in an album with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Photo,
    Video,
    Round,
    Gif,
    Voice,
    Audio,
    Sticker,
    Document,
}

impl FileKind {
    /// Files of one kind may be in an album, photos and videos together: <https://core.telegram.org/api/files#albums-grouped-media>.
    pub(crate) fn album(self) -> Option<Self> {
        match self {
            Self::Photo | Self::Video => Some(Self::Photo),
            Self::Audio | Self::Document => Some(self),
            Self::Round | Self::Gif | Self::Voice | Self::Sticker => None,
        }
    }
}

/// As long as a picture disappears later, in seconds; <https://core.telegram.org/constructor/inputMediaUploadedPhoto>.
const TTL: std::ops::RangeInclusive<i32> = 1..=60;

/// What clients that do not know say a file is.
const UNKNOWN: &str = "application/octet-stream";

impl State {
    /// The file that a request sends; `None` if it sends something else.
    ///
    /// # Errors
    ///
    /// Those of [uploads](crate::world::files::uploads::Uploads::file), of [pictures](pictures::photo) and of
    /// [references](State::check_reference); `MEDIA_INVALID`, `TTL_MEDIA_INVALID`; `PHOTO_INVALID`, `DOCUMENT_INVALID`: there is none, or
    /// the access hash is another's.
    pub(crate) fn input_file(
        &mut self,
        caller: &Caller,
        media: &InputMedia,
        item: Option<usize>,
    ) -> Result<Option<FileMedia>, RpcError> {
        let (id, is_spoiler, ttl_seconds) = match media {
            InputMedia::InputMediaUploadedPhoto(media) => {
                checked_ttl(media.ttl_seconds)?;
                (self.uploaded_photo(caller, &media.file)?, media.spoiler, media.ttl_seconds)
            }
            InputMedia::InputMediaUploadedDocument(media) => {
                checked_ttl(media.ttl_seconds)?;
                (self.uploaded_document(caller, media)?, media.spoiler, media.ttl_seconds)
            }
            InputMedia::InputMediaPhoto(media) => {
                checked_ttl(media.ttl_seconds)?;
                let id = self.input_photo(caller, &media.id, item)?;
                (id, media.spoiler, media.ttl_seconds)
            }
            InputMedia::InputMediaDocument(media) => {
                checked_ttl(media.ttl_seconds)?;
                let id = self.input_document(caller, &media.id, item)?;
                (id, media.spoiler, media.ttl_seconds)
            }
            _ => return Ok(None),
        };
        Ok(Some(FileMedia { id, is_spoiler, ttl_seconds }))
    }

    /// A photo of parts that were saved; gives its number.
    pub(crate) fn uploaded_photo(
        &mut self,
        caller: &Caller,
        file: &InputFile,
    ) -> Result<i64, RpcError> {
        // FI-06: what has no length before its last part is no picture that somebody has.
        if matches!(file, InputFile::InputFileBig(_)) {
            return Err(invalid("PHOTO_INVALID"));
        }
        let (content, name) = self.files.uploads.file(caller.me, file, self.clock)?;
        let (width, height) = pictures::photo(&name, &content)?;
        let is = Is::Photo { width, height };
        Ok(self.keep_file(caller.context.dc(), caller.date(), is, content, None))
    }

    fn uploaded_document(
        &mut self,
        caller: &Caller,
        media: &types::InputMediaUploadedDocument,
    ) -> Result<i64, RpcError> {
        let (content, name) = self.files.uploads.file(caller.me, &media.file, self.clock)?;
        let thumb = match &media.thumb {
            Some(thumb) => {
                let (content, _) = self.files.uploads.file(caller.me, thumb, self.clock)?;
                // FI-18: what is no JPEG is no thumbnail, and nothing is said of it.
                let size = pictures::size(&content).filter(|_| pictures::is_jpeg(&content));
                size.map(|(width, height)| Thumb { width, height, content })
            }
            None => None,
        };
        let mut attributes = media.attributes.clone();
        let is_name = |one: &DocumentAttribute| {
            matches!(one, DocumentAttribute::DocumentAttributeFilename(_))
        };
        if !name.is_empty() && !attributes.iter().any(is_name) {
            attributes.push(types::DocumentAttributeFilename { file_name: name }.into());
        }
        let mime_type = Some(media.mime_type.clone()).filter(|mime| !mime.is_empty());
        let mime_type = mime_type.unwrap_or_else(|| UNKNOWN.to_owned());
        let is = Is::Document { mime_type, attributes };
        Ok(self.keep_file(caller.context.dc(), caller.date(), is, content, thumb))
    }

    /// A photo that is there.
    pub(crate) fn input_photo(
        &self,
        caller: &Caller,
        photo: &InputPhoto,
        item: Option<usize>,
    ) -> Result<i64, RpcError> {
        let InputPhoto::InputPhoto(photo) = photo else { return Err(invalid("PHOTO_INVALID")) };
        let file = self.named_file(caller, photo.id, photo.access_hash, true);
        let file = file.ok_or_else(|| invalid("PHOTO_INVALID"))?;
        self.check_reference(caller.me, file, &photo.file_reference, item)?;
        Ok(file.id)
    }

    fn input_document(
        &self,
        caller: &Caller,
        document: &InputDocument,
        item: Option<usize>,
    ) -> Result<i64, RpcError> {
        let InputDocument::InputDocument(document) = document else {
            return Err(invalid("DOCUMENT_INVALID"));
        };
        let file = self.named_file(caller, document.id, document.access_hash, false);
        let file = file.ok_or_else(|| invalid("DOCUMENT_INVALID"))?;
        self.check_reference(caller.me, file, &document.file_reference, item)?;
        Ok(file.id)
    }

    /// What a file is by its attributes.
    pub(crate) fn file_kind(&self, id: i64) -> Option<FileKind> {
        use DocumentAttribute as Attribute;
        let attributes = match &self.files.file(id)?.is {
            Is::Photo { .. } => return Some(FileKind::Photo),
            Is::Document { attributes, .. } => attributes,
            Is::Encrypted { .. } => return None,
        };
        let found = |is: fn(&Attribute) -> bool| attributes.iter().any(is);
        let video = attributes.iter().find_map(|one| match one {
            Attribute::DocumentAttributeVideo(video) => Some(video.round_message),
            _ => None,
        });
        let voice = attributes.iter().find_map(|one| match one {
            Attribute::DocumentAttributeAudio(audio) => Some(audio.voice),
            _ => None,
        });
        Some(if found(|one| matches!(one, Attribute::DocumentAttributeSticker(_))) {
            FileKind::Sticker
        } else if found(|one| matches!(one, Attribute::DocumentAttributeAnimated)) {
            FileKind::Gif
        } else if let Some(is_round) = video {
            if is_round { FileKind::Round } else { FileKind::Video }
        } else if let Some(is_voice) = voice {
            if is_voice { FileKind::Voice } else { FileKind::Audio }
        } else {
            FileKind::Document
        })
    }

    /// The file of a message, if it has one.
    pub(crate) fn kind_of(&self, media: Option<&Media>) -> Option<FileKind> {
        match media {
            Some(Media::File(media)) => self.file_kind(media.id),
            Some(Media::Plain(_) | Media::Poll(_)) | None => None,
        }
    }
}

fn checked_ttl(seconds: Option<i32>) -> Result<(), RpcError> {
    // What may be looked at once.
    const ONCE: i32 = i32::MAX;
    let is_right = seconds.is_none_or(|seconds| TTL.contains(&seconds) || seconds == ONCE);
    if is_right { Ok(()) } else { Err(invalid("TTL_MEDIA_INVALID")) }
}

impl FileMedia {
    /// A file that is there, as it is.
    pub(crate) fn new(id: i64) -> Self {
        Self { id, is_spoiler: false, ttl_seconds: None }
    }
}

impl View<'_> {
    /// A file as a message has it.
    pub(crate) fn file_media(&self, media: FileMedia) -> Option<enums::MessageMedia> {
        let FileMedia { id, is_spoiler: spoiler, ttl_seconds } = media;
        let kind = self.state.file_kind(id)?;
        if kind == FileKind::Photo {
            let photo = Some(self.photo(id));
            let media = types::MessageMediaPhoto::new();
            return Some(types::MessageMediaPhoto { spoiler, photo, ttl_seconds, ..media }.into());
        }
        let media = types::MessageMediaDocument {
            spoiler,
            video: matches!(kind, FileKind::Video | FileKind::Round | FileKind::Gif),
            round: kind == FileKind::Round,
            voice: kind == FileKind::Voice,
            document: Some(self.document(id)),
            ttl_seconds,
            ..types::MessageMediaDocument::new()
        };
        Some(media.into())
    }
}
