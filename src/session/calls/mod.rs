//! The requests that have not ended, found by their number and by the messages they were sent in.
//!
//! ```text
//!  call ─> queue ── sending ──> a packet        hearing: what the server, the link and the clock say of a message goes
//!            ^                                    through `session::fate`, and what follows is done here
//!            └─────── renew ────────────────────  waiting: deadlines, and questions when an answer does not come
//! ```

mod call;
mod hearing;
mod sending;
#[cfg(test)]
mod tests;
mod timers;
mod waiting;

use std::collections::VecDeque;
use std::time::Duration;

use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, Request, RpcError};
use crate::session::event::Event;
use crate::session::fate::Word;
use crate::session::limits::Limits;
use crate::tl::mtproto::functions;
use crate::tl::{Identifiable, Object};
use crate::trace::{self, trace};
use call::Call;
use sending::Container;
pub(super) use sending::Copy;
use timers::Timers;

/// The largest request: a message has at most 1,044,456 bytes (EM-10), of which a container takes 8, the message's own
/// numbers 16, and `invokeAfterMsg` 12.
const MAX_REQUEST: usize = 1_044_456 - 8 - 16 - 12;

/// What tables keep room for when they have become small again.
const ROOM: usize = 1_024;

/// The requests that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    limits: Limits,
    next: u64,
    calls: IdMap<CallId, Call>,
    /// The bytes of their bodies.
    bytes: usize,
    /// Those to be sent as a new message, in the order in which they were made.
    queue: VecDeque<CallId>,
    /// Those whose message is to be sent again as it was, in a container of another (EM-12).
    again: VecDeque<CallId>,
    by_message: IdMap<MessageId, CallId>,
    /// How many have a message under way.
    under_way: usize,
    containers: IdMap<MessageId, Container>,
    /// Those whose answer names something else than their message: `destroy_session` and `destroy_auth_key`.
    unnamed: Vec<CallId>,
    /// When something is to be done about a request.
    timers: Timers,
    /// The number of the link.
    link: u32,
    /// The first and the last of links in a row over which the key was unknown to the server.
    disowned: Option<(u32, u32)>,
    /// How many sessions the server has forgotten, and the id of its last notice.
    forgotten: u32,
    forgotten_at: MessageId,
    /// How many they were when the server's clock was found to have gone back.
    time_forgotten: u32,
    /// When all requests are to be gone through for that, and when they were last.
    sweep_at: Option<Duration>,
    swept: Option<Duration>,
    /// The messages whose answers are to be claimed.
    claims: Vec<MessageId>,
    /// The last code of a refusal.
    last_code: i32,
    /// The time of the last input, for round trips.
    mono: Duration,
    events: VecDeque<Event>,
    #[cfg(feature = "coverage")]
    pub(super) cells: crate::session::coverage::Cells,
}

impl Calls {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// How many requests were taken so far.
    pub(super) fn accepted(&self) -> u64 {
        self.next
    }

    /// Takes a request to be sent.
    pub(crate) fn add(&mut self, mono: Duration, request: Request) -> Result<CallId, CallError> {
        let length = request.body.len();
        if length > MAX_REQUEST {
            return Err(CallError::TooLarge { length });
        }
        let is_full = self.queue.len() >= self.limits.queued
            || self.calls.len() >= self.limits.calls
            || self.bytes.saturating_add(length) > self.limits.bytes;
        if is_full {
            return Err(CallError::Full);
        }
        let id = CallId(self.next);
        self.next += 1;
        let deadline = request.deadline.map(|within| mono.saturating_add(within));
        trace!(debug, request = id.0, function = trace::name(&request.body), bytes = length;
            "request accepted");
        if is_unnamed(&request.body) {
            self.unnamed.push(id);
        }
        let call = Call::new(request.compressed(), deadline);
        self.bytes += call.body.len();
        if let Some(due) = call.due() {
            self.timers.set(due, id);
        }
        self.calls.insert(id, call);
        self.queue.push_back(id);
        Ok(id)
    }

    /// The body of a request.
    pub(super) fn body(&self, id: CallId) -> Option<&[u8]> {
        self.calls.get(&id).map(|call| &*call.body)
    }

    /// Whether a request has not ended.
    pub(super) fn contains(&self, id: CallId) -> bool {
        self.calls.contains_key(&id)
    }

    /// The request that was sent as this message.
    pub(super) fn of_message(&self, message: MessageId) -> Option<CallId> {
        self.by_message.get(&message).copied()
    }

    /// The oldest request under way whose answer names no message and whose body is such a one.
    pub(super) fn unnamed(&self, is_it: impl Fn(&[u8]) -> bool) -> Option<CallId> {
        let is_such = |id: &&CallId| {
            self.calls.get(id).is_some_and(|call| call.sent.is_some() && is_it(&call.body))
        };
        self.unnamed.iter().find(is_such).copied()
    }

    /// Whether a message or packet with a request that has not ended was sent under this id.
    pub(super) fn was_sent(&self, message: MessageId) -> bool {
        self.by_message.contains_key(&message) || self.containers.contains_key(&message)
    }

    /// Time has passed.
    pub(super) fn note_time(&mut self, mono: Duration) {
        self.mono = mono;
    }

    /// Counts that a word was heard.
    #[cfg_attr(not(feature = "coverage"), expect(clippy::unused_self))]
    pub(super) fn note(&mut self, id: CallId, word: Word) {
        #[cfg(feature = "coverage")]
        if let Some(call) = self.calls.get(&id) {
            self.cells.note(call.fate.state(), word);
        }
        #[cfg(not(feature = "coverage"))]
        let _ = (id, word);
    }

    /// Ends a request with its answer.
    pub(super) fn answer(&mut self, id: CallId, result: Result<Object, CallError>) {
        let Some(call) = self.calls.remove(&id) else { return };
        self.bytes = self.bytes.saturating_sub(call.body.len());
        self.leave_container(call.sent);
        self.settle(id);
        if call.sent.is_some() {
            self.under_way -= 1;
        } else if let Ok(place) = self.queue.binary_search(&id) {
            self.queue.remove(place);
        }
        for message in call.former.iter().copied().chain(call.sent.map(|sent| sent.message)) {
            self.by_message.remove(&message);
        }
        if !self.unnamed.is_empty() {
            self.unnamed.retain(|unnamed| *unnamed != id);
        }
        trace!(debug, request = id.0, message_id = call.sent.map(|sent| sent.message.0),
            round_trip = call.sent.map(|sent| self.mono.saturating_sub(sent.at).as_secs_f64()),
            is_ok = result.is_ok();
            "request ended");
        self.events.push_back(Event::Answer { call: id, result });
        self.shrink();
    }

    /// The error that the server answered a request with, in the message `at`. It is the answer to one of its messages, in one
    /// session; another may have run, or the same in another.
    pub(super) fn rpc_error(
        &self,
        id: CallId,
        message: MessageId,
        at: MessageId,
        error: RpcError,
    ) -> CallError {
        // What it said before it announced the session, it said of the one that it has forgotten.
        let is_of_now = |sent: call::Sent| {
            sent.message == message && (sent.forgotten == self.forgotten || at < self.forgotten_at)
        };
        let is_only = |call: &Call| {
            !call.may_have_run && call.fate.is_certain() && call.sent.is_some_and(is_of_now)
        };
        match self.calls.get(&id) {
            Some(call) if is_only(call) => CallError::Rpc(error),
            _ => CallError::RpcRepeated(error),
        }
    }

    /// Everything under way, in the order in which it was made.
    fn under_way(&self) -> Vec<CallId> {
        let is_sent = |(id, call): (&CallId, &Call)| call.sent.is_some().then_some(*id);
        let mut ids: Vec<CallId> = self.calls.iter().filter_map(is_sent).collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Takes what is still to be told to where other events are.
    pub(super) fn drain_events(&mut self, to: &mut VecDeque<Event>) {
        // There are none mostly, which this finds out sooner.
        if !self.events.is_empty() {
            to.append(&mut self.events);
        }
    }

    /// Whether any request has a message under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way > 0
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Changes a request, and its timer with it.
    fn change(&mut self, id: CallId, change: impl FnOnce(&mut Call)) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (before, was_sent) = (call.due(), call.sent.is_some());
        change(call);
        let (after, is_sent) = (call.due(), call.sent.is_some());
        match (was_sent, is_sent) {
            (false, true) => self.under_way += 1,
            (true, false) => self.under_way -= 1,
            _ => {}
        }
        if before != after {
            if let Some(due) = after {
                self.timers.set(due, id);
            }
            self.settle(id);
        }
    }

    /// Gives back memory after a burst. What is kept is a few times what is needed, so it costs little for each request.
    fn shrink(&mut self) {
        let needed = self.calls.len();
        if self.calls.capacity() <= ROOM || needed > self.calls.capacity() / 8 {
            return;
        }
        let room = (2 * needed).max(ROOM / 2);
        self.calls.shrink_to(room);
        self.by_message.shrink_to(room);
        self.containers.shrink_to(room);
        self.queue.shrink_to(room);
        self.again.shrink_to(room);
        self.timers.shrink_to(room);
    }
}

#[cfg(feature = "coverage")]
impl Calls {
    /// How many entries each table has.
    pub(super) fn sizes(&self) -> [(&'static str, usize); 8] {
        [
            ("calls", self.calls.len()),
            ("queue", self.queue.len()),
            ("again", self.again.len()),
            ("by_message", self.by_message.len()),
            ("containers", self.containers.len()),
            ("contained", self.containers.values().map(Container::len).sum()),
            ("unnamed", self.unnamed.len()),
            ("timers", self.timers.len()),
        ]
    }
}

/// Whether the answer to this function does not name the message that it was sent in.
fn is_unnamed(body: &[u8]) -> bool {
    let ids = [functions::DestroySession::ID, functions::DestroyAuthKey::ID];
    body.first_chunk::<4>().is_some_and(|id| ids.contains(&u32::from_le_bytes(*id)))
}
