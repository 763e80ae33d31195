//! The table of secret chats.

use rusqlite::{Connection, Transaction, params};
use zeroize::Zeroizing;

use super::{opened, sealed};
use crate::client::store::error::Flaw;
use crate::client::store::sealing::Sealing;
use crate::client::store::secrets::{SecretChange, SecretRow, SecretRows};

/// What version 4 has more than version 3.
pub(in crate::client::store::sqlite) const SECRETS: &str = "
CREATE TABLE secret (
    chat INTEGER NOT NULL, kind INTEGER NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (chat, kind, number)
) STRICT;
";

/// Writes what has changed.
pub(in crate::client::store::sqlite) fn write(
    to: &Transaction<'_>,
    changes: &[SecretChange],
    sealing: Option<&Sealing>,
) -> rusqlite::Result<()> {
    for change in changes {
        match change {
            SecretChange::Put(row, value) => put(to, *row, value, sealing)?,
            SecretChange::Remove(row) => drop(to.execute(
                "DELETE FROM secret WHERE chat = ?1 AND kind = ?2 AND number = ?3",
                params![row.chat, row.kind, row.number],
            )?),
        }
    }
    Ok(())
}

/// Writes all anew.
pub(in crate::client::store::sqlite) fn rewrite(
    to: &Transaction<'_>,
    rows: &SecretRows,
    sealing: Option<&Sealing>,
) -> rusqlite::Result<()> {
    to.execute_batch("DELETE FROM secret")?;
    rows.iter().try_for_each(|(row, value)| put(to, row, value, sealing))
}

fn put(
    to: &Transaction<'_>,
    row: SecretRow,
    value: &[u8],
    sealing: Option<&Sealing>,
) -> rusqlite::Result<()> {
    let value = sealed(sealing, &name(row), value)?;
    let sql = "INSERT OR REPLACE INTO secret VALUES (?1, ?2, ?3, ?4)";
    to.execute(sql, params![row.chat, row.kind, row.number, &*value]).map(drop)
}

/// What a sealed row is called, so that it is no other one.
fn name(row: SecretRow) -> Vec<u8> {
    let (chat, number) = (row.chat.to_le_bytes(), row.number.to_le_bytes());
    [&b"secret"[..], &chat, &[row.kind], &number].concat()
}

pub(super) fn read(
    database: &Connection,
    sealing: Option<&Sealing>,
) -> rusqlite::Result<Result<SecretRows, Flaw>> {
    let mut rows = SecretRows::default();
    let mut read = database.prepare("SELECT chat, kind, number, value FROM secret")?;
    let mut read = read.query([])?;
    while let Some(row) = read.next()? {
        // Where SQLite has it: each copy would have to be wiped.
        let place = SecretRow { chat: row.get(0)?, kind: row.get(1)?, number: row.get(2)? };
        match opened(sealing, &name(place), row.get_ref(3)?.as_blob()?) {
            Ok(value) => rows.insert(place, Zeroizing::new(value.to_vec())),
            Err(flaw) => return Ok(Err(flaw)),
        }
    }
    Ok(Ok(rows))
}
