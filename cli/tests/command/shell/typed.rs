//! The prompt at a terminal.

use telewire::client::files::Source;
use telewire::client::verbs::reply_keyboard;
use telewire::client::{Client, Updates};
use telewire::tl::api::functions::bots::SetBotCommands;

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

/// A picture that can be read, all of it red.
pub(super) fn red(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let pixels = usize::try_from(width * height).unwrap();
    writer.write_image_data(&[200, 10, 10].repeat(pixels)).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The next text that somebody else sends.
async fn told(heard: &mut Updates) -> String {
    loop {
        let update = done(heard.next()).await.expect("the client is there");
        if let Some(enums::Message::Message(message)) = update.new_message()
            && !message.out
        {
            break message.message.clone();
        }
    }
}

impl Scene {
    fn terminal(&self) -> Terminal {
        self.terminal_as(80, &[])
    }

    /// The client of a bot whose name is @echo_bot.
    async fn echo_bot(&self) -> Client {
        let bot = self.world.bot("Echo");
        self.world.set_username(bot.id(), "echo_bot").unwrap();
        done(self.world.log_in(&bot)).await
    }

    fn terminal_as(&self, columns: u16, variables: &[(&str, &str)]) -> Terminal {
        let options = self.options();
        let all: Vec<_> =
            std::iter::once("shell").chain(options.iter().map(String::as_str)).collect();
        Terminal::start_as(&all, columns, variables)
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

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_were_shown_and_commands_of_bots_are_completed() {
    let scene = Scene::new().await;
    let bots = scene.echo_bot().await;
    let mut heard = bots.updates();
    let command = types::BotCommand::new("weather".into(), "of today".into());
    let scope = enums::BotCommandScope::BotCommandScopeDefault;
    done(bots.invoke(&SetBotCommands::new(scope, String::new(), vec![command]))).await;
    let id = scene.heard("which one").await;
    let terminal = scene.terminal();
    let (code, shown) = spawn_blocking(move || {
        wait_for_line(&terminal, 1);
        terminal.press("history @babbage\r");
        wait_for_line(&terminal, 2);
        terminal.press("reply \tthis one\r");
        wait_for_line(&terminal, 3);
        terminal.press("chat @echo_bot\r");
        wait_for_line(&terminal, 4);
        // They are asked for when the chat begins.
        terminal.press("/wea\t\r");
        wait_for_line(&terminal, 5);
        terminal.press("/ex\t\r");
        wait_for_line(&terminal, 6);
        terminal.press("\u{4}");
        terminal.end()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0), "{shown}");
    let last = scene.seen("@lovelace").await.pop().unwrap();
    assert_eq!(last.message, "this one", "{shown}");
    assert!(shown.contains(&format!("reply {id} ")), "{shown}");
    assert_eq!(told(&mut heard).await.trim_end(), "/weather", "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_texts_of_a_bots_keyboard_are_completed_in_its_chat() {
    let scene = Scene::new().await;
    let bots = scene.echo_bot().await;
    let mut heard = bots.updates();
    scene.ok(&["msg", "@echo_bot", "/start"]).await;
    assert_eq!(told(&mut heard).await, "/start");
    let terminal = scene.terminal();
    let terminal = spawn_blocking(move || {
        wait_for_line(&terminal, 1);
        terminal.press("chat @echo_bot\r");
        wait_for_line(&terminal, 2);
        terminal
    })
    .await
    .unwrap();
    let rows = reply_keyboard([["Yes, please", "No"], ["Not yet", "Never"]]);
    done(bots.send_message("@lovelace", "More of it?").keyboard(rows)).await;
    let (code, shown) = spawn_blocking(move || {
        terminal.wait_for("More of it?");
        terminal.press("Yes\t\r");
        wait_for_line(&terminal, 3);
        terminal.press("\u{4}");
        wait_for_line(&terminal, 4);
        terminal.press("\u{4}");
        terminal.end()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(told(&mut heard).await, "Yes, please", "{shown}");
}

/// Narrow and wide, with text that is wider than it is long and that runs the other way.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_all_scripts_are_shown_in_terminals_of_60_and_120_columns() {
    const TEXT: &str = "☎︎ 👩‍👩‍👧 ｗｉｄｅ שלום עולם مرحبا end";
    // A picture twice as wide as it is high.
    let png = red(64, 32);
    for columns in [60, 120] {
        let scene = Scene::new().await;
        let photo = done(scene.bob.upload(Source::bytes(png.clone())).photo()).await;
        let send = |file| {
            let media = types::InputMediaUploadedPhoto::new(file);
            scene.bob.send_message("@lovelace", "look").media(media)
        };
        done(photo.send(send)).await;
        let history = scene.json(&["history", "@babbage", "1"]).await;
        let id = history[0]["id"].as_str().unwrap().to_owned();
        let terminal = scene
            .terminal_as(columns, &[("TELEWIRE_PICTURES", "blocks"), ("COLORTERM", "truecolor")]);
        let bob = scene.bob.clone();
        let terminal = spawn_blocking(move || {
            wait_for_line(&terminal, 1);
            terminal.press(&format!("view_photo {id}\r"));
            terminal.wait_for("Saved to ");
            wait_for_line(&terminal, 2);
            // A line that is longer than the terminal is wide, which is not finished.
            terminal.press(&format!("msg @babbage {}", "long ".repeat(30)));
            terminal
        })
        .await
        .unwrap();
        done(bob.send_message("@lovelace", TEXT)).await;
        let (code, shown) = spawn_blocking(move || {
            terminal.wait_for(TEXT);
            terminal.press("\u{3}");
            wait_for_line(&terminal, 3);
            terminal.press("\u{4}");
            terminal.end()
        })
        .await
        .unwrap();
        assert_eq!(code, Some(0), "{shown}");
        // Each row of half blocks is two of the picture, in its colour, and none is wider than the terminal.
        let (picture, _) = shown.split_once("Saved to ").unwrap();
        let rows: Vec<_> = picture.lines().map(|row| row.matches('▄').count()).collect();
        let widest = rows.iter().max().copied().unwrap();
        assert!((8..=usize::from(columns)).contains(&widest), "{rows:?}");
        assert!(picture.contains("200;10;10"), "{picture}");
        assert!(scene.texts("@lovelace").await.iter().all(|text| !text.contains("long")));
    }
}
