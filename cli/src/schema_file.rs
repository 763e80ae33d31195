//! Schemas that the user names, in either form.

use std::fmt::Display;
use std::io;
use std::path::Path;

use telewire_codegen::ir::Schema;
use telewire_codegen::raw::RawSchema;
use telewire_codegen::{Error, Exceptions, Lock, json, resolve, tl_text};

use crate::failure::Failure;
use crate::files;

/// Reads a file as text; `-` is standard input.
pub(crate) fn text(file: &Path) -> Result<String, Failure> {
    let text = if is_stdin(file) {
        files::read(io::stdin(), files::SCHEMA)
    } else {
        files::read_text(file, files::SCHEMA)
    };
    text.map_err(|error| failure(file, &error))
}

/// What is wrong with a file.
pub(crate) fn failure(file: &Path, error: &dyn Display) -> Failure {
    if is_stdin(file) {
        Failure::Input(format!("standard input: {error}"))
    } else {
        Failure::Input(format!("{}: {error}", file.display()))
    }
}

/// Reads a schema in either form. A definition without an id gets the one that its text says.
pub(crate) fn raw(file: &Path) -> Result<RawSchema, Failure> {
    parse(&text(file)?).map_err(|error| failure(file, &error))
}

/// Takes a text as a schema, in whichever form it is. A definition without an id gets the one that its text says.
pub(crate) fn parse(text: &str) -> Result<RawSchema, Error> {
    // No statement of TL begins with a brace.
    let is_json = text.trim_start().starts_with('{');
    let mut raw = if is_json { json::parse(text) } else { tl_text::parse(text) }?;
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    Ok(raw)
}

/// Reads a lock; without a file, the one that names nothing.
pub(crate) fn lock(file: Option<&Path>) -> Result<Lock, Failure> {
    let Some(file) = file else { return Ok(Lock::default()) };
    Lock::parse(&text(file)?).map_err(|error| failure(file, &error))
}

/// Resolves a schema that was read from `file`.
pub(crate) fn resolved(file: &Path, raw: &RawSchema, lock: &Lock) -> Result<Schema, Failure> {
    resolve(raw, lock).map_err(|error| failure(file, &error))
}

/// Resolves a schema by the rules, or if they do not explain it, as Mobile Protocol with its exceptions, which are errors in any
/// other schema.
pub(crate) fn resolve(raw: &RawSchema, lock: &Lock) -> Result<Schema, Error> {
    let resolve = |exceptions| resolve::resolve_locked(raw, exceptions, &[], lock);
    resolve(&Exceptions::NONE).or_else(|error| resolve(&Exceptions::MTPROTO).map_err(|_| error))
}

/// Whether a file is standard input.
pub(crate) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_are_told_apart() {
        assert_eq!(parse("a = A;").unwrap().constructors.len(), 1);
        let json = " {\"constructors\": [], \"methods\": []}";
        assert_eq!(parse(json).unwrap().constructors.len(), 0);
        assert!(parse("a = ").is_err());
    }
}
