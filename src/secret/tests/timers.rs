//! SC-70 to SC-72: messages that vanish, are opened, are deleted.

use super::*;
use crate::secret::{Action, Row};

fn expired(end: &End) -> Vec<i64> {
    let id = |event: &Event| match event {
        Event::Expired { random_id } => Some(*random_id),
        _ => None,
    };
    end.heard.iter().filter_map(id).collect()
}

fn timers(end: &End) -> usize {
    end.rows.iter().filter(|(row, _)| matches!(row, Row::Timer(_))).count()
}

#[test]
fn sc_70_the_timer_of_the_chat_goes_with_later_messages() {
    let mut pair = Pair::new(1);
    pair.say(0, "stays");
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[1];
    chat.act(now, &Action::SetTtl(30), entropy).unwrap();
    pair.run();
    for end in &pair.ends {
        assert_eq!(end.chat.ttl(), 30);
    }
    pair.say(0, "vanishes");
    pair.run();
    let ttls: Vec<_> = pair.ends[1]
        .heard
        .iter()
        .filter_map(|event| match event {
            Event::Message { message, .. } => Some(message.ttl),
            _ => None,
        })
        .collect();
    assert_eq!(ttls, [0, 30]);
}

/// Theirs from the opening, ours from the word that they were opened; over a restart, and before anything else is told.
#[test]
fn sc_70_a_timer_runs_from_the_opening_on_both_sides() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    let message = Message { ttl: 10, ..Message::text("x") };
    let id = chat.send(now, message, None, entropy).unwrap();
    pair.run();
    pair.pass(Duration::from_secs(1_000));
    assert_eq!((expired(&pair.ends[0]), expired(&pair.ends[1])), (vec![], vec![]));
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[1];
    assert_eq!(chat.opened(now, id, 0, entropy), Ok(true));
    assert_eq!(chat.opened(now, id, 0, entropy), Ok(false));
    assert_eq!(chat.opened(now, id ^ 1, 0, entropy), Ok(false));
    pair.pass(Duration::from_secs(4));
    pair.run();
    assert_eq!(pair.ends[1].chat.poll_timeout(), Some(pair.now.mono + Duration::from_secs(6)));
    pair.pass(Duration::from_secs(6));
    assert_eq!((expired(&pair.ends[0]), expired(&pair.ends[1])), (vec![], vec![id]));
    // The other one was off meanwhile: what expired is told first.
    pair.now = pair.now.after(Duration::from_secs(60));
    let now = pair.now;
    let before = pair.ends[0].heard.len();
    pair.ends[0].crash(now);
    pair.ends[0].settle(now);
    assert_eq!(pair.ends[0].heard[before], Event::Expired { random_id: id });
    assert_eq!((timers(&pair.ends[0]), timers(&pair.ends[1])), (0, 0));
    assert!(pair.ends[1].hears(|event| matches!(event, Event::Action { .. })) == 0);
}

/// The other side names its messages. One that it calls as another, ours or its own, leaves that one's timer as it is.
#[test]
fn sc_70_a_message_with_the_name_of_another_leaves_its_timer() {
    for ours in [false, true] {
        for runs in [false, true] {
            for ttl in [0, 5, 1_000] {
                let mut pair = Pair::new(1);
                let from = usize::from(!ours);
                let now = pair.now;
                let End { chat, entropy, .. } = &mut pair.ends[from];
                let message = Message { ttl: 10, ..Message::text("x") };
                let id = chat.send(now, message, None, entropy).unwrap();
                pair.run();
                if runs {
                    let End { chat, entropy, .. } = &mut pair.ends[1 - from];
                    assert_eq!(chat.opened(now, id, 0, entropy), Ok(true));
                    pair.run();
                }
                let before = pair.ends[0].chat.timers.clone();
                let (made, received) = (pair.numbers(1).made, pair.numbers(1).received);
                let same = Message { ttl, ..Message::text("y") };
                let same = crate::secret::content::write_message(id, &same, 144).unwrap();
                let forged = pair.forge(1, received, made, &same);
                assert_eq!(pair.hand(0, forged), Receipt::Taken);
                assert_eq!(pair.ends[0].chat.timers, before, "{ours} {runs} {ttl}");
                pair.ends[0].crash(now);
                assert_eq!(pair.ends[0].chat.timers, before, "{ours} {runs} {ttl}");
                pair.pass(Duration::from_secs(10));
                assert_eq!(expired(&pair.ends[0]), if runs { vec![id] } else { vec![] });
            }
        }
    }
}

#[test]
fn sc_71_only_what_has_a_timer_is_said_to_be_opened() {
    let mut pair = Pair::new(1);
    let id = pair.say(0, "x");
    pair.run();
    let now = pair.now;
    let made = pair.numbers(1).made;
    let End { chat, entropy, .. } = &mut pair.ends[1];
    assert_eq!(chat.opened(now, id, 0, entropy), Ok(false));
    assert_eq!(pair.numbers(1).made, made);
    // A word about messages that are none of this chat starts nothing.
    let End { chat, entropy, .. } = &mut pair.ends[1];
    chat.act(now, &Action::Read(vec![1, 2, 3]), entropy).unwrap();
    pair.run();
    assert_eq!(timers(&pair.ends[0]), 0);
    assert_eq!(pair.ends[0].chat.timers.next(), None);
}

#[test]
fn sc_72_either_side_deletes_any_message_and_its_timer() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let End { chat, entropy, .. } = &mut pair.ends[0];
    let message = Message { ttl: 10, ..Message::text("x") };
    let id = chat.send(now, message, None, entropy).unwrap();
    pair.run();
    assert_eq!((timers(&pair.ends[0]), timers(&pair.ends[1])), (1, 1));
    let End { chat, entropy, .. } = &mut pair.ends[1];
    chat.delete(now, &[id], entropy).unwrap();
    pair.run();
    assert_eq!((timers(&pair.ends[0]), timers(&pair.ends[1])), (0, 0));
    let action = Action::Delete(vec![id]);
    let deletes = |event: &Event| matches!(event, Event::Action { action: a, .. } if *a == action);
    assert_eq!(pair.ends[0].hears(deletes), 1);
}

/// What was said after it stays: its place says what it is for.
#[test]
fn sc_72_a_flush_has_its_place_among_the_messages() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    pair.say(1, "mine");
    pair.run();
    pair.say(0, "before");
    let End { chat, entropy, .. } = &mut pair.ends[0];
    chat.act(now, &Action::Flush, entropy).unwrap();
    pair.say(0, "after");
    pair.run();
    let places: Vec<_> = pair.ends[1]
        .heard
        .iter()
        .filter_map(|event| match event {
            Event::Message { place, .. } | Event::Action { place, .. } => {
                Some((place.number, place.after_ours))
            }
            _ => None,
        })
        .collect();
    assert_eq!(places, [(1, 2), (2, 2), (3, 2)]);
}
