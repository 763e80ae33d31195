//! One construct of TL a case: `golden/CASE.json` must give `golden/CASE.rs`.
//!
//! After a change of the generator, `UPDATE_GOLDEN=1 cargo test -p telewire-codegen --test golden` rewrites them; read
//! the difference before you commit it. `codegen/compiled` compiles the same cases and runs values through them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use telewire_codegen::{Exceptions, Facts, Links, Options, Serde, generate, json, resolve};

/// What the cases need besides their schema.
fn exceptions(case: &str) -> Exceptions {
    match case {
        "object_measured" => Exceptions::NONE.with_measured("message", "bytes", "body"),
        "function_without_result" => Exceptions::NONE.with_no_result("http_wait"),
        _ => Exceptions::NONE,
    }
}

/// What is known of the functions of the case `functions`; of one of them nothing.
const FACTS: &str = r#"{"layer": 223, "functions": {
    "ping.send": {"who": "both", "errors": ["A_RATHER_LONG_ERROR", "ANOTHER_ERROR_OF_THIS_LENGTH", "PEER_ID_INVALID", "SLOWMODE_WAIT_X"]},
    "ping.count": {"who": "users"}
}}"#;

fn options(case: &str) -> Options {
    Options {
        runtime: "::telewire::tl".into(),
        links: Links::Each("https://core.telegram.org".into()),
        server_feature: Some("server".into()),
        serde: Serde::Feature("serde".into()),
        facts: (case == "functions").then(|| Facts::parse(FACTS).unwrap()),
    }
}

fn cases() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    cases.sort();
    cases
}

fn generated(case: &str, path: &Path) -> String {
    let raw = json::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = resolve::resolve(&raw, &exceptions(case), &[]).unwrap();
    generate(&schema, &options(case)).unwrap()
}

#[test]
fn each_construct_gives_the_code_that_was_reviewed() {
    let cases = cases();
    assert!(cases.len() >= 20, "{} cases", cases.len());
    for (case, path) in cases {
        let code = generated(&case, &path);
        let golden = path.with_extension("rs");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, code).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if let Some(line) = first_difference(&expected, &code) {
            panic!(
                "{case}: the generated code differs from {} at line {line}; if that is right, run\n\
                 UPDATE_GOLDEN=1 cargo test -p telewire-codegen --test golden",
                golden.display()
            );
        }
    }
}

#[test]
fn the_same_schema_gives_the_same_code() {
    for (case, path) in cases() {
        let first = generated(&case, &path);
        for _ in 0..10 {
            assert_eq!(generated(&case, &path), first, "{case}");
        }
    }
}

fn first_difference(expected: &str, actual: &str) -> Option<usize> {
    let pairs = expected.lines().zip(actual.lines());
    let differs = pairs.enumerate().find(|(_, (a, b))| a != b).map(|(line, _)| line + 1);
    differs.or_else(|| {
        let (a, b) = (expected.lines().count(), actual.lines().count());
        (a != b).then_some(a.min(b) + 1)
    })
}
