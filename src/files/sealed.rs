//! Files of secret chats (FI-22, FI-39): AES-256 in IGE mode over the whole file, part after part.

use std::fmt;

use md5::{Digest, Md5};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::crypto::{Entropy, Secret, Suite, SuiteError};

/// FI-22: the [fingerprint](https://core.telegram.org/api/end-to-end#sending-encrypted-files) of a file's key: the first four bytes of
/// MD5 over key and iv, XOR the next four, little-endian.
#[must_use]
pub fn fingerprint(key: &[u8; 32], iv: &[u8; 32]) -> i32 {
    let mut hash = Md5::new();
    hash.update(key);
    hash.update(iv);
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 16]>::from(hash.finalize());
    i32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h])
}

/// FI-22: the random bytes that make whole blocks of the end of a file.
pub fn pad(last: &mut Vec<u8>, entropy: &mut (impl Entropy + ?Sized)) {
    let from = last.len();
    last.resize(from.next_multiple_of(16), 0);
    entropy.fill(last.get_mut(from..).unwrap_or_default());
}

/// A file's cipher, as far as it has come: parts go through it in their order.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Chain {
    key: Secret<32>,
    /// The last encrypted block, and the last plain one.
    iv: [u8; 32],
}

impl Chain {
    /// A chain at the begin of a file; or in it, with the iv that [`iv`](Self::iv) told there.
    #[must_use]
    pub fn new(key: &[u8; 32], iv: [u8; 32]) -> Self {
        Self { key: Secret::from(*key), iv }
    }

    /// What a download is gone on with (FI-39).
    #[must_use]
    pub fn iv(&self) -> [u8; 32] {
        self.iv
    }

    /// Goes on where [`iv`](Self::iv) told this.
    pub(crate) fn resume(&mut self, iv: [u8; 32]) {
        self.iv = iv;
    }

    /// Encrypts the next part.
    ///
    /// # Errors
    ///
    /// [`SuiteError::NotBlocks`] for a part that is not whole blocks: the last one has to be padded.
    pub fn encrypt(&mut self, suite: &Suite, part: &mut [u8]) -> Result<(), SuiteError> {
        let plain = last_block(part);
        suite.ige_encrypt(self.key.expose(), &self.iv, part)?;
        self.advance(last_block(part), plain);
        Ok(())
    }

    /// Decrypts the next part.
    ///
    /// # Errors
    ///
    /// [`SuiteError::NotBlocks`] for a part that is not whole blocks.
    pub fn decrypt(&mut self, suite: &Suite, part: &mut [u8]) -> Result<(), SuiteError> {
        let encrypted = last_block(part);
        suite.ige_decrypt(self.key.expose(), &self.iv, part)?;
        self.advance(encrypted, last_block(part));
        Ok(())
    }

    fn advance(&mut self, encrypted: Option<[u8; 16]>, plain: Option<[u8; 16]>) {
        let (Some(encrypted), Some(plain)) = (encrypted, plain) else { return };
        let (first, second) = self.iv.split_at_mut(16);
        first.copy_from_slice(&encrypted);
        second.copy_from_slice(&plain);
    }
}

fn last_block(part: &[u8]) -> Option<[u8; 16]> {
    part.last_chunk().copied()
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chain")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{SeededEntropy, real};

    const KEY: [u8; 32] = [3; 32];
    const IV: [u8; 32] = [5; 32];

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
            let mut chain = Chain::new(&KEY, IV);
            parts.chunks_mut(part).for_each(|part| chain.encrypt(&suite, part).unwrap());
            assert_eq!(parts, whole, "{part}");
            // FI-39: and decrypted, gone on with after each part.
            let mut iv = IV;
            for part in parts.chunks_mut(part) {
                let mut chain = Chain::new(&KEY, iv);
                chain.decrypt(&suite, part).unwrap();
                iv = chain.iv();
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
        assert_eq!(fingerprint(&key, &iv), FINGERPRINT);
        for at in 0..32 {
            let (mut other, mut other_iv) = (key, iv);
            other[at] ^= 1;
            other_iv[at] ^= 1;
            assert_ne!(fingerprint(&other, &iv), FINGERPRINT);
            assert_ne!(fingerprint(&key, &other_iv), FINGERPRINT);
        }
    }

    #[test]
    fn fi_22_what_is_not_whole_blocks_changes_nothing() {
        let suite = real();
        let mut chain = Chain::new(&KEY, IV);
        for length in [1, 15, 17, 31] {
            let mut part = vec![1; length];
            assert_eq!(chain.encrypt(&suite, &mut part), Err(SuiteError::NotBlocks));
            assert_eq!(chain.decrypt(&suite, &mut part), Err(SuiteError::NotBlocks));
            assert_eq!((part, chain.iv()), (vec![1; length], IV));
        }
        assert_eq!(format!("{chain:?}"), "Chain");
    }

    const FINGERPRINT: i32 = -217561997;
}
