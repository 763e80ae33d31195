//! What ends before anything is asked: no session, no credentials, wrong words.

use super::*;
use crate::support::{folder_with, run};

#[test]
fn without_credentials_or_a_session_it_says_what_makes_them() {
    let (folder, credentials) = folder_with(
        "credentials.ini",
        "[App data]\napi_id = 1\napi_hash = 0123456789abcdef0123456789abcdef\nip_address = 127.0.0.1\nport = 9\n",
    );
    let (missing, session) = (folder.path().join("missing"), folder.path().join("session"));
    for words in [&["msg", "@ada", "hello"][..], &["shell", "-e", "get_self"]] {
        let options = ["--credentials", text(&missing), "--session", text(&session)];
        let ran = run(&[words, &options].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains("missing: cannot be read"), "{}", ran.err);
        let options = ["--credentials", text(&credentials), "--session", text(&session)];
        let ran = run(&[words, &options].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.starts_with("error: nobody is logged in with "), "{}", ran.err);
        assert!(ran.err.contains("`telewire login --credentials "), "{}", ran.err);
    }
}

#[test]
fn wrong_words_are_told_before_anything_is_opened() {
    for (words, sentence) in [
        (&["msg"][..], "error: msg: <peer> is missing; it is written `msg <peer> <text…>`\n"),
        (&["msg", "@ada"], "error: msg: <text> is missing; it is written `msg <peer> <text…>`\n"),
        (&["get_self", "x"], "error: get_self: `x` is too much; it is written `get_self`\n"),
        (
            &["fwd", "@ada", "x"],
            "error: fwd: <messages> is a message, as 12, @channel/12 or a link to it, and not `x`",
        ),
        (&["history", "@1"], "error: history: \"@1\" names nobody"),
    ] {
        let ran = run(words);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?}");
        assert!(ran.err.starts_with(sentence), "{}", ran.err);
    }
    // What is no command at all is told by the command line's own library.
    let ran = run(&["mgs", "@ada", "hello"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("unrecognized subcommand 'mgs'"), "{}", ran.err);
}

#[test]
fn help_needs_no_account() {
    let ran = run(&["shell", "--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in
        ["Exit code:\n", "\nText:\n  msg <peer> <text…>\n      sends a text\n", "\nThe shell:\n"]
    {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    assert!(!run(&["shell", "-h"]).out.contains("sends a text"));
    let ran = run(&["msg", "--help"]);
    assert!(
        ran.out.starts_with("sends a text\n\nUsage: telewire msg <peer> <text…> [OPTIONS]\n"),
        "{}",
        ran.out
    );
}
