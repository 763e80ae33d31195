//! `telewire schema`.

use std::fs;

use serde_json::Value;

use crate::support::{Process, folder_with, run, text};

const TL: &str = "\
// a part of Mobile Protocol
pong#347773c5 msg_id:long ping_id:long = Pong;
---functions---
ping ping_id:long = Pong;
";

fn check(json: &str) {
    let json: Value = serde_json::from_str(json).unwrap();
    let constructor = &json["constructors"][0];
    assert_eq!(
        (&constructor["predicate"], &constructor["id"]),
        (&"pong".into(), &"880243653".into())
    );
    let method = &json["methods"][0];
    // The id that Telegram's schema has, from the text alone.
    assert_eq!((&method["method"], &method["id"]), (&"ping".into(), &"2059302892".into()));
    assert_eq!(method["params"][0]["type"], "long");
}

#[test]
fn text_becomes_json_and_missing_ids_are_computed() {
    let (_folder, path) = folder_with("a.tl", TL);
    let ran = run(&["schema", "convert", text(&path)]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    check(&ran.out);
}

#[test]
fn standard_input_is_read_too() {
    let ran = Process::start_with(&["schema", "convert", "-"], TL).wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    check(&ran.out);
    let ran = Process::start_with(&["schema", "convert", "-"], "pong").wait();
    assert_eq!(ran.code, 2);
    assert_eq!(ran.err, "error: standard input: line 1: `pong`: expected `;` at its end\n");
}

#[test]
fn mistakes_name_the_file_and_the_line() {
    let (_folder, path) = folder_with("a.tl", "");
    for (content, expected) in [
        (&b"a = A;\nb x = B;\n"[..], "line 2: `b x = B`: expected `name:type` for each parameter"),
        (b"\na#xyz = A;", "line 2: `a#xyz = A`: expected `#` and 1 to 8 hexadecimal digits"),
        (b"a = A;\n\xff\n", "line 2: expected UTF-8"),
    ] {
        fs::write(&path, content).unwrap();
        let ran = run(&["schema", "convert", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert_eq!(ran.err, format!("error: {}: {expected}\n", path.display()));
    }
    fs::remove_file(&path).unwrap();
    let ran = run(&["schema", "convert", text(&path)]);
    assert_eq!(ran.code, 2);
    let start = format!("error: {}: cannot be read: ", path.display());
    assert!(ran.err.starts_with(&start), "{}", ran.err);
}

const NEWER: &str = "\
pong#1 msg_id:long ping_id:int = Pong;
nop = Nop;
---functions---
ping ping_id:long = Pong;
";

#[test]
fn differences_are_told_and_end_with_1() {
    let (_old, old) = folder_with("old.tl", TL);
    let (_new, new) = folder_with("new.tl", NEWER);
    let ran = run(&["schema", "diff", text(&old), text(&new)]);
    let expected = "\
constructors: 1 added, 0 removed, 1 changed
+ nop#a1405c05 = Nop;
~ pong
    ~ id 347773c5 -> 00000001
    ~ ping_id: long -> int
functions: 0 added, 0 removed, 0 changed
";
    assert_eq!((ran.code, ran.err.as_str(), ran.out.as_str()), (1, "", expected));
    let ran = run(&["schema", "diff", text(&old), text(&new), "--json"]);
    assert_eq!(ran.code, 1);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let change = &json["constructors"]["changed"][0]["changes"][1];
    assert_eq!((&change["change"], &change["new"]), (&"type".into(), &"int".into()));
    assert_eq!(json.get("semver"), None);
}

#[test]
fn either_form_of_a_schema_can_be_compared() {
    let (_old, old) = folder_with("old.tl", TL);
    let json = run(&["schema", "convert", text(&old)]).out;
    let ran = Process::start_with(&["schema", "diff", text(&old), "-", "--semver"], &json).wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.ends_with("breaks users of the Rust types: 0\nbreaks nobody: 0\n"),
        "{}",
        ran.out
    );
}

#[test]
fn the_effect_on_users_is_told() {
    let (_old, old) = folder_with("old.tl", TL);
    let (_new, new) = folder_with("new.tl", &NEWER.replace("pong#1", "pong"));
    let ran = run(&["schema", "diff", text(&old), text(&new), "--semver"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let (_, semver) = ran.out.split_once("breaks users").unwrap();
    assert!(semver.contains("types::Pong.ping_id: i64 -> i32\n"), "{semver}");
    assert!(semver.contains("types::Nop is new\n"), "{semver}");
    let ran = run(&["schema", "diff", text(&old), text(&new), "--semver", "--json"]);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let effect = &json["semver"]["breaking"][0];
    assert_eq!(
        (&effect["item"], &effect["what"]),
        (&"types::Pong".into(), &"field_changed".into())
    );
}

#[test]
fn what_cannot_be_compared_ends_with_2() {
    let (_old, old) = folder_with("old.tl", TL);
    let (_new, new) = folder_with("new.tl", "a = A; a x:int = A;");
    let diff = |options: &[&str]| run(&[&["schema", "diff"], options].concat());
    let ran = diff(&[text(&old), text(&new)]);
    assert_eq!(ran.err, format!("error: {}: `a` is defined twice\n", new.display()));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    fs::write(&new, "a x:Nowhere = A;").unwrap();
    assert_eq!(diff(&[text(&new), text(&old)]).code, 1);
    let ran = diff(&[text(&new), text(&old), "--semver"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("the type `Nowhere` of `x` has no constructor"), "{}", ran.err);
    assert_eq!(diff(&["-", "-"]).code, 2);
    assert_eq!(diff(&[text(&old), "/nowhere"]).code, 2);
    assert_eq!(diff(&[text(&old)]).code, 2);
}

#[test]
fn a_lock_keeps_the_boxes_as_they_were() {
    let (_old, old) = folder_with("old.tl", "tA a:string = T; tB = T;");
    let (_new, new) = folder_with("new.tl", "tA a:string b:string = T; tB = T;");
    let ran = run(&["schema", "lock", text(&old)]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (_lock, lock) = folder_with("lock.json", &ran.out);
    let ran = run(&["schema", "lock", text(&new)]);
    assert!(ran.out.contains(r#""tA":{"variant":"boxed"}"#), "{}", ran.out);
    let ran = run(&["schema", "lock", text(&new), "--lock", text(&lock)]);
    assert!(ran.out.contains(r#""tA":{"variant":"inline"}"#), "{}", ran.out);
    let diff = ["schema", "diff", text(&old), text(&new), "--semver"];
    assert!(run(&diff).out.contains("enums::T::A: types::TA -> Box<types::TA>"));
    let ran = run(&[&diff[..], &["--lock", text(&lock)]].concat());
    assert!(!ran.out.contains("Box"), "{}", ran.out);
    fs::write(&lock, "{}").unwrap();
    let ran = run(&["schema", "lock", text(&new), "--lock", text(&lock)]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("lock.json: not a lock"), "{}", ran.err);
}

#[test]
fn a_definition_is_followed_over_the_layers() {
    let ran = run(&["schema", "history", "keyboardButton"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let expected = "\
layers 135 to 221
  keyboardButton#a2fa4880 text:string = KeyboardButton;
layers 222 to 228
  keyboardButton#7d170cff flags:# style:flags.10?KeyboardButtonStyle text:string = KeyboardButton;
    + flags:#
    + style:flags.10?KeyboardButtonStyle
layers 229 to 230
  keyboardButton#2f67a72f flags:# style:flags.10?KeyboardButtonStyle text:string type:ButtonType = KeyboardButton;
    + type:ButtonType
";
    assert_eq!(ran.out, expected);
    let ran = run(&["schema", "history", "messages.report"]);
    assert!(ran.out.starts_with("layers 135 to 188, a function\n"), "{}", ran.out);
    assert!(
        ran.out.contains("    - Bool\n") && ran.out.contains("    + ReportResult\n"),
        "{}",
        ran.out
    );
    let ran = run(&["schema", "history", "nothing"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, "error: no layer from 135 to 230 has `nothing`\n");
}
