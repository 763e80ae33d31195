//! In whose name one writes in a supergroup, and who read what one wrote.

use std::time::Duration;

use telewire::tl::api::functions::channels::{
    EditAdmin, GetFullChannel, GetSendAs, LeaveChannel, ReadHistory as ReadChannel, UpdateUsername,
};
use telewire::tl::api::functions::messages::{
    EditMessage, ForwardMessages, GetMessageReadParticipants, ReadHistory, SaveDefaultSendAs,
    SendMedia, SendMessage,
};
use telewire::tl::api::{enums, types};

use super::outsiders::tea;
use super::{Device, Script, message, updates};
use crate::world::Peer;

fn named(script: &mut Script, by: Device, id: i64, name: &str) {
    let channel = script.input_channel(by, id);
    script.ask(by, &UpdateUsername { channel, username: name.into() }).unwrap();
}

/// A supergroup that anybody may read, of Ada and Bob, and a channel of Bob's with a name.
fn group_and_channel() -> (Script, Device, Device, i64, i64) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let group = script.channel(ada, &[bob], false);
    named(&mut script, ada, group, "group_of_ada");
    let channel = script.channel(bob, &[], true);
    named(&mut script, bob, channel, "news_of_bob");
    script.told();
    (script, ada, bob, group, channel)
}

fn names(script: &mut Script, by: Device, id: i64) -> Vec<enums::Peer> {
    let peer = script.place(by, Peer::Channel(id));
    let found = script.ask(by, &GetSendAs::new(peer)).unwrap();
    found.peers.into_iter().map(|one| one.peer).collect()
}

/// What somebody is told was said, the only message of it.
fn told(script: &mut Script) -> (types::Message, types::Updates) {
    let told = script.told();
    let [(_, all)] = &told[..] else { panic!("{told:?}") };
    let all = updates(all).clone();
    let enums::Update::UpdateNewChannelMessage(new) = &all.updates[0] else { panic!() };
    (message(new.message.clone()), all)
}

fn user(user_id: i64) -> enums::Peer {
    types::PeerUser { user_id }.into()
}

fn channel_peer(channel_id: i64) -> enums::Peer {
    types::PeerChannel { channel_id }.into()
}

#[test]
fn those_names_are_told_in_which_one_may_write() {
    let (mut script, ada, bob, group, channel) = group_and_channel();
    assert_eq!(names(&mut script, bob, group), [user(bob.user), channel_peer(channel)]);
    assert_eq!(names(&mut script, ada, group), [user(ada.user), channel_peer(group)]);
    assert_eq!(names(&mut script, bob, channel), [channel_peer(channel)]);
    // An admin who is anonymous writes in the group's name.
    let all = [user(bob.user), channel_peer(group), channel_peer(channel)];
    for anonymous in [false, true] {
        let named = script.input_channel(ada, group);
        let user_id = script.input_user(ada, bob.user).into();
        let none = types::ChatAdminRights::new();
        let rights = types::ChatAdminRights { anonymous, pin_messages: true, ..none };
        script.ask(ada, &EditAdmin::new(named, user_id, rights)).unwrap();
        assert_eq!(names(&mut script, bob, group).contains(&all[1]), anonymous);
    }
    assert_eq!(names(&mut script, bob, group), all);
    // In what not everybody may read there are no other channels.
    let private = script.channel(bob, &[ada], false);
    assert_eq!(names(&mut script, bob, private), [user(bob.user), channel_peer(private)]);
    assert_eq!(names(&mut script, ada, private), [user(ada.user)]);
    let peer = script.place(bob, Peer::User(ada.user));
    assert_eq!(script.ask(bob, &GetSendAs::new(peer)).unwrap_err(), "400 PEER_ID_INVALID");
    let hidden = script.channel(ada, &[], false);
    let peer = script.place(bob, Peer::Channel(hidden));
    assert_eq!(script.ask(bob, &GetSendAs::new(peer)).unwrap_err(), "400 CHANNEL_PRIVATE");
}

#[test]
fn what_is_said_in_the_name_of_a_channel_does_not_tell_who_said_it() {
    let (mut script, ada, bob, group, channel) = group_and_channel();
    let place = script.place(bob, Peer::Channel(group));
    let as_channel = Some(script.place(bob, Peer::Channel(channel)));
    let request = SendMessage {
        send_as: as_channel.clone(),
        ..SendMessage::new(place.clone(), "hello".into(), 70)
    };
    script.ask(bob, &request).unwrap();
    let (new, all) = told(&mut script);
    assert_eq!((new.from_id, new.out), (Some(channel_peer(channel)), false));
    assert!(all.users.iter().all(|user| user.id() != bob.user));
    assert!(all.chats.iter().any(|chat| chat.id() == channel));
    // It is Bob's still: he edits it, and has not it to read.
    let edit = EditMessage {
        message: Some("hello, all".into()),
        ..EditMessage::new(place.clone(), new.id)
    };
    script.ask(bob, &edit).unwrap();
    let said = script.said(bob, Peer::Channel(group)).unwrap();
    assert_eq!(said[0], (new.id, true, "hello, all".into()));
    script.told();
    // Forwarded it is the channel's, and no post of it.
    let (from, to) = (script.place(ada, Peer::Channel(group)), script.input_peer(ada, bob.user));
    script.ask(ada, &ForwardMessages::new(from, vec![new.id], vec![5], to)).unwrap();
    let got = script.history(bob, ada.user);
    let header = got[0].fwd_from.as_ref().unwrap();
    assert_eq!((&header.from_id, header.channel_post), (&Some(channel_peer(channel)), None));
    script.told();
    // Media and forwards too.
    let request = SendMedia {
        send_as: as_channel.clone(),
        ..SendMedia::new(place.clone(), tea().into(), String::new(), 71)
    };
    script.ask(bob, &request).unwrap();
    assert_eq!(told(&mut script).0.from_id, Some(channel_peer(channel)));
    let from = script.input_peer(bob, ada.user);
    let request = ForwardMessages {
        send_as: as_channel.clone(),
        ..ForwardMessages::new(from, vec![got[0].id], vec![72], place.clone())
    };
    script.ask(bob, &request).unwrap();
    assert_eq!(told(&mut script).0.from_id, Some(channel_peer(channel)));
    // Nobody writes in another's name, nor in that of a channel where there are none.
    let theirs = script.place(ada, Peer::Channel(channel));
    let here = script.place(ada, Peer::Channel(group));
    let other = Some(script.input_peer(bob, ada.user));
    let private = script.input_peer(bob, ada.user);
    for (by, send_as, peer) in
        [(ada, Some(theirs), here), (bob, other, place), (bob, as_channel, private)]
    {
        let request = SendMessage { send_as, ..SendMessage::new(peer, "hello".into(), 80) };
        assert_eq!(script.ask(by, &request).unwrap_err(), "400 SEND_AS_PEER_INVALID");
    }
    assert_eq!(script.told(), []);
}

#[test]
fn a_name_that_was_saved_is_taken_until_another_is() {
    let (mut script, _, bob, group, channel) = group_and_channel();
    let peer = script.place(bob, Peer::Channel(group));
    let (as_channel, as_me) =
        (script.place(bob, Peer::Channel(channel)), script.input_peer(bob, bob.user));
    let save = |send_as: &enums::InputPeer| SaveDefaultSendAs {
        peer: peer.clone(),
        send_as: send_as.clone(),
    };
    script.ask(bob, &save(&as_channel)).unwrap();
    let named = script.input_channel(bob, group);
    let full = GetFullChannel { channel: named };
    let default = |script: &mut Script| match script.ask(bob, &full).unwrap().full_chat {
        enums::ChatFull::ChannelFull(full) => full.default_send_as,
        other => panic!("{other:?}"),
    };
    assert_eq!(default(&mut script), Some(channel_peer(channel)));
    script.say(bob, Peer::Channel(group), "hello").unwrap();
    assert_eq!(told(&mut script).0.from_id, Some(channel_peer(channel)));
    let mine = SendMessage {
        send_as: Some(as_me.clone()),
        ..SendMessage::new(peer.clone(), "mine".into(), 70)
    };
    script.ask(bob, &mine).unwrap();
    assert_eq!(told(&mut script).0.from_id, Some(user(bob.user)));
    // A channel without a name is none to write as.
    named_again(&mut script, bob, channel);
    assert_eq!(default(&mut script), None);
    script.say(bob, Peer::Channel(group), "hello").unwrap();
    assert_eq!(told(&mut script).0.from_id, Some(user(bob.user)));
    assert_eq!(script.ask(bob, &save(&as_channel)).unwrap_err(), "400 SEND_AS_PEER_INVALID");
    script.ask(bob, &save(&as_me)).unwrap();
    let wrong = SaveDefaultSendAs { peer: as_me.clone(), send_as: as_me };
    assert_eq!(script.ask(bob, &wrong).unwrap_err(), "400 PEER_ID_INVALID");
}

fn named_again(script: &mut Script, by: Device, id: i64) {
    named(script, by, id, "");
    script.told();
}

fn readers(
    script: &mut Script,
    by: Device,
    peer: Peer,
    msg_id: i32,
) -> Result<Vec<(i64, i32)>, String> {
    let peer = script.place(by, peer);
    let found = script.ask(by, &GetMessageReadParticipants { peer, msg_id })?;
    Ok(found.into_iter().map(|one| (one.user_id, one.date)).collect())
}

#[test]
fn um_04_whoever_wrote_in_a_group_is_told_who_read_it_and_when() {
    for is_channel in [false, true] {
        let mut script = Script::new();
        let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
        // Bob's box has a message more, so that its numbers are others.
        script.send(eve, bob.user, "hello");
        let peer = match is_channel {
            true => Peer::Channel(script.channel(ada, &[bob, eve], false)),
            false => Peer::Chat(script.group(ada, &[bob, eve])),
        };
        script.say(ada, peer, "one").unwrap();
        script.say(ada, peer, "two").unwrap();
        let said = script.said(ada, peer).unwrap();
        let (one, two) = (said[1].0, said[0].0);
        assert_eq!(readers(&mut script, ada, peer, one), Ok(vec![]));
        let theirs = script.said(bob, peer).unwrap()[1].0;
        let read = |script: &mut Script, by: Device, max_id| {
            script.unix += Duration::from_secs(60);
            match peer {
                Peer::Channel(id) => {
                    let channel = script.input_channel(by, id);
                    script.ask(by, &ReadChannel { channel, max_id }).unwrap();
                }
                peer => {
                    let peer = script.place(by, peer);
                    script.ask(by, &ReadHistory { peer, max_id }).unwrap();
                }
            }
        };
        read(&mut script, bob, theirs);
        read(&mut script, eve, 0);
        read(&mut script, bob, 0);
        let at = |minutes: i32| 1_700_000_000 + 60 * minutes;
        let (bob_s, eve_s) = (bob.user, eve.user);
        assert_eq!(readers(&mut script, ada, peer, one), Ok(vec![(bob_s, at(1)), (eve_s, at(2))]));
        assert_eq!(readers(&mut script, ada, peer, two), Ok(vec![(bob_s, at(3)), (eve_s, at(2))]));
        // What another wrote, or nobody.
        let refused = Err("400 MSG_ID_INVALID".into());
        assert_eq!(readers(&mut script, bob, peer, theirs), refused);
        assert_eq!(readers(&mut script, ada, peer, 99), refused);
        assert_eq!(readers(&mut script, ada, peer, 1), refused);
        let private = Peer::User(bob.user);
        assert_eq!(readers(&mut script, ada, private, 1), Err("400 PEER_ID_INVALID".into()));
        script.unix += Duration::from_secs(7 * 86_400);
        assert_eq!(readers(&mut script, ada, peer, one), Err("400 MSG_TOO_OLD".into()));
    }
}

#[test]
fn who_read_is_told_neither_of_large_groups_nor_to_whoever_is_out() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let others: Vec<Device> = (0..101).map(|at| script.user(&format!("Bob{at}"))).collect();
    let id = script.channel(ada, &others[..99], false);
    let peer = Peer::Channel(id);
    script.say(ada, peer, "hello").unwrap();
    let last = script.said(ada, peer).unwrap()[0].0;
    assert_eq!(readers(&mut script, ada, peer, last), Ok(vec![]));
    let named = script.input_channel(ada, id);
    let users = vec![script.input_user(ada, others[99].user).into()];
    let invite = telewire::tl::api::functions::channels::InviteToChannel { channel: named, users };
    script.ask(ada, &invite).unwrap();
    assert_eq!(readers(&mut script, ada, peer, last), Err("400 CHAT_TOO_BIG".into()));
    named_public(&mut script, ada, id);
    let channel = script.input_channel(others[0], id);
    script.ask(others[0], &LeaveChannel { channel }).unwrap();
    let refused = readers(&mut script, others[0], peer, last);
    assert_eq!(refused, Err("403 CHAT_WRITE_FORBIDDEN".into()));
    let news = script.channel(ada, &[], true);
    script.say(ada, Peer::Channel(news), "news").unwrap();
    let refused = readers(&mut script, ada, Peer::Channel(news), 2);
    assert_eq!(refused, Err("400 PEER_ID_INVALID".into()));
}

fn named_public(script: &mut Script, by: Device, id: i64) {
    named(script, by, id, "group_of_many");
}
