//! Vectors, and the bare forms: without their id.

use std::ops::{Deref, DerefMut};

use crate::tl::{DecodeErrorKind, Deserialize, Identifiable, Reader, Serialize, codec};

/// `vector#1cb5c415 {t:Type} # [ t ] = Vector t;`
pub(super) const VECTOR: u32 = 0x1cb5_c415;

/// `vector<T>`: a vector without its id, only with its count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BareVec<T>(pub Vec<T>);

/// `%T`: a value without its constructor id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Bare<T>(pub T);

impl<T: Serialize> Serialize for Vec<T> {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&VECTOR.to_le_bytes());
        write_items(self, out);
    }
}

impl<T: Deserialize> Deserialize for Vec<T> {
    const MIN_LEN: usize = 8;

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(codec::read_vector(r))
    }
}

impl<T: Serialize> Serialize for BareVec<T> {
    fn serialize(&self, out: &mut Vec<u8>) {
        write_items(&self.0, out);
    }
}

impl<T: Deserialize> Deserialize for BareVec<T> {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        Some(Self(read_bare(r)))
    }
}

impl<T: Serialize> Serialize for Bare<T> {
    /// Writes the value and takes its id away again: few definitions have bare values, and those are small.
    fn serialize(&self, out: &mut Vec<u8>) {
        let start = out.len();
        self.0.serialize(out);
        out.drain(start..out.len().min(start + 4));
    }
}

impl<T: Deserialize + Identifiable> Deserialize for Bare<T> {
    const MIN_LEN: usize = T::MIN_LEN.saturating_sub(4);

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        r.assume_id(T::ID);
        T::read(r).map(Self)
    }
}

impl<T> Default for BareVec<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for BareVec<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> Deref for BareVec<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for BareVec<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> Deref for Bare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

fn write_items<T: Serialize>(items: &[T], out: &mut Vec<u8>) {
    write_count(items.len(), out);
    for item in items {
        item.serialize(out);
    }
}

#[inline(never)]
fn write_count(count: usize, out: &mut Vec<u8>) {
    // Nobody sends 2^31 items; the count would not say so either.
    i32::try_from(count).unwrap_or(i32::MAX).serialize(out);
}

/// The items of a vector, one by one.
pub(super) fn read_each<T: Deserialize>(r: &mut Reader<'_>, count: usize) -> Vec<T> {
    let mut items = Vec::with_capacity(r.reserve(count, size_of::<T>()));
    for _ in 0..count {
        match T::read(r) {
            Some(item) if !r.is_failed() => items.push(item),
            _ => break,
        }
    }
    items
}

/// Reads a boxed vector.
pub(super) fn read_boxed<T: Deserialize>(r: &mut Reader<'_>) -> Vec<T> {
    let count = read_header(r, T::MIN_LEN);
    T::read_items(r, count)
}

/// Reads a vector without its id.
pub(super) fn read_bare<T: Deserialize>(r: &mut Reader<'_>) -> Vec<T> {
    let count = read_count(r, T::MIN_LEN);
    T::read_items(r, count)
}

/// The id and the count of a boxed vector.
#[inline(never)]
fn read_header(r: &mut Reader<'_>, min_len: usize) -> usize {
    let id = r.next_id();
    if id != VECTOR {
        // Nothing more is read then.
        r.unexpected(id, "Vector");
    }
    read_count(r, min_len)
}

/// The count of a vector whose items have this many bytes at least; 0 if something is wrong with it.
fn read_count(r: &mut Reader<'_>, min_len: usize) -> usize {
    let count = r.int();
    let Ok(items) = usize::try_from(count) else {
        r.fail(DecodeErrorKind::NegativeCount { count });
        return 0;
    };
    let left = r.remaining().len();
    // An item without bytes would make any count fit, so each counts for one at least, and all of them in all vectors too.
    let is_too_large = items.checked_mul(min_len.max(1)).is_none_or(|needed| needed > left);
    if is_too_large || (min_len == 0 && !r.spend_empty_items(items)) {
        r.fail(DecodeErrorKind::CountTooLarge { count: items, left });
        return 0;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::mtproto::types::{FutureSalt, TlsBlockDomain};

    fn header(count: u32) -> Vec<u8> {
        [VECTOR.to_le_bytes(), count.to_le_bytes()].concat()
    }

    #[test]
    fn boxed_and_bare_vectors_differ_by_the_id() {
        let items = vec![1_i64, 2];
        let bare = BareVec(items.clone());
        assert_eq!(items.to_bytes(), [&VECTOR.to_le_bytes()[..], &bare.to_bytes()].concat());
        assert_eq!(Vec::from_bytes(&items.to_bytes()), Ok(items));
        assert_eq!(BareVec::from_bytes(&bare.to_bytes()), Ok(bare));
    }

    #[test]
    fn bare_items_have_no_id() {
        let salt = FutureSalt { valid_since: 1, valid_until: 2, salt: 3 };
        let items = BareVec(vec![Bare(salt)]);
        assert_eq!(items.to_bytes(), [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(BareVec::from_bytes(&items.to_bytes()), Ok(items));
    }

    #[test]
    fn tl_01_a_count_that_the_bytes_cannot_hold_is_refused() {
        let too_large = |count, left| DecodeErrorKind::CountTooLarge { count, left };
        let mut wire = header(3);
        wire.extend([0; 16]);
        assert_eq!(Vec::<i64>::from_bytes(&wire).unwrap_err().kind(), too_large(3, 16));
        let wire = header(i32::MAX as u32);
        let count = i32::MAX as usize;
        assert_eq!(Vec::<i32>::from_bytes(&wire).unwrap_err().kind(), too_large(count, 0));
        // 16 bytes an item, so 1 does not fit into 12.
        let wire = [&1_i32.to_le_bytes()[..], &[0; 12]].concat();
        let kind = BareVec::<Bare<FutureSalt>>::from_bytes(&wire).unwrap_err().kind();
        assert_eq!(kind, too_large(1, 12));
    }

    #[test]
    fn tl_01_items_without_bytes_are_bounded_too() {
        let wire = [&9_i32.to_le_bytes()[..], &[0; 8]].concat();
        let kind = BareVec::<Bare<TlsBlockDomain>>::from_bytes(&wire).unwrap_err().kind();
        assert_eq!(kind, DecodeErrorKind::CountTooLarge { count: 9, left: 8 });
    }

    #[test]
    fn tl_01_items_without_bytes_are_bounded_in_all_vectors_together() {
        type Nested = BareVec<BareVec<Bare<TlsBlockDomain>>>;
        let nested = |counts: &[i32]| {
            let mut wire = (counts.len() as i32).to_bytes();
            wire.extend(counts.iter().flat_map(Serialize::to_bytes));
            wire
        };
        let items = |counts: &[i32]| Nested::from_bytes(&nested(counts)).map(|v| v.0.len());
        assert_eq!(items(&[12, 8, 0, 0]), Ok(4));
        // 20 bytes, so 20 items: each count fits by itself.
        let kind = items(&[12, 8, 4, 0]).unwrap_err().kind();
        assert_eq!(kind, DecodeErrorKind::CountTooLarge { count: 4, left: 4 });
    }

    #[test]
    fn tl_01_nothing_is_reserved_for_a_claim() {
        let wire = [&6_000_i32.to_le_bytes()[..], &[0; 6_000 * 64]].concat();
        let items: Vec<[u8; 64]> = read_bare(&mut Reader::new(&wire));
        assert_eq!(items.len(), 6_000);
        let mut reader = Reader::new(&[0xff; 400_000]);
        assert_eq!(read_bare::<i32>(&mut reader).capacity(), 0);
        assert!(reader.is_failed());
    }

    #[test]
    fn tl_02_a_negative_count_is_refused() {
        for count in [-1, i32::MIN] {
            let kind = Vec::<i32>::from_bytes(&header(count as u32)).unwrap_err().kind();
            assert_eq!(kind, DecodeErrorKind::NegativeCount { count });
        }
    }

    #[test]
    fn another_id_is_no_vector() {
        let error = Vec::<i32>::from_bytes(&[0; 8]).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::UnexpectedConstructor { id: 0 });
        assert_eq!(error.type_name(), Some("Vector"));
    }
}
