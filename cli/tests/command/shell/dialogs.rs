//! Lists, and what is done to messages.

use telewire::tl::api::enums::{SendMessageAction, Update};
use telewire::updates::Event;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn history_shows_messages_and_marks_nothing_as_read() {
    let scene = Scene::new().await;
    for text in ["one", "two", "three"] {
        done(scene.bob.send_message("@lovelace", text)).await;
    }
    let shown = scene.ok(&["history", "@babbage"]).await;
    assert_eq!(scene.called(), ["contacts.resolveUsername", "messages.getHistory"]);
    let ends: Vec<_> = shown.lines().map(|line| line.split("] ").last().unwrap()).collect();
    assert_eq!(ends, ["Bob >>> one", "Bob >>> two", "Bob >>> three"]);
    let part = scene.json(&["history", "@babbage", "1", "1"]).await;
    assert_eq!((part.as_array().unwrap().len(), &part[0]["text"]), (1, &"two".into()));
    assert_eq!(part[0]["from"]["username"], "babbage");
    // Nothing of it was read.
    let dialogs = scene.json(&["dialog_list"]).await;
    assert_eq!(dialogs[0]["unread"], 3, "{dialogs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogs_and_channels_are_listed() {
    let scene = Scene::new().await;
    scene.heard("hello").await;
    scene.json(&["create_channel", "News", "about"]).await;
    let shown = scene.ok(&["dialogs"]).await;
    let bob = format!("User Bob (user#{}): 1 unread", scene.bob_id);
    assert!(shown.lines().any(|line| line == bob), "{shown}");
    assert!(shown.contains("Channel News (channel#"), "{shown}");
    let all = scene.json(&["dialog_list"]).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let one = scene.json(&["dialog_list", "1", "1"]).await;
    assert_eq!((one.as_array().unwrap().len(), &one[0]["id"]), (1, &all[1]["id"]));
    let channels = scene.ok(&["channel_list"]).await;
    assert!(channels.starts_with("channel#") && channels.ends_with(" News\n"), "{channels}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found() {
    let scene = Scene::new().await;
    for text in ["the engine", "2020", "another engine"] {
        scene.heard(text).await;
    }
    let found = scene.json(&["search", "@babbage", "engine"]).await;
    assert_eq!(scene.called(), ["contacts.resolveUsername", "messages.search"]);
    let texts = |found: &Value| -> Vec<String> {
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(&found), ["the engine", "another engine"]);
    assert_eq!(
        texts(&scene.json(&["search", "@babbage", "1", "engine"]).await),
        ["another engine"]
    );
    assert_eq!(texts(&scene.json(&["search", "@babbage", "2020"]).await), ["2020"]);
    assert_eq!(texts(&scene.json(&["search", "2020"]).await), ["2020"]);
    assert_eq!(texts(&scene.json(&["global_search", "another"]).await), ["another engine"]);
    let said = scene.fails(&["search"], 2).await;
    assert!(
        said.starts_with("search: <pattern> is missing; it is written `search [peer]"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_shown_by_its_number() {
    let scene = Scene::new().await;
    let first = scene.heard("hello").await;
    let shown = scene.ok(&["get_message", &first]).await;
    assert_eq!(scene.called(), ["messages.getMessages"]);
    assert!(shown.ends_with("hello\n"), "{shown}");
    assert_eq!(scene.fails(&["get_message", "999"], 1).await, "there is no message 999");
}

#[tokio::test(flavor = "multi_thread")]
async fn mark_read_is_seen_by_the_other() {
    let scene = Scene::new().await;
    let first = scene.heard("hello").await;
    scene.ok(&["mark_read", "@babbage"]).await;
    let dialogs = done(scene.bob.dialogs().collect()).await;
    let id = seen_by(&scene.bob, "@lovelace").await[0].id;
    assert_eq!(dialogs[0].dialog.read_outbox_max_id, id, "{first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_deleted_for_oneself_or_for_all() {
    let scene = Scene::new().await;
    let (one, two) = (scene.heard("one").await, scene.heard("two").await);
    scene.ok(&["delete_msg", &one]).await;
    assert_eq!(scene.called(), ["messages.deleteMessages"]);
    assert_eq!(scene.texts("@lovelace").await, ["one", "two"]);
    let left = scene.json(&["history", "@babbage"]).await;
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    scene.ok(&["unsend", &two]).await;
    assert_eq!(scene.texts("@lovelace").await, ["one"]);
    let said = scene.fails(&["restore_msg", &one], 1).await;
    assert!(said.starts_with("messages.restoreMessages is gone"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_seen_by_the_other() {
    let scene = Scene::new().await;
    let mut updates = scene.bob.updates();
    done(scene.bob.connect()).await;
    let mut next = async || loop {
        let delivery = timeout(PATIENCE, updates.next()).await.unwrap().unwrap().unwrap();
        if let Event::Update(Update::UpdateUserTyping(typing)) = delivery.event {
            return typing.action;
        }
    };
    for (words, action) in [
        (&["send_typing", "@babbage"][..], SendMessageAction::SendMessageTypingAction),
        (&["send_typing", "@babbage", "10"], SendMessageAction::SendMessageChooseContactAction),
        (&["send_typing_abort", "@babbage"], SendMessageAction::SendMessageCancelAction),
    ] {
        scene.ok(words).await;
        assert_eq!(next().await, action);
    }
    let said = scene.fails(&["send_typing", "@babbage", "11"], 2).await;
    assert!(
        said.starts_with("send_typing: <action> is a number from 0 to 10, and not `11`"),
        "{said}"
    );
}
