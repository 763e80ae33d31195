#![cfg_attr(docsrs, feature(doc_cfg))]
//! An offline Telegram for tests: people, bots, chats and messages behind [telewire](https://docs.rs/telewire)'s embedded data
//! centres.
//!
//! ```
//! # #[cfg(feature = "net")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use telewire_testkit::World;
//!
//! let world = World::start().await?;
//! let ada = world.user("Ada");
//! let client = world.log_in(&ada).await?;
//! assert_eq!(client.user().map(|user| user.id), Some(ada.id()));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "net"))]
//! # fn main() {}
//! ```
//!
//! ```text
//!  a socket ── telewire::net::Server ── DataCentre ── Dispatcher ── methods ── State     calls
//!                                           ^                                   │
//!                                           └──────────── World::deliver ───────┘        what nobody asked for
//! ```
//!
//! * [`World`] does no I/O and has no clock: the time comes with each call, randomness from the seed that it was made with. Equal
//!   calls have equal answers. Without the feature `net` that is all there is, for simulations.
//! * [`World::start`] (feature `net`) puts it behind sockets of 127.0.0.1, and hands to clients what waits for them.
//!
//! [Test your bot offline](guide): the guide, in Rust and in Python.
//!
//! It shares nothing with telewire's client but the types of the API: what both got wrong would not be seen.

#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
mod accounts;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
pub mod layers;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "a method has its request, whether it takes parts of it or looks"
)]
mod methods;
#[doc = include_str!("guide.md")]
pub mod guide {}
#[cfg(feature = "net")]
mod net;
#[deny(clippy::disallowed_methods, clippy::disallowed_types)]
mod world;

pub use accounts::{CodeKind, SentCode};
#[cfg(feature = "net")]
#[cfg_attr(docsrs, doc(cfg(feature = "net")))]
pub use net::{Builder, LogInError, Running};
pub use world::{
    Called, Counts, DownloadFault, FileFaults, Habits, OwnPts, Person, Push, PushFault, PushFaults,
    Snapshot, UploadFault, World,
};
