//! The logged-in client against embedded data centres, over sockets of the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod dcs;
mod ended;
mod floods;
mod lives;
mod login;
mod lost;
#[cfg(target_os = "linux")]
mod memory;
mod names;
mod policy;
mod qr;
mod restart;
mod runtimes;
mod shutdown;
mod steps;
mod stop;
mod support;
mod turns;
