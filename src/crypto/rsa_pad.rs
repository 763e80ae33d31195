//! RSA_PAD: how the first secret is encrypted to the server's key. It does not know what the data
//! is.

use super::entropy::Entropy;
use super::rsa_key::RsaPublicKey;
#[cfg(feature = "server")]
use super::rsa_private::RsaPrivateKey;
use super::secret::Secret;
use super::suite::{CryptoSuite, SuiteError};

/// Encrypts up to 144 bytes to a public key (KX-07).
///
/// ```text
/// 192  data_with_padding = data | random
/// 224  data_with_hash    = reverse(data_with_padding) | SHA256(temp_key | data_with_padding)
/// 224  aes_encrypted     = AES256-IGE(data_with_hash, key = temp_key, iv = 0)
/// 256  key_aes_encrypted = temp_key XOR SHA256(aes_encrypted) | aes_encrypted
/// 256  encrypted_data    = key_aes_encrypted ^ e mod n
/// ```
/// While `key_aes_encrypted` is not below `n`, another `temp_key` is drawn. Randomness is drawn in
/// this order: the padding, then each `temp_key`.
///
/// Source:
/// <https://core.telegram.org/mtproto/auth_key#41-rsa-paddata-server-public-key-mentioned-above-is-implemented-as-follows>.
///
/// # Errors
/// [`RsaPadError::DataTooLong`], before anything is drawn, and [`RsaPadError::OutOfTries`].
pub fn encrypt(
    suite: &dyn CryptoSuite,
    key: &RsaPublicKey,
    data: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<[u8; 256], RsaPadError> {
    let mut padded = Secret::<192>::zero();
    let (start, padding) = padded
        .expose_mut()
        .split_at_mut_checked(data.len())
        .filter(|_| data.len() <= MAX_DATA)
        .ok_or(RsaPadError::DataTooLong { length: data.len() })?;
    start.copy_from_slice(data);
    entropy.fill(padding);

    for _ in 0..MAX_TRIES {
        let temp_key = Secret::random(entropy);
        let block = wrap(suite, &padded, &temp_key)?;
        if &block < key.modulus() {
            return Ok(suite.rsa_encrypt(key, &block)?);
        }
    }
    Err(RsaPadError::OutOfTries)
}

/// The inverse of [`encrypt`]: the 192 bytes of data with padding, whose hash was right (KX-07).
///
/// # Errors
/// [`RsaPadError::Hash`], compared in constant time, and [`SuiteError::BlockTooLarge`].
#[cfg(feature = "server")]
pub fn decrypt(
    suite: &dyn CryptoSuite,
    key: &RsaPrivateKey,
    encrypted: &[u8; 256],
) -> Result<Secret<192>, RsaPadError> {
    let block = Secret::from(suite.rsa_decrypt(key, encrypted)?);
    let (masked_key, aes_encrypted) = block.expose().split_at(32);
    let temp_key = xor(&suite.sha256(&[aes_encrypted]), masked_key);
    let mut data_with_hash = Secret::<224>::zero();
    data_with_hash.expose_mut().copy_from_slice(aes_encrypted);
    suite.ige_decrypt(temp_key.expose(), &NO_IV, data_with_hash.expose_mut())?;

    let (reversed, hash) = data_with_hash.expose().split_at(192);
    let mut padded = Secret::zero();
    padded.expose_mut().copy_from_slice(reversed);
    padded.expose_mut().reverse();
    let expected = Secret::from(suite.sha256(&[temp_key.expose(), padded.expose()]));
    if suite.constant_time_eq(expected.expose(), hash) {
        Ok(padded)
    } else {
        Err(RsaPadError::Hash)
    }
}

/// Everything before the power: `key_aes_encrypted`.
fn wrap(
    suite: &dyn CryptoSuite,
    padded: &Secret<192>,
    temp_key: &Secret<32>,
) -> Result<[u8; 256], SuiteError> {
    let hash = Secret::from(suite.sha256(&[temp_key.expose(), padded.expose()]));
    let mut aes_encrypted = [0; 224];
    aes_encrypted[..192].copy_from_slice(padded.expose());
    aes_encrypted[..192].reverse();
    aes_encrypted[192..].copy_from_slice(hash.expose());
    suite.ige_encrypt(temp_key.expose(), &NO_IV, &mut aes_encrypted)?;

    let masked_key = xor(&suite.sha256(&[&aes_encrypted]), temp_key.expose());
    let mut block = [0; 256];
    block[..32].copy_from_slice(masked_key.expose());
    block[32..].copy_from_slice(&aes_encrypted);
    Ok(block)
}

fn xor(a: &[u8; 32], b: &[u8]) -> Secret<32> {
    let mut out = Secret::from(*a);
    for (out, b) in out.expose_mut().iter_mut().zip(b) {
        *out ^= b;
    }
    out
}

/// Why data could not be encrypted to a key, or is refused by the one who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RsaPadError {
    /// At least 48 of the 192 bytes must be random.
    #[error("expected at most {MAX_DATA} bytes to encrypt instead of {length}")]
    DataTooLong {
        /// The length given.
        length: usize,
    },
    /// No `temp_key` gave a block below the modulus: the source of randomness repeats itself.
    #[error("expected one of {MAX_TRIES} random keys to give a block below the modulus")]
    OutOfTries,
    /// The data was encrypted to another key, or was changed.
    #[error("expected data whose hash is right after decryption")]
    Hash,
    /// A primitive refused its input.
    #[error(transparent)]
    Suite(#[from] SuiteError),
}

/// What RSA_PAD takes at most (KX-07).
pub const MAX_DATA: usize = 144;

/// The modulus is above half of the numbers of 256 bytes, so one try fails with probability below
/// 1/2, and all of these with probability 2^-64.
const MAX_TRIES: u32 = 64;

/// The vector is zero because `temp_key` is used once.
const NO_IV: [u8; 32] = [0; 32];

#[cfg(test)]
mod tests {
    use super::super::entropy::{FixedEntropy, SeededEntropy};
    use super::super::{Real, RsaPublicKey, Secret, Toy, keys, vectors};
    use super::{MAX_TRIES, RsaPadError, encrypt, wrap};

    fn production_key() -> RsaPublicKey {
        keys::production_keys().remove(0)
    }

    #[test]
    fn kx_07_recorded_exchange_byte_for_byte() {
        let field = |name| vectors::bytes(&format!("recorded_2023_rsa_pad.{name}"));
        let [data, padding, temp_key] =
            ["p_q_inner_data", "rsa_pad_random_padding_bytes", "rsa_pad_temp_key"].map(field);
        let padded: [u8; 192] = [&data[..], &padding].concat().try_into().unwrap();
        let secret = Secret::from(<[u8; 32]>::try_from(&temp_key[..]).unwrap());
        let block = wrap(&Real, &padded.into(), &secret).unwrap();
        assert_eq!(block.to_vec(), field("key_aes_encrypted"));

        let mut entropy = FixedEntropy::new([padding, temp_key]);
        let key = &keys::test_keys()[0];
        let encrypted = encrypt(&Real, key, &data, &mut entropy).unwrap();
        assert_eq!(encrypted.to_vec(), field("encrypted_data"));
        assert_eq!(entropy.left(), 0);
    }

    #[test]
    fn kx_07_zero_randomness() {
        let field = |name| vectors::bytes(&format!("rsa_pad_zero_random.{name}"));
        let key = RsaPublicKey::from_pem(vectors::text("rsa_pad_zero_random.rsa_pem")).unwrap();
        let mut entropy = FixedEntropy::new(["random_padding_bytes", "temp_key"].map(field));
        let encrypted = encrypt(&Real, &key, &field("data"), &mut entropy).unwrap();
        assert_eq!(encrypted.to_vec(), field("encrypted_data"));
    }

    #[test]
    fn kx_07_a_block_above_the_modulus_gets_another_key() {
        let field = |name| vectors::bytes(&format!("synthetic.rsa_pad_retry.{name}"));
        let mut entropy = FixedEntropy::new(
            ["random_padding_bytes", "first_temp_key", "second_temp_key"].map(field),
        );
        let encrypted = encrypt(&Real, &production_key(), &field("data"), &mut entropy).unwrap();
        assert_eq!(encrypted.to_vec(), field("encrypted_data"));
        assert_eq!(entropy.left(), 0);
    }

    #[test]
    fn kx_07_a_result_with_a_leading_zero_keeps_it() {
        let field = |name| vectors::bytes(&format!("synthetic.rsa_pad_leading_zero_output.{name}"));
        let mut entropy = FixedEntropy::new(["random_padding_bytes", "temp_key"].map(field));
        let encrypted = encrypt(&Real, &production_key(), &field("data"), &mut entropy).unwrap();
        assert_eq!(encrypted[0], 0);
        assert_eq!(encrypted.to_vec(), field("encrypted_data"));
    }

    #[test]
    fn kx_07_data_of_more_than_144_bytes_is_refused_before_anything_is_drawn() {
        let key = production_key();
        for length in [145, 191, 192, 193, 1000] {
            let mut nothing = FixedEntropy::new::<Vec<u8>>([]);
            assert_eq!(
                encrypt(&Toy, &key, &vec![0; length], &mut nothing),
                Err(RsaPadError::DataTooLong { length })
            );
        }
        for length in 0..=144 {
            let mut entropy = SeededEntropy::new(length as u64);
            assert!(encrypt(&Toy, &key, &vec![0; length], &mut entropy).is_ok());
        }
    }

    #[test]
    fn kx_07_randomness_that_repeats_itself_does_not_hang() {
        let field = |name| vectors::bytes(&format!("synthetic.rsa_pad_retry.{name}"));
        let draws = (0..MAX_TRIES).map(|_| field("first_temp_key"));
        let mut entropy =
            FixedEntropy::new([field("random_padding_bytes")].into_iter().chain(draws));
        assert_eq!(
            encrypt(&Real, &production_key(), &field("data"), &mut entropy),
            Err(RsaPadError::OutOfTries)
        );
        assert_eq!(entropy.left(), 0);
    }

    #[cfg(feature = "server")]
    mod server {
        use super::super::super::{CryptoSuite, RsaPrivateKey, SuiteError, test_key};
        use super::super::decrypt;
        use super::*;

        #[test]
        fn kx_07_the_server_gets_data_and_padding_back() {
            let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
            let suites: [(&dyn CryptoSuite, usize); 2] = [(&Real, 48), (&Toy, 1)];
            for (suite, step) in suites {
                for length in (0..=144).step_by(step) {
                    let data = vec![0x61; length];
                    let mut entropy = SeededEntropy::new(length as u64);
                    let encrypted = encrypt(suite, key.public(), &data, &mut entropy).unwrap();
                    let padded = decrypt(suite, &key, &encrypted).unwrap();
                    let padded = padded.expose();
                    assert_eq!(padded[..length], data);
                    assert_ne!(padded[length..], [0; 192][length..]);
                }
            }
        }

        #[test]
        fn kx_07_every_flipped_byte_is_noticed() {
            let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
            let suites: [(&dyn CryptoSuite, usize); 2] = [(&Real, 32), (&Toy, 1)];
            for (suite, step) in suites {
                let mut entropy = SeededEntropy::new(1);
                let encrypted = encrypt(suite, key.public(), &[7; 96], &mut entropy).unwrap();
                for at in (1..256).step_by(step) {
                    let mut flipped = encrypted;
                    flipped[at] ^= 1;
                    assert_eq!(decrypt(suite, &key, &flipped), Err(RsaPadError::Hash), "{at}");
                }
            }
        }

        #[test]
        fn kx_07_numbers_not_below_the_modulus_are_refused() {
            let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
            for number in [*key.public().modulus(), [0xff; 256]] {
                assert_eq!(
                    decrypt(&Real, &key, &number),
                    Err(RsaPadError::Suite(SuiteError::BlockTooLarge))
                );
            }
        }

        #[test]
        fn kx_07_data_for_another_key_is_refused() {
            let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
            for suite in [&Real as &dyn CryptoSuite, &Toy] {
                let mut entropy = SeededEntropy::new(3);
                let mut encrypted =
                    encrypt(suite, &production_key(), &[7; 96], &mut entropy).unwrap();
                encrypted[0] = 0; // Below either modulus.
                assert_eq!(decrypt(suite, &key, &encrypted), Err(RsaPadError::Hash));
            }
        }
    }
}
