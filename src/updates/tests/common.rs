//! Positions of the account's own box and of `qts` (UP-02, UP-14 to UP-24).

use super::*;

#[test]
fn up_01_every_constructor_with_a_position_is_placed() {
    use crate::updates::classify::{Of, Place, place};
    assert_eq!(place(&new(9)), Place::Common { pts: 9, count: 1, of: Of::Own });
    assert_eq!(
        place(&new_in(CHANNEL, 9)),
        Place::Channel { pts: 9, count: 1, of: Of::Channel(CHANNEL) }
    );
    assert_eq!(place(&read_in(CHANNEL, 3, 9)), Place::Read { pts: 9, of: Of::Channel(CHANNEL) });
    assert_eq!(
        place(&too_long_in(CHANNEL, None)),
        Place::TooLong { pts: None, of: Of::Channel(CHANNEL) }
    );
    assert_eq!(place(&bot(9)), Place::Qts(9));
    assert_eq!((place(&typing()), place(&phone(1))), (Place::Now, Place::Seq));
    // A channel's number alone makes no position.
    let views = types::UpdateChannelMessageViews::new(CHANNEL, 1, 1);
    assert_eq!(place(&Update::UpdateChannelMessageViews(views)), Place::Seq);
}

#[test]
fn up_02_an_update_in_the_box_of_another_is_counted_and_the_server_is_asked() {
    let own = types::UpdateNewMessage::new(message(101, channel(CHANNEL)), 101, 1);
    let other = types::UpdateNewChannelMessage::new(message(51, me()), 51, 1);
    for update in
        [Update::UpdateNewMessage(own.into()), Update::UpdateNewChannelMessage(other.into())]
    {
        let mut bench = Bench::ready();
        assert_eq!(bench.push(&one(update)), [""; 0]);
        assert_eq!(bench.engine.counts().misplaced, 1);
        bench.difference();
        assert_eq!(
            (bench.common().pts, bench.engine.channels.pts(CHANNEL)),
            (PTS, Some(CHANNEL_PTS))
        );
    }
}

#[test]
fn up_14_what_follows_is_told_and_what_was_told_is_not_told_again() {
    for make in [
        new as fn(i32) -> Update,
        |qts| bot(qts - PTS + QTS),
        |pts| new_in(CHANNEL, pts - PTS + CHANNEL_PTS),
    ] {
        let mut bench = Bench::ready();
        for pts in 101..105 {
            assert_eq!(bench.push(&one(make(pts))).len(), 1);
            for old in 101..=pts {
                assert_eq!(bench.push(&one(make(old))), [""; 0], "{old} again after {pts}");
            }
        }
        assert_eq!(bench.request(), None);
    }
}

#[test]
fn up_14_without_a_count_equal_ones_are_told_once_and_others_each() {
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(gone(&[1], PTS, 0))), ["me gone [1]"]);
    for _ in 0..3 {
        assert_eq!(bench.push(&one(gone(&[1], PTS, 0))), [""; 0]);
    }
    assert_eq!(bench.push(&one(gone(&[2], PTS, 0))), ["me gone [2]"]);
    assert_eq!(bench.push(&one(gone(&[1], PTS, 0))), [""; 0]);
    // After the box has moved, the same may happen again.
    assert_eq!(bench.push(&one(new(101))), ["me new 101"]);
    assert_eq!(bench.push(&one(gone(&[1], 101, 0))), ["me gone [1]"]);
}

#[test]
fn up_15_what_overlaps_is_held_and_the_difference_is_asked_for_at_once() {
    for (update, pts) in [(gone(&[1, 2, 3], 102, 3), 102), (gone(&[1, 2], 101, 2), 101)] {
        let mut bench = Bench::ready();
        assert_eq!(bench.push(&one(update)), [""; 0]);
        let token = bench.difference();
        bench.answer(token, &diff(&[], vec![gone(&[1, 2, 3], pts, 0)], pts));
        assert_eq!(bench.told(), ["me gone [1, 2, 3]"]);
        assert_eq!((bench.common().pts, bench.state()), (pts, State::Level));
    }
}

#[test]
fn up_16_what_is_ahead_is_held_with_its_peers() {
    let mut bench = Bench::ready();
    let late = with(vec![new(102)], vec![person(STRANGER, Some(9), false)], vec![]);
    assert_eq!(bench.push(&late), [""; 0]);
    bench.engine.handle_updates(bench.now, &one(new(101)).to_bytes());
    let deliveries = bench.deliveries();
    assert_eq!(deliveries.iter().map(text).collect::<Vec<_>>(), ["me new 101", "me new 102"]);
    assert_eq!(deliveries[1].peers.users, [person(STRANGER, Some(9), false)]);
}

#[test]
fn up_17_a_gap_waits_half_a_second_from_the_first_that_is_held() {
    for (make, line) in [(new as fn(i32) -> Update, "me"), (|pts| bot(pts - PTS + QTS), "qts")] {
        let mut bench = Bench::ready();
        bench.push(&one(make(103)));
        bench.pass(300);
        bench.push(&one(make(104)));
        bench.pass(199);
        assert_eq!((bench.request(), bench.state()), (None, State::Gap), "{line}");
        bench.pass(1);
        bench.difference();
        assert_eq!(bench.state(), State::Asking);
    }
}

#[test]
fn up_18_one_missing_event_waits_as_long_and_costs_one_call() {
    let mut bench = Bench::ready();
    bench.push(&one(new(102)));
    bench.pass(499);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    let token = bench.difference();
    bench.answer(token, &diff(&[101, 102], vec![], 102));
    assert_eq!(bench.told(), ["me message 101", "me message 102"]);
    assert_eq!(bench.request(), None);
}

#[test]
fn up_19_every_order_of_updates_is_told_in_the_order_of_positions() {
    let updates: Vec<Update> =
        vec![new(101), gone(&[1, 2], 103, 2), new(104), gone(&[9], 104, 0), new(105)];
    for order in orders(&updates) {
        let mut bench = Bench::ready();
        let mut told = Vec::new();
        for update in order {
            told.extend(bench.push(&one(update)));
        }
        let positions: Vec<&str> =
            told.iter().map(String::as_str).filter(|told| *told != "me gone [9]").collect();
        assert_eq!(positions, ["me new 101", "me gone [1, 2]", "me new 104", "me new 105"]);
        assert_eq!((bench.common().pts, bench.state(), bench.request()), (105, State::Level, None));
    }
}

#[test]
fn up_19_the_time_begins_anew_for_what_remains() {
    let mut bench = Bench::ready();
    bench.push(&one(new(102)));
    bench.push(&one(new(105)));
    bench.pass(400);
    assert_eq!(bench.push(&one(new(101))), ["me new 101", "me new 102"]);
    bench.pass(499);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    bench.difference();
}

#[test]
fn up_20_what_no_position_can_be_is_dropped_and_counted() {
    let mut bench = Bench::ready();
    let bad =
        [(-1, 0), (0, 0), (5, -1), (5, 5), (5, i32::MAX), (i32::MAX, i32::MAX), (i32::MIN, 1)];
    for (pts, count) in bad {
        assert_eq!(bench.push(&one(gone(&[1], pts, count))), [""; 0], "{pts} {count}");
        assert_eq!(bench.push(&one(new_in_of(CHANNEL, pts, count))), [""; 0], "{pts} {count}");
    }
    assert_eq!(bench.engine.counts().invalid, 2 * bad.len() as u64);
    assert_eq!((bench.request(), bench.state()), (None, State::Level));
}

#[test]
fn up_21_qts_of_nothing_has_no_position_and_the_first_one_is_taken() {
    let mut bench = Bench::ready_as(BOT);
    for _ in 0..3 {
        assert_eq!(bench.push(&one(bot(0))), ["- stopped 0"]);
    }
    assert_eq!(bench.common().qts, QTS);
    assert_eq!(bench.push(&one(bot(QTS + 1))), ["qts stopped 11"]);
    // One whose qts is not known yet.
    let mut kept = kept();
    kept.common = Some(CommonState { pts: PTS, qts: 0, date: DATE, seq: SEQ });
    let mut bench = Bench::new(Some(BOT), CatchUp::SinceCommit, kept);
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!(bench.push(&one(bot(77))), ["qts stopped 77"]);
    assert_eq!(bench.push(&one(bot(78))), ["qts stopped 78"]);
}

#[test]
fn up_22_a_fall_is_old_or_has_the_server_asked_or_begins_anew() {
    let high = 3_000_000;
    let at = |pts| {
        let mut kept = kept();
        kept.common = Some(CommonState { pts, qts: high, date: DATE, seq: SEQ });
        kept.channels = [(CHANNEL, ChannelState { pts, is_dirty: false })].into();
        let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, kept);
        bench.engine.connected(bench.now);
        let token = bench.difference();
        bench.answer(token, &empty(DATE, SEQ));
        bench
    };
    for (by, asks, resets) in [
        (1, false, false),
        (19_999, false, false),
        (20_000, true, false),
        (1_000_009, true, false),
        (1_000_010, false, true),
    ] {
        let mut bench = at(high);
        let told = bench.push(&one(new(high - by)));
        assert_eq!(bench.request().is_some(), asks, "{by}");
        let to = high - by - 1;
        let expected = [format!("me lost {high}..{to} Reset"), format!("me new {}", high - by)];
        assert_eq!(told, if resets { expected.to_vec() } else { vec![] }, "{by}");
    }
    for (by, resets) in [(1, false), (1_000_009, false), (1_000_010, true)] {
        let told = at(high).push(&one(bot(high - by)));
        assert_eq!(told.len(), if resets { 2 } else { 0 }, "qts {by}");
    }
    for (by, resets) in [(1, false), (99_999, false), (100_000, true)] {
        let told = at(high).push(&one(new_in(CHANNEL, high - by)));
        assert_eq!(told.len(), if resets { 2 } else { 0 }, "channel {by}");
    }
}

#[test]
fn up_22_a_leap_of_two_to_the_thirtieth_is_ignored() {
    let mut bench = Bench::ready();
    for leap in [PTS + (1 << 30), i32::MAX] {
        assert_eq!(bench.push(&one(new(leap))), [""; 0]);
        assert_eq!(bench.push(&one(bot(leap))), [""; 0]);
        assert_eq!(bench.push(&one(new_in(CHANNEL, leap))), [""; 0]);
    }
    bench.pass(1_000);
    assert_eq!((bench.request(), bench.engine.counts().invalid), (None, 6));
}

#[test]
fn up_24_too_much_is_not_held_and_the_difference_is_asked_for() {
    let mut bench = Bench::ready();
    for pts in 0..2_000 {
        bench.push(&one(new(200 + pts)));
    }
    assert!(bench.engine.counts().flooded > 0);
    let token = bench.difference();
    bench.answer(token, &diff(&[101], vec![], 2_300));
    assert_eq!(bench.told(), ["me message 101"]);
    assert_eq!((bench.common().pts, bench.state()), (2_300, State::Level));
    // By bytes as well.
    let mut bench = Bench::ready();
    let long = types::Message::new(1, me(), DATE, "x".repeat(600_000));
    for pts in [105, 106] {
        let new = types::UpdateNewMessage::new(Message::Message(Box::new(long.clone())), pts, 1);
        bench.push(&one(Update::UpdateNewMessage(Box::new(new))));
    }
    assert_eq!(bench.engine.counts().flooded, 1);
    bench.difference();
}

#[test]
fn up_21_the_first_qts_is_not_lost_while_a_difference_runs() {
    let start = || {
        let mut kept = kept();
        kept.common = Some(CommonState { pts: PTS, qts: 0, date: DATE, seq: SEQ });
        let mut bench = Bench::new(Some(BOT), CatchUp::SinceCommit, kept);
        bench.engine.connected(bench.now);
        let token = bench.difference();
        (bench, token)
    };
    // The answer was made before it, or there is none.
    for is_answered in [true, false] {
        for qts in [1, 2, 77] {
            let (mut bench, token) = start();
            assert_eq!(bench.push(&one(bot(qts + 1))), [""; 0]);
            assert_eq!(bench.push(&one(bot(qts))), [""; 0]);
            match is_answered {
                true => bench.answer(token, &empty(DATE, SEQ)),
                false => bench.fail(token, 500, "INTERNAL"),
            }
            let expected = [format!("qts stopped {qts}"), format!("qts stopped {}", qts + 1)];
            assert_eq!(bench.told(), expected, "{is_answered}");
            assert_eq!((bench.common().qts, bench.engine.counts().invalid), (qts + 1, 0));
        }
    }
    // The answer holds it.
    let (mut bench, token) = start();
    assert_eq!(bench.push(&one(bot(1))), [""; 0]);
    let state = server_state(PTS, 1, DATE, SEQ);
    let all = answers::Difference::new(vec![], vec![], vec![bot(1)], vec![], vec![], state);
    bench.answer(token, &Difference::Difference(Box::new(all)));
    assert_eq!(bench.told(), ["qts stopped 1"]);
}

#[test]
fn up_19_the_stack_is_no_deeper_for_all_that_may_be_held() {
    let most = i32::try_from(crate::updates::limits::MAX_HELD).unwrap();
    for (make, first) in [(new as fn(i32) -> Update, PTS + 1), (bot, QTS + 1)] {
        let run = move || {
            let mut bench = Bench::ready_as(BOT);
            for pts in (first + 1..=first + most).rev() {
                bench.engine.handle_typed(bench.now, one(make(pts)), 50);
            }
            assert_eq!(bench.engine.counts().flooded, 0);
            bench.engine.handle_typed(bench.now, one(make(first)), 50);
            assert_eq!(bench.told().len(), crate::updates::limits::MAX_HELD + 1);
            assert_eq!((bench.request(), bench.state()), (None, State::Level));
        };
        let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap();
        thread.join().unwrap();
    }
}
