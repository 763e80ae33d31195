//! The server's side of the RSA padding that was in use before RSA_PAD (KX-08). Clients gave it up
//! in 2021 after a published attack; a data centre needs it only to be reached by clients older
//! than that, and our client does not have it.

use super::rsa_pad::RsaPadError;
use super::rsa_private::RsaPrivateKey;
use super::secret::Secret;
use super::suite::CryptoSuite;

/// Decrypts `SHA1(data) 20 | data | random`, 255 bytes in all (KX-08). How long the data is, the
/// caller finds by reading it, and then verifies the hash.
///
/// Source: <https://core.telegram.org/mtproto/auth_key> as it stood before July 2021.
///
/// # Errors
/// [`RsaPadError::Suite`] when the number is not below the modulus, [`RsaPadError::Hash`] when it
/// decrypts to more than 255 bytes.
pub fn decrypt(
    suite: &dyn CryptoSuite,
    key: &RsaPrivateKey,
    encrypted: &[u8; 256],
) -> Result<LegacyData, RsaPadError> {
    let block = Secret::from(suite.rsa_decrypt(key, encrypted)?);
    if block.expose()[0] == 0 { Ok(LegacyData { block }) } else { Err(RsaPadError::Hash) }
}

/// Data with a hash that is yet to be verified.
#[derive(Clone)]
pub struct LegacyData {
    block: Secret<256>,
}

impl LegacyData {
    /// The 235 bytes after the hash, unverified: the data, and random bytes. Read them to learn the
    /// length, and use nothing before [`verify`](Self::verify) has agreed.
    #[must_use]
    pub fn unverified(&self) -> &[u8] {
        &self.block.expose()[21..]
    }

    /// The first `length` bytes, if their hash is right.
    ///
    /// # Errors
    /// [`RsaPadError::Hash`], compared in constant time, also when there are not that many bytes.
    pub fn verify(&self, suite: &dyn CryptoSuite, length: usize) -> Result<&[u8], RsaPadError> {
        let data = self.unverified().get(..length).ok_or(RsaPadError::Hash)?;
        let hash = suite.sha1(&[data]);
        if suite.constant_time_eq(&hash, &self.block.expose()[1..21]) {
            Ok(data)
        } else {
            Err(RsaPadError::Hash)
        }
    }
}

impl std::fmt::Debug for LegacyData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegacyData(255 bytes)")
    }
}

#[cfg(test)]
mod tests {
    use super::super::entropy::{Entropy, SeededEntropy};
    use super::super::{CryptoSuite, Real, RsaPrivateKey, Toy, test_key};
    use super::{RsaPadError, decrypt};

    /// What an old client did: `0 | SHA1(data) | data | random`, to the power.
    fn encrypt(suite: &dyn CryptoSuite, key: &RsaPrivateKey, data: &[u8]) -> [u8; 256] {
        let mut block = [0; 256];
        SeededEntropy::new(1).fill(&mut block[1..]);
        block[1..21].copy_from_slice(&suite.sha1(&[data]));
        block[21..21 + data.len()].copy_from_slice(data);
        suite.rsa_encrypt(key.public(), &block).unwrap()
    }

    #[test]
    fn kx_08_data_of_every_length_is_verified_at_that_length_alone() {
        let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
        for length in 0..=235 {
            let data = vec![0x61; length];
            let decrypted = decrypt(&Toy, &key, &encrypt(&Toy, &key, &data)).unwrap();
            for claimed in 0..=240 {
                let expected =
                    if claimed == length { Ok(&data[..]) } else { Err(RsaPadError::Hash) };
                assert_eq!(decrypted.verify(&Toy, claimed), expected);
            }
        }
    }

    #[test]
    fn kx_08_real_rsa_is_undone_and_other_blocks_are_refused() {
        let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
        let data = [7; 96];
        let mut encrypted = encrypt(&Real, &key, &data);
        let decrypted = decrypt(&Real, &key, &encrypted).unwrap();
        assert_eq!(decrypted.verify(&Real, 96), Ok(&data[..]));
        assert_eq!(format!("{decrypted:?}"), "LegacyData(255 bytes)");
        // A changed number decrypts to anything; here to one with a first byte that is not zero.
        encrypted[255] ^= 1;
        assert_eq!(decrypt(&Real, &key, &encrypted).unwrap_err(), RsaPadError::Hash);
    }
}
