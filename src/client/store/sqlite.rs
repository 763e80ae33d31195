//! A session in an SQLite file.
//!
//! ```sql
//! dc      (number, is_test, is_media, auth_key, salt, time_offset, is_authorized)
//! address (number, is_test, is_media, place, ip, port)
//! account (only, home_number, home_is_test, home_is_media, user_id, is_bot, checksum)     one row
//! ```
//! `application_id` is `tlwr`, `user_version` the version of these tables. `checksum` is that of a session file with the same
//! content, over all of it: SQLite has none of its own. Version 1 had no `checksum`; it is given one when it is opened.

mod rows;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction};

use crate::client::store::error::Flaw;
use crate::client::store::file::{OTHERS, beside, lock, private, rename};
use crate::client::store::{Change, Snapshot, Store, StoreError};

/// `tlwr` in ASCII.
const APPLICATION: u32 = 0x746c_7772;

const VERSION: u32 = 2;

/// Keeps a session in an SQLite file that only its owner may read.
///
/// A batch of changes is a transaction. The file is locked by `FILE.lock` as long as the store lives. What is damaged, of a
/// newer version, or open to other users is refused and left as it is.
pub struct SqliteStore {
    path: PathBuf,
    database: Connection,
    _lock: std::fs::File,
}

impl SqliteStore {
    /// Opens a file, which need not be there yet. One that is there and empty is no session: it was cut.
    ///
    /// # Errors
    ///
    /// As [`FileStore::open`](crate::client::store::FileStore::open), and [`StoreError::Sqlite`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let lock = lock(&path)?;
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(&path)?,
            Err(error) => return Err(refused("look at", &path, &error)),
            Ok(metadata) => check_file(&path, &metadata)?,
        }
        let error = |error: rusqlite::Error| failed("open", &path, &error);
        let mut database = connect(&path).map_err(error)?;
        prepare(&mut database, &path)?;
        let mut store = Self { path, database, _lock: lock };
        store.load()?;
        Ok(store)
    }
}

/// Makes a session with nothing in it, beside its place, so that there is never a part of one.
fn create(path: &Path) -> Result<(), StoreError> {
    let fresh = beside(path, ".new");
    // What a crash left; and journals of a file that is gone, which SQLite would roll back into this one.
    for left in
        [&fresh, &beside(&fresh, "-journal"), &beside(path, "-journal"), &beside(path, "-wal")]
    {
        match fs::remove_file(left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(refused("remove what was left of", left, &error));
            }
            _ => {}
        }
    }
    // Private from its first moment; SQLite gives its journal the same permissions.
    let io = |error: io::Error| refused("create", path, &error);
    drop(private().create_new(true).open(&fresh).map_err(io)?);
    fill(&fresh).map_err(|error| failed("create", path, &error))?;
    rename(&fresh, path).map_err(io)
}

fn fill(fresh: &Path) -> rusqlite::Result<()> {
    let mut database = connect(fresh)?;
    let begun = database.transaction()?;
    begun.execute_batch(rows::TABLES)?;
    begun.pragma_update(None, "application_id", APPLICATION)?;
    begun.pragma_update(None, "user_version", VERSION)?;
    rows::write_checksum(&begun, &Snapshot::default())?;
    begun.commit()?;
    database.close().map_err(|(_, error)| error)
}

/// Opens what is there; never makes a file.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    // What was committed is on the disk, and a key that was deleted is not left in a free page.
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "secure_delete", "ON")?;
    Ok(database)
}

fn check_file(path: &Path, metadata: &fs::Metadata) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if metadata.is_file() && mode & OTHERS != 0 {
            return Err(StoreError::Exposed { path: path.to_owned(), mode: mode & 0o777 });
        }
    }
    // SQLite would take it for a new database, and remove a journal that could mend it.
    if metadata.is_file() && metadata.len() == 0 {
        return Err(StoreError::Damaged { path: path.to_owned(), flaw: Flaw::Empty });
    }
    Ok(())
}

/// Sees that it is a session, of this version or brought to it.
fn prepare(database: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let error = |error: rusqlite::Error| failed("open", path, &error);
    let damaged = |flaw| StoreError::Damaged { path: path.to_owned(), flaw };
    let pragma = |name| database.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let (application, version) =
        (pragma("application_id").map_err(error)?, pragma("user_version").map_err(error)?);
    match (application, version) {
        (APPLICATION, 1 | VERSION) => {}
        (APPLICATION, version) if version > VERSION => {
            return Err(damaged(Flaw::Newer { version, known: VERSION }));
        }
        _ => return Err(damaged(Flaw::Kind)),
    }
    let check: String =
        database.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(error)?;
    if check != "ok" {
        return Err(damaged(Flaw::Checksum));
    }
    if version == 1 {
        let begun = database.transaction().map_err(error)?;
        // It fails if there is one already: then the version is what was damaged.
        begun.execute_batch(rows::CHECKSUM).map_err(error)?;
        let (snapshot, _) = rows::read(&begun).map_err(error)?.map_err(damaged)?;
        rows::write_checksum(&begun, &snapshot).map_err(error)?;
        begun.pragma_update(None, "user_version", VERSION).map_err(error)?;
        begun.commit().map_err(error)?;
    }
    Ok(())
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        load(&self.database, &self.path)
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let Self { path, database, .. } = self;
        let error = |error: rusqlite::Error| failed("write", path, &error);
        let transaction = database.transaction().map_err(error)?;
        // Looked at before it gets another checksum.
        let mut next = load(&transaction, path)?;
        next.apply(changes);
        write(transaction, changes, &next).map_err(error)
    }
}

fn load(database: &Connection, path: &Path) -> Result<Snapshot, StoreError> {
    let read = rows::read(database).map_err(|error| failed("read", path, &error))?;
    let read = read.and_then(|(snapshot, checksum)| {
        let is_whole = checksum == Some(rows::checksum(&snapshot));
        if is_whole { Ok(snapshot) } else { Err(Flaw::Checksum) }
    });
    read.map_err(|flaw| StoreError::Damaged { path: path.to_owned(), flaw })
}

fn write(to: Transaction<'_>, changes: &[Change], next: &Snapshot) -> rusqlite::Result<()> {
    for change in changes {
        rows::write(&to, change)?;
    }
    rows::write_checksum(&to, next)?;
    to.commit()
}

fn failed(doing: &'static str, path: &Path, error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => {
            StoreError::Damaged { path: path.to_owned(), flaw: Flaw::Kind }
        }
        Some(rusqlite::ErrorCode::DiskFull) => {
            refused(doing, path, &io::ErrorKind::StorageFull.into())
        }
        _ => StoreError::Sqlite { doing, path: path.to_owned(), message: error.to_string() },
    }
}

fn refused(doing: &'static str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Io { doing, path: path.to_owned(), kind: error.kind() }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteStore({})", self.path.display())
    }
}
