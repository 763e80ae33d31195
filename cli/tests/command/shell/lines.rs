//! Several commands: of `-e`, and of standard input.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn lines_run_one_after_the_other_and_the_first_failure_is_the_exit_code() {
    let scene = Scene::new().await;
    let ran = scene.shell(&[], "msg @babbage one\n\nnope\nmsg @babbage\nmsg @babbage two\n").await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    let said: Vec<_> = ran.err.lines().collect();
    assert_eq!(said[0], "error: there is no command `nope`; `help` lists them");
    assert!(
        said[1].starts_with("error: msg: <text> is missing; it is written `msg <peer> <text…>`")
    );
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(scene.texts("@lovelace").await, ["one", "two"]);
    let ran = scene.shell(&[], "msg @nobody_here hello\nnope\n").await;
    assert_eq!(ran.code, 1, "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn quit_ends_and_nothing_after_it_runs() {
    let scene = Scene::new().await;
    for quit in ["quit", "safe_quit", "quit_force", "exit"] {
        let ran = scene.shell(&[], &format!("{quit}\nmsg @babbage hello\n")).await;
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""), "{quit}");
    }
    assert!(scene.called().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_chat_every_line_is_a_message() {
    let scene = Scene::new().await;
    scene.heard("before").await;
    let lines =
        "chat_with_peer @babbage\nhello  there\n/history 1\nget_self\n/read\n/exit\nversion\n";
    let ran = scene.shell(&[], lines).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(
        ran.out.contains("hello  there\n")
            && ran.out.ends_with(concat!("telewire ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    assert_eq!(scene.texts("@lovelace").await, ["before", "hello  there", "get_self"]);
    let dialogs = scene.json(&["dialog_list"]).await;
    assert_eq!(dialogs[0]["unread"], 0, "{dialogs}");
    let ran = scene.shell(&[], "chat @nobody_here\nversion\n").await;
    assert_eq!(ran.code, 1, "a chat with nobody does not begin: {}", ran.out);
    assert!(ran.out.starts_with("telewire "), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_met_is_shown_offline_without_a_call() {
    let scene = Scene::new().await;
    for text in ["one", "two"] {
        scene.heard(text).await;
    }
    let id = scene.heard("three").await;
    let lines = format!(
        "history @babbage 2\n[offline] history @babbage\n[offline] history user#{} 1 1\n[offline] get_message {id}\n",
        scene.bob_id
    );
    let ran = scene.shell(&[], &lines).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let texts: Vec<_> =
        ran.out.lines().map(|line| line.rsplit(' ').next().unwrap_or_default()).collect();
    assert_eq!(texts, ["two", "three", "two", "three", "two", "three"]);
    let history = |method: &&str| *method == "messages.getHistory";
    assert_eq!(scene.called().iter().filter(|method| history(method)).count(), 1);
    // Nothing was met, nobody, and what is kept of nothing else.
    for (line, code, said) in [
        ("[offline] history me", 1, "none is of these"),
        ("[offline] history @nobody_here", 2, "[offline] has not met @nobody_here"),
        ("[offline] get_message 9", 1, "none is of these"),
        ("[offline] msg @babbage hello", 2, "[offline] is for history and get_message"),
        ("[offline] dialog_list", 2, "[offline] is for history and get_message"),
        ("history @babbage\nclear\n[offline] history @babbage", 2, "has not met @babbage"),
    ] {
        let ran = scene.shell(&[], line).await;
        assert_eq!(ran.code, code, "{line}: {}", ran.err);
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
    }
    assert!(!scene.called().contains(&"messages.sendMessage"));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_an_object_a_line() {
    let scene = Scene::new().await;
    let ran = scene
        .shell(&["--json"], "get_self\nnope\nmark_read @babbage\nmsg @nobody_here x\n!echo\n")
        .await;
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    let lines = ran.lines();
    assert_eq!(lines.len(), 5, "{}", ran.out);
    assert_eq!(lines[0]["result"]["peer_type"], "user");
    assert_eq!(lines[1]["error"]["kind"], "usage");
    assert_eq!(lines[2]["result"], "SUCCESS");
    assert_eq!(lines[3]["error"]["kind"], "failed");
    assert_eq!(lines[4]["error"]["kind"], "failed");
    // As one of its own.
    let ran = scene.run_with(&["msg", "@babbage"], &["--json"], "").await;
    assert_eq!((ran.code, &ran.lines()[0]["error"]["kind"]), (2, &"usage".into()));
    let ran = scene.run_with(&["set_username", "babbage"], &["--json"], "").await;
    let error = &ran.lines()[0]["error"];
    assert_eq!((ran.code, &error["kind"], &error["code"]), (1, &"telegram".into(), &400.into()));
    assert_eq!(error["name"], "USERNAME_OCCUPIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_the_system_are_run() {
    let scene = Scene::new().await;
    let ran = scene.shell(&["-e", "!echo 'a  b'", "-e", "shell exit 3"], "").await;
    assert_eq!((ran.code, ran.out.as_str()), (1, "a  b\n"));
    assert_eq!(ran.err, "error: the command ended with 3\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_lists_all_and_shows_one() {
    let scene = Scene::new().await;
    let ran = scene.shell(&["-e", "help msg", "-e", "help", "-e", "help nope"], "").await;
    assert_eq!(ran.code, 2);
    assert!(
        ran.out.starts_with("msg <peer> <text…>\n    sends a text\n    also: send, say\n"),
        "{}",
        ran.out
    );
    for part in ["Text:\n", "  channel_set_admin <channel> <user> <rights>\n", "The shell:\n"] {
        assert!(ran.out.contains(part), "{part}");
    }
    assert!(scene.called().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text_and_lines_that_are_too_long_end_nothing() {
    let scene = Scene::new().await;
    let long = "a".repeat(70_000);
    let ran = scene
        .shell(&[], &format!("{long}\nmsg @babbage {}\nmsg @babbage hello\n", "b".repeat(5_000)))
        .await;
    assert_eq!(ran.code, 2);
    let said: Vec<_> = ran.err.lines().collect();
    assert_eq!(said[0], "error: the line is longer than 65536 bytes");
    assert!(said[1].contains("MESSAGE_TOO_LONG"), "{said:?}");
    assert_eq!(scene.texts("@lovelace").await, ["hello"]);
}
