//! What is kept, and from where is asked after a restart (UP-80 to UP-82).

use super::*;

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

/// A slice has the date that was asked for (UM-06), which may be before that of a container that came since; and an answer that was on its
/// way may be of before a container that overtook it.
#[test]
fn up_82_what_changed_between_the_date_of_an_answer_and_a_later_container_is_asked_for() {
    let state = || server_state(PTS + 1, QTS, DATE + 2, SEQ + 1);
    let part = answers::DifferenceSlice::new(
        vec![message(PTS + 1, me())],
        vec![],
        vec![],
        vec![],
        vec![],
        state(),
    );
    let last = answers::Difference::new(vec![], vec![], vec![phone(2)], vec![], vec![], state());
    for answer in [
        Difference::DifferenceSlice(Box::new(part)),
        Difference::Difference(Box::new(last)),
        empty(DATE + 2, SEQ + 1),
    ] {
        let mut bench = Bench::ready();
        let updates = types::Updates::new(vec![phone(1)], vec![], vec![], DATE + 9, SEQ + 1);
        bench.push(&Updates::Updates(Box::new(updates)));
        bench.engine.missed();
        let token = bench.difference();
        bench.answer(token, &answer);
        assert_eq!(bench.common().date, DATE + 9);
        bench.engine.missed();
        let Some((_, Request::Difference(call))) = bench.request() else { panic!("{answer:?}") };
        assert_eq!(call.date, DATE + 2, "{answer:?}");
    }
}

#[test]
fn up_82_while_something_is_missing_the_date_stays() {
    let later = |bench: &mut Bench| {
        bench.push(&all(vec![phone(1)], SEQ + 1));
        // The overlap would hide in the request that it has moved.
        assert_eq!((bench.common().seq, bench.common().date), (SEQ + 1, DATE));
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
    bench.save();
    bench.difference();
    let asked: Vec<_> = std::iter::from_fn(|| match bench.request()?.1 {
        Request::ChannelDifference(call) => Some(call.pts),
        other => panic!("{other:?}"),
    })
    .collect();
    assert_eq!(asked, [CHANNEL_PTS, 60]);
}
