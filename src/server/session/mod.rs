//! A session as the server knows it: what came, what is to be sent, and what was sent and not acknowledged.

mod inbox;
mod judge;
mod order;
mod outbox;
mod queue;
mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::server::dc::LinkId;
use crate::server::limits::Limits;
use crate::server::service::Due;
use crate::tl::Serialize;
use inbox::{Inbox, Received};
pub(super) use judge::{Judgement, Place};
pub(super) use order::{Order, Waiting};
use outbox::Unacknowledged;
use queue::Queue;

/// How many messages are remembered, so that none is taken twice.
const REMEMBERED: usize = 10_000;

/// A session.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The link that it goes over: the newest that it was used over.
    pub(super) link: Option<LinkId>,
    /// The number of its last use, of all uses of all sessions.
    pub(super) used: u64,
    /// The places of its requests among those that are answered later.
    pub(super) delayed: BTreeSet<Due>,
    limits: Limits,
    /// Whether the client was told that it began.
    is_announced: bool,
    received: Inbox,
    /// Of ids up to this one, those that are not in `received` are forgotten.
    forgotten: MessageId,
    /// Messages to be sent in the next packets.
    outbox: Queue,
    /// Content-related messages that were sent and not acknowledged.
    unacknowledged: BTreeMap<MessageId, Unacknowledged>,
    /// The bytes of those.
    kept_bytes: usize,
    /// Requests that wait for others.
    waiting: Vec<Waiting>,
    /// Content-related messages of the client that are to be acknowledged.
    acks: Vec<MessageId>,
    last_id: MessageId,
    content: i32,
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
    /// It was answered.
    Answered {
        /// With this message.
        id: MessageId,
        /// Whether with a result, and not with an error.
        is_ok: bool,
    },
}

impl Session {
    pub(super) fn new(link: LinkId, limits: Limits) -> Self {
        Self { link: Some(link), limits, ..Self::default() }
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
            && let Some(id) = self.received.forget_first()
        {
            self.forgotten = self.forgotten.max(id);
        }
    }

    /// Notes that a message is to be acknowledged.
    pub(super) fn acknowledge(&mut self, id: MessageId) {
        // Of those that are not taken away, the client will send the messages again.
        if self.acks.len() < REMEMBERED {
            self.acks.push(id);
        }
    }

    /// Notes that a message is a request that is being processed.
    pub(super) fn begin(&mut self, request: MessageId) {
        self.set_stage(request, Stage::Running);
    }

    /// What became of a message; `None` if it never came or is forgotten.
    pub(super) fn stage(&self, id: MessageId) -> Option<Stage> {
        self.received.get(id).map(|received| received.stage)
    }

    /// Queues the answer to a request and remembers which it was.
    pub(super) fn answer(
        &mut self,
        request: MessageId,
        value: &impl Serialize,
        is_ok: bool,
        unix: Duration,
    ) {
        let id = self.send_for(Some(request), value, true, 1, unix);
        self.set_stage(request, Stage::Answered { id, is_ok });
    }

    /// The answer to a request is not wanted any more. What it was, if it was not acknowledged yet.
    pub(super) fn drop_answer(&mut self, request: MessageId) -> Dropped {
        match self.stage(request) {
            Some(Stage::Running | Stage::Dropped) => {
                self.set_stage(request, Stage::Dropped);
                Dropped::Running
            }
            Some(Stage::Answered { id, .. }) => match self.drop_kept(id) {
                Some(message) => {
                    self.outbox.remove(id);
                    Dropped::Answer { id, seqno: message.seqno, length: message.body.len() }
                }
                None => Dropped::Unknown,
            },
            Some(Stage::Service) | None => Dropped::Unknown,
        }
    }

    /// Forgets which messages came: of those so far, nobody knows any more whether they did. Requests that are being
    /// processed stay. Whether there was anything to forget.
    pub(super) fn forget_received(&mut self) -> bool {
        let before = self.received.len();
        if let Some(id) = self.received.last() {
            self.forgotten = self.forgotten.max(id);
        }
        let is_running = |stage| matches!(stage, Stage::Running | Stage::Dropped);
        self.received.retain(|received| is_running(received.stage));
        self.received.len() < before
    }

    /// Forgets all that was not acknowledged, sent or not. Whether there was any.
    pub(super) fn forget_unacknowledged(&mut self) -> bool {
        let Self { outbox, unacknowledged, .. } = self;
        let is_any = !unacknowledged.is_empty();
        outbox.retain(|outgoing| !unacknowledged.contains_key(&outgoing.message.id));
        unacknowledged.clear();
        self.kept_bytes = 0;
        is_any
    }

    /// The last messages that came, oldest first.
    pub(super) fn last_received(&self, count: usize) -> Vec<MessageId> {
        let mut ids: Vec<MessageId> = self.received.ids().rev().take(count).collect();
        ids.reverse();
        ids
    }

    /// The last messages that were sent and not acknowledged, oldest first.
    pub(super) fn last_unacknowledged(&self, count: usize) -> Vec<MessageId> {
        let mut ids: Vec<_> = self.unacknowledged.keys().rev().take(count).copied().collect();
        ids.reverse();
        ids
    }

    fn set_stage(&mut self, id: MessageId, stage: Stage) {
        if let Some(received) = self.received.get_mut(id) {
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
