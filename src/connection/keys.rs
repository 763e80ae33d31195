//! The keys of a connection: how one is exchanged, and the session that it is used in.

use std::time::Duration;

use crate::connection::config::{Config, StoredKey};
use crate::connection::error::{ConnectionError, Disconnected};
use crate::connection::event::Event;
use crate::connection::life::Life;
use crate::connection::link::Link;
use crate::connection::machine::Connection;
use crate::connection::pfs::Temporary;
use crate::crypto::{Entropy, KeyId};
use crate::handshake::{self, Handshake, Lifetime, Outcome};
use crate::session::{Calls, Session, Violation};
use crate::time::{Now, ServerClock};

/// How often a key exchange is tried before the connection gives up (KX-09).
const MAX_EXCHANGES: u32 = 5;

/// The keys, and who uses them.
pub(super) struct Keys {
    pub(super) phase: Phase,
    /// The exchange under way: of the key that is waited for, or of a temporary one beside the session.
    pub(super) exchange: Option<Box<Handshake>>,
    /// What there is to know about temporary keys, if they are used.
    pub(super) temporary: Option<Box<Temporary>>,
    /// The beginning of the permanent key, if it was made in this connection.
    pub(super) made: Option<Life>,
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
    pub(super) fn new(config: &Config, now: Now, entropy: &mut dyn Entropy) -> Self {
        let stored = config.stored.as_ref();
        let phase = match (stored, config.pfs) {
            (Some(stored), None) => {
                let clock = ServerClock::with_offset(now, stored.time_offset);
                Phase::Keyed(Box::new(Session::new(
                    config.suite.clone(),
                    stored.auth_key.clone(),
                    stored.salt,
                    clock,
                    Calls::new(config.limits),
                    config.upkeep,
                    entropy,
                )))
            }
            _ => Phase::Waiting(Box::new(Calls::new(config.limits))),
        };
        let permanent = stored.map(|stored| stored.auth_key.clone());
        let temporary = config.pfs.map(|pfs| Box::new(Temporary::new(pfs, permanent)));
        Self { phase, exchange: None, temporary, made: None }
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
}

impl Connection {
    /// Begins what is missing now that there is a link: without a key, one is exchanged over it.
    pub(super) fn pursue(&mut self, now: Now) {
        if self.keys.temporary.is_some() {
            // What a temporary key would be bound to is not used yet.
            if self.unkept.is_none() {
                self.pursue_temporary(now);
            }
            return;
        }
        let is_waiting = matches!(self.keys.phase, Phase::Waiting(_)) && self.unkept.is_none();
        if is_waiting && self.keys.exchange.is_none() && matches!(self.link, Link::Up(_)) {
            self.begin_exchange(now, Lifetime::Permanent);
        }
    }

    /// An exchange has nonces of its own for each link (KX-02).
    pub(super) fn begin_exchange(&mut self, now: Now, lifetime: Lifetime) {
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
        // What is authentic shows that the key is known and the link is good.
        self.key_unknown = 0;
        self.backoff.succeeded();
        if self.keys.temporary.is_some() {
            self.advance_temporary(now);
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

    fn key_made(&mut self, now: Now, outcome: Outcome) {
        self.keys.exchange = None;
        self.tested_prime = Some(outcome.prime.clone());
        if outcome.expires_at.is_some() {
            return self.temporary_made(now, outcome);
        }
        self.exchanges_failed = 0;
        let clock = clock(now, &outcome);
        self.events.push_back(Event::KeyCreated(Box::new(StoredKey {
            auth_key: outcome.auth_key.clone(),
            salt: outcome.salt,
            time_offset: clock.offset(),
        })));
        self.keys.made = Some(Life::new(outcome.server_time.mono, Duration::MAX));
        if self.config.hold_new_key {
            self.unkept = Some(Box::new(outcome));
        } else {
            self.take_up(now, outcome);
        }
    }

    /// Uses a new permanent key.
    pub(super) fn take_up(&mut self, now: Now, outcome: Outcome) {
        let clock = clock(now, &outcome);
        if let Some(temporary) = &mut self.keys.temporary {
            temporary.permanent_made(outcome.auth_key);
            return self.pursue(now);
        }
        let Phase::Waiting(waiting) = &mut self.keys.phase else { return };
        let mut session = Session::new(
            self.config.suite.clone(),
            outcome.auth_key,
            outcome.salt,
            clock,
            std::mem::take(&mut **waiting),
            self.config.upkeep,
            &mut *self.entropy,
        );
        if matches!(self.link, Link::Up(_)) {
            session.handle_connected(now);
        }
        self.keys.phase = Phase::Keyed(Box::new(session));
    }

    /// Counts a failed exchange; whether it was the last.
    pub(super) fn exchange_failed(&mut self) -> bool {
        self.exchanges_failed += 1;
        self.exchanges_failed >= MAX_EXCHANGES
    }

    /// Passes on the steps of an exchange. Those of a temporary key's are nobody's business: it never leaves the memory.
    pub(super) fn report_steps(&mut self) {
        let Keys { exchange, temporary, .. } = &mut self.keys;
        let Some(exchange) = exchange else { return };
        let is_permanent = temporary.as_ref().is_none_or(|temporary| !temporary.has_permanent());
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
        self.unkept = None;
        self.link = Link::Over;
        self.events.extend(ended.into_iter().map(Event::Session));
        self.events.push_back(Event::Over(error));
    }
}

/// The server's clock, as an exchange has found it.
pub(super) fn clock(now: Now, outcome: &Outcome) -> ServerClock {
    let mut clock = ServerClock::new(now);
    clock.sync(outcome.server_time.unix, outcome.server_time.mono);
    clock
}
