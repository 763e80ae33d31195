//! The store, and what was loaded from it. Writing happens on threads that may block.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread::sleep;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::client::error::StopReason;
use crate::client::store::{Change, SessionUser, Snapshot, Store, StoreError};
use crate::connection::StoredKey;
use crate::crypto::KeyId;
use crate::ids::DcId;

/// Keeps what changes. Clones share it.
#[derive(Clone)]
pub(super) struct Keeper {
    /// `None` once it was closed.
    store: Arc<Mutex<Option<Box<dyn Store>>>>,
    /// What the store holds; changed while the store is locked, so that both have the same order of changes. Without keys once it was
    /// closed.
    snapshot: Arc<Mutex<Snapshot>>,
    /// Whether nobody has the client any more: who has the store lets it go.
    is_released: Arc<AtomicBool>,
    /// Whether somebody was logged in when it was closed.
    was_logged_in: Arc<OnceLock<bool>>,
    /// How often something was kept.
    changes: Arc<watch::Sender<u64>>,
    /// How often what was learnt became nobody's, for another login; changed while the snapshot is locked.
    login: Arc<AtomicU64>,
}

impl Keeper {
    pub(super) async fn load(mut store: Box<dyn Store>) -> Result<Self, StoreError> {
        let loaded = spawn_blocking(move || store.load().map(|snapshot| (store, snapshot))).await;
        let (store, snapshot) = loaded.unwrap_or_else(|_| Err(panicked()))?;
        let (store, snapshot) = (Arc::new(Mutex::new(Some(store))), Arc::new(Mutex::new(snapshot)));
        Ok(Self {
            store,
            snapshot,
            is_released: Arc::default(),
            was_logged_in: Arc::default(),
            changes: Arc::new(watch::Sender::new(0)),
            login: Arc::default(),
        })
    }

    /// Tells when something was kept.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Keeps how far the updates of a login are dealt with, if what is kept is still of that one.
    pub(super) async fn keep_updates(
        &self,
        login: u64,
        changes: Vec<Change>,
    ) -> Result<bool, StoreError> {
        let logins = self.login.clone();
        let holds = move |_: &Snapshot| logins.load(Ordering::Acquire) == login;
        self.apply_if(holds, changes).await
    }

    /// What is kept, and the number of the login that it is of: another one when what was learnt for the one means nothing to the other
    /// (UP-73). An account whose number becomes known, or whose login is found again, has the same.
    pub(super) fn read_login<T>(&self, read: impl FnOnce(&Snapshot) -> T) -> (u64, T) {
        self.read(|kept| (self.login.load(Ordering::Acquire), read(kept)))
    }

    /// Whether somebody was logged in when it was closed, if it was.
    pub(super) fn was_logged_in(&self) -> Option<bool> {
        self.was_logged_in.get().copied()
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
        self.apply_of(move |kept| holds(kept).then(|| changes.clone())).await
    }

    /// Has kept what changes by what is kept, if anything does; whether it did.
    async fn apply_of(
        &self,
        changes: impl Fn(&Snapshot) -> Option<Vec<Change>> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let this = self.clone();
        let applied = spawn_blocking(move || {
            let mut tries = 1..BUSY_TRIES;
            loop {
                let applied = this.apply_now(&changes);
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
        changes: &impl Fn(&Snapshot) -> Option<Vec<Change>>,
    ) -> Result<bool, StoreError> {
        let mut store = lock(&self.store);
        // Only who has the store changes it.
        let Some(changes) = changes(&lock(&self.snapshot)) else { return Ok(false) };
        store.as_mut().ok_or(StoreError::Closed)?.apply(&changes)?;
        self.applied(&mut lock(&self.snapshot), &changes);
        self.changes.send_modify(|changes| *changes = changes.wrapping_add(1));
        Ok(true)
    }

    /// What is kept has changed.
    fn applied(&self, kept: &mut Snapshot, changes: &[Change]) {
        if kept.apply_as(changes) {
            self.login.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether a key is the one that the account is logged in with, in the data centre where it lives.
    pub(super) fn is_of_the_login(&self, dc: DcId, key: Option<KeyId>) -> bool {
        self.read(|kept| {
            let is_login = kept.home == Some(dc) && kept.is_authorized(dc);
            is_login && kept.key_id(dc) == key
        })
    }

    /// Whether a key is the one of a data centre.
    pub(super) fn is_kept(&self, dc: DcId, key: KeyId) -> bool {
        self.read(|kept| kept.key_id(dc) == Some(key))
    }

    /// Forgets a key, unless another has taken its place.
    pub(super) async fn forget_key(&self, dc: DcId, key: Option<KeyId>) -> Result<(), StoreError> {
        let is_kept = move |kept: &Snapshot| kept.key_id(dc) == key;
        self.apply_if(is_kept, vec![Change::KeyForgotten(dc)]).await.map(drop)
    }

    /// Keeps a new key, unless there is one already: the login may be with that. Whether it was kept.
    pub(super) async fn keep_key(&self, dc: DcId, key: Box<StoredKey>) -> Result<bool, StoreError> {
        let is_first = move |kept: &Snapshot| kept.key(dc).is_none();
        self.apply_if(is_first, vec![Change::Key { dc, key }]).await
    }

    /// Keeps that somebody is logged in, with the key that the login was answered to; false if that was forgotten meanwhile.
    /// Keys of other data centres that were those of a login before are of another one: they are forgotten.
    pub(super) async fn keep_login(
        &self,
        origin: Origin,
        user: Option<SessionUser>,
    ) -> Result<bool, StoreError> {
        let Origin { dc, key } = origin;
        let changes = move |kept: &Snapshot| {
            let others =
                kept.dcs.iter().filter(|(other, record)| **other != dc && record.is_authorized);
            let mut changes: Vec<Change> =
                others.map(|(dc, _)| Change::KeyForgotten(*dc)).collect();
            changes.extend([
                Change::Home(dc),
                Change::Authorized { dc, is_authorized: true },
                Change::User(user),
            ]);
            (kept.key_id(dc) == Some(key)).then_some(changes)
        };
        self.apply_of(changes).await
    }

    /// As [`keep_login`](Self::keep_login), of a login that was found, unless somebody has logged in meanwhile.
    pub(super) async fn keep_found(
        &self,
        origin: Origin,
        user: Option<SessionUser>,
    ) -> Result<bool, StoreError> {
        let Origin { dc, key } = origin;
        let holds = move |kept: &Snapshot| {
            let is_home = kept.home.is_none_or(|home| home == dc);
            is_home && kept.key_id(dc) == Some(key) && !kept.is_authorized(dc)
        };
        let changes = vec![
            Change::Home(dc),
            Change::Authorized { dc, is_authorized: true },
            Change::User(user),
        ];
        self.apply_if(holds, changes).await
    }

    /// Keeps who is logged in, as long as it is with the key that the answer came to.
    pub(super) async fn keep_user(
        &self,
        origin: Origin,
        user: Option<SessionUser>,
    ) -> Result<bool, StoreError> {
        let holds = move |kept: &Snapshot| {
            kept.key_id(origin.dc) == Some(origin.key) && kept.is_authorized(origin.dc)
        };
        self.apply_if(holds, vec![Change::User(user)]).await
    }

    /// Keeps that a login was taken from one data centre to another, unless either key is another one by now.
    pub(super) async fn keep_transfer(&self, from: Origin, to: Origin) -> Result<bool, StoreError> {
        let holds = move |kept: &Snapshot| {
            kept.key_id(from.dc) == Some(from.key)
                && kept.is_authorized(from.dc)
                && kept.key_id(to.dc) == Some(to.key)
        };
        self.apply_if(holds, vec![Change::Authorized { dc: to.dc, is_authorized: true }]).await
    }

    /// Keeps that the login which came to another data centre is not valid there any more.
    pub(super) async fn keep_transfer_lost(&self, at: Origin) -> Result<bool, StoreError> {
        let holds = move |kept: &Snapshot| kept.key_id(at.dc) == Some(at.key);
        self.apply_if(holds, vec![Change::Authorized { dc: at.dc, is_authorized: false }]).await
    }

    /// Keeps where the account lives, as long as nothing has changed since that was told: who is logged in stays so.
    pub(super) async fn keep_home(&self, since: Standing, dc: DcId) -> Result<bool, StoreError> {
        let holds = move |kept: &Snapshot| {
            Standing::of(kept, since.home) == since
                && (!since.is_logged_in || kept.is_authorized(dc))
        };
        self.apply_if(holds, vec![Change::Home(dc)]).await
    }

    /// Keeps that the login of a key has ended, in every data centre. The next one is made with other keys.
    ///
    /// A key that is not known is told without a proof, by whoever is on the way too: it stays, and nobody is logged in with it.
    /// If it is known after all, the login is found again, and so it is remembered whose it was: to another account what was learnt
    /// with the key means nothing (UP-73).
    pub(super) async fn end_login(
        &self,
        origin: Origin,
        reason: &StopReason,
    ) -> Result<bool, StoreError> {
        let is_told_without_proof = *reason == StopReason::KeyUnknown;
        let changes = move |kept: &Snapshot| {
            let of = |(dc, key): (DcId, &StoredKey)| match is_told_without_proof && dc == origin.dc
            {
                true if kept.user.is_some() => Change::Authorized { dc, is_authorized: false },
                // As a new one: it was nobody's that is known.
                true => Change::Key { dc, key: Box::new(key.clone()) },
                false => Change::KeyForgotten(dc),
            };
            let keys = kept.dcs.iter().filter_map(|(dc, record)| Some((*dc, record.key.as_ref()?)));
            let mut changes: Vec<Change> = keys.map(of).collect();
            if !is_told_without_proof {
                changes.push(Change::User(None));
            }
            (kept.key_id(origin.dc) == Some(origin.key)).then_some(changes)
        };
        self.apply_of(changes).await
    }

    /// Lets the store go, and with it what it has locked, and all keys. What is being kept is kept first.
    pub(super) async fn close(&self) {
        // Who tries a store that is busy does not try it again, however late this one gets it.
        self.is_released.store(true, Ordering::Release);
        let this = self.clone();
        match Handle::try_current() {
            // A runtime that shuts down drops it itself.
            Ok(_) => drop(spawn_blocking(move || this.close_here()).await),
            Err(_) => this.close_here(),
        }
    }

    fn close_here(&self) {
        let mut store = lock(&self.store);
        let mut kept = lock(&self.snapshot);
        // Any data centre will do for the home of nobody.
        let first = kept.home.unwrap_or(DcId::production(1));
        self.was_logged_in.get_or_init(|| Standing::of(&kept, first).is_logged_in);
        let keys: Vec<Change> = kept.dcs.keys().copied().map(Change::KeyForgotten).collect();
        self.applied(&mut kept, &keys);
        drop(store.take());
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

/// The data centre whose keys one uses, and whose logins: what serves media alone is the same data centre, at other addresses.
/// Source: `media_only` in <https://core.telegram.org/constructor/dcOption>.
pub(super) fn keys_of(dc: DcId) -> DcId {
    DcId { is_media: false, ..dc }
}

/// Whose answer it was: a data centre's, to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) dc: DcId,
    pub(super) key: KeyId,
}

/// How a client stands at one moment: where its account lives, and whether anybody is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) home: DcId,
    pub(super) is_logged_in: bool,
    key: Option<KeyId>,
}

impl Standing {
    /// As it is kept; `first` is the home while none is known.
    pub(super) fn of(kept: &Snapshot, first: DcId) -> Self {
        let home = kept.home.unwrap_or(first);
        let is_logged_in = kept.home.is_some_and(|home| kept.is_authorized(home));
        Self { home, is_logged_in, key: is_logged_in.then(|| kept.key_id(home)).flatten() }
    }

    /// Whether the login of a moment before has ended since. One that has moved has not.
    pub(super) fn is_after_the_end_of(self, before: Self) -> bool {
        let is_another = self.home == before.home && self.key != before.key;
        before.is_logged_in && (!self.is_logged_in || is_another)
    }
}

impl Snapshot {
    /// The name of the key of a data centre.
    fn key_id(&self, dc: DcId) -> Option<KeyId> {
        self.key(dc).map(|kept| kept.auth_key.id())
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
mod tests;
