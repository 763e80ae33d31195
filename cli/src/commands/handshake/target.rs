//! Which server the options name, and the keys it may have.

use std::net::SocketAddr;
use std::path::Path;

use telewire::client::addresses;
use telewire::crypto::{RsaPublicKey, keys};
use telewire::ids::DcId;

use super::args::Args;
use super::way::Way;
use crate::credentials::Credentials;
use crate::dc_arg::DcArg;
use crate::failure::Failure;
use crate::key_file;

/// A server and what must be known of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Target {
    pub(super) server: Server,
    pub(crate) dc: DcId,
    /// Its addresses, tried in turn. The embedded data centre has none until it runs.
    pub(super) addresses: Vec<SocketAddr>,
    /// Its keys, the preferred first.
    pub(crate) keys: Vec<RsaPublicKey>,
    /// The way there.
    pub(super) way: Way,
}

/// Where a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// Inside this program.
    Embedded,
    /// At an address that the user gave.
    Given,
    /// At Telegram's.
    Telegram,
}

impl Server {
    /// A word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Given => "given",
            Self::Telegram => "telegram",
        }
    }
}

impl Target {
    /// Reads what the options say, and the files that they name.
    pub(super) fn choose(args: &Args) -> Result<Self, Failure> {
        let credentials = args.credentials.as_deref().map(Credentials::read).transpose()?;
        let address = args.address.or(credentials.map(|credentials| credentials.address));
        Self::of(address, args.rsa.as_deref(), args.dc, Way::choose(args)?)
    }

    /// The server at an address.
    pub(crate) fn at(
        address: SocketAddr,
        rsa: Option<&Path>,
        dc: Option<DcArg>,
    ) -> Result<Self, Failure> {
        Self::of(Some(address), rsa, dc, Way::default())
    }

    fn of(
        address: Option<SocketAddr>,
        rsa: Option<&Path>,
        number: Option<DcArg>,
        way: Way,
    ) -> Result<Self, Failure> {
        let known = address.and_then(|address| addresses::dc_at(address.ip()));
        let dc = number.map(|arg| arg.dc).or(known).unwrap_or(DEFAULT_DC);
        let (server, addresses) = match (address, number) {
            _ if way.place().is_some() => (Server::Given, Vec::new()),
            (Some(address), _) => (Server::Given, vec![address]),
            (None, Some(arg)) if arg.has_environment => (Server::Telegram, built_in(dc)?),
            (None, _) => (Server::Embedded, Vec::new()),
        };
        let keys = match (rsa, server) {
            (Some(_), Server::Embedded) => {
                return Err(Failure::Input(
                    "--rsa is for another server than the embedded one: name that with --address, \
                     --credentials, or an environment as in --dc test:2"
                        .to_owned(),
                ));
            }
            (None, Server::Embedded) => vec![embedded()?],
            (Some(file), _) if file == Path::new(EMBEDDED) => vec![embedded()?],
            (Some(file), _) => key_file::read_public(file)?,
            (None, _) if dc.is_test => keys::test_keys(),
            (None, _) => keys::production_keys(),
        };
        Ok(Self { server, dc, addresses, keys, way })
    }

    /// What is connected to, in words.
    pub(super) fn places(&self) -> Vec<String> {
        let through = self.way.through();
        let addresses = self.addresses.iter().map(ToString::to_string);
        self.way.place().into_iter().chain(addresses).map(|place| place + &through).collect()
    }
}

/// What the key exchange names if the user does not say: the data centre of Telegram's own examples.
const DEFAULT_DC: DcId = DcId::production(2);

/// The word that stands for the key of `telewire serve` without a key file.
pub(crate) const EMBEDDED: &str = "embedded";

fn built_in(dc: DcId) -> Result<Vec<SocketAddr>, Failure> {
    let addresses = addresses::of(dc);
    if addresses.is_empty() {
        return Err(Failure::Input(format!(
            "--dc {dc}: no address is built in; Telegram has prod:1 to prod:5 and test:1 to \
             test:3, others need --address"
        )));
    }
    Ok(addresses)
}

pub(crate) fn embedded() -> Result<RsaPublicKey, Failure> {
    let key = telewire::server::embedded_key();
    key.map(|key| key.public().clone())
        .map_err(|error| Failure::Run(format!("the embedded key cannot be used: {error}")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn choose(options: &[&str]) -> Result<Target, Failure> {
        let cli = Cli::try_parse_from(["handshake"].iter().chain(options)).unwrap();
        Target::choose(&cli.args)
    }

    fn target(server: Server, dc: DcId, address: &[&str], keys: Vec<RsaPublicKey>) -> Target {
        let addresses = address.iter().map(|address| address.parse().unwrap()).collect();
        Target { server, dc, addresses, keys, way: Way::default() }
    }

    #[test]
    fn without_an_address_the_server_is_the_embedded_one() {
        for (options, number) in [(&[][..], 2), (&["--dc", "4"], 4)] {
            let dc = DcId::production(number);
            let expected = target(Server::Embedded, dc, &[], vec![embedded().unwrap()]);
            assert_eq!(choose(options).unwrap(), expected);
        }
    }

    #[test]
    fn an_environment_without_an_address_is_telegrams() {
        let expected = target(
            Server::Telegram,
            DcId::test(2),
            &["149.154.167.40:443", "[2001:67c:4e8:f002::e]:443"],
            keys::test_keys(),
        );
        assert_eq!(choose(&["--dc", "test:2"]).unwrap(), expected);
        let production = choose(&["--dc", "prod:2"]).unwrap();
        assert_eq!(production.server, Server::Telegram);
        assert_eq!(production.keys, keys::production_keys());
        let message = choose(&["--dc", "prod:6"]).unwrap_err().to_string();
        assert!(message.starts_with("--dc prod:6: no address"), "{message}");
    }

    #[test]
    fn an_address_is_used_with_the_keys_of_the_environment_or_those_of_a_file() {
        let address = "127.0.0.1:4430";
        for (options, dc, keys) in [
            (&[][..], DcId::production(2), keys::production_keys()),
            (&["--dc", "3"], DcId::production(3), keys::production_keys()),
            (&["--dc", "test:3"], DcId::test(3), keys::test_keys()),
            (&["--rsa", "embedded"], DcId::production(2), vec![embedded().unwrap()]),
        ] {
            let expected = target(Server::Given, dc, &[address], keys);
            assert_eq!(choose(&[&["--address", address], options].concat()).unwrap(), expected);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, keys::TEST_KEY_PEM).unwrap();
        let options = ["--address", address, "--rsa", file.to_str().unwrap()];
        assert_eq!(choose(&options).unwrap().keys, keys::test_keys());
        fs::write(&file, "no key").unwrap();
        let message = choose(&options).unwrap_err().to_string();
        let expected = format!("{}: expected a PEM block `RSA PUBLIC KEY`", file.display());
        assert!(message.starts_with(&expected), "{message}");
    }

    #[test]
    fn an_address_of_telegrams_says_which_data_centre_it_is() {
        let address = ["--address", "149.154.167.40:443"];
        let found = choose(&address).unwrap();
        assert_eq!((found.dc, found.keys), (DcId::test(2), keys::test_keys()));
        // What the user says counts.
        let found = choose(&[&address[..], &["--dc", "4"]].concat()).unwrap();
        assert_eq!((found.dc, found.keys), (DcId::production(4), keys::production_keys()));
    }

    #[test]
    fn the_embedded_data_centre_has_its_own_key() {
        let failure = choose(&["--rsa", "embedded"]).unwrap_err();
        assert!(matches!(failure, Failure::Input(_)), "{failure}");
    }
}
