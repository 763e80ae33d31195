//! What a caller may ask of a request: to be taken back, to end in time, to run after another, to be told early.

use super::*;
use crate::rpc::Execution;
use crate::session::Limits;
use crate::tl::wrap::functions::InvokeAfterMsg;

fn cancelled(call: CallId, execution: Execution) -> Event {
    failed(call, CallError::Cancelled { execution })
}

/// A request that was sent and taken back, its message, and that of the `rpc_drop_answer`.
fn dropping() -> (Test, CallId, MessageId, MessageId) {
    let mut test = Test::new();
    let call = test.ping(1);
    let message = test.sent().unwrap().id;
    test.session.cancel(test.now, call);
    let packet = test.sent().unwrap();
    let request: functions::RpcDropAnswer = packet.messages[0].decode();
    assert_eq!(request.req_msg_id, message.0);
    (test, call, message, packet.messages[0].id)
}

#[test]
fn sm_x3_one_that_was_not_sent_is_never_sent() {
    let mut test = Test::new();
    let call = test.ping(1);
    test.session.cancel(test.now, call);
    assert_eq!(test.events(), [cancelled(call, Execution::Never)]);
    assert!(test.sent().is_none());
}

#[test]
fn sm_x3_one_that_was_sent_ends_with_the_servers_word() {
    let words: [(Object, Execution); 3] = [
        (Object::new(&types::RpcAnswerUnknown {}), Execution::Maybe),
        (Object::new(&types::RpcAnswerDroppedRunning {}), Execution::Maybe),
        (
            Object::new(&types::RpcAnswerDropped { msg_id: 1, seq_no: 1, bytes: 4 }),
            Execution::Maybe,
        ),
    ];
    for (result, execution) in words {
        let (mut test, call, message, drop) = dropping();
        let answer = types::RpcResult { req_msg_id: drop.0, result: result.clone() };
        test.say(&answer).unwrap();
        assert_eq!(test.events(), [cancelled(call, execution)]);
        // The second word of it, for the request itself, says nothing any more.
        test.say(&types::RpcResult { req_msg_id: message.0, result }).unwrap();
        assert_eq!(test.events(), []);
    }
}

#[test]
fn sm_x3_the_answer_may_still_come() {
    let (mut test, call, message, _) = dropping();
    let pong = types::Pong { msg_id: message.0, ping_id: 1 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(call, &pong)]);
}

#[test]
fn cf_19_one_that_was_taken_back_ends_whatever_the_server_does() {
    let (mut test, call, ..) = dropping();
    test.now = test.now.after(Duration::from_secs(10));
    test.session.handle_timeout(test.now);
    assert_eq!(test.events(), [cancelled(call, Execution::Maybe)]);
    let (mut test, call, ..) = dropping();
    test.session.handle_disconnected();
    test.now = test.now.after(Duration::from_secs(10));
    test.session.handle_timeout(test.now);
    assert_eq!(test.events(), [cancelled(call, Execution::Maybe)]);
}

#[test]
fn a_deadline_ends_a_request_wherever_it_is() {
    let second = Duration::from_secs(1);
    for (is_sent, execution) in [(false, Execution::Never), (true, Execution::Maybe)] {
        let mut test = Test::new();
        let request = Request::new(&functions::Ping { ping_id: 1 }).with_deadline(second);
        let call = test.session.call(test.now, request).unwrap();
        if is_sent {
            test.sent().unwrap();
        }
        assert_eq!(test.session.poll_timeout(), Some(second));
        test.now = test.now.after(second);
        test.session.handle_timeout(test.now);
        assert_eq!(test.events(), [failed(call, CallError::Deadline { execution })]);
        let drop = test.sent().map(|packet| packet.messages[0].is::<functions::RpcDropAnswer>());
        assert_eq!(drop, is_sent.then_some(true));
    }
}

#[test]
fn cf_09_one_that_is_to_run_after_another_says_so_while_that_is_under_way() {
    let mut test = Test::new();
    let first = test.ping(1);
    let after = Request::new(&functions::Ping { ping_id: 2 }).after(first);
    test.session.call(test.now, after.clone()).unwrap();
    let packet = test.sent().unwrap();
    let wrapped: InvokeAfterMsg<functions::Ping> = packet.messages[1].decode();
    let message = packet.messages[0].id;
    assert_eq!((wrapped.msg_id, wrapped.query.ping_id), (message.0, 2));
    test.say(&types::Pong { msg_id: message.0, ping_id: 1 }).unwrap();
    test.session.call(test.now, after).unwrap();
    assert!(test.sent().unwrap().messages[0].is::<functions::Ping>());
}

#[test]
fn cf_09_one_sent_again_waits_for_the_one_before_it() {
    let mut test = Test::new();
    test.say(&crate::tl::Object::from(vec![9; 4])).unwrap();
    let first = test.ping(1);
    let after = Request::new(&functions::Ping { ping_id: 2 }).after(first);
    test.session.call(test.now, after).unwrap();
    let packet = test.sent().unwrap();
    test.session.handle_disconnected();
    test.session.handle_connected(test.now);
    let question = test.sent().unwrap();
    let question = question.messages.iter().find(|m| m.is::<types::MsgsStateReq>()).unwrap();
    // The first may have been forgotten, so it gets another id; the second did not come.
    let info = types::MsgsStateInfo { req_msg_id: question.id.0, info: vec![1, 3].into() };
    test.say(&info).unwrap();
    let again = test.sent().unwrap();
    let pings: Vec<_> = again.messages.iter().filter(|m| !m.is::<types::MsgsAck>()).collect();
    assert!(pings[0].is::<functions::Ping>() && pings[0].id > packet.messages[0].id);
    let wrapped: InvokeAfterMsg<functions::Ping> = pings[1].decode();
    assert_eq!((wrapped.msg_id, wrapped.query.ping_id), (pings[0].id.0, 2));
}

#[test]
fn a_quick_acknowledgement_is_told_of_the_requests_that_wanted_one() {
    let mut test = Test::new();
    let request = Request::new(&functions::Ping { ping_id: 1 });
    let wanted = test.session.call(test.now, request.clone().with_quick_ack()).unwrap();
    test.session.call(test.now, request.clone()).unwrap();
    let mut packet = Vec::new();
    let sent =
        test.session.poll_packet(test.now, Padding::Sizes, &mut test.entropy, &mut packet).unwrap();
    assert!(sent.quick_ack);
    test.session.handle_quick_ack(crate::crypto::QuickAckToken(sent.token.0 ^ 1));
    assert_eq!(test.events(), []);
    test.session.handle_quick_ack(sent.token);
    assert_eq!(test.events(), [Event::QuickAck { call: wanted }]);
    test.session.call(test.now, request).unwrap();
    let sent =
        test.session.poll_packet(test.now, Padding::Sizes, &mut test.entropy, &mut packet).unwrap();
    assert!(!sent.quick_ack);
}

#[test]
fn p4_limits_are_the_configurations() {
    let mut test = Test::new();
    test.session.put_calls(super::super::Calls::new(Limits {
        queued: 2,
        calls: 3,
        ..Limits::default()
    }));
    let calls: Vec<CallId> = (0..2).map(|id| test.ping(id)).collect();
    let request = Request::new(&functions::Ping { ping_id: 9 });
    assert_eq!(test.session.call(test.now, request.clone()), Err(CallError::Full));
    test.sent().unwrap();
    // One more may wait, and then three have not ended.
    test.ping(3);
    assert_eq!(test.session.call(test.now, request.clone()), Err(CallError::Full));
    assert_eq!((test.session.calls_in_flight(), test.session.counters().requests), (3, 3));
    let packet = test.sent().unwrap();
    test.session.cancel(test.now, calls[0]);
    assert_eq!(test.session.call(test.now, request), Err(CallError::Full));
    test.say(&types::Pong { msg_id: packet.messages[0].id.0, ping_id: 3 }).unwrap();
    test.ping(4);
}

#[test]
fn a_large_request_is_compressed_where_that_is_worth_it() {
    let mut test = Test::new();
    let noise: Vec<u8> =
        (0..1_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (body, is_packed) in [(vec![7; 1_000], true), (vec![7; 100], false), (noise, false)] {
        let request = Request::from_bytes(body.clone(), crate::tl::Repeat::Safe);
        test.session.call(test.now, request.clone()).unwrap();
        let packet = test.sent().unwrap();
        assert_eq!(packet.messages[0].is::<types::GzipPacked>(), is_packed);
        test.session.call(test.now, request.uncompressed()).unwrap();
        assert_eq!(test.sent().unwrap().messages[0].body, body);
    }
}
