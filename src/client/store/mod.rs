//! What a client keeps between two runs of a program: keys, whom they belong to, and where the data centres are.
//!
//! ```text
//!  Client ── apply(&[Change]) ──> Store ──> memory | file | SQLite | string
//!         <── load() ────────────                                    to and from text, also other libraries'
//! ```
//!
//! A batch of changes is applied as a whole or not at all: after a crash there is the old state or the new one, never a
//! mixture (CF-22). A key is written before it is first used.
//!
//! A session can be encrypted where it lies, with a key or a passphrase: [`FileStore::open_encrypted`], and
//! [`SqliteStore::open_encrypted`] for its keys and its secret chats.
//!
//! This module knows nothing of connections and does no login.

mod change;
mod codec;
mod error;
mod file;
mod memory;
mod place;
mod sealing;
mod secrets;
mod snapshot;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
mod sqlite;
pub mod string;
#[cfg(test)]
mod tests;
mod witness;

pub use change::Change;
pub use error::{Flaw, StoreError};
pub use file::FileStore;
pub use memory::MemoryStore;
pub use sealing::{Seal, StoreKey};
pub use secrets::{SecretChange, SecretRow, SecretRows};
pub use snapshot::{DcRecord, SessionUser, Snapshot};
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use sqlite::SqliteStore;
pub use string::StringStore;

/// Where a session is kept. One client uses a store at a time.
///
/// Its methods may block: the client calls them on a thread for that.
pub trait Store: Send + 'static {
    /// What is kept; nothing, if nothing was ever kept.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn load(&mut self) -> Result<Snapshot, StoreError>;

    /// Applies all the changes, or none of them. When it returns, they outlive a crash of the program and of the machine,
    /// as far as the store is made for that.
    ///
    /// # Errors
    ///
    /// When they cannot be written. What was kept before is still there. [`StoreError::Busy`] has a client try again.
    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError>;
}

impl Store for Box<dyn Store> {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        (**self).load()
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        (**self).apply(changes)
    }
}
