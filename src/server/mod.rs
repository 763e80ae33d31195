//! The server's side: an embedded data centre, for tests, for development without an account, and for study.
//!
//! ```text
//!  socket ── Link ── framing ──┬── plain packets ────── Exchange ─── a key
//!  socket ── Link ── framing ──┘── encrypted packets ── Session ──── Dispatcher ── your handlers
//!                                                       (stays when its link goes)
//! ```
//!
//! Clients are strangers, so what they can make it keep is limited: see [`Limits`].
//!
//! What goes wrong in a data centre can be had on demand: see [`Fault`].
//!
//! What it answers is its [`Dispatcher`]'s matter: a world of accounts, chats and messages is in the package
//! `telewire-testkit`.
//!
//! It is strict, as one's own client should be tried; for the clients of others it can be as lenient as Telegram: see
//! [`Strictness`].
//!
//! Handlers are written in one layer of the API. Clients of others are served by a [`Translator`].
//!
//! It shares `tl`, `crypto` and `framing` with the client, and never the client's session or key exchange: the same hands
//! wrote both, and what they share cannot contradict them.

mod bind;
mod dc;
mod dispatcher;
mod embedded_key;
pub mod exchange;
mod fault;
pub mod forms;
mod inflate;
mod limits;
mod link;
mod packet;
mod plain;
mod salts;
mod service;
mod session;
mod sessions;
mod strictness;
mod tally;
#[cfg(test)]
mod tests;
mod translator;

pub use dc::{DataCentre, DcEntropy, DcEvent, LinkId};
pub use dispatcher::{Answer, Caller, Dispatcher};
pub use embedded_key::{EMBEDDED_KEY_PEM, embedded_key};
pub use fault::Fault;
pub use limits::Limits;
pub use link::LinkRefusal;
pub use strictness::Strictness;
pub use tally::Tally;
pub use translator::Translator;
