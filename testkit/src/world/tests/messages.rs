//! What was said is looked up, changed, taken back and read: UM-02, UM-04, UM-05.

use std::time::Duration;

use telewire::tl::api::functions::messages::{
    DeleteHistory, DeleteMessages, EditMessage, GetMessages, ReadHistory, Search, SearchGlobal,
    SetTyping, UnpinAllMessages, UpdatePinnedMessage,
};
use telewire::tl::api::types::messages::{AffectedHistory, AffectedMessages};
use telewire::tl::api::{enums, types};

use super::{Device, Script, ids, message, told_to, updates};

fn edit(peer: &enums::InputPeer, id: i32, text: &str) -> EditMessage {
    EditMessage { message: Some(text.into()), ..EditMessage::new(peer.clone(), id) }
}

/// Three people, whose boxes have different numbers.
fn three() -> (Script, Device, Device, Device) {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    script.send(ada, eve.user, "one");
    script.send(ada, eve.user, "two");
    script.told();
    (script, ada, bob, eve)
}

#[test]
fn um_05_an_edit_reaches_each_copy_under_its_own_number() {
    let (mut script, ada, bob, _) = three();
    script.send(ada, bob.user, "hello");
    script.told();
    script.unix += Duration::from_secs(5);
    let peer = script.input_peer(ada, bob.user);
    let answer = script.ask(ada, &edit(&peer, 3, "goodbye")).unwrap();
    let enums::Update::UpdateEditMessage(mine) = &updates(&answer).updates[0] else { panic!() };
    assert_eq!((mine.message.id(), mine.pts, mine.pts_count), (3, 5, 1));
    let told = script.told();
    assert_eq!(told.len(), 1);
    let enums::Update::UpdateEditMessage(theirs) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    assert_eq!((theirs.pts, theirs.pts_count), (3, 1));
    let theirs = message(theirs.message.clone());
    assert_eq!((theirs.id, theirs.message.as_str()), (1, "goodbye"));
    assert_eq!((theirs.date, theirs.edit_date), (1_700_000_000, Some(1_700_000_005)));
    let shown = script.history(bob, ada.user);
    assert_eq!((shown.len(), &shown[0]), (1, &theirs));
    assert_eq!((script.pts(ada), script.pts(bob)), (5, 3));
}

#[test]
fn um_05_what_cannot_be_edited_is_refused_and_moves_nothing() {
    let (mut script, ada, bob, eve) = three();
    script.send(ada, bob.user, "hello");
    script.told();
    let to_bob = script.input_peer(ada, bob.user);
    let (to_eve, to_ada) = (script.input_peer(ada, eve.user), script.input_peer(bob, ada.user));
    for (device, request, error) in [
        (ada, edit(&to_bob, 3, "hello"), "400 MESSAGE_NOT_MODIFIED"),
        (ada, edit(&to_bob, 9, "other"), "400 MESSAGE_ID_INVALID"),
        (ada, edit(&to_eve, 3, "other"), "400 MESSAGE_ID_INVALID"),
        (bob, edit(&to_ada, 1, "other"), "403 MESSAGE_AUTHOR_REQUIRED"),
        (ada, edit(&to_bob, 3, " "), "400 MESSAGE_EMPTY"),
        (ada, edit(&to_bob, 3, &"x".repeat(4_097)), "400 MESSAGE_TOO_LONG"),
    ] {
        assert_eq!(script.ask(device, &request), Err(error.into()), "{request:?}");
    }
    script.unix += Duration::from_secs(2 * 86_400 + 1);
    let late = script.ask(ada, &edit(&to_bob, 3, "other"));
    assert_eq!(late, Err("400 MESSAGE_EDIT_TIME_EXPIRED".into()));
    assert_eq!(script.told(), []);
    assert_eq!((script.pts(ada), script.pts(bob)), (4, 2));
    assert_eq!(script.history(bob, ada.user)[0].message, "hello");
}

#[test]
fn um_05_a_deletion_is_of_ones_own_box_unless_it_is_for_all() {
    let (mut script, ada, bob, _) = three();
    for text in ["a", "b", "c", "d"] {
        script.send(ada, bob.user, text);
    }
    script.told();
    let own = DeleteMessages { revoke: false, id: vec![3, 4, 99] };
    let affected = script.ask(ada, &own).unwrap();
    // UM-02: as many as there were.
    assert_eq!(affected, AffectedMessages { pts: 9, pts_count: 2 });
    assert_eq!(script.told(), []);
    assert_eq!((script.history(ada, bob.user).len(), script.history(bob, ada.user).len()), (2, 4));
    let all = DeleteMessages { revoke: true, id: vec![5, 6] };
    let affected = script.ask(ada, &all).unwrap();
    assert_eq!(affected, AffectedMessages { pts: 11, pts_count: 2 });
    let told = told_to(&mut script, bob.user);
    let gone = types::UpdateDeleteMessages { messages: vec![3, 4], pts: 7, pts_count: 2 };
    assert_eq!(told, [gone.into()]);
    assert_eq!((script.pts(ada), script.pts(bob)), (11, 7));
    let left: Vec<_> = script.history(bob, ada.user).into_iter().map(|left| left.message).collect();
    assert_eq!(left, ["b", "a"]);
    // What is gone is gone for all methods, and twice is nothing.
    let again = script.ask(ada, &all).unwrap();
    assert_eq!(again, AffectedMessages { pts: 11, pts_count: 0 });
    let none = DeleteMessages { revoke: false, id: vec![0] };
    assert_eq!(script.ask(ada, &none), Err("400 MESSAGE_ID_INVALID".into()));
}

#[test]
fn um_05_bots_delete_for_all_and_not_after_two_days() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    script.send(ada, echo.user, "one");
    script.send(ada, echo.user, "two");
    let delete = |id| DeleteMessages { revoke: false, id: vec![id] };
    script.ask(echo, &delete(1)).unwrap();
    assert_eq!(script.history(ada, echo.user).len(), 1);
    script.unix += Duration::from_secs(2 * 86_400 + 1);
    assert_eq!(script.ask(echo, &delete(2)), Err("403 MESSAGE_DELETE_FORBIDDEN".into()));
    assert_eq!(script.history(ada, echo.user).len(), 1);
}

#[test]
fn um_05_a_chat_is_deleted_or_emptied() {
    let (mut script, ada, bob, _) = three();
    for text in ["a", "b", "c"] {
        script.send(ada, bob.user, text);
        script.unix += Duration::from_secs(10);
    }
    script.told();
    let peer = script.input_peer(bob, ada.user);
    let old =
        DeleteHistory { max_date: Some(1_700_000_005), ..DeleteHistory::new(peer.clone(), 0) };
    let affected = script.ask(bob, &old).unwrap();
    assert_eq!(affected, AffectedHistory { pts: 5, pts_count: 1, offset: 0 });
    assert_eq!((script.history(bob, ada.user).len(), script.history(ada, bob.user).len()), (2, 3));
    let all = DeleteHistory { revoke: true, ..DeleteHistory::new(peer.clone(), 0) };
    let affected = script.ask(bob, &all).unwrap();
    assert_eq!((affected.pts, affected.pts_count), (7, 2));
    assert_eq!(script.history(ada, bob.user).len(), 1);
    let wrong = DeleteHistory { max_date: Some(0), ..DeleteHistory::new(peer, 0) };
    assert_eq!(script.ask(bob, &wrong), Err("400 MAX_DATE_INVALID".into()));
    let echo = script.bot("Echo");
    let me = DeleteHistory::new(enums::InputPeer::InputPeerSelf, 0);
    assert_eq!(script.ask(echo, &me), Err("400 BOT_METHOD_INVALID".into()));
}

#[test]
fn um_05_a_long_chat_is_deleted_in_parts() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for _ in 0..1_001 {
        script.send(ada, bob.user, "a");
    }
    let request = DeleteHistory::new(script.input_peer(bob, ada.user), 0);
    let affected = script.ask(bob, &request).unwrap();
    assert_eq!((affected.pts_count, affected.offset), (1_000, 1));
    let affected = script.ask(bob, &request).unwrap();
    assert_eq!((affected.pts_count, affected.offset), (1, 0));
    assert_eq!(script.history(bob, ada.user), []);
}

#[test]
fn um_04_reading_moves_both_boxes_and_tells_whoever_wrote() {
    let mut script = Script::new();
    let bobs = script.world.user("Bob");
    let (bob, desktop) = (script.device(&bobs), script.device(&bobs));
    let (ada, eve) = (script.user("Ada"), script.user("Eve"));
    script.send(eve, bob.user, "other");
    for text in ["a", "b", "c"] {
        script.send(ada, bob.user, text);
    }
    script.told();
    let peer = script.input_peer(bob, ada.user);
    let read = |max_id| ReadHistory { peer: peer.clone(), max_id };
    let affected = script.ask(bob, &read(3)).unwrap();
    assert_eq!(affected, AffectedMessages { pts: 6, pts_count: 1 });
    let told = script.told();
    assert_eq!(told.iter().map(|(device, _)| *device).collect::<Vec<_>>(), [desktop, ada]);
    let of = |id| enums::Peer::from(types::PeerUser { user_id: id });
    let inbox = types::UpdateReadHistoryInbox::new(of(ada.user), 3, 1, 6, 1);
    assert_eq!(updates(&told[0].1).updates, [inbox.into()]);
    let outbox =
        types::UpdateReadHistoryOutbox { peer: of(bob.user), max_id: 2, pts: 5, pts_count: 1 };
    assert_eq!(updates(&told[1].1).updates, [outbox.into()]);
    // What was read before is not read again.
    for max_id in [3, 1] {
        let affected = script.ask(bob, &read(max_id)).unwrap();
        assert_eq!(affected, AffectedMessages { pts: 6, pts_count: 0 });
    }
    assert_eq!(script.told(), []);
    assert_eq!(script.ask(bob, &read(0)).unwrap(), AffectedMessages { pts: 7, pts_count: 1 });
    assert_eq!((script.pts(bob), script.pts(ada), script.pts(eve)), (7, 6, 2));
    // What one wrote oneself is nothing to read.
    let mine = ReadHistory { peer: script.input_peer(ada, bob.user), max_id: 0 };
    assert_eq!(script.ask(ada, &mine).unwrap().pts_count, 0);
}

#[test]
fn um_04_what_cannot_be_read_is_refused() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let nobody = types::InputPeerUser { user_id: bob.user, access_hash: 1 };
    let read = |peer: enums::InputPeer, max_id| ReadHistory { peer, max_id };
    let bob = script.input_peer(ada, bob.user);
    let refused = script.ask(ada, &read(nobody.into(), 0));
    assert_eq!(refused, Err("400 PEER_ID_INVALID".into()));
    assert_eq!(script.ask(ada, &read(bob, -1)), Err("400 MSG_ID_INVALID".into()));
    let me = enums::InputPeer::InputPeerSelf;
    assert_eq!(script.ask(echo, &read(me, 0)), Err("400 BOT_METHOD_INVALID".into()));
}

#[test]
fn messages_are_asked_for_by_their_numbers_and_by_what_they_reply_to() {
    let (mut script, ada, bob, eve) = three();
    script.send(ada, bob.user, "three");
    let by_id = |id| types::InputMessageId { id }.into();
    let request = GetMessages { id: vec![by_id(3), by_id(1), by_id(9)] };
    let enums::messages::Messages::Messages(found) = script.ask(ada, &request).unwrap() else {
        panic!()
    };
    assert_eq!(message(found.messages[0].clone()).message, "three");
    assert_eq!(message(found.messages[1].clone()).message, "one");
    let none = types::MessageEmpty { id: 9, peer_id: None };
    assert_eq!(found.messages[2], none.into());
    assert_eq!(found.users.len(), 3);
    // Nobody reads what is in another's box.
    assert_eq!(ids(script.ask(eve, &request).unwrap()), [3, 1, 9]);
    assert_eq!(script.history(eve, bob.user), []);
    script.told();
    let reply = types::InputReplyToMessage::new(3);
    let peer = script.input_peer(ada, bob.user);
    let answer = telewire::tl::api::functions::messages::SendMessage {
        reply_to: Some(reply.into()),
        ..telewire::tl::api::functions::messages::SendMessage::new(peer, "and".into(), 8)
    };
    script.ask(ada, &answer).unwrap();
    let request = GetMessages { id: vec![types::InputMessageReplyTo { id: 4 }.into()] };
    assert_eq!(ids(script.ask(ada, &request).unwrap()), [3]);
    let stranger = Device { key: telewire::crypto::KeyId(99), ..ada };
    assert_eq!(script.ask(stranger, &request), Err("401 AUTH_KEY_UNREGISTERED".into()));
}

#[test]
fn a_chat_is_searched_by_words_and_by_who_wrote() {
    let (mut script, ada, bob, eve) = three();
    for (from, to, text) in [
        (ada, bob, "Red apples"),
        (bob, ada, "green APPLES"),
        (ada, bob, "pears"),
        (bob, ada, "ÄPFEL"),
    ] {
        script.send(from, to.user, text);
    }
    let peer = script.input_peer(ada, bob.user);
    let empty = enums::MessagesFilter::InputMessagesFilterEmpty;
    let look =
        |q: &str| Search::new(peer.clone(), q.into(), empty.clone(), 0, 0, 0, 0, 100, 0, 0, 0);
    assert_eq!(ids(script.ask(ada, &look("apples")).unwrap()), [4, 3]);
    assert_eq!(ids(script.ask(ada, &look("äpfel")).unwrap()), [6]);
    assert_eq!(ids(script.ask(ada, &look("")).unwrap()), [6, 5, 4, 3]);
    let by_bob = Search { from_id: Some(peer.clone()), ..look("apples") };
    assert_eq!(ids(script.ask(ada, &by_bob).unwrap()), [4]);
    // By moments, which are not part of it.
    script.unix += Duration::from_secs(10);
    script.send(ada, bob.user, "late apples");
    let late = Search { min_date: 1_700_000_000, ..look("apples") };
    assert_eq!(ids(script.ask(ada, &late).unwrap()), [7]);
    let early = Search { max_date: 1_700_000_010, ..look("apples") };
    assert_eq!(ids(script.ask(ada, &early).unwrap()), [4, 3]);
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![7] }).unwrap();
    let one = Search { limit: 1, ..look("apples") };
    let enums::messages::Messages::MessagesSlice(slice) = script.ask(ada, &one).unwrap() else {
        panic!()
    };
    assert_eq!((slice.count, slice.messages.len()), (2, 1));
    let everywhere = Search { peer: enums::InputPeer::InputPeerEmpty, ..look("o") };
    assert_eq!(ids(script.ask(ada, &everywhere).unwrap()), [2, 1]);
    let nothing = Search { q: String::new(), ..everywhere };
    assert_eq!(script.ask(ada, &nothing), Err("400 SEARCH_QUERY_EMPTY".into()));
    let nobody = types::InputPeerUser { user_id: eve.user, access_hash: 1 };
    let wrong = Search { from_id: Some(nobody.into()), ..look("a") };
    assert_eq!(script.ask(ada, &wrong), Err("400 FROM_PEER_INVALID".into()));
}

#[test]
fn all_chats_are_searched_at_once() {
    let (mut script, ada, bob, eve) = three();
    script.send(ada, bob.user, "one more");
    let none = enums::InputPeer::InputPeerEmpty;
    let empty = enums::MessagesFilter::InputMessagesFilterEmpty;
    let look = |q: &str| SearchGlobal::new(q.into(), empty.clone(), 0, 0, 0, none.clone(), 0, 100);
    assert_eq!(ids(script.ask(ada, &look("one")).unwrap()), [3, 1]);
    assert_eq!(ids(script.ask(eve, &look("one")).unwrap()), [1]);
    assert_eq!(script.ask(ada, &look("")), Err("400 SEARCH_QUERY_EMPTY".into()));
    let folder = SearchGlobal { folder_id: Some(7), ..look("one") };
    assert_eq!(script.ask(ada, &folder), Err("400 FOLDER_ID_INVALID".into()));
}

#[test]
fn typing_is_told_to_whoever_is_here_and_is_in_no_box() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let (echo, other) = (script.bot("Echo"), script.bot("Other"));
    let action = enums::SendMessageAction::SendMessageTypingAction;
    let typing = SetTyping::new(script.input_peer(ada, bob.user), action.clone());
    assert_eq!(script.ask(ada, &typing), Ok(true));
    let told = told_to(&mut script, bob.user);
    assert_eq!(told, [types::UpdateUserTyping::new(ada.user, action.clone()).into()]);
    assert_eq!(script.pts(bob), 1);
    let typing = SetTyping::new(script.input_peer(echo, other.user), action);
    assert_eq!(script.ask(echo, &typing), Err("400 USER_IS_BOT".into()));
    assert_eq!(script.told(), []);
}

#[test]
fn um_02_a_message_is_pinned_for_both_and_taken_down() {
    let (mut script, ada, bob, _) = three();
    script.send(ada, bob.user, "hello");
    script.send(ada, bob.user, "there");
    script.told();
    let peer = script.input_peer(ada, bob.user);
    let pin = UpdatePinnedMessage::new(peer.clone(), 3);
    let answer = script.ask(ada, &pin).unwrap();
    let pinned = |peer, messages, pts, pts_count, pinned| {
        let peer = types::PeerUser { user_id: peer }.into();
        let update = types::UpdatePinnedMessages { pinned, peer, messages, pts, pts_count };
        enums::Update::from(update)
    };
    assert_eq!(updates(&answer).updates[0], pinned(bob.user, vec![3], 6, 1, true));
    let told = told_to(&mut script, bob.user);
    assert_eq!(told[0], pinned(ada.user, vec![1], 4, 1, true));
    // The message that says so replies to it.
    let enums::Update::UpdateNewMessage(service) = &told[1] else { panic!("{told:?}") };
    let enums::Message::MessageService(service) = &service.message else { panic!() };
    assert_eq!(service.action, enums::MessageAction::MessageActionPinMessage);
    let shown = GetMessages { id: vec![types::InputMessageId { id: 1 }.into()] };
    let enums::messages::Messages::Messages(shown) = script.ask(bob, &shown).unwrap() else {
        panic!()
    };
    assert!(message(shown.messages[0].clone()).pinned);
    assert_eq!(script.ask(ada, &pin), Err("400 CHAT_NOT_MODIFIED".into()));
    let wrong = UpdatePinnedMessage::new(peer.clone(), 77);
    assert_eq!(script.ask(ada, &wrong), Err("400 MESSAGE_ID_INVALID".into()));
    // For oneself alone.
    let own = UpdatePinnedMessage { pm_oneside: true, ..UpdatePinnedMessage::new(peer.clone(), 4) };
    script.ask(ada, &own).unwrap();
    assert_eq!(script.told(), []);
    let affected = script.ask(ada, &UnpinAllMessages::new(peer)).unwrap();
    assert_eq!((affected.pts_count, affected.pts), (2, script.pts(ada)));
    assert_eq!(told_to(&mut script, bob.user), [pinned(ada.user, vec![1], 6, 1, false)]);
    let channel = types::InputPeerUser { user_id: 1, access_hash: 1 };
    let refused = script.ask(ada, &UnpinAllMessages::new(channel.into()));
    assert_eq!(refused, Err("400 PEER_ID_INVALID".into()));
}

#[test]
fn um_02_events_of_a_box_move_it_by_as_many_as_they_say() {
    let (mut script, ada, bob, _) = three();
    let peer = script.input_peer(ada, bob.user);
    let mut at = script.pts(bob);
    script.send(ada, bob.user, "a");
    script.send(ada, bob.user, "b");
    script.ask(ada, &edit(&peer, 3, "c")).unwrap();
    script.ask(ada, &UpdatePinnedMessage::new(peer, 4)).unwrap();
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![3, 4] }).unwrap();
    for (device, all) in script.told() {
        assert_eq!(device, bob);
        for update in &updates(&all).updates {
            let (pts, count) = match update {
                enums::Update::UpdateNewMessage(new) => (new.pts, new.pts_count),
                enums::Update::UpdateEditMessage(edit) => (edit.pts, edit.pts_count),
                enums::Update::UpdatePinnedMessages(pin) => (pin.pts, pin.pts_count),
                enums::Update::UpdateDeleteMessages(gone) => (gone.pts, gone.pts_count),
                other => panic!("{other:?}"),
            };
            assert_eq!(at + count, pts, "{update:?}");
            at = pts;
        }
    }
    assert_eq!(script.pts(bob), at);
    assert_eq!(at, 1 + 2 + 1 + 1 + 1 + 2);
}
