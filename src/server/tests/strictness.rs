//! The table of `crate::server::strictness`, row by row.

use super::bind::{bind, temporary_with};
use super::*;
use crate::server::exchange::tests::strictness::{CASES as OF_EXCHANGES, Case};
use crate::server::inflate::tests::{Header, packed};
use crate::tl::mtproto::functions;

const HOUR: i64 = 3_600 << 32;

/// The rules of packets, messages and calls.
const CASES: [Case; 32] = [
    ("a stream begins as those of a framing do", |strictness| {
        stream(strictness, b"GET / HTTP/1.1\r\n\r\n")
    }),
    ("a frame is no longer than packets are", |strictness| {
        stream(strictness, &[&[0xee; 4][..], &0x7fff_fffc_u32.to_le_bytes()].concat())
    }),
    ("a frame is no shorter than a message is", |strictness| {
        stream(strictness, &[&[0xee; 4][..], &8_u32.to_le_bytes(), &[0; 8]].concat())
    }),
    ("without padding, a frame has whole words", |strictness| {
        stream(strictness, &[&[0xee; 4][..], &41_u32.to_le_bytes(), &[0; 41]].concat())
    }),
    ("frames of the full framing come in their order", |strictness| {
        let frame = full_frame();
        stream(strictness, &[&frame[..], &frame].concat())
    }),
    ("frames of the full framing have their checksum", |strictness| {
        let mut frame = full_frame();
        *frame.last_mut().unwrap() ^= 1;
        stream(strictness, &frame)
    }),
    ("a packet has a key that is known", |strictness| {
        let mut script = Script::begun_with(strictness);
        script.send_unknown_key();
        outcome(&mut script, MessageId(0))
    }),
    ("a packet has the `msg_key` of its content", |strictness| {
        let mut script = Script::begun_with(strictness);
        let key = script.key.id();
        let mut frame = Vec::new();
        let packet = [&key.to_le_bytes()[..], &[7; 80]].concat();
        script.wire.0.encode(&packet, false, &mut script.entropy, &mut frame).unwrap();
        script.dc.handle_input(script.now, script.link, &frame);
        outcome(&mut script, MessageId(0))
    }),
    ("the salt is valid", |strictness| {
        let mut script = Script::begun_with(strictness);
        script.salt = Salt(99);
        let id = script.call(SMALL);
        outcome(&mut script, id)
    }),
    ("a message is not older than 300 s", |strictness| at(strictness, -HOUR)),
    ("a message is not from the future", |strictness| at(strictness, HOUR)),
    ("the id of a message is divisible by 4", |strictness| at(strictness, 2)),
    ("a container has an id of its own", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.contain(&[]);
        let seqno = script.seqno(false);
        script.send_as(id, seqno, &empty());
        outcome(&mut script, id)
    }),
    ("a message is not older than what is remembered", |strictness| {
        let mut script = Script::begun_with(strictness);
        let (id, seqno) = (script.id(), script.seqno(true));
        script.call(SMALL);
        script.settle();
        script.dc.inject(script.now, crate::server::Fault::ForgetMessages);
        script.contain(&[(id, seqno, Object::new(&SMALL))]);
        outcome(&mut script, id)
    }),
    ("the number of a message is not below that of an older one", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.id();
        script.send_as(id, SeqNo(1), &SMALL);
        outcome(&mut script, id)
    }),
    ("the number of a message is not above that of a younger one", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.id();
        script.call(SMALL);
        script.settle();
        let seqno = script.seqno(true);
        script.send_as(id, seqno, &SMALL);
        outcome(&mut script, id)
    }),
    ("an acknowledgement has an even number", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.call(types::MsgsAck { msg_ids: vec![] });
        outcome(&mut script, id)
    }),
    ("an acknowledgement in a container has an even number", |strictness| {
        let mut script = Script::begun_with(strictness);
        let (id, seqno) = (script.id(), script.seqno(true));
        script.contain(&[(id, seqno, Object::new(&types::MsgsAck { msg_ids: vec![] }))]);
        outcome(&mut script, id)
    }),
    ("a packed acknowledgement has an even number", |strictness| {
        let mut script = Script::begun_with(strictness);
        let ack = types::MsgsAck { msg_ids: vec![] }.to_bytes();
        let id = script.call(packed(Header::Zlib, &ack));
        outcome(&mut script, id)
    }),
    ("a container has an even number", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.call(empty());
        outcome(&mut script, id)
    }),
    ("a call has an odd number", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.send(&SMALL);
        outcome(&mut script, id)
    }),
    ("a container holds no other", |strictness| {
        let mut script = Script::begun_with(strictness);
        let (id, seqno) = (script.id(), script.seqno(false));
        script.contain(&[(id, seqno, Object::new(&empty()))]);
        outcome(&mut script, id)
    }),
    ("a container is not packed", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.send(&packed(Header::Gzip, &empty().to_bytes()));
        outcome(&mut script, id)
    }),
    ("a container is whole", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.send(&Object::from(empty().to_bytes()[..4].to_vec()));
        outcome(&mut script, id)
    }),
    ("a container is younger than its messages", |strictness| {
        let mut script = Script::begun_with(strictness);
        let (child, seqno) = (MessageId(script.id().0 + 400), script.seqno(true));
        let id = script.contain(&[(child, seqno, Object::new(&SMALL))]);
        outcome(&mut script, id)
    }),
    ("packed data is whole", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.call(types::GzipPacked { packed_data: vec![0x78, 0x9c, 3].into() });
        outcome(&mut script, id)
    }),
    ("a container has 1024 messages at most", |strictness| {
        let mut script = Script::begun_with(strictness);
        let ping = Object::new(&functions::Ping { ping_id: 3 });
        let messages: Vec<_> = (0..1_025).map(|_| (script.id(), SeqNo(2), ping.clone())).collect();
        let id = script.contain(&messages);
        outcome(&mut script, id)
    }),
    ("a message names 8192 ids at most", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.send(&types::MsgsAck { msg_ids: vec![1; 8_193] });
        outcome(&mut script, id)
    }),
    ("a parameter has a form of its own type", |strictness| {
        let mut script = Script::begun_with(strictness);
        script.dc.dispatcher.on(|_, _: Greet| Ok(true));
        let id = script.call(Greet(INPUT_PEER_USER));
        outcome(&mut script, id)
    }),
    ("a function is one that is known", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.call(Greet(INPUT_USER));
        outcome(&mut script, id)
    }),
    ("a function is whole", |strictness| {
        let mut script = Script::begun_with(strictness);
        let id = script.call(Object::from(SMALL.to_bytes()[..8].to_vec()));
        outcome(&mut script, id)
    }),
    ("a permanent key has one temporary key", |strictness| {
        let (mut script, perm, end) = temporary_with(strictness);
        let id = bind(&mut script, &perm, end, |_, _, _| {});
        script.result(id);
        let other = AuthKey::from_bytes([2; 256]);
        script.dc.add_key(
            START,
            other.clone(),
            SALT,
            Some(START.unix + Duration::from_secs(1_000)),
        );
        let first = std::mem::replace(&mut script.key, other);
        let id = bind(&mut script, &perm, end, |_, _, _| {});
        script.result(id);
        script.key = first;
        let id = script.call(SMALL);
        outcome(&mut script, id)
    }),
];

const INPUT_USER: u32 = 0xf211_58c6;
const INPUT_PEER_USER: u32 = 0xdde8_a54c;

/// A function that nobody has, with an `InputUser` of some constructor.
#[derive(Debug)]
struct Greet(u32);

impl Identifiable for Greet {
    const ID: u32 = 0x0ec0_0ec1;
    const NAME: &'static str = "greet";
}

impl Serialize for Greet {
    fn serialize(&self, out: &mut Vec<u8>) {
        for word in [Self::ID, self.0, 1, 0, 2, 0] {
            out.extend(word.to_le_bytes());
        }
    }
}

impl Deserialize for Greet {
    fn read(r: &mut crate::tl::Reader<'_>) -> Option<Self> {
        let outer = r.begin(Self::ID, "greet");
        let id = r.constructor_id();
        if id != INPUT_USER {
            r.unexpected(id, "InputUser");
        }
        let _: [u32; 4] = r.words();
        r.end(outer);
        Some(Self(id))
    }
}

impl Function for Greet {
    type Return = bool;
    const REPEAT: Repeat = Repeat::Once;
}

fn empty() -> types::MsgContainer {
    types::MsgContainer { messages: vec![].into() }
}

/// What comes first over a link.
fn stream(strictness: Strictness, bytes: &[u8]) -> String {
    let mut script = Script::with(strictness);
    script.connect();
    script.dc.handle_input(script.now, script.link, bytes);
    if script.is_open() { "taken".to_owned() } else { "closed".to_owned() }
}

/// A plain message that begins an exchange, in the first frame of a link.
fn full_frame() -> Vec<u8> {
    let query = functions::ReqPqMulti { nonce: [1; 16] }.to_bytes();
    let packet = crate::server::plain::seal(MessageId::at(START.unix), &query, &[]);
    let (mut frame, mut entropy) = (Vec::new(), SeededEntropy::new(1));
    let mut encoder = Encoder::new(Framing::Full, Side::Client);
    encoder.encode(&packet, false, &mut entropy, &mut frame).unwrap();
    assert_eq!(stream(Strictness::Strict, &frame), "taken");
    frame
}

/// A call whose id is so far from what it should be.
fn at(strictness: Strictness, offset: i64) -> String {
    let mut script = Script::begun_with(strictness);
    let (id, seqno) = (MessageId(script.id().0 + offset), script.seqno(true));
    script.send_as(id, seqno, &SMALL);
    outcome(&mut script, id)
}

/// What the client got for a message.
fn outcome(script: &mut Script, id: MessageId) -> String {
    let received = script.received();
    if let Some(error) = script.errors.first() {
        assert_eq!(received, []);
        return error.to_string();
    }
    for message in &received {
        let code = match message.body.id() {
            Some(types::BadMsgNotification::ID) => {
                let notice: types::BadMsgNotification = message.body.decode().unwrap();
                assert_eq!(notice.bad_msg_id, id.0);
                notice.error_code.to_string()
            }
            Some(types::BadServerSalt::ID) => {
                let notice: types::BadServerSalt = message.body.decode().unwrap();
                assert_eq!(notice.bad_msg_id, id.0);
                notice.error_code.to_string()
            }
            Some(types::RpcResult::ID) => {
                let result: types::RpcResult = message.body.decode().unwrap();
                let error: Result<types::RpcError, _> = result.result.decode();
                let Ok(error) = error else { continue };
                assert_eq!(result.req_msg_id, id.0);
                error.error_message
            }
            _ => continue,
        };
        return code;
    }
    "taken".to_owned()
}

/// The rows of the table: the rule, and what a strict and a lenient data centre do.
fn rows() -> Vec<[&'static str; 3]> {
    let text = include_str!("../strictness.rs");
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
    let rows = rows.map(|row| {
        let mut cells = row.split('|').map(str::trim);
        [(); 3].map(|()| cells.next().unwrap_or_default())
    });
    // Behind the head and the line below it.
    rows.skip(2).collect()
}

#[test]
fn every_row_of_the_table_is_so() {
    let rows = rows();
    let cases = || OF_EXCHANGES.iter().chain(&CASES);
    for [rule, strict, lenient] in &rows {
        let (_, case) = cases().find(|(name, _)| name == rule).unwrap_or_else(|| panic!("{rule}"));
        assert_eq!(case(Strictness::Strict), *strict, "strict: {rule}");
        assert_eq!(case(Strictness::Lenient), *lenient, "lenient: {rule}");
    }
    let has_row = |name: &str| rows.iter().any(|[rule, ..]| *rule == name);
    assert!(cases().all(|(name, _)| has_row(name)) && cases().count() == rows.len());
}

#[test]
fn service_messages_may_have_any_number_in_a_container_or_not() {
    let bodies = [
        types::MsgsAck { msg_ids: vec![1] }.to_bytes(),
        functions::Ping { ping_id: 3 }.to_bytes(),
        functions::PingDelayDisconnect { ping_id: 3, disconnect_delay: 60 }.to_bytes(),
        functions::GetFutureSalts { num: 2 }.to_bytes(),
        functions::DestroySession { session_id: 77 }.to_bytes(),
        functions::HttpWait { max_delay: 0, wait_after: 0, max_wait: 25_000 }.to_bytes(),
        functions::RpcDropAnswer { req_msg_id: 4 }.to_bytes(),
        types::MsgsStateReq { msg_ids: vec![4] }.to_bytes(),
        types::MsgsStateInfo { req_msg_id: 1, info: vec![1].into() }.to_bytes(),
        types::MsgsAllInfo { msg_ids: vec![1], info: vec![1].into() }.to_bytes(),
        types::MsgResendReq { msg_ids: vec![4] }.to_bytes(),
        types::MsgResendAnsReq { msg_ids: vec![4] }.to_bytes(),
    ];
    for body in bodies {
        for is_content in [false, true] {
            for packs in [false, true] {
                let mut script = Script::begun_with(Strictness::Lenient);
                let value = match packs {
                    true => Object::new(&packed(Header::Zlib, &body)),
                    false => Object::from(body.clone()),
                };
                let (id, seqno) = (script.id(), script.seqno(is_content));
                script.send_as(id, seqno, &value);
                assert_eq!(outcome(&mut script, id), "taken", "{value:?}");
                let (id, seqno) = (script.id(), script.seqno(is_content));
                script.contain(&[(id, seqno, value.clone())]);
                assert_eq!(outcome(&mut script, id), "taken", "{value:?}");
                // And the next call is not out of order.
                let id = script.call(SMALL);
                assert_eq!(outcome(&mut script, id), "taken", "{value:?}");
            }
        }
    }
}

#[test]
fn an_acknowledgement_with_an_odd_number_acknowledges_and_is_acknowledged() {
    let mut script = Script::begun_with(Strictness::Lenient);
    let request = script.call(SMALL);
    let answers: Vec<i64> = script.received().iter().map(|message| message.id.0).collect();
    let ack = script.call(types::MsgsAck { msg_ids: answers });
    let acks: types::MsgsAck = script.one();
    assert_eq!(acks.msg_ids, [ack.0]);
    // Nothing is left to be sent again.
    script.reconnect();
    script.send(&functions::Ping { ping_id: 1 });
    assert!(script.take::<types::RpcResult>().iter().all(|r| r.req_msg_id != request.0));
}

#[test]
fn leniency_takes_no_message_twice() {
    let mut script = Script::begun_with(Strictness::Lenient);
    let (id, seqno) = (script.id(), script.seqno(true));
    for _ in 0..3 {
        script.send_as(id, seqno, &SMALL);
    }
    assert_eq!(script.ran(), 2);
}
