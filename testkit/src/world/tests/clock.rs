//! The world's one clock: it never goes back, whatever those say who drive it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use telewire::tl::api::enums::auth::LoginToken;
use telewire::tl::api::functions::auth::ExportLoginToken;
use telewire::tl::api::functions::messages::{GetHistory, SendMessage};

use super::{Device, Script, ids};

fn since(script: &mut Script, by: Device, with: i64, date: i32) -> Vec<i32> {
    let peer = script.input_peer(by, with);
    let request = GetHistory {
        peer,
        offset_id: 0,
        offset_date: date,
        add_offset: -100,
        limit: 100,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    ids(script.ask(by, &request).unwrap())
}

fn dates(script: &mut Script, by: Device, with: i64) -> Vec<i32> {
    script.history(by, with).into_iter().rev().map(|message| message.date).collect()
}

fn seconds(script: &Script) -> i32 {
    i32::try_from(script.unix.as_secs()).unwrap()
}

#[test]
fn two_data_centres_whose_clocks_differ_have_one_time() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let first = seconds(&script);
    script.send(ada, bob.user, "one");
    script.unix -= Duration::from_secs(60);
    script.send(ada, bob.user, "two");
    script.unix += Duration::from_secs(90);
    script.send(ada, bob.user, "three");
    assert_eq!(dates(&mut script, bob, ada.user), [first, first, first + 30]);
    assert_eq!(since(&mut script, bob, ada.user, first), [3, 2, 1]);
    assert_eq!(since(&mut script, bob, ada.user, first + 1), [3]);
}

#[test]
fn what_is_said_at_an_earlier_time_is_said_now() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let now = seconds(&script);
    for (at, date) in [(now, now), (now - 500, now), (now + 9, now + 9), (1, now + 9)] {
        let unix = Duration::from_secs(u64::try_from(at).unwrap());
        script.world.say(ada.user, bob.user, "hello", unix).unwrap();
        assert_eq!(dates(&mut script, bob, ada.user).last(), Some(&date));
    }
    assert_eq!(since(&mut script, bob, ada.user, now + 9), [4, 3]);
}

#[test]
fn what_was_scheduled_has_the_date_for_which_it_was_however_late_the_clock_is_turned() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let now = seconds(&script);
    for after in [300, 100, 200] {
        let peer = script.input_peer(ada, bob.user);
        let request = SendMessage {
            schedule_date: Some(now + after),
            ..SendMessage::new(peer, "later".into(), i64::from(after))
        };
        script.ask(ada, &request).unwrap();
    }
    script.unix += Duration::from_secs(1_000);
    script.send(ada, bob.user, "after");
    assert_eq!(dates(&mut script, bob, ada.user), [now + 100, now + 200, now + 300, now + 1_000]);
}

#[test]
fn going_back_to_a_moment_at_which_something_waited_wakes_whoever_hands_it_out() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "waits");
    let snapshot = script.world.snapshot();
    script.told();
    let woken = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&woken);
    script.world.on_push(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    script.world.restore(snapshot);
    assert_eq!(woken.load(Ordering::Relaxed), 1);
    assert_eq!(script.told().len(), 1);
}

#[test]
fn whoever_begins_to_hand_out_late_is_woken_at_once() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let woken = Arc::new(AtomicU32::new(0));
    let wake = |script: &Script| {
        let count = Arc::clone(&woken);
        script.world.on_push(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        woken.swap(0, Ordering::Relaxed)
    };
    assert_eq!(wake(&script), 0);
    script.send(ada, bob.user, "waits");
    woken.store(0, Ordering::Relaxed);
    assert_eq!(wake(&script), 1);
}

#[test]
fn a_qr_code_is_approved_by_the_world_s_clock() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let show = ExportLoginToken {
        api_id: 1,
        api_hash: "0123456789abcdef0123456789abcdef".into(),
        except_ids: Vec::new(),
    };
    for (later, approved) in [(29, Ok(())), (30, Err("AUTH_TOKEN_EXPIRED".to_owned()))] {
        let shown_at = script.unix;
        let LoginToken::LoginToken(token) = script.ask_stranger(&show).unwrap() else { panic!() };
        script.unix += Duration::from_secs(later);
        script.send(ada, ada.user, "the time has come to then");
        // Whoever approves it has a clock that is behind.
        let approve = script.world.approve(ada.user, &token.token, shown_at);
        assert_eq!(approve.map_err(|error| error.name), approved, "{later}");
        script.unix += Duration::from_secs(60);
    }
}
