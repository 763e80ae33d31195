//! Why a session cannot be read or kept.

use std::io;
use std::path::PathBuf;

/// Why a store failed. What it kept before is untouched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system reported an error.
    #[error("cannot {doing} {}: {kind}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// The error.
        kind: io::ErrorKind,
    },
    /// Another client uses the file: two with one key would be told to stop by the server.
    #[error("{} is in use by another client", path.display())]
    InUse {
        /// The session's file.
        path: PathBuf,
    },
    /// Others than its owner may read or write the file, and so take over the account.
    #[error("{} may be read by others (mode {mode:o}): run chmod 600 on it, and log in again if somebody did", path.display())]
    Exposed {
        /// The session's file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is no session, or not any more.
    #[error("{} holds no session: {flaw}", path.display())]
    Damaged {
        /// The session's file.
        path: PathBuf,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// SQLite reported an error.
    #[error("cannot {doing} {}: {message}", path.display())]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// SQLite's message.
        message: String,
    },
    /// The client that had the store was closed.
    #[error("the client was closed, and its store with it")]
    Closed,
    /// A store of one's own reported an error.
    #[error("{0}")]
    Other(String),
}

/// What is wrong with bytes or text that should be a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// There is nothing in it: it was cut. A session that is new has no file yet.
    #[error("it is empty: put a copy in its place, or remove it to begin anew")]
    Empty,
    /// It does not begin as a session does.
    #[error("it is of another kind")]
    Kind,
    /// A newer program wrote it.
    #[error("it has version {version}, and this program knows versions up to {known}")]
    Newer {
        /// Its version.
        version: u32,
        /// The newest that is known.
        known: u32,
    },
    /// It is shorter or longer than it says.
    #[error("its length is wrong")]
    Length,
    /// Its checksum is another.
    #[error("it was damaged: its checksum is wrong")]
    Checksum,
    /// A field has a value that it cannot have.
    #[error("the value of its field `{field}` is impossible")]
    Value {
        /// The field.
        field: &'static str,
    },
    /// It is no base64.
    #[error("it is no base64")]
    Base64,
    /// There is nothing to export: no home, no key or no address of it.
    #[error("there is no key for the account's data centre, or no address of it")]
    Incomplete,
}
