//! What has to be kept so that nothing is lost when the program ends (UP-80 to UP-83).

use std::collections::BTreeMap;

use crate::tl::api::enums::InputPeer;
use crate::updates::engine::Account;
use crate::updates::peers::{KnownPeer, PeerCache, PeerId};

/// What was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Where the common box is; `None` if it never was anywhere.
    pub common: Option<CommonState>,
    /// Where the channels are.
    pub channels: BTreeMap<i64, ChannelState>,
    /// The peers that are known.
    pub peers: BTreeMap<PeerId, KnownPeer>,
}

/// The four values of [`updates.state`](https://core.telegram.org/constructor/updates.state).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommonState {
    /// The position of the common box.
    pub pts: i32,
    /// The position of what is counted by `qts`.
    pub qts: i32,
    /// The server's time of the last change, in seconds since 1970.
    pub date: i32,
    /// The number of the last container.
    pub seq: i32,
}

/// What is kept of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelState {
    /// Its position.
    pub pts: i32,
    /// Whether its difference was wanted and not ended, or something of it was told and not dealt with: it is asked for at the next
    /// start (UP-81, UP-82).
    pub is_dirty: bool,
}

/// What has changed in what is to be kept. All of it belongs together: it is kept as a whole or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Where the common box is.
    pub common: Option<CommonState>,
    /// Where channels are; `None` for one of which nothing is to be kept any more.
    pub channels: Vec<(i64, Option<ChannelState>)>,
    /// What was learnt of peers; it replaces what was kept of them.
    pub peers: Vec<KnownPeer>,
    /// Peers of which nothing is to be kept any more.
    pub forgotten: Vec<PeerId>,
}

impl Kept {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.common.is_none() && self.channels.is_empty() && self.peers.is_empty()
    }

    /// How a peer is named in a call, if that is known. [`Engine::input_peer`](crate::updates::Engine::input_peer) says it sooner, while
    /// there is one.
    #[must_use]
    pub fn input_peer(&self, account: Option<Account>, peer: PeerId) -> Option<InputPeer> {
        let known = self.peers.get(&peer);
        let contexts = known.into_iter().flat_map(|known| &known.contexts);
        let channels = contexts.filter_map(|(id, _)| self.peers.get(&PeerId::Channel(*id)));
        let mut cache = PeerCache::load(known.into_iter().chain(channels).cloned());
        cache.account(account.and_then(|a| a.id), account.is_some_and(|a| a.is_bot));
        cache.input_peer(peer)
    }
}

impl Checkpoint {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.common.is_none()
            && self.channels.is_empty()
            && self.peers.is_empty()
            && self.forgotten.is_empty()
    }

    /// Adds what has changed since: both applied one after the other do the same. It is as large as what is to be kept, however often
    /// that changes.
    pub fn merge(&mut self, newer: Self) {
        self.common = newer.common.or(self.common);
        let channels: BTreeMap<_, _> = self.channels.drain(..).chain(newer.channels).collect();
        self.channels = channels.into_iter().collect();
        // Within one, what is forgotten counts more than what was learnt.
        let mut peers: BTreeMap<PeerId, Option<KnownPeer>> = BTreeMap::new();
        for (learnt, forgotten) in [
            (std::mem::take(&mut self.peers), std::mem::take(&mut self.forgotten)),
            (newer.peers, newer.forgotten),
        ] {
            peers.extend(learnt.into_iter().map(|peer| (peer.id, Some(peer))));
            peers.extend(forgotten.into_iter().map(|id| (id, None)));
        }
        for (id, peer) in peers {
            match peer {
                Some(peer) => self.peers.push(peer),
                None => self.forgotten.push(id),
            }
        }
    }

    /// Applies it to what was kept.
    pub fn apply_to(&self, kept: &mut Kept) {
        if self.common.is_some() {
            kept.common = self.common;
        }
        for (id, state) in &self.channels {
            match state {
                Some(state) => kept.channels.insert(*id, *state),
                None => kept.channels.remove(id),
            };
        }
        for peer in &self.peers {
            kept.peers.insert(peer.id, peer.clone());
        }
        for id in &self.forgotten {
            kept.peers.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(id: i64, hash: i64) -> KnownPeer {
        KnownPeer { id: PeerId::User(id), access_hash: Some(hash), contexts: vec![] }
    }

    #[test]
    fn up_87_merged_they_do_what_they_do_one_after_the_other() {
        let at = |pts| Some(CommonState { pts, ..CommonState::default() });
        let channel = |pts| Some(ChannelState { pts, is_dirty: false });
        let all = [
            Checkpoint::default(),
            Checkpoint { common: at(1), peers: vec![peer(1, 10)], ..Checkpoint::default() },
            Checkpoint {
                common: at(2),
                channels: vec![(1, channel(5)), (2, channel(6))],
                forgotten: vec![PeerId::User(1)],
                ..Checkpoint::default()
            },
            Checkpoint {
                channels: vec![(1, None), (2, channel(9))],
                peers: vec![peer(1, 11), peer(2, 20)],
                forgotten: vec![PeerId::User(2)],
                ..Checkpoint::default()
            },
        ];
        for first in &all {
            for second in &all {
                for third in &all {
                    let (mut kept, mut at_once) = (Kept::default(), Kept::default());
                    let mut merged = Checkpoint::default();
                    for checkpoint in [first, second, third] {
                        checkpoint.apply_to(&mut kept);
                        merged.merge(checkpoint.clone());
                    }
                    merged.apply_to(&mut at_once);
                    assert_eq!(kept, at_once, "{first:?} {second:?} {third:?}");
                }
            }
        }
    }

    #[test]
    fn up_87_merged_they_are_as_large_as_what_is_kept() {
        let mut merged = Checkpoint::default();
        for pts in 1..1_000 {
            let state = Some(ChannelState { pts, is_dirty: false });
            merged.merge(Checkpoint {
                channels: vec![(7, state)],
                peers: vec![peer(1, pts.into())],
                ..Checkpoint::default()
            });
        }
        assert_eq!((merged.channels.len(), merged.peers), (1, vec![peer(1, 999)]));
    }
}
