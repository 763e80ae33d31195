//! A key and an initialisation vector for AES-256-IGE, whatever they were derived from.

use super::secret::Secret;
use super::suite::{CryptoSuite, SuiteError};

/// An AES-256 key with the 32-byte IGE initialisation vector; both are wiped when dropped.
///
/// Source:
/// <https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AesKeyIv {
    /// The key.
    pub key: Secret<32>,
    /// The vector: the first half goes with the ciphertext, the second with the plaintext.
    pub iv: Secret<32>,
}

impl AesKeyIv {
    /// Encrypts whole blocks in place.
    ///
    /// # Errors
    /// [`SuiteError::NotBlocks`] when the length is no multiple of 16; `data` is then as it was.
    pub fn encrypt(&self, suite: &dyn CryptoSuite, data: &mut [u8]) -> Result<(), SuiteError> {
        suite.ige_encrypt(self.key.expose(), self.iv.expose(), data)
    }

    /// Decrypts whole blocks in place.
    ///
    /// # Errors
    /// [`SuiteError::NotBlocks`] when the length is no multiple of 16; `data` is then as it was.
    pub fn decrypt(&self, suite: &dyn CryptoSuite, data: &mut [u8]) -> Result<(), SuiteError> {
        suite.ige_decrypt(self.key.expose(), self.iv.expose(), data)
    }

    /// All zero, to be filled in place.
    pub(super) fn zero() -> Self {
        Self { key: Secret::zero(), iv: Secret::zero() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AesKeyIv, Real, SuiteError};

    #[test]
    fn kx_22_debug_shows_lengths_alone() {
        let aes = AesKeyIv { key: [0xab; 32].into(), iv: [0xcd; 32].into() };
        assert_eq!(format!("{aes:?}"), "AesKeyIv { key: Secret(32 bytes), iv: Secret(32 bytes) }");
    }

    #[test]
    fn part_of_a_block_is_refused_and_left_as_it_was() {
        let aes = AesKeyIv::zero();
        let mut data = [7; 31];
        assert_eq!(aes.encrypt(&Real, &mut data), Err(SuiteError::NotBlocks));
        assert_eq!(aes.decrypt(&Real, &mut data), Err(SuiteError::NotBlocks));
        assert_eq!(data, [7; 31]);
    }
}
