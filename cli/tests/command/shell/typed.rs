//! The prompt at a terminal.

use super::*;
use crate::support::LOOK;
use crate::terminal::Terminal;

/// Waits until the shell has asked for a line so often: what is typed between two lines is the terminal's, and not the editor's.
fn wait_for_line(terminal: &Terminal, count: usize) {
    // It turns bracketed paste on for each.
    terminal.wait_until("prompt", |terminal| {
        terminal.shown().matches("\u{1b}[?2004h").count() >= count
    });
}

impl Scene {
    fn terminal(&self) -> Terminal {
        let options = self.options();
        let all: Vec<_> =
            std::iter::once("shell").chain(options.iter().map(String::as_str)).collect();
        Terminal::start(&all)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_typed_completed_and_what_happens_is_shown_above() {
    let scene = Scene::new().await;
    let terminal = scene.terminal();
    let bob = scene.bob.clone();
    let session = scene.path("telewire.session.history");
    let named = format!("user#{} Bob", scene.bob_id);
    let terminal = spawn_blocking(move || {
        wait_for_line(&terminal, 1);
        terminal.press("user_inf\t@babbage\r");
        terminal.wait_for(&named);
        wait_for_line(&terminal, 2);
        // Who was met completes a name.
        terminal.press("msg @bab\tfrom a terminal\r");
        terminal
    })
    .await
    .unwrap();
    let start = std::time::Instant::now();
    while scene.texts("@lovelace").await.is_empty() {
        assert!(start.elapsed() < PATIENCE, "{}", terminal.shown());
        tokio::time::sleep(LOOK).await;
    }
    done(bob.send_message("@lovelace", "hello from Bob")).await;
    let (code, shown) = spawn_blocking(move || {
        terminal.wait_for("hello from Bob");
        // Ctrl-C drops a line and Ctrl-D ends it.
        terminal.press("msg @babbage never\u{3}");
        wait_for_line(&terminal, 4);
        terminal.press("\u{4}");
        terminal.end()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0), "{shown}");
    let texts = scene.texts("@lovelace").await;
    assert!(!texts.iter().any(|text| text.contains("never")), "{texts:?}");
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(&session).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read_to_string(&session).unwrap().contains("user_info @babbage"));
    // The session is whole.
    scene.ok(&["get_self"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_leaves_the_terminal_as_it_was() {
    let scene = Scene::new().await;
    let terminal = scene.terminal();
    let (before, after) = spawn_blocking(move || {
        let before = terminal.modes();
        terminal.wait_for("> ");
        terminal.wait_until("raw mode", |terminal| terminal.modes() != before);
        let (code, shown, after) =
            terminal.end_with(|terminal| terminal.signal(rustix::process::Signal::TERM));
        assert_eq!(code, Some(143), "{shown}");
        (before, after)
    })
    .await
    .unwrap();
    assert_eq!(before, after);
    scene.ok(&["get_self"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_a_command_and_not_the_shell_and_a_chat_has_its_prompt() {
    let scene = Scene::new().await;
    let terminal = scene.terminal();
    let (code, shown) = spawn_blocking(move || {
        wait_for_line(&terminal, 1);
        terminal.press("!echo begun; sleep 600\r");
        terminal.wait_for("\nbegun");
        terminal.press("\u{3}");
        terminal.wait_for("interrupted; what was under way may have been done");
        wait_for_line(&terminal, 2);
        terminal.press("chat @babbage\r");
        wait_for_line(&terminal, 3);
        terminal.wait_for("@babbage > ");
        // Ctrl-D leaves the chat first, and then the shell.
        terminal.press("\u{4}");
        wait_for_line(&terminal, 4);
        terminal.press("\u{4}");
        terminal.end()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0), "{shown}");
    scene.ok(&["get_self"]).await;
}
