//! Updates in their order, each once, and nothing lost in silence: the engine, which does no I/O.
//!
//! ```text
//!  what the server sends ── handle_updates ──┐               ┌── poll_update ──> Delivery, in the order of its box
//!  answers of calls ─────── handle_result ───┤               │                    │ commit
//!  a session begun, … ───── new_session ─────┼──> Engine ────┼── poll_checkpoint ─┴> what to keep, as a whole
//!  the clock ────────────── handle_timeout ──┤               ├── poll_timeout
//!  answers ──────────────── handle_answer ───┘               └── poll_request ──> getState, getDifference, getChannelDifference
//! ```
//!
//! The server numbers what happens: `pts` in the account's own box, another `pts` in each channel's, `qts` for secret chats and some
//! of what bots hear, `seq` for the rest. A number that does not follow means that something is missing, and the server is asked for
//! the difference. Source: <https://core.telegram.org/api/updates>.
//!
//! | file | what |
//! | --- | --- |
//! | `classify` | which box an update is in; generated from `schema/boxes.json` |
//! | `state` | how a box stands, in one function |
//! | `common` | the account's own box, `qts` and `seq`, and their difference |
//! | `channels` | the boxes of channels |
//! | `short`, `results` | what has another form: short messages, answers of calls |
//! | `peers` | access hashes |
//! | `ledger`, `checkpoint` | what was dealt with, and what to keep |
//! | `limits` | every number that was chosen |
//!
//! # What holds
//!
//! * In each box, what is delivered comes in the order of the server's positions, and each position once (UP-14, UP-85).
//! * What is missing is asked for; what cannot be had any more is told as [`Event::Lost`] or [`Event::ChannelTooLong`].
//! * What comes from a difference is what still stands: a message that was edited since comes edited, and one that was made and
//!   deleted never comes. So is the server's difference.
//! * A channel that was never heard of begins at the position that the server first names it with (UP-51): what was said there before,
//!   while nobody listened, is its history and no loss. Without a position it is asked for, and told as [`Event::ChannelTooLong`] from 0.
//! * What was committed is not told again after a restart, and what was not is (UP-83, UP-84).
//! * Memory is bounded: by bytes for what waits for its reader and what is held, by number for peers.
//! * Between boxes there is no order, but that a container's boxes come before the rest of it (UP-90).
//!
//! # Driving it
//!
//! `Now::unix` is the server's time, as well as it is known. After each call to the engine, take all that `poll_request`,
//! `poll_update`, `poll_checkpoint` and `poll_timeout` give. When what was polled last is kept, say `checkpoint_kept` and look at
//! `poll_request` again: some of it waits for that (SC-80). [`client`](crate::client) does it over tokio.

mod channels;
mod checkpoint;
mod classify;
mod common;
mod course;
mod delivery;
mod engine;
mod held;
mod ledger;
mod limits;
mod out;
mod peers;
mod position;
mod push;
mod recent;
mod request;
mod results;
mod short;
mod state;
#[cfg(test)]
mod tests;

pub use checkpoint::{ChannelState, Checkpoint, CommonState, Kept};
pub use delivery::{Arrival, BoxId, Delivery, Event, Mark, Peers, Why};
pub use engine::{Account, CatchUp, Counts, Engine};
pub use peers::{KnownPeer, PeerId};
pub use request::{Fault, Request, Token};
pub use state::{State, Word};
