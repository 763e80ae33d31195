//! Proxies that hand on bytes of any kind.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::framing::mtproxy::{LinkError, Place, server_and_port, values};

/// A [SOCKS5](https://www.rfc-editor.org/rfc/rfc1928) proxy, or one that takes
/// [`CONNECT`](https://www.rfc-editor.org/rfc/rfc9110#name-connect) of HTTP, that the socket goes through. Host names are
/// looked up by the proxy. It is read from a URL, or from one of Telegram's links, `tg://socks?server=…&port=…`.
///
/// ```
/// use telewire::net::Tunnel;
/// let tunnel: Tunnel = "socks5://name:password@127.0.0.1:1080".parse()?;
/// assert_eq!(format!("{tunnel:?}"), "Tunnel(socks5://…@127.0.0.1:1080)");
/// # Ok::<(), telewire::net::TunnelError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Tunnel {
    kind: Kind,
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Socks5,
    Http,
}

/// A name and a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: Zeroizing<String>,
}

impl Tunnel {
    /// A SOCKS5 proxy at a host name or an address.
    #[must_use]
    pub fn socks5(host: &str, port: u16) -> Self {
        Self { kind: Kind::Socks5, host: host.to_owned(), port, credentials: None }
    }

    /// An HTTP proxy at a host name or an address.
    #[must_use]
    pub fn http(host: &str, port: u16) -> Self {
        Self { kind: Kind::Http, host: host.to_owned(), port, credentials: None }
    }

    /// With a name and a password.
    #[must_use]
    pub fn with_credentials(self, name: &str, password: &str) -> Self {
        let (name, password) = (name.to_owned(), Zeroizing::new(password.to_owned()));
        Self { credentials: Some(Credentials { name, password }), ..self }
    }

    pub(super) fn is_socks5(&self) -> bool {
        self.kind == Kind::Socks5
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }
}

/// `socks5://host:port`, `socks5://name:password@host:port`, or the same with `http://`. What has a meaning in URLs is
/// written as `%41`, and IPv6 addresses in brackets. Or a link, `tg://socks?server=…&port=…&user=…&pass=…` or the same at
/// `https://t.me/socks`.
impl FromStr for Tunnel {
    type Err = TunnelError;

    fn from_str(url: &str) -> Result<Self, TunnelError> {
        let url = url.trim();
        if let Some((place, query)) = Place::of(url) {
            return match place {
                Place::Socks => Self::of_link(query),
                Place::Proxy => Err(TunnelError::MtProxy),
            };
        }
        let (scheme, rest) = url.split_once("://").ok_or(TunnelError::Scheme)?;
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "socks" | "socks5" | "socks5h" => Kind::Socks5,
            "http" => Kind::Http,
            _ => return Err(TunnelError::Scheme),
        };
        let rest = rest.trim_end_matches('/');
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, rest),
        };
        let (host, port) = place.rsplit_once(':').ok_or(TunnelError::NoPort)?;
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|port| is_number && *port != 0);
        let port = port.ok_or(TunnelError::NoPort)?;
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        let is_host = !host.is_empty() && (is_bracketed || !host.contains([':', '/', '?', '#']));
        if !is_host || !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TunnelError::Host);
        }
        let credentials = credentials.map(|text| read_credentials(text, kind)).transpose()?;
        Ok(Self { kind, host: host.to_owned(), port, credentials })
    }
}

impl Tunnel {
    /// The proxy of a link's query. A link without a name, or with an empty one, has no password either.
    fn of_link(query: &str) -> Result<Self, TunnelError> {
        let [server, port, user, pass] = values(query, ["server", "port", "user", "pass"])?;
        let (host, port) = server_and_port(server, port)?;
        let name = user.unwrap_or_default().into_owned();
        let password = Zeroizing::new(pass.unwrap_or_default().into_owned());
        let credentials = if name.is_empty() && password.is_empty() {
            None
        } else {
            Some(Credentials::new(name, password, Kind::Socks5)?)
        };
        Ok(Self { kind: Kind::Socks5, host, port, credentials })
    }
}

impl Credentials {
    /// A password may be empty, since some proxies ask for a name alone; a name may not.
    fn new(name: String, password: Zeroizing<String>, kind: Kind) -> Result<Self, TunnelError> {
        let is_long = name.len() > MAX_CREDENTIAL || password.len() > MAX_CREDENTIAL;
        // RFC 7617: what stands before the first colon is the name.
        let is_cut = kind == Kind::Http && name.contains(':');
        if name.is_empty() || is_long || is_cut {
            return Err(TunnelError::Credentials);
        }
        Ok(Self { name, password })
    }
}

fn read_credentials(text: &str, kind: Kind) -> Result<Credentials, TunnelError> {
    let (name, password) = text.split_once(':').unwrap_or((text, ""));
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded.map(std::borrow::Cow::into_owned).map_err(|_| TunnelError::Credentials)
    };
    let (name, password) = (decode(name)?, Zeroizing::new(decode(password)?));
    Credentials::new(name, password, kind)
}

/// The longest name or password: RFC 1929 counts them in one byte.
const MAX_CREDENTIAL: usize = 255;

/// Without name and password.
impl fmt::Display for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_socks5() { "socks5" } else { "http" };
        let secret = if self.credentials.is_some() { "…@" } else { "" };
        write!(f, "{scheme}://{secret}{}:{}", self.host, self.port)
    }
}

/// Without name and password.
impl fmt::Debug for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tunnel({self})")
    }
}

/// What is wrong with the URL of a proxy. Names and passwords are not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TunnelError {
    /// It begins with something else.
    #[error("a proxy is socks5://HOST:PORT, http://HOST:PORT or tg://socks?…")]
    Scheme,
    /// It names no port.
    #[error("the proxy needs a port from 1 to 65535, as in socks5://127.0.0.1:1080")]
    NoPort,
    /// It names no host.
    #[error("the proxy needs a host name or an address, IPv6 ones in brackets")]
    Host,
    /// Its name or password cannot be sent.
    #[error(
        "the proxy's name has 1 to 255 bytes, and no colon with http://; its password has 255 at most"
    )]
    Credentials,
    /// It is the link of an MTProto proxy, which [`ProxyLink`](crate::framing::mtproxy::ProxyLink) reads.
    #[error("the link is of an MTProto proxy, not of a SOCKS5 proxy")]
    MtProxy,
    /// It is the link of a SOCKS5 proxy, and a part of it is wrong.
    #[error(transparent)]
    Link(#[from] LinkError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (url, expected) in [
            ("socks5://127.0.0.1:1080", Tunnel::socks5("127.0.0.1", 1080)),
            ("SOCKS5://proxy.example:1/", Tunnel::socks5("proxy.example", 1)),
            ("http://[::1]:8080", Tunnel::http("[::1]", 8080)),
            ("socks5://a:b@c:1", Tunnel::socks5("c", 1).with_credentials("a", "b")),
            ("http://a@c:1", Tunnel::http("c", 1).with_credentials("a", "")),
            ("http://a%40b:c%3Ad@e:1", Tunnel::http("e", 1).with_credentials("a@b", "c:d")),
            ("http://a:b:c@e:1", Tunnel::http("e", 1).with_credentials("a", "b:c")),
            ("socks5://a@c:1", Tunnel::socks5("c", 1).with_credentials("a", "")),
            ("socks5://a:@c:1", Tunnel::socks5("c", 1).with_credentials("a", "")),
            ("socks5://a%3Ab:c@d:1", Tunnel::socks5("d", 1).with_credentials("a:b", "c")),
            (" socks5://c:1//\n", Tunnel::socks5("c", 1)),
            ("socks://c:1", Tunnel::socks5("c", 1)),
            ("tg://socks?server=c&port=1", Tunnel::socks5("c", 1)),
            ("tg://socks?server=c&port=1&user=&pass=", Tunnel::socks5("c", 1)),
            (
                "tg://socks?server=c&port=1&user=u&pass=p%3A",
                Tunnel::socks5("c", 1).with_credentials("u", "p:"),
            ),
            (
                "https://www.t.me/socks/?pass=&user=u&port=1&server=::1",
                Tunnel::socks5("::1", 1).with_credentials("u", ""),
            ),
        ] {
            assert_eq!(url.parse(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn each_malformed_url_has_its_error() {
        let long = format!("http://{}:a@b:1", "n".repeat(256));
        for (url, error) in [
            ("", TunnelError::Scheme),
            ("127.0.0.1:1080", TunnelError::Scheme),
            ("https://127.0.0.1:1080", TunnelError::Scheme),
            ("socks4://127.0.0.1:1080", TunnelError::Scheme),
            ("socks5://127.0.0.1", TunnelError::NoPort),
            ("socks5://127.0.0.1:", TunnelError::NoPort),
            ("socks5://127.0.0.1:0", TunnelError::NoPort),
            ("socks5://127.0.0.1:+1", TunnelError::NoPort),
            ("socks5://127.0.0.1:65536", TunnelError::NoPort),
            ("socks5://:1", TunnelError::Host),
            ("socks5://::1:1", TunnelError::Host),
            ("socks5://a/b:1", TunnelError::Host),
            ("socks5://:b@c:1", TunnelError::Credentials),
            ("http://a%3A:b@c:1", TunnelError::Credentials),
            ("socks5://@c:1", TunnelError::Credentials),
            ("tg://socks?server=c&port=1&pass=p", TunnelError::Credentials),
            ("tg://proxy?server=c&port=1&secret=00", TunnelError::MtProxy),
            ("http://t.me/proxy?server=c&port=1&secret=00", TunnelError::MtProxy),
            ("tg://socks?port=1", TunnelError::Link(LinkError::Missing { name: "server" })),
            ("tg://socks?server=c&port=x", TunnelError::Link(LinkError::Port)),
            ("tg://resolve?domain=socks", TunnelError::Scheme),
            ("socks5://a:%ff@c:1", TunnelError::Credentials),
            (&long, TunnelError::Credentials),
        ] {
            assert_eq!(url.parse::<Tunnel>(), Err(error), "{url}");
        }
    }

    #[test]
    fn names_and_passwords_are_not_shown() {
        let tunnel: Tunnel = "http://alice:secret@proxy:1".parse().unwrap();
        assert_eq!(format!("{tunnel:?}"), "Tunnel(http://…@proxy:1)");
    }
}
