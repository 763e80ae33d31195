//! `telewire schema lock`: the decisions about the layout of a schema's Rust types.

use std::io::{self, Write};
use std::path::PathBuf;

use telewire_codegen::Lock;

use crate::failure::Failure;
use crate::schema_file;

/// Prints the lock of a schema: what is behind a `Box` in its Rust types, and which of them can nest.
///
/// A new layer generated with the lock of the old one moves nothing in or out of a box. What the lock does not name is
/// decided by the sizes of the types. Ids are taken as they are written; a warning tells of those that the text does not give.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The schema, JSON or TL text; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The lock so far, whose decisions stay
    #[arg(long, value_name = "OLD")]
    lock: Option<PathBuf>,
    /// What the rules of TL do not explain about the schema, as JSON
    ///
    /// {"ids": [{"definition": "a", "id": "1cb5c415", "reason": "…"}], "no_result": ["http_wait"], "measured":
    /// [{"definition": "message", "length": "bytes", "body": "body"}]}; each list may be left out.
    #[arg(long, value_name = "FILE")]
    exceptions: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  telewire schema lock api.json > api.lock.json
  telewire schema lock new.json --lock api.lock.json > new.lock.json
  telewire schema lock my.tl --exceptions my.exceptions.json

Exit code:
  0  done
  1  standard output takes no more
  2  an option or a file is wrong, or the lock does not fit the schema";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let lock = schema_file::lock(args.lock.as_deref())?;
    let exceptions = schema_file::exceptions(args.exceptions.as_deref())?;
    let raw = schema_file::raw(&args.file, exceptions.as_ref())?;
    let schema = schema_file::resolved(&args.file, &raw, &lock, exceptions.as_ref())?;
    let text =
        Lock::of(&schema).print().map_err(|error| schema_file::failure(&args.file, &error))?;
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
