//! The files that `telewire handshake` reads.

use std::fs;

use telewire::crypto::keys::TEST_KEY_PEM;
use telewire::server::embedded_key;

use crate::support::{Served, folder_with, run, text};

fn credentials(address: &str) -> String {
    let (ip, port) = address.rsplit_once(':').unwrap();
    format!(
        "[App data]\napi_id = 12345\napi_hash = 0123456789abcdef0123456789abcdef\n\
         ip_address = {ip}\nport = {port}\n"
    )
}

/// Runs with a file that is wrong, and sees that the message names it; nothing is dialled.
fn refused(option: &str, content: Option<&str>, expected: &str) {
    let (_folder, path) = folder_with("the file", content.unwrap_or_default());
    if content.is_none() {
        fs::remove_file(&path).unwrap();
    }
    let mut options = vec!["handshake", option, text(&path)];
    if option == "--rsa" {
        options.extend(["--address", "127.0.0.1:1"]);
    }
    let ran = run(&options);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let start = format!("error: {}: {expected}", path.display());
    assert!(ran.err.starts_with(&start), "{}instead of {start}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn a_file_of_credentials_names_the_server() {
    let served = Served::start(&[]);
    let (_folder, path) = folder_with("credentials", &credentials(&served.address.to_string()));
    let ran = run(&["handshake", "--json", "--credentials", text(&path), "--rsa", "embedded"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.step("connected")["address"], served.address.to_string());
}

#[test]
fn all_keys_of_a_file_are_trusted() {
    let served = Served::start(&[]);
    let public = embedded_key().unwrap().public().to_pem().unwrap();
    let both = format!(
        "the first:\n{TEST_KEY_PEM}\nthe second, indented:\n  {}",
        public.replace('\n', "\n  ")
    );
    let (_folder, path) = folder_with("keys", &both);
    let ran = served.handshake(&["--json", "--rsa", text(&path)]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn private_keys_that_cannot_be_used_say_what_to_do() {
    let private = embedded_key().unwrap().to_pem().unwrap();
    let encrypted =
        private.replacen("KEY-----", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X\n", 1);
    let open_ssh = private.replace("RSA PRIVATE", "OPENSSH PRIVATE");
    for (content, part) in [
        (&encrypted, "the key is encrypted: take its password off"),
        (&open_ssh, "the form of OpenSSH"),
    ] {
        let (_folder, path) = folder_with("key", content);
        let ran = run(&["serve", "--key", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(part) && ran.err.lines().count() == 1, "{}", ran.err);
    }
}

#[test]
fn credentials_without_a_part_are_refused_by_its_name() {
    let good = credentials("127.0.0.1:1");
    refused("--credentials", None, "cannot be read: ");
    refused("--credentials", Some(""), "expected a section `[App data]`");
    refused("--credentials", Some("api_id 5\n"), "line 1: expected ");
    for key in ["api_id", "api_hash", "ip_address", "port"] {
        let kept: Vec<_> = good.lines().filter(|line| !line.starts_with(key)).collect();
        let expected = format!("section `[App data]`: expected a key `{key}` with ");
        refused("--credentials", Some(&kept.join("\n")), &expected);
    }
}

#[test]
fn credentials_with_a_malformed_value_are_refused_by_its_key() {
    let good = credentials("127.0.0.1:1");
    for (key, value, expected) in [
        ("api_id", "-1", "a positive number"),
        ("api_hash", "0123", "32 hexadecimal digits"),
        ("ip_address", "localhost", "an IPv4 or IPv6 address"),
        ("port", "65536", "a number from 1 to 65535"),
    ] {
        let line = good.lines().find(|line| line.starts_with(key)).unwrap();
        let bad = good.replace(line, &format!("{key} = {value}"));
        let expected = format!("section `[App data]`: expected {expected} as the value of `{key}`");
        refused("--credentials", Some(&bad), &expected);
    }
}

#[test]
fn a_file_that_is_no_public_key_is_refused() {
    refused("--rsa", None, "cannot be read: ");
    refused("--rsa", Some(""), "expected a PEM block `RSA PUBLIC KEY`");
    refused("--rsa", TEST_KEY_PEM.get(..200), "expected an RSA key inside the PEM block: ");
    let wrong = TEST_KEY_PEM.replacen("MII", "MIJ", 1);
    refused("--rsa", Some(&wrong), "expected an RSA key inside the PEM block: ");
    let private = embedded_key().unwrap().to_pem().unwrap();
    refused("--rsa", Some(private.as_str()), "expected a PEM block `RSA PUBLIC KEY`");
}
