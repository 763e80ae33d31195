//! What is kept, when, and by whom.

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
    for (for_tries, kept) in [(1, Ok(true)), (BUSY_TRIES - 1, Ok(true)), (BUSY_TRIES, Err(busy()))]
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
        go.send(()).unwrap();
        for _ in 0..BUSY_TRIES {
            // For tries that there should not be: the store may be gone by now.
            let _ = go.send(());
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
        let ((say, said), (go, wait)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
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
    let (old_home, old_other) = (Origin { key: strange, ..home }, Origin { key: strange, ..other });
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
        keeper.read(|kept| assert!(kept.key(home.dc).is_none() && kept.key(other.dc).is_none()));
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
