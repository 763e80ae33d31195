//! The list of chats: its order, what is pinned, what is not read, what was begun.

use std::time::Duration;

use telewire::tl::api::functions::messages::{
    ClearAllDrafts, DeleteHistory, DeleteMessages, GetAllDrafts, GetDialogUnreadMarks, GetDialogs,
    GetPeerDialogs, GetPinnedDialogs, MarkDialogUnread, ReadHistory, ReorderPinnedDialogs,
    SaveDraft, SendMessage, ToggleDialogPin,
};
use telewire::tl::api::{enums, functions, types};

use super::{Device, Script, told_to};

fn list() -> GetDialogs {
    GetDialogs::new(0, 0, enums::InputPeer::InputPeerEmpty, 100, 0)
}

fn dialog(dialog: enums::Dialog) -> types::Dialog {
    match dialog {
        enums::Dialog::Dialog(dialog) => *dialog,
        other => panic!("{other:?}"),
    }
}

/// Who the chats are with, and how many there are.
fn dialogs(script: &mut Script, device: Device, request: &GetDialogs) -> (Vec<types::Dialog>, i32) {
    match script.ask(device, request).unwrap() {
        enums::messages::Dialogs::Dialogs(all) => {
            let count = i32::try_from(all.dialogs.len()).unwrap();
            (all.dialogs.into_iter().map(dialog).collect(), count)
        }
        enums::messages::Dialogs::DialogsSlice(some) => {
            (some.dialogs.into_iter().map(dialog).collect(), some.count)
        }
        other => panic!("{other:?}"),
    }
}

fn with(dialogs: &[types::Dialog]) -> Vec<i64> {
    let ids = dialogs.iter().map(|dialog| match &dialog.peer {
        enums::Peer::PeerUser(user) => user.user_id,
        other => panic!("{other:?}"),
    });
    ids.collect()
}

fn named(script: &mut Script, device: Device, id: i64) -> enums::InputDialogPeer {
    types::InputDialogPeer { peer: script.input_peer(device, id) }.into()
}

/// Ada, to whom some others wrote one after the other.
fn written_to(count: usize) -> (Script, Device, Vec<Device>) {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let others: Vec<_> = (0..count).map(|at| script.user(&format!("Other{at}"))).collect();
    for other in &others {
        script.send(*other, ada.user, "hello");
        script.unix += Duration::from_secs(1);
    }
    script.told();
    (script, ada, others)
}

#[test]
fn the_list_begins_with_the_latest_and_says_what_is_not_read() {
    let (mut script, ada, others) = written_to(3);
    script.send(others[0], ada.user, "again");
    let (all, count) = dialogs(&mut script, ada, &list());
    assert_eq!(with(&all), [others[0].user, others[2].user, others[1].user]);
    assert_eq!(count, 3);
    assert_eq!((all[0].unread_count, all[0].top_message, all[0].read_inbox_max_id), (2, 4, 0));
    let read = ReadHistory { peer: script.input_peer(ada, others[0].user), max_id: 1 };
    script.ask(ada, &read).unwrap();
    let (all, _) = dialogs(&mut script, ada, &list());
    assert_eq!((all[0].unread_count, all[0].read_inbox_max_id), (1, 1));
    let (theirs, _) = dialogs(&mut script, others[0], &list());
    assert_eq!((theirs[0].unread_count, theirs[0].read_outbox_max_id), (0, 1));
    // What is deleted is not unread, and the chat goes where its last message puts it.
    let gone = DeleteMessages { revoke: false, id: vec![4] };
    script.ask(ada, &gone).unwrap();
    let (all, _) = dialogs(&mut script, ada, &list());
    assert_eq!(with(&all), [others[2].user, others[1].user, others[0].user]);
    assert_eq!(all[2].unread_count, 0);
}

#[test]
fn a_message_that_was_read_is_not_unread_when_it_goes() {
    let (mut script, ada, others) = written_to(1);
    script.send(others[0], ada.user, "again");
    let read = ReadHistory { peer: script.input_peer(ada, others[0].user), max_id: 1 };
    script.ask(ada, &read).unwrap();
    let delete = |id| DeleteMessages { revoke: false, id: vec![id] };
    script.ask(ada, &delete(1)).unwrap();
    assert_eq!(dialogs(&mut script, ada, &list()).0[0].unread_count, 1);
    script.ask(ada, &delete(2)).unwrap();
    assert_eq!(script.ask(ada, &functions::updates::GetState).unwrap().unread_count, 0);
}

#[test]
fn a_chat_that_is_emptied_stays_in_the_list_and_one_that_is_deleted_does_not() {
    for (just_clear, left) in [(true, 1), (false, 0)] {
        let (mut script, ada, others) = written_to(1);
        let pin = ToggleDialogPin { pinned: true, peer: named(&mut script, ada, others[0].user) };
        script.ask(ada, &pin).unwrap();
        let peer = script.input_peer(ada, others[0].user);
        let delete = DeleteHistory { just_clear, ..DeleteHistory::new(peer, 0) };
        script.ask(ada, &delete).unwrap();
        let (all, count) = dialogs(&mut script, ada, &list());
        assert_eq!((all.len(), count), (left, i32::try_from(left).unwrap()), "{just_clear}");
        assert!(all.iter().all(|dialog| dialog.top_message == 0 && dialog.pinned));
    }
}

#[test]
fn the_list_is_walked_page_by_page_with_nothing_twice_and_nothing_missing() {
    for limit in [1, 2, 3, 7, 100] {
        let (mut script, ada, others) = written_to(7);
        let pin = ToggleDialogPin { pinned: true, peer: named(&mut script, ada, others[1].user) };
        script.ask(ada, &pin).unwrap();
        let mut seen = Vec::new();
        let mut request = GetDialogs { limit, ..list() };
        for _ in 0..8 {
            let (page, count) = dialogs(&mut script, ada, &request);
            // Those above are no part of what is asked for then.
            assert_eq!(count, if request.exclude_pinned { 6 } else { 7 });
            let Some(last) = page.iter().rfind(|dialog| !dialog.pinned).or(page.last()) else {
                break;
            };
            let top = last.top_message;
            let id = with(std::slice::from_ref(last))[0];
            let date = script.history(ada, id)[0].date;
            seen.extend(with(&page));
            request = GetDialogs {
                exclude_pinned: true,
                offset_date: if last.pinned { i32::MAX } else { date },
                offset_id: if last.pinned { 0 } else { top },
                offset_peer: if last.pinned {
                    enums::InputPeer::InputPeerEmpty
                } else {
                    script.input_peer(ada, id)
                },
                ..request
            };
            if seen.len() >= 7 {
                break;
            }
        }
        let mut expected = vec![others[1].user];
        expected.extend([6, 5, 4, 3, 2, 0].map(|at: usize| others[at].user));
        assert_eq!(seen, expected, "{limit}");
    }
}

#[test]
fn lists_that_are_asked_for_wrongly_are_refused() {
    let (mut script, ada, others) = written_to(1);
    let folder = GetDialogs { folder_id: Some(2), ..list() };
    assert_eq!(script.ask(ada, &folder), Err("400 FOLDER_ID_INVALID".into()));
    let archive = GetDialogs { folder_id: Some(1), ..list() };
    assert_eq!(dialogs(&mut script, ada, &archive), (vec![], 0));
    let nobody = types::InputPeerUser { user_id: others[0].user, access_hash: 1 };
    let wrong = GetDialogs { offset_peer: nobody.clone().into(), ..list() };
    assert_eq!(script.ask(ada, &wrong), Err("400 OFFSET_PEER_ID_INVALID".into()));
    let peers = vec![types::InputDialogPeer { peer: nobody.into() }.into()];
    assert_eq!(script.ask(ada, &GetPeerDialogs { peers }), Err("400 PEER_ID_INVALID".into()));
    let echo = script.bot("Echo");
    assert_eq!(script.ask(echo, &list()), Err("400 BOT_METHOD_INVALID".into()));
    let pinned = GetPinnedDialogs { folder_id: 5 };
    assert_eq!(script.ask(ada, &pinned), Err("400 FOLDER_ID_INVALID".into()));
}

#[test]
fn single_chats_come_with_the_state_of_the_box() {
    let (mut script, ada, others) = written_to(2);
    let peers = vec![named(&mut script, ada, others[0].user)];
    let found = script.ask(ada, &GetPeerDialogs { peers }).unwrap();
    assert_eq!((found.state.pts, found.state.unread_count, found.messages.len()), (3, 2, 1));
    assert_eq!(with(&[dialog(found.dialogs[0].clone())]), [others[0].user]);
}

#[test]
fn pinned_chats_are_above_and_their_order_is_told_to_other_sessions() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (ada, desktop) = (script.device(&person), script.device(&person));
    let others: Vec<_> = (0..7).map(|at| script.user(&format!("Other{at}"))).collect();
    for other in &others[..6] {
        script.send(*other, ada.user, "hello");
        script.unix += Duration::from_secs(1);
    }
    script.told();
    let pin = |script: &mut Script, at: usize, pinned| {
        let peer = named(script, ada, others[at].user);
        script.ask(ada, &ToggleDialogPin { pinned, peer })
    };
    assert_eq!(pin(&mut script, 0, true), Ok(true));
    let of = |id| types::DialogPeer { peer: types::PeerUser { user_id: id }.into() };
    let told = script.told();
    assert_eq!(told.iter().map(|(device, _)| *device).collect::<Vec<_>>(), [desktop]);
    let update = types::UpdateDialogPinned::new(of(others[0].user).into());
    let update = types::UpdateDialogPinned { pinned: true, ..update };
    assert_eq!(super::updates(&told[0].1).updates, [update.into()]);
    for at in 1..5 {
        pin(&mut script, at, true).unwrap();
    }
    assert_eq!(pin(&mut script, 5, true), Err("400 PINNED_DIALOGS_TOO_MUCH".into()));
    assert_eq!(pin(&mut script, 6, true), Err("400 PEER_HISTORY_EMPTY".into()));
    let order = |all: &[types::Dialog]| -> Vec<usize> {
        let place = |id: &i64| others.iter().position(|other| other.user == *id).unwrap();
        with(all).iter().map(place).collect()
    };
    let (all, _) = dialogs(&mut script, desktop, &list());
    assert_eq!(order(&all), [4, 3, 2, 1, 0, 5]);
    assert!(all[4].pinned && !all[5].pinned);
    pin(&mut script, 4, false).unwrap();
    script.told();
    let wanted = [2, 0].map(|at: usize| named(&mut script, ada, others[at].user)).to_vec();
    let request = ReorderPinnedDialogs { force: false, folder_id: 0, order: wanted };
    script.ask(ada, &request).unwrap();
    let told = told_to(&mut script, person.id());
    let enums::Update::UpdatePinnedDialogs(told) = &told[0] else { panic!("{told:?}") };
    assert_eq!(told.order.as_ref().unwrap().len(), 4);
    let pinned = script.ask(desktop, &GetPinnedDialogs { folder_id: 0 }).unwrap();
    let pinned: Vec<_> = pinned.dialogs.into_iter().map(dialog).collect();
    assert_eq!(order(&pinned), [2, 0, 3, 1]);
    script.ask(ada, &ReorderPinnedDialogs { force: true, ..request.clone() }).unwrap();
    let (all, _) = dialogs(&mut script, ada, &list());
    assert_eq!(order(&all)[..3], [2, 0, 5]);
    let nobody = types::InputPeerUser { user_id: 1, access_hash: 1 };
    let wrong = types::InputDialogPeer { peer: nobody.into() };
    let request = ReorderPinnedDialogs { order: vec![wrong.into()], ..request };
    assert_eq!(script.ask(ada, &request), Err("400 PEER_ID_INVALID".into()));
}

#[test]
fn a_chat_is_marked_as_unread_until_it_is_read() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (ada, desktop, bob) = (script.device(&person), script.device(&person), script.user("Bob"));
    script.send(bob, ada.user, "hello");
    script.told();
    let peer = named(&mut script, ada, bob.user);
    let mark = MarkDialogUnread { unread: true, ..MarkDialogUnread::new(peer) };
    script.ask(ada, &mark).unwrap();
    assert_eq!(script.told()[0].0, desktop);
    // Again, it is nothing new.
    script.ask(ada, &mark).unwrap();
    assert_eq!(script.told(), []);
    assert!(dialogs(&mut script, desktop, &list()).0[0].unread_mark);
    assert_eq!(script.ask(desktop, &GetDialogUnreadMarks::new()).unwrap().len(), 1);
    let read = ReadHistory { peer: script.input_peer(ada, bob.user), max_id: 0 };
    script.ask(ada, &read).unwrap();
    assert_eq!(script.ask(desktop, &GetDialogUnreadMarks::new()).unwrap(), []);
    let folder = types::InputDialogPeerFolder { folder_id: 1 };
    let wrong = MarkDialogUnread::new(folder.into());
    assert_eq!(script.ask(ada, &wrong), Err("400 PEER_ID_INVALID".into()));
    let echo = script.bot("Echo");
    let refused = script.ask(echo, &GetDialogUnreadMarks::new());
    assert_eq!(refused, Err("400 BOT_METHOD_INVALID".into()));
}

#[test]
fn what_was_begun_is_on_other_devices_until_it_is_sent() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (ada, desktop) = (script.device(&person), script.device(&person));
    let (bob, eve) = (script.user("Bob"), script.user("Eve"));
    let (to_bob, to_eve) = (script.input_peer(ada, bob.user), script.input_peer(ada, eve.user));
    let save = |peer: &enums::InputPeer, text: &str| SaveDraft::new(peer.clone(), text.into());
    script.ask(ada, &save(&to_bob, "dear")).unwrap();
    script.ask(ada, &save(&to_eve, "hi")).unwrap();
    let told = script.told();
    assert_eq!((told.len(), told[0].0), (2, desktop));
    let drafts = |script: &mut Script| {
        let all = script.ask(desktop, &GetAllDrafts).unwrap();
        let all = super::updates(&all).updates.iter().map(|update| match update {
            enums::Update::UpdateDraftMessage(draft) => match &draft.draft {
                enums::DraftMessage::DraftMessage(draft) => draft.message.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        });
        all.collect::<Vec<_>>()
    };
    assert_eq!(drafts(&mut script), ["dear", "hi"]);
    let send = SendMessage { clear_draft: true, ..SendMessage::new(to_bob, "dear Bob".into(), 1) };
    script.ask(ada, &send).unwrap();
    assert_eq!(drafts(&mut script), ["hi"]);
    // A draft alone is no chat in the list.
    let (all, count) = dialogs(&mut script, ada, &list());
    assert_eq!((with(&all), count), (vec![bob.user], 1));
    script.ask(ada, &ClearAllDrafts).unwrap();
    assert_eq!(drafts(&mut script), Vec::<String>::new());
    let long = script.ask(ada, &save(&to_eve, &"x".repeat(4_097)));
    assert_eq!(long, Err("400 MESSAGE_TOO_LONG".into()));
    let nobody = types::InputPeerUser { user_id: 1, access_hash: 1 }.into();
    assert_eq!(script.ask(ada, &save(&nobody, "x")), Err("400 PEER_ID_INVALID".into()));
    let echo = script.bot("Echo");
    assert_eq!(script.ask(echo, &GetAllDrafts), Err("400 BOT_METHOD_INVALID".into()));
    assert_eq!(script.ask(echo, &ClearAllDrafts), Err("400 BOT_METHOD_INVALID".into()));
}
