//! What is missed in channels: UM-06, UM-07; who is named in them, and by whom they are: UM-10.

use std::time::Duration;

use telewire::tl::api::functions::channels::{DeleteMessages, GetParticipants, JoinChannel};
use telewire::tl::api::functions::messages::{EditMessage, SendMessage, UpdatePinnedMessage};
use telewire::tl::api::functions::updates::{GetChannelDifference, GetDifference};
use telewire::tl::api::functions::users::GetUsers;
use telewire::tl::api::{enums, types};

use super::places::{Said, chats, said};
use super::{Device, Script, updates};
use crate::world::Peer;

type Difference = Result<enums::updates::ChannelDifference, String>;

fn ask(script: &mut Script, device: Device, id: i64, pts: i32, limit: i32) -> Difference {
    let channel = script.input_channel(device, id);
    let filter = enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty;
    script.ask(device, &GetChannelDifference { force: false, channel, filter, pts, limit })
}

/// What is new, the names and positions of what else happened, the position, and whether it is all.
type Missed = (Vec<Said>, Vec<(&'static str, i32, i32)>, i32, bool);

fn missed(difference: Difference) -> Missed {
    match difference.unwrap() {
        enums::updates::ChannelDifference::ChannelDifference(all) => {
            assert_eq!(all.timeout.is_some(), all.r#final);
            let other = all.other_updates.iter().map(event).collect();
            (all.new_messages.iter().map(said).collect(), other, all.pts, all.r#final)
        }
        enums::updates::ChannelDifference::ChannelDifferenceEmpty(none) => {
            (Vec::new(), Vec::new(), none.pts, none.r#final)
        }
        other => panic!("{other:?}"),
    }
}

fn event(update: &enums::Update) -> (&'static str, i32, i32) {
    match update {
        enums::Update::UpdateNewChannelMessage(new) => ("new", new.pts, new.pts_count),
        enums::Update::UpdateEditChannelMessage(edit) => ("edit", edit.pts, edit.pts_count),
        enums::Update::UpdateDeleteChannelMessages(gone) => ("delete", gone.pts, gone.pts_count),
        enums::Update::UpdatePinnedChannelMessages(pin) => ("pin", pin.pts, pin.pts_count),
        enums::Update::UpdateChannelTooLong(long) => ("too long", long.pts.unwrap_or(0), 0),
        other => panic!("{other:?}"),
    }
}

fn edit(script: &mut Script, by: Device, id: i64, message: i32, text: &str) {
    let peer = script.place(by, Peer::Channel(id));
    let request = EditMessage { message: Some(text.into()), ..EditMessage::new(peer, message) };
    script.ask(by, &request).unwrap();
}

fn delete(script: &mut Script, by: Device, id: i64, ids: &[i32]) {
    let channel = script.input_channel(by, id);
    script.ask(by, &DeleteMessages { channel, id: ids.to_vec() }).unwrap();
}

#[test]
fn um_07_a_channel_s_difference_is_what_is_there_now_and_what_happened_to_the_rest() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    // Made, and one invited: the box is at 3.
    script.say(ada, channel, "old").unwrap();
    assert_eq!(missed(ask(&mut script, bob, id, 4, 100)), (vec![], vec![], 4, true));
    script.say(ada, channel, "helo").unwrap();
    script.say(ada, channel, "gone").unwrap();
    edit(&mut script, ada, id, 4, "hello");
    edit(&mut script, ada, id, 3, "older");
    delete(&mut script, ada, id, &[5, 2]);
    let peer = script.place(ada, channel);
    let pin = UpdatePinnedMessage { unpin: false, ..UpdatePinnedMessage::new(peer, 3) };
    script.ask(ada, &pin).unwrap();
    let new = vec![(4, false, "hello".into()), (6, false, "PinMessage".into())];
    let other = vec![("edit", 8, 1), ("delete", 10, 2), ("pin", 11, 1)];
    assert_eq!(missed(ask(&mut script, bob, id, 4, 100)), (new, other, 12, true));
    // For its sender what is new is their own.
    let (new, ..) = missed(ask(&mut script, ada, id, 4, 100));
    assert_eq!(new[0], (4, true, "hello".into()));
}

#[test]
fn um_07_a_difference_has_parts_of_the_limit_and_the_last_is_final() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    for number in 0..5 {
        script.say(ada, Peer::Channel(id), &number.to_string()).unwrap();
    }
    // A deletion of three is never cut in two.
    delete(&mut script, ada, id, &[3, 4, 5]);
    let (mut pts, mut parts, mut messages) = (3, Vec::new(), Vec::new());
    for _ in 0..10 {
        // By the seed a part may be too long: this one has none.
        let (new, other, now, is_final) = missed(ask(&mut script, bob, id, pts, 2));
        messages.extend(new.into_iter().map(|(id, ..)| id));
        parts.push((now, other.len()));
        pts = now;
        if is_final {
            break;
        }
    }
    assert_eq!(parts, [(5, 0), (7, 0), (8, 0), (11, 1)]);
    assert_eq!(messages, [6, 7]);
}

#[test]
fn um_07_what_is_further_behind_than_a_box_keeps_is_too_long() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    script.world.keep_channel_events(5);
    for number in 0..6 {
        script.say(ada, Peer::Channel(id), &number.to_string()).unwrap();
    }
    assert_eq!(missed(ask(&mut script, bob, id, 4, 100)).0.len(), 5);
    let difference = ask(&mut script, bob, id, 3, 2).unwrap();
    let enums::updates::ChannelDifference::ChannelDifferenceTooLong(long) = difference else {
        panic!()
    };
    let enums::Dialog::Dialog(dialog) = &long.dialog else { panic!() };
    let place = (dialog.pts, dialog.top_message, dialog.unread_count, dialog.read_inbox_max_id);
    assert_eq!(place, (Some(9), 8, 7, 1));
    let latest: Vec<_> = long.messages.iter().map(|message| said(message).0).collect();
    assert_eq!((latest, long.r#final), (vec![8, 7], true));
}

#[test]
fn um_07_by_the_seed_what_is_beyond_the_limit_is_too_long() {
    let is_long = |seed, limit| {
        let mut script = Script::seeded(seed);
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let id = script.channel(ada, &[bob], false);
        script.say(ada, Peer::Channel(id), "one").unwrap();
        script.say(ada, Peer::Channel(id), "two").unwrap();
        let once = ask(&mut script, bob, id, 3, limit).unwrap();
        // Asked again it is the same.
        assert_eq!(ask(&mut script, bob, id, 3, limit).unwrap(), once);
        matches!(once, enums::updates::ChannelDifference::ChannelDifferenceTooLong(_))
    };
    let long = (0..40).filter(|seed| is_long(*seed, 1)).count();
    assert!((1..40).contains(&long), "{long}");
    assert!((0..40).all(|seed| !is_long(seed, 2)));
}

#[test]
fn um_07_positions_that_cannot_be_are_refused_and_so_is_who_may_not_read() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], false);
    for (device, pts, error) in [
        (bob, 0, "400 PERSISTENT_TIMESTAMP_EMPTY"),
        (bob, -1, "400 PERSISTENT_TIMESTAMP_INVALID"),
        (bob, 4, "400 PERSISTENT_TIMESTAMP_INVALID"),
        (eve, 1, "400 CHANNEL_PRIVATE"),
    ] {
        assert_eq!(ask(&mut script, device, id, pts, 10).unwrap_err(), error);
    }
    let filter = enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty;
    let channel = script.input_channel(ada, id);
    let stolen =
        GetChannelDifference { force: false, channel, filter: filter.clone(), pts: 1, limit: 10 };
    assert_eq!(script.ask(bob, &stolen).unwrap_err(), "400 CHANNEL_INVALID");
    let bounded = |script: &mut Script, min_id, max_id| {
        let ranges = vec![types::MessageRange { min_id, max_id }];
        let filter = types::ChannelMessagesFilter { exclude_new_messages: false, ranges }.into();
        let channel = script.input_channel(bob, id);
        let request = GetChannelDifference { force: false, channel, filter, pts: 1, limit: 10 };
        script.ask(bob, &request)
    };
    let (new, _, pts, _) = missed(bounded(&mut script, 2, 9));
    assert_eq!((new.len(), pts), (1, 3));
    assert_eq!(bounded(&mut script, 9, 2).unwrap_err(), "400 RANGES_INVALID");
}

#[test]
fn um_06_a_common_difference_names_channels_in_which_something_happened_since() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut script = Script::seeded(seed);
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        // In this one nothing happens.
        script.channel(ada, &[bob], false);
        let foreign = script.channel(ada, &[], false);
        let id = script.channel(ada, &[bob], false);
        script.unix += Duration::from_secs(10);
        script.say(ada, Peer::Channel(id), "one").unwrap();
        script.say(ada, Peer::Channel(foreign), "two").unwrap();
        let request = GetDifference::new(script.pts(bob), 1_700_000_010, 0);
        let enums::updates::Difference::Difference(all) = script.ask(bob, &request).unwrap() else {
            panic!()
        };
        let named: Vec<_> = all.chats.iter().map(enums::Chat::id).collect();
        assert_eq!((named, all.other_updates.len()), (vec![id], 1));
        assert_eq!(all.new_messages, []);
        kinds.insert(event(&all.other_updates[0]));
        // None since.
        let request = GetDifference::new(script.pts(bob), 1_700_000_011, 0);
        let none = script.ask(bob, &request).unwrap();
        assert!(matches!(none, enums::updates::Difference::DifferenceEmpty(_)));
    }
    let all = [("new", 4, 1), ("too long", 0, 0), ("too long", 4, 0)];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all);
}

/// Whether somebody who came along is shown in short, and their access hash.
fn person(all: &enums::Updates, id: i64) -> Option<(bool, i64)> {
    updates(all).users.iter().find_map(|user| match user {
        enums::User::User(user) if user.id == id => Some((user.min, user.access_hash.unwrap())),
        _ => None,
    })
}

#[test]
fn um_10_strangers_in_a_channel_s_messages_are_shown_in_short() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let echo = script.bot("Echo");
    let id = script.channel(ada, &[bob, eve], false);
    script.invite(ada, id, echo).unwrap();
    script.send(bob, eve.user, "hello");
    script.told();
    script.say(eve, Peer::Channel(id), "hello").unwrap();
    let told = script.told();
    let seen = |by: Device| {
        let (_, all) = told.iter().find(|(to, _)| *to == by).unwrap();
        person(all, eve.user).unwrap()
    };
    // Ada has no chat with her, Bob has; bots know all.
    let (is_min, hash) = seen(ada);
    assert!(is_min && !seen(bob).0 && !seen(echo).0);
    let named = |script: &mut Script, by, access_hash| {
        let user = types::InputUser { user_id: eve.user, access_hash };
        script.ask(by, &GetUsers { id: vec![user.into()] }).unwrap().len()
    };
    assert_eq!(named(&mut script, ada, hash), 0);
    assert_eq!(named(&mut script, bob, seen(bob).1), 1);
    // In a list of who is there she is whole.
    let channel = script.input_channel(ada, id);
    let filter = enums::ChannelParticipantsFilter::ChannelParticipantsRecent;
    let request = GetParticipants { channel, filter, offset: 0, limit: 10, hash: 0 };
    let enums::channels::ChannelParticipants::ChannelParticipants(all) =
        script.ask(ada, &request).unwrap()
    else {
        panic!()
    };
    let whole = |user: &enums::User| matches!(user, enums::User::User(user) if !user.min);
    assert!(all.users.iter().all(whole));
}

#[test]
fn um_10_somebody_is_named_by_a_channel_s_message_that_can_be_read() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], false);
    script.say(bob, Peer::Channel(id), "hello").unwrap();
    let by_message = |script: &mut Script, by, msg_id, user_id| {
        let peer = script.place(by, Peer::Channel(id));
        let user = types::InputUserFromMessage { peer, msg_id, user_id };
        script.ask(by, &GetUsers { id: vec![user.into()] }).unwrap().len()
    };
    assert_eq!(by_message(&mut script, ada, 3, bob.user), 1);
    // Who was invited is named there too.
    assert_eq!(by_message(&mut script, ada, 2, bob.user), 1);
    for (by, message, user) in [
        (ada, 3, eve.user),
        (ada, 1, bob.user),
        (ada, 99, bob.user),
        // She may not read it.
        (eve, 3, bob.user),
    ] {
        assert_eq!(by_message(&mut script, by, message, user), 0, "{message}");
    }
    // The message is of another chat.
    let group = script.group(ada, &[bob]);
    let peer = script.place(ada, Peer::User(bob.user));
    let user = types::InputUserFromMessage { peer, msg_id: 1, user_id: bob.user };
    let request = GetUsers { id: vec![user.into()] };
    assert_eq!(script.said(ada, Peer::Chat(group)).unwrap()[0].0, 1);
    assert_eq!(script.ask(ada, &request).unwrap(), []);
    delete(&mut script, bob, id, &[3]);
    assert_eq!(by_message(&mut script, ada, 3, bob.user), 0);
}

#[test]
fn um_10_a_channel_is_named_by_a_message_that_names_it() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let group = script.group(ada, &[bob]);
    let migrate = telewire::tl::api::functions::messages::MigrateChat { chat_id: group };
    let answer = script.ask(ada, &migrate).unwrap();
    let ids = chats(&answer).iter().map(enums::Chat::id);
    let id = ids.max().unwrap();
    let other = script.channel(ada, &[bob], false);
    let join = |script: &mut Script, by, msg_id, channel_id| {
        let peer = script.place(by, Peer::Chat(group));
        let channel = types::InputChannelFromMessage { peer, msg_id, channel_id };
        script.ask(by, &JoinChannel { channel: channel.into() }).map(drop).unwrap_err()
    };
    // He is in it: the message was enough to say which is meant.
    assert_eq!(join(&mut script, bob, 2, id), "400 USER_ALREADY_PARTICIPANT");
    for (by, message, channel) in [(bob, 2, other), (bob, 1, id), (eve, 2, id)] {
        assert_eq!(join(&mut script, by, message, channel), "400 CHANNEL_INVALID");
    }
    let peer = Box::new(script.place(bob, Peer::Chat(group)));
    let by_message = types::InputPeerChannelFromMessage { peer, msg_id: 2, channel_id: id };
    let send = SendMessage::new(by_message.into(), "hello".into(), 9);
    script.ask(bob, &send).unwrap();
    assert_eq!(script.said(ada, Peer::Channel(id)).unwrap()[0].2, "hello");
}

#[test]
fn um_10_bots_name_channels_without_a_hash_and_people_do_not() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let echo = script.bot("Echo");
    let id = script.channel(ada, &[bob, echo], false);
    let other = script.channel(ada, &[bob], false);
    let mut send = |device, channel_id, random_id| {
        let peer = types::InputPeerChannel { channel_id, access_hash: 0 };
        script.ask(device, &SendMessage::new(peer.into(), "hello".into(), random_id)).map(drop)
    };
    assert_eq!(send(echo, id, 1), Ok(()));
    assert_eq!(send(bob, id, 2), Err("400 CHANNEL_INVALID".into()));
    // Where they are not they may not read.
    assert_eq!(send(echo, other, 3), Err("400 CHANNEL_PRIVATE".into()));
    assert_eq!(script.said(ada, Peer::Channel(id)).unwrap()[0].2, "hello");
}
