//! Lists of numbers in requests: each is answered once, and no more of them than Telegram answers.

use telewire::tl::api::functions::channels::{
    DeleteMessages as DeleteChannelMessages, GetChannels, GetMessages as GetChannelMessages,
    InviteToChannel, ToggleForum,
};
use telewire::tl::api::functions::messages::{
    CreateForumTopic, DeleteMessages, DeleteScheduledMessages, GetChats, GetForumTopicsById,
    GetMessages, GetMessagesReactions, GetPeerDialogs, GetScheduledMessages, SendMessage,
    SendScheduledMessages,
};
use telewire::tl::api::functions::updates::GetChannelDifference;
use telewire::tl::api::functions::users::GetUsers;
use telewire::tl::api::{enums, types};

use super::{Device, Script, ids, updates};
use crate::world::Peer;

/// Many times the same two.
fn many<T: Clone>(one: T, other: T) -> Vec<T> {
    [one, other].into_iter().cycle().take(30_000).collect()
}

fn two() -> (Script, Device, Device, enums::InputPeer) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "one");
    script.send(ada, bob.user, "two");
    let peer = script.input_peer(ada, bob.user);
    (script, ada, bob, peer)
}

fn in_channel(messages: enums::messages::Messages) -> Vec<i32> {
    match messages {
        enums::messages::Messages::ChannelMessages(all) => {
            all.messages.iter().map(enums::Message::id).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_is_named_many_times_comes_once() {
    let (mut script, ada, bob, peer) = two();
    let (me, other) = (script.input_user(ada, ada.user), script.input_user(ada, bob.user));
    let users = script.ask(ada, &GetUsers { id: many(me.into(), other.into()) }).unwrap();
    assert_eq!(users.iter().map(enums::User::id).collect::<Vec<_>>(), [ada.user, bob.user]);
    let mine = script.input_peer(ada, ada.user);
    script.send(ada, ada.user, "note");
    let dialog = |peer| types::InputDialogPeer { peer }.into();
    let request = GetPeerDialogs { peers: many(dialog(peer), dialog(mine)) };
    let found = script.ask(ada, &request).unwrap();
    assert_eq!((found.dialogs.len(), found.messages.len()), (2, 2));
    let groups = [script.group(ada, &[bob]), script.group(ada, &[bob])];
    let found = script.ask(ada, &GetChats { id: many(groups[0], groups[1]) }).unwrap();
    let enums::messages::Chats::Chats(found) = found else { panic!() };
    assert_eq!(found.chats.iter().map(enums::Chat::id).collect::<Vec<_>>(), groups);
    let channels = [script.channel(ada, &[], false), script.channel(ada, &[], true)];
    let named = channels.map(|id| script.input_channel(ada, id));
    let request = GetChannels { id: many(named[0].clone(), named[1].clone()) };
    let enums::messages::Chats::Chats(found) = script.ask(ada, &request).unwrap() else { panic!() };
    assert_eq!(found.chats.iter().map(enums::Chat::id).collect::<Vec<_>>(), channels);
    let user: enums::InputUser = script.input_user(ada, bob.user).into();
    let request = InviteToChannel { channel: named[0].clone(), users: many(user.clone(), user) };
    script.ask(ada, &request).unwrap();
    let told = super::told_to(&mut script, bob.user);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_message_that_is_named_many_times_comes_once() {
    let (mut script, ada, bob, peer) = two();
    let by_id = |id| enums::InputMessage::from(types::InputMessageId { id });
    let found = script.ask(ada, &GetMessages { id: many(by_id(2), by_id(1)) }).unwrap();
    assert_eq!(ids(found), [2, 1]);
    let request = GetMessagesReactions { peer: peer.clone(), id: many(1, 2) };
    let found = script.ask(ada, &request).unwrap();
    assert_eq!(updates(&found).updates.len(), 2);
    for random_id in 101..=103 {
        let later = SendMessage {
            schedule_date: Some(1_700_000_060),
            ..SendMessage::new(peer.clone(), "later".into(), random_id)
        };
        script.ask(ada, &later).unwrap();
    }
    let request = GetScheduledMessages { peer: peer.clone(), id: many(1, 3) };
    assert_eq!(ids(script.ask(ada, &request).unwrap()), [1, 3]);
    let request = DeleteScheduledMessages { peer: peer.clone(), id: many(1, 1) };
    let answer = script.ask(ada, &request).unwrap();
    let enums::Update::UpdateDeleteScheduledMessages(gone) = &updates(&answer).updates[0] else {
        panic!()
    };
    assert_eq!(gone.messages, [1]);
    let request = SendScheduledMessages { peer, id: many(2, 3) };
    script.ask(ada, &request).unwrap();
    assert_eq!(script.history(bob, ada.user).len(), 4);
    let request = DeleteMessages { revoke: true, id: many(1, 2) };
    assert_eq!(script.ask(ada, &request).unwrap().pts_count, 2);
}

#[test]
fn what_is_named_many_times_in_a_channel_comes_once() {
    let (mut script, ada, _, _) = two();
    let id = script.channel(ada, &[], false);
    script.say(ada, Peer::Channel(id), "hello").unwrap();
    let channel = script.input_channel(ada, id);
    let by_id = |id| enums::InputMessage::from(types::InputMessageId { id });
    let request = GetChannelMessages { channel: channel.clone(), id: many(by_id(2), by_id(1)) };
    assert_eq!(in_channel(script.ask(ada, &request).unwrap()), [2, 1]);
    let forum = ToggleForum { channel: channel.clone(), enabled: true, tabs: false };
    script.ask(ada, &forum).unwrap();
    let peer = script.place(ada, Peer::Channel(id));
    script.ask(ada, &CreateForumTopic::new(peer.clone(), "Tea".into(), 5)).unwrap();
    let request = GetForumTopicsById { peer, topics: many(1, 3) };
    let found = script.ask(ada, &request).unwrap();
    assert_eq!((found.topics.len(), found.count), (2, 2));
    let request = DeleteChannelMessages { channel, id: many(2, 2) };
    assert_eq!(script.ask(ada, &request).unwrap().pts_count, 1);
}

#[test]
fn no_more_of_a_list_is_looked_at_than_clients_name_at_once() {
    const MAX: i32 = 200;
    let (mut script, ada, bob, _) = two();
    for _ in 2..250 {
        script.send(ada, bob.user, "hello");
    }
    let by_id = |id| enums::InputMessage::from(types::InputMessageId { id });
    let found = script.ask(ada, &GetMessages { id: (1..=250).map(by_id).collect() }).unwrap();
    assert_eq!(ids(found), (1..=MAX).collect::<Vec<i32>>());
    let request = DeleteMessages { revoke: false, id: (1..=250).collect() };
    assert_eq!(script.ask(ada, &request).unwrap().pts_count, MAX);
    let id = script.channel(ada, &[], false);
    for _ in 1..250 {
        script.say(ada, Peer::Channel(id), "hello").unwrap();
    }
    let channel = script.input_channel(ada, id);
    let request = GetChannelMessages { channel, id: (1..=250).map(by_id).collect() };
    let found = in_channel(script.ask(ada, &request).unwrap());
    assert_eq!(found, (1..=MAX).collect::<Vec<i32>>());
}

#[test]
fn no_more_ranges_are_looked_at_than_clients_name_at_once() {
    let (mut script, ada, _, _) = two();
    let id = script.channel(ada, &[], false);
    script.say(ada, Peer::Channel(id), "hello").unwrap();
    let mut ask = |count| {
        let channel = script.input_channel(ada, id);
        let range = types::MessageRange { min_id: 1, max_id: 9 };
        let ranges = vec![range; count];
        let filter = types::ChannelMessagesFilter { exclude_new_messages: false, ranges };
        script.ask(ada, &GetChannelDifference::new(channel, filter.into(), 1, 100)).map(drop)
    };
    assert_eq!(ask(200), Ok(()));
    assert_eq!(ask(201), Err("400 RANGES_INVALID".into()));
}
