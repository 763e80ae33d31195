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
//! * While [`is_link_wanted`](Connection::is_link_wanted) is false, close the socket if there is one; after `close`, once what
//!   `poll_transmit` still gives was written. A dial that is under way is dropped when `poll_connect` gives another.
//! * With [`Config::pfs`], [`Event::KeyBound`] says that requests go over another key: the server has to be told again who
//!   speaks, by `initConnection`.
//! * Equal inputs, with equal entropy, give equal outputs.
//!
//! # What it promises
//!
//! | | |
//! | --- | --- |
//! | P1 | Every request that was taken ends exactly once: with a result, an error of the server's, as cancelled, at its deadline, closed, or as [`Unknown`](crate::rpc::CallError::Unknown): the server may have run it. |
//! | P2 | None runs twice that must not ([`Repeat::Once`](crate::tl::Repeat::Once)) where the protocol lets us know. [`execution`](crate::rpc::CallError::execution) says what is known of one that failed. |
//! | P3 | No update is lost in silence: where some may be, an event says so. |
//! | P4 | Memory is bounded, whatever the peer does: by [`Config::limits`] and the sizes that the protocol allows. |
//! | P5 | After the last fault everything ends within a bounded time. |
//!
//! They rest on a server that
//!
//! | | |
//! | --- | --- |
//! | S1 | takes no message of a session twice, |
//! | S2 | answers `msgs_state_req`, |
//! | S3 | keeps answers until they are acknowledged, |
//! | S4 | says by `new_session_created` that it has forgotten a session. |
//!
//! With a server that does not, P1, P4 and P5 hold all the same, and what must not run twice ends as `Unknown` where S2 to S4 are
//! broken; without S1 nobody can keep P2, for a network may send a message twice. The package `telewire-sim` tries it on a virtual
//! clock.

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
mod unsigned;
mod verdict;

pub use config::{Config, StoredKey};
pub use dial_error::{DialError, DialFault, DialStage};
pub use error::{ConnectionError, Disconnected};
pub use event::Event;
pub use link::Dial;
pub use machine::Connection;
pub use pfs::Pfs;
