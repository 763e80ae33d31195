//! Encrypted packets, from the server's side: written apart from the client's on purpose.
//!
//! ```text
//! auth_key_id: 8 | msg_key: 16 | IGE( salt: 8 | session_id: 8 | message_id: 8 | seqno: 4 | length: 4 | body | padding )
//! ```

use byteorder::{ByteOrder, LittleEndian};

use crate::crypto::message_key::{derive, message_key};
use crate::crypto::{AuthKey, CryptoSuite, Entropy, KeyId, MessageKey, QuickAckToken, Sender};
use crate::ids::{Salt, SeqNo, SessionId};
use crate::message_id::MessageId;

/// A message that a client sent, or that is sent to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) salt: Salt,
    pub(super) session: SessionId,
    pub(super) id: MessageId,
    pub(super) seqno: SeqNo,
    pub(super) body: Vec<u8>,
}

/// The key that a packet names; 0 for a plain message.
pub(super) fn key_id(packet: &[u8]) -> Option<KeyId> {
    packet.first_chunk::<8>().map(|id| KeyId::from_le_bytes(*id))
}

/// Opens a client's packet; `None` when it is not authentic or malformed, which Telegram's servers answer alike.
pub(super) fn open(
    suite: &dyn CryptoSuite,
    key: &AuthKey,
    packet: &[u8],
    max_padding: usize,
) -> Option<(Packet, QuickAckToken)> {
    let (header, encrypted) = packet.split_at_checked(24)?;
    let appended = encrypted.len() % 16;
    if appended > max_padding {
        return None;
    }
    let mut plain = encrypted.get(..encrypted.len() - appended)?.to_vec();
    let msg_key = MessageKey(header.get(8..)?.try_into().ok()?);
    derive(suite, key, &msg_key, Sender::Client).decrypt(suite, &mut plain).ok()?;
    let (computed, token) = message_key(suite, key, Sender::Client, &plain);
    if !computed.matches(suite, &msg_key) {
        return None;
    }
    let (fields, rest) = plain.split_at_checked(32)?;
    let (ids, tail) = fields.split_at_checked(24)?;
    let length = usize::try_from(LittleEndian::read_i32(tail.get(4..)?)).ok()?;
    let body = rest.get(..length).filter(|body| body.len() % 4 == 0)?;
    if !(12..=1024).contains(&(rest.len() - length)) {
        return None;
    }
    let packet = Packet {
        salt: Salt(LittleEndian::read_i64(ids)),
        session: SessionId(LittleEndian::read_i64(ids.get(8..)?)),
        id: MessageId(LittleEndian::read_i64(ids.get(16..)?)),
        seqno: SeqNo(LittleEndian::read_i32(tail)),
        body: body.to_vec(),
    };
    Some((packet, token))
}

/// Seals a packet for a client.
pub(super) fn seal(
    suite: &dyn CryptoSuite,
    key: &AuthKey,
    packet: &Packet,
    entropy: &mut dyn Entropy,
) -> Vec<u8> {
    let mut plain = Vec::with_capacity(32 + packet.body.len() + 32);
    plain.extend_from_slice(&packet.salt.0.to_le_bytes());
    plain.extend_from_slice(&packet.session.0.to_le_bytes());
    plain.extend_from_slice(&packet.id.0.to_le_bytes());
    plain.extend_from_slice(&packet.seqno.0.to_le_bytes());
    plain.extend_from_slice(&i32::try_from(packet.body.len()).unwrap_or(i32::MAX).to_le_bytes());
    plain.extend_from_slice(&packet.body);
    let mut padding = vec![0; (plain.len() + 12).next_multiple_of(16) - plain.len()];
    entropy.fill(&mut padding);
    plain.extend_from_slice(&padding);
    let (msg_key, _) = message_key(suite, key, Sender::Server, &plain);
    // The length is a multiple of 16, so it cannot fail.
    let _ = derive(suite, key, &msg_key, Sender::Server).encrypt(suite, &mut plain);
    [&key.id().to_le_bytes()[..], &msg_key.0, &plain].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{FixedEntropy, Real, vectors};

    fn key() -> AuthKey {
        AuthKey::from_bytes(vectors::array("new_official_2024.auth_key"))
    }

    fn vector(name: &str) -> Vec<u8> {
        vectors::bytes(&format!("synthetic.{name}"))
    }

    #[test]
    fn em_01_the_servers_side_opens_the_ping_and_seals_the_pong_of_the_vectors() {
        let ping = vector("client_to_server_ping.packet");
        let (packet, token) = open(&Real, &key(), &ping, 0).unwrap();
        assert_eq!(packet.body, vector("client_to_server_ping.body"));
        let expected = vectors::text("synthetic.client_to_server_ping.quick_ack_token_le_u32");
        assert_eq!(token.0, u32::from_str_radix(expected, 16).unwrap());
        let pong = Packet {
            id: MessageId(0x65ab_c0fd_4000_0001),
            seqno: SeqNo(1),
            body: vector("server_to_client_pong.body"),
            ..packet
        };
        let mut entropy = FixedEntropy::new([vector("server_to_client_pong.padding")]);
        let sealed = seal(&Real, &key(), &pong, &mut entropy);
        assert_eq!(sealed, vector("server_to_client_pong.packet"));
    }

    #[test]
    fn em_02_a_changed_or_reflected_packet_is_not_opened() {
        let ping = vector("client_to_server_ping.packet");
        for place in 8..ping.len() {
            let mut changed = ping.clone();
            changed[place] ^= 1;
            assert_eq!(open(&Real, &key(), &changed, 0), None, "{place}");
        }
        for cut in 0..ping.len() {
            assert_eq!(open(&Real, &key(), &ping[..cut], 0), None, "{cut}");
        }
        assert_eq!(open(&Real, &key(), &vector("server_to_client_pong.packet"), 0), None);
    }
}
