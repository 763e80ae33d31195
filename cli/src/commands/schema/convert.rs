//! `telewire schema convert`: TL text to JSON.

use std::io::{self, Write};
use std::path::PathBuf;

use telewire_codegen::{Exceptions, json, resolve, tl_text};

use crate::failure::Failure;
use crate::schema_file;

/// Prints a schema of TL text in Telegram's JSON form.
///
/// A definition without an id gets the one that its text says; the ids that are there stay as they are. One definition
/// stands on each line, so that two schemas can be compared line by line. What is no TL is refused with line, column and
/// definition. `int ? = Int;` and the like declare what is built in, which the JSON form does not list.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The TL text; `-` reads standard input
    #[arg(value_name = "FILE.tl")]
    file: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  telewire schema convert api.tl > api.json
  echo 'ping ping_id:long = Pong;' | telewire schema convert -

Exit code:
  0  done
  1  standard output takes no more
  2  the file cannot be read, or is no TL";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let text = schema_file::text(&args.file)?;
    let json = to_json(&text).map_err(|error| schema_file::failure(&args.file, &error))?;
    let mut out = io::stdout().lock();
    out.write_all(json.as_bytes())?;
    Ok(out.flush()?)
}

fn to_json(text: &str) -> Result<String, telewire_codegen::Error> {
    let mut schema = tl_text::parse(text)?;
    resolve::ids::assign_missing(&mut schema, &Exceptions::NONE);
    json::print(&schema)
}
