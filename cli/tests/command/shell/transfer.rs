//! `telewire upload` and `telewire download`: what arrives, what is printed, and what is gone on with.

mod uploads;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use sha2::{Digest, Sha256};
use telewire::tl::api::enums::MessageMedia;
use telewire_testkit::{DownloadFault, UploadFault};

use super::*;
use crate::support::LOOK;
use crate::terminal::Terminal;

/// Bytes that are nowhere the same.
fn bytes(length: usize) -> Vec<u8> {
    let words = (0_u64..).flat_map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    words.take(length).collect()
}

/// As `sha256sum` prints it.
fn line(content: &[u8], path: &str) -> String {
    format!("{}  {path}\n", hex::encode(Sha256::digest(content)))
}

/// More than is in flight at once, twice.
const LARGE: usize = 12 << 20;

impl Scene {
    /// A command's words, with whose account it is.
    fn words(&self, words: &[&str]) -> Vec<String> {
        let (name, words) = words.split_first().unwrap();
        let given = words.iter().map(ToString::to_string);
        std::iter::once((*name).to_owned()).chain(self.account()).chain(given).collect()
    }

    fn start(&self, words: &[&str]) -> Process {
        let all = self.words(words);
        Process::start(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    async fn moved(&self, words: &[&str]) -> Ran {
        let process = self.start(words);
        spawn_blocking(|| process.wait()).await.unwrap()
    }

    /// Runs what must go well; what it printed.
    async fn moves(&self, words: &[&str]) -> String {
        let ran = self.moved(words).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}: {}", ran.out);
        ran.out
    }

    /// A file of Bob's, sent to Ada; the number of the message in her box.
    async fn has(&self, name: &str, content: Vec<u8>) -> String {
        let file = self.world.put_file(self.bob.home(), name, "application/octet-stream", content);
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.world.send_file(self.bob_id, self.ada_id, file, "", unix).unwrap();
        let history = self.json(&["history", "@babbage", "1"]).await;
        drop(self.world.take_calls());
        history[0]["id"].as_str().unwrap().to_owned()
    }

    /// How many parts Ada asked for.
    fn parts(&self) -> usize {
        self.called().into_iter().filter(|method| *method == "upload.getFile").count()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let names = std::fs::read_dir(self.path(folder)).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_arrive_as_they_are_and_their_hashes_are_printed() {
    let scene = Scene::new().await;
    let (one, two) = (bytes(700_000), b"two".to_vec());
    let paths = [scene.file("one.jpg", &one), scene.file("two.txt", &two)];
    let printed =
        scene.moves(&["upload", "--caption", "both", &paths[0], &paths[1], "@babbage"]).await;
    assert_eq!(printed, line(&one, &paths[0]) + &line(&two, &paths[1]));
    let seen = scene.seen("@lovelace").await;
    assert_eq!(
        seen.iter().map(|message| message.message.as_str()).collect::<Vec<_>>(),
        ["both", ""]
    );
    for (message, content) in seen.iter().zip([&one, &two]) {
        assert!(matches!(message.media, Some(MessageMedia::MessageMediaDocument(_))));
        assert!(scene.bob.download(message).to_bytes().await.unwrap() == *content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_as_what_is_said() {
    let scene = Scene::new().await;
    let picture = scene.file("some.png", super::files::picture());
    for (kind, is_photo) in [("photo", true), ("auto", true), ("document", false), ("video", false)]
    {
        scene.moves(&["upload", &picture, "@babbage", "--as", kind]).await;
        let seen = scene.seen("@lovelace").await;
        let media = seen.last().unwrap().media.as_ref();
        assert_eq!(matches!(media, Some(MessageMedia::MessageMediaPhoto(_))), is_photo, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_told_how_far_it_is_what_is_waited_and_the_end() {
    let scene = Scene::new().await;
    let content = bytes(2_000_000);
    let path = scene.file("data.bin", &content);
    let sha256 = hex::encode(Sha256::digest(&content));
    scene.world.script_uploads([UploadFault::None, UploadFault::FloodWait(1)]);
    let sent = scene.moved(&["upload", &path, "@babbage", "--json"]).await;
    let id = scene.has("data.bin", content.clone()).await;
    scene.world.script_downloads([DownloadFault::None, DownloadFault::FloodWait(1)]);
    let output = scene.path("saved.bin");
    let saved = scene.moved(&["download", &id, "--json", "--output", text(&output)]).await;
    assert!(std::fs::read(&output).unwrap() == content);
    for (ran, name, end) in [(sent, path.as_str(), "sent"), (saved, id.as_str(), "saved")] {
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        let lines = ran.lines();
        assert!(lines.iter().all(|line| line["file"] == name), "{}", ran.out);
        let of =
            |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
        let progress = of("progress");
        let done: Vec<_> = progress.iter().map(|line| line["done"].as_u64().unwrap()).collect();
        assert!(done.is_sorted() && progress.iter().all(|line| line["total"] == 2_000_000));
        assert_eq!(done.last(), Some(&2_000_000), "{}", ran.out);
        assert!(of("wait").iter().any(|line| line["seconds"] == 1), "{}", ran.out);
        let last = lines.last().unwrap();
        assert_eq!((&last["event"], &last["size"]), (&end.into(), &2_000_000.into()));
        assert_eq!(last["sha256"], sha256);
        if end == "sent" {
            assert_eq!(last["message"]["media"]["name"], "data.bin");
        } else {
            assert_eq!(last["path"], text(&output));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_named_by_its_number_by_its_channel_or_by_a_link() {
    let scene = Scene::new().await;
    let made = scene.json(&["create_channel", "News", "about"]).await;
    scene.ok(&["channel_set_username", made["id"].as_str().unwrap(), "adasnews"]).await;
    let content = bytes(300_000);
    let path = scene.file("data.bin", &content);
    scene.moves(&["upload", &path, "@adasnews"]).await;
    let posted = scene.seen("@adasnews").await.last().unwrap().id;
    let id = scene.has("../../data.bin", content.clone()).await;
    std::fs::create_dir(scene.path("saved")).unwrap();
    let folder = scene.path("saved");
    let target = text(&folder.join("data.bin")).to_owned();
    for what in [id, format!("@adasnews/{posted}"), format!("https://t.me/adasnews/{posted}")] {
        let printed = scene.moves(&["download", &what, "-o", text(&folder)]).await;
        assert_eq!(printed, line(&content, &target), "{what}");
        assert!(std::fs::read(&target).unwrap() == content);
        // FI-83: it is nowhere else.
        assert_eq!(scene.names("saved"), ["data.bin"]);
        // FI-82: and it stays, unless it is said.
        let ran = scene.moved(&["download", &what, "-o", text(&folder)]).await;
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        let said = format!(
            "error: {target} is there already: --overwrite replaces it, and --output names another place\n"
        );
        assert_eq!(ran.err, said);
        std::fs::write(&target, "mine").unwrap();
        scene.moves(&["download", &what, "-o", text(&folder), "--overwrite", "--verify"]).await;
        assert!(std::fs::read(&target).unwrap() == content);
        std::fs::remove_file(&target).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_80_a_download_that_ctrl_c_ends_is_gone_on_with_by_the_same_command() {
    let scene = Scene::new().await;
    let content = bytes(LARGE);
    let id = scene.has("film.mkv", content.clone()).await;
    std::fs::create_dir(scene.path("saved")).unwrap();
    let folder = scene.path("saved");
    let words = ["download", &id, "-o", text(&folder), "--json"];
    // Two thirds come, and then nothing does for ten minutes.
    scene.world.script_downloads(
        std::iter::repeat_n(DownloadFault::None, 16).chain([DownloadFault::FloodWait(600)]),
    );
    let first = scene.start(&words);
    let ran = spawn_blocking(move || {
        let start = Instant::now();
        let done = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            line["done"].as_u64().unwrap_or_default()
        };
        while first.out().lines().map(done).max().unwrap_or_default() < 7 << 20 {
            assert!(start.elapsed() < PATIENCE, "{}", first.out());
            std::thread::sleep(LOOK);
        }
        first.signal(Signal::INT);
        first.wait()
    });
    let ran = ran.await.unwrap();
    assert_eq!((ran.code, ran.err.as_str()), (130, ""), "{}", ran.out);
    assert_eq!(ran.lines().last().unwrap()["event"], "interrupted");
    let names = scene.names("saved");
    assert!(
        names.len() == 2 && names.iter().all(|name| name.starts_with(".film.mkv.")),
        "{names:?}"
    );
    drop(scene.world.take_calls());
    let printed = scene.moves(&words[..4]).await;
    assert_eq!(printed, line(&content, text(&folder.join("film.mkv"))));
    assert!(std::fs::read(folder.join("film.mkv")).unwrap() == content);
    assert_eq!(scene.names("saved"), ["film.mkv"]);
    // Half a mebibyte is in a part: from the start, it is 24 of them.
    let parts = scene.parts();
    assert!((1..=14).contains(&parts), "{parts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_terminal_a_bar_shows_how_far_it_is_and_what_is_waited() {
    let scene = Scene::new().await;
    let content = bytes(LARGE);
    let id = scene.has("film.mkv", content.clone()).await;
    let path = scene.path("film.mkv");
    scene.world.script_downloads(
        std::iter::repeat_n(DownloadFault::None, 6).chain([DownloadFault::FloodWait(2)]),
    );
    let words = scene.words(&["download", &id, "-o", text(&path)]);
    let (code, shown) = spawn_blocking(move || {
        Terminal::start(&words.iter().map(String::as_str).collect::<Vec<_>>()).end()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("/12.00 MiB") && shown.contains("/s "), "{shown}");
    assert!(shown.contains("s: the server orders it"), "{shown}");
    // What stays is the line that is printed elsewhere as well.
    let last = shown.trim_end().rsplit(['\r', '\n']).next().unwrap();
    assert!(last.ends_with(line(&content, text(&path)).trim_end()), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_terminal_waits_alone_are_said() {
    let scene = Scene::new().await;
    let id = scene.has("data.bin", bytes(2_000_000)).await;
    scene.world.script_downloads([DownloadFault::FloodPremiumWait(1)]);
    let output = scene.path("saved.bin");
    let ran = scene.moved(&["download", &id, "-o", text(&output)]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err, format!("{id}: waits 1 s: the server orders it\n"));
    assert_eq!(ran.out, line(&bytes(2_000_000), text(&output)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_wrongly_dials_nobody() {
    let scene = Scene::new().await;
    let (file, missing) = (scene.file("a.txt", "text"), scene.path("missing"));
    let missing = text(&missing);
    for (words, said) in [
        (&["upload", &file, missing, "@babbage"][..], "missing: No such file"),
        (&["upload", text(scene.folder.path()), "@babbage"], "this is no file"),
        (&["upload", &file, "@1"], "whom to send it to: "),
        (&["download", "film.mkv"], "`film.mkv`: this names no message: write 12, @channel/12"),
        (&["download", "1", "2", "-o", &file], "several files need a folder that is there"),
    ] {
        let ran = scene.moved(words).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?}: {}", ran.err);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(said), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        let ran = scene.moved(&[words, &["--json"]].concat()).await;
        assert_eq!((ran.code, ran.err.as_str()), (2, ""), "{words:?}");
        assert_eq!(ran.lines()[0]["error"]["kind"], "usage", "{}", ran.out);
    }
    for words in [&["upload", &file][..], &["download"], &["upload", &file, "me", "--as", "what"]] {
        let ran = scene.moved(words).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?}");
    }
    assert!(scene.called().is_empty());
}

/// Each is told, and the others are saved and sent all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_moved_is_told_in_a_sentence_and_the_rest_goes_on() {
    let scene = Scene::new().await;
    let text_only = scene.heard("no file").await;
    let id = scene.has("data.bin", b"data".to_vec()).await;
    std::fs::create_dir(scene.path("saved")).unwrap();
    let folder = scene.path("saved");
    let ran = scene.moved(&["download", &text_only, "9999", &id, "-o", text(&folder)]).await;
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, line(b"data", text(&folder.join("data.bin"))));
    let said: Vec<_> = ran.err.lines().collect();
    let nothing = format!(
        "error: {text_only}: there is no file in this message: `telewire history` shows which have one"
    );
    assert_eq!(said, [nothing.as_str(), "error: there is no message 9999"]);
    let (empty, full) = (scene.file("empty", ""), scene.file("full", "text"));
    let ran = scene.moved(&["upload", &empty, &full, "@babbage"]).await;
    assert_eq!((ran.code, ran.out), (1, line(b"text", &full)));
    assert_eq!(
        ran.err,
        format!("error: {empty}: the file is empty: send one with at least a byte\n")
    );
    assert_eq!(scene.seen("@lovelace").await.len(), 3);
    let ran = scene.moved(&["upload", &full, "@nobodyatall"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("nobodyatall") && ran.err.lines().count() == 1, "{}", ran.err);
}
