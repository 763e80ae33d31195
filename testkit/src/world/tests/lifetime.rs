//! Messages that go by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use telewire::tl::api::functions::messages::{
    DeleteChatUser, DeleteMessages, EditMessage, GetPeerDialogs, MigrateChat, SetHistoryTtl,
};
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

/// Whoever hands out what waits sleeps until then, and is woken to learn when that is.
#[test]
fn what_goes_by_itself_is_known_beforehand_to_whoever_hands_it_out() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    set(&mut script, ada, bob.user, DAY).unwrap();
    script.told();
    assert_eq!(script.world.next_at(), None);
    let day = Duration::from_secs(DAY.unsigned_abs().into());
    let gone_at = script.unix + day;
    script.send(ada, bob.user, "goes");
    script.told();
    assert_eq!(script.world.next_at(), Some(gone_at));
    let woken = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&woken);
    script.world.on_push(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    assert_eq!(woken.load(Ordering::Relaxed), 1, "it waits already");
    // What is to be sent before is sooner, what is to be sent after is not.
    for (after, sooner) in [(2 * DAY, gone_at), (60, script.unix + Duration::from_secs(60))] {
        let peer = script.input_peer(ada, bob.user);
        let date = i32::try_from(script.unix.as_secs()).unwrap() + after;
        let later = functions::messages::SendMessage {
            schedule_date: Some(date),
            ..functions::messages::SendMessage::new(peer, "later".into(), after.into())
        };
        script.ask(ada, &later).unwrap();
        script.told();
        assert_eq!(script.world.next_at(), Some(sooner));
    }
    script.unix += 4 * day;
    script.told();
    assert_eq!(script.world.next_at(), None, "all has happened");
}

/// Who is out of a group keeps what was said in it, for as long as it was to stay.
#[test]
fn whoever_is_out_of_a_group_loses_the_message_too_whatever_form_they_have() {
    for is_edited in [false, true] {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let chat_id = script.group(ada, &[bob]);
        let place = Peer::Chat(chat_id);
        let peer = script.place(ada, place);
        script.ask(ada, &SetHistoryTtl { peer: peer.clone(), period: DAY }).unwrap();
        script.say(ada, place, "goes").unwrap();
        let texts = |script: &mut Script, by| -> Vec<String> {
            script.said(by, place).unwrap().into_iter().map(|(.., text)| text).collect()
        };
        let user_id = script.input_user(ada, bob.user).into();
        script.ask(ada, &DeleteChatUser::new(chat_id, user_id)).unwrap();
        if is_edited {
            let id = script
                .said(ada, place)
                .unwrap()
                .into_iter()
                .find(|(.., text)| text == "goes")
                .unwrap()
                .0;
            let message = Some("goes too".into());
            script.ask(ada, &EditMessage { message, ..EditMessage::new(peer, id) }).unwrap();
        }
        let has = |all: &[String]| all.iter().any(|text| text.starts_with("goes"));
        script.told();
        script.unix += Duration::from_secs(u64::from(DAY.unsigned_abs()) - 1);
        for by in [ada, bob] {
            assert!(has(&texts(&mut script, by)), "{is_edited}");
        }
        script.unix += Duration::from_secs(1);
        for by in [ada, bob] {
            assert!(!has(&texts(&mut script, by)), "{is_edited}");
        }
        assert_eq!(script.world.next_at(), None);
    }
}

#[test]
fn a_group_that_becomes_a_supergroup_keeps_its_period() {
    for period in [DAY, 0] {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let chat_id = script.group(ada, &[bob]);
        if period != 0 {
            let peer = script.place(ada, Peer::Chat(chat_id));
            script.ask(ada, &SetHistoryTtl { peer, period }).unwrap();
        }
        let answer = script.ask(ada, &MigrateChat { chat_id }).unwrap();
        let ids = updates(&answer).chats.iter().map(enums::Chat::id);
        let place = Peer::Channel(ids.max().unwrap());
        script.say(bob, place, "here").unwrap();
        script.unix += Duration::from_secs(DAY.unsigned_abs().into());
        let left = script.said(ada, place).unwrap();
        assert_eq!(left.iter().any(|(.., text)| text == "here"), period == 0, "{left:?}");
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
