//! Why a dial failed, and how far it had come.

use std::fmt;
use std::io;

use crate::framing::fake_tls::FakeTlsError;

/// Why a dial failed: the stage says with whom it has to do, the fault what happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{stage}: {fault}")]
pub struct DialError {
    /// How far it had come.
    pub stage: DialStage,
    /// What happened.
    pub fault: DialFault,
}

/// The stages of a dial, in order. Which there are depends on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DialStage {
    /// A name is looked up.
    Resolve,
    /// A TCP connection is made.
    Connect,
    /// The SOCKS5 proxy is greeted.
    ProxyGreeting,
    /// The proxy looks at name and password.
    ProxyAuth,
    /// The proxy is asked to connect.
    ProxyConnect,
    /// TLS is agreed on.
    Tls,
    /// The HTTP connection becomes a WebSocket.
    WebSocketUpgrade,
    /// The MTProto proxy answers the ClientHello of fake TLS.
    FakeTlsHello,
}

impl fmt::Display for DialStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Resolve => "looking up the name",
            Self::Connect => "connecting",
            Self::ProxyGreeting => "greeting the SOCKS5 proxy",
            Self::ProxyAuth => "logging in to the proxy",
            Self::ProxyConnect => "asking the proxy to connect",
            Self::Tls => "agreeing on TLS",
            Self::WebSocketUpgrade => "asking for a WebSocket",
            Self::FakeTlsHello => "greeting the MTProto proxy",
        })
    }
}

/// What happened in a stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialFault {
    /// The system reported an error.
    #[error("{0}")]
    Io(io::ErrorKind),
    /// It took too long.
    #[error("no answer in time")]
    Deadline,
    /// The other end closed the connection.
    #[error("the connection was closed")]
    Closed,
    /// The other end refused, for this reason.
    #[error("refused: {0}")]
    Refused(String),
    /// What the other end answered is not of the protocol.
    #[error("the answer is no such answer: {0}")]
    Rubbish(String),
    /// The answer of an MTProto proxy breaks a rule of fake TLS.
    #[error("{0}")]
    FakeTls(#[from] FakeTlsError),
}

impl From<io::Error> for DialFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            kind => Self::Io(kind),
        }
    }
}
