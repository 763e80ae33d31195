//! A store whose content is text at any moment.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::client::store::string::{from_text, to_text};
use crate::client::store::{Change, Flaw, Snapshot, Store, StoreError};

/// Keeps a session that comes from text, and tells it as text again.
///
/// Clones share it: one goes to the client, the other tells what there is to keep. It is for environments without files; who
/// has one loses nothing in a crash with a [`FileStore`](crate::client::store::FileStore).
///
/// ```
/// use telewire::client::store::{Store, StringStore};
/// use telewire::client::{Client, ClientBuilder};
///
/// # fn main() -> Result<(), telewire::client::store::Flaw> {
/// // Nothing the first time.
/// let store = StringStore::new(&std::env::var("SESSION").unwrap_or_default())?;
/// let client: ClientBuilder =
///     Client::builder(12_345, "0123456789abcdef0123456789abcdef").store(store.clone());
/// // … build it, log in …
/// let text = store.to_text();
/// // Whoever has the text has the account: keep it where passwords are kept.
/// let mut next = StringStore::new(&text)?;
/// assert_eq!(next.load(), store.clone().load());
/// # drop(client);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct StringStore(Arc<Mutex<Snapshot>>);

impl StringStore {
    /// The session of a text that [`to_text`](Self::to_text) gave; nothing, if the text is empty. For another library's, see
    /// [`telethon`](super::telethon) and [`pyrogram`](super::pyrogram): `StringStore::from(telethon::import(text)?)`.
    ///
    /// # Errors
    ///
    /// What is wrong with the text. It has a checksum.
    pub fn new(text: &str) -> Result<Self, Flaw> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        from_text(text).map(Self::from)
    }

    /// The session as it is now. It changes with logins, keys and salts. It is wiped when dropped.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        to_text(&self.snapshot())
    }

    fn snapshot(&self) -> MutexGuard<'_, Snapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Snapshot> for StringStore {
    fn from(snapshot: Snapshot) -> Self {
        Self(Arc::new(Mutex::new(snapshot)))
    }
}

impl Store for StringStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.snapshot().clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.snapshot().apply(changes);
        Ok(())
    }
}

/// The text is not shown.
impl fmt::Debug for StringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StringStore")
    }
}
