//! What `telewire upload` goes on with, and albums.

use telewire::files::journal::UploadState;

use super::*;
use crate::shell::files::picture;

/// How many parts [`LARGE`] has, of half a mebibyte each.
const PARTS: usize = 24;

/// How many of them are under way at most.
const IN_FLIGHT: usize = 8;

impl Scene {
    /// Where it is kept how far uploads are.
    fn states(&self) -> Vec<PathBuf> {
        let names = self.names(".").into_iter().filter(|name| name.contains(".upload"));
        names.map(|name| self.path(&name)).collect()
    }

    /// How many parts a state says that the server has.
    fn ready(&self) -> usize {
        let Ok([state]) = <[PathBuf; 1]>::try_from(self.states()) else { return 0 };
        // It may be written at this moment, under another name.
        let state = std::fs::read(state).ok().and_then(|kept| UploadState::from_bytes(&kept).ok());
        state.map_or(0, |state| usize::try_from(state.ready).unwrap())
    }

    /// How many parts Ada sent. What was under way when a command ended may come late, and be among those of the next.
    fn parts_sent(&self) -> usize {
        let is_part =
            |method: &&str| matches!(*method, "upload.saveFilePart" | "upload.saveBigFilePart");
        self.called().iter().filter(|method| is_part(method)).count()
    }

    /// Has an upload of [`LARGE`] ended in its midst; gives how many parts are kept.
    async fn ends_in_the_midst(&self, words: &[&str], signal: Signal) -> usize {
        // A second, for all connections to be there; and ten minutes behind twenty parts. What has waited comes before these: a part that is
        // missing among the first is where the state ends.
        let [few, most] = [4, 16].map(|parts| std::iter::repeat_n(UploadFault::None, parts));
        let waits = [1, 600].map(UploadFault::FloodWait);
        self.world.script_uploads(few.chain([waits[0]]).chain(most).chain([waits[1]]));
        let process = self.start(&[words, &["--json"]].concat());
        let start = Instant::now();
        while self.ready() <= IN_FLIGHT || !process.out().contains(r#""seconds":600"#) {
            assert!(start.elapsed() < PATIENCE, "{}", process.out());
            tokio::time::sleep(LOOK).await;
        }
        process.signal(signal);
        if signal == Signal::INT {
            let ran = spawn_blocking(|| process.wait()).await.unwrap();
            assert_eq!((ran.code, ran.err.as_str()), (130, ""), "{}", ran.out);
            assert_eq!(ran.lines().last().unwrap()["event"], "interrupted");
        } else {
            drop(process);
        }
        drop(self.world.take_calls());
        self.ready()
    }

    /// The last file that Bob has from Ada.
    async fn last(&self) -> Vec<u8> {
        let seen = self.seen("@lovelace").await;
        self.bob.download(seen.last().unwrap()).to_bytes().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_84_an_upload_that_is_ended_is_gone_on_with_by_the_same_command() {
    let scene = Scene::new().await;
    let content = bytes(LARGE);
    let path = scene.file("film.mkv", &content);
    for signal in [Signal::INT, Signal::KILL] {
        let words = ["upload", &path, "@babbage"];
        let ready = scene.ends_in_the_midst(&words, signal).await;
        assert_eq!(scene.moves(&words).await, line(&content, &path));
        let (sent, missing) = (scene.parts_sent(), PARTS - ready);
        assert!((missing..=missing + IN_FLIGHT).contains(&sent), "{signal:?}: {sent} of {missing}");
        assert!(scene.last().await == content);
        // It was sent: another one begins anew.
        assert!(scene.states().is_empty(), "{:?}", scene.states());
    }
    assert_eq!(scene.seen("@lovelace").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_84_a_file_that_was_changed_meanwhile_is_sent_anew() {
    let scene = Scene::new().await;
    let path = scene.file("film.mkv", bytes(LARGE));
    let words = ["upload", &path, "@babbage"];
    scene.ends_in_the_midst(&words, Signal::INT).await;
    // As long as before, and others.
    let other: Vec<_> = bytes(LARGE).into_iter().rev().collect();
    scene.file("film.mkv", &other);
    assert_eq!(scene.moves(&words).await, line(&other, &path));
    assert!(scene.parts_sent() >= PARTS);
    assert!(scene.last().await == other);
}

/// FI-14: its state says that the server has them.
#[tokio::test(flavor = "multi_thread")]
async fn fi_84_parts_that_the_server_has_lost_meanwhile_are_sent_again() {
    let scene = Scene::new().await;
    let content = bytes(LARGE);
    let path = scene.file("film.mkv", &content);
    let words = ["upload", &path, "@babbage"];
    scene.world.script_uploads([UploadFault::Lose, UploadFault::None, UploadFault::Lose]);
    let ready = scene.ends_in_the_midst(&words, Signal::INT).await;
    assert_eq!(scene.moves(&words).await, line(&content, &path));
    assert!(scene.parts_sent() > PARTS - ready);
    assert!(scene.last().await == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_84_what_nobody_took_need_not_be_sent_again() {
    let scene = Scene::new().await;
    // Nobody but Bob writes there.
    let bobs = done(scene.bob.create_channel("Bob's", "")).await;
    done(scene.bob.set_channel_username(&bobs, "bobsown")).await;
    // By either method, and the shortest.
    for size in [1, 2_000_000, LARGE] {
        let content = bytes(size);
        let path = scene.file("data.bin", &content);
        drop(scene.world.take_calls());
        let ran = scene.moved(&["upload", &path, "@bobsown"]).await;
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert_eq!(scene.parts_sent(), size.div_ceil(512 << 10));
        assert_eq!(scene.moves(&["upload", &path, "@babbage"]).await, line(&content, &path));
        assert_eq!(scene.parts_sent(), 0, "{size}");
        assert!(scene.last().await == content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_as_one_album() {
    let scene = Scene::new().await;
    let names = ["a.png", "b.png", "c.png"];
    let pictures = names.map(|name| scene.file(name, picture()));
    let [a, b, c] = &pictures;
    let words =
        ["upload", a, b, c, a, "@babbage", "--as", "auto", "--album", "--caption", "the trip"];
    let printed = scene.moves(&words).await;
    let expected = [a, b, c, a].map(|path| line(&picture(), path));
    assert_eq!(printed, expected.concat());
    let seen = scene.seen("@lovelace").await;
    let texts: Vec<_> = seen.iter().map(|message| message.message.as_str()).collect();
    assert_eq!(texts, ["the trip", "", "", ""]);
    assert!(seen[0].grouped_id.is_some());
    assert!(seen.iter().all(|message| message.grouped_id == seen[0].grouped_id));
    assert!(scene.states().is_empty(), "{:?}", scene.states());
    // For programs: the end of each, with its message.
    let ran = scene.moved(&["upload", a, b, "@babbage", "--album", "--json"]).await;
    let lines = ran.lines();
    let sent: Vec<_> = lines.iter().filter(|line| line["event"] == "sent").collect();
    assert_eq!((ran.code, sent.len()), (0, 2), "{}", ran.out);
    for (line, path) in sent.iter().zip([a, b]) {
        assert_eq!(line["file"], path.as_str());
        assert!(line["message"]["id"].is_string(), "{}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_is_sent_whole_or_not_at_all() {
    let scene = Scene::new().await;
    let picture = scene.file("a.png", picture());
    let (song, empty) = (scene.file("a.mp3", "song"), scene.file("empty.png", ""));
    let eleven = [picture.as_str(); 11];
    let ran = scene.moved(&[&["upload", "--album"], &eleven[..], &["me"]].concat()).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, "error: an album has 10 files at most, and these are 11\n");
    assert!(scene.called().is_empty());
    for (other, said) in [
        (&song, "GROUPED_MEDIA_INVALID".to_owned()),
        (&empty, format!("error: {empty}: the file is empty")),
    ] {
        let words = ["upload", &picture, other, "@babbage", "--as", "auto", "--album"];
        let ran = scene.moved(&words).await;
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains(&said) && ran.err.lines().count() == 1, "{}", ran.err);
    }
    assert!(scene.seen("@lovelace").await.is_empty());
}
