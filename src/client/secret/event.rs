//! What a reader of secret chats hears.

use crate::crypto::KeyId;
use crate::secret::{Action, Closed, Event, KeyHash, Message, Position, ServerFile, UserId};

/// A secret chat, by its number in this session. The server has another one for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretChatId(pub i32);

/// Something happened in a secret chat.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretEvent {
    /// Where.
    pub chat: SecretChatId,
    /// What.
    pub what: Happened,
    pub(super) number: i64,
}

/// What happened. Its `Debug` tells nothing of what was said.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Happened {
    /// Somebody asks for a chat. Show who, and let a person decide (SC-06).
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
        why: Ending,
        /// The same in words, with what was wrong.
        text: String,
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
    /// The other side does something.
    Action {
        /// Its name.
        random_id: i64,
        /// What.
        action: Action,
        /// Where it stands.
        place: Position,
    },
    /// The other side says something that is not understood (SC-33).
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
        /// As the server says, in seconds since 1970.
        date: i32,
        /// What lies with the server now.
        file: Option<ServerFile>,
    },
    /// The server did not take a message of ours (SC-48).
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
    /// The other side has read what we said until then (SC-71).
    Read {
        /// The date of the last message that was read, in seconds since 1970.
        max_date: i32,
        /// When, the same.
        date: i32,
    },
    /// The other side types. It is not kept.
    Typing,
}

/// Why a chat has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// We closed it.
    Ours,
    /// The other side closed it, or declined it.
    Theirs,
    /// Another device of ours took it, or it was gone when we accepted it.
    Elsewhere,
    /// The key is not that of the other side, or its numbers are no good: somebody may stand between. Tell the person (SC-08).
    Insecure,
    /// The server refused it.
    Refused,
    /// The other side broke a rule of the protocol, or takes more room than there is.
    Breach,
    /// The login that it belonged to has ended (SC-81).
    LoggedOut,
    /// What was kept of it is older than what was sent (SC-84).
    StoreBehind,
}

impl Ending {
    pub(super) const ALL: [Self; 8] = [
        Self::Ours,
        Self::Theirs,
        Self::Elsewhere,
        Self::Insecure,
        Self::Refused,
        Self::Breach,
        Self::LoggedOut,
        Self::StoreBehind,
    ];
}

impl From<Closed> for Ending {
    fn from(why: Closed) -> Self {
        match why {
            Closed::Ours => Self::Ours,
            Closed::Theirs => Self::Theirs,
            Closed::Elsewhere => Self::Elsewhere,
            Closed::Fingerprint
            | Closed::Public(_)
            | Closed::Reflected
            | Closed::Group(_)
            | Closed::NoGroup
            | Closed::NoExponent
            | Closed::Parties => Self::Insecure,
            Closed::Refused | Closed::Service => Self::Refused,
            Closed::Breach(_) => Self::Breach,
            Closed::LoggedOut => Self::LoggedOut,
            Closed::StoreBehind => Self::StoreBehind,
        }
    }
}

impl Happened {
    pub(super) fn closed(why: Closed, delete_history: bool) -> Self {
        Self::Closed { why: why.into(), text: why.to_string(), delete_history }
    }

    /// What the application hears of an event of the machine's; nothing of what only the next chat needs.
    pub(super) fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::Group(_) => return None,
            Event::Offered { by } => Self::Offered { by },
            Event::Ready { hash } => Self::Ready { hash },
            Event::Rekeyed { key } => Self::Rekeyed { key },
            Event::Closed { why, delete_history } => Self::closed(why, delete_history),
            Event::Message { random_id, message, place } => {
                Self::Message { random_id, message, place }
            }
            Event::Action { random_id, action, place } => Self::Action { random_id, action, place },
            Event::Unsupported { layer, is_newer, place } => {
                Self::Unsupported { layer, is_newer, place }
            }
            Event::PeerLayer(layer) => Self::PeerLayer(layer),
            Event::Sent { random_id, date, file } => Self::Sent { random_id, date, file },
            Event::SendFailed { random_id, error } => Self::SendFailed { random_id, error },
            Event::Acknowledged { random_ids } => Self::Acknowledged { random_ids },
            Event::Expired { random_id } => Self::Expired { random_id },
        })
    }
}
