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
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;
    use crate::client::store::MemoryStore;
    use crate::crypto::AuthKey;
    use crate::ids::Salt;
    use crate::updates::{Checkpoint, CommonState};

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
        let login = Origin { dc: DC, key: one };
        assert_eq!(keeper.keep_login(login, None).await, Ok(false));
        assert_eq!(keeper.keep_key(DC, first).await, Ok(true));
        assert_eq!(keeper.keep_login(Origin { dc: DC, key: two }, None).await, Ok(false));
        assert_eq!(keeper.keep_login(login, None).await, Ok(true));
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
            let origin = Origin { dc: DC, key: key(1).auth_key.id() };
            assert_eq!(keeper.keep_login(origin, None).await, login);
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

    /// There is a thread for one of the two, so that whoever closes gets the store last.
    #[test]
    fn who_closes_waits_for_one_try_of_a_store_that_is_busy() {
        let ((say, said), (go, wait)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
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
            for _ in 0..=BUSY_TRIES {
                go.send(()).unwrap();
            }
            close.await;
            assert_eq!(keeping.await.unwrap(), Err(StoreError::Closed));
            assert!(said.try_recv().is_err(), "it was tried again");
        });
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

    /// A login at home, which was taken to another data centre.
    async fn transferred() -> (Keeper, Origin, Origin) {
        let keeper = Keeper::load(Box::new(MemoryStore::new())).await.unwrap();
        let origin =
            |number, byte| Origin { dc: DcId::production(number), key: key(byte).auth_key.id() };
        let (home, other) = (origin(2, 1), origin(4, 2));
        assert_eq!(keeper.keep_key(home.dc, key(1)).await, Ok(true));
        assert_eq!(keeper.keep_key(other.dc, key(2)).await, Ok(true));
        assert_eq!(keeper.keep_login(home, None).await, Ok(true));
        assert_eq!(keeper.keep_transfer(home, other).await, Ok(true));
        (keeper, home, other)
    }

    #[tokio::test]
    async fn what_was_told_to_another_login_is_not_kept() {
        let (keeper, home, other) = transferred().await;
        let strange = key(3).auth_key.id();
        let (old_home, old_other) =
            (Origin { key: strange, ..home }, Origin { key: strange, ..other });
        assert_eq!(keeper.keep_transfer(old_home, other).await, Ok(false));
        assert_eq!(keeper.keep_transfer(home, old_other).await, Ok(false));
        assert_eq!(keeper.keep_user(old_home, None).await, Ok(false));
        assert_eq!(keeper.keep_transfer_lost(old_other).await, Ok(false));
        assert_eq!(keeper.end_login(old_home, &StopReason::Revoked).await, Ok(false));
        // Home moves only from where it was told to, and only to where the login is.
        let standing = keeper.read(|kept| Standing::of(kept, DC));
        let nobody = Standing { is_logged_in: false, key: None, ..standing };
        assert_eq!(keeper.keep_home(nobody, other.dc).await, Ok(false));
        assert_eq!(keeper.keep_home(standing, DcId::production(5)).await, Ok(false));
        assert_eq!(keeper.keep_home(standing, other.dc).await, Ok(true));
        assert_eq!(keeper.keep_home(standing, other.dc).await, Ok(false));
    }

    #[tokio::test]
    async fn a_login_takes_the_keys_of_the_one_before_it_with_it() {
        let (keeper, home, other) = transferred().await;
        assert_eq!(keeper.keep_login(other, None).await, Ok(true));
        keeper.read(|kept| {
            assert_eq!((kept.home, kept.is_authorized(other.dc)), (Some(other.dc), true));
            assert_eq!(kept.key(home.dc), None);
        });
    }

    #[tokio::test]
    async fn an_ended_login_is_ended_everywhere() {
        for reason in [StopReason::Revoked, StopReason::LoggedOut, StopReason::KeyDuplicated] {
            let (keeper, home, other) = transferred().await;
            assert_eq!(keeper.end_login(home, &reason).await, Ok(true));
            keeper
                .read(|kept| assert!(kept.key(home.dc).is_none() && kept.key(other.dc).is_none()));
        }
        // That one may be known after all.
        let (keeper, home, other) = transferred().await;
        assert_eq!(keeper.end_login(home, &StopReason::KeyUnknown).await, Ok(true));
        keeper.read(|kept| {
            assert!(kept.key(home.dc).is_some() && kept.key(other.dc).is_none());
            assert!(!kept.is_authorized(home.dc) && kept.home == Some(home.dc));
        });
        assert_eq!(keeper.keep_login(home, None).await, Ok(true));
    }

    #[tokio::test]
    async fn up_73_a_key_that_is_known_after_all_has_updates_for_the_same_account_alone() {
        let user = |id| Some(SessionUser { id, is_bot: false });
        // Who was logged in, who is then, and whether the updates still hold.
        for (old, new, holds) in
            [(user(1), user(1), true), (user(1), user(2), false), (None, user(2), false)]
        {
            for is_found in [true, false] {
                let (keeper, home, _) = transferred().await;
                assert_eq!(keeper.keep_user(home, old).await, Ok(true));
                let common = Some(CommonState { pts: 5, ..CommonState::default() });
                let news = Box::new(Checkpoint { common, ..Checkpoint::default() });
                let (login, ()) = keeper.read_login(|_| ());
                let kept = keeper.keep_updates(login, vec![Change::Updates(news.clone())]).await;
                assert_eq!(kept, Ok(true));
                assert_eq!(keeper.end_login(home, &StopReason::KeyUnknown).await, Ok(true));
                let is_kept = match is_found {
                    true => keeper.keep_found(home, new).await,
                    false => keeper.keep_login(home, new).await,
                };
                assert_eq!(is_kept, Ok(true));
                keeper.read(|kept| {
                    assert_eq!(kept.user, new);
                    assert_eq!(!kept.updates.is_empty(), holds, "{old:?} {new:?} {is_found}");
                });
                // What was dealt with before has not come too late, or means nothing.
                assert_eq!(keeper.read_login(|_| ()).0 == login, holds);
                let kept = keeper.keep_updates(login, vec![Change::Updates(news)]).await;
                assert_eq!(kept, Ok(holds));
            }
        }
    }
}
