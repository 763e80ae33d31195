//! What errors do (UP-62's table, UP-77).

use super::*;

const ONE_HOUR: u64 = 3_600;

#[test]
fn errors_that_pass_keep_the_state_and_are_tried_again_with_growing_pauses() {
    for (code, message) in [
        (500, "PERSISTENT_TIMESTAMP_OUTDATED"),
        (500, "HISTORY_GET_FAILED"),
        (500, "INTERNAL"),
        (503, "Timeout"),
        (400, "PERSISTENT_TIMESTAMP_EMPTY"),
        (400, "DATE_EMPTY"),
    ] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (mut common, mut channel) = (0, 0);
        // An hour of it.
        for _ in 0..ONE_HOUR {
            while let Some((token, request)) = bench.request() {
                match request {
                    Request::Difference(_) => common += 1,
                    Request::ChannelDifference(_) => channel += 1,
                    _ => {}
                }
                bench.fail(token, code, message);
            }
            bench.pass(1_000);
        }
        assert!(
            (8..20).contains(&common) && (8..20).contains(&channel),
            "{message}: {common} {channel}"
        );
        assert_eq!(
            (bench.common().pts, bench.engine.channels.pts(CHANNEL)),
            (PTS, Some(CHANNEL_PTS))
        );
        // The stream lives: what follows is told, and what does not has it tried again.
        assert_eq!(bench.push(&one(new(101))), ["me new 101"]);
        assert_eq!(bench.push(&one(new_in(CHANNEL, 51))), ["ch7 new 51"]);
        bench.push(&one(new(109)));
        let token = bench.difference();
        bench.answer(token, &diff(&[105], vec![], 109));
        assert_eq!(
            (bench.told(), bench.state()),
            (vec!["me message 105".to_owned()], State::Level)
        );
    }
}

#[test]
fn pauses_double_up_to_a_minute_give_or_take_a_fifth() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    for (number, secs) in [1_u64, 2, 4, 8, 16, 32, 64, 64].into_iter().enumerate() {
        let token = bench.difference();
        bench.fail(token, 500, "INTERNAL");
        assert_eq!(bench.state(), State::Resting, "{number}");
        let due = bench.engine.common.course.due.unwrap() - bench.now.mono;
        let (least, most) =
            (Duration::from_millis(secs * 799), Duration::from_millis(secs * 1_201));
        assert!((least..most).contains(&due), "{number}: {due:?}");
        bench.pass(u64::try_from(due.as_millis()).unwrap() + 1);
    }
    let token = bench.difference();
    bench.fail(token, 500, "INTERNAL");
    assert_eq!(bench.state(), State::Dormant);
}

#[test]
fn a_wait_that_the_server_orders_is_of_that_box_alone() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.fail(token, 420, "FLOOD_WAIT_300");
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (channel, ..) = bench.channel_difference();
    bench.fail(channel, 420, "FLOOD_WAIT_20");
    bench.push(&one(too_long_in(8, None)));
    bench.channel_difference();
    bench.pass(19_999);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    bench.channel_difference();
    bench.pass(279_999);
    assert_eq!(bench.request(), None);
    bench.pass(1);
    bench.difference();
}

#[test]
fn a_timestamp_that_the_server_does_not_know_begins_anew_and_is_told() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID");
    assert_eq!(bench.told(), [""; 0]);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(20, QTS, DATE, SEQ));
    assert_eq!(bench.told(), ["me lost 100..20 Unknown"]);
    assert_eq!(bench.difference_from().1, 20);
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID");
    assert_eq!(bench.told(), [""; 0]);
    let (token, pts, limit) = bench.channel_difference();
    assert_eq!((pts, limit), (1, 1));
    bench.answer(token, &channel_too_long(CHANNEL, Some(20), &[]));
    assert_eq!(bench.told(), ["ch7 too long 50..20 with 0"]);
}

#[test]
fn up_83_a_timestamp_that_is_not_known_loses_all_up_to_the_state_that_is_told() {
    // What is told of the state, what is lost, and where it begins next time until that is dealt with.
    for (pts, qts, lost) in [
        (140, QTS, vec!["me lost 100..140 Unknown"]),
        (140, 13, vec!["me lost 100..140 Unknown", "qts lost 10..13 Unknown"]),
        (PTS, QTS, vec!["me lost 100..100 Unknown"]),
    ] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let token = bench.difference();
        bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID");
        let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
        bench.answer(token, &server_state(pts, qts, DATE, SEQ));
        let deliveries = bench.deliveries();
        assert_eq!(deliveries.iter().map(text).collect::<Vec<_>>(), lost);
        bench.save();
        let common = bench.kept.common.unwrap();
        assert_eq!((common.pts, common.qts), (PTS, QTS));
        for delivery in deliveries {
            bench.engine.commit(delivery.mark);
        }
        bench.save();
        let common = bench.kept.common.unwrap();
        assert_eq!((common.pts, common.qts), (pts, qts));
    }
    // A channel, whatever the server answers to the first position.
    for (answer, lost) in [
        (channel_too_long(CHANNEL, Some(70), &[]), vec!["ch7 too long 50..70 with 0"]),
        (channel_empty(70), vec!["ch7 lost 50..70 Unknown"]),
        (
            channel_diff(CHANNEL, &[3], vec![], 70, true),
            vec!["ch7 lost 50..1 Unknown", "ch7 message 3"],
        ),
    ] {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (token, ..) = bench.channel_difference();
        bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID");
        let (token, ..) = bench.channel_difference();
        bench.answer(token, &answer);
        assert_eq!(bench.told(), lost);
        assert_eq!(bench.kept_channels(), [(CHANNEL, ChannelState { pts: 70, is_dirty: false })]);
    }
}

#[test]
fn up_83_a_channel_whose_position_is_not_known_is_kept_there_until_the_loss_is_told() {
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID");
    // Where it is now is told before it is asked for.
    bench.push(&one(too_long_in(CHANNEL, Some(60))));
    let row = |pts, is_dirty| [(CHANNEL, ChannelState { pts, is_dirty })];
    assert_eq!(bench.kept_channels(), row(CHANNEL_PTS, true));
    let (token, pts, _) = bench.channel_difference();
    assert_eq!(pts, 60);
    bench.answer(token, &channel_empty(60));
    assert_eq!(bench.told(), ["ch7 lost 50..60 Unknown"]);
    assert_eq!(bench.kept_channels(), row(60, false));
}

#[test]
fn up_36_a_box_that_begins_anew_goes_on_with_what_qts_counts() {
    let mut bench = Bench::ready();
    bench.push(&one(Update::UpdatePtsChanged));
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(3, QTS + 2, DATE, SEQ));
    assert_eq!(bench.told(), ["me lost 100..3 Reset"]);
    let Some((_, Request::Difference(call))) = bench.request() else { panic!("no difference") };
    assert_eq!((call.pts, call.qts), (3, QTS));
}

#[test]
fn up_61_a_channel_that_is_closed_to_us_is_told_once() {
    for (code, name) in [
        (400, "CHANNEL_PRIVATE"),
        (406, "CHANNEL_PRIVATE"),
        (403, "CHANNEL_PUBLIC_GROUP_NA"),
        (400, "FROZEN_PARTICIPANT_MISSING"),
    ] {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (token, ..) = bench.channel_difference();
        bench.fail(token, code, name);
        assert_eq!(bench.told(), [format!("ch7 left Some(\"{name}\")")]);
        bench.push(&one(too_long_in(CHANNEL, None)));
        bench.pass(100_000);
        assert_eq!((bench.request(), bench.told(), bench.kept.channels.len()), (None, vec![], 0));
    }
}

#[test]
fn up_77_a_hash_that_is_missing_or_wrong_is_looked_for_once_and_then_told() {
    for is_wrong in [false, true] {
        let mut bench = Bench::ready();
        // Channel 99 has no hash that is known.
        let id = if is_wrong { CHANNEL } else { 99 };
        bench.push(&one(too_long_in(id, Some(if is_wrong { 60 } else { 40 }))));
        if is_wrong {
            let (token, ..) = bench.channel_difference();
            bench.fail(token, 400, "CHANNEL_INVALID");
        }
        let token = bench.difference();
        bench.answer(token, &empty(DATE, SEQ));
        bench.pass(1_000);
        assert_eq!(bench.request(), None);
        assert_eq!(bench.told(), [format!("ch{id} left Some(\"CHANNEL_INVALID\")")]);
        let pts = bench.engine.channels.pts(id);
        assert_eq!(pts, Some(if is_wrong { CHANNEL_PTS } else { 40 }));
        bench.pass(600_000);
        assert_eq!(bench.request(), None);
        // Once it is learnt, it is asked for.
        bench.push(&with(vec![], vec![], vec![chat(id, Some(9), false)]));
        assert_eq!(bench.channel_difference().1, pts.unwrap());
    }
}

#[test]
fn cf_17_without_a_login_nothing_is_asked_for_any_more() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.fail(token, 401, "AUTH_KEY_UNREGISTERED");
    bench.push(&one(new(109)));
    bench.pass(3_600_000);
    assert_eq!(bench.request(), None);
}

#[test]
fn a_server_that_has_everything_begin_anew_is_not_asked_for_ever() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let mut calls = 0;
    for _ in 0..3_600 {
        while let Some((token, request)) = bench.request() {
            calls += 1;
            assert!(calls < 1_000, "it loops");
            match request {
                Request::State(_) => bench.answer(token, &server_state(PTS, QTS, DATE, SEQ)),
                _ => bench.fail(token, 400, "PERSISTENT_TIMESTAMP_INVALID"),
            }
        }
        bench.pass(1_000);
    }
    assert!(calls < 50, "{calls} calls");
    // Nor one that says so in each answer.
    let mut bench = Bench::ready();
    bench.engine.missed();
    let mut calls = 0;
    while let Some((token, request)) = bench.request() {
        calls += 1;
        assert!(calls < 20, "it loops");
        match request {
            Request::State(_) => bench.answer(token, &server_state(PTS, QTS, DATE, SEQ)),
            _ => bench.answer(token, &diff(&[], vec![Update::UpdatePtsChanged], PTS)),
        }
    }
    assert_eq!(bench.state(), State::Level);
}

#[test]
fn up_71_a_message_of_somebody_unknown_is_asked_for_once() {
    let from = |pts: i32, id: i64| {
        let message = types::Message::new(pts, user(id), DATE, String::new());
        let new = types::UpdateNewMessage::new(Message::Message(message.into()), pts, 1);
        Update::UpdateNewMessage(new.into())
    };
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(from(101, STRANGER))), [""; 0]);
    // What follows waits behind it.
    assert_eq!(bench.push(&one(new(102))), [""; 0]);
    let token = bench.difference();
    bench.answer(token, &diff(&[101, 102], vec![], 102));
    assert_eq!(bench.told(), ["me message 101", "me message 102"]);
    // He was not in it: from now on he is told as he is.
    assert_eq!(bench.push(&one(from(103, STRANGER))), ["me new 103"]);
    // Who is told with the message needs nothing.
    let known = with(vec![from(104, 56)], vec![person(56, Some(9), false)], vec![]);
    assert_eq!(bench.push(&known), ["me new 104"]);
    let min = with(vec![from(105, 57)], vec![person(57, Some(9), true)], vec![]);
    assert_eq!(bench.push(&min), [""; 0]);
    // If the server does not answer, it is told as it is.
    let token = bench.difference();
    bench.fail(token, 500, "INTERNAL");
    assert_eq!(bench.told(), ["me new 105"]);
    // In a channel: its difference.
    let in_channel = |pts: i32, id: i64| {
        let message = types::Message {
            from_id: Some(user(id)),
            ..types::Message::new(pts, channel(CHANNEL), DATE, String::new())
        };
        let new = types::UpdateNewChannelMessage::new(Message::Message(message.into()), pts, 1);
        Update::UpdateNewChannelMessage(new.into())
    };
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(in_channel(51, STRANGER))), [""; 0]);
    let (token, from_pts, _) = bench.channel_difference();
    assert_eq!(from_pts, CHANNEL_PTS);
    bench.answer(token, &channel_diff(CHANNEL, &[51], vec![], 51, true));
    assert_eq!(bench.told(), ["ch7 message 51"]);
    assert_eq!(bench.push(&one(in_channel(52, STRANGER))), ["ch7 new 52"]);
    // Bots are told all as it is.
    let mut bench = Bench::ready_as(BOT);
    assert_eq!(bench.push(&one(from(101, STRANGER))), ["me new 101"]);
    assert_eq!(bench.push(&one(in_channel(51, STRANGER))), ["ch7 new 51"]);
}

#[test]
fn what_is_answered_to_nobody_changes_nothing() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &empty(DATE, SEQ));
    bench.answer(token, &diff(&[101], vec![], 101));
    bench.fail(Token(99_999), 400, "CHANNEL_PRIVATE");
    assert_eq!((bench.told(), bench.common().pts), (vec![], PTS));
}

#[test]
fn up_71_a_message_that_mentions_more_than_is_remembered_ends() {
    let crowd = |pts: i32, many: i64| {
        let entity = |id| {
            let name = types::MessageEntityMentionName::new(0, 1, id);
            crate::tl::api::enums::MessageEntity::MessageEntityMentionName(name)
        };
        let entities = Some((1_000..1_000 + many).map(entity).collect());
        let message = types::Message::new(pts, me(), DATE, String::new());
        let message = types::Message { entities, ..message };
        let new = types::UpdateNewMessage::new(Message::Message(message.into()), pts, 1);
        Update::UpdateNewMessage(new.into())
    };
    for many in [2, 999, 1_000, 1_001, 2_500] {
        let mut bench = Bench::ready();
        // It is held, and looked at when what was missing came.
        assert_eq!(bench.push(&one(crowd(102, many))), [""; 0]);
        bench.push(&one(new(101)));
        if let Some((token, _)) = bench.request() {
            bench.fail(token, 500, "INTERNAL");
        }
        bench.told();
        assert_eq!(bench.common().pts, 102, "{many}");
    }
}

#[test]
fn what_has_failed_too_often_is_asked_for_again_when_there_is_reason_to() {
    let dormant = || {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        while bench.engine.channels.state(CHANNEL) != State::Dormant {
            let (token, ..) = bench.channel_difference();
            bench.fail(token, 500, "INTERNAL");
            bench.pass(80_000);
        }
        bench.pass(10_000);
        assert_eq!(bench.request(), None);
        bench
    };
    type Act = fn(&mut Bench);
    let acts: [(&str, Act); 3] = [
        ("silence", |bench| {
            bench.pass(15 * 60_000);
            let token = bench.difference();
            bench.answer(token, &empty(DATE, SEQ));
        }),
        ("session", |bench| {
            bench.engine.new_session(bench.now);
            let token = bench.difference();
            bench.fail(token, 500, "INTERNAL");
        }),
        ("difference", |bench| {
            bench.engine.missed();
            let token = bench.difference();
            bench.answer(token, &empty(DATE, SEQ));
        }),
    ];
    for (name, act) in acts {
        let mut bench = dormant();
        act(&mut bench);
        // Once, and no more when that fails too.
        let (token, from, _) = bench.channel_difference();
        assert_eq!(from, CHANNEL_PTS, "{name}");
        bench.fail(token, 500, "INTERNAL");
        assert_eq!(bench.engine.channels.state(CHANNEL), State::Dormant, "{name}");
        bench.pass(80_000);
        bench.engine.missed();
        while let Some((token, request)) = bench.request() {
            match request {
                Request::Difference(_) => bench.answer(token, &empty(DATE, SEQ)),
                _ => bench.answer(token, &channel_diff(CHANNEL, &[51], vec![], 51, true)),
            }
            bench.pass(80_000);
        }
        assert_eq!(bench.told(), ["ch7 message 51"], "{name}");
        assert_eq!(bench.engine.channels.state(CHANNEL), State::Level, "{name}");
    }
    // One that never began: where to begin.
    let mut bench = Bench::new(Some(USER), CatchUp::SinceCommit, Kept::default());
    bench.engine.connected(bench.now);
    while bench.state() != State::Dormant {
        let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
        bench.fail(token, 500, "INTERNAL");
        bench.pass(80_000);
    }
    bench.pass(15 * 60_000);
    let Some((token, Request::State(_))) = bench.request() else { panic!("no state") };
    bench.answer(token, &server_state(PTS, QTS, DATE, SEQ));
    bench.difference();
}
