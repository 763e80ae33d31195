//! Requests for a WebSocket.

use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;

use super::reading::Reading;
use super::{Refused, UNKNOWN};
use crate::net::stream::{Io, rewound};
use crate::net::websocket::{Messages, SUBPROTOCOL, limits_of_guest};

/// The longest request that is read, and the most headers: what servers commonly allow.
const MAX_HEAD: usize = 8 << 10;
const MAX_HEADERS: usize = 64;

/// Makes a WebSocket of a request for one. Any other request makes a stranger.
pub(super) async fn accept(mut reading: Reading) -> Result<Box<dyn Io>, Refused> {
    let is_asked_for = loop {
        match is_request(reading.bytes()) {
            Some(is_asked_for) => break is_asked_for,
            None => reading.more().await?,
        }
    };
    if !is_asked_for {
        return Err(reading.stranger());
    }
    let (io, first) = reading.into_parts();
    let io = rewound(io, first);
    let socket = accept_hdr_async_with_config(io, agree, Some(limits_of_guest())).await;
    Ok(Box::new(Messages::new(socket.map_err(|_| UNKNOWN)?)))
}

#[allow(clippy::result_large_err, clippy::unnecessary_wraps, reason = "the library's signature")]
fn agree(_: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let spoken = HeaderValue::from_static(SUBPROTOCOL);
    response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, spoken);
    Ok(response)
}

/// Whether a request asks for a WebSocket of ours, once its head is whole.
fn is_request(first: &[u8]) -> Option<bool> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(first) {
        Ok(httparse::Status::Partial) if first.len() < MAX_HEAD => None,
        Ok(httparse::Status::Partial) | Err(_) => Some(false),
        Ok(httparse::Status::Complete(_)) => {
            let has = |name: &str, value: &str| {
                let mut values =
                    request.headers.iter().filter(|it| it.name.eq_ignore_ascii_case(name));
                values.any(|header| {
                    let listed = header.value.split(|byte| *byte == b',');
                    listed
                        .into_iter()
                        .any(|it| it.trim_ascii().eq_ignore_ascii_case(value.as_bytes()))
                })
            };
            Some(has("Upgrade", "websocket") && has("Sec-WebSocket-Protocol", SUBPROTOCOL))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_for_our_subprotocol_are_told_from_others_once_they_are_whole() {
        for (headers, is_ours) in [
            ("Upgrade: websocket\r\nSec-WebSocket-Protocol: binary\r\n", true),
            ("upgrade: WebSocket\r\nsec-websocket-protocol: chat, binary\r\n", true),
            ("Upgrade: websocket\r\nSec-WebSocket-Protocol: chat\r\n", false),
            ("Upgrade: websocket\r\n", false),
            ("Sec-WebSocket-Protocol: binary\r\n", false),
            ("", false),
        ] {
            let request = format!("GET /apiws HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
            assert_eq!(is_request(request.as_bytes()), Some(is_ours), "{headers}");
            for end in 0..request.len() {
                assert_eq!(is_request(&request.as_bytes()[..end]), None, "{headers} at {end}");
            }
        }
        assert_eq!(is_request(b"GET \0 HTTP/1.1\r\n"), Some(false));
        let endless = format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(MAX_HEAD));
        assert_eq!(is_request(endless.as_bytes()), Some(false));
    }
}
