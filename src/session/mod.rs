//! A session: [encrypted messages](https://core.telegram.org/mtproto/description) with one key, and the
//! [service messages](https://core.telegram.org/mtproto/service_messages) that keep it going.
//!
//! It speaks whole packets, as a framing delivers them, and does no I/O. The connection above it owns one for as long as
//! its key lives; sockets come and go.
//!
//! ```text
//!  handle_packet ─ open ─ container ─ duplicates ─┬─ rpc_result, pong, … ──────────── calls ── Event::Answer
//!                  EM-02  EM-10       EM-06       ├─ bad_msg_notification, bad_server_salt ── refusals
//!                                                 ├─ msgs_state_info, new_session_created, … ─ states
//!                                                 └─ anything else ────────────────────────── Event::Update
//!  queries ─┐
//!  calls ───┼─ container ─ seal ─ poll_packet
//!  acks ────┘
//! ```
//!
//! What becomes of a request is decided in one place, [`fate`], whose table says what each word of the server, the link, the
//! clock and the caller does to it.

mod acks;
mod answers;
mod binding;
mod calls;
mod counters;
#[cfg(feature = "coverage")]
mod coverage;
mod event;
pub mod fate;
mod incoming;
mod keep_alive;
mod limits;
mod missed;
mod outgoing;
mod packet;
mod queries;
mod quick_acks;
mod refusals;
mod salts;
mod seen;
mod service;
mod states;
#[cfg(test)]
mod tests;
mod violation;

use std::collections::VecDeque;
use std::time::Duration;

use crate::crypto::padding::Padding;
use crate::crypto::{AuthKey, Entropy, EntropyExt, KeyId, QuickAckToken, Suite};
use crate::ids::{Salt, SeqNo, SessionId};
use crate::message_id::{MessageId, MessageIds};
use crate::rpc::{CallError, CallId, Request};
use crate::time::{Now, ServerClock};
use crate::tl::mtproto::functions;
use crate::trace::trace;
use acks::Acks;
pub use binding::BindError;
use binding::Binding;
pub(crate) use calls::Calls;
pub use counters::Counters;
#[cfg(feature = "coverage")]
pub use coverage::{Cells, Sizes, unmet};
pub use event::Event;
use incoming::Inflation;
use keep_alive::KeepAlive;
pub use limits::Limits;
use missed::Missed;
use queries::{Queries, Query};
use quick_acks::QuickAcks;
use salts::Salts;
pub use salts::TimedSalt;
use seen::Seen;
pub use violation::Violation;

/// A session with one key.
pub struct Session {
    suite: Suite,
    key: AuthKey,
    id: SessionId,
    clock: ServerClock,
    /// What it shows while a packet is taken: the same for all messages of it. Reading it for each took a twenty-fifth of what a
    /// container of updates takes.
    server_seconds: u64,
    /// The id of the packet at hand: when it was made. A message in it may be a repetition, and as old as that.
    packet: MessageId,
    ids: MessageIds,
    /// How many content-related messages were sent (EM-09).
    content: i32,
    salts: Salts,
    seen: Seen,
    acks: Acks,
    calls: Calls,
    queries: Queries,
    quick_acks: QuickAcks,
    keep_alive: KeepAlive,
    upkeep: Upkeep,
    /// If the key is a temporary one, its binding to the permanent one. Requests wait for it.
    binding: Option<Binding>,
    /// Whether requests are held back because another session is about to take them.
    is_held: bool,
    /// Whether there is a link.
    is_up: bool,
    /// The first thing that the server said in this session, by its own clock.
    first_heard: Option<MessageId>,
    /// The number by which the server knows the session, and the first message that it had of it.
    announced: Option<(i64, MessageId)>,
    /// The last id that we had made when the server first said something in the session, but refusals.
    before_word: MessageId,
    /// The last id that we had made when the link brought its first transport error.
    before_error: Option<MessageId>,
    /// Whether a new session is to be begun before anything is sent.
    renew_wanted: bool,
    /// What was dropped and may have been an update.
    missed: Missed,
    /// How much may still be decompressed of the packet at hand.
    inflation: Inflation,
    /// How many of our questions about messages were refused, one after the other.
    questions_refused: u32,
    /// When the salts to come may be asked for.
    salts_at: Duration,
    events: VecDeque<Event>,
    counters: Counters,
}

/// What a session does on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upkeep {
    /// How often the server is pinged when nothing else happens; `None` for never, and then nobody notices a link that
    /// broke silently (CF-01).
    pub ping_every: Option<Duration>,
    /// Whether the salts to come are asked for before they are needed.
    pub future_salts: bool,
}

impl Upkeep {
    /// Nothing: a session that only does what it is told.
    pub const NONE: Self = Self { ping_every: None, future_salts: false };
}

impl Default for Upkeep {
    fn default() -> Self {
        Self { ping_every: Some(PING_EVERY), future_salts: true }
    }
}

/// As the [documentation](https://core.telegram.org/mtproto/service_messages#deferred-connection-closure--ping) has it.
const PING_EVERY: Duration = Duration::from_secs(60);

/// How often the salts to come are asked for at most.
const SALTS_APART: Duration = Duration::from_secs(600);

/// How many salts are asked for: the most that are given.
const SALTS: i32 = 64;

/// After how many content-related messages another session is begun when nothing is under way: half of what sequence numbers of
/// 31 bits can count, twice each (EM-09).
const MANY_CONTENT: i32 = 1 << 29;

/// The same, whatever is under way. A packet has 1,020 messages at most.
const LAST_CONTENT: i32 = (1 << 30) - 4_096;

impl Session {
    /// Begins a session with a number that was never used. `calls` have waited for it.
    pub(crate) fn new(
        suite: Suite,
        key: AuthKey,
        salt: Salt,
        clock: ServerClock,
        calls: Calls,
        upkeep: Upkeep,
        entropy: &mut dyn Entropy,
    ) -> Self {
        Self {
            suite,
            key,
            id: new_session_id(entropy),
            clock,
            server_seconds: 0,
            packet: MessageId::default(),
            ids: MessageIds::default(),
            content: 0,
            salts: Salts::new(salt),
            seen: Seen::default(),
            acks: Acks::default(),
            calls,
            queries: Queries::default(),
            quick_acks: QuickAcks::default(),
            keep_alive: KeepAlive::new(upkeep.ping_every),
            upkeep,
            binding: None,
            is_held: false,
            is_up: false,
            first_heard: None,
            announced: None,
            before_word: MessageId::default(),
            before_error: None,
            renew_wanted: false,
            missed: Missed::default(),
            inflation: Inflation::default(),
            questions_refused: 0,
            salts_at: Duration::ZERO,
            events: VecDeque::new(),
            counters: Counters::default(),
        }
    }

    /// Takes a request.
    ///
    /// # Errors
    ///
    /// [`CallError::Full`] when too many are waiting, [`CallError::TooLarge`] when it fits into no message.
    pub fn call(&mut self, now: Now, request: Request) -> Result<CallId, CallError> {
        self.calls.add(now.mono, request)
    }

    /// Takes a request back. It ends as [`CallError::Cancelled`] once the server has said what became of it, or with its
    /// answer if that is on its way (SM-X3).
    pub fn cancel(&mut self, now: Now, call: CallId) {
        if let Some(message) = self.calls.cancel(now.mono, call) {
            self.drop_answer(message, Query::Drop(call));
        }
    }

    fn drop_answer(&mut self, message: MessageId, query: Query) {
        if self.is_up {
            let request = functions::RpcDropAnswer { req_msg_id: message.0 };
            self.queries.push(&request, Some(query));
        }
    }

    /// There is a link. The server is asked about everything that was under way over another.
    pub fn handle_connected(&mut self, now: Now) {
        self.is_up = true;
        self.before_error = None;
        self.keep_alive.handle_connected(now.mono);
        self.miss_of_link(now);
        self.salts_at = now.mono;
        // That they are not wanted was told over the link before, if at all.
        for (call, message) in self.calls.handle_connected(now.mono) {
            self.drop_answer(message, Query::Drop(call));
        }
        // It may have been lost with the link before.
        if let Some(binding) = self.binding.as_mut().filter(|binding| binding.is_open()) {
            binding.want();
        }
    }

    /// A time that [`poll_timeout`](Self::poll_timeout) gave has come.
    pub fn handle_timeout(&mut self, now: Now) {
        self.handle_missed(now);
        if !self.is_up {
            return self.calls.handle_deadlines(now.mono);
        }
        loop {
            let ponged = self.keep_alive.answered();
            let due = self.calls.handle_timeout(now.mono, true, ponged, states::MAX_IDS);
            for message in due.unwanted {
                self.drop_answer(message, Query::Other);
            }
            if due.ask.is_empty() {
                break;
            }
            self.ask_about(due.ask);
        }
        self.acks.handle_timeout(now.mono);
        if let Some(binding) = &mut self.binding {
            binding.handle_timeout(now.mono);
        }
        let next_ping = self.keep_alive.next_ping(self.is_waiting());
        if next_ping.is_some_and(|at| at <= now.mono) {
            self.keep_alive.asked(now.mono);
            let ping_id = self.ids.last().0;
            let disconnect_delay = keep_alive::DISCONNECT_DELAY;
            let ping = functions::PingDelayDisconnect { ping_id, disconnect_delay };
            self.queries.push(&ping, Some(Query::Ping { ping_id, sent: now.mono }));
        }
        self.ask_for_salts(now);
    }

    /// Salts are fetched before the last one ends, and never waited for.
    fn ask_for_salts(&mut self, now: Now) {
        if self.upkeep.future_salts && self.salts.are_few() && now.mono >= self.salts_at {
            self.salts_at = now.mono.saturating_add(SALTS_APART);
            self.queries.push(&functions::GetFutureSalts { num: SALTS }, Some(Query::Salts));
        }
    }

    /// Bytes moved over the link, though no packet is whole yet.
    pub fn handle_progress(&mut self, now: Now) {
        self.keep_alive.heard(now.mono);
    }

    /// Whether the peer has been silent for so long that the link is to be given up (CF-01).
    pub fn is_peer_gone(&self, now: Now) -> bool {
        self.is_up && self.keep_alive.gives_up().is_some_and(|at| at <= now.mono)
    }

    /// A quick acknowledgement came.
    ///
    /// True if it names a packet that was sent over this link.
    pub fn handle_quick_ack(&mut self, token: QuickAckToken) -> bool {
        let Some(calls) = self.quick_acks.take(token) else { return false };
        for call in calls {
            if self.calls.contains(call) {
                self.calls.note(call, fate::Word::QuickAck);
                self.event(Event::QuickAck { call });
            }
        }
        true
    }

    /// Takes a packet, which is decrypted in place. The framing may have appended up to `max_padding` bytes.
    ///
    /// # Errors
    ///
    /// The rule that the packet broke, if the connection must be closed for it; the session can go on over another one
    /// (EM-07). A packet that is not authentic, or a container that is malformed, has had no effect then. A service message
    /// that is malformed ends its packet; those before it in a container have had their effect.
    pub fn handle_packet(
        &mut self,
        now: Now,
        packet: &mut [u8],
        max_padding: usize,
    ) -> Result<(), Violation> {
        self.calls.note_time(now.mono);
        self.inflation = Inflation::default();
        let taken = self.take_packet(now, packet, max_padding);
        self.tell_missed(now);
        match taken {
            Ok(()) => {
                self.counters.packets_in += 1;
                Ok(())
            }
            Err(violation) => {
                self.counters.note(&violation);
                trace!(warn, session = self.id.0, rule = violation.name(); "packet dropped");
                if violation.is_fatal() { Err(violation) } else { Ok(()) }
            }
        }
    }

    /// The link broke. Nothing ends by that: the server is asked once there is another.
    pub fn handle_disconnected(&mut self) {
        self.is_up = false;
        self.queries.clear();
        self.quick_acks.clear();
    }

    /// The link broke, and over it the server has said that it does not know the key, which had said nothing over it.
    pub(crate) fn handle_disowned(&mut self) {
        self.calls.handle_disowned(self.before_error.unwrap_or(self.ids.last()));
    }

    /// A transport error came, which is of what was sent before the first of them.
    pub(crate) fn handle_transport_error(&mut self) {
        self.before_error.get_or_insert(self.ids.last());
    }

    /// The server does not know the key: what went over links alone that ended with [`handle_disowned`](Self::handle_disowned) did not
    /// run.
    pub(crate) fn disown(&mut self) {
        self.calls.disown();
    }

    /// A packet broke a rule so that this session cannot go on: another is begun with the same key.
    pub fn handle_broken(&mut self) {
        self.renew_wanted = true;
    }

    /// Ends all requests.
    pub fn close(&mut self) {
        self.calls.close();
    }

    /// Ends everything with a packet of what was not acknowledged yet; false if there is nothing (CF-20).
    pub(crate) fn say_last(
        &mut self,
        now: Now,
        padding: Padding,
        entropy: &mut dyn Entropy,
        out: &mut Vec<u8>,
    ) -> bool {
        self.close();
        let is_bound = self.binding.as_ref().is_none_or(|binding| !binding.is_wanted());
        if !is_bound || self.renew_wanted || self.acks.is_empty() {
            return false;
        }
        self.acks.hurry();
        self.poll_packet(now, padding, entropy, out).is_some()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), by the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let missed = self.missed_due();
        if !self.is_up {
            return self.calls.due().into_iter().chain(missed).min();
        }
        let ping = self.keep_alive.next_ping(self.is_waiting());
        let binding = self.binding.as_ref().and_then(Binding::due);
        let gives_up = self.keep_alive.gives_up();
        let times = [self.acks.due(), self.calls.due(), ping, gives_up, binding, missed];
        times.into_iter().flatten().min()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front().or_else(|| self.calls.poll_event())
    }

    /// Notes an event, behind those of the requests that came before it.
    fn event(&mut self, event: Event) {
        self.calls.drain_events(&mut self.events);
        self.events.push_back(event);
    }

    /// How long the last ping and its answer took.
    pub fn round_trip(&self) -> Option<Duration> {
        self.keep_alive.round_trip()
    }

    /// The key is a temporary one: nothing else is asked before it is bound to the permanent one. `expires_at` is the
    /// server's time, in seconds.
    pub(crate) fn bind(&mut self, permanent: AuthKey, expires_at: i32) {
        self.binding = Some(Binding::new(permanent, expires_at));
    }

    /// What came of the binding, once.
    pub(crate) fn poll_bound(&mut self) -> Option<Result<(), BindError>> {
        self.binding.as_mut()?.poll_outcome()
    }

    /// Whether requests wait for the binding.
    pub(crate) fn is_binding(&self) -> bool {
        self.binding.as_ref().is_some_and(Binding::is_open)
    }

    /// Whether an answer is waited for, so that silence means something.
    fn is_waiting(&self) -> bool {
        self.calls.is_under_way() || self.is_binding()
    }

    /// Whether a request has gone out and has not ended.
    pub(crate) fn is_under_way(&self) -> bool {
        self.calls.is_under_way()
    }

    /// Sends no more new requests until they are taken away, or does so again.
    pub(crate) fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// Whether requests are held back.
    pub(crate) fn is_held(&self) -> bool {
        self.is_held
    }

    /// Takes all requests away, for another session. This one's key is not used any more, so nobody will know what became
    /// of those under way (SM-X1).
    pub(crate) fn take_calls(&mut self) -> Calls {
        self.calls.give_up();
        std::mem::take(&mut self.calls)
    }

    /// Takes requests over from another session. There are none here before.
    pub(crate) fn put_calls(&mut self, calls: Calls) {
        self.calls = calls;
    }

    /// The name of the key.
    pub fn key_id(&self) -> KeyId {
        self.key.id()
    }

    /// The session's number.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The server's clock.
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// How many requests have not ended.
    pub fn calls_in_flight(&self) -> usize {
        self.calls.len()
    }

    /// How many entries each of the session's tables has, for tests of their bounds.
    #[cfg(feature = "coverage")]
    pub fn sizes(&self) -> Sizes {
        let others = [
            ("acks", self.acks.len()),
            ("seen", self.seen.len()),
            ("queries", self.queries.len()),
            ("queried", self.queries.len_of_packets()),
            ("quick_acks", self.quick_acks.len()),
            ("events", self.events.len()),
            ("salts", self.salts.len()),
            ("wanted", self.missed.len()),
        ];
        Sizes::new(self.calls.sizes().into_iter().chain(others))
    }

    /// How often each cell of the table of [`fate`] was met.
    #[cfg(feature = "coverage")]
    pub fn cells(&self) -> &Cells {
        &self.calls.cells
    }

    /// What was counted.
    pub fn counters(&self) -> Counters {
        let mut counters = self.counters;
        counters.requests = self.calls.accepted();
        counters
    }

    fn next_message_id(&mut self, now: Now, entropy: &mut dyn Entropy) -> MessageId {
        self.ids.next(self.clock.server_unix(now), entropy)
    }

    /// Whether the sequence numbers of this session come to their end: another is begun when nothing is under way, and before
    /// they are used up in any case.
    fn is_used_up(&self) -> bool {
        self.content >= LAST_CONTENT
            || self.content >= MANY_CONTENT && !self.is_waiting() && !self.is_held
    }

    /// The sequence number of the next message (EM-09).
    fn next_seqno(&mut self, is_content: bool) -> SeqNo {
        let before = self.content.wrapping_mul(2);
        if is_content {
            self.content = self.content.wrapping_add(1);
            SeqNo(before.wrapping_add(1))
        } else {
            SeqNo(before)
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("key", &self.key.id())
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

/// A random number that is not zero: servers answer 0 with -404 (KX-19).
fn new_session_id(entropy: &mut dyn Entropy) -> SessionId {
    let id = i64::from_le_bytes(entropy.array());
    SessionId(if id == 0 { 1 } else { id })
}
