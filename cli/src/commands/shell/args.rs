//! The options of `telewire shell`, and those that each of its commands has as a process.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::dc_arg::DcArg;
use crate::failure::Failure;
use crate::profile::{self, Profile};

/// Runs the commands of telegram-cli, by Telegram's methods of today.
///
/// At a terminal it is a prompt with history, completion and what happens meanwhile; otherwise it reads a command from each
/// line of standard input. `help` lists the commands, as --help does; each is one of `telewire` too: `telewire msg @ada hello`.
///
/// Pictures that are viewed are shown in the terminal, where it can: TELEWIRE_PICTURES says how (kitty, iterm, sixels, blocks), or off, and
/// then they are opened as other files are. [offline] before `history` or `get_message` answers from what was met since it began.
///
/// `telewire login` makes the session.
///
/// Secret chats are known to the session alone: their keys are in its file, and what is said in them in another one beside it,
/// SESSION.secret, which nobody else may read; the server has neither. So a command of its own can do with them what the prompt can: it
/// hears first what happened meanwhile, does its work, and ends when the server has it. What is said before the other side accepts
/// waits in the file. Whoever asks for a chat is heard by a session that was there before, as by `telewire secret_chat_list`. They end
/// with the login; a copy of the file that goes on in two places breaks them.
///
/// Programs write a command a line with --json, as it is typed, or as {"id": 7, "command": "msg @ada hello"}, or as {"id": 7,
/// "words": ["msg", "@ada", "hello"]}, which needs no quotes. Each line is answered with one: {"id": 7, "result": …} or {"id": 7,
/// "error": {"kind": …, "message": …}}. An error's kind is usage, failed or telegram; the last has Telegram's code and name.
/// With --socket each connection does the same: its commands run one after the other, and `quit` ends it. --schema prints the form of
/// all that.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Runs this command and ends; several are several options, or lines of one
    #[arg(short, long, value_name = "COMMAND")]
    pub(super) exec: Option<Vec<String>>,
    /// Prints what happens as JSON too, until standard input ends or Ctrl-C: {"update": …} a line
    #[arg(long, conflicts_with = "exec")]
    pub(super) watch: bool,
    /// Listens at this socket for programs of the same user, until a signal comes; with --watch they are told what happens
    #[cfg(unix)]
    #[arg(long, value_name = "PATH", conflicts_with = "exec")]
    pub(super) socket: Option<PathBuf>,
    /// Prints the JSON Schema of all that is printed for programs, and ends
    #[arg(long, exclusive = true)]
    pub(super) schema: bool,
    #[command(flatten)]
    pub(super) options: Options,
}

/// Whose account, and how it answers.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Prints one JSON object a line: {"result": …} or {"error": …}
    #[arg(long)]
    pub(super) json: bool,
    /// Where files are saved
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(super) downloads: PathBuf,
    #[command(flatten)]
    pub(super) account: Account,
}

/// Whose account: a session, and the server that knows it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Account {
    /// The session's file [default: telewire.session]
    #[arg(long, value_name = "FILE")]
    session: Option<PathBuf>,
    /// The account of this name, instead of files: as for `telewire login`
    #[arg(long, value_name = "NAME", conflicts_with = "session")]
    profile: Option<Profile>,
    /// The session is encrypted with the passphrase in TELEWIRE_PASSPHRASE, or with one that is asked for
    ///
    /// So is what is said in secret chats, beside it; and what is typed at the prompt is not kept.
    #[arg(long)]
    pub(super) encrypted: bool,

    /// The application, and the server to begin at: as for `telewire login` [default: credentials.ini]
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    credentials: Option<PathBuf>,
    /// Begins at this server instead of the one that the file names
    #[arg(long, value_name = "IP:PORT", help_heading = SERVER)]
    pub(super) address: Option<SocketAddr>,
    /// The server's public key, or `embedded`; by default those of Telegram
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    pub(super) rsa: Option<PathBuf>,
    /// The data centre at the address: N, prod:N or test:N [default: 2]
    #[arg(long, value_name = "N", help_heading = SERVER)]
    pub(super) dc: Option<DcArg>,
}

impl Account {
    /// The session's file.
    pub(super) fn session(&self) -> Result<PathBuf, Failure> {
        match (&self.session, &self.profile) {
            (Some(path), _) => Ok(path.clone()),
            (None, Some(profile)) => profile.session(),
            (None, None) => Ok(profile::SESSION.into()),
        }
    }

    /// The file of credentials.
    pub(super) fn credentials(&self) -> Result<PathBuf, Failure> {
        match (&self.credentials, &self.profile) {
            (Some(path), _) => Ok(path.clone()),
            (None, Some(profile)) => profile.credentials(),
            (None, None) => Ok(profile::CREDENTIALS.into()),
        }
    }

    /// Whether it is named, and has no session yet.
    pub(super) fn is_new_profile(&self) -> Result<bool, Failure> {
        Ok(self.profile.is_some() && !self.session()?.exists())
    }

    /// What logs in to it.
    pub(super) fn login(&self) -> Result<String, Failure> {
        let encrypted = if self.encrypted { " --encrypted" } else { "" };
        if let Some(Profile(name)) = &self.profile {
            return Ok(format!("telewire login --profile {name}{encrypted}"));
        }
        let (session, credentials) = (self.session()?, self.credentials()?);
        let (session, credentials) = (session.display(), credentials.display());
        Ok(format!("telewire login --credentials {credentials} --session {session}{encrypted}"))
    }
}

/// Where commands come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// From somebody who types.
    Interactive,
    /// From options, or from standard input.
    Lines,
    /// From standard input, while what happens is told.
    Watch,
    /// From programs that connect.
    #[cfg(unix)]
    Socket,
}

impl Args {
    pub(super) fn mode(&self) -> Mode {
        #[cfg(unix)]
        if self.socket.is_some() {
            return Mode::Socket;
        }
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        if self.watch {
            Mode::Watch
        } else if self.exec.is_none() && !self.options.json && is_terminal {
            Mode::Interactive
        } else {
            Mode::Lines
        }
    }
}

const SERVER: &str = "Server";

const EXAMPLES: &str = "\
Examples:
  telewire shell
      a prompt; `help` lists what can be typed
  telewire shell -e 'msg @ada hello' -e 'history @ada 5'
      two commands, and the end
  telewire msg @ada hello
      the same as a command of its own
  date | telewire msg me -
      the text comes from standard input
  telewire history me 20 --json
      for programs
  telewire shell --profile work
      the account of that name, beside those that others use
  telewire shell --watch
      what happens, an object a line; each is told once, also those of the time
      when nobody listened
  telewire create_secret_chat @ada
      asks for a secret chat; she types accept_secret_chat
  telewire visualize_key secret_chat#1 --png key.png
      what both compare: in colours, as numbers, as a file
  telewire send_file secret_chat#1 letter.pdf
      as in other chats; secret_chat_list lists them, and !Ada_Lovelace is one too
  telewire shell --socket ada.sock
      runs commands for programs that connect to it, several at once

Exit code:
  0  all was done
  1  Telegram said no, or could not be reached
  2  a command, an option, the file of credentials or that of the session is
     wrong
  130  Ctrl-C was pressed; other signals have 128 and their number";
