//! What generated code calls. It is public because a schema of your own is generated into your crate; by hand you will
//! want [`Serialize`] and [`Deserialize`] instead.

use crate::tl::vector::read_boxed;
use crate::tl::{Deserialize, Object, Reader, Serialize};

/// Appends a constructor id or a `#` word.
#[inline(never)]
pub fn write_word(word: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&word.to_le_bytes());
}

/// Appends words that follow one another: an id, and parameters of fixed length. Inlined they go straight to their place;
/// through a call they would wait for each other, stored one by one and loaded all at once.
#[inline]
pub fn write_words<const N: usize>(words: &[u32; N], out: &mut Vec<u8>) {
    out.extend_from_slice(words.map(u32::to_le_bytes).as_flattened());
}

/// The words of a `long`.
#[inline]
pub const fn halves(value: i64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

/// A `long` of two words.
#[inline]
pub const fn long(low: u32, high: u32) -> i64 {
    low as i64 | (high as i64) << 32
}

/// Appends the length of a measured object.
#[inline(never)]
pub fn write_length(object: &Object, out: &mut Vec<u8>) {
    i32::try_from(object.as_bytes().len()).unwrap_or(i32::MAX).serialize(out);
}

/// Appends a value if there is one, and sets the bit that says so in the word that was written at `place`.
#[inline]
pub fn write_optional<T: Serialize>(value: &Option<T>, place: usize, bit: u32, out: &mut Vec<u8>) {
    if let Some(value) = value {
        write_some(value, place, bit, out);
    }
}

#[inline(never)]
fn write_some<T: Serialize>(value: &T, place: usize, bit: u32, out: &mut Vec<u8>) {
    if let Some(word) = out.get_mut(place..).and_then(<[u8]>::first_chunk_mut::<4>) {
        *word = (u32::from_le_bytes(*word) | bit).to_le_bytes();
    }
    value.serialize(out);
}

/// Reads a value if its bit says that it is there.
pub fn read_optional<T: Deserialize>(r: &mut Reader<'_>, is_there: bool) -> Option<T> {
    if is_there { T::read(r) } else { None }
}

/// Reads a `Vector`.
pub fn read_vector<T: Deserialize>(r: &mut Reader<'_>) -> Vec<T> {
    read_boxed(r)
}

/// Reads a variant of an enum whose values nest. In a function of its own, its values are not in the frame of the enum's
/// `read`, of which there is one for each level.
#[inline(never)]
#[allow(
    clippy::manual_map,
    reason = "without optimisation, `map` has a frame and a copy of the value"
)]
pub fn read_variant<T: Deserialize, E>(r: &mut Reader<'_>, make: fn(T) -> E) -> Option<E> {
    match T::read(r) {
        Some(value) => Some(make(value)),
        None => None,
    }
}

/// As [`read_variant`], for a variant behind a `Box`.
#[inline(never)]
#[allow(
    clippy::manual_map,
    reason = "without optimisation, `map` has a frame and a copy of the value"
)]
pub fn read_boxed_variant<T: Deserialize, E>(
    r: &mut Reader<'_>,
    make: fn(Box<T>) -> E,
) -> Option<E> {
    match T::read(r) {
        Some(value) => Some(make(Box::new(value))),
        None => None,
    }
}

/// Whether two values are the same on the wire.
pub fn equal(a: &dyn Serialize, b: &dyn Serialize) -> bool {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    a.serialize(&mut left);
    b.serialize(&mut right);
    left == right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_is_two_words() {
        for value in [0, 1, -1, i64::MIN, i64::MAX, 0x0102_0304_0506_0708] {
            let [low, high] = halves(value);
            assert_eq!(long(low, high), value);
            let mut out = Vec::new();
            write_words(&[low, high], &mut out);
            assert_eq!(out, value.to_le_bytes());
        }
    }

    #[test]
    fn a_value_that_is_there_sets_its_bit() {
        let mut out = vec![9, 1, 0, 0, 0];
        write_optional(&Some(7_i32), 1, 1 << 31, &mut out);
        write_optional(&None::<i32>, 1, 2, &mut out);
        assert_eq!(out, [9, 1, 0, 0, 0x80, 7, 0, 0, 0]);
    }
}
