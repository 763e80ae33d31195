//! A store whose content is text at any moment.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::client::store::string::{from_text, to_text};
use crate::client::store::{Change, Flaw, Snapshot, Store, StoreError, codec};
use crate::crypto::KeyId;

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
///
/// One client uses it at a time, as with files: while a clone is open, which it is from its first `load` or `apply` until it is
/// dropped, other clones are in use, and so is every other store of text in this program that has one of its keys.
#[derive(Default)]
pub struct StringStore {
    snapshot: Arc<Mutex<Snapshot>>,
    /// Whether this clone is the one that is open.
    is_open: bool,
}

/// The sessions that are open.
static OPEN: Mutex<Vec<Arc<Mutex<Snapshot>>>> = Mutex::new(Vec::new());

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
        lock(&self.snapshot)
    }

    /// Has the session for this clone alone.
    fn open(&mut self) -> Result<(), StoreError> {
        if self.is_open {
            return Ok(());
        }
        let mut open = lock(&OPEN);
        let ours = keys(&self.snapshot());
        let is_same = |other: &Arc<Mutex<Snapshot>>| {
            Arc::ptr_eq(other, &self.snapshot) || !ours.is_disjoint(&keys(&lock(other)))
        };
        if open.iter().any(is_same) {
            return Err(StoreError::InUse { path: "the session of this text".into() });
        }
        open.push(self.snapshot.clone());
        self.is_open = true;
        Ok(())
    }
}

fn keys(snapshot: &Snapshot) -> BTreeSet<KeyId> {
    let keys = snapshot.dcs.values().filter_map(|record| record.key.as_ref());
    keys.map(|key| key.auth_key.id()).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The clone is not open.
impl Clone for StringStore {
    fn clone(&self) -> Self {
        Self { snapshot: self.snapshot.clone(), is_open: false }
    }
}

impl Drop for StringStore {
    fn drop(&mut self) {
        if self.is_open {
            lock(&OPEN).retain(|open| !Arc::ptr_eq(open, &self.snapshot));
        }
    }
}

impl From<Snapshot> for StringStore {
    fn from(snapshot: Snapshot) -> Self {
        Self { snapshot: Arc::new(Mutex::new(snapshot)), is_open: false }
    }
}

impl Store for StringStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        self.open()?;
        Ok(self.snapshot().clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.open()?;
        let mut next = self.snapshot().clone();
        next.apply(changes);
        if codec::encode_within(&next).is_none() {
            return Err(StoreError::TooLarge { most: codec::MAX_BYTES });
        }
        *self.snapshot() = next;
        Ok(())
    }
}

/// The text is not shown.
impl fmt::Debug for StringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StringStore")
    }
}
