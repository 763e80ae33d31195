//! Channels (UP-03, UP-04, UP-23, UP-50 to UP-59).

use super::*;

#[test]
fn up_03_an_empty_message_is_nowhere_or_has_a_position() {
    let empty = |peer_id| Message::MessageEmpty(types::MessageEmpty { id: 3, peer_id });
    let new = |message, pts, count| {
        one(Update::UpdateNewChannelMessage(
            types::UpdateNewChannelMessage::new(message, pts, count).into(),
        ))
    };
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&new(empty(None), 51, 1)), ["- new 3"]);
    assert_eq!((bench.engine.channels.pts(CHANNEL), bench.request()), (Some(CHANNEL_PTS), None));
    assert_eq!(bench.push(&new(empty(Some(channel(CHANNEL))), 51, 1)), ["ch7 new 3"]);
    assert_eq!(bench.engine.channels.pts(CHANNEL), Some(51));
    // Without a count it stands where the channel is.
    assert_eq!(bench.push(&new(empty(Some(channel(CHANNEL))), 51, 0)), ["ch7 new 3"]);
    assert_eq!(bench.push(&new(empty(Some(channel(CHANNEL))), 51, 0)), [""; 0]);
}

#[test]
fn up_04_the_pts_of_other_answers_moves_no_box() {
    use crate::tl::Identifiable;
    use crate::tl::api::functions::{channels, messages};
    // What carries a pts and is no update feeds nothing.
    for function in [
        messages::GetHistory::ID,
        messages::GetForumTopics::ID,
        channels::GetFullChannel::ID,
        messages::GetDialogs::ID,
    ] {
        assert!(!Engine::is_fed_by(function));
    }
}

#[test]
fn up_23_the_first_position_of_a_channel_loses_nothing() {
    // A new supergroup.
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(read_in(8, 1, 1))), ["ch8 read 1"]);
    assert_eq!(bench.push(&one(new_in(8, 2))), ["ch8 new 2"]);
    // One without a count first: an update of the same position may follow.
    assert_eq!(bench.push(&one(read_in(9, 5, 10))), ["ch9 read 5"]);
    assert_eq!(bench.push(&one(new_in(9, 10))), ["ch9 new 10"]);
    assert_eq!(bench.push(&one(new_in(10, 30))), ["ch10 new 30"]);
    assert_eq!(bench.push(&one(new_in(10, 31))), ["ch10 new 31"]);
    assert_eq!(bench.push(&one(new_in_of(11, 30, 5))), ["ch11 new 30"]);
    // Or it was lost: of those two alone the difference is asked for.
    let asked: Vec<_> = std::iter::from_fn(|| match bench.request()?.1 {
        Request::ChannelDifference(call) => Some(call.pts),
        other => panic!("{other:?}"),
    })
    .collect();
    assert_eq!(asked, [2, 10]);
}

#[test]
fn up_50_at_most_ten_differences_run_and_the_others_wait_in_order() {
    let mut bench = Bench::ready();
    for id in 1..=30 {
        bench.push(&one(too_long_in(id, Some(100))));
    }
    let mut running = Vec::new();
    while let Some((token, Request::ChannelDifference(_))) = bench.request() {
        running.push(token);
    }
    assert_eq!(running.len(), 10);
    let mut answered = 0;
    while let Some(token) = running.pop() {
        bench.answer(token, &channel_empty(100));
        answered += 1;
        if let Some((token, _)) = bench.request() {
            running.insert(0, token);
        }
        assert!(running.len() <= 10);
    }
    assert_eq!((answered, bench.request()), (30, None));
}

#[test]
fn up_50_an_idle_channel_takes_a_few_bytes_and_no_timer() {
    const { assert!(crate::updates::channels::Channels::IDLE <= 200) };
    let mut kept = kept();
    kept.channels = (1..=10_000).map(|id| (id, ChannelState { pts: 5, is_dirty: false })).collect();
    let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, kept);
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    bench.pass(14 * 60_000);
    assert_eq!(bench.request(), None);
    assert_eq!(bench.engine.channels.next_timer(), None);
}

#[test]
fn up_51_a_channel_that_is_too_long_is_asked_for_from_where_it_is() {
    for (known, told, asked) in [
        (Some(50), None, Some(50)),
        (Some(50), Some(51), Some(50)),
        (Some(50), Some(50), None),
        (Some(50), Some(3), None),
        (None, Some(30), Some(30)),
        (None, None, Some(1)),
    ] {
        let id = if known.is_some() { CHANNEL } else { 8 };
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(id, told)));
        match (bench.request(), asked) {
            (None, None) => {}
            (Some((_, Request::ChannelDifference(call))), Some(pts)) => {
                assert_eq!(call.pts, pts, "{known:?} {told:?}");
                // Of what nothing is known, the dialog is wanted.
                assert_eq!(call.limit, if pts == 1 { 1 } else { 100 });
            }
            other => panic!("{known:?} {told:?}: {other:?}"),
        }
    }
}

#[test]
fn up_52_the_request_is_forced_and_has_the_limit_of_its_account() {
    for (account, limit) in [(USER, 100), (BOT, 100_000)] {
        let mut bench = Bench::ready_as(account);
        bench.push(&one(too_long_in(CHANNEL, None)));
        let Some((_, Request::ChannelDifference(call))) = bench.request() else { panic!() };
        assert_eq!((call.limit, call.force, call.pts), (limit, true, CHANNEL_PTS));
        let filter = crate::tl::api::enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty;
        assert_eq!(call.filter, filter);
        let input = types::InputChannel::new(CHANNEL, CHANNEL * 10);
        assert_eq!(call.channel, crate::tl::api::enums::InputChannel::InputChannel(input));
    }
}

#[test]
fn up_53_what_is_not_the_last_goes_on_at_once_and_without_progress_pauses() {
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    for step in 0..20 {
        let (token, from, _) = bench.channel_difference();
        assert_eq!(from, CHANNEL_PTS + step);
        bench.answer(token, &channel_diff(CHANNEL, &[from + 1], vec![], from + 1, false));
        assert_eq!(bench.told(), [format!("ch7 message {}", from + 1)]);
    }
    let mut calls = 0;
    for _ in 0..100 {
        while let Some((token, request)) = bench.request() {
            if matches!(request, Request::Difference(_)) {
                // After silence.
                bench.answer(token, &empty(DATE, SEQ));
                continue;
            }
            calls += 1;
            let same = answers::ChannelDifferenceEmpty { r#final: false, pts: 70, timeout: None };
            bench.answer(token, &ChannelDifference::ChannelDifferenceEmpty(same));
        }
        bench.pass(90_000);
    }
    assert!((3..40).contains(&calls), "{calls} calls");
}

#[test]
fn up_54_a_pause_is_for_polling_and_not_for_gaps() {
    let waits = |secs| {
        ChannelDifference::ChannelDifferenceEmpty(answers::ChannelDifferenceEmpty {
            r#final: true,
            pts: CHANNEL_PTS,
            timeout: Some(secs),
        })
    };
    // Not opened: the next gap is asked for after half a second.
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &waits(300));
    bench.push(&one(new_in(CHANNEL, 52)));
    bench.pass(500);
    bench.channel_difference();
    // Opened: it is polled, until it is closed as often.
    let mut bench = Bench::ready();
    bench.engine.open_channel(bench.now, CHANNEL);
    bench.engine.open_channel(bench.now, CHANNEL);
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &waits(30));
    bench.pass(29_999);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_empty(CHANNEL_PTS));
    bench.engine.close_channel(bench.now, CHANNEL);
    bench.pass(1_000);
    let (token, ..) = bench.channel_difference();
    bench.engine.close_channel(bench.now, CHANNEL);
    bench.answer(token, &waits(1));
    bench.pass(60_000);
    assert_eq!(bench.request(), None);
    // Ten at most, and no bots.
    let mut bench = Bench::ready();
    for id in 1..=30 {
        bench.engine.open_channel(bench.now, id);
    }
    assert_eq!(std::iter::from_fn(|| bench.request()).count(), 10);
    let mut bench = Bench::ready_as(BOT);
    bench.engine.open_channel(bench.now, CHANNEL);
    assert_eq!(bench.request(), None);
}

#[test]
fn up_55_the_pts_of_an_empty_answer_is_taken() {
    for pts in [CHANNEL_PTS, CHANNEL_PTS + 30] {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (token, ..) = bench.channel_difference();
        bench.answer(token, &channel_empty(pts));
        bench.told();
        assert_eq!(bench.engine.channels.pts(CHANNEL), Some(pts));
        assert_eq!(bench.kept_channels(), [(CHANNEL, ChannelState { pts, is_dirty: false })]);
        assert_eq!(bench.push(&one(new_in(CHANNEL, pts + 1))).len(), 1);
    }
}

#[test]
fn up_56_the_messages_of_an_answer_come_in_order_before_what_changes_them() {
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    let deleted = types::UpdateDeleteChannelMessages::new(CHANNEL, vec![3], 0, 0);
    let id = Update::UpdateMessageId(types::UpdateMessageId::new(52, 1));
    let others = vec![Update::UpdateDeleteChannelMessages(deleted.into()), id];
    let ChannelDifference::ChannelDifference(mut all) =
        channel_diff(CHANNEL, &[53, 51, 52], others, 54, true)
    else {
        panic!()
    };
    all.new_messages.push(Message::MessageEmpty(types::MessageEmpty::new(54)));
    // What is another's is no part of it.
    all.new_messages.push(message(50, channel(9)));
    all.new_messages.push(message(50, me()));
    bench.answer(token, &ChannelDifference::ChannelDifference(all));
    assert_eq!(
        bench.told(),
        [
            "ch7 id 52",
            "ch7 message 51",
            "ch7 message 52",
            "ch7 message 53",
            "ch7 message 54",
            "ch7 gone [3]"
        ]
    );
    assert_eq!(bench.engine.counts().misplaced, 2);
    // One that brings something and does not move is not asked for again and again.
    bench.push(&one(too_long_in(CHANNEL, None)));
    for _ in 0..3 {
        let (token, from, _) = bench.channel_difference();
        bench.answer(token, &channel_diff(CHANNEL, &[from + 1_000], vec![], 10, false));
        assert_eq!(bench.engine.channels.pts(CHANNEL), Some(from + 1));
    }
}

#[test]
fn up_57_too_long_is_told_with_the_dialog_and_goes_on_from_it() {
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_too_long(CHANNEL, Some(900), &[400, 401]));
    assert_eq!(bench.told(), ["ch7 too long 50..900 with 2"]);
    assert_eq!(bench.kept_channels(), [(CHANNEL, ChannelState { pts: 900, is_dirty: false })]);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 901))), ["ch7 new 901"]);
    // A dialog without a position is a failure that passes.
    for told in [channel_too_long(CHANNEL, None, &[1]), channel_too_long(CHANNEL, Some(0), &[])] {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (token, ..) = bench.channel_difference();
        bench.answer(token, &told);
        assert_eq!((bench.told(), bench.request()), (vec![], None));
        bench.pass(1_300);
        bench.channel_difference();
    }
}

#[test]
fn up_57_of_a_channel_that_was_asked_for_from_nowhere_everything_is_too_long() {
    let mut bench = Bench::ready();
    let new = CHANNEL + 1;
    bench.push(&with(vec![too_long_in(new, None)], vec![], vec![chat(new, Some(70), false)]));
    let (token, ..) = bench.channel_difference();
    // Where to begin from is said while the answer is on its way.
    for _ in 0..2 {
        bench.push(&one(too_long_in(new, Some(80))));
    }
    bench.answer(token, &channel_too_long(new, Some(80), &[5]));
    assert_eq!(bench.told(), ["ch8 too long 0..80 with 1"]);
    assert_eq!(bench.push(&one(new_in(new, 81))), ["ch8 new 81"]);
}

#[test]
fn up_58_what_comes_during_a_difference_is_held_and_looked_at_after() {
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    for pts in [51, 52, 53] {
        assert_eq!(bench.push(&one(new_in(CHANNEL, pts))), [""; 0]);
    }
    bench.answer(token, &channel_diff(CHANNEL, &[51, 52], vec![], 52, true));
    assert_eq!(bench.told(), ["ch7 message 51", "ch7 message 52", "ch7 new 53"]);
    // What the server has nothing for is told as lost after some answers, and the channel goes on.
    bench.push(&one(new_in(CHANNEL, 60)));
    for _ in 0..3 {
        bench.pass(500);
        let (token, ..) = bench.channel_difference();
        bench.answer(token, &channel_empty(53));
    }
    assert_eq!(bench.told(), ["ch7 lost 53..59 Unfilled", "ch7 new 60"]);
    bench.pass(5_000);
    assert_eq!((bench.request(), bench.engine.channels.state(CHANNEL)), (None, State::Level));
    // What is far ahead of all that the server knows does not wait for that.
    bench.push(&one(new_in(CHANNEL, 60 + 20_000)));
    bench.pass(500);
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_empty(60));
    assert_eq!(bench.told(), ["ch7 lost 60..20060 Unfilled"]);
    bench.pass(5_000);
    assert_eq!(bench.request(), None);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 61))), ["ch7 new 61"]);
}

#[test]
fn up_59_a_read_mark_ahead_has_the_difference_asked_for_and_comes_after_it() {
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(read_in(CHANNEL, 9, 50))), ["ch7 read 9"]);
    assert_eq!(bench.push(&one(read_in(CHANNEL, 8, 49))), [""; 0]);
    assert_eq!(bench.push(&one(read_in(CHANNEL, 11, 52))), [""; 0]);
    assert_eq!(bench.push(&one(read_in(CHANNEL, 10, 51))), [""; 0]);
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_diff(CHANNEL, &[51, 52], vec![], 52, true));
    assert_eq!(bench.told(), ["ch7 message 51", "ch7 message 52", "ch7 read 11"]);
    assert_eq!(bench.request(), None);
}

/// What was delivered, and not committed.
fn open(bench: &mut Bench) -> (Vec<String>, Vec<Mark>) {
    bench.deliveries().iter().map(|delivery| (text(delivery), delivery.mark)).unzip()
}

#[test]
fn up_83_a_channel_that_is_gone_is_kept_until_that_is_dealt_with() {
    let row = |pts, is_dirty| vec![(CHANNEL, ChannelState { pts, is_dirty })];
    let gone = || {
        let mut bench = Bench::ready();
        bench.engine.handle_updates(bench.now, &one(new_in(CHANNEL, 51)).to_bytes());
        let left = with(vec![], vec![], vec![chat(CHANNEL, Some(70), true)]);
        bench.engine.handle_updates(bench.now, &left.to_bytes());
        let (told, marks) = open(&mut bench);
        assert_eq!(told, ["ch7 new 51", "ch7 left None"]);
        bench.save();
        assert_eq!(bench.kept_channels(), row(CHANNEL_PTS, true));
        (bench, marks)
    };
    // In any order.
    for (order, between) in [([0, 1], row(51, true)), ([1, 0], row(CHANNEL_PTS, true))] {
        let (mut bench, marks) = gone();
        bench.engine.commit(marks[order[0]]);
        bench.save();
        assert_eq!(bench.kept_channels(), between);
        bench.engine.commit(marks[order[1]]);
        bench.save();
        assert_eq!(bench.kept_channels(), []);
    }
    // A crash: both come again.
    let (bench, _) = gone();
    let mut bench = bench.restart();
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    let (token, pts, _) = bench.channel_difference();
    assert_eq!(pts, CHANNEL_PTS);
    bench.fail(token, 400, "CHANNEL_PRIVATE");
    assert_eq!(bench.told(), ["ch7 left Some(\"CHANNEL_PRIVATE\")"]);
    assert_eq!(bench.kept_channels(), []);
    // Who comes back before begins anew behind it.
    let (mut bench, marks) = gone();
    let back = with(vec![new_in(CHANNEL, 90)], vec![], vec![chat(CHANNEL, Some(70), false)]);
    assert_eq!(bench.push(&back), ["ch7 new 90"]);
    assert_eq!(bench.kept_channels(), row(CHANNEL_PTS, true));
    for mark in marks {
        bench.engine.commit(mark);
    }
    bench.save();
    assert_eq!(bench.kept_channels(), row(90, false));
}

#[test]
fn up_85_what_was_told_of_a_channel_before_it_was_left_is_not_told_again() {
    let gone = || {
        let mut bench = Bench::ready();
        bench.push(&one(new_in(CHANNEL, 51)));
        bench.push(&one(new_in(CHANNEL, 52)));
        let left = with(vec![], vec![], vec![chat(CHANNEL, Some(70), true)]);
        assert_eq!(bench.push(&left), ["ch7 left None"]);
        bench
    };
    let back = |bench: &mut Bench| {
        bench.push(&with(vec![], vec![], vec![chat(CHANNEL, Some(70), false)]));
    };
    // Late, or as the answer of a call; while it is left, and when it is joined again.
    for is_back in [false, true] {
        let mut bench = gone();
        if is_back {
            back(&mut bench);
        }
        for pts in [51, 52] {
            assert_eq!(bench.push(&one(new_in(CHANNEL, pts))), [""; 0], "{is_back}");
        }
        // Of a channel that was left what comes has no place.
        let told = if is_back { "ch7 new 53" } else { "- new 53" };
        assert_eq!(bench.push(&one(new_in(CHANNEL, 53))), [told]);
        assert_eq!(bench.push(&one(new_in(CHANNEL, 53))), [""; 0], "{is_back}");
    }
    // What is wanted of it is asked for from where it was.
    for pts in [None, Some(51), Some(60)] {
        let mut bench = gone();
        back(&mut bench);
        bench.push(&one(too_long_in(CHANNEL, pts)));
        let from = pts.unwrap_or(0).max(52);
        assert_eq!(bench.channel_difference().1, from, "{pts:?}");
    }
    // One that has begun anew since tells all of it.
    let mut bench = gone();
    bench.engine.channels.told_until(CHANNEL, 200_000);
    back(&mut bench);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 60))), ["ch7 new 60"]);
}

/// What was asked for before a channel was left is answered when it is joined again, before and after what is asked for then.
#[test]
fn up_85_an_answer_to_a_call_of_before_a_channel_was_left_is_an_answer_to_nobody() {
    let answers: [fn(&mut Bench, Token); 6] = [
        |bench, token| bench.answer(token, &channel_diff(CHANNEL, &[51, 52], vec![], 52, true)),
        |bench, token| bench.answer(token, &channel_empty(50)),
        |bench, token| bench.answer(token, &channel_too_long(CHANNEL, Some(52), &[51])),
        |bench, token| bench.answer(token, &0x1234_5678_i32),
        |bench, token| bench.fail(token, 400, "CHANNEL_PRIVATE"),
        |bench, token| bench.fail(token, 500, "INTERNAL"),
    ];
    for answer in answers {
        for is_first in [false, true] {
            let mut bench = Bench::ready();
            bench.push(&one(too_long_in(CHANNEL, None)));
            let (old, ..) = bench.channel_difference();
            bench.push(&with(vec![], vec![], vec![chat(CHANNEL, Some(70), true)]));
            let joined =
                with(vec![new_in(CHANNEL, 60)], vec![], vec![chat(CHANNEL, Some(70), false)]);
            let told = bench.push(&joined);
            assert!(told.contains(&"ch7 new 60".to_owned()), "{told:?}");
            bench.push(&one(too_long_in(CHANNEL, Some(61))));
            let (new, from, _) = bench.channel_difference();
            assert_eq!(from, 60);
            if is_first {
                answer(&mut bench, old);
                assert_eq!(bench.told(), [""; 0]);
            }
            bench.answer(new, &channel_diff(CHANNEL, &[61], vec![], 61, true));
            assert_eq!(bench.told(), ["ch7 message 61"]);
            if !is_first {
                answer(&mut bench, old);
                assert_eq!(bench.told(), [""; 0]);
            }
            assert_eq!(bench.engine.channels.pts(CHANNEL), Some(61));
            assert_eq!(bench.request(), None);
        }
    }
}

#[test]
fn up_83_a_channel_that_is_met_is_kept_from_where_it_was_met() {
    for (first, base) in [(new_in(8, 60), 59), (new_in_of(8, 60, 3), 57), (read_in(8, 5, 60), 59)] {
        let mut bench = Bench::ready();
        bench.engine.handle_updates(bench.now, &one(first).to_bytes());
        assert_eq!(open(&mut bench).0.len(), 1);
        bench.save();
        // UP-82: what was told of it is not dealt with.
        let met = ChannelState { pts: base, is_dirty: true };
        assert!(bench.kept_channels().contains(&(8, met)), "{:?}", bench.kept_channels());
        let mut bench = bench.restart();
        bench.engine.connected(bench.now);
        let token = bench.difference();
        bench.answer(token, &diff(&[], vec![too_long_in(8, Some(61))], PTS));
        assert_eq!(bench.channel_difference().1, base);
    }
    // By a word of it alone.
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(8, Some(60))));
    let met = ChannelState { pts: 60, is_dirty: true };
    assert_eq!(bench.kept.channels.get(&8), Some(&met));
    let mut bench = bench.restart();
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!(bench.channel_difference().1, 60);
    // By an answer: it is asked for again.
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(8, None)));
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_too_long(8, Some(20), &[]));
    let (told, marks) = open(&mut bench);
    assert_eq!(told, ["ch8 too long 0..20 with 0"]);
    bench.save();
    assert_eq!(bench.kept.channels.get(&8), Some(&ChannelState { pts: 0, is_dirty: true }));
    bench.engine.commit(marks[0]);
    bench.save();
    assert_eq!(bench.kept.channels.get(&8), Some(&ChannelState { pts: 20, is_dirty: false }));
}
