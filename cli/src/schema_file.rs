//! Schemas that the user names, in either form.

use std::fmt::Display;
use std::io;
use std::path::Path;

use telewire_codegen::ir::Schema;
use telewire_codegen::raw::RawSchema;
use telewire_codegen::resolve::Resolver;
use telewire_codegen::resolve::ids::{self, Mismatch};
use telewire_codegen::{Error, Exceptions, Lock, json, tl_text};

use crate::failure::{Failure, warn};
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

/// Reads exceptions, the user's own or without a file nobody's.
pub(crate) fn exceptions(file: Option<&Path>) -> Result<Option<Exceptions>, Failure> {
    let parse =
        |file: &Path| Exceptions::parse(&text(file)?).map_err(|error| failure(file, &error));
    file.map(parse).transpose()
}

/// Reads a schema in either form. A definition without an id gets the one that its text, or an exception, says. The ids that are
/// there are believed; the user is told of those that nothing explains.
pub(crate) fn raw(file: &Path, exceptions: Option<&Exceptions>) -> Result<RawSchema, Failure> {
    let raw = parse(&text(file)?, exceptions).map_err(|error| failure(file, &error))?;
    if let Some(message) = odd_ids(&ids::mismatches(&raw, &applying(exceptions, &raw))) {
        warn(&failure(file, &message).to_string());
    }
    Ok(raw)
}

/// Takes a text as a schema, in whichever form it is.
pub(crate) fn parse(text: &str, exceptions: Option<&Exceptions>) -> Result<RawSchema, Error> {
    // No statement of TL begins with a brace.
    let is_json = text.trim_start().starts_with('{');
    let mut raw = if is_json { json::parse(text) } else { tl_text::parse(text) }?;
    let exceptions = applying(exceptions, &raw);
    ids::assign_missing(&mut raw, &exceptions);
    Ok(raw)
}

/// Reads a lock; without a file, the one that names nothing.
pub(crate) fn lock(file: Option<&Path>) -> Result<Lock, Failure> {
    let Some(file) = file else { return Ok(Lock::default()) };
    Lock::parse(&text(file)?).map_err(|error| failure(file, &error))
}

/// Resolves a schema that was read from `file`.
pub(crate) fn resolved(
    file: &Path,
    raw: &RawSchema,
    lock: &Lock,
    exceptions: Option<&Exceptions>,
) -> Result<Schema, Failure> {
    resolve(raw, lock, exceptions).map_err(|error| failure(file, &error))
}

/// Resolves a schema whose ids are believed, by the exceptions that it needs.
pub(crate) fn resolve(
    raw: &RawSchema,
    lock: &Lock,
    exceptions: Option<&Exceptions>,
) -> Result<Schema, Error> {
    let exceptions = applying(exceptions, raw);
    Resolver::new(raw).exceptions(&exceptions).lock(lock).believe_ids().resolve()
}

/// The exceptions that a schema needs, of the user's; without them of those of Mobile Protocol, which may be what it is, or a part.
fn applying(exceptions: Option<&Exceptions>, raw: &RawSchema) -> Exceptions {
    exceptions.unwrap_or(&Exceptions::MTPROTO).applying_to(raw)
}

/// How many ids are told of one by one.
const MAX_TOLD: usize = 3;

/// Says which ids were believed against the text, if any.
fn odd_ids(odd: &[Mismatch]) -> Option<String> {
    let told = odd.iter().take(MAX_TOLD).map(|Mismatch { definition, written, computed }| {
        format!("`{definition}` {written:08x} (its text gives {computed:08x})")
    });
    let told: Vec<String> = told.collect();
    let rest = match odd.len().saturating_sub(MAX_TOLD) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let told = told.join(", ");
    (!odd.is_empty())
        .then(|| format!("taken as written, though the text gives another id: {told}{rest}"))
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
        let parse = |text: &str| parse(text, None);
        assert_eq!(parse("a = A;").unwrap().constructors.len(), 1);
        let json = " {\"constructors\": [], \"methods\": []}";
        assert_eq!(parse(json).unwrap().constructors.len(), 0);
        assert!(parse("a = ").is_err());
    }

    #[test]
    fn odd_ids_are_told_in_one_sentence() {
        let odd = |count: usize| {
            let one = |n| Mismatch { definition: format!("d{n}"), written: n, computed: 0xff };
            odd_ids(&(1..).take(count).map(one).collect::<Vec<_>>())
        };
        assert_eq!(odd(0), None);
        let one = "taken as written, though the text gives another id: `d1` 00000001 (its text gives 000000ff)";
        assert_eq!(odd(1).as_deref(), Some(one));
        assert!(odd(5).unwrap().ends_with("(its text gives 000000ff) and 2 more"));
    }
}
