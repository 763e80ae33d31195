//! `telewire login` from its first question to the last, with what is typed when it is asked for.

use std::path::PathBuf;

use rustix::process::Signal;

use crate::support::{Process, Served, credentials, run, text};

const PHONE: &str = "9996620001";

/// What a login of a data centre in another process needs.
struct Session {
    _folder: tempfile::TempDir,
    credentials: PathBuf,
    session: PathBuf,
}

impl Session {
    fn of(served: &Served) -> Self {
        let (folder, credentials) = credentials(served);
        let session = folder.path().join("session");
        Self { _folder: folder, credentials, session }
    }

    fn options<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let options = ["login", "--credentials", text(&self.credentials), "--rsa", "embedded"];
        [&options[..], &["--session", text(&self.session)], more].concat()
    }
}

/// Waits until the link of a QR code is shown, and gives it.
fn link(login: &mut Process) -> String {
    let shown = login.wait_for("or open:\ntg://login?token=");
    let link = shown.lines().find(|line| line.starts_with("tg://")).unwrap();
    link.to_owned()
}

#[test]
fn a_code_and_a_password_with_outer_spaces_are_typed() {
    let mut served = Served::start(&["--user", &format!("{PHONE}= secret word ")]);
    let session = Session::of(&served);
    let mut login = Process::talk(&session.options(&[]));
    login.wait_for("(empty for a bot): ");
    login.say(" +99 966 2 0001 ");
    login.wait_for("Code (empty to have another one sent): ");
    login.say("wrong");
    login.wait_for("The code is wrong.");
    // Around a code, spaces mean nothing.
    let code = served.code(PHONE);
    login.say(&format!(" {code} "));
    login.wait_for("Password: ");
    // In a password they count.
    login.say("secret word");
    login.wait_for("The password is wrong.");
    login.say(" secret word ");
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let (before, _) = ran.out.split_once("Logged in as Somebody, number ").unwrap();
    for secret in [&code, "secret word"] {
        assert!(!before.contains(secret), "{before}");
    }
    // The session is that of the account.
    let again = run(&session.options(&[]));
    assert!(again.out.starts_with("Logged in as Somebody, number "), "{}{}", again.out, again.err);
    assert_eq!(run(&session.options(&["--log-out"])).out, "Logged out.\n");
}

#[test]
fn another_code_is_sent_for_an_empty_answer() {
    let mut served = Served::start(&["--user", PHONE]);
    let session = Session::of(&served);
    let mut login = Process::talk(&session.options(&[]));
    login.say(PHONE);
    let first = served.code(PHONE);
    login.wait_for("A code was sent by SMS.");
    login.say("");
    login.wait_for("by a call, in which a voice says it");
    // The one before is not valid any more.
    login.say(&first);
    login.wait_for("The code is wrong.");
    login.say(&served.code_by("Call", PHONE));
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
}

#[test]
fn a_number_that_nobody_has_signs_up() {
    let mut served = Served::start(&[]);
    for (first, last, code, part) in [
        // Who gives no name stays out.
        ("", "", 2, "error: nobody was signed up: no name was given"),
        ("Ada", "Lovelace", 0, "Logged in as Ada, number "),
    ] {
        let phone = if first.is_empty() { "9996620002" } else { PHONE };
        let session = Session::of(&served);
        let mut login = Process::talk(&session.options(&[]));
        login.say(phone);
        login.say(&served.code(phone));
        login.wait_for("Nobody has this number. To sign up, agree to: Be kind.");
        login.say(first);
        if !first.is_empty() {
            login.wait_for("Last name (may be empty): ");
            login.say(last);
        }
        let ran = login.wait();
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        assert!(format!("{}{}", ran.out, ran.err).contains(part), "{}{}", ran.out, ran.err);
    }
    assert_eq!(served.end(Signal::TERM).code, 0);
}

#[test]
fn a_code_of_the_embedded_data_centre_is_the_one_that_it_shows() {
    let mut login = Process::talk(&["login"]);
    login.say(PHONE);
    let shown = login.wait_for("Code (empty to have another one sent): ");
    let (_, code) = shown.split_once("The data centre in this program shows it: ").unwrap();
    login.say(code.lines().next().unwrap());
    login.say("Ada");
    login.say("");
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Logged in as Ada, number "), "{}", ran.out);
}

#[test]
fn a_password_may_be_wrong_twice() {
    for (third, code) in [("secret", 0), ("Secret", 1)] {
        let mut served = Served::start(&["--user", &format!("{PHONE}=secret")]);
        let session = Session::of(&served);
        let mut login = Process::talk(&session.options(&[]));
        login.say(PHONE);
        login.say(&served.code(PHONE));
        for password in ["", "secret ", third] {
            login.say(password);
        }
        let ran = login.wait();
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        assert_eq!(ran.out.matches("The password is wrong.").count(), 2, "{}", ran.out);
        assert_eq!(ran.err.contains("error: the password is wrong"), code == 1, "{}", ran.err);
    }
}

#[test]
fn a_qr_code_is_scanned_by_the_data_centre_that_shows_it() {
    let ran = run(&["login", "--qr"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    for part in [
        "The server is a data centre inside this program: it makes an account up.",
        "tg://login?token=",
        "No device is: the data centre inside this program scans it now.",
        "Scanned: approved for an account that is made up.",
        "Logged in as Somebody, number ",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}

#[test]
fn serve_approves_qr_codes_by_their_links() {
    let users = ["--user", PHONE, "--user", "9996620002@4=secret"];
    let mut served =
        Served::start(&[&["--dc", "2", "--dc", "4", "--approve"], &users[..]].concat());
    assert!(served.introduction.contains("Type the link of a QR code to approve it."));
    served.say("tg://login?token=AQID");
    served.wait_for("QR code refused   AUTH_TOKEN_INVALID");
    served.say("tg://login?token=AQID +99 966 2 0003");
    served.wait_for("QR code refused   nobody has this number");

    // For the first account.
    let session = Session::of(&served);
    let mut login = Process::talk(&session.options(&["--qr"]));
    let first = link(&mut login);
    served.say(&first);
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Logged in as Somebody, number "), "{}", ran.out);
    served.wait_for("QR code approved");
    served.say(&first);

    // For another one, which lives elsewhere and has a password.
    let session = Session::of(&served);
    let mut login = Process::talk(&session.options(&["--qr"]));
    let second = link(&mut login);
    served.say(&format!("{second} +99 966 2 0002"));
    login.wait_for("Password: ");
    login.say("secret");
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Logged in as Somebody, number "), "{}", ran.out);
    let ended = served.end(Signal::TERM);
    assert_eq!(ended.out.matches("QR code approved  for number").count(), 2, "{}", ended.out);
}

#[test]
fn nothing_is_approved_by_a_server_that_was_not_asked_to() {
    let mut served = Served::start(&["--user", PHONE]);
    let session = Session::of(&served);
    let mut login = Process::talk(&session.options(&["--qr"]));
    served.say(&link(&mut login));
    drop(login);
    // It had the time to read that: something else has happened since.
    let session = Session::of(&served);
    let mut other = Process::talk(&session.options(&[]));
    other.wait_for("(empty for a bot): ");
    other.say(PHONE);
    served.code(PHONE);
    drop(other);
    let ended = served.end(Signal::TERM);
    assert!(ended.code == 0 && !ended.out.contains("QR code"), "{}", ended.out);
}
