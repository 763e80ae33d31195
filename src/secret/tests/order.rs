//! SC-40 to SC-49: order, holes, resends.

use super::*;
use crate::rpc::RpcError;
use crate::secret::limits::{MAX_QUEUED, MAX_QUEUED_BYTES};
use crate::secret::{Action, Breach, Closed, Dropped, Row};

/// A pair whose creator has so many messages on their way to the acceptor, all of them made.
fn with_mail(count: usize) -> (Pair, Vec<EncryptedMessage>) {
    let mut pair = Pair::new(1);
    for number in 0..count {
        pair.say(0, &number.to_string());
    }
    pair.take(0);
    let mail = std::mem::take(&mut pair.ends[1].mail).into();
    (pair, mail)
}

fn expected(count: usize) -> Vec<String> {
    (0..count).map(|number| number.to_string()).collect()
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(count - 1);
    let with = |order: &Vec<usize>, place: usize| {
        let mut order = order.clone();
        order.insert(place, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |place| with(order, place))).collect()
}

#[test]
fn sc_40_every_message_counts_service_messages_too() {
    let mut pair = Pair::new(1);
    let (alice, bob) = (pair.numbers(0), pair.numbers(1));
    // Both have said their layer.
    assert_eq!((alice.made, alice.received, bob.made, bob.received), (1, 1, 1, 1));
    let now = pair.now;
    for action in [Action::Flush, Action::SetTtl(0), Action::Screenshot(vec![])] {
        let End { chat, entropy, .. } = &mut pair.ends[0];
        chat.act(now, &action, entropy).unwrap();
    }
    pair.say(0, "x");
    pair.run();
    assert_eq!((pair.numbers(0).made, pair.numbers(1).received), (5, 5));
    pair.say(1, "y");
    pair.take(1);
    let message = pair.ends[0].mail[0].clone();
    let (header, _) = pair.read(1, &message);
    assert_eq!((header.in_seq_no, header.out_seq_no), Numbers::wire(5, 1, Side::Acceptor));
}

#[test]
fn sc_41_a_wrong_parity_ends_the_chat_at_once_even_behind_a_gap() {
    for from in 0..2 {
        for ahead in [0, 3] {
            for (wrong_in, wrong_out) in [(1, 0), (0, 1), (1, 1)] {
                let mut pair = Pair::new(1);
                let (in_, out) = Numbers::wire(1, 1 + ahead, side(from));
                let (in_seq_no, out_seq_no) = (in_ ^ wrong_in, out ^ wrong_out);
                let number = if wrong_in == 1 { in_seq_no } else { out_seq_no };
                let header = Header { layer: 144, in_seq_no, out_seq_no };
                let message = pair.forge_wire(from, header, &text(1, "x"));
                let breach = Breach::Parity { number };
                assert_eq!(pair.hand(1 - from, message), Receipt::Closed(breach));
                let end = &pair.ends[1 - from];
                assert_eq!(end.texts(), [""; 0]);
                let why = Closed::Breach(breach);
                assert_eq!(end.heard.last(), Some(&Event::Closed { why, delete_history: false }));
                assert!(matches!(end.calls[0].request, Request::DiscardEncryption { .. }));
            }
        }
    }
}

#[test]
fn sc_42_one_message_is_on_its_way_at_a_time() {
    let mut pair = Pair::new(1);
    for number in 0..5 {
        pair.say(0, &number.to_string());
    }
    let now = pair.now;
    for _ in 0..5 {
        let end = &mut pair.ends[0];
        assert_eq!(end.calls.len(), 1);
        let call = end.calls.pop_front().unwrap();
        // What is not answered holds all that follows, and comes again as it was.
        end.answer(now, call.token, Answer::Unknown);
        end.settle(now);
        assert!(end.calls.is_empty());
        pair.pass(Duration::from_secs(2));
        let end = &mut pair.ends[0];
        let again = end.calls.pop_front().unwrap();
        assert_eq!(again.request, call.request);
        end.answer(now, again.token, Answer::Sent { date: 1, file: None });
        end.settle(now);
    }
    assert!(pair.ends[0].calls.is_empty());
}

#[test]
fn sc_43_what_was_there_is_dropped_whatever_is_in_it() {
    let (mut pair, mail) = with_mail(3);
    for message in &mail {
        assert_eq!(pair.hand(1, message.clone()), Receipt::Taken);
    }
    for message in &mail {
        assert_eq!(pair.hand(1, message.clone()), Receipt::Dropped(Dropped::Repeated));
    }
    // Other content under a number that was there, even an `in` that goes back.
    for out in 0..4 {
        let message = pair.forge(0, 0, out, &text(1, "other"));
        assert_eq!(pair.hand(1, message), Receipt::Dropped(Dropped::Repeated));
    }
    assert_eq!(pair.ends[1].texts(), expected(3));
    assert_eq!(pair.ends[1].counts().repeated, 7);
    // One that waits is there too.
    let (mut pair, mail) = with_mail(3);
    assert_eq!(pair.hand(1, mail[2].clone()), Receipt::Ahead);
    assert_eq!(pair.hand(1, mail[2].clone()), Receipt::Dropped(Dropped::Repeated));
}

#[test]
fn sc_44_an_in_that_goes_back_or_counts_what_we_never_made_ends_the_chat() {
    let mut pair = Pair::new(1);
    for number in 0..4 {
        pair.say(1, &number.to_string());
    }
    pair.run();
    let made = pair.numbers(1).made;
    let out = pair.numbers(0).made;
    for (in_, expected) in [
        (made, None),
        (made + 1, Some(Breach::InAhead { counted: made + 1, made })),
        (1 << 29, Some(Breach::InAhead { counted: 1 << 29, made })),
    ] {
        let mut pair = same_again(&mut pair, 4);
        let message = pair.forge(0, in_, out, &text(1, "x"));
        let receipt = pair.hand(1, message);
        assert_eq!(receipt, expected.map_or(Receipt::Taken, Receipt::Closed));
        if expected.is_none() {
            let message = pair.forge(0, in_ - 1, out + 1, &text(2, "y"));
            let breach = Breach::InBack { before: made, now: made - 1 };
            assert_eq!(pair.hand(1, message), Receipt::Closed(breach));
        }
    }
}

/// A pair that has come as far.
fn same_again(_: &mut Pair, said: usize) -> Pair {
    let mut pair = Pair::new(1);
    for number in 0..said {
        pair.say(1, &number.to_string());
    }
    pair.run();
    pair
}

#[test]
fn sc_44_a_message_says_how_many_of_ours_it_follows() {
    let mut pair = Pair::new(1);
    pair.say(0, "question");
    pair.run();
    pair.say(1, "answer");
    pair.run();
    let Some(Event::Message { place, .. }) =
        pair.ends[0].heard.iter().find(|event| matches!(event, Event::Message { .. }))
    else {
        panic!("{:?}", pair.ends[0].heard)
    };
    assert_eq!((place.after_ours, place.number), (2, 1));
}

/// Every order of five messages: each is heard once and in order, and each hole is asked for once.
#[test]
fn sc_45_every_permutation_is_put_in_order_with_one_resend_for_each_hole() {
    for order in permutations(5) {
        let (mut pair, mail) = with_mail(5);
        let mut holes = 0;
        let mut highest = None;
        for (taken, place) in order.iter().enumerate() {
            let receipt = pair.hand(1, mail[*place].clone());
            // What was heard is what has no hole before it.
            let here = &order[..=taken];
            let follows = (0..5).take_while(|number| here.contains(number)).count();
            assert_eq!(pair.ends[1].texts(), expected(follows), "{order:?}");
            let is_ahead = *place >= follows;
            assert_eq!(receipt == Receipt::Ahead, is_ahead, "{order:?} {place}");
            let above = highest.is_none_or(|highest| *place > highest);
            let next = highest.map_or(0, |highest: usize| highest + 1);
            if is_ahead && above && *place > next {
                holes += 1;
            }
            highest = highest.max(Some(*place));
        }
        pair.take(1);
        let resends: Vec<_> =
            pair.ends[0].mail.iter().map(|message| pair.read(1, message).1).collect();
        let asked = resends
            .iter()
            .filter(|content| matches!(content, Content::Control(Control::Resend { .. })))
            .count();
        // A hole that was filled before something above it came is none.
        assert!(asked <= holes && asked >= usize::from(order[0] != 0), "{order:?} {asked} {holes}");
        let no_hole = order.windows(2).all(|pair| pair[0] < pair[1]);
        assert_eq!(asked == 0, no_hole, "{order:?}");
    }
}

#[test]
fn sc_45_a_resend_names_what_is_missing_in_the_form_of_the_other_side() {
    for from in 0..2 {
        let mut pair = Pair::new(1);
        let to = 1 - from;
        for out in [4, 2, 8] {
            let message = pair.forge(from, 1, out, &text(1, "x"));
            assert_eq!(pair.hand(to, message), Receipt::Ahead);
        }
        pair.take(to);
        let asked: Vec<_> =
            pair.ends[from].mail.iter().map(|message| pair.read(to, message).1).collect();
        let parity = i32::from(from == 0);
        let resend = |start: i32, end: i32| {
            Content::Control(Control::Resend { start: start * 2 + parity, end: end * 2 + parity })
        };
        // 1 to 3 at once; 2 fills a part of it; then 5 to 7.
        assert_eq!(asked, [resend(1, 3), resend(5, 7)]);
    }
}

#[test]
fn sc_45_what_waits_is_bounded() {
    let mut pair = Pair::new(1);
    let last = u32::try_from(MAX_QUEUED).unwrap() + 1;
    let message = pair.forge(0, 1, last, &text(1, "x"));
    assert_eq!(pair.hand(1, message), Receipt::Ahead);
    let message = pair.forge(0, 1, last + 1, &text(1, "x"));
    let messages = last;
    assert_eq!(pair.hand(1, message), Receipt::Closed(Breach::Gap { messages }));

    let mut pair = Pair::new(1);
    let large = text(1, &"x".repeat(1_000_000));
    let each = {
        let mut entropy = SeededEntropy::new(1);
        let header = Header { layer: 144, in_seq_no: 0, out_seq_no: 0 };
        layer::write(header, &large, &mut entropy).len()
    };
    let fit = u32::try_from(MAX_QUEUED_BYTES / each).unwrap();
    for out in 2..2 + fit {
        let message = pair.forge(0, 1, out, &large);
        assert_eq!(pair.hand(1, message), Receipt::Ahead, "{out}");
    }
    let message = pair.forge(0, 1, 2 + fit, &large);
    let bytes = each * (fit as usize + 1);
    assert_eq!(pair.hand(1, message), Receipt::Closed(Breach::QueueFull { bytes }));
}

/// A thousand at once: as the same bytes, in their order.
#[test]
fn sc_46_a_resend_of_a_thousand_brings_the_same_bytes_in_their_order() {
    let (mut pair, mail) = with_mail(1_000);
    let message = mail.last().unwrap().clone();
    assert_eq!(pair.hand(1, message), Receipt::Ahead);
    pair.take(1);
    assert_eq!(pair.deliver(0), Receipt::Taken);
    pair.take(0);
    let again: Vec<_> =
        pair.ends[1].mail.iter().take(999).map(|message| message.bytes.clone()).collect();
    assert!(again.iter().zip(&mail).all(|(again, first)| *again == first.bytes));
    pair.run();
    assert_eq!(pair.ends[1].texts(), expected(1_000));
}

#[test]
fn sc_46_a_resend_is_served_before_its_turn_and_once() {
    let (mut pair, mail) = with_mail(4);
    // What the acceptor says is lost on the way, but for the resend.
    pair.say(1, "lost");
    pair.take(1);
    let lost = pair.ends[0].mail.pop_front().unwrap();
    assert_eq!(pair.hand(1, mail[2].clone()), Receipt::Ahead);
    pair.take(1);
    let resend = pair.ends[0].mail.pop_front().unwrap();
    assert_eq!(pair.hand(0, resend), Receipt::Ahead);
    pair.take(0);
    // Its own resend for the lost one, and what was asked for.
    let count = |pair: &Pair| {
        let was_there =
            |again: &&EncryptedMessage| mail.iter().any(|first| first.bytes == again.bytes);
        pair.ends[1].mail.iter().filter(was_there).count()
    };
    assert_eq!(count(&pair), 2);
    // Its turn comes: nothing more.
    assert_eq!(pair.hand(0, lost), Receipt::Taken);
    pair.take(0);
    assert_eq!(count(&pair), 2);
    pair.hand(1, mail[3].clone());
    pair.run();
    assert_eq!(pair.ends[1].texts(), expected(4));
    assert_eq!(pair.ends[0].texts(), ["lost"]);
}

#[test]
fn sc_46_a_resend_that_asks_for_what_is_none_ends_the_chat_in_its_turn_and_ahead() {
    for ahead in [0, 2] {
        for (start, end, breach) in [
            (0, 0, Breach::ResendRange { start: 0, end: 0 }),
            (7, 5, Breach::ResendRange { start: 7, end: 5 }),
            (3, 99, Breach::ResendRange { start: 3, end: 99 }),
            (-1, 5, Breach::ResendRange { start: -1, end: 5 }),
            (1, 5, Breach::ResendGone { number: 0 }),
        ] {
            let mut pair = Pair::new(1);
            pair.say(1, "y");
            pair.run();
            for _ in 0..3 {
                pair.say(0, "x");
            }
            pair.take(0);
            let made = pair.numbers(1).made;
            let message = pair.forge(1, 1, made + ahead, &control(&Control::Resend { start, end }));
            assert_eq!(pair.hand(0, message), Receipt::Closed(breach), "{start} {end}");
        }
    }
}

#[test]
fn sc_47_messages_are_kept_until_the_other_side_counts_them() {
    let (mut pair, mail) = with_mail(3);
    let rows = |pair: &Pair| {
        pair.ends[0].rows.iter().filter(|(row, _)| matches!(row, Row::Sent(_))).count()
    };
    // The server has them, which says nothing of the other side. The layer's notice was counted by nobody yet.
    assert_eq!(rows(&pair), 4);
    for message in &mail {
        pair.hand(1, message.clone());
    }
    assert_eq!(rows(&pair), 4);
    pair.say(1, "word");
    pair.run();
    assert_eq!(rows(&pair), 0);
    let told = |event: &Event| match event {
        Event::Acknowledged { random_ids } => random_ids.len(),
        _ => 0,
    };
    assert_eq!(pair.ends[0].heard.iter().map(told).sum::<usize>(), 3);
}

/// Not sent, on its way, or with the server: what is deleted is seen by nobody who has not seen it.
#[test]
fn sc_48_what_is_deleted_before_it_is_there_leaves_its_own_deletion() {
    for sent in [0, 1, 3] {
        let mut pair = Pair::new(1);
        let ids: Vec<_> = (0..3).map(|number| pair.say(0, &number.to_string())).collect();
        let now = pair.now;
        for _ in 0..sent {
            let end = &mut pair.ends[0];
            let call = end.calls.pop_front().unwrap();
            end.answer(now, call.token, Answer::Sent { date: 1, file: None });
            end.settle(now);
        }
        let before = pair.numbers(0);
        let End { chat, entropy, .. } = &mut pair.ends[0];
        chat.delete(now, &ids[1..2], entropy).unwrap();
        pair.ends[0].settle(now);
        let out = before.peer_in.max(1) + 1;
        assert_eq!(pair.numbers(0).made, before.made + 1);
        // All of it anew, as if it had been lost.
        pair.ends[0].chat.record.numbers.sent = 1;
        pair.ends[0].calls.clear();
        pair.ends[0].chat.in_flight = None;
        pair.take(0);
        let place = pair.ends[1].mail[1].clone();
        let (header, content) = pair.read(0, &place);
        assert_eq!(header.out_seq_no, Numbers::wire(0, out, Side::Creator).1);
        let action = Action::Delete(vec![ids[1]]);
        assert_eq!(content, Content::Action { random_id: ids[1], action: action.clone() });
        pair.run();
        assert_eq!(pair.ends[1].texts(), ["0", "2"]);
        let deletions =
            |event: &Event| matches!(event, Event::Action { action: a, .. } if *a == action);
        assert_eq!(pair.ends[1].hears(deletions), 2);
    }
}

#[test]
fn sc_48_a_message_that_the_server_refuses_leaves_its_own_deletion() {
    let mut pair = Pair::new(1);
    let id = pair.say(0, "x");
    let now = pair.now;
    let end = &mut pair.ends[0];
    let call = end.calls.pop_front().unwrap();
    end.answer(now, call.token, Answer::Failed(RpcError::parse(400, "DATA_INVALID")));
    end.settle(now);
    let failed = Event::SendFailed { random_id: id, error: "DATA_INVALID".into() };
    assert_eq!(end.heard.last(), Some(&failed));
    pair.say(0, "y");
    pair.run();
    assert_eq!(pair.ends[1].texts(), ["y"]);
    // A control message that is refused is the end.
    let mut pair = Pair::fresh(toy(), 1);
    let now = pair.now;
    let end = &mut pair.ends[0];
    let call = end.calls.pop_front().unwrap();
    end.answer(now, call.token, Answer::Failed(RpcError::parse(400, "DATA_INVALID")));
    end.settle(now);
    let why = Closed::Service;
    assert_eq!(end.heard.last(), Some(&Event::Closed { why, delete_history: false }));
}

#[test]
fn sc_49_what_waits_behind_a_gap_survives_a_restart_and_is_not_asked_for_again() {
    let (mut pair, mail) = with_mail(5);
    for place in [2, 4] {
        assert_eq!(pair.hand(1, mail[place].clone()), Receipt::Ahead);
    }
    let now = pair.now;
    let before = pair.numbers(1);
    pair.ends[1].crash(now);
    assert_eq!(pair.numbers(1), before);
    assert!(pair.ends[1].texts().is_empty());
    assert_eq!(pair.hand(1, mail[0].clone()), Receipt::Taken);
    assert_eq!(pair.hand(1, mail[1].clone()), Receipt::Taken);
    assert_eq!(pair.ends[1].texts(), expected(3));
    assert_eq!(pair.hand(1, mail[3].clone()), Receipt::Taken);
    assert_eq!(pair.ends[1].texts(), expected(5));
    assert_eq!(pair.numbers(1).made, before.made);
}
