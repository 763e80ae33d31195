//! What a connection tells.

use std::time::Duration;

use crate::connection::config::StoredKey;
use crate::connection::error::{ConnectionError, Disconnected};
use crate::crypto::KeyId;
use crate::framing::Framing;
use crate::handshake;
use crate::session;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// There is a link.
    Connected {
        /// Its framing.
        framing: Framing,
    },
    /// There is no link any more, and one will be made.
    Disconnected {
        /// Why not.
        why: Disconnected,
    },
    /// A step of the exchange of the permanent key.
    Step(Box<handshake::Step>),
    /// The permanent key was made. Keep it before anything else is done with it: it is what a login is tied to.
    KeyCreated(Box<StoredKey>),
    /// With [`Config::pfs`](crate::connection::Config::pfs): a temporary key was bound to the permanent one, and requests
    /// go over it from now on. The server has to be told again who speaks, by `initConnection`.
    KeyBound {
        /// Its name. The key itself is kept nowhere.
        key: KeyId,
        /// After how long it expires. Another will be bound before that.
        expires_in: Duration,
    },
    /// No other temporary key could be made or bound yet. The one at hand is used further, and it will be tried again.
    NotRenewed {
        /// Why not.
        why: ConnectionError,
    },
    /// Something happened in the session. With temporary keys salts are not told: they are theirs, and not to be kept.
    Session(session::Event),
    /// The connection is over, and all its requests have ended.
    Over(ConnectionError),
}

impl Event {
    /// What a session tells, if it is to be told.
    pub(super) fn of_session(event: session::Event, is_temporary: bool) -> Option<Self> {
        let is_salt = matches!(event, session::Event::Salt(_) | session::Event::FutureSalts(_));
        (!(is_salt && is_temporary)).then_some(Self::Session(event))
    }
}
