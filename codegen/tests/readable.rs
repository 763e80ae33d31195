//! Generated code as a person meets it who follows a name to its definition.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use telewire_codegen::{Exceptions, Facts, Links, Options, Serde, generate, json, resolve};

const LAYERS: [(&str, &str); 2] = [
    ("225", include_str!("schemas/api-layer225.json")),
    ("230", include_str!("../../schema/api.json")),
];
const METHODS: &str = include_str!("../../schema/methods.json");

/// The longest line that nobody has to scroll for.
const MAX_LINE: usize = 160;

fn generated(schema: &str) -> String {
    let schema = resolve::resolve(&json::parse(schema).unwrap(), &Exceptions::NONE, &[]).unwrap();
    let options = Options {
        links: Links::Each("https://core.telegram.org".into()),
        server_feature: Some("server".into()),
        serde: Serde::Feature("serde".into()),
        facts: Some(Facts::parse(METHODS).unwrap()),
        ..Options::default()
    };
    generate(&schema, &options).unwrap()
}

/// The code of a line, with literals and comments cut out.
fn code(line: &str) -> String {
    let mut out = String::new();
    for (place, part) in line.split('"').enumerate() {
        // No literal on such a line has a quote of its own.
        if place % 2 == 0 {
            out.push_str(part);
        }
    }
    if out.trim_start().starts_with("///") { String::new() } else { out }
}

#[test]
fn no_line_is_longer_than_a_screen_but_for_what_cannot_be_broken() {
    for (layer, schema) in LAYERS {
        let text = generated(schema);
        for line in text.lines().filter(|line| line.chars().count() > MAX_LINE) {
            // A literal, a link or a path; what is around it is short.
            let longest = match line.split('"').nth(1) {
                Some(literal) => literal.len(),
                None => line.split_whitespace().map(str::len).max().unwrap_or_default(),
            };
            assert!(line.len() - longest < MAX_LINE && longest > 50, "layer {layer}: {line}");
        }
    }
}

#[test]
fn each_item_field_variant_and_statement_begins_its_line() {
    for (layer, schema) in LAYERS {
        let text = generated(schema);
        let (mut items, mut in_enum) = (0, false);
        for line in text.lines() {
            let code = code(line);
            let code = code.replace("[u8; ", "[u8 ");
            let code = code.trim();
            for word in
                ["pub ", "fn ", "impl ", "impl<", "struct ", "enum ", "mod ", "let ", "match "]
            {
                let at_most = usize::from(word != "let ");
                assert!(code.matches(word).count() <= at_most.max(1), "layer {layer}: {line}");
            }
            if code.contains("pub ") {
                items += 1;
                assert!(code.starts_with("pub "), "layer {layer}: {line}");
            }
            if let Some(place) = code.find(';') {
                assert_eq!(place + 1, code.len(), "layer {layer}: {line}");
            }
            // A variant and nothing else.
            if in_enum && !code.is_empty() && code != "}" {
                let comma = code.find(',').map_or(code.len(), |place| place + 1);
                assert_eq!(comma, code.len(), "layer {layer}: {line}");
            }
            in_enum = code.starts_with("pub enum ") || in_enum && code != "}";
        }
        assert!(items > 10_000, "layer {layer}: {items} items");
    }
}

/// The documentation of a function, without its marks.
fn docs<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let head = format!("/// Function [{name}]");
    let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with(&head));
    let docs = lines.take_while(|line| line.starts_with("///"));
    docs.map(|line| line.trim_start_matches('/').trim_start()).collect()
}

#[test]
fn the_page_of_a_function_tells_what_is_known_of_it() {
    let text = generated(LAYERS[1].1);
    let row = |docs: &[&str], name: &str| -> String {
        let found = docs.iter().find_map(|line| line.strip_prefix(&format!("| {name} | ")));
        found.unwrap_or_else(|| panic!("no {name}: {docs:?}")).trim_end_matches(" |").to_owned()
    };
    let send = docs(&text, "messages.sendMessage");
    assert_eq!(
        send[0],
        "Function [messages.sendMessage](https://core.telegram.org/method/messages.sendMessage)."
    );
    assert_eq!(row(&send, "returns"), "[`Updates`](super::super::enums::Updates)");
    assert_eq!(row(&send, "called by"), "users and bots");
    assert!(row(&send, "repeat").starts_with("`Keyed`: "));
    // All of its errors, in rows that fit.
    let facts = Facts::parse(METHODS).unwrap();
    let errors = &facts.functions["messages.sendMessage"].errors;
    assert!(errors.len() > 20);
    for error in errors {
        assert_eq!(
            send.iter().filter(|line| line.contains(&format!("`{error}`"))).count(),
            1,
            "{error}"
        );
    }
    let check = docs(&text, "account.checkUsername");
    assert_eq!(row(&check, "called by"), "users, not bots");
    assert_eq!(row(&check, "returns"), "`bool`");
    // What nobody knows is said too.
    let unknown = docs(&text, "messages.getQuickReplyMessages");
    assert_eq!(row(&unknown, "called by"), "not known");
    assert_eq!(row(&unknown, "errors, layer 223"), "not known");
    let bots = docs(&text, "bots.setBotCommands");
    assert_eq!(row(&bots, "called by"), "bots only");
}

#[test]
fn the_facts_about_functions_fit_the_schema() {
    let facts = Facts::parse(METHODS).unwrap();
    // As they were counted in the source by other means.
    assert_eq!(facts.functions.len(), 468);
    assert_eq!(facts.functions.values().filter(|fact| !fact.errors.is_empty()).count(), 341);
    let schema = json::parse(LAYERS[1].1).unwrap();
    let schema = resolve::resolve(&schema, &Exceptions::NONE, &[]).unwrap();
    let errors = telewire_codegen::errors::names(include_str!("../../schema/errors.json")).unwrap();
    assert_eq!(facts.check(&schema, &errors), Ok(()));
}
