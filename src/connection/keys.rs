//! The keys of a connection: one flow for both kinds, and the session that they are used in.
//!
//! ```text
//!            exchange                        kept                      used
//!  missing ───────────> made ── permanent ── told; with hold_new_key ─┬─ without pfs: it is the session's ──> Session
//!     ^                   │                  when it was stored       └─ with pfs: others are bound to it ─┐
//!     ├───────────────────┼────────────────────────────────────────────────────────────────────────────────┘
//!     │                   └── temporary ── in memory only ──── when nothing is under way: bound (pfs) ──> Session
//!     └── refused, unknown, expired, soon to expire <────────────────────────────────────────────────────────┘
//! ```
//!
//! [`pursue`](Connection::pursue) takes the next step of it, whenever something has changed. Silence is no refusal: an exchange
//! that hears nothing ends with its link, and another begins over the next, as rarely as dials that fail; only what somebody
//! has said counts against its tries.

use std::time::Duration;

use crate::connection::config::{Config, StoredKey};
use crate::connection::error::{ConnectionError, Disconnected};
use crate::connection::event::Event;
use crate::connection::life::Life;
use crate::connection::link::Link;
use crate::connection::machine::Connection;
use crate::connection::pfs::Temporary;
use crate::crypto::{AuthKey, Entropy, KeyId};
use crate::handshake::{self, Handshake, Lifetime, Outcome};
use crate::ids::Salt;
use crate::rpc::{CallError, CloseReason};
use crate::session::{self, Calls, Session, Violation};
use crate::time::{Now, ServerClock};

/// How often a key exchange may be refused before the connection gives up (KX-09).
const MAX_EXCHANGES: u32 = 5;

/// The keys, and who uses them.
pub(super) struct Keys {
    pub(super) phase: Phase,
    /// The exchange under way: of the key that is waited for, or of a temporary one beside the session.
    pub(super) exchange: Option<Box<Handshake>>,
    /// When another may begin.
    pub(super) exchange_at: Duration,
    /// A key that was made and is not used yet.
    pub(super) made: Option<Box<Made>>,
    /// What there is to know about temporary keys, if they are used.
    pub(super) temporary: Option<Box<Temporary>>,
    /// The beginning of the permanent key, if it was made in this connection.
    pub(super) birth: Option<Life>,
    /// Whether the server has shown in this connection that it knows the permanent key.
    pub(super) is_proven: bool,
    /// How often exchanges were refused since a key could be used.
    refusals: u32,
    /// How often in a row it was said of the key in use that it is unknown: see [`unsigned`](crate::connection::unsigned).
    pub(super) doubts: u32,
}

/// Whether requests can be sent.
pub(super) enum Phase {
    /// There is no session yet, or not any more. Requests wait.
    Waiting(Box<Calls>),
    /// There is one. With a temporary key that is not bound yet it holds the requests back.
    Keyed(Box<Session>),
    /// It is over.
    Over,
}

/// A key that was made, or stored.
pub(super) struct Made {
    pub(super) auth_key: AuthKey,
    pub(super) salt: Salt,
    pub(super) clock: ServerClock,
    pub(super) life: Life,
    /// Of a temporary key: when it expires, by the server's clock.
    pub(super) expires_at: Option<Duration>,
    /// Whether it may be used. A permanent one may have to be stored first.
    pub(super) is_kept: bool,
}

/// Who took a packet.
pub(super) enum Taken {
    Exchange(Result<(), handshake::Error>),
    Session(Result<(), Violation>),
    /// The session before, whose key is not replaced yet.
    Former,
    /// It is of a key that is not used any more, or came too late for an exchange.
    Nobody,
}

impl Keys {
    /// Takes the stored key out of the configuration: it has one place.
    pub(super) fn new(config: &mut Config, now: Now, entropy: &mut dyn Entropy) -> Self {
        let calls = Calls::new(config.limits);
        let stored = config.stored.take();
        let (phase, temporary) = match (stored, config.pfs) {
            (Some(StoredKey { auth_key, salt, time_offset }), None) => {
                let clock = ServerClock::with_offset(now, time_offset);
                let session = session(config, auth_key, salt, clock, calls, entropy);
                (Phase::Keyed(session), None)
            }
            (stored, pfs) => {
                let permanent = stored.map(|stored| stored.auth_key);
                let temporary = pfs.map(|pfs| Box::new(Temporary::new(pfs, permanent)));
                (Phase::Waiting(Box::new(calls)), temporary)
            }
        };
        Self {
            phase,
            exchange: None,
            exchange_at: Duration::ZERO,
            made: None,
            temporary,
            birth: None,
            is_proven: false,
            refusals: 0,
            doubts: 0,
        }
    }

    /// Routes a packet. A plain message begins with a key id of zero, so an exchange can run beside a session.
    pub(super) fn handle_packet(
        &mut self,
        now: Now,
        packet: &mut [u8],
        max_padding: usize,
        entropy: &mut dyn Entropy,
    ) -> Taken {
        let key = packet.first_chunk::<8>().map(|id| KeyId::from_le_bytes(*id));
        let is_plain = key == Some(KeyId(0));
        if let Some(temporary) = &mut self.temporary
            && temporary.handle_former(now, key, packet, max_padding)
        {
            return Taken::Former;
        }
        // The answer to a query that was sent twice comes twice (KX-20).
        let is_late = is_plain && self.exchange.is_none();
        let dropped = self.temporary.as_ref().and_then(|temporary| temporary.dropped);
        let is_late = is_late || (key.is_some() && key == dropped);
        match (&mut self.exchange, &mut self.phase) {
            _ if is_late => Taken::Nobody,
            (Some(exchange), phase) if is_plain || !matches!(phase, Phase::Keyed(_)) => {
                Taken::Exchange(exchange.handle_packet(now, packet, max_padding, entropy))
            }
            (_, Phase::Keyed(session)) => {
                Taken::Session(session.handle_packet(now, packet, max_padding))
            }
            _ => Taken::Nobody,
        }
    }

    /// When something is to be done.
    pub(super) fn poll_timeout(&self, is_up: bool) -> Option<Duration> {
        let exchange = self.exchange.as_ref().and_then(|exchange| exchange.poll_timeout());
        let phase = match &self.phase {
            Phase::Waiting(waiting) => waiting.due(),
            Phase::Keyed(session) => session.poll_timeout(),
            Phase::Over => None,
        };
        exchange.into_iter().chain(phase).chain(self.due(is_up)).min()
    }

    /// When [`Connection::pursue`] has a next step to take.
    fn due(&self, is_up: bool) -> Option<Duration> {
        // An exchange begins over a link.
        let exchange = Some(self.exchange_at).filter(|_| is_up && self.wanted().is_some());
        match (&self.phase, &self.temporary) {
            (Phase::Keyed(session), Some(temporary)) => {
                temporary.due(session, self.made.is_some(), is_up, exchange)
            }
            _ => exchange,
        }
    }

    /// The key that is to be made next, at [`exchange_at`](Self::exchange_at).
    fn wanted(&self) -> Option<Lifetime> {
        if self.exchange.is_some() || self.made.is_some() {
            return None;
        }
        match (&self.phase, &self.temporary) {
            (Phase::Over, _) | (Phase::Keyed(_), None) => None,
            (Phase::Keyed(session), Some(_)) if session.is_binding() => None,
            (Phase::Waiting(_), None) => Some(Lifetime::Permanent),
            (_, Some(temporary)) => Some(temporary.wanted()),
        }
    }

    pub(super) fn has_permanent(&self) -> bool {
        self.temporary.as_ref().is_some_and(|temporary| temporary.has_permanent())
    }

    /// Whether not every server need know the permanent key yet.
    pub(super) fn is_young(&self, mono: Duration) -> bool {
        self.birth.is_some_and(|life| life.is_young(mono))
    }

    /// Counts a refused exchange; whether it was the last.
    pub(super) fn refused(&mut self) -> bool {
        let is_last = self.is_last_try();
        self.refusals += 1;
        is_last
    }

    pub(super) fn is_last_try(&self) -> bool {
        self.refusals + 1 >= MAX_EXCHANGES
    }

    /// A key can be used: the server knows the permanent one.
    pub(super) fn prove(&mut self) {
        self.is_proven = true;
        self.refusals = 0;
        self.doubts = 0;
    }
}

impl Connection {
    /// Takes the next step in the life of the keys, if there is one to take now.
    pub(super) fn pursue(&mut self, now: Now) {
        self.expire(now);
        let is_up = matches!(self.link, Link::Up(_));
        if let Some(made) = &self.keys.made {
            let (is_kept, is_permanent) = (made.is_kept, made.expires_at.is_none());
            if is_kept && (is_permanent || self.may_switch(now)) {
                self.use_made(now);
            }
        } else if is_up
            && now.mono >= self.keys.exchange_at
            && let Some(lifetime) = self.keys.wanted()
        {
            self.begin_exchange(now, lifetime);
        }
    }

    /// An exchange has nonces of its own for each link (KX-02).
    fn begin_exchange(&mut self, now: Now, lifetime: Lifetime) {
        self.tickets += 1;
        let mut config = handshake::Config::new(
            self.config.dc,
            self.config.keys.clone(),
            self.config.suite.clone(),
        );
        config.lifetime = lifetime;
        config.tested_prime = self.tested_prime.clone();
        let exchange = Handshake::new(config, self.tickets, now, &mut *self.entropy);
        self.keys.exchange = Some(Box::new(exchange));
        self.report_steps();
    }

    /// An exchange took a packet or an answer to its work.
    pub(super) fn advance_exchange(&mut self, now: Now, result: Result<(), handshake::Error>) {
        self.report_steps();
        match (result, &self.keys.phase) {
            (Ok(()), _) => {
                let outcome = self.keys.exchange.as_mut().and_then(|it| it.poll_outcome());
                if let Some(outcome) = outcome {
                    self.key_made(now, outcome);
                }
            }
            // The session beside it goes on.
            (Err(error), Phase::Keyed(_)) => self.not_renewed(now, error.into()),
            (Err(error), _) => self.drop_link(now, Disconnected::Handshake(error)),
        }
    }

    /// The session took a packet: passes on what it has to tell.
    pub(super) fn advance_session(&mut self, now: Now) {
        self.drain_session();
        let Keys { phase, temporary, doubts, .. } = &mut self.keys;
        // What is authentic shows that the key is known and the link is good.
        *doubts = 0;
        if let (Phase::Keyed(session), Link::Up(wire)) = (phase, &mut self.link) {
            wire.hear(session.key_id());
        }
        self.backoff.succeeded();
        if temporary.is_some() {
            self.advance_binding(now);
        } else {
            self.keys.prove();
        }
    }

    /// Passes on what the session has told so far, before anything else is.
    pub(super) fn drain_session(&mut self) {
        let is_temporary = self.keys.temporary.is_some();
        if let Phase::Keyed(session) = &mut self.keys.phase {
            while let Some(event) = session.poll_event() {
                if let Some(event) = Event::of_session(event, is_temporary) {
                    self.events.push_back(event);
                }
            }
        }
    }

    /// Passes on what the session before has told.
    pub(super) fn drain_former(&mut self) {
        let Some(temporary) = &mut self.keys.temporary else { return };
        while let Some(event) = temporary.poll_former() {
            self.events.extend(Event::of_session(event, true));
        }
    }

    /// An exchange gave a key. Who made it over this link has signed its last answer with it (KX-18).
    fn key_made(&mut self, now: Now, outcome: Outcome) {
        self.keys.exchange = None;
        if let Link::Up(wire) = &mut self.link {
            wire.hear(outcome.auth_key.id());
        }
        self.backoff.succeeded();
        let clock = clock(now, &outcome);
        let Outcome { auth_key, salt, server_time, expires_at, prime } = outcome;
        self.tested_prime = Some(prime);
        let is_permanent = expires_at.is_none();
        let temporary = self.keys.temporary.as_ref().filter(|_| !is_permanent);
        let lifetime = temporary.map_or(Duration::MAX, |temporary| temporary.lifetime());
        let life = Life::new(server_time.mono, lifetime);
        if is_permanent {
            let (auth_key, time_offset) = (auth_key.clone(), clock.offset());
            let stored = StoredKey { auth_key, salt, time_offset };
            self.events.push_back(Event::KeyCreated(Box::new(stored)));
            self.keys.birth = Some(life);
            self.keys.prove();
        }
        let is_kept = !(is_permanent && self.config.hold_new_key);
        let made = Made { auth_key, salt, clock, life, expires_at, is_kept };
        self.keys.made = Some(Box::new(made));
        self.pursue(now);
    }

    /// Uses the key that was made: in a session, or to bind others to it.
    fn use_made(&mut self, now: Now) {
        let Some(made) = self.keys.made.take() else { return };
        match &mut self.keys.temporary {
            Some(temporary) if made.expires_at.is_none() => {
                temporary.permanent_made(made.auth_key);
                self.pursue(now);
            }
            _ => self.enter(now, *made),
        }
    }

    /// Begins a session with a key. The requests go to it; with a temporary key it holds them back until that is bound.
    fn enter(&mut self, now: Now, made: Made) {
        self.drain_session();
        let Keys { phase, temporary, doubts, .. } = &mut self.keys;
        let calls = match std::mem::replace(phase, Phase::Over) {
            Phase::Waiting(calls) => *calls,
            Phase::Keyed(mut session) => {
                let calls = session.take_calls();
                if let Some(temporary) = temporary {
                    session.hold(false);
                    temporary.step_back(session);
                }
                calls
            }
            Phase::Over => return,
        };
        *doubts = 0;
        let Made { auth_key, salt, clock, life, expires_at, .. } = made;
        let mut session = session(&self.config, auth_key, salt, clock, calls, &mut *self.entropy);
        if let Some(temporary) = temporary {
            temporary.bind(&mut session, life, expires_at);
        }
        if matches!(self.link, Link::Up(_)) {
            session.handle_connected(now);
        }
        *phase = Phase::Keyed(session);
    }

    /// Passes on the steps of an exchange. Those of a temporary key's are nobody's business: it never leaves the memory.
    pub(super) fn report_steps(&mut self) {
        let is_permanent = !self.keys.has_permanent();
        let Some(exchange) = &mut self.keys.exchange else { return };
        while let Some(step) = exchange.poll_step() {
            if is_permanent {
                self.events.push_back(Event::Step(Box::new(step)));
            }
        }
    }

    /// Ends everything.
    pub(super) fn end(&mut self, error: ConnectionError) {
        self.drain_session();
        let phase = std::mem::replace(&mut self.keys.phase, Phase::Over);
        self.why = CloseReason::from(&error);
        let mut ended = Vec::new();
        match phase {
            Phase::Over => return,
            Phase::Keyed(mut session) => {
                session.close();
                ended.extend(std::iter::from_fn(|| session.poll_event()));
            }
            Phase::Waiting(mut waiting) => {
                waiting.close();
                ended.extend(std::iter::from_fn(|| waiting.poll_event()));
            }
        }
        self.keys.exchange = None;
        self.keys.temporary = None;
        self.keys.made = None;
        self.link = Link::Over;
        for mut event in ended {
            if let session::Event::Answer { result: Err(CallError::Closed { why, .. }), .. } =
                &mut event
            {
                *why = self.why;
            }
            self.events.push_back(Event::Session(event));
        }
        self.events.push_back(Event::Over(error));
    }
}

/// A session with a key.
fn session(
    config: &Config,
    auth_key: AuthKey,
    salt: Salt,
    clock: ServerClock,
    calls: Calls,
    entropy: &mut dyn Entropy,
) -> Box<Session> {
    let (suite, upkeep) = (config.suite.clone(), config.upkeep);
    Box::new(Session::new(suite, auth_key, salt, clock, calls, upkeep, entropy))
}

/// The server's clock, as an exchange has found it.
fn clock(now: Now, outcome: &Outcome) -> ServerClock {
    let mut clock = ServerClock::new(now);
    clock.sync(outcome.server_time.unix, outcome.server_time.mono);
    clock
}
