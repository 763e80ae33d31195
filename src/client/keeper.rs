//! The store, and what was loaded from it. Writing happens on threads that may block.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::spawn_blocking;

use crate::client::store::{Change, SessionUser, Snapshot, Store, StoreError};
use crate::connection::StoredKey;
use crate::crypto::KeyId;
use crate::ids::DcId;

/// Keeps what changes. Clones share it.
#[derive(Clone)]
pub(super) struct Keeper {
    /// `None` once it was closed.
    store: Arc<Mutex<Option<Box<dyn Store>>>>,
    /// What the store holds; changed while the store is locked, so that both have the same order of changes.
    snapshot: Arc<Mutex<Snapshot>>,
}

impl Keeper {
    pub(super) async fn load(mut store: Box<dyn Store>) -> Result<Self, StoreError> {
        let loaded = spawn_blocking(move || store.load().map(|snapshot| (store, snapshot))).await;
        let (store, snapshot) = loaded.unwrap_or_else(|_| Err(panicked()))?;
        let (store, snapshot) = (Arc::new(Mutex::new(Some(store))), Arc::new(Mutex::new(snapshot)));
        Ok(Self { store, snapshot })
    }

    /// What is kept.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Snapshot) -> T) -> T {
        read(&lock(&self.snapshot))
    }

    /// Has the changes kept, all or none of them, before it returns. Dropped on the way, it happens all the same.
    pub(super) async fn apply(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.apply_if(|_| true, changes).await.map(drop)
    }

    /// As [`apply`](Self::apply), unless something does not hold by then; whether it did.
    async fn apply_if(
        &self,
        holds: impl FnOnce(&Snapshot) -> bool + Send + 'static,
        changes: Vec<Change>,
    ) -> Result<bool, StoreError> {
        let (store, snapshot) = (self.store.clone(), self.snapshot.clone());
        let applied = spawn_blocking(move || {
            let mut store = lock(&store);
            // Only who has the store changes it.
            if !holds(&lock(&snapshot)) {
                return Ok(false);
            }
            store.as_mut().ok_or(StoreError::Closed)?.apply(&changes)?;
            lock(&snapshot).apply(&changes);
            Ok(true)
        });
        applied.await.unwrap_or_else(|_| Err(panicked()))
    }

    /// Whether a key is the one that the account is logged in with, in the data centre where it lives.
    pub(super) fn is_of_the_login(&self, dc: DcId, key: Option<KeyId>) -> bool {
        self.read(|kept| {
            let is_login = kept.home == Some(dc) && kept.is_authorized(dc);
            is_login && kept.key(dc).map(|kept| kept.auth_key.id()) == key
        })
    }

    /// Forgets a key, unless another has taken its place.
    pub(super) async fn forget_key(&self, dc: DcId, key: Option<KeyId>) -> Result<(), StoreError> {
        let is_kept = move |kept: &Snapshot| kept.key(dc).map(|kept| kept.auth_key.id()) == key;
        self.apply_if(is_kept, vec![Change::KeyForgotten(dc)]).await.map(drop)
    }

    /// Keeps a new key, unless there is one already: the login may be with that. Whether it was kept.
    pub(super) async fn keep_key(&self, dc: DcId, key: Box<StoredKey>) -> Result<bool, StoreError> {
        let is_first = move |kept: &Snapshot| kept.key(dc).is_none();
        self.apply_if(is_first, vec![Change::Key { dc, key }]).await
    }

    /// Keeps that somebody is logged in, with the key of a data centre; false if that was forgotten.
    pub(super) async fn keep_login(
        &self,
        home: DcId,
        user: Option<SessionUser>,
    ) -> Result<bool, StoreError> {
        let changes = vec![
            Change::Home(home),
            Change::Authorized { dc: home, is_authorized: true },
            Change::User(user),
        ];
        self.apply_if(move |kept| kept.key(home).is_some(), changes).await
    }

    /// Lets the store go, and with it what it has locked. What is being kept is kept first.
    pub(super) async fn close(&self) {
        let store = self.store.clone();
        // A runtime that shuts down drops it itself.
        let _ = spawn_blocking(move || drop(lock(&store).take())).await;
    }
}

/// What a panic of a store's leaves is as it was: every change is taken or not.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn panicked() -> StoreError {
    StoreError::Other("the store panicked, or the runtime is shutting down".to_owned())
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::store::MemoryStore;
    use crate::crypto::AuthKey;
    use crate::ids::Salt;

    const DC: DcId = DcId::production(2);

    fn key(byte: u8) -> Box<StoredKey> {
        let auth_key = AuthKey::from_bytes([byte; 256]);
        Box::new(StoredKey { auth_key, salt: Salt(1), time_offset: 0 })
    }

    #[tokio::test]
    async fn the_first_key_is_kept_and_forgotten_only_by_its_name() {
        let keeper = Keeper::load(Box::new(MemoryStore::new())).await.unwrap();
        let (first, second) = (key(1), key(2));
        let (one, two) = (first.auth_key.id(), second.auth_key.id());
        assert_eq!(keeper.keep_login(DC, None).await, Ok(false));
        assert_eq!(keeper.keep_key(DC, first).await, Ok(true));
        assert_eq!(keeper.keep_login(DC, None).await, Ok(true));
        // One that comes later does not take the login with it.
        assert_eq!(keeper.keep_key(DC, second.clone()).await, Ok(false));
        keeper.forget_key(DC, Some(two)).await.unwrap();
        assert!(keeper.is_of_the_login(DC, Some(one)) && !keeper.is_of_the_login(DC, Some(two)));
        keeper.forget_key(DC, Some(one)).await.unwrap();
        assert!(!keeper.is_of_the_login(DC, Some(one)) && !keeper.is_of_the_login(DC, None));
        assert_eq!(keeper.keep_key(DC, second).await, Ok(true));
    }
}
