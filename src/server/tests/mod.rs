//! The data centre against a scripted client, which can break every rule of a session.

mod bad_msg;
mod bind;
mod faults;
mod layers;
mod limits;
mod links;
mod order;
mod packed;
mod panics;
mod pushes;
mod rpc;
mod service;
mod state;
mod strictness;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::crypto::message_key::{derive, message_key};
use crate::crypto::{
    AuthKey, CryptoSuite, EntropyExt, MessageKey, SeededEntropy, Sender, Toy, toy,
};
use crate::framing::{CLIENT_LIMIT, Decoder, Encoder, Frame, Framing, Side};
use crate::ids::{DcId, Salt, SeqNo, SessionId};
use crate::message_id::MessageId;
use crate::server::{DataCentre, DcEvent, Dispatcher, LinkId, Strictness, exchange};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::{Bare, Bytes, Deserialize, Function, Identifiable, Object, Repeat, Serialize};
use crate::turns::Turns;

const START: Now = Now { mono: Duration::from_secs(100), unix: Duration::from_secs(1_705_754_876) };

const SALT: Salt = Salt(7);

/// A function that nobody has: it returns so many bytes, after so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Take {
    bytes: i32,
    after: i32,
}

impl Identifiable for Take {
    const ID: u32 = 0x0ec0_0ec0;
    const NAME: &'static str = "take";
}

impl Serialize for Take {
    fn serialize(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::ID.to_le_bytes());
        self.bytes.serialize(out);
        self.after.serialize(out);
    }
}

impl Deserialize for Take {
    fn read(r: &mut crate::tl::Reader<'_>) -> Option<Self> {
        let outer = r.begin(Self::ID, "take");
        let (bytes, after) = (r.int(), r.int());
        r.end(outer);
        Some(Self { bytes, after })
    }
}

impl Function for Take {
    type Return = Bytes;
    const REPEAT: Repeat = Repeat::Once;
}

const SMALL: Take = Take { bytes: 4, after: 0 };

/// A message that came from the server.
#[derive(Debug, Clone, PartialEq)]
struct Message {
    id: MessageId,
    seqno: SeqNo,
    body: Object,
    in_container: bool,
}

/// A data centre, and a client that says what a test wants it to say.
struct Script {
    dc: DataCentre,
    now: Now,
    key: AuthKey,
    salt: Salt,
    session: SessionId,
    link: LinkId,
    wire: (Encoder, Decoder),
    errors: Vec<i32>,
    ran: Arc<AtomicU32>,
    entropy: SeededEntropy,
    last: i64,
    content: i32,
}

impl Script {
    fn new() -> Self {
        Self::with(Strictness::Strict)
    }

    fn with(strictness: Strictness) -> Self {
        let mut entropy = SeededEntropy::new(1);
        let key = AuthKey::from_bytes(entropy.array());
        let ran = Arc::new(AtomicU32::new(0));
        let counter = ran.clone();
        let mut dispatcher = Dispatcher::new();
        dispatcher.on_later(move |_, take: Take| {
            counter.fetch_add(1, Ordering::Relaxed);
            let after = Duration::from_millis(take.after as u64);
            (after, Ok(vec![1; take.bytes as usize].into()))
        });
        let mut config = exchange::Config::new(DcId::production(2), vec![], toy());
        config.strictness = strictness;
        let mut dc = DataCentre::new(config, dispatcher, SeededEntropy::new(2));
        dc.add_key(START, key.clone(), SALT, None);
        let link = dc.handle_connected();
        Self {
            dc,
            now: START,
            key,
            salt: SALT,
            session: SessionId(5),
            link,
            wire: wire(),
            errors: vec![],
            ran,
            entropy,
            last: 0,
            content: 0,
        }
    }

    /// One whose session has begun.
    fn begun() -> Self {
        Self::begun_with(Strictness::Strict)
    }

    fn begun_with(strictness: Strictness) -> Self {
        let mut script = Self::with(strictness);
        script.call(SMALL);
        script.settle();
        script
    }

    fn ran(&self) -> u32 {
        self.ran.load(Ordering::Relaxed)
    }

    fn id(&mut self) -> MessageId {
        self.last = MessageId::at(self.now.unix).0.max(self.last + 4);
        MessageId(self.last)
    }

    fn seqno(&mut self, is_content: bool) -> SeqNo {
        let before = self.content * 2;
        self.content += i32::from(is_content);
        SeqNo(before + i32::from(is_content))
    }

    /// Sends a message of its own, not content-related.
    fn send(&mut self, value: &impl Serialize) -> MessageId {
        let (id, seqno) = (self.id(), self.seqno(false));
        self.send_as(id, seqno, value);
        id
    }

    /// Sends a request.
    fn call(&mut self, value: impl Serialize) -> MessageId {
        let (id, seqno) = (self.id(), self.seqno(true));
        self.send_as(id, seqno, &value);
        id
    }

    /// Sends messages in a container.
    fn contain(&mut self, messages: &[(MessageId, SeqNo, Object)]) -> MessageId {
        let messages: Vec<_> = messages
            .iter()
            .map(|(id, seqno, body)| {
                Bare(types::Message { msg_id: id.0, seqno: seqno.0, body: body.clone() })
            })
            .collect();
        self.send(&types::MsgContainer { messages: messages.into() })
    }

    fn send_as(&mut self, id: MessageId, seqno: SeqNo, value: &impl Serialize) {
        let body = value.to_bytes();
        let mut plain = Vec::new();
        for number in [self.salt.0, self.session.0, id.0] {
            plain.extend(number.to_le_bytes());
        }
        plain.extend(seqno.0.to_le_bytes());
        plain.extend((body.len() as i32).to_le_bytes());
        plain.extend(&body);
        plain.resize((plain.len() + 12).next_multiple_of(16), 0);
        let (msg_key, _) = message_key(&Toy, &self.key, Sender::Client, &plain);
        derive(&Toy, &self.key, &msg_key, Sender::Client).encrypt(&Toy, &mut plain).unwrap();
        let packet = [&self.key.id().to_le_bytes()[..], &msg_key.0, &plain].concat();
        let mut frame = Vec::new();
        self.wire.0.encode(&packet, false, &mut self.entropy, &mut frame).unwrap();
        self.dc.handle_input(self.now, self.link, &frame);
    }

    /// Sends a packet of a key that nobody has.
    fn send_unknown_key(&mut self) {
        let mut frame = Vec::new();
        self.wire.0.encode(&[1; 88], false, &mut self.entropy, &mut frame).unwrap();
        self.dc.handle_input(self.now, self.link, &frame);
    }

    /// What the server sent since, in the session at hand.
    fn received(&mut self) -> Vec<Message> {
        let session = self.session.0;
        let all = self.received_of_any();
        assert!(all.iter().all(|(of, _)| *of == session));
        all.into_iter().map(|(_, message)| message).collect()
    }

    /// What the server sent since, and in which session.
    fn received_of_any(&mut self) -> Vec<(i64, Message)> {
        let mut messages = Vec::new();
        let mut turns = Turns::default();
        while let Some(frame) = turns.count(self.dc.poll_transmit(self.now, self.link)) {
            let mut input = &frame[..];
            match self.wire.1.decode(&mut input).unwrap().unwrap() {
                Frame::Packet { body, .. } => {
                    let body = body.to_vec();
                    self.open(&body, &mut messages);
                }
                Frame::Error(error) => self.errors.push(error.0),
                frame => panic!("{frame:?}"),
            }
        }
        messages
    }

    fn open(&self, packet: &[u8], messages: &mut Vec<(i64, Message)>) {
        let msg_key = MessageKey(packet[8..24].try_into().unwrap());
        let mut plain = packet[24..].to_vec();
        derive(&Toy, &self.key, &msg_key, Sender::Server).decrypt(&Toy, &mut plain).unwrap();
        let (computed, _) = message_key(&Toy, &self.key, Sender::Server, &plain);
        assert!(Toy.constant_time_eq(&computed.0, &msg_key.0));
        let long = |at: usize| i64::from_le_bytes(plain[at..at + 8].try_into().unwrap());
        let int = |at: usize| i32::from_le_bytes(plain[at..at + 4].try_into().unwrap());
        let session = long(8);
        let body = Object::from(plain[32..32 + int(28) as usize].to_vec());
        if body.id() == Some(types::MsgContainer::ID) {
            let container: types::MsgContainer = body.decode().unwrap();
            assert_eq!(int(24) & 1, 0);
            messages.extend(container.messages.0.into_iter().map(|Bare(message)| {
                assert!(message.msg_id < long(16) && message.seqno <= int(24));
                let message = Message {
                    id: MessageId(message.msg_id),
                    seqno: SeqNo(message.seqno),
                    body: message.body,
                    in_container: true,
                };
                (session, message)
            }));
        } else {
            let (id, seqno) = (MessageId(long(16)), SeqNo(int(24)));
            messages.push((session, Message { id, seqno, body, in_container: false }));
        }
    }

    /// The values of a type that the server sent since.
    fn take<T: Deserialize + Identifiable>(&mut self) -> Vec<T> {
        let of_type = |message: &Message| message.body.id() == Some(T::ID);
        let messages = self.received();
        messages.iter().filter(|m| of_type(m)).map(|m| m.body.decode().unwrap()).collect()
    }

    /// The one value of a type that the server sent since.
    fn one<T: Deserialize + Identifiable>(&mut self) -> T {
        let mut all = self.take();
        assert_eq!(all.len(), 1, "{}", T::NAME);
        all.pop().unwrap()
    }

    /// The result of a request, sent since.
    fn result(&mut self, request: MessageId) -> Object {
        let results: Vec<types::RpcResult> = self.take();
        let mut own = results.into_iter().filter(|result| result.req_msg_id == request.0);
        own.next().expect("a result").result
    }

    fn error(&mut self, request: MessageId) -> (i32, String) {
        let error: types::RpcError = self.result(request).decode().unwrap();
        (error.error_code, error.error_message)
    }

    /// Acknowledges all that the server sent since.
    fn settle(&mut self) {
        let ids: Vec<i64> = self
            .received()
            .iter()
            .filter(|message| message.seqno.is_content())
            .map(|message| message.id.0)
            .collect();
        self.send(&types::MsgsAck { msg_ids: ids });
        assert_eq!(self.received(), []);
    }

    /// The state of messages, as the server tells it.
    fn state(&mut self, ids: &[MessageId]) -> Vec<u8> {
        let request =
            self.send(&types::MsgsStateReq { msg_ids: ids.iter().map(|id| id.0).collect() });
        let info: types::MsgsStateInfo = self.one();
        assert_eq!(info.req_msg_id, request.0);
        info.info.to_vec()
    }

    /// The socket broke, and another was made.
    fn reconnect(&mut self) {
        self.dc.handle_disconnected(self.link);
        self.connect();
    }

    /// Another socket was made; what becomes of the one before, the server has not heard.
    fn connect(&mut self) {
        self.link = self.dc.handle_connected();
        self.wire = wire();
    }

    fn wait(&mut self, time: Duration) {
        self.now = self.now.after(time);
        self.dc.handle_timeout(self.now);
    }

    fn is_open(&self) -> bool {
        self.dc.is_open(self.link)
    }

    /// The code with which the message was refused, which is all that came.
    fn refusal(&mut self, id: MessageId) -> i32 {
        let notice: types::BadMsgNotification = self.one();
        assert_eq!(notice.bad_msg_id, id.0);
        notice.error_code
    }
}

fn wire() -> (Encoder, Decoder) {
    let framing = Framing::Intermediate;
    (Encoder::new(framing, Side::Client), Decoder::new(framing, Side::Client, CLIENT_LIMIT))
}

#[test]
fn sm_new_session_created_tells_the_first_message_once() {
    let mut script = Script::new();
    let (first, seqno) = (script.id(), script.seqno(true));
    script.contain(&[(first, seqno, Object::new(&SMALL))]);
    let notice: types::NewSessionCreated = script.one();
    assert_eq!((notice.first_msg_id, notice.server_salt), (first.0, SALT.0));
    script.call(SMALL);
    assert_eq!(script.take::<types::NewSessionCreated>(), []);
    let created = DcEvent::SessionCreated(script.key.id(), script.session);
    assert_eq!(script.dc.take_events().last(), Some(&created));
}

#[test]
fn a_session_outlives_its_link_and_is_where_it_was_used_last() {
    let mut script = Script::begun();
    let old = (script.link, script.now);
    let request = script.call(SMALL);
    script.connect();
    let again = script.call(SMALL);
    // The link that was left gets nothing, broken or not.
    assert_eq!(script.dc.poll_transmit(old.1, old.0), None);
    let results: Vec<types::RpcResult> = script.take();
    let ids: Vec<i64> = results.iter().map(|result| result.req_msg_id).collect();
    assert_eq!(ids, [request.0, again.0]);
}

#[test]
fn what_is_pushed_is_kept_until_it_is_acknowledged() {
    let mut script = Script::begun();
    let (key, session) = (script.key.id(), script.session);
    assert!(script.dc.push(script.now, key, session, &Bytes::from(vec![9; 3])));
    assert_eq!(script.dc.session_of(script.link), Some((key, session)));
    assert!(!script.dc.push(script.now, key, SessionId(6), &Bytes::default()));
    let first = script.received();
    assert_eq!(first[0].body.decode(), Ok(Bytes::from(vec![9; 3])));
    script.reconnect();
    script.send(&types::MsgsAck { msg_ids: vec![] });
    let again = script.received();
    assert_eq!((&again[0].id, &again[0].body), (&first[0].id, &first[0].body));
    script.send(&types::MsgsAck { msg_ids: vec![first[0].id.0] });
    script.reconnect();
    script.send(&types::MsgsAck { msg_ids: vec![] });
    assert_eq!(script.received(), []);
}
