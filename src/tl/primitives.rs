//! `int`, `long`, `double`, `int128` and its wider kin, `Bool`.

use byteorder::{ByteOrder, LittleEndian};

use crate::tl::{Deserialize, Reader, Serialize};

/// `boolFalse#bc799737 = Bool;`
const BOOL_FALSE: u32 = 0xbc79_9737;
/// `boolTrue#997275b5 = Bool;`
const BOOL_TRUE: u32 = 0x9972_75b5;

macro_rules! number {
    ($ty:ty, $len:literal, $read:ident, $write:ident) => {
        impl Serialize for $ty {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                let mut bytes = [0; $len];
                LittleEndian::$write(&mut bytes, *self);
                out.extend_from_slice(&bytes);
            }

            fn serialized_len(&self) -> usize {
                $len
            }
        }

        impl Deserialize for $ty {
            const MIN_LEN: usize = $len;

            fn read(r: &mut Reader<'_>) -> Option<Self> {
                Some(r.$read())
            }

            /// All at once: so many bytes are there.
            #[inline(never)]
            fn read_items(r: &mut Reader<'_>, count: usize) -> Vec<Self> {
                let bytes = r.take_slice(count.saturating_mul($len));
                let (items, _) = bytes.as_chunks::<$len>();
                items.iter().map(|item| Self::from_le_bytes(*item)).collect()
            }
        }
    };
}

number!(i32, 4, int, write_i32);
number!(i64, 8, long, write_i64);
number!(f64, 8, double, write_f64);

/// Wide integers are byte strings of a fixed length: nonces and hashes, whose bytes are never turned around.
macro_rules! wide {
    ($len:literal) => {
        impl Serialize for [u8; $len] {
            #[inline(never)]
            fn serialize(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self);
            }

            fn serialized_len(&self) -> usize {
                $len
            }
        }

        impl Deserialize for [u8; $len] {
            const MIN_LEN: usize = $len;

            fn read(r: &mut Reader<'_>) -> Option<Self> {
                Some(r.wide())
            }
        }
    };
}

wide!(16);
wide!(32);
wide!(64);

impl Serialize for bool {
    #[inline(never)]
    fn serialize(&self, out: &mut Vec<u8>) {
        let id = if *self { BOOL_TRUE } else { BOOL_FALSE };
        out.extend_from_slice(&id.to_le_bytes());
    }

    fn serialized_len(&self) -> usize {
        4
    }
}

impl Deserialize for bool {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(r.boolean())
    }
}

impl Reader<'_> {
    /// `Bool`
    #[inline(never)]
    pub fn boolean(&mut self) -> bool {
        match self.constructor_id() {
            BOOL_FALSE => false,
            BOOL_TRUE => true,
            id => {
                self.unexpected(id, "Bool");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::DecodeErrorKind;

    #[test]
    fn numbers_are_little_endian() {
        assert_eq!(1_i32.to_bytes(), [1, 0, 0, 0]);
        assert_eq!((-2_i64).to_bytes(), [0xfe, 255, 255, 255, 255, 255, 255, 255]);
        assert_eq!(1.0_f64.to_bytes(), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
        assert_eq!([7_u8; 16].to_bytes(), [7; 16]);
    }

    #[test]
    fn tl_19_extreme_numbers_pass() {
        for value in [i32::MIN, -1, 0, i32::MAX] {
            assert_eq!(i32::from_bytes(&value.to_bytes()), Ok(value));
        }
        for value in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(i64::from_bytes(&value.to_bytes()), Ok(value));
        }
        for value in [f64::NAN, -0.0, f64::INFINITY, f64::MIN_POSITIVE] {
            let back = f64::from_bytes(&value.to_bytes()).unwrap();
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn tl_15_a_bool_is_one_of_two_constructors() {
        assert_eq!(bool::from_bytes(&true.to_bytes()), Ok(true));
        assert_eq!(bool::from_bytes(&false.to_bytes()), Ok(false));
        let error = bool::from_bytes(&[1, 0, 0, 0]).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::UnexpectedConstructor { id: 1 });
        assert_eq!(error.type_name(), Some("Bool"));
    }

    #[test]
    fn every_truncation_is_an_error() {
        fn check<T: Deserialize + std::fmt::Debug>(len: usize) {
            for cut in 0..len {
                let kind = T::from_bytes(&[0_u8; 64][..cut]).unwrap_err().kind();
                assert_eq!(kind, DecodeErrorKind::Truncated { needed: len, left: cut });
            }
        }
        check::<i32>(4);
        check::<i64>(8);
        check::<f64>(8);
        check::<bool>(4);
        check::<[u8; 16]>(16);
        check::<[u8; 32]>(32);
        check::<[u8; 64]>(64);
    }
}
