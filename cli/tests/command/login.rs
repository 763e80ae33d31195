//! `telewire login`, against the data centre inside it and one in another process.

use rustix::process::Signal;

use crate::support::{Process, Served, credentials, run, text};

const PHONE: &str = "9996620001";

#[test]
fn a_bot_logs_in_to_the_embedded_data_centre() {
    let ran = Process::start_with(&["login"], "1:embedded\n").wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Logged in as A bot, number 1."), "{}", ran.out);
}

#[test]
fn answers_that_are_wrong_or_missing_are_told() {
    for (input, code, sentence) in [
        ("", 2, "error: there was no answer to `Phone number"),
        ("\n", 2, "error: there was no answer to `The bot's token"),
        ("\nnone\n", 2, "error: this is no bot's token"),
        ("\n1:wrong\n", 1, "error: the bot's token is wrong"),
        ("1:wrong\n", 1, "error: the bot's token is wrong"),
        ("12\n", 1, "error: this is no phone number"),
        ("9996620001\nx\nx\nx\n", 1, "error: the code is wrong"),
        ("9996620001\n\n\n", 1, "error: the code cannot be sent in another way"),
    ] {
        let ran = Process::start_with(&["login"], input).wait();
        assert_eq!(ran.code, code, "{input:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.starts_with(sentence), "{input:?}: {}", ran.err);
    }
}

#[test]
fn a_session_of_an_embedded_data_centre_that_is_gone_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("session");
    let options = ["login", "--session", text(&session)];
    let ran = Process::start_with(&options, "1:embedded\n").wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let kept = std::fs::read(&session).unwrap();
    for more in [&[][..], &["--qr"], &["--log-out"]] {
        let ran = Process::start_with(&[&options, more].concat(), "1:embedded\n").wait();
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        let start = format!("error: {}: the session is of another data centre", session.display());
        assert!(ran.err.starts_with(&start) && ran.err.lines().count() == 1, "{}", ran.err);
    }
    assert_eq!(std::fs::read(&session).unwrap(), kept);
}

#[test]
fn a_session_is_kept_found_again_and_ended() {
    let served = Served::start(&["--bot", "777:abc"]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["login", "--credentials", text(&credentials), "--rsa", "embedded", "--session"];
    let options = [&options[..], &[text(&session)]].concat();
    let ran = Process::start_with(&options, "777:abc\n").wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Logged in as A bot, number 777."), "{}", ran.out);
    // Nothing is asked.
    let ran = run(&options);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("Logged in as A bot, number 777."), "{}", ran.out);
    let out = [&options[..], &["--log-out"]].concat();
    assert_eq!(run(&out).out, "Logged out.\n");
    assert_eq!(run(&out).out, "Nobody was logged in.\n");
    assert_eq!(served.end(Signal::TERM).code, 0);
}

#[test]
fn serve_shows_the_code_that_was_sent() {
    let mut served = Served::start(&["--user", "9996620001=secret"]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["--rsa", "embedded", "--session", text(&session)];
    let options = [&["login", "--credentials", text(&credentials)][..], &options].concat();
    // Nobody types the code.
    let ran = Process::start_with(&options, &format!("{PHONE}\n")).wait();
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.out.contains("A code was sent by SMS."), "{}", ran.out);
    let code = served.code(PHONE);
    assert!(code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
}

#[test]
fn an_email_address_is_asked_for_and_both_codes() {
    let mut served = Served::start(&["--user", PHONE, "--code", "set-up-email", "--code", "app"]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["--rsa", "embedded", "--session", text(&session)];
    let options = [&["login", "--credentials", text(&credentials)][..], &options].concat();
    let mut login = Process::talk(&options);
    login.answer("Phone number", PHONE);
    login.answer("Email address", "nobody");
    login.answer("Not possible: this is no email address.", "ada@example.com");
    login.answer("A code of 6 characters was sent to a***@example.com.", "wrong");
    login.answer("The code is wrong.", &served.code_by("Email", PHONE));
    login.answer("A code was sent to the other devices", &served.code_by("App", PHONE));
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Logged in as Somebody"), "{}", ran.out);
    // Without an address there is no login.
    let other = folder.path().join("other");
    let options = [&options[..options.len() - 1], &[text(&other)]].concat();
    let ran = Process::start_with(&options, &format!("{PHONE}\nx\nx\nx\n")).wait();
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.starts_with("error: this is no email address"), "{}", ran.err);
}

#[test]
fn a_session_that_is_no_session_is_refused_and_untouched() {
    let served = Served::start(&[]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    std::fs::write(&session, "[App data]").unwrap();
    let options = ["login", "--credentials", text(&credentials), "--session", text(&session)];
    use std::os::unix::fs::PermissionsExt;
    for (mode, part) in [(0o644, "may be read by others"), (0o600, "holds no session")] {
        std::fs::set_permissions(&session, std::fs::Permissions::from_mode(mode)).unwrap();
        let ran = run(&options);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(part), "{}", ran.err);
        assert_eq!(std::fs::read_to_string(&session).unwrap(), "[App data]");
    }
}

#[test]
fn a_session_that_cannot_be_kept_is_told_in_one_sentence_before_anything_runs() {
    let served = Served::start(&[]);
    let (folder, credentials) = credentials(&served);
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink("nowhere", path("dangling")).unwrap();
    std::os::unix::fs::symlink("loop", path("loop")).unwrap();
    // In the way of what is written beside it: root is not stopped by permissions.
    std::fs::create_dir_all(path("session.new/inner")).unwrap();
    for (session, part) in [
        ("/dev/null".into(), "is a device, and a session is kept in a file: name a file"),
        (path(""), "is a folder, and a session is kept in a file: name a file"),
        (path("dangling"), "where nothing is: put the session there, or remove the link"),
        (path("loop"), "cannot look at"),
        (path("none/session"), "make the folder first, or name another"),
        (path("session"), "name a file in a folder of your own"),
    ] {
        for options in [&["--credentials", text(&credentials)][..], &[]] {
            let options = [&["login", "--session", text(&session)], options].concat();
            let ran = run(&options);
            assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}{}", ran.out, ran.err);
            assert!(ran.err.contains(part), "{}", ran.err);
        }
    }
    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["credentials", "dangling", "loop", "session.new"]);
}

#[test]
fn a_session_under_two_names_is_in_use() {
    let served = Served::start(&["--bot", "777:abc"]);
    let (folder, credentials) = credentials(&served);
    let (real, link) = (folder.path().join("real.session"), folder.path().join("link.session"));
    let options = ["login", "--credentials", text(&credentials), "--rsa", "embedded", "--session"];
    let by = |session| [&options[..], &[text(session)]].concat();
    let ran = Process::start_with(&by(&real), "777:abc\n").wait();
    assert_eq!(ran.code, 0, "{}", ran.err);
    std::os::unix::fs::symlink("real.session", &link).unwrap();
    // Nobody is logged in with the second name, and the first waits for an answer.
    assert_eq!(run(&[&by(&link)[..], &["--log-out"]].concat()).out, "Logged out.\n");
    let mut first = Process::talk(&by(&real));
    first.wait_for("Phone number");
    let second = run(&by(&link));
    assert_eq!(second.code, 2, "{}", second.out);
    assert_eq!(second.err, format!("error: {} is in use by another client\n", link.display()));
    assert!(link.is_symlink());
}
