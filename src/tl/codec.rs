//! What generated code calls. It is public because a schema of your own is generated into your crate; by hand you will
//! want [`Serialize`] and [`Deserialize`] instead.

use crate::tl::vector::{read_id, read_items};
use crate::tl::{Deserialize, Object, Reader, Serialize};

/// Appends a constructor id or a `#` word.
#[inline(never)]
pub fn write_word(word: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&word.to_le_bytes());
}

/// Appends the length of a measured object.
#[inline(never)]
pub fn write_length(object: &Object, out: &mut Vec<u8>) {
    i32::try_from(object.as_bytes().len()).unwrap_or(i32::MAX).serialize(out);
}

/// Appends a value if there is one.
pub fn write_optional<T: Serialize>(value: &Option<T>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        value.serialize(out);
    }
}

/// Reads a value if its bit says that it is there.
pub fn read_optional<T: Deserialize>(r: &mut Reader<'_>, is_there: bool) -> Option<T> {
    if is_there { T::read(r) } else { None }
}

/// Reads a `Vector`.
pub fn read_vector<T: Deserialize>(r: &mut Reader<'_>) -> Vec<T> {
    read_id(r);
    read_items(r)
}

/// Whether two values are the same on the wire.
pub fn equal(a: &dyn Serialize, b: &dyn Serialize) -> bool {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    a.serialize(&mut left);
    b.serialize(&mut right);
    left == right
}
