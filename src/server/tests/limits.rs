//! What clients can make it keep is limited.

use super::*;
use crate::server::Limits;
use crate::tl::mtproto::functions;

fn limited(change: impl FnOnce(&mut Limits)) -> Script {
    let mut script = Script::new();
    let mut limits = Limits::default();
    change(&mut limits);
    let config = exchange::Config::new(DcId::production(2), vec![], toy());
    let empty = DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(2));
    script.dc = std::mem::replace(&mut script.dc, empty).with_limits(limits);
    script.connect();
    script
}

fn key(byte: u8) -> AuthKey {
    AuthKey::from_bytes([byte; 256])
}

#[test]
fn of_too_many_keys_the_one_that_was_used_longest_ago_goes() {
    let mut script = limited(|limits| limits.keys = 3);
    script.dc.add_key(START, key(1), SALT, None);
    script.dc.add_key(START, key(2), SALT, None);
    let first = script.call(SMALL);
    script.result(first);
    script.dc.add_key(START, key(3), SALT, None);
    // The first of the others is gone, the one that was used is not.
    let own = std::mem::replace(&mut script.key, key(1));
    script.call(SMALL);
    assert_eq!((script.received(), &script.errors[..]), (vec![], &[-404][..]));
    script.key = own;
    let again = script.call(SMALL);
    script.result(again);
}

#[test]
fn a_key_that_has_expired_goes_first() {
    let mut script = limited(|limits| limits.keys = 3);
    script.dc.add_key(START, key(1), SALT, None);
    script.dc.add_key(START, key(2), SALT, Some(START.unix + Duration::from_secs(10)));
    script.wait(Duration::from_secs(20));
    script.dc.add_key(script.now, key(3), SALT, None);
    let id = script.call(SMALL);
    script.result(id);
    script.key = key(1);
    let id = script.call(SMALL);
    script.result(id);
}

#[test]
fn of_too_many_sessions_the_one_that_was_used_longest_ago_goes_with_what_was_due() {
    let mut script = limited(|limits| limits.sessions = 3);
    let slow = Take { bytes: 4, after: 1_000 };
    for session in 0..10 {
        script.session = SessionId(session);
        script.call(slow);
        script.received_of_any();
    }
    let mut sessions: Vec<i64> = script.dc.sessions().map(|(_, session)| session.0).collect();
    sessions.sort_unstable();
    assert_eq!((sessions, script.dc.later.len()), (vec![7, 8, 9], 3));
}

#[test]
fn answers_that_nobody_acknowledges_are_kept_up_to_a_limit() {
    let mut script = limited(|limits| limits.kept_bytes = 10_000);
    let large = Take { bytes: 4_000, after: 0 };
    let ids: Vec<MessageId> = (0..10).map(|_| script.call(large)).collect();
    assert_eq!(script.take::<types::RpcResult>().len(), 10);
    script.send(&types::MsgResendAnsReq { msg_ids: ids.iter().map(|id| id.0).collect() });
    let again: Vec<i64> =
        script.take::<types::RpcResult>().iter().map(|result| result.req_msg_id).collect();
    assert_eq!(again, ids[8..].iter().map(|id| id.0).collect::<Vec<_>>());
    // One that is larger than the limit is kept as long as it is the last.
    let id = script.call(Take { bytes: 20_000, after: 0 });
    script.received();
    script.send(&types::MsgResendAnsReq { msg_ids: vec![id.0] });
    script.result(id);
}

#[test]
fn what_waits_for_a_client_that_does_not_read_is_limited() {
    let mut script = limited(|limits| limits.queued_bytes = 10_000);
    let large = Take { bytes: 4_000, after: 0 };
    let ids: Vec<MessageId> = (0..10).map(|_| script.call(large)).collect();
    let results: Vec<types::RpcResult> = script.take();
    let came: Vec<i64> = results.iter().map(|result| result.req_msg_id).collect();
    assert_eq!(came, ids[8..].iter().map(|id| id.0).collect::<Vec<_>>());
    // What went can be asked for.
    script.send(&types::MsgResendAnsReq { msg_ids: vec![ids[0].0] });
    script.result(ids[0]);
}

#[test]
fn only_so_many_answers_are_held_back() {
    let mut script = limited(|limits| limits.delayed = 5);
    let slow = Take { bytes: 4, after: 1_000 };
    let ids: Vec<MessageId> = (0..7).map(|_| script.call(slow)).collect();
    let results: Vec<types::RpcResult> = script.take();
    let came: Vec<i64> = results.iter().map(|result| result.req_msg_id).collect();
    assert_eq!((came, script.dc.later.len()), (vec![ids[5].0, ids[6].0], 5));
    script.wait(Duration::from_secs(1));
    assert_eq!(script.take::<types::RpcResult>().len(), 5);
}

#[test]
fn a_link_that_is_not_read_is_closed() {
    let mut script = limited(|limits| limits.link_bytes = 1_000);
    // Each gets four bytes and their frame, though nobody reads them.
    for _ in 0..1_000 {
        script.send_unknown_key();
    }
    assert!(!script.is_open());
    let mut bytes = 0;
    let mut turns = Turns::default();
    while let Some(frame) = turns.count(script.dc.poll_transmit(script.now, script.link)) {
        bytes += frame.len();
    }
    assert!((900..=1_000).contains(&bytes), "{bytes}");
}

#[test]
fn a_large_answer_is_no_reason_to_close_a_link() {
    let mut script = limited(|limits| limits.link_bytes = 1_000);
    let id = script.call(Take { bytes: 100_000, after: 0 });
    assert_eq!(script.result(id).as_bytes().len(), 100_004);
    assert!(script.is_open());
}

#[test]
fn one_acknowledgement_names_no_more_messages_than_it_may() {
    let mut script = Script::begun();
    let pings: Vec<_> = (0..10_000)
        .map(|ping_id| {
            let (id, seqno) = (script.id(), script.seqno(true));
            (id, seqno, Object::new(&functions::Ping { ping_id }))
        })
        .collect();
    for pings in pings.chunks(1_000) {
        script.contain(pings);
    }
    let acks: Vec<types::MsgsAck> = script.take();
    assert!(acks.iter().all(|ack| ack.msg_ids.len() <= 8_192));
    assert_eq!(acks.iter().map(|ack| ack.msg_ids.len()).sum::<usize>(), 10_000);
}
