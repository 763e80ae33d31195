//! The envelope of unencrypted messages, from the server's side.
//!
//! ```text
//! auth_key_id = 0: 8 | message_id: 8 | length: 4 | value
//! ```

use byteorder::{ByteOrder, LittleEndian};

use crate::message_id::MessageId;
use crate::server::exchange::Error;

/// The value inside a packet that a client sent.
pub(super) fn open(packet: &[u8], max_padding: usize) -> Result<&[u8], Error> {
    let malformed = Error::Envelope { length: packet.len() };
    let (header, rest) = packet.split_at_checked(20).ok_or(malformed.clone())?;
    let (key_and_id, length) = header.split_at(16);
    let (key_id, id) = key_and_id.split_at(8);
    if LittleEndian::read_i64(key_id) != 0 {
        return Err(Error::Encrypted);
    }
    let id = MessageId(LittleEndian::read_i64(id));
    if id.0 == 0 || id.0 % 4 != 0 {
        return Err(Error::MessageId { id });
    }
    let length = usize::try_from(LittleEndian::read_i32(length)).map_err(|_| malformed.clone())?;
    match rest.split_at_checked(length) {
        Some((value, after)) if length > 0 && length % 4 == 0 && after.len() <= max_padding => {
            Ok(value)
        }
        _ => Err(malformed),
    }
}

/// Puts a value into the envelope of an answer. `garbage` is appended inside of the message, as real servers do at times.
pub(super) fn seal(id: MessageId, value: &[u8], garbage: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(20 + value.len() + garbage.len());
    packet.extend_from_slice(&0_i64.to_le_bytes());
    packet.extend_from_slice(&id.0.to_le_bytes());
    let length = i32::try_from(value.len() + garbage.len()).unwrap_or(i32::MAX);
    packet.extend_from_slice(&length.to_le_bytes());
    packet.extend_from_slice(value);
    packet.extend_from_slice(garbage);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kx_01_the_servers_side_checks_the_envelope_too() {
        let packet = |id: i64, length: i32| {
            let mut packet = seal(MessageId(id), &[1; 8], &[]);
            packet[16..20].copy_from_slice(&length.to_le_bytes());
            packet
        };
        assert_eq!(open(&packet(4, 8), 0), Ok(&[1; 8][..]));
        assert_eq!(open(&packet(4, 4), 4), Ok(&[1; 4][..]));
        for length in [0, -1, 3, 12, i32::MIN] {
            assert_eq!(open(&packet(4, length), 15), Err(Error::Envelope { length: 28 }));
        }
        assert_eq!(open(&packet(4, 4), 0), Err(Error::Envelope { length: 28 }));
        for id in [0, 1, 2, 3, 5, -2] {
            assert_eq!(open(&packet(id, 8), 0), Err(Error::MessageId { id: MessageId(id) }));
        }
        let mut encrypted = packet(4, 8);
        encrypted[0] = 1;
        assert_eq!(open(&encrypted, 0), Err(Error::Encrypted));
        for cut in 0..20 {
            assert_eq!(open(&packet(4, 8)[..cut], 0), Err(Error::Envelope { length: cut }));
        }
    }
}
