//! What a file is sent as.

use std::path::Path;

use telewire::tl::api::enums::{DocumentAttribute, InputFile, InputMedia};
use telewire::tl::api::types;

/// What a file is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands::shell) enum As {
    Photo,
    Video,
    Audio,
    Document,
    /// What its name ends in.
    ItsName,
}

/// The types that matter to how a file is shown, by the ends of names. Source: IANA's registry of media types.
const TYPES: [(&str, &str); 26] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("svg", "image/svg+xml"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("mkv", "video/matroska"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("flac", "audio/flac"),
    ("wav", "audio/vnd.wave"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("json", "application/json"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("html", "text/html"),
];

/// The type of a file, by its name.
pub(in crate::commands::shell) fn mime(path: &Path) -> &'static str {
    let end =
        path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    let known = TYPES.iter().find(|(of, _)| *of == end);
    known.map_or("application/octet-stream", |(_, mime)| mime)
}

impl As {
    /// Whether a file becomes a photo.
    pub(in crate::commands::shell) fn is_photo(self, path: &Path) -> bool {
        self.of(mime(path)) == Self::Photo
    }

    /// What a file of a type is sent as.
    fn of(self, mime: &str) -> Self {
        match self {
            Self::ItsName => match mime {
                "image/jpeg" | "image/png" | "image/webp" => Self::Photo,
                _ if mime.starts_with("video/") => Self::Video,
                _ if mime.starts_with("audio/") => Self::Audio,
                _ => Self::Document,
            },
            kind => kind,
        }
    }

    /// What is sent of a file that was uploaded.
    pub(in crate::commands::shell) fn media(self, path: &Path, file: InputFile) -> InputMedia {
        let mime = mime(path);
        let kind = self.of(mime);
        if kind == Self::Photo {
            return types::InputMediaUploadedPhoto::new(file).into();
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = types::DocumentAttributeFilename::new(name.unwrap_or_default());
        let mut attributes: Vec<DocumentAttribute> = vec![name.into()];
        // How long and how large it is is not known without decoding it; the server finds that out.
        match kind {
            Self::Video => attributes.push(types::DocumentAttributeVideo::new(0.0, 0, 0).into()),
            Self::Audio => attributes.push(types::DocumentAttributeAudio::new(0).into()),
            _ => {}
        }
        let new = types::InputMediaUploadedDocument::new(file, mime.to_owned(), attributes);
        let force_file = kind == Self::Document;
        types::InputMediaUploadedDocument { force_file, ..new }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(kind: As, name: &str) -> InputMedia {
        let file = types::InputFile::new(1, 1, name.into(), String::new());
        kind.media(Path::new(name), file.into())
    }

    #[test]
    fn a_file_is_sent_as_what_its_name_says() {
        for name in ["a.jpg", "a.JPEG", "b/c.png", "a.webp"] {
            assert!(
                matches!(sent(As::ItsName, name), InputMedia::InputMediaUploadedPhoto(_)),
                "{name}"
            );
        }
        for (name, mime, count) in [
            ("a.mp4", "video/mp4", 2),
            ("a.mp3", "audio/mpeg", 2),
            ("a.pdf", "application/pdf", 1),
            ("a.gif", "image/gif", 1),
            ("a", "application/octet-stream", 1),
            (".jpg", "application/octet-stream", 1),
        ] {
            let InputMedia::InputMediaUploadedDocument(document) = sent(As::ItsName, name) else {
                panic!("{name}")
            };
            assert_eq!(
                (document.mime_type.as_str(), document.attributes.len()),
                (mime, count),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_said_goes_over_the_name() {
        assert!(matches!(sent(As::Photo, "a.txt"), InputMedia::InputMediaUploadedPhoto(_)));
        let InputMedia::InputMediaUploadedDocument(document) = sent(As::Document, "a.jpg") else {
            panic!()
        };
        assert!(document.force_file && document.attributes.len() == 1);
    }
}
