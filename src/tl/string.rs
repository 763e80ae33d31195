//! `string` and `bytes` on the wire: a length in 1, 4 or 8 bytes, the bytes, zeros up to a multiple of 4.

use byteorder::{ByteOrder, LittleEndian};

use crate::tl::{Bytes, DecodeErrorKind, Deserialize, Reader, Serialize};

/// Lengths from here on have four bytes, the first of which is this.
const MEDIUM: u8 = 254;
/// Lengths that do not fit three bytes have eight, the first of which is this (TL-09).
const LARGE: u8 = 255;
/// The first length that does not fit three bytes.
const LARGE_FROM: usize = 1 << 24;

/// Appends a string of bytes in the shortest form (TL-10).
#[inline(never)]
pub(super) fn write(bytes: &[u8], out: &mut Vec<u8>) {
    // Room for the longest header and padding.
    out.reserve(bytes.len() + 12);
    let header_len = match u8::try_from(bytes.len()) {
        Ok(short) if short < MEDIUM => {
            out.push(short);
            1
        }
        _ => {
            let (header, header_len) = long_header(bytes.len());
            out.extend_from_slice(header.get(..header_len).unwrap_or_default());
            header_len
        }
    };
    out.extend_from_slice(bytes);
    // As much as there can be, and what is too much is taken back: which it is, no processor guesses.
    let end = out.len() + padding(header_len, bytes.len());
    out.extend_from_slice(&[0; 3]);
    out.truncate(end);
}

impl<'a> Reader<'a> {
    /// `bytes`, where they lie.
    #[inline]
    pub fn byte_slice(&mut self) -> &'a [u8] {
        if let [short, ..] = self.remaining()
            && *short < MEDIUM
        {
            let length = usize::from(*short);
            let padding = padding(1, length);
            if let Some(whole) = self.remaining().get(..1 + length + padding)
                && let (Some(bytes), Some(last)) = (whole.get(1..=length), whole.last_chunk::<4>())
            {
                self.skip(whole.len());
                // The padding is the last of these four bytes, so it is their highest bits.
                let last = u64::from(LittleEndian::read_u32(last));
                if last >> (32 - 8 * padding) != 0 {
                    self.count_dirty_padding();
                }
                return bytes;
            }
        }
        self.long_byte_slice()
    }

    /// A string of bytes with a long header, or one that the bytes do not hold.
    #[cold]
    fn long_byte_slice(&mut self) -> &'a [u8] {
        let Some([first]) = self.take::<1>() else { return &[] };
        let (length, header_len) = match *first {
            LARGE => {
                let mut length = [0; 8];
                let (bytes, _) = length.split_at_mut(7);
                bytes.copy_from_slice(&self.wide::<7>());
                (LittleEndian::read_u64(&length), 8)
            }
            MEDIUM => (u64::from(LittleEndian::read_u24(&self.wide::<3>())), 4),
            short => (u64::from(short), 1),
        };
        let Some(length) = fit(length, usize::MAX) else {
            self.fail(DecodeErrorKind::StringTooLong { length });
            return &[];
        };
        let bytes = self.take_slice(length);
        let padding = self.take_slice(padding(header_len, length));
        if padding.iter().any(|byte| *byte != 0) {
            self.count_dirty_padding();
        }
        bytes
    }

    /// `bytes`
    #[inline(never)]
    pub fn bytes(&mut self) -> Bytes {
        self.byte_slice().into()
    }

    /// `string`. Bytes that are not UTF-8 become replacement characters, and the reader counts it (TL-12).
    #[inline(never)]
    pub fn string(&mut self) -> String {
        let bytes = self.byte_slice();
        match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                self.count_lossy_string();
                String::from_utf8_lossy(bytes).into_owned()
            }
        }
    }
}

/// The header of a string that is not short, and how many of its bytes are used.
#[cold]
fn long_header(length: usize) -> ([u8; 8], usize) {
    let (mark, header_len) = if length < LARGE_FROM { (MEDIUM, 4) } else { (LARGE, 8) };
    // A length of 2^56 bytes fits no memory, so nothing is shifted out.
    (((length as u64) << 8 | u64::from(mark)).to_le_bytes(), header_len)
}

/// The zeros that fill the last four bytes.
#[inline]
fn padding(header_len: usize, length: usize) -> usize {
    // Only the lowest two bits matter, so wrapping loses nothing.
    header_len.wrapping_add(length).wrapping_neg() & 3
}

/// A length as this machine counts, where it can be counted (TL-16): `max` is `usize::MAX`.
fn fit(length: u64, max: usize) -> Option<usize> {
    usize::try_from(length).ok().filter(|length| *length <= max)
}

impl Serialize for str {
    fn serialize(&self, out: &mut Vec<u8>) {
        write(self.as_bytes(), out);
    }
}

impl Serialize for String {
    fn serialize(&self, out: &mut Vec<u8>) {
        write(self.as_bytes(), out);
    }
}

impl Deserialize for String {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(r.string())
    }
}

impl Serialize for Bytes {
    fn serialize(&self, out: &mut Vec<u8>) {
        write(self, out);
    }
}

impl Deserialize for Bytes {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(r.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(length: usize) -> Bytes {
        (0..length).map(|i| i as u8).collect::<Vec<_>>().into()
    }

    /// The layouts of [Binary Data Serialization](https://core.telegram.org/mtproto/serialize#base-types).
    #[test]
    fn each_length_has_its_form() {
        assert_eq!(String::new().to_bytes(), [0, 0, 0, 0]);
        assert_eq!("abc".to_owned().to_bytes(), [3, b'a', b'b', b'c']);
        assert_eq!("abcd".to_owned().to_bytes(), [4, b'a', b'b', b'c', b'd', 0, 0, 0]);
        for (length, header) in [
            (253, &[253][..]),
            (254, &[254, 254, 0, 0]),
            (255, &[254, 255, 0, 0]),
            (LARGE_FROM - 1, &[254, 255, 255, 255]),
            (LARGE_FROM, &[255, 0, 0, 0, 1, 0, 0, 0]),
        ] {
            let value = bytes(length);
            let wire = value.to_bytes();
            assert!(wire.starts_with(header), "{length}");
            assert_eq!(wire.len(), (header.len() + length).next_multiple_of(4), "{length}");
            assert_eq!(Bytes::from_bytes(&wire), Ok(value), "{length}");
        }
    }

    #[test]
    fn every_short_length_and_every_truncation() {
        for length in 0..=300 {
            let value = bytes(length);
            let wire = value.to_bytes();
            assert_eq!(wire.len() % 4, 0);
            assert_eq!(Bytes::from_bytes(&wire).as_ref(), Ok(&value));
            for cut in 0..wire.len() {
                let kind = Bytes::from_bytes(&wire[..cut]).unwrap_err().kind();
                assert!(matches!(kind, DecodeErrorKind::Truncated { .. }), "{length} cut at {cut}");
            }
        }
    }

    #[test]
    fn tl_08_a_string_past_the_end_is_refused_before_memory_is_taken() {
        for wire in [&[5, 0, 0, 0][..], &[254, 255, 255, 255], &[254, 8, 0, 0, 1, 2, 3, 4]] {
            let kind = Bytes::from_bytes(wire).unwrap_err().kind();
            assert!(matches!(kind, DecodeErrorKind::Truncated { .. }), "{wire:?}");
        }
    }

    #[test]
    fn tl_09_after_255_stands_a_length_of_seven_bytes() {
        let mut wire = vec![255, 3, 0, 0, 0, 0, 0, 0, 7, 8, 9, 0];
        assert_eq!(Bytes::from_bytes(&wire), Ok(Bytes::from([7, 8, 9])));
        // Not a string of 255 bytes, as some read it.
        wire = vec![255; 256];
        let kind = Bytes::from_bytes(&wire).unwrap_err().kind();
        let length = (1 << 56) - 1;
        assert_eq!(kind, DecodeErrorKind::Truncated { needed: length, left: 248 });
        assert!(Bytes::from_bytes(&[255, 0, 0, 0]).is_err());
    }

    #[test]
    fn tl_10_a_length_in_a_longer_form_than_needed_is_read() {
        let wire = [254, 1, 0, 0, 7, 0, 0, 0];
        assert_eq!(Bytes::from_bytes(&wire), Ok(Bytes::from([7])));
        assert_eq!(Bytes::from([7]).to_bytes(), [1, 7, 0, 0]);
    }

    #[test]
    fn tl_11_padding_that_is_not_zero_is_read_and_counted() {
        let wire = [1, 7, 0, 9, 254, 1, 0, 0, 7, 1, 1, 1, 3, 1, 2, 3];
        let mut reader = Reader::new(&wire);
        for _ in 0..3 {
            Bytes::deserialize(&mut reader).unwrap();
        }
        reader.finish().unwrap();
        assert_eq!(reader.dirty_paddings(), 2);
    }

    #[test]
    fn tl_12_text_that_is_not_utf_8_is_read_and_counted() {
        let wire = [3, 0xff, b'a', 0xc3, 1, b'b', 0, 0];
        let mut reader = Reader::new(&wire);
        assert_eq!(String::deserialize(&mut reader).unwrap(), "\u{fffd}a\u{fffd}");
        assert_eq!(String::deserialize(&mut reader).unwrap(), "b");
        assert_eq!(reader.lossy_strings(), 1);
    }

    #[test]
    fn tl_16_lengths_are_compared_with_what_the_machine_can_count() {
        let max = u32::MAX as usize;
        assert_eq!(fit(u64::from(u32::MAX), max), Some(max));
        assert_eq!(fit(u64::from(u32::MAX) + 1, max), None);
        assert_eq!(fit((1 << 56) - 1, max), None);
        assert_eq!(padding(8, usize::MAX), 1);
        for header_len in [1, 4, 8] {
            for length in 0..100 {
                assert_eq!((header_len + length + padding(header_len, length)) % 4, 0);
            }
        }
    }
}
