//! `telewire schema history`: a definition over the layers.

use std::io::{self, Write};

use telewire::schema::HISTORY_TL;
use telewire_codegen::layers::{Layers, Line};

use crate::failure::Failure;

/// Shows a constructor or a function of Telegram's API in each layer that changed it, and what was changed.
///
/// The layers are those from 135 on that copies of are known. A parameter of type `true` has no bytes and counts for no id: such
/// may have come later than the layers that are shown with it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The name, as the schema writes it
    #[arg(value_name = "NAME")]
    name: String,
}

const EXAMPLES: &str = "\
Examples:
  telewire schema history keyboardButton
  telewire schema history messages.sendReaction

Exit code:
  0  done
  1  standard output takes no more
  2  no layer has the name";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let layers = Layers::parse(HISTORY_TL);
    let layers = layers.map_err(|error| Failure::Input(format!("schema: {error}")))?;
    let (first, last) = layers.range().into_inner();
    let lines = layers.history(&args.name);
    if lines.is_empty() {
        let message = format!("no layer from {first} to {last} has `{}`", args.name);
        return Err(Failure::Input(message));
    }
    let mut out = io::stdout().lock();
    let mut before: Option<&Line<'_>> = None;
    for line in lines {
        let kind = if line.is_function { ", a function" } else { "" };
        writeln!(out, "layers {} to {}{kind}\n  {}", line.first, line.last, line.tl)?;
        if let Some(before) = before.filter(|before| before.is_function == line.is_function) {
            write_changes(&mut out, before, line)?;
        }
        before = Some(line);
    }
    Ok(out.flush()?)
}

/// What went, what came.
fn write_changes(out: &mut impl Write, before: &Line<'_>, line: &Line<'_>) -> io::Result<()> {
    let (old, new) = (parts(before), parts(line));
    for part in old.iter().filter(|part| !new.contains(part)) {
        writeln!(out, "    - {part}")?;
    }
    for part in new.iter().filter(|part| !old.contains(part)) {
        writeln!(out, "    + {part}")?;
    }
    Ok(())
}

/// The parameters of a definition, and what it is of.
fn parts<'t>(line: &Line<'t>) -> Vec<&'t str> {
    let (params, ty) = line.tl.rsplit_once(" = ").unwrap_or((line.tl, ""));
    params.split(' ').skip(1).chain([ty.trim_end_matches(';')]).collect()
}
