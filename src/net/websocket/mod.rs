//! WebSockets, by `tokio-tungstenite`, with TLS by rustls.

mod messages;
pub(super) mod tls;
mod url;

#[cfg(feature = "server")]
pub(super) use messages::limits_of_guest;
pub(super) use messages::{Messages, SUBPROTOCOL, limits};
pub use url::{UrlError, WebSocketUrl};
