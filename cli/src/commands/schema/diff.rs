//! `telewire schema diff`: what differs between two schemas.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use telewire_codegen::diff::semver::{self, Effect, Impact};
use telewire_codegen::diff::{self, Definitions, Difference};

use crate::failure::Failure;
use crate::schema_file;

/// Tells what differs between two schemas, JSON or TL text.
///
/// Definitions are compared by their names, and their parameters by theirs: `+` came, `-` went, `~` changed. Where they
/// stand in the file makes no difference. A definition of a layer of its own has the layer in its name: `decryptedMessage46`. Ids
/// are taken as they are written; a warning tells of those that the text does not give.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The old schema; `-` reads standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The new schema; `-` reads standard input
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Also tells what breaks the users of the generated Rust types, and what does not
    #[arg(long)]
    semver: bool,
    /// The lock that both are generated with
    #[arg(long, value_name = "FILE", requires = "semver")]
    lock: Option<PathBuf>,
    /// What the rules of TL do not explain about them, as JSON
    ///
    /// {"ids": [{"definition": "a", "id": "1cb5c415", "reason": "…"}], "no_result": ["http_wait"], "measured":
    /// [{"definition": "message", "length": "bytes", "body": "body"}]}; each list may be left out.
    #[arg(long, value_name = "FILE")]
    exceptions: Option<PathBuf>,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  telewire schema diff old.json new.json
  telewire schema diff old.tl new.json --semver
      and what it means for code that uses the generated types
  telewire schema diff old.json new.json --semver --lock api.lock.json
      the same, with the boxes that the lock keeps
  telewire schema diff old.json new.json --json | jq .constructors.added

Exit code:
  0  no definition differs
  1  some do
  2  an option or a file is wrong";

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    difference: Difference,
    #[serde(skip_serializing_if = "Option::is_none")]
    semver: Option<Impact>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.old == args.new && args.old.as_os_str() == "-" {
        return Err(Failure::Input("standard input can be one of the schemas, not both".into()));
    }
    let exceptions = schema_file::exceptions(args.exceptions.as_deref())?;
    let exceptions = exceptions.as_ref();
    let old = schema_file::raw(&args.old, exceptions)?;
    let new = schema_file::raw(&args.new, exceptions)?;
    // The one at fault is the one that cannot be compared with itself.
    let file = if diff::compare(&old, &old).is_err() { &args.old } else { &args.new };
    let difference =
        diff::compare(&old, &new).map_err(|error| schema_file::failure(file, &error))?;
    let semver = if args.semver {
        let lock = schema_file::lock(args.lock.as_deref())?;
        let old = schema_file::resolved(&args.old, &old, &lock, exceptions)?;
        let new = schema_file::resolved(&args.new, &new, &lock, exceptions)?;
        Some(semver::impact(&old, &new))
    } else {
        None
    };
    let is_empty = difference.is_empty();
    let report = Report { difference, semver };
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &report)?;
    }
    out.flush()?;
    if is_empty { Ok(()) } else { Err(Failure::Different) }
}

fn print(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let Difference { old_layer, new_layer, constructors, functions } = &report.difference;
    if let (Some(old), Some(new)) = (old_layer, new_layer) {
        writeln!(out, "layer {old} -> {new}")?;
    }
    definitions(out, "constructors", constructors)?;
    definitions(out, "functions", functions)?;
    if let Some(Impact { breaking, compatible }) = &report.semver {
        effects(out, "breaks users of the Rust types", breaking)?;
        effects(out, "breaks nobody", compatible)?;
    }
    Ok(())
}

fn definitions(out: &mut impl Write, name: &str, these: &Definitions) -> io::Result<()> {
    let Definitions { added, removed, changed } = these;
    writeln!(
        out,
        "{name}: {} added, {} removed, {} changed",
        added.len(),
        removed.len(),
        changed.len()
    )?;
    for line in added {
        writeln!(out, "+ {line}")?;
    }
    for line in removed {
        writeln!(out, "- {line}")?;
    }
    for definition in changed {
        writeln!(out, "~ {}", definition.name)?;
        for change in &definition.changes {
            writeln!(out, "    {change}")?;
        }
    }
    Ok(())
}

fn effects(out: &mut impl Write, what: &str, effects: &[Effect]) -> io::Result<()> {
    writeln!(out, "{what}: {}", effects.len())?;
    for effect in effects {
        writeln!(out, "    {effect}")?;
    }
    Ok(())
}
