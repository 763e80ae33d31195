//! Programs that connect to the shell's socket.

use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::*;

/// A connection of a program's.
pub(super) struct Connection(BufReader<UnixStream>);

impl Connection {
    pub(super) async fn open(path: &str) -> Self {
        Self(BufReader::new(UnixStream::connect(path).await.unwrap()))
    }

    pub(super) async fn say(&mut self, line: &str) {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// The next line; `None` at the end.
    async fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        let count = timeout(PATIENCE, self.0.read_line(&mut line)).await.unwrap().unwrap();
        (count > 0).then(|| serde_json::from_str(&line).unwrap())
    }

    /// The next update of a type; answers and other updates before it are let pass.
    pub(super) async fn update(&mut self, kind: &str) -> Value {
        loop {
            let line = self.line().await.unwrap();
            schema::check(&line);
            if line["update"]["type"] == kind {
                return line["update"].clone();
            }
        }
    }

    pub(super) async fn ask(&mut self, line: &str) -> Value {
        self.say(line).await;
        self.line().await.unwrap()
    }
}

/// A shell that listens.
pub(super) struct Listening {
    process: Process,
    pub(super) path: String,
}

impl Scene {
    fn listener(&self, more: &[&str]) -> (Process, String) {
        let path = text(&self.path("ada.sock")).to_owned();
        let options = self.options();
        let options = options.iter().map(String::as_str);
        let all = ["shell", "--socket", &path].into_iter().chain(options);
        let all: Vec<_> = all.chain(more.iter().copied()).collect();
        let told = self.path("told");
        (Process::talk_with(&all, &[("PATH", &self.opener()), ("TOLD", text(&told))]), path)
    }

    pub(super) async fn listen(&self, more: &[&str]) -> Listening {
        let (mut process, path) = self.listener(more);
        let process = spawn_blocking(move || {
            process.wait_for("\"socket\"");
            process
        });
        Listening { process: process.await.unwrap(), path }
    }
}

impl Listening {
    pub(super) async fn end(self) -> Ran {
        self.process.signal(Signal::TERM);
        let ran = spawn_blocking(move || self.process.wait()).await.unwrap();
        assert!(!std::fs::exists(&self.path).unwrap(), "the socket is left");
        ran
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_are_served_each_with_its_own_ids_and_chat() {
    let scene = Scene::new().await;
    let listening = scene.listen(&[]).await;
    let mode = std::fs::metadata(&listening.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut one = Connection::open(&listening.path).await;
    let mut two = Connection::open(&listening.path).await;
    let said = one.ask(r#"{"id": "a", "command": "user_info @babbage"}"#).await;
    assert_eq!((&said["id"], &said["result"]["username"]), (&"a".into(), &"babbage".into()));
    assert_eq!(two.ask("chat_with_peer @babbage").await["id"], 1);
    assert!(two.ask("hello from two").await["result"].is_object());
    // The other one is in no chat.
    let wrong = one.ask("hello from one").await;
    assert_eq!((&wrong["id"], &wrong["error"]["kind"]), (&2.into(), &"usage".into()));
    // Several at once are answered in their order.
    one.say("version\nmsg @babbage one\nversion").await;
    for id in 3..=5 {
        assert_eq!(one.line().await.unwrap()["id"], id);
    }
    assert_eq!(scene.texts("@lovelace").await, ["hello from two", "one"]);
    // One that leaves, in whichever way, ends nothing for the others.
    assert_eq!(one.ask("quit").await["result"], "SUCCESS");
    assert_eq!(one.line().await, None);
    assert!(two.ask("still there").await["result"].is_object());
    drop(two);
    let mut three = Connection::open(&listening.path).await;
    assert!(three.ask("get_self").await["result"]["self"].as_bool().unwrap());
    let asked = three.ask("set_password").await;
    assert!(asked["error"]["message"].as_str().unwrap().starts_with("nobody can be asked for"));
    assert_eq!(listening.end().await.code, 143);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_wrote_before_it_left_is_done() {
    let scene = Scene::new().await;
    let listening = scene.listen(&[]).await;
    let mut half = UnixStream::connect(&listening.path).await.unwrap();
    half.write_all(b"msg @babbage half\nversion").await.unwrap();
    half.shutdown().await.unwrap();
    let mut half = Connection(BufReader::new(half));
    assert!(half.line().await.unwrap()["result"].is_object());
    assert!(half.line().await.unwrap()["result"].is_string());
    assert_eq!(half.line().await, None);
    let mut gone = Connection::open(&listening.path).await;
    gone.say("msg @babbage gone").await;
    drop(gone);
    let start = std::time::Instant::now();
    while scene.texts("@lovelace").await != ["half", "gone"] {
        assert!(start.elapsed() < PATIENCE);
        tokio::time::sleep(crate::support::LOOK).await;
    }
    listening.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_are_connected_are_told_what_happens_and_the_first_what_did_before() {
    let scene = Scene::new().await;
    let listening = scene.listen(&["--watch"]).await;
    done(scene.bob.send_message("@lovelace", "early")).await;
    let next = async |connection: &mut Connection| loop {
        let line = connection.line().await.unwrap();
        if line["update"]["type"] == "new_message" {
            return line["update"]["message"]["text"].as_str().unwrap().to_owned();
        }
    };
    let mut one = Connection::open(&listening.path).await;
    assert_eq!(next(&mut one).await, "early");
    let mut two = Connection::open(&listening.path).await;
    assert!(two.ask("version").await["result"].is_string());
    done(scene.bob.send_message("@lovelace", "to both")).await;
    assert_eq!((next(&mut one).await, next(&mut two).await), ("to both".into(), "to both".into()));
    listening.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_at_the_same_place_is_an_error_and_a_dead_one_is_replaced() {
    let scene = Scene::new().await;
    let listening = scene.listen(&[]).await;
    let run = async || {
        let (process, _) = scene.listener(&[]);
        spawn_blocking(move || process.wait()).await.unwrap()
    };
    let ran = run().await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("ada.sock: somebody listens there"), "{}", ran.err);
    assert!(Connection::open(&listening.path).await.ask("version").await["result"].is_string());
    // Killed: it cannot tidy up.
    let path = listening.path.clone();
    listening.process.signal(Signal::KILL);
    drop(listening);
    assert!(std::fs::exists(&path).unwrap());
    let again = scene.listen(&[]).await;
    assert!(Connection::open(&path).await.ask("version").await["result"].is_string());
    again.end().await;
    let ran = scene.shell(&["--socket", "x", "-e", "version"], "").await;
    assert_eq!(ran.code, 2, "{}", ran.err);
}
