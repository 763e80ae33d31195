//! Sessions that are encrypted with a passphrase.

use std::fs;

use super::*;
use crate::terminal::Terminal;

const PASSPHRASE: &str = "TELEWIRE_PASSPHRASE";

impl Scene {
    /// Runs a command of Ada's whose session is encrypted.
    async fn run_encrypted(&self, variables: &[(&'static str, &'static str)]) -> Ran {
        let (options, variables) = (self.account(), variables.to_vec());
        let ran = spawn_blocking(move || {
            let options = options.iter().map(String::as_str);
            let all: Vec<_> =
                ["get_self"].into_iter().chain(options).chain(["--encrypted"]).collect();
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
