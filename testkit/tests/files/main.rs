//! Files of a client, up and down, over sockets of the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod again;
mod albums;
mod cancel;
mod cdn;
mod down;
mod media;
mod paths;
mod slow;
mod support;
mod up;
