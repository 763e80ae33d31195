//! The rules of the encrypted layer, by their IDs.

use super::*;
use crate::tl::Repeat;

/// A message that has no effect but its event.
fn update(test: &mut Test) -> Sent {
    test.message(&Object::from(vec![9, 9, 9, 9]))
}

#[test]
fn em_04_a_packet_of_another_session_is_dropped() {
    let mut test = Test::new();
    let message = update(&mut test);
    let other = SessionId(test.session.id().0 ^ 1);
    let mut packet = test.packet(&message, other);
    assert_eq!(
        test.session.take_packet(test.now, &mut packet, 0),
        Err(Violation::SessionId(other))
    );
    let mut packet = test.packet(&message, other);
    assert_eq!(test.session.handle_packet(test.now, &mut packet, 0), Ok(()));
    let counters = test.session.counters();
    assert_eq!((test.events(), counters.dropped), (vec![], 1));
    assert_eq!(counters.violations().find(|(_, count)| *count > 0), Some(("SessionId", 1)));
}

#[test]
fn em_05_an_id_that_no_server_makes_is_dropped() {
    let mut test = Test::new();
    for low in [0, 2] {
        let message = Sent { id: MessageId(test.next_id(0).0 + low), ..update(&mut test) };
        let mut packet = test.packet(&message, test.session.id());
        let result = test.session.take_packet(test.now, &mut packet, 0);
        assert_eq!(result, Err(Violation::MessageId(message.id)));
        test.deliver(&message).unwrap();
    }
    assert_eq!(test.events(), []);
    for low in [1, 3] {
        let message = Sent { id: test.next_id(low), ..update(&mut test) };
        test.deliver(&message).unwrap();
    }
    assert_eq!(test.events().len(), 2);
}

fn made_at(test: &mut Test, seconds: i64) -> Sent {
    let unix = Duration::from_secs((UNIX as i64 + seconds) as u64);
    Sent { id: MessageId(MessageId::at(unix).0 | 1), ..update(test) }
}

#[test]
fn em_05_a_message_is_about_as_old_as_now() {
    for (seconds, is_taken) in
        [(-3_600, false), (-301, false), (-300, true), (0, true), (30, true), (31, false)]
    {
        let mut test = Test::new();
        let message = made_at(&mut test, seconds);
        test.deliver(&message).unwrap();
        let update = Event::Update(Object::from(message.body));
        let event = if is_taken { update } else { Event::Missed };
        assert_eq!(test.events(), [event], "{seconds}");
    }
}

#[test]
fn em_05_time_is_not_judged_before_it_is_known() {
    let mut test = Test::new();
    test.session.clock = ServerClock::new(at(0));
    let message = made_at(&mut test, -100_000);
    test.deliver(&message).unwrap();
    assert_eq!(test.events(), [Event::Update(Object::from(message.body))]);
}

#[test]
fn em_05_what_names_a_message_of_ours_is_taken_whatever_its_time() {
    let mut test = Test::new();
    let call = test.ping(1);
    let id = test.sent().unwrap().id;
    let value = types::Pong { msg_id: 1, ping_id: 1 };
    let result = types::RpcResult { req_msg_id: id.0, result: Object::new(&value) };
    let message = Sent { body: result.to_bytes(), ..made_at(&mut test, -3_600) };
    test.deliver(&message).unwrap();
    assert_eq!(test.events(), [answered(call, &value)]);
    // Not so if it names another.
    let result = types::RpcResult { req_msg_id: 4, result: Object::new(&value) };
    let message = Sent { body: result.to_bytes(), ..made_at(&mut test, 3_600) };
    test.deliver(&message).unwrap();
    let events = vec![Event::Missed];
    assert_eq!((test.events(), test.session.counters().stray_answers), (events, 0));
}

#[test]
fn em_06_a_message_that_came_before_is_acknowledged_again_and_has_no_effect() {
    let mut test = Test::new();
    let messages: Vec<Sent> = (0..10).map(|_| update(&mut test)).collect();
    for message in &messages {
        test.deliver(message).unwrap();
    }
    assert_eq!((test.events().len(), test.acks().len()), (10, 10));
    // An old one, not only the last.
    for place in [0, 4, 9] {
        test.deliver(&messages[place]).unwrap();
    }
    let ids: Vec<i64> = [0, 4, 9].iter().map(|place| messages[*place].id.0).collect();
    assert_eq!((test.events(), test.acks()), (vec![], ids));
    assert_eq!(test.session.counters().duplicates, 3);
}

#[test]
fn em_06_messages_in_containers_are_remembered_too() {
    let mut test = Test::new();
    let messages: Vec<Sent> = (0..3).map(|_| update(&mut test)).collect();
    let container = test.container(messages.clone());
    test.deliver(&container).unwrap();
    assert_eq!(test.events().len(), 3);
    test.deliver(&messages[1]).unwrap();
    let again = test.container(messages);
    test.deliver(&again).unwrap();
    assert_eq!(test.events(), []);
}

#[test]
fn em_06_what_is_older_than_all_that_is_remembered_closes_the_connection() {
    let mut test = Test::new();
    let first = update(&mut test);
    for _ in 0..16_384 {
        let message = update(&mut test);
        test.deliver(&message).unwrap();
    }
    assert_eq!(test.deliver(&first), Err(Violation::Forgotten(first.id)));
    // A container of that age is not looked into.
    test.events();
    let child = made_at(&mut test, -3_600);
    let container = Sent { id: first.id, ..test.container(vec![child]) };
    assert_eq!(test.deliver(&container), Err(Violation::Forgotten(first.id)));
    assert_eq!(test.events(), []);
}

#[test]
fn em_07_a_container_that_does_not_parse_has_no_effect_at_all() {
    let mut test = Test::new();
    let messages: Vec<Sent> = (0..3).map(|_| update(&mut test)).collect();
    let mut container = test.container(messages.clone());
    container.body.truncate(container.body.len() - 4);
    assert!(matches!(test.deliver(&container), Err(Violation::ChildLength { .. })));
    assert_eq!((test.events(), test.acks()), (vec![], vec![]));
    let whole = test.container(messages);
    test.deliver(&whole).unwrap();
    assert_eq!(test.events().len(), 3);
}

#[test]
fn em_05_a_message_in_a_container_is_dropped_alone() {
    let mut test = Test::new();
    let good = update(&mut test);
    let bad = Sent { id: MessageId(test.next_id(0).0), ..update(&mut test) };
    let last = update(&mut test);
    let container = test.container(vec![good, bad, last]);
    test.deliver(&container).unwrap();
    assert_eq!((test.events().len(), test.session.counters().dropped), (2, 1));
}

#[test]
fn em_09_sequence_numbers_count_what_is_to_be_acknowledged() {
    let mut test = Test::new();
    test.ping(1);
    assert_eq!(test.sent().unwrap().seqno, 1);
    let message = update(&mut test);
    test.deliver(&message).unwrap();
    test.ping(2);
    test.ping(3);
    let packet = test.sent().unwrap();
    let seqnos: Vec<i32> = packet.messages.iter().map(|m| m.seqno).collect();
    // Two requests, an acknowledgement, and the container around them.
    assert_eq!((seqnos, packet.seqno), (vec![3, 5, 6], 6));
    assert!(packet.messages.iter().all(|m| m.id < packet.id));
    assert!(packet.messages.windows(2).all(|pair| pair[0].id < pair[1].id));
}

#[test]
fn em_10_containers_have_limits() {
    let mut test = Test::new();
    for id in 0..3_000 {
        test.ping(id);
    }
    let mut pings = 0;
    let mut turns = Turns::default();
    while let Some(packet) = turns.count(test.sent()) {
        let bytes: usize = packet.messages.iter().map(|m| 16 + m.body.len()).sum();
        assert!(packet.messages.len() <= 1_021 && bytes <= (1 << 15) + 16);
        pings += packet.messages.len();
    }
    assert_eq!(pings, 3_000);
}

#[test]
fn em_10_a_large_request_is_sent_alone() {
    let mut test = Test::new();
    let large = Request::from_bytes(vec![1; 1 << 16], crate::tl::Repeat::Once).uncompressed();
    test.ping(1);
    test.session.call(test.now, large).unwrap();
    test.ping(2);
    let sizes: Vec<usize> =
        std::iter::from_fn(|| test.sent()).map(|packet| packet.messages.len()).collect();
    assert_eq!(sizes, [1, 1, 1]);
}

#[test]
fn em_13_a_salt_is_only_taken_from_a_message_of_ours_that_is_authentic() {
    let mut test = Test::new();
    let notice = types::NewSessionCreated { first_msg_id: 4, unique_id: 8, server_salt: 66 };
    let message = test.message(&notice);
    let mut packet = test.packet(&message, test.session.id());
    packet[40] ^= 1;
    let result = test.session.handle_packet(test.now, &mut packet, 0);
    assert_eq!(result, Err(Violation::NotAuthentic));
    test.ping(1);
    assert_eq!(test.sent().unwrap().salt, Salt(5));
}

#[test]
fn acknowledgements_go_with_the_next_packet_or_in_time() {
    let mut test = Test::new();
    test.say(&Object::from(vec![1; 4])).unwrap();
    assert!(test.sent().is_none());
    assert_eq!(test.session.poll_timeout(), Some(at(10_000).mono));
    test.ping(1);
    let packet = test.sent().unwrap();
    assert!(packet.messages.iter().any(Sent::is::<types::MsgsAck>));
    assert_eq!(test.session.poll_timeout(), Some(at(30_000).mono), "the ping is asked about");
    test.say(&Object::from(vec![1; 4])).unwrap();
    assert_eq!(test.acks().len(), 1);
}

#[test]
fn a_session_number_is_never_zero() {
    struct Zeros;
    impl crate::crypto::Entropy for Zeros {
        fn fill(&mut self, out: &mut [u8]) {
            out.fill(0);
        }
    }
    assert_ne!(crate::session::new_session_id(&mut Zeros), SessionId(0));
}

#[test]
fn em_10_the_largest_request_fits_with_all_that_is_around_it_and_one_more_byte_does_not() {
    let mut test = Test::new();
    let largest = 1_044_456 - 36;
    let request = |length| Request::from_bytes(vec![1; length], Repeat::Safe).uncompressed();
    let error = test.session.call(test.now, request(largest + 1)).unwrap_err();
    assert_eq!(error, CallError::TooLarge { length: largest + 1 });
    test.session.call(test.now, request(largest)).unwrap();
    assert_eq!(test.sent().unwrap().messages[0].body.len(), largest);
}

#[test]
fn sm_x1_what_is_forgotten_again_and_again_ends_after_five_repetitions() {
    let mut test = Test::new();
    let call = test.ping(1);
    let mut sent = 0;
    let mut turns = Turns::default();
    while turns.count(test.session.calls_in_flight() > 0) {
        sent += 1;
        assert!(sent < 20);
        test.sent().unwrap();
        test.session.handle_disconnected();
        test.session.handle_connected(test.now);
        let packet = test.sent().unwrap();
        let question = packet.messages.iter().find(|m| m.is::<types::MsgsStateReq>()).unwrap();
        let info = types::MsgsStateInfo { req_msg_id: question.id.0, info: vec![1].into() };
        test.say(&info).unwrap();
    }
    assert_eq!((sent, test.events()), (6, vec![failed(call, CallError::Unknown)]));
}
