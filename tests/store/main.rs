//! Where sessions are kept: names, links, what is no file, what cannot be written, and what is too large. Each test is tried with
//! every store that it is about.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod kinds;
mod limits;
#[cfg(unix)]
mod names;
mod support;
mod twice;
#[cfg(target_os = "linux")]
mod unwritable;
