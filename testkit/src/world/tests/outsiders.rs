//! Supergroups and broadcast channels: who changes what was said there, or says something about it, and who hears of it.

use telewire::tl::Bytes;
use telewire::tl::api::functions::channels::{
    DeleteMessages, EditAdmin, EditBanned, LeaveChannel, UpdateUsername,
};
use telewire::tl::api::functions::messages::{
    EditMessage, ReadHistory, SendMedia, SendMessage, SendReaction, SendVote, SetTyping,
    UnpinAllMessages, UpdatePinnedMessage,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script, told_to, updates};
use crate::world::Peer;

pub(super) fn thumb() -> Option<Vec<enums::Reaction>> {
    Some(vec![types::ReactionEmoji { emoticon: "👍".into() }.into()])
}

pub(super) fn tea() -> types::InputMediaPoll {
    let words = |text: &str| types::TextWithEntities { text: text.into(), entities: Vec::new() };
    let answers = ["y", "n"].map(|option| {
        let bytes = Bytes::from(option.as_bytes().to_vec());
        types::PollAnswer::new(words(option), bytes).into()
    });
    types::InputMediaPoll::new(types::Poll::new(0, words("Tea?"), answers.to_vec(), 0))
}

pub(super) fn vote(peer: &enums::InputPeer, msg_id: i32) -> SendVote {
    SendVote { peer: peer.clone(), msg_id, options: vec![Bytes::from(b"y".to_vec())] }
}

pub(super) fn react(peer: &enums::InputPeer, id: i32) -> SendReaction {
    SendReaction { reaction: thumb(), ..SendReaction::new(peer.clone(), id) }
}

/// A channel of Ada's, Bob and Eve, which anybody may read: Bob said something that is number 4, and asked, which is number 5.
fn supergroup() -> (Script, Device, Device, Device, i64) {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob, eve], false);
    let channel = script.input_channel(ada, id);
    script.ask(ada, &UpdateUsername { channel, username: "open_to_all".into() }).unwrap();
    script.say(bob, Peer::Channel(id), "bob's").unwrap();
    let peer = script.place(bob, Peer::Channel(id));
    script.ask(bob, &SendMedia::new(peer, tea().into(), String::new(), 900)).unwrap();
    script.told();
    (script, ada, bob, eve, id)
}

/// All that somebody may try with what was said: what each is refused with.
fn tried(script: &mut Script, by: Device, id: i64) -> Vec<String> {
    let peer = script.place(by, Peer::Channel(id));
    let edit = EditMessage { message: Some("x".into()), ..EditMessage::new(peer.clone(), 4) };
    let typing = SetTyping::new(peer.clone(), enums::SendMessageAction::SendMessageTypingAction);
    let channel = script.input_channel(by, id);
    vec![
        script.ask(by, &edit).unwrap_err(),
        script.ask(by, &UpdatePinnedMessage::new(peer.clone(), 4)).unwrap_err(),
        script.ask(by, &UnpinAllMessages::new(peer.clone())).unwrap_err(),
        script.ask(by, &react(&peer, 4)).unwrap_err(),
        script.ask(by, &vote(&peer, 5)).unwrap_err(),
        script.ask(by, &typing).unwrap_err(),
        script.ask(by, &DeleteMessages { channel, id: vec![4] }).unwrap_err(),
    ]
}

#[test]
fn um_05_whoever_left_a_supergroup_changes_nothing_there_though_it_can_be_read() {
    let (mut script, ada, bob, _, id) = supergroup();
    let channel = script.input_channel(bob, id);
    script.ask(bob, &LeaveChannel { channel }).unwrap();
    let before = script.said(ada, Peer::Channel(id)).unwrap();
    script.told();
    let mut refused = ["403 CHAT_WRITE_FORBIDDEN"; 7];
    refused[6] = "403 MESSAGE_DELETE_FORBIDDEN";
    assert_eq!(tried(&mut script, bob, id), refused);
    assert_eq!(script.told(), []);
    assert_eq!(script.said(ada, Peer::Channel(id)).unwrap(), before);
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap().len(), before.len());
}

#[test]
fn um_05_whoever_was_thrown_out_of_a_channel_changes_nothing_there_and_hears_nothing() {
    let (mut script, ada, bob, eve, id) = supergroup();
    let channel = script.input_channel(ada, id);
    let participant = script.place(ada, Peer::User(bob.user));
    let banned_rights =
        types::ChatBannedRights { view_messages: true, ..types::ChatBannedRights::new(0) };
    script.ask(ada, &EditBanned { channel, participant, banned_rights }).unwrap();
    script.told();
    assert_eq!(tried(&mut script, bob, id), ["400 CHANNEL_PRIVATE"; 7]);
    let peer = script.place(eve, Peer::Channel(id));
    script.ask(eve, &react(&peer, 4)).unwrap();
    script.ask(eve, &vote(&peer, 5)).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| to.user).collect::<Vec<_>>(), [ada.user, ada.user]);
}

#[test]
fn whoever_may_not_write_in_a_supergroup_edits_nothing_there() {
    let (mut script, ada, bob, _, id) = supergroup();
    let channel = script.input_channel(ada, id);
    let participant = script.place(ada, Peer::User(bob.user));
    let banned_rights =
        types::ChatBannedRights { send_messages: true, ..types::ChatBannedRights::new(0) };
    script.ask(ada, &EditBanned { channel, participant, banned_rights }).unwrap();
    let peer = script.place(bob, Peer::Channel(id));
    let edit = EditMessage { message: Some("x".into()), ..EditMessage::new(peer, 4) };
    assert_eq!(script.ask(bob, &edit).unwrap_err(), "400 USER_BANNED_IN_CHANNEL");
    assert_eq!(script.said(ada, Peer::Channel(id)).unwrap()[1].2, "bob's");
}

#[test]
fn reactions_in_a_supergroup_are_told_to_its_members_and_are_no_event() {
    let (mut script, ada, bob, eve, id) = supergroup();
    let peer = script.place(eve, Peer::Channel(id));
    let answer = script.ask(eve, &react(&peer, 4)).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| to.user).collect::<Vec<_>>(), [ada.user, bob.user]);
    for all in [&answer, &told[0].1, &told[1].1] {
        let enums::Update::UpdateMessageReactions(update) = &updates(all).updates[0] else {
            panic!("{all:?}")
        };
        let here = types::PeerChannel { channel_id: id }.into();
        assert_eq!((&update.peer, update.msg_id, update.top_msg_id), (&here, 4, None));
        assert!(update.reactions.can_see_list);
        let counts: Vec<_> = update.reactions.results.iter().map(|counted| counted.count).collect();
        assert_eq!(counts, [1]);
        let recent = update.reactions.recent_reactions.as_ref().unwrap();
        assert_eq!(recent[0].peer_id, types::PeerUser { user_id: eve.user }.into());
    }
    // UM-10: whoever reacts and is a stranger is shown in short.
    let Some(enums::User::User(shown)) =
        updates(&told[1].1).users.iter().find(|user| user.id() == eve.user)
    else {
        panic!()
    };
    assert!(shown.min);
    // Taken back, and told again.
    let none = SendReaction { reaction: None, ..react(&peer, 4) };
    script.ask(eve, &none).unwrap();
    let told = told_to(&mut script, bob.user);
    let [enums::Update::UpdateMessageReactions(update)] = &told[..] else { panic!() };
    assert_eq!(update.reactions.results, []);
    assert_eq!(script.ask(eve, &none).unwrap_err(), "400 MESSAGE_NOT_MODIFIED");
    let named = script.input_channel(bob, id);
    let full = telewire::tl::api::functions::channels::GetFullChannel { channel: named };
    let enums::ChatFull::ChannelFull(full) = script.ask(bob, &full).unwrap().full_chat else {
        panic!()
    };
    assert_eq!(full.pts, 6);
}

#[test]
fn reactions_to_what_a_channel_posted_are_counted_and_nobody_hears_whose_they_are() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob, eve], true);
    script.say(ada, Peer::Channel(id), "news").unwrap();
    script.told();
    let peer = script.place(bob, Peer::Channel(id));
    script.ask(bob, &react(&peer, 2)).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| to.user).collect::<Vec<_>>(), [ada.user, eve.user]);
    let enums::Update::UpdateMessageReactions(update) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    let reactions = &update.reactions;
    assert_eq!((reactions.results[0].count, reactions.can_see_list), (1, false));
    assert_eq!(reactions.recent_reactions, None);
    assert_eq!(updates(&told[0].1).users, []);
}

#[test]
fn votes_in_a_channel_are_told_to_its_members_each_once() {
    let (mut script, ada, bob, eve, id) = supergroup();
    // The same poll is in a private chat of Ada's and Bob's too.
    let (from, to) = (script.place(bob, Peer::Channel(id)), script.input_peer(bob, ada.user));
    let forward =
        telewire::tl::api::functions::messages::ForwardMessages::new(from, vec![5], vec![901], to);
    script.ask(bob, &forward).unwrap();
    script.told();
    let peer = script.place(eve, Peer::Channel(id));
    script.ask(eve, &vote(&peer, 5)).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| to.user).collect::<Vec<_>>(), [ada.user, bob.user]);
    for (_, all) in told {
        let enums::Update::UpdateMessagePoll(update) = &updates(&all).updates[0] else { panic!() };
        assert_eq!(update.results.total_voters, Some(1));
    }
    let peer = script.place(ada, Peer::Channel(id));
    let wrong = SendVote { options: vec![Bytes::from(b"?".to_vec())], ..vote(&peer, 5) };
    assert_eq!(script.ask(ada, &wrong).unwrap_err(), "400 OPTION_INVALID");
}

#[test]
fn um_11_what_was_sent_into_a_channel_is_answered_as_then_whatever_happened_to_it() {
    for is_broadcast in [false, true] {
        for what in 0..5 {
            let mut script = Script::new();
            let (ada, bob) = (script.user("Ada"), script.user("Bob"));
            // Ada's own box has other messages of these numbers, which are others now.
            for text in ["one", "two", "three", "four"] {
                script.send(ada, bob.user, text);
            }
            for id in 1..=4 {
                let peer = script.input_peer(ada, bob.user);
                let edit = EditMessage { message: Some("x".into()), ..EditMessage::new(peer, id) };
                script.ask(ada, &edit).unwrap();
            }
            let id = script.channel(ada, &[bob], is_broadcast);
            let peer = script.place(ada, Peer::Channel(id));
            let request = SendMessage::new(peer.clone(), "hello".into(), 7);
            let asked = SendMedia::new(peer.clone(), tea().into(), String::new(), 8);
            let first = script.ask(ada, &request).unwrap();
            let first_poll = script.ask(ada, &asked).unwrap();
            let message = if is_broadcast { 2 } else { 3 };
            match what {
                0 => {
                    let edit = EditMessage {
                        message: Some("other".into()),
                        ..EditMessage::new(peer.clone(), message)
                    };
                    script.ask(ada, &edit).unwrap();
                }
                1 => {
                    let pin = UpdatePinnedMessage::new(peer.clone(), message);
                    script.ask(ada, &pin).unwrap();
                }
                2 => {
                    let peer = script.place(bob, Peer::Channel(id));
                    script.ask(bob, &react(&peer, message)).unwrap();
                }
                3 => {
                    let peer = script.place(bob, Peer::Channel(id));
                    script.ask(bob, &vote(&peer, message + 1)).unwrap();
                }
                _ => {
                    let channel = script.input_channel(ada, id);
                    let ids = vec![message, message + 1];
                    script.ask(ada, &DeleteMessages { channel, id: ids }).unwrap();
                }
            }
            assert_eq!(script.ask(ada, &request).unwrap(), first, "{is_broadcast} {what}");
            assert_eq!(script.ask(ada, &asked).unwrap(), first_poll, "{is_broadcast} {what}");
        }
    }
}

#[test]
fn um_11_a_poll_is_answered_as_it_stood_then() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let peer = script.input_peer(ada, bob.user);
    let request = SendMedia::new(peer, tea().into(), String::new(), 7);
    let first = script.ask(ada, &request).unwrap();
    let theirs = script.input_peer(bob, ada.user);
    script.ask(bob, &vote(&theirs, 1)).unwrap();
    assert_eq!(script.ask(ada, &request).unwrap(), first);
}

#[test]
fn um_04_reading_is_told_among_those_who_are_in_a_group() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob, eve]);
    let place = script.place(ada, Peer::Chat(id));
    script.say(bob, Peer::Chat(id), "bob's").unwrap();
    script.say(ada, Peer::Chat(id), "ada's").unwrap();
    let remove = |user_id| telewire::tl::api::functions::messages::DeleteChatUser::new(id, user_id);
    let user = script.input_user(ada, bob.user).into();
    script.ask(ada, &remove(user)).unwrap();
    script.told();
    // Eve reads what Bob wrote, and Bob what Ada did.
    script.ask(eve, &ReadHistory { peer: place.clone(), max_id: 0 }).unwrap();
    script.ask(bob, &ReadHistory { peer: place.clone(), max_id: 0 }).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| to.user).collect::<Vec<_>>(), [ada.user]);
}

#[test]
fn what_a_channel_posted_is_edited_and_deleted_by_those_of_its_admins_who_may() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob, eve], true);
    let promote = |script: &mut Script, other: Device, rights: types::ChatAdminRights| {
        let channel = script.input_channel(ada, id);
        let user_id = script.input_user(ada, other.user).into();
        let request = EditAdmin {
            admin_rights: rights,
            ..EditAdmin::new(channel, user_id, types::ChatAdminRights::new())
        };
        script.ask(ada, &request).unwrap();
    };
    let none = types::ChatAdminRights::new();
    promote(&mut script, bob, types::ChatAdminRights { post_messages: true, ..none.clone() });
    promote(&mut script, eve, types::ChatAdminRights { edit_messages: true, ..none.clone() });
    script.say(ada, Peer::Channel(id), "ada's").unwrap();
    script.say(bob, Peer::Channel(id), "bob's").unwrap();
    script.told();
    let edit = |script: &mut Script, by: Device, message: i32, text: &str| {
        let peer = script.place(by, Peer::Channel(id));
        let request = EditMessage { message: Some(text.into()), ..EditMessage::new(peer, message) };
        script.ask(by, &request).map(drop)
    };
    assert_eq!(edit(&mut script, bob, 2, "x"), Err("403 MESSAGE_AUTHOR_REQUIRED".into()));
    edit(&mut script, bob, 3, "bob's, once more").unwrap();
    edit(&mut script, eve, 2, "ada's, changed").unwrap();
    let told = script.told();
    assert!(told.iter().all(|(_, all)| updates(all).users.is_empty()), "{told:?}");
    // The right to post is gone, and with it that to change what one posted.
    promote(&mut script, bob, types::ChatAdminRights { invite_users: true, ..none });
    assert_eq!(edit(&mut script, bob, 3, "x"), Err("400 CHAT_ADMIN_REQUIRED".into()));
    let channel = script.input_channel(bob, id);
    let delete = DeleteMessages { channel, id: vec![3] };
    assert_eq!(script.ask(bob, &delete).unwrap_err(), "403 MESSAGE_DELETE_FORBIDDEN");
    let said = script.said(ada, Peer::Channel(id)).unwrap();
    assert_eq!((said[1].2.as_str(), said[0].2.as_str()), ("ada's, changed", "bob's, once more"));
}

#[test]
fn whoever_may_not_bring_people_makes_no_admin_of_somebody_who_is_not_there() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], false);
    let rights = types::ChatAdminRights { add_admins: true, ..types::ChatAdminRights::new() };
    let promote = |script: &mut Script, by: Device, other: Device| {
        let channel = script.input_channel(by, id);
        let user_id = script.input_user(by, other.user).into();
        script.ask(by, &EditAdmin::new(channel, user_id, rights.clone())).map(drop)
    };
    promote(&mut script, ada, bob).unwrap();
    let refused = promote(&mut script, bob, eve).unwrap_err();
    assert_eq!(refused, "403 CHAT_ADMIN_INVITE_REQUIRED");
    assert!(script.said(eve, Peer::Channel(id)).is_err());
}

#[test]
fn um_02_one_side_there_is_in_private_chats_and_not_for_bots() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let id = script.group(ada, &[bob]);
    script.say(ada, Peer::Chat(id), "hello").unwrap();
    script.told();
    let peer = script.place(ada, Peer::Chat(id));
    let pin = UpdatePinnedMessage { pm_oneside: true, ..UpdatePinnedMessage::new(peer, 2) };
    script.ask(ada, &pin).unwrap();
    let told = told_to(&mut script, bob.user);
    assert!(matches!(&told[0], enums::Update::UpdatePinnedMessages(_)), "{told:?}");
    script.send(echo, ada.user, "hello");
    let peer = script.input_peer(echo, ada.user);
    let pin = UpdatePinnedMessage { pm_oneside: true, ..UpdatePinnedMessage::new(peer, 1) };
    assert_eq!(script.ask(echo, &pin).unwrap_err(), "400 BOT_ONESIDE_NOT_AVAIL");
    let pin = UpdatePinnedMessage { pm_oneside: false, ..pin };
    script.ask(echo, &pin).unwrap();
}
