//! telewire's side.

mod boxes;
mod session;

use std::collections::VecDeque;
use std::time::Duration;

use telewire::crypto::factor::WORK_BUDGET;
use telewire::crypto::{
    AuthKey, Entropy, FactorError, MessageKey, RsaPublicKey, Sender, factor, message_key, real,
};
use telewire::handshake::{Config, Handshake};
use telewire::ids::DcId;
use telewire::time::Now;
use telewire::tl::{DecodeError, Deserialize, Serialize, api, mtproto};

use crate::Result;
use crate::input::{self, Exchange};

pub use boxes::Boxes;
pub use session::Session;
pub use telewire::tl::api::enums::messages::Messages;

/// Reads `messages.Messages`.
///
/// # Errors
///
/// When the bytes are something else.
pub fn decode(bytes: &[u8]) -> std::result::Result<Messages, DecodeError> {
    Messages::from_bytes(bytes)
}

/// Writes it.
#[must_use]
pub fn to_bytes(value: &Messages) -> Vec<u8> {
    value.to_bytes()
}

/// Reads `resPQ`.
///
/// # Errors
///
/// When the bytes are something else.
pub fn decode_res_pq(bytes: &[u8]) -> std::result::Result<mtproto::types::ResPq, DecodeError> {
    mtproto::types::ResPq::from_bytes(bytes)
}

/// The sizes of types that programs hold many of.
#[must_use]
pub fn sizes() -> [usize; 4] {
    [
        size_of::<api::enums::Message>(),
        size_of::<api::enums::User>(),
        size_of::<api::enums::Chat>(),
        size_of::<api::enums::Update>(),
    ]
}

/// Finds the factors of `pq`.
///
/// # Errors
///
/// When it is not the product of two primes.
pub fn factorize(pq: u64) -> std::result::Result<(u64, u64), FactorError> {
    factor::factorize(pq, WORK_BUDGET)
}

/// The key of packets.
#[must_use]
pub fn key() -> AuthKey {
    AuthKey::from_bytes(input::KEY)
}

/// Seals a plaintext into a packet with as much padding as the other library takes.
///
/// # Errors
///
/// Never with whole blocks.
pub fn encrypt(key: &AuthKey, plaintext: &[u8], packet: &mut Vec<u8>) -> Result<()> {
    let suite = real();
    packet.clear();
    packet.extend_from_slice(&[0; OUTSIDE]);
    packet.extend_from_slice(plaintext);
    let mut padding = [0; 32];
    getrandom::fill(&mut padding)?;
    packet.extend(padding.iter().take(32 - plaintext.len() % 16));
    let (outside, data) = packet.split_at_mut(OUTSIDE);
    let (msg_key, _) = message_key::message_key(&*suite, key, Sender::Client, data);
    message_key::derive(&*suite, key, &msg_key, Sender::Client).encrypt(&*suite, data)?;
    let (id, place) = outside.split_at_mut(8);
    id.copy_from_slice(&key.id().to_le_bytes());
    place.copy_from_slice(&msg_key.0);
    Ok(())
}

/// Opens a packet of the server, with the comparison of its key.
///
/// # Errors
///
/// When it is not authentic.
pub fn decrypt<'p>(key: &AuthKey, packet: &'p mut [u8]) -> Result<&'p [u8]> {
    let suite = real();
    let (outside, data) = packet.split_first_chunk_mut::<OUTSIDE>().ok_or("too short")?;
    let (id, claimed) = outside.split_at(8);
    if *id != key.id().to_le_bytes() {
        return Err("another key".into());
    }
    let claimed = MessageKey(claimed.try_into()?);
    message_key::derive(&*suite, key, &claimed, Sender::Server).decrypt(&*suite, data)?;
    let (computed, _) = message_key::message_key(&*suite, key, Sender::Server, data);
    if computed.matches(&*suite, &claimed) { Ok(data) } else { Err("not authentic".into()) }
}

/// A client before an exchange.
#[derive(Debug, Clone)]
pub struct Client(Config);

impl Client {
    /// One that knows the server's key.
    ///
    /// # Errors
    ///
    /// When the recorded key is none.
    pub fn new(recorded: &Exchange) -> Result<Self> {
        let key = RsaPublicKey::from_parts(&recorded.modulus, &[1, 0, 1])?;
        Ok(Self(Config::new(DcId::production(2), vec![key], real())))
    }

    /// The client's share of the exchange: every check, the factors, the RSA block, and two powers.
    ///
    /// # Errors
    ///
    /// When it does not end in a key.
    pub fn exchange(&self, recorded: &Exchange) -> Result<[u8; 256]> {
        let mut entropy = Draws::new(recorded);
        let mut client = Handshake::new(self.0.clone(), 1, NOW, &mut entropy);
        for answer in &recorded.answers {
            client.poll_packet().ok_or("no query")?;
            client.handle_packet(NOW, &envelope(answer)?, 0, &mut entropy)?;
            if let Some(work) = client.poll_work() {
                client.handle_work(NOW, work.run(), &mut entropy)?;
            }
        }
        let outcome = client.poll_outcome().ok_or("no outcome")?;
        Ok(*outcome.auth_key.expose())
    }
}

/// What was drawn, in the order in which this client draws it.
struct Draws(VecDeque<Vec<u8>>);

impl Draws {
    fn new(recorded: &Exchange) -> Self {
        // Each message id takes four bytes.
        let id = || vec![0; 4];
        let [rsa_padding, rsa_key] = recorded.rsa.clone();
        let [exponent, padding] = recorded.dh.clone();
        let (nonce, new_nonce) = (recorded.nonce.clone(), recorded.new_nonce.clone());
        Self([nonce, id(), new_nonce, rsa_padding, rsa_key, id(), exponent, padding, id()].into())
    }
}

impl Entropy for Draws {
    fn fill(&mut self, out: &mut [u8]) {
        let draw = self.0.pop_front().unwrap_or_default();
        for (place, byte) in out.iter_mut().zip(draw.into_iter().chain(std::iter::repeat(0))) {
            *place = byte;
        }
    }
}

/// An answer as it comes over the wire.
fn envelope(body: &[u8]) -> Result<Vec<u8>> {
    let id = i64::try_from(NOW.unix.as_secs())? << 32 | 1;
    let length = i32::try_from(body.len())?;
    Ok([&[0; 8][..], &id.to_le_bytes(), &length.to_le_bytes(), body].concat())
}

/// `auth_key_id` and `msg_key`.
const OUTSIDE: usize = 24;

const NOW: Now = Now { mono: Duration::ZERO, unix: Duration::from_secs(1_693_436_740) };
