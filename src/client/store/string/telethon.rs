//! The string sessions of [Telethon](https://docs.telethon.dev).
//!
//! ```text
//! 1         the letter, then base64url with padding of:
//! dc        1          big-endian, as all numbers
//! address   4 | 16
//! port      2
//! key       256        all zero for none
//! ```
//!
//! It says neither who is logged in nor in which environment; the production's is supposed, unless the address is one of the
//! test environment's.

use std::net::{IpAddr, SocketAddr};

use base64ct::{Base64Url, Encoding};
use zeroize::Zeroizing;

use crate::client::addresses;
use crate::client::store::error::Flaw;
use crate::client::store::snapshot::{DcRecord, Snapshot};
use crate::client::store::string::{base64, prefixed};
use crate::connection::StoredKey;
use crate::crypto::AuthKey;
use crate::ids::{DcId, Salt};

const PREFIX: &str = "1";

/// What stands around an address: the number of the data centre, the port and the key.
const AROUND: usize = 1 + 2 + 256;

/// A session from Telethon's text. That somebody is logged in is supposed; the first call will tell.
///
/// # Errors
///
/// What is wrong with it. It has no checksum.
pub fn import(text: &str) -> Result<Snapshot, Flaw> {
    let bytes = base64(text.trim().strip_prefix(PREFIX).ok_or(Flaw::Kind)?)?;
    let (number, rest) = bytes.split_first().ok_or(Flaw::Length)?;
    let (ip, rest): (IpAddr, _) = match bytes.len().checked_sub(AROUND) {
        Some(4) => rest.split_first_chunk::<4>().map(|(ip, rest)| ((*ip).into(), rest)),
        Some(16) => rest.split_first_chunk::<16>().map(|(ip, rest)| ((*ip).into(), rest)),
        _ => None,
    }
    .ok_or(Flaw::Length)?;
    let (port, key) = rest.split_first_chunk::<2>().ok_or(Flaw::Length)?;
    // Where it is: each array that is moved leaves a copy behind.
    let key: &[u8; 256] = key.try_into().map_err(|_| Flaw::Length)?;
    if *number == 0 {
        return Err(Flaw::Value { field: "dc" });
    }
    let number = u16::from(*number);
    let is_test = addresses::dc_at(ip) == Some(DcId::test(number));
    let dc = DcId { number, is_test, is_media: false };
    let address = SocketAddr::new(ip, u16::from_be_bytes(*port));
    let has_key = key.iter().any(|byte| *byte != 0);
    let record = DcRecord {
        key: has_key.then(|| stored(key)),
        is_authorized: has_key,
        addresses: vec![address],
    };
    Ok(Snapshot { home: Some(dc), dcs: [(dc, record)].into(), ..Snapshot::default() })
}

/// A session as Telethon's text, which is wiped when dropped.
///
/// `address` is where Telethon will find the account's data centre. A session does not know of one that was given to
/// [`ClientBuilder::address`](crate::client::ClientBuilder::address): take it from
/// [`Client::addresses`](crate::client::Client::addresses). With `None` it is the first that the server told, or else the one
/// that is built in, which is Telegram's.
///
/// # Errors
///
/// [`Flaw::Incomplete`] without a key for the home, or without an address of it.
pub fn export(snapshot: &Snapshot, address: Option<SocketAddr>) -> Result<Zeroizing<String>, Flaw> {
    let home = snapshot.home.ok_or(Flaw::Incomplete)?;
    let record = snapshot.dcs.get(&home).ok_or(Flaw::Incomplete)?;
    let key = record.key.as_ref().ok_or(Flaw::Incomplete)?;
    let known =
        || record.addresses.first().copied().or_else(|| addresses::of(home).first().copied());
    let address = address.or_else(known).ok_or(Flaw::Incomplete)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(AROUND + 16));
    bytes.push(u8::try_from(home.number).map_err(|_| Flaw::Value { field: "dc" })?);
    match address.ip() {
        IpAddr::V4(ip) => bytes.extend(ip.octets()),
        IpAddr::V6(ip) => bytes.extend(ip.octets()),
    }
    bytes.extend(address.port().to_be_bytes());
    bytes.extend(key.auth_key.expose());
    let text = Zeroizing::new(Base64Url::encode_string(&bytes));
    Ok(prefixed(PREFIX, &text))
}

/// A key without the salt, which the server will tell.
pub(super) fn stored(key: &[u8; 256]) -> StoredKey {
    StoredKey { auth_key: AuthKey::copy_of(key), salt: Salt(0), time_offset: 0 }
}
