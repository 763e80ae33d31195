//! Answers that come later, and such as are not wanted any more.

use super::*;
use crate::rpc::RpcError;
use crate::server::{Answer, Fault};
use crate::tl::mtproto::{enums, functions};

const SLOW: Take = Take { bytes: 4, after: 1_000 };

/// A call that waits for an answer from outside, for a second.
fn promised() -> (Script, MessageId) {
    let mut script = Script::begun();
    script.dc.dispatcher.on_token(|_, take: Take| Answer::Later {
        token: take.bytes as u64,
        within: Duration::from_secs(1),
        otherwise: RpcError::parse(400, "TOO_LATE"),
    });
    let request = script.call(Take { bytes: 7, after: 0 });
    assert_eq!(script.take::<types::RpcResult>(), []);
    (script, request)
}

#[test]
fn an_answer_comes_by_its_token_and_once() {
    let (mut script, request) = promised();
    assert!(!script.dc.answer(script.now, 8, Ok(vec![0; 4])));
    assert!(script.dc.answer(script.now, 7, Ok(vec![1, 2, 3, 4])));
    assert_eq!(script.result(request).as_bytes(), [1, 2, 3, 4]);
    assert_eq!(script.dc.poll_timeout(), None);
    assert!(!script.dc.answer(script.now, 7, Ok(vec![0; 4])));
}

#[test]
fn an_answer_by_a_token_that_does_not_come_is_what_its_handler_said() {
    let (mut script, request) = promised();
    script.wait(Duration::from_millis(999));
    assert_eq!(script.received(), []);
    script.wait(Duration::from_millis(1));
    assert_eq!(script.error(request), (400, "TOO_LATE".to_owned()));
    assert!(!script.dc.answer(script.now, 7, Ok(vec![0; 4])));
}

#[test]
fn an_answer_by_a_token_to_a_session_that_was_forgotten_has_nobody() {
    let (mut script, _) = promised();
    script.dc.inject(script.now, Fault::ForgetSessions);
    assert!(!script.dc.answer(script.now, 7, Ok(vec![0; 4])));
}

#[test]
fn an_answer_by_a_token_that_is_not_wanted_any_more_is_not_sent() {
    let (mut script, request) = promised();
    assert_eq!(drop_answer(&mut script, request), enums::RpcDropAnswer::RpcAnswerDroppedRunning);
    assert!(!script.dc.answer(script.now, 7, Ok(vec![1, 2, 3, 4])));
    let dropped: enums::RpcDropAnswer = script.result(request).decode().unwrap();
    assert_eq!(dropped, enums::RpcDropAnswer::RpcAnswerDroppedRunning);
}

fn drop_answer(script: &mut Script, request: MessageId) -> enums::RpcDropAnswer {
    let dropping = script.send(&functions::RpcDropAnswer { req_msg_id: request.0 });
    script.result(dropping).decode().unwrap()
}

#[test]
fn an_answer_is_held_back_for_as_long_as_its_handler_says() {
    let mut script = Script::begun();
    let request = script.call(SLOW);
    assert_eq!(script.take::<types::RpcResult>(), []);
    let due = script.dc.poll_timeout().unwrap();
    assert_eq!(due, script.now.mono + Duration::from_secs(1));
    script.wait(Duration::from_millis(999));
    assert_eq!(script.received(), []);
    script.wait(Duration::from_millis(1));
    script.result(request);
    assert_eq!(script.dc.poll_timeout(), None);
}

#[test]
fn an_answer_to_a_session_that_was_forgotten_meanwhile_is_not_given() {
    for fault in [Fault::ForgetSessions, Fault::ForgetMessages] {
        let mut script = Script::begun();
        let request = script.call(SLOW);
        script.received();
        script.dc.inject(script.now, fault);
        script.call(SMALL);
        script.wait(Duration::from_secs(1));
        let results: Vec<types::RpcResult> = script.take();
        let is_answered = results.iter().any(|result| result.req_msg_id == request.0);
        assert_eq!(is_answered, fault == Fault::ForgetMessages);
    }
}

#[test]
fn sm_gzip_packed_holds_large_results_if_the_dispatcher_says_so() {
    for compresses in [false, true] {
        let mut script = Script::begun();
        if compresses {
            script.dc.dispatcher.compress_from(1_000);
        }
        for (bytes, is_packed) in [(10, false), (2_000, compresses)] {
            let request = script.call(Take { bytes, after: 0 });
            let result = script.result(request);
            assert_eq!(result.id() == Some(types::GzipPacked::ID), is_packed);
            assert_eq!(result.as_bytes().len() < 1_000, bytes < 1_000 || is_packed);
        }
    }
}

#[test]
fn sm_rpc_answer_unknown_is_for_what_never_came_or_has_arrived() {
    let mut script = Script::begun();
    let never = script.id();
    let unknown = enums::RpcDropAnswer::RpcAnswerUnknown;
    assert_eq!(drop_answer(&mut script, never), unknown);
    let request = script.call(SMALL);
    script.settle();
    assert_eq!(drop_answer(&mut script, request), unknown);
}

#[test]
fn sm_rpc_answer_dropped_running_comes_twice() {
    let mut script = Script::begun();
    let request = script.call(SLOW);
    let running = enums::RpcDropAnswer::RpcAnswerDroppedRunning;
    assert_eq!(drop_answer(&mut script, request), running);
    script.wait(Duration::from_secs(1));
    assert_eq!(script.result(request).decode(), Ok(running));
    assert_eq!(script.ran(), 2);
}

#[test]
fn sm_rpc_answer_dropped_takes_the_answer_back() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &SMALL);
    let enums::RpcDropAnswer::RpcAnswerDropped(dropped) = drop_answer(&mut script, id) else {
        panic!("not dropped");
    };
    assert!(MessageId(dropped.msg_id).is_answer() && dropped.bytes > 0);
    script.reconnect();
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    assert!(script.take::<types::RpcResult>().iter().all(|result| result.req_msg_id != id.0));
    assert_eq!(script.ran(), 2);
}
