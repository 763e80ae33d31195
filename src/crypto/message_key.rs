//! `msg_key` of MTProto 2.0: what authenticates a packet, and what its AES key comes from.

use std::fmt;

use super::aes_key_iv::AesKeyIv;
use super::auth_key::AuthKey;
use super::secret::Secret;
use super::suite::CryptoSuite;

/// Who wrote the packet. Each side uses other parts of the key, so that a packet sent back to its
/// writer is refused (EM-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The client: `x = 0`.
    Client,
    /// The server: `x = 8`.
    Server,
}

/// The 16 bytes before an encrypted packet. They are compared by [`matches`](Self::matches) alone,
/// in constant time, which is why there is no `==`.
#[derive(Clone, Copy, Debug)]
pub struct MessageKey(pub [u8; 16]);

impl MessageKey {
    /// Whether the keys are equal, in constant time (EM-02).
    #[must_use]
    pub fn matches(&self, suite: &dyn CryptoSuite, other: &Self) -> bool {
        suite.constant_time_eq(&self.0, &other.0)
    }
}

/// What the server sends back at once for a packet that asked for a quick acknowledgement: the
/// first 4 bytes of `msg_key_large` as a little-endian number, with the top bit set.
///
/// Source: <https://core.telegram.org/mtproto/mtproto-transports#quick-ack>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuickAckToken(pub u32);

impl fmt::Debug for QuickAckToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QuickAckToken({:08x})", self.0)
    }
}

/// The key of a packet whose whole plaintext, padding included, is given (EM-01).
///
/// ```text
/// msg_key_large = SHA256( auth_key[88+x..120+x] | plaintext )
/// msg_key       = msg_key_large[8..24]
/// quick ack     = msg_key_large[0..4] | 0x80000000
/// ```
/// Source: <https://core.telegram.org/mtproto/description#message-key-msg-key>.
#[must_use]
pub fn message_key(
    suite: &dyn CryptoSuite,
    auth_key: &AuthKey,
    sender: Sender,
    plaintext: &[u8],
) -> (MessageKey, QuickAckToken) {
    let key = auth_key.expose();
    let secret = match sender {
        Sender::Client => &key[88..120],
        Sender::Server => &key[96..128],
    };
    let large = suite.sha256(&[secret, plaintext]);

    let mut message_key = [0; 16];
    message_key.copy_from_slice(&large[8..24]);
    let [a, b, c, d, ..] = large;
    let token = u32::from_le_bytes([a, b, c, d]) | QUICK_ACK_BIT;
    (MessageKey(message_key), QuickAckToken(token))
}

/// The AES key and vector of the packet with this `msg_key` (EM-01).
///
/// ```text
/// a   = SHA256( msg_key | auth_key[x..36+x] )
/// b   = SHA256( auth_key[40+x..76+x] | msg_key )
/// key = a[0..8] | b[8..24] | a[24..32]
/// iv  = b[0..8] | a[8..24] | b[24..32]
/// ```
/// Source:
/// <https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector>.
#[must_use]
pub fn derive(
    suite: &dyn CryptoSuite,
    auth_key: &AuthKey,
    message_key: &MessageKey,
    sender: Sender,
) -> AesKeyIv {
    let key = auth_key.expose();
    let (for_a, for_b) = match sender {
        Sender::Client => (&key[..36], &key[40..76]),
        Sender::Server => (&key[8..44], &key[48..84]),
    };
    let a = Secret::from(suite.sha256(&[&message_key.0, for_a]));
    let b = Secret::from(suite.sha256(&[for_b, &message_key.0]));
    let (a, b) = (a.expose(), b.expose());

    let mut aes = AesKeyIv::zero();
    let key = aes.key.expose_mut();
    key[..8].copy_from_slice(&a[..8]);
    key[8..24].copy_from_slice(&b[8..24]);
    key[24..].copy_from_slice(&a[24..]);
    let iv = aes.iv.expose_mut();
    iv[..8].copy_from_slice(&b[..8]);
    iv[8..24].copy_from_slice(&a[8..24]);
    iv[24..].copy_from_slice(&b[24..]);
    aes
}

/// Tells a token from the length of a packet, whose top bit is never set in an answer.
const QUICK_ACK_BIT: u32 = 1 << 31;

#[cfg(test)]
mod tests {
    use super::super::{AuthKey, Real, Toy, vectors};
    use super::{MessageKey, QuickAckToken, Sender, derive, message_key};

    const SAMPLES: [(&str, Sender); 2] =
        [("client_to_server_ping", Sender::Client), ("server_to_client_pong", Sender::Server)];

    fn auth_key() -> AuthKey {
        AuthKey::from_bytes(vectors::array("new_official_2024.auth_key"))
    }

    fn field(sample: &str, name: &str) -> Vec<u8> {
        vectors::bytes(&format!("synthetic.{sample}.{name}"))
    }

    #[test]
    fn em_01_message_keys_and_tokens_of_the_samples() {
        for (sample, sender) in SAMPLES {
            let plaintext = field(sample, "plaintext");
            let (key, token) = message_key(&Real, &auth_key(), sender, &plaintext);
            assert_eq!(key.0.to_vec(), field(sample, "msg_key"));
            let token_in_vector =
                vectors::text(&format!("synthetic.{sample}.quick_ack_token_le_u32"));
            assert_eq!(token, QuickAckToken(u32::from_str_radix(token_in_vector, 16).unwrap()));
            assert_eq!(format!("{token:?}"), format!("QuickAckToken({token_in_vector})"));
        }
    }

    #[test]
    fn em_01_packets_of_the_samples_byte_for_byte() {
        for (sample, sender) in SAMPLES {
            let (key, _) = message_key(&Real, &auth_key(), sender, &field(sample, "plaintext"));
            let aes = derive(&Real, &auth_key(), &key, sender);
            assert_eq!(aes.key.expose().to_vec(), field(sample, "aes_key"));
            assert_eq!(aes.iv.expose().to_vec(), field(sample, "aes_iv"));

            let mut data = field(sample, "plaintext");
            aes.encrypt(&Real, &mut data).unwrap();
            assert_eq!(data, field(sample, "ciphertext"));
            aes.decrypt(&Real, &mut data).unwrap();
            assert_eq!(data, field(sample, "plaintext"));
        }
    }

    #[test]
    fn em_01_quick_ack_tokens_have_the_top_bit() {
        for byte in 0..=255 {
            let (_, token) = message_key(&Real, &auth_key(), Sender::Client, &[byte; 16]);
            assert_ne!(token.0 & 0x8000_0000, 0);
        }
    }

    #[test]
    fn em_01_a_packet_sent_back_to_its_writer_is_refused() {
        for (sample, sender) in SAMPLES {
            let other = match sender {
                Sender::Client => Sender::Server,
                Sender::Server => Sender::Client,
            };
            let claimed = MessageKey(field(sample, "msg_key").try_into().unwrap());
            let mut data = field(sample, "ciphertext");
            derive(&Real, &auth_key(), &claimed, other).decrypt(&Real, &mut data).unwrap();
            assert_ne!(data, field(sample, "plaintext"));
            let (key, _) = message_key(&Real, &auth_key(), other, &data);
            assert!(!key.matches(&Real, &claimed));
        }
    }

    /// With both suites, since faults in simulations must be noticed too.
    #[test]
    fn em_02_every_flipped_byte_of_a_packet_is_noticed() {
        let suites: [&dyn super::CryptoSuite; 2] = [&Real, &Toy];
        for suite in suites {
            for sender in [Sender::Client, Sender::Server] {
                let plaintext: Vec<u8> = (0..96).collect();
                let (key, _) = message_key(suite, &auth_key(), sender, &plaintext);
                let mut sealed = key.0.to_vec();
                sealed.extend(&plaintext);
                derive(suite, &auth_key(), &key, sender).encrypt(suite, &mut sealed[16..]).unwrap();

                let opens = |mut sealed: Vec<u8>| {
                    let claimed = MessageKey(sealed[..16].try_into().unwrap());
                    let data = &mut sealed[16..];
                    derive(suite, &auth_key(), &claimed, sender).decrypt(suite, data).unwrap();
                    message_key(suite, &auth_key(), sender, data).0.matches(suite, &claimed)
                };
                assert!(opens(sealed.clone()));
                for at in 0..sealed.len() {
                    let mut flipped = sealed.clone();
                    flipped[at] ^= 1 << (at % 8);
                    assert!(!opens(flipped), "byte {at} with {suite:?}");
                }
            }
        }
    }
}
