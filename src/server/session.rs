//! A session as the server knows it: what came, what is to be sent, and what was sent and not acknowledged.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::tl::Serialize;
use crate::tl::mtproto::types;

/// How many messages are remembered, so that none is taken twice.
const REMEMBERED: usize = 10_000;

/// How many answers are kept until they are acknowledged. The oldest go first.
const KEPT: usize = 10_000;

/// How far a client's clock may be behind.
const MAX_AGE: Duration = Duration::from_secs(300);

/// How far it may be ahead.
const MAX_LEAD: Duration = Duration::from_secs(30);

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    received: BTreeMap<MessageId, SeqNo>,
    /// Messages to be sent in the next packet.
    outbox: VecDeque<Message>,
    /// Content-related messages that were sent and not acknowledged.
    unacknowledged: BTreeMap<MessageId, Message>,
    /// The answer to each message that was answered.
    answers: BTreeMap<MessageId, MessageId>,
    /// Content-related messages of the client that are to be acknowledged.
    acks: Vec<MessageId>,
    last_id: MessageId,
    content: i32,
}

/// A message of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: MessageId,
    pub(super) seqno: SeqNo,
    pub(super) body: Vec<u8>,
}

/// What is to be done with a message of a client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It is new.
    Take,
    /// It came before.
    Duplicate,
    /// It is refused with a code of `bad_msg_notification`.
    Bad(i32),
}

impl Session {
    pub(super) fn new() -> Self {
        Self {
            received: BTreeMap::new(),
            outbox: VecDeque::new(),
            unacknowledged: BTreeMap::new(),
            answers: BTreeMap::new(),
            acks: Vec::new(),
            last_id: MessageId::default(),
            content: 0,
        }
    }

    /// Judges the id of a message, and its sequence number, by
    /// [the rules](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message).
    pub(super) fn judge(&self, id: MessageId, seqno: SeqNo, unix: Duration) -> Judgement {
        if id.0 % 4 != 0 {
            return Judgement::Bad(18);
        }
        if self.received.contains_key(&id) {
            return Judgement::Duplicate;
        }
        if id.unix().saturating_add(MAX_AGE) < unix {
            return Judgement::Bad(16);
        }
        if id.unix() > unix.saturating_add(MAX_LEAD) {
            return Judgement::Bad(17);
        }
        let is_forgotten = self.received.len() == REMEMBERED
            && self.received.first_key_value().is_some_and(|(first, _)| id < *first);
        if is_forgotten {
            return Judgement::Bad(20);
        }
        let clashes = |other: &SeqNo| *other == seqno && seqno.is_content();
        let before = self.received.range(..id).next_back().map(|(_, seqno)| seqno);
        if before.is_some_and(|other| *other > seqno || clashes(other)) {
            return Judgement::Bad(32);
        }
        let after = self.received.range(id..).next().map(|(_, seqno)| seqno);
        if after.is_some_and(|other| *other < seqno || clashes(other)) {
            return Judgement::Bad(33);
        }
        Judgement::Take
    }

    /// Notes a message that was taken.
    pub(super) fn note(&mut self, id: MessageId, seqno: SeqNo) {
        self.received.insert(id, seqno);
        if self.received.len() > REMEMBERED {
            self.received.pop_first();
        }
    }

    /// Notes that a message is to be acknowledged.
    pub(super) fn acknowledge(&mut self, id: MessageId) {
        self.acks.push(id);
    }

    /// Queues a message. An answer has an id of its own kind.
    pub(super) fn send(
        &mut self,
        value: &impl Serialize,
        is_content: bool,
        is_answer: bool,
        unix: Duration,
    ) -> MessageId {
        let id = self.next_id(unix, if is_answer { 1 } else { 3 });
        let before = self.content.wrapping_mul(2);
        let seqno = SeqNo(before.wrapping_add(i32::from(is_content)));
        let message = Message { id, seqno, body: value.to_bytes() };
        if is_content {
            self.content = self.content.wrapping_add(1);
            self.unacknowledged.insert(id, message.clone());
            if self.unacknowledged.len() > KEPT {
                self.unacknowledged.pop_first();
            }
        }
        self.outbox.push_back(message);
        id
    }

    /// Queues the answer to a request and remembers which it was.
    pub(super) fn answer(&mut self, request: MessageId, value: &impl Serialize, unix: Duration) {
        let id = self.send(value, true, true, unix);
        self.answers.insert(request, id);
        if self.answers.len() > KEPT {
            self.answers.pop_first();
        }
    }

    /// A request came again: its answer is sent again, if it is still there.
    pub(super) fn answer_again(&mut self, request: MessageId) {
        let answer = self.answers.get(&request).and_then(|id| self.unacknowledged.get(id));
        if let Some(message) = answer
            && !self.outbox.contains(message)
        {
            self.outbox.push_back(message.clone());
        }
    }

    /// The client has these messages.
    pub(super) fn acknowledged(&mut self, ids: &[i64]) {
        for id in ids {
            self.unacknowledged.remove(&MessageId(*id));
        }
    }

    /// The client came back over another link: what it did not acknowledge may not have reached it.
    pub(super) fn resend_unacknowledged(&mut self) {
        self.outbox.retain(|message| !self.unacknowledged.contains_key(&message.id));
        self.outbox.extend(self.unacknowledged.values().cloned());
    }

    /// What is to be sent now, as one packet: a message, or a container.
    pub(super) fn next_packet(&mut self, unix: Duration) -> Option<Message> {
        if !self.acks.is_empty() {
            let msg_ids = self.acks.drain(..).map(|id| id.0).collect();
            self.send(&types::MsgsAck { msg_ids }, false, false, unix);
        }
        if self.outbox.len() < 2 {
            return self.outbox.pop_front();
        }
        let mut body = Vec::new();
        let mut count = 0;
        let mut highest = SeqNo(0);
        for message in &self.outbox {
            if count > 0 && (count == MAX_MESSAGES || body.len() + message.body.len() > MAX_BYTES) {
                break;
            }
            message.id.0.serialize(&mut body);
            message.seqno.0.serialize(&mut body);
            i32::try_from(message.body.len()).unwrap_or(i32::MAX).serialize(&mut body);
            body.extend_from_slice(&message.body);
            highest = highest.max(message.seqno);
            count += 1;
        }
        if count == 1 {
            return self.outbox.pop_front();
        }
        self.outbox.drain(..count);
        let mut container = CONTAINER.to_le_bytes().to_vec();
        i32::try_from(count).unwrap_or(i32::MAX).serialize(&mut container);
        container.extend_from_slice(&body);
        let seqno = SeqNo(self.content.wrapping_mul(2).max(highest.0));
        Some(Message { id: self.next_id(unix, 1), seqno, body: container })
    }

    fn next_id(&mut self, unix: Duration, kind: i64) -> MessageId {
        let by_time = MessageId::at(unix).0 & !3;
        let after_last = (self.last_id.0 & !3).saturating_add(4);
        self.last_id = MessageId(by_time.max(after_last) | kind);
        self.last_id
    }
}

/// `msg_container#73f1f8dc`
const CONTAINER: u32 = 0x73f1_f8dc;

/// The most messages in a container.
const MAX_MESSAGES: usize = 1_000;

/// The most bytes in a container of several messages.
const MAX_BYTES: usize = 1 << 15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::Deserialize;

    const UNIX: Duration = Duration::from_secs(1_700_000_000);

    fn id(offset: i64) -> MessageId {
        MessageId(MessageId::at(UNIX).0 + offset * 4)
    }

    fn session() -> Session {
        Session::new()
    }

    #[test]
    fn each_code_is_given_where_it_is_due() {
        let mut session = session();
        session.note(id(10), SeqNo(5));
        let judge = |at: MessageId, seqno| session.judge(at, SeqNo(seqno), UNIX);
        assert_eq!(judge(id(11), 7), Judgement::Take);
        assert_eq!(judge(id(10), 5), Judgement::Duplicate);
        assert_eq!(judge(MessageId(id(11).0 + 1), 7), Judgement::Bad(18));
        assert_eq!(judge(MessageId(id(11).0 - (301 << 32)), 7), Judgement::Bad(16));
        assert_eq!(judge(MessageId(id(11).0 + (31 << 32)), 7), Judgement::Bad(17));
        assert_eq!(judge(id(11), 3), Judgement::Bad(32));
        assert_eq!(judge(id(11), 5), Judgement::Bad(32));
        assert_eq!(judge(id(9), 7), Judgement::Bad(33));
        assert_eq!(judge(id(9), 5), Judgement::Bad(33));
        assert_eq!(judge(id(9), 3), Judgement::Take);
    }

    #[test]
    fn what_is_older_than_all_that_is_remembered_is_20() {
        let mut session = session();
        for offset in 0..=REMEMBERED as i64 {
            session.note(id(offset + 1), SeqNo(1));
        }
        assert_eq!(session.judge(id(0), SeqNo(1), UNIX), Judgement::Bad(20));
    }

    #[test]
    fn messages_go_alone_or_together_and_stay_until_they_are_acknowledged() {
        let mut session = session();
        session.answer(id(1), &1_i32, UNIX);
        let first = session.next_packet(UNIX).unwrap();
        assert_eq!((first.seqno, &first.body[..]), (SeqNo(1), &[1, 0, 0, 0][..]));
        session.acknowledge(id(1));
        session.answer(id(2), &2_i32, UNIX);
        let container = session.next_packet(UNIX).unwrap();
        let parsed = types::MsgContainer::from_bytes(&container.body).unwrap();
        assert_eq!(parsed.messages.len(), 2);
        assert!(parsed.messages.iter().all(|m| m.msg_id < container.id.0));
        assert_eq!(session.next_packet(UNIX), None);
        session.resend_unacknowledged();
        assert!(session.next_packet(UNIX).is_some());
        session.acknowledged(&[first.id.0]);
        session.answer_again(id(1));
        assert_eq!(session.next_packet(UNIX), None);
        session.answer_again(id(2));
        assert_eq!(session.next_packet(UNIX).unwrap().body, [2, 0, 0, 0]);
    }
}
