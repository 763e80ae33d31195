//! Why bytes are not a TL value.

use std::fmt;

/// Why decoding failed: what, in which type, and where.
///
/// It is one pointer wide.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: DecodeErrorKind,
    /// Empty for none.
    type_name: &'static str,
    offset: usize,
}

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes end inside the value.
    #[error("{needed} bytes are needed, {left} are left")]
    Truncated {
        /// How many bytes the next part needs.
        needed: usize,
        /// How many there are.
        left: usize,
    },
    /// A constructor id that this type does not have (TL-13).
    #[error("unexpected constructor {id:08x}")]
    UnexpectedConstructor {
        /// The id.
        id: u32,
    },
    /// The count of a vector is negative (TL-02).
    #[error("a vector cannot have {count} items")]
    NegativeCount {
        /// The count.
        count: i32,
    },
    /// A vector claims more items than the bytes left can hold, or, of items without bytes, all vectors together more than the
    /// value has bytes (TL-01).
    #[error("a vector claims {count} items, {left} bytes are left")]
    CountTooLarge {
        /// The count.
        count: usize,
        /// The bytes left.
        left: usize,
    },
    /// The length of a string does not fit into memory (TL-16).
    #[error("a string cannot have {length} bytes")]
    StringTooLong {
        /// The length.
        length: u64,
    },
    /// The length of a measured object is negative or not divisible by 4.
    #[error("an object cannot have {length} bytes")]
    ObjectLength {
        /// The length.
        length: i32,
    },
    /// Bytes are left after the value (TL-14).
    #[error("{count} bytes are left after the value")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// Values are nested deeper than the budget allows (TL-03).
    #[error("values are nested too deep")]
    TooDeep,
    /// Compressed data is malformed, or its checksum or size is wrong (TL-07).
    #[error("compressed data is malformed")]
    Compressed,
    /// Compressed data would become larger than anything that is sent (TL-07).
    #[error("compressed data would have more than {limit} bytes")]
    InflatedTooLarge {
        /// The most it may have.
        limit: usize,
    },
    /// There is no such value: an implementation of [`Deserialize`](crate::tl::Deserialize) said so and no more.
    #[error("there is no value")]
    NoValue,
}

impl From<DecodeErrorKind> for DecodeError {
    /// At the beginning of a value, of whatever type.
    fn from(kind: DecodeErrorKind) -> Self {
        Self::new(kind, 0, "")
    }
}

impl DecodeError {
    pub(super) fn new(kind: DecodeErrorKind, offset: usize, type_name: &'static str) -> Self {
        Self(Box::new(Inner { kind, type_name, offset }))
    }

    /// What is wrong.
    pub fn kind(&self) -> DecodeErrorKind {
        self.0.kind
    }

    /// The name, in the schema, of the innermost constructor or type in which it was met.
    pub fn type_name(&self) -> Option<&'static str> {
        Some(self.0.type_name).filter(|name| !name.is_empty())
    }

    /// How many bytes stand before the place.
    pub fn offset(&self) -> usize {
        self.0.offset
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.type_name() {
            write!(f, "in {name}, ")?;
        }
        write!(f, "at byte {}: {}", self.0.offset, self.0.kind)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}
