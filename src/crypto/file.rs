//! Files of secret chats (FI-22, FI-39, SC-76): AES-256 in IGE mode over the whole file, part after part.

use md5::{Digest, Md5};

use super::aes_key_iv::AesKeyIv;
use super::entropy::Entropy;
use super::secret::Secret;
use super::suite::{Suite, SuiteError};

/// FI-22, SC-76: the [fingerprint](https://core.telegram.org/api/end-to-end#sending-encrypted-files) of a file's key: the first four
/// bytes of MD5 over key and iv, XOR the next four, little-endian.
#[must_use]
pub fn fingerprint(aes: &AesKeyIv) -> i32 {
    let mut hash = Md5::new();
    hash.update(aes.key.expose());
    hash.update(aes.iv.expose());
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 16]>::from(hash.finalize());
    i32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h])
}

/// FI-22: the random bytes that make whole blocks of the end of a file.
pub fn pad(last: &mut Vec<u8>, entropy: &mut (impl Entropy + ?Sized)) {
    let from = last.len();
    last.resize(from.next_multiple_of(16), 0);
    entropy.fill(last.get_mut(from..).unwrap_or_default());
}

/// A file's cipher, as far as it has come: parts go through it in their order. `Debug` shows nothing of it.
#[derive(Debug, Clone)]
pub struct Chain(AesKeyIv);

impl Chain {
    /// A chain at the begin of a file; or in it, with the iv that [`iv`](Self::iv) told there.
    #[must_use]
    pub fn new(aes: AesKeyIv) -> Self {
        Self(aes)
    }

    /// The last encrypted block, and the last plain one: what a download is gone on with (FI-39).
    #[must_use]
    pub fn iv(&self) -> &Secret<32> {
        &self.0.iv
    }

    /// Goes on where [`iv`](Self::iv) told this.
    #[cfg(feature = "files")]
    pub(crate) fn resume(&mut self, iv: Secret<32>) {
        self.0.iv = iv;
    }

    /// Encrypts the next part in place.
    ///
    /// # Errors
    ///
    /// [`SuiteError::NotBlocks`] for a part that is not whole blocks: the last one has to be [padded](pad). Nothing has changed then.
    pub fn encrypt(&mut self, suite: &Suite, part: &mut [u8]) -> Result<(), SuiteError> {
        let plain = last_block(part);
        self.0.encrypt(&**suite, part)?;
        self.advance(last_block(part), plain);
        Ok(())
    }

    /// Decrypts the next part in place.
    ///
    /// # Errors
    ///
    /// [`SuiteError::NotBlocks`] for a part that is not whole blocks. Nothing has changed then.
    pub fn decrypt(&mut self, suite: &Suite, part: &mut [u8]) -> Result<(), SuiteError> {
        let encrypted = last_block(part);
        self.0.decrypt(&**suite, part)?;
        self.advance(encrypted, last_block(part));
        Ok(())
    }

    fn advance(&mut self, encrypted: Option<Secret<16>>, plain: Option<Secret<16>>) {
        let (Some(encrypted), Some(plain)) = (encrypted, plain) else { return };
        let (first, second) = self.0.iv.expose_mut().split_at_mut(16);
        first.copy_from_slice(encrypted.expose());
        second.copy_from_slice(plain.expose());
    }
}

fn last_block(part: &[u8]) -> Option<Secret<16>> {
    part.last_chunk().copied().map(Secret::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{SeededEntropy, real};

    const KEY: [u8; 32] = [3; 32];
    const IV: [u8; 32] = [5; 32];

    fn aes(key: [u8; 32], iv: [u8; 32]) -> AesKeyIv {
        AesKeyIv { key: key.into(), iv: iv.into() }
    }

    #[test]
    fn fi_22_a_file_in_parts_is_the_file_in_one() {
        let suite = real();
        let mut entropy = SeededEntropy::new(1);
        let mut plain = vec![0; 16 * 40];
        entropy.fill(&mut plain);
        let mut whole = plain.clone();
        suite.ige_encrypt(&KEY, &IV, &mut whole).unwrap();
        for part in (16..=plain.len()).step_by(16) {
            let mut parts = plain.clone();
            let mut chain = Chain::new(aes(KEY, IV));
            parts.chunks_mut(part).for_each(|part| chain.encrypt(&suite, part).unwrap());
            assert_eq!(parts, whole, "{part}");
            // FI-39: and decrypted, gone on with after each part.
            let mut iv = Secret::from(IV);
            for part in parts.chunks_mut(part) {
                let mut chain = Chain::new(AesKeyIv { key: KEY.into(), iv });
                chain.decrypt(&suite, part).unwrap();
                iv = chain.iv().clone();
            }
            assert_eq!(parts, plain);
        }
    }

    #[test]
    fn fi_22_the_end_is_padded_to_whole_blocks_with_random_bytes() {
        let mut entropy = SeededEntropy::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for length in 0..=48_usize {
            let mut last = vec![7; length];
            pad(&mut last, &mut entropy);
            assert_eq!(last.len(), length.div_ceil(16) * 16);
            assert!(last[..length].iter().all(|byte| *byte == 7));
            if last.len() - length > 8 {
                assert!(seen.insert(last[length..].to_vec()));
            }
        }
    }

    /// Computed with the `hashlib` of Python.
    #[test]
    fn fi_22_the_fingerprint_is_of_key_and_iv() {
        let key: [u8; 32] = std::array::from_fn(|n| n as u8);
        let iv: [u8; 32] = std::array::from_fn(|n| 32 + n as u8);
        assert_eq!(fingerprint(&aes(key, iv)), FINGERPRINT);
        for at in 0..32 {
            let (mut other, mut other_iv) = (key, iv);
            other[at] ^= 1;
            other_iv[at] ^= 1;
            assert_ne!(fingerprint(&aes(other, iv)), FINGERPRINT);
            assert_ne!(fingerprint(&aes(key, other_iv)), FINGERPRINT);
        }
    }

    #[test]
    fn fi_22_what_is_not_whole_blocks_changes_nothing() {
        let suite = real();
        let mut chain = Chain::new(aes(KEY, IV));
        for length in [1, 15, 17, 31] {
            let mut part = vec![1; length];
            assert_eq!(chain.encrypt(&suite, &mut part), Err(SuiteError::NotBlocks));
            assert_eq!(chain.decrypt(&suite, &mut part), Err(SuiteError::NotBlocks));
            assert_eq!((part, chain.iv()), (vec![1; length], &Secret::from(IV)));
        }
        let shown = "Chain(AesKeyIv { key: Secret(32 bytes), iv: Secret(32 bytes) })";
        assert_eq!(format!("{chain:?}"), shown);
    }

    const FINGERPRINT: i32 = -217561997;
}
