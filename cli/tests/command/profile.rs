//! Accounts by name (`--profile`), several at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::process::Signal;

use crate::support::{Process, Ran, Served, credentials, text};

/// Runs the command for whom profiles lie in a folder.
fn run(home: &Path, words: &[&str], input: &str) -> Ran {
    let mut process = Process::talk_with(words, &[("TELEWIRE_HOME", text(home))]);
    if !input.is_empty() {
        process.say(input);
    }
    process.end_input();
    process.wait()
}

#[test]
fn accounts_have_names_and_are_used_at_once() {
    let served = Served::start(&["--bot", "777:abc", "--bot", "888:def"]);
    let (folder, credentials) = credentials(&served);
    let home = folder.path().join("profiles");
    assert_eq!(run(&home, &["profiles"], "").out, "");
    for (name, token) in [("work", "777:abc"), ("play", "888:def")] {
        let login = ["login", "--profile", name, "--rsa", "embedded"];
        // There is no application yet.
        let ran = run(&home, &login, "");
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(&format!("telewire login --profile {name} --credentials FILE")));
        let first = [&login[..], &["--credentials", text(&credentials)]].concat();
        let ran = run(&home, &first, token);
        assert_eq!(ran.code, 0, "{}", ran.err);
        // From now on its name is enough.
        let ran = run(&home, &login, "");
        assert!(ran.out.starts_with("Logged in as A bot"), "{} {}", ran.out, ran.err);
    }
    assert_eq!(run(&home, &["profiles"], "").out, "play\nwork\n");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.join("work")), 0o700);
    assert_eq!(mode(&home.join("work/credentials.ini")), 0o600);
    // Both at once, each as itself.
    let shells = ["work", "play"].map(|name| {
        let words = ["shell", "--profile", name, "--rsa", "embedded", "--json"];
        Process::talk_with(&words, &[("TELEWIRE_HOME", text(&home))])
    });
    for (mut shell, id) in shells.into_iter().zip([777, 888]) {
        shell.say("get_self");
        shell.wait_for(&format!("user#{id}"));
        shell.end_input();
        assert_eq!(shell.wait().code, 0);
    }
    assert_eq!(served.end(Signal::TERM).code, 0);
}

#[test]
fn a_profile_without_a_login_a_name_that_is_a_path_and_two_places_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs::create_dir(home.join("empty")).unwrap();
    let ini = "[App data]\napi_id = 1\napi_hash = 0123456789abcdef0123456789abcdef\nip_address = 127.0.0.1\nport = 1\n";
    fs::write(home.join("credentials.ini"), ini).unwrap();
    // That of all is taken; nobody is dialled without a login.
    let ran = run(home, &["get_self", "--profile", "new", "--rsa", "embedded"], "");
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.ends_with("`telewire login --profile new` does that\n"), "{}", ran.err);
    for name in ["", "..", "../ada", "a/b", "/tmp", ".hidden"] {
        let ran = run(home, &["get_self", &format!("--profile={name}")], "");
        assert_eq!(ran.code, 2, "{name}");
        assert!(ran.err.contains("letters a to z"), "{name}: {}", ran.err);
    }
    for command in ["login", "shell", "get_self", "export"] {
        let ran = run(home, &[command, "--profile", "a", "--session", "b"], "");
        assert_eq!(ran.code, 2, "{command}");
        assert!(ran.err.contains("cannot be used with"), "{command}: {}", ran.err);
    }
    // What is no account is not listed.
    assert_eq!(run(home, &["profiles"], "").out, "");
}
