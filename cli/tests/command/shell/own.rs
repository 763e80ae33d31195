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
async fn messages_go_by_themselves_where_that_is_said() {
    const DAY: i32 = 86_400;
    let scene = Scene::new().await;
    scene.ok(&["set_ttl", "@babbage", &DAY.to_string()]).await;
    assert_eq!(scene.called(), ["contacts.resolveUsername", "messages.setHistoryTTL"]);
    scene.ok(&["msg", "@babbage", "for a day"]).await;
    let seen = scene.seen("@lovelace").await;
    let seen = seen.iter().find(|message| message.message == "for a day").unwrap();
    assert_eq!(seen.ttl_period, Some(DAY));
    let said = scene.fails(&["set_ttl", "@babbage", "60"], 1).await;
    assert!(said.contains("TTL_PERIOD_INVALID"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_does_not_know_is_asked_for_by_its_method_and_told() {
    let scene = Scene::new().await;
    const METHOD: &str = "payments.getStarsTopupOptions";
    let said = scene.fails(&["call", METHOD, "{}"], 1).await;
    assert!(said.starts_with("the server answered "), "{said}");
    let asked = scene.world.unmodelled();
    assert!(asked.iter().any(|(name, _)| name == METHOD), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_moves_to_another_number() {
    let scene = Scene::new().await;
    const NEW: &str = "99966200099";
    let taken = scene.world.person(scene.bob_id).unwrap();
    let said = scene.fails(&["set_phone_number", taken.phone().unwrap()], 1).await;
    assert!(said.contains("PHONE_NUMBER_OCCUPIED"), "{said}");
    let ran = scene.run_with(&["set_phone_number", NEW], &[], "00000x\n").await;
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("PHONE_CODE_INVALID"), "{}", ran.err);
    // The code comes only when it was asked for: it is typed when the command asks.
    let mut process = scene.process(&["set_phone_number", NEW]);
    let world = (*scene.world).clone();
    drop(scene.world.take_codes());
    let moved = spawn_blocking(move || {
        process.wait_for("Code: ");
        let code = world.code(NEW).unwrap();
        process.say(&code);
        process.wait()
    });
    let ran = moved.await.unwrap();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains(&format!("+{NEW}")), "{}", ran.out);
    assert_eq!(scene.world.user_by_phone(NEW), Some(scene.ada_id));
    // Bob finds her by it.
    let found = done(scene.bob.import_contact(NEW, "Ada", "")).await;
    assert_eq!(found.map(|user| user.id()), Some(scene.ada_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_asked_for_twice_and_needed_from_then_on() {
    let scene = Scene::new().await;
    let ran = scene.run_with(&["set_password", "a", "hint"], &[], "secret\nother\n").await;
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(ran.err, "error: the two are not the same: nothing was changed\n");
    let ran = scene.run_with(&["set_password"], &[], "\n").await;
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: a password has one character at least\n"));
    let ada = scene.world.person(scene.ada_id).unwrap();
    let log_in = async || {
        let client = scene.world.client().build().await.unwrap();
        let login = done(client.send_code(ada.phone().unwrap())).await;
        let code = scene.world.code(ada.phone().unwrap()).unwrap();
        (client, done(login.submit(&code)).await)
    };
    let (client, step) = log_in().await;
    assert!(matches!(step, Step::Done(_)), "nothing was changed: {step:?}");
    client.close().await;
    let ran = scene.run_with(&["set_password", "a", "hint"], &[], "secret\nsecret\n").await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(!ran.out.contains("secret"), "{}", ran.out);
    let ran = scene.run_with(&["set_password"], &[], "wrong\nnew\nnew\n").await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("PASSWORD_HASH_INVALID"), "{}", ran.err);
    let ran = scene.run_with(&["set_password"], &[], "secret\nnew\nnew\n").await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (client, step) = log_in().await;
    assert!(matches!(step, Step::Password(_)), "{step:?}");
    client.close().await;
}
