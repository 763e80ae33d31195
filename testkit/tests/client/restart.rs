//! Sessions that survive their program, and stores that fail.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use telewire::client::store::{
    Change, FileStore, MemoryStore, Snapshot, Store, StoreError, StringStore, string,
};
use telewire::client::{Error, InvokeOptions, LoginError, State};
use telewire::rpc::Execution;
use telewire::tl::api::enums::InputUser;
use telewire::tl::api::functions::users::GetUsers;

use crate::support::{FOUR, TWO, id, patient, world};

/// A folder of a test's own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("telewire-client-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Memory that fails from one write on, and counts its writes.
struct Failing {
    memory: MemoryStore,
    writes: Arc<AtomicUsize>,
    fail_from: usize,
}

impl Store for Failing {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        self.memory.load()
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if self.writes.fetch_add(1, Ordering::Relaxed) >= self.fail_from {
            return Err(StoreError::Other("the disk is full".into()));
        }
        self.memory.apply(changes)
    }
}

#[tokio::test]
async fn cf_22_a_login_is_found_again_by_the_next_program() {
    let folder = Folder::new("found-again");
    let path = folder.0.join("session");
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client_on(FileStore::open(&path).unwrap()).await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let in_use = FileStore::open(&path).unwrap_err();
    assert_eq!(in_use, StoreError::InUse { path: path.clone() });
    // Closing lets the file go, whoever still has a clone.
    patient(client.close()).await;
    for _ in 0..3 {
        let client = world.client_on(FileStore::open(&path).unwrap()).await;
        assert_eq!((client.is_logged_in(), client.user().unwrap().id), (true, 777));
        assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
        patient(client.close()).await;
    }
    // One key was made, whatever the number of programs.
    assert_eq!(world.accounts.logins(777).len(), 1);
    let keys: std::collections::BTreeSet<_> =
        world.data_centre(TWO).sessions().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn who_drops_the_last_clone_may_open_the_file_when_what_is_being_kept_is_kept() {
    let folder = Folder::new("dropped");
    let path = folder.0.join("session");
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    for is_first in [true, false, false] {
        let client = world.client_on(patient(opened(&path)).await).await;
        if is_first {
            patient(client.log_in_bot("777:abc")).await.unwrap();
        }
        assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
        let clone = client.clone();
        drop(client);
        let in_use = FileStore::open(&path).unwrap_err();
        assert_eq!(in_use, StoreError::InUse { path: path.clone() });
        // It is connected, and nobody waits for the end of that.
        assert_eq!(*clone.states().borrow(), State::Online);
        drop(clone);
    }
    assert!(patient(opened(&path)).await.load().unwrap().is_authorized(TWO));
}

#[tokio::test]
async fn cf_16_a_program_that_follows_a_migration_begins_at_the_home_that_was_found() {
    let folder = Folder::new("migration");
    let path = folder.0.join("session");
    let world = world().await;
    world.accounts.add_bot(FOUR, "777:abc", "Helper");
    let client = world.client_on(FileStore::open(&path).unwrap()).await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    patient(client.close()).await;
    // The data centre that it began with is not needed any more, not even to ask where the other one is.
    world.kill(TWO);
    for _ in 0..2 {
        let client = world.client_on(FileStore::open(&path).unwrap()).await;
        assert_eq!((client.home(), client.is_logged_in()), (FOUR, true));
        assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
        assert_eq!(*client.states().borrow(), State::Online);
        patient(client.close()).await;
    }
    let logins = world.accounts.logins(777);
    assert_eq!(logins.iter().map(|(dc, _)| *dc).collect::<Vec<_>>(), [FOUR]);
}

#[tokio::test]
async fn a_home_that_another_program_was_told_the_address_of_is_asked_for() {
    let world = world().await;
    world.accounts.add_bot(FOUR, "777:abc", "Helper");
    let client = world.builder().address(FOUR, world.address(FOUR)).build().await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let mut kept = client.snapshot();
    patient(client.close()).await;
    // As if it had ended before it was told where they are.
    kept.dcs.values_mut().for_each(|record| record.addresses.clear());
    assert_eq!(kept.home, Some(FOUR));
    // The next knows of no address but that of the data centre that it would have begun with. Its home is needed for calls that
    // are made elsewhere too.
    for dc in [FOUR, TWO] {
        let client = world.client_on(MemoryStore::from(kept.clone())).await;
        let options = InvokeOptions { dc: Some(dc), ..Default::default() };
        let request = GetUsers { id: vec![InputUser::InputUserSelf] };
        let users = patient(client.invoke_with(&request, &options)).await.unwrap();
        assert_eq!((id(&users[0]), client.home()), (777, FOUR));
        patient(client.close()).await;
    }
}

#[tokio::test]
async fn a_session_travels_as_text() {
    let world = world().await;
    let client = world.bot().await;
    let text = string::to_text(&client.snapshot());
    patient(client.refresh_config()).await.unwrap();
    patient(client.close()).await;
    let store = StringStore::new(&text).unwrap();
    let client = world.client_on(store.clone()).await;
    assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
    patient(client.log_out()).await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    // Where the client was told to look, not where Telegram is.
    assert_eq!(client.addresses(TWO), [world.address(TWO)]);
    let address = client.addresses(client.home()).first().copied();
    let telethon = string::telethon::export(&client.snapshot(), address);
    patient(client.close()).await;
    // The text follows what happens: it is another key now.
    assert_ne!(store.to_text(), text);
    let client = world.client_on(StringStore::new(&store.to_text()).unwrap()).await;
    assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
    patient(client.close()).await;
    // Telethon's does not say who it is; the server does.
    let imported = string::telethon::import(&telethon.unwrap()).unwrap();
    assert_eq!(imported.dcs[&TWO].addresses, [world.address(TWO)]);
    let client = world.client_on(MemoryStore::from(imported)).await;
    assert_eq!((client.is_logged_in(), client.user()), (true, None));
    assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
    assert!(client.user().unwrap().is_bot);
}

#[tokio::test]
async fn cf_22_a_key_that_cannot_be_kept_is_never_used() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let writes = Arc::new(AtomicUsize::new(0));
    let store = Failing { memory: MemoryStore::new(), writes: writes.clone(), fail_from: 0 };
    let client = world.client_on(store).await;
    let full = StoreError::Other("the disk is full".into());
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    assert_eq!(error, LoginError::Client(Error::Store(full)));
    assert_eq!(writes.load(Ordering::Relaxed), 1);
    assert_eq!(client.snapshot(), Snapshot::default());
    // No packet was sent with it.
    assert_eq!(world.sessions(TWO), 0);
}

#[tokio::test]
async fn who_is_logged_in_is_written_when_that_changes() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let writes = Arc::new(AtomicUsize::new(0));
    let memory = MemoryStore::new();
    let store = Failing { memory, writes: writes.clone(), fail_from: usize::MAX };
    let client = world.client_on(store).await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let before = writes.load(Ordering::Relaxed);
    for _ in 0..3 {
        assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
    }
    assert_eq!(writes.load(Ordering::Relaxed), before);
}

#[tokio::test]
async fn cf_22_a_store_that_fails_at_any_write_leaves_a_session_to_go_on_from() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let mut fail_from = 0;
    loop {
        let writes = Arc::new(AtomicUsize::new(0));
        let store = Failing { memory: MemoryStore::new(), writes, fail_from };
        let client = world.client_on(store).await;
        let before = world.accounts.logins(777).len();
        let login = patient(client.log_in_bot("777:abc")).await;
        if let Err(LoginError::Client(error)) = &login {
            // It may have run if it did: the server knows of another login.
            let has_run = world.accounts.logins(777).len() > before;
            assert_eq!(
                error.execution() == Execution::Maybe,
                has_run,
                "write {fail_from}: {error}"
            );
        }
        let kept = client.snapshot();
        patient(client.close()).await;
        // The next program has what was kept, and a disk with room.
        let client = world.client_on(MemoryStore::from(kept)).await;
        assert_eq!(client.is_logged_in(), login.is_ok(), "write {fail_from}");
        let user = match login {
            Ok(_) => patient(client.me()).await.unwrap(),
            Err(_) => patient(client.log_in_bot("777:abc")).await.unwrap().user,
        };
        assert_eq!(id(&user), 777);
        patient(client.close()).await;
        if login_is_done(fail_from, &client) {
            break;
        }
        fail_from += 1;
    }
    assert!(fail_from >= 2);
}

/// A login takes no more writes than these: the key, salts, and who it is.
fn login_is_done(fail_from: usize, client: &telewire::client::Client) -> bool {
    fail_from >= 5 && client.is_logged_in()
}

/// A session file, once whoever had it lets it go.
async fn opened(path: &std::path::Path) -> FileStore {
    loop {
        match FileStore::open(path) {
            Err(StoreError::InUse { .. }) => tokio::task::yield_now().await,
            other => return other.unwrap(),
        }
    }
}
