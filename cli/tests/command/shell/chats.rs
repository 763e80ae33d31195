//! Groups.

use super::*;

impl Scene {
    /// A group of Ada's and Bob's, as commands name it.
    async fn group(&self) -> String {
        let made = self.json(&["create_group_chat", "Engines", "@babbage"]).await;
        drop(self.world.take_calls());
        made["id"].as_str().unwrap().to_owned()
    }

    /// The group as Bob has it: what it is called, and how many are in it.
    async fn bobs_group(&self) -> Option<(String, i32)> {
        let dialogs = done(self.bob.dialogs().collect()).await;
        dialogs.into_iter().find_map(|dialog| match dialog.chat {
            Some(enums::Chat::Chat(chat)) => Some((chat.title.clone(), chat.participants_count)),
            _ => None,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_named_shown_and_grows_and_shrinks() {
    let scene = Scene::new().await;
    let _carol = scene.also("Carol", "carol").await;
    let chat = scene.group().await;
    assert_eq!(scene.bobs_group().await, Some(("Engines".into(), 2)));
    scene.ok(&["rename_chat", &chat, "Difference", "Engines"]).await;
    scene.ok(&["chat_add_user", &chat, "@carol"]).await;
    assert_eq!(scene.bobs_group().await, Some(("Difference Engines".into(), 3)));
    let info = scene.ok(&["chat_info", &chat]).await;
    for part in ["Difference Engines", "Ada @lovelace", "(admin)", "Bob @babbage", "Carol @carol"] {
        assert!(info.contains(part), "{part} in {info}");
    }
    let info = scene.json(&["chat_info", &chat]).await;
    assert_eq!(info["members"].as_array().unwrap().len(), 3, "{info}");
    scene.ok(&["chat_del_user", &chat, "@carol"]).await;
    scene.ok(&["chat_add_user", &chat, "@carol", "5"]).await;
    assert_eq!(scene.bobs_group().await, Some(("Difference Engines".into(), 3)));
    scene.ok(&["chat_del_user", &chat, "@carol"]).await;
    assert_eq!(scene.bobs_group().await, Some(("Difference Engines".into(), 2)));
    let said = scene.fails(&["chat_del_user", &chat, "@nobody_here"], 1).await;
    assert!(said.contains("nobody is found as"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_lead_into_groups() {
    let scene = Scene::new().await;
    let chat = scene.group().await;
    let link = scene.ok(&["export_chat_link", &chat]).await;
    assert!(link.starts_with("https://t.me/+"), "{link}");
    let carol = scene.also("Carol", "carol").await;
    done(carol.join(link.trim())).await;
    assert_eq!(scene.bobs_group().await, Some(("Engines".into(), 3)));
    // And Ada comes into one of Bob's, by the hash alone.
    let made = done(scene.bob.create_group("Bob's", ["@carol"])).await;
    let invite = done(scene.bob.export_invite(&made.chat)).await;
    let hash = invite.link.rsplit('+').next().unwrap();
    let shown = scene.ok(&["import_chat_link", hash]).await;
    assert!(shown.ends_with(" Bob's\n"), "{shown}");
    let full = done(scene.bob.full_chat(&made.chat)).await;
    assert!(full.users.iter().any(|user| user.id() == scene.ada_id));
    let said = scene.fails(&["import_chat_link", "nothing"], 1).await;
    assert!(said.contains("INVITE_HASH_"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_becomes_a_supergroup() {
    let scene = Scene::new().await;
    let chat = scene.group().await;
    let shown = scene.ok(&["chat_upgrade", &chat]).await;
    assert!(shown.starts_with("channel#") && shown.ends_with(" Engines\n"), "{shown}");
    let dialogs = done(scene.bob.dialogs().collect()).await;
    let is_one =
        |chat: &Option<enums::Chat>| matches!(chat, Some(enums::Chat::Channel(of)) if of.megagroup);
    assert!(dialogs.iter().any(|dialog| is_one(&dialog.chat)));
}
