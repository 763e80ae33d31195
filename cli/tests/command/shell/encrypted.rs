//! Sessions that are encrypted with a passphrase.

use std::fs;

use super::*;
use crate::terminal::Terminal;

const PASSPHRASE: &str = "TELEWIRE_PASSPHRASE";

impl Scene {
    /// Runs a command of Ada's whose session is encrypted.
    async fn run_encrypted(&self, variables: &[(&'static str, &'static str)]) -> Ran {
        self.run_encrypted_as(&["get_self"], &[], variables).await
    }

    async fn run_encrypted_as(
        &self,
        words: &'static [&'static str],
        more: &'static [&'static str],
        variables: &[(&'static str, &'static str)],
    ) -> Ran {
        let (options, variables) = (self.account(), variables.to_vec());
        let ran = spawn_blocking(move || {
            let options = options.iter().map(String::as_str);
            let words = words.iter().copied().chain(options).chain(["--encrypted"]);
            let all: Vec<_> = words.chain(more.iter().copied()).collect();
            let mut process = Process::talk_with(&all, &variables);
            process.end_input();
            process.wait()
        });
        ran.await.unwrap()
    }

    fn session(&self) -> Vec<u8> {
        fs::read(self.path("telewire.session")).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_86_the_passphrase_of_the_environment_encrypts_and_opens_a_session() {
    let scene = Scene::new().await;
    let plain = scene.session();
    // Nobody can be asked, and nothing among the commands is taken for it.
    let ran = scene.run_encrypted(&[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains(PASSPHRASE), "{}", ran.err);
    let ran = scene.run_encrypted(&[(PASSPHRASE, "")]).await;
    assert_eq!((ran.code, scene.session() == plain), (2, true), "{}", ran.err);
    for _ in 0..2 {
        let ran = scene.run_encrypted(&[(PASSPHRASE, "correct horse")]).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        assert!(ran.out.contains("lovelace"), "{}", ran.out);
        assert!(scene.session().starts_with(b"twsealed"));
    }
    let sealed = scene.session();
    let ran = scene.run_encrypted(&[(PASSPHRASE, "another horse")]).await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("another key or passphrase"), "{}", ran.err);
    let said = scene.fails(&["get_self"], 2).await;
    assert!(said.contains("--encrypted"), "{said}");
    assert!(scene.session() == sealed, "it was changed by who could not open it");
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_86_a_passphrase_that_is_asked_for_is_not_shown_and_a_new_one_is_asked_for_twice() {
    let scene = Scene::new().await;
    let plain = scene.session();
    let options = scene.account();
    let asked = move |answers: &'static [(&'static str, &'static str)]| {
        let options = options.clone();
        spawn_blocking(move || {
            let options = options.iter().map(String::as_str);
            let all: Vec<_> =
                ["get_self"].into_iter().chain(options).chain(["--encrypted"]).collect();
            let terminal = Terminal::start(&all);
            for (question, answer) in answers {
                terminal.say_hidden(question, answer);
            }
            terminal.end()
        })
    };
    let new: &[_] = &[("Passphrase of", "correct horse"), ("The same again", "correct house")];
    let (code, shown) = asked(new).await.unwrap();
    assert_eq!((code, scene.session() == plain), (Some(2), true), "{shown}");
    let new: &[_] = &[("Passphrase of", "correct horse"), ("The same again", "correct horse")];
    let (code, shown) = asked(new).await.unwrap();
    assert!(code == Some(0) && shown.contains("lovelace") && !shown.contains("horse"), "{shown}");
    assert!(scene.session().starts_with(b"twsealed"));
    // It is there: once is enough.
    let (code, shown) = asked(&[("Passphrase of", "correct horse")]).await.unwrap();
    assert!(code == Some(0) && !shown.contains("again") && !shown.contains("horse"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_86_what_is_said_in_secret_chats_is_encrypted_with_the_session() {
    const OPEN: &[(&str, &str)] = &[(PASSPHRASE, "correct horse")];
    let scene = Scene::new().await;
    let lines: &[&str] =
        &["-e", "create_secret_chat @babbage", "-e", "msg secret_chat#1 hidden words"];
    let ran = scene.run_encrypted_as(&["shell"], lines, OPEN).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let path = scene.path("telewire.session.secret");
    let kept = fs::read_to_string(&path).unwrap();
    assert!(kept.lines().count() >= 2, "{kept}");
    assert!(kept.bytes().all(|byte| byte == b'\n' || byte.is_ascii_hexdigit()), "{kept}");
    let history: &[&str] = &["-e", "history secret_chat#1"];
    let ran = scene.run_encrypted_as(&["shell"], history, OPEN).await;
    assert!(ran.code == 0 && ran.out.contains("hidden words"), "{} {}", ran.out, ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_86_what_is_typed_at_the_prompt_of_an_encrypted_session_is_not_kept() {
    let scene = Scene::new().await;
    let options = scene.account();
    let typed = spawn_blocking(move || {
        let options = options.iter().map(String::as_str);
        let all: Vec<_> = ["shell"].into_iter().chain(options).chain(["--encrypted"]).collect();
        let terminal = Terminal::start_as(&all, 80, &[(PASSPHRASE, "correct horse")]);
        terminal.wait_for("> ");
        terminal.press("get_self\r");
        terminal.wait_for("lovelace");
        terminal.press("quit\r");
        terminal.end()
    });
    let (code, shown) = typed.await.unwrap();
    assert_eq!(code, Some(0), "{shown}");
    let names = fs::read_dir(scene.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.contains("history")), "{names:?}");
}
