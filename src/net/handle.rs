//! The end of a connection that callers hold.

use std::borrow::Borrow;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::connection::ConnectionError;
use crate::rpc::{CallError, CallId, CloseReason, Execution, Request};
use crate::session::Counters;
use crate::tl::{Deserialize, Function, Object};
use crate::trace::{self, in_span};

/// Calls functions over a connection. Clones share it; when the last is dropped, the connection is closed.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    cancels: mpsc::UnboundedSender<CallId>,
    shared: Arc<Shared>,
}

/// What the handles of a connection and its driver share.
#[derive(Debug, Default)]
struct Shared {
    /// The number of the next call. It is held while a call is given to the driver, so that calls come there in the order of
    /// their numbers.
    next: Mutex<u64>,
    /// The bytes of the requests that the driver has not taken yet.
    bytes: AtomicUsize,
    /// How often bytes went over the socket, either way.
    moves: AtomicU64,
    /// The address at the other end of the last socket.
    peer: Mutex<Option<SocketAddr>>,
    /// Why the connection is over, once it is.
    over: OnceLock<CloseReason>,
}

/// What a handle asks of the driver.
#[derive(Debug)]
pub(super) enum Command {
    Call(Call),
    KeyKept,
    ServerTime(oneshot::Sender<Option<Duration>>),
    Counters(oneshot::Sender<Option<Counters>>),
    Close,
    #[cfg(feature = "client")]
    CloseIfIdle,
}

/// A request on its way to the driver.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) number: CallId,
    pub(super) request: Request,
    pub(super) reply: Reply,
    pub(super) received: Option<oneshot::Sender<()>>,
}

pub(super) type Answer = Result<Object, CallError>;

pub(super) type Reply = oneshot::Sender<Answer>;

/// What the driver hears of its handles.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) commands: mpsc::Receiver<Command>,
    /// The calls that nobody waits for any more; not more than there are calls.
    pub(super) cancels: mpsc::UnboundedReceiver<CallId>,
    shared: Arc<Shared>,
}

impl Commands {
    /// Tells the handles where the socket leads.
    pub(super) fn set_peer(&self, peer: Option<SocketAddr>) {
        *self.shared.peer.lock().unwrap_or_else(PoisonError::into_inner) = peer;
    }

    /// Bytes went over the socket.
    pub(super) fn moved(&self) {
        self.shared.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells the handles why the connection is over.
    pub(super) fn set_over(&self, error: &ConnectionError) {
        let _ = self.shared.over.set(CloseReason::from(error));
    }

    /// A request was taken: there is room for others.
    pub(super) fn took(&self, request: &Request) {
        self.shared.bytes.fetch_sub(request.body.len(), Ordering::Relaxed);
    }
}

/// The commands that wait for the driver. A caller waits, instead of them filling the memory.
const CAPACITY: usize = 256;

/// The bytes of the requests that wait for the driver, or for room among [`CAPACITY`]: 64 of the largest. A caller who waits
/// holds his request all the same, so more are refused.
const CAPACITY_BYTES: usize = 64 << 20;

pub(super) fn channel() -> (Handle, Commands) {
    let (commands, receiver) = mpsc::channel(CAPACITY);
    let (cancels, cancelled) = mpsc::unbounded_channel();
    let shared = Arc::<Shared>::default();
    let handle = Handle { commands, cancels, shared: shared.clone() };
    (handle, Commands { commands: receiver, cancels: cancelled, shared })
}

/// The bytes of a request that waits for room, given back if it waits no longer.
struct Room<'a> {
    shared: &'a Shared,
    bytes: usize,
}

impl<'a> Room<'a> {
    fn take(shared: &'a Shared, bytes: usize) -> Result<Self, CallError> {
        // It is no lock: whoever comes when it is exceeded gives back what he took.
        let before = shared.bytes.fetch_add(bytes, Ordering::Relaxed);
        let room = Self { shared, bytes };
        // One goes always, and is refused for its size elsewhere.
        let has_room = before == 0 || before.saturating_add(bytes) <= CAPACITY_BYTES;
        if has_room { Ok(room) } else { Err(CallError::Full) }
    }

    /// The driver will give it back.
    fn hand_over(mut self) {
        self.bytes = 0;
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.shared.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A call that was started: a future of its result as it came.
///
/// ```no_run
/// # use telewire::net::Handle;
/// # use telewire::rpc::{CallError, Request};
/// # use telewire::tl::mtproto::functions::Ping;
/// # async fn f(handle: Handle) -> Result<(), CallError> {
/// let first = handle.start(Request::new(&Ping { ping_id: 1 })).await?;
/// // It runs after the first one, and tells when the server has received it.
/// let request = Request::new(&Ping { ping_id: 2 }).after(first.id()).with_quick_ack();
/// let mut second = handle.start(request).await?;
/// let is_received = second.received().await;
/// let (first, second) = (first.await?, second.await?);
/// # Ok(()) }
/// ```
///
/// # Cancel safety
///
/// It may be polled here and there, and keeps the connection open as a [`Handle`] does. When it is dropped before it is ready,
/// the call is taken back, as that of [`Handle::call`] is.
#[derive(Debug)]
#[must_use = "a call that nobody waits for is taken back"]
pub struct Pending {
    answer: Waiting<Handle>,
    received: Option<oneshot::Receiver<()>>,
}

impl Pending {
    /// Its number, by which [`Request::after`] names it, and the
    /// [quick acknowledgement](crate::session::Event::QuickAck) among the events. Other connections have the same numbers.
    pub fn id(&self) -> CallId {
        self.answer.number
    }

    /// Waits until the server has received the request, by a quick acknowledgement: true. False if none comes any more, because
    /// the call has ended, or because none was [asked for](Request::with_quick_ack). It is not authentic: show it, and rely on the
    /// answer.
    ///
    /// A framing that has no quick acknowledgements, or a link that breaks, leaves it waiting until the call ends.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when this is dropped before it is ready; after it was true it is false.
    pub async fn received(&mut self) -> bool {
        let Some(received) = &mut self.received else { return false };
        let is_received = received.await.is_ok();
        self.received = None;
        is_received
    }
}

impl Future for Pending {
    type Output = Result<Object, CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(cx)
    }
}

/// Waits for an answer. Takes the call back when it is dropped before (CF-19).
#[derive(Debug)]
struct Waiting<H: Borrow<Handle> + Unpin> {
    number: CallId,
    handle: H,
    /// None once it has come.
    answer: Option<oneshot::Receiver<Answer>>,
}

impl<H: Borrow<Handle> + Unpin> Future for Waiting<H> {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let Some(answer) = &mut self.answer else { return Poll::Pending };
        let answer = ready!(Pin::new(answer).poll(cx));
        self.answer = None;
        // The driver answers every call it takes; it may end before it takes this one.
        let closed = || self.handle.borrow().shared.closed(Execution::Maybe);
        Poll::Ready(answer.unwrap_or_else(|_| Err(closed())))
    }
}

impl<H: Borrow<Handle> + Unpin> Drop for Waiting<H> {
    fn drop(&mut self) {
        if let Some(mut answer) = self.answer.take() {
            // The driver looks at this before it begins a call that waits in the channel.
            answer.close();
            // If the driver is gone, so is the call.
            let _ = self.handle.borrow().cancels.send(self.number);
        }
    }
}

/// A request that was given to the driver.
struct Given {
    number: CallId,
    answer: oneshot::Receiver<Answer>,
    received: Option<oneshot::Receiver<()>>,
}

impl Shared {
    fn closed(&self, execution: Execution) -> CallError {
        let why = self.over.get().copied().unwrap_or(CloseReason::DriverGone);
        CallError::Closed { execution, why }
    }
}

impl Handle {
    /// Calls a function and gives what it returns.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; its [`execution`](CallError::execution) says whether the function ran.
    ///
    /// # Cancel safety
    ///
    /// As [`call`](Self::call).
    pub async fn invoke<F: Function>(&self, function: &F) -> Result<F::Return, CallError> {
        let answer = self.call(Request::new(function)).await?;
        F::Return::from_bytes(answer.as_bytes())
            .map_err(|source| CallError::Decode { source, answer: answer.into_bytes().into() })
    }

    /// Makes a request and gives its result as it came. With the feature `tracing` the wait is in a span, `call`.
    ///
    /// # Errors
    ///
    /// See [`CallError`]. [`CallError::Full`] if the requests that wait to be taken have 64 MiB already.
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped, the request is taken back: it is not sent any more, or the server is told to drop its
    /// answer. Spawn it as a task of its own if it must go on.
    pub async fn call(&self, request: Request) -> Result<Object, CallError> {
        let answer = in_span!(debug_span, "call", function = trace::name(&request.body);
            self.answer(request));
        pin!(answer).await
    }

    async fn answer(&self, request: Request) -> Result<Object, CallError> {
        let Given { number, answer, .. } = self.give(request).await?;
        Waiting { number, handle: self, answer: Some(answer) }.await
    }

    /// Begins a call, and waits only for the driver to have room for it: the future that this gives waits for its result, and
    /// has the call's number.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), as far as the request was not given to the driver.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, no call was made.
    pub async fn start(&self, request: Request) -> Result<Pending, CallError> {
        let Given { number, answer, received } = self.give(request).await?;
        let answer = Waiting { number, handle: self.clone(), answer: Some(answer) };
        Ok(Pending { answer, received })
    }

    /// Gives a request to the driver.
    async fn give(&self, request: Request) -> Result<Given, CallError> {
        let closed = || self.shared.closed(Execution::Never);
        let room = match Room::take(&self.shared, request.body.len()) {
            // A driver that is gone makes no room.
            Err(_) if self.commands.is_closed() => return Err(closed()),
            room => room?,
        };
        let place = match self.commands.try_reserve() {
            Ok(place) => place,
            Err(TrySendError::Closed(())) => return Err(closed()),
            Err(TrySendError::Full(())) => {
                Box::pin(self.commands.reserve()).await.map_err(|_| closed())?
            }
        };
        let (reply, answer) = oneshot::channel();
        let (tells, received) = request.quick_ack.then(oneshot::channel).unzip();
        let mut next = self.shared.next.lock().unwrap_or_else(PoisonError::into_inner);
        let number = CallId(*next);
        *next += 1;
        place.send(Command::Call(Call { number, request, reply, received: tells }));
        drop(next);
        room.hand_over();
        Ok(Given { number, answer, received })
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
        *self.shared.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often bytes went over the socket, either way: whether it stands still.
    #[cfg(feature = "client")]
    pub(crate) fn moves(&self) -> u64 {
        self.shared.moves.load(Ordering::Relaxed)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::Repeat;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    /// What finds a call by its number relies on it.
    #[test]
    fn calls_come_to_the_driver_in_the_order_of_their_numbers() {
        let (handle, mut commands) = channel();
        let mut threads = Vec::new();
        for _ in 0..4 {
            let handle = handle.clone();
            threads.push(std::thread::spawn(move || {
                block_on(async {
                    for _ in 0..2_000 {
                        let request = Request::from_bytes(vec![1; 4], Repeat::Safe);
                        std::mem::forget(handle.start(request).await.unwrap());
                    }
                });
            }));
        }
        let mut last = None;
        for _ in 0..4 * 2_000 {
            let Command::Call(call) = block_on(commands.commands.recv()).unwrap() else { panic!() };
            commands.took(&call.request);
            assert!(last < Some(call.number), "{last:?} {:?}", call.number);
            last = Some(call.number);
        }
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(commands.shared.bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_dropped_before_the_driver_takes_it_is_seen_to_be() {
        let (handle, mut commands) = channel();
        let request = || Request::from_bytes(vec![1; 4], Repeat::Safe);
        let pending = block_on(handle.start(request())).unwrap();
        let number = pending.id();
        drop(pending);
        let Command::Call(call) = commands.commands.try_recv().unwrap() else { panic!() };
        assert!(call.reply.is_closed() && call.number == number);
        assert_eq!(commands.cancels.try_recv(), Ok(number));
        // One that has its answer is not taken back.
        let mut pending = block_on(handle.start(request())).unwrap();
        let Command::Call(call) = commands.commands.try_recv().unwrap() else { panic!() };
        call.reply.send(Err(CallError::Unknown)).unwrap();
        assert_eq!(block_on(&mut pending), Err(CallError::Unknown));
        drop(pending);
        assert!(commands.cancels.try_recv().is_err());
    }
}
