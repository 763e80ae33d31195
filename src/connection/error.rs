//! Why a link broke, and why a connection is over.

use std::io;

use crate::connection::dial_error::DialError;
use crate::framing::{FrameError, TransportError};
use crate::handshake;
use crate::rpc::CloseReason;
use crate::session::{BindError, Violation};

/// Why a connection is over. It is not over because a link broke: that is mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// No key could be exchanged, several times. The last error is kept.
    #[error("no key could be exchanged: {0}")]
    Handshake(#[from] handshake::Error),
    /// The server refused to exchange a key, several times: the data centre, the server's key or the environment is
    /// another (KX-09).
    #[error("the server refused the key exchange: {0}")]
    Refused(TransportError),
    /// The server says that this is another data centre than the one named (KX-09).
    #[error("the server is another data centre than the one named")]
    WrongDc,
    /// No temporary key could be bound to the permanent one, several times. The last error is kept.
    #[error("no temporary key could be bound: {0}")]
    NotBound(BindError),
    /// The server does not know the permanent key. Whether another is to be made is not decided here: it would be another device.
    #[error("the server does not know the authorization key; log in again")]
    KeyUnknown,
    /// It was closed by [`close`](crate::connection::Connection::close).
    #[error("the connection was closed")]
    Closed,
}

impl From<&ConnectionError> for CloseReason {
    fn from(error: &ConnectionError) -> Self {
        match error {
            ConnectionError::Handshake(_) | ConnectionError::Refused(_) => Self::NoKey,
            ConnectionError::WrongDc => Self::WrongDc,
            ConnectionError::NotBound(_) => Self::NotBound,
            ConnectionError::KeyUnknown => Self::KeyUnknown,
            ConnectionError::Closed => Self::Closed,
        }
    }
}

/// Why a link broke, or was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Disconnected {
    /// The server closed it.
    #[error("the server closed the link")]
    Eof,
    /// The system reported an error.
    #[error("{0}")]
    Io(io::ErrorKind),
    /// A dial failed.
    #[error("{0}")]
    Dial(#[from] DialError),
    /// A dial took too long.
    #[error("the dial took too long")]
    DialTimeout,
    /// CF-01: nothing came, though something was asked.
    #[error("the server has been silent for too long")]
    Silence,
    /// The bytes are not frames.
    #[error("the bytes are no frames: {0}")]
    Framing(#[from] FrameError),
    /// The key exchange failed.
    #[error("the key exchange failed: {0}")]
    Handshake(#[from] handshake::Error),
    /// The server broke a rule of the session.
    #[error("the server broke a rule: {0}")]
    Violation(#[from] Violation),
    /// The server answered with a transport error.
    #[error("the server answered {0}")]
    Transport(TransportError),
    /// The connection was closed.
    #[error("the connection was closed")]
    Closed,
}
