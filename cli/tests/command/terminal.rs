//! A terminal: what is typed and what is shown, of `telewire login` here.

use std::io::{Read, Write};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::Instant;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use crate::support::{LOOK, PATIENCE, Served, credentials, text};

/// A terminal with the command in it.
pub(crate) struct Terminal {
    child: Child,
    pty: Arc<Pty>,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_as(options, 80, &[])
    }

    /// One of so many columns, with variables of the environment.
    pub(crate) fn start_as(options: &[&str], columns: u16, variables: &[(&str, &str)]) -> Self {
        let (pty, end) = open().unwrap();
        pty.resize(Size::new(40, columns)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_telewire")).args(options);
        for (name, value) in variables {
            command = command.env(name, value);
        }
        let child = command.spawn(end).unwrap();
        let (pty, shown) = (Arc::new(pty), Arc::new(Mutex::new(Vec::new())));
        let (from, into) = (pty.clone(), shown.clone());
        let reader = thread::spawn(move || {
            let mut bytes = [0; 1_024];
            // It ends with an error when the command has ended.
            while let Ok(count @ 1..) = (&*from).read(&mut bytes) {
                into.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self { child, pty, shown, reader: Some(reader) }
    }

    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    pub(crate) fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            assert!(start.elapsed() < PATIENCE, "no {what} in {}", self.shown());
            sleep(LOOK);
        }
    }

    pub(crate) fn wait_for(&self, what: &str) {
        self.wait_until(what, |terminal| terminal.shown().contains(what));
    }

    fn say(&self, line: &str) {
        (&*self.pty).write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Answers a question of which the answer is not shown.
    pub(crate) fn say_hidden(&self, question: &str, line: &str) {
        self.wait_for(question);
        // The question is there a little before the terminal is told to show nothing.
        self.wait_until("hiding", |terminal| !terminal.echoes());
        self.say(line);
    }

    pub(crate) fn modes(&self) -> LocalModes {
        tcgetattr(&*self.pty).unwrap().local_modes
    }

    fn echoes(&self) -> bool {
        self.modes().contains(LocalModes::ECHO)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Presses keys.
    pub(crate) fn press(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Does something that ends it; its code, all that was shown, and how the terminal was then. Another process keeps the
    /// terminal open, as a shell does.
    pub(crate) fn end_with(
        mut self,
        doing: impl FnOnce(&Self),
    ) -> (Option<i32>, String, LocalModes) {
        doing(&self);
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "still running: {}", self.shown());
            sleep(LOOK);
        };
        let modes = self.modes();
        // What it said last may still be on its way.
        self.reader.take().unwrap().join().unwrap();
        (status.code(), self.shown(), modes)
    }

    /// Waits for its end; its code, and all that was shown.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        self.wait_until("end", |terminal| terminal.reader.as_ref().unwrap().is_finished());
        self.reader.take().unwrap().join().unwrap();
        (self.child.wait().unwrap().code(), self.shown())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PHONE: &str = "9996620001";

#[test]
fn the_number_is_shown_and_neither_the_code_nor_the_password() {
    let mut served = Served::start(&["--user", &format!("{PHONE}= Horse battery ")]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["--rsa", "embedded", "--session", text(&session)];
    let options = [&["login", "--credentials", text(&credentials)][..], &options].concat();
    let terminal = Terminal::start(&options);
    terminal.wait_for("(empty for a bot): ");
    terminal.say(PHONE);
    let code = served.code(PHONE);
    terminal.say_hidden("Code (empty to have another one sent): ", &code);
    terminal.say_hidden("Password: ", " Horse battery ");
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    let (before, _) = shown.split_once("Logged in as Somebody, number ").unwrap();
    assert!(before.contains(&format!("(empty for a bot): {PHONE}\r\n")), "{before}");
    for secret in [&code, "Horse", "battery"] {
        assert!(!before.contains(secret), "{before}");
    }
}

#[test]
fn a_name_is_shown_while_it_is_typed() {
    let mut served = Served::start(&[]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["--rsa", "embedded", "--session", text(&session)];
    let options = [&["login", "--credentials", text(&credentials)][..], &options].concat();
    let terminal = Terminal::start(&options);
    terminal.wait_for("(empty for a bot): ");
    terminal.say(PHONE);
    let code = served.code(PHONE);
    terminal.say_hidden("Code (empty to have another one sent): ", &code);
    terminal.wait_for("First name (empty to stop): ");
    terminal.say("Ada");
    terminal.wait_for("First name (empty to stop): Ada\r\n");
    terminal.wait_for("Last name (may be empty): ");
    terminal.say("Lovelace");
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    let (before, _) = shown.split_once("Logged in as Ada, number ").unwrap();
    assert!(before.contains("Lovelace") && !before.contains(&code), "{before}");
}

#[test]
fn the_token_of_a_bot_is_not_shown() {
    let terminal = Terminal::start(&["login"]);
    terminal.wait_for("(empty for a bot): ");
    terminal.say("");
    terminal.say_hidden("The bot's token: ", "1:embedded");
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    let (_, after) = shown.split_once("The bot's token: ").unwrap();
    assert!(
        after.contains("Logged in as A bot, number 1.") && !after.contains("embedded"),
        "{shown}"
    );
}

/// A login that has come to a question whose answer is hidden.
fn hidden(question: usize) -> Terminal {
    let terminal = Terminal::start(&["login"]);
    terminal.wait_for("(empty for a bot): ");
    if question == 0 {
        terminal.say("");
        terminal.wait_for("The bot's token: ");
    } else {
        terminal.say(PHONE);
        terminal.wait_for("Code (empty to have another one sent): ");
    }
    terminal.wait_until("hiding", |terminal| !terminal.echoes());
    terminal
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    let start = |question| match question {
        2 => {
            let terminal = Terminal::start(&["login"]);
            terminal.wait_for("(empty for a bot): ");
            terminal
        }
        question => hidden(question),
    };
    for question in [0, 1, 2] {
        let terminal = start(question);
        let (code, shown, modes) = terminal.end_with(|terminal| terminal.press("\x03"));
        assert_eq!(code, Some(130), "{question}: {shown}");
        assert!(!shown.contains("error"), "{question}: {shown}");
        assert!(is_as_it_was(modes), "{question}: {modes:?}");
    }
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    for (signal, code) in
        [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::QUIT, 131), (Signal::INT, 130)]
    {
        let (ended, shown, modes) = hidden(1).end_with(|terminal| {
            terminal.signal(signal);
        });
        assert_eq!(ended, Some(code), "{shown}");
        assert!(is_as_it_was(modes), "{signal:?}: {modes:?}");
    }
}

/// Ctrl-D is no answer, at any question.
#[test]
fn ctrl_d_is_no_answer() {
    for question in [0, 1] {
        let (code, shown, modes) = hidden(question).end_with(|terminal| terminal.press("\x04"));
        assert_eq!(code, Some(2), "{shown}");
        assert!(shown.contains("error: there was no answer to `"), "{shown}");
        assert!(is_as_it_was(modes), "{modes:?}");
    }
    let terminal = Terminal::start(&["login"]);
    terminal.wait_for("(empty for a bot): ");
    let (code, shown, _) = terminal.end_with(|terminal| terminal.press("\x04"));
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("error: there was no answer to `Phone number"), "{shown}");
}

/// What a shell's user expects of it.
fn is_as_it_was(modes: LocalModes) -> bool {
    modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
}

#[test]
fn a_qr_code_is_scanned_when_enter_is_pressed() {
    let terminal = Terminal::start(&["login", "--qr"]);
    terminal.wait_for("scans it when you press Enter.");
    assert!(!terminal.shown().contains("Scanned"), "{}", terminal.shown());
    terminal.say("");
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    assert!(shown.contains("Logged in as Somebody, number "), "{shown}");
}
