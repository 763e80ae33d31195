//! Short forms and answers of calls (UP-64 to UP-70).

use super::*;
use crate::tl::api::enums::{InputPeer, InputReplyTo, MessageReplyHeader};
use crate::tl::api::functions::{channels, messages};
use crate::tl::api::types::messages as results;

fn result(bench: &mut Bench, call: &impl Serialize, answer: &impl Serialize) -> Vec<String> {
    bench.engine.handle_result(bench.now, &call.to_bytes(), &answer.to_bytes());
    bench.told()
}

fn in_channel() -> InputPeer {
    InputPeer::InputPeerChannel(types::InputPeerChannel::new(CHANNEL, 70))
}

fn send(peer: InputPeer) -> messages::SendMessage {
    messages::SendMessage::new(peer, "hello".into(), 12)
}

#[test]
fn up_64_and_up_65_short_messages_are_made_whole() {
    for is_out in [false, true] {
        let mut bench = Bench::ready_as(BOT);
        let short = types::UpdateShortMessage {
            out: is_out,
            silent: true,
            mentioned: true,
            via_bot_id: Some(3),
            ttl_period: Some(9),
            ..types::UpdateShortMessage::new(101, STRANGER, "hi".into(), 101, 1, DATE + 4)
        };
        bench
            .engine
            .handle_updates(bench.now, &Updates::UpdateShortMessage(short.into()).to_bytes());
        let deliveries = bench.deliveries();
        let Some(Message::Message(made)) = deliveries[0].new_message() else { panic!() };
        let from = user(if is_out { ME } else { STRANGER });
        assert_eq!(
            (made.id, &made.peer_id, made.from_id.as_ref()),
            (101, &user(STRANGER), Some(&from))
        );
        assert_eq!(
            (made.out, made.silent, made.mentioned, made.via_bot_id),
            (is_out, true, true, Some(3))
        );
        assert_eq!((made.message.as_str(), made.date, made.ttl_period), ("hi", DATE + 4, Some(9)));
        let short =
            types::UpdateShortChatMessage::new(102, STRANGER, 8, "hi".into(), 102, 1, DATE + 5);
        bench
            .engine
            .handle_updates(bench.now, &Updates::UpdateShortChatMessage(short.into()).to_bytes());
        let deliveries = bench.deliveries();
        let Some(Message::Message(made)) = deliveries[0].new_message() else { panic!() };
        assert_eq!(made.peer_id, Peer::PeerChat(types::PeerChat::new(8)));
        assert_eq!(made.from_id, Some(user(STRANGER)));
        // UP-08: neither has a seq or moves the date.
        assert_eq!((bench.common().pts, bench.common().seq, bench.common().date), (102, SEQ, DATE));
    }
}

#[test]
fn up_66_a_sent_message_is_made_of_the_call_and_its_answer() {
    let sent = |pts| {
        Updates::UpdateShortSentMessage(Box::new(types::UpdateShortSentMessage {
            out: true,
            ..types::UpdateShortSentMessage::new(9, pts, 1, DATE + 4)
        }))
    };
    let mut bench = Bench::ready();
    let mut call = send(InputPeer::InputPeerUser(types::InputPeerUser::new(STRANGER, 3)));
    call.silent = true;
    call.reply_to =
        Some(InputReplyTo::InputReplyToMessage(types::InputReplyToMessage::new(4).into()));
    // The peer of what we send is not checked by UP-71 more than once.
    bench.push(&with(vec![], vec![person(STRANGER, Some(1), false)], vec![]));
    bench.engine.handle_result(bench.now, &call.to_bytes(), &sent(101).to_bytes());
    let deliveries = bench.deliveries();
    assert!(deliveries[0].is_own);
    let Some(Message::Message(made)) = deliveries[0].new_message() else { panic!() };
    assert_eq!((made.id, made.message.as_str(), made.out, made.silent), (9, "hello", true, true));
    assert_eq!(
        (&made.peer_id, made.from_id.as_ref(), made.date),
        (&user(STRANGER), Some(&me()), DATE + 4)
    );
    let Some(MessageReplyHeader::MessageReplyHeader(reply)) = &made.reply_to else { panic!() };
    assert_eq!(reply.reply_to_msg_id, Some(4));
    bench.engine.commit(deliveries[0].mark);
    // In a channel it is in the channel's box.
    assert_eq!(result(&mut bench, &send(in_channel()), &sent(51)), ["ch7 new 9"]);
    // What nobody can make a message of is a position all the same.
    let media = crate::tl::api::enums::InputMedia::InputMediaEmpty;
    let other = messages::SendMedia::new(InputPeer::InputPeerSelf, media, String::new(), 3);
    assert_eq!(result(&mut bench, &other, &sent(102)), [""; 0]);
    assert_eq!((bench.common().pts, bench.engine.channels.pts(CHANNEL)), (102, Some(51)));
    assert_eq!((bench.request(), bench.kept.common.unwrap().pts), (None, 102));
}

#[test]
fn up_67_every_answer_that_holds_updates_is_told_as_ours_and_once() {
    let updates = || with(vec![new(101), new_in(CHANNEL, 51)], vec![], vec![]);
    let answers: Vec<(Vec<u8>, Vec<u8>)> = vec![
        (send(in_channel()).to_bytes(), updates().to_bytes()),
        (
            messages::AddChatUser::new(3, crate::tl::api::enums::InputUser::InputUserSelf, 0)
                .to_bytes(),
            results::InvitedUsers::new(updates(), vec![]).to_bytes(),
        ),
        (
            messages::ImportChatInvite::new("x".into()).to_bytes(),
            results::ChatInviteJoinResultOk::new(updates()).to_bytes(),
        ),
        (
            <crate::tl::api::functions::payments::SendStarsForm as crate::tl::Identifiable>::ID
                .to_le_bytes()
                .to_vec(),
            crate::tl::api::types::payments::PaymentResult::new(updates()).to_bytes(),
        ),
    ];
    for (call, answer) in answers {
        for is_pushed_first in [false, true] {
            let mut bench = Bench::ready();
            let mut told = 0;
            if is_pushed_first {
                told += bench.push(&updates()).len();
            }
            bench.engine.handle_result(bench.now, &call, &answer);
            let deliveries = bench.deliveries();
            assert!(deliveries.iter().all(|delivery| delivery.is_own));
            // What follows pushes all of it: the answer must have told it before.
            assert_eq!(deliveries.len(), if is_pushed_first { 0 } else { 2 });
            told += deliveries.len();
            told += bench.push(&updates()).len();
            assert_eq!(told, 2);
            assert_eq!((bench.common().pts, bench.engine.channels.pts(CHANNEL)), (101, Some(51)));
        }
    }
    // What cannot be read has moved boxes all the same.
    let mut bench = Bench::ready();
    bench.engine.handle_result(bench.now, &send(in_channel()).to_bytes(), &[1, 2, 3, 4]);
    bench.difference();
    // What no call answers with boxes is nothing.
    for call in [vec![], vec![1, 2], vec![0; 40]] {
        let mut bench = Bench::ready();
        bench.engine.handle_result(bench.now, &call, &updates().to_bytes());
        assert_eq!((bench.told(), bench.request()), (vec![], None));
    }
}

#[test]
fn up_68_a_position_without_content_fills_its_place_in_the_box_of_its_call() {
    let affected = |pts, count| results::AffectedMessages::new(pts, count);
    let mut bench = Bench::ready();
    assert_eq!(bench.push(&one(new(103))), [""; 0]);
    let read = messages::ReadHistory::new(in_channel(), 9);
    assert_eq!(result(&mut bench, &read, &affected(102, 2)), ["me new 103"]);
    // A channel's is not ours.
    let input = types::InputChannel::new(CHANNEL, 70);
    let input = crate::tl::api::enums::InputChannel::InputChannel(input);
    let delete = channels::DeleteMessages::new(input, vec![1, 2]);
    assert_eq!(bench.push(&one(new_in(CHANNEL, 53))), [""; 0]);
    assert_eq!(result(&mut bench, &delete, &affected(52, 2)), ["ch7 new 53"]);
    // Nothing was affected.
    for (pts, count) in [(0, 0), (300, 0), (300, -1)] {
        assert_eq!(result(&mut bench, &read, &affected(pts, count)), [""; 0]);
        assert_eq!(result(&mut bench, &delete, &affected(pts, count)), [""; 0]);
    }
    bench.pass(5_000);
    assert_eq!(
        (bench.common().pts, bench.engine.channels.pts(CHANNEL), bench.request()),
        (103, Some(53), None)
    );
}

#[test]
fn up_69_what_was_deleted_unseen_is_asked_for_at_once() {
    let affected = results::AffectedHistory::new(105, 5, 0);
    let own = messages::DeleteHistory::new(InputPeer::InputPeerSelf, 9);
    let of_channel = messages::DeleteHistory::new(in_channel(), 9);
    let mut bench = Bench::ready();
    assert_eq!(result(&mut bench, &own, &affected), [""; 0]);
    let token = bench.difference();
    bench.answer(token, &diff(&[], vec![gone(&[1, 2, 3, 4, 5], 0, 0)], 105));
    assert_eq!(bench.told(), ["me gone [1, 2, 3, 4, 5]"]);
    // What is known already is not asked for.
    assert_eq!(result(&mut bench, &own, &affected), [""; 0]);
    assert_eq!(bench.request(), None);
    assert_eq!(result(&mut bench, &of_channel, &affected), [""; 0]);
    assert_eq!(bench.channel_difference().1, CHANNEL_PTS);
    let found = results::AffectedFoundMessages::new(109, 4, 0, vec![]);
    let calls = messages::DeletePhoneCallHistory::new();
    assert_eq!(result(&mut bench, &calls, &found), [""; 0]);
    bench.difference();
}

#[test]
fn up_68_the_parameter_behind_a_bit_is_read_as_the_call_has_it() {
    for (peer, is_channel) in
        [(None, false), (Some(in_channel()), true), (Some(InputPeer::InputPeerSelf), false)]
    {
        let mut bench = Bench::ready();
        let mut call = messages::DeleteSavedHistory::new(InputPeer::InputPeerSelf, 9);
        call.parent_peer = peer;
        result(&mut bench, &call, &results::AffectedHistory::new(105, 5, 0));
        match bench.request() {
            Some((_, Request::ChannelDifference(_))) => assert!(is_channel),
            Some((_, Request::Difference(_))) => assert!(!is_channel),
            other => panic!("{other:?}"),
        }
    }
    // A call that is cut off, at every byte.
    let mut call = messages::DeleteSavedHistory::new(InputPeer::InputPeerSelf, 9);
    call.parent_peer = Some(in_channel());
    let bytes = call.to_bytes();
    for end in 0..bytes.len() {
        let mut bench = Bench::ready();
        let answer = results::AffectedHistory::new(105, 5, 0).to_bytes();
        bench.engine.handle_result(bench.now, &bytes[..end], &answer);
    }
}

#[test]
fn up_70_the_number_of_a_message_comes_with_its_random_id() {
    let id = Update::UpdateMessageId(types::UpdateMessageId::new(101, 77));
    let mut bench = Bench::ready();
    assert_eq!(
        bench.push(&with(vec![new(101), id.clone()], vec![], vec![])),
        ["- id 101", "me new 101"]
    );
    bench.engine.missed();
    let token = bench.difference();
    bench.answer(token, &diff(&[102], vec![id], 102));
    assert_eq!(bench.told(), ["me id 101", "me message 102"]);
}
