//! The messages of a session that wait for a link.

use std::collections::VecDeque;

use crate::map::IdSet;
use crate::message_id::MessageId;
use crate::server::session::outbox::Outgoing;

/// How many messages may wait.
const MAX_MESSAGES: usize = 10_000;

/// The messages that wait, and how many bytes they have. Of too many, the oldest go.
#[derive(Debug, Default)]
pub(super) struct Queue {
    messages: VecDeque<Outgoing>,
    ids: IdSet<MessageId>,
    bytes: usize,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn contains(&self, id: MessageId) -> bool {
        self.ids.contains(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Outgoing> {
        self.messages.iter()
    }

    /// The last one stays, however large it is.
    pub(super) fn push(&mut self, outgoing: Outgoing, max_bytes: usize) {
        self.bytes += outgoing.message.body.len();
        self.ids.insert(outgoing.message.id);
        self.messages.push_back(outgoing);
        while self.messages.len() > MAX_MESSAGES
            || self.bytes > max_bytes && self.messages.len() > 1
        {
            self.pop();
        }
    }

    pub(super) fn pop(&mut self) -> Option<Outgoing> {
        let outgoing = self.messages.pop_front()?;
        self.forget(&outgoing);
        Some(outgoing)
    }

    pub(super) fn pop_last(&mut self) -> Option<Outgoing> {
        let outgoing = self.messages.pop_back()?;
        self.forget(&outgoing);
        Some(outgoing)
    }

    pub(super) fn remove(&mut self, id: MessageId) {
        if self.contains(id) {
            self.retain(|outgoing| outgoing.message.id != id);
        }
    }

    pub(super) fn retain(&mut self, mut stays: impl FnMut(&Outgoing) -> bool) {
        let Self { messages, ids, bytes } = self;
        messages.retain(|outgoing| {
            let stays = stays(outgoing);
            if !stays {
                ids.remove(&outgoing.message.id);
                *bytes -= outgoing.message.body.len();
            }
            stays
        });
    }

    fn forget(&mut self, outgoing: &Outgoing) {
        self.ids.remove(&outgoing.message.id);
        self.bytes -= outgoing.message.body.len();
    }
}
