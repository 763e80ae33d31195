//! The object that is driven.

use std::collections::VecDeque;
use std::time::Duration;

use crate::connection::backoff::Backoff;
use crate::connection::config::Config;
use crate::connection::error::{ConnectionError, Disconnected};
use crate::connection::event::Event;
use crate::connection::keys::{Keys, Phase, Taken};
use crate::connection::link::{Dial, Link, Wire};
use crate::crypto::{Entropy, QuickAckToken};
use crate::framing::{Frame, FrameError, Framing, TransportError};
use crate::ids::DcId;
use crate::rpc::{CallError, CallId, CloseReason, Execution, Request};
use crate::session::{Session, Violation};
use crate::time::Now;
use crate::trace::trace;
use crate::work::{Done, Work};

/// What is kept of the memory for packets while none is made. One of the largest takes a MiB.
pub(super) const KEPT_PACKET: usize = 64 << 10;

/// What is kept of the memory for events when all were taken. One packet may bring a million.
pub(super) const KEPT_EVENTS: usize = 64;

/// One session with a data centre, over as many sockets as it takes.
///
/// The [module](crate::connection) says how to drive it.
pub struct Connection {
    pub(super) config: Config,
    pub(super) entropy: Box<dyn Entropy + Send>,
    pub(super) keys: Keys,
    pub(super) link: Link,
    pub(super) backoff: Backoff,
    pub(super) events: VecDeque<Event>,
    /// Packets are built here before they are framed.
    pub(super) packet: Vec<u8>,
    /// What is sent after the end.
    last: Vec<u8>,
    dials: u64,
    pub(super) tickets: u64,
    pub(super) tested_prime: Option<Box<[u8; 256]>>,
    /// Why it is over, once it is.
    pub(super) why: CloseReason,
}

impl Connection {
    /// Begins. The first output is a dial.
    pub fn new(mut config: Config, now: Now, mut entropy: Box<dyn Entropy + Send>) -> Self {
        let keys = Keys::new(&mut config, now, &mut *entropy);
        Self {
            config,
            entropy,
            keys,
            link: Link::Down { dial_at: now.mono },
            backoff: Backoff::default(),
            events: VecDeque::new(),
            packet: Vec::new(),
            last: Vec::new(),
            dials: 0,
            tickets: 0,
            tested_prime: None,
            why: CloseReason::Closed,
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
        if let Phase::Keyed(session) = &mut self.keys.phase {
            session.handle_connected(now);
        }
        self.pursue(now);
    }

    /// Bytes came over the link.
    pub fn handle_input(&mut self, now: Now, bytes: &[u8]) {
        let mut input = bytes;
        // Each turn takes one frame; a link that ends takes no more.
        while let Link::Up(wire) = &mut self.link {
            let max_padding = wire.max_padding();
            let frame = match wire.decoder().decode(&mut input) {
                Ok(Some(frame)) => frame,
                Ok(None) => return self.handle_progress(now),
                Err(error) => return self.drop_link(now, Disconnected::Framing(error)),
            };
            match frame {
                Frame::Packet { body, .. } => {
                    let entropy = &mut *self.entropy;
                    match self.keys.handle_packet(now, body, max_padding, entropy) {
                        Taken::Exchange(result) => {
                            if result.is_ok() {
                                wire.exchanged();
                            }
                            self.advance_exchange(now, result);
                        }
                        Taken::Session(Ok(())) => self.advance_session(now),
                        Taken::Session(Err(violation)) => {
                            self.drop_link(now, Disconnected::Violation(violation));
                        }
                        Taken::Former => {
                            self.drain_former();
                            // Its answer may have been the last that was waited for.
                            self.pursue(now);
                        }
                        Taken::Nobody => {}
                    }
                }
                Frame::Error(error) => self.handle_error(now, error),
                Frame::QuickAck(token) => {
                    if let Phase::Keyed(session) = &mut self.keys.phase
                        && session.handle_quick_ack(QuickAckToken(token))
                    {
                        wire.note_quick_ack();
                    }
                }
                Frame::Nop => {}
            }
        }
    }

    /// Bytes moved: part of a frame came, or the socket took some. A large frame on a slow link is not silence.
    pub fn handle_progress(&mut self, now: Now) {
        if let Phase::Keyed(session) = &mut self.keys.phase {
            session.handle_progress(now);
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
        if let Some((error, until)) = self.link.accusation()
            && now.mono >= until
        {
            return self.drop_link(now, Disconnected::Transport(error));
        }
        match &mut self.keys.phase {
            Phase::Waiting(waiting) => waiting.handle_deadlines(now.mono),
            Phase::Keyed(session) => {
                if session.is_peer_gone(now) {
                    return self.drop_link(now, Disconnected::Silence);
                }
                session.handle_timeout(now);
                if self.keys.temporary.is_some() {
                    self.advance_binding(now);
                }
            }
            Phase::Over => {}
        }
        let exchange = self.keys.exchange.as_mut();
        if let Some(Err(error)) = exchange.map(|exchange| exchange.handle_timeout(now)) {
            self.advance_exchange(now, Err(error));
        }
        self.pursue(now);
    }

    /// Work was done.
    pub fn handle_work(&mut self, now: Now, done: Done) {
        let Some(exchange) = &mut self.keys.exchange else { return };
        let result = exchange.handle_work(now, done, &mut *self.entropy);
        self.advance_exchange(now, result);
    }

    /// The key that [`Event::KeyCreated`] told was stored: it is used from now on. Without
    /// [`Config::hold_new_key`](crate::connection::Config::hold_new_key) it never waited for this.
    pub fn key_kept(&mut self, now: Now) {
        if let Some(made) = self.keys.made.as_mut().filter(|made| !made.is_kept) {
            made.is_kept = true;
            self.pursue(now);
        }
    }

    /// Takes a request. It ends in exactly one [`session::Event::Answer`](crate::session::Event::Answer).
    ///
    /// # Errors
    ///
    /// [`CallError::Full`] when too many are waiting, [`CallError::TooLarge`] when it fits into no message,
    /// [`CallError::Closed`] when the connection is over.
    pub fn call(&mut self, now: Now, request: Request) -> Result<CallId, CallError> {
        match &mut self.keys.phase {
            Phase::Waiting(waiting) => waiting.add(now.mono, request),
            Phase::Keyed(session) => session.call(now, request),
            Phase::Over => Err(CallError::Closed { execution: Execution::Never, why: self.why }),
        }
    }

    /// Takes a request back. It ends in an answer all the same: see [`Session::cancel`].
    pub fn cancel(&mut self, now: Now, call: CallId) {
        match &mut self.keys.phase {
            Phase::Waiting(waiting) => drop(waiting.cancel(now.mono, call)),
            Phase::Keyed(session) => session.cancel(now, call),
            Phase::Over => {}
        }
    }

    /// Ends the connection: every request ends. What is still to be acknowledged is (CF-20), by a last
    /// [`poll_transmit`](Self::poll_transmit); nothing else is sent any more.
    pub fn close(&mut self, now: Now) {
        if let (Link::Up(wire), Phase::Keyed(session)) = (&mut self.link, &mut self.keys.phase) {
            self.packet.clear();
            let (padding, entropy) = (wire.padding(), &mut *self.entropy);
            if session.say_last(now, padding, entropy, &mut self.packet) {
                // One that fits into no frame is not sent, which costs the server a repetition.
                let _ = wire.frame(&self.packet, false, entropy, &mut self.last);
            }
        }
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
        if !self.last.is_empty() {
            out.append(&mut self.last);
            return true;
        }
        let Link::Up(wire) = &mut self.link else { return false };
        let entropy = &mut *self.entropy;
        if let Some(packet) = self.keys.exchange.as_mut().and_then(|it| it.poll_packet()) {
            let framed = wire.frame(packet, false, entropy, out);
            self.report_steps();
            return self.framed(now, framed);
        }
        let Phase::Keyed(session) = &mut self.keys.phase else { return false };
        self.packet.clear();
        let Some(sent) = session.poll_packet(now, wire.padding(), entropy, &mut self.packet) else {
            self.packet.shrink_to(KEPT_PACKET);
            return false;
        };
        let framed = wire.frame(&self.packet, sent.quick_ack, entropy, out);
        self.framed(now, framed)
    }

    /// A packet that fits into no frame would be lost in silence; a link that ends is asked about.
    fn framed(&mut self, now: Now, framed: Result<(), FrameError>) -> bool {
        match framed {
            Ok(()) => true,
            Err(error) => {
                self.drop_link(now, Disconnected::Framing(error));
                false
            }
        }
    }

    /// Work to have done, off the task that moves bytes.
    pub fn poll_work(&mut self) -> Option<Work> {
        self.keys.exchange.as_mut()?.poll_work()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), by the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let link = match &self.link {
            Link::Down { dial_at } => Some(*dial_at),
            Link::Dialing { until } => Some(*until),
            Link::Up(wire) => wire.accusation().map(|(_, until)| until),
            Link::Over => None,
        };
        let keys = self.keys.poll_timeout(matches!(self.link, Link::Up(_)));
        link.into_iter().chain(keys).min()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        self.events.shrink_to(KEPT_EVENTS);
        if let Phase::Waiting(waiting) = &mut self.keys.phase {
            return waiting.poll_event().map(Event::Session);
        }
        self.drain_session();
        self.events.pop_front()
    }

    /// Whether a socket, if there is one, is still to be used.
    pub fn is_link_wanted(&self) -> bool {
        matches!(self.link, Link::Up(_))
    }

    /// Whether the connection is over.
    pub fn is_over(&self) -> bool {
        matches!(self.keys.phase, Phase::Over)
    }

    /// The data centre.
    #[must_use]
    pub fn dc(&self) -> DcId {
        self.config.dc
    }

    /// The session, once there is a key for it.
    pub fn session(&self) -> Option<&Session> {
        match &self.keys.phase {
            Phase::Keyed(session) => Some(session),
            _ => None,
        }
    }

    pub(super) fn drop_link(&mut self, now: Now, why: Disconnected) {
        if matches!(self.link, Link::Over | Link::Down { .. }) {
            return;
        }
        let why = match (self.link.accusation(), why) {
            // Nothing that was to be heard out will follow.
            (Some((error, _)), Disconnected::Eof | Disconnected::Io(_) | Disconnected::Silence) => {
                Disconnected::Transport(error)
            }
            (_, why) => why,
        };
        let (verdict, is_disowned) = (self.judge(now, &why), self.is_disowned(now, &why));
        if let Disconnected::Transport(TransportError::FLOOD) = why {
            self.backoff.flooded();
        }
        let dial_at = self.backoff.disconnected(now.mono, &mut *self.entropy);
        self.link = Link::Down { dial_at };
        trace!(info, dc = self.config.dc.to_string(), why = why.to_string(); "link down");
        self.report_steps();
        let is_forgotten = matches!(why, Disconnected::Violation(Violation::Forgotten(_)));
        self.events.push_back(Event::Disconnected { why });
        if let (Phase::Keyed(session), true) = (&mut self.keys.phase, is_disowned) {
            session.handle_disowned();
        }
        if let Some(error) = self.carry_out(now, verdict) {
            return self.end(error);
        }
        self.keys.exchange = None;
        if let Phase::Keyed(session) = &mut self.keys.phase {
            // EM-06: a server that goes on sending what is older than all we remember would be left for ever.
            if is_forgotten {
                session.handle_broken();
            }
            session.handle_disconnected();
        }
        if let Some(temporary) = &mut self.keys.temporary {
            temporary.handle_disconnected();
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phase = match &self.keys.phase {
            Phase::Waiting(_) => "Waiting",
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
