//! The commands of the shell, as processes against a world in this one: what another account sees of each.

mod channels;
mod chats;
mod dialogs;
mod encrypted;
mod export;
mod files;
mod lines;
mod own;
mod programs;
mod schema;
mod secrets;
mod socket;
mod text;
mod transfer;
mod typed;
mod users;
mod wrong;

use std::future::IntoFuture;
use std::path::PathBuf;

use serde_json::Value;
use telewire::client::store::FileStore;
use telewire::client::{Client, Step};
use telewire::tl::api::{enums, types};
use telewire_testkit::{Running, World};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::support::{PATIENCE, Process, Ran, text};

/// Ada, whose commands are run, and Bob, who looks.
struct Scene {
    world: Running,
    bob: Client,
    ada_id: i64,
    bob_id: i64,
    folder: TempDir,
}

async fn done<T, E: std::fmt::Debug>(call: impl IntoFuture<Output = Result<T, E>>) -> T {
    timeout(PATIENCE, call.into_future()).await.expect("it took too long").unwrap()
}

impl Scene {
    async fn new() -> Self {
        let world = World::start().await.unwrap();
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        world.set_username(ada.id(), "lovelace").unwrap();
        world.set_username(bob.id(), "babbage").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let credentials = format!(
            "[App data]\napi_id = 1\napi_hash = 0123456789abcdef0123456789abcdef\nip_address = {}\nport = {}\n",
            world.addr().ip(),
            world.addr().port()
        );
        std::fs::write(folder.path().join("credentials.ini"), credentials).unwrap();
        // The session that `telewire login` would make.
        let store = FileStore::open(folder.path().join("telewire.session")).unwrap();
        let client = world.client().store(store).build().await.unwrap();
        let phone = ada.phone().unwrap();
        let login = timeout(PATIENCE, client.send_code(phone)).await.unwrap().unwrap();
        let code = world.code(phone).unwrap();
        let step = timeout(PATIENCE, login.submit(&code)).await.unwrap().unwrap();
        assert!(matches!(step, Step::Done(_)), "{step:?}");
        client.close().await;
        drop((login, client));
        let bob_client = timeout(PATIENCE, world.log_in(&bob)).await.unwrap().unwrap();
        let scene = Self { world, bob: bob_client, ada_id: ada.id(), bob_id: bob.id(), folder };
        drop(scene.world.take_calls());
        scene
    }

    /// Somebody else, with a username.
    async fn also(&self, name: &str, username: &str) -> Client {
        let person = self.world.user(name);
        self.world.set_username(person.id(), username).unwrap();
        timeout(PATIENCE, self.world.log_in(&person)).await.unwrap().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in Ada's folder.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        text(&path).to_owned()
    }

    fn options(&self) -> Vec<String> {
        let downloads = ["--downloads", text(self.folder.path())].map(str::to_owned);
        [self.account(), downloads.to_vec()].concat()
    }

    /// Whose account it is.
    fn account(&self) -> Vec<String> {
        let (credentials, session) = (self.path("credentials.ini"), self.path("telewire.session"));
        let options =
            ["--credentials", text(&credentials), "--session", text(&session), "--rsa", "embedded"];
        options.map(str::to_owned).to_vec()
    }

    /// Runs a command of Ada's as a process; in the order of a command line: its name, options, words.
    async fn run_with(&self, words: &[&str], more: &[&str], input: &str) -> Ran {
        let (name, words) = words.split_first().unwrap();
        let mut all = vec![(*name).to_owned()];
        all.extend(self.options());
        all.extend(more.iter().map(ToString::to_string));
        all.push("--".to_owned());
        all.extend(words.iter().map(ToString::to_string));
        let input = input.to_owned();
        let ran = spawn_blocking(move || {
            let all: Vec<_> = all.iter().map(String::as_str).collect();
            Process::start_with(&all, &input).wait()
        });
        ran.await.unwrap()
    }

    /// Starts a command of Ada's for somebody who answers what it asks.
    fn process(&self, words: &[&str]) -> Process {
        let (name, words) = words.split_first().unwrap();
        let options = self.options();
        let options = options.iter().map(String::as_str);
        let all = std::iter::once(*name).chain(options).chain(["--"]).chain(words.iter().copied());
        Process::talk(&all.collect::<Vec<_>>())
    }

    async fn run(&self, words: &[&str]) -> Ran {
        self.run_with(words, &[], "").await
    }

    /// Runs what must go well; what it printed.
    async fn ok(&self, words: &[&str]) -> String {
        let ran = self.run(words).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}: {}", ran.out);
        ran.out
    }

    /// The same for programs: the result.
    async fn json(&self, words: &[&str]) -> Value {
        let ran = self.run_with(words, &["--json"], "").await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}: {}", ran.out);
        let lines = ran.lines();
        assert_eq!(lines.len(), 1, "{}", ran.out);
        assert!(lines[0].get("result").is_some(), "{}", ran.out);
        schema::check(&lines[0]);
        schema::check_result(words[0], &lines[0]["result"]);
        lines[0]["result"].clone()
    }

    /// Runs what must fail with a code; what it said.
    async fn fails(&self, words: &[&str], code: i32) -> String {
        let ran = self.run(words).await;
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{words:?}: {}", ran.err);
        let said = ran.err.strip_prefix("error: ").unwrap_or_else(|| panic!("{}", ran.err));
        assert_eq!(said.lines().count(), 1, "{said}");
        said.trim_end().to_owned()
    }

    /// The shell with lines for its input.
    async fn shell(&self, more: &[&str], input: &str) -> Ran {
        let mut all = vec!["shell".to_owned()];
        all.extend(self.options());
        all.extend(more.iter().map(ToString::to_string));
        let input = input.to_owned();
        let ran = spawn_blocking(move || {
            let all: Vec<_> = all.iter().map(String::as_str).collect();
            Process::start_with(&all, &input).wait()
        });
        ran.await.unwrap()
    }

    /// The methods that Ada called since this was asked last, without what every client does by itself.
    fn called(&self) -> Vec<&'static str> {
        let calls = self.world.take_calls().into_iter();
        let calls = calls.filter(|call| call.by == Some(self.ada_id)).map(|call| call.method);
        calls.filter(|method| *method != "help.getConfig").collect()
    }

    /// What Bob sees in a chat, the oldest first.
    async fn seen(&self, peer: &str) -> Vec<types::Message> {
        seen_by(&self.bob, peer).await
    }

    async fn texts(&self, peer: &str) -> Vec<String> {
        self.seen(peer).await.into_iter().map(|message| message.message).collect()
    }

    /// A message of Bob's to Ada; its number in her box, which is hers alone.
    async fn heard(&self, text: &str) -> String {
        done(self.bob.send_message("@lovelace", text)).await;
        let history = self.json(&["history", "@babbage", "1"]).await;
        drop(self.world.take_calls());
        history[0]["id"].as_str().unwrap().to_owned()
    }
}

/// What somebody sees in a chat, the oldest first.
async fn seen_by(client: &Client, peer: &str) -> Vec<types::Message> {
    let mut all: Vec<_> = done(client.history(peer).collect())
        .await
        .into_iter()
        .filter_map(|message| match message {
            enums::Message::Message(message) => Some(*message),
            _ => None,
        })
        .collect();
    all.reverse();
    all
}
