//! What is known of functions besides what their schema says: who may call them, and which errors they answer with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};

use crate::Error;
use crate::ir::Schema;

/// A list of facts about functions; the documentation of each tells what stands here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The layer of the API of which the errors are known.
    pub layer: u32,
    /// The functions, by their names in the schema.
    #[serde(deserialize_with = "each_once")]
    pub functions: BTreeMap<String, Fact>,
}

/// What is known of a function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Who may call it.
    pub who: Caller,
    /// The names of the errors that it is known to answer with; none if none is known.
    #[serde(default)]
    pub errors: Vec<String>,
}

/// Who may call a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// People's accounts, not bots.
    Users,
    /// Bots only.
    Bots,
    /// Both.
    Both,
}

impl Facts {
    /// Reads a list: `{"layer": 223, "functions": {"f": {"who": "users", "errors": ["FLOOD_WAIT_X"]}, …}}`.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] when the text is not of that form, names a function twice, or says of one what is not understood.
    pub fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))
    }

    /// Whether the facts fit a schema, and the list of [errors](crate::errors) that are known at all.
    ///
    /// # Errors
    ///
    /// [`Error::Unused`] for a function that the schema does not have, [`Error::KnownError`] for an error that is not in that
    /// list.
    pub fn check(&self, schema: &Schema, errors: &BTreeSet<String>) -> Result<(), Error> {
        let functions: BTreeSet<&str> =
            schema.functions.iter().map(|function| function.name.tl.as_str()).collect();
        for (name, fact) in &self.functions {
            if !functions.contains(name.as_str()) {
                let list = "list of facts about functions names";
                return Err(Error::Unused { list, definition: name.clone() });
            }
            if let Some(error) = fact.errors.iter().find(|error| !errors.contains(*error)) {
                let why = "is not in the list of known errors";
                return Err(Error::KnownError { entry: format!("{error} of {name}"), why });
            }
        }
        Ok(())
    }
}

/// A map that says nothing twice.
fn each_once<'de, D>(deserializer: D) -> Result<BTreeMap<String, Fact>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    struct Each;

    impl<'de> Visitor<'de> for Each {
        type Value = BTreeMap<String, Fact>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map of functions")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut functions = BTreeMap::new();
            while let Some((name, fact)) = map.next_entry::<String, Fact>()? {
                if let Some(first) = functions.insert(name, fact) {
                    return Err(A::Error::custom(format!("a function stands twice, {first:?}")));
                }
            }
            Ok(functions)
        }
    }

    deserializer.deserialize_map(Each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exceptions, resolve, tl_text};

    const LIST: &str = r#"{"layer": 7, "functions": {
        "f": {"who": "users", "errors": ["A", "B_X"]},
        "g": {"who": "both"},
        "h": {"who": "bots", "errors": []}
    }}"#;

    fn schema(functions: &str) -> Schema {
        let mut raw = tl_text::parse(&format!("a = A;\n---functions---\n{functions}")).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap()
    }

    fn errors(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_is_read() {
        let facts = Facts::parse(LIST).unwrap();
        assert_eq!(facts.layer, 7);
        let who: Vec<Caller> = facts.functions.values().map(|fact| fact.who).collect();
        assert_eq!(who, [Caller::Users, Caller::Both, Caller::Bots]);
        assert_eq!(facts.functions["f"].errors, ["A", "B_X"]);
        let (f, all) = (schema("f = A; g = A; h = A; i = A;"), errors(&["A", "B_X", "C"]));
        assert_eq!(facts.check(&f, &all), Ok(()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (part, by) in [
            ("\"layer\": 7, ", ""),
            ("\"layer\": 7", "\"layer\": \"7\""),
            ("\"users\"", "\"people\""),
            ("{\"who\": \"both\"}", "{}"),
            ("\"who\": \"both\"", "\"who\": \"both\", \"premium\": true"),
            ("\"who\": \"both\"", "\"who\": \"both\", \"who\": \"bots\""),
            ("\"errors\": []", "\"errors\": \"A\""),
            ("\"g\"", "\"f\""),
            ("\"layer\"", "\"since\": 1, \"layer\""),
        ] {
            let text = LIST.replace(part, by);
            assert_ne!(text, LIST, "{part}");
            assert!(matches!(Facts::parse(&text), Err(Error::Json(_))), "{part} -> {by}");
        }
    }

    #[test]
    fn a_function_that_no_schema_has_is_an_error() {
        let facts = Facts::parse(LIST).unwrap();
        let Err(Error::Unused { definition, .. }) =
            facts.check(&schema("f = A; h = A;"), &errors(&["A", "B_X"]))
        else {
            panic!("it was taken");
        };
        assert_eq!(definition, "g");
    }

    #[test]
    fn an_error_that_is_not_known_is_an_error() {
        let facts = Facts::parse(LIST).unwrap();
        let error = facts.check(&schema("f = A; g = A; h = A;"), &errors(&["A"])).unwrap_err();
        let Error::KnownError { entry, .. } = error else { panic!("{error}") };
        assert_eq!(entry, "B_X of f");
    }
}
