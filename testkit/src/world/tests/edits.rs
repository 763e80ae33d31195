//! Edits: of words, marks, media and buttons, by whom and when; and what is left in boxes and the world by deletions.

use std::time::Duration;

use telewire::tl::api::functions::channels::{
    DeleteChannel, DeleteMessages as DeleteChannelMessages,
};
use telewire::tl::api::functions::messages::{
    DeleteHistory, DeleteMessages, EditMessage, ForwardMessages, SendMedia, SendMessage,
};
use telewire::tl::api::{enums, types};

use super::bots::keyboard;
use super::outsiders::tea;
use super::{Device, Script, message, updates};
use crate::world::Peer;

fn bold(length: i32) -> enums::MessageEntity {
    types::MessageEntityBold { offset: 0, length }.into()
}

fn button(text: &str) -> enums::ReplyMarkup {
    keyboard(text, text.as_bytes())
}

fn place(long: f64) -> enums::InputMedia {
    let point = types::InputGeoPoint { lat: 1.0, long, accuracy_radius: None };
    types::InputMediaGeoPoint { geo_point: point.into() }.into()
}

/// What somebody sees of a message of a chat with, or in, something.
fn seen(script: &mut Script, device: Device, peer: Peer, id: i32) -> types::Message {
    use telewire::tl::api::functions::{channels, messages};
    // As bots look at messages too, who have no histories.
    let ids = vec![types::InputMessageId { id }.into()];
    let found = match peer {
        Peer::Channel(channel) => {
            let channel = script.input_channel(device, channel);
            script.ask(device, &channels::GetMessages { channel, id: ids })
        }
        Peer::User(_) | Peer::Chat(_) => script.ask(device, &messages::GetMessages { id: ids }),
    };
    let found = match found.unwrap() {
        enums::messages::Messages::Messages(all) => all.messages,
        enums::messages::Messages::MessagesSlice(all) => all.messages,
        enums::messages::Messages::ChannelMessages(all) => all.messages,
        other => panic!("{other:?}"),
    };
    message(found[0].clone())
}

/// Where an edit is tried: as each sees it, with the number that the message gets for whoever sends it, and for the other.
fn places(script: &mut Script, by: Device, other: Device) -> Vec<(Peer, Peer, i32, i32)> {
    let (group, supergroup) = (script.group(by, &[other]), script.channel(by, &[other], false));
    let broadcast = script.channel(by, &[other], true);
    vec![
        (Peer::User(other.user), Peer::User(by.user), 2, 2),
        (Peer::Chat(group), Peer::Chat(group), 2, 2),
        (Peer::Channel(supergroup), Peer::Channel(supergroup), 3, 3),
        (Peer::Channel(broadcast), Peer::Channel(broadcast), 2, 2),
    ]
}

#[test]
fn um_05_what_an_edit_does_not_name_stays() {
    for at in 0..4 {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let (peer, theirs, mine, id) = places(&mut script, ada, bob)[at];
        let input = script.place(ada, peer);
        let request = SendMessage {
            entities: Some(vec![bold(4)]),
            ..SendMessage::new(input.clone(), "some words".into(), 70)
        };
        let sent = script.ask(ada, &request).unwrap();
        let enums::Update::UpdateMessageId(number) = &updates(&sent).updates[0] else { panic!() };
        let (mine, id) = if at < 2 { (number.id, number.id) } else { (mine, id) };
        script.told();
        // Words without marks: the marks go with the words.
        let edit =
            EditMessage { message: Some("others".into()), ..EditMessage::new(input.clone(), mine) };
        script.ask(ada, &edit).unwrap();
        let now = seen(&mut script, bob, theirs, id);
        assert_eq!((now.message.as_str(), now.entities), ("others", None), "{at}");
        // Marks without words.
        let edit =
            EditMessage { entities: Some(vec![bold(3)]), ..EditMessage::new(input.clone(), mine) };
        script.ask(ada, &edit).unwrap();
        let now = seen(&mut script, bob, theirs, id);
        assert_eq!((now.message.as_str(), now.entities), ("others", Some(vec![bold(3)])), "{at}");
        // A place, and the words and marks stay.
        script.told();
        let edit = EditMessage { media: Some(place(2.0)), ..EditMessage::new(input.clone(), mine) };
        script.ask(ada, &edit).unwrap();
        let now = seen(&mut script, bob, theirs, id);
        assert!(matches!(now.media, Some(enums::MessageMedia::MessageMediaGeo(_))), "{at}");
        assert_eq!((now.message.as_str(), now.entities), ("others", Some(vec![bold(3)])), "{at}");
        let told = script.told();
        assert_eq!(told.len(), 1, "{at}");
        let told = &updates(&told[0].1).updates[0];
        let (shown, count) = match told {
            enums::Update::UpdateEditMessage(edit) => (&edit.message, edit.pts_count),
            enums::Update::UpdateEditChannelMessage(edit) => (&edit.message, edit.pts_count),
            other => panic!("{other:?}"),
        };
        assert_eq!((message(shown.clone()).media, count), (now.media, 1), "{at}");
        // A place needs no words.
        let edit =
            EditMessage { message: Some(String::new()), ..EditMessage::new(input.clone(), mine) };
        script.ask(ada, &edit).unwrap();
        assert_eq!(seen(&mut script, bob, theirs, id).message, "", "{at}");
        assert_eq!(script.ask(ada, &edit).unwrap_err(), "400 MESSAGE_NOT_MODIFIED", "{at}");
        let nothing = EditMessage::new(input.clone(), mine);
        assert_eq!(script.ask(ada, &nothing).unwrap_err(), "400 MESSAGE_NOT_MODIFIED", "{at}");
        let (long, bare) = ("x".repeat(1_025), EditMessage::new(input, mine));
        for (request, error) in [
            (EditMessage { message: Some(long), ..bare.clone() }, "400 MEDIA_CAPTION_TOO_LONG"),
            (EditMessage { media: Some(tea().into()), ..bare.clone() }, "400 MEDIA_NEW_INVALID"),
            (
                EditMessage { media: Some(enums::InputMedia::InputMediaEmpty), ..bare.clone() },
                "400 MEDIA_EMPTY",
            ),
            (
                EditMessage { entities: Some(vec![bold(99)]), ..bare.clone() },
                "400 ENTITY_BOUNDS_INVALID",
            ),
        ] {
            assert_eq!(script.ask(ada, &request).unwrap_err(), error, "{at}");
        }
        let request = SendMedia::new(request.peer.clone(), tea().into(), String::new(), 71);
        script.ask(ada, &request).unwrap();
        let edit =
            EditMessage { media: Some(place(3.0)), ..EditMessage::new(request.peer, mine + 1) };
        assert_eq!(script.ask(ada, &edit).unwrap_err(), "400 MEDIA_PREV_INVALID", "{at}");
    }
}

#[test]
fn um_05_bots_change_their_buttons_and_take_them_away_and_people_have_none() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    let peer = script.input_peer(echo, ada.user);
    let request = SendMessage {
        reply_markup: Some(button("one")),
        ..SendMessage::new(peer.clone(), "press".into(), 70)
    };
    script.ask(echo, &request).unwrap();
    let here = Peer::User(echo.user);
    assert_eq!(seen(&mut script, ada, here, 1).reply_markup, Some(button("one")));
    let bare = EditMessage::new(peer.clone(), 1);
    let other = EditMessage { reply_markup: Some(button("two")), ..bare.clone() };
    script.ask(echo, &other).unwrap();
    let now = seen(&mut script, ada, here, 1);
    assert_eq!((now.message.as_str(), now.reply_markup), ("press", Some(button("two"))));
    assert_eq!(script.ask(echo, &other).unwrap_err(), "400 MESSAGE_NOT_MODIFIED");
    // Words alone: the buttons are not named, and go.
    let words = EditMessage { message: Some("pressed".into()), ..bare.clone() };
    script.ask(echo, &words).unwrap();
    let now = seen(&mut script, ada, here, 1);
    assert_eq!((now.message.as_str(), now.reply_markup), ("pressed", None));
    let keyboard = types::ReplyKeyboardHide { selective: false }.into();
    let wrong = EditMessage { reply_markup: Some(keyboard), ..bare };
    assert_eq!(script.ask(echo, &wrong).unwrap_err(), "400 REPLY_MARKUP_INVALID");
    script.send(ada, echo.user, "mine");
    let peer = script.input_peer(ada, echo.user);
    let mine = EditMessage {
        message: Some("mine, changed".into()),
        reply_markup: Some(button("one")),
        ..EditMessage::new(peer, 2)
    };
    script.ask(ada, &mine).unwrap();
    assert_eq!(seen(&mut script, echo, Peer::User(ada.user), 2).reply_markup, None);
}

#[test]
fn what_waits_to_be_sent_is_edited_by_the_same_rules() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let peer = script.input_peer(ada, bob.user);
    let later = Some(1_700_000_060);
    let request = SendMessage {
        schedule_date: later,
        entities: Some(vec![bold(4)]),
        ..SendMessage::new(peer.clone(), "some words".into(), 70)
    };
    script.ask(ada, &request).unwrap();
    let bare = EditMessage { schedule_date: later, ..EditMessage::new(peer, 1) };
    let edit = EditMessage { media: Some(place(2.0)), ..bare.clone() };
    script.ask(ada, &edit).unwrap();
    let wrong = EditMessage { media: Some(tea().into()), ..bare };
    assert_eq!(script.ask(ada, &wrong).unwrap_err(), "400 MEDIA_NEW_INVALID");
    script.unix += Duration::from_secs(60);
    script.told();
    let got = script.history(bob, ada.user);
    assert_eq!((got[0].message.as_str(), &got[0].entities), ("some words", &Some(vec![bold(4)])));
    assert!(got[0].media.is_some());
}

#[test]
fn after_two_days_those_edit_who_may_pin_or_edit_and_whoever_wrote_to_themselves() {
    for (at, error) in [
        (0, Some("400 MESSAGE_EDIT_TIME_EXPIRED")),
        (1, Some("400 MESSAGE_EDIT_TIME_EXPIRED")),
        (2, None),
        (3, None),
    ] {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let (peer, ..) = places(&mut script, ada, bob)[at];
        let input = script.place(ada, peer);
        let sent = script.ask(ada, &SendMessage::new(input.clone(), "old".into(), 70)).unwrap();
        let enums::Update::UpdateMessageId(number) = &updates(&sent).updates[0] else { panic!() };
        script.unix += Duration::from_secs(2 * 86_400 + 1);
        let edit =
            EditMessage { message: Some("new".into()), ..EditMessage::new(input, number.id) };
        assert_eq!(script.ask(ada, &edit).err().as_deref(), error, "{at}");
    }
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    script.say(bob, Peer::Channel(id), "old").unwrap();
    script.unix += Duration::from_secs(2 * 86_400 + 1);
    let peer = script.place(bob, Peer::Channel(id));
    let edit = EditMessage { message: Some("new".into()), ..EditMessage::new(peer, 3) };
    assert_eq!(script.ask(bob, &edit).unwrap_err(), "400 MESSAGE_EDIT_TIME_EXPIRED");
}

fn closed() -> enums::InputMedia {
    let mut media = tea();
    media.poll.closed = true;
    media.into()
}

#[test]
fn a_poll_is_closed_by_whoever_asked_and_by_nobody_who_sent_it_on() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let peer = script.input_peer(ada, bob.user);
    script.ask(ada, &SendMedia::new(peer.clone(), tea().into(), String::new(), 70)).unwrap();
    let (from, to) = (script.input_peer(bob, ada.user), script.input_peer(bob, eve.user));
    // In Bob's name, by nobody it seems: but the poll is Ada's.
    for (drop_author, number) in [(true, 71), (false, 72)] {
        let forward = ForwardMessages {
            drop_author,
            ..ForwardMessages::new(from.clone(), vec![1], vec![number], to.clone())
        };
        script.ask(bob, &forward).unwrap();
    }
    script.told();
    let close = |peer: &enums::InputPeer, id| EditMessage {
        media: Some(closed()),
        ..EditMessage::new(peer.clone(), id)
    };
    for id in [2, 3] {
        assert_eq!(script.ask(bob, &close(&to, id)).unwrap_err(), "403 MESSAGE_AUTHOR_REQUIRED");
    }
    assert_eq!(script.ask(bob, &close(&from, 1)).unwrap_err(), "403 MESSAGE_AUTHOR_REQUIRED");
    assert_eq!(script.told(), []);
    script.ask(ada, &close(&peer, 1)).unwrap();
    let told = super::told_to(&mut script, eve.user);
    let [enums::Update::UpdateMessagePoll(update)] = &told[..] else { panic!("{told:?}") };
    assert!(update.poll.as_ref().unwrap().closed);
}

#[test]
fn a_poll_of_a_channel_is_closed_by_its_admins_and_not_by_members() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for is_broadcast in [true, false] {
        let id = script.channel(ada, &[bob], is_broadcast);
        let (peer, theirs) =
            (script.place(ada, Peer::Channel(id)), script.place(bob, Peer::Channel(id)));
        script.ask(ada, &SendMedia::new(peer.clone(), tea().into(), String::new(), 70)).unwrap();
        let message = if is_broadcast { 2 } else { 3 };
        script.told();
        let close = |peer: &enums::InputPeer| EditMessage {
            media: Some(closed()),
            ..EditMessage::new(peer.clone(), message)
        };
        assert_eq!(script.ask(bob, &close(&theirs)).unwrap_err(), "403 MESSAGE_AUTHOR_REQUIRED");
        script.ask(ada, &close(&peer)).unwrap();
        let told = super::told_to(&mut script, bob.user);
        assert!(matches!(&told[..], [enums::Update::UpdateMessagePoll(_)]), "{told:?}");
    }
}

#[test]
fn what_nobody_has_any_more_is_not_kept() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let count = |script: &Script| script.world.state().posts.len();
    let polls = |script: &Script| {
        let state = script.world.state();
        state.polls.values().map(|poll| poll.posts.len()).sum::<usize>()
    };
    for is_broadcast in [false, true] {
        let id = script.channel(ada, &[bob], is_broadcast);
        let before = count(&script);
        let peer = script.place(ada, Peer::Channel(id));
        script.say(ada, Peer::Channel(id), "hello").unwrap();
        script.ask(ada, &SendMedia::new(peer, tea().into(), String::new(), 70)).unwrap();
        assert_eq!((count(&script), polls(&script)), (before + 2, 1));
        let channel = script.input_channel(ada, id);
        let ids = (2..=9).collect();
        script.ask(ada, &DeleteChannelMessages { channel, id: ids }).unwrap();
        assert!(count(&script) <= before);
        assert_eq!(polls(&script), 0);
    }
    // A channel that is no more has nothing.
    let before = count(&script);
    let id = script.channel(ada, &[bob], false);
    let peer = script.place(ada, Peer::Channel(id));
    let request = SendMessage::new(peer, "hello".into(), 80);
    let first = script.ask(ada, &request).unwrap();
    assert!(count(&script) > before && !updates(&first).updates.is_empty());
    let channel = script.input_channel(ada, id);
    script.ask(ada, &DeleteChannel { channel }).unwrap();
    assert_eq!(count(&script), before);
    assert_eq!(script.ask(ada, &request).unwrap_err(), "400 CHANNEL_PRIVATE");
    let before = count(&script);
    script.send(ada, bob.user, "hello");
    let (mine, theirs) = (script.input_peer(ada, bob.user), script.input_peer(bob, ada.user));
    script.ask(ada, &DeleteHistory::new(mine, 0)).unwrap();
    assert_eq!(count(&script), before + 1);
    script.ask(bob, &DeleteHistory::new(theirs, 0)).unwrap();
    assert_eq!(count(&script), before);
    // What somebody who is out of a group has of it goes with their copy.
    let group = script.group(ada, &[bob]);
    script.say(ada, Peer::Chat(group), "hello").unwrap();
    let peer = script.place(ada, Peer::Chat(group));
    let last = script.said(ada, Peer::Chat(group)).unwrap()[0].0;
    let theirs = script.said(bob, Peer::Chat(group)).unwrap()[0].0;
    let user = script.input_user(ada, bob.user).into();
    let remove = telewire::tl::api::functions::messages::DeleteChatUser::new(group, user);
    script.ask(ada, &remove).unwrap();
    let before = count(&script);
    let edit = EditMessage { message: Some("other".into()), ..EditMessage::new(peer, last) };
    script.ask(ada, &edit).unwrap();
    assert_eq!(count(&script), before + 1);
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![last] }).unwrap();
    script.ask(bob, &DeleteMessages { revoke: false, id: vec![theirs] }).unwrap();
    assert_eq!(count(&script), before - 1);
}

#[test]
fn numbers_are_taken_out_of_others_wherever_they_are() {
    let all: Vec<i32> = (1..=6).collect();
    for chosen in 0..64_u32 {
        let gone: Vec<i32> = all.iter().copied().filter(|id| chosen >> (id - 1) & 1 == 1).collect();
        let mut left = all.clone();
        crate::world::remove::take_out(&mut left, &gone);
        let expected: Vec<i32> = all.iter().copied().filter(|id| !gone.contains(id)).collect();
        assert_eq!(left, expected);
    }
}
