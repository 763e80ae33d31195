//! A session as the server knows it: what came, what is to be sent, and what was sent and not acknowledged.

mod judge;
mod outbox;
mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::server::dc::LinkId;
use crate::tl::Serialize;
pub(super) use judge::{Judgement, Place};
use outbox::{Outgoing, Unacknowledged};

/// How many messages are remembered, so that none is taken twice.
const REMEMBERED: usize = 10_000;

/// A session.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The link that it goes over: where it was used last.
    pub(super) link: Option<LinkId>,
    /// Whether the client was told that it began.
    is_announced: bool,
    received: BTreeMap<MessageId, Received>,
    /// Of ids up to this one, those that are not in `received` are forgotten.
    forgotten: MessageId,
    /// Messages to be sent in the next packets.
    outbox: VecDeque<Outgoing>,
    /// Content-related messages that were sent and not acknowledged.
    unacknowledged: BTreeMap<MessageId, Unacknowledged>,
    /// Content-related messages of the client that are to be acknowledged.
    acks: Vec<MessageId>,
    last_id: MessageId,
    content: i32,
}

/// A message that came from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Received {
    seqno: SeqNo,
    is_acknowledged: bool,
    stage: Stage,
}

/// What became of a message that came from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is no request.
    Service,
    /// It is a request that is being processed.
    Running,
    /// As [`Running`](Self::Running), but its answer is not wanted any more.
    Dropped,
    /// It was answered, with this message.
    Answered(MessageId),
}

impl Session {
    pub(super) fn new(link: LinkId) -> Self {
        Self { link: Some(link), ..Self::default() }
    }

    /// Whether the client is still to be told that it began.
    pub(super) fn is_unannounced(&self) -> bool {
        !self.is_announced
    }

    pub(super) fn announce(&mut self) {
        self.is_announced = true;
    }

    /// Notes a message that was taken.
    pub(super) fn note(&mut self, id: MessageId, seqno: SeqNo) {
        let received = Received { seqno, is_acknowledged: false, stage: Stage::Service };
        self.received.insert(id, received);
        if self.received.len() > REMEMBERED
            && let Some((id, _)) = self.received.pop_first()
        {
            self.forgotten = self.forgotten.max(id);
        }
    }

    /// Notes that a message is to be acknowledged.
    pub(super) fn acknowledge(&mut self, id: MessageId) {
        self.acks.push(id);
    }

    /// Notes that a message is a request that is being processed.
    pub(super) fn begin(&mut self, request: MessageId) {
        self.set_stage(request, Stage::Running);
    }

    /// What became of a message; `None` if it never came or is forgotten.
    pub(super) fn stage(&self, id: MessageId) -> Option<Stage> {
        self.received.get(&id).map(|received| received.stage)
    }

    /// Queues the answer to a request and remembers which it was.
    pub(super) fn answer(&mut self, request: MessageId, value: &impl Serialize, unix: Duration) {
        let id = self.send_for(Some(request), value, true, 1, unix);
        self.set_stage(request, Stage::Answered(id));
    }

    /// The answer to a request is not wanted any more. What it was, if it was not acknowledged yet.
    pub(super) fn drop_answer(&mut self, request: MessageId) -> Dropped {
        match self.stage(request) {
            Some(Stage::Running | Stage::Dropped) => {
                self.set_stage(request, Stage::Dropped);
                Dropped::Running
            }
            Some(Stage::Answered(id)) => match self.unacknowledged.remove(&id) {
                Some(Unacknowledged { message, .. }) => {
                    self.outbox.retain(|outgoing| outgoing.message.id != id);
                    Dropped::Answer { id, seqno: message.seqno, length: message.body.len() }
                }
                None => Dropped::Unknown,
            },
            Some(Stage::Service) | None => Dropped::Unknown,
        }
    }

    /// Forgets which messages came: of those so far, nobody knows any more whether they did. Requests that are being
    /// processed stay.
    pub(super) fn forget_received(&mut self) {
        if let Some((id, _)) = self.received.last_key_value() {
            self.forgotten = self.forgotten.max(*id);
        }
        let is_running = |stage| matches!(stage, Stage::Running | Stage::Dropped);
        self.received.retain(|_, received| is_running(received.stage));
    }

    /// Forgets all that was not acknowledged, sent or not.
    pub(super) fn forget_unacknowledged(&mut self) {
        let Self { outbox, unacknowledged, .. } = self;
        outbox.retain(|outgoing| !unacknowledged.contains_key(&outgoing.message.id));
        unacknowledged.clear();
    }

    fn set_stage(&mut self, id: MessageId, stage: Stage) {
        if let Some(received) = self.received.get_mut(&id) {
            received.stage = stage;
        }
    }
}

/// What an answer was that is not wanted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// There is none: the request never came, or its answer has arrived.
    Unknown,
    /// The request is being processed still.
    Running,
    /// It was in the queue, or on its way.
    Answer {
        /// Its id.
        id: MessageId,
        /// Its sequence number.
        seqno: SeqNo,
        /// Its bytes.
        length: usize,
    },
}
