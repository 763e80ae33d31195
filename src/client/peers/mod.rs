//! Whom a call is about: anything that a person writes, or that came from the server, to what names it in a call.
//!
//! ```text
//!  "@ada", "+99 966…", "t.me/…", PeerId, &User, InputPeer ── Into<PeerRef>
//!                                                               │ Client::resolve
//!      read what was written ── known by what came before ── client.input_peer ── one call for all who ask
//!                                    Cache                     updates              resolveUsername, …
//! ```
//!
//! Whoever came with the answer of a verb is known from then on, with the name; what was resolved is kept for [`KEEP_NAMES`]. So a
//! name costs one call, which the server allows few of (<https://core.telegram.org/method/contacts.resolveUsername>), however many
//! ask for it at a time. Access hashes are of one login, and are forgotten with it.

mod cache;
mod error;
mod resolve;
#[cfg(test)]
mod tests;
mod written;

pub(super) use cache::Cache;
pub use cache::KEEP_NAMES;
pub use error::{PeerError, PeerKind};
pub(super) use resolve::{Brings, Place, channel_of, id_of};
pub(super) use written::invite_hash;

use crate::tl::api::enums::{Chat, InputChannel, InputPeer, InputUser, Message, Peer, User};
use crate::tl::api::types;
use crate::updates::PeerId;

/// Whom a call is about, as far as that is known yet: [`Client::resolve`](crate::client::Client::resolve) makes an [`InputPeer`] of
/// it. Verbs take whatever becomes one:
///
/// | from | for example |
/// | --- | --- |
/// | what a person writes | `"me"`, `"@ada"`, `"ada"`, `"+99 966 20001"`, `"t.me/ada"`, `"t.me/+Hash"`, `"t.me/c/12/3"`, `"tg://resolve?domain=ada"` |
/// | ids, also as bots have them | `PeerId::User(5)`, `"user#5"`, `"chat#5"`, `"channel#5"`, `5`, `-5`, `-1000000000005` |
/// | what came | `&User`, `&Chat`, `&Message` (where it is), `&Peer` |
/// | what names it already | `InputPeer`, `InputUser`, `InputChannel` |
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PeerRef {
    /// The account itself: its saved messages.
    Me,
    /// What a person wrote, which is read when it is used.
    Written(String),
    /// A username, without `@`.
    Username(String),
    /// A phone number, by its digits.
    Phone(String),
    /// The hash of a link into a group or channel.
    Invite(String),
    /// Somebody who was met.
    Id(PeerId),
    /// Named already.
    Input(InputPeer),
}

impl PeerRef {
    /// Reads what a person wrote; it may still be that there is nobody.
    ///
    /// # Errors
    ///
    /// [`PeerError::Unreadable`] and [`PeerError::NotAPeer`].
    pub fn read(written: &str) -> Result<Self, PeerError> {
        written::read(written)
    }
}

impl From<&str> for PeerRef {
    fn from(written: &str) -> Self {
        Self::Written(written.to_owned())
    }
}

impl From<String> for PeerRef {
    fn from(written: String) -> Self {
        Self::Written(written)
    }
}

impl From<&String> for PeerRef {
    fn from(written: &String) -> Self {
        Self::Written(written.clone())
    }
}

/// As bots have ids: users above zero, basic groups below, channels below -1,000,000,000,000.
impl From<i64> for PeerRef {
    fn from(id: i64) -> Self {
        written::of_number(id).map_or_else(|| Self::Written(id.to_string()), Self::Id)
    }
}

impl From<PeerId> for PeerRef {
    fn from(id: PeerId) -> Self {
        Self::Id(id)
    }
}

impl From<&Peer> for PeerRef {
    fn from(peer: &Peer) -> Self {
        Self::Id(id_of(peer))
    }
}

impl From<Peer> for PeerRef {
    fn from(peer: Peer) -> Self {
        Self::from(&peer)
    }
}

impl From<InputPeer> for PeerRef {
    fn from(peer: InputPeer) -> Self {
        Self::Input(peer)
    }
}

impl From<&InputPeer> for PeerRef {
    fn from(peer: &InputPeer) -> Self {
        Self::Input(peer.clone())
    }
}

impl From<InputUser> for PeerRef {
    fn from(user: InputUser) -> Self {
        Self::Input(match user {
            InputUser::InputUserEmpty => InputPeer::InputPeerEmpty,
            InputUser::InputUserSelf => return Self::Me,
            InputUser::InputUser(user) => {
                types::InputPeerUser { user_id: user.user_id, access_hash: user.access_hash }.into()
            }
            InputUser::InputUserFromMessage(from) => types::InputPeerUserFromMessage {
                peer: Box::new(from.peer),
                msg_id: from.msg_id,
                user_id: from.user_id,
            }
            .into(),
        })
    }
}

impl From<InputChannel> for PeerRef {
    fn from(channel: InputChannel) -> Self {
        Self::Input(match channel {
            InputChannel::InputChannelEmpty => InputPeer::InputPeerEmpty,
            InputChannel::InputChannel(channel) => {
                let types::InputChannel { channel_id, access_hash } = channel;
                types::InputPeerChannel { channel_id, access_hash }.into()
            }
            InputChannel::InputChannelFromMessage(from) => types::InputPeerChannelFromMessage {
                peer: Box::new(from.peer),
                msg_id: from.msg_id,
                channel_id: from.channel_id,
            }
            .into(),
        })
    }
}

/// With the access hash, unless it is one of a `min` constructor, which names nobody.
impl From<&types::User> for PeerRef {
    fn from(user: &types::User) -> Self {
        match user.access_hash {
            _ if user.self_ => Self::Me,
            Some(access_hash) if !user.min => {
                Self::Input(types::InputPeerUser { user_id: user.id, access_hash }.into())
            }
            _ => Self::Id(PeerId::User(user.id)),
        }
    }
}

impl From<&User> for PeerRef {
    fn from(user: &User) -> Self {
        match user {
            User::User(user) => Self::from(&**user),
            User::UserEmpty(user) => Self::Id(PeerId::User(user.id)),
        }
    }
}

impl From<&types::Channel> for PeerRef {
    fn from(channel: &types::Channel) -> Self {
        match channel.access_hash {
            Some(access_hash) if !channel.min => {
                Self::Input(types::InputPeerChannel { channel_id: channel.id, access_hash }.into())
            }
            _ => Self::Id(PeerId::Channel(channel.id)),
        }
    }
}

impl From<&Chat> for PeerRef {
    fn from(chat: &Chat) -> Self {
        match chat {
            Chat::Channel(channel) => Self::from(&**channel),
            Chat::ChannelForbidden(channel) => {
                let (channel_id, access_hash) = (channel.id, channel.access_hash);
                Self::Input(types::InputPeerChannel { channel_id, access_hash }.into())
            }
            other => Self::Id(PeerId::Chat(other.id())),
        }
    }
}

/// Where the message is.
impl From<&types::Message> for PeerRef {
    fn from(message: &types::Message) -> Self {
        Self::from(&message.peer_id)
    }
}

/// Where the message is.
impl From<&Box<types::Message>> for PeerRef {
    fn from(message: &Box<types::Message>) -> Self {
        Self::from(&message.peer_id)
    }
}

/// Where the message is.
impl From<&Message> for PeerRef {
    fn from(message: &Message) -> Self {
        match message {
            Message::Message(message) => Self::from(&message.peer_id),
            Message::MessageService(message) => Self::from(&message.peer_id),
            Message::MessageEmpty(message) => match &message.peer_id {
                Some(peer) => Self::from(peer),
                None => Self::Input(InputPeer::InputPeerEmpty),
            },
        }
    }
}

impl From<&Self> for PeerRef {
    fn from(peer: &Self) -> Self {
        peer.clone()
    }
}
