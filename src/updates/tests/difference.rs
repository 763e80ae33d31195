//! The common difference (UP-25 to UP-37).

use super::*;

#[test]
fn up_25_whatever_may_have_lost_something_has_the_difference_asked_for() {
    type Trigger = fn(&mut Bench);
    let triggers: [(&str, Trigger); 9] = [
        ("updatesTooLong", |bench| drop(bench.push(&Updates::UpdatesTooLong))),
        ("a sent message on the socket", |bench| {
            let sent = types::UpdateShortSentMessage::new(9, 101, 1, DATE);
            drop(bench.push(&Updates::UpdateShortSentMessage(Box::new(sent))));
        }),
        ("a new session", |bench| bench.engine.new_session(bench.now)),
        ("a loss on the way", |bench| bench.engine.missed()),
        ("unreadable", |bench| bench.engine.handle_updates(bench.now, &[1, 2, 3, 4, 5])),
        ("nothing at all", |bench| bench.engine.handle_updates(bench.now, &[])),
        ("a gap of pts", |bench| {
            bench.push(&one(new(105)));
            bench.pass(500);
        }),
        ("a gap of qts", |bench| {
            bench.push(&one(bot(15)));
            bench.pass(500);
        }),
        ("a gap of seq", |bench| {
            bench.push(&all(vec![phone(1)], 15));
            bench.pass(500);
        }),
    ];
    for (name, trigger) in triggers {
        let mut bench = Bench::ready();
        trigger(&mut bench);
        assert!(matches!(bench.request(), Some((_, Request::Difference(_)))), "{name}");
        assert_eq!(bench.request(), None, "{name}: one at a time");
    }
}

#[test]
fn up_25_after_silence_the_difference_is_asked_for() {
    let mut bench = Bench::ready();
    bench.pass(15 * 60_000 - 1);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    bench.pass(15 * 60_000 - 1);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    // The last update of a channel was lost, and nothing follows it there.
    let token = bench.difference();
    let lost = types::UpdateChannelTooLong { channel_id: CHANNEL, pts: Some(CHANNEL_PTS + 1) };
    bench.answer(token, &diff(&[], vec![lost.into()], PTS));
    assert!(matches!(bench.request(), Some((_, Request::ChannelDifference(_)))));
    // Whatever is heard begins the time anew.
    let mut bench = Bench::ready();
    bench.pass(10 * 60_000);
    bench.push(&one(typing()));
    bench.pass(10 * 60_000);
    assert_eq!(bench.request(), None);
}

#[test]
fn up_26_one_at_a_time_and_whoever_wants_it_meanwhile_has_it_once_more() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    for _ in 0..5 {
        bench.push(&Updates::UpdatesTooLong);
        assert_eq!(bench.request(), None);
    }
    bench.answer(token, &empty(DATE, SEQ));
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!((bench.request(), bench.state()), (None, State::Level));
}

#[test]
fn up_26_channels_do_not_wait_for_the_common_box() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (other, _, _) = bench.channel_difference();
    assert_eq!(bench.push(&one(new_in(8, 5))), ["ch8 new 5"]);
    bench.answer(other, &channel_diff(CHANNEL, &[51], vec![], 51, true));
    assert_eq!(bench.told(), ["ch7 message 51"]);
    bench.answer(token, &empty(DATE, SEQ));
    assert_eq!(bench.told(), [""; 0]);
}

#[test]
fn up_27_what_comes_meanwhile_is_held_and_then_dropped_or_told() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    for update in [new(101), new(102), new(103), bot(11), bot(12)] {
        assert_eq!(bench.push(&one(update)), [""; 0]);
    }
    assert_eq!(bench.push(&all(vec![phone(6)], SEQ + 1)), [""; 0]);
    let state = server_state(102, 11, DATE + 2, SEQ);
    let content = answers::Difference::new(
        vec![message(101, me()), message(102, me())],
        vec![],
        vec![],
        vec![],
        vec![],
        state,
    );
    bench.answer(token, &Difference::Difference(Box::new(content)));
    assert_eq!(
        bench.told(),
        ["me message 101", "me message 102", "me new 103", "qts stopped 12", "me phone 6"]
    );
    assert_eq!((bench.common().pts, bench.common().qts, bench.common().seq), (103, 12, SEQ + 1));
    assert_eq!((bench.request(), bench.state()), (None, State::Level));
}

#[test]
fn up_28_no_request_has_a_position_that_the_server_refuses() {
    for (pts, qts, date) in [(0, 0, 0), (-5, -5, -5), (9, 9, 9)] {
        let state = CommonState { pts, qts, date, seq: 0 };
        let kept = Kept { common: Some(state), ..kept() };
        let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, kept);
        bench.engine.connected(bench.now);
        let Some((_, Request::Difference(call))) = bench.request() else { panic!() };
        assert!(call.pts >= 1 && call.date >= 1 && call.qts >= 0);
        assert_eq!((call.pts_total_limit, call.pts_limit, call.qts_limit), (None, None, None));
    }
}

#[test]
fn up_29_slices_are_told_and_the_next_is_asked_for_at_once() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    for step in 1..=20 {
        let (token, from) = bench.difference_from();
        assert_eq!(from, PTS + (step - 1) * 2);
        let pts = from + 2;
        bench.answer(token, &slice(&[pts - 1, pts], vec![], pts));
        assert_eq!(bench.told().len(), 2);
        // Each counts as soon as it is dealt with.
        assert_eq!(bench.kept.common.unwrap().pts, pts);
    }
    let token = bench.difference();
    bench.answer(token, &diff(&[], vec![], PTS + 40));
    assert_eq!((bench.request(), bench.state()), (None, State::Level));
}

#[test]
fn up_29_slices_without_progress_end_in_pauses_and_then_in_sleep() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    // The first may bring the date.
    bench.answer(token, &slice(&[], vec![], PTS));
    let mut calls = 0;
    for _ in 0..100 {
        while let Some((token, _)) = bench.request() {
            calls += 1;
            assert!(calls < 40, "it loops");
            bench.answer(token, &slice(&[], vec![], PTS));
        }
        bench.pass(90_000);
    }
    assert_eq!(bench.state(), State::Dormant);
    // An update that needs it wakes it.
    bench.push(&one(new(105)));
    bench.difference();
}

#[test]
fn up_30_the_parts_of_an_answer_come_in_their_order_and_all_of_the_state_is_taken() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    let id = Update::UpdateMessageId(types::UpdateMessageId::new(102, 1));
    let secret = crate::tl::api::enums::EncryptedMessage::EncryptedMessageService(
        types::EncryptedMessageService::new(77, 1, DATE, vec![1].into()).into(),
    );
    let edit = types::UpdateEditMessage::new(message(101, me()), 0, 0);
    let others = vec![gone(&[9], 0, 0), Update::UpdateEditMessage(edit.into()), id, phone(1)];
    // A lower qts and seq are legal.
    let state = server_state(104, 0, DATE + 9, 1);
    let users = vec![person(STRANGER, Some(5), false)];
    let messages = vec![message(101, me()), message(102, me())];
    let all =
        answers::Difference::new(messages, vec![secret], others, vec![], users.clone(), state);
    bench.answer(token, &Difference::Difference(Box::new(all)));
    let deliveries = bench.deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.peers.users == users));
    let told: Vec<String> = deliveries.iter().map(text).collect();
    assert_eq!(
        told,
        [
            "me id 102",
            "me message 101",
            "me message 102",
            "qts secret 77",
            "me gone [9]",
            "me edit 101",
            "me phone 1"
        ]
    );
    assert_eq!(bench.common(), CommonState { pts: 104, qts: 0, date: DATE + 9, seq: 1 });
}

#[test]
fn up_31_own_updates_of_an_answer_are_told_whatever_their_positions_say() {
    // With real ones, with the last one and no count, with zeros.
    let styles: [Vec<Update>; 3] = [
        vec![gone(&[1], 101, 1), gone(&[2], 102, 1), bot(11)],
        vec![gone(&[1], 102, 0), gone(&[2], 102, 0), bot(11)],
        vec![gone(&[1], 0, 0), gone(&[2], 0, 0), bot(0)],
    ];
    for others in styles {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let token = bench.difference();
        let mut others = others;
        let stopped = others.pop().unwrap();
        others.push(stopped);
        bench.answer(token, &diff(&[], others, 102));
        let told = bench.told();
        assert_eq!(told[..2], ["me gone [1]", "me gone [2]"]);
        assert!(told[2].starts_with("qts stopped"));
        assert_eq!(bench.push(&one(new(103))), ["me new 103"]);
    }
}

#[test]
fn up_32_channels_in_an_answer_go_by_their_own_positions() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    let others = vec![
        new_in(CHANNEL, 51),
        new_in(CHANNEL, 50),
        new_in(8, 7),
        too_long_in(9, Some(4)),
        new_in(CHANNEL, 53),
    ];
    bench.answer(token, &diff(&[], others, 101));
    assert_eq!(bench.told(), ["ch7 new 51", "ch8 new 7"]);
    let (_, from, _) = bench.channel_difference();
    assert_eq!(from, 4);
    assert_eq!(bench.engine.channels.state(CHANNEL), State::Gap);
}

#[test]
fn up_33_messages_of_an_answer_have_its_state_as_their_checkpoint() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &diff(&[101, 105], vec![], 110));
    let deliveries = bench.deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.new_message().is_some()));
    bench.engine.commit(deliveries[0].mark);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, PTS);
    bench.engine.commit(deliveries[1].mark);
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, 110);
}

#[test]
fn up_34_an_empty_answer_brings_date_and_seq_and_what_is_held_ends() {
    let mut bench = Bench::ready();
    bench.push(&one(new(105)));
    bench.push(&one(bot(15)));
    bench.push(&all(vec![phone(1)], SEQ + 4));
    bench.pass(500);
    let token = bench.difference();
    bench.answer(token, &empty(DATE + 30, SEQ + 1));
    // The server has nothing of it: what is held of `seq` goes on at once.
    assert_eq!(bench.told(), ["me phone 1"]);
    assert_eq!(
        (bench.common().seq, bench.common().qts, bench.common().date),
        (SEQ + 4, QTS, DATE + 30)
    );
    // What has a position is asked for three times: it may have happened after the server had answered.
    for _ in 0..2 {
        bench.pass(500);
        assert_eq!(bench.told(), [""; 0]);
        let token = bench.difference();
        bench.answer(token, &empty(DATE + 30, SEQ + 4));
    }
    let qts = ["qts lost 10..14 Unfilled", "qts stopped 15"];
    assert_eq!(bench.told(), [qts, ["me lost 100..104 Unfilled", "me new 105"]].concat());
    bench.pass(5_000);
    assert_eq!((bench.request(), bench.state()), (None, State::Level));
    assert_eq!((bench.common().pts, bench.common().qts), (105, 15));
}

#[test]
fn up_35_too_long_is_told_and_the_box_goes_on_from_there() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &too_long(5_000_000));
    assert_eq!(bench.told(), ["me lost 100..5000000 TooLong"]);
    assert_eq!(bench.common(), CommonState { pts: 5_000_000, qts: QTS, date: DATE, seq: SEQ });
    let (token, from) = bench.difference_from();
    assert_eq!(from, 5_000_000);
    bench.answer(token, &diff(&[8], vec![], 5_000_001));
    assert_eq!(bench.told(), ["me message 8"]);
    assert_eq!(bench.kept.common.unwrap().pts, 5_000_001);
}

#[test]
fn up_36_a_changed_pts_is_told_and_taken_from_the_server() {
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&all(vec![Update::UpdatePtsChanged], 0)), ["- updatePtsChanged"]);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(3, QTS, DATE + 9, SEQ));
    assert_eq!(bench.told(), ["me lost 100..3 Reset"]);
    let (token, from) = bench.difference_from();
    assert_eq!(from, 3);
    bench.answer(token, &diff(&[4], vec![], 4));
    assert_eq!(bench.told(), ["me message 4"]);
    // In an answer it comes last, whatever the state says.
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &diff(&[], vec![Update::UpdatePtsChanged, phone(1)], 6));
    assert_eq!(bench.told(), ["me phone 1", "me updatePtsChanged"]);
    assert!(matches!(bench.request(), Some((_, Request::State(_)))));
    // A bot's sessions share the box: everything is asked for.
    let mut bench = Bench::ready_as(BOT);
    assert_eq!(
        bench.push(&all(vec![Update::UpdatePtsChanged], 0)),
        ["me lost 100..1 Reset", "- updatePtsChanged"]
    );
    assert_eq!(bench.difference_from().1, 1);
}

#[test]
fn up_37_a_first_login_takes_the_state_and_asks_for_what_followed() {
    let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, Kept::default());
    bench.engine.connected(bench.now);
    // What comes before the state is held, and the box begins before it: it happened since somebody listens.
    for pts in [101, 100, 99, 99] {
        assert_eq!(bench.push(&one(new(pts))), [""; 0]);
    }
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(PTS, 7, DATE, SEQ));
    let Some((token, Request::Difference(call))) = bench.request() else { panic!("no difference") };
    assert_eq!((call.pts, call.qts, call.date), (98, 7, DATE));
    let state = server_state(PTS, QTS, DATE, SEQ);
    let messages = vec![message(99, me()), message(100, me())];
    let all = answers::Difference::new(messages, vec![], vec![bot(0)], vec![], vec![], state);
    bench.answer(token, &Difference::Difference(Box::new(all)));
    let deliveries = bench.deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.arrival == Arrival::Live));
    let told: Vec<String> = deliveries.iter().map(text).collect();
    assert_eq!(told, ["me message 99", "me message 100", "qts stopped 0", "me new 101"]);
    // Nothing of it is kept before it was dealt with.
    bench.save();
    assert_eq!(bench.kept.common.unwrap().pts, 98);
    for delivery in deliveries {
        bench.engine.commit(delivery.mark);
    }
    bench.save();
    assert_eq!(bench.kept.common, Some(CommonState { pts: 101, qts: QTS, date: DATE, seq: SEQ }));
}

#[test]
fn up_25_who_does_not_answer_was_not_heard_of() {
    // Asked in vain, and silent for longer than the server is asked after: what comes then is old.
    for secs in [120, 20 * 60] {
        for fault in [Fault::Unanswered, Fault::Rpc(RpcError::parse(500, "INTERNAL"))] {
            let is_heard = fault != Fault::Unanswered;
            let mut bench = Bench::ready();
            bench.engine.missed();
            let token = bench.difference();
            bench.pass(secs * 1_000);
            bench.engine.handle_answer(bench.now, token, Err(fault), &mut bench.entropy);
            bench.pass(2_000);
            bench.engine.new_session(bench.now);
            let token = bench.difference();
            bench.answer(token, &diff(&[101], vec![], 101));
            let expected = if is_heard { Arrival::Live } else { Arrival::CaughtUp };
            assert_eq!(bench.deliveries()[0].arrival, expected, "{secs} {is_heard}");
        }
    }
    // Nor does having asked after silence mean that it was heard.
    let mut bench = Bench::ready();
    bench.pass(16 * 60_000);
    let token = bench.difference();
    bench.engine.new_session(bench.now);
    bench.engine.handle_answer(bench.now, token, Err(Fault::Unanswered), &mut bench.entropy);
    bench.pass(2_000);
    let token = bench.difference();
    bench.answer(token, &diff(&[101], vec![], 101));
    assert_eq!(bench.deliveries()[0].arrival, Arrival::CaughtUp);
}

#[test]
fn up_36_a_changed_pts_that_is_pushed_while_a_difference_runs_is_no_part_of_it() {
    let pushed = all(vec![Update::UpdatePtsChanged], 0);
    for answer in [empty(DATE, SEQ), diff(&[101], vec![], 101), too_long(900)] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let token = bench.difference();
        assert_eq!(bench.push(&pushed), ["- updatePtsChanged"]);
        bench.answer(token, &answer);
        bench.told();
        let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
        bench.answer(token, &server_state(3, QTS, DATE + 9, SEQ));
        assert_eq!(bench.told().len(), 1);
        assert_eq!(bench.difference_from().1, 3);
        // Of a bot's everything is asked for.
        let mut bench = Bench::ready_as(BOT);
        bench.engine.missed();
        let token = bench.difference();
        assert_eq!(bench.push(&pushed), ["me lost 100..1 Reset", "- updatePtsChanged"]);
        bench.answer(token, &answer);
        bench.told();
        let (token, from) = bench.difference_from();
        assert_eq!(from, 1);
        // The next answer counts again.
        bench.answer(token, &slice(&[2, 3], vec![], 3));
        assert_eq!(bench.difference_from().1, 3);
    }
    // Also if there is no answer.
    let mut bench = Bench::ready_as(BOT);
    bench.engine.missed();
    let token = bench.difference();
    bench.push(&pushed);
    bench.fail(token, 500, "INTERNAL");
    bench.pass(2_000);
    let (token, from) = bench.difference_from();
    assert_eq!(from, 1);
    bench.answer(token, &diff(&[2, 3], vec![], 3));
    assert_eq!((bench.common().pts, bench.request()), (3, None));
}

/// What answers said of one gap, they have not said of another: of another box, or that was behind it, or that was not there yet.
#[test]
fn up_34_empty_answers_count_for_the_gap_that_was_there() {
    let empty_answer = |bench: &mut Bench| {
        bench.pass(500);
        let token = bench.difference();
        bench.answer(token, &empty(DATE, SEQ));
        bench.told()
    };
    let mut bench = Bench::ready();
    bench.push(&one(bot(15)));
    for _ in 0..2 {
        assert_eq!(empty_answer(&mut bench), [""; 0]);
    }
    bench.push(&one(new(105)));
    assert_eq!(empty_answer(&mut bench), ["qts lost 10..14 Unfilled", "qts stopped 15"]);
    assert_eq!(empty_answer(&mut bench), [""; 0]);
    assert_eq!(empty_answer(&mut bench), ["me lost 100..104 Unfilled", "me new 105"]);
    // In a channel: one of two gaps is filled.
    let empty_answer = |bench: &mut Bench| {
        bench.pass(500);
        let (token, pts, _) = bench.channel_difference();
        bench.answer(token, &channel_empty(pts));
        bench.told()
    };
    let mut bench = Bench::ready();
    for pts in [53, 60] {
        bench.push(&one(new_in(CHANNEL, pts)));
    }
    for _ in 0..2 {
        assert_eq!(empty_answer(&mut bench), [""; 0]);
    }
    for pts in [51, 52] {
        bench.push(&one(new_in(CHANNEL, pts)));
    }
    for _ in 0..2 {
        assert_eq!(empty_answer(&mut bench), [""; 0]);
    }
    assert_eq!(empty_answer(&mut bench), ["ch7 lost 53..59 Unfilled", "ch7 new 60"]);
    // One that is looked at is asked for now and then, and nothing is missing of it.
    let mut bench = Bench::ready();
    bench.engine.open_channel(bench.now, CHANNEL);
    for _ in 0..5 {
        bench.pass(60_000);
        while let Some((token, request)) = bench.request() {
            match request {
                Request::ChannelDifference(call) => bench.answer(token, &channel_empty(call.pts)),
                _ => bench.answer(token, &empty(DATE, SEQ)),
            }
        }
    }
    bench.push(&one(new_in(CHANNEL, 60)));
    for _ in 0..2 {
        assert_eq!(empty_answer(&mut bench), [""; 0]);
    }
    assert_eq!(empty_answer(&mut bench), ["ch7 lost 50..59 Unfilled", "ch7 new 60"]);
}
