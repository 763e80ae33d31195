//! What a connection tells.

use crate::connection::config::StoredKey;
use crate::connection::error::{ConnectionError, Disconnected};
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
    /// A step of the key exchange.
    Step(Box<handshake::Step>),
    /// A key was made. Keep it before anything else is done with it: it is what a login is tied to.
    KeyCreated(Box<StoredKey>),
    /// Something happened in the session.
    Session(session::Event),
    /// The connection is over, and all its requests have ended.
    Over(ConnectionError),
}
