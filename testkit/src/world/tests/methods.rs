//! All methods, one by one: each is refused to those who may not call it, and each is in a test.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

use telewire::crypto::KeyId;
use telewire::ids::SessionId;
use telewire::rpc::RpcError;
use telewire_codegen::dynamic::{Arbitrary, Codec};
use telewire_codegen::layers::Layers;

use super::{Device, Script};
use crate::methods::{Who, named};

/// The layer of the API's types.
const LAYER: u32 = 230;

const UNREGISTERED: &str = "401 AUTH_KEY_UNREGISTERED";

fn nobody() -> Device {
    Device { user: 0, key: KeyId(-1), session: SessionId(-1) }
}

/// A call with as little as it can have.
fn least(codec: &Codec<'_>, id: u32) -> Vec<u8> {
    let definition = codec.with_id(id)[0];
    let value = Arbitrary::new(codec).value(definition, &mut || 0, 0);
    codec.encode(&value).unwrap()
}

#[test]
fn each_method_is_refused_to_those_who_may_not_call_it_and_by_script() {
    let layers = Layers::parse(telewire::schema::HISTORY_TL).unwrap();
    let codec = layers.codec(LAYER).unwrap();
    for (name, (id, who)) in named() {
        let call = least(&codec, id);
        let mut script = Script::new();
        let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
        let flood = VecDeque::from([RpcError::parse(420, "FLOOD_WAIT_7")]);
        script.world.state().auth.refusals.insert(id, flood);
        assert_eq!(script.ask_raw(ada, &call), Err("420 FLOOD_WAIT_7".into()), "{name}");
        let is_refused = |script: &mut Script, by, error: &str| {
            assert_eq!(script.ask_raw(by, &call), Err(error.into()), "{name}");
        };
        match who {
            Who::Anybody => {}
            Who::AnybodyButBots => is_refused(&mut script, echo, "400 BOT_METHOD_INVALID"),
            Who::Accounts => is_refused(&mut script, nobody(), UNREGISTERED),
            Who::People => {
                is_refused(&mut script, nobody(), UNREGISTERED);
                is_refused(&mut script, echo, "400 BOT_METHOD_INVALID");
            }
            Who::Bots => {
                is_refused(&mut script, nobody(), UNREGISTERED);
                is_refused(&mut script, ada, "400 USER_BOT_REQUIRED");
            }
        }
    }
}

#[test]
fn a_call_that_says_as_little_as_it_can_has_an_answer_or_an_error_of_telegram_s() {
    let layers = Layers::parse(telewire::schema::HISTORY_TL).unwrap();
    let codec = layers.codec(LAYER).unwrap();
    let mut answered = 0;
    for (_, (id, _)) in named() {
        let call = least(&codec, id);
        let mut script = Script::new();
        let all = [script.user("Ada"), script.bot("Echo"), nobody()];
        answered += all.into_iter().filter(|by| script.ask_raw(*by, &call).is_ok()).count();
    }
    assert!(answered > 50, "{answered}");
}

/// The text of all tests of this package, in lower case.
fn tests(folder: &Path, is_test: bool, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            tests(&path, is_test || name == "tests", into);
        } else if (is_test || name == "tests.rs") && name.ends_with(".rs") {
            into.push(fs::read_to_string(&path).unwrap().to_lowercase());
        }
    }
}

/// Whether a file names a function of the API: by its folder, or after an import of it.
fn names(text: &str, folder: &str, function: &str) -> bool {
    let is_word = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let by_folder = format!("{folder}::{function}");
    let mut direct = text.split(&by_folder).skip(1);
    if direct.any(is_word) {
        return true;
    }
    let import = format!("functions::{folder}::{{");
    let mut imported = text.split(&import).skip(1);
    let is_among = |list: &str| {
        let list = list.split('}').next().unwrap_or_default();
        list.split(',').any(|name| name.trim() == function)
    };
    imported.any(is_among)
}

#[test]
fn each_method_is_in_a_test() {
    let mut all = Vec::new();
    tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), false, &mut all);
    tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), true, &mut all);
    let missing = named().into_keys().filter(|name| {
        // Rust and the API differ in case.
        let (folder, function) = name.split_once('.').unwrap();
        !all.iter().any(|text| names(text, folder, &function.to_lowercase()))
    });
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(!all.iter().any(|text| names(text, "messages", &["send", "nothing"].concat())));
}

/// The methods of a row of the README's table: `folder.*` says the folder of those that follow it.
fn listed(row: &str) -> Vec<String> {
    let mut folder = String::new();
    let mut all = Vec::new();
    for part in row.split('`').skip(1).step_by(2) {
        match part.split_once('.') {
            Some((of, "*")) => of.clone_into(&mut folder),
            Some(_) => all.push(part.to_owned()),
            // What has an underscore is a parameter.
            None if part.starts_with(char::is_lowercase) && !part.contains('_') => {
                all.push(format!("{folder}.{part}"));
            }
            None => {}
        }
    }
    all
}

#[test]
fn the_readme_lists_each_method_and_no_other() {
    let text = include_str!("../../../README.md");
    let table = text.split("| of | methods |").nth(1).unwrap();
    let rows = table.lines().take_while(|line| line.is_empty() || line.starts_with('|'));
    let rows = rows.filter(|line| line.starts_with("| "));
    let mut all: Vec<String> = rows.flat_map(listed).collect();
    all.sort_unstable();
    let mut expected: Vec<_> = named().into_keys().map(str::to_owned).collect();
    expected.sort_unstable();
    assert_eq!(all, expected);
}
