//! Forwards: in whose name, where to, and all or none.

use std::time::Duration;

use telewire::tl::api::functions::channels::{ToggleForum, ToggleSlowMode};
use telewire::tl::api::functions::messages::{
    CreateForumTopic, EditForumTopic, ForwardMessages, GetScheduledHistory, Search, SendMessage,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script, ids, message, news, updates};
use crate::world::Peer;

fn forward(
    from: enums::InputPeer,
    id: &[i32],
    to: enums::InputPeer,
    number: i64,
) -> ForwardMessages {
    let numbers = (0..).zip(id).map(|(at, _): (i64, _)| number + at).collect();
    ForwardMessages::new(from, id.to_vec(), numbers, to)
}

/// The messages of a channel that an answer has.
fn new_there(all: &enums::Updates) -> Vec<types::Message> {
    let news = updates(all).updates.iter().filter_map(|update| match update {
        enums::Update::UpdateNewChannelMessage(new) => Some(message(new.message.clone())),
        _ => None,
    });
    news.collect()
}

fn replied(message: &types::Message) -> (Option<i32>, Option<i32>) {
    match &message.reply_to {
        Some(enums::MessageReplyHeader::MessageReplyHeader(header)) => {
            (header.reply_to_msg_id, header.reply_to_top_id)
        }
        None => (None, None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_channel_posted_is_forwarded_in_its_name() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], true);
    script.say(ada, Peer::Channel(id), "news").unwrap();
    script.told();
    let (from, to) = (script.place(bob, Peer::Channel(id)), script.input_peer(bob, eve.user));
    script.ask(bob, &forward(from, &[2], to, 70)).unwrap();
    let told = script.told();
    let [(to, all)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(*to, eve);
    let [(got, ..)] = &news(all)[..] else { panic!() };
    let header = got.fwd_from.as_ref().unwrap();
    let channel: enums::Peer = types::PeerChannel { channel_id: id }.into();
    assert_eq!((&header.from_id, header.channel_post), (&Some(channel.clone()), Some(2)));
    // Who runs it is not told, and cannot be named by it.
    assert!(updates(all).users.iter().all(|user| user.id() != ada.user));
    assert_eq!(updates(all).chats.len(), 1);
    let from_message = types::InputUserFromMessage {
        peer: script.place(bob, Peer::Channel(id)),
        msg_id: 2,
        user_id: ada.user,
    };
    let request = telewire::tl::api::functions::users::GetFullUser { id: from_message.into() };
    assert_eq!(script.ask(bob, &request).unwrap_err(), "400 USER_ID_INVALID");
    // Forwarded once more it is of the channel still.
    let (from, to) = (script.input_peer(eve, bob.user), script.input_peer(eve, ada.user));
    script.ask(eve, &forward(from, &[1], to, 71)).unwrap();
    let got = script.history(ada, eve.user);
    let header = got[0].fwd_from.as_ref().unwrap();
    assert_eq!((&header.from_id, header.channel_post), (&Some(channel), Some(2)));
    // Of what is said in a supergroup it is whoever said it.
    let group = script.channel(ada, &[bob], false);
    script.say(ada, Peer::Channel(group), "hello").unwrap();
    let (from, to) = (script.place(bob, Peer::Channel(group)), script.input_peer(bob, eve.user));
    script.ask(bob, &forward(from, &[3], to, 72)).unwrap();
    let got = script.history(eve, bob.user);
    let header = got[0].fwd_from.as_ref().unwrap();
    let from = types::PeerUser { user_id: ada.user }.into();
    assert_eq!((&header.from_id, header.channel_post), (&Some(from), None));
}

#[test]
fn what_a_channel_posted_is_found_as_the_channel_s() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], true);
    script.say(ada, Peer::Channel(id), "news").unwrap();
    let peer = script.place(bob, Peer::Channel(id));
    let person = script.input_peer(bob, ada.user);
    for (from, count) in [(peer.clone(), 2), (person, 0)] {
        let filter = enums::MessagesFilter::InputMessagesFilterEmpty;
        let request = Search {
            from_id: Some(from),
            ..Search::new(peer.clone(), String::new(), filter, 0, 0, 0, 0, 100, 0, 0, 0)
        };
        let enums::messages::Messages::ChannelMessages(found) = script.ask(bob, &request).unwrap()
        else {
            panic!()
        };
        assert_eq!(found.count, count);
    }
}

/// Bob is in a supergroup of Ada's and has two messages to forward.
fn two() -> (Script, Device, Device, i64, enums::InputPeer, enums::InputPeer) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    script.send(bob, ada.user, "one");
    script.send(bob, ada.user, "two");
    script.told();
    let (from, to) = (script.input_peer(bob, ada.user), script.place(bob, Peer::Channel(id)));
    (script, ada, bob, id, from, to)
}

#[test]
fn in_slow_mode_several_messages_are_not_forwarded_and_one_is() {
    let (mut script, ada, bob, id, from, to) = two();
    let channel = script.input_channel(ada, id);
    script.ask(ada, &ToggleSlowMode { channel, seconds: 10 }).unwrap();
    script.told();
    let both = forward(from.clone(), &[1, 2], to.clone(), 70);
    let refused = script.ask(bob, &both).unwrap_err();
    assert_eq!(refused, "400 SLOWMODE_MULTI_MSGS_DISABLED");
    assert_eq!(script.told(), []);
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap().len(), 2);
    let one = forward(from.clone(), &[1], to.clone(), 70);
    let first = script.ask(bob, &one).unwrap();
    assert_eq!(script.ask(bob, &one).unwrap(), first);
    let other = forward(from, &[2], to, 71);
    assert_eq!(script.ask(bob, &other).unwrap_err(), "420 SLOWMODE_WAIT_10");
    // The first was sent, so that one is left of the two: it goes.
    script.unix += Duration::from_secs(10);
    let answer = script.ask(bob, &both).unwrap();
    assert_eq!(new_there(&answer).len(), 2);
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap().len(), 4);
    // Admins forward as many as they like.
    let (from, to) = (script.input_peer(ada, bob.user), script.place(ada, Peer::Channel(id)));
    script.ask(ada, &forward(from, &[1, 2], to, 70)).unwrap();
}

#[test]
fn what_is_forwarded_later_waits_with_all_or_not_at_all() {
    let (mut script, ada, bob, _, from, _) = two();
    let to = script.input_peer(bob, ada.user);
    let later = Some(1_700_000_060);
    for number in 0..99 {
        let request = SendMessage {
            schedule_date: later,
            ..SendMessage::new(to.clone(), "later".into(), 1_000 + number)
        };
        script.ask(bob, &request).unwrap();
    }
    let both =
        ForwardMessages { schedule_date: later, ..forward(from.clone(), &[1, 2], to.clone(), 70) };
    assert_eq!(script.ask(bob, &both).unwrap_err(), "400 SCHEDULE_TOO_MUCH");
    let waiting = |script: &mut Script| {
        ids(script.ask(bob, &GetScheduledHistory { peer: to.clone(), hash: 0 }).unwrap()).len()
    };
    assert_eq!(waiting(&mut script), 99);
    let one = ForwardMessages { schedule_date: later, ..forward(from, &[1], to.clone(), 70) };
    script.ask(bob, &one).unwrap();
    assert_eq!(waiting(&mut script), 100);
    let late = ForwardMessages { schedule_date: Some(i32::MAX), random_id: vec![90], ..one };
    assert_eq!(script.ask(bob, &late).unwrap_err(), "400 SCHEDULE_DATE_TOO_LATE");
}

#[test]
fn um_11_forwards_are_answered_as_then_though_what_was_forwarded_is_gone() {
    let (mut script, _, bob, id, from, to) = two();
    let both = forward(from.clone(), &[1, 2], to.clone(), 70);
    let first = script.ask(bob, &both).unwrap();
    let delete =
        telewire::tl::api::functions::messages::DeleteMessages { revoke: true, id: vec![1] };
    script.ask(bob, &delete).unwrap();
    let edit = telewire::tl::api::functions::messages::SendReaction {
        reaction: super::outsiders::thumb(),
        ..telewire::tl::api::functions::messages::SendReaction::new(to.clone(), 3)
    };
    script.ask(bob, &edit).unwrap();
    assert_eq!(script.ask(bob, &both).unwrap(), first);
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap().len(), 4);
    // One that was never sent is looked for, and is gone.
    let other = forward(from, &[1], to, 80);
    assert_eq!(script.ask(bob, &other).unwrap_err(), "400 MESSAGE_ID_INVALID");
}

#[test]
fn what_is_forwarded_goes_into_the_topic_that_is_named_and_replies() {
    let (mut script, ada, bob, id, from, to) = two();
    let channel = script.input_channel(ada, id);
    script.ask(ada, &ToggleForum { channel, enabled: true, tabs: false }).unwrap();
    let place = script.place(ada, Peer::Channel(id));
    script.told();
    let answer = script.ask(ada, &CreateForumTopic::new(place.clone(), "Tea".into(), 5)).unwrap();
    // What begins a topic replies to nothing, as all hear it.
    let told = script.told();
    for all in [&answer, &told[0].1] {
        let enums::Update::UpdateNewChannelMessage(new) = updates(all).updates.last().unwrap()
        else {
            panic!()
        };
        let enums::Message::MessageService(began) = &new.message else { panic!() };
        assert_eq!(began.reply_to, None);
    }
    // The topic is number 3: in it, by name.
    let there =
        ForwardMessages { top_msg_id: Some(3), ..forward(from.clone(), &[1, 2], to.clone(), 70) };
    let answer = script.ask(bob, &there).unwrap();
    for message in new_there(&answer) {
        assert_eq!(replied(&message), (Some(3), None));
    }
    // In reply to what is there.
    let reply =
        types::InputReplyToMessage { top_msg_id: Some(3), ..types::InputReplyToMessage::new(4) };
    let request = ForwardMessages {
        reply_to: Some(reply.into()),
        ..forward(from.clone(), &[1], to.clone(), 80)
    };
    let answer = script.ask(bob, &request).unwrap();
    assert_eq!(replied(&new_there(&answer)[0]), (Some(4), Some(3)));
    let request = ForwardMessages {
        reply_to: Some(types::InputReplyToMessage::new(99).into()),
        ..forward(from.clone(), &[1], to.clone(), 90)
    };
    assert_eq!(script.ask(bob, &request).unwrap_err(), "400 REPLY_MESSAGE_ID_INVALID");
    // What is closed gets none of several.
    let close = EditForumTopic { closed: Some(true), ..EditForumTopic::new(place, 3) };
    script.ask(ada, &close).unwrap();
    let before = script.said(bob, Peer::Channel(id)).unwrap().len();
    let again = ForwardMessages { random_id: vec![91, 92], ..there.clone() };
    assert_eq!(script.ask(bob, &again).unwrap_err(), "400 TOPIC_CLOSED");
    let nowhere = ForwardMessages { top_msg_id: Some(77), ..again };
    assert_eq!(script.ask(bob, &nowhere).unwrap_err(), "400 TOPIC_DELETED");
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap().len(), before);
    // In a private chat it replies too.
    let chat = script.input_peer(bob, ada.user);
    let request = ForwardMessages {
        reply_to: Some(types::InputReplyToMessage::new(2).into()),
        ..forward(from, &[1], chat, 95)
    };
    let answer = script.ask(bob, &request).unwrap();
    assert_eq!(replied(&news(&answer)[0].0), (Some(2), None));
}
