//! What has to be kept so that nothing is lost when the program ends (UP-80 to UP-83).

use crate::updates::peers::KnownPeer;

/// What was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Where the common box is; `None` if it never was anywhere.
    pub common: Option<CommonState>,
    /// Where the channels are.
    pub channels: Vec<(i64, ChannelState)>,
    /// The peers that are known.
    pub peers: Vec<KnownPeer>,
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
    /// Whether its difference was wanted, and not ended: it is asked for at the next start (UP-81).
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
    pub forgotten: Vec<crate::updates::peers::PeerId>,
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

    /// Applies it to what was kept.
    pub fn apply_to(&self, kept: &mut Kept) {
        if self.common.is_some() {
            kept.common = self.common;
        }
        for (id, state) in &self.channels {
            kept.channels.retain(|(other, _)| other != id);
            kept.channels.extend(state.map(|state| (*id, state)));
        }
        for peer in &self.peers {
            kept.peers.retain(|other| other.id != peer.id);
            kept.peers.push(peer.clone());
        }
        kept.peers.retain(|peer| !self.forgotten.contains(&peer.id));
    }
}
