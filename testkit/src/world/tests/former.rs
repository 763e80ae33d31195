//! Basic groups: who changes and deletes what was said there, and who hears of it. Whoever was in one keeps what was.

use telewire::tl::Bytes;
use telewire::tl::api::functions::messages::{
    AddChatUser, DeleteChatUser, DeleteHistory, DeleteMessages, EditChatAdmin,
    EditChatDefaultBannedRights, EditMessage, GetMessages, MigrateChat, SendMedia, SendMessage,
    SendReaction, SendScheduledMessages, SendVote, SetTyping, UnpinAllMessages,
    UpdatePinnedMessage,
};
use telewire::tl::api::{enums, types};

use super::outsiders::{tea, thumb};
use super::{Device, Script, told_to};
use crate::world::Peer;

/// A group of Ada, its founder, Bob and Eve, of whom Bob said something that is number 2 of each box; and Ada did, number 3.
fn group() -> (Script, Device, Device, Device, i64) {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.group(ada, &[bob, eve]);
    script.say(bob, Peer::Chat(id), "bob's").unwrap();
    script.say(ada, Peer::Chat(id), "ada's").unwrap();
    script.told();
    (script, ada, bob, eve, id)
}

fn remove(script: &mut Script, by: Device, chat_id: i64, other: Device) {
    let user_id = script.input_user(by, other.user).into();
    script.ask(by, &DeleteChatUser::new(chat_id, user_id)).unwrap();
    script.told();
}

fn texts(script: &mut Script, device: Device, id: i64) -> Vec<String> {
    let said = script.said(device, Peer::Chat(id)).unwrap();
    said.into_iter().map(|(_, _, text)| text).filter(|text| text.contains('\'')).collect()
}

const REFUSED: &str = "403 MESSAGE_DELETE_FORBIDDEN";

#[test]
fn um_05_in_a_group_members_delete_their_own_for_all_and_admins_all() {
    let (mut script, ada, bob, eve, id) = group();
    let delete = |id| DeleteMessages { revoke: true, id: vec![id] };
    let refused = script.ask(eve, &delete(2));
    assert_eq!(refused.unwrap_err(), REFUSED);
    // One that may not be is enough, and nothing is deleted.
    let both = DeleteMessages { revoke: true, id: vec![2, 3] };
    assert_eq!(script.ask(bob, &both).unwrap_err(), REFUSED);
    let peer = script.place(eve, Peer::Chat(id));
    let all = DeleteHistory { revoke: true, ..DeleteHistory::new(peer, 0) };
    assert_eq!(script.ask(eve, &all).unwrap_err(), REFUSED);
    for device in [ada, bob, eve] {
        assert_eq!(texts(&mut script, device, id), ["ada's", "bob's"]);
    }
    assert_eq!(script.told(), []);
    // In one's own box one may.
    script.ask(eve, &DeleteMessages { revoke: false, id: vec![2] }).unwrap();
    assert_eq!(texts(&mut script, eve, id), ["ada's"]);
    assert_eq!(texts(&mut script, ada, id), ["ada's", "bob's"]);
    script.ask(bob, &delete(2)).unwrap();
    assert_eq!(texts(&mut script, ada, id), ["ada's"]);
    // Eve is an admin from now on.
    let user_id = script.input_user(ada, eve.user).into();
    script.ask(ada, &EditChatAdmin { chat_id: id, user_id, is_admin: true }).unwrap();
    script.ask(eve, &delete(3)).unwrap();
    assert_eq!(texts(&mut script, ada, id), Vec::<String>::new());
    // In a private chat both may, as before.
    script.send(ada, bob.user, "private");
    let last = script.history(bob, ada.user)[0].id;
    script.ask(bob, &delete(last)).unwrap();
    assert_eq!(script.history(ada, bob.user), []);
}

#[test]
fn um_05_whoever_left_a_group_or_whose_group_moved_deletes_nothing_for_all() {
    let (mut script, ada, bob, eve, id) = group();
    remove(&mut script, ada, id, bob);
    let own = DeleteMessages { revoke: true, id: vec![2] };
    assert_eq!(script.ask(bob, &own).unwrap_err(), REFUSED);
    assert_eq!(texts(&mut script, ada, id), ["ada's", "bob's"]);
    script.ask(bob, &DeleteMessages { revoke: false, ..own.clone() }).unwrap();
    assert_eq!(texts(&mut script, ada, id), ["ada's", "bob's"]);
    script.ask(ada, &MigrateChat { chat_id: id }).unwrap();
    let request = DeleteMessages { revoke: true, id: vec![3] };
    assert_eq!(script.ask(ada, &request).unwrap_err(), REFUSED);
    assert_eq!(texts(&mut script, eve, id), ["ada's", "bob's"]);
}

#[test]
fn um_05_a_bot_in_a_group_deletes_its_own_alone() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    let id = script.group(ada, &[echo]);
    script.say(ada, Peer::Chat(id), "ada's").unwrap();
    script.say(echo, Peer::Chat(id), "echo's").unwrap();
    let delete = |id| DeleteMessages { revoke: false, id: vec![id] };
    assert_eq!(script.ask(echo, &delete(2)).unwrap_err(), REFUSED);
    script.ask(echo, &delete(3)).unwrap();
    assert_eq!(texts(&mut script, ada, id), ["ada's"]);
}

#[test]
fn um_05_whoever_is_out_of_a_group_changes_nothing_there() {
    let (mut script, ada, bob, _, id) = group();
    let place = script.place(ada, Peer::Chat(id));
    script.ask(ada, &SendMedia::new(place, tea().into(), String::new(), 9)).unwrap();
    script.ask(ada, &UpdatePinnedMessage::new(chat(id), 3)).unwrap();
    remove(&mut script, ada, id, bob);
    let peer = chat(id);
    let out = "403 CHAT_WRITE_FORBIDDEN";
    let edit = EditMessage { message: Some("x".into()), ..EditMessage::new(peer.clone(), 2) };
    assert_eq!(script.ask(bob, &edit).unwrap_err(), out);
    // What is another's is not looked at either.
    let edit = EditMessage { message: Some("x".into()), ..EditMessage::new(peer.clone(), 3) };
    assert_eq!(script.ask(bob, &edit).unwrap_err(), out);
    let pin = UpdatePinnedMessage::new(peer.clone(), 2);
    assert_eq!(script.ask(bob, &pin).unwrap_err(), out);
    assert_eq!(script.ask(bob, &UnpinAllMessages::new(peer.clone())).unwrap_err(), out);
    let react = SendReaction { reaction: thumb(), ..SendReaction::new(peer.clone(), 2) };
    assert_eq!(script.ask(bob, &react).unwrap_err(), out);
    let typing = enums::SendMessageAction::SendMessageTypingAction;
    assert_eq!(script.ask(bob, &SetTyping::new(peer.clone(), typing)).unwrap_err(), out);
    let options = vec![Bytes::from(b"y".to_vec())];
    let vote = SendVote { peer: peer.clone(), msg_id: 4, options };
    assert_eq!(script.ask(bob, &vote).unwrap_err(), out);
    assert_eq!(script.told(), []);
    assert_eq!(texts(&mut script, ada, id), ["ada's", "bob's"]);
}

fn chat(chat_id: i64) -> enums::InputPeer {
    types::InputPeerChat { chat_id }.into()
}

#[test]
fn um_05_whoever_is_out_of_a_group_hears_of_no_change_and_keeps_what_was() {
    let (mut script, ada, bob, eve, id) = group();
    let peer = chat(id);
    script.ask(ada, &SendMedia::new(peer.clone(), tea().into(), String::new(), 9)).unwrap();
    remove(&mut script, ada, id, bob);
    let before = script.pts(bob);
    let edit =
        EditMessage { message: Some("ada's, changed".into()), ..EditMessage::new(peer.clone(), 3) };
    script.ask(ada, &edit).unwrap();
    script.ask(ada, &UpdatePinnedMessage::new(peer.clone(), 3)).unwrap();
    script
        .ask(eve, &SendReaction { reaction: thumb(), ..SendReaction::new(peer.clone(), 3) })
        .unwrap();
    let options = vec![Bytes::from(b"y".to_vec())];
    script.ask(eve, &SendVote { peer: peer.clone(), msg_id: 4, options }).unwrap();
    script.ask(ada, &UnpinAllMessages::new(peer.clone())).unwrap();
    let told = script.told();
    assert!(told.iter().any(|(to, _)| *to == eve) && told.iter().any(|(to, _)| *to == ada));
    assert!(told.iter().all(|(to, _)| *to != bob), "{told:?}");
    assert_eq!(script.pts(bob), before);
    assert_eq!(texts(&mut script, bob, id), ["ada's", "bob's"]);
    assert_eq!(texts(&mut script, eve, id), ["ada's, changed", "bob's"]);
    let of_bob = |script: &mut Script| {
        let request = GetMessages { id: vec![types::InputMessageId { id: 3 }.into()] };
        match script.ask(bob, &request).unwrap() {
            enums::messages::Messages::Messages(all) => super::message(all.messages[0].clone()),
            other => panic!("{other:?}"),
        }
    };
    let kept = of_bob(&mut script);
    assert_eq!((kept.reactions, kept.edit_date, kept.pinned), (None, None, false));
    // What is gone for all is gone for those who are in it.
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![3] }).unwrap();
    assert!(told_to(&mut script, bob.user).is_empty());
    assert_eq!(of_bob(&mut script).message, "ada's");
    assert_eq!(texts(&mut script, eve, id), ["bob's"]);
}

#[test]
fn a_reply_finds_what_it_replies_to_in_the_box_of_whoever_left_though_it_was_changed() {
    let (mut script, ada, bob, _, id) = group();
    let reply = SendMessage {
        reply_to: Some(types::InputReplyToMessage::new(3).into()),
        ..SendMessage::new(chat(id), "re".into(), 8)
    };
    script.ask(ada, &reply).unwrap();
    remove(&mut script, ada, id, bob);
    let edit = EditMessage { message: Some("other".into()), ..EditMessage::new(chat(id), 3) };
    script.ask(ada, &edit).unwrap();
    let request = GetMessages { id: vec![types::InputMessageId { id: 4 }.into()] };
    let enums::messages::Messages::Messages(all) = script.ask(bob, &request).unwrap() else {
        panic!()
    };
    let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) =
        super::message(all.messages[0].clone()).reply_to
    else {
        panic!()
    };
    assert_eq!(header.reply_to_msg_id, Some(3));
}

#[test]
fn in_a_group_those_pin_who_may_pin_though_they_may_not_write() {
    let (mut script, ada, bob, _, id) = group();
    let peer = chat(id);
    let forbid = |rights: types::ChatBannedRights| EditChatDefaultBannedRights {
        peer: chat(id),
        banned_rights: rights,
    };
    let none = types::ChatBannedRights::new(i32::MAX);
    let pins = types::ChatBannedRights { pin_messages: true, ..none.clone() };
    script.ask(ada, &forbid(pins)).unwrap();
    let pin = UpdatePinnedMessage::new(peer.clone(), 2);
    assert_eq!(script.ask(bob, &pin).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    let unpin = UnpinAllMessages::new(peer);
    assert_eq!(script.ask(bob, &unpin).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    script.ask(ada, &pin).unwrap();
    // Words are forbidden, and pinning is not.
    let words = types::ChatBannedRights { send_messages: true, ..none };
    script.ask(ada, &forbid(words)).unwrap();
    script.ask(bob, &unpin).unwrap();
    script.told();
    let answer = script.ask(bob, &pin).unwrap();
    assert_eq!(super::updates(&answer).updates.len(), 2);
    assert_eq!(script.told().len(), 4);
}

#[test]
fn a_reply_to_what_somebody_has_from_before_finds_it_as_the_others_have_it() {
    let (mut script, ada, bob, eve, id) = group();
    remove(&mut script, ada, id, bob);
    let edit = EditMessage { message: Some("other".into()), ..EditMessage::new(chat(id), 3) };
    script.ask(ada, &edit).unwrap();
    let user_id = script.input_user(ada, bob.user).into();
    script.ask(ada, &AddChatUser { chat_id: id, user_id, fwd_limit: 0 }).unwrap();
    script.told();
    let reply = SendMessage {
        reply_to: Some(types::InputReplyToMessage::new(3).into()),
        ..SendMessage::new(chat(id), "re".into(), 8)
    };
    script.ask(bob, &reply).unwrap();
    let told = script.told();
    assert_eq!(told.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [ada, eve]);
    for (_, all) in told {
        let new = super::news(&all);
        let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) = &new[0].0.reply_to else {
            panic!("{new:?}")
        };
        assert_eq!(header.reply_to_msg_id, Some(3));
    }
}

#[test]
fn what_waits_for_a_group_that_one_is_out_of_is_neither_changed_nor_sent() {
    let (mut script, ada, bob, _, id) = group();
    let later = Some(1_700_000_060);
    let request =
        SendMessage { schedule_date: later, ..SendMessage::new(chat(id), "bob's, late".into(), 8) };
    script.ask(bob, &request).unwrap();
    remove(&mut script, ada, id, bob);
    let edit = EditMessage {
        message: Some("x".into()),
        schedule_date: later,
        ..EditMessage::new(chat(id), 1)
    };
    assert_eq!(script.ask(bob, &edit).unwrap_err(), "403 CHAT_WRITE_FORBIDDEN");
    let now = SendScheduledMessages { peer: chat(id), id: vec![1] };
    assert_eq!(script.ask(bob, &now).unwrap_err(), "403 CHAT_WRITE_FORBIDDEN");
    script.unix += std::time::Duration::from_secs(60);
    script.told();
    assert_eq!(texts(&mut script, ada, id), ["ada's", "bob's"]);
}
