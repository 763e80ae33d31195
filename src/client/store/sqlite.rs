//! A session in an SQLite file.
//!
//! ```sql
//! dc      (number, is_test, is_media, auth_key, salt, time_offset, is_authorized)
//! address (number, is_test, is_media, place, ip, port)
//! account (only, home_number, home_is_test, home_is_media, user_id, is_bot, checksum)     one row
//! updates (only, pts, qts, date, seq)                                                     one row, or none
//! channel (id, pts, is_dirty)
//! peer    (kind, id, access_hash, contexts)                kind 0 a user, 1 a basic group, 2 a channel
//! context (kind, id, place, channel, message)              the messages that lead to a peer
//! secret  (chat, kind, number, value)                      the rows of secret chats
//! sealed  (only, header)                                   one row, and in version 5 alone: see `sealing`
//! ```
//! `application_id` is `tlwr`, `user_version` the version of these tables. `checksum` is that of a session file with the same
//! content, over all of it, and has no key: SQLite has none of its own. Version 1 had no `checksum`, and is
//! given one when it is opened; version 2 had no tables for updates, version 3 none for secret chats. In version 5 each `auth_key` and each
//! `value` of `secret` is sealed; a session that is not encrypted stays in version 4.

mod rows;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::client::store::error::Flaw;
use crate::client::store::file::disk::RealDisk;
use crate::client::store::file::{ENCRYPT, of_witness, rename, unopened};
use crate::client::store::place::{self, Place, beside, private, unwritable};
use crate::client::store::sealing::{Seal, Sealing, StoreKey};
use crate::client::store::witness::{self, Witness};
use crate::client::store::{Change, Snapshot, Store, StoreError, codec};

/// `tlwr` in ASCII.
const APPLICATION: u32 = 0x746c_7772;

/// Of a session that is not encrypted.
const VERSION: u32 = 4;

/// Of one that is.
const SEALED: u32 = 5;

/// Keeps a session in an SQLite file that only its owner may read.
///
/// A batch of changes is a transaction. The file is locked by `FILE.lock` as long as the store lives. What is damaged, of a
/// newer version, or open to other users is refused and left as it is. `FILE.witness` is as with
/// [`FileStore`].
///
/// The checksum has no key, also where the session is encrypted: it finds what a disk has damaged, and nothing that somebody has
/// changed on purpose. Whoever can write the file can make another checksum. What is sealed they cannot change or put elsewhere, but a
/// row can be taken out, or be replaced by one that was there before; and what is not sealed can be anything. [`FileStore`]'s is sealed as a
/// whole.
///
/// [`FileStore`]: crate::client::store::FileStore
///
/// Its name is found as [`FileStore`](crate::client::store::FileStore)'s is: once, and links are followed. Hard links are no
/// names of one session, for `FILE.lock` is another for each: two clients that open both have one key.
///
/// SQLite does not wipe what it has read and written: the keys stay in this program's memory after the store is closed, until
/// something else takes their place. With all other stores they are gone.
///
/// Other programs may read and write the file meanwhile. While one of them is at it, the store waits for five seconds, and a
/// client tries for a minute before it gives up what was to be kept: [`StoreError::Busy`].
pub struct SqliteStore {
    database: Connection,
    /// If its keys and its secret chats are encrypted.
    sealing: Option<Arc<Sealing>>,
    /// What lies beside the file of secret chats (SC-84).
    witness: Witness,
    /// Held for as long as the store lives.
    place: Place,
}

impl SqliteStore {
    /// Opens a file, which need not be there yet. One that is there and empty is no session: it was cut. Something is written to
    /// it, which changes nothing: what cannot be kept is told here, before anybody logs in.
    ///
    /// # Errors
    ///
    /// As [`FileStore::open`](crate::client::store::FileStore::open), [`StoreError::Busy`] and [`StoreError::Sqlite`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_by(path.as_ref(), None)
    }

    /// As [`open`](Self::open), of a session whose keys and secret chats are encrypted (SC-86); who is logged in, whom the account knows
    /// and how far its updates are is not. One that is not encrypted yet is by that; the disk may still have what it was. To have another
    /// key, or none, [read](Self::read_encrypted) it and keep its [changes](Snapshot::changes) in another file.
    ///
    /// # Errors
    ///
    /// [`StoreError::WrongKey`] for another key than that of the session, and as `open`.
    pub fn open_encrypted(path: impl AsRef<Path>, key: &StoreKey) -> Result<Self, StoreError> {
        Self::open_by(path.as_ref(), Some(key))
    }

    fn open_by(given: &Path, key: Option<&StoreKey>) -> Result<Self, StoreError> {
        let place = Place::take(given)?;
        let path = place.path();
        if !is_there(given, path)? {
            create(given, path)?;
        }
        let mut database =
            connect(path, WRITE).map_err(|error| refused_by("open", given, &error))?;
        let version = check(&database, given)?;
        let mut sealing = unlock(&database, version, given, key)?;
        prepare(&mut database, version, given)?;
        if let (None, Some(key)) = (&sealing, key) {
            sealing = Some(encrypt(&mut database, given, key)?);
        }
        let session = load(&database, given, sealing.as_ref())?;
        let disk = &mut RealDisk::default();
        let witness = Witness::read(disk, path, &session);
        let witness = witness.map_err(|refused| of_witness(given, refused))?;
        let version = if sealing.is_some() { SEALED } else { VERSION };
        let rehearsed = rehearse(&mut database, version);
        rehearsed.map_err(|error| refused_by("write", given, &error))?;
        let rehearsed = witness.rehearse(disk, path);
        rehearsed
            .map_err(|(step, error)| unwritable(&witness::file_of(given), step, &error.kind()))?;
        let sealing = sealing.map(Arc::new);
        let mut store = Self { database, sealing, witness, place };
        store.place.used();
        Ok(store)
    }

    /// What a file keeps, which is neither locked nor written; see [`FileStore::read`](crate::client::store::FileStore::read).
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), but for [`StoreError::InUse`] and [`StoreError::Unwritable`]; and [`StoreError::Io`] when there is
    /// no file.
    pub fn read(path: impl AsRef<Path>) -> Result<Snapshot, StoreError> {
        Self::read_by(path.as_ref(), None)
    }

    /// As [`read`](Self::read), of a session that is encrypted, or of one that is not.
    ///
    /// # Errors
    ///
    /// [`StoreError::WrongKey`], and as `read`.
    pub fn read_encrypted(path: impl AsRef<Path>, key: &StoreKey) -> Result<Snapshot, StoreError> {
        Self::read_by(path.as_ref(), Some(key))
    }

    fn read_by(given: &Path, key: Option<&StoreKey>) -> Result<Snapshot, StoreError> {
        let path = place::real(given)?;
        if !is_there(given, &path)? {
            return Err(place::failed("read", given, ErrorKind::NotFound));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = connect(&path, flags).map_err(|error| failed("read", given, &error))?;
        let version = check(&database, given)?;
        if version > 1 {
            let sealing = unlock(&database, version, given, key)?;
            let read = whole(rows::read(&database, version, sealing.as_ref()), given)?;
            let witness = Witness::read(&mut RealDisk::default(), &path, &read);
            let witness = witness.map_err(|refused| of_witness(given, refused))?;
            return Ok(Snapshot { generations: witness.generations(), ..read });
        }
        let read = rows::read_unsigned(&database).map_err(|error| failed("read", given, &error))?;
        read.map_err(|flaw| StoreError::Damaged { path: given.to_owned(), flaw })
    }

    /// The file: its absolute name, without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// What seals a program's own files beside an encrypted session with the same key; `None` if the session is not encrypted.
    #[must_use]
    pub fn seal(&self) -> Option<Seal> {
        self.sealing.as_ref().map(Seal::new)
    }
}

/// How long SQLite tries while another program has what it needs.
const BUSY: Duration = Duration::from_secs(5);

/// Makes a session with nothing in it, beside its place, so that there is never a part of one.
fn create(given: &Path, path: &Path) -> Result<(), StoreError> {
    let io = |step, error: &io::Error| unwritable(given, step, &error.kind());
    let fresh = beside(path, ".new");
    // What a crash left; and journals of a file that is gone, which SQLite would roll back into this one.
    let journals = [beside(&fresh, "-journal"), beside(path, "-journal"), beside(path, "-wal")];
    for left in journals.iter().chain([&fresh]) {
        match fs::remove_file(left) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(io("remove what was left of", &error));
            }
            _ => {}
        }
    }
    // Private from its first moment; SQLite gives its journal the same permissions.
    drop(private().create_new(true).open(&fresh).map_err(|error| io("create", &error))?);
    let filled = fill(&fresh).map_err(|error| refused_by("create", given, &error));
    let made = filled.and_then(|()| rename(&fresh, path).map_err(|error| io("replace", &error)));
    if made.is_err() {
        let _ = fs::remove_file(&fresh);
        let _ = fs::remove_file(beside(&fresh, "-journal"));
    }
    made
}

fn fill(fresh: &Path) -> rusqlite::Result<()> {
    let mut database = connect(fresh, WRITE)?;
    let begun = begin(&mut database)?;
    begun.execute_batch(rows::TABLES)?;
    begun.execute_batch(rows::UPDATES)?;
    begun.execute_batch(rows::SECRETS)?;
    begun.pragma_update(None, "application_id", APPLICATION)?;
    begun.pragma_update(None, "user_version", VERSION)?;
    rows::write_checksum(&begun, &rows::checksum(&Snapshot::default()))?;
    begun.commit()?;
    database.close().map_err(|(_, error)| error)
}

/// Does all that keeping something takes: a journal beside the file, pages in it, and their way to the disk. SQLite leaves out
/// what writes a row as it is, but not this.
fn rehearse(database: &mut Connection, version: u32) -> rusqlite::Result<()> {
    let begun = begin(database)?;
    begun.pragma_update(None, "user_version", version)?;
    begun.commit()
}

/// Begins as a writer. Who begins as a reader is refused at once, instead of waiting, when another writes by then.
fn begin(database: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    database.transaction_with_behavior(TransactionBehavior::Immediate)
}

const WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE;

/// Opens what is there; never makes a file.
fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    database.busy_timeout(BUSY)?;
    // What was committed is on the disk, and a key that was deleted is not left in a free page.
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "secure_delete", "ON")?;
    Ok(database)
}

/// Whether there is a file, which is as private as it has to be, and not empty.
fn is_there(given: &Path, path: &Path) -> Result<bool, StoreError> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        other => other.map_err(|error| place::failed("look at", given, error.kind()))?,
    };
    place::check_mode(given, place::mode(&metadata))?;
    // SQLite would take it for a new database, and remove a journal that could mend it.
    match metadata.len() {
        0 => Err(StoreError::Damaged { path: given.to_owned(), flaw: Flaw::Empty }),
        _ => Ok(true),
    }
}

/// Sees that it is a session; its version.
fn check(database: &Connection, path: &Path) -> Result<u32, StoreError> {
    let error = |error: rusqlite::Error| failed("open", path, &error);
    let damaged = |flaw| Err(StoreError::Damaged { path: path.to_owned(), flaw });
    let pragma = |name| database.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let (application, version) =
        (pragma("application_id").map_err(error)?, pragma("user_version").map_err(error)?);
    match (application, version) {
        (APPLICATION, 1..=SEALED) => {}
        (APPLICATION, version) if version > SEALED => {
            return damaged(Flaw::Newer { version, known: SEALED });
        }
        _ => return damaged(Flaw::Kind),
    }
    let check: String =
        database.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(error)?;
    if check != "ok" {
        return damaged(Flaw::Checksum);
    }
    // SQLite takes what is missing of a page for zeros, also where no table is.
    let page = u64::from(pragma("page_size").map_err(error)?);
    let length = fs::metadata(path).map_err(|e| place::failed("look at", path, e.kind()))?.len();
    if length.is_multiple_of(page) { Ok(version) } else { damaged(Flaw::Length) }
}

/// How a session is encrypted, if it is.
fn unlock(
    database: &Connection,
    version: u32,
    path: &Path,
    key: Option<&StoreKey>,
) -> Result<Option<Sealing>, StoreError> {
    if version < SEALED {
        return Ok(None);
    }
    let key = key.ok_or_else(|| StoreError::Encrypted { path: path.to_owned() })?;
    let header = rows::header(database).map_err(|error| failed("read", path, &error))?;
    let sealing = Sealing::of(key, &header.unwrap_or_default());
    sealing.map(Some).map_err(|error| unopened(error, path))
}

/// Encrypts what is there.
fn encrypt(database: &mut Connection, path: &Path, key: &StoreKey) -> Result<Sealing, StoreError> {
    let made = Sealing::new(key);
    let sealing = made.map_err(|error| place::failed(ENCRYPT, path, error.kind()))?;
    let error = |error: rusqlite::Error| refused_by("write", path, &error);
    let begun = begin(database).map_err(error)?;
    let session = load(&begun, path, None)?;
    rows::seal(&begun, &session, &sealing).map_err(error)?;
    begun.pragma_update(None, "user_version", SEALED).map_err(error)?;
    begun.commit().map_err(error)?;
    Ok(sealing)
}

/// Brings a session to this version.
fn prepare(database: &mut Connection, version: u32, path: &Path) -> Result<(), StoreError> {
    if version >= VERSION {
        return Ok(());
    }
    let error = |error: rusqlite::Error| refused_by("write", path, &error);
    let damaged = |flaw| StoreError::Damaged { path: path.to_owned(), flaw };
    let begun = begin(database).map_err(error)?;
    let snapshot = if version > 1 {
        whole(rows::read(&begun, version, None), path)?
    } else {
        // It fails if there is one already: then the version is what was damaged.
        begun.execute_batch(rows::CHECKSUM).map_err(error)?;
        rows::read_unsigned(&begun).map_err(error)?.map_err(damaged)?
    };
    // So do these.
    if version < 3 {
        begun.execute_batch(rows::UPDATES).map_err(error)?;
    }
    begun.execute_batch(rows::SECRETS).map_err(error)?;
    let checksum = rows::checksum(&snapshot);
    rows::write_checksum(&begun, &checksum).map_err(error)?;
    begun.pragma_update(None, "user_version", VERSION).map_err(error)?;
    begun.commit().map_err(error)
}

#[cfg(test)]
impl SqliteStore {
    pub(super) fn without_randomness(&mut self, random: fn(&mut [u8]) -> io::Result<()>) {
        Arc::get_mut(self.sealing.as_mut().unwrap()).unwrap().random = random;
    }
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        let generations = self.witness.generations();
        Ok(Snapshot {
            generations,
            ..load(&self.database, self.place.path(), self.sealing.as_deref())?
        })
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let Self { place, database, sealing, witness } = self;
        let sealing = sealing.as_deref();
        place.check()?;
        let path = place.path();
        let error = |error: rusqlite::Error| failed("write", path, &error);
        let transaction = begin(database).map_err(error)?;
        // Looked at before it gets another checksum.
        let mut next = load(&transaction, path, sealing)?;
        next.generations = witness.generations();
        let had_more = !next.updates.is_empty() || !next.secrets.is_empty();
        next.apply(changes);
        if codec::encode_within(&next).is_none() {
            return Err(StoreError::TooLarge { most: codec::MAX_BYTES });
        }
        // What else changes may have forgotten them.
        let is_alone = changes.iter().all(|change| {
            use Change::{Generation, Secret, Updates};
            matches!(change, Updates(_) | Secret(_) | Generation { .. })
        });
        if !is_alone && (had_more || !next.updates.is_empty() || !next.secrets.is_empty()) {
            rows::updates::rewrite(&transaction, &next.updates).map_err(error)?;
            rows::secrets::rewrite(&transaction, &next.secrets, sealing).map_err(error)?;
        }
        let disk = &mut RealDisk::default();
        let before = witness.before(disk, path, &next);
        before.map_err(|refused| of_witness(path, refused))?;
        write(transaction, changes, is_alone, &next, sealing).map_err(error)?;
        witness.after(disk, path, &next);
        Ok(())
    }
}

fn load(
    database: &Connection,
    path: &Path,
    sealing: Option<&Sealing>,
) -> Result<Snapshot, StoreError> {
    whole(rows::read(database, VERSION, sealing), path)
}

/// What was read, if its checksum is the one that was kept.
fn whole(
    read: rusqlite::Result<Result<(Snapshot, Option<rows::Checksum>), Flaw>>,
    path: &Path,
) -> Result<Snapshot, StoreError> {
    let read = read.map_err(|error| failed("read", path, &error))?;
    let read = read.and_then(|(snapshot, checksum)| {
        let is_whole = checksum == Some(rows::checksum(&snapshot));
        if is_whole { Ok(snapshot) } else { Err(Flaw::Checksum) }
    });
    read.map_err(|flaw| StoreError::Damaged { path: path.to_owned(), flaw })
}

fn write(
    to: Transaction<'_>,
    changes: &[Change],
    is_alone: bool,
    next: &Snapshot,
    sealing: Option<&Sealing>,
) -> rusqlite::Result<()> {
    for change in changes {
        match change {
            // They were written whole.
            Change::Updates(_) | Change::Secret(_) if !is_alone => {}
            change => rows::write(&to, change, sealing)?,
        }
    }
    rows::write_checksum(&to, &rows::checksum(next))?;
    to.commit()
}

fn failed(doing: &'static str, path: &Path, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull, NotADatabase};
    // What was to be encrypted first.
    if let rusqlite::Error::ToSqlConversionFailure(error) = error
        && let Some(error) = error.downcast_ref::<io::Error>()
    {
        return place::failed(ENCRYPT, path, error.kind());
    }
    match error.sqlite_error_code() {
        Some(NotADatabase) => StoreError::Damaged { path: path.to_owned(), flaw: Flaw::Kind },
        Some(DatabaseBusy | DatabaseLocked) => StoreError::Busy { path: path.to_owned() },
        Some(DiskFull) => place::failed(doing, path, ErrorKind::StorageFull),
        _ => StoreError::Sqlite { doing, path: path.to_owned(), message: error.to_string() },
    }
}

/// While it is opened, what cannot be written cannot be kept.
fn refused_by(step: &'static str, path: &Path, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly, SystemIoFailure};
    let cannot = error.sqlite_error_code().is_some_and(|code| {
        matches!(code, CannotOpen | PermissionDenied | ReadOnly | SystemIoFailure)
    });
    match failed(step, path, error) {
        StoreError::Sqlite { message, .. } if cannot => unwritable(path, step, &message),
        StoreError::Io { kind, .. } => unwritable(path, step, &kind),
        other => other,
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteStore({})", self.place.path().display())
    }
}
