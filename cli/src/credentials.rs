//! The file of credentials: an INI file with what <https://my.telegram.org> shows of an application, and the address of a
//! data centre.
//!
//! ```ini
//! [App data]
//! api_id = 12345
//! api_hash = 0123456789abcdef0123456789abcdef
//! ip_address = 149.154.167.40
//! port = 443
//! ```
//!
//! [`ini`](crate::ini) says in which forms.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::failure::Failure;
use crate::files::{self, ReadError};
use crate::ini::{self, IniError, Section};

/// What such a file says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// The number of the application.
    pub(crate) api_id: i32,
    /// What proves that the application is one's own.
    pub(crate) api_hash: String,
    /// The data centre's address.
    pub(crate) address: SocketAddr,
}

impl Credentials {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path, files::SMALL).map_err(CredentialsError::from);
        text.and_then(|text| Self::parse(&text))
            .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
    }

    fn parse(text: &str) -> Result<Self, CredentialsError> {
        let section = ini::section(text, SECTION)?.ok_or(CredentialsError::NoSection)?;
        let section = &section;
        let api_id = value(section, "api_id", "a positive number", |text| {
            digits(text)?.parse::<i32>().ok().filter(|id| *id > 0)
        })?;
        let api_hash = value(section, "api_hash", "32 hexadecimal digits", |text| {
            let is_hash = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
            is_hash.then(|| text.to_owned())
        })?;
        let ip = value(section, "ip_address", "an IPv4 or IPv6 address", |text| {
            text.parse::<IpAddr>().ok()
        })?;
        let port = value(section, "port", "a number from 1 to 65535", |text| {
            digits(text)?.parse::<u16>().ok().filter(|port| *port > 0)
        })?;
        Ok(Self { api_id, api_hash, address: SocketAddr::new(ip, port) })
    }
}

/// `api_hash` is not for everybody's eyes.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, {})", self.api_id, self.address)
    }
}

/// Why a file is none of credentials. Values are never repeated: `api_hash` is not for everybody's eyes.
#[derive(Debug, thiserror::Error)]
enum CredentialsError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Ini(#[from] IniError),
    #[error("expected a section `[{SECTION}]`")]
    NoSection,
    #[error("section `[{SECTION}]`: expected a key `{key}` with {expected}")]
    Missing { key: &'static str, expected: &'static str },
    #[error("section `[{SECTION}]`: expected {expected} as the value of `{key}`")]
    Value { key: &'static str, expected: &'static str },
}

const SECTION: &str = "App data";

fn value<T>(
    section: &Section,
    key: &'static str,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, CredentialsError> {
    let text = section.get(key).ok_or(CredentialsError::Missing { key, expected })?;
    read(text).ok_or(CredentialsError::Value { key, expected })
}

/// A text of digits alone: `parse` would take a sign.
fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
; from my.telegram.org
[App data]
api_id = 12345
api_hash = 0123456789abcdef0123456789ABCDEF
ip_address = 127.0.0.1
port = 4430
";

    fn error(text: &str) -> String {
        Credentials::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_file_gives_the_address() {
        let address = "127.0.0.1:4430".parse().unwrap();
        let windows = GOOD.replace('\n', "\r\n");
        let quoted = GOOD.replace("127.0.0.1", "\"127.0.0.1\"");
        let tight = GOOD.replace(" = ", "=");
        let more = format!("{GOOD}\n# more\ntitle = something: else\n[Other]\nport = x\n");
        let colons = GOOD.replace(" = ", ": ");
        let commented = GOOD.replace("[App data]", "[App data] ; mine");
        let shouted = GOOD.replace("api_id", "API_ID").replace("port", "Port");
        let inherited = format!("[DEFAULT]\nport = 1\napi_id = 1\n{GOOD}");
        for text in
            [GOOD, &windows, &quoted, &tight, &more, &colons, &commented, &shouted, &inherited]
        {
            let api_hash = "0123456789abcdef0123456789ABCDEF".to_owned();
            let expected = Credentials { api_id: 12_345, api_hash, address };
            assert_eq!(Credentials::parse(text).unwrap(), expected, "{text}");
            assert_eq!(format!("{expected:?}"), "Credentials(12345, 127.0.0.1:4430)");
        }
        let v6 = GOOD.replace("127.0.0.1", "::1");
        assert_eq!(Credentials::parse(&v6).unwrap().address, "[::1]:4430".parse().unwrap());
    }

    #[test]
    fn each_missing_or_repeated_key_is_named() {
        for key in ["api_id", "api_hash", "ip_address", "port"] {
            let line = GOOD.lines().find(|line| line.starts_with(key)).unwrap();
            let missing = error(&GOOD.replace(line, ""));
            let expected = format!("section `[App data]`: expected a key `{key}` with ");
            assert!(missing.starts_with(&expected), "{missing}");
            let twice = error(&format!("{GOOD}{line}\n"));
            assert_eq!(
                twice,
                format!("section `[App data]`: expected one key `{key}`, not several")
            );
        }
    }

    #[test]
    fn each_malformed_value_is_named_by_its_key_and_not_repeated() {
        for (key, good, bad) in [
            ("api_id", "12345", &["", "0", "-5", "+5", "12a", "2147483648"][..]),
            (
                "api_hash",
                "0123456789abcdef0123456789ABCDEF",
                &["", "0123456789abcdef", "0123456789abcdef0123456789ABCDEG"],
            ),
            ("ip_address", "127.0.0.1", &["", "localhost", "127.0.0.256", "127.0.0.1:443"]),
            ("port", "4430", &["", "0", "65536", "-1", "+1", "https"]),
        ] {
            for bad in bad {
                let error =
                    error(&GOOD.replace(&format!("{key} = {good}"), &format!("{key} = {bad}")));
                assert!(error.ends_with(&format!("as the value of `{key}`")), "{bad}: {error}");
                assert!(bad.is_empty() || !error.contains(&format!("`{bad}`")), "{error}");
            }
        }
    }

    #[test]
    fn a_file_without_the_section_is_refused() {
        let none = "expected a section `[App data]`";
        assert_eq!(error(""), none);
        assert_eq!(
            error(&GOOD.replace("[App data]", "")),
            "line 3: expected a section before the first key"
        );
        assert_eq!(error(&GOOD.replace("[App data]", "[app data]")), none);
        assert_eq!(
            error(&format!("{GOOD}{GOOD}")),
            "expected one section `[App data]`, not several"
        );
    }

    #[test]
    fn lines_of_another_form_are_named() {
        for (bad, line) in [("[App data", 2), ("api_id 12345", 3), ("port", 6)] {
            let good = GOOD.lines().nth(line - 1).unwrap();
            let expected = format!("line {line}: expected `[section]`");
            let error = error(&GOOD.replace(good, bad));
            assert!(error.starts_with(&expected), "{error}");
        }
        // A quote that is never closed.
        assert!(error(&GOOD.replace("4430", "\"4430")).ends_with("as the value of `port`"));
        assert!(error(&GOOD.replace("api_id", "")).starts_with("line 3"));
    }
}
