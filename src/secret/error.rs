//! How things go wrong in a secret chat: what closes it, what is dropped, what is refused to the application.

use crate::crypto::DhError;

/// What a peer did that ends the chat: it is authentic, so it is the peer's own doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// SC-41.
    #[error("a sequence number {number} has the parity of the other side")]
    Parity {
        /// As on the wire.
        number: i32,
    },
    /// SC-40: below zero, where it counts.
    #[error("a sequence number {number} counts nothing")]
    Number {
        /// As on the wire.
        number: i32,
    },
    /// SC-44.
    #[error("the peer has counted {before} of our messages, and now {now}")]
    InBack {
        /// What it has counted before.
        before: u32,
        /// What it counts now.
        now: u32,
    },
    /// SC-44: a store that was set back on our side looks the same (SC-84).
    #[error("the peer counts {counted} messages of ours, and we made {made}")]
    InAhead {
        /// What it counts.
        counted: u32,
        /// What we made.
        made: u32,
    },
    /// SC-45: a gap that no resend may ask for, or behind which too much waits.
    #[error("{messages} messages are missing or wait behind a gap")]
    Gap {
        /// How many.
        messages: u32,
    },
    /// SC-45.
    #[error("{bytes} bytes wait behind a gap")]
    QueueFull {
        /// How many.
        bytes: usize,
    },
    /// SC-46: parity, order, or what was never made.
    #[error("a resend asks for {start} to {end}, which is no range of our messages")]
    ResendRange {
        /// As on the wire.
        start: i32,
        /// As on the wire.
        end: i32,
    },
    /// SC-46.
    #[error("a resend asks for {count} messages")]
    ResendCount {
        /// How many.
        count: u32,
    },
    /// SC-46: what the peer has acknowledged is no more.
    #[error("a resend asks for message {number}, which the peer has acknowledged")]
    ResendGone {
        /// The first of them.
        number: u32,
    },
}

/// Why a chat is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Closed {
    /// We closed it.
    #[error("we closed the chat")]
    Ours,
    /// The other side closed it, or declined it.
    #[error("the other side closed the chat")]
    Theirs,
    /// Another device of ours took the chat, or it was gone when we accepted it.
    #[error("another device accepted the chat, or it was withdrawn")]
    Elsewhere,
    /// SC-08: somebody stands between, or the server lies. Tell the user.
    #[error("the key's fingerprint is not that of the other side: somebody may stand between")]
    Fingerprint,
    /// SC-03.
    #[error("the other side's number is no good: {0}")]
    Public(DhError),
    /// SC-03: our own number came back.
    #[error("the other side sent our own number")]
    Reflected,
    /// SC-01: the server's numbers.
    #[error("the server's numbers are no good: {0}")]
    Group(DhError),
    /// SC-01: `dhConfigNotModified`, and we hold no such version.
    #[error("the server says that its numbers are those we hold, and we hold none")]
    NoGroup,
    /// SC-03: no exponent gave a number in range.
    #[error("no exponent gives a number in range")]
    NoExponent,
    /// SC-09.
    #[error("the chat is not between us and the other side")]
    Parties,
    /// The server refused the call that the chat hangs on.
    #[error("the server refused the chat")]
    Refused,
    /// A call of ours that the chat cannot do without was refused.
    #[error("the server refused a message that the chat cannot do without")]
    Service,
    /// The peer broke a rule.
    #[error("the other side broke a rule: {0}")]
    Breach(#[from] Breach),
    /// SC-81.
    #[error("the chat belongs to another authorization key")]
    LoggedOut,
    /// SC-84.
    #[error("the store is older than what was sent")]
    StoreBehind,
}

impl Closed {
    /// Whether the key is not that of the other side, or its numbers are no good: somebody may stand between. Tell the person (SC-08).
    #[must_use]
    pub fn is_insecure(self) -> bool {
        match self {
            Self::Fingerprint
            | Self::Public(_)
            | Self::Reflected
            | Self::Group(_)
            | Self::NoGroup
            | Self::NoExponent
            | Self::Parties => true,
            Self::Ours
            | Self::Theirs
            | Self::Elsewhere
            | Self::Refused
            | Self::Service
            | Self::Breach(_)
            | Self::LoggedOut
            | Self::StoreBehind => false,
        }
    }
}

/// Why a packet was dropped, without an end of the chat. They are counted ([`Counts`](super::Counts)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Dropped {
    /// SC-22: all that is wrong before a packet is known to be the peer's.
    #[error("the packet is not authentic")]
    NotAuthentic,
    /// SC-22.
    #[error("the packet is of a key that we do not have")]
    UnknownKey,
    /// SC-43.
    #[error("the message was there before")]
    Repeated,
    /// SC-23.
    #[error("the layer has fewer than 15 random bytes")]
    ShortRandom,
    /// No layer, and nothing that may go without one (SC-31).
    #[error("there is no layer around the message")]
    NoLayer,
    /// SC-55.
    #[error("the packet is of the old key, after the other side had the new one")]
    OldKey,
    /// The chat is not ready, or closed.
    #[error("the chat has no key at the moment")]
    NotReady,
}

/// Why the application cannot have what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The chat is closed.
    #[error("the chat is closed")]
    Closed,
    /// The chat is not there yet; only messages can wait for it.
    #[error("the chat is not ready yet")]
    NotReady,
    /// Nobody asks, or it was accepted already.
    #[error("there is nothing to accept")]
    NothingToAccept,
    /// SC-10.
    #[error("too many messages wait for the chat to be ready")]
    TooManyWaiting,
    /// SC-47: the peer acknowledges nothing.
    #[error("too many messages wait for the other side")]
    TooManyUnacknowledged,
    /// SC-40.
    #[error("the sequence numbers of the chat are used up")]
    NumbersUsedUp,
    /// SC-32: a file above 2,000 MiB.
    #[error("the other side does not know files of this size")]
    FileTooLarge,
    /// A constructor that later layers replaced; it is read and not written.
    #[error("the form of this object is that of an old layer: {0} replaced it")]
    OldForm(&'static str),
}

/// Why a stored chat cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// There is no state among the rows.
    #[error("there is no state among the rows")]
    NoState,
    /// A newer version of the library wrote it.
    #[error("version {0} of the state is not known")]
    Version(u8),
    /// It is damaged.
    #[error("a row of the chat is damaged")]
    Damaged,
}
