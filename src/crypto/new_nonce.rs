//! What the key exchange proves and derives with `new_nonce`, the client's secret.

use super::suite::CryptoSuite;

/// Which of its three answers the server gives to `set_client_DH_params`; the number goes into the
/// hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DhGen {
    /// `dh_gen_ok`: the key is registered.
    Ok = 1,
    /// `dh_gen_retry`: the key is taken by another, choose another `b`.
    Retry = 2,
    /// `dh_gen_fail`: the exchange is over.
    Fail = 3,
}

/// `new_nonce_hash1`, `2` or `3`: the proof that the answer comes from who knows `new_nonce`
/// (KX-18).
///
/// ```text
/// SHA1( new_nonce 32 | number 1 | auth_key_aux_hash 8 )[4..20]
/// ```
/// Source: <https://core.telegram.org/mtproto/auth_key#9-server-responds-in-one-of-three-ways>.
#[must_use]
pub fn new_nonce_hash(
    suite: &dyn CryptoSuite,
    answer: DhGen,
    new_nonce: &[u8; 32],
    aux_hash: &[u8; 8],
) -> [u8; 16] {
    let [_, _, _, _, hash @ ..] = suite.sha1(&[new_nonce, &[answer as u8], aux_hash]);
    hash
}

/// `new_nonce_hash` of the legacy `server_DH_params_fail` (KX-09): `SHA1(new_nonce)[4..20]`.
#[must_use]
pub fn params_fail_hash(suite: &dyn CryptoSuite, new_nonce: &[u8; 32]) -> [u8; 16] {
    let [_, _, _, _, hash @ ..] = suite.sha1(&[new_nonce]);
    hash
}

/// The first `server_salt`: `new_nonce[0..8] XOR server_nonce[0..8]`, a little-endian number
/// (KX-19).
///
/// Source: <https://core.telegram.org/mtproto/auth_key#9-server-responds-in-one-of-three-ways>.
#[must_use]
pub fn server_salt(new_nonce: &[u8; 32], server_nonce: &[u8; 16]) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = *new_nonce;
    let ours = i64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let [a, b, c, d, e, f, g, h, ..] = *server_nonce;
    ours ^ i64::from_le_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::super::{Real, vectors};
    use super::{DhGen, new_nonce_hash, params_fail_hash, server_salt};

    #[test]
    fn kx_18_hashes_of_the_recorded_exchanges() {
        for exchange in ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad"] {
            let new_nonce = vectors::array(&format!("{exchange}.new_nonce"));
            let aux_hash = vectors::array(&format!("{exchange}.auth_key_aux_hash"));
            for answer in [DhGen::Ok, DhGen::Retry, DhGen::Fail] {
                assert_eq!(
                    new_nonce_hash(&Real, answer, &new_nonce, &aux_hash),
                    vectors::array(&format!("{exchange}.new_nonce_hash{}", answer as u8)),
                );
            }
        }
    }

    #[test]
    fn kx_18_hash_of_a_key_with_a_leading_zero() {
        let new_nonce = vectors::array("new_official_2024.new_nonce");
        let key = super::super::AuthKey::from_bytes(vectors::array(
            "synthetic.auth_key_leading_zero.auth_key",
        ));
        assert_eq!(
            new_nonce_hash(&Real, DhGen::Ok, &new_nonce, &key.aux_hash()),
            vectors::array("synthetic.auth_key_leading_zero.new_nonce_hash1"),
        );
    }

    #[test]
    fn kx_09_hash_of_the_legacy_failure() {
        for exchange in ["new_official_2024", "old_official_2013"] {
            assert_eq!(
                params_fail_hash(&Real, &vectors::array(&format!("{exchange}.new_nonce"))),
                vectors::array(&format!("{exchange}.new_nonce_hash_for_params_fail")),
            );
        }
    }

    #[test]
    fn kx_19_salts_of_the_recorded_exchanges() {
        let salt = |exchange: &str| {
            server_salt(
                &vectors::array(&format!("{exchange}.new_nonce")),
                &vectors::array(&format!("{exchange}.server_nonce")),
            )
        };
        for exchange in ["new_official_2024", "old_official_2013"] {
            let wire = vectors::array(&format!("{exchange}.server_salt"));
            assert_eq!(salt(exchange).to_le_bytes(), wire);
        }
        assert_eq!(
            Some(salt("recorded_2023_rsa_pad")),
            vectors::value("recorded_2023_rsa_pad.server_salt_le_i64").as_i64(),
        );
    }
}
