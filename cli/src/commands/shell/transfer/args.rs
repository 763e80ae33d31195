//! The options of `telewire upload` and `telewire download`.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::commands::shell::args::Account;
use crate::commands::shell::verbs::files::kind::As;

/// Sends files, each in a message of its own or all of them as an album.
///
/// At a terminal a bar shows how far it is, how fast, how long it still takes, and what the server orders to wait. Of each file
/// that was sent a line is printed that `sha256sum --check` takes.
///
/// Beside the session it is kept how far a file is, with which the same command goes on after Ctrl-C, an error or a kill. A file
/// that was changed meanwhile begins anew, and so does one whose parts the server may have forgotten: after a day, or after an hour
/// and a half if it has 10 MiB or less.
///
/// `telewire login` makes the session.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = UPLOADS)]
pub(crate) struct UploadArgs {
    /// What is sent
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// To whom: @name, a phone number, an id, a link, `me`, or what somebody is called
    #[arg(value_name = "PEER")]
    pub(super) peer: String,
    /// What is said with the first file
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(super) caption: String,
    /// What the files are sent as
    #[arg(long = "as", value_enum, value_name = "KIND", default_value_t = Kind::Document)]
    pub(super) kind: Kind,
    /// Sends them together, as one album of 10 at most: photos and videos, or files of one kind
    #[arg(long)]
    pub(super) album: bool,
    /// Prints one JSON object a line: how far it is, waits, and the end of each file
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) account: Account,
}

/// What a file is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// As it is: no byte is changed
    Document,
    /// A photo, which the server may make smaller
    Photo,
    /// A video
    Video,
    /// Music, or a recording
    Audio,
    /// What its name says
    Auto,
}

impl From<Kind> for As {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Document => Self::Document,
            Kind::Photo => Self::Photo,
            Kind::Video => Self::Video,
            Kind::Audio => Self::Audio,
            Kind::Auto => Self::ItsName,
        }
    }
}

/// Saves what is in messages.
///
/// Until a file is complete, its bytes are in a partial file beside where it goes, which the same command goes on with after
/// Ctrl-C, an error or a kill. Of each file that was saved a line is printed that `sha256sum --check` takes.
///
/// `telewire login` makes the session.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = DOWNLOADS)]
pub(crate) struct DownloadArgs {
    /// The messages that the files are in: 12, @channel/12, or links to them
    #[arg(required = true, value_name = "WHAT")]
    pub(super) what: Vec<String>,
    /// Where to: a folder, in which each has the name that its sender gave it, or the file itself
    #[arg(short, long, value_name = "PATH", default_value = ".")]
    pub(super) output: PathBuf,
    /// Replaces what is there already
    #[arg(long)]
    pub(super) overwrite: bool,
    /// Checks all bytes by hashes that the server tells, at some more requests
    #[arg(long)]
    pub(super) verify: bool,
    /// Prints one JSON object a line: how far it is, waits, and the end of each file
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) account: Account,
}

const UPLOADS: &str = "\
Examples:
  telewire upload film.mkv @ada
      sends a file, as it is
  telewire upload a.jpg b.jpg me --as photo --caption 'two of them'
      sends two photos to one's saved messages
  telewire upload *.jpg *.mp4 @ada --as auto --album --caption 'the trip'
      photos and videos, in one album
  telewire upload film.mkv @ada        # once more, after it was interrupted
      sends what is still missing of it
  telewire upload film.mkv @ada --json
      for programs: {\"event\": \"progress\" …}, \"wait\", \"sent\", \"error\"

Exit code:
  0  all were sent
  1  Telegram said no, or could not be reached
  2  an option, a file, the file of credentials or that of the session is wrong
  130  Ctrl-C was pressed; other signals have 128 and their number";

const DOWNLOADS: &str = "\
Examples:
  telewire download @channel/12
      saves what is in a message under the name that it has
  telewire download https://t.me/channel/12 --output film.mkv --overwrite
      under this name, in the place of what is there
  telewire download 17 18 19 --output films/
      several; `telewire history` shows the numbers
  telewire download @channel/12 | sha256sum --check
      reads it once more
  telewire download @channel/12 --json
      for programs: {\"event\": \"progress\" …}, \"wait\", \"saved\", \"error\"

Exit code:
  0  all were saved
  1  Telegram said no, or could not be reached; there is no file in a message,
     or one is there already
  2  an option, the file of credentials or that of the session is wrong
  130  Ctrl-C was pressed; other signals have 128 and their number";
