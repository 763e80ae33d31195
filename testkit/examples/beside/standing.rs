//! How chats stand, as words that another program compares: what is said, what is pinned, and up to where was read.
//!
//! | key | value |
//! | --- | --- |
//! | `common 7`, `channel:5 7` | the text of a message, `-` for one that says what happened; the account's own box has one row of numbers for all of its chats |
//! | `common 7 pinned` | `yes`; there is none if it is not |
//! | `user:3 inbox`, `chat:4 outbox`, `channel:5 inbox` | the last message that was read there; there is none if nothing was |

use std::collections::BTreeMap;

use telewire::tl::api::enums::{Message, Peer, Update};
use telewire::updates::{BoxId, Event};

/// A chat, as Ada names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    User(i64),
    Chat(i64),
    Channel(i64),
}

impl Place {
    pub(crate) fn of(peer: &Peer) -> Self {
        match peer {
            Peer::PeerUser(of) => Self::User(of.user_id),
            Peer::PeerChat(of) => Self::Chat(of.chat_id),
            Peer::PeerChannel(of) => Self::Channel(of.channel_id),
            // There is no other, and then nobody would have said anything there.
            _ => Self::User(0),
        }
    }

    pub(crate) fn is_channel(self) -> bool {
        matches!(self, Self::Channel(_))
    }

    /// The box that its messages are in.
    pub(crate) fn line(self) -> String {
        match self {
            Self::Channel(id) => format!("channel:{id}"),
            _ => "common".into(),
        }
    }

    pub(crate) fn message(self, id: i32) -> String {
        format!("{} {id}", self.line())
    }

    pub(crate) fn pinned(self, id: i32) -> String {
        format!("{} {id} pinned", self.line())
    }

    pub(crate) fn read(self, side: &str) -> String {
        match self {
            Self::User(id) => format!("user:{id} {side}"),
            Self::Chat(id) => format!("chat:{id} {side}"),
            Self::Channel(id) => format!("channel:{id} {side}"),
        }
    }
}

/// See [the module](self).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing(pub(crate) BTreeMap<String, String>);

impl Standing {
    /// A message, as it is.
    pub(crate) fn put(&mut self, message: &Message) {
        let (peer, id, text, is_pinned) = match message {
            Message::Message(of) => (&of.peer_id, of.id, of.message.clone(), of.pinned),
            Message::MessageService(of) => (&of.peer_id, of.id, "-".into(), false),
            _ => return,
        };
        let place = Place::of(peer);
        self.0.insert(place.message(id), text);
        self.pin(place, id, is_pinned);
    }

    fn pin(&mut self, place: Place, id: i32, is_pinned: bool) {
        if is_pinned {
            self.0.insert(place.pinned(id), "yes".into());
        } else {
            self.0.remove(&place.pinned(id));
        }
    }

    pub(crate) fn read(&mut self, place: Place, side: &str, max_id: i32) {
        if max_id > 0 {
            self.0.insert(place.read(side), max_id.to_string());
        }
    }

    fn delete(&mut self, line: &str, ids: &[i32]) {
        for id in ids {
            self.0.remove(&format!("{line} {id}"));
            self.0.remove(&format!("{line} {id} pinned"));
        }
    }

    /// What an application makes of an event. A channel that is too long has to be asked for: that one is given back.
    pub(crate) fn take(&mut self, line: Option<BoxId>, event: &Event) -> Option<i64> {
        let update = match event {
            Event::Message(message) => {
                self.put(message);
                return None;
            }
            Event::ChannelTooLong { .. } | Event::Lost { .. } => {
                return match line {
                    Some(BoxId::Channel(id)) => Some(id),
                    _ => None,
                };
            }
            Event::Update(update) => update,
            _ => return None,
        };
        match update {
            Update::UpdateNewMessage(of) => self.put(&of.message),
            Update::UpdateNewChannelMessage(of) => self.put(&of.message),
            Update::UpdateEditMessage(of) => self.put(&of.message),
            Update::UpdateEditChannelMessage(of) => self.put(&of.message),
            Update::UpdateDeleteMessages(of) => self.delete("common", &of.messages),
            Update::UpdateDeleteChannelMessages(of) => {
                self.delete(&Place::Channel(of.channel_id).line(), &of.messages);
            }
            Update::UpdatePinnedMessages(of) => {
                let place = Place::of(&of.peer);
                of.messages.iter().for_each(|id| self.pin(place, *id, of.pinned));
            }
            Update::UpdatePinnedChannelMessages(of) => {
                let place = Place::Channel(of.channel_id);
                of.messages.iter().for_each(|id| self.pin(place, *id, of.pinned));
            }
            Update::UpdateReadHistoryInbox(of) => {
                self.read(Place::of(&of.peer), "inbox", of.max_id);
            }
            Update::UpdateReadHistoryOutbox(of) => {
                self.read(Place::of(&of.peer), "outbox", of.max_id);
            }
            Update::UpdateReadChannelInbox(of) => {
                self.read(Place::Channel(of.channel_id), "inbox", of.max_id);
            }
            _ => {}
        }
        None
    }

    /// Forgets what is known of a channel's messages, which is asked for anew.
    pub(crate) fn forget(&mut self, channel: i64) {
        let line = format!("{} ", Place::Channel(channel).line());
        self.0.retain(|key, _| !key.starts_with(&line) || key.ends_with(" inbox"));
    }

    /// Where this is not as another.
    pub(crate) fn differs(&self, other: &Self) -> Vec<(String, Option<String>, Option<String>)> {
        let keys = self.0.keys().chain(other.0.keys().filter(|key| !self.0.contains_key(*key)));
        let both =
            keys.map(|key| (key.clone(), self.0.get(key).cloned(), other.0.get(key).cloned()));
        both.filter(|(_, one, two)| one != two).collect()
    }
}
