//! The way to the server that the options name.

use telewire::framing::mtproxy::{LinkError, ProxyLink};
use telewire::net::{Config, Route, Tunnel, TunnelError, WebSocketUrl};

use super::args::Args;
use crate::failure::Failure;

/// What goes over the socket, and through which proxy.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Way {
    route: Route,
    tunnel: Option<Tunnel>,
}

impl Way {
    /// Reads what the options say.
    pub(super) fn choose(args: &Args) -> Result<Self, Failure> {
        let proxy = args.proxy.as_ref().map(|proxy| proxy.0.as_str());
        // What is wrong is said without the text, in which there may be a secret.
        let wrong = |error: &dyn std::fmt::Display| Failure::Input(format!("--proxy: {error}"));
        let mut way = Self::default();
        match proxy.map(str::parse::<ProxyLink>) {
            Some(Ok(link)) => {
                if args.address.is_some() || args.credentials.is_some() || args.websocket.is_some()
                {
                    return Err(Failure::Input(
                        "an MTProto proxy knows the data centre by its number: give --dc, and no \
                         --address, --credentials or --websocket"
                            .to_owned(),
                    ));
                }
                way.route = Route::MtProxy(link);
                return Ok(way);
            }
            // It is one of the other kind, or nothing.
            Some(Err(LinkError::NoLink | LinkError::Socks)) => {
                let tunnel: Result<Tunnel, _> = proxy.unwrap_or_default().parse();
                way.tunnel = Some(tunnel.map_err(|error| match error {
                    TunnelError::Scheme => Failure::Input(NO_PROXY.to_owned()),
                    error => wrong(&error),
                })?);
            }
            Some(Err(error)) => return Err(wrong(&error)),
            None => {}
        }
        if let Some(url) = &args.websocket {
            let url: WebSocketUrl =
                url.parse().map_err(|error| Failure::Input(format!("--websocket: {error}")))?;
            way.route = Route::WebSocket(url);
        } else if args.transport.is_obfuscated {
            way.route = Route::Obfuscated;
        }
        Ok(way)
    }

    /// What it leads to, if that is no address of a server.
    pub(super) fn place(&self) -> Option<String> {
        match &self.route {
            Route::MtProxy(link) => Some(format!("the proxy {}:{}", link.server, link.port)),
            Route::WebSocket(url) => Some(url.to_string()),
            _ => None,
        }
    }

    /// What to say after a place.
    pub(super) fn through(&self) -> String {
        self.tunnel.as_ref().map_or_else(String::new, |tunnel| format!(" through {tunnel}"))
    }

    /// A configuration with this way.
    pub(super) fn apply(&self, mut config: Config) -> Config {
        config.route = self.route.clone();
        config.tunnel = self.tunnel.clone();
        config
    }
}

/// What `--proxy` takes.
const NO_PROXY: &str = "--proxy: expected tg://proxy?… or https://t.me/proxy?… of an MTProto proxy, socks5://HOST:PORT or \
    tg://socks?… of a SOCKS5 proxy, or http://HOST:PORT";

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    const SECRET: &str = "000102030405060708090a0b0c0d0e0f";
    /// Without its first byte.
    const SHORT: &str = "0102030405060708090a0b0c0d0e0f";

    fn choose(options: &[&str]) -> Result<Way, Failure> {
        let cli = Cli::try_parse_from(["handshake"].iter().chain(options)).unwrap();
        Way::choose(&cli.args)
    }

    #[test]
    fn each_way_is_read() {
        let link = format!("tg://proxy?server=a&port=1&secret={SECRET}");
        let site = format!("http://t.me/proxy?server=a&port=1&secret={SECRET}");
        let mtproxy = Way { route: Route::MtProxy(link.parse().unwrap()), tunnel: None };
        for link in [&link, &site] {
            assert_eq!(choose(&["--proxy", link]).unwrap(), mtproxy);
        }
        assert_eq!(mtproxy.place().unwrap(), "the proxy a:1");
        for url in [
            "socks5://a:b@c:1",
            "socks5://a@c:1",
            "http://c:1",
            "tg://socks?server=c&port=1&user=a&pass=b",
            "http://www.t.me/socks/?server=c&port=1",
        ] {
            let way = Way { route: Route::Direct, tunnel: Some(url.parse().unwrap()) };
            assert_eq!(choose(&["--proxy", url]).unwrap(), way);
        }
        let way =
            choose(&["--websocket", "ws://c:1/apiws", "--proxy", "socks5://a:b@c:1"]).unwrap();
        assert_eq!(way.place().unwrap() + &way.through(), "ws://c:1/apiws through socks5://…@c:1");
        let obfuscated = choose(&["--transport", "obfuscated-abridged"]).unwrap();
        assert_eq!(obfuscated, Way { route: Route::Obfuscated, tunnel: None });
        assert_eq!(choose(&[]).unwrap(), Way::default());
    }

    #[test]
    fn what_is_wrong_is_said_in_a_sentence_without_the_secret() {
        let link = format!("tg://proxy?server=a&port=1&secret={SECRET}");
        let short = format!("tg://proxy?server=a&port=1&secret={SHORT}");
        for (options, sentence) in [
            (&["--proxy", &short][..], "--proxy: a secret of 15 bytes"),
            (&["--proxy", "what"], "--proxy: expected tg://proxy?"),
            (&["--proxy", "https://evil.example/proxy?server=a"], "--proxy: expected tg://proxy?"),
            (&["--proxy", "socks5://secret@a"], "--proxy: the proxy needs a port"),
            (&["--proxy", "socks4://a:1"], "--proxy: expected tg://proxy?"),
            (&["--proxy", "tg://socks?port=1"], "--proxy: the link has no server"),
            (&["--proxy", "tg://proxy?server=a&port=1"], "--proxy: the link has no secret"),
            (&["--websocket", "https://a"], "--websocket: the URL of a WebSocket begins"),
            (&["--proxy", &link, "--address", "127.0.0.1:1"], "an MTProto proxy knows"),
            (&["--proxy", &link, "--websocket", "ws://a/"], "an MTProto proxy knows"),
        ] {
            let failure = choose(options).unwrap_err();
            let told = failure.to_string();
            assert!(matches!(failure, Failure::Input(_)) && told.starts_with(sentence), "{told}");
            assert!(!told.contains(SHORT) && !told.contains("secret@"), "{told}");
        }
    }
}
