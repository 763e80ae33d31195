//! The options of `telewire handshake`.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use telewire::framing::Framing;

use crate::dc_arg::DcArg;

/// Exchanges an authorization key and shows each step, then pings and fetches salts.
///
/// The steps and the values are those of <https://core.telegram.org/mtproto/samples-auth_key>: upper-case hexadecimal, in
/// the order of the wire.
///
/// Without an address the server is a data centre inside the program, on the loopback interface: it needs no network and
/// no account.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// How often to ping
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) pings: u32,
    /// How many future salts to fetch; 0 fetches none
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(i32).range(0..=64))]
    pub(super) salts: i32,
    /// How packets are laid in the byte stream, and whether that is obfuscated
    #[arg(long, value_name = "TRANSPORT", default_value = "intermediate", value_parser = transport())]
    pub(super) transport: Transport,
    /// Gives up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) timeout: u64,

    /// Connects to this server
    #[arg(long, value_name = "IP:PORT", help_heading = SERVER)]
    pub(super) address: Option<SocketAddr>,
    /// Connects to the server that this file names
    ///
    /// An INI file with a section `[App data]` and the keys `api_id`, `api_hash`, `ip_address` and `port`. The first two
    /// are checked, but a key exchange has no use for them: they are sent to nobody.
    #[arg(long, value_name = "FILE", conflicts_with = "address", help_heading = SERVER)]
    pub(super) credentials: Option<PathBuf>,
    /// The server's public key; by default those of Telegram
    ///
    /// A PEM file, PKCS#1 or SPKI; of several keys in it all are trusted. The word `embedded` stands for the key that
    /// `telewire serve` has without a key file. By default Telegram's keys are used: those of the test environment with `--dc test:N`, else those of production.
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    pub(super) rsa: Option<PathBuf>,
    /// The data centre: N, prod:N or test:N [default: 2]
    ///
    /// The key exchange names it to the server. With its environment and without an address, Telegram's own server is
    /// dialled at its built-in address. At an address that is Telegram's, the default is the data centre there.
    #[arg(long, value_name = "N", help_heading = SERVER)]
    pub(super) dc: Option<DcArg>,

    /// Goes through a proxy
    ///
    /// A link of an MTProto proxy, tg://proxy?server=HOST&port=N&secret=SECRET or the same at https://t.me/, which knows the
    /// data centre by its number; or socks5://HOST:PORT or http://HOST:PORT, with NAME:PASSWORD@ before the host if the
    /// proxy asks for them; or tg://socks?server=HOST&port=N, with user=NAME&pass=PASSWORD.
    #[arg(long, value_name = "LINK", help_heading = WAY)]
    pub(super) proxy: Option<Hidden>,
    /// Goes over a WebSocket, ws:// or wss://
    #[arg(long, value_name = "URL", help_heading = WAY, conflicts_with_all = ["address", "credentials"])]
    pub(super) websocket: Option<String>,

    /// Prints one JSON object a line, for programs
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,
    /// Shows long values in full, and every packet
    #[arg(long, short, help_heading = OUTPUT)]
    pub(super) verbose: bool,
    /// Shows new_nonce and auth_key
    #[arg(long, help_heading = OUTPUT)]
    pub(super) show_secrets: bool,
    /// Writes the packets and all public values to a JSON file
    ///
    /// No secret goes into it, so that it can be kept and shown. It is written after a failure too, and over an older
    /// file.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) record: Option<PathBuf>,
}

const WAY: &str = "Another way";
const SERVER: &str = "Another server";
const OUTPUT: &str = "Output";

const EXAMPLES: &str = "\
Examples:
  telewire handshake
      against the embedded data centre
  telewire handshake --transport abridged --json
      the same over another framing, for a program to read
  telewire handshake --proxy 'tg://proxy?server=127.0.0.1&port=4430&secret=SECRET' --rsa embedded
      through an MTProto proxy, that of `telewire serve --mtproxy SECRET`
  telewire handshake --address 127.0.0.1:4430 --rsa dc.pem.pub
      against a server whose public key is in dc.pem.pub
  telewire handshake --credentials credentials.ini
      against the server that the file names, with Telegram's keys
  telewire handshake --dc test:2 --record exchange.json
      against Telegram's own test server; this needs a network

Exit code:
  0  a key was made, every ping answered
  1  it was not; standard error says at which step it stopped
  2  an option or a file is wrong";

/// A framing, and whether it is obfuscated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transport {
    pub(super) framing: Framing,
    pub(super) is_obfuscated: bool,
}

/// Each by its name. All framings but full can be obfuscated.
const TRANSPORTS: [(&str, Framing, bool); 7] = [
    ("abridged", Framing::Abridged, false),
    ("intermediate", Framing::Intermediate, false),
    ("padded-intermediate", Framing::PaddedIntermediate, false),
    ("full", Framing::Full, false),
    ("obfuscated-abridged", Framing::Abridged, true),
    ("obfuscated-intermediate", Framing::Intermediate, true),
    ("obfuscated-padded-intermediate", Framing::PaddedIntermediate, true),
];

fn transport() -> impl TypedValueParser<Value = Transport> {
    let names = TRANSPORTS.map(|(name, _, _)| name);
    PossibleValuesParser::new(names).try_map(|name| {
        let found = TRANSPORTS.into_iter().find(|(known, _, _)| *known == name);
        // A name that is none does not get as far.
        found
            .map(|(_, framing, is_obfuscated)| Transport { framing, is_obfuscated })
            .ok_or("no transport")
    })
}

/// A text with a secret in it, which is not shown.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) String);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn parse(options: &[&str]) -> Result<Args, clap::Error> {
        Cli::try_parse_from(["handshake"].iter().chain(options)).map(|cli| cli.args)
    }

    #[test]
    fn every_transport_has_its_name() {
        for framing in Framing::ALL {
            for is_obfuscated in [false, true] {
                let prefix = if is_obfuscated { "obfuscated-" } else { "" };
                let name = format!("{prefix}{framing}");
                let parsed = parse(&["--transport", &name]).map(|args| args.transport).ok();
                let is_one = !is_obfuscated || framing != Framing::Full;
                let transport = Transport { framing, is_obfuscated };
                assert_eq!(parsed, is_one.then_some(transport), "{name}");
            }
        }
        let default = Transport { framing: Framing::Intermediate, is_obfuscated: false };
        assert_eq!(parse(&[]).unwrap().transport, default);
    }

    #[test]
    fn impossible_options_are_refused() {
        for options in [
            &["--transport", "udp"][..],
            &["--salts", "65"],
            &["--pings", "-1"],
            &["--timeout", "0"],
            &["--address", "localhost:1"],
            &["--address", "127.0.0.1:1", "--credentials", "x"],
            &["--dc", "beta:2"],
            &["--websocket", "ws://a/", "--address", "127.0.0.1:1"],
        ] {
            assert_eq!(parse(options).unwrap_err().exit_code(), 2, "{options:?}");
        }
    }
}
