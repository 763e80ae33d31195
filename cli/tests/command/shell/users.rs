//! Users and the address book.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn users_are_shown_and_found() {
    let scene = Scene::new().await;
    let shown = scene.ok(&["user_info", "@babbage"]).await;
    let start = format!("user#{} Bob @babbage", scene.bob_id);
    assert!(shown.starts_with(&start), "{shown}");
    let me = scene.json(&["get_self"]).await;
    assert_eq!((&me["id"], &me["self"]), (&format!("user#{}", scene.ada_id).into(), &true.into()));
    for command in ["resolve_username", "contact_search", "contact-search"] {
        assert!(scene.ok(&[command, "babbage"]).await.starts_with(&start));
    }
    assert!(scene.ok(&["find", "babbage"]).await.starts_with(&start));
    let said = scene.fails(&["resolve_username", "nobody_here"], 1).await;
    assert!(said.contains("USERNAME_NOT_OCCUPIED"), "{said}");
    let said = scene.fails(&["user_info", "two words"], 2).await;
    assert!(said.contains("names nobody"), "{said}");
    assert_eq!(scene.ok(&["suggested_contacts"]).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_are_added_renamed_listed_and_removed() {
    let scene = Scene::new().await;
    let person = scene.world.user("Dora");
    let phone = person.phone().unwrap();
    let dora = timeout(PATIENCE, scene.world.log_in(&person)).await.unwrap().unwrap();
    let shown = scene.ok(&["add_contact", &format!("+{phone}"), "Dora", "Bright"]).await;
    assert!(shown.starts_with(&format!("user#{} Dora Bright", person.id())), "{shown}");
    let named = format!("user#{}", person.id());
    scene.ok(&["rename_contact", &named, "Theodora"]).await;
    let list = scene.ok(&["contact_list"]).await;
    assert!(list.contains(" Theodora"), "{list}");
    scene.ok(&["del_contact", &named]).await;
    assert_eq!(scene.ok(&["contact_list"]).await, "");
    let said = scene.fails(&["add_contact", "+99966299999", "No", "Body"], 1).await;
    assert!(said.contains("nobody with this number is on Telegram"), "{said}");
    dora.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_cannot_write() {
    let scene = Scene::new().await;
    scene.ok(&["block_user", "@babbage"]).await;
    assert_eq!(scene.called(), ["contacts.resolveUsername", "contacts.block"]);
    let info = scene.json(&["user_info", "@babbage"]).await;
    assert_eq!(info["blocked"], true, "{info}");
    scene.ok(&["unblock_user", "@babbage"]).await;
    let info = scene.json(&["user_info", "@babbage"]).await;
    assert_eq!(info["blocked"], false, "{info}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_is_started() {
    let scene = Scene::new().await;
    let person = scene.world.bot("Engine bot");
    scene.world.set_username(person.id(), "enginebot").unwrap();
    let bot = timeout(PATIENCE, scene.world.log_in(&person)).await.unwrap().unwrap();
    let mut updates = bot.updates();
    done(bot.connect()).await;
    let mut next = async || loop {
        let delivery = timeout(PATIENCE, updates.next()).await.unwrap().unwrap().unwrap();
        if let Some(enums::Message::Message(message)) = delivery.new_message() {
            return message.message.clone();
        }
    };
    scene.ok(&["start_bot", "@enginebot"]).await;
    assert_eq!(next().await, "/start");
    let said = scene.fails(&["start_bot", "@babbage"], 1).await;
    assert!(said.contains("BOT_INVALID"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_of_before_are_told_to_be_gone() {
    let scene = Scene::new().await;
    let said = scene.fails(&["import_card", "0a:1b:2c"], 1).await;
    assert!(said.starts_with("cards of hexadecimal numbers are gone"), "{said}");
    assert!(scene.called().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_named_as_telegram_cli_printed_them() {
    let scene = Scene::new().await;
    done(scene.bob.set_name("Charles", "Babbage")).await;
    done(scene.bob.send_message("@lovelace", "hello")).await;
    scene.ok(&["msg", "Charles_Babbage", "answer"]).await;
    assert_eq!(scene.texts("@lovelace").await, ["hello", "answer"]);
    let said = scene.fails(&["msg", "Nobody_Here", "hello"], 1).await;
    assert!(said.contains("nobody is found as"), "{said}");
    let carol = scene.also("Чарльз", "carol").await;
    done(carol.send_message("@lovelace", "hello")).await;
    scene.ok(&["msg", "Чарльз", "answer"]).await;
    assert_eq!(seen_by(&carol, "@lovelace").await.len(), 2);
    let other = scene.also("Чарльз", "another").await;
    done(other.send_message("@lovelace", "hello")).await;
    let said = scene.fails(&["msg", "Чарльз", "which"], 2).await;
    assert!(said.starts_with("several are called Чарльз: user#"), "{said}");
}
