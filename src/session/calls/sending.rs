//! Requests on their way into packets.

use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::session::calls::Calls;
use crate::session::calls::call::{Call, Sent};
use crate::session::calls::hearing::{ASK_AFTER, ASK_DEADLINE};
use crate::session::fate::{State, Word};
use crate::tl::Repeat;
use crate::trace::trace;

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) struct Shape {
    /// The message of the request that it is to run after, if that is still under way.
    pub(in crate::session) after: Option<MessageId>,
    /// The bytes of its body.
    body: usize,
    /// With how many messages it may share a packet at most, itself among them (64).
    pub(in crate::session) company: usize,
}

/// The bytes of `invokeAfterMsg#cb9f372d {X:Type} msg_id:long query:!X = X;` before its query.
const AFTER: usize = 12;

impl Shape {
    /// The bytes of its message.
    pub(in crate::session) fn length(&self) -> usize {
        self.body + if self.after.is_some() { AFTER } else { 0 }
    }
}

/// A message that goes out again as it was.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct Copy {
    pub(in crate::session) call: CallId,
    pub(in crate::session) message: MessageId,
    pub(in crate::session) seqno: SeqNo,
    pub(in crate::session) shape: Shape,
}

/// The requests that were sent together.
#[derive(Debug)]
pub(super) struct Container {
    calls: Vec<CallId>,
    /// How many of them have not ended, nor gone into another packet.
    left: usize,
}

impl Container {
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }
}

impl Calls {
    /// The next request to be sent as a new message. One that must not run twice waits, and those behind it, until
    /// `is_heard`: before the server has spoken in a session, nobody could say whether it ran there.
    pub(in crate::session) fn peek(&mut self, is_heard: bool) -> Option<(CallId, Shape)> {
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

    fn shape_of(&self, call: &Call) -> Shape {
        let after = call.after.and_then(|after| self.calls.get(&after)?.sent);
        let after = after.map(|sent| sent.message);
        Shape { after, body: call.body.len(), company: call.company }
    }

    /// How many requests wait to be sent.
    pub(in crate::session) fn waiting(&self) -> usize {
        self.queue.len() + self.again.len()
    }

    /// The next message to be sent again.
    pub(in crate::session) fn peek_again(&mut self) -> Option<Copy> {
        loop {
            let id = *self.again.front()?;
            // Whatever is known is heard before it goes.
            self.catch_up(id);
            if self.is_ahead(id) {
                self.hear(id, Word::Overtakes, MessageId::default());
            }
            if let Some(call) = self.calls.get(&id).filter(|call| call.fate.is_copy_due())
                && let Some(Sent { message, seqno, .. }) = call.sent
            {
                return Some(Copy { call: id, message, seqno, shape: self.shape_of(call) });
            }
            self.pop_again();
        }
    }

    /// Takes the message that [`peek_again`](Self::peek_again) gave.
    pub(in crate::session) fn pop_again(&mut self) {
        let id = self.again.pop_front();
        if let Some(call) = id.and_then(|id| self.calls.get_mut(&id)) {
            call.is_in_line = false;
        }
    }

    /// A copy of its message is due.
    pub(super) fn line_up(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id)
            && !std::mem::replace(&mut call.is_in_line, true)
        {
            self.again.push_back(id);
        }
    }

    /// Whether a request would overtake the one that it is to run after.
    fn is_ahead(&self, id: CallId) -> bool {
        let after = self.calls.get(&id).and_then(|call| self.calls.get(&call.after?));
        after.is_some_and(|after| after.sent.is_none())
    }

    /// Takes the next request out of the queue: it is sent as this message.
    pub(in crate::session) fn send_next(&mut self, message: MessageId, seqno: SeqNo) {
        let Some(id) = self.queue.pop_front() else { return };
        let (link, forgotten) = (self.link, self.forgotten);
        self.by_message.insert(message, id);
        self.change(id, |call| {
            call.sent = Some(Sent {
                message,
                seqno,
                packet: message,
                copies: 0,
                link,
                is_after_refusal: false,
                forgotten,
                at: Duration::ZERO,
                asked: None,
                due: Duration::MAX,
            });
        });
    }

    /// Notes that a request went out in a packet; whether it wants a quick acknowledgement.
    pub(in crate::session) fn sealed(
        &mut self,
        id: CallId,
        packet: MessageId,
        mono: Duration,
    ) -> bool {
        let (mut quick_ack, mut before) = (false, None);
        self.note(id, Word::Sent);
        self.change(id, |call| {
            (quick_ack, before) = (call.quick_ack, call.sent);
            (call.fate, _) = call.fate.hear(call.repeat, Word::Sent, MessageId::default());
            let Some(sent) = &mut call.sent else { return };
            trace!(debug, request = id.0, message_id = sent.message.0; "request sent");
            (sent.packet, sent.at, sent.copies) = (packet, mono, sent.copies.saturating_add(1));
            let is_first = call.fate.state() == State::InFlight && sent.asked.is_none();
            let wait = if is_first { ASK_AFTER } else { ASK_DEADLINE };
            sent.due = mono.saturating_add(wait);
        });
        self.leave_container(before);
        quick_ack
    }

    /// Notes that these requests went out in a container.
    pub(in crate::session) fn contain(&mut self, container: MessageId, calls: Vec<CallId>) {
        if !calls.is_empty() {
            let left = calls.len();
            self.containers.insert(container, Container { calls, left });
        }
    }

    /// The requests whose message now is this one, or is in this container, in the order in which they were made.
    pub(in crate::session) fn of_packet(&self, message: MessageId) -> Vec<CallId> {
        let sent = |id: &CallId| self.calls.get(id).and_then(|call| call.sent);
        if let Some(container) = self.containers.get(&message) {
            let is_in = |id: &&CallId| sent(id).is_some_and(|sent| sent.packet == message);
            let mut calls: Vec<CallId> = container.calls.iter().filter(is_in).copied().collect();
            calls.sort_unstable();
            return calls;
        }
        let call = self.of_message(message);
        call.filter(|id| sent(id).is_some_and(|sent| sent.message == message)).into_iter().collect()
    }

    /// A message is not in the packet any more that it was sent in.
    pub(super) fn leave_container(&mut self, sent: Option<Sent>) {
        // A packet of its own is no container.
        let Some(sent) = sent.filter(|sent| sent.packet != sent.message) else { return };
        let Some(container) = self.containers.get_mut(&sent.packet) else { return };
        container.left = container.left.saturating_sub(1);
        if container.left == 0 {
            self.containers.remove(&sent.packet);
        } else if container.left < container.calls.len() / 4 {
            // A slow request does not keep the list of all that it was sent with.
            let calls = &self.calls;
            let is_in = |id: &CallId| {
                calls.get(id).and_then(|c| c.sent).is_some_and(|now| now.packet == sent.packet)
            };
            container.calls.retain(is_in);
            container.calls.shrink_to_fit();
        }
    }
}
