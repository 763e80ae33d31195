//! Every error that the world answers is one that Telegram is known to answer with, with its code.
//!
//! The tests' calls are held against the list one by one; and so is the source, for what no test leads to.

use std::fs;
use std::path::{Path, PathBuf};

use telewire::rpc::RpcError;

/// What is known of errors.
const LIST: &str = include_str!("../../../../schema/errors.json");

/// Errors that the pages of the methods have and the list has not.
const OF_PAGES: [(i32, &str, &str); 5] = [
    (400, "EMAIL_NOT_ALLOWED", "https://core.telegram.org/method/account.verifyEmail"),
    (400, "REPLY_MESSAGE_ID_INVALID", "https://core.telegram.org/method/messages.sendMessage"),
    (400, "REPLY_TO_INVALID", "https://core.telegram.org/method/messages.sendMessage"),
    (400, "TOPICS_EMPTY", "https://core.telegram.org/method/channels.getForumTopicsByID"),
    (400, "TOPIC_TITLE_EMPTY", "https://core.telegram.org/method/channels.createForumTopic"),
];

/// Whether Telegram is known to answer with an error, with this code.
pub(super) fn is_known(error: &RpcError) -> bool {
    let RpcError { code, name, .. } = error;
    let of_pages = OF_PAGES.iter().any(|(of, other, _)| (of, *other) == (code, name.as_str()));
    // An entry a line: {"code":400,"name":"ABOUT_TOO_LONG"},
    of_pages || LIST.contains(&format!("{{\"code\":{code},\"name\":\"{name}\"}}"))
}

/// The errors that a file names where it makes them.
fn named_in(text: &str) -> Vec<RpcError> {
    let mut all = Vec::new();
    for (call, code) in [("invalid(", 400), ("forbidden(", 403), ("unauthorized(", 401)] {
        let after = text.split(call).skip(1).filter_map(literal);
        all.extend(after.map(|name| RpcError::parse(code, name)));
    }
    for after in text.split("RpcError::parse(").skip(1) {
        let Some((code, rest)) = after.trim_start().split_once(',') else { continue };
        let rest = rest.trim_start().trim_start_matches("&format!(");
        if let (Ok(code), Some(name)) = (code.trim().parse(), literal(rest)) {
            // A number stands where something is put in.
            let name = match name.split_once('{') {
                Some((name, rest)) => {
                    format!("{name}7{}", rest.split_once('}').map_or("", |(_, rest)| rest))
                }
                None => name.to_owned(),
            };
            all.push(RpcError::parse(code, &name));
        }
    }
    all
}

fn literal(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix('"')?.split('"').next()
}

/// The files of a folder, without those of tests.
pub(super) fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            sources(&path, into);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            into.push(path);
        }
    }
}

#[test]
fn every_error_that_the_source_names_is_one_of_telegram_s() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in &files {
        for error in named_in(&fs::read_to_string(file).unwrap()) {
            count += 1;
            if !is_known(&error) {
                wrong.push((file.clone(), error));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 200, "{count}");
}

#[test]
fn errors_of_another_code_or_of_nobody_are_none() {
    for (code, name, is) in [
        (400, "ABOUT_TOO_LONG", true),
        (403, "ABOUT_TOO_LONG", false),
        (400, "ABOUT_TOO_LON", false),
        (400, "NEVER_HEARD_OF", false),
        (420, "FLOOD_WAIT_7", true),
        (400, "TOPICS_EMPTY", true),
        (403, "CHAT_ADMIN_INVITE_REQUIRED", true),
        (400, "CHAT_ADMIN_INVITE_REQUIRED", false),
        (401, "USER_DEACTIVATED", true),
        (403, "MESSAGE_AUTHOR_REQUIRED", true),
        (420, "SLOWMODE_WAIT_7", true),
        (400, "SLOWMODE_WAIT_7", false),
    ] {
        assert_eq!(is_known(&RpcError::parse(code, name)), is, "{code} {name}");
    }
    let text = "invalid(\"A\") forbidden(\n  \"B\") RpcError::parse(303, &format!(\"C_{dc}\")) RpcError::parse(400, &format!(\"D_{n}_E\")) invalid(name)";
    let named = named_in(text).into_iter().map(|error| (error.code, error.name));
    let expected = [(400, "A"), (403, "B"), (303, "C_X"), (400, "D_X_E")];
    assert_eq!(named.collect::<Vec<_>>(), expected.map(|(code, name)| (code, name.to_owned())));
}
