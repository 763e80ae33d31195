//! What becomes of requests whose answers do not come.

use super::*;
use crate::tl::Repeat;

const ASK_AFTER: Duration = Duration::from_secs(30);
const ASK_DEADLINE: Duration = Duration::from_secs(10);

fn once(test: &mut Test, ping_id: i64) -> CallId {
    let request = Request::new(&functions::Ping { ping_id }).with_repeat(Repeat::Once);
    test.session.call(test.now, request).unwrap()
}

fn reconnect(test: &mut Test) {
    test.session.handle_disconnected();
    test.session.handle_connected(test.now);
}

fn wait(test: &mut Test, passed: Duration) {
    test.now = test.now.after(passed);
}

/// The question about states in a packet: its id, and the messages.
fn question(packet: &Packet) -> (MessageId, Vec<i64>) {
    let mut questions = packet.messages.iter().filter(|m| m.is::<types::MsgsStateReq>());
    let question = questions.next().expect("a question");
    assert!(questions.next().is_none());
    (question.id, question.decode::<types::MsgsStateReq>().msg_ids)
}

fn tell(test: &mut Test, question: MessageId, states: &[u8]) {
    let info = types::MsgsStateInfo { req_msg_id: question.0, info: states.to_vec().into() };
    test.say(&info).unwrap();
}

/// A request that was sent before the link broke, its packet, and the question that followed.
fn broken() -> (Test, CallId, Packet, MessageId) {
    let mut test = Test::new();
    let call = once(&mut test, 1);
    let packet = test.sent().unwrap();
    reconnect(&mut test);
    let asking = test.sent().unwrap();
    let (question, ids) = question(&asking);
    assert_eq!((ids, asking.session), (vec![packet.id.0], packet.session));
    assert_eq!(asking.messages.len(), 1, "nothing is sent again before the answer");
    (test, call, packet, question)
}

#[test]
fn cf_11_after_a_break_the_server_is_asked_first() {
    let (mut test, _, _, _) = broken();
    assert!(test.sent().is_none());
    assert_eq!(test.events(), []);
}

#[test]
fn cf_12_what_was_not_received_is_sent_again_as_it_was_in_a_container() {
    for state in [2, 3] {
        let (mut test, call, first, question) = broken();
        tell(&mut test, question, &[state]);
        let again = test.sent().unwrap();
        assert_eq!(again.messages[0], first.messages[0], "the same id, number and body");
        assert!(again.id > first.id, "EM-12: never bare");
        let pong = types::Pong { msg_id: first.id.0, ping_id: 1 };
        test.say(&pong).unwrap();
        assert_eq!(test.events(), [answered(call, &pong)]);
    }
}

#[test]
fn sm_what_was_not_received_and_is_too_old_goes_into_another_message() {
    let (mut test, _, first, question) = broken();
    wait(&mut test, Duration::from_secs(331));
    test.next_id += 331 << 32;
    tell(&mut test, question, &[2]);
    let again = test.sent().unwrap();
    assert_eq!(again.messages[0].body, first.messages[0].body);
    assert!(again.messages[0].id > first.id);
}

/// A session over its second link, with a request that may be repeated, its first packet, and the question about it.
fn broken_safe() -> (Test, CallId, Packet, MessageId) {
    let mut test = Test::new();
    let call = test.ping(1);
    let first = test.sent().unwrap();
    reconnect(&mut test);
    let asked = question(&test.sent().unwrap()).0;
    (test, call, first, asked)
}

#[test]
fn sm_x1_what_the_server_may_have_forgotten_is_repeated_if_it_may_be() {
    let (mut test, call, first, asked) = broken_safe();
    tell(&mut test, asked, &[1]);
    let again = test.sent().unwrap();
    let again = again.messages.iter().find(|m| m.is::<functions::Ping>()).unwrap();
    assert!(again.id > first.messages[0].id);
    // An answer to the first counts too.
    let pong = types::Pong { msg_id: first.messages[0].id.0, ping_id: 1 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(call, &pong)]);
}

#[test]
fn sm_x1_an_error_of_a_repetition_says_nothing_of_the_first_time() {
    let (mut test, call, _, asked) = broken_safe();
    tell(&mut test, asked, &[1]);
    let again = test.sent().unwrap();
    let again = again.messages.iter().find(|m| m.is::<functions::Ping>()).unwrap();
    let error = types::RpcError { error_code: 400, error_message: "A".to_owned() };
    test.say(&types::RpcResult { req_msg_id: again.id.0, result: Object::new(&error) }).unwrap();
    let error = CallError::RpcRepeated(crate::rpc::RpcError::parse(400, "A"));
    assert_eq!(error.execution(), crate::rpc::Execution::Maybe);
    assert_eq!(test.events(), [failed(call, error)]);
}

#[test]
fn sm_x1_one_that_must_not_run_twice_ends_as_unknown() {
    let (mut test, call, _, question) = broken();
    tell(&mut test, question, &[1]);
    assert_eq!(test.events(), [failed(call, CallError::Unknown)]);
    assert!(test.sent().is_none());
}

#[test]
fn cf_10_what_was_received_is_waited_for_and_its_answer_asked_for() {
    let (mut test, call, first, asked) = broken_safe();
    tell(&mut test, asked, &[4 | 64]);
    assert!(test.sent().is_none(), "the answer may be on its way");
    wait(&mut test, ASK_DEADLINE);
    let asked = question(&test.sent().unwrap()).0;
    tell(&mut test, asked, &[4 | 64]);
    // The server knows the message by its id, and sends the answer again.
    assert_eq!(test.sent().unwrap().messages[0], first.messages[0]);
    let pong = types::Pong { msg_id: first.id.0, ping_id: 1 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(call, &pong)]);
}

#[test]
fn cf_10_what_was_received_and_must_not_run_twice_is_never_sent_again() {
    let (mut test, call, first, mut asked) = broken();
    for round in 0..10 {
        tell(&mut test, asked, &[4 | 64]);
        // The answer is claimed by the request's number.
        if let Some(packet) = test.sent() {
            let claim = packet.messages.iter().find(|m| m.is::<types::MsgResendAnsReq>());
            let claimed = claim.map(|m| m.decode::<types::MsgResendAnsReq>().msg_ids);
            assert_eq!(claimed, (round > 0).then(|| vec![first.id.0]), "{round}");
            assert!(!packet.messages.iter().any(Sent::is::<functions::Ping>));
        }
        wait(&mut test, ASK_DEADLINE);
        test.next_id += 10 << 32;
        asked = question(&test.sent().unwrap()).0;
    }
    let pong = types::Pong { msg_id: first.id.0, ping_id: 1 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(call, &pong)]);
}

#[test]
fn p5_a_server_that_is_always_at_it_is_not_believed_for_ever() {
    for state in [4, 4 | 32, 4 | 64] {
        let (mut test, call, _, asked) = broken();
        tell(&mut test, asked, &[state]);
        let mut rounds = 0;
        let mut turns = Turns::default();
        while turns.count(test.session.calls_in_flight() > 0) {
            rounds += 1;
            assert!(rounds < 100, "{state}");
            wait(&mut test, ASK_DEADLINE);
            test.next_id += 10 << 32;
            let mut turns = Turns::default();
            while let Some(packet) = turns.count(test.sent()) {
                if packet.messages.iter().any(Sent::is::<types::MsgsStateReq>) {
                    tell(&mut test, question(&packet).0, &[state]);
                }
            }
        }
        assert_eq!(test.events(), [failed(call, CallError::Unknown)]);
    }
}

#[test]
fn sm_x5_a_server_that_never_tells_gets_the_same_message_once_more_if_it_may_run_twice() {
    let (mut test, call, first, _) = broken_safe();
    wait(&mut test, ASK_DEADLINE);
    assert_eq!(test.sent().unwrap().messages[0], first.messages[0]);
    wait(&mut test, ASK_DEADLINE);
    test.session.handle_timeout(test.now);
    // Then it goes into another.
    let third = test.sent().unwrap();
    assert!(test.events().is_empty() && third.messages[0].id > first.id);
    assert_eq!(
        (test.session.calls_in_flight(), third.messages[0].is::<functions::Ping>()),
        (1, true)
    );
    test.session.cancel(test.now, call);
}

#[test]
fn sm_x5_a_server_that_never_tells_gets_what_must_not_run_twice_never_again() {
    let (mut test, call, ..) = broken();
    wait(&mut test, ASK_DEADLINE);
    assert!(test.sent().is_none());
    assert_eq!(test.events(), [failed(call, CallError::Unknown)]);
}

#[test]
fn sm_a_message_that_was_acknowledged_and_is_said_not_to_have_come_was_forgotten() {
    for state in [2, 3] {
        let (mut test, call, first, asked) = broken();
        test.say(&types::MsgsAck { msg_ids: vec![first.id.0] }).unwrap();
        tell(&mut test, asked, &[state]);
        assert_eq!(test.events(), [failed(call, CallError::Unknown)]);
        assert!(test.sent().is_none());
    }
}

#[test]
fn sm_x3_what_was_taken_back_is_not_sent_again() {
    let (mut test, call, _, asked) = broken();
    test.session.cancel(test.now, call);
    tell(&mut test, asked, &[3]);
    let cancelled = CallError::Cancelled { execution: crate::rpc::Execution::Maybe };
    assert_eq!(test.events(), [failed(call, cancelled)]);
    let packet = test.sent().unwrap();
    assert!(!packet.messages.iter().any(Sent::is::<functions::Ping>));
}

#[test]
fn sm_x3_over_another_link_the_server_is_told_again_what_is_not_wanted() {
    let (mut test, call, first, _) = broken();
    test.session.cancel(test.now, call);
    let is_drop = |packet: &Packet| {
        packet.messages.iter().any(|m| {
            m.is::<functions::RpcDropAnswer>()
                && m.decode::<functions::RpcDropAnswer>().req_msg_id == first.id.0
        })
    };
    assert!(is_drop(&test.sent().unwrap()));
    reconnect(&mut test);
    assert!(is_drop(&test.sent().unwrap()));
}

#[test]
fn an_answer_that_does_not_come_is_asked_about_without_a_break() {
    let mut test = Test::new();
    once(&mut test, 1);
    let first = test.sent().unwrap();
    wait(&mut test, ASK_AFTER - Duration::from_millis(1));
    assert!(test.sent().is_none());
    wait(&mut test, Duration::from_millis(1));
    assert_eq!(question(&test.sent().unwrap()).1, [first.id.0]);
}

#[test]
fn sm_msgs_state_info_of_another_length_is_refused() {
    let (mut test, _, _, asked) = broken();
    let info = types::MsgsStateInfo { req_msg_id: asked.0, info: vec![4, 4].into() };
    assert_eq!(test.say(&info), Err(Violation::StateCount { asked: 1, told: 2 }));
    let info = types::MsgsAllInfo { msg_ids: vec![1, 2], info: vec![4].into() };
    assert_eq!(test.say(&info), Err(Violation::StateCount { asked: 2, told: 1 }));
}

#[test]
fn sm_msgs_state_info_that_nobody_asked_for_changes_nothing() {
    let (mut test, ..) = broken();
    tell(&mut test, MessageId(4), &[1]);
    assert_eq!((test.events(), test.session.counters().stray_answers), (vec![], 1));
}

#[test]
fn sm_msgs_all_info_makes_the_server_be_asked() {
    let mut test = Test::new();
    once(&mut test, 1);
    let first = test.sent().unwrap();
    let info = types::MsgsAllInfo { msg_ids: vec![first.id.0], info: vec![2].into() };
    test.say(&info).unwrap();
    assert_eq!(question(&test.sent().unwrap()).1, [first.id.0]);
}

#[test]
fn cf_05_a_forgotten_session_loses_what_was_before_it() {
    let mut test = Test::new();
    // The server has spoken, so it had a session.
    test.say(&Object::from(vec![9; 4])).unwrap();
    let lost = once(&mut test, 1);
    test.ping(2);
    let first = test.sent().unwrap();
    once(&mut test, 3);
    let second = test.sent().unwrap();
    let notice =
        types::NewSessionCreated { first_msg_id: second.id.0, unique_id: 8, server_salt: 66 };
    test.say(&notice).unwrap();
    let events = [
        Event::Update(Object::from(vec![9; 4])),
        Event::Salt(Salt(66)),
        Event::NewSession { unique_id: 8 },
    ];
    assert_eq!(test.events(), events);
    // All that was sent is asked about, the last one too: a copy of it may have run in the session that is forgotten.
    let (asked, ids) = question(&test.sent().unwrap());
    let sent = first.messages.iter().chain(&second.messages).filter(|m| m.is::<functions::Ping>());
    assert_eq!(ids, sent.map(|m| m.id.0).collect::<Vec<_>>());
    tell(&mut test, asked, &[1, 2, 4]);
    assert_eq!(test.events(), [failed(lost, CallError::Unknown)]);
    let again = test.sent().unwrap();
    assert_eq!(again.messages[0].decode::<functions::Ping>().ping_id, 2);
    assert!(again.messages[0].id > first.id);
    // The same notice again is no other session.
    test.say(&notice).unwrap();
    assert_eq!((test.events(), test.session.calls_in_flight()), (vec![], 2));
}

#[test]
fn cf_05_a_session_may_begin_with_a_message_that_was_sent_again() {
    let (mut test, call, first, asked) = broken();
    let lost = once(&mut test, 2);
    test.say(&Object::from(vec![9; 4])).unwrap();
    test.events();
    assert!(test.sent().is_some());
    tell(&mut test, asked, &[3]);
    test.sent().unwrap();
    // The first request went again in a packet made after the second, which the new session does not have.
    let notice =
        types::NewSessionCreated { first_msg_id: first.id.0, unique_id: 8, server_salt: 66 };
    test.say(&notice).unwrap();
    let (asked, ids) = question(&test.sent().unwrap());
    assert_eq!((ids.len(), ids[0]), (2, first.id.0));
    tell(&mut test, asked, &[4, 2]);
    assert_eq!(test.events().last(), Some(&failed(lost, CallError::Unknown)));
    // The first one is there, and is waited for.
    let pong = types::Pong { msg_id: first.id.0, ping_id: 1 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(call, &pong)]);
}

#[test]
fn sm_new_session_created_before_anything_else_has_what_was_before_it_sent_again() {
    let mut test = Test::new();
    once(&mut test, 1);
    let first = test.sent().unwrap();
    once(&mut test, 2);
    let second = test.sent().unwrap();
    let notice =
        types::NewSessionCreated { first_msg_id: second.id.0, unique_id: 8, server_salt: 66 };
    test.say(&notice).unwrap();
    let again = test.sent().unwrap();
    assert_eq!(again.messages[0], first.messages[0]);
    assert!(test.events().iter().all(|event| !matches!(event, Event::Answer { .. })));
}

#[test]
fn sm_new_session_created_after_another_link_is_not_trusted_with_what_must_not_run_twice() {
    let (mut test, call, _, asked) = broken();
    let notice = types::NewSessionCreated { first_msg_id: asked.0, unique_id: 8, server_salt: 66 };
    test.say(&notice).unwrap();
    // The session that it may have run in is forgotten, so that its absence says nothing.
    tell(&mut test, asked, &[2]);
    assert_eq!(test.events().last(), Some(&failed(call, CallError::Unknown)));
    assert!(
        test.sent().is_none_or(|packet| !packet.messages.iter().any(Sent::is::<functions::Ping>))
    );
}

#[test]
fn sm_msgs_state_req_is_answered_with_a_byte_for_each() {
    let mut test = Test::new();
    let known = test.message(&Object::from(vec![9; 4]));
    test.deliver(&known).unwrap();
    let asked = types::MsgsStateReq { msg_ids: vec![known.id.0, 1, i64::MAX] };
    let message = test.message(&asked);
    test.deliver(&message).unwrap();
    let packet = test.sent().unwrap();
    let info: types::MsgsStateInfo = packet.messages[0].decode();
    assert_eq!(info, types::MsgsStateInfo { req_msg_id: message.id.0, info: vec![4, 2, 3].into() });
}

#[test]
fn em_10_a_message_about_messages_names_8192_at_most() {
    let mut test = Test::new();
    assert_eq!(test.say(&types::MsgsStateReq { msg_ids: vec![1; 8_192] }), Ok(()));
    let refused = Err(Violation::TooManyIds { count: 8_193 });
    assert_eq!(test.say(&types::MsgsStateReq { msg_ids: vec![1; 8_193] }), refused);
    assert_eq!(test.say(&types::MsgResendReq { msg_ids: vec![1; 8_193] }), refused);
}

#[test]
fn sm_msg_detailed_info_has_the_answer_asked_for_or_acknowledged() {
    let mut test = Test::new();
    let known = test.message(&Object::from(vec![9; 4]));
    test.deliver(&known).unwrap();
    assert_eq!(test.acks(), [known.id.0]);
    let (bytes, status) = (9, 0);
    let detailed = |answer_msg_id| types::MsgNewDetailedInfo { answer_msg_id, bytes, status };
    test.say(&detailed(known.id.0)).unwrap();
    test.say(&detailed(known.id.0 + 400)).unwrap();
    let info = types::MsgDetailedInfo { msg_id: 4, answer_msg_id: known.id.0 + 800, bytes, status };
    test.say(&info).unwrap();
    let packet = test.sent().unwrap();
    let wanted: Vec<i64> = packet
        .messages
        .iter()
        .filter(|m| m.is::<types::MsgResendReq>())
        .flat_map(|m| m.decode::<types::MsgResendReq>().msg_ids)
        .collect();
    assert_eq!(wanted, [known.id.0 + 400, known.id.0 + 800]);
    let acks = packet.messages.iter().find(|m| m.is::<types::MsgsAck>()).unwrap();
    assert!(acks.decode::<types::MsgsAck>().msg_ids.contains(&known.id.0));
}

#[test]
fn sm_msg_resend_req_has_the_message_sent_again_in_a_container() {
    let mut test = Test::new();
    test.ping(1);
    let first = test.sent().unwrap();
    let message = test.message(&types::MsgResendReq { msg_ids: vec![first.id.0, 4] });
    test.deliver(&message).unwrap();
    let again = test.sent().unwrap();
    assert!(again.messages.contains(&first.messages[0]));
    let info = again.messages.iter().find(|m| m.is::<types::MsgsStateInfo>()).unwrap();
    let expected = types::MsgsStateInfo { req_msg_id: message.id.0, info: vec![4, 1].into() };
    assert_eq!(info.decode::<types::MsgsStateInfo>(), expected);
}

#[test]
fn sm_msg_resend_req_does_not_have_sent_again_what_was_acknowledged_and_must_not_run_twice() {
    let mut test = Test::new();
    once(&mut test, 1);
    let first = test.sent().unwrap();
    test.say(&types::MsgsAck { msg_ids: vec![first.id.0] }).unwrap();
    test.say(&types::MsgResendReq { msg_ids: vec![first.id.0] }).unwrap();
    assert!(test.sent().is_none_or(|packet| !packet.messages.contains(&first.messages[0])));
    assert_eq!(test.session.calls_in_flight(), 1);
}

#[test]
fn sm_msg_resend_req_is_no_permission_for_what_must_not_run_twice() {
    let mut test = Test::new();
    once(&mut test, 1);
    let first = test.sent().unwrap();
    test.say(&types::MsgResendReq { msg_ids: vec![first.id.0] }).unwrap();
    let (asked, ids) = question(&test.sent().unwrap());
    assert_eq!(ids, [first.id.0]);
    tell(&mut test, asked, &[2]);
    assert!(test.sent().unwrap().messages.contains(&first.messages[0]), "now it is known");
}

#[test]
fn cf_07_a_salt_that_expires_under_way_is_no_reason_to_doubt_a_message_sent_again() {
    let (mut test, _, first, asked) = broken();
    tell(&mut test, asked, &[3]);
    let again = test.sent().unwrap();
    let notice = types::BadServerSalt {
        bad_msg_id: again.id.0,
        bad_msg_seqno: 1,
        error_code: 48,
        new_server_salt: 77,
    };
    test.say(&notice).unwrap();
    let third = test.sent().unwrap();
    assert_eq!((third.salt, &third.messages[0]), (Salt(77), &first.messages[0]));
}

/// Each way in which a message goes out again: as it was, and never alone, since the same plaintext encrypted twice under one header
/// tells somebody who watches that it is the same.
#[test]
fn em_12_a_message_that_goes_again_is_in_a_container_with_an_id_of_its_own() {
    type Say = fn(&mut Test, &Packet);
    let ways: [Say; 4] = [
        |test, first| {
            reconnect(test);
            let asked = question(&test.sent().unwrap()).0;
            tell(test, asked, &[2]);
            let _ = first;
        },
        |test, first| {
            let notice = types::BadServerSalt {
                bad_msg_id: first.id.0,
                bad_msg_seqno: 1,
                error_code: 48,
                new_server_salt: 7,
            };
            test.say(&notice).unwrap();
        },
        |test, first| test.say(&types::MsgResendReq { msg_ids: vec![first.id.0] }).unwrap(),
        |test, first| {
            let first_msg_id = first.id.0 + 4;
            let notice = types::NewSessionCreated { first_msg_id, unique_id: 8, server_salt: 5 };
            test.say(&notice).unwrap();
        },
    ];
    for (place, way) in ways.into_iter().enumerate() {
        let mut test = Test::new();
        test.ping(1);
        let first = test.sent().unwrap();
        assert_eq!(first.id, first.messages[0].id, "alone, the first time");
        way(&mut test, &first);
        let again = test.sent().unwrap();
        assert_eq!(
            again.messages.iter().filter(|m| **m == first.messages[0]).count(),
            1,
            "{place}"
        );
        assert!(again.id > first.id && again.seqno % 2 == 0, "{place}");
    }
}

#[test]
fn sm_x2_an_error_of_the_servers_own_ends_the_request_and_nothing_is_repeated() {
    for (error_code, error_message) in
        [(500, "INTERNAL"), (-503, "Timeout"), (500, "MSG_WAIT_FAILED"), (400, "MSG_WAIT_TIMEOUT")]
    {
        let mut test = Test::new();
        let call = test.ping(1);
        let id = test.sent().unwrap().id;
        let error = types::RpcError { error_code, error_message: error_message.to_owned() };
        test.say(&types::RpcResult { req_msg_id: id.0, result: Object::new(&error) }).unwrap();
        let error = crate::rpc::RpcError::parse(error_code, error_message);
        assert_eq!(test.events(), [failed(call, CallError::Rpc(error))]);
        wait(&mut test, ASK_AFTER);
        let packets: Vec<Packet> = std::iter::from_fn(|| test.sent()).collect();
        let is_ping = |m: &Sent| m.is::<functions::Ping>();
        assert!(!packets.iter().flat_map(|packet| &packet.messages).any(is_ping));
    }
}
