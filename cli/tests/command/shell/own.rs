//! One's own account.

use super::*;

impl Scene {
    /// Ada as Bob sees her.
    async fn ada(&self) -> types::User {
        let full = done(self.bob.full_user("@lovelace")).await;
        match full.users.into_iter().find(|user| user.id() == self.ada_id) {
            Some(enums::User::User(user)) => *user,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn name_and_username_are_changed() {
    let scene = Scene::new().await;
    scene.ok(&["set_profile_name", "Augusta", "King"]).await;
    let ada = scene.ada().await;
    assert_eq!(
        (ada.first_name.as_deref(), ada.last_name.as_deref()),
        (Some("Augusta"), Some("King"))
    );
    scene.ok(&["set_username", "@countess"]).await;
    let found = done(scene.bob.full_user("@countess")).await;
    assert_eq!(found.full_user.id, scene.ada_id);
    let said = scene.fails(&["set_username", "babbage"], 1).await;
    assert!(said.contains("USERNAME_OCCUPIED"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_there_or_not() {
    let scene = Scene::new().await;
    scene.ok(&["status_online"]).await;
    assert!(matches!(scene.ada().await.status, Some(enums::UserStatus::UserStatusOnline(_))));
    scene.ok(&["status_offline"]).await;
    assert!(!matches!(scene.ada().await.status, Some(enums::UserStatus::UserStatusOnline(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_version_licence_and_counts_are_told() {
    let scene = Scene::new().await;
    assert!(!scene.ok(&["get_terms_of_service"]).await.is_empty());
    assert!(scene.ok(&["version"]).await.starts_with("telewire "));
    assert!(scene.ok(&["show_license"]).await.contains("MIT"));
    let ran = scene.shell(&["-e", "nope", "-e", "get_self", "-e", "stats"], "").await;
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("\ncommands: 2\nfailed: 0\n"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_chats_are_to_come() {
    let scene = Scene::new().await;
    for words in [
        &["create_secret_chat", "@babbage"][..],
        &["accept_secret_chat", "secret_chat#5"],
        &["visualize_key", "!Bob"],
        &["set_ttl", "secret_chat#5", "60"],
    ] {
        let said = scene.fails(words, 1).await;
        assert_eq!(said, format!("{}: secret chats are not there yet", words[0]));
    }
    assert!(scene.called().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_method_is_called_by_its_name() {
    let scene = Scene::new().await;
    let sent = scene
        .json(&["call", "messages.sendMessage", "{\"peer\": \"@babbage\", \"message\": \"raw\"}"])
        .await;
    assert!(sent["_"].is_string(), "{sent}");
    assert_eq!(scene.called(), ["contacts.resolveUsername", "messages.sendMessage"]);
    assert_eq!(scene.texts("@lovelace").await, ["raw"]);
    let said = scene.fails(&["call", "messages.nope"], 2).await;
    assert_eq!(said, "call: the API has no method `messages.nope`");
    let said = scene.fails(&["call", "messages.getHistory", "{"], 2).await;
    assert!(said.starts_with("call: this is no JSON: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_does_not_know_is_asked_for_by_its_method_and_told() {
    let scene = Scene::new().await;
    for (words, method) in [
        (&["export_card"][..], "contacts.exportContactToken"),
        (&["import_card", "t.me/contact/token"], "contacts.importContactToken"),
        (&["set_phone_number", "+99966"], "account.sendChangePhoneCode"),
        (&["set_ttl", "@babbage", "60"], "messages.setHistoryTTL"),
    ] {
        let said = scene.fails(words, 1).await;
        assert!(said.starts_with("the server answered "), "{said}");
        let asked = scene.world.unmodelled();
        assert!(asked.iter().any(|(name, _)| name == method), "{method}: {asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_asked_for_twice_and_not_told() {
    let scene = Scene::new().await;
    let ran = scene.run_with(&["set_password", "a", "hint"], &[], "secret\nother\n").await;
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(ran.err, "error: the two are not the same: nothing was changed\n");
    let ran = scene.run_with(&["set_password"], &[], "\n").await;
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: a password has one character at least\n"));
    let changed = "account.updatePasswordSettings";
    let is_changed = || scene.world.unmodelled().iter().any(|(name, _)| name == changed);
    assert!(!is_changed());
    let ran = scene.run_with(&["set_password", "a", "hint"], &[], "secret\nsecret\n").await;
    // The world keeps passwords, and does not change them.
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(is_changed() && !ran.out.contains("secret"), "{}{}", ran.out, ran.err);
}
