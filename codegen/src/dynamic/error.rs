//! Every way in which bytes are no value, and a value has no bytes.

use std::fmt;

/// What is wrong, and where.
///
/// It is a pointer, since every step of reading may give one, and each takes its space on the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    offset: usize,
    path: String,
}

/// What is wrong. Each way to be wrong has a variant of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes end too early.
    #[error("expected {needed} bytes, {left} are left")]
    Truncated {
        /// How many are needed.
        needed: usize,
        /// How many are left.
        left: usize,
    },
    /// No schema at hand has this id (TL-13).
    #[error("expected a constructor or a function, {id:08x} is the id of none")]
    UnknownId {
        /// The id.
        id: u32,
    },
    /// The id is not one of those that may stand here.
    #[error("expected {expected}, found {}", found(*id, name.as_deref()))]
    UnexpectedId {
        /// The id.
        id: u32,
        /// The name that the schema has for it.
        name: Option<String>,
        /// The type, or the definition.
        expected: String,
    },
    /// A vector stands where nothing says of what type its items are.
    #[error("expected a constructor or a function, found a vector: say the type of its items")]
    VectorOfUnknown,
    /// A boxed vector does not begin with the id of vectors.
    #[error("expected a vector (1cb5c415), found {id:08x}")]
    VectorId {
        /// What it begins with.
        id: u32,
    },
    /// A `Bool` is neither true nor false (TL-15).
    #[error("expected a Bool (997275b5 or bc799737), found {id:08x}")]
    BoolId {
        /// What it is.
        id: u32,
    },
    /// A vector has a negative count (TL-02).
    #[error("expected a count of items, {count} is negative")]
    NegativeCount {
        /// The count.
        count: i32,
    },
    /// A vector claims more items than the bytes left can hold, or, of items without bytes, all vectors together more than there
    /// are bytes (TL-01).
    #[error("expected a count of items that {left} bytes can hold, {count} is too large")]
    CountTooLarge {
        /// The count.
        count: usize,
        /// The bytes left.
        left: usize,
    },
    /// The length of a string does not fit into memory (TL-16).
    #[error("expected a length that fits into memory, {length} does not")]
    StringLength {
        /// The length.
        length: u64,
    },
    /// The length of a measured object is negative, too large or not divisible by 4.
    #[error("expected a length of an object, which is divisible by 4, {length} is none")]
    ObjectLength {
        /// The length.
        length: i64,
    },
    /// Bytes are left after the value (TL-14).
    #[error("expected the end, {count} bytes are left")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// Values are nested deeper than [`MAX_DEPTH`](crate::dynamic::MAX_DEPTH) (TL-03).
    #[error("expected a value nested {} deep at most", crate::dynamic::MAX_DEPTH)]
    TooDeep,
    /// A value has another kind than its place.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// The type of the place.
        expected: String,
        /// The kind of the value.
        found: &'static str,
    },
    /// An object has a name that is not that of its id.
    #[error("expected the name `{expected}`, which {id:08x} is the id of, found `{found}`")]
    WrongName {
        /// The id.
        id: u32,
        /// The name of that.
        expected: String,
        /// The name given.
        found: String,
    },
    /// A parameter that must be there is not.
    #[error("expected the parameter `{param}`, it is missing")]
    MissingParam {
        /// The parameter.
        param: String,
    },
    /// The definition has no such parameter.
    #[error("`{param}` is no parameter")]
    UnknownParam {
        /// The parameter.
        param: String,
    },
    /// A parameter is given twice.
    #[error("the parameter `{param}` is given twice")]
    RepeatedParam {
        /// The parameter.
        param: String,
    },
    /// A flags word or a length is given, which are computed.
    #[error("the parameter `{param}` is computed and cannot be given")]
    ComputedParam {
        /// The parameter.
        param: String,
    },
    /// Of two parameters with the same bit, one is there and the other is not.
    #[error("`{present}` and `{absent}` share a bit: give both or none")]
    SharedBit {
        /// The one that is there.
        present: String,
        /// The one that is not.
        absent: String,
    },
    /// A vector has more items than a count can say.
    #[error("expected {} items at most, found {count}", i32::MAX)]
    TooManyItems {
        /// How many it has.
        count: usize,
    },
}

impl Error {
    pub(super) fn new(kind: ErrorKind, offset: usize, path: &impl ToString) -> Self {
        Self(Box::new(Inner { kind, offset, path: path.to_string() }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// How many bytes stand before the place: those read, or those written so far.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The way to the place, from the definition or the type of the whole:
    /// `messages.messages.messages[3].entities[0]`. It is empty if that could not be told.
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, offset, path } = &*self.0;
        write!(f, "at byte {offset}")?;
        if !path.is_empty() {
            write!(f, ", {path}")?;
        }
        write!(f, ": {kind}")
    }
}

impl std::error::Error for Error {}

fn found(id: u32, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{name}#{id:08x}"),
        None => format!("the unknown id {id:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_and_what_was_expected() {
        let id = |name: Option<&str>| ErrorKind::UnexpectedId {
            id: 1,
            name: name.map(str::to_owned),
            expected: "Peer".into(),
        };
        for (kind, path, expected) in [
            (id(None), "a.b[3]", "at byte 8, a.b[3]: expected Peer, found the unknown id 00000001"),
            (id(Some("pong")), "a", "at byte 8, a: expected Peer, found pong#00000001"),
            (ErrorKind::TooDeep, "", "at byte 8: expected a value nested 128 deep at most"),
        ] {
            assert_eq!(Error::new(kind, 8, &path).to_string(), expected);
        }
    }
}
