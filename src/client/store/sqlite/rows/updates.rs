//! The tables of updates and peers.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::client::store::codec::updates::{parts, peer};
use crate::client::store::error::Flaw;
use crate::updates::{ChannelState, Checkpoint, CommonState, Kept, KnownPeer};

/// What version 3 has more than version 2.
pub(in crate::client::store::sqlite) const UPDATES: &str = "
CREATE TABLE updates (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    pts INTEGER NOT NULL, qts INTEGER NOT NULL, date INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;
CREATE TABLE channel (
    id INTEGER PRIMARY KEY, pts INTEGER NOT NULL, is_dirty INTEGER NOT NULL
) STRICT;
CREATE TABLE peer (
    kind INTEGER NOT NULL, id INTEGER NOT NULL, access_hash INTEGER,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE TABLE context (
    kind INTEGER NOT NULL, id INTEGER NOT NULL, place INTEGER NOT NULL,
    channel INTEGER NOT NULL, message INTEGER NOT NULL,
    PRIMARY KEY (kind, id, place)
) STRICT;
";

/// Writes what has changed.
pub(in crate::client::store::sqlite) fn write(
    to: &Transaction<'_>,
    checkpoint: &Checkpoint,
) -> rusqlite::Result<()> {
    if let Some(common) = checkpoint.common {
        write_common(to, common)?;
    }
    for (id, state) in &checkpoint.channels {
        match state {
            Some(state) => write_channel(to, *id, *state)?,
            None => drop(to.execute("DELETE FROM channel WHERE id = ?1", [id])?),
        }
    }
    for peer in &checkpoint.peers {
        write_peer(to, peer)?;
    }
    for id in &checkpoint.forgotten {
        let (kind, id) = parts(*id);
        to.execute("DELETE FROM peer WHERE kind = ?1 AND id = ?2", params![kind, id])?;
        to.execute("DELETE FROM context WHERE kind = ?1 AND id = ?2", params![kind, id])?;
    }
    Ok(())
}

/// Writes all anew.
pub(in crate::client::store::sqlite) fn rewrite(
    to: &Transaction<'_>,
    kept: &Kept,
) -> rusqlite::Result<()> {
    to.execute_batch(
        "DELETE FROM updates; DELETE FROM channel; DELETE FROM peer; DELETE FROM context",
    )?;
    if let Some(common) = kept.common {
        write_common(to, common)?;
    }
    for (id, state) in &kept.channels {
        write_channel(to, *id, *state)?;
    }
    kept.peers.values().try_for_each(|peer| write_peer(to, peer))
}

fn write_common(to: &Transaction<'_>, state: CommonState) -> rusqlite::Result<()> {
    let CommonState { pts, qts, date, seq } = state;
    let sql = "INSERT OR REPLACE INTO updates VALUES (1, ?1, ?2, ?3, ?4)";
    to.execute(sql, params![pts, qts, date, seq]).map(drop)
}

fn write_channel(to: &Transaction<'_>, id: i64, state: ChannelState) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO channel VALUES (?1, ?2, ?3)";
    to.execute(sql, params![id, state.pts, state.is_dirty]).map(drop)
}

fn write_peer(to: &Transaction<'_>, peer: &KnownPeer) -> rusqlite::Result<()> {
    let (kind, id) = parts(peer.id);
    let sql = "INSERT OR REPLACE INTO peer VALUES (?1, ?2, ?3)";
    to.execute(sql, params![kind, id, peer.access_hash])?;
    to.execute("DELETE FROM context WHERE kind = ?1 AND id = ?2", params![kind, id])?;
    for (place, (channel, message)) in (0_u32..).zip(&peer.contexts) {
        let sql = "INSERT INTO context VALUES (?1, ?2, ?3, ?4, ?5)";
        to.execute(sql, params![kind, id, place, channel, message])?;
    }
    Ok(())
}

pub(super) fn read(database: &Connection) -> rusqlite::Result<Result<Kept, Flaw>> {
    let mut kept = Kept::default();
    let sql = "SELECT pts, qts, date, seq FROM updates";
    kept.common = database
        .query_row(sql, [], |row| {
            Ok(CommonState {
                pts: row.get(0)?,
                qts: row.get(1)?,
                date: row.get(2)?,
                seq: row.get(3)?,
            })
        })
        .optional()?;
    let mut rows = database.prepare("SELECT id, pts, is_dirty FROM channel")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let state = ChannelState { pts: row.get(1)?, is_dirty: row.get(2)? };
        kept.channels.insert(row.get(0)?, state);
    }
    let mut rows = database.prepare("SELECT kind, id, access_hash FROM peer")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let Some(id) = peer(row.get(0)?, row.get(1)?) else {
            return Ok(Err(Flaw::Value { field: "peer" }));
        };
        let (access_hash, contexts) = (row.get(2)?, Vec::new());
        kept.peers.insert(id, KnownPeer { id, access_hash, contexts });
    }
    let sql = "SELECT kind, id, channel, message FROM context ORDER BY kind, id, place";
    let mut rows = database.prepare(sql)?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let known = peer(row.get(0)?, row.get(1)?).and_then(|id| kept.peers.get_mut(&id));
        let Some(known) = known else { return Ok(Err(Flaw::Value { field: "context" })) };
        known.contexts.push((row.get(2)?, row.get(3)?));
    }
    Ok(Ok(kept))
}
