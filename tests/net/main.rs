//! The driver and the embedded data centre over sockets of the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod calls;
#[path = "../shared/echo.rs"]
mod echo;
mod links;
mod pending;
mod support;
