//! Sessions as text: telewire's own, and those of other libraries.
//!
//! Whoever has such a text has the account. It is for environments without files ([`StringStore`]), and for moving from
//! another library.
//!
//! ```text
//! tw1.      then base64url without padding of the bytes that a session file has
//! ```

pub mod pyrogram;
mod store;
pub mod telethon;
#[cfg(test)]
mod tests;

use base64ct::{Base64UrlUnpadded, Encoding};
pub use store::StringStore;
use zeroize::Zeroizing;

use crate::client::store::codec;
use crate::client::store::error::Flaw;
use crate::client::store::snapshot::Snapshot;

const PREFIX: &str = "tw1.";

/// A session as text. It is wiped when dropped. It has 65,535 data centres at most, each with 255 addresses.
#[must_use]
pub fn to_text(snapshot: &Snapshot) -> Zeroizing<String> {
    let text = Zeroizing::new(Base64UrlUnpadded::encode_string(&codec::encode(snapshot)));
    prefixed(PREFIX, &text)
}

/// In one place from the beginning: a string that grows leaves a copy behind.
fn prefixed(prefix: &str, text: &str) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(String::with_capacity(prefix.len() + text.len()));
    whole.push_str(prefix);
    whole.push_str(text);
    whole
}

/// A session from what [`to_text`] gave. White space around it does not matter.
///
/// # Errors
///
/// What is wrong with it. It has a checksum.
pub fn from_text(text: &str) -> Result<Snapshot, Flaw> {
    let text = text.trim().strip_prefix(PREFIX).ok_or(Flaw::Kind)?;
    codec::decode(&base64(text)?)
}

/// Base64 in its URL form, with or without padding.
fn base64(text: &str) -> Result<Zeroizing<Vec<u8>>, Flaw> {
    let text = text.trim().trim_end_matches('=');
    // Wiped too if there is an error behind a key.
    let mut bytes = Zeroizing::new(vec![0; text.len()]);
    let length = Base64UrlUnpadded::decode(text, &mut bytes).map_err(|_| Flaw::Base64)?.len();
    bytes.truncate(length);
    Ok(bytes)
}
