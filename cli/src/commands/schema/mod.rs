//! `telewire schema`: tools for schemas.

mod convert;
mod diff;
mod history;
mod lock;

use clap::Subcommand;

use crate::failure::Failure;

/// Converts and compares schemas, pins their layout, and tells how Telegram's changed.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Convert(convert::Args),
    Diff(diff::Args),
    History(history::Args),
    Lock(lock::Args),
}

const EXAMPLES: &str = "\
Examples:
  telewire schema convert api.tl > api.json
  telewire schema diff old.json new.json
  telewire schema diff old.json new.tl --semver
  telewire schema history keyboardButton
  telewire schema lock api.json > api.lock.json
  telewire schema lock my.tl --exceptions my.exceptions.json";

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Convert(args) => convert::run(&args),
        Action::Diff(args) => diff::run(&args),
        Action::History(args) => history::run(&args),
        Action::Lock(args) => lock::run(&args),
    }
}
