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
    /// The server sent something that nobody asked for: an update, of a type that only the API knows.
    Update(Object),
    /// The server began a session: before the first message that it knows, it may have lost updates.
    NewSession {
        /// The number that it chose.
        unique_id: i64,
    },
    /// The salt to use next time has changed.
    Salt(Salt),
    /// The server told the salts to come.
    FutureSalts(Vec<TimedSalt>),
}
