//! `telewire login` at a terminal: what is typed and what is shown.

use std::io::{Read, Write};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::Instant;

use pty_process::blocking::{Command, Pty, open};
use rustix::termios::{LocalModes, tcgetattr};

use crate::support::{LOOK, PATIENCE, Served, credentials, text};

/// A terminal with the command in it.
struct Terminal {
    child: Child,
    pty: Arc<Pty>,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    fn start(options: &[&str]) -> Self {
        let (pty, end) = open().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_telewire")).args(options).spawn(end).unwrap();
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

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            assert!(start.elapsed() < PATIENCE, "no {what} in {}", self.shown());
            sleep(LOOK);
        }
    }

    fn wait_for(&self, what: &str) {
        self.wait_until(what, |terminal| terminal.shown().contains(what));
    }

    fn say(&self, line: &str) {
        (&*self.pty).write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Answers a question of which the answer is not shown.
    fn say_hidden(&self, question: &str, line: &str) {
        self.wait_for(question);
        // The question is there a little before the terminal is told to show nothing.
        self.wait_until("hiding", |terminal| {
            let modes = tcgetattr(&*terminal.pty).unwrap().local_modes;
            !modes.contains(LocalModes::ECHO)
        });
        self.say(line);
    }

    /// Waits for its end; its code, and all that was shown.
    fn end(mut self) -> (Option<i32>, String) {
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
fn neither_the_number_nor_the_code_nor_the_password_is_shown() {
    let mut served = Served::start(&["--user", &format!("{PHONE}= Horse battery ")]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["--rsa", "embedded", "--session", text(&session)];
    let options = [&["login", "--credentials", text(&credentials)][..], &options].concat();
    let terminal = Terminal::start(&options);
    terminal.say_hidden("or a bot's token: ", PHONE);
    let code = served.code(PHONE);
    terminal.say_hidden("Code (empty to have another one sent): ", &code);
    terminal.say_hidden("Password: ", " Horse battery ");
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    let (before, _) = shown.split_once("Logged in as Somebody, number ").unwrap();
    for secret in [PHONE, &code, "Horse", "battery"] {
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
    terminal.say_hidden("or a bot's token: ", PHONE);
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
fn a_qr_code_is_scanned_when_enter_is_pressed() {
    let terminal = Terminal::start(&["login", "--qr"]);
    terminal.wait_for("scans it when you press Enter.");
    assert!(!terminal.shown().contains("Scanned"), "{}", terminal.shown());
    terminal.say("");
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    assert!(shown.contains("Logged in as Somebody, number "), "{shown}");
}
