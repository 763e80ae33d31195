//! The commands, each with its options.

pub(crate) mod handshake;
pub(crate) mod inspect;
pub(crate) mod login;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod shell;

use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use crate::args::{Args, Command};
use crate::failure::Failure;

/// Does what the options say. `start` is when the program began.
pub(crate) fn run(args: Args, start: Instant) -> Result<(), Failure> {
    match args.command {
        Command::Handshake(args) => handshake::run(&args, start),
        Command::Serve(args) => serve::run(&args),
        Command::Login(args) => login::run(&args),
        Command::Profiles => crate::profile::list(),
        Command::Inspect(args) => inspect::run(&args),
        Command::Schema(args) => schema::run(args),
        Command::Shell(args) => shell::run(&args, start),
        Command::Export(args) => shell::export(&args, start),
        Command::Upload(args) => shell::upload(args, start),
        Command::Download(args) => shell::download(args, start),
    }
}

fn runtime() -> Result<Runtime, Failure> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Run(format!("no threads can be started: {error}")))
}
