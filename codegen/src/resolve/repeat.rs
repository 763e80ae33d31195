//! Whether a function may be sent twice. Being safe is a reviewed fact about a function and never guessed from its name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Error;
use crate::ir::{Repeat, Schema};
use crate::raw::RawDefinition;

/// Reads the functions of one schema from the reviewed list of those that are safe to repeat:
/// `{"schema": [{"reason": "…", "functions": ["…"]}]}`.
///
/// # Errors
///
/// [`Error::Json`] when the text is not of that form or a group has no reason, [`Error::DuplicateDefinition`] when a
/// function is listed twice.
pub fn parse_safe_list(text: &str, schema: &str) -> Result<Vec<String>, Error> {
    let mut lists: BTreeMap<String, Vec<Group>> =
        serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))?;
    let groups = lists.remove(schema).unwrap_or_default();
    if let Some(group) = groups.iter().find(|group| group.reason.trim().is_empty()) {
        return Err(Error::Json(format!("the group of {:?} has no reason", group.functions)));
    }
    let functions: Vec<String> = groups.into_iter().flat_map(|group| group.functions).collect();
    let mut seen = BTreeSet::new();
    match functions.iter().find(|function| !seen.insert(function.as_str())) {
        Some(twice) => Err(Error::DuplicateDefinition { definition: twice.clone() }),
        None => Ok(functions),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    reason: String,
    functions: Vec<String>,
}

/// The class of a function: listed as safe, carrying a `random_id`, or neither.
pub(super) fn class(raw: &RawDefinition, safe: &[&str]) -> Result<Repeat, Error> {
    let is_keyed = raw.params.iter().any(|p| p.name == "random_id" && p.ty == "long");
    match (safe.contains(&raw.name.as_str()), is_keyed) {
        (true, true) => Err(Error::RepeatClass { definition: raw.name.clone() }),
        (true, false) => Ok(Repeat::Safe),
        (false, true) => Ok(Repeat::Keyed),
        (false, false) => Ok(Repeat::Once),
    }
}

/// Every entry of the list must be a function of the schema.
pub(super) fn all_used(schema: &Schema, safe: &[&str]) -> Result<(), Error> {
    match safe.iter().find(|name| !schema.functions.iter().any(|f| f.name.tl == **name)) {
        Some(name) => Err(Error::Unused {
            list: "list of functions that are safe to repeat names",
            definition: (*name).to_owned(),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::{resolve, tl_text};

    fn classes(text: &str, safe: &[&str]) -> Result<Vec<Repeat>, Error> {
        let mut raw = tl_text::parse(&format!("ok = Ok;\n---functions---\n{text}")).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, safe)?;
        Ok(schema.functions.iter().map(|f| f.repeat).collect())
    }

    #[test]
    fn the_list_the_random_id_or_once() {
        let text = "read = Ok; send random_id:long = Ok; join = Ok; odd random_id:int = Ok;";
        assert_eq!(
            classes(text, &["read"]),
            Ok(vec![Repeat::Safe, Repeat::Keyed, Repeat::Once, Repeat::Once])
        );
    }

    #[test]
    fn the_list_gives_a_reason_for_each_group() {
        let text =
            r#"{"a":[{"reason":"r","functions":["f","g"]},{"reason":"s","functions":["h"]}]}"#;
        assert_eq!(parse_safe_list(text, "a").unwrap(), ["f", "g", "h"]);
        assert_eq!(parse_safe_list(text, "b").unwrap(), [""; 0]);
        assert!(parse_safe_list(&text.replace('r', " "), "a").is_err());
        assert!(parse_safe_list(&text.replace("\"s\"", "\"\""), "a").is_err());
        assert_eq!(
            parse_safe_list(&text.replace("\"h\"", "\"f\""), "a"),
            Err(Error::DuplicateDefinition { definition: "f".into() })
        );
    }

    #[test]
    fn the_list_must_fit_the_schema() {
        assert!(matches!(classes("read = Ok;", &["reed"]), Err(Error::Unused { .. })));
        assert_eq!(
            classes("send random_id:long = Ok;", &["send"]),
            Err(Error::RepeatClass { definition: "send".into() })
        );
    }
}
