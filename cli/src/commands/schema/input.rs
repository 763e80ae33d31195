//! Schemas that the user names.

use std::fmt::Display;
use std::io;
use std::path::Path;

use telewire_codegen::ir::Schema;
use telewire_codegen::raw::RawSchema;
use telewire_codegen::{Error, Exceptions, Lock, json, resolve, tl_text};

use crate::failure::Failure;
use crate::files;

/// Reads a file as text; `-` is standard input.
pub(super) fn text(file: &Path) -> Result<String, Failure> {
    let text = if is_stdin(file) {
        files::read(io::stdin(), files::SCHEMA)
    } else {
        files::read_text(file, files::SCHEMA)
    };
    text.map_err(|error| failure(file, &error))
}

/// What is wrong with a file.
pub(super) fn failure(file: &Path, error: &dyn Display) -> Failure {
    if is_stdin(file) {
        Failure::Input(format!("standard input: {error}"))
    } else {
        Failure::Input(format!("{}: {error}", file.display()))
    }
}

/// Reads a schema in either form. A definition without an id gets the one that its text says.
pub(super) fn raw(file: &Path) -> Result<RawSchema, Failure> {
    let text = text(file)?;
    // No statement of TL begins with a brace.
    let is_json = text.trim_start().starts_with('{');
    let raw = if is_json { json::parse(&text) } else { tl_text::parse(&text) };
    let mut raw = raw.map_err(|error| failure(file, &error))?;
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    Ok(raw)
}

/// Reads a lock; without a file, the one that names nothing.
pub(super) fn lock(file: Option<&Path>) -> Result<Lock, Failure> {
    let Some(file) = file else { return Ok(Lock::default()) };
    Lock::parse(&text(file)?).map_err(|error| failure(file, &error))
}

/// Resolves a schema that was read from `file`: by the rules, or if they do not explain it, as Mobile Protocol with its
/// exceptions.
pub(super) fn resolved(file: &Path, raw: &RawSchema, lock: &Lock) -> Result<Schema, Failure> {
    let resolve = |exceptions| -> Result<Schema, Error> {
        resolve::resolve_locked(raw, exceptions, &[], lock)
    };
    resolve(&Exceptions::NONE)
        .or_else(|error| resolve(&Exceptions::MTPROTO).map_err(|_| error))
        .map_err(|error| failure(file, &error))
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}
