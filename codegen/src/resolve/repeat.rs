//! Whether a function may be sent twice. Being safe is a reviewed fact about a function and never guessed from its name.

use crate::Error;
use crate::ir::{Repeat, Schema};
use crate::raw::RawDefinition;

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
        resolve::ids::assign(&mut raw, &Exceptions::NONE).unwrap();
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
    fn the_list_must_fit_the_schema() {
        assert!(matches!(classes("read = Ok;", &["reed"]), Err(Error::Unused { .. })));
        assert_eq!(
            classes("send random_id:long = Ok;", &["send"]),
            Err(Error::RepeatClass { definition: "send".into() })
        );
    }
}
