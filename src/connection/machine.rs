//! The object that is driven.

use std::collections::VecDeque;
use std::time::Duration;

use crate::connection::backoff::Backoff;
use crate::connection::config::{Config, StoredKey};
use crate::connection::error::{ConnectionError, Disconnected};
use crate::connection::event::Event;
use crate::connection::link::{Dial, Link, Wire};
use crate::crypto::{Entropy, QuickAckToken};
use crate::framing::{Frame, Framing, TransportError};
use crate::handshake::{self, Handshake, Outcome};
use crate::rpc::{CallError, CallId, Request};
use crate::session::{Calls, Session, Violation};
use crate::time::{Now, ServerClock};
use crate::trace::trace;
use crate::work::{Done, Work};

/// How often a key exchange is tried before the connection gives up (KX-09).
const MAX_EXCHANGES: u32 = 5;

/// How often the server may say that it does not know the key. Once may be a mistake of a proxy's; four bytes that
/// nobody signed must not cost a key.
const MAX_KEY_UNKNOWN: u32 = 2;

/// One session with a data centre, over as many sockets as it takes.
///
/// The [module](crate::connection) says how to drive it.
pub struct Connection {
    config: Config,
    entropy: Box<dyn Entropy + Send>,
    phase: Phase,
    link: Link,
    backoff: Backoff,
    events: VecDeque<Event>,
    /// Packets are built here before they are framed.
    packet: Vec<u8>,
    dials: u64,
    tickets: u64,
    exchanges_failed: u32,
    key_unknown: u32,
    tested_prime: Option<Box<[u8; 256]>>,
}

enum Phase {
    /// There is no key yet. Requests wait.
    Keyless { exchange: Option<Box<Handshake>>, waiting: Box<Calls> },
    /// There is a key.
    Keyed(Box<Session>),
    /// It is over.
    Over,
}

impl Connection {
    /// Begins. The first output is a dial.
    pub fn new(config: Config, now: Now, mut entropy: Box<dyn Entropy + Send>) -> Self {
        let phase = match &config.stored {
            Some(stored) => {
                let clock = ServerClock::with_offset(now, stored.time_offset);
                let calls = Calls::default();
                Phase::Keyed(Box::new(Session::new(
                    config.suite.clone(),
                    stored.auth_key.clone(),
                    stored.salt,
                    clock,
                    calls,
                    config.upkeep,
                    &mut *entropy,
                )))
            }
            None => Phase::Keyless { exchange: None, waiting: Box::default() },
        };
        Self {
            config,
            entropy,
            phase,
            link: Link::Down { dial_at: now.mono },
            backoff: Backoff::default(),
            events: VecDeque::new(),
            packet: Vec::new(),
            dials: 0,
            tickets: 0,
            exchanges_failed: 0,
            key_unknown: 0,
            tested_prime: None,
        }
    }

    /// There is a link: a socket whose bytes mean frames of this framing.
    pub fn handle_connected(&mut self, now: Now, framing: Framing) {
        if !matches!(self.link, Link::Dialing { .. } | Link::Down { .. }) {
            return;
        }
        self.link = Link::Up(Box::new(Wire::new(framing)));
        self.backoff.connected(now.mono);
        trace!(info, dc = self.config.dc.to_string(), framing = format!("{framing:?}"); "link up");
        self.events.push_back(Event::Connected { framing });
        match &mut self.phase {
            Phase::Keyed(session) => session.handle_connected(now),
            _ => self.begin_exchange(now),
        }
    }

    /// Bytes came over the link.
    pub fn handle_input(&mut self, now: Now, bytes: &[u8]) {
        let mut input = bytes;
        // Each turn takes one frame; a link that ends takes no more.
        while let Link::Up(wire) = &mut self.link {
            let max_padding = wire.max_padding();
            let frame = match wire.decoder().decode(&mut input) {
                Ok(Some(frame)) => frame,
                Ok(None) => return,
                Err(error) => return self.drop_link(now, Disconnected::Framing(error)),
            };
            let result = match frame {
                Frame::Packet { body, .. } => match &mut self.phase {
                    Phase::Keyless { exchange: Some(exchange), .. } => exchange
                        .handle_packet(now, body, max_padding, &mut *self.entropy)
                        .map_err(Disconnected::Handshake),
                    Phase::Keyed(session) => session
                        .handle_packet(now, body, max_padding)
                        .map_err(Disconnected::Violation),
                    Phase::Keyless { exchange: None, .. } | Phase::Over => Ok(()),
                },
                Frame::Error(error) => Err(Disconnected::Transport(error)),
                Frame::QuickAck(token) => {
                    if let Phase::Keyed(session) = &mut self.phase {
                        session.handle_quick_ack(QuickAckToken(token));
                    }
                    continue;
                }
                Frame::Nop => continue,
            };
            match result {
                Ok(()) => self.advance(now),
                Err(why) => return self.drop_link(now, why),
            }
        }
    }

    /// The link broke, or a dial failed.
    pub fn handle_disconnected(&mut self, now: Now, why: Disconnected) {
        self.drop_link(now, why);
    }

    /// A time that [`poll_timeout`](Self::poll_timeout) gave has come. Calling it earlier does nothing.
    pub fn handle_timeout(&mut self, now: Now) {
        if let Link::Dialing { until } = self.link
            && now.mono >= until
        {
            return self.drop_link(now, Disconnected::DialTimeout);
        }
        match &mut self.phase {
            Phase::Keyless { exchange, waiting } => {
                waiting.handle_deadlines(now.mono);
                if let Some(exchange) = exchange
                    && let Err(error) = exchange.handle_timeout(now)
                {
                    self.drop_link(now, Disconnected::Handshake(error));
                }
            }
            Phase::Keyed(session) => {
                if session.is_peer_gone(now) {
                    return self.drop_link(now, Disconnected::Silence);
                }
                session.handle_timeout(now);
            }
            Phase::Over => {}
        }
    }

    /// Work was done.
    pub fn handle_work(&mut self, now: Now, done: Done) {
        let Phase::Keyless { exchange: Some(exchange), .. } = &mut self.phase else { return };
        match exchange.handle_work(now, done, &mut *self.entropy) {
            Ok(()) => self.advance(now),
            Err(error) => self.drop_link(now, Disconnected::Handshake(error)),
        }
    }

    /// Takes a request. It ends in exactly one [`session::Event::Answer`](crate::session::Event::Answer).
    ///
    /// # Errors
    ///
    /// [`CallError::Full`] when too many are waiting, [`CallError::Closed`] when the connection is over.
    pub fn call(&mut self, now: Now, request: Request) -> Result<CallId, CallError> {
        match &mut self.phase {
            Phase::Keyless { waiting, .. } => waiting.add(now.mono, request),
            Phase::Keyed(session) => session.call(now, request),
            Phase::Over => Err(CallError::Closed { execution: crate::rpc::Execution::Never }),
        }
    }

    /// Takes a request back. It ends in an answer all the same: see [`Session::cancel`].
    pub fn cancel(&mut self, now: Now, call: CallId) {
        match &mut self.phase {
            Phase::Keyless { waiting, .. } => drop(waiting.cancel(now.mono, call)),
            Phase::Keyed(session) => session.cancel(now, call),
            Phase::Over => {}
        }
    }

    /// Ends the connection: every request ends, and nothing is sent any more.
    pub fn close(&mut self) {
        self.end(ConnectionError::Closed);
    }

    /// Somebody should dial. What was dialled before is not wanted any more.
    pub fn poll_connect(&mut self, now: Now) -> Option<Dial> {
        match &mut self.link {
            Link::Down { dial_at } if now.mono >= *dial_at => {
                let until = now.mono.saturating_add(self.config.dial_timeout);
                self.link = Link::Dialing { until };
            }
            _ => return None,
        }
        self.dials += 1;
        Some(Dial { attempt: self.dials - 1 })
    }

    /// Appends bytes to send to `out`; false when there are none. Call it again for more.
    pub fn poll_transmit(&mut self, now: Now, out: &mut Vec<u8>) -> bool {
        let Link::Up(wire) = &mut self.link else { return false };
        match &mut self.phase {
            Phase::Keyless { exchange: Some(exchange), .. } => {
                let Some(packet) = exchange.poll_packet() else { return false };
                wire.frame(packet, false, &mut *self.entropy, out);
                report_steps(exchange, &mut self.events);
            }
            Phase::Keyed(session) => {
                self.packet.clear();
                let entropy = &mut *self.entropy;
                let Some(sent) = session.poll_packet(now, entropy, &mut self.packet) else {
                    return false;
                };
                wire.frame(&self.packet, sent.quick_ack, entropy, out);
            }
            Phase::Keyless { exchange: None, .. } | Phase::Over => return false,
        }
        true
    }

    /// Work to have done, off the task that moves bytes.
    pub fn poll_work(&mut self) -> Option<Work> {
        match &mut self.phase {
            Phase::Keyless { exchange: Some(exchange), .. } => exchange.poll_work(),
            _ => None,
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), by the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let link = match &self.link {
            Link::Down { dial_at } => Some(*dial_at),
            Link::Dialing { until } => Some(*until),
            Link::Up(_) | Link::Over => None,
        };
        let phase = match &self.phase {
            Phase::Keyless { exchange, waiting } => {
                let exchange = exchange.as_ref().and_then(|exchange| exchange.poll_timeout());
                exchange.into_iter().chain(waiting.due()).min()
            }
            Phase::Keyed(session) => session.poll_timeout(),
            Phase::Over => None,
        };
        link.into_iter().chain(phase).min()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        let event = match &mut self.phase {
            Phase::Keyless { waiting, .. } => waiting.poll_event(),
            Phase::Keyed(session) => session.poll_event(),
            Phase::Over => None,
        };
        event.map(Event::Session)
    }

    /// Whether a socket, if there is one, is still to be used.
    pub fn is_link_wanted(&self) -> bool {
        matches!(self.link, Link::Up(_))
    }

    /// Whether the connection is over.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// The session, once there is a key.
    pub fn session(&self) -> Option<&Session> {
        match &self.phase {
            Phase::Keyed(session) => Some(session),
            _ => None,
        }
    }

    /// A link is up: without a key, one is exchanged over it, with nonces of its own (KX-02).
    fn begin_exchange(&mut self, now: Now) {
        let Phase::Keyless { exchange, .. } = &mut self.phase else { return };
        self.tickets += 1;
        let mut config = handshake::Config::new(
            self.config.dc,
            self.config.keys.clone(),
            self.config.suite.clone(),
        );
        config.tested_prime = self.tested_prime.clone();
        *exchange = Some(Box::new(Handshake::new(config, self.tickets, now, &mut *self.entropy)));
        self.advance(now);
    }

    /// Passes on what an exchange or the session has to tell.
    fn advance(&mut self, now: Now) {
        let outcome = match &mut self.phase {
            Phase::Keyless { exchange: Some(exchange), .. } => {
                report_steps(exchange, &mut self.events);
                exchange.poll_outcome()
            }
            Phase::Keyed(session) => {
                while let Some(event) = session.poll_event() {
                    self.events.push_back(Event::Session(event));
                }
                // What is authentic shows that the key is known and the link is good.
                self.key_unknown = 0;
                self.backoff.succeeded();
                None
            }
            _ => None,
        };
        if let Some(outcome) = outcome {
            self.begin_session(now, outcome);
        }
    }

    fn begin_session(&mut self, now: Now, outcome: Outcome) {
        let Phase::Keyless { waiting, .. } = &mut self.phase else { return };
        let waiting = std::mem::take(&mut **waiting);
        let mut clock = ServerClock::new(now);
        clock.sync(outcome.server_time.unix, outcome.server_time.mono);
        self.tested_prime = Some(outcome.prime);
        self.exchanges_failed = 0;
        self.events.push_back(Event::KeyCreated(Box::new(StoredKey {
            auth_key: outcome.auth_key.clone(),
            salt: outcome.salt,
            time_offset: clock.offset(),
        })));
        self.phase = Phase::Keyed(Box::new(Session::new(
            self.config.suite.clone(),
            outcome.auth_key,
            outcome.salt,
            clock,
            waiting,
            self.config.upkeep,
            &mut *self.entropy,
        )));
        if let Phase::Keyed(session) = &mut self.phase {
            session.handle_connected(now);
        }
    }

    fn drop_link(&mut self, now: Now, why: Disconnected) {
        if matches!(self.link, Link::Over | Link::Down { .. }) {
            return;
        }
        if let Disconnected::Transport(TransportError::FLOOD) = why {
            self.backoff.flooded();
        }
        let dial_at = self.backoff.disconnected(now.mono, &mut *self.entropy);
        self.link = Link::Down { dial_at };
        trace!(info, dc = self.config.dc.to_string(), why = why.to_string(); "link down");
        if let Phase::Keyless { exchange: Some(exchange), .. } = &mut self.phase {
            report_steps(exchange, &mut self.events);
        }
        let is_forgotten = matches!(why, Disconnected::Violation(Violation::Forgotten(_)));
        self.events.push_back(Event::Disconnected { why: why.clone() });
        if let Some(error) = self.verdict(why) {
            return self.end(error);
        }
        match &mut self.phase {
            Phase::Keyless { exchange, .. } => *exchange = None,
            Phase::Keyed(session) => {
                // EM-06: a server that goes on sending what is older than all we remember would be left for ever.
                if is_forgotten {
                    session.handle_broken();
                }
                session.handle_disconnected();
            }
            Phase::Over => {}
        }
    }

    /// Whether a broken link is the end of the connection.
    fn verdict(&mut self, why: Disconnected) -> Option<ConnectionError> {
        match (&self.phase, why) {
            (_, Disconnected::Transport(TransportError::INVALID_DC)) => {
                Some(ConnectionError::WrongDc)
            }
            // No other key will come to be ours.
            (_, Disconnected::Handshake(error @ handshake::Error::NoKnownKey)) => {
                Some(error.into())
            }
            (Phase::Keyless { .. }, Disconnected::Handshake(error)) => {
                self.exchange_failed().then(|| error.into())
            }
            (Phase::Keyless { .. }, Disconnected::Transport(error)) => {
                self.exchange_failed().then_some(ConnectionError::Refused(error))
            }
            (Phase::Keyed(_), Disconnected::Transport(TransportError::AUTH_KEY_NOT_FOUND)) => {
                self.key_unknown += 1;
                (self.key_unknown >= MAX_KEY_UNKNOWN).then_some(ConnectionError::KeyUnknown)
            }
            _ => None,
        }
    }

    /// Counts a failed exchange; whether it was the last.
    fn exchange_failed(&mut self) -> bool {
        self.exchanges_failed += 1;
        self.exchanges_failed >= MAX_EXCHANGES
    }

    fn end(&mut self, error: ConnectionError) {
        let phase = std::mem::replace(&mut self.phase, Phase::Over);
        let mut session_events = Vec::new();
        match phase {
            Phase::Over => return,
            Phase::Keyed(mut session) => {
                session.close();
                session_events.extend(std::iter::from_fn(|| session.poll_event()));
            }
            Phase::Keyless { mut waiting, .. } => {
                waiting.close();
                session_events.extend(std::iter::from_fn(|| waiting.poll_event()));
            }
        }
        self.link = Link::Over;
        self.events.extend(session_events.into_iter().map(Event::Session));
        self.events.push_back(Event::Over(error));
    }
}

/// Passes on the steps of an exchange.
fn report_steps(exchange: &mut Handshake, events: &mut VecDeque<Event>) {
    while let Some(step) = exchange.poll_step() {
        events.push_back(Event::Step(Box::new(step)));
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phase = match &self.phase {
            Phase::Keyless { .. } => "Keyless",
            Phase::Keyed(_) => "Keyed",
            Phase::Over => "Over",
        };
        let link = match &self.link {
            Link::Down { .. } => "Down",
            Link::Dialing { .. } => "Dialing",
            Link::Up(_) => "Up",
            Link::Over => "Over",
        };
        write!(f, "Connection({} {phase} {link})", self.config.dc)
    }
}
