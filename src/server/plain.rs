//! The envelope of unencrypted messages, from the server's side.
//!
//! ```text
//! auth_key_id = 0: 8 | message_id: 8 | length: 4 | value
//! ```

use byteorder::{ByteOrder, LittleEndian};

use crate::message_id::MessageId;
use crate::server::Strictness;
use crate::server::exchange::Error;
use crate::tl::mtproto::functions;
use crate::tl::{Deserialize, Identifiable, Reader};

/// The most that follows a value inside of its message: TDLib appends 255 bytes at most, Telegram Desktop 252.
const MAX_INNER_PADDING: usize = 256;

/// The value inside a packet that a client sent.
pub(super) fn open(
    packet: &[u8],
    max_padding: usize,
    strictness: Strictness,
) -> Result<&[u8], Error> {
    let malformed = Error::Envelope { length: packet.len() };
    let (header, rest) = packet.split_at_checked(20).ok_or(malformed.clone())?;
    let (key_and_id, length) = header.split_at(16);
    let (key_id, id) = key_and_id.split_at(8);
    if LittleEndian::read_i64(key_id) != 0 {
        return Err(Error::Encrypted);
    }
    let id = MessageId(LittleEndian::read_i64(id));
    // TDLib gives a plain message no id, and sends 0.
    let is_none = id.0 == 0 && !strictness.is_lenient();
    if is_none || id.0 % 4 != 0 {
        return Err(Error::MessageId { id });
    }
    let length = usize::try_from(LittleEndian::read_i32(length)).map_err(|_| malformed.clone())?;
    match rest.split_at_checked(length) {
        Some((value, after)) if length > 0 && length % 4 == 0 && after.len() <= max_padding => {
            Ok(if strictness.is_lenient() { without_padding(value) } else { value })
        }
        _ => Err(malformed),
    }
}

/// A query without what TDLib and Telegram Desktop append to it, so that nobody sees by its length what it is. All of it if it is
/// none of the known, or too much is appended.
fn without_padding(message: &[u8]) -> &[u8] {
    let mut reader = Reader::new(message);
    let is_read = match message.first_chunk::<4>().map(|id| u32::from_le_bytes(*id)) {
        Some(functions::ReqPq::ID) => functions::ReqPq::read(&mut reader).is_some(),
        Some(functions::ReqPqMulti::ID) => functions::ReqPqMulti::read(&mut reader).is_some(),
        Some(functions::ReqDhParams::ID) => functions::ReqDhParams::read(&mut reader).is_some(),
        Some(functions::SetClientDhParams::ID) => {
            functions::SetClientDhParams::read(&mut reader).is_some()
        }
        _ => false,
    };
    let is_read = is_read && !reader.is_failed();
    let (value, padding) = message.split_at_checked(reader.offset()).unwrap_or((message, &[]));
    if is_read && padding.len() <= MAX_INNER_PADDING { value } else { message }
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
    use crate::server::Strictness::{Lenient, Strict};
    use crate::tl::Serialize;

    fn packet(id: i64, length: i32) -> Vec<u8> {
        let mut packet = seal(MessageId(id), &[1; 8], &[]);
        packet[16..20].copy_from_slice(&length.to_le_bytes());
        packet
    }

    #[test]
    fn kx_01_the_servers_side_checks_the_envelope_too() {
        for strictness in [Strict, Lenient] {
            let open =
                |packet: &[u8], padding| open(packet, padding, strictness).map(<[u8]>::to_vec);
            assert_eq!(open(&packet(4, 8), 0), Ok(vec![1; 8]));
            assert_eq!(open(&packet(4, 4), 4), Ok(vec![1; 4]));
            for length in [0, -1, 3, 12, i32::MIN] {
                assert_eq!(open(&packet(4, length), 15), Err(Error::Envelope { length: 28 }));
            }
            assert_eq!(open(&packet(4, 4), 0), Err(Error::Envelope { length: 28 }));
            for id in [1, 2, 3, 5, -2] {
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

    #[test]
    fn kx_01_no_id_is_taken_from_those_who_give_none_by_a_lenient_server() {
        assert_eq!(open(&packet(0, 8), 0, Strict), Err(Error::MessageId { id: MessageId(0) }));
        assert_eq!(open(&packet(0, 8), 0, Lenient), Ok(&[1; 8][..]));
    }

    #[test]
    fn what_is_appended_to_each_query_is_taken_off_by_a_lenient_server() {
        let (nonce, server_nonce) = ([3; 16], [4; 16]);
        let queries = [
            functions::ReqPq { nonce }.to_bytes(),
            functions::ReqPqMulti { nonce }.to_bytes(),
            functions::ReqDhParams {
                nonce,
                server_nonce,
                p: [1, 2, 3, 4].into(),
                q: [5, 6, 7, 8].into(),
                public_key_fingerprint: 9,
                encrypted_data: [7; 256].into(),
            }
            .to_bytes(),
            functions::SetClientDhParams { nonce, server_nonce, encrypted_data: [8; 336].into() }
                .to_bytes(),
        ];
        for query in queries {
            for length in (0..=MAX_INNER_PADDING + 8).step_by(4) {
                let message = [&query[..], &vec![0xa5; length]].concat();
                let packet = seal(MessageId(4), &message, &[]);
                assert_eq!(open(&packet, 0, Strict), Ok(&message[..]));
                let is_taken = length <= MAX_INNER_PADDING;
                let expected = if is_taken { &query } else { &message };
                assert_eq!(open(&packet, 0, Lenient), Ok(&expected[..]), "{length}");
            }
            // What is torn stays so.
            for cut in (4..query.len()).step_by(4) {
                let packet = seal(MessageId(4), &query[..cut], &[]);
                assert_eq!(open(&packet, 0, Lenient), Ok(&query[..cut]), "{cut}");
            }
        }
    }
}
