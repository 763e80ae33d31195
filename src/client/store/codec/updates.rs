//! Updates as bytes, behind the data centres.
//!
//! ```text
//! common    0 | 1, pts, qts, date, seq                 1 + 16
//! count     of channels, in ascending order            4
//! each      id, pts, is dirty                          8 + 4 + 1
//! count     of peers, in ascending order               4
//! each      0 user | 1 chat | 2 channel, id            1 + 8
//!           0 | 1, access hash                         1 + 8
//!           count of messages that lead to it          1
//!           each: channel, message                     8 + 4
//! ```

use crate::client::store::codec::Input;
use crate::client::store::error::Flaw;
use crate::updates::{ChannelState, CommonState, Kept, KnownPeer, PeerId};

/// The bytes that are needed at most.
pub(super) fn room(kept: &Kept) -> usize {
    let contexts: usize = kept.peers.values().map(|peer| peer.contexts.len()).sum();
    32 + kept.channels.len() * 13 + kept.peers.len() * 19 + contexts * 12
}

pub(super) fn write(kept: &Kept, out: &mut Vec<u8>) {
    out.push(u8::from(kept.common.is_some()));
    if let Some(CommonState { pts, qts, date, seq }) = kept.common {
        for value in [pts, qts, date, seq] {
            out.extend(value.to_le_bytes());
        }
    }
    out.extend(count(kept.channels.len()));
    for (id, state) in &kept.channels {
        out.extend(id.to_le_bytes());
        out.extend(state.pts.to_le_bytes());
        out.push(u8::from(state.is_dirty));
    }
    out.extend(count(kept.peers.len()));
    for peer in kept.peers.values() {
        let (kind, id) = parts(peer.id);
        out.push(kind);
        out.extend(id.to_le_bytes());
        out.push(u8::from(peer.access_hash.is_some()));
        if let Some(hash) = peer.access_hash {
            out.extend(hash.to_le_bytes());
        }
        let contexts = u8::try_from(peer.contexts.len()).unwrap_or(u8::MAX);
        out.push(contexts);
        for (channel, message) in peer.contexts.iter().take(contexts.into()) {
            out.extend(channel.to_le_bytes());
            out.extend(message.to_le_bytes());
        }
    }
}

pub(super) fn read(input: &mut Input<'_>) -> Result<Kept, Flaw> {
    let mut kept = Kept::default();
    if input.bool("updates")? {
        let mut next = || Ok(i32::from_le_bytes(input.take()?));
        let (pts, qts, date, seq) = (next()?, next()?, next()?, next()?);
        kept.common = Some(CommonState { pts, qts, date, seq });
    }
    for _ in 0..u32::from_le_bytes(input.take()?) {
        let id = i64::from_le_bytes(input.take()?);
        let pts = i32::from_le_bytes(input.take()?);
        let state = ChannelState { pts, is_dirty: input.bool("is_dirty")? };
        if kept.channels.last_key_value().is_some_and(|(last, _)| *last >= id) {
            return Err(Flaw::Value { field: "channel" });
        }
        kept.channels.insert(id, state);
    }
    for _ in 0..u32::from_le_bytes(input.take()?) {
        let [kind] = input.take()?;
        let id = peer(kind, i64::from_le_bytes(input.take()?));
        let id = id.ok_or(Flaw::Value { field: "peer" })?;
        let access_hash = match input.bool("access_hash")? {
            true => Some(i64::from_le_bytes(input.take()?)),
            false => None,
        };
        let [count] = input.take()?;
        let context =
            |_| Ok((i64::from_le_bytes(input.take()?), i32::from_le_bytes(input.take()?)));
        let contexts = (0..count).map(context).collect::<Result<_, Flaw>>()?;
        if kept.peers.last_key_value().is_some_and(|(last, _)| *last >= id) {
            return Err(Flaw::Value { field: "peer" });
        }
        kept.peers.insert(id, KnownPeer { id, access_hash, contexts });
    }
    Ok(kept)
}

fn count(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

/// The kind of a peer, and its number.
pub(in crate::client::store) fn parts(id: PeerId) -> (u8, i64) {
    match id {
        PeerId::User(id) => (0, id),
        PeerId::Chat(id) => (1, id),
        PeerId::Channel(id) => (2, id),
    }
}

/// A peer of a kind.
pub(in crate::client::store) fn peer(kind: u8, id: i64) -> Option<PeerId> {
    match kind {
        0 => Some(PeerId::User(id)),
        1 => Some(PeerId::Chat(id)),
        2 => Some(PeerId::Channel(id)),
        _ => None,
    }
}
