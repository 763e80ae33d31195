//! What a TL value can do.

use crate::tl::{DecodeError, Reader};

/// A value that can be written to the wire. It always can: writing is infallible.
pub trait Serialize {
    /// Appends the value to `out`.
    fn serialize(&self, out: &mut Vec<u8>);

    /// How many bytes [`serialize`](Self::serialize) appends. The provided method writes the value to find out.
    fn serialized_len(&self) -> usize
    where
        Self: Sized,
    {
        self.to_bytes().len()
    }

    /// The value as bytes.
    fn to_bytes(&self) -> Vec<u8>
    where
        Self: Sized,
    {
        let mut out = Vec::with_capacity(ROOM);
        self.serialize(&mut out);
        out
    }
}

/// Most queries fit, so that [`to_bytes`](Serialize::to_bytes) seldom grows its vector.
const ROOM: usize = 256;

/// A value that can be read from the wire.
pub trait Deserialize: Sized {
    /// The bytes of the shortest value, by which a vector's count is checked before anything is read (TL-01).
    const MIN_LEN: usize = 4;

    /// Reads one value. What is wrong is noted in the reader, which goes on with zeros: a value only counts when
    /// [`Reader::check`] agrees. `None` means that there is no value to go on with.
    ///
    /// This is what generated code implements and calls. You will want [`deserialize`](Self::deserialize) or
    /// [`from_bytes`](Self::from_bytes).
    fn read(r: &mut Reader<'_>) -> Option<Self>;

    /// Reads values that follow one another; none of them, or only the first, if something is wrong. The bytes left hold
    /// `count` times [`MIN_LEN`](Self::MIN_LEN) at least.
    #[doc(hidden)]
    fn read_items(r: &mut Reader<'_>, count: usize) -> Vec<Self> {
        crate::tl::vector::read_each(r, count)
    }

    /// Reads one value and leaves the reader behind it.
    ///
    /// # Errors
    ///
    /// When the bytes are not such a value; the reader is then of no more use.
    fn deserialize(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let value = Self::read(r);
        r.check()?;
        value.ok_or_else(|| r.no_value())
    }

    /// Reads a value that must be all of `bytes` (TL-14).
    ///
    /// # Errors
    ///
    /// When the bytes are not such a value, or do not end with it.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        match Self::read(&mut reader) {
            Some(value) if reader.is_finished() => Ok(value),
            value => {
                reader.finish()?;
                value.ok_or_else(|| reader.no_value())
            }
        }
    }
}

/// A definition of a schema: a constructor or a function.
pub trait Identifiable {
    /// Its constructor id.
    const ID: u32;
    /// Its name in the schema.
    const NAME: &'static str;
}

/// A function, which can be sent as a request.
pub trait Function: Serialize + Identifiable {
    /// What the server answers.
    type Return: Deserialize;
    /// Whether the request may be sent again when nobody knows whether it ran; not, where nothing is said of it.
    const REPEAT: Repeat = Repeat::Once;
}

/// Whether a request may be sent again when nobody knows whether it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Running it twice is the same as once, or harms nobody. From a reviewed list.
    Safe,
    /// It carries a `random_id`, by which the server recognises a repetition.
    Keyed,
    /// It must not run twice. The default.
    Once,
}

/// The result of a function that the server never answers (`http_wait`). There is no such value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResult {}

impl Deserialize for NoResult {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let id = r.constructor_id();
        r.unexpected(id, "no result");
        None
    }
}

impl<T: Serialize + ?Sized> Serialize for &T {
    fn serialize(&self, out: &mut Vec<u8>) {
        (**self).serialize(out);
    }
}

impl<T: Serialize + ?Sized> Serialize for Box<T> {
    fn serialize(&self, out: &mut Vec<u8>) {
        (**self).serialize(out);
    }
}

impl<T: Deserialize> Deserialize for Box<T> {
    const MIN_LEN: usize = T::MIN_LEN;

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        T::read(r).map(Self::new)
    }
}
