//! The options of `telewire login`.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::dc_arg::DcArg;
use crate::profile::Profile;

/// Logs in, asking for what is needed, and keeps the session in a file.
///
/// It asks for a phone number, or if none is given for a bot's token; then for the code that was sent, and for the password if
/// the account has one. If the server wants an email address first, it asks for that and for the code that is sent there.
/// Codes, tokens and passwords are not shown while they are typed. Ctrl-D gives no answer, which ends it.
///
/// Without credentials the server is a data centre inside the program, on the loopback interface, and the session is not
/// kept unless a file is named: to see how it goes, without an account and without a network.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, group = clap::ArgGroup::new(APPLICATION).args(["credentials", "profile"]).multiple(true))]
pub(crate) struct Args {
    /// The session's file [default: telewire.session]
    ///
    /// Without credentials it must be a new one: the data centre inside the program knows none of an earlier run.
    #[arg(long, value_name = "FILE")]
    pub(super) session: Option<PathBuf>,
    /// The account of this name: its session and its credentials are in telewire's own folder
    ///
    /// Several accounts are used at once by their names. The folder is TELEWIRE_HOME, or `telewire` in the system's folder for data;
    /// `telewire profiles` lists the names.
    #[arg(long, value_name = "NAME", conflicts_with = "session")]
    pub(super) profile: Option<Profile>,
    /// Encrypts the session with a passphrase: that in TELEWIRE_PASSPHRASE, or one that is asked for
    ///
    /// From then on each command that uses the session has to say it too. A session that is not encrypted yet is by that; no
    /// command undoes it.
    #[arg(long)]
    pub(super) encrypted: bool,
    /// Shows a QR code to scan with a device that is logged in
    ///
    /// Without credentials there is no such device: the data centre inside the program scans it itself, when Enter is pressed,
    /// or at once if nobody is at a terminal. `telewire serve --approve` scans by the link that is shown.
    #[arg(long, conflicts_with = "log_out")]
    pub(super) qr: bool,
    /// Ends the login that the session's file holds
    #[arg(long)]
    pub(super) log_out: bool,

    /// The application, and the server to begin at
    ///
    /// An INI file with a section `[App data]` and the keys `api_id`, `api_hash`, `ip_address` and `port`, as
    /// my.telegram.org shows them.
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    pub(super) credentials: Option<PathBuf>,
    /// Begins at this server instead of the one that the file names
    #[arg(long, value_name = "IP:PORT", requires = APPLICATION, help_heading = SERVER)]
    pub(super) address: Option<SocketAddr>,
    /// The server's public key; by default those of Telegram
    ///
    /// A PEM file, PKCS#1 or SPKI; of several keys in it all are trusted. The word `embedded` stands for the key that `telewire serve` has without a key file.
    #[arg(long, value_name = "FILE", requires = APPLICATION, help_heading = SERVER)]
    pub(super) rsa: Option<PathBuf>,
    /// The data centre at the address: N, prod:N or test:N [default: 2]
    #[arg(long, value_name = "N", requires = APPLICATION, help_heading = SERVER)]
    pub(super) dc: Option<DcArg>,
}

/// What says whose server it is.
const APPLICATION: &str = "application";

const SERVER: &str = "Server";

const EXAMPLES: &str = "\
Examples:
  telewire login
      against the embedded data centre
  telewire login --qr
      by a QR code, which the embedded data centre scans itself
  telewire login --credentials credentials.ini
      with an application of one's own; the session goes to telewire.session
  telewire login --credentials credentials.ini --qr
      by a QR code that the phone scans
  telewire login --profile work --credentials credentials.ini
      keeps session and credentials under a name; then `telewire shell --profile
      work` and the like
  telewire login --credentials credentials.ini --encrypted
      the same, encrypted with a passphrase
  telewire login --credentials credentials.ini --log-out
      ends the login

Exit code:
  0  somebody is logged in, or out
  1  the server said no, or could not be reached
  2  an option, the file of credentials or that of the session is wrong, or an
     answer is missing
  130  Ctrl-C was pressed; other signals have 128 and their number";
