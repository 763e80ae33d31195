//! Packets of secret chats: how a layer is sealed, and the checks by which one is opened.
//!
//! ```text
//! +-----------------+----------+----------------------------------------------------------+
//! | key_fingerprint | msg_key  | length: u32   decryptedMessageLayer   padding 12 to 1024 |
//! | 8               | 16       |                                                          |
//! +-----------------+----------+----------------------------------------------------------+
//!                              |<-------- AES-256-IGE, a multiple of 16 bytes ----------->|
//! ```
//!
//! MTProto 2.0 alone (SC-25): packets of 1.0 are authentic under no check of these.
//!
//! Source: [end-to-end](https://core.telegram.org/api/end-to-end#serialization-and-encryption-of-outgoing-messages).

use zeroize::Zeroizing;

use crate::crypto::padding::{PADDING, Padding};
use crate::crypto::{AuthKey, CryptoSuite, Entropy, KeyId, MessageKey, message_key};
use crate::secret::error::Dropped;
use crate::secret::limits::MAX_PACKET;
use crate::secret::side::Side;

/// `key_fingerprint` and `msg_key`, which are not encrypted.
const OUTSIDE: usize = 24;

/// `length`.
const LENGTH: usize = 4;

/// The packet that carries these bytes from one end.
pub(super) fn seal(
    suite: &dyn CryptoSuite,
    key: &AuthKey,
    from: Side,
    layer: &[u8],
    entropy: &mut dyn Entropy,
) -> Vec<u8> {
    let length = LENGTH + layer.len();
    // SC-21: the lengths that TDLib has, so that packets look like those of the official clients.
    let padding = Padding::Sizes.after(length, entropy);
    // As large as it becomes: growing would leave copies behind.
    let mut packet = Vec::with_capacity(OUTSIDE + length + padding);
    packet.extend_from_slice(&key.id().to_le_bytes());
    packet.extend_from_slice(&[0; 16]);
    packet.extend_from_slice(&u32::try_from(layer.len()).unwrap_or(u32::MAX).to_le_bytes());
    packet.extend_from_slice(layer);
    let end = packet.len();
    packet.resize(end + padding, 0);
    if let Some(padding) = packet.get_mut(end..) {
        entropy.fill(padding);
    }
    let (outside, plaintext) = packet.split_at_mut(OUTSIDE);
    // SC-20: over the whole plaintext, padding included.
    let (msg_key, _) = message_key::message_key(suite, key, from.sender(), plaintext);
    let aes = message_key::derive(suite, key, &msg_key, from.sender());
    // `Padding` made the length a multiple of 16.
    let _ = aes.encrypt(suite, plaintext);
    if let Some(place) = outside.last_chunk_mut::<16>() {
        *place = msg_key.0;
    }
    packet
}

/// The fingerprint of the key that a packet says it is of, by which the key is chosen (SC-22).
pub(super) fn fingerprint(packet: &[u8]) -> Option<KeyId> {
    packet.first_chunk::<8>().copied().map(KeyId::from_le_bytes)
}

/// The bytes that a packet carries from the end `from`, in the order of SC-22. Whatever is wrong is one error: nothing is said
/// of which check failed.
///
/// # Errors
///
/// [`Dropped::NotAuthentic`].
pub(super) fn open(
    suite: &dyn CryptoSuite,
    key: &AuthKey,
    from: Side,
    packet: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Dropped> {
    let (outside, encrypted) =
        packet.split_first_chunk::<OUTSIDE>().ok_or(Dropped::NotAuthentic)?;
    if packet.len() > MAX_PACKET || encrypted.len() < 16 || !encrypted.len().is_multiple_of(16) {
        return Err(Dropped::NotAuthentic);
    }
    let msg_key = MessageKey(*outside.last_chunk::<16>().ok_or(Dropped::NotAuthentic)?);
    let mut plaintext = Zeroizing::new(encrypted.to_vec());
    // SC-20: a packet of ours that comes back was made with the other half of the key.
    let aes = message_key::derive(suite, key, &msg_key, from.sender());
    aes.decrypt(suite, &mut plaintext).map_err(|_| Dropped::NotAuthentic)?;
    let (computed, _) = message_key::message_key(suite, key, from.sender(), &plaintext);
    if !computed.matches(suite, &msg_key) {
        return Err(Dropped::NotAuthentic);
    }
    let (length, rest) = plaintext.split_first_chunk::<LENGTH>().ok_or(Dropped::NotAuthentic)?;
    let layer = usize::try_from(u32::from_le_bytes(*length))
        .ok()
        .filter(|length| length.is_multiple_of(4))
        .and_then(|length| rest.get(..length))
        .filter(|layer| PADDING.contains(&(rest.len() - layer.len())))
        .ok_or(Dropped::NotAuthentic)?;
    Ok(Zeroizing::new(layer.to_vec()))
}

#[cfg(test)]
mod tests;
