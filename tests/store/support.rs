//! The stores, and folders for them.

use std::fs;
use std::path::{Path, PathBuf};

#[cfg(feature = "sqlite")]
use telewire::client::store::SqliteStore;
use telewire::client::store::{
    Change, FileStore, MemoryStore, SessionUser, Snapshot, Store, StoreError, StringStore,
};
use telewire::connection::StoredKey;
use telewire::crypto::AuthKey;
use telewire::ids::{DcId, Salt};

pub(crate) const TWO: DcId = DcId::production(2);

/// A store that is a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) open: fn(&Path) -> Result<Box<dyn Store>, StoreError>,
    pub(crate) read: fn(&Path) -> Result<Snapshot, StoreError>,
}

pub(crate) fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            name: "file",
            open: |path| Ok(Box::new(FileStore::open(path)?)),
            read: |path| FileStore::read(path),
        },
        #[cfg(feature = "sqlite")]
        Kind {
            name: "sqlite",
            open: |path| Ok(Box::new(SqliteStore::open(path)?)),
            read: |path| SqliteStore::read(path),
        },
    ]
}

impl Kind {
    pub(crate) fn open(self, path: impl AsRef<Path>) -> Result<Box<dyn Store>, StoreError> {
        (self.open)(path.as_ref())
    }

    /// Why it cannot be opened.
    pub(crate) fn refusal(self, path: impl AsRef<Path>) -> StoreError {
        let path = path.as_ref();
        match self.open(path) {
            Ok(_) => panic!("{} was opened as {}", path.display(), self.name),
            Err(error) => error,
        }
    }

    /// Makes a session.
    pub(crate) fn make(self, path: impl AsRef<Path>, seed: u8) -> Snapshot {
        let mut store = self.open(path).unwrap();
        store.apply(&login(seed)).unwrap();
        store.load().unwrap()
    }
}

/// A store, and what it is called.
pub(crate) type Named = (&'static str, Box<dyn Store>);

/// Every store, with nothing in it.
pub(crate) fn stores(folder: &Path) -> Vec<Named> {
    let mut stores: Vec<Named> = vec![
        ("memory", Box::new(MemoryStore::new())),
        ("string", Box::new(StringStore::default())),
    ];
    for kind in kinds() {
        stores.push((kind.name, kind.open(folder.join(kind.name)).unwrap()));
    }
    stores
}

/// The changes of a login with a key of made-up bytes.
pub(crate) fn login(seed: u8) -> Vec<Change> {
    let auth_key = AuthKey::from_bytes([seed; 256]);
    let key = Box::new(StoredKey { auth_key, salt: Salt(1), time_offset: 0 });
    vec![
        Change::Key { dc: TWO, key },
        Change::Home(TWO),
        Change::Authorized { dc: TWO, is_authorized: true },
        Change::User(Some(SessionUser { id: seed.into(), is_bot: false })),
    ]
}

/// What they lead to.
pub(crate) fn after(seed: u8) -> Snapshot {
    let mut snapshot = Snapshot::default();
    snapshot.apply(&login(seed));
    snapshot
}

/// A folder of a test's own, by its one name.
pub(crate) fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = fs::canonicalize(folder.path()).unwrap();
    (folder, path)
}

/// The names in a folder, in their order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
