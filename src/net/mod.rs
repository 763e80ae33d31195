//! The driver: it moves bytes between a [`Connection`](crate::connection::Connection) and a socket, runs its timers and
//! its work, and knows nothing of MTProto.
//!
//! ```text
//!  Handle ── commands ──> Driver ── owns ──> Connection      one task
//!  Handle <── answers ─── Driver <── bytes ─> TcpStream
//!  Events <── events ──── Driver ── work ──> blocking threads
//! ```
//!
//! [`connect`] gives a [`Handle`] to call functions with, the [`Events`] of the connection, and a [`Driver`] whose
//! [`run`](Driver::run) somebody must spawn: nothing happens before.

mod clock;
mod driver;
mod entropy;
mod events;
mod handle;
#[cfg(feature = "server")]
mod serve;
mod socket;

pub use clock::Clock;
pub use driver::{Config, Driver, connect};
pub use entropy::OsEntropy;
pub use events::{Events, Notice};
pub use handle::Handle;
#[cfg(feature = "server")]
pub use serve::{DcGuard, Server, SharedDc};
