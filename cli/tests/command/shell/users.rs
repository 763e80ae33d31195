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
async fn a_bot_is_started_in_groups_too_and_comes_along() {
    let scene = Scene::new().await;
    let person = scene.world.bot("Engine bot");
    scene.world.set_username(person.id(), "enginebot").unwrap();
    let chat = scene.json(&["create_group_chat", "Engines", "@babbage"]).await;
    let channel = scene.json(&["create_supergroup", "More engines", "", "@babbage"]).await;
    for place in [&chat, &channel] {
        let id = place["id"].as_str().unwrap();
        scene.ok(&["start_bot", "@enginebot", id, "from-a-link"]).await;
    }
    let dialogs = done(scene.bob.dialogs().collect()).await;
    let mut texts = Vec::new();
    for dialog in dialogs {
        let Some(chat) = dialog.chat else { continue };
        let history = done(scene.bob.history(&chat).collect()).await;
        let mut has_come = false;
        for message in history {
            match message {
                enums::Message::Message(message) => texts.push(message.message),
                enums::Message::MessageService(service) => {
                    let action = &service.action;
                    has_come = has_come
                        || matches!(action, enums::MessageAction::MessageActionChatAddUser(added)
                            if added.users.contains(&person.id()));
                }
                _ => {}
            }
        }
        assert!(has_come, "{chat:?}");
    }
    assert_eq!(texts, ["/start@enginebot from-a-link"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_leads_to_whoever_made_it() {
    let scene = Scene::new().await;
    let link = scene.ok(&["export_card"]).await;
    assert_eq!(scene.called(), ["contacts.exportContactToken"]);
    assert!(link.starts_with("https://t.me/contact/"), "{link}");
    let import = async |link: &str| {
        let token = link.trim().rsplit('/').next().unwrap().to_owned();
        let call = telewire::tl::api::functions::contacts::ImportContactToken { token };
        timeout(PATIENCE, scene.bob.invoke(&call)).await.unwrap()
    };
    assert_eq!(import(&link).await.unwrap().id(), scene.ada_id);
    // And Ada imports Bob's, as a link and as its token.
    let call = telewire::tl::api::functions::contacts::ExportContactToken;
    let card = timeout(PATIENCE, scene.bob.invoke(&call)).await.unwrap().unwrap();
    let start = format!("user#{} Bob @babbage", scene.bob_id);
    for named in [card.url.as_str(), card.url.rsplit('/').next().unwrap()] {
        assert!(scene.ok(&["import_card", named]).await.starts_with(&start));
    }
    let said = scene.fails(&["import_card", "t.me/contact/nope"], 1).await;
    assert!(said.contains("IMPORT_TOKEN_INVALID"), "{said}");
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
