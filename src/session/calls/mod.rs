//! The requests that have not ended, found by their number and by the messages they were sent in.

mod asking;
mod fate;
mod sending;
mod timers;

use std::collections::VecDeque;
use std::time::Duration;

use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, CloseReason, Request, RpcError};
use crate::session::call::{Call, Sent};
use crate::session::event::Event;
use crate::session::limits::Limits;
use crate::tl::Object;
use crate::trace::{self, trace};
pub(super) use fate::BAD_SALT;
use sending::Container;
use timers::Timers;

/// The largest request: a message has at most 1,044,456 bytes (EM-10), of which a container takes 8, the message's own
/// numbers 16, and `invokeAfterMsg` 12.
const MAX_REQUEST: usize = 1_044_456 - 8 - 16 - 12;

/// How long a request that was taken back waits for the server's word on it.
const CANCEL_WITHIN: Duration = Duration::from_secs(10);

/// The requests that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    limits: Limits,
    next: u64,
    calls: IdMap<CallId, Call>,
    /// Those to be sent as a new message, in the order in which they were made.
    queue: VecDeque<CallId>,
    /// Those whose message is to be sent again as it was, in a container of another (EM-12).
    again: VecDeque<CallId>,
    by_message: IdMap<MessageId, CallId>,
    /// How many have a message under way.
    under_way: usize,
    containers: IdMap<MessageId, Container>,
    /// When something is to be done about a request.
    timers: Timers,
    /// The time of the last input, for round trips.
    mono: Duration,
    events: VecDeque<Event>,
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
        if self.queue.len() >= self.limits.queued || self.calls.len() >= self.limits.calls {
            return Err(CallError::Full);
        }
        let id = CallId(self.next);
        self.next += 1;
        let deadline = request.deadline.map(|within| mono.saturating_add(within));
        trace!(debug, request = id.0, function = trace::name(&request.body), bytes = length;
            "request accepted");
        let call = Call::new(request.compressed(), deadline);
        if let Some(due) = call.due() {
            self.timers.set(due, id);
        }
        self.calls.insert(id, call);
        self.queue.push_back(id);
        Ok(id)
    }

    /// Takes a request back. Gives the message whose answer is not wanted any more, if it was sent.
    pub(crate) fn cancel(&mut self, mono: Duration, id: CallId) -> Option<MessageId> {
        let call = self.calls.get(&id)?;
        let Some(sent) = call.sent else {
            let execution = call.execution();
            self.fail(id, CallError::Cancelled { execution });
            return None;
        };
        if call.is_cancelled {
            return None;
        }
        self.change(id, |call| {
            call.is_cancelled = true;
            let until = mono.saturating_add(CANCEL_WITHIN);
            call.deadline = Some(call.deadline.map_or(until, |deadline| deadline.min(until)));
        });
        Some(sent.message)
    }

    pub(super) fn get(&self, id: CallId) -> Option<&Call> {
        self.calls.get(&id)
    }

    /// The request that was sent as this message.
    pub(super) fn of_message(&self, message: MessageId) -> Option<CallId> {
        self.by_message.get(&message).copied()
    }

    /// Whether a message or packet with a request that has not ended was sent under this id.
    pub(super) fn was_sent(&self, message: MessageId) -> bool {
        self.by_message.contains_key(&message) || self.containers.contains_key(&message)
    }

    /// Time has passed.
    pub(super) fn note_time(&mut self, mono: Duration) {
        self.mono = mono;
    }

    /// Ends a request with its answer.
    pub(super) fn answer(&mut self, id: CallId, result: Result<Object, CallError>) {
        let Some(call) = self.calls.remove(&id) else { return };
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
        trace!(debug, request = id.0, message_id = call.sent.map(|sent| sent.message.0),
            round_trip = call.sent.map(|sent| self.mono.saturating_sub(sent.at).as_secs_f64()),
            is_ok = result.is_ok();
            "request ended");
        self.events.push_back(Event::Answer { call: id, result });
    }

    /// Whether this message is the one of the request that is under way.
    pub(super) fn is_now(&self, id: CallId, message: MessageId) -> bool {
        let sent = self.calls.get(&id).and_then(|call| call.sent);
        sent.is_some_and(|sent| sent.message == message)
    }

    /// The error that the server answered a request with. It is the answer to one of its messages, of which another may have
    /// run.
    pub(super) fn rpc_error(&self, id: CallId, error: RpcError) -> CallError {
        match self.calls.get(&id) {
            Some(call) if call.may_have_run => CallError::RpcRepeated(error),
            _ => CallError::Rpc(error),
        }
    }

    /// The requests that were taken back after they had been sent, with their messages.
    pub(super) fn cancelled(&self) -> Vec<(CallId, MessageId)> {
        let message = |(id, call): (&CallId, &Call)| {
            call.sent.filter(|_| call.is_cancelled).map(|sent| (*id, sent.message))
        };
        let mut cancelled: Vec<_> = self.calls.iter().filter_map(message).collect();
        cancelled.sort_unstable();
        cancelled
    }

    /// Ends a request without an answer.
    pub(super) fn fail(&mut self, id: CallId, error: CallError) {
        self.answer(id, Err(error));
    }

    /// The requests of a container are sent on their own from now on (64).
    pub(super) fn set_alone(&mut self, id: CallId) {
        self.change(id, |call| call.is_alone = true);
    }

    /// Everything under way, in the order in which it was made.
    pub(super) fn under_way(&self) -> Vec<CallId> {
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

    /// Ends everything.
    pub(crate) fn close(&mut self) {
        let mut ids: Vec<CallId> = self.calls.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            let Some(call) = self.calls.get(&id) else { continue };
            let execution = call.execution();
            self.fail(id, CallError::Closed { execution, why: CloseReason::Closed });
        }
        self.queue.clear();
        self.again.clear();
    }

    /// Whether any request has a message under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way > 0
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Changes what is known of the message of a request that was sent, and the request's timer with it.
    fn change_sent<T>(&mut self, id: CallId, change: impl FnOnce(&mut Sent) -> T) -> Option<T> {
        let mut result = None;
        self.change(id, |call| result = call.sent.as_mut().map(change));
        result
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
}
