//! The requests that have not ended, found by their number and by the messages they were sent in.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ids::SeqNo;
use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, Execution, Request, RpcError};
use crate::session::call::{Call, Sent};
use crate::session::event::Event;
use crate::session::timers::Timers;
use crate::tl::{Object, Repeat};
use crate::trace::{self, trace};

/// The most requests that wait to be sent. Who makes more is told so, instead of filling the memory (P4).
const MAX_QUEUED: usize = 8_192;

/// The most requests that have not ended (P4). As many as one answer about their state can name, eight times.
const MAX_CALLS: usize = 65_536;

/// The largest request: a message has at most 1,044,456 bytes (EM-10), of which a container takes 8, the message's own
/// numbers 16, and `invokeAfterMsg` 12.
const MAX_REQUEST: usize = 1_044_456 - 8 - 16 - 12;

/// How long the server may take to answer before it is asked whether it has the request.
pub(super) const ASK_AFTER: Duration = Duration::from_secs(30);

/// How long the server may take to say whether it has a request (SM-X5).
pub(super) const ASK_DEADLINE: Duration = Duration::from_secs(10);

/// The code of `bad_server_salt`.
pub(super) const BAD_SALT: i32 = 48;

/// How often a message may be refused before the request ends: a server that never likes one would keep us busy for ever.
const MAX_REFUSALS: u32 = 5;

/// How often a request is made anew after the server lost it. Each time it may have run.
const MAX_REPEATS: usize = 5;

/// Over how many links the server is asked about a message. One that is never told anything, link after link, is not served
/// by a server that works.
const MAX_LINKS: u32 = 30;

/// How long a request that was taken back waits for the server's word on it.
const CANCEL_WITHIN: Duration = Duration::from_secs(10);

/// The requests that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Calls {
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

/// The requests that were sent together.
#[derive(Debug)]
struct Container {
    calls: Vec<CallId>,
    /// How many of them have not ended, nor gone into another message.
    left: usize,
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The message of the request that it is to run after, if that is still under way.
    pub(super) after: Option<MessageId>,
    /// The bytes of its body.
    body: usize,
    /// Whether it was refused with others, so that it is sent without them (64).
    pub(super) is_alone: bool,
}

/// The bytes of `invokeAfterMsg#cb9f372d {X:Type} msg_id:long query:!X = X;` before its query.
const AFTER: usize = 12;

impl Shape {
    /// The bytes of its message.
    pub(super) fn length(&self) -> usize {
        self.body + if self.after.is_some() { AFTER } else { 0 }
    }
}

/// What time has brought about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// The messages that the server is to be asked about.
    pub(super) ask: Vec<MessageId>,
    /// The messages whose answers nobody wants any more.
    pub(super) unwanted: Vec<MessageId>,
}

impl Calls {
    /// Takes a request to be sent.
    pub(crate) fn add(&mut self, mono: Duration, request: Request) -> Result<CallId, CallError> {
        let length = request.body.len();
        if length > MAX_REQUEST {
            return Err(CallError::TooLarge { length });
        }
        if self.queue.len() >= MAX_QUEUED || self.calls.len() >= MAX_CALLS {
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

    /// The next request to be sent as a new message. One that must not run twice waits, and those behind it, until
    /// `is_heard`: before the server has spoken in a session, nobody could say whether it ran there.
    pub(super) fn peek(&mut self, is_heard: bool) -> Option<(CallId, Shape)> {
        while let Some(id) = self.queue.front() {
            if let Some(call) = self.calls.get(id)
                && call.sent.is_none()
            {
                let is_ready = is_heard || call.repeat != Repeat::Once;
                return is_ready.then(|| (*id, self.shape_of(call)));
            }
            self.queue.pop_front();
        }
        None
    }

    /// How a request is sent now.
    pub(super) fn shape(&self, id: CallId) -> Option<Shape> {
        self.calls.get(&id).map(|call| self.shape_of(call))
    }

    fn shape_of(&self, call: &Call) -> Shape {
        let after = call.after.and_then(|after| self.calls.get(&after)?.sent);
        let after = after.map(|sent| sent.message);
        Shape { after, body: call.body.len(), is_alone: call.is_alone }
    }

    /// How many requests wait to be sent.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len() + self.again.len()
    }

    /// The next request whose message is to be sent again.
    pub(super) fn peek_again(&mut self) -> Option<(CallId, Sent)> {
        loop {
            let id = *self.again.front()?;
            if let Some(sent) = self.calls.get(&id).and_then(|call| call.sent)
                && sent.is_again
            {
                // One that is to run after a request that waits to be sent waits with it, if it may be sent twice.
                if self.is_ahead(id) {
                    self.lose(id);
                } else {
                    return Some((id, sent));
                }
            }
            self.again.pop_front();
        }
    }

    /// Takes the request that [`peek_again`](Self::peek_again) gave.
    pub(super) fn pop_again(&mut self) {
        let Some(id) = self.again.pop_front() else { return };
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.is_again = false;
            }
        });
    }

    /// Whether a request would overtake the one that it is to run after.
    fn is_ahead(&self, id: CallId) -> bool {
        let Some(call) = self.calls.get(&id).filter(|call| call.repeat != Repeat::Once) else {
            return false;
        };
        let after = call.after.and_then(|after| self.calls.get(&after));
        after.is_some_and(|after| after.sent.is_none())
    }

    pub(super) fn get(&self, id: CallId) -> Option<&Call> {
        self.calls.get(&id)
    }

    /// Takes the next request out of the queue: it is sent as this message.
    pub(super) fn send_next(&mut self, message: MessageId, seqno: SeqNo) {
        let Some(id) = self.queue.pop_front() else { return };
        self.by_message.insert(message, id);
        self.change(id, |call| call.sent = Some(Sent::new(message, seqno)));
    }

    /// Notes that a request went out in a packet; whether it wants a quick acknowledgement.
    pub(super) fn sealed(&mut self, id: CallId, packet: MessageId, mono: Duration) -> bool {
        let (mut quick_ack, mut before) = (false, None);
        self.change(id, |call| {
            (quick_ack, before) = (call.quick_ack, call.sent);
            if let Some(sent) = &mut call.sent {
                trace!(debug, request = id.0, message_id = sent.message.0, copies = sent.copies;
                    "request sent");
                sent.packet = packet;
                sent.at = mono;
                sent.copies += 1;
                let wait = if sent.copies > 1 { ASK_DEADLINE } else { ASK_AFTER };
                sent.ask_at = mono.saturating_add(wait);
            }
        });
        self.leave_container(before);
        quick_ack
    }

    /// Notes that these requests went out in a container.
    pub(super) fn contain(&mut self, container: MessageId, calls: Vec<CallId>) {
        if !calls.is_empty() {
            let left = calls.len();
            self.containers.insert(container, Container { calls, left });
        }
    }

    /// The request that was sent as this message.
    pub(super) fn of_message(&self, message: MessageId) -> Option<CallId> {
        self.by_message.get(&message).copied()
    }

    /// The requests whose message now is this one, or is in this container, in the order in which they were made.
    pub(super) fn of_packet(&self, message: MessageId) -> Vec<CallId> {
        let is_now = |id: &CallId, is_it: fn(&Sent, MessageId) -> bool| {
            self.calls.get(id).and_then(|call| call.sent).is_some_and(|sent| is_it(&sent, message))
        };
        if let Some(container) = self.containers.get(&message) {
            let is_in = |id: &&CallId| is_now(id, |sent, message| sent.packet == message);
            let mut calls: Vec<CallId> = container.calls.iter().filter(is_in).copied().collect();
            calls.sort_unstable();
            return calls;
        }
        let call = self.of_message(message);
        call.filter(|id| is_now(id, |sent, message| sent.message == message)).into_iter().collect()
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

    /// The server answered that it did not run the message under way: the request goes into another; not if it is not wanted
    /// any more, nor for ever.
    pub(super) fn not_run(&mut self, id: CallId) -> bool {
        let may_go_on = |call: &Call| !call.is_cancelled && call.refused < MAX_REFUSALS;
        let goes_on = self.calls.get(&id).is_some_and(may_go_on);
        if goes_on {
            self.renew(id, |call| call.refused += 1);
        }
        goes_on
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

    /// The server refused a message with this code, and did not run it: the request goes into another.
    pub(super) fn refuse(&mut self, id: CallId, code: i32) {
        let Some(call) = self.calls.get(&id) else { return };
        // Copies of the message that were not refused may have been taken.
        let is_in_doubt = call.sent.is_some_and(|sent| sent.copies > sent.refused + 1);
        if call.is_cancelled || call.refused >= MAX_REFUSALS {
            let may_have_run = call.may_have_run || is_in_doubt;
            let execution = if may_have_run { Execution::Maybe } else { Execution::Never };
            let error = match call.is_cancelled {
                true => CallError::Cancelled { execution },
                false => CallError::Refused { code, execution },
            };
            return self.fail(id, error);
        }
        // A salt says nothing about the message. Under its own id the server can tell it from a copy that was taken.
        if code == BAD_SALT {
            self.change(id, |call| {
                call.refused += 1;
                if let Some(sent) = &mut call.sent {
                    sent.refused += 1;
                }
            });
            self.send_again(id);
        } else if is_in_doubt {
            self.lose(id);
        } else {
            self.renew(id, |call| call.refused += 1);
        }
    }

    /// The server did not receive a message, and would not take it any more: the request goes into another.
    pub(super) fn not_received(&mut self, id: CallId) {
        match self.calls.get(&id) {
            Some(call) if call.is_cancelled || call.former.len() >= MAX_REPEATS => self.lose(id),
            Some(_) => self.renew(id, |_| {}),
            None => {}
        }
    }

    /// The requests of a container are sent on their own from now on (64).
    pub(super) fn set_alone(&mut self, id: CallId) {
        self.change(id, |call| call.is_alone = true);
    }

    /// Nobody can know whether a message was taken: what may run twice goes into another, and what may not ends (SM-X1).
    pub(super) fn lose(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.is_cancelled {
            return self.fail(id, CallError::Cancelled { execution: Execution::Maybe });
        }
        if call.repeat == Repeat::Once || call.former.len() >= MAX_REPEATS {
            return self.fail(id, CallError::Unknown);
        }
        self.renew(id, |call| call.may_have_run = true);
    }

    /// Everything under way, in the order in which it was made.
    pub(super) fn under_way(&self) -> Vec<CallId> {
        let is_sent = |(id, call): (&CallId, &Call)| call.sent.is_some().then_some(*id);
        let mut ids: Vec<CallId> = self.calls.iter().filter_map(is_sent).collect();
        ids.sort_unstable();
        ids
    }

    /// The message of a request goes out again as it was (EM-12), if the request is still wanted.
    pub(super) fn send_again(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.is_cancelled {
            return self.lose(id);
        }
        if call.sent.is_some_and(|sent| !sent.is_again) {
            self.again.push_back(id);
        }
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.is_again = true;
                // It is asked about when it went out.
                sent.ask_at = Duration::MAX;
            }
        });
    }

    /// When the server is to be asked about the message of a request.
    pub(super) fn set_ask(&mut self, id: CallId, ask_at: Duration) {
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.ask_at = ask_at;
            }
        });
    }

    /// The question about a message was refused, so its silence says nothing.
    pub(super) fn ask_again(&mut self, id: CallId, mono: Duration) {
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.silences = 0;
                sent.ask_at = mono;
            }
        });
    }

    /// The server says how far it is with the request, which is to be waited for. How often it has said so.
    pub(super) fn wait(&mut self, id: CallId, mono: Duration) -> u32 {
        let mut waits = 0;
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.silences = 0;
                sent.waits += 1;
                sent.ask_at = mono.saturating_add(ASK_AFTER);
                waits = sent.waits;
            }
        });
        waits
    }

    /// The server says that it has answered the request, and no answer has come; it may be on its way. How often it has
    /// said so.
    pub(super) fn miss_answer(&mut self, id: CallId, mono: Duration) -> u32 {
        let mut missed = 0;
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.silences = 0;
                sent.missed += 1;
                sent.ask_at = mono.saturating_add(ASK_DEADLINE);
                missed = sent.missed;
            }
        });
        missed
    }

    /// The server acknowledged a message: it is at it, or has answered. That counts once: a server
    /// that acknowledges and does nothing else is not waited for.
    pub(super) fn acknowledged(&mut self, message: MessageId, mono: Duration) {
        let Some(id) = self.of_message(message) else { return };
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent
                && sent.message == message
                && !sent.is_acknowledged
            {
                sent.is_acknowledged = true;
                sent.silences = 0;
                sent.ask_at = mono.saturating_add(ASK_AFTER);
            }
        });
    }

    /// Ends what has come to its deadline, and gives the messages that the server is to be asked about.
    ///
    /// `ponged` is when the last ping was sent that the server has answered, if pings are sent at all. A server that answers
    /// them and says nothing of a request does not want to; one that does neither may not be reached.
    pub(super) fn handle_timeout(
        &mut self,
        mono: Duration,
        is_up: bool,
        ponged: Option<Duration>,
        max: usize,
    ) -> Due {
        let mut due = Due::default();
        if self.due().is_none_or(|next| next > mono) {
            return due;
        }
        let (mut rung, mut unasked) = (Vec::new(), Vec::new());
        while let Some((at, id)) = self.timers.first() {
            if at > mono || due.ask.len() >= max {
                break;
            }
            self.timers.pop();
            rung.push(id);
            let Some(call) = self.calls.get(&id).filter(|call| call.due() == Some(at)) else {
                continue;
            };
            let sent = call.sent;
            if call.deadline.is_some_and(|deadline| deadline <= mono) {
                let (execution, is_cancelled) = (call.execution(), call.is_cancelled);
                due.unwanted.extend(sent.filter(|_| !is_cancelled).map(|sent| sent.message));
                let error = match is_cancelled {
                    true => CallError::Cancelled { execution },
                    false => CallError::Deadline { execution },
                };
                self.fail(id, error);
                continue;
            }
            let (Some(sent), is_once) = (sent, call.repeat == Repeat::Once) else { continue };
            if !is_up {
                unasked.push(id);
                continue;
            }
            let is_answering = |since| ponged.is_none_or(|ponged| ponged >= since);
            match sent.silences {
                0 => {
                    due.ask.push(sent.message);
                    self.silence(id, mono);
                }
                // SM-X5: a server that does not tell what it has may not know a copy either, so what must not run twice is
                // not sent again.
                1 if is_answering(sent.asked) && is_once => self.lose(id),
                1 if is_answering(sent.asked) => {
                    self.silence(id, mono);
                    self.send_again(id);
                }
                2.. if is_answering(sent.at) => self.lose(id),
                _ => self.set_ask(id, mono.saturating_add(ASK_DEADLINE)),
            }
        }
        // Without a link nobody can be asked; a new one asks about everything.
        for id in unasked {
            self.set_ask(id, Duration::MAX);
        }
        for id in rung {
            if let Some(next) = self.calls.get(&id).and_then(Call::due) {
                self.timers.set(next, id);
            }
        }
        let Self { timers, calls, .. } = self;
        timers.tidy(|at, id| is_due(calls, at, id));
        due
    }

    fn silence(&mut self, id: CallId, mono: Duration) {
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent {
                sent.silences += 1;
                sent.asked = mono;
                sent.ask_at = mono.saturating_add(ASK_DEADLINE);
            }
        });
    }

    /// There is another link: the server is asked about everything under way.
    pub(super) fn handle_connected(&mut self, mono: Duration) {
        self.again.clear();
        for id in self.under_way() {
            let mut links = 0;
            self.change(id, |call| {
                if let Some(sent) = &mut call.sent {
                    sent.silences = 0;
                    sent.ask_at = mono;
                    sent.is_again = false;
                    sent.links += 1;
                    links = sent.links;
                }
            });
            if links > MAX_LINKS {
                self.lose(id);
            }
        }
    }

    /// The next time at which something is to be done. Without a link, what was sent has no time but its deadline once
    /// [`handle_deadlines`](Self::handle_deadlines) has looked at it.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.timers.first().map(|(due, _)| due)
    }

    /// Ends what has come to its deadline while nothing can be sent.
    pub(crate) fn handle_deadlines(&mut self, mono: Duration) {
        self.handle_timeout(mono, false, None, usize::MAX);
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
            self.fail(id, CallError::Closed { execution });
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

    /// A request waits for a new message; the one that it had counts as a former one.
    fn renew(&mut self, id: CallId, change: impl FnOnce(&mut Call)) {
        let mut before = None;
        self.change(id, |call| {
            change(call);
            before = call.sent.take();
            call.former.extend(before.map(|sent| sent.message));
        });
        self.leave_container(before);
        // Before those that were made after it.
        if let Err(place) = self.queue.binary_search(&id) {
            self.queue.insert(place, id);
        }
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

    /// A request has another time, or none: the next time is one that counts.
    fn settle(&mut self, id: CallId) {
        let Self { timers, calls, .. } = self;
        timers.settle(id, calls.len(), |at, id| is_due(calls, at, id));
    }

    /// A message is not in the packet any more that it was sent in.
    fn leave_container(&mut self, sent: Option<Sent>) {
        // A packet of its own is no container.
        let Some(sent) = sent.filter(|sent| sent.packet != sent.message) else { return };
        if let Some(container) = self.containers.get_mut(&sent.packet) {
            container.left = container.left.saturating_sub(1);
            if container.left == 0 {
                self.containers.remove(&sent.packet);
            }
        }
    }
}

/// Whether something is to be done about a request at this time.
fn is_due(calls: &IdMap<CallId, Call>, at: Duration, id: CallId) -> bool {
    calls.get(&id).is_some_and(|call| call.due() == Some(at))
}
