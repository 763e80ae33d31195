//! Sizes of photos that need no request (FI-37), and thumbs that are sent along (FI-18).

use crate::files::error::FileError;

/// A [`PhotoSize`](https://core.telegram.org/type/PhotoSize), as far as it says how its bytes are had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhotoSize {
    /// `photoSizeEmpty`.
    Empty,
    /// `photoCachedSize`: the bytes are here.
    Cached(Vec<u8>),
    /// `photoStrippedSize`: they are here, without a header.
    Stripped(Vec<u8>),
    /// `photoPathSize`: an outline as the path of an SVG, packed.
    Path(Vec<u8>),
    /// `photoSize`: the bytes are to be fetched.
    Fetched {
        /// How many.
        size: u64,
    },
    /// `photoSizeProgressive`: the same, and the first bytes show something already.
    Progressive {
        /// How many bytes show something, in rising order; the last is the size.
        sizes: Vec<u64>,
    },
}

/// How the bytes of a size of a photo are had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thumb {
    /// There are none.
    Nothing,
    /// They are here: no request is sent.
    Here(Vec<u8>),
    /// They are to be fetched.
    Fetch {
        /// How many.
        size: u64,
    },
}

impl PhotoSize {
    /// FI-37: how its bytes are had.
    #[must_use]
    pub fn thumb(&self) -> Thumb {
        match self {
            Self::Empty => Thumb::Nothing,
            Self::Cached(bytes) | Self::Path(bytes) => Thumb::Here(bytes.clone()),
            Self::Stripped(bytes) => expand(bytes).map_or(Thumb::Nothing, Thumb::Here),
            Self::Fetched { size } => Thumb::Fetch { size: *size },
            Self::Progressive { sizes } => {
                sizes.last().map_or(Thumb::Nothing, |size| Thumb::Fetch { size: *size })
            }
        }
    }
}

/// FI-37: the JPEG that a [stripped thumb](https://core.telegram.org/api/files#stripped-thumbnails) is; `None` if it is none.
///
/// ```text
/// 1 | height | width | scan …          the header is the same for all: 623 bytes, with the height at 164 and the width at 166
/// ```
#[must_use]
pub fn expand(stripped: &[u8]) -> Option<Vec<u8>> {
    let [1, height, width, scan @ ..] = stripped else { return None };
    let mut jpeg = header(*height, *width);
    jpeg.extend_from_slice(scan);
    jpeg.extend_from_slice(&[0xff, 0xd9]);
    Some(jpeg)
}

/// The header of a baseline JPEG with three components, the first one sampled twice as finely, and the tables of ITU-T T.81, annex K:
/// those of quantisation for a quality of 20, which the usual formula multiplies by 2.5, and those of Huffman codes as they are.
fn header(height: u8, width: u8) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8];
    let mut segment = |marker: u8, parts: &[&[u8]]| {
        let length: usize = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
        out.extend_from_slice(&[0xff, marker]);
        out.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
        out.extend(parts.concat());
    };
    segment(0xe0, &[b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"]);
    segment(0xdb, &[&[0], &LUMINANCE.map(scaled)]);
    segment(0xdb, &[&[1], &chrominance().map(scaled)]);
    segment(0xc0, &[&[8, 0, height, 0, width, 3], &[1, 0x22, 0], &[2, 0x11, 1], &[3, 0x11, 1]]);
    let dc: Vec<u8> = (0..12).collect();
    segment(0xc4, &[&[0x00], &DC_LUMINANCE, &dc]);
    segment(0xc4, &[&[0x10], &AC_LUMINANCE.0, &AC_LUMINANCE.1]);
    segment(0xc4, &[&[0x01], &DC_CHROMINANCE, &dc]);
    segment(0xc4, &[&[0x11], &AC_CHROMINANCE.0, &AC_CHROMINANCE.1]);
    segment(0xda, &[&[3], &[1, 0x00], &[2, 0x11], &[3, 0x11], &[0, 63, 0]]);
    out
}

/// A step of quantisation for a quality of 20.
fn scaled(step: u8) -> u8 {
    u8::try_from((u16::from(step) * 250 + 50) / 100).unwrap_or(u8::MAX)
}

/// Table K.1, in the order of the zigzag.
const LUMINANCE: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// Table K.2, in the order of the zigzag: 99 but for its first steps.
fn chrominance() -> [u8; 64] {
    let mut table = [99; 64];
    let first = [17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66];
    table.iter_mut().zip(first).for_each(|(step, value)| *step = value);
    table
}

/// Table K.3: how many codes there are of each length.
const DC_LUMINANCE: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

/// Table K.4.
const DC_CHROMINANCE: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];

/// Table K.5: the lengths, and what is coded.
const AC_LUMINANCE: ([u8; 16], [u8; 162]) = (
    [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
    [
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61,
        0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52,
        0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25,
        0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45,
        0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64,
        0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
        0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
        0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6,
        0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3,
        0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8,
        0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ],
);

/// Table K.6.
const AC_CHROMINANCE: ([u8; 16], [u8; 162]) = (
    [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
    [
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61,
        0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33,
        0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18,
        0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44,
        0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63,
        0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
        0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
        0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4,
        0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca,
        0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7,
        0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ],
);

/// FI-18: a thumb that is sent along is smaller than this, as TDLib has it.
pub const MAX_THUMB: usize = 200 * 1_024;

/// FI-18: whether a picture may be sent along as a thumb: a JPEG of less than 200 KiB.
///
/// # Errors
///
/// [`FileError::Thumb`], with the reason.
pub fn check(thumb: &[u8]) -> Result<(), FileError> {
    if !thumb.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(FileError::Thumb { why: "it has to be a JPEG" });
    }
    match thumb.len() < MAX_THUMB {
        true => Ok(()),
        false => Err(FileError::Thumb { why: "it has to have less than 200 KiB" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi_37_what_is_here_needs_no_request() {
        let bytes = vec![1, 40, 30, 7, 8, 9];
        assert_eq!(PhotoSize::Cached(bytes.clone()).thumb(), Thumb::Here(bytes.clone()));
        assert_eq!(PhotoSize::Path(bytes.clone()).thumb(), Thumb::Here(bytes.clone()));
        assert_eq!(PhotoSize::Empty.thumb(), Thumb::Nothing);
        let expanded = Thumb::Here(expand(&bytes).unwrap());
        assert_eq!(PhotoSize::Stripped(bytes).thumb(), expanded);
        assert_eq!(PhotoSize::Fetched { size: 9 }.thumb(), Thumb::Fetch { size: 9 });
        let progressive = PhotoSize::Progressive { sizes: vec![10, 20, 35] };
        assert_eq!(progressive.thumb(), Thumb::Fetch { size: 35 });
        assert_eq!(PhotoSize::Progressive { sizes: vec![] }.thumb(), Thumb::Nothing);
    }

    #[test]
    fn fi_37_a_stripped_thumb_gets_its_header_and_its_end() {
        let jpeg = expand(&[1, 40, 30, 7, 8, 9]).unwrap();
        assert_eq!(jpeg.len(), 623 + 3 + 2);
        assert_eq!((jpeg[164], jpeg[166]), (40, 30));
        assert_eq!(jpeg[623..], [7, 8, 9, 0xff, 0xd9]);
        // The begin of the tables of quantisation, as published.
        assert!(jpeg[20..].starts_with(
            &hex::decode("ffdb004300281c1e231e19282321232d2b28303c64413c37373c7b585d49").unwrap()
        ));
        assert!(
            jpeg[89..]
                .starts_with(&hex::decode("ffdb0043012b2d2d3c353c76414176f8a58ca5f8f8").unwrap())
        );
    }

    #[test]
    fn fi_37_what_is_no_stripped_thumb_gives_nothing() {
        for bytes in
            [&[][..], &[1], &[1, 40], &[0, 40, 30, 7], &[2, 40, 30, 7], &[0xff, 0xd8, 0xff]]
        {
            assert_eq!(expand(bytes), None, "{bytes:?}");
            assert_eq!(PhotoSize::Stripped(bytes.to_vec()).thumb(), Thumb::Nothing);
        }
        assert!(expand(&[1, 40, 30]).is_some());
    }

    #[test]
    fn fi_18_a_thumb_is_a_small_jpeg() {
        let jpeg = |length: usize| {
            let mut bytes = vec![0xff, 0xd8, 0xff];
            bytes.resize(length, 0);
            bytes
        };
        assert_eq!(check(&jpeg(3)), Ok(()));
        assert_eq!(check(&jpeg(MAX_THUMB - 1)), Ok(()));
        assert_eq!(
            check(&jpeg(MAX_THUMB)),
            Err(FileError::Thumb { why: "it has to have less than 200 KiB" })
        );
        for other in [&[][..], &[0xff, 0xd8], b"\x89PNG\r\n", b"RIFF"] {
            assert_eq!(check(other), Err(FileError::Thumb { why: "it has to be a JPEG" }));
        }
    }
}
