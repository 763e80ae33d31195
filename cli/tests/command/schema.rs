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
    assert_eq!(
        ran.err,
        "error: standard input: line 1, column 5: `pong`: expected `=` and a type, found the end\n"
    );
}

#[test]
fn mistakes_name_the_file_and_the_line() {
    let (_folder, path) = folder_with("a.tl", "");
    for (content, expected) in [
        (
            &b"a = A;\nb x = B;\n"[..],
            "line 2, column 3: `b`: expected `name:type` for each parameter, found `x`",
        ),
        (
            b"\na#xyz = A;",
            "line 2, column 2: `a`: expected `#` and 1 to 8 hexadecimal digits, found `#`",
        ),
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
    let warning = format!(
        "warning: {}: taken as written, though the text gives another id: `pong` 00000001 (its text gives 88b23999)\n",
        new.display()
    );
    assert_eq!((ran.code, ran.err, ran.out.as_str()), (1, warning, expected));
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
    assert_eq!(
        ran.err,
        format!("error: {}: line 1, column 8: `a` is defined twice\n", new.display())
    );
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
    assert!(run(&diff).out.contains("enums::T::TA: types::TA -> Box<types::TA>"));
    let ran = run(&[&diff[..], &["--lock", text(&lock)]].concat());
    assert!(!ran.out.contains("Box"), "{}", ran.out);
    fs::write(&lock, "{}").unwrap();
    let ran = run(&["schema", "lock", text(&new), "--lock", text(&lock)]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("lock.json: not a lock"), "{}", ran.err);
}

#[test]
fn what_is_no_tl_is_refused_with_line_column_and_definition() {
    let (_folder, path) = folder_with("a.tl", "");
    for (line, column, definition) in [
        ("a flags:# x:flags.32?int = A;", 13, "a"),
        ("b x:Vector<int>> = B;", 16, "b"),
        ("c x:int, y:int = C;", 8, "c"),
        ("d x: = D;", 6, "d"),
        ("e x:int = 7;", 11, "e"),
        ("f x:int x:int = F;", 9, "f"),
        ("ok x:int = Ok;", 1, "ok"),
        ("g x:Vector<int>y:int = G;", 16, "g"),
        ("h x:flags.0?int = H;", 5, "h"),
        ("i (x:int = I;", 3, "i"),
        ("j x:int = J; $", 14, "$"),
        ("k x:int = K; k", 15, "k"),
        ("l#d4edbe69 = L;", 1, "l"),
    ] {
        fs::write(&path, format!("ok#d4edbe69 = Ok;\n{line}\n")).unwrap();
        let ran = run(&["schema", "convert", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        let start = format!("error: {}: line 2, column {column}: ", path.display());
        assert!(ran.err.starts_with(&start), "{line}: {}", ran.err);
        assert!(ran.err.contains(&format!("`{definition}`")), "{line}: {}", ran.err);
    }
}

/// The heads of a constructor of secret chats as TDLib names it, and of one as a schema of one's own has it.
const OTHERS_IDS: &str = "\
decryptedMessage8#1f814f1f random_id:long random_bytes:bytes message:string = DecryptedMessage;
own#11223344 x:int = Own;
";

#[test]
fn ids_are_believed_where_nothing_is_generated_and_the_user_is_told() {
    let (_folder, path) = folder_with("others.tl", OTHERS_IDS);
    let warning = format!(
        "warning: {}: taken as written, though the text gives another id: `decryptedMessage8` 1f814f1f (its text gives 69fef50f), \
         `own` 11223344 (its text gives fbc8feaf)\n",
        path.display()
    );
    let ran = run(&["schema", "lock", text(&path)]);
    assert_eq!((ran.code, ran.err.as_str()), (0, warning.as_str()));
    let ran = run(&["schema", "diff", text(&path), text(&path), "--semver"]);
    assert_eq!((ran.code, ran.err), (0, warning.repeat(2)));
    let ran = run(&["inspect", "--schema", text(&path), "44332211 07000000"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, warning.as_str()));
    assert!(ran.out.contains("x: int = 7"), "{}", ran.out);
}

#[test]
fn exceptions_come_with_a_schema_of_ones_own() {
    let (_folder, schema) =
        folder_with("own.tl", "own#11223344 x:int = Own;\n---functions---\nwait = Nothing;\n");
    let list = r#"{"ids":[{"definition":"own","id":"11223344","reason":"chosen by hand"}],"no_result":["wait"]}"#;
    let (_list, exceptions) = folder_with("own.json", list);
    let lock = |options: &[&str]| run(&[&["schema", "lock", text(&schema)], options].concat());
    let ran = lock(&[]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.ends_with("`wait`: the type `Nothing` of `result` has no constructor\n"),
        "{}",
        ran.err
    );
    let ran = lock(&["--exceptions", text(&exceptions)]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let diff = [
        "schema",
        "diff",
        text(&schema),
        text(&schema),
        "--semver",
        "--exceptions",
        text(&exceptions),
    ];
    let ran = run(&diff);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = run(&[
        "inspect",
        "4433221107000000",
        "--schema",
        text(&schema),
        "--exceptions",
        text(&exceptions),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    fs::write(&exceptions, r#"{"ids":[{"definition":"own","id":"11223344"}]}"#).unwrap();
    let ran = lock(&["--exceptions", text(&exceptions)]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("own.json: not a list of exceptions: missing field `reason`"),
        "{}",
        ran.err
    );
}

#[test]
fn what_tdlib_builds_in_keeps_its_bytes() {
    let tl = "double ? = Double;\nint32 = Int32;\nint53 = Int53;\nint64 = Int64;\nbytes = Bytes;\n\
        file id:int32 size:int53 unique:int64 = File;\n";
    let (_folder, path) = folder_with("td_api.tl", tl);
    let value = "a7497f88 07000000 0000000000010000 fbffffffffffffff";
    let ran = run(&["inspect", "--schema", text(&path), value]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for number in ["id: int32 = 7", "size: int53 = 1099511627776", "unique: int64 = -5"] {
        assert!(ran.out.contains(number), "{}", ran.out);
    }
    let (_folder, path) = folder_with("own.tl", "int48 = Int48;\nfile size:int48 = File;\n");
    let ran = run(&["schema", "lock", text(&path)]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("`int48` has no parameters")
            && ran.err.contains("`int48 value:long = …;`"),
        "{}",
        ran.err
    );
}

#[test]
fn names_of_several_layers_are_told_apart_by_them() {
    let entry = |id: &str, layer: u32| {
        format!(
            r#"{{"id":"{id}","predicate":"d","params":[{{"name":"x","type":"int"}}],"type":"D","layer":{layer}}}"#
        )
    };
    let schema = |entries: &[String]| {
        format!(r#"{{"constructors":[{}],"methods":[]}}"#, entries.join(",\n"))
    };
    let id = "-745070533";
    let (_old, old) = folder_with("old.json", &schema(&[entry(id, 8)]));
    let (_new, new) =
        folder_with("new.tl", "===8===\nd x:int = D;\n===17===\nd#00000002 x:long = D;\n");
    let ran = run(&["schema", "diff", text(&old), text(&new)]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("constructors: 1 added, 0 removed, 0 changed\n+ d17#00000002 x:long = D;\n"),
        "{}",
        ran.out
    );
    let ran = run(&["inspect", "--schema", text(&new), "02000000 0700000000000000"]);
    assert!(ran.out.contains("d17#00000002"), "{}", ran.out);
    fs::write(&old, schema(&[entry("1", 8), entry("2", 8)])).unwrap();
    let ran = run(&["schema", "lock", text(&old)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.ends_with("line 2, column 1: `d8` is defined twice\n"), "{}", ran.err);
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
