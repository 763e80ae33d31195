//! Why nothing came of what was asked of secret chats.

use crate::client::error::Error;
use crate::client::files::TransferError;
use crate::client::store::StoreError;
use crate::secret;

/// Why the secret chats do not do what they were asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The chat does not allow it.
    #[error(transparent)]
    Chat(#[from] secret::Error),
    /// There is no such chat, or it has ended.
    #[error("there is no such secret chat")]
    NoSuchChat,
    /// The store, the client or its connection. With [`Error::Store`], what was asked for is tried again to be kept, and is
    /// done once it is.
    #[error(transparent)]
    Client(#[from] Error),
    /// What was kept of a chat cannot be read.
    #[error("a secret chat that was kept cannot be read: {0}")]
    Kept(#[from] secret::RestoreError),
    /// Whose login it is, is not known: [`me`](crate::client::Client::me) asks.
    #[error("nobody is logged in, or it is not known who")]
    Nobody,
    /// Secret chats are with other users alone.
    #[error("secret chats are with another user")]
    NotAUser,
    /// What waits to be acknowledged by others, or to be read, takes all the room that there is (SC-47).
    #[error("no more can be kept of secret chats until others acknowledge it, or events are read")]
    Full,
    /// There are as many chats as can be kept.
    #[error("there are {0} secret chats already")]
    TooMany(usize),
    /// The file that came is not what the message says, and nothing of it was asked for (SC-77); or what is to be sent is no file.
    #[error(transparent)]
    File(#[from] secret::file::FileError),
    /// The file could not be sent or fetched.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The task behind them has ended, with its runtime or by a panic. Ask the client for its secret chats again.
    #[error("the task that keeps the secret chats has ended")]
    Ended,
}

impl From<StoreError> for SecretError {
    fn from(error: StoreError) -> Self {
        Self::Client(error.into())
    }
}
