//! Secrets of [MTProto proxies], and the links that pass them on.
//!
//! ```text
//!  tg://proxy?server=HOST&port=PORT&secret=SECRET
//!  https://t.me/proxy?server=HOST&port=PORT&secret=SECRET
//! ```
//!
//! | secret | kind | the stream |
//! |---|---|---|
//! | 16 bytes | plain | obfuscated, any framing but full |
//! | `dd`, 16 bytes | padded | obfuscated, padded intermediate |
//! | `ee`, 16 bytes, a domain | fake TLS | the same, in the records of what looks like TLS to that domain |
//!
//! Each is written in hex or in base64url. The kinds are those of TDLib's `ProxySecret`; the page knows the first two.
//!
//! [MTProto proxies]: https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::Secret;
use crate::framing::Framing;

/// The longest domain of a fake TLS secret: more would not fit into a ClientHello of 517 bytes. TDLib has the same bound.
pub const MAX_DOMAIN: usize = 182;

/// The secret of a proxy: whoever has it may use the proxy. It is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxySecret {
    key: Secret<16>,
    kind: Kind,
}

/// What a stream to the proxy looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Plain,
    Padded,
    FakeTls { domain: String },
}

impl ProxySecret {
    /// A plain secret.
    #[must_use]
    pub fn plain(key: Secret<16>) -> Self {
        Self { key, kind: Kind::Plain }
    }

    /// A secret that demands padding (`dd`).
    #[must_use]
    pub fn padded(key: Secret<16>) -> Self {
        Self { key, kind: Kind::Padded }
    }

    /// A secret that demands fake TLS to a domain (`ee`).
    ///
    /// # Errors
    ///
    /// When the domain is empty, is not of printable ASCII, or is longer than [`MAX_DOMAIN`].
    pub fn fake_tls(key: Secret<16>, domain: &str) -> Result<Self, SecretError> {
        if domain.is_empty() {
            return Err(SecretError::NoDomain);
        }
        if domain.len() > MAX_DOMAIN {
            return Err(SecretError::LongDomain { length: domain.len() });
        }
        if !domain.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretError::StrangeDomain);
        }
        Ok(Self { key, kind: Kind::FakeTls { domain: domain.to_owned() } })
    }

    /// Reads the bytes that hex or base64 stand for.
    ///
    /// # Errors
    ///
    /// When they are of no known kind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        let key = |bytes: &[u8; 16]| Secret::from(*bytes);
        match bytes {
            _ if bytes.len() == 16 => match bytes.first_chunk() {
                Some(bytes) => Ok(Self::plain(key(bytes))),
                None => Err(SecretError::Length { length: bytes.len() }),
            },
            [PADDED, rest @ ..] if rest.len() == 16 => match rest.first_chunk() {
                Some(rest) => Ok(Self::padded(key(rest))),
                None => Err(SecretError::Length { length: bytes.len() }),
            },
            [FAKE_TLS, rest @ ..] => {
                let Some((secret, domain)) = rest.split_first_chunk() else {
                    return Err(SecretError::Length { length: bytes.len() });
                };
                let domain = str::from_utf8(domain).map_err(|_| SecretError::StrangeDomain)?;
                Self::fake_tls(key(secret), domain)
            }
            [first, ..] if bytes.len() > 16 => Err(SecretError::Kind { first: *first }),
            _ => Err(SecretError::Length { length: bytes.len() }),
        }
    }

    /// The key inside.
    #[must_use]
    pub fn key(&self) -> &Secret<16> {
        &self.key
    }

    /// The domain to which a stream is to look like TLS.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        match &self.kind {
            Kind::FakeTls { domain } => Some(domain),
            Kind::Plain | Kind::Padded => None,
        }
    }

    /// The framing that the secret demands, if it does.
    #[must_use]
    pub fn framing(&self) -> Option<Framing> {
        match &self.kind {
            Kind::Plain => None,
            Kind::Padded | Kind::FakeTls { .. } => Some(Framing::PaddedIntermediate),
        }
    }

    /// The secret in hex, for those who may know it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let (prefix, domain) = match &self.kind {
            Kind::Plain => (None, ""),
            Kind::Padded => (Some(PADDED), ""),
            Kind::FakeTls { domain } => (Some(FAKE_TLS), domain.as_str()),
        };
        let bytes = prefix.iter().chain(self.key.expose()).chain(domain.as_bytes());
        let nibbles = bytes.flat_map(|byte| [byte >> 4, byte & 0xf]);
        let digits = nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16));
        Zeroizing::new(digits.collect())
    }
}

impl FromStr for ProxySecret {
    type Err = SecretError;

    /// Reads hex, in either case, or base64url with or without its padding.
    fn from_str(text: &str) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(match from_hex(text) {
            Some(bytes) => bytes,
            None => Base64UrlUnpadded::decode_vec(text.trim_end_matches('='))
                .map_err(|_| SecretError::NeitherHexNorBase64)?,
        });
        Self::from_bytes(&bytes)
    }
}

/// Without the key.
impl fmt::Debug for ProxySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxySecret({:?})", self.kind)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes = rest.is_empty().then(|| pairs.iter().map(|[a, b]| a << 4 | b).collect());
    { digits }.zeroize();
    bytes
}

/// Before a secret that demands padding.
const PADDED: u8 = 0xdd;

/// Before a secret that demands fake TLS.
const FAKE_TLS: u8 = 0xee;

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
        let query = BEGINNINGS
            .iter()
            .find_map(|beginning| strip_ignoring_case(link, beginning))
            .ok_or(LinkError::NoLink)?;
        let query = query.split('#').next().unwrap_or_default();
        let (mut server, mut port, mut secret) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let (name, place) = match &*name {
                "server" => ("server", &mut server),
                "port" => ("port", &mut port),
                "secret" => ("secret", &mut secret),
                // What later clients may add.
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(LinkError::Twice { name });
            }
        }
        let server = server.filter(|server| !server.is_empty());
        let server = server.ok_or(LinkError::Missing { name: "server" })?.into_owned();
        if !server.bytes().all(|byte| byte.is_ascii_graphic()) || server.len() > MAX_SERVER {
            return Err(LinkError::Server);
        }
        let port = port.ok_or(LinkError::Missing { name: "port" })?;
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|port| is_number && *port != 0);
        let port = port.ok_or(LinkError::Port)?;
        let secret =
            Zeroizing::new(secret.ok_or(LinkError::Missing { name: "secret" })?.into_owned());
        Ok(Self { server, port, secret: secret.parse()? })
    }
}

/// What links begin with: those of the app, and those of its sites.
const BEGINNINGS: [&str; 10] = [
    "tg://proxy?",
    "tg:proxy?",
    "https://t.me/proxy?",
    "http://t.me/proxy?",
    "t.me/proxy?",
    "https://telegram.me/proxy?",
    "http://telegram.me/proxy?",
    "https://telegram.dog/proxy?",
    "http://telegram.dog/proxy?",
    "https://www.t.me/proxy?",
];

/// The longest name that the domain name system knows.
const MAX_SERVER: usize = 253;

fn strip_ignoring_case<'l>(link: &'l str, beginning: &str) -> Option<&'l str> {
    let (start, rest) = link.split_at_checked(beginning.len())?;
    start.eq_ignore_ascii_case(beginning).then_some(rest)
}

/// What is wrong with a secret. It is not repeated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It is written in another way.
    #[error("the secret is neither hex nor base64url")]
    NeitherHexNorBase64,
    /// It has another length than any kind.
    #[error("a secret of {length} bytes: it has 16, or 17 after dd, or more after ee")]
    Length {
        /// The length in bytes.
        length: usize,
    },
    /// It is longer than a plain one, and of no known kind.
    #[error("a secret that begins with {first:02x}: longer ones begin with dd or ee")]
    Kind {
        /// Its first byte.
        first: u8,
    },
    /// It begins with `ee` and names no domain.
    #[error("a secret that begins with ee ends with a domain, and this one has none")]
    NoDomain,
    /// It names a domain that does not fit.
    #[error("a domain of {length} bytes: it has at most {MAX_DOMAIN}")]
    LongDomain {
        /// Its length.
        length: usize,
    },
    /// It names a domain that is none.
    #[error("the domain of the secret is no text of printable ASCII")]
    StrangeDomain,
}

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// It is another link.
    #[error("no link of a proxy: it begins with tg://proxy? or https://t.me/proxy?")]
    NoLink,
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
    #[error("the server of the link is no host name and no address")]
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

    const KEY: &str = "000102030405060708090a0b0c0d0e0f";

    fn key() -> Secret<16> {
        Secret::from(std::array::from_fn(|place| place as u8))
    }

    fn secret(text: &str) -> Result<ProxySecret, SecretError> {
        text.parse()
    }

    #[test]
    fn secrets_of_each_kind_are_read_in_hex_and_in_base64url() {
        let domain = "example.com";
        let fake = ProxySecret::fake_tls(key(), domain).unwrap();
        for (hex, base64, expected) in [
            (KEY.to_owned(), "AAECAwQFBgcICQoLDA0ODw", ProxySecret::plain(key())),
            (format!("dd{KEY}"), "3QABAgMEBQYHCAkKCwwNDg8", ProxySecret::padded(key())),
            (
                format!("ee{KEY}6578616d706c652e636f6d"),
                "7gABAgMEBQYHCAkKCwwNDg9leGFtcGxlLmNvbQ",
                fake,
            ),
        ] {
            assert_eq!(secret(&hex), Ok(expected.clone()));
            assert_eq!(secret(&hex.to_uppercase()), Ok(expected.clone()));
            assert_eq!(secret(base64), Ok(expected.clone()));
            assert_eq!(secret(&format!("{base64}==")), Ok(expected.clone()));
            assert_eq!(*expected.expose(), hex);
        }
        assert_eq!(secret(&format!("ee{KEY}61")).unwrap().domain(), Some("a"));
    }

    #[test]
    fn each_malformed_secret_has_its_error() {
        let long = "61".repeat(MAX_DOMAIN + 1);
        for (text, error) in [
            ("".to_owned(), SecretError::Length { length: 0 }),
            (KEY.replacen("00", "", 1), SecretError::Length { length: 15 }),
            ("ee00".to_owned(), SecretError::Length { length: 2 }),
            (format!("{KEY}00"), SecretError::Kind { first: 0 }),
            (format!("dd{KEY}00"), SecretError::Kind { first: 0xdd }),
            (format!("ee{KEY}"), SecretError::NoDomain),
            (format!("ee{KEY}{long}"), SecretError::LongDomain { length: MAX_DOMAIN + 1 }),
            (format!("ee{KEY}ff"), SecretError::StrangeDomain),
            (format!("ee{KEY}2061"), SecretError::StrangeDomain),
            ("what is this?".to_owned(), SecretError::NeitherHexNorBase64),
            (format!("{KEY}é"), SecretError::NeitherHexNorBase64),
        ] {
            assert_eq!(secret(&text), Err(error), "{text}");
        }
        // 16 bytes are a plain secret, whatever they begin with.
        for first in ["dd", "ee"] {
            assert!(secret(&KEY.replacen("00", first, 1)).unwrap().framing().is_none());
        }
    }

    #[test]
    fn links_are_read_and_written() {
        let expected = ProxyLink {
            server: "proxy.example".into(),
            port: 443,
            secret: ProxySecret::padded(key()),
        };
        let query = format!("server=proxy.example&port=443&secret=dd{KEY}");
        for beginning in BEGINNINGS {
            assert_eq!(format!("{beginning}{query}").parse(), Ok(expected.clone()), "{beginning}");
        }
        let odd = format!("TG://Proxy?extra=1&secret=DD{KEY}&port=443&server=proxy%2Eexample#end");
        assert_eq!(odd.parse(), Ok(expected.clone()));
        assert_eq!(*expected.expose(), format!("tg://proxy?{query}"));
        assert_eq!(expected.expose().parse(), Ok(expected));
    }

    #[test]
    fn each_malformed_link_has_its_error() {
        for (link, error) in [
            ("https://t.me/socks?server=a&port=1", LinkError::NoLink),
            ("https://evil.example/proxy?server=a&port=1", LinkError::NoLink),
            ("", LinkError::NoLink),
            ("é", LinkError::NoLink),
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

    #[test]
    fn secrets_are_not_shown() {
        let link = format!("tg://proxy?server=a&port=1&secret=ee{KEY}61").parse::<ProxyLink>();
        let shown = format!("{:?}", link.unwrap());
        assert_eq!(
            shown,
            "ProxyLink { server: \"a\", port: 1, secret: ProxySecret(FakeTls { domain: \"a\" }) }"
        );
    }
}
