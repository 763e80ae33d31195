//! Each layer by its number, and lists that are none.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{Exceptions, json};

/// What Telegram had from layer 135 to 230.
pub(crate) const HISTORY: &str = include_str!("../../../schema/history.tl");
const LAYER_230: &str = include_str!("../../../schema/api.json");
const LAYER_225: &str = include_str!("../../tests/schemas/api-layer225.json");

fn history() -> Layers<'static> {
    Layers::parse(HISTORY).unwrap()
}

/// Definitions of a schema by id.
fn definitions(schema: &Schema) -> BTreeMap<u32, &str> {
    let constructors = schema.constructors.iter().map(|c| (c.id, c.tl.as_str()));
    constructors.chain(schema.functions.iter().map(|f| (f.id, f.tl.as_str()))).collect()
}

#[test]
fn all_96_layers_are_schemas_with_the_definitions_of_the_next_lower_that_was_seen() {
    let layers = history();
    assert_eq!((layers.range(), layers.seen().count()), (135..=230, 83));
    let mut lower = 0;
    for layer in 135..=230 {
        let schema = layers.at(layer).unwrap_or_else(|error| panic!("{error}"));
        if layers.seen().any(|seen| seen == layer) {
            lower = layer;
        }
        assert_eq!(schema.layer, Some(lower), "{layer}");
        if lower != layer {
            continue;
        }
        let expected: BTreeMap<u32, &str> = layers
            .lines
            .iter()
            .filter(|line| (line.first..=line.last).contains(&lower))
            // What TL builds in is no constructor of the schema.
            .filter(|line| {
                !["vector", "boolTrue", "boolFalse", "true", "int256", "bytes"]
                    .contains(&line.name())
            })
            .map(|line| (line.id().unwrap(), line.tl))
            .collect();
        let mut found = definitions(schema);
        found.retain(|_, tl| !tl.starts_with("true#"));
        assert_eq!(found.len(), expected.len(), "{layer}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{layer}");
        }
    }
    assert!(std::ptr::eq(layers.at(230).unwrap(), layers.at(230).unwrap()));
}

/// A bit that has no bytes counts for no id: later layers have more of them under an id, and the list has the latest.
#[test]
fn the_layers_that_are_known_from_elsewhere_are_the_same_but_for_bits() {
    let layers = history();
    let others = |text| {
        let schema = resolve::resolve(&json::parse(text).unwrap(), &Exceptions::NONE, &[]).unwrap();
        definitions(&schema).into_iter().map(|(id, tl)| (id, tl.to_owned())).collect()
    };
    let without_bits = |tl: &str| {
        tl.split(' ').filter(|part| !part.ends_with("?true")).collect::<Vec<_>>().join(" ")
    };
    let found: BTreeMap<u32, String> = others(LAYER_230);
    for (id, tl) in definitions(layers.at(230).unwrap()) {
        assert_eq!(found.get(&id).map(String::as_str), Some(tl));
    }
    let (found, ours): (BTreeMap<u32, String>, _) =
        (others(LAYER_225), definitions(layers.at(225).unwrap()));
    for (id, tl) in &found {
        assert_eq!(without_bits(ours[id]), without_bits(tl));
    }
    // Seen in another copy of the layer.
    let more: Vec<_> = ours.iter().filter(|(id, _)| !found.contains_key(id)).collect();
    assert!(matches!(more[..], [(0x5b1c_cb28, _)]), "{more:x?}");
}

/// Six names of phone calls have two ids from layer 196 to 201.
#[test]
fn of_two_with_a_name_both_are_read_and_the_narrower_is_written() {
    let layers = history();
    let widths: BTreeMap<u32, u32> =
        layers.lines.iter().map(|line| (line.id().unwrap(), line.last - line.first)).collect();
    let mut twice = BTreeSet::new();
    for layer in 190..=205 {
        let codec = layers.codec(layer).unwrap();
        for definition in codec.definitions() {
            let of_kind =
                |d: &&crate::dynamic::Definition<'_>| d.is_function() == definition.is_function();
            let named: Vec<_> = codec.named(definition.name()).iter().filter(of_kind).collect();
            let ids: Vec<_> = named.iter().map(|definition| definition.id()).collect();
            assert!(ids.is_sorted_by(|one, next| widths[one] < widths[next]), "{ids:x?}");
            if ids.len() > 1 {
                assert!((196..=201).contains(&layer), "{layer}: {}", definition.name());
                twice.insert(definition.name().to_owned());
                // It is of the type that its name is of, and readable as such.
                let value = crate::dynamic::arbitrary(&codec, *definition, &mut || 7, 50);
                let bytes = codec.encode(&value).unwrap();
                assert_eq!(codec.decode(&bytes).as_ref(), Ok(&value));
                if !definition.is_function() {
                    let target = codec.target(definition.ty()).unwrap();
                    assert_eq!(codec.decode_as(&target, &bytes), Ok(value));
                }
            }
        }
    }
    let expected = [
        "phone.requestCall",
        "phoneCall",
        "phoneCallAccepted",
        "phoneCallDiscarded",
        "phoneCallRequested",
        "phoneCallWaiting",
    ];
    assert_eq!(twice.iter().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_definition_is_followed_over_its_layers() {
    let layers = history();
    let lines = layers.history("keyboardButton");
    let ranges: Vec<_> = lines.iter().map(|line| (line.first, line.last)).collect();
    assert_eq!(ranges, [(135, 221), (222, 228), (229, 230)]);
    assert_eq!(layers.history("nothing"), [] as [&Line<'_>; 0]);
    assert_eq!(layers.latest_with_id(0xa2fa_4880), Some(221));
    assert_eq!(layers.latest_with_id(1), None);
}

#[test]
fn a_layer_that_is_not_there_and_a_list_that_is_none_are_refused() {
    let layers = history();
    for layer in [0, 134, 231, u32::MAX] {
        let unknown = LayersError::Unknown { layer, first: 135, last: 230 };
        assert_eq!(layers.at(layer), Err(unknown));
    }
    for text in [
        "",
        "135 230 a = A;",
        "// LAYERS",
        "// LAYERS ",
        "// LAYERS x",
        "// LAYERS 2 1",
        "// LAYERS 1 1",
    ] {
        assert_eq!(Layers::parse(text).unwrap_err(), LayersError::Head, "{text}");
    }
    for line in
        ["a = A;", "1 a = A;", "x 2 a = A;", "2 1 a = A;", "1 3 a = A;", "0 1 a = A;", "1 2"]
    {
        let text = format!("// LAYERS 1 2\n\n{line}");
        let expected = LayersError::Line { number: 3, text: line.into() };
        assert_eq!(Layers::parse(&text).unwrap_err(), expected, "{line}");
    }
    let wrong = Layers::parse("// LAYERS 1\n1 1 a#00000001 b:B = A;").unwrap();
    assert!(matches!(wrong.at(1), Err(LayersError::Schema { layer: 1, .. })));
}
