//! Messages that go by themselves.

use std::time::Duration;

use telewire::tl::api::functions::messages::{DeleteMessages, GetPeerDialogs, SetHistoryTtl};
use telewire::tl::api::functions::users::GetFullUser;
use telewire::tl::api::{enums, functions, types};

use super::{Device, Script, told_to, updates};
use crate::world::Peer;

const DAY: i32 = 86_400;

fn set(script: &mut Script, by: Device, with: i64, period: i32) -> Result<enums::Updates, String> {
    let peer = script.input_peer(by, with);
    script.ask(by, &SetHistoryTtl { peer, period })
}

fn texts(script: &mut Script, by: Device, with: i64) -> Vec<String> {
    let peer = script.input_peer(by, with);
    let request = functions::messages::GetHistory {
        peer,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 100,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let enums::messages::Messages::Messages(all) = script.ask(by, &request).unwrap() else {
        panic!("a part")
    };
    let text = |message: enums::Message| match message {
        enums::Message::Message(message) => message.message.clone(),
        enums::Message::MessageService(message) => match &message.action {
            enums::MessageAction::MessageActionSetMessagesTtl(set) => format!("ttl {}", set.period),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    all.messages.into_iter().rev().map(text).collect()
}

/// What is said of it besides the message.
fn periods(all: &[enums::Update]) -> Vec<(enums::Peer, Option<i32>)> {
    let periods = all.iter().filter_map(|update| match update {
        enums::Update::UpdatePeerHistoryTtl(set) => Some((set.peer.clone(), set.ttl_period)),
        _ => None,
    });
    periods.collect()
}

fn peer(user: i64) -> enums::Peer {
    types::PeerUser { user_id: user }.into()
}

#[test]
fn what_is_said_after_it_was_set_goes_after_that_time_and_no_sooner() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "stays");
    let answer = set(&mut script, ada, bob.user, DAY).unwrap();
    assert_eq!(periods(&updates(&answer).updates), [(peer(bob.user), Some(DAY))]);
    let told = told_to(&mut script, bob.user);
    assert_eq!(periods(&told), [(peer(ada.user), Some(DAY))]);
    script.send(ada, bob.user, "goes");
    script.unix += Duration::from_secs(10);
    script.send(bob, ada.user, "goes later");
    let all = ["stays", "ttl 86400", "goes", "goes later"];
    for (by, with) in [(ada, bob.user), (bob, ada.user)] {
        assert_eq!(texts(&mut script, by, with), all);
    }
    script.told();
    script.unix += Duration::from_secs(DAY.unsigned_abs().into()) - Duration::from_secs(11);
    assert_eq!(texts(&mut script, bob, ada.user), all);
    script.unix += Duration::from_secs(1);
    assert_eq!(texts(&mut script, bob, ada.user), ["stays", "ttl 86400", "goes later"]);
    // Both hear of it, by an event of their box.
    let told = told_to(&mut script, bob.user);
    let is_of = |update: &enums::Update| matches!(update, enums::Update::UpdateDeleteMessages(gone) if gone.messages == [3] && gone.pts_count == 1);
    assert!(told.iter().any(is_of), "{told:?}");
    script.unix += Duration::from_secs(10);
    for (by, with) in [(ada, bob.user), (bob, ada.user)] {
        assert_eq!(texts(&mut script, by, with), ["stays", "ttl 86400"]);
    }
    // What is set back lets what comes stay.
    set(&mut script, bob, ada.user, 0).unwrap();
    script.send(ada, bob.user, "stays too");
    script.unix += Duration::from_secs(1_000_000);
    assert_eq!(texts(&mut script, ada, bob.user), ["stays", "ttl 86400", "ttl 0", "stays too"]);
}

#[test]
fn what_is_shown_says_for_how_long_it_stays() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let shown = |script: &mut Script| {
        let named = script.input_user(bob, ada.user);
        let full = script.ask(bob, &GetFullUser { id: named.into() }).unwrap().full_user;
        let peer = types::InputDialogPeer { peer: script.input_peer(bob, ada.user) }.into();
        let dialogs = script.ask(bob, &GetPeerDialogs { peers: vec![peer] }).unwrap().dialogs;
        let enums::Dialog::Dialog(dialog) = &dialogs[0] else { panic!() };
        (full.ttl_period, dialog.ttl_period)
    };
    assert_eq!(shown(&mut script), (None, None));
    set(&mut script, ada, bob.user, 7 * DAY).unwrap();
    assert_eq!(shown(&mut script), (Some(7 * DAY), Some(7 * DAY)));
    script.send(bob, ada.user, "x");
    let peer = script.input_peer(ada, bob.user);
    let request = functions::messages::Search {
        ..functions::messages::Search::new(
            peer,
            "x".into(),
            enums::MessagesFilter::InputMessagesFilterEmpty,
            0,
            0,
            0,
            0,
            10,
            0,
            0,
            0,
        )
    };
    let enums::messages::Messages::Messages(all) = script.ask(ada, &request).unwrap() else {
        panic!()
    };
    assert_eq!(super::message(all.messages[0].clone()).ttl_period, Some(7 * DAY));
}

#[test]
fn periods_are_whole_days_up_to_a_year_and_are_changed_once() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for period in [-1, 1, DAY - 1, DAY + 1, 366 * DAY, i32::MAX, i32::MIN] {
        let refused = set(&mut script, ada, bob.user, period);
        assert_eq!(refused.err().as_deref(), Some("400 TTL_PERIOD_INVALID"), "{period}");
    }
    let same = Some("400 CHAT_NOT_MODIFIED");
    assert_eq!(set(&mut script, ada, bob.user, 0).err().as_deref(), same);
    set(&mut script, ada, bob.user, 365 * DAY).unwrap();
    assert_eq!(set(&mut script, bob, ada.user, 365 * DAY).err().as_deref(), same);
    let me = set(&mut script, ada, ada.user, DAY);
    assert_eq!(me.err().as_deref(), Some("400 PEER_ID_INVALID"));
}

#[test]
fn of_groups_and_channels_admins_say_it_and_all_lose_the_message() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let group = Peer::Chat(script.group(ada, &[bob]));
    let channel = Peer::Channel(script.channel(ada, &[bob], false));
    for place in [group, channel] {
        let set = |script: &mut Script, by: Device, period| {
            let peer = script.place(by, place);
            script.ask(by, &SetHistoryTtl { peer, period })
        };
        let texts = |script: &mut Script, by| -> Vec<String> {
            script.said(by, place).unwrap().into_iter().map(|(.., text)| text).collect()
        };
        let refused = set(&mut script, bob, DAY).unwrap_err();
        assert_eq!(refused, "400 CHAT_ADMIN_REQUIRED");
        script.told();
        let answer = set(&mut script, ada, DAY).unwrap();
        let told = told_to(&mut script, bob.user);
        for all in [&updates(&answer).updates, &told] {
            assert_eq!(periods(all), [(place.to_tl(), Some(DAY))]);
        }
        script.say(bob, place, "goes").unwrap();
        let before = texts(&mut script, ada);
        assert_eq!(before[..2], ["goes", "SetMessagesTTL"]);
        assert_eq!(texts(&mut script, bob), before);
        script.told();
        script.unix += Duration::from_secs(DAY.unsigned_abs().into());
        for by in [ada, bob] {
            assert_eq!(texts(&mut script, by), before[1..]);
        }
        let told = told_to(&mut script, bob.user);
        let gone = told.iter().filter(|update| {
            matches!(
                update,
                enums::Update::UpdateDeleteMessages(_)
                    | enums::Update::UpdateDeleteChannelMessages(_)
            )
        });
        assert_eq!(gone.count(), 1, "{told:?}");
    }
}

/// What was deleted before its time is not deleted again.
#[test]
fn what_is_gone_by_then_goes_once() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    set(&mut script, ada, bob.user, DAY).unwrap();
    script.send(ada, bob.user, "goes");
    script.ask(ada, &DeleteMessages { revoke: true, id: vec![2] }).unwrap();
    let (before, pts) = (script.pts(ada), script.pts(bob));
    script.unix += Duration::from_secs(200_000);
    assert_eq!((script.pts(ada), script.pts(bob)), (before, pts));
}
