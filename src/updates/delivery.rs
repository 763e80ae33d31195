//! What a reader gets.

use std::sync::Arc;

use crate::tl::api::enums::{Chat, Dialog, EncryptedMessage, Message, Update, User};

/// What has positions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BoxId {
    /// The account's own, counted by `pts`: private chats and basic groups. What is counted by `seq` is told in it too.
    Common,
    /// The one that is counted by `qts`: secret chats, and events for bots.
    Qts,
    /// A channel's or supergroup's.
    Channel(i64),
}

/// Something that happened, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// What it is.
    pub event: Event,
    /// Whose order it stands in. What has no place in any, as that somebody is typing, comes when it comes and cannot be asked for.
    pub line: Option<BoxId>,
    /// Whether it comes as it happens, or after we were away.
    pub arrival: Arrival,
    /// Whether it came with the answer of a call of this client's.
    pub is_own: bool,
    /// The users and chats that were told with it.
    pub peers: Arc<Peers>,
    /// What to give to [`Engine::commit`](crate::updates::Engine::commit) once it is dealt with.
    pub mark: Mark,
}

impl Delivery {
    /// The message that is new, whichever way it came.
    #[must_use]
    pub fn new_message(&self) -> Option<&Message> {
        match &self.event {
            Event::Message(message) => Some(message),
            Event::Update(Update::UpdateNewMessage(new)) => Some(&new.message),
            Event::Update(Update::UpdateNewChannelMessage(new)) => Some(&new.message),
            _ => None,
        }
    }
}

/// Whether something happens now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arrival {
    /// The server sent it as it happened, or it was missing for a moment and was asked for.
    Live,
    /// It happened while we were away.
    CaughtUp,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// An update, as the server sent it. In what was asked for its `pts` says nothing.
    Update(Update),
    /// A message that is new, from what was asked for. The present form of it: it may have been edited since (UP-33).
    Message(Message),
    /// The same, of a secret chat.
    Encrypted(EncryptedMessage),
    /// What happened between two positions of a box cannot be told any more. What of it still stands has to be asked for in other
    /// ways.
    Lost {
        /// The last position that was told.
        from: i32,
        /// The one after which all is told again.
        to: i32,
        /// Why.
        why: Why,
    },
    /// The same, of a channel that has come so far that the server gives its latest messages in place of what happened (UP-57).
    ChannelTooLong {
        /// The last position that was told; 0 if there was none.
        from: i32,
        /// The one after which all is told again.
        to: i32,
        /// The dialog as it is now.
        dialog: Box<Dialog>,
        /// Its latest messages. They are no part of the order: between them and what was told before others may be missing.
        messages: Vec<Message>,
    },
    /// A channel tells nothing any more: it was left, or it is closed to this account.
    ChannelGone {
        /// The name of the error, if that said so.
        error: Option<String>,
    },
    /// The server sent what cannot be read: of a newer layer, or broken. What it was about is asked for again, once.
    Unreadable {
        /// Its first bytes, up to [`Event::SHOWN`].
        bytes: Vec<u8>,
        /// The id of its constructor.
        id: Option<u32>,
        /// At which byte reading ended.
        offset: usize,
    },
}

impl Event {
    /// The bytes that are kept of what cannot be read.
    pub const SHOWN: usize = 4_096;
}

/// Why something was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The server keeps no more of it (UP-35).
    TooLong,
    /// The server has begun its box anew (UP-22, UP-36).
    Reset,
    /// The server does not know of the position (`PERSISTENT_TIMESTAMP_INVALID`).
    Unknown,
    /// The server gave nothing for what is missing before an update (UP-34, UP-58).
    Unfilled,
    /// The event at the position cannot be read (UP-63).
    Unreadable,
    /// It was asked to begin with what happens from now on.
    Skipped,
}

/// The users and chats of a container.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Peers {
    /// The users. Of one that is `min` the access hash is the full one, if that is known (UP-76).
    pub users: Vec<User>,
    /// The chats and channels.
    pub chats: Vec<Chat>,
}

/// Which delivery is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark {
    pub(super) line: Option<BoxId>,
    pub(super) serial: u64,
}
