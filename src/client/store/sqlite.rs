//! A session in an SQLite file.
//!
//! ```sql
//! dc      (number, is_test, is_media, auth_key, salt, time_offset, is_authorized)
//! address (number, is_test, is_media, place, ip, port)
//! account (only, home_number, home_is_test, home_is_media, user_id, is_bot)     one row
//! ```
//! `application_id` is `tlwr`, `user_version` the version of these tables.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use zeroize::Zeroizing;

use crate::client::store::error::Flaw;
use crate::client::store::file::{OTHERS, lock, private};
use crate::client::store::{Change, SessionUser, Snapshot, Store, StoreError};
use crate::connection::StoredKey;
use crate::crypto::AuthKey;
use crate::ids::{DcId, Salt};

/// `tlwr` in ASCII.
const APPLICATION: u32 = 0x746c_7772;

const VERSION: u32 = 1;

const TABLES: &str = "
CREATE TABLE dc (
    number INTEGER NOT NULL, is_test INTEGER NOT NULL, is_media INTEGER NOT NULL,
    auth_key BLOB, salt INTEGER NOT NULL DEFAULT 0, time_offset INTEGER NOT NULL DEFAULT 0,
    is_authorized INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, is_test, is_media)
) STRICT;
CREATE TABLE address (
    number INTEGER NOT NULL, is_test INTEGER NOT NULL, is_media INTEGER NOT NULL,
    place INTEGER NOT NULL, ip TEXT NOT NULL, port INTEGER NOT NULL,
    PRIMARY KEY (number, is_test, is_media, place)
) STRICT;
CREATE TABLE account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    home_number INTEGER, home_is_test INTEGER, home_is_media INTEGER,
    user_id INTEGER, is_bot INTEGER
) STRICT;
INSERT INTO account (only) VALUES (1);
";

/// Keeps a session in an SQLite file that only its owner may read.
///
/// A batch of changes is a transaction. The file is locked by `FILE.lock` as long as the store lives.
pub struct SqliteStore {
    path: PathBuf,
    database: Connection,
    _lock: std::fs::File,
}

impl SqliteStore {
    /// Opens a file, which need not be there yet.
    ///
    /// # Errors
    ///
    /// As [`FileStore::open`](crate::client::store::FileStore::open), and [`StoreError::Sqlite`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let lock = lock(&path)?;
        // Private from its first moment; SQLite gives its journal the same permissions.
        let io = |error: std::io::Error| StoreError::Io {
            doing: "open",
            path: path.clone(),
            kind: error.kind(),
        };
        let file = private().create(true).truncate(false).open(&path).map_err(io)?;
        check_mode(&path, &file)?;
        drop(file);
        let mut database = Connection::open(&path).map_err(|e| failed("open", &path, &e))?;
        prepare(&mut database, &path)?;
        let mut store = Self { path, database, _lock: lock };
        store.load()?;
        Ok(store)
    }
}

fn check_mode(path: &Path, file: &std::fs::File) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        let metadata = file.metadata().map_err(|error| StoreError::Io {
            doing: "look at",
            path: path.to_owned(),
            kind: error.kind(),
        })?;
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & OTHERS != 0 {
            return Err(StoreError::Exposed { path: path.to_owned(), mode: mode & 0o777 });
        }
    }
    let _ = (path, file);
    Ok(())
}

/// Sees that it is a session, and makes one of an empty file.
fn prepare(database: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let error = |error: rusqlite::Error| failed("open", path, &error);
    let damaged = |flaw| StoreError::Damaged { path: path.to_owned(), flaw };
    let pragma = |name| database.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let (application, version) =
        (pragma("application_id").map_err(error)?, pragma("user_version").map_err(error)?);
    let count = "SELECT count(*) FROM sqlite_schema";
    let tables: u32 = database.query_row(count, [], |row| row.get(0)).map_err(error)?;
    match (application, version, tables) {
        (0, 0, 0) => {
            let begin = database.transaction().map_err(error)?;
            begin.execute_batch(TABLES).map_err(error)?;
            begin.pragma_update(None, "application_id", APPLICATION).map_err(error)?;
            begin.pragma_update(None, "user_version", VERSION).map_err(error)?;
            begin.commit().map_err(error)?;
        }
        (APPLICATION, VERSION, _) => {
            let check: String =
                database.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(error)?;
            if check != "ok" {
                return Err(damaged(Flaw::Checksum));
            }
        }
        (APPLICATION, version, _) => {
            return Err(damaged(Flaw::Newer { version, known: VERSION }));
        }
        _ => return Err(damaged(Flaw::Kind)),
    }
    // What was committed is on the disk, and a key that was deleted is not left in a free page.
    database.pragma_update(None, "synchronous", "FULL").map_err(error)?;
    database.pragma_update(None, "secure_delete", "ON").map_err(error)
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        read(&self.database)
            .map_err(|error| failed("read", &self.path, &error))?
            .map_err(|flaw| StoreError::Damaged { path: self.path.clone(), flaw })
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let Self { path, database, .. } = self;
        let mut write = || {
            let transaction = database.transaction()?;
            for change in changes {
                write_change(&transaction, change)?;
            }
            transaction.commit()
        };
        write().map_err(|error| failed("write", path, &error))
    }
}

fn write_change(to: &Transaction<'_>, change: &Change) -> rusqlite::Result<()> {
    const THIS: &str = "number = ?1 AND is_test = ?2 AND is_media = ?3";
    let set = |dc: &DcId, what: &str, value: &dyn rusqlite::ToSql| {
        let sql = format!("UPDATE dc SET {what} WHERE {THIS} AND auth_key IS NOT NULL");
        to.execute(&sql, params![dc.number, dc.is_test, dc.is_media, value]).map(drop)
    };
    match change {
        Change::Home(dc) => to.execute(
            "UPDATE account SET home_number = ?1, home_is_test = ?2, home_is_media = ?3",
            params![dc.number, dc.is_test, dc.is_media],
        )?,
        Change::Key { dc, key } => to.execute(
            "INSERT OR REPLACE INTO dc VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
            params![
                dc.number,
                dc.is_test,
                dc.is_media,
                &key.auth_key.expose()[..],
                key.salt.0,
                key.time_offset
            ],
        )?,
        Change::KeyForgotten(dc) => to.execute(
            &format!("UPDATE dc SET auth_key = NULL, is_authorized = 0 WHERE {THIS}"),
            params![dc.number, dc.is_test, dc.is_media],
        )?,
        Change::Salt { dc, salt } => return set(dc, "salt = ?4", &salt.0),
        Change::Authorized { dc, is_authorized } => {
            return set(dc, "is_authorized = ?4", is_authorized);
        }
        Change::Addresses { dc, addresses } => {
            let this = params![dc.number, dc.is_test, dc.is_media];
            to.execute(
                "INSERT OR IGNORE INTO dc (number, is_test, is_media) VALUES (?1, ?2, ?3)",
                this,
            )?;
            to.execute(&format!("DELETE FROM address WHERE {THIS}"), this)?;
            for (place, address) in (0_u32..).zip(addresses) {
                let ip = address.ip().to_string();
                to.execute(
                    "INSERT INTO address VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![dc.number, dc.is_test, dc.is_media, place, ip, address.port()],
                )?;
            }
            0
        }
        Change::User(user) => to.execute(
            "UPDATE account SET user_id = ?1, is_bot = ?2",
            params![user.map(|user| user.id), user.map(|user| user.is_bot)],
        )?,
    };
    Ok(())
}

fn read(database: &Connection) -> rusqlite::Result<Result<Snapshot, Flaw>> {
    let mut snapshot = Snapshot::default();
    let account = database
        .query_row(
            "SELECT home_number, home_is_test, home_is_media, user_id, is_bot FROM account",
            [],
            |row| {
                let number: Option<u16> = row.get(0)?;
                let home = match number {
                    Some(number) => {
                        Some(DcId { number, is_test: row.get(1)?, is_media: row.get(2)? })
                    }
                    None => None,
                };
                let id: Option<i64> = row.get(3)?;
                let user = match id {
                    Some(id) => Some(SessionUser { id, is_bot: row.get(4)? }),
                    None => None,
                };
                Ok((home, user))
            },
        )
        .optional()?;
    let Some((home, user)) = account else { return Ok(Err(Flaw::Value { field: "account" })) };
    snapshot.home = home;
    snapshot.user = user;
    let mut rows = database.prepare(
        "SELECT number, is_test, is_media, auth_key, salt, time_offset, is_authorized FROM dc",
    )?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let record = snapshot.dcs.entry(dc(row)?).or_default();
        let bytes: Option<Vec<u8>> = row.get(3)?;
        if let Some(bytes) = bytes.map(Zeroizing::new) {
            let Ok(bytes) = <[u8; 256]>::try_from(&bytes[..]) else {
                return Ok(Err(Flaw::Value { field: "auth_key" }));
            };
            let bytes = Zeroizing::new(bytes);
            record.key = Some(StoredKey {
                auth_key: AuthKey::from_bytes(*bytes),
                salt: Salt(row.get(4)?),
                time_offset: row.get(5)?,
            });
            record.is_authorized = row.get(6)?;
        }
    }
    let mut rows = database.prepare(
        "SELECT number, is_test, is_media, ip, port FROM address
         ORDER BY number, is_test, is_media, place",
    )?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let ip: String = row.get(3)?;
        let Ok(ip) = ip.parse::<IpAddr>() else {
            return Ok(Err(Flaw::Value { field: "address" }));
        };
        let address = SocketAddr::new(ip, row.get(4)?);
        snapshot.dcs.entry(dc(row)?).or_default().addresses.push(address);
    }
    Ok(Ok(snapshot))
}

fn dc(row: &Row<'_>) -> rusqlite::Result<DcId> {
    Ok(DcId { number: row.get(0)?, is_test: row.get(1)?, is_media: row.get(2)? })
}

fn failed(doing: &'static str, path: &Path, error: &rusqlite::Error) -> StoreError {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
        return StoreError::Damaged { path: path.to_owned(), flaw: Flaw::Kind };
    }
    StoreError::Sqlite { doing, path: path.to_owned(), message: error.to_string() }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteStore({})", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::client::store::tests::{changes, full, temporary};

    #[test]
    fn a_session_is_found_again_and_locked() {
        let folder = temporary("sqlite");
        let path = folder.join("session");
        let mut store = SqliteStore::open(&path).unwrap();
        store.apply(&changes()).unwrap();
        let in_use = SqliteStore::open(&path).unwrap_err();
        assert_eq!(in_use, StoreError::InUse { path: path.clone() });
        drop(store);
        assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(full()));
    }

    #[test]
    fn cf_22_a_batch_of_which_a_part_fails_changes_nothing() {
        let folder = temporary("sqlite-batch");
        let mut store = SqliteStore::open(folder.join("session")).unwrap();
        store.apply(&changes()).unwrap();
        let forbid = "CREATE TRIGGER no BEFORE UPDATE OF home_number ON account
                      BEGIN SELECT RAISE(ABORT, 'no'); END";
        store.database.execute_batch(forbid).unwrap();
        let batch = [Change::User(None), Change::Home(DcId::test(3))];
        assert!(matches!(store.apply(&batch), Err(StoreError::Sqlite { .. })));
        assert_eq!(store.load(), Ok(full()));
    }

    #[test]
    fn what_is_no_session_is_refused_and_untouched() {
        let folder = temporary("sqlite-damaged");
        let path = folder.join("session");
        fs::write(&path, "[App data]\n".repeat(500)).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let error = SqliteStore::open(&path).unwrap_err();
            assert_eq!(error, StoreError::Exposed { path: path.clone(), mode: 0o644 });
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let bytes = fs::read(&path).unwrap();
        let error = SqliteStore::open(&path).unwrap_err();
        assert_eq!(error, StoreError::Damaged { path: path.clone(), flaw: Flaw::Kind });
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn a_newer_version_another_application_and_a_short_key_are_refused() {
        let folder = temporary("sqlite-newer");
        for (name, sql, flaw) in [
            ("newer", "PRAGMA user_version = 7", Flaw::Newer { version: 7, known: 1 }),
            ("other", "PRAGMA application_id = 1", Flaw::Kind),
            (
                "short",
                "UPDATE dc SET auth_key = x'00' WHERE auth_key IS NOT NULL",
                Flaw::Value { field: "auth_key" },
            ),
            ("address", "UPDATE address SET ip = 'x'", Flaw::Value { field: "address" }),
            ("account", "DELETE FROM account", Flaw::Value { field: "account" }),
        ] {
            let path = folder.join(name);
            let mut store = SqliteStore::open(&path).unwrap();
            store.apply(&changes()).unwrap();
            store.database.execute_batch(sql).unwrap();
            drop(store);
            let error = SqliteStore::open(&path).unwrap_err();
            assert_eq!(error, StoreError::Damaged { path, flaw }, "{name}");
        }
    }
}
