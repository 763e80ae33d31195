//! The options that come before those of a command.

use std::time::Instant;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{self, handshake, inspect, login, schema, serve, shell};
use crate::failure::Failure;

/// Telegram's MTProto 2.0 from the command line: watch a key exchange, run a data centre, read bytes, convert
/// schemas, send messages and files.
///
/// Nothing but the loopback interface is ever dialled, unless an option names another address.
#[derive(Debug, Parser)]
#[command(name = "telewire", version, max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Handshake(handshake::Args),
    Login(login::Args),
    /// Lists the accounts that have a name: those of `telewire login --profile NAME`
    #[command(after_help = PROFILES)]
    Profiles,
    Serve(serve::Args),
    Inspect(inspect::Args),
    Schema(schema::Args),
    Shell(shell::Args),
    Export(shell::ExportArgs),
    Upload(shell::UploadArgs),
    Download(shell::DownloadArgs),
}

/// Does what the process was asked to: a command of these, or one of the shell's by itself.
pub(crate) fn run(start: Instant) -> Result<(), Failure> {
    let matches = shell::add_commands_to(Args::command()).get_matches();
    match shell::Single::from_matches(&matches).unwrap_or_else(|error| error.exit()) {
        Some(single) => single.run(start),
        None => {
            let args = Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
            commands::run(args, start)
        }
    }
}

const PROFILES: &str = "\
Examples:
  telewire profiles
      a name a line
  for who in $(telewire profiles); do telewire get_self --profile $who; done
      who each of them is

Exit code:
  0  done
  2  their folder cannot be read";

const EXAMPLES: &str = "\
Examples:
  telewire handshake
      exchanges a key with a data centre inside the program, each step shown
  telewire login
      logs in to a data centre inside the program
  telewire serve --key dc.pem
      runs a data centre for other programs
  telewire inspect ec77be7a0700000000000000
      shows what each of these bytes is
  telewire schema convert api.tl > api.json
      turns TL text into Telegram's JSON form
  telewire schema diff old.json new.json
      tells what differs between two schemas
  telewire shell
      is a client to type commands into; `telewire shell --help` lists them
  telewire msg @ada hello
      is one of these commands by itself
  telewire export @ada --format html
      saves a chat with its files
  telewire upload film.mkv @ada
      sends a file, and `telewire download @ada/12` saves one: with a bar, and
      gone on with after an interruption

Exit code:
  0  done
  1  the connection, the exchange or the server failed; what was compared differs;
     standard output takes no more
  2  an option, a file or the bytes to inspect are wrong";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Args;

    #[test]
    fn the_options_are_consistent() {
        Args::command().debug_assert();
    }

    /// A command with those inside it.
    fn all(command: &clap::Command) -> Vec<clap::Command> {
        let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
        std::iter::once(command.clone()).chain(inner.flat_map(all)).collect()
    }

    #[test]
    fn the_help_of_every_command_fits_80_columns_and_has_examples() {
        let mut root = Args::command();
        root.build();
        for mut command in all(&root) {
            for help in [command.render_help(), command.render_long_help()] {
                let help = help.to_string();
                for line in help.lines() {
                    assert!(line.chars().count() <= 80, "{}: {line}", command.get_name());
                }
                assert!(help.contains("Examples:"), "{}", command.get_name());
            }
        }
    }
}
