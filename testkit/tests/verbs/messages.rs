//! Messages: sent, changed, forwarded, deleted, pinned, read.

use telewire::client::text::Text;
use telewire::client::{PeerError, PeerKind};
use telewire::rpc::Execution;
use telewire::tl::api::enums::{MessageEntity, SendMessageAction};
use telewire::updates::Event;

use super::*;

#[tokio::test]
async fn what_is_sent_is_there_for_the_other_and_as_the_answer_has_it() {
    let scene = Scene::new().await;
    let bold = types::MessageEntityBold { offset: 2, length: 5 };
    let text = Text::new("  hello there \n", vec![bold.into()]);
    let sent = done(scene.ada.send_message("@babbage", text)).await;
    // The name is asked for once.
    assert_eq!(scene.called(), ["contacts.resolveUsername", "messages.sendMessage"]);
    assert_eq!((sent.message.as_str(), sent.out), ("hello there", true));
    let [MessageEntity::MessageEntityBold(bold)] = &sent.entities.as_ref().unwrap()[..] else {
        panic!("{sent:?}")
    };
    assert_eq!((bold.offset, bold.length), (0, 5));
    let own = said(done(scene.ada.messages("@babbage", [sent.id])).await.remove(0));
    assert_eq!((own.message, own.peer_id, own.date), (sent.message, sent.peer_id, sent.date));
    let seen = latest(&scene.bob, "@lovelace").await;
    assert_eq!((seen.message.as_str(), seen.entities.unwrap().len()), ("hello there", 1));
    scene.called();
    done(scene.ada.send_message("babbage", "again").silent()).await;
    assert_eq!(scene.called(), ["messages.sendMessage"]);
    let seen = latest(&scene.bob, "@lovelace").await;
    assert_eq!((seen.message.as_str(), seen.silent), ("again", true));
}

#[tokio::test]
async fn a_wrong_text_or_peer_is_an_error_and_says_that_nothing_was_sent() {
    let scene = Scene::new().await;
    let error = refused(scene.ada.send_message("@babbage", " \n ")).await;
    assert!(error.is("MESSAGE_EMPTY"), "{error}");
    let error = refused(scene.ada.send_message("@babbage", "x".repeat(4_097))).await;
    assert!(error.is("MESSAGE_TOO_LONG"), "{error}");
    scene.called();
    let error = refused(scene.ada.send_message("two words", "hello")).await;
    let unreadable = PeerError::Unreadable { written: "two words".into() };
    assert_eq!(error, Error::Peer(unreadable));
    assert_eq!(error.execution(), Execution::Never);
    assert!(scene.called().is_empty());
    assert!(texts(&scene.bob, "@lovelace").await.is_empty());
}

#[tokio::test]
async fn a_clone_of_a_call_is_the_same_message() {
    let scene = Scene::new().await;
    let call = scene.ada.send_message("@babbage", "once");
    let first = done(call.clone()).await;
    // The world answers as it did the first time; Telegram says RANDOM_ID_DUPLICATE.
    match patient(call).await {
        Ok(again) => assert_eq!(again.id, first.id),
        Err(error) => assert!(error.is("RANDOM_ID_DUPLICATE"), "{error}"),
    }
    assert_eq!(texts(&scene.bob, "@lovelace").await, ["once"]);
    done(scene.ada.send_message("@babbage", "once")).await;
    assert_eq!(texts(&scene.bob, "@lovelace").await, ["once", "once"]);
}

#[tokio::test]
async fn an_answer_is_an_answer_and_mentions_are_named() {
    let scene = Scene::new().await;
    let first = done(scene.ada.send_message("@babbage", "first")).await;
    let mention = types::MessageEntityMentionName { offset: 0, length: 2, user_id: scene.bob_id };
    let text = Text::new("he", vec![mention.into()]);
    scene.called();
    done(scene.ada.send_message("@babbage", text).reply_to(first.id)).await;
    // He is known.
    assert_eq!(scene.called(), ["messages.sendMessage"]);
    let seen = latest(&scene.bob, "@lovelace").await;
    let enums::MessageReplyHeader::MessageReplyHeader(reply) = seen.reply_to.unwrap() else {
        panic!()
    };
    let at_bobs = done(scene.bob.history("@lovelace").collect()).await;
    assert_eq!(reply.reply_to_msg_id, Some(at_bobs[1].id()));
    let [MessageEntity::MessageEntityMentionName(named)] = &seen.entities.unwrap()[..] else {
        panic!()
    };
    assert_eq!(named.user_id, scene.bob_id);
    let nobody = types::MessageEntityMentionName { offset: 0, length: 2, user_id: 99 };
    let error = refused(scene.ada.send_message("@babbage", Text::new("he", vec![nobody.into()])));
    let unknown = PeerError::Unknown { id: telewire::updates::PeerId::User(99) };
    assert_eq!(error.await, Error::Peer(unknown));
}

#[tokio::test]
async fn media_is_sent_with_its_caption() {
    let scene = Scene::new().await;
    let point = types::InputGeoPoint::new(59.3, 18.1);
    let place = types::InputMediaGeoPoint { geo_point: point.into() };
    let sent = done(scene.ada.send_message("@babbage", "").media(place)).await;
    assert!(matches!(sent.media, Some(enums::MessageMedia::MessageMediaGeo(_))), "{sent:?}");
    let contact = types::InputMediaContact {
        phone_number: "99966".into(),
        first_name: "Charles".into(),
        last_name: String::new(),
        vcard: String::new(),
    };
    done(scene.ada.send_message("@babbage", "").media(contact)).await;
    let seen = latest(&scene.bob, "@lovelace").await;
    assert!(matches!(seen.media, Some(enums::MessageMedia::MessageMediaContact(_))), "{seen:?}");
}

#[tokio::test]
async fn what_is_edited_says_something_else() {
    let scene = Scene::new().await;
    let sent = done(scene.ada.send_message("@babbage", "helo")).await;
    scene.called();
    let edited = done(scene.ada.edit_message(&sent, sent.id, "hello")).await;
    assert_eq!(scene.called(), ["messages.editMessage"]);
    assert_eq!((edited.id, edited.message.as_str()), (sent.id, "hello"));
    assert_eq!(texts(&scene.bob, "@lovelace").await, ["hello"]);
    let error = refused(scene.ada.edit_message("@babbage", sent.id, "hello")).await;
    assert!(error.is("MESSAGE_NOT_MODIFIED"), "{error}");
    let error = refused(scene.ada.edit_message("@babbage", 999, "hello")).await;
    assert!(error.is("MESSAGE_ID_INVALID"), "{error}");
}

#[tokio::test]
async fn what_is_deleted_is_gone_for_all_or_for_oneself() {
    let scene = Scene::new().await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(done(scene.ada.send_message("@babbage", text)).await.id);
    }
    scene.called();
    done(scene.ada.delete_messages("@babbage", [ids[0]])).await;
    done(scene.ada.delete_messages_for_me("@babbage", [ids[1]])).await;
    assert_eq!(scene.called(), ["messages.deleteMessages", "messages.deleteMessages"]);
    assert_eq!(texts(&scene.ada, "@babbage").await, ["three"]);
    assert_eq!(texts(&scene.bob, "@lovelace").await, ["three", "two"]);
    // In channels they are the same for all.
    let chat = done(scene.ada.create_channel("Notes", "")).await;
    let post = done(scene.ada.send_message(&chat, "post")).await;
    let error = refused(scene.ada.delete_messages_for_me(&chat, [post.id])).await;
    let (expected, found) = (PeerKind::Chat, PeerKind::Channel);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
    scene.called();
    done(scene.ada.delete_messages(&chat, [post.id])).await;
    assert_eq!(scene.called(), ["channels.deleteMessages"]);
    let left = done(scene.ada.messages(&chat, [post.id])).await;
    assert!(matches!(left[0], enums::Message::MessageEmpty(_)), "{left:?}");
}

#[tokio::test]
async fn what_is_forwarded_names_its_author_unless_that_is_dropped() {
    let scene = Scene::new().await;
    let mut ids = Vec::new();
    for text in ["one", "two"] {
        ids.push(done(scene.ada.send_message("me", text)).await.id);
    }
    done(scene.ada.resolve("@babbage")).await;
    scene.called();
    let forwarded = done(scene.ada.forward_messages("@babbage", "me", ids.clone())).await;
    assert_eq!(scene.called(), ["messages.forwardMessages"]);
    let said: Vec<_> = forwarded.iter().map(|message| message.message.as_str()).collect();
    assert_eq!(said, ["one", "two"]);
    assert_eq!(texts(&scene.bob, "@lovelace").await, ["two", "one"]);
    assert!(latest(&scene.bob, "@lovelace").await.fwd_from.is_some());
    let call = scene.ada.forward_messages("@babbage", "me", [ids[0]]).without_author();
    done(call).await;
    let seen = latest(&scene.bob, "@lovelace").await;
    assert_eq!((seen.message.as_str(), seen.fwd_from), ("one", None));
    let error = refused(scene.ada.forward_messages("@babbage", "me", [999])).await;
    assert!(error.is("MESSAGE_ID_INVALID"), "{error}");
}

#[tokio::test]
async fn what_is_pinned_is_pinned_until_it_is_not() {
    let scene = Scene::new().await;
    let sent = done(scene.ada.send_message("@babbage", "note")).await;
    scene.called();
    done(scene.ada.pin_message("@babbage", sent.id)).await;
    assert_eq!(scene.called(), ["messages.updatePinnedMessage"]);
    let pinned = |client: Client, peer: &'static str| async move {
        let all = done(client.history(peer).collect()).await;
        let is_pinned = |message: &enums::Message| matches!(message, enums::Message::Message(message) if message.pinned);
        all.iter().filter(|message| is_pinned(message)).count()
    };
    assert_eq!(pinned(scene.bob.clone(), "@lovelace").await, 1);
    done(scene.ada.unpin_message("@babbage", sent.id)).await;
    assert_eq!(pinned(scene.bob.clone(), "@lovelace").await, 0);
    done(scene.ada.pin_message("@babbage", sent.id).for_me()).await;
    assert_eq!(pinned(scene.bob.clone(), "@lovelace").await, 0);
    assert_eq!(pinned(scene.ada.clone(), "@babbage").await, 1);
    done(scene.ada.unpin_all_messages("@babbage")).await;
    assert_eq!(pinned(scene.ada.clone(), "@babbage").await, 0);
    let error = refused(scene.ada.pin_message("@babbage", 999)).await;
    assert!(error.is("MESSAGE_ID_INVALID"), "{error}");
}

#[tokio::test]
async fn a_reaction_is_seen_and_taken_back() {
    let scene = Scene::new().await;
    done(scene.bob.send_message("@lovelace", "what do you think?")).await;
    let asked = latest(&scene.ada, "@babbage").await.id;
    scene.called();
    done(scene.ada.react("@babbage", asked, "🔥")).await;
    assert_eq!(scene.called(), ["messages.sendReaction"]);
    let seen = latest(&scene.bob, "@lovelace").await.reactions.unwrap();
    assert_eq!(seen.results.len(), 1);
    done(scene.ada.set_reactions("@babbage", asked, Vec::new())).await;
    let seen = latest(&scene.bob, "@lovelace").await.reactions;
    assert!(seen.is_none_or(|seen| seen.results.is_empty()));
    let error = refused(scene.ada.react("@babbage", asked, "no emoji")).await;
    assert!(error.is("REACTION_INVALID"), "{error}");
}

#[tokio::test]
async fn what_was_read_is_read_for_the_other_too() {
    let scene = Scene::new().await;
    for text in ["one", "two"] {
        done(scene.bob.send_message("@lovelace", text)).await;
    }
    let unread = |client: Client| async move {
        done(client.dialogs().next()).await.unwrap().dialog.unread_count
    };
    assert_eq!(unread(scene.ada.clone()).await, 2);
    let all = done(scene.ada.history("@babbage").collect()).await;
    // Looking is not reading.
    assert_eq!(unread(scene.ada.clone()).await, 2);
    scene.called();
    done(scene.ada.mark_read_until("@babbage", all[1].id())).await;
    assert_eq!(scene.called(), ["messages.readHistory"]);
    assert_eq!(unread(scene.ada.clone()).await, 1);
    done(scene.ada.mark_read("@babbage")).await;
    assert_eq!(unread(scene.ada.clone()).await, 0);
    let dialog = done(scene.bob.dialogs().next()).await.unwrap().dialog;
    assert_eq!(dialog.read_outbox_max_id, dialog.top_message);
    done(scene.ada.mark_unread("@babbage", true)).await;
    assert!(done(scene.ada.dialogs().next()).await.unwrap().dialog.unread_mark);
    let chat = done(scene.ada.create_supergroup("Group", "", false)).await;
    scene.called();
    done(scene.ada.mark_read(&chat)).await;
    assert_eq!(scene.called(), ["channels.readHistory"]);
}

#[tokio::test]
async fn for_how_long_messages_stay_is_set_and_set_back() {
    let scene = Scene::new().await;
    done(scene.ada.set_history_ttl("@babbage", 86_400)).await;
    let sent = done(scene.bob.send_message("@lovelace", "for a day")).await;
    assert_eq!(sent.ttl_period, Some(86_400));
    let dialog = done(scene.bob.dialogs().next()).await.unwrap().dialog;
    assert_eq!(dialog.ttl_period, Some(86_400));
    let refused = patient(scene.ada.set_history_ttl("@babbage", 5)).await.unwrap_err();
    assert_eq!(refused.rpc().unwrap().message(), "TTL_PERIOD_INVALID");
    done(scene.bob.set_history_ttl("@lovelace", 0)).await;
    assert_eq!(done(scene.ada.send_message("@babbage", "for ever")).await.ttl_period, None);
}

#[tokio::test]
async fn that_one_writes_is_seen() {
    let scene = Scene::new().await;
    // They know each other.
    done(scene.ada.send_message("@babbage", "hello")).await;
    let mut heard = scene.bob.updates();
    done(scene.bob.send_message("@lovelace", "hello")).await;
    scene.called();
    done(scene.ada.typing("@babbage")).await;
    assert_eq!(scene.called(), ["messages.setTyping"]);
    let action = patient(async {
        loop {
            let update = heard.next().await.unwrap().unwrap();
            if let Event::Update(enums::Update::UpdateUserTyping(typing)) = update.event {
                return typing.action;
            }
        }
    });
    assert_eq!(action.await, SendMessageAction::SendMessageTypingAction);
}

#[tokio::test]
async fn drafts_are_kept_and_go() {
    let scene = Scene::new().await;
    done(scene.ada.save_draft("@babbage", "dear")).await;
    let drafts = done(scene.ada.drafts()).await;
    let enums::DraftMessage::DraftMessage(draft) = &drafts[0].draft else { panic!("{drafts:?}") };
    assert_eq!((drafts.len(), draft.message.as_str()), (1, "dear"));
    done(scene.ada.save_draft("@babbage", "")).await;
    assert!(done(scene.ada.drafts()).await.is_empty());
    done(scene.ada.save_draft("me", "note")).await;
    done(scene.ada.clear_drafts()).await;
    assert!(done(scene.ada.drafts()).await.is_empty());
    let error = refused(scene.ada.save_draft("@nobody_there", "x")).await;
    assert_eq!(error, Error::Peer(PeerError::Nobody { written: "@nobody_there".into() }));
}

#[tokio::test]
async fn what_is_scheduled_waits_and_is_sent_when_it_is_said() {
    let scene = Scene::new().await;
    let soon = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let later = i32::try_from(soon.as_secs()).unwrap() + 3_600;
    let first = done(scene.ada.send_message("@babbage", "later").schedule(later)).await;
    let second = done(scene.ada.send_message("@babbage", "never").schedule(later)).await;
    let waits = done(scene.ada.scheduled_messages("@babbage")).await;
    assert_eq!(waits.len(), 2);
    assert!(texts(&scene.bob, "@lovelace").await.is_empty());
    done(scene.ada.delete_scheduled("@babbage", [second.id])).await;
    done(scene.ada.send_scheduled("@babbage", [first.id])).await;
    assert_eq!(texts(&scene.bob, "@lovelace").await, ["later"]);
    assert!(done(scene.ada.scheduled_messages("@babbage")).await.is_empty());
    let error = refused(scene.ada.send_scheduled("@babbage", [first.id])).await;
    assert!(error.is("MESSAGE_ID_INVALID"), "{error}");
}

#[tokio::test]
async fn a_history_is_deleted_for_both() {
    let scene = Scene::new().await;
    for text in ["one", "two"] {
        done(scene.ada.send_message("@babbage", text)).await;
    }
    done(scene.ada.delete_history("@babbage", true)).await;
    assert!(texts(&scene.bob, "@lovelace").await.is_empty());
}

#[tokio::test]
async fn messages_come_in_the_order_of_their_numbers_and_those_that_are_not_there_are_empty() {
    let scene = Scene::new().await;
    let one = done(scene.ada.send_message("me", "one")).await.id;
    let two = done(scene.ada.send_message("me", "two")).await.id;
    scene.called();
    let found = done(scene.ada.messages("me", [two, 999, one])).await;
    assert_eq!(scene.called(), ["messages.getMessages"]);
    assert_eq!(found.iter().map(enums::Message::id).collect::<Vec<_>>(), [two, 999, one]);
    assert!(matches!(found[1], enums::Message::MessageEmpty(_)));
}
