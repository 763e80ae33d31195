//! The envelope of [unencrypted messages](https://core.telegram.org/mtproto/description#unencrypted-message).
//!
//! ```text
//! +-----------------+------------+----------+-------------------+
//! | auth_key_id = 0 | message_id | length   | value  [garbage]  |   [padding]
//! | 8               | 8          | 4        | length            |   0 to 15, padded framing only
//! +-----------------+------------+----------+-------------------+
//! ```

use byteorder::{ByteOrder, LittleEndian};

use crate::handshake::error::{Error, Stage};
use crate::message_id::MessageId;
use crate::tl::{Deserialize, Reader, Serialize};

/// What servers append to a value inside of the message's length: the official exchange of 2024 has up to 104 bytes
/// (KX-01). Ten times that is allowed here, and nowhere else.
const MAX_GARBAGE: usize = 1024;

/// Puts a value into its envelope.
pub(super) fn pack(id: MessageId, value: &impl Serialize) -> Vec<u8> {
    let mut packet = vec![0; 20];
    value.serialize(&mut packet);
    let length = i32::try_from(packet.len() - 20).unwrap_or(i32::MAX);
    if let Some(header) = packet.first_chunk_mut::<20>() {
        let (_, rest) = header.split_at_mut(8);
        LittleEndian::write_i64(rest, id.0);
        let (_, rest) = rest.split_at_mut(8);
        LittleEndian::write_i32(rest, length);
    }
    packet
}

/// The message inside a packet that a server sent (KX-01). `max_padding` is what the framing may have appended.
pub(super) fn unpack(packet: &[u8], max_padding: usize) -> Result<&[u8], Error> {
    let too_short = || Error::PacketTooShort { length: packet.len() };
    let (key_id, rest) = packet.split_first_chunk::<8>().ok_or_else(too_short)?;
    let (id, rest) = rest.split_first_chunk::<8>().ok_or_else(too_short)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(too_short)?;
    if *key_id != [0; 8] {
        return Err(Error::Encrypted);
    }
    let id = MessageId(LittleEndian::read_i64(id));
    if !id.is_answer() {
        return Err(Error::MessageId { id });
    }
    let length = LittleEndian::read_i32(length);
    let (message, after) = usize::try_from(length)
        .ok()
        .filter(|length| *length > 0 && length % 4 == 0)
        .and_then(|length| rest.split_at_checked(length))
        .ok_or(Error::MessageLength { length, left: rest.len() })?;
    if after.len() > max_padding {
        return Err(Error::BytesAfterMessage { count: after.len() });
    }
    Ok(message)
}

/// Decodes a message. Behind the value may stand what the server appended (KX-01).
pub(super) fn decode<T: Deserialize>(message: &[u8], stage: Stage) -> Result<T, Error> {
    let mut reader = Reader::new(message);
    let value = T::deserialize(&mut reader).map_err(|source| Error::Decode { stage, source })?;
    match reader.remaining().len() {
        0..=MAX_GARBAGE => Ok(value),
        count => Err(Error::BytesAfterValue { count }),
    }
}

/// The constructor id of a message, to tell what came when it is not what was awaited.
pub(super) fn constructor_id(message: &[u8]) -> Option<u32> {
    message.first_chunk::<4>().map(|id| LittleEndian::read_u32(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::mtproto::types::{Pong, ResPq};

    /// An answer as the server packs it.
    fn packet() -> Vec<u8> {
        pack(MessageId(5), &Pong { msg_id: 1, ping_id: 2 })
    }

    fn with(place: usize, bytes: &[u8]) -> Vec<u8> {
        let mut packet = packet();
        packet[place..place + bytes.len()].copy_from_slice(bytes);
        packet
    }

    #[test]
    fn kx_01_what_is_packed_is_unpacked() {
        let pong: Pong = decode(unpack(&packet(), 0).unwrap(), Stage::ResPq).unwrap();
        assert_eq!(pong, Pong { msg_id: 1, ping_id: 2 });
    }

    /// The official exchange of 2024: the envelope of `req_pq_multi`.
    #[test]
    fn kx_01_the_official_query_is_packed_to_the_byte() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/samples-auth-key.json"))
                .unwrap();
        let official = &vectors["new_official_2024"];
        let bytes = |name: &str| hex::decode(official[name].as_str().unwrap()).unwrap();
        let query =
            crate::tl::mtproto::functions::ReqPqMulti { nonce: bytes("nonce").try_into().unwrap() };
        let expected = bytes("req_pq_multi_packet");
        let id = MessageId(LittleEndian::read_i64(&expected[8..16]));
        assert_eq!(pack(id, &query), expected);
    }

    #[test]
    fn kx_01_each_field_of_the_envelope_is_checked() {
        for length in 0..20 {
            assert_eq!(unpack(&packet()[..length], 0), Err(Error::PacketTooShort { length }));
        }
        assert_eq!(unpack(&with(7, &[1]), 0), Err(Error::Encrypted));
        for id in [0, 1 << 33, 2, 3, 4, 7, -1, -2, i64::MIN] {
            let id = MessageId(id);
            assert_eq!(unpack(&with(8, &id.0.to_le_bytes()), 0), Err(Error::MessageId { id }));
        }
        for length in [0, -4, 1, 2, 3, 19, 24, i32::MIN, i32::MAX] {
            assert_eq!(
                unpack(&with(16, &length.to_le_bytes()), 0),
                Err(Error::MessageLength { length, left: 20 })
            );
        }
    }

    #[test]
    fn kx_01_behind_the_message_only_padding_may_stand() {
        let mut packet = packet();
        for count in 1..=16 {
            packet.push(7);
            assert_eq!(unpack(&packet, 0), Err(Error::BytesAfterMessage { count }));
            assert_eq!(unpack(&packet, 15).is_ok(), count <= 15);
        }
    }

    #[test]
    fn kx_01_a_kibibyte_may_stand_behind_the_value() {
        let mut message = Pong { msg_id: 1, ping_id: 2 }.to_bytes();
        message.resize(20 + MAX_GARBAGE, 9);
        assert!(decode::<Pong>(&message, Stage::ResPq).is_ok());
        message.push(9);
        assert_eq!(
            decode::<Pong>(&message, Stage::ResPq),
            Err(Error::BytesAfterValue { count: MAX_GARBAGE + 1 })
        );
    }

    #[test]
    fn another_value_is_named() {
        let message = Pong { msg_id: 1, ping_id: 2 }.to_bytes();
        let Err(Error::Decode { stage: Stage::ResPq, source }) =
            decode::<ResPq>(&message, Stage::ResPq)
        else {
            panic!("accepted");
        };
        assert_eq!(source.type_name(), Some("resPQ"));
        assert_eq!(constructor_id(&message), Some(0x347773c5));
    }
}
