//! telewire: a codegen-driven typed library for Telegram's MTProto 2.0.

#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod connection;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod crypto;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod framing;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod handshake;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod ids;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod message_id;
#[cfg(feature = "net")]
pub mod net;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod rpc;
#[cfg(feature = "server")]
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod server;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod session;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod time;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod tl;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod work;
