//! Every way to reach a data centre, over sockets of the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod echo;
mod front;
#[cfg(feature = "proxy")]
mod hostile;
mod matrix;
mod mtproxy;
#[cfg(feature = "proxy")]
mod proxies;
mod relay;
mod support;
#[cfg(feature = "ws")]
mod websocket;
