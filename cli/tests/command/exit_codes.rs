//! The exit codes that the help of each command tells, for every kind of end.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use telewire::crypto::keys::TEST_KEY_PEM;

use crate::support::{Process, Served, credentials, dead_address, run, text};

/// The codes that a command's help has; where it has none, those of the help of all commands.
fn codes(command: &[&str]) -> Vec<i32> {
    let ran = run(&[command, &["--help"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command:?}");
    let Some((_, codes)) = ran.out.split_once("Exit code:\n") else { return codes(&[]) };
    let lines = codes.lines().filter_map(|line| line.trim_start().split_once("  "));
    lines.filter_map(|(code, _)| code.parse().ok()).collect()
}

/// The code of a run whose output goes to a full disk.
fn code_at_full_disk(options: &[&str]) -> i32 {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_telewire"));
    command.args(options).stdin(Stdio::null()).stdout(full).stderr(Stdio::piped());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: cannot write to standard output: "), "{options:?}: {said}");
    output.status.code().unwrap()
}

const PONG: &str = "c573773401000000000000000200000000000000";

#[test]
fn every_command_ends_with_the_codes_of_its_help() {
    let served = Served::start(&["--bot", "777:abc"]);
    let (folder, credentials) = credentials(&served);
    let address = served.address.to_string();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        text(&path).to_owned()
    };
    let dead = dead_address();
    // Taken for as long as this lives.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let schema = file("a.tl", "a = A;\n");
    let other = file("b.tl", "a = A;\nb = B;\n");
    let wrong = file("c.tl", "a = ");
    let text_file = file("text", "this is no value");
    let key = file("key", TEST_KEY_PEM);
    let missing = folder.path().join("missing");
    let (missing, session) = (text(&missing), folder.path().join("session"));
    let login = [
        "login",
        "--credentials",
        text(&credentials),
        "--rsa",
        "embedded",
        "--session",
        text(&session),
    ];
    let out = [&login[..], &["--log-out"]].concat();
    let shell = |line| [&["shell"], &login[1..], &["-e", line]].concat();
    let (known, unknown, gone) = (shell("get_self"), shell("nope"), shell("restore_msg 1"));

    // What is run, what is typed into it, and how it ends.
    let table: &[(&[&str], &str, i32)] = &[
        (&["handshake", "--pings", "1", "--salts", "0"], "", 0),
        (&["handshake", "--address", &address, "--rsa", "embedded"], "", 0),
        (&["handshake", "--address", &address], "", 1),
        (&["handshake", "--address", &address, "--rsa", &key], "", 1),
        (&["handshake", "--address", &dead, "--timeout", "1"], "", 1),
        (
            &[
                "handshake",
                "--proxy",
                &format!("socks5://{dead}"),
                "--address",
                &address,
                "--timeout",
                "1",
            ],
            "",
            1,
        ),
        (&["handshake", "--nothing"], "", 2),
        (&["handshake", "--rsa", "embedded"], "", 2),
        (&["handshake", "--address", "localhost:1"], "", 2),
        (&["handshake", "--credentials", missing], "", 2),
        (&["handshake", "--credentials", &schema], "", 2),
        (&["handshake", "--address", &address, "--rsa", missing], "", 2),
        (&["handshake", "--address", &address, "--rsa", &schema], "", 2),
        (&["handshake", "--proxy", "what"], "", 2),
        (&["handshake", "--proxy", "tg://proxy?server=a&port=1&secret=00"], "", 2),
        (&["handshake", "--websocket", "what"], "", 2),
        (&["handshake", "--record", "/nowhere/at/all"], "", 2),
        (
            &[
                "handshake",
                "--transport",
                "full",
                "--proxy",
                "tg://proxy?server=a&port=1&secret=000102030405060708090a0b0c0d0e0f",
            ],
            "",
            2,
        ),
        (&["login"], "1:embedded\n", 0),
        (&["login", "--qr"], "", 0),
        (&["login"], "1:wrong\n", 1),
        (&["login"], "12\n", 1),
        (&["login"], "", 2),
        (&["login"], "9996620001\n", 2),
        (&["login", "--qr", "--log-out"], "", 2),
        (&["login", "--address", &address], "", 2),
        (&["login", "--credentials", missing], "", 2),
        (&["login", "--session", "/nowhere/at/all"], "", 2),
        (&["login", "--session", &schema], "", 2),
        (&login, "777:abc\n", 0),
        (&login, "", 0),
        (&known, "", 0),
        (&gone, "", 1),
        (&unknown, "", 2),
        (&["shell", "--nothing"], "", 2),
        (&["shell", "--credentials", missing], "", 2),
        (&["get-self", "--credentials", missing], "", 2),
        (&out, "", 0),
        (&out, "", 0),
        (&["serve", "--port", &port], "", 1),
        (&["serve", "--nothing"], "", 2),
        (&["serve", "--key", &schema], "", 2),
        (&["serve", "--key", "/nowhere/at/all"], "", 2),
        (&["serve", "--mtproxy", "00"], "", 2),
        (&["serve", "--dc", "2", "--dc", "2"], "", 2),
        (&["serve", "--user", "x"], "", 2),
        (&["inspect", PONG], "", 0),
        (&["inspect", "-"], PONG, 0),
        (&["inspect", PONG.get(..30).unwrap_or_default()], "", 2),
        (&["inspect", "efbeadde"], "", 2),
        (&["inspect", "a1cf723003010203"], "", 2),
        (&["inspect", missing], "", 2),
        (&["inspect", &text_file], "", 2),
        (&["inspect", "--as", "Nowhere", PONG], "", 2),
        (&["inspect", "--schema", &wrong, PONG], "", 2),
        (&["inspect"], "", 2),
        (&["schema", "convert", &schema], "", 0),
        (&["schema", "convert", &wrong], "", 2),
        (&["schema", "convert", missing], "", 2),
        (&["schema", "lock", &schema], "", 0),
        (&["schema", "lock", &wrong], "", 2),
        (&["schema", "diff", &schema, &schema], "", 0),
        (&["schema", "diff", &schema, &other], "", 1),
        (&["schema", "diff", &schema, &wrong], "", 2),
        (&["schema", "diff", &schema, missing], "", 2),
        (&["schema"], "", 2),
        (&[], "", 2),
        (&["nothing"], "", 2),
    ];
    let mut seen: BTreeMap<Vec<&str>, Vec<i32>> = BTreeMap::new();
    for (options, typed, code) in table {
        let ran = Process::start_with(options, typed).wait();
        assert_eq!(ran.code, *code, "{options:?}: {}{}", ran.out, ran.err);
        // What fails says so, but for a difference, which the output says.
        let is_difference = options.get(1) == Some(&"diff") && *code == 1;
        let is_told = ran.err.starts_with("error: ") || ran.err.contains("Usage: ");
        assert_eq!(is_told, *code != 0 && !is_difference, "{options:?}: {}", ran.err);
        let length = if options.first() == Some(&"schema") { 2 } else { 1 };
        seen.entry(options.iter().take(length).copied().collect()).or_default().push(*code);
    }
    for options in [
        &["handshake"][..],
        &["login", "--qr"],
        &["inspect", PONG],
        &["schema", "convert", &schema],
        &["schema", "lock", &schema],
        &["schema", "diff", &schema, &other],
    ] {
        assert_eq!(code_at_full_disk(options), 1, "{options:?}");
        let length = if options[0] == "schema" { 2 } else { 1 };
        seen.entry(options[..length].to_vec()).or_default().push(1);
    }
    for signal in [Signal::TERM, Signal::INT] {
        assert_eq!(Served::start(&[]).end(signal).code, 0);
        seen.entry(vec!["serve"]).or_default().push(0);
    }
    // Each code that a help has was met, but for signals at a terminal, and none that it has not.
    for command in [
        &["handshake"][..],
        &["login"],
        &["serve"],
        &["inspect"],
        &["shell"],
        &["schema", "convert"],
        &["schema", "lock"],
        &["schema", "diff"],
    ] {
        let told: Vec<i32> = codes(command).into_iter().filter(|code| *code < 128).collect();
        let mut met = seen[command].clone();
        met.sort_unstable();
        met.dedup();
        assert_eq!(met, told, "{command:?}");
    }
    assert_eq!(served.end(Signal::TERM).code, 0);
}
