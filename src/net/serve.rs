//! A data centre that listens on a socket.
//!
//! ```text
//!  Server::run ── accepts, keeps the time ─┐
//!  a task for each link ── bytes ──────────┼── SharedDc ── one DataCentre behind a lock
//!  whoever has the SharedDc ── push ───────┘      └── wakes the links that have something to send
//! ```
//!
//! A link without a key gets little ([`guests`]), so that nobody is kept out by those who only take places.

mod guests;
mod refusals;
mod shared;
#[cfg(test)]
mod tests;

use std::future::{Future, pending};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::connection::Disconnected;
use crate::framing::SERVER_LIMIT;
use crate::net::front::{Front, Gate};
use crate::net::socket::Socket;
use crate::net::stream::Io;
use crate::server::{DataCentre, LinkId};
use crate::work::Done;
pub(in crate::net) use guests::Guests;
use guests::{Counted, Pass};
pub use refusals::{Refusal, Refusals, Refused};
pub use shared::{DcGuard, SharedDc};

/// How much is packed before it is written. More would only wait longer.
const WRITE_AHEAD: usize = 256 << 10;

/// How many links there may be, by default: each with a key has buffers of up to 80 KiB.
const MAX_LINKS: usize = 1_024;

/// How long a stream may take to say what it is. A key exchange over the slowest link begins sooner.
pub(in crate::net) const OPENING: Duration = Duration::from_secs(10);

/// How long a link may have no key. An exchange takes three round trips and some powers, seconds on the slowest of machines.
const KEYLESS: Duration = Duration::from_secs(30);

/// How much of what comes after its end is read of a link that was closed, so that the client hears why: a socket that is
/// closed with bytes unread takes back what it sent. The longest packet.
const LEFTOVER: usize = SERVER_LIMIT;

/// How long nothing is accepted after that failed, at first. Whatever it was, trying at once would only burn the processor.
const ACCEPT_AGAIN: Duration = Duration::from_millis(10);

/// How long at most: somebody else may have closed files by then.
const ACCEPT_AGAIN_MAX: Duration = Duration::from_secs(1);

/// How long a link may move no bytes in either direction. Clients ping each minute.
const IDLE: Duration = Duration::from_secs(600);

/// How long a link that was closed may take to read the rest.
const LINGER: Duration = Duration::from_secs(5);

/// A data centre that listens. Dropping the future of [`run`](Self::run) closes it and all its links.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    dc: SharedDc,
    max_links: usize,
    gate: Arc<Gate>,
    refusals: Refusals,
}

impl Server {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address cannot be had.
    pub async fn bind(address: SocketAddr, dc: DataCentre) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let gate = Arc::new(Gate::new(Front::default())?);
        let (dc, refusals) = (SharedDc::new(dc), Refusals::default());
        Ok(Self { listener, dc, max_links: MAX_LINKS, gate, refusals })
    }

    /// Another way to the same data centre, at an address of its own, with as many links as this and the same ways to reach it. Both have to
    /// [run](Self::run).
    ///
    /// Telegram has addresses for media alone: `media_only` in <https://core.telegram.org/constructor/dcOption>.
    ///
    /// # Errors
    ///
    /// When the address cannot be had.
    pub async fn bind_also(&self, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let (dc, gate, refusals) = (self.dc.clone(), self.gate.clone(), self.refusals.clone());
        Ok(Self { listener, dc, max_links: self.max_links, gate, refusals })
    }

    /// Serves so many links at once, and not 1,024. Who comes then has the place of the oldest one without a key, and if all
    /// have keys waits to be accepted until one goes.
    #[must_use]
    pub fn with_max_links(self, max_links: usize) -> Self {
        Self { max_links, ..self }
    }

    /// With other ways to reach it than plain frames, obfuscated ones and WebSockets.
    ///
    /// # Errors
    ///
    /// When the certificate is none, or not of its key.
    pub fn with_front(mut self, front: Front) -> io::Result<Self> {
        self.gate = Arc::new(Gate::new(front)?);
        Ok(self)
    }

    /// The address it listens on.
    ///
    /// # Errors
    ///
    /// When the system cannot tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The data centre, to look at or to change while it runs.
    #[must_use]
    pub fn data_centre(&self) -> SharedDc {
        self.dc.clone()
    }

    /// Whom it refused or dropped, to be told. Nobody has to ask: what is kept is bounded.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }

    /// Takes clients for as long as it is polled. If one cannot be accepted, because there are too many open files say, the
    /// others are served on, and it is tried again.
    ///
    /// # Errors
    ///
    /// None so far.
    pub async fn run(self) -> io::Result<()> {
        let Self { listener, dc, max_links, gate, refusals } = self;
        let listener = &listener;
        let accept = || async move { listener.accept().await.map(|(stream, _)| stream) };
        serve_all(&dc, gate, accept, max_links, &refusals).await
    }
}

/// Accepts, serves, and keeps the data centre's time.
async fn serve_all<A, F>(
    dc: &SharedDc,
    gate: Arc<Gate>,
    accept: A,
    max_links: usize,
    refusals: &Refusals,
) -> io::Result<()>
where
    A: Fn() -> F,
    F: Future<Output = io::Result<TcpStream>>,
{
    let mut links = JoinSet::new();
    let guests = Guests::default();
    let mut wait = ACCEPT_AGAIN;
    let mut accept_at = Instant::now();
    loop {
        let accepted = async {
            tokio::time::sleep_until(accept_at).await;
            accept().await
        };
        let due = dc.due();
        let timer = async {
            match due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            accepted = accepted, if links.len() < max_links || guests.len() > 0 => match accepted {
                Ok(stream) => {
                    wait = ACCEPT_AGAIN;
                    if links.len() >= max_links {
                        guests.displace();
                    }
                    let told = Told { refusals: refusals.clone(), ip: ip_of(&stream) };
                    // A hint; without it small answers come a little later.
                    let _ = stream.set_nodelay(true);
                    links.spawn(serve(dc.clone(), stream, gate.clone(), guests.enter(), told));
                }
                Err(error) => {
                    refusals.note(None, Refusal::NotAccepted(error.kind()));
                    // A client that went is nobody's fault; else files are scarce, and a place is one.
                    if error.kind() != io::ErrorKind::ConnectionAborted {
                        guests.displace();
                    }
                    accept_at = Instant::now() + wait;
                    wait = (wait * 2).min(ACCEPT_AGAIN_MAX);
                }
            },
            Some(_) = links.join_next() => {}
            () = timer => {
                let now = dc.now();
                dc.lock().handle_timeout(now);
            }
            // The time of the next thing that is due has changed.
            () = dc.timed() => {}
        }
    }
}

/// Where the refusals of one client are told.
#[derive(Debug, Clone)]
pub(in crate::net) struct Told {
    refusals: Refusals,
    ip: Option<IpAddr>,
}

impl Told {
    pub(in crate::net) fn note(&self, why: Refusal) {
        self.refusals.note(self.ip, why);
    }
}

fn ip_of(stream: &TcpStream) -> Option<IpAddr> {
    stream.peer_addr().ok().map(|address| address.ip().to_canonical())
}

/// Serves one socket until it closes, or until others have its place.
async fn serve(dc: SharedDc, io: impl Io, gate: Arc<Gate>, pass: Pass, told: Told) {
    let pass = Arc::new(pass);
    let attended = attend(dc, io, gate, &pass, &told);
    tokio::select! {
        why = pass.turned_out() => told.note(why),
        () = attended => {}
    }
}

async fn attend(dc: SharedDc, io: impl Io, gate: Arc<Gate>, pass: &Arc<Pass>, told: &Told) {
    let keyless = Instant::now() + KEYLESS;
    let id = dc.lock().id();
    let io = Counted { inner: io, pass: pass.clone() };
    let Some(stream) = gate.open(Box::new(io), id, told).await else { return };
    let (link, woken) = dc.open(told.ip);
    let closing = Closing { dc: &dc, link };
    let mut visit = Visit { dc: &dc, link, told, guest: Some((pass, keyless)) };
    // Whatever ended it, the link is over.
    let _ = visit.exchange(Socket::guest(stream), &woken).await;
    drop(closing);
}

/// A link goes with its task, however that ends.
struct Closing<'a> {
    dc: &'a SharedDc,
    link: LinkId,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.dc.close(self.link);
    }
}

/// A link while it is served.
struct Visit<'a> {
    dc: &'a SharedDc,
    link: LinkId,
    told: &'a Told,
    /// Its place and how long it has that, while it has no key.
    guest: Option<(&'a Pass, Instant)>,
}

impl Visit<'_> {
    /// Reads and writes. Neither waits for the other: a client that does not read is heard nevertheless.
    async fn exchange(
        &mut self,
        mut socket: Socket,
        woken: &Arc<Notify>,
    ) -> Result<(), Disconnected> {
        let (dc, link) = (self.dc, self.link);
        let mut works: JoinSet<Done> = JoinSet::new();
        let mut give_up = Instant::now() + IDLE;
        let mut is_open = true;
        loop {
            let moved = transmit(dc, &mut socket, link)?;
            if moved {
                give_up = Instant::now() + IDLE;
            }
            let is_wanted = self.look(&mut socket);
            if is_open && !is_wanted {
                is_open = false;
                give_up = Instant::now() + LINGER;
                if let Some((pass, _)) = self.guest {
                    pass.leave();
                }
            }
            if !is_open && !socket.is_writing() {
                let closed = tokio::time::timeout_at(give_up, leave(&mut socket)).await;
                return closed.unwrap_or(Err(Disconnected::Silence));
            }
            let until = self.guest.map_or(give_up, |(_, keyless)| give_up.min(keyless));
            tokio::select! {
                ready = socket.ready() => {
                    ready.map_err(|error| Disconnected::Io(error.kind()))?;
                    let mut moved = false;
                    socket.read(|bytes| {
                        moved = true;
                        let now = dc.now();
                        let mut dc = dc.lock();
                        dc.handle_input(now, link, bytes);
                        while let Some((_, work)) = dc.poll_work() {
                            works.spawn_blocking(move || work.run());
                        }
                    })?;
                    if moved && is_open {
                        give_up = Instant::now() + IDLE;
                    }
                }
                () = woken.notified() => {}
                Some(done) = works.join_next() => {
                    // Work does not panic; if it ever did, the client would begin another exchange.
                    if let Ok(done) = done {
                        let now = dc.now();
                        dc.lock().handle_work(now, link, done);
                    }
                }
                () = tokio::time::sleep_until(until) => {
                    let is_keyless = self.guest.is_some_and(|(_, keyless)| keyless <= Instant::now());
                    if is_open {
                        self.told.note(if is_keyless { Refusal::NoKey } else { Refusal::Idle });
                    }
                    return Err(Disconnected::Silence);
                }
            }
        }
    }

    /// Tells what was refused, and gives the link what others have once it has a key. Whether the link is still wanted.
    fn look(&mut self, socket: &mut Socket) -> bool {
        let (refused, has_key, is_wanted) = {
            let mut dc = self.dc.lock();
            let link = self.link;
            (dc.take_refusals(link), dc.has_key(link), dc.is_open(link))
        };
        for why in refused {
            self.told.note(why.into());
        }
        if has_key && let Some((pass, _)) = self.guest.take() {
            pass.welcome();
            socket.welcome();
        }
        is_wanted
    }
}

/// Says that nothing more will be written, and hears out a client that still writes.
async fn leave(socket: &mut Socket) -> Result<(), Disconnected> {
    socket.shutdown().await?;
    let mut left = LEFTOVER;
    while left > 0 {
        socket.ready().await.map_err(|error| Disconnected::Io(error.kind()))?;
        socket.read(|bytes| left = left.saturating_sub(bytes.len()))?;
    }
    Ok(())
}

/// Writes what there is and what goes; whether any went.
fn transmit(dc: &SharedDc, socket: &mut Socket, link: LinkId) -> Result<bool, Disconnected> {
    let mut moved = false;
    loop {
        if !socket.is_writing() {
            let now = dc.now();
            let mut dc = dc.lock();
            let out = socket.out();
            while out.len() < WRITE_AHEAD {
                let Some(frame) = dc.poll_transmit(now, link) else { break };
                out.extend_from_slice(&frame);
            }
        }
        if !socket.is_writing() {
            return Ok(moved);
        }
        moved |= socket.write()?;
        if socket.is_writing() {
            return Ok(moved);
        }
        moved = true;
    }
}
