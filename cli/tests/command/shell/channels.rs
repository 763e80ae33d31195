//! Channels.

use super::*;

impl Scene {
    async fn supergroup(&self) -> String {
        let made = self.json(&["create_supergroup", "Engines", "about", "@babbage"]).await;
        assert_eq!(made["missing"], Value::Array(Vec::new()), "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        self.ok(&["channel_set_username", &id, "engines"]).await;
        drop(self.world.take_calls());
        "@engines".to_owned()
    }

    async fn full(&self) -> Box<types::ChannelFull> {
        match done(self.bob.full_chat("@engines")).await.full_chat {
            enums::ChatFull::ChannelFull(full) => full,
            other => panic!("{other:?}"),
        }
    }

    /// How Bob stands to it.
    async fn bob_is(&self) -> enums::ChannelParticipant {
        done(self.bob.member("@engines", "me")).await.participant
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_described_named_and_shown() {
    let scene = Scene::new().await;
    let channel = scene.supergroup().await;
    assert_eq!(scene.full().await.about, "about");
    scene.ok(&["channel_set_about", &channel, "what", "it is"]).await;
    assert_eq!(scene.full().await.about, "what it is");
    scene.ok(&["rename_channel", &channel, "New", "name"]).await;
    let found = done(scene.bob.full_chat("@engines")).await;
    assert!(matches!(&found.chats[0], enums::Chat::Channel(of) if of.title == "New name"));
    let info = scene.ok(&["channel_info", &channel]).await;
    assert!(info.contains(" New name @engines\nabout: what it is\nparticipants: 2"), "{info}");
    let link = scene.ok(&["export_channel_link", &channel]).await;
    let carol = scene.also("Carol", "carol").await;
    done(carol.join(link.trim())).await;
    assert_eq!(scene.full().await.participants_count, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_listed_added_removed_and_made_admins() {
    let scene = Scene::new().await;
    let channel = scene.supergroup().await;
    let _carol = scene.also("Carol", "carol").await;
    scene.ok(&["channel_invite", &channel, "@carol"]).await;
    let members = scene.json(&["channel_get_members", &channel]).await;
    assert_eq!(members.as_array().unwrap().len(), 3, "{members}");
    let one = scene.json(&["channel_get_members", &channel, "1", "1"]).await;
    assert_eq!((one.as_array().unwrap().len(), &one[0]), (1, &members[1]));
    scene.ok(&["channel_set_admin", &channel, "@babbage", "1"]).await;
    let enums::ChannelParticipant::ChannelParticipantAdmin(bob) = scene.bob_is().await else {
        panic!()
    };
    assert!(bob.admin_rights.ban_users && !bob.admin_rights.change_info);
    let admins = scene.ok(&["channel_get_admins", &channel]).await;
    assert_eq!(admins.lines().count(), 2, "{admins}");
    scene.ok(&["channel_set_admin", &channel, "@babbage", "0"]).await;
    assert!(!matches!(scene.bob_is().await, enums::ChannelParticipant::ChannelParticipantAdmin(_)));
    scene.ok(&["channel_kick", &channel, "@carol"]).await;
    assert_eq!(scene.full().await.participants_count, Some(2));
    let said = scene.fails(&["channel_set_admin", &channel, "@babbage", "3"], 2).await;
    assert!(said.contains("<rights> is a number from 0 to 2, and not `3`"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_joins_and_leaves() {
    let scene = Scene::new().await;
    let made = done(scene.bob.create_channel("Bob's", "")).await;
    done(scene.bob.set_channel_username(&made, "bobsnews")).await;
    let count = async || match done(scene.bob.full_chat("@bobsnews")).await.full_chat {
        enums::ChatFull::ChannelFull(full) => full.participants_count,
        other => panic!("{other:?}"),
    };
    let shown = scene.ok(&["channel_join", "@bobsnews"]).await;
    assert!(shown.ends_with(" Bob's @bobsnews\n"), "{shown}");
    assert_eq!(count().await, Some(2));
    scene.ok(&["channel_leave", "@bobsnews"]).await;
    assert_eq!(count().await, Some(1));
    let invite = done(scene.bob.export_invite("@bobsnews")).await;
    scene.ok(&["import_channel_link", &invite.link]).await;
    assert_eq!(count().await, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_channels_are_named_with_them() {
    let scene = Scene::new().await;
    let channel = scene.supergroup().await;
    done(scene.bob.send_message("@engines", "hello")).await;
    let history = scene.json(&["history", &channel, "1"]).await;
    let id = history[0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("channel#"), "{id}");
    let number = id.rsplit('/').next().unwrap();
    for name in [format!("@engines/{number}"), format!("https://t.me/engines/{number}")] {
        scene.ok(&["reply", &name, "answer"]).await;
    }
    let seen = scene.seen("@engines").await;
    assert_eq!(seen.len(), 3);
    assert!(seen[1..].iter().all(|message| message.reply_to.is_some()));
    scene.ok(&["delete_msg", &format!("@engines/{}", seen[2].id)]).await;
    assert_eq!(scene.texts("@engines").await, ["hello", "answer"]);
}
