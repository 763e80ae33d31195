//! The options of `telewire serve`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use telewire::ids::DcId;
use telewire_testkit::CodeKind;

use super::census::is_phone;
use crate::commands::handshake::Hidden;
use crate::dc_arg::DcArg;
use crate::failure::Failure;

/// Runs the embedded data centre until Ctrl-C or SIGTERM, and shows what happens in it.
///
/// It makes keys, binds temporary ones, and answers all service messages: pings, salts, states, answers asked for again. Of the
/// API it answers what its world has: people and bots who log in, write to each other and look each other up. What it does not
/// know gets INPUT_METHOD_INVALID, and is told at the end. Login codes are shown here instead of being sent. It remembers
/// nothing when it ends.
///
/// Clients that are refused or dropped are told once a second, summed up by address and reason. A link without a key has
/// seconds to make or use one, and its place goes to another if all are taken. Where its output cannot be written, it goes on
/// without.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = at_length())]
pub(crate) struct Args {
    /// The port; 0 takes a free one
    ///
    /// Of several data centres the first has it, and the others have those that follow.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) port: u16,
    /// The address to listen on
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The data centre that it is: N, prod:N or test:N
    ///
    /// Given several times it is several, of one environment, each on a port of its own. They share their accounts: each account
    /// lives in one of them, the others send its logins there, and a login is transferred from one to another.
    #[arg(long, value_name = "N", default_value = "2")]
    pub(super) dc: Vec<DcArg>,
    /// Its RSA key; by default one that everybody knows
    ///
    /// A PEM file, PKCS#1 or PKCS#8, of 2048 bits; of several keys in it all are used. If there is no such file, a new key is
    /// written to it that only you can read; no file is ever overwritten. Clients need FILE.pub, the public half, which is
    /// written beside it.
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// Is an MTProto proxy too, with this secret
    ///
    /// 16 bytes in hex or base64; `dd` before them demands padding, `ee` before them and a domain after them demand
    /// what looks like TLS to that domain. May be given several times.
    #[arg(long, value_name = "SECRET")]
    pub(super) mtproxy: Vec<Hidden>,
    /// Where streams go that it cannot make sense of, as a proxy hides behind a website
    #[arg(long, value_name = "IP:PORT")]
    pub(super) fallback: Option<SocketAddr>,
    /// Refuses what clients get wrong and Telegram takes
    ///
    /// The RSA padding of before 2021, acknowledgements with odd sequence numbers, `inputPeerUser` for `inputUser`, a second
    /// temporary key, and the like. It is for trying a client that one writes; clients of others need it not to be there.
    #[arg(long)]
    pub(super) strict: bool,
    /// Adds the account of a person, with a password if there is one
    ///
    /// It lives in data centre N; without that in the first. Other phone numbers sign up, where they ask.
    #[arg(long, value_name = "PHONE[@N][=PASSWORD]", value_parser = user)]
    pub(super) user: Vec<User>,
    /// Adds a bot that logs in with this token
    #[arg(long, value_name = "TOKEN[@N]", value_parser = bot)]
    pub(super) bot: Vec<Bot>,
    /// How login codes are sent, and given several times, how another one is [default: sms, call]
    ///
    /// app, sms, call, flash-call, missed-call, email, fragment, firebase, word or phrase; set-up-email has the client set up
    /// an email address first. All codes are shown here.
    #[arg(long, value_name = "KIND", value_parser = code_kind)]
    pub(super) code: Vec<CodeKind>,
    /// Begins with the people, bots and messages of a file
    ///
    /// TOML; --example-world prints one, which says what may be in it. Others may be added by --user and --bot.
    #[arg(long, value_name = "FILE")]
    pub(super) world: Option<PathBuf>,
    /// Prints an example for --world, and ends
    #[arg(long)]
    pub(super) example_world: bool,
    /// Prints what happens as JSON, an object a line: date, event, details, and dc, address and count where they are known
    ///
    /// What events there are stands at the end of this help.
    #[arg(long)]
    pub(super) json: bool,
    /// Approves QR codes: reads their links from standard input, a line each
    ///
    /// A link, tg://login?token=…, stands alone or has a phone number after it, which names the account to log in to; by
    /// default that of the first --user. Without this option standard input is not read.
    #[arg(long)]
    pub(super) approve: bool,
}

/// An account that is there from the beginning.
#[derive(Clone)]
pub(super) struct User {
    pub(super) phone: String,
    pub(super) home: Option<u16>,
    pub(super) password: Option<String>,
}

/// The password is not for everybody's eyes.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({})", self.phone)
    }
}

/// A bot that is there from the beginning.
#[derive(Clone)]
pub(super) struct Bot {
    pub(super) token: String,
    pub(super) home: Option<u16>,
}

/// The token is not for everybody's eyes.
impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bot")
    }
}

impl Args {
    /// The data centres and where each is to listen.
    pub(super) fn places(&self) -> Result<Vec<(DcId, SocketAddr)>, Failure> {
        let mut places: Vec<(DcId, SocketAddr)> = Vec::new();
        for (after, DcArg { dc, .. }) in (0_u16..).zip(&self.dc) {
            let port = if self.port == 0 { Some(0) } else { self.port.checked_add(after) };
            let port = port.ok_or_else(|| {
                Failure::Input(format!("--port: there is no port for data centre {dc}"))
            })?;
            if places.iter().any(|(other, _)| other == dc) {
                return Err(Failure::Input(format!("--dc: data centre {dc} is named twice")));
            }
            if places.iter().any(|(other, _)| other.is_test != dc.is_test) {
                let wrong = "--dc: those of the test environment share no accounts with others";
                return Err(Failure::Input(wrong.to_owned()));
            }
            places.push((*dc, SocketAddr::new(self.address, port)));
        }
        Ok(places)
    }

    /// The data centre of a number; the first, if there is none.
    pub(super) fn home(&self, option: &str, number: Option<u16>) -> Result<DcId, Failure> {
        let mut dcs = self.dc.iter().map(|arg| arg.dc);
        dcs.find(|dc| number.is_none_or(|number| dc.number == number)).ok_or_else(|| {
            let number = number.unwrap_or_default();
            Failure::Input(format!("{option}: data centre {number} is not among those of --dc"))
        })
    }
}

fn user(text: &str) -> Result<User, String> {
    let (account, password) = match text.split_once('=') {
        Some((account, password)) => (account, Some(password.to_owned())),
        None => (text, None),
    };
    let (phone, home) = with_home(account)?;
    if !is_phone(phone) || password.as_deref() == Some("") {
        return Err("expected a phone number of 5 to 15 digits, `@` and a number if it lives \
                    in another data centre, and `=` and a password if it is to have one"
            .to_owned());
    }
    Ok(User { phone: phone.to_owned(), home, password })
}

/// The kinds of codes by their names.
const KINDS: [(&str, CodeKind); 11] = [
    ("app", CodeKind::App),
    ("sms", CodeKind::Sms),
    ("call", CodeKind::Call),
    ("flash-call", CodeKind::FlashCall),
    ("missed-call", CodeKind::MissedCall),
    ("email", CodeKind::Email),
    ("fragment", CodeKind::Fragment),
    ("firebase", CodeKind::Firebase),
    ("word", CodeKind::Word),
    ("phrase", CodeKind::Phrase),
    ("set-up-email", CodeKind::SetUpEmail),
];

fn code_kind(text: &str) -> Result<CodeKind, String> {
    let kind = KINDS.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
    kind.ok_or_else(|| format!("expected one of {}", KINDS.map(|(name, _)| name).join(", ")))
}

fn bot(text: &str) -> Result<Bot, String> {
    let (token, home) = with_home(text)?;
    Ok(Bot { token: token.to_owned(), home })
}

/// What stands before `@`, and the number of a data centre after it.
fn with_home(text: &str) -> Result<(&str, Option<u16>), String> {
    let Some((account, number)) = text.split_once('@') else { return Ok((text, None)) };
    let number = number.parse().map_err(|_| "expected the number of a data centre after `@`")?;
    Ok((account, Some(number)))
}

const EXAMPLES: &str = "\
Examples:
  telewire serve
      on a free port, with the embedded key, which is public
  telewire serve --port 4430 --key dc.pem
      with a key of its own; makes dc.pem and dc.pem.pub if there is none
  telewire serve --mtproxy ee000102030405060708090a0b0c0d0e0f6578616d706c652e636f6d
      as a proxy too, in the disguise of TLS to example.com
  telewire serve --dc test:2 --strict
      as a data centre of the test environment, which takes nothing that breaks a rule
  telewire serve --user 9996620001=secret
      with an account to log in to, which has a password
  telewire serve --example-world > world.toml
  telewire serve --world world.toml
      with people, a bot and what they said
  telewire serve --dc 2 --dc 4 --user 9996620001@4
      as two data centres, with an account that lives in the second
  telewire serve --user 9996620001 --approve
  tg://login?token=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY
      the second line is typed into it: the link that `telewire login --qr` shows,
      which logs in to the account

How clients of others are pointed at it, and the events of --json, stand in --help.

Exit code:
  0  it was ended by Ctrl-C or SIGTERM
  1  it could not listen
  2  an option, the key file or the world file is wrong";

/// The same at length.
fn at_length() -> String {
    let brief = EXAMPLES.replace(
        "How clients of others are pointed at it, and the events of --json, stand in --help.\n\n",
        "",
    );
    [&brief, EVENTS, CLIENTS].join("\n\n")
}

/// What `--json` tells.
pub(super) const EVENTS: &str = "\
Events of --json, each with its date:
  listening         where a data centre is: dc, address
  key created       an authorization key was made: details has its id; address
  key bound         a temporary key acts for another: both ids; address
  key destroyed     by its client: its id; address
  session created   a session and its key; address
  login code        the code, the phone number, and how it is sent
  QR code approved  for whom; also `QR code refused`, why (--approve)
  exchange refused, packet refused, client refused, link dropped
                    why; address, and count if it is summed up
  other             what this program has no name for: details; address
  lines lost        so many lines before this one could not be written: count
  counted           how often something of these happened, and calls answered,
                    errors answered and updates told; at the end: details, count
  not modelled      a method that was asked for in vain; at the end: details, count
  stopped           the last line";

/// How others reach it.
const CLIENTS: &str = include_str!("clients.txt");

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn args(options: &[&str]) -> Args {
        Command::try_parse_from([&["serve"], options].concat()).unwrap().args
    }

    #[test]
    fn every_kind_of_code_has_a_name() {
        let kinds: Vec<_> = KINDS.iter().map(|(name, _)| code_kind(name).unwrap()).collect();
        assert!(CodeKind::ALL.iter().all(|kind| kinds.contains(kind)));
        assert!(code_kind("pigeon").unwrap_err().contains("set-up-email"));
    }

    #[test]
    fn a_user_is_a_phone_number_with_or_without_a_home_and_a_password() {
        let with = user("+99 966-20001@4=a=b@c").unwrap();
        let parts = (with.phone.as_str(), with.home, with.password.as_deref());
        assert_eq!(parts, ("+99 966-20001", Some(4), Some("a=b@c")));
        assert_eq!(format!("{with:?}"), "User(+99 966-20001)");
        let without = user("99966").unwrap();
        assert_eq!((without.home, without.password), (None, None));
        for text in ["", "1234", "ada", "99966=", "=secret", "99966@", "99966@x", "@4", "99966@-4"]
        {
            user(text).unwrap_err();
        }
        let bot = bot("1:abc@4").unwrap();
        assert_eq!((bot.token.as_str(), bot.home), ("1:abc", Some(4)));
        assert_eq!(format!("{bot:?}"), "Bot");
    }

    #[test]
    fn several_data_centres_have_ports_that_follow_one_another() {
        let place = |dc, port| (dc, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
        let (two, four) = (DcId::production(2), DcId::production(4));
        for (options, expected) in [
            (&[][..], vec![place(two, 0)]),
            (&["--dc", "2", "--dc", "4"], vec![place(two, 0), place(four, 0)]),
            (
                &["--dc", "4", "--dc", "2", "--port", "4430"],
                vec![place(four, 4430), place(two, 4431)],
            ),
            (&["--dc", "test:1", "--port", "65535"], vec![place(DcId::test(1), 65_535)]),
        ] {
            assert_eq!(args(options).places().unwrap(), expected, "{options:?}");
        }
    }

    #[test]
    fn data_centres_that_cannot_be_together_are_refused() {
        for (options, part) in [
            (
                &["--dc", "2", "--dc", "4", "--dc", "2"][..],
                "--dc: data centre prod:2 is named twice",
            ),
            (&["--dc", "2", "--dc", "prod:2"], "--dc: data centre prod:2 is named twice"),
            (&["--dc", "2", "--dc", "test:4"], "--dc: those of the test environment"),
            (&["--dc", "2", "--dc", "4", "--port", "65535"], "--port: there is no port for"),
        ] {
            let error = args(options).places().unwrap_err().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }

    #[test]
    fn an_account_lives_in_the_first_data_centre_or_in_one_that_is_served() {
        let args = args(&["--dc", "test:2", "--dc", "test:4"]);
        assert_eq!(args.home("--bot", None).unwrap(), DcId::test(2));
        assert_eq!(args.home("--bot", Some(4)).unwrap(), DcId::test(4));
        let error = args.home("--bot", Some(5)).unwrap_err().to_string();
        assert_eq!(error, "--bot: data centre 5 is not among those of --dc");
    }
}
