//! What goes to the client: queued, sent, kept until it is acknowledged, sent again.

use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::server::session::{Session, Stage};
use crate::tl::Serialize;
use crate::tl::mtproto::types;

/// How many messages are kept until they are acknowledged. The oldest go first.
const KEPT: usize = 10_000;

/// The ids that `msgs_ack` may name.
const MAX_ACKS: usize = 8_192;

/// A message that is larger than this is not sent again before the client says that it lacks it: that would be the bulk
/// of what goes over a bad link.
const LARGE: usize = 16 << 10;

/// `msg_container#73f1f8dc`
const CONTAINER: u32 = 0x73f1_f8dc;

/// The most messages in a container.
const MAX_MESSAGES: usize = 1_000;

/// The most bytes in a container of several messages.
const MAX_BYTES: usize = 1 << 15;

/// A message of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct Message {
    pub(in crate::server) id: MessageId,
    pub(in crate::server) seqno: SeqNo,
    pub(in crate::server) body: Vec<u8>,
}

/// A message that is to be sent.
#[derive(Debug, PartialEq)]
pub(super) struct Outgoing {
    pub(super) message: Message,
    /// Whether it was sent before. Then it goes inside a container: alone, it would be encrypted twice under one header
    /// (EM-12).
    pub(super) is_repeated: bool,
}

/// A message that the client has not acknowledged.
#[derive(Debug)]
pub(in crate::server) struct Unacknowledged {
    pub(in crate::server) message: Message,
    /// The request that it answers.
    request: Option<MessageId>,
}

/// What the next message is.
enum Next {
    Alone,
    Container { count: usize },
}

impl Session {
    /// Queues a message that nobody asked for.
    pub(in crate::server) fn notify(
        &mut self,
        value: &impl Serialize,
        is_content: bool,
        unix: Duration,
    ) {
        self.send_for(None, value, is_content, 3, unix);
    }

    /// Queues a message that answers one of the client's, though it is no request's.
    pub(in crate::server) fn reply(
        &mut self,
        value: &impl Serialize,
        is_content: bool,
        unix: Duration,
    ) {
        self.send_for(None, value, is_content, 1, unix);
    }

    /// Queues a message. `kind` is what its id ends with: 1 for an answer, 3 for others.
    pub(super) fn send_for(
        &mut self,
        request: Option<MessageId>,
        value: &impl Serialize,
        is_content: bool,
        kind: i64,
        unix: Duration,
    ) -> MessageId {
        let id = self.next_id(unix, kind);
        let before = self.content.wrapping_mul(2);
        let seqno = SeqNo(before.wrapping_add(i32::from(is_content)));
        let message = Message { id, seqno, body: value.to_bytes() };
        if is_content {
            self.content = self.content.wrapping_add(1);
            self.keep(message.clone(), request);
        }
        self.queue(message, false);
        id
    }

    /// The last message that was queued is lost before it is sent.
    pub(in crate::server) fn lose_last(&mut self) {
        self.outbox.pop_last();
    }

    /// Whether there is anything to be sent.
    pub(in crate::server) fn has_output(&self) -> bool {
        !self.outbox.is_empty() || !self.acks.is_empty()
    }

    /// Keeps a message until it is acknowledged. The last one is kept, however large it is.
    fn keep(&mut self, message: Message, request: Option<MessageId>) {
        self.kept_bytes += message.body.len();
        self.unacknowledged.insert(message.id, Unacknowledged { message, request });
        while self.unacknowledged.len() > KEPT
            || self.kept_bytes > self.limits.kept_bytes && self.unacknowledged.len() > 1
        {
            let Some((oldest, _)) = self.unacknowledged.first_key_value() else { return };
            self.drop_kept(*oldest);
        }
    }

    /// A message is not kept any more.
    pub(super) fn drop_kept(&mut self, id: MessageId) -> Option<Message> {
        let Unacknowledged { message, .. } = self.unacknowledged.remove(&id)?;
        self.kept_bytes -= message.body.len();
        Some(message)
    }

    /// A request came again: its answer is sent again, if it is still there.
    pub(in crate::server) fn answer_again(&mut self, request: MessageId, unix: Duration) {
        if let Some(Stage::Answered { id, .. }) = self.stage(request) {
            self.send_again(id, unix);
        }
    }

    /// The client came back over another link: what it did not acknowledge may not have reached it.
    pub(in crate::server) fn resend_unacknowledged(&mut self, unix: Duration) {
        let ids: Vec<MessageId> = self.unacknowledged.keys().copied().collect();
        for id in ids {
            self.send_again(id, unix);
        }
    }

    /// The client asks for a message; whether there is one.
    pub(in crate::server) fn resend(&mut self, id: MessageId) -> bool {
        let Some(kept) = self.unacknowledged.get(&id) else { return false };
        let message = kept.message.clone();
        self.outbox.remove(id);
        self.queue(message, true);
        true
    }

    /// The client asks for the answer to a request; whether there is one, or will be.
    pub(in crate::server) fn resend_answer(&mut self, request: MessageId) -> bool {
        match self.stage(request) {
            Some(Stage::Answered { id, .. }) => self.resend(id),
            Some(Stage::Running) => true,
            _ => false,
        }
    }

    /// The client has these messages.
    pub(in crate::server) fn acknowledged(&mut self, ids: &[i64]) {
        for id in ids {
            self.drop_kept(MessageId(*id));
        }
    }

    /// The acknowledgements that are due are lost, though they count as given.
    pub(in crate::server) fn lose_acks(&mut self) -> bool {
        !self.take_acks().is_empty()
    }

    /// What is to be sent now, as one packet: a message, or a container.
    pub(in crate::server) fn next_packet(&mut self, unix: Duration) -> Option<Message> {
        let msg_ids = self.take_acks();
        if !msg_ids.is_empty() {
            self.notify(&types::MsgsAck { msg_ids }, false, unix);
        }
        match self.next()? {
            Next::Alone => self.outbox.pop().map(|outgoing| outgoing.message),
            Next::Container { count } => Some(self.container(count, unix)),
        }
    }

    /// Puts a message into the queue again, or says that it is there if it is large.
    fn send_again(&mut self, id: MessageId, unix: Duration) {
        let Some(kept) = self.unacknowledged.get(&id) else { return };
        if self.outbox.contains(id) {
            return;
        }
        let bytes = kept.message.body.len();
        if bytes <= LARGE {
            let message = kept.message.clone();
            return self.queue(message, true);
        }
        let (answer_msg_id, bytes) = (id.0, i32::try_from(bytes).unwrap_or(i32::MAX));
        match kept.request {
            Some(MessageId(msg_id)) => {
                let info = types::MsgDetailedInfo { msg_id, answer_msg_id, bytes, status: 0 };
                self.notify(&info, false, unix);
            }
            None => {
                let info = types::MsgNewDetailedInfo { answer_msg_id, bytes, status: 0 };
                self.notify(&info, false, unix);
            }
        }
    }

    fn queue(&mut self, message: Message, is_repeated: bool) {
        self.outbox.push(Outgoing { message, is_repeated }, self.limits.queued_bytes);
    }

    fn take_acks(&mut self) -> Vec<i64> {
        let Self { acks, received, .. } = self;
        let take = |id: MessageId| {
            if let Some(received) = received.get_mut(id) {
                received.is_acknowledged = true;
            }
            id.0
        };
        acks.drain(..acks.len().min(MAX_ACKS)).map(take).collect()
    }

    fn next(&self) -> Option<Next> {
        let first = self.outbox.iter().next()?;
        let (mut count, mut bytes) = (0, 0);
        for Outgoing { message, .. } in self.outbox.iter() {
            bytes += message.body.len();
            if count > 0 && (count == MAX_MESSAGES || bytes > MAX_BYTES) {
                break;
            }
            count += 1;
        }
        let is_alone = count == 1 && !first.is_repeated;
        Some(if is_alone { Next::Alone } else { Next::Container { count } })
    }

    fn container(&mut self, count: usize, unix: Duration) -> Message {
        let mut body = CONTAINER.to_le_bytes().to_vec();
        i32::try_from(count).unwrap_or(i32::MAX).serialize(&mut body);
        let mut highest = SeqNo(self.content.wrapping_mul(2));
        for _ in 0..count {
            let Some(Outgoing { message, .. }) = self.outbox.pop() else { break };
            message.id.0.serialize(&mut body);
            message.seqno.0.serialize(&mut body);
            i32::try_from(message.body.len()).unwrap_or(i32::MAX).serialize(&mut body);
            body.extend_from_slice(&message.body);
            highest = highest.max(message.seqno);
        }
        Message { id: self.next_id(unix, 1), seqno: highest, body }
    }

    fn next_id(&mut self, unix: Duration, kind: i64) -> MessageId {
        let by_time = MessageId(MessageId::at(unix).0 & !3);
        let after_last = MessageId((self.last_id.0 & !3).wrapping_add(4));
        self.last_id = MessageId(by_time.max(after_last).0 | kind);
        self.last_id
    }
}
