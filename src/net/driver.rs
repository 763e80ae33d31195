//! The task that owns a connection and its socket.

use std::collections::HashSet;
use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::connection::{Connection, ConnectionError, DialError, Disconnected, Event};
use crate::map::IdMap;
use crate::net::clock::Clock;
use crate::net::config::Config;
use crate::net::dial::{Dialled, Plan};
use crate::net::entropy::OsEntropy;
use crate::net::events::{self, Events, Sink};
use crate::net::handle::{self, Command, Commands, Handle, Reply, Ticket};
use crate::net::socket::Socket;
use crate::rpc::{COMPRESS_FROM, CallError, CallId, Execution, Request};
use crate::session::{self, Session};
use crate::time::Now;
use crate::trace::in_span;
use crate::work::Done;

/// How much is packed before it is written. More would only wait longer.
const WRITE_AHEAD: usize = 256 << 10;

/// How many commands a turn takes. More would keep the driver from what came over the socket.
const COMMANDS_A_TURN: usize = 256;

/// How many calls are packed at least before they are written.
const MIN_BATCH: usize = 4;

/// With more calls they are written in so many parts: the server has something to do while the next are packed. If all went in
/// one packet, one side would always wait for the other.
const PARTS: usize = 2;

/// How long the socket of a connection that was closed may take for what is still to be sent.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);

/// Begins a connection. Spawn [`Driver::run`] for it to happen.
///
/// # Errors
///
/// When the operating system has no randomness, or the configuration contradicts itself: then with a [`ConfigError`]
/// inside.
///
/// [`ConfigError`]: crate::net::ConfigError
pub fn connect(config: Config) -> io::Result<(Handle, Events, Driver)> {
    let plan = Plan::new(&config)?;
    let clock = Clock::start();
    let entropy = Box::new(OsEntropy::new()?);
    let (handle, commands) = handle::channel();
    let (sink, events) = events::channel();
    let task = Task {
        connection: Connection::new(config.connection, clock.now(), entropy),
        plan,
        clock,
        commands,
        came: Vec::new(),
        sink,
        replies: IdMap::default(),
        socket: None,
        dial: JoinSet::new(),
        works: JoinSet::new(),
        over: None,
    };
    Ok((handle, events, Driver(Box::new(task))))
}

/// The task that owns a connection and its socket.
// In a box, as a future holds what it is given as often as that is passed on.
#[derive(Debug)]
pub struct Driver(Box<Task>);

#[derive(Debug)]
struct Task {
    connection: Connection,
    plan: Plan,
    clock: Clock,
    commands: Commands,
    /// The commands of this turn.
    came: Vec<Command>,
    sink: Sink,
    /// The calls that have not ended: the number that their handle gave them, and where their answer goes.
    replies: IdMap<CallId, (Ticket, Reply)>,
    socket: Option<Socket>,
    /// One dial at most; dropping it ends it.
    dial: JoinSet<Result<Dialled, DialError>>,
    works: JoinSet<Done>,
    over: Option<ConnectionError>,
}

impl Driver {
    /// Drives the connection until it is over, and gives the reason.
    ///
    /// With the feature `tracing` all of it is in a span, `connection`.
    pub async fn run(self) -> ConnectionError {
        let dc = self.0.connection.dc();
        in_span!(info_span, "connection", dc = dc.to_string(); self.0.drive()).await
    }
}

impl Task {
    async fn drive(mut self: Box<Self>) -> ConnectionError {
        loop {
            self.pump();
            if let Some(over) = self.over.take() {
                self.leave().await;
                return over;
            }
            let deadline = self.connection.poll_timeout().map(|mono| self.clock.instant(mono));
            let timer = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                    None => pending().await,
                }
            };
            let ready = async {
                match &mut self.socket {
                    Some(socket) => socket.ready().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                _ = self.commands.commands.recv_many(&mut self.came, COMMANDS_A_TURN) => {
                    self.handle_commands();
                }
                Some(ticket) = self.commands.cancels.recv() => self.cancel(ticket),
                result = ready => self.handle_ready(result),
                Some(dialed) = self.dial.join_next() => self.handle_dialed(dialed),
                Some(done) = self.works.join_next() => {
                    // Work does not panic; if it ever did, the exchange would run into its deadline.
                    if let Ok(done) = done {
                        self.connection.handle_work(self.clock.now(), done);
                    }
                }
                () = self.sink.tell_lost() => {}
                () = timer => self.connection.handle_timeout(self.clock.now()),
            }
        }
    }

    /// Takes every output of the connection to where it belongs.
    fn pump(&mut self) {
        let now = self.clock.now();
        if let Some(dial) = self.connection.poll_connect(now) {
            self.socket = None;
            self.dial.abort_all();
            self.dial = JoinSet::new();
            self.start_dial(dial.attempt);
        }
        self.transmit();
        while let Some(work) = self.connection.poll_work() {
            self.works.spawn_blocking(move || work.run());
        }
        while let Some(event) = self.connection.poll_event() {
            self.pass_on(event);
        }
        // What was still to be said when it was closed goes out first.
        let is_leaving = self.over == Some(ConnectionError::Closed);
        if !self.connection.is_link_wanted() && !is_leaving {
            self.socket = None;
        }
    }

    /// The connection is over: who called meanwhile hears that, and the socket takes what is left (CF-20).
    async fn leave(&mut self) {
        let Self { commands, socket, connection, clock, .. } = self;
        commands.commands.close();
        let answer = async {
            // Until those have spoken too that were about to.
            while let Some(command) = commands.commands.recv().await {
                if let Command::Call { reply, .. } = command {
                    let _ = reply.send(Err(CallError::Closed { execution: Execution::Never }));
                }
            }
        };
        let write = async {
            let Some(socket) = socket else { return };
            while connection.poll_transmit(clock.now(), socket.out()) {}
            // A server that does not read any more misses what it would not have read.
            let _ = socket.finish().await;
        };
        let _ = timeout(LEAVE_WITHIN, async { tokio::join!(answer, write) }).await;
    }

    fn start_dial(&mut self, attempt: u64) {
        let now = self.clock.now();
        if let Some(session) = self.connection.session() {
            self.plan.set_clock(session.clock().server_unix(now), now.unix);
        }
        self.dial.spawn(self.plan.clone().dial(attempt));
    }

    fn transmit(&mut self) {
        let Some(socket) = &mut self.socket else { return };
        let now = self.clock.now();
        // What is under way goes first, so that the connection packs no more than the socket takes.
        while !socket.is_writing() {
            let out = socket.out();
            while out.len() < WRITE_AHEAD && self.connection.poll_transmit(now, out) {}
            if out.is_empty() {
                return;
            }
            match socket.write() {
                Ok(true) => self.connection.handle_progress(now),
                Ok(false) => {}
                Err(why) => return self.connection.handle_disconnected(now, why),
            }
        }
    }

    fn pass_on(&mut self, event: Event) {
        match event {
            Event::Session(session::Event::Answer { call, result }) => {
                // A caller that is gone does not want it.
                if let Some((_, reply)) = self.replies.remove(&call) {
                    let _ = reply.send(result);
                }
            }
            event => {
                if let Event::Over(error) = &event {
                    self.over = Some(error.clone());
                }
                self.sink.push(event);
            }
        }
    }

    /// Takes the commands that came. None means that the last handle is gone: nobody can want anything any more.
    fn handle_commands(&mut self) {
        let mut came = std::mem::take(&mut self.came);
        let mut now = self.clock.now();
        if came.is_empty() {
            return self.connection.close(now);
        }
        let batch = MIN_BATCH.max((self.replies.len() + came.len()) / PARTS);
        let mut left = batch;
        for command in came.drain(..) {
            let mut took_long = false;
            match command {
                Command::Call { ticket, request, reply } => {
                    took_long = request.body.len() >= COMPRESS_FROM;
                    self.call(now, ticket, request, reply);
                }
                Command::KeyKept => self.connection.key_kept(now),
                Command::ServerTime(reply) => {
                    let session = self.connection.session();
                    // Who does not want it any more is not told.
                    let _ = reply.send(session.map(|session| session.clock().server_unix(now)));
                }
                Command::Counters(reply) => {
                    let session = self.connection.session();
                    let _ = reply.send(session.map(Session::counters));
                }
                #[cfg(feature = "client")]
                Command::CloseIfIdle if !self.replies.is_empty() => {}
                #[cfg(feature = "client")]
                Command::CloseIfIdle => self.connection.close(now),
                Command::Close => self.connection.close(now),
            }
            left -= 1;
            if left == 0 {
                self.transmit();
                left = batch;
                took_long = true;
            }
            if took_long {
                now = self.clock.now();
            }
        }
        self.came = came;
    }

    /// A caller does not wait any more, and perhaps others with it. They may have been answered meanwhile; a call that is
    /// still in the channel is not begun at all.
    ///
    /// All are looked for at once: who cancels is rare, and pays for it, instead of every call for a way to find it.
    fn cancel(&mut self, ticket: Ticket) {
        let mut tickets: HashSet<Ticket> = HashSet::from([ticket]);
        tickets.extend(std::iter::from_fn(|| self.commands.cancels.try_recv().ok()));
        let is_cancelled = |(call, (ticket, _)): (&CallId, &(Ticket, Reply))| {
            tickets.contains(ticket).then_some(*call)
        };
        let mut calls: Vec<CallId> = self.replies.iter().filter_map(is_cancelled).collect();
        calls.sort_unstable();
        let now = self.clock.now();
        for call in calls {
            self.connection.cancel(now, call);
        }
    }

    fn call(&mut self, now: Now, ticket: Ticket, request: Request, reply: Reply) {
        // Dropped while it waited in the channel.
        if reply.is_closed() {
            return;
        }
        match self.connection.call(now, request) {
            Ok(call) => {
                self.replies.insert(call, (ticket, reply));
            }
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
    }

    fn handle_ready(&mut self, result: io::Result<()>) {
        let Some(socket) = &mut self.socket else { return };
        let now = self.clock.now();
        let connection = &mut self.connection;
        let result = result
            .map_err(|error| Disconnected::Io(error.kind()))
            .and_then(|()| socket.read(|bytes| connection.handle_input(now, bytes)))
            .and_then(|()| socket.write());
        match result {
            Ok(true) => connection.handle_progress(now),
            Ok(false) => {}
            Err(why) => connection.handle_disconnected(now, why),
        }
    }

    fn handle_dialed(
        &mut self,
        dialed: Result<Result<Dialled, DialError>, tokio::task::JoinError>,
    ) {
        let now = self.clock.now();
        match dialed {
            Ok(Ok(Dialled { stream, peer })) => {
                self.commands.set_peer(peer);
                self.socket = Some(Socket::new(stream));
                self.connection.handle_connected(now, self.plan.framing());
            }
            Ok(Err(error)) => {
                self.connection.handle_disconnected(now, Disconnected::Dial(error));
            }
            Err(_) => {
                let why = Disconnected::Io(io::ErrorKind::Interrupted);
                self.connection.handle_disconnected(now, why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection;
    use crate::crypto::real;
    use crate::ids::DcId;

    #[test]
    fn the_future_of_a_connection_is_small() {
        let connection = connection::Config::new(DcId::production(2), Vec::new(), real());
        let address = "127.0.0.1:1".parse().unwrap();
        let (.., driver) = connect(Config::new(connection, vec![address])).unwrap();
        let size = size_of_val(&driver.run());
        assert!(size <= 1_024, "{size}");
    }
}
