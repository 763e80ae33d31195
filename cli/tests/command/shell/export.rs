//! A chat in a folder.

use std::path::Path;

use rustix::process::Signal;

use super::*;

/// The lines of an export, each as it must be: an object.
fn lines(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("messages.jsonl")).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn texts(folder: &Path) -> Vec<String> {
    lines(folder).iter().map(|line| line["text"].as_str().unwrap_or("-").to_owned()).collect()
}

impl Scene {
    async fn exported(&self, peer: &str, more: &[&str], code: i32) -> Ran {
        let out = self.path("out");
        let more = [&["--out", text(&out)], more].concat();
        let ran = self.run_with(&["export", peer], &more, "").await;
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        ran
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_is_saved_with_its_files_and_what_is_new_is_added() {
    let scene = Scene::new().await;
    let out = scene.path("out");
    done(scene.bob.send_message("@lovelace", "one")).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    scene.ok(&["send_document", "@babbage", &scene.file("data.bin", &bytes), "two"]).await;
    scene.ok(&["send_photo", "@babbage", &scene.file("p.png", files::picture())]).await;
    drop(scene.world.take_calls());
    let ran = scene.exported("@babbage", &[], 0).await;
    assert_eq!(ran.out, format!("3 messages and 2 files are in {}\n", text(&out)));
    assert_eq!(ran.err, "3 of 3 messages, 2 files\n");
    assert_eq!(texts(&out), ["one", "two", ""]);
    let saved = lines(&out);
    assert_eq!(saved[0]["from"]["username"], "babbage");
    assert_eq!(saved[1]["raw"]["_"], "message");
    let file = saved[1]["file"].as_str().unwrap();
    assert!(file.ends_with("/data.bin"), "{file}");
    assert_eq!(std::fs::read(out.join(file)).unwrap(), bytes);
    assert!(!std::fs::read(out.join(saved[2]["file"].as_str().unwrap())).unwrap().is_empty());
    // Nothing was marked as read, and nothing else was asked for.
    let mut called = scene.called();
    called.retain(|method| !matches!(*method, "upload.getFile" | "users.getUsers"));
    assert_eq!(called, ["contacts.resolveUsername", "messages.getHistory", "messages.getHistory"]);
    // Run again, it adds what is new, and fetches no file twice.
    done(scene.bob.send_message("@lovelace", "four")).await;
    drop(scene.world.take_calls());
    let ran = scene.exported("@babbage", &["--json"], 0).await;
    let told = &ran.lines()[0]["result"];
    assert_eq!(
        (&told["messages"], &told["files"], &told["failed"]),
        (&4.into(), &2.into(), &0.into())
    );
    assert_eq!(texts(&out), ["one", "two", "", "four"]);
    assert!(!scene.called().contains(&"upload.getFile"));
    let ran = scene.exported("@babbage", &[], 0).await;
    assert_eq!((texts(&out).len(), ran.err.as_str()), (4, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_killed_run_left_the_next_one_makes_it_whole() {
    let scene = Scene::new().await;
    let out = scene.path("out");
    let expected: Vec<_> = (0..130).map(|number| number.to_string()).collect();
    for one in &expected {
        done(scene.bob.send_message("@lovelace", one.as_str())).await;
    }
    let path = text(&out).to_owned();
    let mut all = vec!["export".to_owned()];
    all.extend(scene.options());
    all.extend(["--out", &path, "@babbage"].map(str::to_owned));
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let process = Process::talk(&all);
    // Anywhere in it.
    let start = std::time::Instant::now();
    while std::fs::read_to_string(out.join("messages.jsonl")).unwrap_or_default().is_empty() {
        assert!(start.elapsed() < PATIENCE);
        tokio::time::sleep(crate::support::LOOK).await;
    }
    process.signal(Signal::KILL);
    drop(process);
    // And in the midst of a line.
    let file = std::fs::OpenOptions::new().write(true).open(out.join("messages.jsonl")).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length - 3).unwrap();
    drop(file);
    let ran = scene.exported("@babbage", &["--no-media"], 2).await;
    assert!(ran.err.contains("with files: choose another folder"), "{}", ran.err);
    let ran = scene.exported("@babbage", &[], 0).await;
    assert!(ran.err.ends_with("130 of 130 messages, 0 files\n"), "{}", ran.err);
    assert_eq!(texts(&out), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_what_was_said_and_runs_nothing() {
    let scene = Scene::new().await;
    let said = telewire::client::text::Text::html("<b>bold</b> &lt;script&gt; שלום 👩‍👩‍👧");
    done(scene.bob.send_message("@lovelace", said)).await;
    scene.ok(&["send_photo", "@babbage", &scene.file("p.png", files::picture())]).await;
    scene.exported("@babbage", &["--format", "html"], 0).await;
    let out = scene.path("out");
    let page = std::fs::read_to_string(out.join("messages.html")).unwrap();
    assert!(page.contains("<h1 dir=\"auto\">Bob</h1>"), "{page}");
    assert!(page.contains("<b>bold</b> &lt;script&gt; שלום 👩‍👩‍👧</div>"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let photo = lines(&out)[1]["file"].as_str().unwrap().to_owned();
    assert!(page.contains(&format!("<img src=\"{photo}\"")), "{page}");
    // It is of all that is there, also of what an earlier run saved.
    done(scene.bob.send_message("@lovelace", "later")).await;
    scene.exported("@babbage", &["--format", "html"], 0).await;
    let page = std::fs::read_to_string(out.join("messages.html")).unwrap();
    assert_eq!(page.matches("<article").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_groups_and_oneself_are_saved_too_and_wrong_ones_are_told() {
    let scene = Scene::new().await;
    scene.ok(&["msg", "me", "a note"]).await;
    let made = scene.json(&["create_supergroup", "Engines", "about", "@babbage"]).await;
    let channel = made["id"].as_str().unwrap();
    scene.ok(&["msg", channel, "hello"]).await;
    for (peer, last) in [("me", "a note"), (channel, "hello")] {
        let ran = scene.run_with(&["export", peer], &["--no-media"], "").await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        let id = if peer == "me" { format!("user#{}", scene.ada_id) } else { channel.to_owned() };
        let folder = scene.path(&format!("export_{}", id.replace('#', "_")));
        assert_eq!(texts(&folder).last().map(String::as_str), Some(last));
    }
    let said = scene.run_with(&["export", "two words"], &[], "").await;
    assert_eq!(said.code, 2, "{}", said.err);
    let said = scene.run_with(&["export", "@nobody_here"], &[], "").await;
    assert_eq!(said.code, 1, "{}", said.err);
    let file = scene.file("a file", "text");
    let said = scene.run_with(&["export", "me"], &["--out", &file], "").await;
    assert_eq!(said.code, 2, "{}", said.err);
}
