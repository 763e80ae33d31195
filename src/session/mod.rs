//! A session: [encrypted messages](https://core.telegram.org/mtproto/description) with one key, and the
//! [service messages](https://core.telegram.org/mtproto/service_messages) that keep it going.
//!
//! It speaks whole packets, as a framing delivers them, and does no I/O. The connection above it owns one for as long as
//! its key lives; sockets come and go.
//!
//! ```text
//!  handle_packet ─ open ─ container ─ duplicates ─┬─ rpc_result, pong, … ── calls ── Event::Answer
//!                  EM-02  EM-10       EM-06       ├─ bad_server_salt, new_session_created, …
//!                                                 └─ anything else ───────────────── Event::Update
//!  call ── calls ──┐
//!  acks ───────────┴─ container ─ seal ─ poll_packet
//! ```

mod acks;
mod calls;
mod counters;
mod event;
mod incoming;
mod outgoing;
mod packet;
mod salts;
mod seen;
mod service;
#[cfg(test)]
mod tests;
mod violation;

use std::collections::VecDeque;
use std::time::Duration;

use crate::crypto::{AuthKey, Entropy, EntropyExt, Suite};
use crate::ids::{Salt, SeqNo, SessionId};
use crate::message_id::{MessageId, MessageIds};
use crate::rpc::{CallError, CallId, Request};
use crate::time::{Now, ServerClock};
use acks::Acks;
pub(crate) use calls::Calls;
pub use counters::Counters;
pub use event::Event;
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
    ids: MessageIds,
    /// How many content-related messages were sent (EM-09).
    content: i32,
    salts: Salts,
    seen: Seen,
    acks: Acks,
    calls: Calls,
    events: VecDeque<Event>,
    counters: Counters,
}

impl Session {
    /// Begins a session with a number that was never used. `calls` have waited for it.
    pub(crate) fn new(
        suite: Suite,
        key: AuthKey,
        salt: Salt,
        clock: ServerClock,
        calls: Calls,
        entropy: &mut dyn Entropy,
    ) -> Self {
        Self {
            suite,
            key,
            id: new_session_id(entropy),
            clock,
            ids: MessageIds::default(),
            content: 0,
            salts: Salts::new(salt),
            seen: Seen::default(),
            acks: Acks::default(),
            calls,
            events: VecDeque::new(),
            counters: Counters::default(),
        }
    }

    /// Takes a request.
    ///
    /// # Errors
    ///
    /// [`CallError::Full`] when too many are waiting.
    pub fn call(&mut self, request: Request) -> Result<CallId, CallError> {
        self.calls.add(request)
    }

    /// Takes a packet, which is decrypted in place. The framing may have appended up to `max_padding` bytes.
    ///
    /// # Errors
    ///
    /// The rule that the packet broke, if the connection must be closed for it. Nothing of the packet has taken effect
    /// then, and the session can go on over another connection (EM-07).
    pub fn handle_packet(
        &mut self,
        now: Now,
        packet: &mut [u8],
        max_padding: usize,
    ) -> Result<(), Violation> {
        match self.take_packet(now, packet, max_padding) {
            Ok(()) => {
                self.counters.packets_in += 1;
                Ok(())
            }
            Err(violation) => {
                self.counters.dropped += 1;
                if violation.is_fatal() { Err(violation) } else { Ok(()) }
            }
        }
    }

    /// The connection broke. Requests that were under way and may be repeated will be; the others end as
    /// [`CallError::Unknown`].
    pub fn handle_disconnected(&mut self) {
        for call in self.calls.handle_disconnected() {
            self.events.push_back(Event::Answer { call, result: Err(CallError::Unknown) });
        }
    }

    /// Ends all requests.
    pub fn close(&mut self) {
        self.events.extend(self.calls.close());
    }

    /// When there will be something to send, by the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.acks.due()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
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

    /// What was counted.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn next_message_id(&mut self, now: Now, entropy: &mut dyn Entropy) -> MessageId {
        self.ids.next(self.clock.server_unix(now), entropy)
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
