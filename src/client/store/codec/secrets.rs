//! Rows of secret chats as bytes, behind the updates.
//!
//! ```text
//! count     of rows, in ascending order                4
//! each      chat, kind, number                         4 + 1 + 8
//!           length, value                              4 + length
//! ```

use zeroize::Zeroizing;

use crate::client::store::codec::Input;
use crate::client::store::error::Flaw;
use crate::client::store::secrets::{SecretRow, SecretRows};

/// The bytes that are needed.
pub(super) fn room(rows: &SecretRows) -> usize {
    rows.iter().fold(4, |room, (_, value)| room.saturating_add(value.len()).saturating_add(17))
}

pub(super) fn write(rows: &SecretRows, out: &mut Vec<u8>) {
    out.extend(count(rows.len()));
    for (row, value) in rows.iter() {
        out.extend(row.chat.to_le_bytes());
        out.push(row.kind);
        out.extend(row.number.to_le_bytes());
        out.extend(count(value.len()));
        out.extend(value);
    }
}

pub(super) fn read(input: &mut Input<'_>) -> Result<SecretRows, Flaw> {
    let mut rows = SecretRows::default();
    for _ in 0..u32::from_le_bytes(input.take()?) {
        let chat = i32::from_le_bytes(input.take()?);
        let [kind] = input.take()?;
        let row = SecretRow { chat, kind, number: i64::from_le_bytes(input.take()?) };
        let length = u32::from_le_bytes(input.take()?);
        let length = usize::try_from(length).map_err(|_| Flaw::Length)?;
        let value = Zeroizing::new(input.bytes(length)?.to_vec());
        if rows.last().is_some_and(|last| last >= row) {
            return Err(Flaw::Value { field: "secret" });
        }
        rows.insert(row, value);
    }
    Ok(rows)
}

fn count(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}
