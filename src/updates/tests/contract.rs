//! Start, state, commits, and slow readers (UP-80 to UP-90).

use super::*;

/// A server that has everything: what a difference from a position brings.
fn history(from: i32, to: i32) -> Difference {
    let messages: Vec<i32> = (from + 1..=to).collect();
    diff(&messages, vec![], to)
}

#[test]
fn up_80_the_state_is_kept_whole() {
    let mut bench = Bench::ready_as(BOT);
    bench.push(&one(new(101)));
    bench.push(&one(bot(QTS + 1)));
    bench.push(&one(new_in(CHANNEL, 51)));
    bench.push(&one(new_in(8, 9)));
    bench.push(&all(vec![phone(1)], SEQ + 1));
    assert_eq!(
        bench.kept.common,
        Some(CommonState { pts: 101, qts: QTS + 1, date: DATE + 1, seq: SEQ + 1 })
    );
    let clean = |pts| ChannelState { pts, is_dirty: false };
    assert_eq!(bench.kept_channels(), [(CHANNEL, clean(51)), (8, clean(9))]);
}

#[test]
fn up_81_a_restart_asks_once_and_for_channels_that_were_behind() {
    let mut bench = Bench::ready();
    bench.push(&one(new_in(8, 9)));
    bench.push(&one(too_long_in(CHANNEL, None)));
    bench.told();
    assert!(
        bench
            .kept_channels()
            .contains(&(CHANNEL, ChannelState { pts: CHANNEL_PTS, is_dirty: true }))
    );
    let mut bench = bench.restart();
    assert_eq!(bench.request(), None, "there is no link");
    bench.engine.connected(bench.now);
    let token = bench.difference();
    let (channel, from, _) = bench.channel_difference();
    assert_eq!((from, bench.request()), (CHANNEL_PTS, None));
    bench.answer(token, &history(PTS, PTS + 2));
    bench.answer(channel, &channel_diff(CHANNEL, &[51], vec![], 51, true));
    let deliveries = bench.deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.arrival == Arrival::CaughtUp));
    assert_eq!(deliveries.len(), 3);
    for delivery in deliveries {
        bench.engine.commit(delivery.mark);
    }
    bench.save();
    assert!(bench.kept_channels().contains(&(CHANNEL, ChannelState { pts: 51, is_dirty: false })));
    // From then on it is live, also what a gap had asked for.
    bench.push(&one(new(104)));
    bench.pass(500);
    let token = bench.difference();
    bench.answer(token, &history(PTS + 2, PTS + 4));
    assert!(bench.deliveries().iter().all(|delivery| delivery.arrival == Arrival::Live));
}

#[test]
fn up_82_a_channel_that_is_not_dealt_with_is_asked_for_whatever_the_date() {
    // A container in which nothing is of a channel: the date of the common box.
    let later = |bench: &mut Bench| {
        let date = DATE + 30;
        let updates = types::Updates::new(vec![phone(1)], vec![], vec![], date, SEQ + 1);
        bench.engine.handle_updates(bench.now, &Updates::Updates(Box::new(updates)).to_bytes());
    };
    let news = |bench: &mut Bench| {
        bench.engine.handle_updates(bench.now, &one(new_in(CHANNEL, 51)).to_bytes());
    };
    let wanted = |bench: &mut Bench| {
        let wanted = one(too_long_in(CHANNEL, None));
        bench.engine.handle_updates(bench.now, &wanted.to_bytes());
    };
    let answered = |bench: &mut Bench| {
        let (token, ..) = bench.channel_difference();
        bench.answer(token, &channel_diff(CHANNEL, &[51], vec![], 51, true));
    };
    type Step<'a> = &'a dyn Fn(&mut Bench);
    let cases: [(&str, &[Step<'_>]); 6] = [
        ("it is told, and then the date passes", &[&news, &later]),
        // As it is when it was late on its way.
        ("the date passes, and then it is told", &[&later, &news]),
        ("it is behind", &[&wanted, &later]),
        ("it is asked for, and then the date passes", &[&wanted, &later, &answered]),
        ("the date passes, and then it is behind", &[&later, &wanted]),
        ("the date passes, and then it is asked for", &[&later, &wanted, &answered]),
    ];
    for (name, steps) in cases {
        let mut bench = Bench::ready();
        for step in steps {
            step(&mut bench);
        }
        let deliveries = bench.deliveries();
        // All but the channel's.
        for delivery in deliveries.iter().filter(|delivery| delivery.line == Some(BoxId::Common)) {
            bench.engine.commit(delivery.mark);
        }
        bench.save();
        assert_eq!(bench.kept.common.unwrap().date, DATE + 30, "{name}");
        let dirty = ChannelState { pts: CHANNEL_PTS, is_dirty: true };
        assert_eq!(bench.kept_channels(), [(CHANNEL, dirty)], "{name}");
        let mut after = bench.restart();
        after.engine.connected(after.now);
        after.difference();
        assert_eq!(after.channel_difference().1, CHANNEL_PTS, "{name}");
        // What is dealt with is not asked for.
        let mut bench = Bench::ready();
        for step in steps {
            step(&mut bench);
        }
        bench.told();
        let is_behind = name.ends_with("behind") || name == "it is behind";
        let pts = if is_behind { CHANNEL_PTS } else { 51 };
        assert_eq!(bench.kept_channels(), [(CHANNEL, ChannelState { pts, is_dirty: is_behind })]);
    }
}

#[test]
fn up_82_a_state_that_is_taken_leaves_the_date_from_which_channels_are_named() {
    // The state is asked for since the position does not hold; channels have changed since the date that was.
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID");
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(PTS + 9, QTS, DATE + 99, SEQ));
    let Some((_, Request::Difference(call))) = bench.request() else { panic!("no difference") };
    assert_eq!((call.pts, call.date), (PTS + 9, DATE));
}

#[test]
fn up_82_the_difference_is_asked_for_from_before_what_containers_have_dated() {
    // From the last difference on at least, and from a minute before the date otherwise.
    for (date, from) in
        [(DATE + 5, DATE), (DATE + 60, DATE), (DATE + 61, DATE + 1), (DATE + 500, DATE + 440)]
    {
        let mut bench = Bench::ready();
        let updates = types::Updates::new(vec![phone(1)], vec![], vec![], date, SEQ + 1);
        bench.push(&Updates::Updates(Box::new(updates)));
        assert_eq!(bench.common().date, date);
        bench.engine.missed();
        let Some((token, Request::Difference(call))) = bench.request() else { panic!("{date}") };
        assert_eq!(call.date, from, "{date}");
        // What a difference says holds.
        bench.answer(token, &empty(date, SEQ + 1));
        bench.engine.missed();
        let Some((_, Request::Difference(call))) = bench.request() else { panic!("{date}") };
        assert_eq!(call.date, date);
    }
}

#[test]
fn up_82_while_something_is_missing_the_date_stays() {
    let later = |bench: &mut Bench| {
        bench.push(&all(vec![phone(1)], SEQ + 1));
        assert_eq!(bench.common().seq, SEQ + 1);
    };
    let failed = |bench: &mut Bench| {
        bench.engine.missed();
        let token = bench.difference();
        bench.fail(token, 500, "INTERNAL");
    };
    type Step<'a> = &'a dyn Fn(&mut Bench);
    let cases: [(State, Step<'_>); 4] = [
        (State::Gap, &|bench| drop(bench.push(&one(new(103))))),
        (State::Due, &|bench| bench.engine.missed()),
        (State::Resting, &failed),
        (State::Dormant, &|bench| {
            failed(bench);
            while bench.state() != State::Dormant {
                bench.pass(80_000);
                let token = bench.difference();
                bench.fail(token, 500, "INTERNAL");
            }
        }),
    ];
    for (state, step) in cases {
        let mut bench = Bench::ready();
        step(&mut bench);
        assert_eq!(bench.state(), state);
        later(&mut bench);
        bench.engine.missed();
        bench.pass(80_000);
        let Some((_, Request::Difference(call))) = bench.request() else { panic!("{state:?}") };
        assert_eq!(call.date, DATE, "{state:?}");
    }
}

#[test]
fn up_82_channels_that_were_met_before_the_account_was_anywhere_are_asked_for() {
    // Since when they have changed nobody knows: the first state has the present date.
    let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, Kept { common: None, ..kept() });
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.push(&one(new_in(8, 60)));
    bench.answer(token, &server_state(PTS, QTS, DATE, SEQ));
    bench.difference();
    let asked: Vec<_> = std::iter::from_fn(|| match bench.request()?.1 {
        Request::ChannelDifference(call) => Some(call.pts),
        other => panic!("{other:?}"),
    })
    .collect();
    assert_eq!(asked, [CHANNEL_PTS, 60]);
}

#[test]
fn up_83_another_try_keeps_its_time_whatever_is_delivered_meanwhile() {
    // A difference has failed. What follows is delivered, and something is held still.
    for gap in [new(103), new(105)] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let token = bench.difference();
        bench.push(&one(new(101)));
        bench.push(&one(gap));
        bench.fail(token, 500, "INTERNAL");
        assert_eq!(bench.state(), State::Resting);
        bench.push(&one(new(102)));
        for _ in 0..3 {
            bench.pass(2_000);
            if let Some((_, request)) = bench.request() {
                assert!(matches!(request, Request::Difference(_)));
                break;
            }
            assert!(bench.engine.poll_timeout().is_some());
        }
        assert!(bench.state().is_asking(), "{:?}", bench.state());
    }
}

#[test]
fn up_83_commits_are_idempotent_and_a_difference_counts_when_all_of_it_does() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &history(PTS, PTS + 4));
    let marks: Vec<Mark> = bench.deliveries().iter().map(|delivery| delivery.mark).collect();
    for mark in [marks[3], marks[1], marks[1], marks[0], marks[3]] {
        bench.engine.commit(mark);
        bench.save();
        assert_eq!(bench.kept.common.unwrap().pts, PTS);
    }
    bench.engine.commit(marks[2]);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS + 4);
    assert_eq!(bench.engine.poll_checkpoint(), None);
}

#[test]
fn up_84_after_a_crash_at_any_point_everything_comes_at_least_once_and_nothing_that_was_kept() {
    let (end, end_in) = (PTS + 6, CHANNEL_PTS + 6);
    for crash in 0..60 {
        let mut bench = Bench::ready();
        let (mut steps, mut told, mut kept_told) = (0, Vec::<String>::new(), 0);
        let mut has_crashed = false;
        let mut number = 0;
        while number < 6 {
            number += 1;
            // Receive, deliver, commit, write: the program ends after any of them.
            let mut step = |bench: &mut Bench, act: &mut dyn FnMut(&mut Bench)| {
                if !has_crashed {
                    act(bench);
                    steps += 1;
                    has_crashed = steps > crash;
                }
            };
            step(&mut bench, &mut |bench| {
                bench.engine.handle_updates(bench.now, &one(new(PTS + number)).to_bytes());
                bench.engine.handle_updates(
                    bench.now,
                    &one(new_in(CHANNEL, CHANNEL_PTS + number)).to_bytes(),
                );
            });
            let mut deliveries = Vec::new();
            step(&mut bench, &mut |bench| {
                deliveries = bench.deliveries();
                told.extend(deliveries.iter().map(text));
            });
            for delivery in deliveries {
                step(&mut bench, &mut |bench| bench.engine.commit(delivery.mark));
                step(&mut bench, &mut |bench| {
                    bench.save();
                    kept_told = told.len();
                });
            }
        }
        let (pts, pts_in) = (bench.kept.common.unwrap().pts, bench.kept.channels[&CHANNEL].pts);
        let before = told.clone();
        let mut bench = bench.restart();
        bench.engine.connected(bench.now);
        let (token, from) = bench.difference_from();
        assert_eq!(from, pts, "after {crash}");
        // The server names the channel, as its date says.
        let messages: Vec<i32> = (from + 1..=end).collect();
        bench.answer(token, &diff(&messages, vec![too_long_in(CHANNEL, Some(end_in))], end));
        if let Some((token, Request::ChannelDifference(call))) = bench.request() {
            assert_eq!(call.pts, pts_in);
            let messages: Vec<i32> = (call.pts + 1..=end_in).collect();
            bench.answer(token, &channel_diff(CHANNEL, &messages, vec![], end_in, true));
        }
        told.extend(bench.told());
        for id in PTS + 1..=end {
            let times = told
                .iter()
                .filter(|told| told.starts_with("me") && told.ends_with(&format!(" {id}")))
                .count();
            let is_kept = id <= pts;
            assert!(
                times == 1 || (!is_kept && times >= 1),
                "after {crash}: {id} came {times} times"
            );
        }
        for id in CHANNEL_PTS + 1..=end_in {
            let times = told
                .iter()
                .filter(|told| told.starts_with("ch7") && told.ends_with(&format!(" {id}")))
                .count();
            assert!(
                times == 1 || (id > pts_in && times >= 1),
                "after {crash}: {id} came {times} times"
            );
        }
        assert!(kept_told <= before.len());
    }
}

#[test]
fn up_85_each_event_comes_once_whichever_ways_it_came() {
    let call = crate::tl::api::functions::messages::SendMessage::new(
        crate::tl::api::enums::InputPeer::InputPeerSelf,
        "x".into(),
        1,
    );
    // Pushed, answered and in a difference, in every order, and sent again after a reconnect.
    for order in orders(&["push", "result", "difference", "again"]) {
        let mut bench = Bench::ready();
        let mut told = Vec::new();
        for way in &order {
            match *way {
                "push" | "again" => {
                    bench.engine.handle_updates(bench.now, &one(new(101)).to_bytes());
                }
                "result" => bench.engine.handle_result(
                    bench.now,
                    &call.to_bytes(),
                    &one(new(101)).to_bytes(),
                ),
                _ => {
                    bench.engine.missed();
                    let (token, from) = bench.difference_from();
                    bench.answer(token, &history(from, 101.max(from)));
                }
            }
            told.extend(bench.told());
        }
        assert_eq!(told.len(), 1, "{order:?}: {told:?}");
    }
    // A server that tells a message again under a later position.
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(new_in(CHANNEL, 51))), ["ch7 new 51"]);
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_diff(CHANNEL, &[51, 52], vec![], 52, true));
    assert_eq!(bench.told(), ["ch7 message 52"]);
}

#[test]
fn up_86_a_slow_reader_has_bounded_memory_and_no_hole() {
    let mut bench = Bench::ready();
    let text = "x".repeat(20_000);
    let (mut sent, mut most) = (PTS, 0);
    for _ in 0..2_000 {
        sent += 1;
        let new = types::Message::new(sent, me(), DATE, text.clone());
        let new = types::UpdateNewMessage::new(Message::Message(Box::new(new)), sent, 1);
        bench
            .engine
            .handle_updates(bench.now, &one(Update::UpdateNewMessage(new.into())).to_bytes());
        bench
            .engine
            .handle_updates(bench.now, &one(new_in(CHANNEL, sent - PTS + CHANNEL_PTS)).to_bytes());
        bench.pass(10);
        assert_eq!(bench.request(), None, "whoever has no room asks for nothing");
        most = most.max(bench.engine.waiting_bytes());
    }
    assert!(most < (4 << 20) + 30_000, "{most} bytes");
    assert!(bench.engine.counts().shed > 0);
    // An hour later it is read: what was left out is asked for.
    let mut seen = Vec::new();
    let take = |bench: &mut Bench, seen: &mut Vec<String>| seen.extend(bench.told());
    take(&mut bench, &mut seen);
    while let Some((token, request)) = bench.request() {
        match request {
            Request::Difference(call) => bench.answer(token, &history(call.pts, sent)),
            Request::ChannelDifference(call) => {
                let end = sent - PTS + CHANNEL_PTS;
                let messages: Vec<i32> = (call.pts + 1..=end).collect();
                bench.answer(token, &channel_diff(CHANNEL, &messages, vec![], end, true));
            }
            Request::State(_) => panic!(),
        }
        take(&mut bench, &mut seen);
    }
    for (line, first) in [("me ", PTS + 1), ("ch7 ", CHANNEL_PTS + 1)] {
        let of: Vec<i32> = seen
            .iter()
            .filter(|told| told.starts_with(line))
            .filter_map(|told| told.rsplit(' ').next()?.parse().ok())
            .collect();
        let expected: Vec<i32> = (first..first + 2_000).collect();
        assert_eq!(of, expected, "{line}");
    }
}

#[test]
fn up_87_a_checkpoint_holds_all_that_has_changed_since_the_last() {
    let mut bench = Bench::ready();
    for pts in 101..=150 {
        bench.engine.handle_updates(bench.now, &one(new(pts)).to_bytes());
        bench.engine.handle_updates(bench.now, &one(new_in(CHANNEL, pts - 50)).to_bytes());
    }
    for delivery in bench.deliveries() {
        bench.engine.commit(delivery.mark);
    }
    let checkpoint = bench.engine.poll_checkpoint().unwrap();
    assert_eq!(checkpoint.common.unwrap().pts, 150);
    assert_eq!(checkpoint.channels, [(CHANNEL, Some(ChannelState { pts: 100, is_dirty: false }))]);
    assert_eq!(bench.engine.poll_checkpoint(), None);
}

#[test]
fn up_88_what_comes_over_another_connection_is_a_gap_and_nothing_more() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!((bench.told(), bench.request(), bench.state()), (vec![], None, State::Level));
}

#[test]
fn up_89_the_server_is_told_how_far_we_are_and_the_answer_changes_nothing() {
    let mut bench = Bench::ready();
    let far = PTS + 100_000;
    assert_eq!(bench.push(&one(gone(&[1], far, 100_000))), ["me gone [1]"]);
    let Some((token, Request::Difference(call))) = bench.request() else { panic!() };
    assert_eq!(
        (call.pts, call.pts_limit, call.qts_limit, call.date),
        (far, Some(1), Some(1), i32::MAX)
    );
    bench.answer(token, &diff(&[9], vec![], far + 5));
    assert_eq!((bench.told(), bench.common().pts, bench.request()), (vec![], far, None));
    assert_eq!(bench.push(&one(new(far + 1))).len(), 1);
}

#[test]
fn from_now_on_skips_what_was_and_tells_it_once() {
    let mut kept = kept();
    kept.channels.insert(8, ChannelState { pts: 3, is_dirty: true });
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept);
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(500, 20, DATE + 100, 9));
    assert_eq!(bench.told(), ["me lost 100..500 Skipped"]);
    assert_eq!((bench.request(), bench.kept.channels.len()), (None, 0));
    assert_eq!(
        bench.kept.common,
        Some(CommonState { pts: 500, qts: 20, date: DATE + 100, seq: 9 })
    );
    assert_eq!(bench.push(&one(new(501))), ["me new 501"]);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 90))), ["ch7 new 90"]);
    // With nothing kept there is nothing to skip.
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, Kept::default());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(500, 20, DATE + 100, 9));
    bench.difference();
}

#[test]
fn what_cannot_be_read_is_told_and_costs_one_difference() {
    let bytes = [&0x74ae_4240_u32.to_le_bytes()[..], &[0; 3]].concat();
    let mut bench = Bench::ready();
    bench.engine.handle_updates(bench.now, &bytes);
    let deliveries = bench.deliveries();
    assert!(
        matches!(&deliveries[0].event, Event::Unreadable { bytes: shown, id: Some(0x74ae_4240), .. } if *shown == bytes)
    );
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!((bench.request(), bench.state()), (None, State::Level));
}

#[test]
fn what_is_said_of_one_account_means_nothing_to_the_next() {
    let mut bench = Bench::ready();
    bench.engine.handle_updates(bench.now, &one(new(101)).to_bytes());
    bench.engine.missed();
    let (old_token, marks) = (bench.difference(), bench.deliveries());
    let next = Engine::new(Some(USER), CatchUp::SinceCommit, kept());
    bench.engine = bench.engine.replaced_by(next);
    bench.kept = kept();
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(old_token, &diff(&[200], vec![], 200));
    assert_eq!(bench.deliveries(), []);
    bench.answer(token, &diff(&[101], vec![], 101));
    assert_eq!(bench.deliveries().len(), 1);
    bench.engine.commit(marks[0].mark);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
}

#[test]
fn equal_inputs_give_equal_outputs() {
    let run = || {
        let mut bench = Bench::ready();
        let mut told = Vec::new();
        for pts in [105, 101, 103, 102] {
            told.extend(bench.push(&one(new(pts))));
            told.extend(bench.push(&one(new_in(CHANNEL, pts - 50))));
        }
        bench.pass(500);
        while let Some((token, request)) = bench.request() {
            told.push(format!("{request:?}"));
            bench.fail(token, 500, "INTERNAL");
            told.push(format!("{:?}", bench.engine.poll_timeout()));
        }
        told
    };
    assert_eq!(run(), run());
}

#[test]
fn from_now_on_keeps_nothing_before_what_was_skipped_is_told_and_dealt_with() {
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    // Nothing has begun: whoever starts again as before misses nothing.
    bench.push(&with(vec![], vec![person(STRANGER, Some(9), false)], vec![]));
    bench.save();
    assert_eq!(bench.kept_channels(), kept().channels.into_iter().collect::<Vec<_>>());
    assert_eq!(bench.kept.common, kept().common);
    bench.answer(token, &server_state(500, QTS, DATE + 100, 9));
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    let deliveries = bench.deliveries();
    assert_eq!(deliveries.iter().map(text).collect::<Vec<_>>(), ["me lost 100..500 Skipped"]);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    bench.engine.commit(deliveries[0].mark);
    bench.save();
    assert_eq!((bench.kept.common.unwrap().pts, bench.kept.channels.len()), (500, 0));
    // Nor where the position was changed.
    let mut bench = Bench::ready();
    bench.push(&all(vec![Update::UpdatePtsChanged], 0));
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(3, QTS, DATE + 9, SEQ));
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    assert_eq!(bench.told(), ["me lost 100..3 Reset"]);
    assert_eq!(bench.kept.common.unwrap().pts, 3);
}

#[test]
fn from_now_on_no_box_is_kept_before_what_was_skipped_is_dealt_with() {
    let mut bench = Bench::new(Some(USER), CatchUp::FromNow, kept());
    bench.engine.connected(bench.now);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    // A channel's, before it is known where to begin.
    assert_eq!(bench.push(&one(new_in(CHANNEL, 80))), ["ch7 new 80"]);
    assert_eq!(bench.kept, kept());
    bench.answer(token, &server_state(500, 20, DATE + 100, 9));
    // Since then it may have said more that was lost.
    let (token, from, _) = bench.channel_difference();
    assert_eq!(from, 80);
    bench.answer(token, &channel_empty(80));
    for update in [bot(21), new_in(CHANNEL, 81), new_in(8, 30), new(501)] {
        bench.engine.handle_updates(bench.now, &one(update).to_bytes());
    }
    // Which was met by what is older than the state: more of before may have been lost.
    let (token, from, _) = bench.channel_difference();
    assert_eq!(from, 30);
    bench.answer(token, &channel_diff(8, &[], vec![], 30, true));
    let mut deliveries = bench.deliveries();
    let lost = deliveries.remove(0);
    assert_eq!((text(&lost), deliveries.len()), ("me lost 100..500 Skipped".to_owned(), 4));
    for delivery in deliveries {
        bench.engine.commit(delivery.mark);
    }
    // There is nothing to be kept, so that nobody comes to ask again and again.
    assert!(!bench.engine.has_news());
    bench.save();
    assert_eq!(bench.kept, kept());
    bench.engine.commit(lost.mark);
    bench.save();
    let common = bench.kept.common.unwrap();
    assert_eq!((common.pts, common.qts), (501, 21));
    let clean = |pts| ChannelState { pts, is_dirty: false };
    assert_eq!(bench.kept_channels(), [(CHANNEL, clean(81)), (8, clean(30))]);
}

#[test]
fn up_86_what_cannot_be_read_takes_room_and_none_that_there_is_not() {
    let mut bench = Bench::ready();
    let (most, bytes) = (crate::updates::limits::MAX_WAITING_BYTES, [7; 10_000]);
    for _ in 0..5_000 {
        bench.engine.handle_updates(bench.now, &bytes);
        assert!(bench.engine.waiting_bytes() <= most + Event::SHOWN + 128);
    }
    let deliveries = bench.deliveries();
    let kept = |delivery: &Delivery| match &delivery.event {
        Event::Unreadable { bytes, .. } => bytes.len(),
        _ => 0,
    };
    assert!(deliveries.iter().map(kept).sum::<usize>() <= most + Event::SHOWN);
    let counts = bench.engine.counts();
    assert_eq!((counts.unreadable, counts.shed), (5_000, 5_000 - deliveries.len() as u64));
    assert!(counts.shed > 0);
    bench.difference();
}

#[test]
fn up_83_what_one_run_delivered_commits_nothing_of_the_next() {
    let mut bench = Bench::ready();
    for pts in 101..=110 {
        bench.engine.handle_updates(bench.now, &one(new(pts)).to_bytes());
    }
    let old = bench.deliveries();
    let mut bench = bench.restart();
    bench.engine = Engine::new(Some(USER), CatchUp::SinceCommit, kept()).of_run(1);
    bench.engine.connected(bench.now);
    let token = bench.difference();
    bench.answer(token, &history(PTS, PTS + 10));
    let deliveries = bench.deliveries();
    for delivery in old {
        bench.engine.commit(delivery.mark);
    }
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    for delivery in deliveries {
        bench.engine.commit(delivery.mark);
    }
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS + 10);
}
