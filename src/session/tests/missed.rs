//! What is dropped is told, once (P3): sessions that were given up, notices that were lost, messages of another time, and what cannot
//! be read.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::rpc::Execution;
use crate::tl::{DecodeErrorKind, Repeat};

fn update() -> Object {
    Object::from(vec![9, 9, 9, 9])
}

/// A session that has just followed another one, whose number that was.
fn renewed() -> (Test, SessionId) {
    let mut test = Test::new();
    let before = test.session.id();
    test.ping(1);
    let id = test.sent().unwrap().id;
    let bad = types::BadMsgNotification { bad_msg_id: id.0, bad_msg_seqno: 1, error_code: 32 };
    test.say(&bad).unwrap();
    let mut turns = Turns::default();
    while turns.count(test.sent().is_some()) {}
    assert_ne!(test.session.id(), before);
    test.events();
    (test, before)
}

fn announce(test: &mut Test) {
    let notice = types::NewSessionCreated { first_msg_id: 0, unique_id: 1, server_salt: 5 };
    test.say(&notice).unwrap();
    test.events();
}

fn deliver_to(test: &mut Test, message: &Sent, session: SessionId) -> Vec<Event> {
    let mut packet = test.packet(message, session);
    test.session.handle_packet(test.now, &mut packet, 0).unwrap();
    test.events()
}

#[test]
fn h4_an_update_of_a_session_that_was_given_up_is_missed() {
    let (mut test, before) = renewed();
    announce(&mut test);
    let message = test.message(&update());
    assert_eq!(deliver_to(&mut test, &message, before), [Event::Missed]);
    // In a container, beside something that is none.
    let children =
        vec![test.message(&types::MsgsAck { msg_ids: vec![4] }), test.message(&update())];
    test.now = test.now.after(Duration::from_secs(1));
    test.next_id += 1 << 32;
    let container = test.container(children);
    assert_eq!(deliver_to(&mut test, &container, before), [Event::Missed]);
    assert_eq!(test.session.counters().former_session, 2);
}

/// While the server's clock goes back, its ids stand still: what it makes then looks older than what was told of before.
#[test]
fn h4_what_was_made_after_the_last_loss_is_missed_whatever_the_servers_clock_did() {
    let (mut test, before) = renewed();
    announce(&mut test);
    let message = test.message(&update());
    assert_eq!(deliver_to(&mut test, &message, before), [Event::Missed]);
    for seconds in [1, 60, 200] {
        // Our clock goes on, and the numbers are the next ones.
        test.now = test.now.after(Duration::from_secs(seconds));
        let next = test.message(&update());
        assert_eq!(deliver_to(&mut test, &next, before), [Event::Missed], "{seconds}");
        // Somebody who has no key sends them again, and again.
        for replayed in [&next, &message] {
            assert_eq!(deliver_to(&mut test, replayed, before), [], "{seconds}");
        }
    }
}

/// The server's ids stand still for longer than what a time says anything of: what it makes seems to be long past, and is told within
/// five minutes, once for all of it.
#[test]
fn h4_what_seems_long_past_is_told_later_and_never_in_silence() {
    let (mut test, before) = renewed();
    announce(&mut test);
    let message = test.message(&update());
    assert_eq!(deliver_to(&mut test, &message, before), [Event::Missed]);
    test.now = test.now.after(Duration::from_secs(400));
    let message = test.message(&update());
    assert_eq!(deliver_to(&mut test, &message, before), [Event::Missed]);
    let due = test.now.mono + Duration::from_secs(300);
    for _ in 0..3 {
        test.now = test.now.after(Duration::from_secs(10));
        let message = test.message(&update());
        assert_eq!(deliver_to(&mut test, &message, before), []);
    }
    // Whatever else is due before does not tell it.
    let mut turns = Turns::default();
    while let Some(next) = test.session.poll_timeout().filter(|next| turns.count(*next < due)) {
        test.now = test.now.after(next.saturating_sub(test.now.mono));
        test.session.handle_timeout(test.now);
        while turns.count(test.sent().is_some()) {}
        assert_eq!(missed(&mut test), 0);
    }
    test.now = test.now.after(due - test.now.mono);
    test.session.handle_timeout(test.now);
    assert_eq!(missed(&mut test), 1);
    test.session.handle_timeout(test.now.after(Duration::from_secs(1_000)));
    assert_eq!(missed(&mut test), 0);
}

/// What is told of a new link has a time that we think of, and no message of the server's. Its clock may be behind that.
#[test]
fn h4_what_a_slower_server_makes_after_a_new_link_is_missed_too() {
    for behind in [0, 1, 3, 5, 60] {
        let (mut test, before) = renewed();
        announce(&mut test);
        test.now = test.now.after(Duration::from_secs(100));
        test.next_id += (100 - behind) << 32;
        test.session.handle_disconnected();
        test.session.handle_connected(test.now);
        assert_eq!(missed(&mut test), 1, "{behind}");
        test.now = test.now.after(Duration::from_secs(1));
        test.next_id += 1 << 32;
        let message = test.message(&update());
        assert_eq!(deliver_to(&mut test, &message, before), [Event::Missed], "{behind}");
        assert_eq!(deliver_to(&mut test, &message, before), [], "{behind}");
    }
}

fn missed(test: &mut Test) -> usize {
    test.events().iter().filter(|event| **event == Event::Missed).count()
}

/// Each session has numbers of its own: what comes in the new one says nothing of those in the one before.
#[test]
fn h4_what_is_younger_in_another_session_says_nothing() {
    let (mut test, before) = renewed();
    announce(&mut test);
    let (first, second) = (test.message(&update()), test.message(&update()));
    test.next_id += 20 << 32;
    test.say(&update()).unwrap();
    test.events();
    assert_eq!(deliver_to(&mut test, &first, before), [Event::Missed]);
    assert_eq!(deliver_to(&mut test, &second, before), [Event::Missed]);
    for replayed in [&first, &second] {
        assert_eq!(deliver_to(&mut test, replayed, before), []);
    }
}

/// A thousand that came once, and come again in any order: that may be a server which has forgotten the session and put its clock back,
/// so it is told of, once in five minutes.
#[test]
fn p3_and_p4_what_came_before_is_told_of_once_in_five_minutes_whatever_its_order() {
    let (mut test, before) = renewed();
    announce(&mut test);
    let recorded: Vec<Sent> = (0..1_000).map(|_| test.message(&update())).collect();
    for message in &recorded {
        deliver_to(&mut test, message, before);
    }
    for (passed, told) in [(0, 0), (1, 0), (100, 0), (198, 0), (1, 1), (299, 0), (1, 1), (900, 1)] {
        test.now = test.now.after(Duration::from_secs(passed));
        let again = recorded.iter().chain(recorded.iter().rev());
        let count: usize = again.map(|message| deliver_to(&mut test, message, before).len()).sum();
        assert_eq!(count, told, "{passed}");
    }
}

#[test]
fn h4_what_is_no_update_is_not_missed_in_a_session_that_was_given_up() {
    let (mut test, before) = renewed();
    announce(&mut test);
    let result = types::RpcResult { req_msg_id: 4, result: update() };
    for message in [
        Object::new(&types::Pong { msg_id: 4, ping_id: 1 }),
        Object::new(&types::MsgsAck { msg_ids: vec![4] }),
        Object::new(&result),
    ] {
        let message = test.message(&message);
        assert_eq!(deliver_to(&mut test, &message, before), []);
    }
}

#[test]
fn h4_the_last_sixteen_sessions_are_known() {
    let (mut test, first) = renewed();
    let mut ids = vec![first];
    for _ in 0..16 {
        test.session.handle_broken();
        ids.push(test.session.id());
        test.ping(1);
        let mut turns = Turns::default();
        while turns.count(test.sent().is_some()) {}
    }
    announce(&mut test);
    for (place, id) in ids.into_iter().enumerate() {
        test.now = test.now.after(Duration::from_secs(1));
        test.next_id += 1 << 32;
        let message = test.message(&update());
        let is_known = place > 0;
        let events = is_known.then_some(Event::Missed);
        assert_eq!(deliver_to(&mut test, &message, id), Vec::from_iter(events), "{place}");
    }
}

#[test]
fn h4_a_new_session_whose_notice_was_lost_is_missed() {
    let (mut test, _) = renewed();
    test.say(&update()).unwrap();
    assert_eq!(test.events(), [Event::Update(update()), Event::Missed]);
    test.say(&update()).unwrap();
    assert_eq!(test.events(), [Event::Update(update())], "once");
    // One that is announced in the same packet was not lost.
    let (mut test, _) = renewed();
    let notice = types::NewSessionCreated { first_msg_id: 0, unique_id: 1, server_salt: 5 };
    let children = vec![test.message(&update()), test.message(&notice)];
    let container = test.container(children);
    test.deliver(&container).unwrap();
    assert!(!test.events().contains(&Event::Missed));
    // What the server refuses, it refuses before it begins a session.
    let (mut test, _) = renewed();
    test.ping(2);
    let id = test.sent().unwrap().id;
    let bad = types::BadMsgNotification { bad_msg_id: id.0, bad_msg_seqno: 1, error_code: 16 };
    test.say(&bad).unwrap();
    assert_eq!(test.events(), []);
}

#[test]
fn h4_what_was_pushed_into_a_session_that_was_given_up_goes_with_its_link() {
    let (mut test, _) = renewed();
    announce(&mut test);
    test.session.handle_disconnected();
    test.session.handle_connected(test.now);
    assert_eq!(test.events(), [Event::Missed]);
    test.session.handle_disconnected();
    test.session.handle_connected(test.now);
    assert_eq!(test.events(), []);
}

#[test]
fn em_05_a_thousand_old_messages_are_missed_once() {
    let mut test = Test::new();
    let recorded: Vec<Sent> = (0..1_000).map(|_| test.message(&update())).collect();
    test.now = test.now.after(Duration::from_secs(3_600));
    test.next_id += 3_600 << 32;
    let mut events = Vec::new();
    for message in &recorded {
        test.deliver(message).unwrap();
        events.extend(test.events());
    }
    assert_eq!(events, [Event::Missed]);
    // Nor later.
    test.now = test.now.after(Duration::from_secs(5));
    test.deliver(&recorded[500]).unwrap();
    assert_eq!(test.events(), []);
    // What the server made after that is another loss.
    test.now = test.now.after(Duration::from_secs(400));
    let late = test.message(&update());
    test.deliver(&late).unwrap();
    assert_eq!(test.events(), [Event::Missed]);
}

#[test]
fn em_05_an_old_container_is_dropped_and_costs_no_session() {
    let mut test = Test::new();
    let children = vec![test.message(&update()), test.message(&update())];
    let recorded = test.container(children);
    test.deliver(&recorded).unwrap();
    for _ in 0..17_000 {
        let message = test.message(&update());
        test.deliver(&message).unwrap();
    }
    test.events();
    test.now = test.now.after(Duration::from_secs(3_600));
    test.next_id += 3_600 << 32;
    assert_eq!(test.deliver(&recorded), Ok(()));
    assert_eq!(test.events(), [Event::Missed]);
    assert_eq!(test.session.counters().violations().find(|(_, n)| *n > 0), Some(("Time", 1)));
}

#[test]
fn em_05_a_container_with_an_answer_to_us_is_of_now_whatever_the_clocks_show() {
    let mut test = Test::new();
    let call = test.ping(1);
    let id = test.sent().unwrap().id;
    test.next_id += (8 * 3_600) << 32;
    let pong = types::Pong { msg_id: id.0, ping_id: 1 };
    let children = vec![test.message(&pong), test.message(&update())];
    let container = test.container(children);
    test.deliver(&container).unwrap();
    // The clock follows the pong, so that the update is of now as well.
    assert_eq!(test.events(), [answered(call, &pong), Event::Update(update())]);
}

fn broken_gzip() -> Object {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[9; 64]).unwrap();
    let mut data = encoder.finish().unwrap();
    let length = data.len();
    data[length - 8] ^= 1;
    Object::new(&types::GzipPacked { packed_data: data.into() })
}

#[test]
fn tl_07_an_answer_that_cannot_be_inflated_ends_its_request_and_costs_no_link() {
    for repeat in [Repeat::Once, Repeat::Safe] {
        let mut test = Test::new();
        let request = Request::new(&functions::Ping { ping_id: 1 }).with_repeat(repeat);
        let id = test.session.call(test.now, request).unwrap();
        let message = test.sent().unwrap().id;
        let answer = types::RpcResult { req_msg_id: message.0, result: broken_gzip() };
        assert_eq!(test.say(&answer), Ok(()));
        let error = CallError::Decode {
            source: DecodeErrorKind::Compressed.into(),
            answer: broken_gzip().as_bytes().to_vec().into(),
        };
        assert_eq!(error.execution(), Execution::Ran);
        assert_eq!(test.events(), [failed(id, error)]);
        assert_eq!(test.acks().len(), 1);
    }
}

#[test]
fn tl_07_an_update_that_cannot_be_inflated_is_missed_and_acknowledged() {
    let mut test = Test::new();
    let message = test.message(&broken_gzip());
    test.deliver(&message).unwrap();
    assert_eq!((test.events(), test.acks()), (vec![Event::Missed], vec![message.id.0]));
    assert_eq!(test.session.counters().violations().find(|(_, n)| *n > 0), Some(("Gzip", 1)));
}

#[test]
fn p3_what_the_server_has_and_does_not_send_is_missed() {
    let mut test = Test::new();
    let detailed = |answer_msg_id| types::MsgNewDetailedInfo { answer_msg_id, bytes: 9, status: 0 };
    let (first, second) = (test.next_id(3), test.next_id(3));
    test.say(&detailed(first.0)).unwrap();
    test.say(&detailed(second.0)).unwrap();
    let mut turns = Turns::default();
    while turns.count(test.sent().is_some()) {}
    let sent = Sent { id: second, seqno: test.next_seqno(), body: update().as_bytes().to_vec() };
    test.deliver(&sent).unwrap();
    assert_eq!(test.events(), [Event::Update(update())]);
    test.now = test.now.after(Duration::from_millis(29_999));
    test.session.handle_timeout(test.now);
    assert_eq!(test.events(), []);
    test.now = test.now.after(Duration::from_millis(1));
    test.session.handle_timeout(test.now);
    assert_eq!(test.events(), [Event::Missed]);
    // Nothing is missed of what has come, and nothing is told twice.
    test.now = test.now.after(Duration::from_secs(60));
    test.session.handle_timeout(test.now);
    assert_eq!(test.events(), []);
    let mut test = Test::new();
    let id = test.next_id(3);
    test.say(&detailed(id.0)).unwrap();
    let sent = Sent { id, seqno: test.next_seqno(), body: update().as_bytes().to_vec() };
    test.deliver(&sent).unwrap();
    assert_eq!(test.events(), [Event::Update(update())]);
    test.now = test.now.after(Duration::from_secs(31));
    test.session.handle_timeout(test.now);
    assert_eq!(test.events(), []);
    // So it is when there are too many of them.
    let mut test = Test::new();
    for _ in 0..257 {
        let id = test.next_id(3);
        test.say(&detailed(id.0)).unwrap();
    }
    assert_eq!(test.events(), [Event::Missed]);
}

/// The server refused an id as too low; that was so long on its way that the time it was made at is long past. Our clock was right.
#[test]
fn em_05_a_refusal_that_was_long_on_its_way_sets_no_clock_back() {
    for error_code in [16, 17] {
        let mut test = Test::new();
        test.ping(1);
        let bad_msg_id = test.sent().unwrap().id.0;
        let bad = types::BadMsgNotification { bad_msg_id, bad_msg_seqno: 1, error_code };
        let late = test.message(&bad);
        test.now = test.now.after(Duration::from_secs(60));
        test.next_id += 60 << 32;
        test.deliver(&late).unwrap();
        let before = test.session.clock().server_unix(test.now);
        let off = before.abs_diff(MessageId(test.next_id).unix());
        assert!(off < Duration::from_secs(2), "code {error_code}: {off:?}");
    }
}

/// What a session is announced with comes again with what was said since: the packet tells the time, and not what is in it. So it is when
/// the packet itself was long on its way.
#[test]
fn em_05_a_first_word_that_was_long_on_its_way_sets_no_clock_back() {
    for is_repeated in [true, false] {
        let mut test = Test::new();
        test.session.clock = ServerClock::new(at(0));
        test.ping(1);
        let first_msg_id = test.sent().unwrap().id.0;
        let begun = types::NewSessionCreated { first_msg_id, unique_id: 1, server_salt: 5 };
        let begun = test.message(&begun);
        test.next_id += 50 << 32;
        let later = Sent {
            id: test.next_id(3),
            seqno: test.next_seqno(),
            body: update().as_bytes().to_vec(),
        };
        test.now = test.now.after(Duration::from_secs(60));
        let ids = [begun.id.0, later.id.0];
        if is_repeated {
            test.next_id += 10 << 32;
            let both = test.container(vec![begun, later]);
            test.deliver(&both).unwrap();
        } else {
            test.deliver(&begun).unwrap();
            test.deliver(&later).unwrap();
        }
        let off = test.session.clock().server_unix(test.now).abs_diff(test.now.unix);
        assert!(off < Duration::from_secs(2), "{off:?}");
        assert_eq!(test.acks(), ids);
    }
}
