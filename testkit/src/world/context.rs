//! Who asks, and who looks.

use std::time::Duration;

use telewire::crypto::KeyId;
use telewire::ids::{DcId, SessionId};
use telewire::rpc::RpcError;
use telewire::server;

/// A key of a data centre's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) dc: DcId,
    pub(crate) key: KeyId,
}

/// Where a call came from, and when; whoever it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) key: Key,
    pub(crate) session: SessionId,
    /// The unix time.
    pub(crate) unix: Duration,
    /// Whether its session is to get updates.
    pub(crate) wants_updates: bool,
}

/// A call of somebody who is logged in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// The account.
    pub(crate) me: i64,
    /// The login's first key, by which access hashes are made.
    pub(crate) by: Key,
    pub(crate) context: Context,
}

/// Who does something, and when: a call, or the time that has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Actor {
    pub(crate) user: i64,
    pub(crate) date: i32,
    /// The key that is answered, and is not told besides.
    pub(crate) key: Option<Key>,
}

/// For whom something is shown: access hashes are of an account and a login (UM-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub(crate) user: i64,
    pub(crate) by: Key,
}

impl Context {
    pub(crate) fn new(dc: DcId, caller: &server::Caller) -> Self {
        Self {
            key: Key { dc, key: caller.key },
            session: caller.session,
            unix: caller.now.unix,
            wants_updates: caller.wants_updates,
        }
    }

    pub(crate) fn dc(&self) -> DcId {
        self.key.dc
    }

    /// The moment as TL has it.
    pub(crate) fn date(&self) -> i32 {
        seconds(self.unix)
    }
}

impl Caller {
    pub(crate) fn viewer(&self) -> Viewer {
        Viewer { user: self.me, by: self.by }
    }

    pub(crate) fn date(&self) -> i32 {
        self.context.date()
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor { user: self.me, date: self.date(), key: Some(self.context.key) }
    }
}

/// An error of a request that cannot be as it is.
pub(crate) fn invalid(name: &str) -> RpcError {
    RpcError::parse(400, name)
}

/// An error of a request that whoever asks has no right to.
pub(crate) fn forbidden(name: &str) -> RpcError {
    RpcError::parse(403, name)
}

/// An error of a request of somebody who has no account, or none any more.
pub(crate) fn unauthorized(name: &str) -> RpcError {
    RpcError::parse(401, name)
}

pub(crate) fn seconds(unix: Duration) -> i32 {
    i32::try_from(unix.as_secs()).unwrap_or(i32::MAX)
}
