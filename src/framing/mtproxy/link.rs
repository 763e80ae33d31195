//! The links that pass proxies on, as people have them.
//!
//! ```text
//!  tg://  |  tg:                                    proxy   ?server=…&port=…&secret=…
//!  http:// | https:// |   www. |   t.me /                 / # …
//!            nothing     nothing  telegram.me /     socks   ?server=…&port=…&user=…&pass=…
//!                                 telegram.dog /
//! ```
//!
//! Letters of either case, slashes before the query, blanks around it all, parameters in any order.

use std::borrow::Cow;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::{ProxySecret, SecretError};

/// A proxy, as a link names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyLink {
    /// Its host name or IP address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// Its secret.
    pub secret: ProxySecret,
}

impl ProxyLink {
    /// The link, with the secret: for those who may know it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let secret = self.secret.expose();
        let beginning = "tg://proxy?";
        let mut query =
            form_urlencoded::Serializer::for_suffix(beginning.to_owned(), beginning.len());
        let port = self.port.to_string();
        query.append_pair("server", &self.server).append_pair("port", &port);
        Zeroizing::new(query.append_pair("secret", &secret).finish())
    }
}

impl FromStr for ProxyLink {
    type Err = LinkError;

    fn from_str(link: &str) -> Result<Self, LinkError> {
        let query = match Place::of(link) {
            Some((Place::Proxy, query)) => query,
            Some((Place::Socks, _)) => return Err(LinkError::Socks),
            None => return Err(LinkError::NoLink),
        };
        let [server, port, secret] = values(query, ["server", "port", "secret"])?;
        let (server, port) = server_and_port(server, port)?;
        let secret =
            Zeroizing::new(secret.ok_or(LinkError::Missing { name: "secret" })?.into_owned());
        Ok(Self { server, port, secret: secret.parse()? })
    }
}

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// An MTProto proxy.
    Proxy,
    /// A SOCKS5 proxy.
    Socks,
}

impl Place {
    /// Where a link leads, and its query; `None` of any other text.
    pub(crate) fn of(link: &str) -> Option<(Self, &str)> {
        let link = link.trim();
        let rest = match strip(link, "tg:") {
            Some(rest) => strip(rest, "//").unwrap_or(rest),
            None => of_site(link)?,
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = query.split('#').next().unwrap_or_default();
        let path = path.trim_matches('/').to_ascii_lowercase();
        match path.as_str() {
            "proxy" => Some((Self::Proxy, query)),
            "socks" => Some((Self::Socks, query)),
            _ => None,
        }
    }
}

/// What follows one of Telegram's sites.
fn of_site(link: &str) -> Option<&str> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| strip(link, scheme));
    let rest = rest.unwrap_or(link);
    let rest = strip(rest, "www.").unwrap_or(rest);
    let rest = SITES.iter().find_map(|site| strip(rest, site))?;
    let rest = [":443", ":80"].iter().find_map(|port| strip(rest, port)).unwrap_or(rest);
    rest.starts_with('/').then_some(rest)
}

/// The sites whose links apps open by themselves.
const SITES: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

fn strip<'l>(link: &'l str, beginning: &str) -> Option<&'l str> {
    let (start, rest) = link.split_at_checked(beginning.len())?;
    start.eq_ignore_ascii_case(beginning).then_some(rest)
}

/// The values of these parameters. Others are passed over: later clients may add some.
pub(crate) fn values<'q, const N: usize>(
    query: &'q str,
    names: [&'static str; N],
) -> Result<[Option<Cow<'q, str>>; N], LinkError> {
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // A link that was copied out of the source of a page.
        let name = name.strip_prefix("amp;").unwrap_or(&name);
        let known =
            names.iter().zip(&mut values).find(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some((name, place)) = known
            && place.replace(value).is_some()
        {
            return Err(LinkError::Twice { name });
        }
    }
    Ok(values)
}

/// What every kind of proxy has.
pub(crate) fn server_and_port(
    server: Option<Cow<'_, str>>,
    port: Option<Cow<'_, str>>,
) -> Result<(String, u16), LinkError> {
    let server = server.map(|server| server.trim().to_owned()).filter(|server| !server.is_empty());
    let server = server.ok_or(LinkError::Missing { name: "server" })?;
    if !server.bytes().all(|byte| byte.is_ascii_graphic()) || server.len() > MAX_SERVER {
        return Err(LinkError::Server);
    }
    let port = port.ok_or(LinkError::Missing { name: "port" })?;
    let port = port.trim();
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|port| is_number && *port != 0);
    Ok((server, port.ok_or(LinkError::Port)?))
}

/// The longest name that the domain name system knows.
const MAX_SERVER: usize = 253;

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// It is another link.
    #[error("no link of a proxy: those are tg://proxy?… and https://t.me/proxy?…")]
    NoLink,
    /// It is the link of a SOCKS5 proxy, which `net::Tunnel` reads.
    #[error("the link is of a SOCKS5 proxy, not of an MTProto proxy")]
    Socks,
    /// It lacks a part.
    #[error("the link has no {name}")]
    Missing {
        /// The part.
        name: &'static str,
    },
    /// It has a part twice.
    #[error("the link has {name} twice")]
    Twice {
        /// The part.
        name: &'static str,
    },
    /// Its server is no name and no address.
    #[error("the server of the link is no host name in ASCII and no address")]
    Server,
    /// Its port is none.
    #[error("the port of the link is no number from 1 to 65535")]
    Port,
    /// Its secret is none.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Secret;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f";

    #[test]
    fn a_server_has_a_name_as_long_as_the_domain_name_system_allows() {
        for (length, is_allowed) in [(0, false), (1, true), (253, true), (254, false)] {
            let server = Some(Cow::from("a".repeat(length)));
            let found = server_and_port(server, Some("443".into()));
            assert_eq!(found.is_ok(), is_allowed, "{length}");
        }
        for server in ["a b", "a\u{e4}", "a\n"] {
            let found = server_and_port(Some(Cow::from(format!("{server}c"))), Some("1".into()));
            assert!(matches!(found, Err(LinkError::Server)), "{server:?}");
        }
    }

    fn expected() -> ProxyLink {
        let key = Secret::from(std::array::from_fn(|place| place as u8));
        ProxyLink { server: "proxy.example".into(), port: 443, secret: ProxySecret::padded(key) }
    }

    /// Every way to begin a link.
    fn beginnings(path: &str) -> Vec<String> {
        let mut all = vec![format!("tg://{path}"), format!("tg:{path}")];
        for scheme in ["https://", "http://", ""] {
            for www in ["www.", ""] {
                for site in
                    SITES.iter().flat_map(|site| ["", ":443", ":80"].map(|p| format!("{site}{p}")))
                {
                    all.push(format!("{scheme}{www}{site}/{path}"));
                }
            }
        }
        all
    }

    #[test]
    fn links_are_read_however_they_begin() {
        let query = format!("server=proxy.example&port=443&secret=dd{KEY}");
        for beginning in beginnings("proxy") {
            for slashes in ["", "/", "//"] {
                let link = format!("{beginning}{slashes}?{query}");
                for link in [
                    link.clone(),
                    format!("  {link}\r\n"),
                    format!("{link}#end"),
                    format!("{}?{query}", format!("{beginning}{slashes}").to_uppercase()),
                ] {
                    assert_eq!(link.parse().as_ref(), Ok(&expected()), "{link}");
                }
            }
        }
        for beginning in beginnings("socks") {
            let link = format!("{beginning}?{query}");
            assert_eq!(link.parse::<ProxyLink>(), Err(LinkError::Socks), "{link}");
        }
        assert_eq!(*expected().expose(), format!("tg://proxy?{query}"));
        assert_eq!(expected().expose().parse(), Ok(expected()));
    }

    #[test]
    fn parameters_are_read_in_any_order_and_however_they_are_written() {
        let parts =
            ["server=proxy.example".to_owned(), "port=443".to_owned(), format!("secret=dd{KEY}")];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for between in ["&", "&amp;", "&&", "&new=1&"] {
                let link = format!(
                    "tg://proxy?{}",
                    order.map(|place| parts[place].as_str()).join(between)
                );
                assert_eq!(link.parse().as_ref(), Ok(&expected()), "{link}");
            }
        }
        for link in [
            format!("tg://proxy?SERVER=proxy%2Eexample&Port=%34%34%33&Secret=%64%64{KEY}"),
            format!("tg://proxy?server=+proxy.example+&port=+443&secret=DD{}", KEY.to_uppercase()),
            "tg://proxy?server=proxy.example&port=0443&secret=3QABAgMEBQYHCAkKCwwNDg8%3D"
                .to_owned(),
        ] {
            assert_eq!(link.parse().as_ref(), Ok(&expected()), "{link}");
        }
        // A plus that nobody escaped.
        let links = ["%2B", "+", "-"].map(|plus| {
            let link = format!(
                "tg://proxy?server=a&port=1&secret=7vv_{plus}wIDBAUGBwgJCgsMDQ5leGFtcGxlLmNvbQ=="
            );
            link.parse::<ProxyLink>().unwrap()
        });
        assert!(links.iter().all(|link| *link == links[0]));
        for server in ["2001:db8::1", "[2001:db8::1]", "127.0.0.1"] {
            let link = format!("tg://proxy?server={server}&port=1&secret={KEY}");
            assert_eq!(link.parse::<ProxyLink>().unwrap().server, server);
        }
    }

    #[test]
    fn each_malformed_link_has_its_error() {
        for (link, error) in [
            ("https://t.me/socks?server=a&port=1", LinkError::Socks),
            ("https://evil.example/proxy?server=a&port=1", LinkError::NoLink),
            ("https://t.me.evil.example/proxy?server=a&port=1", LinkError::NoLink),
            ("https://evil.example@t.me/proxy?server=a&port=1", LinkError::NoLink),
            ("https://t.me:444/proxy?server=a&port=1", LinkError::NoLink),
            ("https://t.meproxy?server=a&port=1", LinkError::NoLink),
            ("ftp://t.me/proxy?server=a&port=1", LinkError::NoLink),
            ("tg://proxies?server=a&port=1", LinkError::NoLink),
            ("tg://resolve?domain=proxy", LinkError::NoLink),
            ("", LinkError::NoLink),
            ("é", LinkError::NoLink),
            ("tg://proxy", LinkError::Missing { name: "server" }),
            ("tg://proxy?", LinkError::Missing { name: "server" }),
            ("tg://proxy?server=&port=1&secret=00", LinkError::Missing { name: "server" }),
            ("tg://proxy?server=a&secret=00", LinkError::Missing { name: "port" }),
            ("tg://proxy?server=a&port=1", LinkError::Missing { name: "secret" }),
            ("tg://proxy?server=a&port=0&secret=00", LinkError::Port),
            ("tg://proxy?server=a&port=65536&secret=00", LinkError::Port),
            ("tg://proxy?server=a&port=%2B1&secret=00", LinkError::Port),
            ("tg://proxy?server=a%20b&port=1&secret=00", LinkError::Server),
            ("tg://proxy?server=a&server=b&port=1", LinkError::Twice { name: "server" }),
            (
                "tg://proxy?server=a&port=1&secret=00",
                LinkError::Secret(SecretError::Length { length: 1 }),
            ),
        ] {
            assert_eq!(link.parse::<ProxyLink>(), Err(error), "{link}");
        }
    }
}
