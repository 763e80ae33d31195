//! grammers' side.

mod boxes;
mod session;

use grammers_crypto::{AuthKey, DequeBuffer, decrypt_data_v2, encrypt_data_v2};
use grammers_mtproto::authentication;
use grammers_tl_types::deserialize::Error as DecodeError;
use grammers_tl_types::{Deserializable, Serializable, enums, types};

use crate::Result;
use crate::input::{self, Exchange};

pub use boxes::Boxes;
pub use grammers_tl_types::enums::messages::Messages;
pub use session::Session;

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
pub fn decode_res_pq(bytes: &[u8]) -> std::result::Result<types::ResPq, DecodeError> {
    enums::ResPq::from_bytes(bytes).map(Into::into)
}

/// The sizes of types that programs hold many of.
#[must_use]
pub fn sizes() -> [usize; 4] {
    [
        size_of::<enums::Message>(),
        size_of::<enums::User>(),
        size_of::<enums::Chat>(),
        size_of::<enums::Update>(),
    ]
}

/// Finds the factors of `pq`.
#[must_use]
pub fn factorize(pq: u64) -> (u64, u64) {
    grammers_crypto::factorize(pq)
}

/// The key of packets.
#[must_use]
pub fn key() -> AuthKey {
    AuthKey::from_bytes(input::KEY)
}

/// A buffer for packets of 16 KiB, with room in front for what is not encrypted.
#[must_use]
pub fn buffer() -> DequeBuffer<u8> {
    DequeBuffer::with_capacity(input::plaintext().len() + 32, 24)
}

/// Seals a plaintext into a packet.
pub fn encrypt(key: &AuthKey, plaintext: &[u8], packet: &mut DequeBuffer<u8>) {
    packet.clear();
    packet.extend(plaintext.iter().copied());
    encrypt_data_v2(packet, key);
}

/// Opens a packet of the server, with the comparison of its key.
///
/// # Errors
///
/// When it is not authentic.
pub fn decrypt<'p>(key: &AuthKey, packet: &'p mut [u8]) -> Result<&'p [u8]> {
    Ok(decrypt_data_v2(packet, key)?)
}

/// The client's share of the exchange.
///
/// # Errors
///
/// When it does not end in a key.
pub fn exchange(recorded: &Exchange) -> Result<[u8; 256]> {
    let [rsa_padding, rsa_key] = &recorded.rsa;
    let [exponent, padding] = &recorded.dh;
    getrandom::queue(&recorded.nonce);
    getrandom::queue(&recorded.new_nonce);
    // It draws more padding than it uses, in both places.
    getrandom::queue(&padded(rsa_padding, 192));
    getrandom::queue(rsa_key);
    getrandom::queue(exponent);
    getrandom::queue(&padded(padding, 16));
    let [res_pq, dh_params, dh_gen] = &recorded.answers;
    let (_, step) = authentication::step1()?;
    let (_, step) = authentication::step2(step, Deserializable::from_bytes(res_pq)?)?;
    let (_, step) = authentication::step3(step, Deserializable::from_bytes(dh_params)?)?;
    Ok(authentication::create_key(step, Deserializable::from_bytes(dh_gen)?)?.auth_key)
}

fn padded(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(length, 0);
    bytes
}
