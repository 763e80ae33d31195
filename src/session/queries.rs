//! What the session itself says and asks: service messages that no caller made.

use std::collections::VecDeque;
use std::time::Duration;

use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::tl::Serialize;

/// The most service messages that wait to be sent. A peer can cause them without reading any, so the oldest go (P4).
const MAX_WAITING: usize = 256;

/// The most queries whose answers are waited for.
const MAX_ASKED: usize = 256;

/// A query of the session's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Query {
    /// `ping_delay_disconnect`, with its number, and when it was sent.
    Ping {
        /// The number that the pong repeats.
        ping_id: i64,
        /// When it went out.
        sent: Duration,
    },
    /// `get_future_salts`
    Salts,
    /// `msgs_state_req` for these messages.
    State(Vec<MessageId>),
    /// `rpc_drop_answer` for a request, unless that has ended.
    Drop(CallId),
    /// `msg_resend_req` for an answer.
    Resend(MessageId),
    /// Something whose answer changes nothing.
    Other,
}

impl Query {
    /// Whether things go on without its answer.
    fn is_spare(&self) -> bool {
        matches!(self, Self::Drop(_) | Self::Resend(_) | Self::Other)
    }
}

/// A service message to be sent.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) body: Vec<u8>,
    pub(super) query: Option<Query>,
}

/// The service messages to be sent, and the queries that were.
#[derive(Debug, Default)]
pub(super) struct Queries {
    waiting: VecDeque<Service>,
    asked: IdMap<MessageId, Query>,
    /// The ids of those, oldest first.
    order: VecDeque<MessageId>,
    /// The questions about states that the link has not passed over, oldest first.
    questions: VecDeque<MessageId>,
    /// The packets that service messages were in, and which those were.
    packets: VecDeque<(MessageId, Vec<MessageId>)>,
}

impl Queries {
    /// Queues a message.
    pub(super) fn push(&mut self, message: &impl Serialize, query: Option<Query>) {
        if self.waiting.len() >= MAX_WAITING {
            let is_spare = |service: &Service| service.query.as_ref().is_none_or(Query::is_spare);
            let oldest = self.waiting.iter().position(is_spare).unwrap_or(0);
            self.waiting.remove(oldest);
        }
        self.waiting.push_back(Service { body: message.to_bytes(), query });
    }

    /// The next message to be sent.
    pub(super) fn pop(&mut self) -> Option<Service> {
        self.waiting.pop_front()
    }

    /// How long the next message is.
    pub(super) fn next_len(&self) -> Option<usize> {
        self.waiting.front().map(|service| service.body.len())
    }

    /// A query was sent as this message. The answer to one that changes nothing is not waited for.
    pub(super) fn asked(&mut self, message: MessageId, query: Query) {
        if query == Query::Other {
            return;
        }
        if matches!(query, Query::State(_)) {
            self.questions.push_back(message);
            self.questions.retain(|asked| *asked == message || self.asked.contains_key(asked));
        }
        self.asked.insert(message, query);
        self.order.retain(|asked| self.asked.contains_key(asked));
        self.order.push_back(message);
        if self.order.len() > MAX_ASKED {
            let is_spare = |id: &MessageId| self.asked.get(id).is_none_or(Query::is_spare);
            let oldest = self.order.iter().position(is_spare).unwrap_or(0);
            if let Some(oldest) = self.order.remove(oldest) {
                self.asked.remove(&oldest);
            }
        }
    }

    /// These service messages went out in a packet.
    pub(super) fn seal(&mut self, messages: Vec<MessageId>, packet: MessageId) {
        if messages.is_empty() {
            return;
        }
        if self.packets.len() >= MAX_ASKED {
            self.packets.pop_front();
        }
        self.packets.push_back((packet, messages));
    }

    /// Whether service messages went out in this packet, or as this message.
    pub(super) fn was_sent(&self, id: MessageId) -> bool {
        self.asked.contains_key(&id)
            || self.packets.iter().any(|(packet, messages)| *packet == id || messages.contains(&id))
    }

    /// Takes the queries of a packet, or the one that was sent as this message.
    pub(super) fn take_all(&mut self, id: MessageId) -> Vec<Query> {
        let place = self.packets.iter().position(|(packet, _)| *packet == id);
        let packet = place.and_then(|place| self.packets.remove(place));
        let messages = packet.map_or_else(|| vec![id], |(_, messages)| messages);
        messages.into_iter().filter_map(|message| self.asked.remove(&message)).collect()
    }

    /// What was sent as this message was answered: the messages of the questions that were asked before it and were not, once.
    pub(super) fn pass_over(&mut self, answered: MessageId) -> Vec<MessageId> {
        let mut messages = Vec::new();
        while let Some(question) = self.questions.pop_front_if(|question| *question < answered) {
            if let Some(Query::State(asked)) = self.asked.get(&question) {
                messages.extend_from_slice(asked);
            }
        }
        messages
    }

    /// How many entries the tables have.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.asked.len() + self.order.len() + self.questions.len()
    }

    /// How many service messages are remembered by their packets.
    #[cfg(feature = "coverage")]
    pub(super) fn len_of_packets(&self) -> usize {
        self.packets.iter().map(|(_, messages)| messages.len()).sum()
    }

    /// Takes the query that was sent as this message.
    pub(super) fn take(&mut self, message: MessageId) -> Option<Query> {
        self.asked.remove(&message)
    }

    pub(super) fn get(&self, message: MessageId) -> Option<&Query> {
        self.asked.get(&message)
    }

    /// There is no link any more: nothing that was asked over it is answered.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: Query = Query::Ping { ping_id: 1, sent: Duration::ZERO };

    #[test]
    fn neither_what_waits_nor_what_was_asked_grows_without_end() {
        let mut queries = Queries::default();
        for id in 0..10_000 {
            queries.push(&id, None);
            queries.asked(MessageId(id.into()), Query::Drop(CallId(1)));
            if id % 2 == 0 {
                queries.take(MessageId(id.into()));
            }
        }
        assert_eq!(queries.waiting.len(), MAX_WAITING);
        assert!(queries.asked.len() <= MAX_ASKED && queries.order.len() <= MAX_ASKED);
        assert_eq!(queries.get(MessageId(9_999)), Some(&Query::Drop(CallId(1))));
        assert_eq!(queries.pop().unwrap().body, (10_000_i32 - 256).to_le_bytes());
    }

    #[test]
    fn what_waits_tells_its_length_and_packets_have_a_limit() {
        let mut queries = Queries::default();
        assert_eq!(queries.next_len(), None);
        queries.push(&7_i32, None);
        queries.push(&7_i64, None);
        assert_eq!((queries.next_len(), queries.pop().map(|s| s.body.len())), (Some(4), Some(4)));
        assert_eq!(queries.next_len(), Some(8));
        for packet in 0..2 * MAX_ASKED as i64 {
            queries.seal(vec![MessageId(packet)], MessageId(packet));
        }
        assert_eq!(queries.packets.len(), MAX_ASKED);
    }

    #[test]
    fn a_question_is_passed_over_by_what_was_sent_after_it() {
        for (answered, is_passed) in [(7, false), (8, false), (9, true)] {
            let mut queries = Queries::default();
            queries.asked(MessageId(8), Query::State(vec![MessageId(4)]));
            let passed = queries.pass_over(MessageId(answered));
            assert_eq!(passed, Vec::from_iter(is_passed.then_some(MessageId(4))), "{answered}");
            // Once.
            assert_eq!(queries.pass_over(MessageId(answered)), []);
        }
    }

    #[test]
    fn what_was_asked_in_a_packet_is_found_by_it_once() {
        let mut queries = Queries::default();
        queries.asked(MessageId(4), PING);
        queries.asked(MessageId(8), Query::Salts);
        queries.seal(vec![MessageId(4), MessageId(8)], MessageId(12));
        assert!(queries.was_sent(MessageId(12)) && queries.was_sent(MessageId(8)));
        assert!(!queries.was_sent(MessageId(16)));
        assert_eq!(queries.take_all(MessageId(12)), [PING, Query::Salts]);
        assert_eq!(queries.take_all(MessageId(12)), []);
        assert!(!queries.was_sent(MessageId(12)));
        // Of several packets each is found, the first too.
        for packet in [40, 44, 48] {
            queries.asked(MessageId(packet + 1), PING);
            queries.seal(vec![MessageId(packet + 1)], MessageId(packet));
        }
        for packet in [40, 44, 48] {
            assert_eq!(queries.take_all(MessageId(packet)), [PING], "{packet}");
        }
        queries.asked(MessageId(20), PING);
        queries.seal(vec![], MessageId(24));
        assert!(!queries.was_sent(MessageId(24)));
        assert_eq!(queries.take_all(MessageId(20)), [PING]);
    }

    #[cfg(feature = "coverage")]
    #[test]
    fn its_size_is_that_of_all_its_tables() {
        let mut queries = Queries::default();
        queries.push(&0_i32, None);
        queries.push(&0_i32, None);
        queries.asked(MessageId(4), Query::Salts);
        queries.asked(MessageId(8), Query::State(vec![MessageId(4); 5]));
        queries.seal(vec![MessageId(4), MessageId(8)], MessageId(12));
        // Two wait; two were asked, in their order; one of them is a question.
        assert_eq!((queries.len(), queries.len_of_packets()), (2 + 2 + 2 + 1, 2));
    }

    #[test]
    fn p4_what_is_spare_goes_and_a_ping_stays() {
        let mut queries = Queries::default();
        queries.push(&0_i32, Some(PING));
        queries.asked(MessageId(0), PING);
        for id in 1..1_000 {
            queries.push(&id, Some(Query::Drop(CallId(1))));
            queries.asked(MessageId(id.into()), Query::Drop(CallId(1)));
        }
        assert_eq!(queries.pop().unwrap().query, Some(PING));
        assert_eq!(queries.take(MessageId(0)), Some(PING));
    }
}
