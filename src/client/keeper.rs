//! The store, and what was loaded from it. Writing happens on threads that may block.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::spawn_blocking;

use crate::client::store::{Change, Snapshot, Store, StoreError};

/// Keeps what changes. Clones share it.
#[derive(Clone)]
pub(super) struct Keeper {
    store: Arc<Mutex<Box<dyn Store>>>,
    /// What the store holds; changed while the store is locked, so that both have the same order of changes.
    snapshot: Arc<Mutex<Snapshot>>,
}

impl Keeper {
    pub(super) async fn load(mut store: Box<dyn Store>) -> Result<Self, StoreError> {
        let loaded = spawn_blocking(move || store.load().map(|snapshot| (store, snapshot))).await;
        let (store, snapshot) = loaded.unwrap_or_else(|_| Err(panicked()))?;
        let (store, snapshot) = (Arc::new(Mutex::new(store)), Arc::new(Mutex::new(snapshot)));
        Ok(Self { store, snapshot })
    }

    /// What is kept.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Snapshot) -> T) -> T {
        read(&lock(&self.snapshot))
    }

    /// Has the changes kept, all or none of them, before it returns. Dropped on the way, it happens all the same.
    pub(super) async fn apply(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let (store, snapshot) = (self.store.clone(), self.snapshot.clone());
        let applied = spawn_blocking(move || {
            let mut store = lock(&store);
            store.apply(&changes)?;
            lock(&snapshot).apply(&changes);
            Ok(())
        });
        applied.await.unwrap_or_else(|_| Err(panicked()))
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
