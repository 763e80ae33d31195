//! Basic groups: UM-01, UM-03, and who may what.

use telewire::tl::api::functions::messages::{
    AddChatUser, CreateChat, DeleteChat, DeleteChatUser, EditChatAbout, EditChatAdmin,
    EditChatDefaultBannedRights, EditChatTitle, GetChats, GetFullChat, MigrateChat, SendMessage,
};
use telewire::tl::api::functions::updates::GetDifference;
use telewire::tl::api::{enums, types};

use super::places::{chats, new_here};
use super::{Device, Script, updates};
use crate::world::Peer;

fn add(script: &mut Script, by: Device, chat_id: i64, other: Device) -> Result<(), String> {
    let user_id = script.input_user(by, other.user).into();
    script.ask(by, &AddChatUser { chat_id, user_id, fwd_limit: 0 }).map(drop)
}

fn remove(
    script: &mut Script,
    by: Device,
    chat_id: i64,
    other: Device,
) -> Result<enums::Updates, String> {
    let user_id = script.input_user(by, other.user).into();
    script.ask(by, &DeleteChatUser::new(chat_id, user_id))
}

fn members(script: &mut Script, device: Device, chat_id: i64) -> Vec<(i64, &'static str)> {
    let full = script.ask(device, &GetFullChat { chat_id }).unwrap();
    let enums::ChatFull::ChatFull(full) = full.full_chat else { panic!() };
    let participants = match full.participants {
        enums::ChatParticipants::ChatParticipants(all) => all.participants,
        enums::ChatParticipants::ChatParticipantsForbidden(_) => return Vec::new(),
        other => panic!("{other:?}"),
    };
    let kinds = participants.into_iter().map(|one| match one {
        enums::ChatParticipant::ChatParticipantCreator(one) => (one.user_id, "creator"),
        enums::ChatParticipant::ChatParticipantAdmin(one) => (one.user_id, "admin"),
        enums::ChatParticipant::ChatParticipant(one) => (one.user_id, "member"),
        other => panic!("{other:?}"),
    });
    kinds.collect()
}

fn group(script: &mut Script, device: Device, id: i64) -> enums::Chat {
    let found = script.ask(device, &GetChats { id: vec![id] }).unwrap();
    match found {
        enums::messages::Chats::Chats(all) => all.chats[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_group_is_there_for_all_whom_its_founder_named() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob]);
    let told = script.told();
    assert_eq!(told.iter().map(|(device, _)| *device).collect::<Vec<_>>(), [bob]);
    assert_eq!(new_here(&told[0].1), [((1, false, "ChatCreate".into()), 2)]);
    let enums::Chat::Chat(chat) = &chats(&told[0].1)[0] else { panic!() };
    assert_eq!((&*chat.title, chat.creator, chat.participants_count), ("Group", false, 2));
    let is_participants =
        |update: &enums::Update| matches!(update, enums::Update::UpdateChatParticipants(_));
    assert!(updates(&told[0].1).updates.iter().any(is_participants));
    let both = [(ada.user, "creator"), (bob.user, "member")];
    assert_eq!(members(&mut script, bob, id), both);
    let foreign = script.ask(eve, &GetFullChat { chat_id: id });
    assert_eq!(foreign.unwrap_err(), "400 CHAT_ID_INVALID");
    let foreign = script.ask(eve, &GetChats { id: vec![id] });
    assert_eq!(foreign.unwrap_err(), "400 CHAT_ID_INVALID");
    for (users, title, error) in [
        (vec![], "Group", "400 USERS_TOO_FEW"),
        (vec![enums::InputUser::InputUserSelf], "Group", "400 USERS_TOO_FEW"),
        (vec![], " ", "400 CHAT_TITLE_EMPTY"),
        (vec![types::InputUser::new(bob.user, 1).into()], "Group", "400 USER_ID_INVALID"),
    ] {
        let refused = script.ask(ada, &CreateChat::new(users, title.into()));
        assert_eq!(refused.unwrap_err(), error);
    }
}

#[test]
fn um_01_a_message_in_a_group_is_in_the_box_of_each_with_numbers_of_their_own() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob, eve]);
    // Numbers that differ: Bob's box has more.
    script.send(bob, eve.user, "one");
    script.told();
    let answer = script.say(ada, Peer::Chat(id), "hello").unwrap();
    assert_eq!(new_here(&answer), [((2, true, "hello".into()), 3)]);
    let told = script.told();
    let told: Vec<_> = told.iter().map(|(to, all)| (to.user, new_here(all))).collect();
    let hello = || "hello".to_owned();
    let bobs = (bob.user, vec![((3, false, hello()), 4)]);
    assert_eq!(told, [bobs, (eve.user, vec![((3, false, hello()), 4)])]);
    let said = |number, is_out| (number, is_out, hello());
    let began = |is_out| (1, is_out, "ChatCreate".to_owned());
    let group = Peer::Chat(id);
    assert_eq!(script.said(ada, group).unwrap(), [said(2, true), began(true)]);
    assert_eq!(script.said(bob, group).unwrap(), [said(3, false), began(false)]);
    let request = GetDifference::new(1, 1, 0);
    let enums::updates::Difference::Difference(missed) = script.ask(bob, &request).unwrap() else {
        panic!()
    };
    assert_eq!((missed.new_messages.len(), missed.chats.len()), (3, 1));
}

#[test]
fn um_03_a_sender_s_other_sessions_have_the_sender_s_copy() {
    let mut script = Script::new();
    let (ada, bob) = (script.world.user("Ada"), script.user("Bob"));
    let (phone, desktop) = (script.device(&ada), script.device(&ada));
    let id = script.group(phone, &[bob]);
    script.told();
    script.say(phone, Peer::Chat(id), "hello").unwrap();
    let told = script.told();
    let to: Vec<_> = told.iter().map(|(to, all)| (*to, new_here(all)[0].0.clone())).collect();
    let copy = |is_out| (2, is_out, "hello".to_owned());
    assert_eq!(to, [(desktop, copy(true)), (bob, copy(false))]);
}

#[test]
fn um_11_what_was_sent_into_a_group_is_not_sent_again() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.group(ada, &[bob]);
    let peer = script.place(ada, Peer::Chat(id));
    let request = SendMessage::new(peer, "hello".into(), 7);
    let first = script.ask(ada, &request).unwrap();
    script.told();
    assert_eq!(script.ask(ada, &request).unwrap(), first);
    assert_eq!(script.told(), []);
}

#[test]
fn a_reply_in_a_group_names_each_one_s_own_copy() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, ada.user, "a number of Ada's own");
    let id = script.group(ada, &[bob]);
    script.say(ada, Peer::Chat(id), "question").unwrap();
    script.told();
    let peer = script.place(bob, Peer::Chat(id));
    let to = types::InputReplyToMessage::new(2);
    let reply =
        SendMessage { reply_to: Some(to.into()), ..SendMessage::new(peer, "answer".into(), 9) };
    script.ask(bob, &reply).unwrap();
    let told = script.told();
    let news = super::news(&told[0].1);
    let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) = &news[0].0.reply_to else {
        panic!()
    };
    assert_eq!(header.reply_to_msg_id, Some(3));
    assert_eq!(news[0].0.from_id, Some(Peer::User(bob.user).to_tl()));
}

#[test]
fn whoever_is_added_sees_what_is_said_from_then_on() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob]);
    let group = Peer::Chat(id);
    assert_eq!(script.say(eve, group, "hello").unwrap_err(), "400 PEER_ID_INVALID");
    script.told();
    add(&mut script, bob, id, eve).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| to.user).collect::<Vec<_>>(), [ada.user, eve.user]);
    assert_eq!(script.said(eve, group).unwrap(), [(1, false, "ChatAddUser".into())]);
    assert_eq!(members(&mut script, ada, id).len(), 3);
    let again = add(&mut script, ada, id, eve);
    assert_eq!(again, Err("400 USER_ALREADY_PARTICIPANT".into()));
    assert_eq!(add(&mut script, ada, 77, eve), Err("400 CHAT_ID_INVALID".into()));
}

#[test]
fn whoever_leaves_or_is_removed_hears_that_and_nothing_after_it() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob, eve]);
    let peer = Peer::Chat(id);
    let refused = remove(&mut script, bob, id, eve);
    assert_eq!(refused.unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    let refused = remove(&mut script, bob, id, ada);
    assert_eq!(refused.unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    script.told();
    remove(&mut script, ada, id, bob).unwrap();
    remove(&mut script, eve, id, eve).unwrap();
    let told = script.told();
    let to = told.iter().map(|(to, _)| to.user).collect::<Vec<_>>();
    // Each of the two messages went to all others, with whoever it was about among them.
    assert_eq!(to, [eve.user, bob.user, ada.user]);
    script.say(ada, peer, "alone").unwrap();
    assert_eq!(script.told(), []);
    for (gone, is_left) in [(bob, false), (eve, true)] {
        assert_eq!(script.say(gone, peer, "hello").unwrap_err(), "403 CHAT_WRITE_FORBIDDEN");
        let last = script.said(gone, peer).unwrap()[0].2.clone();
        assert_eq!(last, "ChatDeleteUser");
        match group(&mut script, gone, id) {
            enums::Chat::Chat(chat) => assert!(chat.left && is_left),
            enums::Chat::ChatForbidden(_) => assert!(!is_left),
            other => panic!("{other:?}"),
        }
        assert_eq!(members(&mut script, gone, id), []);
    }
    let again = remove(&mut script, ada, id, bob);
    assert_eq!(again.unwrap_err(), "400 USER_NOT_PARTICIPANT");
}

#[test]
fn a_title_is_changed_for_all_and_only_if_it_is_another() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.group(ada, &[bob]);
    script.told();
    let edit = |title: &str| EditChatTitle { chat_id: id, title: title.into() };
    script.ask(bob, &edit("Better")).unwrap();
    let told = script.told();
    assert_eq!(new_here(&told[0].1)[0].0.2, "ChatEditTitle");
    let enums::Chat::Chat(chat) = group(&mut script, ada, id) else { panic!() };
    assert_eq!(chat.title, "Better");
    assert_eq!(script.ask(ada, &edit("Better")).unwrap_err(), "400 CHAT_NOT_MODIFIED");
    assert_eq!(script.ask(ada, &edit("")).unwrap_err(), "400 CHAT_TITLE_EMPTY");
}

#[test]
fn what_members_may_not_admins_may() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob]);
    let peer = Peer::Chat(id);
    let rights = types::ChatBannedRights {
        send_messages: true,
        invite_users: true,
        change_info: true,
        ..types::ChatBannedRights::new(0)
    };
    let place = script.place(ada, peer);
    let forbid = EditChatDefaultBannedRights { peer: place.clone(), banned_rights: rights.clone() };
    assert_eq!(script.ask(bob, &forbid).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    script.told();
    script.ask(ada, &forbid).unwrap();
    let told = script.told();
    let enums::Update::UpdateChatDefaultBannedRights(update) = &updates(&told[0].1).updates[0]
    else {
        panic!()
    };
    assert!(update.default_banned_rights.send_messages);
    assert_eq!(script.ask(ada, &forbid).unwrap_err(), "400 CHAT_NOT_MODIFIED");
    let title = EditChatTitle { chat_id: id, title: "Bob's".into() };
    let about = EditChatAbout { peer: place, about: "Bob's".into() };
    assert_eq!(script.say(bob, peer, "hello").unwrap_err(), "403 CHAT_WRITE_FORBIDDEN");
    assert_eq!(add(&mut script, bob, id, eve), Err("400 CHAT_ADMIN_REQUIRED".into()));
    assert_eq!(script.ask(bob, &title).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(script.ask(bob, &about).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    let user_id = script.input_user(bob, bob.user).into();
    let promote = EditChatAdmin { chat_id: id, user_id, is_admin: true };
    assert_eq!(script.ask(bob, &promote).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    let user_id = script.input_user(ada, eve.user).into();
    let stranger = EditChatAdmin { chat_id: id, user_id, is_admin: true };
    assert_eq!(script.ask(ada, &stranger).unwrap_err(), "400 USER_NOT_PARTICIPANT");
    let user_id = script.input_user(ada, bob.user).into();
    assert!(script.ask(ada, &EditChatAdmin { user_id, ..promote }).unwrap());
    let told = script.told();
    let is_admin =
        |update: &enums::Update| matches!(update, enums::Update::UpdateChatParticipantAdmin(_));
    assert_eq!((told[0].0, is_admin(&updates(&told[0].1).updates[0])), (bob, true));
    assert_eq!(members(&mut script, ada, id)[1], (bob.user, "admin"));
    script.say(bob, peer, "hello").unwrap();
    script.ask(bob, &title).unwrap();
    script.ask(bob, &about).unwrap();
    assert_eq!(script.ask(bob, &about).unwrap_err(), "400 CHAT_ABOUT_NOT_MODIFIED");
    add(&mut script, bob, id, eve).unwrap();
    let full = script.ask(ada, &GetFullChat { chat_id: id }).unwrap();
    let enums::ChatFull::ChatFull(full) = full.full_chat else { panic!() };
    assert_eq!(full.about, "Bob's");
}

#[test]
fn a_group_that_became_a_supergroup_is_read_and_not_written_to() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.group(ada, &[bob]);
    script.say(bob, Peer::Chat(id), "hello").unwrap();
    let migrate = MigrateChat { chat_id: id };
    assert_eq!(script.ask(bob, &migrate).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    script.told();
    script.ask(ada, &migrate).unwrap();
    let told: Vec<_> =
        script.told().into_iter().filter(|(to, _)| *to == bob).map(|(_, all)| all).collect();
    let names: Vec<_> = told.iter().map(|all| new_here(all)[0].0.2.clone()).collect();
    assert_eq!(names, ["ChatMigrateTo", "ChannelMigrateFrom"]);
    let enums::Chat::Chat(chat) = group(&mut script, bob, id) else { panic!() };
    let Some(enums::InputChannel::InputChannel(channel)) = chat.migrated_to else { panic!() };
    assert!(chat.deactivated);
    let channel = Peer::Channel(channel.channel_id);
    script.say(bob, channel, "here").unwrap();
    assert_eq!(script.said(ada, channel).unwrap()[0], (2, false, "here".into()));
    assert_eq!(script.said(ada, Peer::Chat(id)).unwrap().len(), 3);
    let old = script.say(bob, Peer::Chat(id), "there").unwrap_err();
    assert_eq!(old, "400 CHAT_ID_INVALID");
    assert_eq!(script.ask(ada, &migrate).unwrap_err(), "400 CHAT_ID_INVALID");
}

#[test]
fn a_group_that_was_deleted_is_nobody_s() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.group(ada, &[bob]);
    script.told();
    let delete = DeleteChat { chat_id: id };
    assert_eq!(script.ask(bob, &delete).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    assert!(script.ask(ada, &delete).unwrap());
    let told = script.told();
    assert!(matches!(chats(&told[0].1)[0], enums::Chat::ChatForbidden(_)));
    let said = script.say(bob, Peer::Chat(id), "hello").unwrap_err();
    assert_eq!(said, "403 CHAT_WRITE_FORBIDDEN");
}

#[test]
fn a_group_has_two_hundred_people_and_no_more() {
    let mut script = Script::new();
    let (ada, last) = (script.user("Ada"), script.user("Last"));
    let others: Vec<_> = (0..199).map(|_| script.world.user("Somebody").id()).collect();
    let named: Vec<enums::InputUser> =
        others.iter().map(|user| script.input_user(ada, *user).into()).collect();
    let answer = script.ask(ada, &CreateChat::new(named.clone(), "Full".into())).unwrap();
    let id = chats(&answer.updates)[0].id();
    assert_eq!(members(&mut script, ada, id).len(), 200);
    assert_eq!(add(&mut script, ada, id, last), Err("400 USERS_TOO_MUCH".into()));
    let last = script.input_user(ada, last.user).into();
    let more = named.into_iter().chain([last]).collect();
    let refused = script.ask(ada, &CreateChat::new(more, "Over".into()));
    assert_eq!(refused.unwrap_err(), "400 USERS_TOO_MUCH");
}
