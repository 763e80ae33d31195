//! The small picture of a file, which is in the message itself: the other side sees it before the file is there.

use crate::secret::file::FileError;
use crate::tl::secret::enums::DecryptedMessageMedia as Media;

/// A small picture as the other side sent it. Neither do the numbers have to be its own, nor is it known to be one: it can be anything, so
/// do not decode it where that can do harm (SC-77).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Thumb<'a> {
    /// A JPEG, if the other side keeps to what is documented.
    pub bytes: &'a [u8],
    /// Its width in pixels, as it is said to be.
    pub width: i32,
    /// Its height, the same.
    pub height: i32,
}

/// The picture is no matter of logs.
impl std::fmt::Debug for Thumb<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thumb({} bytes, {}x{})", self.bytes.len(), self.width, self.height)
    }
}

/// A side of it has so many pixels at most: <https://core.telegram.org/api/end-to-end> has it fit a square of 90.
pub const MAX_THUMB_SIDE: i32 = 90;

/// So many bytes at most, two for each pixel, which a JPEG of that size never has: it is sent with the message, and kept until the other
/// side has that.
pub const MAX_THUMB: usize = 16 << 10;

/// The small picture of a file, if there is one of some size.
#[must_use]
pub fn thumb(media: &Media) -> Option<Thumb<'_>> {
    let (bytes, width, height) = match media {
        Media::DecryptedMessageMediaPhoto8(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaVideo8(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaDocument8(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaVideo17(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaPhoto45(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaVideo45(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaDocument45(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaDocument143(m) => (&m.thumb, m.thumb_w, m.thumb_h),
        Media::DecryptedMessageMediaEmpty8
        | Media::DecryptedMessageMediaGeoPoint8(_)
        | Media::DecryptedMessageMediaContact8(_)
        | Media::DecryptedMessageMediaAudio8(_)
        | Media::DecryptedMessageMediaAudio17(_)
        | Media::DecryptedMessageMediaExternalDocument23(_)
        | Media::DecryptedMessageMediaVenue45(_)
        | Media::DecryptedMessageMediaWebPage45(_) => return None,
    };
    let is_one = !bytes.is_empty() && width > 0 && height > 0;
    is_one.then_some(Thumb { bytes, width, height })
}

/// A file with a small picture, to be sent.
///
/// # Errors
///
/// [`FileError::Thumb`] for what is no JPEG of that size, [`FileError::None`] for what has no room for one.
pub fn with_thumb(mut media: Media, thumb: Thumb<'_>) -> Result<Media, FileError> {
    let Thumb { bytes, width, height } = thumb;
    let sides = 1..=MAX_THUMB_SIDE;
    let fits = sides.contains(&width) && sides.contains(&height) && bytes.len() <= MAX_THUMB;
    if !fits || !bytes.starts_with(JPEG) {
        return Err(FileError::Thumb { bytes: bytes.len(), width, height });
    }
    let place = match &mut media {
        Media::DecryptedMessageMediaPhoto45(m) => (&mut m.thumb, &mut m.thumb_w, &mut m.thumb_h),
        Media::DecryptedMessageMediaVideo45(m) => (&mut m.thumb, &mut m.thumb_w, &mut m.thumb_h),
        Media::DecryptedMessageMediaDocument45(m) => (&mut m.thumb, &mut m.thumb_w, &mut m.thumb_h),
        Media::DecryptedMessageMediaDocument143(m) => {
            (&mut m.thumb, &mut m.thumb_w, &mut m.thumb_h)
        }
        _ => return Err(FileError::None),
    };
    (*place.0, *place.1, *place.2) = (bytes.into(), width, height);
    Ok(media)
}

/// How one begins.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::file;
    use crate::tl::secret::types;

    const BYTES: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

    fn small() -> Thumb<'static> {
        Thumb { bytes: BYTES, width: 90, height: 60 }
    }

    /// Each form that is sent.
    fn forms() -> Vec<Media> {
        let video = types::DecryptedMessageMediaVideo45 {
            thumb: Vec::new().into(),
            thumb_w: 0,
            thumb_h: 0,
            duration: 3,
            mime_type: "video/mp4".into(),
            w: 4,
            h: 5,
            size: 6,
            key: Vec::new().into(),
            iv: Vec::new().into(),
            caption: "c".into(),
        };
        let old = types::DecryptedMessageMediaDocument45 {
            thumb: Vec::new().into(),
            thumb_w: 0,
            thumb_h: 0,
            mime_type: "text/plain".into(),
            size: 6,
            key: Vec::new().into(),
            iv: Vec::new().into(),
            attributes: Vec::new(),
            caption: "c".into(),
        };
        vec![file::photo(3, 4), file::document("a.txt", "text/plain"), video.into(), old.into()]
    }

    #[test]
    fn sc_76_each_form_of_a_file_has_its_small_picture() {
        for media in forms() {
            assert_eq!(thumb(&media), None);
            let with = with_thumb(media.clone(), small()).unwrap();
            assert_eq!(thumb(&with), Some(small()));
            // It is all that is another.
            assert_eq!(file::name(&with), file::name(&media));
            assert_eq!(file::caption(&with), file::caption(&media));
        }
        let place = types::DecryptedMessageMediaGeoPoint8 { lat: 1.0, long: 2.0 };
        assert_eq!(with_thumb(place.into(), small()), Err(FileError::None));
    }

    #[test]
    fn sc_76_what_is_no_small_picture_is_not_sent_as_one() {
        let long = [BYTES, &vec![0; MAX_THUMB - BYTES.len()]].concat();
        let longer = [&long[..], &[0]].concat();
        let png = b"\x89PNG\r\n\x1a\n";
        for (bytes, width, height, is_one) in [
            (BYTES, 1, 1, true),
            (BYTES, MAX_THUMB_SIDE, MAX_THUMB_SIDE, true),
            (BYTES, MAX_THUMB_SIDE + 1, 1, false),
            (BYTES, 1, MAX_THUMB_SIDE + 1, false),
            (BYTES, 0, 1, false),
            (BYTES, 1, 0, false),
            (BYTES, i32::MIN, i32::MAX, false),
            (&long, 90, 90, true),
            (&longer, 90, 90, false),
            (png, 90, 90, false),
            (b"", 90, 90, false),
            (&BYTES[..2], 90, 90, false),
        ] {
            let sent = with_thumb(file::photo(3, 4), Thumb { bytes, width, height });
            let wrong = FileError::Thumb { bytes: bytes.len(), width, height };
            assert_eq!(sent.map(drop), if is_one { Ok(()) } else { Err(wrong) });
        }
    }

    /// What comes may be anything, and is given as it is if there is something.
    #[test]
    fn sc_77_a_small_picture_that_came_is_not_looked_at() {
        let came = |bytes: &[u8], thumb_w, thumb_h| -> Media {
            types::DecryptedMessageMediaPhoto8 {
                thumb: bytes.into(),
                thumb_w,
                thumb_h,
                w: 1,
                h: 1,
                size: 1,
                key: Vec::new().into(),
                iv: Vec::new().into(),
            }
            .into()
        };
        for (bytes, width, height, is_one) in [
            (&b"anything"[..], 320, i32::MAX, true),
            (b"anything", 0, 1, false),
            (b"anything", 1, i32::MIN, false),
            (b"", 1, 1, false),
        ] {
            let media = came(bytes, width, height);
            assert_eq!(thumb(&media), is_one.then_some(Thumb { bytes, width, height }));
        }
        assert_eq!(format!("{:?}", thumb(&came(b"hush", 1, 2))), "Some(Thumb(4 bytes, 1x2))");
    }
}
