//! The public object without I/O: one session with a data centre, over as many sockets as it takes.
//!
//! ```text
//!            ┌───────────────────────── Connection ──────────────────────────┐
//!  call ────>│ Session ── packets ── framing ── bytes                        │──> poll_transmit
//!            │ Handshake ─┘                     (one link at a time)         │<── handle_input
//!            │ what to do when a link breaks: wait, dial again, go on        │──> poll_connect
//!            └───────────────────────────────────────────────────────────────┘
//! ```
//!
//! # How to drive it
//!
//! There are inputs (`handle_*`), commands (`call`, `close`) and outputs (`poll_*`). After any input or command, poll the
//! outputs until each has nothing more, in this order: [`poll_connect`](Connection::poll_connect),
//! [`poll_transmit`](Connection::poll_transmit), [`poll_work`](Connection::poll_work),
//! [`poll_event`](Connection::poll_event), [`poll_timeout`](Connection::poll_timeout). At the time that `poll_timeout`
//! gives, call [`handle_timeout`](Connection::handle_timeout).
//!
//! * `now.mono` never goes back; `now.unix` may do what it likes.
//! * Bytes may come in any pieces. `handle_input` never fails: what is wrong with them ends the link, and if nothing can
//!   help the connection, which an event tells.
//! * While [`is_link_wanted`](Connection::is_link_wanted) is false, close the socket if there is one. A dial that is
//!   under way is dropped when `poll_connect` gives another.
//! * With [`Config::pfs`], [`Event::KeyBound`] says that requests go over another key: the server has to be told again who
//!   speaks, by `initConnection`.
//! * Equal inputs, with equal entropy, give equal outputs.

mod backoff;
mod config;
mod dial_error;
mod error;
mod event;
mod keys;
mod life;
mod link;
mod machine;
mod pfs;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

pub use config::{Config, StoredKey};
pub use dial_error::{DialError, DialFault, DialStage};
pub use error::{ConnectionError, Disconnected};
pub use event::Event;
pub use link::Dial;
pub use machine::Connection;
pub use pfs::Pfs;
