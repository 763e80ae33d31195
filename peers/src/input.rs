//! What both libraries get.

use telewire::crypto::{AuthKey, Sender, message_key, real};
use telewire::tl::Serialize;
use telewire::tl::api::enums::{Message, Peer, Update, Updates};
use telewire::tl::api::types;

use crate::Result;

/// `messages.messages` with 100 messages (tests/fixtures/README.md).
pub const MESSAGES: &[u8] = include_bytes!("../../tests/fixtures/messages_messages.bin");
/// `resPQ` with three fingerprints.
pub const RES_PQ: &[u8] = include_bytes!("../../tests/fixtures/res_pq.bin");

/// Products of two primes of 31 bits. Three are from exchanges that were recorded, the others were drawn once.
pub const PQS: [u64; 20] = [
    0x1460_e7d3_fa72_7791,
    0x17ed_4894_1a08_f981,
    0x1954_6f94_2a11_278d,
    0x27c6_a3b3_cd48_5701,
    0x2f0e_aaae_61da_2d1f,
    0x23cf_3ccd_8a6d_cfdf,
    0x1af7_001d_54cc_9ed3,
    0x21ce_1e87_d909_a871,
    0x234e_3f8f_1533_4701,
    0x23b2_b483_1b9e_d3bd,
    0x16b9_05d2_86f8_e30f,
    0x156f_0efc_37f0_7b7d,
    0x2c79_829e_f376_0181,
    0x21ef_376f_962c_db5d,
    0x1e70_61e2_484e_8ddd,
    0x31da_c109_b525_81a1,
    0x2318_b6fa_bb31_1fa1,
    0x1d02_d626_8567_2b75,
    0x283c_80e5_d5e4_bf13,
    0x307f_8d9c_f02c_37b7,
];

/// The authorization key of packets.
pub const KEY: [u8; 256] = [0x77; 256];

/// The channels of the boxes.
pub const BOXES: i32 = 50;

/// The update of a number, as it comes: a container with a new message of one of the channels, in turns and each in its order.
#[must_use]
pub fn update(number: i32) -> Vec<u8> {
    let (channel, pts) = (number % BOXES + 1, number / BOXES + 2);
    let peer = Peer::PeerChannel(types::PeerChannel { channel_id: channel.into() });
    let message = types::Message::new(pts, peer, 1, "a message as short as most".into());
    let new = types::UpdateNewChannelMessage::new(Message::from(message), pts, 1);
    let update = Update::UpdateNewChannelMessage(Box::new(new));
    Updates::from(types::UpdateShort { update, date: 1 }).to_bytes()
}

/// The plaintext of a packet before its padding: 16 KiB.
#[must_use]
pub fn plaintext() -> Vec<u8> {
    (0..16 << 10).map(|place: u32| place.to_le_bytes()[0]).collect()
}

/// The plaintext as a server seals it. It needs no padding for its length, and nobody looks for it here.
#[must_use]
pub fn server_packet() -> Vec<u8> {
    let (suite, key) = (real(), AuthKey::from_bytes(KEY));
    let mut data = plaintext();
    let (msg_key, _) = message_key::message_key(&*suite, &key, Sender::Server, &data);
    // 16 KiB are whole blocks.
    let _ =
        message_key::derive(&*suite, &key, &msg_key, Sender::Server).encrypt(&*suite, &mut data);
    [&key.id().to_le_bytes()[..], &msg_key.0, &data].concat()
}

/// An exchange that was recorded with all of its randomness (tests/vectors/README.md, `recorded_2023_rsa_pad`).
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What the client drew for its three queries, as far as it is known by name.
    pub nonce: Vec<u8>,
    /// See [`nonce`](Self::nonce).
    pub new_nonce: Vec<u8>,
    /// The padding of the RSA block and its key.
    pub rsa: [Vec<u8>; 2],
    /// The exponent, and the padding of the last query.
    pub dh: [Vec<u8>; 2],
    /// The bodies of the server's three answers.
    pub answers: [Vec<u8>; 3],
    /// The server's public modulus.
    pub modulus: Vec<u8>,
    /// What it ended with.
    pub auth_key: Vec<u8>,
}

impl Exchange {
    /// Reads the file of known answers.
    ///
    /// # Errors
    ///
    /// When a value is missing.
    pub fn recorded() -> Result<Self> {
        let text = include_str!("../../tests/vectors/samples-auth-key.json");
        let file: serde_json::Value = serde_json::from_str(text)?;
        let text = |name: &str| {
            let value = file.pointer(&format!("/recorded_2023_rsa_pad/{name}"));
            value.and_then(|value| value.as_str()).ok_or(format!("no {name} in the file"))
        };
        let bytes = |name: &str| Ok::<_, Box<dyn std::error::Error>>(hex::decode(text(name)?)?);
        let modulus: num_bigint::BigUint = text("rsa_key_n_dec")?.parse()?;
        Ok(Self {
            nonce: bytes("nonce")?,
            new_nonce: bytes("new_nonce")?,
            rsa: [bytes("rsa_pad_random_padding_bytes")?, bytes("rsa_pad_temp_key")?],
            dh: [bytes("b")?, bytes("client_DH_padding")?],
            answers: [
                bytes("resPQ_body")?,
                bytes("server_DH_params_ok_body")?,
                bytes("dh_gen_ok_body")?,
            ],
            modulus: modulus.to_bytes_be(),
            auth_key: bytes("auth_key")?,
        })
    }
}
