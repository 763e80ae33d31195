//! What subscribers of `tracing` are told of a login. It is alone in its program: whether an event is wanted is remembered for all
//! threads.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../../tests/tracing/notes.rs"]
mod notes;
mod secrets;
