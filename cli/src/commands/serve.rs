//! `telewire serve`: the embedded data centre for other programs.

use std::fmt;
use std::future::Future;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use telewire::crypto::{RsaPrivateKey, real};
use telewire::framing::mtproxy::{ProxyLink, ProxySecret};
use telewire::ids::DcId;
use telewire::net::{Front, OsEntropy, Server, SharedDc};
use telewire::server::accounts::{Accounts, CodeKind, SentCode};
use telewire::server::{DataCentre, DcEvent, Dispatcher, embedded_key, exchange};
use tokio::time::{MissedTickBehavior, interval};

use super::handshake::Hidden;
use super::handshake::target::EMBEDDED;
use crate::date;
use crate::dc_arg::DcArg;
use crate::failure::Failure;
use crate::key_file::KeyFile;
use crate::wire;

/// Runs the embedded data centre until Ctrl-C or SIGTERM, and shows what happens in it.
///
/// It makes keys, binds temporary ones, and answers all service messages: pings, salts, states, answers asked for again. Of the
/// API's functions it answers those that have to do with logging in and help.getConfig; any other gets an error. Login codes
/// are shown here instead of being sent. It remembers nothing when it ends.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The port; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// The address to listen on
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The data centre that it is: N, prod:N or test:N
    #[arg(long, value_name = "N", default_value = "2")]
    dc: DcArg,
    /// Its RSA key; by default one that everybody knows
    ///
    /// A PEM file, PKCS#1 or PKCS#8, of 2048 bits. If there is no such file, a new key is written to it that only you can
    /// read; no file is ever overwritten. Clients need FILE.pub, the public half, which is written beside it.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Is an MTProto proxy too, with this secret
    ///
    /// 16 bytes in hex or base64url; `dd` before them demands padding, `ee` before them and a domain after them demand
    /// what looks like TLS to that domain. May be given several times.
    #[arg(long, value_name = "SECRET")]
    mtproxy: Vec<Hidden>,
    /// Where streams go that it cannot make sense of, as a proxy hides behind a website
    #[arg(long, value_name = "IP:PORT")]
    fallback: Option<SocketAddr>,
    /// Refuses the RSA padding of before 2021
    #[arg(long)]
    strict: bool,
    /// Adds the account of a person, with a password if there is one
    ///
    /// Other phone numbers sign up.
    #[arg(long, value_name = "PHONE[=PASSWORD]", value_parser = user)]
    user: Vec<User>,
    /// Adds a bot that logs in with this token
    #[arg(long, value_name = "TOKEN")]
    bot: Vec<String>,
    /// How login codes are sent, and given several times, how another one is [default: sms, call]
    ///
    /// app, sms, call, flash-call, missed-call, email, fragment, firebase, word or phrase; set-up-email has the client set up
    /// an email address first. All codes are shown here.
    #[arg(long, value_name = "KIND", value_parser = code_kind)]
    code: Vec<CodeKind>,
}

/// An account that is there from the beginning.
#[derive(Clone)]
struct User {
    phone: String,
    password: Option<String>,
}

/// The password is not for everybody's eyes.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({})", self.phone)
    }
}

fn user(text: &str) -> Result<User, String> {
    let (phone, password) = match text.split_once('=') {
        Some((phone, password)) => (phone, Some(password.to_owned())),
        None => (text, None),
    };
    let is_phone = phone.bytes().filter(u8::is_ascii_digit).count() >= 5
        && phone.chars().all(|c| c.is_ascii_digit() || "+- ()".contains(c));
    if !is_phone || password.as_deref() == Some("") {
        return Err("expected a phone number of five digits at least, and `=` and a password if \
                    it is to have one"
            .to_owned());
    }
    Ok(User { phone: phone.to_owned(), password })
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

const EXAMPLES: &str = "\
Examples:
  telewire serve
      on a free port, with the embedded key, which is public
  telewire serve --port 4430 --key dc.pem
      with a key of its own; makes dc.pem and dc.pem.pub if there is none
  telewire serve --mtproxy ee000102030405060708090a0b0c0d0e0f6578616d706c652e636f6d
      as a proxy too, in the disguise of TLS to example.com
  telewire serve --dc test:2 --strict
      as a data centre of the test environment, for current clients alone
  telewire serve --user 9996620001=secret
      with an account to log in to, which has a password

Exit code:
  0  it was ended by Ctrl-C or SIGTERM
  1  it could not listen
  2  an option or the key file is wrong";

/// How often it is looked whether something happened: no user notices a tenth of a second.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let front = front(args)?;
    let key = Key::open(args.key.as_deref())?;
    let runtime = super::runtime()?;
    let result = runtime.block_on(serve(args, &key, front));
    runtime.shutdown_background();
    result
}

/// The ways in besides the plain ones.
fn front(args: &Args) -> Result<Front, Failure> {
    let mut front = Front::default();
    front.fallback = args.fallback;
    for secret in &args.mtproxy {
        // What is wrong is said without the secret.
        let secret: Result<ProxySecret, _> = secret.0.parse();
        front.secrets.push(secret.map_err(|error| Failure::Input(format!("--mtproxy: {error}")))?);
    }
    Ok(front)
}

/// The key and where it comes from.
struct Key {
    key: RsaPrivateKey,
    /// What to tell of it.
    description: String,
    /// The option of `telewire handshake` that names its public half.
    option: String,
}

impl Key {
    fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file else {
            let key = embedded_key()
                .map_err(|error| Failure::Run(format!("the embedded key is no key: {error}")))?;
            let description = "the embedded one, which is public and protects nothing".to_owned();
            return Ok(Self { key, description, option: EMBEDDED.to_owned() });
        };
        let KeyFile { key, public, is_new } = KeyFile::open(path)?;
        let new = if is_new { "new, " } else { "" };
        let description = format!("{} ({new}public half in {})", path.display(), public.display());
        Ok(Self { key, description, option: quoted(&public.display().to_string()) })
    }
}

async fn serve(args: &Args, key: &Key, front: Front) -> Result<(), Failure> {
    // From here on, a signal ends it in order.
    let mut signals = pin!(signals()?);
    let mut config = exchange::Config::new(args.dc.dc, vec![key.key.clone()], real());
    config.accepts_legacy_padding = !args.strict;
    let entropy = OsEntropy::new()
        .map_err(|error| Failure::Run(format!("no randomness to make keys of: {error}")))?;
    let accounts = accounts(args)?;
    let mut dispatcher = Dispatcher::new();
    accounts.register(args.dc.dc, &mut dispatcher);
    let data_centre = DataCentre::new(config, dispatcher, entropy);
    let address = SocketAddr::new(args.address, args.port);
    let unheard = |error| Failure::Run(format!("cannot listen on {address}: {error}"));
    let secrets = front.secrets.clone();
    let server = Server::bind(address, data_centre).await.map_err(unheard)?;
    let server = server.with_front(front).map_err(unheard)?;
    let bound = server.local_addr().map_err(unheard)?;
    // Which port it gets is known only after it listens.
    accounts.set_address(args.dc.dc, reachable(bound));
    introduce(args, key, bound, secrets)?;

    let data_centre = server.data_centre();
    let mut server = pin!(server.run());
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            result = &mut server => {
                let why = result.err().map_or("it ended".to_owned(), |error| error.to_string());
                return Err(Failure::Run(format!("the server on {address} failed: {why}")));
            }
            () = &mut signals => {
                tell_events(args.dc.dc, &data_centre, &accounts)?;
                return Ok(writeln!(io::stdout(), "Stopped.")?);
            }
            _ = look.tick() => tell_events(args.dc.dc, &data_centre, &accounts)?,
        }
    }
}

fn introduce(
    args: &Args,
    key: &Key,
    address: SocketAddr,
    secrets: Vec<ProxySecret>,
) -> io::Result<()> {
    let place = reachable(address);
    let links = secrets.into_iter().map(|secret| {
        let link = ProxyLink { server: place.ip().to_string(), port: place.port(), secret };
        format!(
            "\n  telewire handshake --proxy '{}' --dc {} --rsa {}",
            *link.expose(),
            dc_option(args.dc.dc),
            key.option,
        )
    });
    let links: String = links.collect();
    let padding = if args.strict { "RSA_PAD alone" } else { "RSA_PAD, and the one of before 2021" };
    let dc = args.dc.dc;
    writeln!(
        io::stdout(),
        "Data centre {dc} on {address}
  key          {}
  fingerprint  {}
  RSA padding  {padding}

Connect to it:
  telewire handshake --address {} --dc {} --rsa {}{links}

Ctrl-C ends it.",
        key.description,
        key.key.public().fingerprint(),
        place,
        dc_option(dc),
        key.option,
    )
}

fn tell_events(dc: DcId, data_centre: &SharedDc, accounts: &Accounts) -> io::Result<()> {
    // What waits is taken at once, so that the lock is not held while it is printed.
    let now = data_centre.now();
    let events = {
        let mut data_centre = data_centre.lock();
        accounts.deliver(dc, &mut data_centre, now);
        data_centre.take_events()
    };
    for event in events {
        writeln!(io::stdout(), "{} {}", date::time_of_day(date::now()), line(&event))?;
    }
    for SentCode { phone, code, kind } in accounts.take_codes() {
        let time = date::time_of_day(date::now());
        writeln!(io::stdout(), "{time} login code        {code} for {phone} ({kind:?})")?;
    }
    Ok(())
}

/// The accounts that the options name.
fn accounts(args: &Args) -> Result<Accounts, Failure> {
    let entropy = OsEntropy::new()
        .map_err(|error| Failure::Run(format!("no randomness to make codes of: {error}")))?;
    let accounts = Accounts::new(entropy);
    for user in &args.user {
        let id = accounts.add_user(args.dc.dc, &user.phone, "Somebody");
        if let Some(password) = &user.password {
            accounts.set_password(id, password, "");
        }
    }
    for token in &args.bot {
        accounts.add_bot(args.dc.dc, token, "A bot");
    }
    if !args.code.is_empty() {
        accounts.set_code_kinds(&args.code);
    }
    Ok(accounts)
}

fn line(event: &DcEvent) -> String {
    match event {
        DcEvent::KeyCreated(key) => format!("key created       {}", wire::long(key.0)),
        DcEvent::SessionCreated(key, session) => {
            let (key, session) = (wire::long(key.0), wire::long(session.0));
            format!("session created   {session} with the key {key}")
        }
        DcEvent::ExchangeRefused(error) => format!("exchange refused  {error}"),
        DcEvent::PacketRefused => {
            "packet refused    its key is unknown, or it is not authentic".to_owned()
        }
        event => format!("{event:?}"),
    }
}

/// An address that a client on this machine can dial.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn dc_option(dc: DcId) -> String {
    if dc.is_test { format!("test:{}", dc.number) } else { dc.number.to_string() }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// Ends when somebody wants the program to end.
#[cfg(unix)]
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::Run(format!("signals cannot be heard: {error}")))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when somebody wants the program to end.
#[cfg(not(unix))]
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_needs_it() {
        for (path, shown) in [
            ("dc.pem.pub", "dc.pem.pub"),
            ("/tmp/a b", "'/tmp/a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(path), shown);
        }
    }

    #[test]
    fn every_kind_of_code_has_a_name() {
        let kinds: Vec<_> = KINDS.iter().map(|(name, _)| code_kind(name).unwrap()).collect();
        assert!(CodeKind::ALL.iter().all(|kind| kinds.contains(kind)));
        assert!(code_kind("pigeon").unwrap_err().contains("set-up-email"));
    }

    #[test]
    fn a_user_is_a_phone_number_with_or_without_a_password() {
        let with = user("+99 966-20001=a=b").unwrap();
        assert_eq!((with.phone.as_str(), with.password.as_deref()), ("+99 966-20001", Some("a=b")));
        assert_eq!(format!("{with:?}"), "User(+99 966-20001)");
        assert!(user("99966").unwrap().password.is_none());
        for text in ["", "1234", "ada", "99966=", "=secret"] {
            user(text).unwrap_err();
        }
    }

    #[test]
    fn an_address_of_every_interface_is_dialled_on_loopback() {
        for (address, shown) in [
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("192.0.2.7:1", "192.0.2.7:1"),
        ] {
            assert_eq!(reachable(address.parse().unwrap()), shown.parse().unwrap());
        }
    }
}
