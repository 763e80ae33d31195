//! What the engine asks for.

use crate::rpc::RpcError;
use crate::tl::Serialize;
use crate::tl::api::functions::updates as functions;

/// A call to make. Its answer goes to [`Engine::handle_answer`](crate::updates::Engine::handle_answer) as it came.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// `updates.getState`
    State(functions::GetState),
    /// `updates.getDifference`
    Difference(functions::GetDifference),
    /// `updates.getChannelDifference`
    ChannelDifference(functions::GetChannelDifference),
}

impl Request {
    /// The bytes of the call.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::State(call) => call.to_bytes(),
            Self::Difference(call) => call.to_bytes(),
            Self::ChannelDifference(call) => call.to_bytes(),
        }
    }
}

/// Which request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(pub(super) u64);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The server answered with an error.
    Rpc(RpcError),
    /// It did not answer.
    Unanswered,
}

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The state to begin with.
    State,
    Difference,
    /// The state, to know what of a difference cannot be read (UP-63).
    Unreadable,
    /// UP-89: nobody needs the answer.
    Confirm,
    /// A channel's difference, from a position.
    Channel {
        id: i64,
        pts: i32,
        /// Which of the calls for channels it is.
        call: u64,
    },
}
