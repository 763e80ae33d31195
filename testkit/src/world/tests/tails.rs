//! What all methods that send do alike, whatever is sent.

use std::time::Duration;

use telewire::tl::api::functions::channels::UpdateUsername;
use telewire::tl::api::functions::messages::{
    GetAllDrafts, GetScheduledHistory, SaveDraft, SendInlineBotResult, SendMedia, SendMessage,
};
use telewire::tl::api::{enums, types};

use super::outsiders::tea;
use super::{Device, Script, ids, message, updates};
use crate::world::{Peer, Results};

/// How something is sent.
#[derive(Debug, Clone, Default)]
struct How {
    reply_to: Option<enums::InputReplyTo>,
    send_as: Option<enums::InputPeer>,
    silent: bool,
    schedule_date: Option<i32>,
    clear_draft: bool,
}

/// Sends by one of the methods that do: a text, a poll, and what a bot found.
fn send(
    script: &mut Script,
    by: Device,
    method: usize,
    peer: enums::InputPeer,
    random_id: i64,
    how: How,
) -> Result<enums::Updates, String> {
    let How { reply_to, send_as, silent, schedule_date, clear_draft } = how;
    match method {
        0 => {
            let text = SendMessage::new(peer, "hello".into(), random_id);
            let request =
                SendMessage { reply_to, send_as, silent, schedule_date, clear_draft, ..text };
            script.ask(by, &request)
        }
        1 => {
            let poll = SendMedia::new(peer, tea().into(), String::new(), random_id);
            let request =
                SendMedia { reply_to, send_as, silent, schedule_date, clear_draft, ..poll };
            script.ask(by, &request)
        }
        _ => {
            let text = types::BotInlineMessageText {
                no_webpage: false,
                invert_media: false,
                message: "found".into(),
                entities: None,
                reply_markup: None,
            };
            let result = types::BotInlineResult::new("1".into(), "article".into(), text.into());
            let results = Results { user: by.user, bot: by.user, all: vec![result.into()] };
            script.world.state().keep_results(7, results);
            let request = SendInlineBotResult {
                silent,
                background: false,
                clear_draft,
                hide_via: true,
                peer,
                reply_to,
                random_id,
                query_id: 7,
                id: "1".into(),
                schedule_date,
                send_as,
                quick_reply_shortcut: None,
                allow_paid_stars: None,
            };
            script.ask(by, &request)
        }
    }
}

fn sent(all: &enums::Updates) -> types::Message {
    match updates(all).updates.last().unwrap() {
        enums::Update::UpdateNewMessage(new) => message(new.message.clone()),
        enums::Update::UpdateNewChannelMessage(new) => message(new.message.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_sent_replies_is_silent_and_ends_what_was_begun() {
    for method in 0..3 {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let peer = script.input_peer(ada, bob.user);
        script.send(bob, ada.user, "question");
        script.ask(ada, &SaveDraft::new(peer.clone(), "dear".into())).unwrap();
        script.told();
        let reply = |id| Some(types::InputReplyToMessage::new(id).into());
        let how = How { reply_to: reply(1), silent: true, clear_draft: true, ..How::default() };
        send(&mut script, ada, method, peer.clone(), 70, how.clone()).unwrap();
        let told = script.told();
        let new = sent(&told[0].1);
        let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) = &new.reply_to else {
            panic!("{method}")
        };
        assert_eq!((header.reply_to_msg_id, new.silent), (Some(1), true), "{method}");
        let drafts = script.ask(ada, &GetAllDrafts).unwrap();
        assert_eq!(updates(&drafts).updates, [], "{method}");
        let wrong = How { reply_to: reply(99), ..how };
        let refused = send(&mut script, ada, method, peer, 71, wrong).unwrap_err();
        assert_eq!(refused, "400 REPLY_MESSAGE_ID_INVALID", "{method}");
        // What was not sent has left nothing.
        assert_eq!(script.world.state().polls.len(), usize::from(method == 1));
    }
}

#[test]
fn what_is_sent_waits_for_its_time() {
    for method in 0..3 {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let peer = script.input_peer(ada, bob.user);
        let later = |schedule_date| How { schedule_date: Some(schedule_date), ..How::default() };
        let at = 1_700_000_060;
        let first = send(&mut script, ada, method, peer.clone(), 70, later(at)).unwrap();
        assert_eq!(send(&mut script, ada, method, peer.clone(), 70, later(at)).unwrap(), first);
        let waiting = GetScheduledHistory { peer: peer.clone(), hash: 0 };
        assert_eq!(ids(script.ask(ada, &waiting).unwrap()), [1], "{method}");
        assert_eq!(script.history(bob, ada.user), [], "{method}");
        script.unix += Duration::from_secs(60);
        script.told();
        assert_eq!(script.history(bob, ada.user).len(), 1, "{method}");
        let refused = send(&mut script, ada, method, peer, 71, later(i32::MAX)).unwrap_err();
        assert_eq!(refused, "400 SCHEDULE_DATE_TOO_LATE", "{method}");
        assert_eq!(script.world.state().polls.len(), usize::from(method == 1));
    }
}

#[test]
fn um_11_what_is_sent_again_is_answered_as_then() {
    for method in 0..3 {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let peer = script.input_peer(ada, bob.user);
        let first = send(&mut script, ada, method, peer.clone(), 70, How::default()).unwrap();
        // Whatever it is that has this number now.
        for again in [method, 0] {
            let answer = send(&mut script, ada, again, peer.clone(), 70, How::default());
            assert_eq!(answer.unwrap(), first, "{method}");
        }
        assert_eq!(script.history(bob, ada.user).len(), 1, "{method}");
    }
}

#[test]
fn what_is_sent_is_in_the_name_that_is_given() {
    for method in 0..3 {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let group = script.channel(ada, &[bob], false);
        let channel = script.input_channel(ada, group);
        script.ask(ada, &UpdateUsername { channel, username: "group_of_ada".into() }).unwrap();
        script.told();
        let peer = script.place(ada, Peer::Channel(group));
        let how = How { send_as: Some(peer.clone()), ..How::default() };
        send(&mut script, ada, method, peer, 70, how).unwrap();
        let told = script.told();
        let from = types::PeerChannel { channel_id: group }.into();
        assert_eq!(sent(&told[0].1).from_id, Some(from), "{method}");
        let peer = script.place(bob, Peer::Channel(group));
        let how = How { send_as: Some(peer.clone()), ..How::default() };
        let refused = send(&mut script, bob, method, peer, 70, how).unwrap_err();
        assert_eq!(refused, "400 SEND_AS_PEER_INVALID", "{method}");
    }
}
