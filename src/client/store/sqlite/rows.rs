//! The tables of a session, and what is in their rows.

pub(super) mod secrets;
pub(super) mod updates;

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use zeroize::Zeroizing;

use crate::client::store::codec;
use crate::client::store::error::Flaw;
use crate::client::store::sealing::Sealing;
use crate::client::store::snapshot::MAX_ADDRESSES;
use crate::client::store::{Change, SessionUser, Snapshot};
use crate::connection::StoredKey;
use crate::crypto::AuthKey;
use crate::ids::{DcId, Salt};

pub(super) const TABLES: &str = "
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
    user_id INTEGER, is_bot INTEGER, checksum BLOB
) STRICT;
INSERT INTO account (only) VALUES (1);
";

pub(super) use secrets::SECRETS;
pub(super) use updates::UPDATES;

/// What version 2 has more than version 1.
pub(super) const CHECKSUM: &str = "ALTER TABLE account ADD COLUMN checksum BLOB";

/// Writes one change.
pub(super) fn write(
    to: &Transaction<'_>,
    change: &Change,
    sealing: Option<&Sealing>,
) -> rusqlite::Result<()> {
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
                &*sealed(sealing, &key_name(*dc), key.auth_key.expose())?,
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
            for (place, address) in (0_u32..).zip(addresses.iter().take(MAX_ADDRESSES)) {
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
        // They have rows of their own.
        Change::Updates(checkpoint) => return updates::write(to, checkpoint),
        Change::Secret(changes) => return secrets::write(to, changes, sealing),
        // The witness has them.
        Change::Generation { .. } => 0,
    };
    Ok(())
}

/// What version 5 has more than version 4.
const SEALED: &str = "
CREATE TABLE sealed (only INTEGER PRIMARY KEY CHECK (only = 1), header BLOB NOT NULL) STRICT;
";

/// Encrypts the keys and the secret chats of a session.
pub(super) fn seal(
    to: &Transaction<'_>,
    session: &Snapshot,
    sealing: &Sealing,
) -> rusqlite::Result<()> {
    to.execute_batch(SEALED)?;
    to.execute("INSERT INTO sealed VALUES (1, ?1)", [&sealing.header()[..]])?;
    for (dc, record) in &session.dcs {
        if let Some(key) = &record.key {
            let key = sealed(Some(sealing), &key_name(*dc), key.auth_key.expose())?;
            to.execute(
                "UPDATE dc SET auth_key = ?4 WHERE number = ?1 AND is_test = ?2 AND is_media = ?3",
                params![dc.number, dc.is_test, dc.is_media, &*key],
            )?;
        }
    }
    secrets::rewrite(to, &session.secrets, Some(sealing))
}

/// How a session is encrypted.
pub(super) fn header(database: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    database.query_row("SELECT header FROM sealed", [], |row| row.get(0)).optional()
}

/// As it is written.
fn sealed<'a>(
    sealing: Option<&Sealing>,
    name: &[u8],
    bytes: &'a [u8],
) -> rusqlite::Result<Cow<'a, [u8]>> {
    Ok(match sealing {
        Some(sealing) => {
            let sealed = sealing.seal(name, bytes);
            sealed.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?.into()
        }
        None => bytes.into(),
    })
}

/// As it was before it was written. It is wiped where it is a copy.
fn opened<'a>(sealing: Option<&Sealing>, name: &[u8], bytes: &'a [u8]) -> Result<Opened<'a>, Flaw> {
    match sealing {
        Some(sealing) => sealing.open(name, bytes).map(Opened::Copy),
        None => Ok(Opened::There(bytes)),
    }
}

enum Opened<'a> {
    There(&'a [u8]),
    Copy(Zeroizing<Vec<u8>>),
}

impl Deref for Opened<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::There(bytes) => bytes,
            Self::Copy(bytes) => bytes,
        }
    }
}

/// What a sealed key is called, so that it is nobody else's.
fn key_name(dc: DcId) -> Vec<u8> {
    let [low, high] = dc.number.to_le_bytes();
    [&b"key"[..], &[low, high, dc.is_test.into(), dc.is_media.into()]].concat()
}

/// A checksum as it is kept.
pub(super) type Checksum = Vec<u8>;

/// Makes the checksum that of a state.
pub(super) fn write_checksum(to: &Transaction<'_>, checksum: &Checksum) -> rusqlite::Result<()> {
    to.execute("UPDATE account SET checksum = ?1", [checksum]).map(drop)
}

/// SHA-256 of all that is kept, as a session file has it.
pub(super) fn checksum(snapshot: &Snapshot) -> Checksum {
    let bytes = codec::encode(snapshot);
    bytes.last_chunk::<{ codec::CHECKSUM }>().map(|sum| sum.to_vec()).unwrap_or_default()
}

/// What is kept in a version from 2 on, and its checksum, which is not compared here. Updates are there from version 3 on, secret
/// chats from 4 on.
pub(super) fn read(
    database: &Connection,
    version: u32,
    sealing: Option<&Sealing>,
) -> rusqlite::Result<Result<(Snapshot, Option<Checksum>), Flaw>> {
    let (mut snapshot, checksum) = match read_with(database, "checksum", sealing)? {
        Ok(read) => read,
        Err(flaw) => return Ok(Err(flaw)),
    };
    if version >= 3 {
        match updates::read(database)? {
            Ok(kept) => snapshot.updates = kept,
            Err(flaw) => return Ok(Err(flaw)),
        }
    }
    if version >= 4 {
        match secrets::read(database, sealing)? {
            Ok(kept) => snapshot.secrets = kept,
            Err(flaw) => return Ok(Err(flaw)),
        }
    }
    Ok(Ok((snapshot, checksum)))
}

/// What is kept in version 1, which has no checksum.
pub(super) fn read_unsigned(database: &Connection) -> rusqlite::Result<Result<Snapshot, Flaw>> {
    Ok(read_with(database, "NULL", None)?.map(|(snapshot, _)| snapshot))
}

fn read_with(
    database: &Connection,
    checksum: &str,
    sealing: Option<&Sealing>,
) -> rusqlite::Result<Result<(Snapshot, Option<Checksum>), Flaw>> {
    let mut snapshot = Snapshot::default();
    let account = database
        .query_row(
            &format!(
                "SELECT home_number, home_is_test, home_is_media, user_id, is_bot, {checksum}
                 FROM account"
            ),
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
                Ok((home, user, row.get(5)?))
            },
        )
        .optional()?;
    let Some((home, user, checksum)) = account else {
        return Ok(Err(Flaw::Value { field: "account" }));
    };
    snapshot.home = home;
    snapshot.user = user;
    let mut rows = database.prepare(
        "SELECT number, is_test, is_media, auth_key, salt, time_offset, is_authorized FROM dc",
    )?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let dc = dc(row)?;
        let record = snapshot.dcs.entry(dc).or_default();
        // Where SQLite has it: each copy would have to be wiped.
        if let Some(bytes) = row.get_ref(3)?.as_blob_or_null()? {
            let bytes = match opened(sealing, &key_name(dc), bytes) {
                Ok(bytes) => bytes,
                Err(flaw) => return Ok(Err(flaw)),
            };
            let Ok(bytes) = (*bytes).try_into() else {
                return Ok(Err(Flaw::Value { field: "auth_key" }));
            };
            record.key = Some(StoredKey {
                auth_key: AuthKey::copy_of(bytes),
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
    Ok(Ok((snapshot, checksum)))
}

fn dc(row: &Row<'_>) -> rusqlite::Result<DcId> {
    Ok(DcId { number: row.get(0)?, is_test: row.get(1)?, is_media: row.get(2)? })
}
