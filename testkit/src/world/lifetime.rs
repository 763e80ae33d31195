//! Messages that go by themselves after a while: <https://core.telegram.org/method/messages.setHistoryTTL>.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{Peer, PostId};

/// The periods of chats, and when which message goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lifetimes {
    periods: BTreeMap<Talk, i32>,
    ends: BTreeSet<(i32, PostId)>,
}

/// A chat, whoever looks at it: two people have one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Talk {
    Of(i64, i64),
    In(Peer),
}

impl Talk {
    fn of(me: i64, peer: Peer) -> Self {
        match peer {
            Peer::User(other) => Self::Of(me.min(other), me.max(other)),
            Peer::Chat(_) | Peer::Channel(_) => Self::In(peer),
        }
    }
}

impl Lifetimes {
    /// For how many seconds what is said in a chat from now on stays; `None` for always.
    pub(crate) fn period(&self, me: i64, peer: Peer) -> Option<i32> {
        self.periods.get(&Talk::of(me, peer)).copied()
    }

    /// 0 is for always.
    pub(crate) fn set_period(&mut self, me: i64, peer: Peer, seconds: i32) {
        let talk = Talk::of(me, peer);
        match seconds {
            0 => drop(self.periods.remove(&talk)),
            _ => drop(self.periods.insert(talk, seconds)),
        }
    }

    /// A message goes at a moment.
    pub(crate) fn end(&mut self, post: PostId, at: i32) {
        self.ends.insert((at, post));
    }

    /// The next one, and when it goes.
    pub(crate) fn next(&self) -> Option<(i32, PostId)> {
        self.ends.first().copied()
    }

    pub(crate) fn forget_next(&mut self) {
        self.ends.pop_first();
    }
}
