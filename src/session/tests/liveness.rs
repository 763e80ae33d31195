//! Pings, salts that are asked for in time, and clocks.

use super::*;
use crate::session::Upkeep;

/// What the session itself sends, by the clock.
fn upkeep() -> Test {
    Test::with(Upkeep::default())
}

fn tick(test: &mut Test, seconds: u64) {
    test.now = test.now.after(Duration::from_secs(seconds));
    test.next_id += (seconds as i64) << 32;
}

#[test]
fn a_new_link_is_told_with_a_ping_and_salts_are_asked_for() {
    let mut test = upkeep();
    let packet = test.sent().unwrap();
    let ping: functions::PingDelayDisconnect = packet.messages[0].decode();
    assert_eq!(ping.disconnect_delay, 75);
    assert_eq!(packet.messages[1].decode::<functions::GetFutureSalts>().num, 64);
    assert!(packet.messages.iter().all(|m| m.seqno % 2 == 0));
    let pong = types::Pong { msg_id: packet.messages[0].id.0, ping_id: ping.ping_id };
    tick(&mut test, 2);
    test.say(&pong).unwrap();
    assert_eq!(test.session.round_trip(), Some(Duration::from_secs(2)));
    assert_eq!((test.events(), test.session.counters().stray_answers), (vec![], 0));
    assert!(test.sent().is_none());
    tick(&mut test, 58);
    assert!(test.sent().unwrap().messages[0].is::<functions::PingDelayDisconnect>());
}

#[test]
fn cf_01_a_peer_that_is_silent_is_given_up() {
    let mut test = upkeep();
    test.sent().unwrap();
    test.say(&Object::from(vec![9; 4])).unwrap();
    test.ping(1);
    test.sent().unwrap();
    tick(&mut test, 10);
    assert!(test.sent().unwrap().messages[0].is::<functions::PingDelayDisconnect>());
    tick(&mut test, 9);
    assert!(!test.session.is_peer_gone(test.now));
    tick(&mut test, 1);
    assert!(test.session.is_peer_gone(test.now));
    assert!(test.session.poll_timeout().unwrap() <= test.now.mono);
    // Anything authentic shows that it is there.
    test.say(&Object::from(vec![9; 4])).unwrap();
    assert!(!test.session.is_peer_gone(test.now));
}

#[test]
fn sm_salts_that_were_asked_for_are_used_and_asked_for_again_before_the_last() {
    let mut test = upkeep();
    let packet = test.sent().unwrap();
    let now = UNIX as i32;
    let salt = |since: i32, salt| {
        Bare(types::FutureSalt { valid_since: now + since, valid_until: now + since + 3600, salt })
    };
    let salts = vec![salt(0, 5), salt(1_800, 6), salt(3_600, 7)].into();
    let answer = types::FutureSalts { req_msg_id: packet.messages[1].id.0, now, salts };
    test.say(&answer).unwrap();
    assert!(matches!(test.events()[..], [Event::FutureSalts(_)]));
    tick(&mut test, 1_000);
    let ping = test.sent().unwrap();
    assert!(!ping.messages.iter().any(Sent::is::<functions::GetFutureSalts>));
    assert_eq!(ping.salt, Salt(5));
    test.say(&Object::from(vec![9; 4])).unwrap();
    tick(&mut test, 1_000);
    let first = test.sent().unwrap();
    assert_eq!(first.salt, Salt(6));
    tick(&mut test, 60);
    let next = test.sent().unwrap();
    assert!(next.messages.iter().any(Sent::is::<functions::GetFutureSalts>));
}

#[test]
fn cf_06_a_clock_that_stood_still_is_put_right_by_a_pong() {
    let mut test = upkeep();
    test.sent().unwrap();
    // The machine slept for an hour, and its clock with it.
    test.next_id += 3_600 << 32;
    test.say(&Object::from(vec![9; 4])).unwrap();
    assert_eq!(test.events(), [Event::Missed]);
    // A ping was sent just now, so the next waits a little.
    tick(&mut test, 4);
    assert!(test.sent().is_none());
    tick(&mut test, 1);
    let packet = test.sent().unwrap();
    assert!(packet.messages[0].is::<functions::PingDelayDisconnect>());
    let ping_id = packet.messages[0].decode::<functions::PingDelayDisconnect>().ping_id;
    test.say(&types::Pong { msg_id: packet.messages[0].id.0, ping_id }).unwrap();
    let update = Object::from(vec![8; 4]);
    test.say(&update).unwrap();
    assert_eq!(test.events(), [Event::Update(update)]);
    let offset = test.session.clock().offset();
    assert!((3_599..=3_601).contains(&offset), "{offset}");
}

#[test]
fn cf_06_a_pong_that_was_long_on_its_way_does_not_move_the_clock() {
    let mut test = upkeep();
    let first = test.sent().unwrap();
    let ping_id = first.messages[0].decode::<functions::PingDelayDisconnect>().ping_id;
    // It was made at once and comes after half a minute.
    test.now = at(30_000);
    test.say(&types::Pong { msg_id: first.messages[0].id.0, ping_id }).unwrap();
    assert_eq!(test.session.clock().offset(), 0);
    assert_eq!(test.session.round_trip(), Some(Duration::from_secs(30)));
}

#[test]
fn sm_pong_with_another_number_proves_nothing() {
    let mut test = upkeep();
    let first = test.sent().unwrap();
    let ping_id = first.messages[0].decode::<functions::PingDelayDisconnect>().ping_id;
    test.say(&types::Pong { msg_id: first.messages[0].id.0, ping_id: ping_id ^ 1 }).unwrap();
    assert_eq!(test.session.round_trip(), None);
    assert_eq!(test.session.counters().stray_answers, 1);
    test.say(&types::Pong { msg_id: first.messages[0].id.0, ping_id }).unwrap();
    assert_eq!(test.session.round_trip(), Some(Duration::ZERO));
}

#[test]
fn cf_01_bytes_that_move_are_a_sign_of_life() {
    let mut test = upkeep();
    test.sent().unwrap();
    tick(&mut test, 9);
    test.session.handle_progress(test.now);
    tick(&mut test, 9);
    assert!(!test.session.is_peer_gone(test.now));
    // But the pong is owed.
    for _ in 0..5 {
        test.session.handle_progress(test.now);
        tick(&mut test, 9);
    }
    assert!(test.session.is_peer_gone(test.now));
}

#[test]
fn p2_what_must_not_run_twice_waits_for_the_servers_first_word() {
    let mut test = upkeep();
    let once = Request::new(&functions::Ping { ping_id: 1 }).with_repeat(crate::tl::Repeat::Once);
    test.session.call(test.now, once).unwrap();
    let first = test.sent().unwrap();
    assert!(!first.messages.iter().any(Sent::is::<functions::Ping>));
    assert!(test.sent().is_none());
    let ping: functions::PingDelayDisconnect = first.messages[0].decode();
    test.say(&types::Pong { msg_id: first.messages[0].id.0, ping_id: ping.ping_id }).unwrap();
    assert!(test.sent().unwrap().messages[0].is::<functions::Ping>());
}
