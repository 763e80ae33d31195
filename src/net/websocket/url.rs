//! Where a WebSocket is.

use std::fmt;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;

/// A URL such as `wss://venus.web.telegram.org/apiws`: see the [page](https://core.telegram.org/mtproto/transports#websocket),
/// which names the hosts of the data centres, and `/apiws_test` for those of the test environment.
///
/// Certificates are checked against the authorities that browsers trust, and those that are added.
#[derive(Clone, PartialEq, Eq)]
pub struct WebSocketUrl {
    uri: Uri,
    authorities: Vec<Vec<u8>>,
}

impl WebSocketUrl {
    /// Trusts another authority: a certificate as DER.
    #[must_use]
    pub fn with_authority(mut self, certificate: Vec<u8>) -> Self {
        self.authorities.push(certificate);
        self
    }

    pub(crate) fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_secure() { 443 } else { 80 })
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.uri.scheme_str() == Some("wss")
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    pub(crate) fn authorities(&self) -> &[Vec<u8>] {
        &self.authorities
    }
}

impl FromStr for WebSocketUrl {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        let uri: Uri = url.parse().map_err(|_| UrlError::NoUrl)?;
        if !matches!(uri.scheme_str(), Some("ws" | "wss")) {
            return Err(UrlError::Scheme);
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if uri.host().unwrap_or_default().is_empty() || authority.contains('@') {
            return Err(UrlError::Host);
        }
        // `a:` and `a:65536` have no port that could be dialled.
        let port = authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
        if port.is_some() && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(UrlError::Host);
        }
        Ok(Self { uri, authorities: Vec::new() })
    }
}

impl fmt::Display for WebSocketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

impl fmt::Debug for WebSocketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebSocketUrl({})", self.uri)
    }
}

/// What is wrong with the URL of a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It is no URL.
    #[error("no URL: a WebSocket is ws://HOST/PATH or wss://HOST/PATH")]
    NoUrl,
    /// It begins with something else.
    #[error("the URL of a WebSocket begins with ws:// or wss://")]
    Scheme,
    /// It names no host, or no port where there is a colon; or it has a user.
    #[error("the URL needs a host, with a port from 1 to 65535 if there is one, and no user")]
    Host,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (url, host, port, is_secure) in [
            ("wss://venus.web.telegram.org/apiws", "venus.web.telegram.org", 443, true),
            ("ws://venus.web.telegram.org:80/apiws", "venus.web.telegram.org", 80, false),
            ("ws://127.0.0.1:8080/apiws_test", "127.0.0.1", 8080, false),
            ("wss://[::1]:4430/apiws", "[::1]", 4430, true),
            ("ws://a", "a", 80, false),
        ] {
            let read: WebSocketUrl = url.parse().unwrap();
            assert_eq!((read.host(), read.port(), read.is_secure()), (host, port, is_secure));
        }
    }

    #[test]
    fn each_malformed_url_has_its_error() {
        for (url, error) in [
            ("", UrlError::NoUrl),
            ("wss://", UrlError::NoUrl),
            ("/apiws", UrlError::Scheme),
            ("https://a/apiws", UrlError::Scheme),
            ("ws://a:0/", UrlError::Host),
            ("ws://user@a/", UrlError::Host),
        ] {
            assert_eq!(url.parse::<WebSocketUrl>(), Err(error), "{url}");
        }
    }
}
