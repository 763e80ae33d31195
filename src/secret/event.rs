//! What the application hears of a chat.

use crate::crypto::KeyId;
use crate::secret::content::{Action, Message};
use crate::secret::error::{Breach, Closed, Dropped};
use crate::secret::picture::KeyHash;
use crate::secret::types::{ServerFile, UserId};

/// Something happened. Events are in [`Batch`](super::Batch)es: they are stored with what they come from, or did not happen.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Somebody asks for a chat. Show who, and let a person [accept](super::Chat::accept) it or not (SC-06).
    Offered {
        /// Who.
        by: UserId,
    },
    /// The chat has a key.
    Ready {
        /// What both sides compare.
        hash: KeyHash,
    },
    /// The chat has another key. The picture stays (SC-57).
    Rekeyed {
        /// The name of the new key.
        key: KeyId,
    },
    /// The chat is at its end: nothing more comes of it.
    Closed {
        /// Why.
        why: Closed,
        /// The other side wants the history deleted (SC-11).
        delete_history: bool,
    },
    /// The other side says something.
    Message {
        /// Its name.
        random_id: i64,
        /// What.
        message: Box<Message>,
        /// Where it stands.
        place: Position,
    },
    /// The other side does something. Ids name messages of this chat alone (SC-71).
    Action {
        /// Its name.
        random_id: i64,
        /// What.
        action: Action,
        /// Where it stands: [`Action::Flush`] is for what stands before it (SC-72).
        place: Position,
    },
    /// The other side says something that we do not understand (SC-33).
    Unsupported {
        /// The layer that it is said to be of.
        layer: i32,
        /// The layer is later than ours: an update may help.
        is_newer: bool,
        /// Where it stands.
        place: Position,
    },
    /// The other side speaks another layer than was known.
    PeerLayer(i32),
    /// The server has a message of ours.
    Sent {
        /// Its name.
        random_id: i64,
        /// As the server says.
        date: i32,
        /// What lies with the server now.
        file: Option<ServerFile>,
    },
    /// The server did not take a message of ours, and its place says so to the other side (SC-48).
    SendFailed {
        /// Its name.
        random_id: i64,
        /// The error's name.
        error: String,
    },
    /// The other side has these messages of ours (SC-47).
    Acknowledged {
        /// Their names.
        random_ids: Vec<i64>,
    },
    /// The timer of this message has run out: delete it, before anything is shown (SC-70).
    Expired {
        /// Its name.
        random_id: i64,
    },
    /// The other side has read what we said until then (SC-71). The server says it beside the chat: whoever drives a chat tells it.
    Read {
        /// The date of the last message that was read, in seconds since 1970.
        max_date: i32,
        /// When, the same.
        date: i32,
    },
    /// The other side types (SC-73). The server says that beside the chat too, and it is not kept.
    Typing,
}

/// Where a message of the other side stands among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// It follows so many messages of ours (SC-44).
    pub after_ours: u32,
    /// So many of the other side's were before.
    pub number: u32,
    /// When the server had it, as the server says (SC-24).
    pub date: i32,
    /// What lies with the server.
    pub file: Option<ServerFile>,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Receipt {
    /// It was processed.
    Taken,
    /// It waits behind a gap (SC-45).
    Ahead,
    /// It waits for the chat's key.
    Early,
    /// It was dropped.
    Dropped(Dropped),
    /// It ended the chat.
    Closed(Breach),
}

/// How often what was dropped, and what was odd.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// [`Dropped::NotAuthentic`].
    pub not_authentic: u64,
    /// [`Dropped::UnknownKey`].
    pub unknown_key: u64,
    /// [`Dropped::Repeated`].
    pub repeated: u64,
    /// [`Dropped::ShortRandom`].
    pub short_random: u64,
    /// [`Dropped::NoLayer`].
    pub no_layer: u64,
    /// [`Dropped::OldKey`].
    pub old_key: u64,
    /// [`Dropped::NotReady`].
    pub not_ready: u64,
    /// A layer lower than that of an earlier message (SC-34).
    pub lower_layer: u64,
    /// A word about keys in a state that has no use for it (SC-56).
    pub odd_rekeying: u64,
}

impl Counts {
    pub(super) fn count(&mut self, dropped: Dropped) {
        let count = match dropped {
            Dropped::NotAuthentic => &mut self.not_authentic,
            Dropped::UnknownKey => &mut self.unknown_key,
            Dropped::Repeated => &mut self.repeated,
            Dropped::ShortRandom => &mut self.short_random,
            Dropped::NoLayer => &mut self.no_layer,
            Dropped::OldKey => &mut self.old_key,
            Dropped::NotReady => &mut self.not_ready,
        };
        *count += 1;
    }
}
