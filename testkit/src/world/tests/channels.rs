//! Supergroups and broadcast channels: what is said there, and what they are.

use std::time::Duration;

use telewire::tl::api::functions::channels::{
    CheckUsername, CreateChannel, DeleteChannel, DeleteMessages, DeleteParticipantHistory,
    EditTitle, ExportMessageLink, GetChannels, GetFullChannel, GetMessages, LeaveChannel,
    ReadHistory, ToggleSlowMode, UpdateUsername,
};
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::functions::messages::{
    DeleteHistory, EditChatAbout, EditChatDefaultBannedRights, EditMessage, ExportChatInvite,
    GetDialogs, ImportChatInvite, SendMessage, SetTyping, UnpinAllMessages, UpdatePinnedMessage,
};
use telewire::tl::api::{enums, types};

use super::places::{Said, chats, new_here, said};
use super::{Device, Script, updates};
use crate::world::Peer;

fn full(script: &mut Script, device: Device, id: i64) -> Result<types::ChannelFull, String> {
    let channel = script.input_channel(device, id);
    match script.ask(device, &GetFullChannel { channel })?.full_chat {
        enums::ChatFull::ChannelFull(full) => Ok(*full),
        other => panic!("{other:?}"),
    }
}

fn shown(script: &mut Script, device: Device, id: i64) -> Result<enums::Chat, String> {
    let channel = script.input_channel(device, id);
    match script.ask(device, &GetChannels { id: vec![channel] })? {
        enums::messages::Chats::Chats(all) => Ok(all.chats[0].clone()),
        other => panic!("{other:?}"),
    }
}

fn by_number(script: &mut Script, device: Device, id: i64, ids: &[i32]) -> Vec<Said> {
    let channel = script.input_channel(device, id);
    let ids = ids.iter().map(|id| types::InputMessageId { id: *id }.into()).collect();
    match script.ask(device, &GetMessages { channel, id: ids }).unwrap() {
        enums::messages::Messages::ChannelMessages(all) => all.messages.iter().map(said).collect(),
        other => panic!("{other:?}"),
    }
}

/// The only update of each push, and to whom.
fn only(told: &[(Device, enums::Updates)]) -> Vec<(i64, enums::Update)> {
    told.iter().map(|(to, all)| (to.user, updates(all).updates[0].clone())).collect()
}

#[test]
fn um_01_a_channel_has_one_box_for_all() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob, eve], false);
    let channel = Peer::Channel(id);
    // Numbers that differ elsewhere: Bob's box has more.
    script.send(bob, eve.user, "one");
    script.told();
    let before = [script.pts(ada), script.pts(bob)];
    // Made, and two were invited: three messages are there.
    let answer = script.say(ada, channel, "hello").unwrap();
    assert_eq!(new_here(&answer), [((4, true, "hello".into()), 5)]);
    let told = script.told();
    let told: Vec<_> = told.iter().map(|(to, all)| (to.user, new_here(all))).collect();
    let hello = |is_out| (4, is_out, "hello".to_owned());
    let theirs = vec![(hello(false), 5)];
    assert_eq!(told, [(bob.user, theirs.clone()), (eve.user, theirs)]);
    assert_eq!(script.said(ada, channel).unwrap()[0], hello(true));
    assert_eq!(script.said(bob, channel).unwrap()[0], hello(false));
    assert_eq!(by_number(&mut script, eve, id, &[4, 9]), [hello(false), (9, false, "-".into())]);
    assert_eq!([script.pts(ada), script.pts(bob)], before);
    let nobody = types::InputChannel { channel_id: id + 1, access_hash: 0 };
    let refused = script.ask(ada, &GetMessages { channel: nobody.into(), id: vec![] });
    assert_eq!(refused.unwrap_err(), "400 CHANNEL_INVALID");
    let named = script.input_channel(ada, id);
    let refused = script.ask(ada, &GetMessages { channel: named, id: vec![] });
    assert_eq!(refused.unwrap_err(), "400 MESSAGE_IDS_EMPTY");
}

#[test]
fn um_03_what_was_sent_into_a_channel_is_told_to_the_other_sessions_and_not_sent_again() {
    let mut script = Script::new();
    let ada = script.world.user("Ada");
    let (phone, desktop) = (script.device(&ada), script.device(&ada));
    let id = script.channel(phone, &[], false);
    let peer = script.place(phone, Peer::Channel(id));
    let request = SendMessage::new(peer, "hello".into(), 7);
    let first = script.ask(phone, &request).unwrap();
    let number = types::UpdateMessageId { id: 2, random_id: 7 };
    assert_eq!(updates(&first).updates[0], number.into());
    let told = script.told();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, new_here(&told[0].1)), (desktop, vec![((2, true, "hello".into()), 3)]));
    assert_eq!(script.ask(phone, &request).unwrap(), first);
    assert_eq!(script.told(), []);
}

#[test]
fn broadcasts_are_posted_by_admins_and_have_no_author() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], true);
    let channel = Peer::Channel(id);
    script.say(ada, channel, "news").unwrap();
    let told = script.told();
    let enums::Update::UpdateNewChannelMessage(new) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    let news = super::message(new.message.clone());
    assert!(news.post && news.from_id.is_none() && news.views.is_some());
    assert_eq!(updates(&told[0].1).users, []);
    assert_eq!(script.say(bob, channel, "mine").unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(script.say(eve, channel, "mine").unwrap_err(), "400 CHANNEL_PRIVATE");
}

#[test]
fn a_channel_is_what_its_founder_said() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], false);
    let enums::Chat::Channel(mine) = shown(&mut script, ada, id).unwrap() else { panic!() };
    assert!(mine.creator && mine.megagroup && !mine.broadcast && mine.admin_rights.is_some());
    let enums::Chat::Channel(theirs) = shown(&mut script, bob, id).unwrap() else { panic!() };
    assert!(!theirs.creator && theirs.admin_rights.is_none());
    assert_ne!(mine.access_hash, theirs.access_hash);
    let about = full(&mut script, bob, id).unwrap();
    assert_eq!((&*about.about, about.participants_count, about.pts), ("about", Some(2), 3));
    assert_eq!(full(&mut script, eve, id).unwrap_err(), "400 CHANNEL_PRIVATE");
    // With the right hash she hears that it is there.
    let hidden = shown(&mut script, eve, id).unwrap();
    assert!(matches!(hidden, enums::Chat::ChannelForbidden(_)));
    let stolen = GetChannels { id: vec![script.input_channel(ada, id)] };
    assert_eq!(script.ask(bob, &stolen).unwrap_err(), "400 CHANNEL_INVALID");
    let nameless = CreateChannel::new("".into(), "about".into());
    assert_eq!(script.ask(ada, &nameless).unwrap_err(), "400 CHAT_TITLE_EMPTY");
    let long = CreateChannel::new("Channel".into(), "a".repeat(256));
    assert_eq!(script.ask(ada, &long).unwrap_err(), "400 CHAT_ABOUT_TOO_LONG");
}

#[test]
fn titles_and_words_about_a_channel_are_changed_by_those_who_may() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], true);
    let title = |script: &mut Script, by| {
        let channel = script.input_channel(by, id);
        script.ask(by, &EditTitle { channel, title: "Better".into() }).map(drop)
    };
    let about = |script: &mut Script, by| {
        let peer = script.place(by, Peer::Channel(id));
        script.ask(by, &EditChatAbout { peer, about: "better".into() }).map(drop)
    };
    assert_eq!(title(&mut script, bob), Err("400 CHAT_ADMIN_REQUIRED".into()));
    assert_eq!(about(&mut script, bob), Err("400 CHAT_ADMIN_REQUIRED".into()));
    title(&mut script, ada).unwrap();
    about(&mut script, ada).unwrap();
    let told = script.told();
    assert_eq!(new_here(&told[0].1)[0].0.2, "ChatEditTitle");
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert_eq!(shown.title, "Better");
    assert_eq!(full(&mut script, bob, id).unwrap().about, "better");
    assert_eq!(title(&mut script, ada), Err("400 CHAT_NOT_MODIFIED".into()));
    assert_eq!(about(&mut script, ada), Err("400 CHAT_ABOUT_NOT_MODIFIED".into()));
}

#[test]
fn people_and_channels_share_the_names() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.world.set_username(bob.user, "Babbage").unwrap();
    let id = script.channel(ada, &[], false);
    let other = script.channel(ada, &[], false);
    let check = |script: &mut Script, name: &str| {
        let channel = script.input_channel(ada, id);
        script.ask(ada, &CheckUsername { channel, username: name.into() })
    };
    let name = |script: &mut Script, by, id, name: &str| {
        let channel = script.input_channel(by, id);
        script.ask(by, &UpdateUsername { channel, username: name.into() })
    };
    assert_eq!(check(&mut script, "babbage"), Ok(false));
    assert_eq!(check(&mut script, "x"), Err("400 USERNAME_INVALID".into()));
    assert_eq!(check(&mut script, "Engines"), Ok(true));
    let taken = Err("400 USERNAME_OCCUPIED".into());
    assert_eq!(name(&mut script, ada, id, "babbage"), taken);
    assert_eq!(name(&mut script, ada, id, "Engines"), Ok(true));
    assert_eq!(name(&mut script, ada, id, "Engines"), Err("400 USERNAME_NOT_MODIFIED".into()));
    assert_eq!(name(&mut script, ada, other, "engines"), taken);
    assert_eq!(name(&mut script, bob, id, "other"), Err("400 CHAT_ADMIN_REQUIRED".into()));
    let occupied = script.world.set_username(bob.user, "engines").unwrap_err();
    assert_eq!(occupied.name, "USERNAME_OCCUPIED");
    let resolve = ResolveUsername { username: "ENGINES".into(), referer: None };
    let found = script.ask(bob, &resolve).unwrap();
    let enums::Chat::Channel(channel) = &found.chats[0] else { panic!() };
    assert_eq!(
        (channel.id, channel.left, channel.username.as_deref()),
        (id, true, Some("Engines"))
    );
    assert_eq!(found.peer, Peer::Channel(id).to_tl());
    // Whoever finds it may read it, and not write.
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap().len(), 1);
    let refused = script.say(bob, Peer::Channel(id), "hello").unwrap_err();
    assert_eq!(refused, "403 CHAT_WRITE_FORBIDDEN");
    assert_eq!(name(&mut script, ada, id, ""), Ok(true));
    assert_eq!(script.ask(bob, &resolve).unwrap_err(), "400 USERNAME_NOT_OCCUPIED");
    assert_eq!(script.said(bob, Peer::Channel(id)).unwrap_err(), "400 CHANNEL_PRIVATE");
    script.world.set_username(bob.user, "engines").unwrap();
}

#[test]
fn a_channel_that_was_deleted_is_nobody_s_and_its_name_is_free() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = script.input_channel(ada, id);
    let name = UpdateUsername { channel: channel.clone(), username: "engines".into() };
    script.ask(ada, &name).unwrap();
    script.told();
    let theirs = DeleteChannel { channel: script.input_channel(bob, id) };
    assert_eq!(script.ask(bob, &theirs).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    let peer = script.place(ada, Peer::Channel(id));
    let link = script.ask(ada, &ExportChatInvite::new(peer)).unwrap();
    let enums::ExportedChatInvite::ChatInviteExported(link) = link else { panic!() };
    script.ask(ada, &DeleteChannel { channel }).unwrap();
    let hash = link.link.rsplit('+').next().unwrap().into();
    let expired = script.ask(bob, &ImportChatInvite { hash }).unwrap_err();
    assert_eq!(expired, "400 INVITE_HASH_EXPIRED");
    let told = script.told();
    assert_eq!(told[0].0, bob);
    assert!(matches!(chats(&told[0].1)[0], enums::Chat::ChannelForbidden(_)));
    for device in [ada, bob] {
        let gone = script.say(device, Peer::Channel(id), "hello").unwrap_err();
        assert_eq!(gone, "400 CHANNEL_PRIVATE");
    }
    script.world.set_username(bob.user, "engines").unwrap();
}

#[test]
fn slow_mode_is_by_the_world_s_time_and_not_for_admins() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    let slow = |script: &mut Script, by, seconds| {
        let channel = script.input_channel(by, id);
        script.ask(by, &ToggleSlowMode { channel, seconds }).map(drop)
    };
    assert_eq!(slow(&mut script, bob, 10), Err("400 CHAT_ADMIN_REQUIRED".into()));
    assert_eq!(slow(&mut script, ada, 7), Err("400 SECONDS_INVALID".into()));
    assert_eq!(slow(&mut script, ada, 0), Err("400 CHAT_NOT_MODIFIED".into()));
    slow(&mut script, ada, 10).unwrap();
    let told = script.told();
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert!(shown.slowmode_enabled);
    script.say(bob, channel, "one").unwrap();
    assert_eq!(script.say(bob, channel, "two").unwrap_err(), "420 SLOWMODE_WAIT_10");
    script.unix += Duration::from_secs(4);
    assert_eq!(script.say(bob, channel, "two").unwrap_err(), "420 SLOWMODE_WAIT_6");
    let wait = full(&mut script, bob, id).unwrap();
    let next = wait.slowmode_next_send_date;
    assert_eq!((wait.slowmode_seconds, next), (Some(10), Some(1_700_000_010)));
    script.unix += Duration::from_secs(6);
    script.say(bob, channel, "two").unwrap();
    for _ in 0..3 {
        script.say(ada, channel, "as often as I like").unwrap();
    }
}

#[test]
fn what_members_of_a_supergroup_may_not_is_refused_to_them() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    let peer = script.place(ada, channel);
    let forbid = |rights: types::ChatBannedRights| EditChatDefaultBannedRights {
        peer: peer.clone(),
        banned_rights: rights,
    };
    let none = types::ChatBannedRights::new(0);
    script
        .ask(ada, &forbid(types::ChatBannedRights { send_messages: true, ..none.clone() }))
        .unwrap();
    let told = only(&script.told());
    assert_eq!(told[0].0, bob.user);
    assert!(matches!(told[0].1, enums::Update::UpdateChatDefaultBannedRights(_)));
    assert_eq!(script.say(bob, channel, "hello").unwrap_err(), "403 CHAT_WRITE_FORBIDDEN");
    script.ask(ada, &forbid(types::ChatBannedRights { send_plain: true, ..none.clone() })).unwrap();
    assert_eq!(script.say(bob, channel, "hello").unwrap_err(), "403 CHAT_SEND_PLAIN_FORBIDDEN");
    let all = types::ChatBannedRights { view_messages: true, ..none };
    assert_eq!(script.ask(ada, &forbid(all)).unwrap_err(), "400 BANNED_RIGHTS_INVALID");
}

#[test]
fn um_05_an_edit_in_a_channel_is_one_event() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    script.say(bob, Peer::Channel(id), "helo").unwrap();
    script.told();
    let edit = |script: &mut Script, by, id, message: i32, text: &str| {
        let peer = script.place(by, Peer::Channel(id));
        let request = EditMessage { message: Some(text.into()), ..EditMessage::new(peer, message) };
        script.ask(by, &request)
    };
    for (by, message, text, error) in [
        (ada, 3, "hello", "403 MESSAGE_AUTHOR_REQUIRED"),
        (bob, 3, "helo", "400 MESSAGE_NOT_MODIFIED"),
        (bob, 3, " ", "400 MESSAGE_EMPTY"),
        (bob, 9, "hello", "400 MESSAGE_ID_INVALID"),
        // A service message.
        (ada, 1, "hello", "400 MESSAGE_ID_INVALID"),
    ] {
        assert_eq!(edit(&mut script, by, id, message, text).unwrap_err(), error);
    }
    script.unix += Duration::from_secs(5);
    edit(&mut script, bob, id, 3, "hello").unwrap();
    let told = only(&script.told());
    let [(to, enums::Update::UpdateEditChannelMessage(update))] = &told[..] else { panic!() };
    let now = super::message(update.message.clone());
    assert_eq!((*to, update.pts, update.pts_count), (ada.user, 5, 1));
    assert_eq!((&*now.message, now.edit_date), ("hello", Some(1_700_000_005)));
    assert_eq!(script.said(ada, Peer::Channel(id)).unwrap()[0].2, "hello");
}

#[test]
fn um_02_a_deletion_in_a_channel_counts_what_was_there() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    script.say(ada, channel, "Ada's").unwrap();
    script.say(bob, channel, "Bob's").unwrap();
    script.told();
    let delete = |script: &mut Script, by, ids: &[i32]| {
        let channel = script.input_channel(by, id);
        let done = script.ask(by, &DeleteMessages { channel, id: ids.to_vec() })?;
        Ok::<_, String>((done.pts, done.pts_count))
    };
    let refused = delete(&mut script, bob, &[4, 3]);
    assert_eq!(refused, Err("403 MESSAGE_DELETE_FORBIDDEN".into()));
    assert_eq!(script.told(), []);
    assert_eq!(delete(&mut script, bob, &[4]), Ok((6, 1)));
    assert_eq!(delete(&mut script, ada, &[3, 2, 3, 4, 99]), Ok((8, 2)));
    let told = only(&script.told());
    let gone = |to: Device, messages: &[i32], pts, pts_count| {
        let messages = messages.to_vec();
        let channel_id = id;
        let update = types::UpdateDeleteChannelMessages { channel_id, messages, pts, pts_count };
        (to.user, update.into())
    };
    assert_eq!(told, [gone(ada, &[4], 6, 1), gone(bob, &[2, 3], 8, 2)]);
    assert_eq!(script.said(bob, channel).unwrap().len(), 1);
    // Nothing of it is there: no event.
    assert_eq!(delete(&mut script, ada, &[3]), Ok((8, 0)));
    assert_eq!(script.told(), []);
}

#[test]
fn all_that_somebody_said_goes_by_an_admin() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    for (by, text) in [(bob, "one"), (ada, "two"), (bob, "three")] {
        script.say(by, channel, text).unwrap();
    }
    script.told();
    let delete = |script: &mut Script, by, of: Device| {
        let channel = script.input_channel(by, id);
        let participant = script.input_peer(by, of.user);
        let done = script.ask(by, &DeleteParticipantHistory { channel, participant })?;
        Ok::<_, String>((done.pts, done.pts_count, done.offset))
    };
    let refused = delete(&mut script, bob, ada);
    assert_eq!(refused, Err("400 CHAT_ADMIN_REQUIRED".into()));
    assert_eq!(delete(&mut script, ada, bob), Ok((8, 2, 0)));
    let told = only(&script.told());
    let enums::Update::UpdateDeleteChannelMessages(gone) = &told[0].1 else { panic!() };
    assert_eq!(gone.messages, [3, 5]);
    let left: Vec<_> = script.said(bob, channel).unwrap().into_iter().map(|said| said.0).collect();
    assert_eq!(left, [4, 2, 1]);
}

#[test]
fn a_message_has_a_link_by_the_name_or_the_number_of_its_channel() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let link = |script: &mut Script, message| {
        let channel = script.input_channel(bob, id);
        script.ask(bob, &ExportMessageLink::new(channel, message)).map(|link| link.link)
    };
    assert_eq!(link(&mut script, 2), Ok(format!("https://t.me/c/{id}/2")));
    assert_eq!(link(&mut script, 3), Err("400 MESSAGE_ID_INVALID".into()));
    let channel = script.input_channel(ada, id);
    script.ask(ada, &UpdateUsername { channel, username: "engines".into() }).unwrap();
    assert_eq!(link(&mut script, 2), Ok("https://t.me/engines/2".into()));
}

#[test]
fn um_02_a_pin_in_a_channel_is_an_event_and_a_message_says_who_did_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    script.say(bob, channel, "hello").unwrap();
    script.told();
    let pin = |script: &mut Script, by, message, unpin| {
        let peer = script.place(by, channel);
        let request = UpdatePinnedMessage { unpin, ..UpdatePinnedMessage::new(peer, message) };
        script.ask(by, &request).map(drop)
    };
    assert_eq!(pin(&mut script, ada, 99, false), Err("400 MESSAGE_ID_INVALID".into()));
    pin(&mut script, ada, 3, false).unwrap();
    let told = script.told();
    let enums::Update::UpdatePinnedChannelMessages(update) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    assert_eq!((update.pinned, &*update.messages, update.pts), (true, &[3][..], 5));
    assert_eq!(new_here(&told[1].1), [((4, false, "PinMessage".into()), 6)]);
    assert_eq!(full(&mut script, bob, id).unwrap().pinned_msg_id, Some(3));
    let named = script.input_channel(bob, id);
    let request = GetMessages {
        channel: named,
        id: vec![
            enums::InputMessage::InputMessagePinned,
            types::InputMessageReplyTo { id: 4 }.into(),
            types::InputMessageId { id: 1 }.into(),
        ],
    };
    let enums::messages::Messages::ChannelMessages(all) = script.ask(bob, &request).unwrap() else {
        panic!()
    };
    // What is pinned, what the message about the pin replies to, and another.
    let found: Vec<_> = all.messages.iter().map(|message| said(message).0).collect();
    assert_eq!(found, [3, 3, 1]);
    assert!(super::message(all.messages[0].clone()).pinned);
    assert_eq!(pin(&mut script, ada, 3, false), Err("400 CHAT_NOT_MODIFIED".into()));
    pin(&mut script, ada, 3, true).unwrap();
    assert_eq!(full(&mut script, bob, id).unwrap().pinned_msg_id, None);
    // All of them at once.
    script.say(bob, channel, "another").unwrap();
    let another = script.said(bob, channel).unwrap()[0].0;
    pin(&mut script, ada, 3, false).unwrap();
    pin(&mut script, ada, another, false).unwrap();
    script.told();
    let unpin = UnpinAllMessages::new(script.place(bob, channel));
    let done = script.ask(bob, &unpin).unwrap();
    assert_eq!(done.pts_count, 2);
    let gone = types::UpdatePinnedChannelMessages {
        pinned: false,
        channel_id: id,
        messages: vec![3, another],
        pts: done.pts,
        pts_count: 2,
    };
    assert_eq!(only(&script.told()), [(ada.user, gone.into())]);
    // Their own boxes have messages of these numbers, which are not meant.
    script.send(bob, ada.user, "mine");
    let delete = DeleteHistory::new(script.place(bob, channel), 0);
    assert_eq!(script.ask(bob, &delete).unwrap_err(), "400 PEER_ID_INVALID");
    assert_eq!(script.history(bob, ada.user).len(), 1);
    // What is gone is not pinned.
    pin(&mut script, ada, 3, false).unwrap();
    let named = script.input_channel(ada, id);
    script.ask(ada, &DeleteMessages { channel: named, id: vec![3] }).unwrap();
    assert_eq!(full(&mut script, bob, id).unwrap().pinned_msg_id, None);
    let news = script.channel(ada, &[bob], true);
    let peer = script.place(bob, Peer::Channel(news));
    let refused = script.ask(bob, &UpdatePinnedMessage::new(peer, 1)).unwrap_err();
    assert_eq!(refused, "400 CHAT_ADMIN_REQUIRED");
}

#[test]
fn um_04_that_a_channel_was_read_is_no_event_and_readers_differ() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.world.user("Bob"));
    let (phone, desktop) = (script.device(&bob), script.device(&bob));
    let id = script.channel(ada, &[phone], false);
    let channel = Peer::Channel(id);
    for text in ["one", "two", "three"] {
        script.say(ada, channel, text).unwrap();
    }
    script.told();
    let state = |script: &mut Script, device| {
        let full = full(script, device, id).unwrap();
        (full.read_inbox_max_id, full.unread_count, full.pts)
    };
    assert_eq!(state(&mut script, phone), (1, 4, 6));
    assert_eq!(state(&mut script, ada), (5, 0, 6));
    let read = |script: &mut Script, max_id| {
        let channel = script.input_channel(phone, id);
        script.ask(phone, &ReadHistory { channel, max_id })
    };
    assert_eq!(read(&mut script, 4), Ok(true));
    let told = script.told();
    let enums::Update::UpdateReadChannelInbox(update) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    // With the position that the box has, and nobody else hears of it.
    assert_eq!((told.len(), told[0].0, update.max_id), (1, desktop, 4));
    assert_eq!((update.still_unread_count, update.pts), (1, 6));
    assert_eq!(state(&mut script, phone), (4, 1, 6));
    // Backwards is nothing.
    assert_eq!(read(&mut script, 2), Ok(true));
    assert_eq!(script.told(), []);
    assert_eq!(state(&mut script, phone), (4, 1, 6));
    assert_eq!(full(&mut script, ada, id).unwrap().read_outbox_max_id, 4);
    let stranger = script.user("Eve");
    let channel = script.input_channel(stranger, id);
    let refused = script.ask(stranger, &ReadHistory { channel, max_id: 4 }).unwrap_err();
    assert_eq!(refused, "400 CHANNEL_PRIVATE");
}

#[test]
fn channels_are_in_the_list_of_chats_of_those_who_are_in_them() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let list = |script: &mut Script, by| {
        let peer = enums::InputPeer::InputPeerEmpty;
        let request = GetDialogs::new(0, 0, peer, 10, 0);
        let enums::messages::Dialogs::Dialogs(all) = script.ask(by, &request).unwrap() else {
            panic!()
        };
        assert_eq!(all.dialogs.len(), all.messages.len());
        let dialogs = all.dialogs.iter().map(|dialog| match dialog {
            enums::Dialog::Dialog(one) => (one.peer.clone(), one.unread_count, one.pts),
            other => panic!("{other:?}"),
        });
        dialogs.collect::<Vec<_>>()
    };
    script.unix += Duration::from_secs(1);
    script.send(ada, bob.user, "hello");
    let channel = Peer::Channel(id);
    let person = (Peer::User(ada.user).to_tl(), 1, None);
    let before = [person.clone(), (channel.to_tl(), 1, Some(3))];
    assert_eq!(list(&mut script, bob), before);
    script.unix += Duration::from_secs(1);
    script.say(ada, channel, "hello").unwrap();
    assert_eq!(list(&mut script, bob), [(channel.to_tl(), 2, Some(4)), person.clone()]);
    let leave = LeaveChannel { channel: script.input_channel(bob, id) };
    script.ask(bob, &leave).unwrap();
    assert_eq!(list(&mut script, bob), [person]);
}

#[test]
fn that_somebody_writes_in_a_group_is_told_to_the_others_there() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let group = Peer::Chat(script.group(ada, &[bob]));
    let channel = Peer::Channel(script.channel(ada, &[bob], false));
    script.told();
    let typing = |script: &mut Script, by, place| {
        let peer = script.place(by, place);
        let action = enums::SendMessageAction::SendMessageTypingAction;
        script.ask(by, &SetTyping::new(peer, action))
    };
    for place in [group, channel] {
        assert_eq!(typing(&mut script, ada, place), Ok(true));
        let told = only(&script.told());
        assert_eq!((told.len(), told[0].0), (1, bob.user));
        let from = match &told[0].1 {
            enums::Update::UpdateChatUserTyping(update) => &update.from_id,
            enums::Update::UpdateChannelUserTyping(update) => &update.from_id,
            other => panic!("{other:?}"),
        };
        assert_eq!(*from, Peer::User(ada.user).to_tl());
    }
    assert_eq!(typing(&mut script, eve, group), Err("400 PEER_ID_INVALID".into()));
    assert_eq!(typing(&mut script, eve, channel), Err("400 CHANNEL_PRIVATE".into()));
}
