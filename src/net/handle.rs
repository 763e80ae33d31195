//! The end of a connection that callers hold.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::rpc::{CallError, Execution, Request};
use crate::session::Counters;
use crate::tl::{Deserialize, Function, Object};
use crate::trace::{self, in_span};

/// Calls functions over a connection. Clones share it; when the last is dropped, the connection is closed.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    cancels: mpsc::UnboundedSender<Ticket>,
    tickets: Arc<AtomicU64>,
    peer: Peer,
}

/// The address at the other end of the last socket.
type Peer = Arc<Mutex<Option<SocketAddr>>>;

/// The number of a call, before the connection has one for it.
pub(super) type Ticket = u64;

/// What a handle asks of the driver.
#[derive(Debug)]
pub(super) enum Command {
    Call {
        ticket: Ticket,
        request: Request,
        reply: Reply,
    },
    KeyKept,
    ServerTime(oneshot::Sender<Option<Duration>>),
    Counters(oneshot::Sender<Option<Counters>>),
    Close,
    #[cfg(feature = "client")]
    CloseIfIdle,
}

pub(super) type Reply = oneshot::Sender<Result<Object, CallError>>;

/// What the driver hears of its handles.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) commands: mpsc::Receiver<Command>,
    /// The calls that nobody waits for any more; not more than there are calls.
    pub(super) cancels: mpsc::UnboundedReceiver<Ticket>,
    peer: Peer,
}

impl Commands {
    /// Tells the handles where the socket leads.
    pub(super) fn set_peer(&self, peer: Option<SocketAddr>) {
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner) = peer;
    }
}

/// The commands that wait for the driver. A caller waits, instead of them filling the memory.
const CAPACITY: usize = 256;

pub(super) fn channel() -> (Handle, Commands) {
    let (commands, receiver) = mpsc::channel(CAPACITY);
    let (cancels, cancelled) = mpsc::unbounded_channel();
    let peer = Peer::default();
    let handle = Handle { commands, cancels, tickets: Arc::default(), peer: peer.clone() };
    (handle, Commands { commands: receiver, cancels: cancelled, peer })
}

/// Takes a call back when its future is dropped before it is answered (CF-19).
struct Abandon<'a> {
    handle: &'a Handle,
    ticket: Option<Ticket>,
}

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            // If the driver is gone, so is the call.
            let _ = self.handle.cancels.send(ticket);
        }
    }
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
    /// When the future is dropped, the request is taken back: it is not sent any more, or the server is told to drop its
    /// answer. Spawn it as a task of its own if it must go on. With the feature `tracing` the wait is in a span, `call`.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn call(&self, request: Request) -> Result<Object, CallError> {
        let answer = in_span!(debug_span, "call", function = trace::name(&request.body);
            self.answer(request));
        pin!(answer).await
    }

    async fn answer(&self, request: Request) -> Result<Object, CallError> {
        let (reply, answer) = oneshot::channel();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let command = Command::Call { ticket, request, reply };
        self.send(command).await.map_err(|()| CallError::Closed { execution: Execution::Never })?;
        let mut abandon = Abandon { handle: self, ticket: Some(ticket) };
        // The driver answers every call it takes; it may end before it takes this one.
        let answer = answer.await.unwrap_or(Err(CallError::Closed { execution: Execution::Maybe }));
        abandon.ticket = None;
        answer
    }

    /// Gives the driver a command; an error if it is gone. It waits only if there is no room.
    async fn send(&self, command: Command) -> Result<(), ()> {
        match self.commands.try_send(command) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(()),
            Err(TrySendError::Full(command)) => {
                Box::pin(self.commands.send(command)).await.map_err(|_| ())
            }
        }
    }

    /// The new key was stored: see [`Config::hold_new_key`](crate::connection::Config::hold_new_key).
    pub async fn key_kept(&self) {
        // If the driver is gone, nobody uses the key.
        let _ = self.commands.send(Command::KeyKept).await;
    }

    /// The address at the other end of the last socket: of the data centre, or of the proxy before it. `None` before the
    /// first.
    #[must_use]
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the connection, unless requests are under way. Whoever makes one at the same time hears that it was not sent.
    #[cfg(feature = "client")]
    pub(crate) async fn close_if_idle(&self) {
        let _ = self.commands.send(Command::CloseIfIdle).await;
    }

    /// What the session has counted: requests, repetitions, acknowledgements, violations by kind. `None` if there is no session
    /// yet, or none any more.
    pub async fn counters(&self) -> Option<Counters> {
        self.ask(Command::Counters).await
    }

    /// What the server's clock shows, since 1970. `None` if there is no session yet, or none any more.
    pub async fn server_unix(&self) -> Option<Duration> {
        self.ask(Command::ServerTime).await
    }

    async fn ask<T>(&self, what: fn(oneshot::Sender<Option<T>>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.send(what(reply)).await.ok()?;
        answer.await.ok().flatten()
    }

    /// Closes the connection. Every request ends.
    pub async fn close(&self) {
        // If the driver is gone, it is closed.
        let _ = self.commands.send(Command::Close).await;
    }
}
