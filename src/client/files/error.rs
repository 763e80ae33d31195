//! Why a transfer has no result.

use std::io;
use std::path::PathBuf;

use crate::client::Error;
use crate::files::FileError;

/// Why a file was not sent or fetched. What was written of a download stays beside where it was to be, and the same call goes on with
/// it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The transfer failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The client could not ask: it has ended, nobody is logged in, or no connection could be had.
    #[error(transparent)]
    Client(#[from] Error),
    /// FI-82: a file is there already. [`Download::overwrite`](super::Download::overwrite) replaces it.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The file on the disk cannot be read or written.
    #[error("{}: {kind}", path.display())]
    Path {
        /// Which.
        path: PathBuf,
        /// Why.
        kind: io::ErrorKind,
    },
    /// FI-19: so many items are no album.
    #[error("an album has 1 to 10 items, and this one {0}")]
    Items(usize),
    /// There are no bytes to be had of it: an empty photo, a message without a file.
    #[error("there is no file in it")]
    NoFile,
}

impl TransferError {
    pub(super) fn path(path: impl Into<PathBuf>, error: &io::Error) -> Self {
        let path = path.into();
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists(path),
            kind => Self::Path { path, kind },
        }
    }
}
