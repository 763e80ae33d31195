//! What a session tells.

use crate::ids::Salt;
use crate::rpc::{CallError, CallId};
use crate::session::salts::TimedSalt;
use crate::tl::Object;

/// Something that happened in a session.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A request has ended.
    Answer {
        /// Which.
        call: CallId,
        /// The result as it came, to be decoded as what the function returns; or why there is none.
        result: Result<Object, CallError>,
    },
    /// The server has received a request that asked for a quick acknowledgement. It is not authentic: show it, and rely on
    /// the answer.
    QuickAck {
        /// Which.
        call: CallId,
    },
    /// The server sent something that nobody asked for: an update, of a type that only the API knows.
    Update(Object),
    /// The server began a session: before the first message that it knows, it may have lost updates. Ask for the
    /// difference.
    NewSession {
        /// The number that it chose.
        unique_id: i64,
    },
    /// A message was dropped because its time is not now. It may have been an update: ask for the difference.
    Missed,
    /// The server refused a message with a code that says we made a mistake. What it named is sent again.
    Refused {
        /// The code of the `bad_msg_notification`.
        code: i32,
    },
    /// The salt to use next time has changed.
    Salt(Salt),
    /// The server told the salts to come.
    FutureSalts(Vec<TimedSalt>),
}
