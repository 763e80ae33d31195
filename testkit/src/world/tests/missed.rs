//! What was missed, and the forms in which clients are told: UM-03, UM-06, UM-08, UM-09, UM-11.

use std::time::Duration;

use telewire::crypto::SeededEntropy;
use telewire::ids::SessionId;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{
    DeleteMessages, EditMessage, ForwardMessages, ReadHistory, SendMedia, SendMessage,
    SendReaction, UpdatePinnedMessage,
};
use telewire::tl::api::functions::updates::{GetDifference, GetState};
use telewire::tl::api::{enums, types};

use super::{Device, Script, message};
use crate::world::Peer;
use crate::{Habits, OwnPts};

#[derive(Debug, Default)]
pub(super) struct Missed {
    pub(super) new: Vec<types::Message>,
    others: Vec<enums::Update>,
    pts: i32,
    slices: usize,
}

/// All that a device missed since a position, slice by slice.
pub(super) fn missed(script: &mut Script, device: Device, pts: i32, limit: Option<i32>) -> Missed {
    let mut all = Missed { pts, ..Missed::default() };
    for _ in 0..100 {
        let request = GetDifference { pts_limit: limit, ..GetDifference::new(all.pts, 1, 0) };
        let (new, others, state, is_last) = match script.ask(device, &request).unwrap() {
            enums::updates::Difference::Difference(last) => {
                (last.new_messages, last.other_updates, last.state, true)
            }
            enums::updates::Difference::DifferenceSlice(slice) => {
                (slice.new_messages, slice.other_updates, slice.intermediate_state, false)
            }
            enums::updates::Difference::DifferenceEmpty(_) => return all,
            other => panic!("{other:?}"),
        };
        all.slices += 1;
        all.new.extend(new.into_iter().map(message));
        all.others.extend(others);
        assert!(is_last || state.pts > all.pts);
        all.pts = state.pts;
        if is_last {
            return all;
        }
    }
    panic!("it has no end");
}

fn texts(messages: &[types::Message]) -> Vec<&str> {
    messages.iter().map(|message| message.message.as_str()).collect()
}

fn edit(script: &mut Script, from: Device, to: i64, id: i32, text: &str) {
    let peer = script.input_peer(from, to);
    let request = EditMessage { message: Some(text.into()), ..EditMessage::new(peer, id) };
    script.ask(from, &request).unwrap();
}

/// Bob saw three messages, and missed: two more, edits of an old and of a new one, the end of an old and of a new one, and that what
/// he wrote was read.
fn busy() -> (Script, Device, Device, i32) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "old");
    script.send(ada, bob.user, "old and gone");
    script.send(bob, ada.user, "mine");
    let seen = script.pts(bob);
    script.send(ada, bob.user, "new");
    script.send(ada, bob.user, "new and gone");
    edit(&mut script, ada, bob.user, 1, "old, once changed");
    edit(&mut script, ada, bob.user, 1, "old, twice changed");
    edit(&mut script, ada, bob.user, 4, "new, changed");
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![2, 5] }).unwrap();
    let read = ReadHistory { peer: script.input_peer(ada, bob.user), max_id: 0 };
    script.ask(ada, &read).unwrap();
    script.told();
    (script, ada, bob, seen)
}

#[test]
fn um_06_a_difference_has_what_is_left_and_not_what_was() {
    let (mut script, ada, bob, seen) = busy();
    let peer = script.input_peer(ada, bob.user);
    script.ask(ada, &UpdatePinnedMessage::new(peer, 1)).unwrap();
    let request = GetDifference::new(seen, 1, 0);
    let enums::updates::Difference::Difference(all) = script.ask(bob, &request).unwrap() else {
        panic!()
    };
    assert_eq!(all.state.pts, script.pts(bob));
    let new = message(all.new_messages[0].clone());
    assert_eq!((new.message.as_str(), all.new_messages.len()), ("new, changed", 2));
    assert!(matches!(all.new_messages[1], enums::Message::MessageService(_)));
    let user = |user_id| enums::Peer::from(types::PeerUser { user_id });
    let [edit, gone, read, pin] = all.other_updates.as_slice() else { panic!("{all:#?}") };
    let enums::Update::UpdateEditMessage(edit) = edit else { panic!("{edit:?}") };
    let edited = message(edit.message.clone());
    assert_eq!((edited.id, edited.message.as_str()), (1, "old, twice changed"));
    let enums::Update::UpdateDeleteMessages(gone) = gone else { panic!("{gone:?}") };
    assert_eq!(gone.messages, [2]);
    let enums::Update::UpdateReadHistoryOutbox(read) = read else { panic!("{read:?}") };
    assert_eq!((&read.peer, read.max_id), (&user(ada.user), 3));
    let enums::Update::UpdatePinnedMessages(pin) = pin else { panic!("{pin:?}") };
    assert_eq!((pin.messages.as_slice(), pin.pinned), ([1].as_slice(), true));
}

#[test]
fn um_06_slices_of_each_size_lead_to_the_same_state() {
    for limit in 1..=13 {
        let (mut script, _, bob, seen) = busy();
        let all = missed(&mut script, bob, seen, Some(limit));
        assert_eq!(all.pts, script.pts(bob), "{limit}");
        assert_eq!(texts(&all.new), ["new, changed"], "{limit}");
        // What is shown once more is as it is now, whatever slice it is in.
        let mut edits = 0;
        let mut gone = Vec::new();
        for update in &all.others {
            match update {
                enums::Update::UpdateEditMessage(edit) => {
                    let shown = message(edit.message.clone()).message;
                    assert!(shown == "old, twice changed" || shown == "new, changed", "{shown}");
                    edits += 1;
                }
                enums::Update::UpdateDeleteMessages(delete) => gone.extend(&delete.messages),
                enums::Update::UpdateReadHistoryOutbox(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!((1..=3).contains(&edits) && gone.contains(&2), "{limit}: {edits} {gone:?}");
        assert_eq!(all.slices > 1, limit < 7, "{limit}");
    }
}

#[test]
fn um_06_a_slice_has_the_date_that_was_asked_for_so_that_channels_are_not_passed_over() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    script.unix += Duration::from_secs(10);
    let since = 1_700_000_005;
    script.say(ada, Peer::Channel(id), "hello").unwrap();
    script.unix += Duration::from_secs(10);
    script.send(ada, bob.user, "one");
    script.send(ada, bob.user, "two");
    let request = GetDifference { pts_limit: Some(1), ..GetDifference::new(1, since, 0) };
    let enums::updates::Difference::DifferenceSlice(slice) = script.ask(bob, &request).unwrap()
    else {
        panic!()
    };
    assert_eq!((slice.intermediate_state.pts, slice.intermediate_state.date), (2, since));
    let (pts, date) = (slice.intermediate_state.pts, slice.intermediate_state.date);
    let request = GetDifference { pts_limit: Some(1), ..GetDifference::new(pts, date, 0) };
    let enums::updates::Difference::Difference(last) = script.ask(bob, &request).unwrap() else {
        panic!()
    };
    assert_eq!(last.state.date, 1_700_000_020);
    let of_channel = |update: &enums::Update| match update {
        enums::Update::UpdateChannelTooLong(update) => update.channel_id == id,
        enums::Update::UpdateNewChannelMessage(_) => true,
        _ => false,
    };
    assert!(last.other_updates.iter().any(of_channel), "{:?}", last.other_updates);
}

#[test]
fn um_06_what_one_sent_oneself_comes_with_the_number_that_it_was_sent_by() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let peer = script.input_peer(ada, bob.user);
    script.ask(ada, &SendMessage::new(peer, "hello".into(), 77)).unwrap();
    let mine = missed(&mut script, ada, 1, None);
    assert_eq!(mine.others, [types::UpdateMessageId { id: 1, random_id: 77 }.into()]);
    assert_eq!(missed(&mut script, bob, 1, None).others, []);
}

#[test]
fn um_06_a_difference_that_is_asked_for_wrongly_is_refused() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    for (pts, date, error) in [
        (0, 1, "400 PERSISTENT_TIMESTAMP_EMPTY"),
        (-1, 1, "400 PERSISTENT_TIMESTAMP_EMPTY"),
        (1, 0, "400 DATE_EMPTY"),
        (2, 1, "400 PERSISTENT_TIMESTAMP_INVALID"),
    ] {
        assert_eq!(script.ask(ada, &GetDifference::new(pts, date, 0)), Err(error.into()));
    }
}

#[test]
fn um_06_a_difference_that_is_too_long_says_so() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for _ in 0..6 {
        script.send(ada, bob.user, "hello");
    }
    script.world.set_box_size(3);
    let too_long = types::updates::DifferenceTooLong { pts: 7 };
    for (pts, total, is_too_long) in [
        (3, None, true),
        (4, None, false),
        (4, Some(2), true),
        (4, Some(3), false),
        (1, None, true),
    ] {
        let request = GetDifference { pts_total_limit: total, ..GetDifference::new(pts, 1, 0) };
        let answer = script.ask(bob, &request).unwrap();
        assert_eq!(answer == too_long.clone().into(), is_too_long, "{pts} {total:?}");
    }
}

#[test]
fn um_06_positions_in_a_difference_have_three_styles() {
    for (style, edit_pts, gone_pts) in [
        (OwnPts::Real, (8, 1), (11, 2)),
        (OwnPts::Final, (12, 0), (12, 0)),
        (OwnPts::Zero, (0, 0), (0, 0)),
    ] {
        let (mut script, _, bob, seen) = busy();
        script.world.set_habits(Habits { own_pts: style, ..Habits::default() });
        let all = missed(&mut script, bob, seen, None);
        for update in &all.others {
            match update {
                enums::Update::UpdateEditMessage(edit) => {
                    assert_eq!((edit.pts, edit.pts_count), edit_pts, "{style:?}");
                }
                enums::Update::UpdateDeleteMessages(gone) => {
                    assert_eq!((gone.pts, gone.pts_count), gone_pts, "{style:?}");
                }
                _ => {}
            }
        }
        assert_eq!(all.pts, 12);
    }
    let drawn = |seed| Habits::draw(SeededEntropy::new(seed)).own_pts;
    let styles = (0..64).map(drawn);
    for style in [OwnPts::Real, OwnPts::Final, OwnPts::Zero] {
        assert!(styles.clone().any(|drawn| drawn == style));
    }
    assert_eq!(drawn(5), drawn(5));
}

#[test]
fn um_03_short_forms_say_the_same() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.world.set_habits(Habits { short: 1_000, ..Habits::default() });
    let peer = script.input_peer(ada, bob.user);
    let request = SendMessage::new(peer, "hello".into(), 7);
    let answer = script.ask(ada, &request).unwrap();
    let sent = types::UpdateShortSentMessage {
        out: true,
        ..types::UpdateShortSentMessage::new(1, 2, 1, 1_700_000_000)
    };
    assert_eq!(answer, sent.into());
    assert_eq!(script.ask(ada, &request).unwrap(), answer);
    let told = script.told();
    let short = types::UpdateShortMessage::new(1, ada.user, "hello".into(), 2, 1, 1_700_000_000);
    assert_eq!(told[0].1, short.into());
    // What has no short form comes whole.
    edit(&mut script, ada, bob.user, 1, "other");
    assert!(matches!(script.told()[0].1, enums::Updates::Updates(_)));
}

#[test]
fn um_03_a_short_form_has_all_of_the_message_or_there_is_none() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.world.set_habits(Habits { short: 1_000, ..Habits::default() });
    script.send(bob, ada.user, "question");
    script.told();
    let peer = script.input_peer(ada, bob.user);
    let bold = types::MessageEntityBold { offset: 0, length: 3 };
    let reply = types::InputReplyToMessage::new(1);
    let rich = SendMessage {
        silent: true,
        entities: Some(vec![bold.into()]),
        reply_to: Some(reply.into()),
        ..SendMessage::new(peer.clone(), "rich".into(), 1)
    };
    script.ask(ada, &rich).unwrap();
    let forward = ForwardMessages::new(peer.clone(), vec![1], vec![2], peer.clone());
    script.ask(ada, &forward).unwrap();
    let dice = types::InputMediaDice { emoticon: "🎲".into() };
    script.ask(ada, &SendMedia::new(peer, dice.into(), String::new(), 3)).unwrap();
    let told = script.told();
    let history = script.history(bob, ada.user);
    for ((_, told), shown) in told.iter().zip(history.iter().rev().skip(1)) {
        let enums::Updates::UpdateShortMessage(short) = told else {
            assert!(shown.media.is_some(), "{told:?}");
            continue;
        };
        let user = types::PeerUser { user_id: short.user_id };
        let whole = types::Message {
            out: short.out,
            silent: short.silent,
            fwd_from: short.fwd_from.clone(),
            reply_to: short.reply_to.clone(),
            entities: short.entities.clone(),
            ..types::Message::new(short.id, user.into(), short.date, short.message.clone())
        };
        assert_eq!(whole, *shown);
    }
    assert_eq!((told.len(), history.len()), (3, 4));
    assert!(matches!(told[2].1, enums::Updates::Updates(_)));
}

#[test]
fn um_08_containers_with_a_number_follow_each_other_and_some_join() {
    for seed in 0..20 {
        let mut script = Script::seeded(seed);
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        script.world.set_habits(Habits { numbered: 500, combined: 500, ..Habits::default() });
        for _ in 0..40 {
            script.send(ada, bob.user, "hello");
        }
        let (mut seq, mut count, mut joined, mut plain) = (1, 0, 0, 0);
        for (_, told) in script.told() {
            match told {
                enums::Updates::Updates(one) if one.seq == 0 => {
                    (plain, count) = (plain + 1, count + one.updates.len());
                }
                enums::Updates::Updates(one) => {
                    assert_eq!(one.seq, seq + 1);
                    (seq, count) = (one.seq, count + one.updates.len());
                }
                enums::Updates::UpdatesCombined(some) => {
                    assert_eq!(some.seq_start, seq + 1);
                    assert!(some.seq > some.seq_start && some.date == 1_700_000_000);
                    (seq, count, joined) = (some.seq, count + some.updates.len(), joined + 1);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(count, 40, "{seed}");
        assert!(joined > 0 && plain > 0, "{seed}");
        let state = script.ask(bob, &GetState).unwrap();
        assert_eq!(state.seq, seq, "{seed}");
    }
}

#[test]
fn um_09_what_a_bot_is_told_goes_to_one_of_its_sessions() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let person = script.world.bot("Echo");
    let (first, other) = (script.device(&person), script.device(&person));
    let second = Device { session: SessionId(first.session.0 + 1), ..first };
    script.pts(second);
    let mut told = Vec::new();
    for _ in 0..60 {
        script.send(ada, person.id(), "hello");
        let mut here = script.told();
        assert_eq!(here.len(), 1);
        told.push(here.remove(0).0);
    }
    for device in [first, second, other] {
        assert!(told.contains(&device), "{device:?}");
    }
    // All of them are in one box.
    assert_eq!((script.pts(first), script.pts(other)), (61, 61));
}

#[test]
fn um_11_a_number_that_comes_twice_in_one_call_is_of_one_that_is_still_running() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "one");
    script.send(ada, bob.user, "two");
    let peer = script.input_peer(ada, bob.user);
    let request = |numbers| ForwardMessages::new(peer.clone(), vec![1, 2], numbers, peer.clone());
    assert_eq!(script.ask(ada, &request(vec![8, 8])), Err("500 RANDOM_ID_DUPLICATE".into()));
    assert_eq!(script.history(bob, ada.user).len(), 2);
    let first = script.ask(ada, &request(vec![8, 9])).unwrap();
    assert_eq!(script.ask(ada, &request(vec![8, 9])).unwrap(), first);
    assert_eq!(script.history(bob, ada.user).len(), 4);
}

#[test]
fn um_11_a_repeated_call_is_answered_with_the_first_updates_though_the_message_is_gone() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let peer = script.input_peer(ada, bob.user);
    let request = SendMessage::new(peer, "hello".into(), 7);
    let first = script.ask(ada, &request).unwrap();
    edit(&mut script, ada, bob.user, 1, "other");
    assert_eq!(script.ask(ada, &request).unwrap(), first);
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![1] }).unwrap();
    assert_eq!(script.ask(ada, &request).unwrap(), first);
    assert_eq!(script.history(bob, ada.user), []);
}

#[test]
fn um_11_the_first_updates_are_those_before_whatever_happened_to_the_message() {
    let emoji = enums::Reaction::from(types::ReactionEmoji { emoticon: "👍".into() });
    for what in 0..4 {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let peer = script.input_peer(ada, bob.user);
        let request = SendMessage::new(peer.clone(), "hello".into(), 7);
        let first = script.ask(ada, &request).unwrap();
        match what {
            0 => edit(&mut script, ada, bob.user, 1, "other"),
            1 => {
                script.ask(ada, &DeleteMessages { revoke: false, id: vec![1] }).unwrap();
            }
            2 => {
                let pin =
                    UpdatePinnedMessage { pm_oneside: true, ..UpdatePinnedMessage::new(peer, 1) };
                script.ask(ada, &pin).unwrap();
            }
            _ => {
                let peer = script.input_peer(bob, ada.user);
                let reaction = Some(vec![emoji.clone()]);
                script.ask(bob, &SendReaction { reaction, ..SendReaction::new(peer, 1) }).unwrap();
            }
        }
        assert_eq!(script.ask(ada, &request).unwrap(), first, "{what}");
    }
}

#[test]
fn floods_are_by_script_and_for_one_function() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let flood = RpcError::parse(420, "FLOOD_WAIT_5");
    script.world.refuse_next::<SendMessage>(flood);
    let peer = script.input_peer(ada, bob.user);
    let request = SendMessage::new(peer, "hello".into(), 7);
    assert_eq!(script.ask(ada, &request), Err("420 FLOOD_WAIT_5".into()));
    assert_eq!(script.history(bob, ada.user), []);
    script.ask(ada, &request).unwrap();
}
