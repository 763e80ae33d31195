//! How a client stands, for those who watch.

use crate::client::error::StopReason;
use crate::connection::{ConnectionError, Disconnected};

/// How a client stands with the data centre that its account lives in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// There is no connection: nothing was asked of it yet, or not since the last one was closed, by a log-out for example.
    #[default]
    Idle,
    /// A connection is being made.
    Connecting,
    /// There is one.
    Online,
    /// There is none any more, and another is being made.
    Offline {
        /// Why it broke.
        why: Disconnected,
    },
    /// The connection ended with an error that another socket does not mend. The next call tries again.
    Failed(ConnectionError),
    /// It stopped, and nothing will be tried any more.
    Stopped(StopReason),
    /// It was closed.
    Closed,
}
