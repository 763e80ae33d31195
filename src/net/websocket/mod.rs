//! WebSockets, by `tokio-tungstenite`, with TLS by rustls.

mod messages;
pub(super) mod tls;
mod url;

pub(super) use messages::{Messages, SUBPROTOCOL, limits};
pub use url::{UrlError, WebSocketUrl};
