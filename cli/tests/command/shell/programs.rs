//! Programs that use the shell: what happens as JSON, and commands with ids.

use rustix::process::Signal;

use super::*;

impl Scene {
    /// Starts the shell for a program, which writes when it wants to.
    fn program(&self, more: &[&str]) -> Process {
        let options = self.options();
        let options = options.iter().map(String::as_str);
        let all: Vec<_> =
            std::iter::once("shell").chain(options).chain(more.iter().copied()).collect();
        Process::talk(&all)
    }
}

/// Waits until a process has printed something, and gives the lines of it.
async fn wait_for(mut process: Process, what: &str) -> (Process, Vec<Value>) {
    let what = what.to_owned();
    let waited = spawn_blocking(move || {
        let out = process.wait_for(&what);
        (process, out)
    });
    let (process, out) = waited.await.unwrap();
    let whole = out.rsplit_once('\n').map_or("", |(whole, _)| whole);
    (process, whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Waits for the end. All that it printed has its form.
async fn wait(process: Process) -> Ran {
    let ran = spawn_blocking(move || process.wait()).await.unwrap();
    ran.lines().iter().for_each(schema::check);
    ran
}

/// The texts of the messages that were told as new, of those who are others.
fn heard(lines: &[Value]) -> Vec<&str> {
    let updates = lines.iter().map(|line| &line["update"]);
    let new = updates.filter(|update| update["type"] == "new_message" && update["own"] == false);
    new.map(|update| update["message"]["text"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_a_line_each_and_commands_run_meanwhile() {
    let scene = Scene::new().await;
    let mut process = scene.program(&["--watch"]);
    process.say(r#"{"id": "first", "words": ["user_info", "@babbage"]}"#);
    let (mut process, lines) = wait_for(process, "\"first\"").await;
    let answer = lines.iter().find(|line| line["id"] == "first").unwrap();
    assert_eq!(answer["result"]["username"], "babbage");
    let sent = done(scene.bob.send_message("@lovelace", "hello")).await;
    let (mut process, lines) = {
        done(scene.bob.edit_message("@lovelace", sent.id, "hello there")).await;
        process.say("msg @babbage answer");
        wait_for(process, "\"edit_message\"").await
    };
    assert_eq!(heard(&lines), ["hello"]);
    let new = lines.iter().find(|line| line["update"]["type"] == "new_message").unwrap();
    let message = &new["update"]["message"];
    assert_eq!((&message["from"]["username"], &message["out"]), (&"babbage".into(), &false.into()));
    assert_eq!(new["update"]["late"], false);
    process.end_input();
    let ran = wait(process).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(scene.texts("@lovelace").await, ["hello there", "answer"]);
    // The second request has no id of its own.
    assert!(
        ran.lines().iter().any(|line| line["id"] == 2 && line["result"].is_object()),
        "{}",
        ran.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_update_is_told_once_and_those_of_the_time_between_are_late() {
    let scene = Scene::new().await;
    let mut told = Vec::new();
    for (text, signal, code) in
        [("one", None, 0), ("three", Some(Signal::INT), 130), ("five", Some(Signal::TERM), 143)]
    {
        let mut process = scene.program(&["--watch"]);
        process.say("version");
        // What happened before comes first: what is said from here on happens now.
        let before = told.is_empty();
        let first = if before { "\"result\"" } else { "\"after " };
        let (process, _) = wait_for(process, first).await;
        done(scene.bob.send_message("@lovelace", text)).await;
        let (mut process, _) = wait_for(process, &format!("{text:?}")).await;
        match signal {
            Some(signal) => process.signal(signal),
            None => process.end_input(),
        }
        let ran = wait(process).await;
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{}", ran.out);
        told.extend(ran.lines());
        // Nobody listens now.
        done(scene.bob.send_message("@lovelace", format!("after {text}"))).await;
    }
    assert_eq!(heard(&told), ["one", "after one", "three", "after three", "five"]);
    let late: Vec<_> = told.iter().filter(|line| line["update"]["late"] == true).cloned().collect();
    assert_eq!(heard(&late), ["after one", "after three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_form_of_its_own_is_told_as_the_schema_has_it() {
    let scene = Scene::new().await;
    scene.heard("before").await;
    let mut process = scene.program(&["--watch"]);
    process.say("version");
    let (process, _) = wait_for(process, "\"result\"").await;
    done(scene.bob.mark_read("@lovelace")).await;
    done(scene.bob.typing("@lovelace")).await;
    let (mut process, lines) = wait_for(process, "updateUserTyping").await;
    let update =
        &lines.iter().find(|line| line["update"]["type"] == "updateUserTyping").unwrap()["update"];
    assert_eq!(update["raw"]["user_id"], scene.bob_id);
    assert_eq!(update["raw"]["action"]["_"], "sendMessageTypingAction");
    process.end_input();
    assert_eq!(wait(process).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_ids_and_nobody_is_asked_back() {
    let scene = Scene::new().await;
    let input = "version\n\n{\"id\": [1], \"command\": \"nope\"}\n{\"words\": [\"msg\", \"@babbage\", \"it's  'x'\"]}\n{\n{\"id\": 9}\n";
    let ran = scene.shell(&["--json"], input).await;
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    let lines = ran.lines();
    let ids: Vec<_> = lines.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!(ids, ["1", "[1]", "3", "4", "9"]);
    assert!(lines[0]["result"].is_string() && lines[2]["result"].is_object(), "{}", ran.out);
    for wrong in [1, 3, 4] {
        assert_eq!(lines[wrong]["error"]["kind"], "usage");
    }
    assert_eq!(scene.texts("@lovelace").await, ["it's  'x'"]);
    let ran = scene.shell(&["--watch"], "set_password hint\nsecret\nsecret\n").await;
    let lines = ran.lines();
    let error = lines.iter().find(|line| line["id"] == 1).unwrap()["error"].clone();
    assert_eq!((ran.code, &error["kind"]), (2, &"usage".into()));
    assert!(error["message"].as_str().unwrap().starts_with("nobody can be asked for "), "{error}");
}
