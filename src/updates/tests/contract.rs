//! Commits, crashes, and slow readers (UP-83 to UP-90).

use super::*;

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
    // The same in the own box.
    assert_eq!(bench.push(&one(new(101))), ["me new 101"]);
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &diff(&[101, 102], vec![], 102));
    assert_eq!(bench.told(), ["me message 102"]);
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
