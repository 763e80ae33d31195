//! The server's side: an embedded data centre, for tests, for development without an account, and for study.
//!
//! It shares `tl`, `crypto` and `framing` with the client, and never the client's session or key exchange: the same hands
//! wrote both, and what they share cannot contradict them.

pub mod exchange;
mod plain;
