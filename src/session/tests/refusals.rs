//! Each code of `bad_msg_notification`, with its reaction.

use super::*;
use crate::rpc::Execution;
use crate::tl::Repeat;

/// The peer refuses a message.
fn refuse(test: &mut Test, message: MessageId, code: i32) {
    let notice =
        types::BadMsgNotification { bad_msg_id: message.0, bad_msg_seqno: 1, error_code: code };
    test.say(&notice).unwrap();
}

/// A call that must not run twice.
fn once(test: &mut Test, ping_id: i64) -> CallId {
    let request = Request::new(&functions::Ping { ping_id }).with_repeat(Repeat::Once);
    test.session.call(test.now, request).unwrap()
}

fn pings(packet: &Packet) -> Vec<i64> {
    let pings = packet.messages.iter().filter(|m| m.is::<functions::Ping>());
    pings.map(|m| m.decode::<functions::Ping>().ping_id).collect()
}

/// The server's clock is this many seconds ahead.
fn skew(test: &mut Test, seconds: i64) {
    test.next_id += seconds << 32;
}

#[test]
fn bad_msg_16_the_ids_follow_the_servers_clock_and_what_was_refused_is_sent_again() {
    let mut test = Test::new();
    once(&mut test, 1);
    let first = test.sent().unwrap();
    skew(&mut test, 3_600);
    refuse(&mut test, first.id, 16);
    let second = test.sent().unwrap();
    assert_eq!((pings(&second), second.session), (vec![1], first.session));
    let ahead = second.id.unix() - first.id.unix();
    assert!(ahead >= Duration::from_secs(3_599), "{ahead:?}");
}

#[test]
fn bad_msg_17_a_new_session_has_lower_ids_and_what_was_refused_is_sent_again() {
    let mut test = Test::new();
    let other = once(&mut test, 1);
    test.sent().unwrap();
    once(&mut test, 2);
    let refused = test.sent().unwrap();
    skew(&mut test, -3_600);
    refuse(&mut test, refused.id, 17);
    let again = test.sent().unwrap();
    assert_eq!(pings(&again), [2]);
    assert_ne!(again.session, refused.session);
    assert!(again.messages.iter().any(|m| m.seqno == 1));
    let back = refused.id.unix().checked_sub(again.id.unix()).unwrap();
    assert!(back >= Duration::from_secs(3_599), "{back:?}");
    // What was under way beside it may have run.
    assert_eq!(test.events(), [failed(other, CallError::Unknown)]);
    // Forgetting the other session would let a late copy of a message run in it again.
    assert!(!again.messages.iter().any(Sent::is::<functions::DestroySession>));
}

#[test]
fn bad_msg_18_32_33_34_35_and_others_begin_a_new_session_and_are_told() {
    for code in [18, 32, 33, 34, 35, 99] {
        let mut test = Test::new();
        once(&mut test, 1);
        let first = test.sent().unwrap();
        refuse(&mut test, first.id, code);
        assert_eq!(test.events(), [Event::Refused { code }]);
        let second = test.sent().unwrap();
        assert_ne!(second.session, first.session, "{code}");
        assert_eq!(pings(&second), [1]);
        assert_eq!(test.session.counters().sessions, 1);
    }
}

#[test]
fn bad_msg_19_a_container_that_came_before_is_asked_about() {
    let mut test = Test::new();
    once(&mut test, 1);
    once(&mut test, 2);
    let container = test.sent().unwrap();
    refuse(&mut test, container.id, 19);
    assert_eq!(test.events(), [Event::Refused { code: 19 }]);
    let packet = test.sent().unwrap();
    let asked: types::MsgsStateReq = packet.messages[0].decode();
    let sent: Vec<i64> = container.messages.iter().map(|m| m.id.0).collect();
    assert_eq!((asked.msg_ids, packet.session), (sent, container.session));
}

#[test]
fn bad_msg_20_nobody_can_say_so_only_what_may_run_twice_is_sent_again() {
    let mut test = Test::new();
    let (safe, lost) = (test.ping(1), once(&mut test, 2));
    let first = test.sent().unwrap();
    refuse(&mut test, first.id, 20);
    assert_eq!(test.events(), [failed(lost, CallError::Unknown)]);
    let second = test.sent().unwrap();
    assert_eq!(pings(&second), [1]);
    assert!(second.messages[0].id > first.id);
    let pong = types::Pong { msg_id: second.messages[0].id.0, ping_id: 1 };
    test.say(&pong).unwrap();
    assert_eq!(test.events(), [answered(safe, &pong)]);
}

#[test]
fn bad_msg_64_each_message_of_a_container_is_sent_alone() {
    let mut test = Test::new();
    let other = once(&mut test, 0);
    test.sent().unwrap();
    let calls = [once(&mut test, 1), once(&mut test, 2), once(&mut test, 3)];
    let container = test.sent().unwrap();
    assert_eq!(pings(&container), [1, 2, 3]);
    refuse(&mut test, container.id, 64);
    // Nor does a message of the session's own keep them company.
    test.session.cancel(test.now, other);
    let own = test.sent().unwrap();
    assert!(own.messages.iter().any(Sent::is::<functions::RpcDropAnswer>));
    assert!(pings(&own).is_empty());
    let alone: Vec<Packet> = std::iter::from_fn(|| test.sent()).collect();
    assert_eq!(alone.iter().map(pings).collect::<Vec<_>>(), [[1], [2], [3]]);
    assert!(alone.iter().all(|packet| packet.messages.len() == 1));
    // One that is refused even so is at fault.
    let mut packet = alone.into_iter().nth(1).unwrap();
    for _ in 0..4 {
        refuse(&mut test, packet.id, 64);
        packet = test.sent().unwrap();
        assert_eq!(pings(&packet), [2]);
    }
    refuse(&mut test, packet.id, 64);
    let error = CallError::Refused { code: 64, execution: Execution::Never };
    assert_eq!(test.events(), [failed(calls[1], error)]);
}

#[test]
fn p4_a_refused_container_is_found_out_in_as_few_packets_as_its_roots() {
    // The most that a container takes, and the sizes about those at which each goes alone.
    for count in [2, 31, 32, 33, 34, 1_000, 1_020] {
        let mut test = Test::new();
        for number in 0..count {
            once(&mut test, number);
        }
        let container = test.sent().unwrap();
        assert_eq!(pings(&container), (0..count).collect::<Vec<_>>());
        let mut refused = vec![container];
        let (mut packets, mut alone) = (0, Vec::new());
        // Whatever packet the one at fault is in is refused.
        let at_fault = count / 2;
        while let Some(packet) = refused.pop() {
            refuse(&mut test, packet.id, 64);
            for packet in std::iter::from_fn(|| test.sent()) {
                packets += 1;
                let has = pings(&packet);
                if has == [at_fault] {
                    alone = has;
                } else if has.contains(&at_fault) {
                    refused.push(packet);
                }
            }
        }
        assert_eq!(alone, [at_fault], "{count}");
        assert!(packets <= 64, "{count}: {packets} packets");
    }
}

#[test]
fn a_code_for_a_message_that_is_not_ours_changes_nothing() {
    let mut test = Test::new();
    once(&mut test, 1);
    let session = test.sent().unwrap().session;
    for code in [16, 17, 18, 19, 20, 32, 33, 34, 35, 64, 99] {
        refuse(&mut test, MessageId(4), code);
    }
    assert_eq!((test.events(), test.session.id()), (vec![], session));
    assert!(test.sent().is_none());
}

#[test]
fn a_server_that_refuses_everything_for_ever_ends_each_request() {
    for code in [16, 17, 18, 32, 64, 99] {
        let mut test = Test::new();
        let call = once(&mut test, 1);
        for _ in 0..20 {
            let Some(packet) = test.sent() else { break };
            let message = packet.messages.iter().find(|m| m.is::<functions::Ping>());
            if let Some(message) = message.map(|m| m.id) {
                refuse(&mut test, message, code);
            }
        }
        let error = CallError::Refused { code, execution: Execution::Never };
        let events = test.events();
        assert_eq!(events.last(), Some(&failed(call, error)), "{code}");
        assert_eq!(test.session.calls_in_flight(), 0);
    }
}
