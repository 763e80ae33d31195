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
