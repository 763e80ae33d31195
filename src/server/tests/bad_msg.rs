//! Each code of `bad_msg_notification` where it is due.

use super::*;
use crate::server::Fault;
use crate::tl::mtproto::functions;

const HOUR: i64 = 3_600 << 32;

#[test]
fn bad_msg_16_and_17_are_for_times_too_far_off() {
    let mut script = Script::begun();
    for (code, offset) in [(16, -HOUR), (17, HOUR)] {
        let (id, seqno) = (MessageId(script.id().0 + offset), script.seqno(true));
        script.send_as(id, seqno, &SMALL);
        assert_eq!(script.refusal(id), code);
    }
    assert_eq!(script.ran(), 1);
}

#[test]
fn bad_msg_16_does_not_concern_what_is_sent_again_in_a_container() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.wait(Duration::from_secs(600));
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    script.result(id);
    assert_eq!(script.ran(), 2);
}

#[test]
fn bad_msg_18_is_for_ids_that_are_not_divisible_by_4() {
    let mut script = Script::begun();
    for offset in 1..4 {
        let (id, seqno) = (MessageId(script.id().0 + offset), script.seqno(true));
        script.send_as(id, seqno, &SMALL);
        assert_eq!(script.refusal(id), 18);
    }
}

#[test]
fn bad_msg_19_is_for_a_container_with_the_id_of_another_message() {
    let mut script = Script::begun();
    let id = script.contain(&[]);
    let empty = types::MsgContainer { messages: vec![].into() };
    let seqno = script.seqno(false);
    script.send_as(id, seqno, &empty);
    assert_eq!(script.refusal(id), 19);
}

#[test]
fn bad_msg_20_is_for_what_is_older_than_all_that_is_remembered() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.call(SMALL);
    script.settle();
    script.dc.inject(script.now, Fault::ForgetMessages);
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    assert_eq!(script.refusal(id), 20);
    assert_eq!(script.state(&[id]), [1]);
}

#[test]
fn bad_msg_32_and_33_are_for_numbers_out_of_order() {
    let mut script = Script::begun();
    let before = script.id();
    let (middle, seqno) = (script.id(), script.seqno(true));
    script.send_as(middle, seqno, &SMALL);
    script.received();
    for offset in [0, -2] {
        let id = script.id();
        script.send_as(id, SeqNo(seqno.0 + offset), &SMALL);
        assert_eq!(script.refusal(id), 32);
    }
    for offset in [0, 2] {
        script.send_as(before, SeqNo(seqno.0 + offset), &SMALL);
        assert_eq!(script.refusal(before), 33);
    }
}

#[test]
fn bad_msg_34_is_for_numbers_that_must_be_even() {
    let mut script = Script::begun();
    let container = types::MsgContainer { messages: vec![].into() }.to_bytes();
    for body in [types::MsgsAck { msg_ids: vec![] }.to_bytes(), container] {
        let id = script.call(Object::from(body));
        script.content -= 1;
        assert_eq!(script.refusal(id), 34);
    }
}

#[test]
fn bad_msg_35_is_for_calls_with_even_numbers_packed_or_not() {
    let mut script = Script::begun();
    let id = script.send(&SMALL);
    assert_eq!(script.refusal(id), 35);
    let id = script.send(&gzip(&SMALL.to_bytes()));
    assert_eq!(script.refusal(id), 35);
    let ping = functions::Ping { ping_id: 3 };
    let packed = gzip(&ping.to_bytes());
    let ids = [script.send(&ping), script.call(ping), script.send(&packed)];
    let pongs: Vec<types::Pong> = script.take();
    assert!(pongs.iter().map(|pong| pong.msg_id).eq(ids.iter().map(|id| id.0)));
    assert_eq!(script.ran(), 1);
}

#[test]
fn bad_msg_64_is_for_containers_that_are_none() {
    let mut script = Script::begun();
    let container = types::MsgContainer { messages: vec![].into() };
    // Torn.
    let id = script.send(&Object::from(container.to_bytes()[..4].to_vec()));
    assert_eq!(script.refusal(id), 64);
    // In a container, or packed.
    let inner = script.id();
    script.contain(&[(inner, SeqNo(2), Object::new(&container))]);
    assert_eq!(script.refusal(inner), 64);
    let id = script.send(&gzip(&container.to_bytes()));
    assert_eq!(script.refusal(id), 64);
    // Packed twice, or badly.
    let id = script.send(&gzip(&gzip(&SMALL.to_bytes()).to_bytes()));
    assert_eq!(script.refusal(id), 64);
    let id = script.call(types::GzipPacked { packed_data: vec![1, 2, 3].into() });
    assert_eq!(script.refusal(id), 64);
    // A child that is younger than it.
    let child = MessageId(script.id().0 + 400);
    let id = script.contain(&[(child, SeqNo(3), Object::new(&SMALL))]);
    assert_eq!(script.refusal(id), 64);
    assert_eq!(script.ran(), 1);
}

#[test]
fn bad_msg_48_is_bad_server_salt_with_the_salt_to_use() {
    let mut script = Script::begun();
    script.salt = Salt(99);
    let id = script.call(SMALL);
    let notice: types::BadServerSalt = script.one();
    assert_eq!((notice.bad_msg_id, notice.error_code), (id.0, 48));
    script.salt = Salt(notice.new_server_salt);
    let again = script.call(SMALL);
    script.result(again);
    assert_eq!(script.ran(), 2);
    // Half an hour later the one before is still good, an hour later it is not.
    script.wait(Duration::from_secs(1_800));
    let id = script.call(SMALL);
    script.result(id);
    script.wait(Duration::from_secs(1_800));
    script.call(SMALL);
    script.one::<types::BadServerSalt>();
}

#[test]
fn too_many_messages_or_ids_are_minus_429() {
    let mut script = Script::begun();
    script.send(&types::MsgsAck { msg_ids: vec![1; 8_193] });
    assert_eq!(script.received(), []);
    let ping = Object::new(&functions::Ping { ping_id: 3 });
    let messages: Vec<_> = (0..1_025).map(|_| (script.id(), SeqNo(2), ping.clone())).collect();
    script.contain(&messages);
    assert_eq!(script.received(), []);
    assert_eq!(script.errors, [-429, -429]);
    script.contain(&messages[1..]);
    assert_eq!(script.take::<types::Pong>().len(), 1_024);
}

fn gzip(body: &[u8]) -> types::GzipPacked {
    use std::io::Write;

    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    types::GzipPacked { packed_data: encoder.finish().unwrap().into() }
}
