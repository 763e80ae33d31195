//! The driver: it moves bytes between a [`Connection`](crate::connection::Connection) and a socket, runs its timers and
//! its work, and knows nothing of MTProto.
//!
//! ```text
//!  Handle ── commands ──> Driver ── owns ──> Connection      one task
//!  Handle <── answers ─── Driver <── bytes ─> Stream, over TcpStream
//!  Events <── events ──── Driver ── work ──> blocking threads
//! ```
//!
//! | what | by |
//! | --- | --- |
//! | which data centre, which keys, how patient | [`Config::connection`] |
//! | which framing | [`Config::framing`] |
//! | obfuscated, through an MTProto proxy, over a WebSocket | [`Config::route`] |
//! | through SOCKS5 or HTTP CONNECT | `Config::tunnel`, with the feature `proxy` |
//! | all of these on the server's side | `Front`, with the feature `server` |
//!
//! [`connect`] gives a [`Handle`] to call functions with, the [`Events`] of the connection, and a [`Driver`] whose
//! [`run`](Driver::run) somebody must spawn: nothing happens before.

mod clock;
mod config;
mod dial;
mod driver;
mod entropy;
mod events;
#[cfg(feature = "server")]
mod front;
mod handle;
mod replies;
mod route;
#[cfg(feature = "server")]
mod serve;
mod socket;
mod stream;
#[cfg(feature = "proxy")]
mod tunnel;
#[cfg(feature = "ws")]
mod websocket;

pub use clock::Clock;
pub use config::{Config, ConfigError};
pub use driver::{Driver, connect};
pub use entropy::OsEntropy;
#[cfg(feature = "client")]
pub(crate) use entropy::fill_by_system;
pub use events::{Events, Notice};
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub use front::Front;
pub use handle::{Handle, Pending};
pub use route::Route;
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub use serve::{DcGuard, Refusal, Refusals, Refused, Server, SharedDc};
#[cfg(feature = "proxy")]
#[cfg_attr(docsrs, doc(cfg(feature = "proxy")))]
pub use tunnel::{Tunnel, TunnelError};
#[cfg(all(feature = "ws", feature = "server"))]
#[cfg_attr(docsrs, doc(cfg(all(feature = "ws", feature = "server"))))]
pub use websocket::tls::Certificate;
#[cfg(feature = "ws")]
#[cfg_attr(docsrs, doc(cfg(feature = "ws")))]
pub use websocket::{UrlError, WebSocketUrl};
