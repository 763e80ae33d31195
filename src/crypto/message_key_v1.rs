//! The key derivation of MTProto 1.0, which lives on in one place: the message inside
//! `auth.bindTempAuthKey`, written by the client with the permanent key (EM-14). Use it for nothing
//! else.

use super::aes_key_iv::AesKeyIv;
use super::auth_key::AuthKey;
use super::message_key::MessageKey;
use super::secret::Secret;
use super::suite::CryptoSuite;

/// `msg_key` of the plaintext, without its padding: `SHA1(message)[4..20]` (EM-14).
///
/// Source: <https://core.telegram.org/method/auth.bindTempAuthKey>.
#[must_use]
pub fn message_key(suite: &dyn CryptoSuite, message: &[u8]) -> MessageKey {
    let [_, _, _, _, key @ ..] = suite.sha1(&[message]);
    MessageKey(key)
}

/// The AES key and vector of a message from the client, `x = 0` (EM-14).
///
/// ```text
/// a   = SHA1( msg_key | auth_key[0..32] )
/// b   = SHA1( auth_key[32..48] | msg_key | auth_key[48..64] )
/// c   = SHA1( auth_key[64..96] | msg_key )
/// d   = SHA1( msg_key | auth_key[96..128] )
/// key = a[0..8] | b[8..20] | c[4..16]
/// iv  = a[8..20] | b[0..8] | c[16..20] | d[0..8]
/// ```
/// Source: <https://core.telegram.org/mtproto/description_v1>.
#[must_use]
pub fn derive(suite: &dyn CryptoSuite, auth_key: &AuthKey, message_key: &MessageKey) -> AesKeyIv {
    let key = auth_key.expose();
    let message_key = &message_key.0;
    let a = Secret::from(suite.sha1(&[message_key, &key[..32]]));
    let b = Secret::from(suite.sha1(&[&key[32..48], message_key, &key[48..64]]));
    let c = Secret::from(suite.sha1(&[&key[64..96], message_key]));
    let d = Secret::from(suite.sha1(&[message_key, &key[96..128]]));
    let (a, b, c, d) = (a.expose(), b.expose(), c.expose(), d.expose());

    let mut aes = AesKeyIv::zero();
    let key = aes.key.expose_mut();
    key[..8].copy_from_slice(&a[..8]);
    key[8..20].copy_from_slice(&b[8..]);
    key[20..].copy_from_slice(&c[4..16]);
    let iv = aes.iv.expose_mut();
    iv[..12].copy_from_slice(&a[8..]);
    iv[12..20].copy_from_slice(&b[..8]);
    iv[20..24].copy_from_slice(&c[16..]);
    iv[24..].copy_from_slice(&d[..8]);
    aes
}

#[cfg(test)]
mod tests {
    use super::super::{AuthKey, Real, vectors};
    use super::{derive, message_key};

    fn field(name: &str) -> Vec<u8> {
        vectors::bytes(&format!("synthetic.bind_temp_auth_key.{name}"))
    }

    /// The message laid out as the page says: `random 16 | msg_id 8 | seqno 4 | length 4 | inner`.
    #[test]
    fn em_14_the_bound_message_byte_for_byte() {
        let perm = AuthKey::from_bytes(vectors::array("recorded_2023_rsa_pad.auth_key"));
        let inner = field("bind_auth_key_inner");
        let mut message = field("random_int128");
        message.extend(field("msg_id").iter().rev());
        message.extend(0_u32.to_le_bytes());
        message.extend(u32::try_from(inner.len()).unwrap().to_le_bytes());
        message.extend(inner);

        let key = message_key(&Real, &message);
        assert_eq!(key.0.to_vec(), field("msg_key"));
        let aes = derive(&Real, &perm, &key);
        assert_eq!(aes.key.expose().to_vec(), field("aes_key"));
        assert_eq!(aes.iv.expose().to_vec(), field("aes_iv"));

        message.extend(field("padding"));
        aes.encrypt(&Real, &mut message).unwrap();
        let packet = [&perm.id().to_le_bytes()[..], &key.0, &message].concat();
        assert_eq!(packet, field("encrypted_message"));
    }
}
