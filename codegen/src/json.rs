//! The official JSON form of a schema, as core.telegram.org/schema/json publishes it: ids are signed decimals in strings.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::raw::{RawDefinition, RawParam, RawSchema};

/// Reads a schema from the official JSON form.
///
/// # Errors
///
/// [`Error::Json`] when the text is not of that form, [`Error::Id`] when an id is not a 32-bit number.
pub fn parse(text: &str) -> Result<RawSchema, Error> {
    let schema: JsonSchema =
        serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))?;
    let constructors = schema
        .constructors
        .into_iter()
        .map(|c| definition(c.predicate, &c.id, c.params, c.ty))
        .collect::<Result<_, _>>()?;
    let functions = schema
        .methods
        .into_iter()
        .map(|m| definition(m.method, &m.id, m.params, m.ty))
        .collect::<Result<_, _>>()?;
    // The official form does not say its layer; who reads it has that from elsewhere.
    Ok(RawSchema { layer: None, constructors, functions })
}

/// Writes a schema in the official JSON form, one definition a line so that changes can be read as a diff.
///
/// # Errors
///
/// [`Error::NoId`] when a definition has no id: run [`assign_missing`](crate::resolve::ids::assign_missing) first.
pub fn print(schema: &RawSchema) -> Result<String, Error> {
    let mut out = String::from("{\"constructors\":[");
    for (i, constructor) in schema.constructors.iter().enumerate() {
        let line = JsonConstructor {
            id: id(constructor)?,
            predicate: constructor.name.clone(),
            params: params(constructor),
            ty: constructor.ty.clone(),
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
        };
        push_line(&mut out, i, &line)?;
    }
    out.push_str("\n]}\n");
    Ok(out)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonSchema {
    constructors: Vec<JsonConstructor>,
    methods: Vec<JsonMethod>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonConstructor {
    id: String,
    predicate: String,
    params: Vec<JsonParam>,
    #[serde(rename = "type")]
    ty: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonMethod {
    id: String,
    method: String,
    params: Vec<JsonParam>,
    #[serde(rename = "type")]
    ty: String,
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
    params: Vec<JsonParam>,
    ty: String,
) -> Result<RawDefinition, Error> {
    // Every published id is a signed decimal; an unsigned one would be another tool's form.
    let id: i32 =
        id.parse().map_err(|_| Error::Id { definition: name.clone(), text: id.to_owned() })?;
    let params = params.into_iter().map(|p| RawParam { name: p.name, ty: p.ty }).collect();
    Ok(RawDefinition { name, id: Some(id.cast_unsigned()), params, ty })
}

fn id(definition: &RawDefinition) -> Result<String, Error> {
    match definition.id {
        Some(id) => Ok(id.cast_signed().to_string()),
        None => Err(Error::NoId { definition: definition.name.clone() }),
    }
}

fn params(definition: &RawDefinition) -> Vec<JsonParam> {
    definition.params.iter().map(|p| JsonParam { name: p.name.clone(), ty: p.ty.clone() }).collect()
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
            assert_eq!(
                parse(&text),
                Err(Error::Id { definition: "pong".into(), text: id.into() }),
                "{id}"
            );
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
    fn printing_needs_ids() {
        let mut schema = parse(PING).unwrap();
        schema.functions[0].id = None;
        assert_eq!(print(&schema), Err(Error::NoId { definition: "ping".into() }));
    }
}
