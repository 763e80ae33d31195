//! How we stand to channels (UP-60 to UP-62).

use super::*;
use crate::tl::api::functions;

#[test]
fn up_60_a_gap_in_a_channel_that_is_not_ours_is_not_asked_for() {
    let mut bench = Bench::ready();
    let told =
        bench.push(&with(vec![new_in(CHANNEL, 51)], vec![], vec![chat(CHANNEL, Some(70), true)]));
    assert_eq!(told, ["ch7 left None", "- new 51"]);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 55))), ["- new 55"]);
    bench.push(&one(too_long_in(CHANNEL, None)));
    bench.pass(5_000);
    assert_eq!(bench.request(), None);
    // While it is looked at, it is.
    bench.engine.open_channel(bench.now, CHANNEL);
    bench.channel_difference();
    // It was left while it was looked at, so that it is somewhere; and nobody looks any more.
    let mut bench = Bench::ready();
    bench.engine.open_channel(bench.now, CHANNEL);
    let (token, ..) = bench.channel_difference();
    bench.answer(token, &channel_diff(CHANNEL, &[], vec![], CHANNEL_PTS, true));
    bench.push(&with(vec![], vec![], vec![chat(CHANNEL, Some(70), true)]));
    bench.engine.close_channel(bench.now, CHANNEL);
    bench.told();
    assert_eq!(bench.push(&one(new_in(CHANNEL, CHANNEL_PTS + 5))), ["ch7 new 55"]);
    bench.pass(5_000);
    assert_eq!(bench.request(), None);
}

#[test]
fn up_61_who_leaves_is_asked_for_no_more_and_who_comes_back_begins_anew() {
    let forbidden =
        Chat::ChannelForbidden(Box::new(types::ChannelForbidden::new(CHANNEL, 70, "x".into())));
    for gone in [chat(CHANNEL, Some(70), true), forbidden] {
        let mut bench = Bench::ready();
        bench.push(&one(new_in(CHANNEL, 60)));
        // An update about it may come without the channel.
        let update = Update::UpdateChannel(types::UpdateChannel::new(CHANNEL));
        assert_eq!(bench.push(&one(update.clone())), ["- updateChannel"]);
        let told = bench.push(&with(vec![update.clone()], vec![], vec![gone]));
        assert_eq!(told, ["ch7 left None", "- updateChannel"]);
        bench.pass(5_000);
        assert_eq!((bench.request(), bench.kept.channels.len()), (None, 0));
        let back = with(vec![new_in(CHANNEL, 90)], vec![], vec![chat(CHANNEL, Some(70), false)]);
        assert_eq!(bench.push(&back), ["ch7 new 90"]);
        bench.push(&one(new_in(CHANNEL, 95)));
        bench.pass(500);
        assert_eq!(bench.channel_difference().1, 90);
    }
}

#[test]
fn up_61_a_message_about_a_kick_is_told_and_not_asked_for() {
    let mut bench = Bench::ready();
    let action = crate::tl::api::enums::MessageAction::MessageActionChatDeleteUser(
        types::MessageActionChatDeleteUser::new(STRANGER),
    );
    let service = types::MessageService::new(51, channel(CHANNEL), DATE, action);
    let new = types::UpdateNewChannelMessage::new(Message::MessageService(service.into()), 51, 1);
    assert_eq!(bench.push(&one(Update::UpdateNewChannelMessage(new.into()))), ["ch7 new 51"]);
    assert_eq!(bench.request(), None);
}

/// A channel that said something since a call was made is asked, whatever the answer says of us: who has left, and come back while it was on
/// its way, loses nothing of what was said since.
#[test]
fn up_61_an_answer_from_before_one_came_back_loses_nothing() {
    let forbidden = types::ChannelForbidden::new(CHANNEL, 70, "channel".into());
    let forbidden = Chat::ChannelForbidden(Box::new(forbidden));
    let said = |bench: &mut Bench| {
        assert_eq!(bench.push(&one(new_in(CHANNEL, CHANNEL_PTS + 1))), ["ch7 new 51"]);
    };
    let came_back = |bench: &mut Bench| {
        assert_eq!(
            bench.push(&with(vec![], vec![], vec![chat(CHANNEL, Some(70), false)])),
            [""; 0]
        );
    };
    let words: [&dyn Fn(&mut Bench); 2] = [&said, &came_back];
    for (outside, is_opened) in [
        (chat(CHANNEL, Some(70), true), false),
        (forbidden, false),
        (chat(CHANNEL, Some(70), true), true),
    ] {
        for word in words.map(Some).into_iter().chain([None]) {
            let begin = || {
                let mut bench = Bench::ready();
                bench.push(&with(vec![], vec![], vec![chat(CHANNEL, Some(70), false)]));
                if is_opened {
                    bench.engine.open_channel(bench.now, CHANNEL);
                    let (token, ..) = bench.channel_difference();
                    bench.answer(token, &channel_empty(CHANNEL_PTS));
                }
                bench
            };
            let judge = |bench: &mut Bench, told: &[String], from: &str| {
                let is_gone = told.iter().any(|told| told.starts_with("ch7 left"));
                assert_eq!(is_gone, word.is_none() && !is_opened, "{from} {outside:?}");
                let is_outside = bench.engine.channels.is_outside(CHANNEL);
                assert_eq!(is_outside, word.is_none(), "{from} {outside:?}");
                // If it was so after all, the next answer says it.
                if word.is_some() {
                    let (token, pts, _) = bench.channel_difference();
                    let ChannelDifference::ChannelDifference(mut late) =
                        channel_diff(CHANNEL, &[pts + 1], vec![], pts + 1, true)
                    else {
                        panic!()
                    };
                    late.chats = vec![outside.clone()];
                    bench.answer(token, &ChannelDifference::ChannelDifference(late));
                    assert!(bench.engine.channels.is_outside(CHANNEL), "{from} {outside:?}");
                }
            };
            // The account's difference.
            let mut bench = begin();
            bench.engine.missed();
            let token = bench.difference();
            word.inspect(|word| word(&mut bench));
            let Difference::Difference(mut late) = diff(&[], vec![], PTS) else { panic!() };
            late.chats = vec![outside.clone()];
            bench.answer(token, &Difference::Difference(late));
            let told = bench.told();
            judge(&mut bench, &told, "difference");
            // The answer to a call of before.
            let mut bench = begin();
            word.inspect(|word| word(&mut bench));
            let leave = functions::channels::LeaveChannel::new(
                types::InputChannel::new(CHANNEL, 70).into(),
            );
            let date = DATE + i32::from(word.is_none());
            let left = types::Updates::new(vec![], vec![], vec![outside.clone()], date, 0);
            let left = Updates::Updates(Box::new(left));
            bench.engine.handle_result(bench.now, &leave.to_bytes(), &left.to_bytes());
            let told = bench.told();
            judge(&mut bench, &told, "result");
        }
    }
}

/// What is held meanwhile is told too.
#[test]
fn up_61_what_was_said_while_the_answer_was_on_its_way_follows_it() {
    let mut bench = Bench::ready();
    bench.push(&with(vec![], vec![], vec![chat(CHANNEL, Some(70), false)]));
    bench.push(&one(too_long_in(CHANNEL, None)));
    let (token, ..) = bench.channel_difference();
    assert_eq!(bench.push(&one(new_in(CHANNEL, CHANNEL_PTS + 2))), [""; 0]);
    let ChannelDifference::ChannelDifference(mut late) =
        channel_diff(CHANNEL, &[CHANNEL_PTS + 1], vec![], CHANNEL_PTS + 1, true)
    else {
        panic!()
    };
    late.chats = vec![chat(CHANNEL, Some(70), true)];
    bench.answer(token, &ChannelDifference::ChannelDifference(late));
    assert_eq!(bench.told(), ["ch7 message 51", "ch7 new 52"]);
    let (token, from, _) = bench.channel_difference();
    assert_eq!(from, CHANNEL_PTS + 2);
    let left = with(vec![], vec![], vec![chat(CHANNEL, Some(70), true)]);
    assert_eq!(bench.push(&left), ["ch7 left None"]);
    bench.answer(token, &channel_empty(CHANNEL_PTS + 2));
    assert_eq!(bench.request(), None);
}

#[test]
fn up_62_what_an_open_channel_says_is_in_its_order() {
    let mut bench = Bench::ready();
    bench.engine.open_channel(bench.now, 8);
    bench.push(&with(vec![], vec![], vec![chat(8, Some(80), true)]));
    let (token, ..) = bench.channel_difference();
    assert_eq!(bench.push(&one(new_in(8, 21))), [""; 0]);
    bench.answer(token, &channel_too_long(8, Some(20), &[9]));
    assert_eq!(bench.told(), ["ch8 too long 0..20 with 1", "ch8 new 21"]);
    assert_eq!(bench.engine.channels.pts(8), Some(21));
}

#[test]
fn up_62_a_channel_that_is_not_joined_is_polled_while_it_is_open() {
    let mut bench = Bench::ready();
    bench.push(&with(vec![], vec![], vec![chat(8, Some(80), true)]));
    bench.engine.open_channel(bench.now, 8);
    let (token, pts, limit) = bench.channel_difference();
    assert_eq!((pts, limit), (1, 1));
    bench.answer(token, &channel_too_long(8, Some(20), &[9]));
    assert_eq!(bench.told(), ["ch8 too long 0..20 with 1"]);
    for _ in 0..3 {
        bench.pass(1_000);
        let (token, ..) = bench.channel_difference();
        bench.answer(token, &channel_empty(20));
    }
    bench.engine.close_channel(bench.now, 8);
    bench.pass(60_000);
    assert_eq!(bench.request(), None);
}
