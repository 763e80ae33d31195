//! The requests that have not ended, found by their number and by the messages they were sent in.

use std::collections::{HashMap, VecDeque};

use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, Execution, Request};
use crate::session::event::Event;
use crate::tl::Repeat;

/// The most requests that wait to be sent. Who makes more is told so, instead of filling the memory (P4).
const MAX_QUEUED: usize = 8_192;

/// The largest request: a message has at most 1,044,456 bytes, and its body 8 less (EM-10).
const MAX_REQUEST: usize = 1_044_456 - 8;

/// The requests that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    next: u64,
    calls: HashMap<CallId, Call>,
    queue: VecDeque<CallId>,
    by_message: HashMap<MessageId, CallId>,
}

#[derive(Debug)]
struct Call {
    request: Request,
    /// The message under way, and the packet it is in.
    sent: Option<Sent>,
    /// How often its message was refused for its salt (SM 48).
    refused: u32,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    message: MessageId,
    packet: MessageId,
}

impl Calls {
    /// Takes a request to be sent.
    pub(crate) fn add(&mut self, request: Request) -> Result<CallId, CallError> {
        let length = request.body.len();
        if length > MAX_REQUEST {
            return Err(CallError::TooLarge { length });
        }
        if self.queue.len() >= MAX_QUEUED {
            return Err(CallError::Full);
        }
        let id = CallId(self.next);
        self.next += 1;
        self.calls.insert(id, Call { request, sent: None, refused: 0 });
        self.queue.push_back(id);
        Ok(id)
    }

    /// The body of the next request to be sent.
    pub(super) fn peek(&self) -> Option<&[u8]> {
        let id = self.queue.front()?;
        self.calls.get(id).map(|call| call.request.body.as_slice())
    }

    /// Takes the next request out of the queue; it is sent as this message. [`seal`](Self::seal) says in which packet.
    pub(super) fn send_next(&mut self, message: MessageId) -> Option<CallId> {
        let id = self.queue.pop_front()?;
        self.by_message.insert(message, id);
        if let Some(call) = self.calls.get_mut(&id) {
            call.sent = Some(Sent { message, packet: message });
        }
        Some(id)
    }

    /// Notes the packet that a request is in.
    pub(super) fn seal(&mut self, id: CallId, packet: MessageId) {
        if let Some(Call { sent: Some(sent), .. }) = self.calls.get_mut(&id) {
            sent.packet = packet;
        }
    }

    /// Ends the request that was sent as this message.
    pub(super) fn end(&mut self, message: MessageId) -> Option<CallId> {
        let id = self.by_message.remove(&message)?;
        self.calls.remove(&id);
        Some(id)
    }

    /// Whether a message or packet with a request that has not ended was sent under this id.
    pub(super) fn was_sent(&self, message: MessageId) -> bool {
        self.by_message.contains_key(&message)
            || self.sent().any(|(_, sent)| sent.packet == message)
    }

    /// Puts the requests of a message or packet back, to be sent again. Gives those that were put back `limit` times
    /// before; they are ended.
    pub(super) fn requeue(&mut self, message: MessageId, limit: u32) -> Vec<CallId> {
        let refused: Vec<CallId> = self
            .sent()
            .filter(|(_, sent)| sent.message == message || sent.packet == message)
            .map(|(id, _)| id)
            .collect();
        let mut ended = Vec::new();
        for id in self.in_order(refused).into_iter().rev() {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            call.refused += 1;
            if let Some(sent) = call.sent.take() {
                self.by_message.remove(&sent.message);
            }
            if call.refused > limit {
                self.calls.remove(&id);
                ended.push(id);
            } else {
                self.queue.push_front(id);
            }
        }
        ended
    }

    /// The link broke. What was sent and may be repeated is sent again; what may not is ended and given.
    pub(super) fn handle_disconnected(&mut self) -> Vec<CallId> {
        let sent: Vec<CallId> = self.sent().map(|(id, _)| id).collect();
        let mut ended = Vec::new();
        for id in self.in_order(sent).into_iter().rev() {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            if let Some(sent) = call.sent.take() {
                self.by_message.remove(&sent.message);
            }
            if call.request.repeat == Repeat::Once {
                self.calls.remove(&id);
                ended.push(id);
            } else {
                self.queue.push_front(id);
            }
        }
        ended
    }

    /// Ends everything, and gives the answers.
    pub(crate) fn close(&mut self) -> Vec<Event> {
        self.queue.clear();
        self.by_message.clear();
        let mut calls: Vec<(CallId, Call)> = self.calls.drain().collect();
        calls.sort_by_key(|(id, _)| *id);
        let closed = |(call, of): (CallId, Call)| {
            let execution = if of.sent.is_some() { Execution::Maybe } else { Execution::Never };
            Event::Answer { call, result: Err(CallError::Closed { execution }) }
        };
        calls.into_iter().map(closed).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    fn sent(&self) -> impl Iterator<Item = (CallId, Sent)> {
        self.calls.iter().filter_map(|(id, call)| Some((*id, call.sent?)))
    }

    /// Requests in the order in which they were made: a map has none, and equal inputs must give equal outputs.
    fn in_order(&self, mut ids: Vec<CallId>) -> Vec<CallId> {
        ids.sort_unstable();
        ids
    }
}
