//! Fake TLS, for proxies whose secret begins with `ee`: a stream that looks like TLS 1.3 to those who watch. Nothing of it
//! is TLS but the looks; inside is an [obfuscated](super::obfuscated) stream.
//!
//! ```text
//!  client                                        front
//!    ClientHello, with a digest of the secret ──>        verify, ReplayGuard
//!    Greeting::read  <── ServerHello, ChangeCipherSpec, data, with a digest of the secret
//!    ChangeCipherSpec, data, data … ──>                  Records
//!    Records         <── data, data …
//! ```
//!
//! A front hands whoever does not know the secret to the server that it hides behind, so that a visitor sees a website.
//!
//! Telegram has no page about it. The sources are `TlsInit.cpp` of [TDLib](https://github.com/tdlib/td) and
//! `net-tcp-rpc-ext-server.c` of [MTProxy](https://github.com/TelegramMessenger/MTProxy).

mod client_hello;
mod curve;
mod error;
mod guard;
mod record;
mod server_hello;

pub use client_hello::{ClientHello, verify};
pub use error::FakeTlsError;
pub use guard::ReplayGuard;
pub use record::{MAX_RECORD, Records};
pub use server_hello::{Greeting, answer};

/// The length of the record that a stream begins with, header and all, once its header is there.
///
/// # Errors
///
/// When the stream does not begin with a ClientHello.
pub fn hello_len(first: &[u8]) -> Result<Option<usize>, FakeTlsError> {
    client_hello::length(first)
}
