#![cfg_attr(docsrs, feature(doc_cfg))]
//! A codegen-driven typed library for Telegram's [MTProto 2.0](https://core.telegram.org/mtproto).
//!
//! `build.rs` turns JSON schemas into Rust types; a protocol core that does no I/O uses those types to exchange an
//! authorization key and to keep a session going; a thin tokio layer moves the bytes. An embedded data centre speaks the
//! server's side, so that all of it can be tried and tested without an account and without a network.
//!
//! ```text
//!  schema/*.json ─ codegen ─> tl ─┬─ handshake ─┐
//!                                 └─ session ───┴─ connection ─ net ─ sockets
//!                                       framing ────────┘
//! ```
//!
//! # Quick start
//!
//! A client and a data centre in one program:
//!
//! ```
//! # #[cfg(all(feature = "net", feature = "server"))]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use telewire::crypto::{SeededEntropy, real};
//! use telewire::ids::DcId;
//! use telewire::net::{Config, Server, connect};
//! use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
//! use telewire::tl::mtproto::functions::Ping;
//! use telewire::connection;
//!
//! // The data centre, on a free port of the loopback interface.
//! let (dc, key) = (DcId::production(2), embedded_key()?);
//! let server_config = exchange::Config::new(dc, vec![key.clone()], real());
//! let data_centre = DataCentre::new(server_config, Dispatcher::new(), SeededEntropy::new(1));
//! let server = Server::bind("127.0.0.1:0".parse()?, data_centre).await?;
//! let address = server.local_addr()?;
//! tokio::spawn(server.run());
//!
//! // The client: it exchanges a key, then calls a function.
//! let connection = connection::Config::new(dc, vec![key.public().clone()], real());
//! let (handle, _events, driver) = connect(Config::new(connection, vec![address]))?;
//! tokio::spawn(driver.run());
//! let pong = handle.invoke(&Ping { ping_id: 7 }).await?;
//! assert_eq!(pong.ping_id, 7);
//! # Ok(())
//! # }
//! # #[cfg(not(all(feature = "net", feature = "server")))]
//! # fn main() {}
//! ```
//!
//! # Which module for what
//!
//! | module | for |
//! | --- | --- |
//! | [`tl`] | the generated types, and the traits to read and write them |
//! | [`client`] | logging in, and calling the API with all that this takes |
//! | `files` (a feature) | planning transfers of files, without I/O |
//! | [`updates`] | updates in their order, without I/O: gaps, differences, channels |
//! | [`net`] | connecting with tokio |
//! | [`connection`] | connecting without tokio: an object that is driven |
//! | [`server`] | the embedded data centre, to test against |
//! | `secret` (a feature) | end-to-end encrypted chats: an object that is driven |
//! | [`handshake`], [`session`], [`framing`], [`crypto`] | the parts, to study or to use by themselves |
//! | [`rpc`] | how requests end |
//! | [`schema`] | the schemas as text |
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `api` | yes | [`tl::api`]: the types of Telegram's API, layer 230 |
//! | `net` | yes | [`net`]: tokio sockets, clocks, randomness of the operating system |
//! | `updates` | yes | [`updates`]: gaps and differences, without I/O; with `api` |
//! | `client` | yes | [`client`]: login, data centres, stores of sessions; with `api`, `net` and `updates` |
//! | `sqlite` | no | [`client::store::SqliteStore`] |
//! | `files` | no | `files`: the planner of transfers of files, without I/O |
//! | `proxy` | no | [`net`]: SOCKS5 and HTTP CONNECT proxies |
//! | `ws` | no | [`net`]: WebSockets, with TLS |
//! | `secret` | no | `tl::secret` and `secret`: end-to-end encrypted chats, as a machine without I/O; with `client` those of a login |
//! | `server` | no | [`server`]: the data centre, and decoding of functions |
//! | `serde` | no | [`tl::serde`]: serde's traits for all generated types |
//! | `tracing` | no | events about requests, links and violations, and spans of connections and calls, for subscribers of `tracing`; no keys, no content |
//!
//! Features add API and change nothing else.
//!
//! # What it does not do
//!
//! None of it was run against Telegram's own servers yet; it is held against embedded data centres and against known answers from
//! outside.

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod client;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod connection;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod crypto;
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod files;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod framing;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod handshake;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod ids;
#[cfg(any(feature = "files", feature = "secret"))]
mod local_name;
mod map;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod message_id;
#[cfg(feature = "net")]
#[cfg_attr(docsrs, doc(cfg(feature = "net")))]
pub mod net;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod rpc;
pub mod schema;
#[cfg(feature = "secret")]
#[cfg_attr(docsrs, doc(cfg(feature = "secret")))]
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod secret;
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod server;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod session;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod time;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod tl;
mod trace;
#[cfg(test)]
mod turns;
#[cfg(feature = "updates")]
#[cfg_attr(docsrs, doc(cfg(feature = "updates")))]
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod updates;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod work;
