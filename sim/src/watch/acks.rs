//! What came and needs an acknowledgement gets one.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use telewire::tl::Deserialize;
use telewire::tl::mtproto::types::MsgsAck;

use crate::envelope::{Envelope, Message};
use crate::watch::Broken;

/// How long an acknowledgement may wait for something to go with: a server sends again after a minute or two, and a client must
/// be well below that.
const MAX_WAIT: Duration = Duration::from_secs(15);

/// The messages that are still to be acknowledged.
#[derive(Debug, Default)]
pub(super) struct Acks {
    due: HashMap<i64, Duration>,
    /// Those, in the order in which they came; some are acknowledged already.
    queue: VecDeque<(Duration, i64)>,
}

impl Acks {
    /// A message came that was taken.
    pub(super) fn came(&mut self, now: Duration, message: &Message) {
        if message.seqno % 2 != 0 && !self.due.contains_key(&message.id) {
            self.due.insert(message.id, now);
            self.queue.push_back((now, message.id));
        }
    }

    /// The client sends a packet.
    pub(super) fn sent(&mut self, envelope: &Envelope) {
        for message in envelope.messages() {
            if let Ok(acks) = MsgsAck::from_bytes(&message.body) {
                acks.msg_ids.iter().for_each(|id| _ = self.due.remove(id));
            }
        }
        while let Some((at, id)) = self.queue.front()
            && self.due.get(id) != Some(at)
        {
            self.queue.pop_front();
        }
    }

    /// There is a new link: without one, nothing could be said.
    pub(super) fn connected(&mut self, now: Duration) {
        self.due.values_mut().for_each(|at| *at = now);
        self.queue.iter_mut().for_each(|(at, _)| *at = now);
    }

    /// The session is given up.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    pub(super) fn check(&self, now: Duration) -> Result<(), Broken> {
        match self.queue.front() {
            Some((at, id)) if now > *at + MAX_WAIT => Err(Broken::Unacknowledged { id: *id }),
            _ => Ok(()),
        }
    }
}
