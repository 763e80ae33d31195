//! Why a call, or the client, ended without success.

use std::io;

use crate::client::peers::PeerError;
use crate::client::store::StoreError;
use crate::connection::ConnectionError;
use crate::rpc::{CallError, Execution, RpcError, known};

/// Why a call of a client's has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The call failed: the server answered with an error that nothing can be done about here, or nothing was heard of it.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The connection to a data centre could not be kept; no other will be tried for this call.
    #[error("no connection: {0}")]
    Connection(#[from] ConnectionError),
    /// The client stopped, and does nothing any more until somebody logs in again.
    #[error("the client stopped: {0}")]
    Stopped(StopReason),
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
    /// Another reader of [`Client::updates`](crate::client::Client::updates) is there. Drop it first, or
    /// [split](crate::client::Updates::split) it.
    #[error("updates have another reader; drop that one first, or split it")]
    AlreadyListening,
    /// The task behind [`Client::updates`](crate::client::Client::updates) panicked: the runtime has no driver for time, or something is
    /// wrong here. What was not committed comes again.
    #[error("the task that keeps the updates panicked")]
    Panicked,
    /// There was no connection, or the login was not there, within the call's deadline. Nothing was sent.
    #[error("there was no connection in time")]
    NotConnected,
    /// The session could not be kept. What it says is not done yet.
    #[error("the session cannot be kept: {0}")]
    Store(#[from] StoreError),
    /// The server sent the call from one data centre to the next, too often (CF-16).
    #[error("the server sent the call on to another data centre {hops} times")]
    TooManyHops {
        /// How often.
        hops: u32,
    },
    /// The server named a data centre that is not known, and that it does not tell the address of (CF-16).
    #[error("no address is known of data centre {number}")]
    UnknownDc {
        /// Its number, as the server said it.
        number: i64,
    },
    /// What a call to another data centre needs before could not be had: its address, or the login there. The call was not sent.
    #[error("the call could not be prepared: {0}")]
    NotPrepared(Box<Error>),
    /// The call ended so, and may have run before that: it was under way, or had been made already.
    #[error("{0}; the call may have run before that")]
    MayHaveRun(Box<Error>),
    /// Whom the call is about cannot be named in it. It was not sent.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The call ran, and its answer does not have what it should have brought.
    #[error("the call ran, and its answer does not have {what}")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// Nobody runs tokio where this was called: connections, waits and stores need its runtime, with its drivers for I/O and time
    /// (`enable_all`). Nothing was sent.
    #[error("there is no runtime here; call it from within tokio's")]
    NoRuntime,
    /// The operating system has no randomness or no sockets.
    #[error("cannot begin a connection: {0}")]
    Io(io::ErrorKind),
}

/// Why a client stopped for good (CF-17).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StopReason {
    /// `AUTH_KEY_DUPLICATED`: the key was used at two places at once, and is not valid any more.
    #[error(
        "its key was in use at two places at once, and the server has ended the login; log in again"
    )]
    KeyDuplicated,
    /// `AUTH_KEY_UNREGISTERED`: the server does not know of a login with this key any more.
    #[error("the server knows of no login with its key any more; log in again")]
    LoggedOut,
    /// `SESSION_REVOKED` or `SESSION_EXPIRED`: somebody ended the login from another device, or it was not used for long.
    #[error("its login was ended from another device, or has expired; log in again")]
    Revoked,
    /// `USER_DEACTIVATED` or `USER_DEACTIVATED_BAN`: there is no such account any more.
    #[error("the account was deleted or banned")]
    Deactivated,
    /// The server does not know the key at all.
    #[error("the server does not know its key any more; log in again")]
    KeyUnknown,
}

impl Error {
    /// The server's error, if it is one.
    #[must_use]
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            Self::Call(error) => error.rpc(),
            Self::NotPrepared(error) | Self::MayHaveRun(error) => error.rpc(),
            _ => None,
        }
    }

    /// Whether it is a server's error of this name; [`known`] has a constant for each.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.rpc().is_some_and(|error| error.name == name)
    }

    /// What the call ended with, whatever may have run before that.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::MayHaveRun(error) => error.cause(),
            error => error,
        }
    }

    /// Whether the call ran.
    #[must_use]
    pub fn execution(&self) -> Execution {
        match self {
            Self::Call(error) => error.execution(),
            Self::MayHaveRun(_) => Execution::Maybe,
            Self::Missing { .. } => Execution::Ran,
            // Nothing was sent, or what stopped the client refused the call.
            _ => Execution::Never,
        }
    }

    /// The error of a call that may have run before it ended so.
    pub(super) fn of_what_may_have_run(self) -> Self {
        match self {
            error if error.execution() != Execution::Never => error,
            Self::Call(CallError::Rpc(error)) => CallError::RpcRepeated(error).into(),
            error => Self::MayHaveRun(Box::new(error)),
        }
    }

    /// The error of a call that waited for something else to be asked.
    pub(super) fn of_a_preparation(self) -> Self {
        match self {
            Self::Stopped(_) | Self::Closed => self,
            error => Self::NotPrepared(Box::new(error)),
        }
    }
}

impl StopReason {
    /// What an error of the data centre that the account lives in says about the login.
    pub(super) fn of(error: &RpcError) -> Option<Self> {
        Some(match (error.code, error.name.as_str()) {
            (406, known::AUTH_KEY_DUPLICATED) => Self::KeyDuplicated,
            (401, known::AUTH_KEY_UNREGISTERED | known::AUTH_KEY_INVALID) => Self::LoggedOut,
            (401, known::SESSION_REVOKED | known::SESSION_EXPIRED) => Self::Revoked,
            (401, known::USER_DEACTIVATED | known::USER_DEACTIVATED_BAN) => Self::Deactivated,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_what_may_have_run_says_so_and_what_it_is() {
        let refused = RpcError::parse(400, "PEER_ID_INVALID");
        let closed =
            CallError::Closed { execution: Execution::Never, why: crate::rpc::CloseReason::Closed };
        for error in [
            Error::Call(refused.clone().into()),
            Error::Call(closed),
            Error::Stopped(StopReason::KeyUnknown),
            Error::Closed,
            Error::NotConnected,
            Error::Connection(ConnectionError::WrongDc),
            Error::Store(StoreError::Closed),
            Error::TooManyHops { hops: 3 },
            Error::UnknownDc { number: 9 },
            Error::NotPrepared(Box::new(Error::NotConnected)),
            Error::Io(io::ErrorKind::Other),
            Error::NoRuntime,
            Error::Panicked,
        ] {
            let (is_refused, before) = (error.is("PEER_ID_INVALID"), error.clone());
            assert_eq!(error.execution(), Execution::Never);
            let error = error.of_what_may_have_run();
            assert_eq!(error.execution(), Execution::Maybe, "{error}");
            assert_eq!(error.is("PEER_ID_INVALID"), is_refused);
            assert!(is_refused || *error.cause() == before, "{error}");
            // Once is enough.
            assert_eq!(error.clone().of_what_may_have_run(), error);
        }
        let ran = Error::Call(RpcError::parse(500, "RANDOM_ID_DUPLICATE").into());
        assert_eq!(ran.clone().of_what_may_have_run(), ran);
    }

    #[test]
    fn a_call_that_waited_for_something_else_was_not_sent() {
        let lost = Error::Call(CallError::Unknown);
        assert_eq!(lost.execution(), Execution::Maybe);
        let error = lost.of_a_preparation();
        assert_eq!(error.execution(), Execution::Never);
        let flood = Error::Call(RpcError::parse(420, "FLOOD_WAIT_99").into()).of_a_preparation();
        assert!(flood.is("FLOOD_WAIT_X"));
        assert_eq!(Error::Closed.of_a_preparation(), Error::Closed);
    }

    #[test]
    fn cf_17_errors_that_end_a_login_are_told_from_others() {
        for (code, message, reason) in [
            (406, "AUTH_KEY_DUPLICATED", Some(StopReason::KeyDuplicated)),
            (401, "AUTH_KEY_UNREGISTERED", Some(StopReason::LoggedOut)),
            (401, "SESSION_REVOKED", Some(StopReason::Revoked)),
            (401, "SESSION_EXPIRED", Some(StopReason::Revoked)),
            (401, "USER_DEACTIVATED", Some(StopReason::Deactivated)),
            (401, "USER_DEACTIVATED_BAN", Some(StopReason::Deactivated)),
            // A login that is not complete yet, and calls that bots may not make.
            (401, "SESSION_PASSWORD_NEEDED", None),
            (400, "USER_BOT_INVALID", None),
            // Names that stand for something else with another code.
            (400, "USER_DEACTIVATED", None),
            (500, "AUTH_KEY_DUPLICATED", None),
        ] {
            assert_eq!(StopReason::of(&RpcError::parse(code, message)), reason, "{message}");
        }
    }
}
