//! The command as a user runs it: processes, exit codes, files. They speak over the loopback interface alone.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod ended;
mod exit_codes;
mod files;
mod handshake;
mod inspect;
mod login;
mod output;
mod profile;
mod schema;
mod serve;
mod shell;
mod support;
mod talk;
mod terminal;
mod world;
