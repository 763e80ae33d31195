//! A session against a peer that a test scripts, on the toy suite.

mod answers;
mod binding;
mod bounds;
mod counters;
mod evidence;
mod liveness;
mod missed;
mod options;
mod recovery;
mod refusals;
mod rules;

use std::time::Duration;

use crate::crypto::padding::Padding;
use crate::crypto::{AuthKey, SeededEntropy, Sender, Suite, message_key, toy};
use crate::ids::{Salt, SessionId};
use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, Request};
use crate::session::{Event, Session, Violation};
use crate::time::{Now, ServerClock};
use crate::tl::mtproto::{functions, types};
use crate::tl::{Bare, Deserialize, Object, Reader, Serialize};
use crate::turns::Turns;

const UNIX: u64 = 1_705_754_876;

fn at(millis: u64) -> Now {
    Now {
        mono: Duration::from_millis(millis),
        unix: Duration::from_secs(UNIX) + Duration::from_millis(millis),
    }
}

/// A message as the peer sends or receives it.
#[derive(Debug, Clone, PartialEq)]
struct Sent {
    id: MessageId,
    seqno: i32,
    body: Vec<u8>,
}

impl Sent {
    fn is<T: crate::tl::Identifiable>(&self) -> bool {
        self.body.starts_with(&T::ID.to_le_bytes())
    }

    fn decode<T: Deserialize>(&self) -> T {
        T::from_bytes(&self.body).unwrap()
    }
}

/// A packet that the session sent: its header, and its messages.
#[derive(Debug)]
struct Packet {
    salt: Salt,
    session: SessionId,
    id: MessageId,
    seqno: i32,
    messages: Vec<Sent>,
}

/// A session and its peer.
struct Test {
    session: Session,
    entropy: SeededEntropy,
    suite: Suite,
    key: AuthKey,
    now: Now,
    /// The peer's next message id, counted in fours.
    next_id: i64,
    seqno: i32,
    /// How often it was asked for a packet.
    asked: Turns,
}

impl Test {
    fn new() -> Self {
        Self::with(crate::session::Upkeep::NONE)
    }

    fn with(upkeep: crate::session::Upkeep) -> Self {
        let (suite, key) = (toy(), AuthKey::from_bytes([7; 256]));
        let mut entropy = SeededEntropy::new(1);
        let mut clock = ServerClock::new(at(0));
        clock.sync(at(0).unix, at(0).mono);
        let mut session = Session::new(
            suite.clone(),
            key.clone(),
            Salt(5),
            clock,
            super::Calls::default(),
            upkeep,
            &mut entropy,
        );
        session.handle_connected(at(0));
        let next_id = MessageId::at(at(0).unix).0;
        Self {
            session,
            entropy,
            suite,
            key,
            now: at(0),
            next_id,
            seqno: 0,
            asked: Turns::default(),
        }
    }

    fn call(&mut self, function: &impl crate::tl::Function) -> CallId {
        self.session.call(self.now, Request::new(function)).unwrap()
    }

    fn ping(&mut self, ping_id: i64) -> CallId {
        self.call(&functions::Ping { ping_id })
    }

    /// The next packet of the session, opened.
    fn sent(&mut self) -> Option<Packet> {
        self.asked.count(());
        let mut packet = Vec::new();
        self.session.poll_packet(self.now, Padding::Sizes, &mut self.entropy, &mut packet)?;
        Some(self.open(packet))
    }

    fn open(&self, mut packet: Vec<u8>) -> Packet {
        let (outside, plain) = packet.split_at_mut(24);
        assert_eq!(outside[..8], self.key.id().to_le_bytes());
        let msg_key = crate::crypto::MessageKey(outside[8..].try_into().unwrap());
        let aes = message_key::derive(&*self.suite, &self.key, &msg_key, Sender::Client);
        aes.decrypt(&*self.suite, plain).unwrap();
        let (computed, _) =
            message_key::message_key(&*self.suite, &self.key, Sender::Client, plain);
        assert!(computed.matches(&*self.suite, &msg_key));
        let mut r = Reader::new(plain);
        let salt = Salt(i64::deserialize(&mut r).unwrap());
        let session = SessionId(i64::deserialize(&mut r).unwrap());
        let id = MessageId(i64::deserialize(&mut r).unwrap());
        let seqno = i32::deserialize(&mut r).unwrap();
        let length = r.length();
        let body = r.take_slice(length).to_vec();
        let messages = match types::MsgContainer::from_bytes(&body) {
            Ok(container) => container
                .messages
                .iter()
                .map(|m| Sent {
                    id: MessageId(m.msg_id),
                    seqno: m.seqno,
                    body: m.body.as_bytes().to_vec(),
                })
                .collect(),
            Err(_) => vec![Sent { id, seqno, body }],
        };
        Packet { salt, session, id, seqno, messages }
    }

    /// The id of the next message of the peer; `kind` is 1 for an answer and 3 for another.
    fn next_id(&mut self, kind: i64) -> MessageId {
        self.next_id += 4;
        MessageId(self.next_id + kind)
    }

    fn next_seqno(&mut self) -> i32 {
        self.seqno += 2;
        self.seqno - 1
    }

    /// A content-related message from the peer.
    fn message(&mut self, value: &impl Serialize) -> Sent {
        Sent { id: self.next_id(1), seqno: self.next_seqno(), body: value.to_bytes() }
    }

    fn container(&mut self, messages: Vec<Sent>) -> Sent {
        let messages: Vec<_> = messages
            .into_iter()
            .map(|m| {
                let body = Object::from(m.body);
                Bare(types::Message { msg_id: m.id.0, seqno: m.seqno, body })
            })
            .collect();
        let body = types::MsgContainer { messages: messages.into() }.to_bytes();
        Sent { id: self.next_id(1), seqno: self.seqno, body }
    }

    /// The packet of a message.
    fn packet(&self, message: &Sent, session: SessionId) -> Vec<u8> {
        let mut packet = vec![0; 24];
        Salt(5).0.serialize(&mut packet);
        session.0.serialize(&mut packet);
        message.id.0.serialize(&mut packet);
        message.seqno.serialize(&mut packet);
        (message.body.len() as i32).serialize(&mut packet);
        packet.extend_from_slice(&message.body);
        let whole = (packet.len() - 24 + 12).next_multiple_of(16) + 24;
        packet.resize(whole, 0);
        let (outside, plain) = packet.split_at_mut(24);
        let (msg_key, _) = message_key::message_key(&*self.suite, &self.key, Sender::Server, plain);
        let aes = message_key::derive(&*self.suite, &self.key, &msg_key, Sender::Server);
        aes.encrypt(&*self.suite, plain).unwrap();
        outside[..8].copy_from_slice(&self.key.id().to_le_bytes());
        outside[8..].copy_from_slice(&msg_key.0);
        packet
    }

    fn deliver(&mut self, message: &Sent) -> Result<(), Violation> {
        let mut packet = self.packet(message, self.session.id());
        self.session.handle_packet(self.now, &mut packet, 0)
    }

    /// The peer says something.
    fn say(&mut self, value: &impl Serialize) -> Result<(), Violation> {
        let message = self.message(value);
        self.deliver(&message)
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    /// The ids that the session acknowledges when the time for it has come.
    fn acks(&mut self) -> Vec<i64> {
        self.now = self.now.after(Duration::from_secs(10));
        let mut ids = Vec::new();
        let mut turns = Turns::default();
        while let Some(packet) = turns.count(self.sent()) {
            for message in packet.messages.iter().filter(|m| m.is::<types::MsgsAck>()) {
                ids.extend(message.decode::<types::MsgsAck>().msg_ids);
            }
        }
        ids
    }
}

/// An answer that is a result.
fn answered(call: CallId, value: &impl Serialize) -> Event {
    Event::Answer { call, result: Ok(Object::new(value)) }
}

fn failed(call: CallId, error: CallError) -> Event {
    Event::Answer { call, result: Err(error) }
}
