//! The string sessions of [Pyrogram](https://docs.pyrogram.org) 2 and 1.
//!
//! ```text
//! base64url without padding of:
//! dc        1          big-endian, as all numbers
//! api_id    4          only in version 2
//! test      1
//! key       256
//! user      4 | 8      8 in version 2
//! bot       1
//! ```

use crate::client::store::error::Flaw;
use crate::client::store::snapshot::{DcRecord, SessionUser, Snapshot};
use crate::client::store::string::{base64, telethon};
use crate::ids::DcId;

/// A session from Pyrogram's text.
///
/// # Errors
///
/// What is wrong with it. It has no checksum.
pub fn import(text: &str) -> Result<Snapshot, Flaw> {
    let bytes = base64(text)?;
    let (api_id, user_id) = match bytes.len() {
        271 => (4, 8),
        267 => (0, 8),
        263 => (0, 4),
        _ => return Err(Flaw::Length),
    };
    let (number, rest) = bytes.split_first().ok_or(Flaw::Length)?;
    let rest = rest.get(api_id..).ok_or(Flaw::Length)?;
    let (is_test, rest) = rest.split_first().ok_or(Flaw::Length)?;
    let (key, rest) = rest.split_first_chunk::<256>().ok_or(Flaw::Length)?;
    let (id, is_bot) = rest.split_at_checked(user_id).ok_or(Flaw::Length)?;
    let id = id.iter().fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
    let id = i64::try_from(id).map_err(|_| Flaw::Value { field: "user" })?;
    if *number == 0 {
        return Err(Flaw::Value { field: "dc" });
    }
    let is_test = flag(*is_test, "test")?;
    let is_bot = flag(is_bot.first().copied().unwrap_or(0), "bot")?;
    let dc = DcId { number: u16::from(*number), is_test, is_media: false };
    let record =
        DcRecord { key: Some(telethon::stored(key)), is_authorized: true, addresses: Vec::new() };
    Ok(Snapshot {
        home: Some(dc),
        user: Some(SessionUser { id, is_bot }),
        dcs: [(dc, record)].into(),
        ..Snapshot::default()
    })
}

fn flag(byte: u8, field: &'static str) -> Result<bool, Flaw> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Flaw::Value { field }),
    }
}
