//! The end of a connection that callers hold.

use tokio::sync::{mpsc, oneshot};

use crate::rpc::{CallError, Execution, Request};
use crate::tl::{Deserialize, Function, Object};

/// Calls functions over a connection. Clones share it; when the last is dropped, the connection is closed.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
}

/// What a handle asks of the driver.
#[derive(Debug)]
pub(super) enum Command {
    Call { request: Request, reply: Reply },
    Close,
}

pub(super) type Reply = oneshot::Sender<Result<Object, CallError>>;

/// The commands that wait for the driver. A caller waits, instead of them filling the memory.
const CAPACITY: usize = 256;

pub(super) fn channel() -> (Handle, mpsc::Receiver<Command>) {
    let (commands, receiver) = mpsc::channel(CAPACITY);
    (Handle { commands }, receiver)
}

impl Handle {
    /// Calls a function and gives what it returns.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; its [`execution`](CallError::execution) says whether the function ran.
    pub async fn invoke<F: Function>(&self, function: &F) -> Result<F::Return, CallError> {
        let answer = self.call(Request::new(function)).await?;
        F::Return::from_bytes(answer.as_bytes())
            .map_err(|source| CallError::Decode { source, answer: answer.into_bytes().into() })
    }

    /// Makes a request and gives its result as it came.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn call(&self, request: Request) -> Result<Object, CallError> {
        let (reply, answer) = oneshot::channel();
        let never = CallError::Closed { execution: Execution::Never };
        self.commands.send(Command::Call { request, reply }).await.map_err(|_| never)?;
        // The driver answers every call it takes; it may end before it takes this one.
        answer.await.unwrap_or(Err(CallError::Closed { execution: Execution::Maybe }))
    }

    /// Closes the connection. Every request ends.
    pub async fn close(&self) {
        // If the driver is gone, it is closed.
        let _ = self.commands.send(Command::Close).await;
    }
}
