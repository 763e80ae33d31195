//! The official JSON form of a schema, as core.telegram.org/schema/json publishes it: ids are signed decimals in strings.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::expr::TypeExpr;
use crate::raw::{RawDefinition, RawParam, RawSchema};
use crate::{Error, check, lex};

/// Reads a schema from the official JSON form. A definition may have a `layer`, as those of secret chats have.
///
/// # Errors
///
/// [`Error::Json`] when the text is not of that form; [`Error::At`] with the line and column of the entry, when an id is not a
/// 32-bit number or a definition says what TL does not allow.
pub fn parse(text: &str) -> Result<RawSchema, Error> {
    let Map(schema): Map<JsonSchema> =
        serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))?;
    let mut seen = check::Seen::default();
    let constructors = schema.constructors.into_iter().enumerate();
    let constructors = constructors.map(|(index, Map(c))| {
        let JsonConstructor { id, predicate, params, ty, layer } = c;
        let read = definition(predicate, &id, params, ty, layer);
        read.and_then(|raw| checked(raw, false, &mut seen))
            .map_err(|source| located(text, "constructors", index, source))
    });
    let constructors = constructors.collect::<Result<_, _>>()?;
    let functions = schema.methods.into_iter().enumerate();
    let functions = functions.map(|(index, Map(m))| {
        let JsonMethod { id, method, params, ty, layer } = m;
        let read = definition(method, &id, params, ty, layer);
        read.and_then(|raw| checked(raw, true, &mut seen))
            .map_err(|source| located(text, "methods", index, source))
    });
    let functions = functions.collect::<Result<_, _>>()?;
    // The official form does not say the layer of the whole; who reads it has that from elsewhere.
    Ok(RawSchema { constructors, functions, ..RawSchema::default() })
}

/// Writes a schema in the official JSON form, one definition a line so that changes can be read as a diff.
///
/// # Errors
///
/// [`Error::NoId`] when a definition has no id: run [`assign_missing`](crate::resolve::ids::assign_missing) first. What a reader
/// of the result would refuse is an error too, as two definitions of one id.
pub fn print(schema: &RawSchema) -> Result<String, Error> {
    check::schema(schema)?;
    let mut out = String::from("{\"constructors\":[");
    for (i, constructor) in schema.constructors.iter().enumerate() {
        let line = JsonConstructor {
            id: id(constructor)?,
            predicate: constructor.name.clone(),
            params: params(constructor),
            ty: constructor.ty.clone(),
            layer: constructor.layer,
        };
        push_line(&mut out, i, &line)?;
    }
    out.push_str("\n],\n\"methods\":[");
    for (i, function) in schema.functions.iter().enumerate() {
        let line = JsonMethod {
            id: id(function)?,
            method: function.name.clone(),
            params: params(function),
            ty: function.ty.clone(),
            layer: function.layer,
        };
        push_line(&mut out, i, &line)?;
    }
    out.push_str("\n]}\n");
    Ok(out)
}

/// A value from an object of JSON. Derived, a struct would be read from an array too, its fields by their order.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Map<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData)).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonSchema {
    constructors: Vec<Map<JsonConstructor>>,
    methods: Vec<Map<JsonMethod>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonConstructor {
    id: String,
    predicate: String,
    params: Vec<Map<JsonParam>>,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonMethod {
    id: String,
    method: String,
    params: Vec<Map<JsonParam>>,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonParam {
    name: String,
    #[serde(rename = "type")]
    ty: String,
}

fn definition(
    name: String,
    id: &str,
    params: Vec<Map<JsonParam>>,
    ty: String,
    layer: Option<u32>,
) -> Result<RawDefinition, Error> {
    // Every published id is a signed decimal; an unsigned one would be another tool's form.
    let id: i32 =
        id.parse().map_err(|_| Error::Id { definition: name.clone(), text: id.to_owned() })?;
    let params =
        params.into_iter().map(|Map(p)| RawParam { name: p.name, ty: plain(p.ty) }).collect();
    let ty = plain(ty);
    Ok(RawDefinition { name, id: Some(id.cast_unsigned()), params, ty, layer })
}

/// A type in its usual spelling, which is what ids are made of. What is no type is refused later, as it was written.
fn plain(ty: String) -> String {
    ty.parse::<TypeExpr>().map_or(ty, |expr| expr.to_string())
}

fn checked(
    raw: RawDefinition,
    is_function: bool,
    seen: &mut check::Seen,
) -> Result<RawDefinition, Error> {
    check::definition(&raw, is_function).map_err(|fault| fault.error)?;
    seen.add(&raw, is_function)?;
    Ok(raw)
}

/// An error with the place of an entry of one of the two lists.
fn located(text: &str, list: &str, index: usize, source: Error) -> Error {
    let (line, column) = lex::position(text, entry(text, list, index).unwrap_or_default());
    Error::At { line, column, source: Box::new(source) }
}

/// Where an entry stands in a text that was read: its brackets are in order, and a quote in a string has a `\\` before it.
fn entry(text: &str, list: &str, index: usize) -> Option<usize> {
    let (mut depth, mut string, mut escaped) = (0_usize, None, false);
    let (mut key, mut count) = ("", 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match (string, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(start), b'"') => {
                if depth == 1 {
                    (key, count) = (text.get(start..at)?, 0);
                }
                string = None;
            }
            (Some(_), _) => {}
            (None, b'"') => string = Some(at.saturating_add(1)),
            (None, b'{' | b'[') => {
                if byte == b'{' && depth == 2 && key == list {
                    if count == index {
                        return Some(at);
                    }
                    count = count.saturating_add(1);
                }
                depth = depth.saturating_add(1);
            }
            (None, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn id(definition: &RawDefinition) -> Result<String, Error> {
    match definition.id {
        Some(id) => Ok(id.cast_signed().to_string()),
        None => Err(Error::NoId { definition: definition.name.clone() }),
    }
}

fn params(definition: &RawDefinition) -> Vec<Map<JsonParam>> {
    let param = |p: &RawParam| Map(JsonParam { name: p.name.clone(), ty: p.ty.clone() });
    definition.params.iter().map(param).collect()
}

fn push_line(out: &mut String, index: usize, line: &impl Serialize) -> Result<(), Error> {
    out.push_str(if index == 0 { "\n" } else { ",\n" });
    out.push_str(&serde_json::to_string(line).map_err(|error| Error::Json(error.to_string()))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: &str = r#"{"constructors":[
{"id":"880243653","predicate":"pong","params":[{"name":"msg_id","type":"long"},{"name":"ping_id","type":"long"}],"type":"Pong"}
],
"methods":[
{"id":"2059302892","method":"ping","params":[{"name":"ping_id","type":"long"}],"type":"Pong"}
]}
"#;

    #[test]
    fn what_is_read_prints_as_it_was() {
        let schema = parse(PING).unwrap();
        assert_eq!(schema.constructors[0].id, Some(0x347773c5));
        assert_eq!(schema.functions[0].name, "ping");
        assert_eq!(print(&schema).unwrap(), PING);
    }

    #[test]
    fn negative_ids_are_the_same_32_bits() {
        let text = PING.replace("880243653", "-1");
        assert_eq!(parse(&text).unwrap().constructors[0].id, Some(u32::MAX));
    }

    #[test]
    fn an_id_that_is_no_signed_decimal_is_refused() {
        for id in ["", "0x347773c5", "4294967295", "1.5", " 1"] {
            let text = PING.replace("880243653", id);
            let source = Box::new(Error::Id { definition: "pong".into(), text: id.into() });
            assert_eq!(parse(&text), Err(Error::At { line: 2, column: 1, source }), "{id}");
        }
    }

    #[test]
    fn another_form_is_refused_with_its_place() {
        let Err(Error::Json(message)) = parse("{\"constructors\":[],\n\"functions\":[]}") else {
            panic!("accepted");
        };
        assert!(message.contains("functions") && message.contains("line 2"), "{message}");
        assert!(matches!(parse(""), Err(Error::Json(_))));
    }

    #[test]
    fn an_array_is_no_map() {
        for text in [
            "[[], []]",
            r#"{"constructors":[["1","a",[],"A"]],"methods":[]}"#,
            r#"{"constructors":[{"id":"1","predicate":"a","params":[["x","int"]],"type":"A"}],"methods":[]}"#,
        ] {
            let Err(Error::Json(message)) = parse(text) else { panic!("accepted: {text}") };
            assert!(message.contains("expected a map"), "{message}");
        }
    }

    #[test]
    fn what_the_text_form_refuses_is_refused_with_the_place_of_its_entry() {
        let entry = |id: u8, name: &str, params: &[(&str, &str)], ty: &str| {
            let param = |(name, ty): &(&str, &str)| serde_json::json!({"name": name, "type": ty});
            let params: Vec<_> = params.iter().map(param).collect();
            serde_json::json!({"id": id.to_string(), "predicate": name, "params": params, "type": ty}).to_string()
        };
        for (entry, what) in [
            (entry(2, "a", &[("x", "flags.0?int")], "A"), "no `flags:#` stands before it"),
            (entry(2, "a", &[("flags", "#"), ("x", "flags.32?int")], "A"), "bit 32"),
            (entry(2, "a", &[("x", "Vector<int>>")], "A"), "brackets"),
            (entry(2, "a", &[("x", "int,")], "A"), "no part of a type"),
            (entry(2, "a", &[("x", "int"), ("x", "int")], "A"), "two parameters `x`"),
            (entry(2, "a", &[("x y", "int")], "A"), "`x y` is not a TL name"),
            (entry(2, "a b", &[], "A"), "`a b` is not a TL name"),
            (entry(2, "A", &[], "A"), "small letter"),
            (entry(2, "a", &[], "a"), "capital letter"),
            (entry(2, "a", &[], "A B"), "no part of a type"),
            (entry(2, "a", &[], "A<B>"), "only vectors have arguments"),
            (entry(2, "a", &[], "%A"), "by its name"),
            (entry(2, "first", &[], "A"), "`first` is defined twice"),
            (entry(1, "a", &[], "A"), "`first` and `a` have the same id"),
            (entry(2, "boolTrue", &[("x", "int")], "Bool"), "built in"),
            (entry(2, "int", &[("x", "int")], "Int"), "built in"),
            (entry(2, "vector", &[], "Vector t"), "builds in"),
        ] {
            let first = serde_json::json!({"id": "1", "predicate": "first", "params": [{"name": "t", "type": "string"}], "type": "F"});
            let text = format!("{{\"constructors\":[{first},\n {entry}],\"methods\":[]}}");
            let error = parse(&text).unwrap_err();
            let Error::At { line: 2, column: 2, source } = &error else {
                panic!("{what}: {error}")
            };
            assert!(source.to_string().contains(what), "{source}");
        }
        let methods = r#"{"methods":[
 {"id":"1","method":"f","params":[],"type":"A"},
   {"id":"2","method":"g","params":[{"name":"x","type":"%"}],"type":"A"}],"constructors":[]}"#;
        let error = parse(methods).unwrap_err();
        assert!(matches!(error, Error::At { line: 3, column: 4, .. }), "{error}");
    }

    #[test]
    fn names_once_per_layer_are_of_their_layers() {
        let entry = |id: u8, layer: &str| {
            format!(r#"{{"id":"{id}","predicate":"d","params":[],"type":"D"{layer}}}"#)
        };
        let text = |second: &str| {
            let entries = [entry(1, ""), entry(2, r#","layer":8"#), entry(3, second)];
            format!("{{\"constructors\":[\n{}\n],\n\"methods\":[\n]}}\n", entries.join(",\n"))
        };
        let schema = parse(&text(r#","layer":17"#)).unwrap();
        let names: Vec<String> = schema.constructors.iter().map(RawDefinition::own_name).collect();
        assert_eq!(names, ["d", "d8", "d17"]);
        assert_eq!(print(&schema).unwrap(), text(r#","layer":17"#));
        for (again, name) in [("", "d"), (r#","layer":8"#, "d8")] {
            let source = Box::new(Error::DuplicateDefinition { definition: name.into() });
            assert_eq!(parse(&text(again)), Err(Error::At { line: 4, column: 1, source }));
        }
    }

    #[test]
    fn printing_needs_ids() {
        let mut schema = parse(PING).unwrap();
        schema.functions[0].id = None;
        assert_eq!(print(&schema), Err(Error::NoId { definition: "ping".into() }));
    }
}
