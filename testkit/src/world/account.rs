//! What an account has besides its profile.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use telewire::tl::api::types::PeerNotifySettings;

use crate::world::contacts::Contact;
use crate::world::dialog::Dialog;
use crate::world::mailbox::Mailbox;
use crate::world::notify::NotifyFor;
use crate::world::schedule::Scheduled;
use crate::world::{Peer, Post};

/// What an account has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// Its private chats and basic groups (UM-01).
    pub(crate) common: Mailbox,
    pub(crate) dialogs: BTreeMap<Peer, Dialog>,
    /// The channels that it is in. Their boxes are their own.
    pub(crate) channels: BTreeSet<i64>,
    /// The chats that are above all others, in their order.
    pub(crate) pinned: Vec<Peer>,
    /// In whose name it writes in which supergroup.
    pub(crate) send_as: BTreeMap<Peer, Peer>,
    /// What is to be sent later.
    pub(crate) scheduled: Scheduled,
    /// What it sent, by the number that its client gave: for ever, so that nothing is sent twice (UM-11).
    pub(crate) sent: HashMap<(Peer, i64), Sent>,
    /// What it sent and is another now, by its box and its number there, as it was at first: whoever sends it again is answered so
    /// (UM-11).
    pub(crate) first: HashMap<(Peer, i32), (Peer, Box<Post>)>,
    /// Whom it has in its address book, and how it calls them.
    pub(crate) contacts: BTreeMap<i64, Contact>,
    /// Whom it has blocked, and when.
    pub(crate) blocked: BTreeMap<Peer, i32>,
    /// How it wants to be told of messages.
    pub(crate) notify: BTreeMap<NotifyFor, PeerNotifySettings>,
    /// Where it is told of messages while no client runs: the kinds of tokens, and tokens.
    pub(crate) devices: VecDeque<(i32, String)>,
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

    /// Whether a chat is in its list.
    pub(crate) fn lists(&self, peer: Peer) -> bool {
        match peer {
            Peer::Channel(id) => self.channels.contains(&id),
            Peer::User(_) | Peer::Chat(_) => self.dialogs.get(&peer).is_some_and(Dialog::is_shown),
        }
    }
}
