//! What generated code calls. It is public because a schema of your own is generated into your crate; by hand you will
//! want [`Serialize`] and [`Deserialize`] instead.

use crate::tl::{Constructor, DecodeError, Deserialize, Object, Reader, Serialize};

/// Appends a value with its id.
pub fn serialize_boxed<T: Constructor>(value: &T, out: &mut Vec<u8>) {
    write_id(T::ID, out);
    value.serialize_bare(out);
}

/// Reads a value with its id.
///
/// # Errors
///
/// When the bytes are another value, or none.
pub fn deserialize_boxed<T: Constructor>(r: &mut Reader<'_>) -> Result<T, DecodeError> {
    r.expect_id(T::ID, T::NAME)?;
    deserialize_variant(r)
}

/// Reads the fields of a variant, whose id was read.
///
/// # Errors
///
/// When the bytes are not such fields.
pub fn deserialize_variant<T: Constructor>(r: &mut Reader<'_>) -> Result<T, DecodeError> {
    T::deserialize_bare(r).map_err(|error| error.within(T::NAME))
}

/// As [`deserialize_variant`], into a box.
///
/// # Errors
///
/// When the bytes are not such fields.
pub fn deserialize_variant_box<T: Constructor>(r: &mut Reader<'_>) -> Result<Box<T>, DecodeError> {
    deserialize_variant(r).map(Box::new)
}

/// Appends a constructor id.
#[inline]
pub fn write_id(id: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&id.to_le_bytes());
}

/// Appends a `#` word.
#[inline]
pub fn write_word(word: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&word.to_le_bytes());
}

/// Appends the length of a measured object.
pub fn write_length(object: &Object, out: &mut Vec<u8>) {
    i32::try_from(object.as_bytes().len()).unwrap_or(i32::MAX).serialize(out);
}

/// Appends a value if there is one.
#[inline]
pub fn write_optional<T: Serialize>(value: &Option<T>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        value.serialize(out);
    }
}

/// Reads a value if its bit says that it is there.
///
/// # Errors
///
/// When the bytes are not such a value.
#[inline]
pub fn read_optional<T: Deserialize>(
    r: &mut Reader<'_>,
    is_there: bool,
) -> Result<Option<T>, DecodeError> {
    if is_there { T::deserialize(r).map(Some) } else { Ok(None) }
}

/// Finds an id in a sorted table.
pub fn lookup_name(table: &'static [(u32, &'static str)], id: u32) -> Option<&'static str> {
    let place = table.binary_search_by_key(&id, |(id, _)| *id).ok()?;
    table.get(place).map(|(_, name)| *name)
}
