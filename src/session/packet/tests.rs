//! EM-01 to EM-03 and EM-16.

use std::sync::Mutex;

use super::*;
#[cfg(feature = "server")]
use crate::crypto::RsaPrivateKey;
use crate::crypto::suite::sealed::Sealed;
use crate::crypto::{FixedEntropy, Real, RsaPublicKey, Secret, SuiteError, vectors};

fn key() -> AuthKey {
    AuthKey::from_bytes(vectors::array("new_official_2024.auth_key"))
}

fn vector(name: &str) -> Vec<u8> {
    vectors::bytes(&format!("synthetic.{name}"))
}

fn header(of: &str) -> Header {
    let number = |field: &str| -> i64 {
        let text = vectors::text(&format!("synthetic.{of}.{field}"));
        i64::from_str_radix(text, 16).unwrap()
    };
    let le = |field: &str| i64::from_le_bytes(vectors::array(&format!("synthetic.{of}.{field}")));
    let seqno = vectors::value(&format!("synthetic.{of}.seq_no")).as_i64().unwrap();
    Header {
        salt: Salt(le("salt")),
        session_id: SessionId(le("session_id")),
        message_id: MessageId(number("msg_id")),
        seqno: SeqNo(seqno as i32),
    }
}

/// Opens a packet of the server's.
fn open_packet(packet: &[u8]) -> Result<(Header, Vec<u8>), Violation> {
    let mut packet = packet.to_vec();
    open(&Real, &key(), &mut packet, 0).map(|(header, body)| (header, body.to_vec()))
}

/// A packet as the server seals it, with a plaintext of the test's making.
fn sealed_by_server(plaintext: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; OUTSIDE];
    packet.extend_from_slice(plaintext);
    let (outside, rest) = packet.split_at_mut(OUTSIDE);
    let (msg_key, _) = message_key::message_key(&Real, &key(), Sender::Server, rest);
    message_key::derive(&Real, &key(), &msg_key, Sender::Server).encrypt(&Real, rest).unwrap();
    outside[..8].copy_from_slice(&key().id().to_le_bytes());
    outside[8..].copy_from_slice(&msg_key.0);
    packet
}

#[test]
fn em_01_a_ping_is_sealed_to_the_byte() {
    let padding = vector("client_to_server_ping.padding");
    let mut entropy = FixedEntropy::new([padding]);
    let mut out = vec![9];
    let body = vector("client_to_server_ping.body");
    let token = seal(
        &Real,
        &key(),
        &header("client_to_server_ping"),
        Padding::Sizes,
        &mut out,
        &mut entropy,
        |out| {
            out.extend_from_slice(&body);
        },
    );
    assert_eq!(out[1..], vector("client_to_server_ping.packet"));
    let expected = vectors::text("synthetic.client_to_server_ping.quick_ack_token_le_u32");
    assert_eq!(token.0, u32::from_str_radix(expected, 16).unwrap());
}

#[test]
fn em_01_a_pong_is_opened() {
    let (opened, body) = open_packet(&vector("server_to_client_pong.packet")).unwrap();
    assert_eq!(opened, header("server_to_client_pong"));
    assert_eq!(body, vector("server_to_client_pong.body"));
}

#[test]
fn em_01_our_own_packet_sent_back_is_refused() {
    let reflected = vector("client_to_server_ping.packet");
    assert_eq!(open_packet(&reflected), Err(Violation::NotAuthentic));
}

#[test]
fn em_02_every_flipped_bit_is_the_same_error() {
    let packet = vector("server_to_client_pong.packet");
    for bit in 0..packet.len() * 8 {
        let mut changed = packet.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(open_packet(&changed), Err(Violation::NotAuthentic), "bit {bit}");
    }
}

#[test]
fn em_02_every_impossible_size_is_the_same_error() {
    let packet = vector("server_to_client_pong.packet");
    for cut in 0..packet.len() {
        assert_eq!(open_packet(&packet[..cut]), Err(Violation::NotAuthentic), "{cut}");
    }
    for more in 1..=32 {
        let longer = [&packet[..], &vec![0; more]].concat();
        assert_eq!(open_packet(&longer), Err(Violation::NotAuthentic), "{more}");
    }
}

#[test]
fn em_02_only_a_padded_framing_may_append_up_to_15_bytes() {
    let packet = vector("server_to_client_pong.packet");
    for more in 1..=15 {
        let mut longer = [&packet[..], &vec![7; more]].concat();
        assert!(open(&Real, &key(), &mut longer.clone(), 15).is_ok(), "{more}");
        assert_eq!(open(&Real, &key(), &mut longer, 0), Err(Violation::NotAuthentic));
    }
}

#[test]
fn em_03_the_padding_cases_of_the_vectors() {
    let open = |name: &str| open_packet(&vector(&format!("padding_cases.{name}"))).map(|_| ());
    assert_eq!(open("accept_12"), Ok(()));
    assert_eq!(open("accept_1020"), Ok(()));
    assert_eq!(open("reject_1036"), Err(Violation::Padding { length: 1036 }));
    assert_eq!(open("reject_padding_8_via_length_24"), Err(Violation::Padding { length: 8 }));
    assert!(matches!(open("reject_length_not_mod4"), Err(Violation::Length { .. })));
    assert!(matches!(open("reject_length_past_end"), Err(Violation::Length { .. })));
    assert!(matches!(open("reject_length_negative"), Err(Violation::Length { .. })));
    assert_eq!(open("reject_length_0xfffffff0"), Err(Violation::Length { length: -16 }));
}

#[test]
fn em_03_each_length_from_none_to_all_is_judged() {
    for length in -8..=120_i32 {
        let mut plaintext = vec![1; 32 + 112];
        plaintext[28..32].copy_from_slice(&length.to_le_bytes());
        let opened = open_packet(&sealed_by_server(&plaintext)).map(|(_, body)| body.len());
        let expected = match usize::try_from(length) {
            Ok(length) if length % 4 == 0 && length <= 100 => Ok(length),
            Ok(bytes) if bytes % 4 == 0 && bytes <= 112 => {
                Err(Violation::Padding { length: 112 - bytes })
            }
            _ => Err(Violation::Length { length }),
        };
        assert_eq!(opened, expected, "{length}");
    }
}

#[test]
fn em_11_the_padding_is_what_the_source_of_randomness_gave() {
    let padding: Vec<u8> = (1..=20).collect();
    let mut entropy = FixedEntropy::new([padding.clone()]);
    let mut out = Vec::new();
    let header = header("client_to_server_ping");
    seal(&Real, &key(), &header, Padding::Sizes, &mut out, &mut entropy, |out| {
        out.extend_from_slice(&[5; 12]);
    });
    let (outside, plaintext) = out.split_at_mut(OUTSIDE);
    let msg_key = MessageKey(outside[8..].try_into().unwrap());
    let aes = message_key::derive(&Real, &key(), &msg_key, Sender::Client);
    aes.decrypt(&Real, plaintext).unwrap();
    assert_eq!(plaintext[HEADER..], [&[5; 12], &padding[..]].concat());
    assert_eq!(entropy.left(), 0);
}

/// Counts what is done with the whole plaintext.
#[derive(Debug, Default)]
struct Counting {
    hashed: Mutex<Vec<usize>>,
    compared: Mutex<usize>,
}

impl Sealed for Counting {}

impl CryptoSuite for Counting {
    fn ige_encrypt(
        &self,
        key: &[u8; 32],
        iv: &[u8; 32],
        data: &mut [u8],
    ) -> Result<(), SuiteError> {
        Real.ige_encrypt(key, iv, data)
    }

    fn ige_decrypt(
        &self,
        key: &[u8; 32],
        iv: &[u8; 32],
        data: &mut [u8],
    ) -> Result<(), SuiteError> {
        Real.ige_decrypt(key, iv, data)
    }

    fn sha1(&self, parts: &[&[u8]]) -> [u8; 20] {
        Real.sha1(parts)
    }

    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.hashed.lock().unwrap().push(parts.iter().map(|part| part.len()).sum());
        Real.sha256(parts)
    }

    fn constant_time_eq(&self, a: &[u8], b: &[u8]) -> bool {
        *self.compared.lock().unwrap() += 1;
        Real.constant_time_eq(a, b)
    }

    fn pow_mod(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
        modulus: &[u8; 256],
    ) -> Result<[u8; 256], SuiteError> {
        Real.pow_mod(base, exponent, modulus)
    }

    fn is_safe_prime(&self, p: &[u8; 256], entropy: &mut dyn Entropy) -> bool {
        Real.is_safe_prime(p, entropy)
    }

    fn rsa_encrypt(&self, key: &RsaPublicKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError> {
        Real.rsa_encrypt(key, block)
    }

    #[cfg(feature = "server")]
    fn rsa_decrypt(&self, key: &RsaPrivateKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError> {
        Real.rsa_decrypt(key, block)
    }
}

#[test]
fn em_16_every_failure_hashes_the_whole_plaintext_and_compares_once() {
    let packet = vector("server_to_client_pong.packet");
    let plaintext = packet.len() - OUTSIDE;
    for place in [0, 7, 8, 23, 24, 40, 56, packet.len() - 1] {
        let mut changed = packet.clone();
        changed[place] ^= 1;
        let suite = Counting::default();
        assert_eq!(open(&suite, &key(), &mut changed, 0), Err(Violation::NotAuthentic));
        let hashed = suite.hashed.lock().unwrap();
        // Two hashes derive the key, one covers 32 bytes of the key and the whole plaintext.
        assert_eq!(*hashed, [52, 52, 32 + plaintext], "byte {place}");
        assert_eq!(*suite.compared.lock().unwrap(), 1, "byte {place}");
    }
}
