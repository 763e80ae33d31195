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
//! Each is written in hex, in base64url or in base64. The kinds are those of TDLib's `ProxySecret`, and so is what may stand for
//! the domain: any bytes, since a client only repeats them and a proxy compares them at most. The page knows the first two kinds.
//!
//! [MTProto proxies]: https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation

mod link;

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::Secret;
use crate::framing::Framing;
pub use link::{LinkError, ProxyLink};
#[cfg(feature = "proxy")]
pub(crate) use link::{Place, server_and_port, values};

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
    FakeTls { domain: Vec<u8> },
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
    /// When the domain is empty, or is longer than [`MAX_DOMAIN`].
    pub fn fake_tls(key: Secret<16>, domain: impl AsRef<[u8]>) -> Result<Self, SecretError> {
        let domain = domain.as_ref();
        match domain.len() {
            0 => Err(SecretError::NoDomain),
            1..=MAX_DOMAIN => Ok(Self { key, kind: Kind::FakeTls { domain: domain.to_vec() } }),
            length => Err(SecretError::LongDomain { length }),
        }
    }

    /// Reads the bytes that hex or base64 stand for.
    ///
    /// # Errors
    ///
    /// When they are of no known kind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        if let Ok(key) = <[u8; 16]>::try_from(bytes) {
            return Ok(Self::plain(Secret::from(key)));
        }
        let length = bytes.len();
        let (first, rest) = bytes.split_first().ok_or(SecretError::Length { length })?;
        let (key, rest) = rest.split_first_chunk::<16>().ok_or(SecretError::Length { length })?;
        let key = Secret::from(*key);
        match *first {
            PADDED if rest.is_empty() => Ok(Self::padded(key)),
            PADDED => Err(SecretError::AfterPadded { length: rest.len() }),
            FAKE_TLS => Self::fake_tls(key, rest),
            first => Err(SecretError::Kind { first }),
        }
    }

    /// The key inside.
    #[must_use]
    pub fn key(&self) -> &Secret<16> {
        &self.key
    }

    /// The domain to which a stream is to look like TLS: mostly, but not always, the text of one.
    #[must_use]
    pub fn domain(&self) -> Option<&[u8]> {
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
            Kind::Plain => (None, &[][..]),
            Kind::Padded => (Some(PADDED), &[][..]),
            Kind::FakeTls { domain } => (Some(FAKE_TLS), domain.as_slice()),
        };
        let bytes = prefix.iter().chain(self.key.expose()).chain(domain);
        let nibbles = bytes.flat_map(|byte| [byte >> 4, byte & 0xf]);
        let digits = nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16));
        Zeroizing::new(digits.collect())
    }
}

impl FromStr for ProxySecret {
    type Err = SecretError;

    /// Reads hex, in either case; or base64 in either alphabet, with or without its padding. Blanks around it mean nothing.
    fn from_str(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let bytes = Zeroizing::new(match from_hex(text) {
            Some(bytes) => bytes,
            None => from_base64(text).ok_or(SecretError::NeitherHexNorBase64)?,
        });
        Self::from_bytes(&bytes)
    }
}

/// Without the key.
impl fmt::Debug for ProxySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::FakeTls { domain } => {
                let domain = String::from_utf8_lossy(domain);
                write!(f, "ProxySecret(FakeTls {{ domain: {domain:?} }})")
            }
            kind => write!(f, "ProxySecret({kind:?})"),
        }
    }
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits: String = text
        .trim_end_matches('=')
        .chars()
        .map(|digit| match digit {
            // What a plus of the standard alphabet becomes in a query that does not escape it.
            '+' | ' ' => '-',
            '/' => '_',
            digit => digit,
        })
        .collect();
    Base64UrlUnpadded::decode_vec(&Zeroizing::new(digits)).ok()
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

/// What is wrong with a secret. It is not repeated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It is written in another way.
    #[error("the secret is neither hex nor base64")]
    NeitherHexNorBase64,
    /// It is too short for any kind.
    #[error(
        "a secret of {length} bytes: it has 16, or 17 that begin with dd, or 18 and more that begin with ee"
    )]
    Length {
        /// The length in bytes.
        length: usize,
    },
    /// It is longer than a plain one, and of no known kind.
    #[error(
        "a secret of more than 16 bytes that begins with {first:02x}: those begin with dd or ee"
    )]
    Kind {
        /// Its first byte.
        first: u8,
    },
    /// It begins with `dd` and goes on behind its key.
    #[error(
        "a secret that begins with dd ends after 16 more bytes, and this one has {length} too many"
    )]
    AfterPadded {
        /// How many bytes are behind the key.
        length: usize,
    },
    /// It begins with `ee` and names no domain.
    #[error("a secret that begins with ee ends with a domain, and this one has none")]
    NoDomain,
    /// It names a domain that does not fit.
    #[error("a secret with a domain of {length} bytes: it has at most {MAX_DOMAIN}")]
    LongDomain {
        /// Its length.
        length: usize,
    },
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
    }

    /// As TDLib's `ProxySecret::from_binary` does: 18 bytes and more that begin with `ee` are one.
    #[test]
    fn whatever_stands_for_a_domain_is_taken() {
        let longest = "61".repeat(MAX_DOMAIN);
        for domain in
            ["61", "ff", "00", "2061", "01a9ff6578", "d0bfd180d0b8", "6578616d706c650a", &longest]
        {
            let text = format!("ee{KEY}{domain}");
            let read = secret(&text).unwrap();
            assert_eq!(read.domain().map(hex::encode).as_deref(), Some(domain));
            assert_eq!((read.key(), read.framing()), (&key(), Some(Framing::PaddedIntermediate)));
            assert_eq!(*read.expose(), text);
        }
    }

    #[test]
    fn both_alphabets_of_base64_are_read() {
        // Both digits that differ, and each length of padding.
        for (base64, hex) in [
            ("/+/+/+/+/+/+/+/+/+/+/w==", "ffeffe".repeat(5) + "ff"),
            (
                "7vv/+wIDBAUGBwgJCgsMDQ5leGFtcGxlLmNvbQ==",
                "eefbfffb02030405060708090a0b0c0d0e6578616d706c652e636f6d".into(),
            ),
            ("3fv/+wIDBAUGBwgJCgsMDQ4=", "ddfbfffb02030405060708090a0b0c0d0e".into()),
        ] {
            let expected = secret(&hex).unwrap();
            let url_safe = base64.replace('+', "-").replace('/', "_");
            // What a query makes of a plus that is not escaped.
            let spaces = base64.replace('+', " ");
            for text in [base64, &url_safe, &spaces] {
                for text in [text, text.trim_end_matches('='), &format!(" {text}\n")] {
                    assert_eq!(secret(text).as_ref(), Ok(&expected), "{text}");
                }
            }
        }
    }

    #[test]
    fn each_malformed_secret_has_its_error() {
        let long = "61".repeat(MAX_DOMAIN + 1);
        for (text, error) in [
            ("".to_owned(), SecretError::Length { length: 0 }),
            (KEY.replacen("00", "", 1), SecretError::Length { length: 15 }),
            ("ee00".to_owned(), SecretError::Length { length: 2 }),
            (format!("{KEY}00"), SecretError::Kind { first: 0 }),
            ("ee676f6f676c652e636f6d".to_owned(), SecretError::Length { length: 11 }),
            (format!("dd{KEY}00"), SecretError::AfterPadded { length: 1 }),
            (format!("dd{KEY}0000"), SecretError::AfterPadded { length: 2 }),
            (format!("ee{KEY}"), SecretError::NoDomain),
            (format!("ee{KEY}{long}"), SecretError::LongDomain { length: MAX_DOMAIN + 1 }),
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
    fn secrets_are_not_shown() {
        let link = format!("tg://proxy?server=a&port=1&secret=ee{KEY}61").parse::<ProxyLink>();
        let shown = format!("{:?}", link.unwrap());
        assert_eq!(
            shown,
            "ProxyLink { server: \"a\", port: 1, secret: ProxySecret(FakeTls { domain: \"a\" }) }"
        );
    }
}
