//! What is printed for programs has the form that `shell --schema` tells.

mod holds;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::json;

use super::socket::Connection;
use super::*;
use crate::support::run;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let ran = run(&["shell", "--schema"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    serde_json::from_str(&ran.out).unwrap()
});

/// What is wrong with a line.
fn line(value: &Value) -> Result<(), String> {
    holds::check(&SCHEMA, &SCHEMA, value)
}

/// What is wrong with results, by the names of commands.
fn results(value: &Value) -> Result<(), String> {
    holds::check(&SCHEMA, &SCHEMA["$defs"]["results"], value)
}

fn holds(checked: &Result<(), String>, value: &Value) {
    assert_eq!(*checked, Ok(()), "{value:#}");
}

/// That a line has its form.
pub(super) fn check(value: &Value) {
    holds(&line(value), value);
}

/// That a result has that of the command's, if it is named by its own name.
pub(super) fn check_result(command: &str, result: &Value) {
    let command = command.replace('-', "_");
    if names().contains(&command) {
        let named = json!({command: result});
        holds(&results(&named), &named);
    }
}

fn names() -> BTreeSet<String> {
    SCHEMA["$defs"]["results"]["properties"].as_object().unwrap().keys().cloned().collect()
}

/// Somebody who has one command after the other run, and looks at each answer.
struct Program {
    connection: Connection,
    ran: BTreeSet<String>,
}

impl Program {
    async fn run(&mut self, words: &[&str]) -> Value {
        let answer =
            self.connection.ask(&json!({"id": words[0], "words": words}).to_string()).await;
        check(&answer);
        assert_eq!(answer["id"], words[0]);
        assert!(answer.get("result").is_some(), "{words:?}: {answer}");
        check_result(words[0], &answer["result"]);
        self.ran.insert(words[0].to_owned());
        // What was saved makes room for what is saved next under the same name.
        if answer["result"]["event"] == "download" {
            std::fs::remove_file(answer["result"]["result"].as_str().unwrap()).unwrap();
        }
        answer["result"].clone()
    }

    /// Runs a command, and gives the id of what came of it.
    async fn id(&mut self, words: &[&str]) -> String {
        self.run(words).await["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_command_prints_has_its_form() {
    let scene = Scene::new().await;
    let dora = scene.world.user("Dora");
    let _carol = scene.also("Carol", "carol").await;
    let bot = scene.world.bot("Engine bot");
    scene.world.set_username(bot.id(), "enginebot").unwrap();
    let (heard_file, _) = scene.heard_file().await;
    // Not where files are saved.
    std::fs::create_dir(scene.path("own")).unwrap();
    let picture = scene.file("own/p.png", files::picture());
    let note = scene.file("own/n.txt", "a note");
    let listening = scene.listen(&[]).await;
    let connection = Connection::open(&listening.path).await;
    let mut program = Program { connection, ran: BTreeSet::new() };
    let p = &mut program;

    for words in [
        &["help"][..],
        &["help", "msg"],
        &["version"],
        &["show_license"],
        &["set", "log_level", "1"],
        &["main_session"],
        &["get_terms_of_service"],
        &["get_self"],
        &["user_info", "@babbage"],
        &["resolve_username", "babbage"],
        &["find", "babbage"],
        &["add_contact", dora.phone().unwrap(), "Dora"],
        &["contact_list"],
        &["suggested_contacts"],
        &["rename_contact", "@babbage", "Charles", "Babbage"],
        &["del_contact", "@babbage"],
        &["block_user", "@carol"],
        &["unblock_user", "@carol"],
        &["start_bot", "@enginebot"],
        &["set_profile_name", "Augusta", "King"],
        &["set_username", "countess"],
        &["set_profile_photo", &picture],
        &["load_user_photo", "me"],
        &["view_user_photo", "me"],
        &["status_online"],
        &["status_offline"],
        &["call", "help.getConfig"],
        &["send_text", "@babbage", &note],
        &["broadcast", "@babbage", "@carol", "to all"],
        &["msg_kbd", "@babbage", "yes,no", "which"],
        &["send_contact", "@babbage", "+99966", "Some", "Body"],
        &["send_location", "@babbage", "1", "2"],
        &["send_typing", "@babbage"],
        &["send_typing_abort", "@babbage"],
        &["mark_read", "@babbage"],
        &["load_video_thumb", &heard_file],
        &["load_document_thumb", &heard_file],
        &["load_file_thumb", &heard_file],
        &["view_video_thumb", &heard_file],
        &["view_document_thumb", &heard_file],
        &["view_file_thumb", &heard_file],
    ] {
        p.run(words).await;
    }
    let card = p.run(&["export_card"]).await;
    p.run(&["import_card", card["url"].as_str().unwrap()]).await;

    // Messages, and files in them.
    let said = p.id(&["msg", "@babbage", "hello"]).await;
    p.run(&["reply", &said, "answer"]).await;
    p.run(&["reply_contact", &said, "+99966", "Some", "Body"]).await;
    p.run(&["reply_location", &said, "1", "2"]).await;
    for (kind, file) in [
        ("photo", &picture),
        ("video", &note),
        ("audio", &note),
        ("document", &note),
        ("file", &note),
    ] {
        let sent = p.id(&[&format!("send_{kind}"), "@babbage", file, "caption"]).await;
        p.run(&[&format!("reply_{kind}"), &said, file]).await;
        // A note is no film, but has to be one to be sent as one.
        let (load, view) = (format!("load_{kind}"), format!("view_{kind}"));
        let of = match kind {
            "video" | "audio" => {
                let name = if kind == "video" { "own/f.mp4" } else { "own/f.mp3" };
                let name = scene.file(name, [1, 2, 3]);
                p.id(&[&format!("send_{kind}"), "@babbage", &name]).await
            }
            _ => sent,
        };
        p.run(&[&load, &of]).await;
        p.run(&[&view, &of]).await;
    }
    p.run(&["view", &heard_file]).await;
    p.run(&["fwd", "@carol", &said]).await;
    p.run(&["fwd_media", "@carol", &heard_file]).await;
    let (history, found) = (p.run(&["history", "@babbage", "100"]).await, &["search", "hello"]);
    assert!(history.as_array().unwrap().len() > 10);
    p.run(found).await;
    p.run(&["global_search", "hello"]).await;
    p.run(&["get_message", &said]).await;
    p.run(&["unsend", &said]).await;
    p.run(&["delete_msg", &heard_file]).await;

    // Groups.
    let chat = p.id(&["create_group_chat", "Engines", "@babbage"]).await;
    for words in [
        &["chat_add_user", &chat, "@carol"][..],
        &["chat_del_user", &chat, "@carol"],
        &["rename_chat", &chat, "More", "engines"],
        &["chat_set_photo", &chat, &picture],
        &["load_chat_photo", &chat],
        &["view_chat_photo", &chat],
        &["chat_info", &chat],
        &["history", &chat],
        &["export_chat_link", &chat],
        &["chat_upgrade", &chat],
    ] {
        p.run(words).await;
    }
    let bobs = done(scene.bob.create_group("Bob's", ["@carol"])).await.chat;
    let link = done(scene.bob.export_invite(&bobs)).await.link;
    p.run(&["import_chat_link", &link]).await;

    // Channels.
    p.run(&["create_supergroup", "Club", "about"]).await;
    let channel = p.id(&["create_channel", "News", "about"]).await;
    for words in [
        &["channel_set_username", &channel, "adasnews"][..],
        &["channel_set_about", &channel, "what it is"],
        &["channel_set_photo", &channel, &picture],
        &["load_channel_photo", &channel],
        &["view_channel_photo", &channel],
        &["rename_channel", &channel, "New", "name"],
        &["channel_invite", &channel, "@babbage"],
        &["channel_set_admin", &channel, "@babbage", "1"],
        &["channel_get_members", &channel],
        &["channel_get_admins", &channel],
        &["channel_kick", &channel, "@babbage"],
        &["channel_info", &channel],
        &["post", &channel, "post"],
        &["post_text", &channel, &note],
        &["post_location", &channel, "1", "2"],
        &["post_photo", &channel, &picture],
        &["post_video", &channel, &note],
        &["post_audio", &channel, &note],
        &["post_document", &channel, &note],
        &["post_file", &channel, &note],
        &["history", &channel],
        &["export_channel_link", &channel],
        &["channel_list"],
        &["dialog_list"],
    ] {
        p.run(words).await;
    }
    let public = done(scene.bob.create_channel("Bob's news", "")).await;
    done(scene.bob.set_channel_username(&public, "bobsnews")).await;
    p.run(&["channel_join", "@bobsnews"]).await;
    p.run(&["channel_leave", "@bobsnews"]).await;
    let private = done(scene.bob.create_channel("Bob's letters", "")).await;
    let link = done(scene.bob.export_invite(&private)).await.link;
    p.run(&["import_channel_link", &link]).await;

    // Secret chats.
    let mut bob = scene.other().await;
    let secret = p.id(&["create_secret_chat", "@babbage"]).await;
    let of_bob = bob.offered().await;
    done(bob.chats.accept(of_bob)).await;
    bob.ready().await;
    while p.run(&["secret_chat_list"]).await[0]["state"] != "ready" {}
    for words in [
        &["visualize_key", &secret][..],
        &["verify_key", &secret],
        &["set_ttl", &secret, "100"],
        &["msg", &secret, "hello"],
        &["send_document", &secret, &note],
        &["send_photo", &secret, &picture],
        &["send_location", &secret, "1", "2"],
        &["send_contact", &secret, "+99966", "Some", "Body"],
        &["history", &secret],
        &["search", &secret, "hello"],
        &["mark_read", &secret],
        &["send_typing", &secret],
        &["close_secret_chat", &secret, "delete"],
    ] {
        p.run(words).await;
    }
    done(bob.chats.create("@countess")).await;
    let asks = loop {
        let all = p.run(&["secret_chat_list"]).await;
        if all[0]["state"] == "offered" {
            break all[0]["id"].as_str().unwrap().to_owned();
        }
    };
    p.run(&["accept_secret_chat", &asks]).await;

    // What is of the connection.
    p.run(&["stats"]).await;
    p.run(&["clear"]).await;
    p.run(&["chat_with_peer", "@babbage"]).await;
    p.connection.ask("/exit").await;
    p.run(&["quit"]).await;
    p.connection = Connection::open(&listening.path).await;
    p.run(&["safe_quit"]).await;
    listening.end().await;

    // These ask somebody.
    let ran = scene.run_with(&["set_password"], &["--json"], "secret\nsecret\n").await;
    let told: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    check(&told);
    check_result("set_password", &told["result"]);
    let left: Vec<_> = names().into_iter().filter(|name| !program.ran.contains(name)).collect();
    let expected = [
        // Telegram has it no more.
        "restore_msg",
        "set_password",
        // Its code is typed in a test of its own.
        "set_phone_number",
        // Not for programs.
        "shell",
    ];
    assert_eq!(left, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_and_wrong_lines_have_their_form() {
    let scene = Scene::new().await;
    let typed =
        "nope\nmsg @nobody_here x\nset_username babbage\n{\n[x2] version\n!echo\nget_message 99\n";
    let ran = scene.shell(&["--json"], typed).await;
    let lines = ran.lines();
    assert_eq!(lines.len(), 7, "{}", ran.out);
    lines.iter().for_each(check);
    let wrong = [
        json!({}),
        json!({"result": 1, "error": {"kind": "usage", "message": ""}}),
        json!({"error": {"kind": "other", "message": ""}}),
        json!({"error": {"kind": "telegram", "message": ""}}),
        json!({"update": {"type": "new_message", "late": false, "own": false}}),
        json!({"update": {"type": "nope", "late": false, "own": false, "raw": {"_": "nope"}}}),
        json!({"result": 1, "more": 1}),
    ];
    for wrong in wrong {
        assert!(line(&wrong).is_err(), "{wrong}");
    }
    assert!(results(&json!({"msg": {"event": "message", "id": "1"}})).is_err());
    assert!(results(&json!({"nope": 1})).is_err());
}
