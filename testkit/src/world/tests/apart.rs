//! The world is the oracle of what clients make of updates, so it shares nothing with what they make it by.

use std::fs;
use std::path::Path;

use super::errors::sources;

/// The first lines of code in which a file names the engine.
fn named_in(text: &str) -> Option<&str> {
    let names = ["telewire::updates", "client::Updates", "schema/boxes.json"];
    let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.find(|line| names.iter().any(|name| line.contains(name)))
}

#[test]
fn um_14_the_world_shares_no_logic_of_boxes_with_the_engine() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 50, "{}", files.len());
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        assert_eq!(named_in(&text), None, "{}", file.display());
    }
    assert!(named_in("//! x\nuse telewire::updates::Engine;").is_some());
}
