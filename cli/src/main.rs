//! The `telewire` command.

mod args;
mod commands;
mod credentials;
mod date;
mod dc_arg;
mod failure;
mod files;
mod ini;
mod key_file;
mod profile;
mod schema_file;
mod session;
mod terminal;
mod wire;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let start = Instant::now();
    match args::run(start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
