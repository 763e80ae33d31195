//! `telewire serve`, with `telewire handshake` from another process.

use std::fs::{self, Permissions};
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::process::prlimit;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use telewire::server::EMBEDDED_KEY_PEM;

use crate::support::{Ran, Served, folder_with, run, text};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn line<'a>(text: &'a str, part: &str) -> &'a str {
    text.lines().find(|line| line.contains(part)).unwrap()
}

/// The key id that a client printed as JSON.
fn key_id(ran: &Ran) -> String {
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran.step("auth_key")["auth_key_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_key_is_private_and_a_client_with_its_public_half_gets_in() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("dc.pem");
    let mut served = Served::start(&["--key", text(&key)]);
    let public = folder.path().join("dc.pem.pub");
    assert_eq!(names(folder.path()), ["dc.pem", "dc.pem.pub"]);
    assert_eq!(mode(&key), 0o600);
    assert!(fs::read_to_string(&public).unwrap().starts_with("-----BEGIN RSA PUBLIC KEY-----"));

    let ran = served.handshake(&["--json", "--rsa", text(&public)]);
    let id = key_id(&ran);
    served.wait_for(&format!("with the key {id}"));
    let ended = served.end(Signal::TERM);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(line(&ended.out, "key created").ends_with(&id), "{}", ended.out);
    assert_eq!(ended.out.lines().last(), Some("Stopped."));

    // Another run has the same key, and makes its public half anew.
    let pem = fs::read(&key).unwrap();
    fs::remove_file(&public).unwrap();
    let again = Served::start(&["--key", text(&key), "--strict"]);
    assert_eq!(fs::read(&key).unwrap(), pem);
    key_id(&again.handshake(&["--json", "--rsa", text(&public)]));
    let ended = again.end(Signal::INT);
    assert_eq!(ended.code, 0, "{}", ended.err);
}

#[test]
fn the_command_that_it_prints_connects_to_it() {
    for options in [&[][..], &["--dc", "test:3"], &["--dc", "prod:4", "--strict"]] {
        let served = Served::start(options);
        assert!(served.introduction.contains("which is public and protects nothing"));
        let command = line(&served.introduction, "telewire handshake").trim();
        let words: Vec<_> = command.split(' ').skip(1).collect();
        let ran = run(&words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
    }
}

#[test]
fn a_client_with_another_key_is_told_which_option_helps() {
    let served = Served::start(&[]);
    let ran = served.handshake(&[]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("(d09d1d85de64fd85): give its public key with --rsa"), "{}", ran.err);
}

#[test]
fn a_client_for_another_data_centre_is_refused_and_told_which_option_helps() {
    let mut served = Served::start(&["--dc", "2"]);
    let ran = served.handshake(&["--rsa", "embedded", "--dc", "3"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("see that --dc names this data centre (prod:3)"), "{}", ran.err);
    served.wait_for("exchange refused");
}

#[test]
fn a_malformed_key_is_refused_and_not_touched() {
    for content in ["", "no key", EMBEDDED_KEY_PEM.get(..900).unwrap()] {
        let (folder, path) = folder_with("dc.pem", content);
        let ran = run(&["serve", "--key", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        let start = format!("error: {}: expected ", path.display());
        assert!(ran.err.starts_with(&start), "{}", ran.err);
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(names(folder.path()), ["dc.pem"]);
    }
}

#[test]
fn a_key_that_others_can_read_is_warned_of() {
    let (_folder, path) = folder_with("dc.pem", EMBEDDED_KEY_PEM);
    for (mode, is_warned) in [(0o640, true), (0o600, false)] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let ended = Served::start(&["--key", text(&path)]).end(Signal::TERM);
        assert_eq!(ended.code, 0);
        assert_eq!(ended.err.starts_with("warning: others can use "), is_warned, "{}", ended.err);
    }
}

#[test]
fn a_file_in_the_place_of_the_public_half_is_not_touched() {
    let (folder, public) = folder_with("id_rsa.pub", "ssh-rsa AAAA me@here\n");
    let key = folder.path().join("id_rsa");
    for content in [None, Some(EMBEDDED_KEY_PEM)] {
        if let Some(content) = content {
            fs::write(&key, content).unwrap();
        }
        let ran = run(&["serve", "--key", text(&key)]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains("id_rsa.pub: expected "), "{}", ran.err);
        assert_eq!(fs::read_to_string(&public).unwrap(), "ssh-rsa AAAA me@here\n");
        assert_eq!(key.exists(), content.is_some());
    }
}

#[test]
fn a_port_that_is_taken_is_told() {
    let served = Served::start(&[]);
    let ran = run(&["serve", "--port", &served.address.port().to_string()]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let start = format!("error: cannot listen on {}: ", served.address);
    assert!(ran.err.starts_with(&start), "{}", ran.err);
}

#[test]
fn a_proxy_prints_links_that_a_client_gets_in_with() {
    let key = "000102030405060708090a0b0c0d0e0f";
    let secrets = [key.to_owned(), format!("dd{key}"), format!("ee{key}6578616d706c652e636f6d")];
    let mut options = Vec::new();
    secrets.iter().for_each(|secret| options.extend(["--mtproxy", secret]));
    let served = Served::start(&options);
    for secret in &secrets {
        let end = format!("&secret={secret}' --dc 2 --rsa embedded");
        let found = line(&served.introduction, &end);
        let link = found.split('\'').nth(1).unwrap();
        let ran = run(&["handshake", "--proxy", link, "--rsa", "embedded", "--json"]);
        key_id(&ran);
        assert!(ran.step("connecting")["addresses"][0].as_str().unwrap().starts_with("the proxy "));
        assert!(!ran.out.contains(key), "{}", ran.out);
    }
    let url = format!("ws://{}/apiws", served.address);
    let ran = run(&["handshake", "--websocket", &url, "--rsa", "embedded", "--json"]);
    key_id(&ran);
    assert_eq!(ran.step("connecting")["addresses"][0], url.as_str());
    key_id(&served.handshake(&[
        "--rsa",
        "embedded",
        "--json",
        "--transport",
        "obfuscated-abridged",
    ]));
}

#[test]
fn a_secret_that_is_none_is_refused_without_being_repeated() {
    let ran = run(&["serve", "--mtproxy", "0123456789abcdef"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: --mtproxy: a secret of 8 bytes"), "{}", ran.err);
    assert!(!ran.err.contains("0123456789abcdef"), "{}", ran.err);
}

/// As many as there are places, and more, from one process to another.
#[test]
fn links_that_only_take_places_keep_nobody_out_and_are_told_summed_up() {
    const LINKS: usize = 1_100;
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let mut served = Served::start(&[]);
    let links: Vec<TcpStream> = (0..LINKS)
        .map(|_| {
            let mut link = TcpStream::connect(served.address).unwrap();
            link.write_all(&[0xef]).unwrap();
            link
        })
        .collect();
    key_id(&served.handshake(&["--json", "--rsa", "embedded"]));
    served
        .wait_for("link dropped      it had no key, and others wanted its place (from 127.0.0.1, ");
    drop(links);
    let ended = served.end(Signal::TERM);
    let told: Vec<_> = ended.out.lines().filter(|line| line.contains("link dropped ")).collect();
    // One line a second, and not one for each.
    assert!(told.len() < 20, "{}", ended.out);
    let dropped: usize = told
        .iter()
        .map(|line| {
            line.split("127.0.0.1, ")
                .nth(1)
                .map_or(1, |count| count.split(' ').next().unwrap().parse().unwrap())
        })
        .sum();
    // All that were too many, and one for the client.
    assert_eq!(dropped, LINKS - 1_024 + 1, "{}", ended.out);
}

/// Most systems let a process have fewer files than there are places.
#[cfg(target_os = "linux")]
#[test]
fn links_that_take_all_files_keep_nobody_out() {
    let mut served = Served::start(&[]);
    let few = Rlimit { current: Some(64), maximum: Some(64) };
    prlimit(Some(served.pid()), Resource::Nofile, few).unwrap();
    let links: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut link = TcpStream::connect(served.address).unwrap();
            link.write_all(&[0xef]).unwrap();
            link
        })
        .collect();
    key_id(&served.handshake(&["--json", "--rsa", "embedded"]));
    served.wait_for("it had no key, and others wanted its place (from 127.0.0.1, ");
    served.wait_for("client refused    a client cannot be accepted: ");
    drop(links);
    assert_eq!(served.end(Signal::TERM).code, 0);
}

#[test]
fn clients_that_are_refused_are_told_with_their_address() {
    let mut served = Served::start(&["--mtproxy", "000102030405060708090a0b0c0d0e0f"]);
    let ran = served.handshake(&["--rsa", "embedded", "--dc", "3"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    served.wait_for("exchange refused ");
    let mut link = TcpStream::connect(served.address).unwrap();
    link.write_all(&[7; 64]).unwrap();
    served.wait_for(
        "client refused    what it says is of no framing, secret or WebSocket that is known here (from 127.0.0.1)",
    );
    let link_of_another = format!(
        "tg://proxy?server=127.0.0.1&port={}&secret=000102030405060708090a0b0c0d0e0f",
        served.address.port()
    );
    let ran = run(&["handshake", "--proxy", &link_of_another, "--dc", "4", "--rsa", "embedded"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let out = served.wait_for("client refused    it wants another data centre (from 127.0.0.1)");
    assert!(line(&out, "exchange refused ").contains("(from 127.0.0.1"), "{out}");
}
