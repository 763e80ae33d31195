//! The task that owns a connection and its socket.

use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::connection::{Connection, ConnectionError, DialError, Disconnected, Event};
use crate::net::clock::Clock;
use crate::net::config::Config;
use crate::net::dial::{Dialled, Plan};
use crate::net::entropy::OsEntropy;
use crate::net::events::{self, Events, Sink};
use crate::net::handle::{self, Call, Command, Commands, Handle};
use crate::net::replies::Replies;
use crate::net::socket::Socket;
use crate::rpc::{CallError, CallId, CloseReason, Execution};
use crate::session::{self, Session};
use crate::time::Now;
use crate::trace::in_span;
use crate::work::Done;

/// How much is packed before it is written. More would only wait longer.
const WRITE_AHEAD: usize = 256 << 10;

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
        outlets: Outlets { sink, replies: Replies::default(), over: None },
        socket: None,
        dial: JoinSet::new(),
        works: JoinSet::new(),
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
    outlets: Outlets,
    socket: Option<Socket>,
    /// One dial at most; dropping it ends it.
    dial: JoinSet<Result<Dialled, DialError>>,
    works: JoinSet<Done>,
}

/// Where the connection's events go.
#[derive(Debug)]
struct Outlets {
    sink: Sink,
    replies: Replies,
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
            if let Some(over) = self.outlets.over.take() {
                self.leave(CloseReason::from(&over)).await;
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
                Some(number) = self.commands.cancels.recv() => self.cancel(number),
                result = ready => self.handle_ready(result),
                Some(dialed) = self.dial.join_next() => self.handle_dialed(dialed),
                Some(done) = self.works.join_next() => {
                    // Work does not panic; if it ever did, the exchange would run into its deadline.
                    if let Ok(done) = done {
                        self.connection.handle_work(self.clock.now(), done);
                    }
                }
                () = self.outlets.sink.tell_lost() => {}
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
        self.outlets.drain(&mut self.connection);
        if let Some(over) = &self.outlets.over {
            self.commands.set_over(over);
        }
        // What was still to be said when it was closed goes out first.
        let is_leaving = self.outlets.over == Some(ConnectionError::Closed);
        if !self.connection.is_link_wanted() && !is_leaving {
            self.socket = None;
        }
    }

    /// The connection is over: who called meanwhile hears that, and the socket takes what is left (CF-20).
    async fn leave(&mut self, why: CloseReason) {
        let Self { commands, socket, connection, clock, .. } = self;
        commands.commands.close();
        let answer = async {
            // Until those have spoken too that were about to.
            while let Some(command) = commands.commands.recv().await {
                if let Command::Call(Call { reply, .. }) = command {
                    let _ = reply.send(Err(CallError::Closed { execution: Execution::Never, why }));
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
                return socket.rest();
            }
            match socket.write() {
                Ok(true) => self.connection.handle_progress(now),
                Ok(false) => {}
                Err(why) => return self.connection.handle_disconnected(now, why),
            }
        }
    }

    /// Takes the commands that came. None means that the last handle is gone: nobody can want anything any more.
    ///
    /// All that wait are taken in one turn, [`COMMANDS_A_TURN`] at most, and their calls are written in [`PARTS`], each of
    /// [`MIN_BATCH`] calls at least: the server answers some while the next are packed. If all went in one packet, one side would
    /// always wait for the other; if each went alone, each would cost a system call. How many there are is guessed by those that
    /// wait for an answer, which make others when they have it.
    fn handle_commands(&mut self) {
        let mut came = std::mem::take(&mut self.came);
        let mut now = self.clock.now();
        if came.is_empty() {
            return self.connection.close(now);
        }
        let batch = MIN_BATCH.max((self.outlets.replies.len() + came.len()) / PARTS);
        let mut left = batch;
        for command in came.drain(..) {
            let took_long = self.handle_command(now, command);
            left -= 1;
            let is_whole = left == 0;
            if is_whole {
                self.transmit();
                left = batch;
            }
            // The clock is read once for all that is done at once.
            if took_long || is_whole {
                now = self.clock.now();
            }
        }
        self.came = came;
    }

    /// Does what a handle asks for; whether that took as long as many others together.
    fn handle_command(&mut self, now: Now, command: Command) -> bool {
        match command {
            Command::Call(call) => return self.call(now, call),
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
            Command::CloseIfIdle if self.outlets.replies.len() > 0 => {}
            #[cfg(feature = "client")]
            Command::CloseIfIdle => self.connection.close(now),
            Command::Close => self.connection.close(now),
        }
        false
    }

    /// A caller does not wait any more, and perhaps others with it. They may have been answered meanwhile; a call that is
    /// still in the channel is not begun at all.
    fn cancel(&mut self, number: CallId) {
        let now = self.clock.now();
        let others = std::iter::from_fn(|| self.commands.cancels.try_recv().ok());
        for number in std::iter::once(number).chain(others.take(COMMANDS_A_TURN)) {
            if let Some(call) = self.outlets.replies.find(number) {
                self.connection.cancel(now, call);
            }
        }
    }

    /// Whether it took long: a large request is looked at, and perhaps compressed.
    fn call(&mut self, now: Now, call: Call) -> bool {
        let Call { number, mut request, reply, received } = call;
        self.commands.took(&request);
        // Dropped while it waited in the channel.
        if reply.is_closed() {
            return false;
        }
        let took_long = request.may_compress();
        // A call that has ended is not to be waited for.
        request.after = request.after.and_then(|after| self.outlets.replies.find(after));
        match self.connection.call(now, request) {
            Ok(call) => self.outlets.replies.push(number, call, reply, received),
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
        took_long
    }

    fn handle_ready(&mut self, result: io::Result<()>) {
        let Some(socket) = &mut self.socket else { return };
        let now = self.clock.now();
        let (connection, outlets) = (&mut self.connection, &mut self.outlets);
        let commands = &self.commands;
        let take = |bytes: &[u8]| {
            commands.moved();
            connection.handle_input(now, bytes);
            // What few bytes are inflated to does not pile up.
            outlets.drain(connection);
        };
        let result = result
            .map_err(|error| Disconnected::Io(error.kind()))
            .and_then(|()| socket.read(take))
            .and_then(|()| socket.write());
        match result {
            Ok(true) => {
                commands.moved();
                connection.handle_progress(now);
            }
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

impl Outlets {
    /// Passes on what has happened.
    fn drain(&mut self, connection: &mut Connection) {
        while let Some(event) = connection.poll_event() {
            self.pass_on(event);
        }
    }

    fn pass_on(&mut self, event: Event) {
        match event {
            Event::Session(session::Event::Answer { call, result }) => {
                // A caller that is gone does not want it.
                if let Some(reply) = self.replies.take(call) {
                    let _ = reply.send(result);
                }
            }
            // Whose it is, by the number that its caller knows.
            Event::Session(session::Event::QuickAck { call }) => {
                if let Some(call) = self.replies.received(call) {
                    self.sink.push(Event::Session(session::Event::QuickAck { call }));
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
}

/// How many commands a turn takes. More would keep the driver from what came over the socket.
const COMMANDS_A_TURN: usize = 256;

/// How many calls are packed at least before they are written.
const MIN_BATCH: usize = 4;

/// In how many parts the calls of a turn are written, if they are more.
const PARTS: usize = 2;

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
