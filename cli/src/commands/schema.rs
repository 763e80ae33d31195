//! `telewire schema`: tools for schemas.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use telewire_codegen::{Exceptions, json, resolve, tl_text};

use crate::failure::Failure;
use crate::files;

/// Converts schemas.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Convert(ConvertArgs),
}

/// Prints a schema of TL text in Telegram's JSON form.
///
/// A definition without an id gets the one that its text says; the ids that are there stay as they are. One definition
/// stands on each line, so that two schemas can be compared line by line.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
struct ConvertArgs {
    /// The TL text; `-` reads standard input
    #[arg(value_name = "FILE.tl")]
    file: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  telewire schema convert api.tl > api.json
  echo 'ping ping_id:long = Pong;' | telewire schema convert -";

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Convert(ConvertArgs { file }) => convert(&file),
    }
}

fn convert(file: &Path) -> Result<(), Failure> {
    let (name, text) = if file.as_os_str() == "-" {
        ("standard input".to_owned(), files::read(io::stdin(), files::SCHEMA))
    } else {
        (file.display().to_string(), files::read_text(file, files::SCHEMA))
    };
    let json = text
        .map_err(|error| error.to_string())
        .and_then(|text| to_json(&text).map_err(|error| error.to_string()))
        .map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    let mut out = io::stdout().lock();
    out.write_all(json.as_bytes())?;
    Ok(out.flush()?)
}

fn to_json(text: &str) -> Result<String, telewire_codegen::Error> {
    let mut schema = tl_text::parse(text)?;
    resolve::ids::assign_missing(&mut schema, &Exceptions::NONE);
    json::print(&schema)
}
