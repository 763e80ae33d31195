//! The converter, held against a layer that is published in both forms.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeMap;

use telewire_codegen::raw::RawDefinition;
use telewire_codegen::{Exceptions, json, resolve, tl_text};

const TL: &str = include_str!("schemas/api-layer225.tl");
const JSON: &str = include_str!("schemas/api-layer225.json");

fn by_name(definitions: &[RawDefinition]) -> BTreeMap<&str, &RawDefinition> {
    definitions.iter().map(|d| (d.name.as_str(), d)).collect()
}

#[test]
fn layer_225_as_text_becomes_layer_225_as_json() {
    let text = tl_text::parse(TL).unwrap();
    let converted = json::parse(&json::print(&text).unwrap()).unwrap();
    let official = json::parse(JSON).unwrap();
    assert_eq!((official.constructors.len(), official.functions.len()), (1573, 783));
    assert_eq!(by_name(&converted.constructors), by_name(&official.constructors));
    assert_eq!(by_name(&converted.functions), by_name(&official.functions));
}

#[test]
fn the_json_printed_has_the_keys_and_values_of_the_official_file() {
    let printed: serde_json::Value =
        serde_json::from_str(&json::print(&tl_text::parse(TL).unwrap()).unwrap()).unwrap();
    let official: serde_json::Value = serde_json::from_str(JSON).unwrap();
    for (list, name) in [("constructors", "predicate"), ("methods", "method")] {
        let entries = |value: &serde_json::Value| -> BTreeMap<String, serde_json::Value> {
            let entries = value[list].as_array().unwrap().iter();
            entries.map(|e| (e[name].as_str().unwrap().to_owned(), e.clone())).collect()
        };
        assert_eq!(entries(&printed), entries(&official));
    }
    assert_eq!(printed.as_object().unwrap().len(), official.as_object().unwrap().len());
}

#[test]
fn every_id_of_layer_225_is_recomputed_from_its_text() {
    let schema = json::parse(JSON).unwrap();
    resolve::ids::check(&schema, &Exceptions::NONE).unwrap();
}

#[test]
fn layer_225_resolves() {
    let schema = resolve::resolve(&json::parse(JSON).unwrap(), &Exceptions::NONE, &[]).unwrap();
    assert_eq!(schema.functions.len(), 783);
    assert_eq!(schema.types.iter().map(|ty| ty.constructors.len()).sum::<usize>(), 1573 - 3);
}
