//! What a session counts, each thing twice at least: a counter that stays, goes back or is set counts nothing.

use super::*;
use crate::session::Counters;
use crate::tl::Repeat;

/// What was counted while something was done.
fn counted(test: &mut Test, act: impl FnOnce(&mut Test)) -> Counters {
    let before = test.session.counters();
    act(test);
    let after = test.session.counters();
    Counters {
        requests: after.requests - before.requests,
        packets_out: after.packets_out - before.packets_out,
        packets_in: after.packets_in - before.packets_in,
        messages_in: after.messages_in - before.messages_in,
        duplicates: after.duplicates - before.duplicates,
        dropped: after.dropped - before.dropped,
        acks_out: after.acks_out - before.acks_out,
        stray_answers: after.stray_answers - before.stray_answers,
        resent: after.resent - before.resent,
        refused: after.refused - before.refused,
        asked: after.asked - before.asked,
        sessions: after.sessions - before.sessions,
        former_session: after.former_session - before.former_session,
        ..Counters::default()
    }
}

fn safe(test: &mut Test, ping_id: i64) -> CallId {
    let request = Request::new(&functions::Ping { ping_id }).with_repeat(Repeat::Safe);
    test.session.call(test.now, request).unwrap()
}

fn drain(test: &mut Test) -> Vec<Packet> {
    let mut turns = Turns::default();
    std::iter::from_fn(|| turns.count(test.sent())).collect()
}

#[test]
fn requests_and_packets_are_counted_each_time() {
    let mut test = Test::new();
    for round in 1..4 {
        let seen = counted(&mut test, |test| {
            safe(test, 1);
            safe(test, 2);
            assert_eq!(drain(test).len(), 1);
        });
        let expected = Counters { requests: 2, packets_out: 1, ..Counters::default() };
        assert_eq!(seen, expected, "{round}");
    }
}

#[test]
fn what_comes_is_counted_packet_by_packet_and_message_by_message() {
    let mut test = Test::new();
    for round in 1..4 {
        let seen = counted(&mut test, |test| {
            let updates = vec![test.message(&Object::from(vec![9; 4])); 1];
            let other = test.message(&Object::from(vec![9; 8]));
            let inside = [updates, vec![other]].concat();
            let container = test.container(inside);
            test.deliver(&container).unwrap();
            // Once more: the container, and all that is in it, came before.
            test.deliver(&container).unwrap();
            let alone = test.message(&Object::from(vec![9; 4]));
            test.deliver(&alone).unwrap();
            test.deliver(&alone).unwrap();
        });
        // The container, the two in it, and the one that was alone.
        assert_eq!((seen.packets_in, seen.duplicates), (4, 4), "{round}");
        assert!(seen.messages_in >= 3, "{round}: {}", seen.messages_in);
        // What came twice is acknowledged twice.
        let acks = counted(&mut test, |test| assert_eq!(test.acks().len(), 6));
        assert_eq!(acks.acks_out, 6, "{round}");
    }
}

#[test]
fn answers_for_nobody_are_counted_whatever_they_are() {
    let mut test = Test::new();
    type Say = fn(&mut Test);
    let strays: [Say; 7] = [
        |t| t.say(&types::Pong { msg_id: 4, ping_id: 1 }).unwrap(),
        |t| {
            let (req_msg_id, result) = (4, Object::from(vec![1; 4]));
            t.say(&types::RpcResult { req_msg_id, result }).unwrap();
        },
        |t| {
            let (bad_msg_id, bad_msg_seqno, error_code) = (4, 0, 48);
            let new_server_salt = 1;
            let salt =
                types::BadServerSalt { bad_msg_id, bad_msg_seqno, error_code, new_server_salt };
            t.say(&salt).unwrap();
        },
        |t| {
            let (bad_msg_id, bad_msg_seqno, error_code) = (4, 0, 16);
            t.say(&types::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code }).unwrap();
        },
        |t| t.say(&types::MsgsStateInfo { req_msg_id: 4, info: vec![4].into() }).unwrap(),
        |t| t.say(&types::DestroySessionOk { session_id: 4 }).unwrap(),
        |t| t.say(&types::DestroyAuthKeyOk {}).unwrap(),
    ];
    for (place, say) in strays.into_iter().enumerate() {
        for _ in 0..2 {
            let seen = counted(&mut test, say);
            let is = (seen.stray_answers, seen.refused, seen.packets_in);
            assert_eq!(is, (1, 0, 1), "{place}");
        }
    }
}

#[test]
fn refusals_questions_copies_and_new_sessions_are_counted() {
    let mut test = Test::new();
    test.say(&Object::from(vec![9; 4])).unwrap();
    for round in 1..4 {
        safe(&mut test, 1);
        safe(&mut test, 2);
        let first = drain(&mut test).remove(0);
        let refusal = |packet: &Packet, error_code| {
            let (bad_msg_id, bad_msg_seqno) = (packet.id.0, packet.seqno);
            types::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code }
        };
        let seen = counted(&mut test, |test| test.say(&refusal(&first, 16)).unwrap());
        assert_eq!((seen.refused, seen.sessions), (1, 0), "{round}");
        drain(&mut test);
        let seen = counted(&mut test, |test| {
            test.session.handle_disconnected();
            test.session.handle_connected(test.now);
            let packets = drain(test);
            let mut question = packets.iter().flat_map(|packet| &packet.messages);
            let question = question.rfind(|m| m.is::<types::MsgsStateReq>()).unwrap();
            let asked = question.decode::<types::MsgsStateReq>().msg_ids.len();
            let info = vec![2; asked].into();
            test.say(&types::MsgsStateInfo { req_msg_id: question.id.0, info }).unwrap();
            drain(test);
        });
        let open = 2 * round;
        assert_eq!((seen.asked, seen.resent), (open, open), "{round}");
    }
    for round in 1..3 {
        safe(&mut test, 1);
        let packet = drain(&mut test).remove(0);
        let seen = counted(&mut test, |test| {
            let (bad_msg_id, bad_msg_seqno, error_code) = (packet.id.0, packet.seqno, 32);
            test.say(&types::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code }).unwrap();
            drain(test);
        });
        assert_eq!((seen.refused, seen.sessions), (1, 1), "{round}");
    }
}

#[test]
fn rules_that_were_broken_are_counted_by_their_names() {
    let mut test = Test::new();
    for round in 1..4 {
        let seen = counted(&mut test, |test| {
            let message = test.message(&Object::from(vec![9; 4]));
            let mut packet = test.packet(&message, SessionId(77));
            test.session.handle_packet(test.now, &mut packet, 0).unwrap();
        });
        assert_eq!((seen.dropped, seen.packets_in), (1, 0), "{round}");
        let broken: Vec<_> = test.session.counters().violations().filter(|(_, n)| *n > 0).collect();
        assert_eq!(broken, [("SessionId", round)]);
    }
}

/// CF-20: a session that is closed says what it has not acknowledged, if it may say anything at all.
#[test]
fn cf_20_the_last_packet_acknowledges_unless_the_session_cannot_speak() {
    let say_last = |test: &mut Test| {
        let mut packet = Vec::new();
        let Test { session, now, entropy, .. } = test;
        let has_said = session.say_last(*now, Padding::Sizes, entropy, &mut packet);
        has_said.then(|| test.open(packet))
    };
    let acks = |packet: Packet| packet.messages[0].decode::<types::MsgsAck>().msg_ids.len();

    let mut test = Test::new();
    let call = test.ping(1);
    assert!(say_last(&mut test).is_none(), "there is nothing to say");
    assert!(
        matches!(test.events()[..], [Event::Answer { call: of, result: Err(_) }] if of == call)
    );

    let mut test = Test::new();
    test.say(&Object::from(vec![9; 4])).unwrap();
    assert_eq!(say_last(&mut test).map(acks), Some(1));

    // Its numbers do not fit any more.
    let mut test = Test::new();
    test.say(&Object::from(vec![9; 4])).unwrap();
    test.session.handle_broken();
    assert!(say_last(&mut test).is_none());

    // A temporary key that is not bound carries nothing but its binding; one that is carries what others do.
    let mut test = Test::new();
    test.session.bind(AuthKey::from_bytes([9; 256]), 77);
    test.say(&Object::from(vec![9; 4])).unwrap();
    assert!(say_last(&mut test).is_none());
    let mut test = Test::new();
    test.session.bind(AuthKey::from_bytes([9; 256]), 77);
    let binding = test.sent().expect("a binding");
    let result = Object::new(&true);
    test.say(&types::RpcResult { req_msg_id: binding.id.0, result }).unwrap();
    assert_eq!(say_last(&mut test).map(acks), Some(1));
}
