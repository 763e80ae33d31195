//! Encrypted packets: how a message is sealed, and the checks by which one is opened.
//!
//! ```text
//! +--------------+----------+------------------------------------------------------------------+
//! | auth_key_id  | msg_key  | salt  session_id  message_id  seqno  length  body   padding      |
//! | 8            | 16       | 8     8           8           4      4       length 12 to 1024   |
//! +--------------+----------+------------------------------------------------------------------+
//!                           |<------------ AES-256-IGE, a multiple of 16 bytes --------------->|
//! ```
//!
//! Source: [MTProto 2.0](https://core.telegram.org/mtproto/description#encrypted-message-encrypted-data).

use byteorder::{ByteOrder, LittleEndian};

use crate::crypto::padding::{PADDING, Padding};
use crate::crypto::{
    AuthKey, CryptoSuite, Entropy, MessageKey, QuickAckToken, Sender, message_key,
};
use crate::ids::{Salt, SeqNo, SessionId};
use crate::message_id::MessageId;
use crate::session::violation::Violation;

/// `auth_key_id` and `msg_key`, which are not encrypted.
const OUTSIDE: usize = 24;

/// Salt, session, message id, sequence number and length.
const HEADER: usize = 32;

/// What stands before the body of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) salt: Salt,
    pub(crate) session_id: SessionId,
    pub(crate) message_id: MessageId,
    pub(crate) seqno: SeqNo,
}

/// Appends a packet to `out`, with the body that `write_body` appends.
pub(super) fn seal(
    suite: &dyn CryptoSuite,
    key: &AuthKey,
    header: &Header,
    padding: Padding,
    out: &mut Vec<u8>,
    entropy: &mut dyn Entropy,
    write_body: impl FnOnce(&mut Vec<u8>),
) -> QuickAckToken {
    let start = out.len();
    out.extend_from_slice(&[0; OUTSIDE]);
    out.extend_from_slice(&header.salt.0.to_le_bytes());
    out.extend_from_slice(&header.session_id.0.to_le_bytes());
    out.extend_from_slice(&header.message_id.0.to_le_bytes());
    out.extend_from_slice(&header.seqno.0.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    let body = out.len();
    write_body(out);
    let length = out.len() - body;
    if let Some(place) = out.get_mut(body - 4..body) {
        LittleEndian::write_i32(place, i32::try_from(length).unwrap_or(i32::MAX));
    }
    let padding = padding.after(HEADER + length, entropy);
    let end = out.len();
    out.resize(end + padding, 0);
    if let Some(place) = out.get_mut(end..) {
        entropy.fill(place);
    }
    encrypt(suite, key, out.get_mut(start..).unwrap_or_default())
}

/// Encrypts a packet whose first [`OUTSIDE`] bytes are still free.
fn encrypt(suite: &dyn CryptoSuite, key: &AuthKey, packet: &mut [u8]) -> QuickAckToken {
    let (outside, plaintext) = packet.split_at_mut(OUTSIDE.min(packet.len()));
    let (msg_key, token) = message_key::message_key(suite, key, Sender::Client, plaintext);
    let aes = message_key::derive(suite, key, &msg_key, Sender::Client);
    // `padding` made the length a multiple of 16.
    let _ = aes.encrypt(suite, plaintext);
    if let Some((key_id, place)) = outside.split_first_chunk_mut::<8>() {
        *key_id = key.id().to_le_bytes();
        place.copy_from_slice(&msg_key.0);
    }
    token
}

/// Decrypts a packet in place and gives its header and body.
///
/// The order of the checks is that of EM-02. Whatever is wrong before the key is compared gives one error, and so does
/// the comparison itself; nothing of the plaintext is looked at before.
///
/// # Errors
///
/// [`Violation::NotAuthentic`], and after that the rule that the plaintext breaks.
pub(super) fn open<'p>(
    suite: &dyn CryptoSuite,
    key: &AuthKey,
    packet: &'p mut [u8],
    max_padding: usize,
) -> Result<(Header, &'p [u8]), Violation> {
    let (outside, plaintext) =
        packet.split_first_chunk_mut::<OUTSIDE>().ok_or(Violation::NotAuthentic)?;
    // What the framing may have appended is less than a block.
    let appended = plaintext.len() % 16;
    let whole = plaintext.len() - appended;
    if whole < HEADER + 16 || appended > max_padding {
        return Err(Violation::NotAuthentic);
    }
    let plaintext = plaintext.get_mut(..whole).unwrap_or_default();
    let (_, msg_key) = outside.split_at(8);
    let msg_key = MessageKey(*msg_key.first_chunk::<16>().ok_or(Violation::NotAuthentic)?);
    let aes = message_key::derive(suite, key, &msg_key, Sender::Server);
    aes.decrypt(suite, plaintext).map_err(|_| Violation::NotAuthentic)?;
    // The key's id and the message's key are compared at once, and always over the whole plaintext (EM-16).
    let (computed, _) = message_key::message_key(suite, key, Sender::Server, plaintext);
    let mut expected = [0; OUTSIDE];
    let (id_place, key_place) = expected.split_at_mut(8);
    id_place.copy_from_slice(&key.id().to_le_bytes());
    key_place.copy_from_slice(&computed.0);
    if !suite.constant_time_eq(&expected, outside) {
        return Err(Violation::NotAuthentic);
    }
    read(plaintext)
}

/// Reads a plaintext that is authentic (EM-03).
fn read(plaintext: &[u8]) -> Result<(Header, &[u8]), Violation> {
    let (header, rest) = plaintext.split_first_chunk::<HEADER>().ok_or(Violation::NotAuthentic)?;
    let (salt, session_id) = (LittleEndian::read_i64(header), read_i64_at(header, 8));
    let (message_id, seqno) = (read_i64_at(header, 16), read_i32_at(header, 24));
    let length = read_i32_at(header, 28);
    let body = usize::try_from(length)
        .ok()
        .filter(|length| length % 4 == 0)
        .and_then(|length| rest.get(..length))
        .ok_or(Violation::Length { length })?;
    let padding = rest.len() - body.len();
    if !PADDING.contains(&padding) {
        return Err(Violation::Padding { length: padding });
    }
    let header = Header {
        salt: Salt(salt),
        session_id: SessionId(session_id),
        message_id: MessageId(message_id),
        seqno: SeqNo(seqno),
    };
    Ok((header, body))
}

fn read_i64_at(bytes: &[u8; HEADER], place: usize) -> i64 {
    bytes.get(place..place + 8).map_or(0, LittleEndian::read_i64)
}

fn read_i32_at(bytes: &[u8; HEADER], place: usize) -> i32 {
    bytes.get(place..place + 4).map_or(0, LittleEndian::read_i32)
}

#[cfg(test)]
mod tests;
