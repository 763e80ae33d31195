//! The store, and what was loaded from it. Writing happens on threads that may block.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::sleep;
use std::time::Duration;

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
    /// Whether nobody has the client any more: who has the store lets it go.
    is_released: Arc<AtomicBool>,
}

impl Keeper {
    pub(super) async fn load(mut store: Box<dyn Store>) -> Result<Self, StoreError> {
        let loaded = spawn_blocking(move || store.load().map(|snapshot| (store, snapshot))).await;
        let (store, snapshot) = loaded.unwrap_or_else(|_| Err(panicked()))?;
        let (store, snapshot) = (Arc::new(Mutex::new(Some(store))), Arc::new(Mutex::new(snapshot)));
        Ok(Self { store, snapshot, is_released: Arc::default() })
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
        holds: impl Fn(&Snapshot) -> bool + Send + 'static,
        changes: Vec<Change>,
    ) -> Result<bool, StoreError> {
        let this = self.clone();
        let applied = spawn_blocking(move || {
            let mut tries = 1..BUSY_TRIES;
            loop {
                let applied = this.apply_now(&holds, &changes);
                if this.is_released.load(Ordering::Acquire) {
                    this.release();
                }
                match applied {
                    Err(StoreError::Busy { .. }) if tries.next().is_some() => sleep(BUSY_PAUSE),
                    other => return other,
                }
            }
        });
        applied.await.unwrap_or_else(|_| Err(panicked()))
    }

    fn apply_now(
        &self,
        holds: &impl Fn(&Snapshot) -> bool,
        changes: &[Change],
    ) -> Result<bool, StoreError> {
        let mut store = lock(&self.store);
        // Only who has the store changes it.
        if !holds(&lock(&self.snapshot)) {
            return Ok(false);
        }
        store.as_mut().ok_or(StoreError::Closed)?.apply(changes)?;
        lock(&self.snapshot).apply(changes);
        Ok(true)
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
        // Who tries again because the store is busy does not.
        self.is_released.store(true, Ordering::Release);
        let store = self.store.clone();
        // A runtime that shuts down drops it itself.
        let _ = spawn_blocking(move || drop(lock(&store).take())).await;
    }

    /// As [`close`](Self::close), without waiting: what is being kept is kept, and then the store goes.
    pub(super) fn release(&self) {
        self.is_released.store(true, Ordering::Release);
        let store = match self.store.try_lock() {
            Err(TryLockError::WouldBlock) => return,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().take(),
            Ok(mut store) => store.take(),
        };
        drop(store);
    }
}

/// How often what was to be kept is tried while another program has the store's file, each time for as long as the store waits.
/// With [`SqliteStore`](crate::client::store::SqliteStore)'s five seconds it is a minute: a key or a login is not given up for a
/// backup that runs, and a program that hangs is told of.
const BUSY_TRIES: u32 = 12;

/// Between two tries, for a store that does not wait itself.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

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
    use std::sync::atomic::AtomicU32;

    use super::*;
    use crate::client::store::MemoryStore;
    use crate::crypto::AuthKey;
    use crate::ids::Salt;

    const DC: DcId = DcId::production(2);
    const FOUR: DcId = DcId::production(4);

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

    /// A store that another program holds for a while.
    struct Held {
        inner: MemoryStore,
        for_tries: u32,
        tries: Arc<AtomicU32>,
    }

    impl Store for Held {
        fn load(&mut self) -> Result<Snapshot, StoreError> {
            self.inner.load()
        }

        fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
            if self.tries.fetch_add(1, Ordering::Relaxed) < self.for_tries {
                return Err(busy());
            }
            self.inner.apply(changes)
        }
    }

    fn busy() -> StoreError {
        StoreError::Busy { path: "session".into() }
    }

    #[tokio::test]
    async fn a_store_that_is_busy_costs_no_key_and_no_login() {
        for (for_tries, kept) in
            [(1, Ok(true)), (BUSY_TRIES - 1, Ok(true)), (BUSY_TRIES, Err(busy()))]
        {
            let tries = Arc::<AtomicU32>::default();
            let held = Held { inner: MemoryStore::new(), for_tries, tries: tries.clone() };
            let keeper = Keeper::load(Box::new(held)).await.unwrap();
            assert_eq!(keeper.keep_key(DC, key(1)).await, kept);
            assert_eq!(keeper.read(|kept| kept.key(DC).is_some()), kept.is_ok());
            assert_eq!(tries.load(Ordering::Relaxed), for_tries + u32::from(kept.is_ok()));
            // Who was told has the store as it was, and may try again.
            assert_eq!(keeper.keep_key(DC, key(1)).await, Ok(kept.is_err()));
            tries.store(0, Ordering::Relaxed);
            let login = if for_tries < BUSY_TRIES { Ok(true) } else { Err(busy()) };
            assert_eq!(keeper.keep_login(DC, None).await, login);
        }
    }

    /// A store that another program holds for ever. It says that it waits, and waits.
    struct Stuck(std::sync::mpsc::Sender<()>, std::sync::mpsc::Receiver<()>);

    impl Store for Stuck {
        fn load(&mut self) -> Result<Snapshot, StoreError> {
            Ok(Snapshot::default())
        }

        fn apply(&mut self, _: &[Change]) -> Result<(), StoreError> {
            self.0.send(()).unwrap();
            self.1.recv().unwrap();
            Err(busy())
        }
    }

    #[tokio::test]
    async fn who_closes_waits_for_one_try_of_a_store_that_is_busy() {
        let ((say, said), (go, wait)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        let keeper = Keeper::load(Box::new(Stuck(say, wait))).await.unwrap();
        let keeping = tokio::spawn({
            let keeper = keeper.clone();
            async move { keeper.keep_key(DC, key(1)).await }
        });
        tokio::task::yield_now().await;
        said.recv().unwrap();
        let close = keeper.close();
        tokio::pin!(close);
        tokio::select! {
            biased;
            () = &mut close => panic!("it was closed while it was written"),
            () = std::future::ready(()) => {}
        }
        go.send(()).unwrap();
        close.await;
        assert_eq!(keeping.await.unwrap(), Err(StoreError::Closed));
        assert!(said.try_recv().is_err(), "it was tried again");
    }

    /// Says that it writes, waits, and says that it is gone.
    struct Slow(std::sync::mpsc::Sender<&'static str>, std::sync::mpsc::Receiver<()>);

    impl Store for Slow {
        fn load(&mut self) -> Result<Snapshot, StoreError> {
            Ok(Snapshot::default())
        }

        fn apply(&mut self, _: &[Change]) -> Result<(), StoreError> {
            self.0.send("writes").unwrap();
            self.1.recv().unwrap();
            Ok(())
        }
    }

    impl Drop for Slow {
        fn drop(&mut self) {
            let _ = self.0.send("gone");
        }
    }

    #[tokio::test]
    async fn what_is_released_goes_at_once_or_when_what_is_being_kept_is_kept() {
        for is_written in [false, true] {
            let ((say, said), (go, wait)) =
                (std::sync::mpsc::channel(), std::sync::mpsc::channel());
            let keeper = Keeper::load(Box::new(Slow(say, wait))).await.unwrap();
            let keeping = is_written.then(|| {
                let keeper = keeper.clone();
                tokio::spawn(async move { keeper.keep_key(DC, key(1)).await })
            });
            if keeping.is_some() {
                // The task begins, and a thread of its own writes.
                tokio::task::yield_now().await;
                assert_eq!(said.recv(), Ok("writes"));
            }
            keeper.release();
            assert_eq!(said.try_recv().is_ok(), !is_written);
            if let Some(keeping) = keeping {
                go.send(()).unwrap();
                assert_eq!(keeping.await.unwrap(), Ok(true));
                assert_eq!(said.try_recv(), Ok("gone"));
            }
            assert_eq!(keeper.keep_key(FOUR, key(2)).await, Err(StoreError::Closed));
        }
    }
}
