//! The temporary AES key of the key exchange, which hides the Diffie-Hellman numbers.

use super::aes_key_iv::AesKeyIv;
use super::secret::Secret;
use super::suite::CryptoSuite;

/// `tmp_aes_key` and `tmp_aes_iv` (KX-11), out of fixed-size arrays so that a nonce's leading zeros
/// cannot be lost.
///
/// ```text
/// key = SHA1(new_nonce | server_nonce) 20 | SHA1(server_nonce | new_nonce)[0..12]
/// iv  = SHA1(server_nonce | new_nonce)[12..20] | SHA1(new_nonce | new_nonce) 20 | new_nonce[0..4]
/// ```
/// Source:
/// <https://core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication>.
#[must_use]
pub fn tmp_aes(suite: &dyn CryptoSuite, new_nonce: &[u8; 32], server_nonce: &[u8; 16]) -> AesKeyIv {
    let new_server = Secret::from(suite.sha1(&[new_nonce, server_nonce]));
    let server_new = Secret::from(suite.sha1(&[server_nonce, new_nonce]));
    let new_new = Secret::from(suite.sha1(&[new_nonce, new_nonce]));
    let (new_server, server_new, new_new) =
        (new_server.expose(), server_new.expose(), new_new.expose());

    let mut aes = AesKeyIv::zero();
    let key = aes.key.expose_mut();
    key[..20].copy_from_slice(new_server);
    key[20..].copy_from_slice(&server_new[..12]);
    let iv = aes.iv.expose_mut();
    iv[..8].copy_from_slice(&server_new[12..]);
    iv[8..28].copy_from_slice(new_new);
    iv[28..].copy_from_slice(&new_nonce[..4]);
    aes
}

#[cfg(test)]
mod tests {
    use super::super::{Real, vectors};
    use super::tmp_aes;

    const EXCHANGES: [&str; 3] =
        ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad"];

    #[test]
    fn kx_11_keys_of_the_recorded_exchanges() {
        for exchange in EXCHANGES {
            let path = |name| format!("{exchange}.{name}");
            let aes = tmp_aes(
                &Real,
                &vectors::array(&path("new_nonce")),
                &vectors::array(&path("server_nonce")),
            );
            assert_eq!(aes.key.expose(), &vectors::array(&path("tmp_aes_key")));
            assert_eq!(aes.iv.expose(), &vectors::array(&path("tmp_aes_iv")));
        }
    }

    /// Both nonces begin with zeros; the answer was computed with Python's hashlib.
    #[test]
    fn kx_11_leading_zeros_of_the_nonces_count() {
        let new_nonce = "000002030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let server_nonce = "000000a3a4a5a6a7a8a9aaabacadaeaf";
        let aes = tmp_aes(
            &Real,
            &hex::decode(new_nonce).unwrap().try_into().unwrap(),
            &hex::decode(server_nonce).unwrap().try_into().unwrap(),
        );
        assert_eq!(
            hex::encode(aes.key.expose()),
            "68c6c5d7b0352605f60b3223a7ad97c15a96f31211df9125357e6164374eb076",
        );
        assert_eq!(
            hex::encode(aes.iv.expose()),
            "83eef2329d1659030639fca80fba29952d83c84f080abb44e7f01cc400000203",
        );
    }

    #[test]
    fn kx_10_recorded_answers_decrypt_to_the_recorded_plaintext() {
        for exchange in &EXCHANGES[..2] {
            let path = |name| format!("{exchange}.{name}");
            let aes = tmp_aes(
                &Real,
                &vectors::array(&path("new_nonce")),
                &vectors::array(&path("server_nonce")),
            );
            let mut data = vectors::bytes(&path("encrypted_answer"));
            aes.decrypt(&Real, &mut data).unwrap();
            assert_eq!(data, vectors::bytes(&path("answer_with_hash")));
        }
    }

    #[test]
    fn kx_17_recorded_client_data_encrypts_byte_for_byte() {
        for exchange in &EXCHANGES[..2] {
            let path = |name| format!("{exchange}.{name}");
            let aes = tmp_aes(
                &Real,
                &vectors::array(&path("new_nonce")),
                &vectors::array(&path("server_nonce")),
            );
            let mut data = vectors::bytes(&path("client_DH_data_with_hash"));
            aes.encrypt(&Real, &mut data).unwrap();
            assert_eq!(data, vectors::bytes(&path("client_DH_encrypted_data")));
        }
    }
}
