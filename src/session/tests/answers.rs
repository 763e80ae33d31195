//! Requests and what answers them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::rpc::{Execution, RpcError};
use crate::session::TimedSalt;

fn gzip(value: &impl Serialize) -> types::GzipPacked {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&value.to_bytes()).unwrap();
    types::GzipPacked { packed_data: encoder.finish().unwrap().into() }
}

/// A test whose session has sent a ping, and that ping.
fn pinged() -> (Test, CallId, MessageId) {
    let mut test = Test::new();
    let call = test.ping(9);
    let id = test.sent().unwrap().messages[0].id;
    (test, call, id)
}

#[test]
fn sm_pong_answers_the_ping_it_names() {
    let (mut test, call, id) = pinged();
    let pong = types::Pong { msg_id: id.0, ping_id: 9 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(call, &pong)]);
    assert_eq!(test.session.calls_in_flight(), 0);
}

#[test]
fn sm_rpc_result_answers_the_request_it_names_and_is_acknowledged() {
    let (mut test, call, id) = pinged();
    let value = types::Pong { msg_id: 1, ping_id: 2 };
    let result = types::RpcResult { req_msg_id: id.0, result: Object::new(&value) };
    let message = test.message(&result);
    test.deliver(&message).unwrap();
    assert_eq!(test.events(), [answered(call, &value)]);
    assert_eq!(test.acks(), [message.id.0]);
}

#[test]
fn sm_rpc_error_is_taken_apart() {
    let (mut test, call, id) = pinged();
    let error = types::RpcError { error_code: 420, error_message: "FLOOD_WAIT_7".into() };
    test.say(&types::RpcResult { req_msg_id: id.0, result: Object::new(&error) }).unwrap();
    let expected = RpcError { code: 420, name: "FLOOD_WAIT_X".into(), value: Some(7) };
    assert_eq!(test.events(), [failed(call, CallError::Rpc(expected))]);
}

#[test]
fn sm_gzip_packed_is_unpacked_outside_and_inside_of_a_result() {
    let value = types::Pong { msg_id: 1, ping_id: 2 };
    let (mut test, call, id) = pinged();
    test.say(&types::RpcResult { req_msg_id: id.0, result: Object::new(&gzip(&value)) }).unwrap();
    assert_eq!(test.events(), [answered(call, &value)]);
    let (mut test, call, id) = pinged();
    let result = types::RpcResult { req_msg_id: id.0, result: Object::new(&value) };
    test.say(&gzip(&result)).unwrap();
    assert_eq!(test.events(), [answered(call, &value)]);
}

#[test]
fn tl_06_gzip_in_gzip_is_refused() {
    let value = types::Pong { msg_id: 1, ping_id: 2 };
    let (mut test, _, id) = pinged();
    assert_eq!(test.say(&gzip(&gzip(&value))), Err(Violation::NestedGzip));
    let result = types::RpcResult { req_msg_id: id.0, result: Object::new(&gzip(&value)) };
    assert_eq!(test.say(&gzip(&result)), Err(Violation::NestedGzip));
}

#[test]
fn sm_rpc_result_for_nobody_is_counted_and_acknowledged_and_for_0_refused() {
    let mut test = Test::new();
    let result = |req_msg_id| types::RpcResult { req_msg_id, result: Object::from(vec![0; 4]) };
    let message = test.message(&result(4));
    test.deliver(&message).unwrap();
    assert_eq!(test.session.counters().stray_answers, 1);
    assert_eq!((test.events(), test.acks()), (vec![], vec![message.id.0]));
    assert_eq!(test.say(&result(0)), Err(Violation::NoRequest));
}

#[test]
fn sm_future_salts_answer_the_request_and_are_used_in_their_time() {
    let mut test = Test::new();
    let call = test.call(&functions::GetFutureSalts { num: 2 });
    let id = test.sent().unwrap().messages[0].id;
    let now = UNIX as i32;
    let salt = |since: i32, salt| {
        Bare(types::FutureSalt { valid_since: now + since, valid_until: now + since + 3600, salt })
    };
    let answer =
        types::FutureSalts { req_msg_id: id.0, now, salts: vec![salt(0, 5), salt(1800, 6)].into() };
    test.say(&answer).unwrap();
    let timed = |since: u64, salt| TimedSalt {
        valid_since: Duration::from_secs(UNIX + since),
        valid_until: Duration::from_secs(UNIX + since + 3600),
        salt: Salt(salt),
    };
    let told = Event::FutureSalts(vec![timed(0, 5), timed(1800, 6)]);
    assert_eq!(test.events(), [answered(call, &answer), told]);
    test.now = at(1_859_000);
    test.ping(1);
    assert_eq!(test.sent().unwrap().salt, Salt(5));
    test.now = at(1_860_000);
    test.ping(1);
    assert_eq!(test.sent().unwrap().salt, Salt(6));
}

#[test]
fn sm_future_salts_that_nobody_asked_for_are_not_believed() {
    let mut test = Test::new();
    let salt = types::FutureSalt { valid_since: 0, valid_until: i32::MAX, salt: 99 };
    let answer = types::FutureSalts { req_msg_id: 4, now: 0, salts: vec![Bare(salt)].into() };
    test.say(&answer).unwrap();
    test.ping(1);
    assert_eq!(test.sent().unwrap().salt, Salt(5));
}

fn bad_salt(id: MessageId, salt: i64) -> types::BadServerSalt {
    types::BadServerSalt {
        bad_msg_id: id.0,
        bad_msg_seqno: 1,
        error_code: 48,
        new_server_salt: salt,
    }
}

#[test]
fn bad_msg_48_everything_in_the_packet_is_sent_again_with_the_right_salt() {
    let mut test = Test::new();
    let calls = [test.ping(1), test.ping(2), test.ping(3)];
    let first = test.sent().unwrap();
    assert_eq!((first.salt, first.messages.len()), (Salt(5), 3));
    test.say(&bad_salt(first.id, 77)).unwrap();
    assert_eq!(test.events(), [Event::Salt(Salt(77))]);
    let second = test.sent().unwrap();
    assert_eq!(second.salt, Salt(77));
    let bodies = |packet: &Packet| -> Vec<_> {
        packet
            .messages
            .iter()
            .filter(|m| m.is::<functions::Ping>())
            .map(|m| m.body.clone())
            .collect()
    };
    assert_eq!(bodies(&second), bodies(&first));
    // The same messages: should a copy of the packet have been taken, the server will know them.
    assert!(second.id > first.id && second.messages.starts_with(&first.messages));
    for (call, message) in calls.iter().zip(&second.messages) {
        let pong = types::Pong { msg_id: message.id.0, ping_id: 0 };
        test.say(&pong).unwrap();
        assert_eq!(test.events(), [answered(*call, &pong)]);
    }
}

#[test]
fn bad_msg_48_for_a_message_that_is_not_ours_changes_nothing() {
    let (mut test, _, _) = pinged();
    test.say(&bad_salt(MessageId(4), 77)).unwrap();
    assert_eq!(test.events(), []);
    test.ping(1);
    assert_eq!(test.sent().unwrap().salt, Salt(5));
}

#[test]
fn bad_msg_48_again_and_again_ends_the_request() {
    let mut test = Test::new();
    let call = test.ping(1);
    for salt in 0..5 {
        let id = test.sent().unwrap().id;
        test.say(&bad_salt(id, salt)).unwrap();
        assert_eq!(test.events(), [Event::Salt(Salt(salt))]);
    }
    let id = test.sent().unwrap().id;
    test.say(&bad_salt(id, 5)).unwrap();
    assert_eq!(
        test.events(),
        [
            Event::Salt(Salt(5)),
            failed(call, CallError::Refused { code: 48, execution: Execution::Never })
        ]
    );
    assert_eq!(test.session.calls_in_flight(), 0);
}

#[test]
fn sm_new_session_created_brings_its_salt_and_an_event() {
    let mut test = Test::new();
    let notice = types::NewSessionCreated { first_msg_id: 4, unique_id: 8, server_salt: 66 };
    let message = test.message(&notice);
    test.deliver(&message).unwrap();
    let events = [Event::Salt(Salt(66)), Event::NewSession { unique_id: 8 }];
    assert_eq!(test.events(), events);
    test.ping(1);
    assert_eq!(test.sent().unwrap().salt, Salt(66));
    assert_eq!(test.acks(), [] as [i64; 0]);
}

#[test]
fn tl_13_what_is_not_known_is_an_update_and_acknowledged() {
    let mut test = Test::new();
    let update = Object::from(vec![1, 2, 3, 4, 5, 6, 7, 8]);
    let message = test.message(&update);
    test.deliver(&message).unwrap();
    assert_eq!(test.events(), [Event::Update(update)]);
    assert_eq!(test.acks(), [message.id.0]);
}

#[test]
fn sm_msg_copy_is_refused() {
    let mut test = Test::new();
    let inner = types::Message { msg_id: 1, seqno: 1, body: Object::from(vec![0; 4]) };
    let result = test.say(&types::MsgCopy { orig_message: inner });
    assert_eq!(result, Err(Violation::NotForClients { id: 0xe06046b2 }));
}

#[test]
fn a_service_message_that_does_not_parse_is_refused() {
    let mut test = Test::new();
    let mut body = types::Pong { msg_id: 1, ping_id: 2 }.to_bytes();
    body.extend_from_slice(&[0; 4]);
    assert!(matches!(test.say(&Object::from(body)), Err(Violation::Decode(_))));
}

#[test]
fn sm_destroy_session_answers_the_request_that_names_the_session() {
    let mut test = Test::new();
    let first = test.call(&functions::DestroySession { session_id: 1 });
    let second = test.call(&functions::DestroySession { session_id: 2 });
    let key = test.call(&functions::DestroyAuthKey {});
    test.sent().unwrap();
    // It names the session and not the request, and comes in another order.
    let none = types::DestroySessionNone { session_id: 2 };
    test.say(&none).unwrap();
    assert_eq!(test.events(), [answered(second, &none)]);
    // Nobody asked about this one.
    test.say(&types::DestroySessionOk { session_id: 3 }).unwrap();
    assert_eq!((test.events(), test.session.counters().stray_answers), (vec![], 1));
    let ok = types::DestroySessionOk { session_id: 1 };
    test.say(&ok).unwrap();
    assert_eq!(test.events(), [answered(first, &ok)]);
    // There is one key, which the answer need not name.
    let gone = types::DestroyAuthKeyOk {};
    test.say(&gone).unwrap();
    assert_eq!(test.events(), [answered(key, &gone)]);
    test.say(&types::DestroyAuthKeyNone {}).unwrap();
    assert_eq!((test.events(), test.session.counters().stray_answers), (vec![], 2));
}

#[test]
fn closing_ends_every_request_with_what_is_known_of_it() {
    let (mut test, sent, _) = pinged();
    let waiting = test.ping(2);
    test.session.close();
    assert_eq!(
        test.events(),
        [
            failed(
                sent,
                CallError::Closed {
                    execution: Execution::Maybe,
                    why: crate::rpc::CloseReason::Closed
                }
            ),
            failed(
                waiting,
                CallError::Closed {
                    execution: Execution::Never,
                    why: crate::rpc::CloseReason::Closed
                }
            ),
        ]
    );
}

#[test]
fn too_many_requests_are_refused_instead_of_kept() {
    let mut test = Test::new();
    for id in 0..8_192 {
        test.ping(id);
    }
    let request = Request::new(&functions::Ping { ping_id: 0 });
    assert_eq!(test.session.call(test.now, request.clone()), Err(CallError::Full));
    test.sent().unwrap();
    assert!(test.session.call(test.now, request).is_ok());
}
