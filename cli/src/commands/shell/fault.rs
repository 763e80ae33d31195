//! Why a command of the shell failed: a sentence, a code for programs, and an exit code.

use serde_json::{Value, json};
use telewire::client::files::TransferError;
use telewire::client::secret::SecretError;
use telewire::client::{Error, PeerError};
use telewire::rpc::Execution;

use crate::failure::Failure;

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// It was written wrongly: nothing was sent.
    #[error("{0}")]
    Usage(String),
    /// It could not be done.
    #[error("{0}")]
    Failed(String),
    /// Telegram said no.
    #[error("{sentence}")]
    Refused {
        /// The error's code, as 400.
        code: i32,
        /// Its name, as `USERNAME_INVALID`.
        name: String,
        /// All of it.
        sentence: String,
    },
}

impl Fault {
    #[expect(clippy::needless_pass_by_value, reason = "errors are mapped with it")]
    pub(super) fn failed(why: impl ToString) -> Self {
        Self::Failed(why.to_string())
    }

    /// Ctrl-C ended it.
    pub(super) fn interrupted() -> Self {
        Self::failed("interrupted; what was under way may have been done")
    }

    /// The exit code of a process that ends with it.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) | Self::Refused { .. } => 1,
        }
    }

    /// As programs are told.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Usage(why) => json!({"kind": "usage", "message": why}),
            Self::Failed(why) => json!({"kind": "failed", "message": why}),
            Self::Refused { code, name, sentence } => {
                json!({"kind": "telegram", "code": code, "name": name, "message": sentence})
            }
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        if let Error::Peer(PeerError::Unreadable { .. } | PeerError::NotAPeer { .. }) = &error {
            return Self::Usage(error.to_string());
        }
        let maybe = match error.execution() {
            Execution::Maybe => {
                "; it may have been done all the same: look before it is tried again"
            }
            _ => "",
        };
        let sentence = match error.cause() {
            Error::Stopped(_) => format!("{error}; `telewire login` does that"),
            _ => format!("{error}{maybe}"),
        };
        match error.rpc() {
            Some(rpc) => Self::Refused { code: rpc.code, name: rpc.name.clone(), sentence },
            None => Self::Failed(sentence),
        }
    }
}

impl From<PeerError> for Fault {
    fn from(error: PeerError) -> Self {
        Error::from(error).into()
    }
}

impl From<TransferError> for Fault {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Client(error) => error.into(),
            error => Self::failed(error),
        }
    }
}

impl From<SecretError> for Fault {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Client(error) => error.into(),
            SecretError::Transfer(error) => error.into(),
            error => Self::failed(error),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Usage(why) => Self::Input(why),
            fault => Self::Run(fault.to_string()),
        }
    }
}
