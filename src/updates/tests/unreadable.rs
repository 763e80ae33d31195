//! What cannot be read is left out, and nothing else (UP-63).

use super::*;

#[test]
fn up_63_one_event_that_cannot_be_read_is_left_out_and_no_other() {
    // Whatever the event: all others are told, in a bounded number of calls.
    for bad in [101, 102, 117, 150, 227, 228, 300] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let (mut calls, mut told) = (0, Vec::new());
        while let Some((token, request)) = bench.request() {
            calls += 1;
            assert!(calls < 60, "it loops for {bad}");
            let Request::Difference(call) = request else {
                bench.answer(token, &server_state(320, QTS, DATE, SEQ));
                continue;
            };
            let last = call.pts_limit.map_or(320, |limit| (call.pts + limit).min(320));
            let messages: Vec<i32> = (call.pts + 1..=last).collect();
            if messages.contains(&bad) {
                bench.engine.handle_answer(
                    bench.now,
                    token,
                    Ok(&[1, 2, 3, 4, 5, 6, 7, 8]),
                    &mut bench.entropy,
                );
            } else if last < 320 {
                bench.answer(token, &slice(&messages, vec![], last));
            } else {
                bench.answer(token, &diff(&messages, vec![], last));
            }
            told.extend(bench.told());
        }
        let lost = format!("me lost {}..{bad} Unreadable", bad - 1);
        let others: Vec<String> =
            told.iter().filter(|told| told.starts_with("me message")).cloned().collect();
        let expected: Vec<String> =
            (101..=320).filter(|id| *id != bad).map(|id| format!("me message {id}")).collect();
        assert_eq!(others, expected, "{bad}");
        assert_eq!(told.iter().filter(|told| **told == lost).count(), 1, "{bad}: {told:?}");
        assert!(told.iter().any(|told| told.starts_with("me unreadable")));
        // 128, 64, … 1, and as many that can be read.
        assert!(calls <= 1 + 2 * 8 + 4, "{bad}: {calls} calls");
        assert_eq!(bench.common().pts, 320);
    }
}

#[test]
fn up_63_what_cannot_be_read_and_is_of_no_position_of_ours_takes_none() {
    // A secret chat's message, a message of a channel's, and both before what can be read.
    for (is_qts, is_dated) in [(true, false), (false, true), (true, true)] {
        let mut bench = Bench::ready();
        bench.engine.missed();
        let (mut calls, mut told) = (0, Vec::new());
        let (qts, date) = (QTS + i32::from(is_qts), DATE + i32::from(is_dated));
        while let Some((token, request)) = bench.request() {
            calls += 1;
            assert!(calls < 60, "it loops");
            match request {
                Request::Difference(call) if call.qts < qts || call.date < date => {
                    bench.engine.handle_answer(
                        bench.now,
                        token,
                        Ok(&[1, 2, 3, 4, 5, 6, 7, 8]),
                        &mut bench.entropy,
                    );
                }
                Request::Difference(_) => bench.answer(token, &empty(date, SEQ)),
                _ => bench.answer(token, &server_state(PTS, qts, date, SEQ)),
            }
            told.extend(bench.told());
            bench.pass(2_000);
        }
        let mut expected = Vec::new();
        if is_qts {
            expected.extend(["qts unreadable Some(04030201)", "qts lost 10..11 Unreadable"]);
        }
        if is_dated {
            expected.push("me unreadable Some(04030201)");
        }
        assert_eq!(told, expected);
        assert!(calls <= 14 * expected.len(), "{calls} calls");
        let common = bench.common();
        assert_eq!((common.pts, common.qts, common.date), (PTS, qts, date));
        assert_eq!(bench.state(), State::Level);
        // What comes at those positions is no old one.
        assert_eq!(bench.push(&one(new(101))), ["me new 101"]);
        assert_eq!(bench.push(&one(bot(qts + 1))), [format!("qts stopped {}", qts + 1)]);
    }
}

/// The server has three events of ours, two that are counted by `qts`, and one of elsewhere. Any of them cannot be read: all others are told,
/// and nothing else is lost. `fill` puts those of `qts` into an answer; `what` is how they are told. One that `forgets` has no more what it
/// was told that it may forget (SC-80).
pub(super) fn whatever_cannot_be_read_is_left_out(
    fill: impl Fn(&mut answers::Difference, Vec<i32>),
    what: &str,
    forgets: bool,
) {
    let (pts, qts, date) = (PTS + 3, QTS + 2, DATE + 2);
    for bad in 0..64_u32 {
        let is_bad = |which: i32| bad >> which & 1 == 1;
        let mut bench = Bench::ready();
        bench.engine.missed();
        let (mut calls, mut told, mut forgotten) = (0, Vec::new(), QTS);
        loop {
            let Some((token, request)) = bench.request() else {
                if bench.state() == State::Level {
                    break;
                }
                bench.pass(100_000);
                continue;
            };
            calls += 1;
            assert!(calls < 99, "it loops for {bad:06b}");
            let Request::Difference(call) = request else {
                bench.answer(token, &server_state(pts, qts, date, SEQ));
                continue;
            };
            if forgets {
                forgotten = forgotten.max(call.qts);
            }
            let last = call.pts_limit.map_or(pts, |limit| (call.pts + limit).min(pts));
            let messages: Vec<i32> = (call.pts + 1..=last).collect();
            let last_qts = call.qts_limit.map_or(qts, |limit| (call.qts + limit).min(qts));
            let of_qts: Vec<i32> = (call.qts + 1..=last_qts).filter(|at| *at > forgotten).collect();
            if messages.iter().any(|at| is_bad(at - PTS - 1))
                || of_qts.iter().any(|at| is_bad(at - QTS + 2))
                || call.date < date && is_bad(5)
            {
                let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
                bench.engine.handle_answer(bench.now, token, Ok(&bytes), &mut bench.entropy);
            } else if messages.is_empty() && of_qts.is_empty() {
                bench.answer(token, &empty(date, SEQ));
            } else {
                let Difference::Difference(mut all) = diff(&messages, vec![], last) else {
                    panic!()
                };
                (all.state.qts, all.state.date) = (last_qts, date);
                fill(&mut all, of_qts);
                match last < pts || last_qts < qts {
                    true => bench.answer(token, &sliced(*all)),
                    false => bench.answer(token, &Difference::Difference(all)),
                }
            }
            told.extend(bench.told());
        }
        told.retain(|told| !told.contains("unreadable"));
        let line = |name: &str, what: &str, place: i32, which: i32| match is_bad(which) {
            true => format!("{name} lost {}..{place} Unreadable", place - 1),
            false => format!("{name} {what} {place}"),
        };
        let ours = (1..=3).map(|at| line("me", "message", PTS + at, at - 1));
        let of_qts = (1..=2).map(|at| line("qts", what, QTS + at, at + 2));
        // What is told of the two boxes has no order between them.
        told.sort_by_key(|told| told.starts_with("qts"));
        assert_eq!(told, ours.chain(of_qts).collect::<Vec<_>>(), "{bad:06b}");
        let common = bench.common();
        assert_eq!((common.pts, common.qts, common.date), (pts, qts, date), "{bad:06b}");
        assert_eq!(bench.kept.common, Some(common), "{bad:06b}");
    }
}

#[test]
fn up_63_whatever_cannot_be_read_is_left_out_and_nothing_else() {
    let fill = |all: &mut answers::Difference, of_qts: Vec<i32>| {
        all.other_updates = of_qts.into_iter().map(bot).collect();
    };
    whatever_cannot_be_read_is_left_out(fill, "stopped", false);
}

#[test]
fn up_63_a_channel_leaves_out_one_event_too() {
    for bad in [51, 52, 99, 149] {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (mut calls, mut told) = (0, Vec::new());
        while let Some((token, request)) = bench.request() {
            let Request::ChannelDifference(call) = request else { panic!() };
            calls += 1;
            assert!(calls < 60, "it loops for {bad}");
            let last = (call.pts + call.limit).min(180);
            let messages: Vec<i32> = (call.pts + 1..=last).collect();
            if messages.contains(&bad) {
                bench.engine.handle_answer(bench.now, token, Ok(&[9; 40]), &mut bench.entropy);
            } else {
                bench.answer(token, &channel_diff(CHANNEL, &messages, vec![], last, last == 180));
            }
            told.extend(bench.told());
        }
        let others = told.iter().filter(|told| told.starts_with("ch7 message")).count();
        assert_eq!(others, 129, "{bad}: {told:?}");
        assert!(told.contains(&format!("ch7 lost {}..{bad} Unreadable", bad - 1)));
        assert!(calls <= 2 * 7 + 4, "{bad}: {calls} calls");
    }
}

/// A position at a time is left out, and every event has one at least: one of several takes none of another's.
#[test]
fn up_63_an_event_of_several_positions_takes_no_other_with_it() {
    // The position after each event, from the one after the bench's.
    let events = [(51, 1), (52, 1), (55, 3), (56, 1), (57, 1)];
    for bad in [51, 52, 55, 56, 57] {
        let mut bench = Bench::ready();
        bench.push(&one(too_long_in(CHANNEL, None)));
        let (mut calls, mut told) = (0, Vec::new());
        while let Some((token, request)) = bench.request() {
            let Request::ChannelDifference(call) = request else { panic!() };
            calls += 1;
            assert!(calls < 100, "it loops for {bad}");
            let limit = call.limit as usize;
            let some: Vec<_> =
                events.iter().filter(|(at, _)| *at > call.pts).take(limit).copied().collect();
            let ids: Vec<i32> = some.iter().map(|(at, _)| *at).collect();
            if ids.contains(&bad) {
                bench.engine.handle_answer(bench.now, token, Ok(&[9; 40]), &mut bench.entropy);
            } else {
                let last = ids.last().copied().unwrap_or(57);
                bench.answer(token, &channel_diff(CHANNEL, &ids, vec![], last, last == 57));
            }
            told.extend(bench.told());
            bench.pass(2_000);
        }
        let others: Vec<&String> =
            told.iter().filter(|told| told.starts_with("ch7 message")).collect();
        let expected: Vec<String> = events
            .iter()
            .filter(|(at, _)| *at != bad)
            .map(|(at, _)| format!("ch7 message {at}"))
            .collect();
        assert_eq!(others, expected.iter().collect::<Vec<_>>(), "{bad}: {told:?}");
        // What is told as lost are the positions of that event and no others.
        let lost: Vec<&String> = told.iter().filter(|told| told.contains("lost")).collect();
        let count = events.iter().find(|(at, _)| *at == bad).map_or(0, |(_, count)| *count);
        let parts: Vec<String> = (bad - count..bad)
            .map(|from| format!("ch7 lost {from}..{} Unreadable", from + 1))
            .collect();
        assert_eq!(lost, parts.iter().collect::<Vec<_>>(), "{bad}");
    }
}

/// What cannot be read was no event: the position is not the server's, and the next answer takes it back.
#[test]
fn up_63_a_position_that_the_server_does_not_have_is_given_back() {
    let mut bench = Bench::ready();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let mut calls = 0;
    while let Some((token, request)) = bench.request() {
        let Request::ChannelDifference(call) = request else { panic!() };
        calls += 1;
        assert!(calls < 60, "it loops");
        if call.pts == CHANNEL_PTS {
            bench.engine.handle_answer(bench.now, token, Ok(&[9; 40]), &mut bench.entropy);
        } else {
            bench.answer(token, &channel_empty(CHANNEL_PTS));
        }
        bench.told();
        bench.pass(2_000);
    }
    let next = new_in(CHANNEL, CHANNEL_PTS + 1);
    assert_eq!(bench.push(&one(next)), [format!("ch7 new {}", CHANNEL_PTS + 1)]);
}

#[test]
fn up_63_a_server_that_nobody_can_read_is_asked_with_pauses() {
    let mut bench = Bench::ready();
    bench.engine.missed();
    bench.push(&one(too_long_in(CHANNEL, None)));
    let mut calls = 0;
    for _ in 0..3_600 {
        while let Some((token, _)) = bench.request() {
            calls += 1;
            assert!(calls < 1_000, "it loops");
            bench.engine.handle_answer(bench.now, token, Ok(&[7; 20]), &mut bench.entropy);
        }
        bench.pass(1_000);
        bench.told();
    }
    assert!(calls < 2 * 10 * 10, "{calls} calls");
}
