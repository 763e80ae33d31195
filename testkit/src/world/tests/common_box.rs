//! The box of an account: UM-01 to UM-03, UM-09, UM-11.

use std::time::Duration;

use telewire::tl::api::functions::messages::{GetHistory, SendMessage};
use telewire::tl::api::functions::updates::{GetDifference, GetState};
use telewire::tl::api::{enums, types};
use telewire::tl::wrap::functions::InvokeWithoutUpdates;

use super::{Script, message, news, updates};

#[test]
fn um_01_a_private_message_is_there_once_for_each_with_numbers_of_their_own() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    // Numbers that differ: Ada's box has more.
    script.send(ada, eve.user, "one");
    script.send(ada, eve.user, "two");
    script.send(ada, bob.user, "three");
    let of = |message: &types::Message| (message.id, message.out, message.message.clone());
    let adas = script.history(ada, bob.user);
    let bobs = script.history(bob, ada.user);
    assert_eq!(adas.iter().map(of).collect::<Vec<_>>(), [(3, true, "three".into())]);
    assert_eq!(bobs.iter().map(of).collect::<Vec<_>>(), [(1, false, "three".into())]);
    assert_eq!(adas[0].peer_id, types::PeerUser { user_id: bob.user }.into());
    assert_eq!(bobs[0].peer_id, types::PeerUser { user_id: ada.user }.into());
    // Whoever is not in the chat has nothing of it.
    assert_eq!(script.history(eve, bob.user), []);
    // What is for oneself is there once.
    script.send(bob, bob.user, "note");
    assert_eq!(script.history(bob, bob.user).len(), 1);
}

#[test]
fn um_01_a_reply_has_in_each_box_the_number_that_the_message_has_there() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    script.send(eve, bob.user, "something else");
    script.send(ada, bob.user, "question");
    let peer = script.input_peer(bob, ada.user);
    let reply = |id| {
        let to = types::InputReplyToMessage::new(id);
        SendMessage {
            reply_to: Some(to.into()),
            ..SendMessage::new(peer.clone(), "answer".into(), 9)
        }
    };
    script.ask(bob, &reply(2)).unwrap();
    let replied = |message: &types::Message| match &message.reply_to {
        Some(enums::MessageReplyHeader::MessageReplyHeader(header)) => header.reply_to_msg_id,
        other => panic!("{other:?}"),
    };
    assert_eq!(replied(&script.history(bob, ada.user)[0]), Some(2));
    assert_eq!(replied(&script.history(ada, bob.user)[0]), Some(1));
    // It has to be of the same chat.
    let other = SendMessage { random_id: 10, ..reply(1) };
    assert_eq!(script.ask(bob, &other), Err("400 REPLY_MESSAGE_ID_INVALID".into()));
}

#[test]
fn um_02_boxes_begin_at_1_and_a_new_message_moves_them_by_1() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    assert_eq!((script.pts(ada), script.pts(bob)), (1, 1));
    for step in 1..=3 {
        let answer = script.send(ada, bob.user, "hello");
        assert_eq!(news(&answer)[0].1, 1 + step);
        let told = script.told();
        let (_, pts, count) = news(&told[0].1).remove(0);
        assert_eq!((pts, count), (1 + step, 1));
        assert_eq!((script.pts(ada), script.pts(bob)), (1 + step, 1 + step));
    }
    script.send(ada, ada.user, "note");
    assert_eq!((script.pts(ada), script.pts(bob)), (5, 4));
    let state = script.ask(bob, &GetState).unwrap();
    assert_eq!((state.unread_count, state.qts, state.date), (3, 0, 1_700_000_000));
}

#[test]
fn um_03_the_sender_is_answered_with_the_number_and_all_other_sessions_hear_of_it() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (phone, desktop) = (script.device(&person), script.device(&person));
    let (bob, _eve) = (script.user("Bob"), script.user("Eve"));
    let peer = script.input_peer(phone, bob.user);
    let answer = script.ask(phone, &SendMessage::new(peer, "hello".into(), 77)).unwrap();
    let number = types::UpdateMessageId { id: 1, random_id: 77 };
    assert_eq!(updates(&answer).updates[0], number.into());
    let (sent, pts, _) = news(&answer).remove(0);
    assert_eq!((sent.id, sent.out, pts), (1, true, 2));
    let told = script.told();
    assert_eq!(told.iter().map(|(device, _)| *device).collect::<Vec<_>>(), [desktop, bob]);
    let (mine, theirs) = (news(&told[0].1).remove(0).0, news(&told[1].1).remove(0).0);
    assert_eq!((mine.out, theirs.out), (true, false));
    assert_eq!((mine.message.as_str(), theirs.message.as_str()), ("hello", "hello"));
    // Whoever is told is told who it is from.
    let who = updates(&told[1].1).users.iter().map(|user| match user {
        enums::User::User(user) => user.id,
        other => panic!("{other:?}"),
    });
    assert!(who.collect::<Vec<_>>().contains(&person.id()));
}

#[test]
fn um_03_what_cannot_be_sent_is_refused_and_moves_nothing() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let (echo, other) = (script.bot("Echo"), script.bot("Other"));
    let peer = script.input_peer(ada, bob.user);
    let send = |text: &str| SendMessage::new(peer.clone(), text.into(), 5);
    assert_eq!(script.ask(ada, &send(" \n")), Err("400 MESSAGE_EMPTY".into()));
    let long = "ä".repeat(4_097);
    assert_eq!(script.ask(ada, &send(&long)), Err("400 MESSAGE_TOO_LONG".into()));
    let nobody = types::InputPeerUser { user_id: 1, access_hash: 0 };
    let request = SendMessage::new(nobody.into(), "hello".into(), 5);
    assert_eq!(script.ask(ada, &request), Err("400 PEER_ID_INVALID".into()));
    let peer = script.input_peer(echo, other.user);
    let request = SendMessage::new(peer, "hello".into(), 5);
    assert_eq!(script.ask(echo, &request), Err("400 USER_IS_BOT".into()));
    assert_eq!(script.told(), []);
    assert_eq!((script.pts(ada), script.pts(bob), script.pts(other)), (1, 1, 1));
    script.ask(ada, &send(&"ä".repeat(4_096))).unwrap();
}

#[test]
fn um_06_the_difference_has_what_came_after_a_position() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for text in ["one", "two", "three"] {
        script.send(ada, bob.user, text);
    }
    let ask = |pts| GetDifference::new(pts, 1, 0);
    let difference = script.ask(bob, &ask(2)).unwrap();
    let enums::updates::Difference::Difference(difference) = difference else { panic!() };
    let texts = difference.new_messages.into_iter().map(|new| message(new).message);
    assert_eq!(texts.collect::<Vec<_>>(), ["two", "three"]);
    assert_eq!((difference.state.pts, difference.users.len()), (4, 1));
    let empty = types::updates::DifferenceEmpty { date: 1_700_000_000, seq: 1 };
    assert_eq!(script.ask(bob, &ask(4)), Ok(empty.into()));
}

#[test]
fn um_09_pushes_go_to_the_session_that_called_last_and_wants_them() {
    let mut script = Script::new();
    let (ada, mut bob) = (script.user("Ada"), script.user("Bob"));
    bob.session.0 += 1;
    script.pts(bob);
    script.send(ada, bob.user, "hello");
    assert_eq!(script.told()[0].0, bob);
    // A session that wants none takes them from nobody.
    let mut quiet = bob;
    quiet.session.0 += 1;
    script.ask(quiet, &InvokeWithoutUpdates { query: GetState }).unwrap();
    script.send(ada, bob.user, "hello");
    assert_eq!(script.told()[0].0, bob);
}

#[test]
fn um_11_what_was_sent_before_is_answered_as_then_and_not_sent_again() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let (to_bob, to_eve) = (script.input_peer(ada, bob.user), script.input_peer(ada, eve.user));
    let send = |peer: &enums::InputPeer| SendMessage::new(peer.clone(), "hello".into(), 5);
    let first = script.ask(ada, &send(&to_bob)).unwrap();
    assert_eq!(script.told().len(), 1);
    script.send(ada, bob.user, "another");
    script.told();
    assert_eq!(script.ask(ada, &send(&to_bob)).unwrap(), first);
    assert_eq!(script.told(), []);
    // The number is of the chat.
    assert_ne!(script.ask(ada, &send(&to_eve)).unwrap(), first);
    assert_eq!(script.told().len(), 1);
}

#[test]
fn a_history_is_asked_for_by_its_dates() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for _ in 0..4 {
        script.send(ada, bob.user, "hello");
        script.unix += Duration::from_secs(10);
    }
    let peer = script.input_peer(bob, ada.user);
    let mut ask = |offset_date, limit| {
        let request = GetHistory {
            peer: peer.clone(),
            offset_id: 0,
            offset_date,
            add_offset: 0,
            limit,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let messages = match script.ask(bob, &request).unwrap() {
            enums::messages::Messages::Messages(all) => all.messages,
            enums::messages::Messages::MessagesSlice(some) => {
                assert_eq!(some.count, 4);
                some.messages
            }
            other => panic!("{other:?}"),
        };
        messages.into_iter().map(|one| message(one).id).collect::<Vec<_>>()
    };
    assert_eq!(ask(1_700_000_020, 100), [2, 1]);
    assert_eq!(ask(1_700_000_015, 1), [2]);
    assert_eq!(ask(1_700_000_000, 100), Vec::<i32>::new());
    assert_eq!(ask(1_700_000_099, 2), [4, 3]);
    assert_eq!(ask(0, 100), [4, 3, 2, 1]);
}
