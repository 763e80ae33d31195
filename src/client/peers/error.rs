//! Why somebody cannot be named in a call.

use std::fmt;

use crate::updates::PeerId;

/// Why a peer cannot be named in a call, or not in this one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    /// What was written is no name, number or link.
    #[error("{written:?} names nobody; write @name, +phone, a t.me link, an id or `me`")]
    Unreadable {
        /// What was written.
        written: String,
    },
    /// A link of Telegram's that leads to something else: stickers, a proxy.
    #[error("the link {link:?} leads to no user, group or channel")]
    NotAPeer {
        /// The link.
        link: String,
    },
    /// Nobody has this name, phone number or link, as the server says: it may be hidden from this account.
    #[error("nobody is found as {written:?}")]
    Nobody {
        /// What was looked for.
        written: String,
    },
    /// The account has not met who has this id. Name them by `@name` or phone, or have their message come first.
    #[error("{id:?} was not met yet; name it by its username, or list the chat that it is in")]
    Unknown {
        /// Who.
        id: PeerId,
    },
    /// The link leads to a group or channel that the account is not in. Join it first.
    #[error("the account is not in {title:?}; join it first")]
    NotJoined {
        /// What it is called.
        title: String,
    },
    /// The call is not for what was named.
    #[error("this is for {expected}, and not for {found}")]
    Wrong {
        /// What the call is for.
        expected: PeerKind,
        /// What was named.
        found: PeerKind,
    },
}

/// What a peer is, as far as calls differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PeerKind {
    /// A user or a bot.
    User,
    /// A basic group.
    Chat,
    /// A channel or a supergroup.
    Channel,
    /// A group of either kind, or a channel.
    Group,
    /// `inputPeerEmpty`.
    Nobody,
}

impl fmt::Display for PeerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "users",
            Self::Chat => "basic groups",
            Self::Channel => "channels and supergroups",
            Self::Group => "groups and channels",
            Self::Nobody => "nobody",
        })
    }
}
