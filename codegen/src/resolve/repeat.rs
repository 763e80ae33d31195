//! Whether a function may be sent twice. Being safe is a reviewed fact about a function and never guessed from its name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Error;
use crate::ir::{Repeat, Schema};
use crate::raw::{RawDefinition, RawParam, RawSchema};

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

/// The list by which telewire generates its own types: `schema/repeat.json` of its repository.
const REVIEWED: &str = include_str!("../repeat.json");

/// The functions of a schema of one's own that telewire's reviewed list has as safe to repeat: of another layer of the API for
/// instance. Give them to [`resolve`](crate::resolve::resolve()), with those of one's own.
///
/// They are told by their names, which keep their meaning from layer to layer. What carries a `random_id` in this schema is left
/// out, since that makes it safe already.
///
/// ```
/// use telewire_codegen::{Exceptions, resolve, tl_text};
///
/// let raw = tl_text::parse("---functions---\nhelp.getConfig#c4f9186b = Bool;\nnotes.list#00000001 = Bool;")?;
/// let mut safe = resolve::reviewed(&raw)?;
/// assert_eq!(safe, ["help.getConfig"]);
/// safe.push("notes.list".into());
/// # Ok::<(), telewire_codegen::Error>(())
/// ```
///
/// # Errors
///
/// None, but if the list of this crate were broken.
pub fn reviewed(schema: &RawSchema) -> Result<Vec<String>, Error> {
    let lists: BTreeMap<String, Vec<Group>> =
        serde_json::from_str(REVIEWED).map_err(|error| Error::Json(error.to_string()))?;
    let listed: BTreeSet<String> =
        lists.into_values().flatten().flat_map(|group| group.functions).collect();
    let safe =
        schema.functions.iter().filter(|raw| listed.contains(&raw.name) && !is_keyed(schema, raw));
    Ok(safe.map(|raw| raw.name.clone()).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    reason: String,
    functions: Vec<String>,
}

/// The class of a function: listed as safe, carrying a `random_id`, or neither.
pub(super) fn class(
    schema: &RawSchema,
    raw: &RawDefinition,
    safe: &[&str],
) -> Result<Repeat, Error> {
    match (safe.contains(&raw.name.as_str()), is_keyed(schema, raw)) {
        (true, true) => Err(Error::RepeatClass { definition: raw.name.clone() }),
        (true, false) => Ok(Repeat::Safe),
        (false, true) => Ok(Repeat::Keyed),
        (false, false) => Ok(Repeat::Once),
    }
}

/// Whether the server tells repetitions apart by numbers that the client draws: one for the call, one for each of several things
/// (`messages.forwardMessages`), or one within each of them (`messages.sendMultiMedia`). What may be left out is no promise.
fn is_keyed(schema: &RawSchema, raw: &RawDefinition) -> bool {
    let is_number = |p: &RawParam| p.name == "random_id" && p.ty == "long";
    raw.params.iter().any(|param| {
        let item = item_of(&param.ty);
        let mut makes = schema.constructors.iter().filter(|one| Some(one.ty.as_str()) == item);
        let each_has_one = |one: &RawDefinition| one.params.iter().any(is_number);
        is_number(param)
            || param.name == "random_id" && item == Some("long")
            || makes.next().is_some_and(each_has_one) && makes.all(each_has_one)
    })
}

/// What a vector is of.
fn item_of(ty: &str) -> Option<&str> {
    let inner = ty.strip_prefix("Vector<").or_else(|| ty.strip_prefix("vector<"))?;
    inner.strip_suffix('>')
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
    fn numbers_for_several_things_are_told_apart_as_one_is() {
        use Repeat::{Keyed, Once};
        let made = "item random_id:long = Item; one random_id:long = Mixed; other = Mixed; flagged flags:# random_id:flags.0?long = Flagged;";
        for (takes, expected) in [
            ("random_id:Vector<long>", Keyed),
            ("id:Vector<long>", Once),
            ("random_id:Vector<int>", Once),
            ("items:Vector<Item>", Keyed),
            ("items:Vector<Mixed>", Once),
            ("items:Vector<Flagged>", Once),
            ("items:Vector<Ok>", Once),
            // What may be left out, and what may be none of those that have a number.
            ("flags:# random_id:flags.0?long", Once),
            ("flags:# random_id:flags.0?Vector<long>", Once),
            ("flags:# items:flags.0?Vector<Item>", Once),
        ] {
            let text = format!("ok = Ok; {made}\n---functions---\nf {takes} = Ok;");
            let mut raw = tl_text::parse(&text).unwrap();
            resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
            let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
            assert_eq!(schema.functions[0].repeat, expected, "{takes}");
        }
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

    #[test]
    fn the_reviewed_list_serves_a_schema_that_has_some_of_its_functions() {
        let text =
            "help.getConfig = Ok;\nping ping_id:long = Ok;\nusers.getUsers random_id:long = Ok;
            messages.sendMessage random_id:long = Ok;\nnotes.list = Ok;";
        let raw = tl_text::parse(&format!("ok = Ok;\n---functions---\n{text}")).unwrap();
        let safe = reviewed(&raw).unwrap();
        assert_eq!(safe, ["help.getConfig", "ping"]);
        let safe: Vec<&str> = safe.iter().map(String::as_str).collect();
        use Repeat::{Keyed, Once, Safe};
        assert_eq!(classes(text, &safe).unwrap(), [Safe, Safe, Keyed, Keyed, Once]);
        // It is the whole of what the list has, whichever schema of it that stands in.
        let all = ["mtproto", "wrappers", "api"].map(|name| parse_safe_list(REVIEWED, name));
        // Some stand in two of them.
        let all: std::collections::BTreeSet<String> =
            all.into_iter().flat_map(Result::unwrap).collect();
        let functions: String = all.iter().map(|name| format!("{name} = Ok;\n")).collect();
        let raw = tl_text::parse(&format!("ok = Ok;\n---functions---\n{functions}")).unwrap();
        assert_eq!(std::collections::BTreeSet::from_iter(reviewed(&raw).unwrap()), all);
    }
}
