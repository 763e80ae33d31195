//! What an account has besides its profile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::world::Peer;
use crate::world::dialog::Dialog;
use crate::world::mailbox::Mailbox;

/// What an account has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// Its private chats and basic groups (UM-01).
    pub(crate) common: Mailbox,
    pub(crate) dialogs: BTreeMap<Peer, Dialog>,
    /// The channels that it is in. Their boxes are their own.
    pub(crate) channels: BTreeSet<i64>,
    /// What it sent, by the number that its client gave: for ever, so that nothing is sent twice (UM-11).
    pub(crate) sent: HashMap<(Peer, i64), Sent>,
}

/// What came of a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) id: i32,
    pub(crate) pts: i32,
    pub(crate) date: i32,
}

impl Account {
    pub(crate) fn dialog(&mut self, peer: Peer) -> &mut Dialog {
        self.dialogs.entry(peer).or_default()
    }
}
