//! The schemas to read by.

use std::path::{Path, PathBuf};

use telewire::schema::{API_JSON, MTPROTO_JSON, WRAPPERS_JSON};
use telewire_codegen::ir::Schema;
use telewire_codegen::{Error, Exceptions, json, resolve, tl_text};

use crate::failure::Failure;
use crate::files;

/// Reads the schemas of these files; without one, gives Telegram's.
pub(super) fn load(paths: &[PathBuf]) -> Result<Vec<Schema>, Failure> {
    if paths.is_empty() {
        let schemas = [MTPROTO_JSON, API_JSON, WRAPPERS_JSON];
        return schemas
            .into_iter()
            .map(|text| parse(text).map_err(|e| wrong("schema", &e)))
            .collect();
    }
    paths.iter().map(|path| load_one(path)).collect()
}

fn load_one(path: &Path) -> Result<Schema, Failure> {
    let name = path.display().to_string();
    let text = files::read_text(path, files::SCHEMA)
        .map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    parse(&text).map_err(|error| wrong(&name, &error))
}

/// Parses the JSON form or the text form, whichever it is.
fn parse(text: &str) -> Result<Schema, Error> {
    let raw = if text.trim_start().starts_with('{') {
        json::parse(text)?
    } else {
        let mut raw = tl_text::parse(text)?;
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        raw
    };
    // Mobile Protocol has exceptions of its own, which are errors in any other schema.
    resolve::resolve(&raw, &Exceptions::NONE, &[])
        .or_else(|error| resolve::resolve(&raw, &Exceptions::MTPROTO, &[]).map_err(|_| error))
}

fn wrong(name: &str, error: &Error) -> Failure {
    Failure::Input(format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_schemas_are_at_hand() {
        let schemas = load(&[]).unwrap();
        assert_eq!(schemas.len(), 3);
        assert!(schemas.iter().map(|s| s.constructors.len()).sum::<usize>() > 1_500);
    }

    #[test]
    fn text_and_json_are_told_apart() {
        assert_eq!(parse("a = A;").unwrap().constructors.len(), 1);
        assert_eq!(
            parse(" {\"constructors\": [], \"methods\": []}").unwrap().constructors.len(),
            0
        );
        assert!(parse("a = ").is_err());
    }
}
