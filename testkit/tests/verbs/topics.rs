//! Forums and their topics.

use telewire::client::{PeerError, PeerKind};

use super::*;

#[tokio::test]
async fn topics_are_begun_written_in_changed_and_deleted() {
    let scene = Scene::new().await;
    let forum = done(scene.ada.create_supergroup("Forum", "", true)).await;
    done(scene.ada.invite(&forum, ["@babbage"])).await;
    scene.called();
    let engines = done(scene.ada.create_topic(&forum, "Engines")).await;
    assert_eq!(scene.called(), ["messages.createForumTopic"]);
    let looms = done(scene.ada.create_topic(&forum, "Looms")).await;
    let sent = done(scene.ada.send_message(&forum, "in it").in_topic(engines)).await;
    done(scene.ada.send_message(&forum, "in it too").in_topic(engines).reply_to(sent.id)).await;
    done(scene.ada.send_message(&forum, "elsewhere").in_topic(looms)).await;
    let his = done(scene.bob.dialogs().collect()).await;
    let his = his.iter().find(|dialog| dialog.name() == "Forum").unwrap();
    let all = done(scene.bob.topics(his).collect()).await;
    let titles: Vec<_> = all.iter().map(|topic| topic.title.as_str()).collect();
    assert_eq!(titles[..2], ["Looms", "Engines"]);
    let replies = done(scene.bob.replies(his, engines).collect()).await;
    let said: Vec<_> = replies
        .into_iter()
        .filter_map(|message| match message {
            enums::Message::Message(message) => Some(message.message),
            _ => None,
        })
        .collect();
    assert_eq!(said, ["in it too", "in it"]);
    scene.called();
    done(scene.ada.set_topic_title(&forum, engines, "Analytical")).await;
    done(scene.ada.close_topic(&forum, engines, true)).await;
    done(scene.ada.pin_topic(&forum, engines, true)).await;
    let expected =
        ["messages.editForumTopic", "messages.editForumTopic", "messages.updatePinnedForumTopic"];
    assert_eq!(scene.called(), expected);
    let first = done(scene.bob.topics(his).limit(1).next()).await.unwrap();
    assert_eq!((first.title.as_str(), first.closed, first.pinned), ("Analytical", true, true));
    let found = done(scene.bob.topics(his).named("loom").collect()).await;
    assert_eq!(found.len(), 1);
    done(scene.ada.delete_topic(&forum, engines)).await;
    assert!(done(scene.bob.topics(his).named("analytical").collect()).await.is_empty());
    let error = refused(scene.ada.set_topic_title(&forum, 999, "x")).await;
    assert!(error.is("TOPIC_ID_INVALID"), "{error}");
}

#[tokio::test]
async fn what_is_no_forum_has_no_topics() {
    let scene = Scene::new().await;
    let group = done(scene.ada.create_supergroup("Group", "", false)).await;
    let error = refused(scene.ada.create_topic(&group, "Engines")).await;
    assert!(error.is("CHANNEL_FORUM_MISSING"), "{error}");
    done(scene.ada.set_forum(&group, true)).await;
    done(scene.ada.create_topic(&group, "Engines")).await;
    let error = refused(scene.ada.set_forum("@babbage", true)).await;
    let (expected, found) = (PeerKind::Channel, PeerKind::User);
    assert_eq!(error, Error::Peer(PeerError::Wrong { expected, found }));
}
