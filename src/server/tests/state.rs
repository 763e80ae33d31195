//! The state of messages, told and asked.

use super::*;
use crate::tl::mtproto::functions;

#[test]
fn sm_msgs_state_info_tells_each_state() {
    let mut script = Script::new();
    let before = script.id();
    let answered = script.call(SMALL);
    let missing = script.id();
    let running = script.call(Take { bytes: 4, after: 1_000 });
    let ping = script.send(&functions::Ping { ping_id: 1 });
    script.received();
    let unacknowledged = script.call(SMALL);
    let high = MessageId(script.id().0 + 400);
    let of_server = MessageId(answered.0 + 1);
    let ids = [before, answered, missing, running, ping, unacknowledged, high, of_server];
    // The last call is acknowledged by what is sent after its state was told.
    let state = [1, 4 | 8 | 32 | 64, 2, 4 | 8 | 32, 4 | 16, 4 | 32 | 64, 3, 1];
    assert_eq!(script.state(&ids), state);
    script.wait(Duration::from_secs(1));
    assert_eq!(script.state(&[running, unacknowledged]), [4 | 8 | 32 | 64; 2]);
}

#[test]
fn sm_msg_resend_req_is_answered_with_the_message_or_the_state() {
    let mut script = Script::begun();
    let request = script.call(SMALL);
    let messages = script.received();
    let answer = messages.iter().find(|m| m.body.id() == Some(types::RpcResult::ID)).unwrap();
    script.send(&types::MsgResendReq { msg_ids: vec![answer.id.0] });
    let again = script.received();
    assert_eq!(again, [Message { in_container: true, ..answer.clone() }]);
    let asked = script.send(&types::MsgResendAnsReq { msg_ids: vec![request.0] });
    assert_eq!(script.received(), again);
    assert!(asked > request);
    script.settle();
    script.send(&types::MsgsAck { msg_ids: vec![answer.id.0] });
    let asked = script.send(&types::MsgResendReq { msg_ids: vec![answer.id.0] });
    let info: types::MsgsStateInfo = script.one();
    assert_eq!((info.req_msg_id, &info.info[..]), (asked.0, &[1][..]));
    script.send(&types::MsgResendAnsReq { msg_ids: vec![request.0] });
    assert_eq!(script.one::<types::MsgsStateInfo>().info[..], [4 | 8 | 32 | 64]);
}

#[test]
fn a_request_that_comes_again_runs_once_and_gets_its_answer_again() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &SMALL);
    let answer = script.result(id);
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    assert_eq!(script.result(id), answer);
    // Its answer was sent over a link that broke.
    script.send_as(id, seqno, &SMALL);
    script.received();
    script.reconnect();
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    let messages = script.received();
    let is_answer = |m: &&Message| m.body.id() == Some(types::RpcResult::ID);
    assert_eq!(messages.iter().filter(is_answer).count(), 1);
    // Once acknowledged, it is gone.
    let ids = messages.iter().filter(is_answer).map(|m| m.id.0).collect();
    script.send(&types::MsgsAck { msg_ids: ids });
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    assert_eq!(script.take::<types::RpcResult>(), []);
    assert_eq!(script.ran(), 2);
}

#[test]
fn sm_msg_detailed_info_stands_for_a_large_answer_that_may_have_arrived() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    let large = Take { bytes: 20_000, after: 0 };
    script.send_as(id, seqno, &large);
    let messages = script.received();
    let answer = messages.iter().find(|m| m.body.id() == Some(types::RpcResult::ID)).unwrap();
    script.reconnect();
    script.contain(&[(id, seqno, Object::new(&large))]);
    let infos: Vec<types::MsgDetailedInfo> = script.take();
    // Once because the link is new, once because the request came again.
    for info in &infos {
        assert_eq!((info.msg_id, info.answer_msg_id), (id.0, answer.id.0));
        assert!(info.bytes > 20_000);
    }
    assert_eq!((infos.len(), script.ran()), (2, 2));
    script.send(&types::MsgResendReq { msg_ids: vec![answer.id.0] });
    assert_eq!(script.received()[0].body, answer.body);
}

#[test]
fn sm_msg_new_detailed_info_stands_for_a_large_update() {
    let mut script = Script::begun();
    let (key, session) = (script.key.id(), script.session);
    script.dc.push(script.now, key, session, &Bytes::from(vec![1; 20_000]));
    let update = script.received().pop().unwrap();
    script.reconnect();
    script.send(&types::MsgsAck { msg_ids: vec![] });
    let info: types::MsgNewDetailedInfo = script.one();
    assert_eq!(info.answer_msg_id, update.id.0);
    script.send(&types::MsgResendReq { msg_ids: vec![update.id.0] });
    assert_eq!(script.received()[0].body, update.body);
}
