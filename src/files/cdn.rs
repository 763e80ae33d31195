//! What is known of a file at a [CDN](https://core.telegram.org/cdn) (FI-50 to FI-56), and its cipher.

use std::collections::VecDeque;

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};

use crate::crypto::Secret;
use crate::files::error::FileError;
use crate::files::location::Dc;
use crate::files::request::{FileToken, Redirect};

/// FI-56: how often a file is sent to a CDN before it is fetched from its own data centre, without the flag.
pub(crate) const MAX_ROUNDS: u32 = 20;

/// FI-55: how often a CDN is given a part that it says it does not have.
pub(crate) const MAX_REUPLOADS: u32 = 5;

/// FI-51, FI-55: the longest token that is taken: one that is longer than the smallest part costs more than what it stands for.
pub(crate) const MAX_TOKEN: usize = 4_096;

/// FI-52: how far a counter of 32 bits of blocks goes.
const MAX_OFFSET: u64 = u32::MAX as u64 * 16;

/// A file at a CDN.
#[derive(Debug)]
pub(crate) struct Cdn {
    /// The CDN.
    pub(crate) dc: Dc,
    /// What it knows the file by.
    pub(crate) token: FileToken,
    key: Box<Secret<32>>,
    iv: Secret<16>,
    /// FI-55: parts that the CDN does not have, with what it said for each. The first is being given to it. While there are any, no part
    /// is asked for, so they are no more than were under way at once.
    pub(crate) missing: VecDeque<(u64, Vec<u8>)>,
}

impl Cdn {
    /// FI-51: what a redirect says.
    ///
    /// # Errors
    ///
    /// [`FileError::Redirect`], [`FileError::Token`], [`FileError::UnknownDc`].
    pub(crate) fn new(redirect: &Redirect) -> Result<Self, FileError> {
        let dc = Dc::cdn(redirect.dc_id.into())?;
        let what = "its key has 32 bytes, and its iv 16";
        let (key, iv) = redirect.keys().ok_or(FileError::Redirect { what })?;
        if redirect.file_token.0.is_empty() {
            return Err(FileError::Redirect { what: "there is no token" });
        }
        if redirect.file_token.0.len() > MAX_TOKEN {
            return Err(FileError::Token { length: redirect.file_token.0.len() });
        }
        let token = redirect.file_token.clone();
        Ok(Self { dc, token, key: Secret::boxed(key.expose()), iv, missing: VecDeque::new() })
    }

    /// FI-52: decrypts a part that begins at an offset, a multiple of 16, in place.
    ///
    /// # Errors
    ///
    /// [`FileError::OffsetInvalid`] behind what the counter can count.
    pub(crate) fn decrypt(&self, offset: u64, part: &mut [u8]) -> Result<(), FileError> {
        let iv = part_iv(self.iv.expose(), offset).ok_or(FileError::OffsetInvalid { offset })?;
        Ctr128BE::<Aes256>::new(self.key.expose().into(), iv.expose().into()).apply_keystream(part);
        Ok(())
    }
}

/// FI-52: the iv of a part. The last four bytes are replaced by the number of the block, and not added to it.
fn part_iv(iv: &[u8; 16], offset: u64) -> Option<Secret<16>> {
    if !offset.is_multiple_of(16) || offset > MAX_OFFSET {
        return None;
    }
    let block = u32::try_from(offset / 16).ok()?;
    let mut out = *iv;
    *out.last_chunk_mut()? = block.to_be_bytes();
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Entropy, SeededEntropy};

    fn redirect() -> Redirect {
        Redirect {
            dc_id: 203,
            file_token: FileToken([1, 2].into()),
            encryption_key: (0..32).collect(),
            encryption_iv: (0xf0..=0xff).collect(),
            file_hashes: vec![],
        }
    }

    #[test]
    fn fi_51_a_redirect_has_a_key_of_32_and_an_iv_of_16_bytes() {
        assert!(Cdn::new(&redirect()).is_ok());
        for length in (0..=64).filter(|length| *length != 32) {
            let other = Redirect { encryption_key: vec![0; length], ..redirect() };
            let what = "its key has 32 bytes, and its iv 16";
            assert_eq!(Cdn::new(&other).unwrap_err(), FileError::Redirect { what });
        }
        for length in (0..=64).filter(|length| *length != 16) {
            let other = Redirect { encryption_iv: vec![0; length], ..redirect() };
            let what = "its key has 32 bytes, and its iv 16";
            assert_eq!(Cdn::new(&other).unwrap_err(), FileError::Redirect { what });
        }
        let none = Redirect { file_token: FileToken([].into()), ..redirect() };
        assert_eq!(Cdn::new(&none).unwrap_err(), FileError::Redirect { what: "there is no token" });
        for (length, is_taken) in [(1, true), (MAX_TOKEN, true), (MAX_TOKEN + 1, false)] {
            let long = Redirect { file_token: FileToken(vec![1; length].into()), ..redirect() };
            let taken = Cdn::new(&long).map(|_| ());
            assert_eq!(taken, if is_taken { Ok(()) } else { Err(FileError::Token { length }) });
        }
        for dc_id in [0, 2, -203, i32::MAX] {
            let other = Redirect { dc_id, ..redirect() };
            assert_eq!(
                Cdn::new(&other).unwrap_err(),
                FileError::UnknownDc { number: dc_id.into() }
            );
        }
    }

    #[test]
    fn fi_51_keys_and_tokens_are_never_printed() {
        let shown = format!("{:?} {:?}", redirect(), Cdn::new(&redirect()).unwrap());
        assert!(shown.contains("FileToken(2 bytes)") && !shown.contains("31"), "{shown}");
        assert!(!shown.contains("240") && !shown.contains("241"), "{shown}");
    }

    #[test]
    fn fi_52_the_last_bytes_of_the_iv_are_replaced_by_the_block() {
        let iv: [u8; 16] = std::array::from_fn(|n| 0xf0 + n as u8);
        let expected = hex::decode("f0f1f2f3f4f5f6f7f8f9fafb00002000").unwrap();
        assert_eq!(part_iv(&iv, 131_072).unwrap().expose().to_vec(), expected);
        assert_eq!(part_iv(&iv, 0).unwrap().expose()[12..], [0; 4]);
        assert_eq!(part_iv(&iv, MAX_OFFSET).unwrap().expose()[12..], [0xff; 4]);
        for offset in [1, 8, 15, 17, MAX_OFFSET + 16, u64::MAX] {
            assert_eq!(part_iv(&iv, offset), None);
        }
    }

    #[test]
    fn fi_52_parts_in_any_order_are_the_file() {
        let cdn = Cdn::new(&redirect()).unwrap();
        let mut plain = vec![0; 4_096];
        SeededEntropy::new(1).fill(&mut plain);
        // From the first block on, the counter runs through.
        let mut whole = plain.clone();
        cdn.decrypt(0, &mut whole).unwrap();
        for part in [16, 32, 512, 4_096_usize] {
            let mut parts: Vec<_> = plain.chunks(part).map(<[u8]>::to_vec).enumerate().collect();
            parts.reverse();
            for (number, bytes) in &mut parts {
                cdn.decrypt((*number * part) as u64, bytes).unwrap();
            }
            parts.reverse();
            let joined: Vec<u8> = parts.into_iter().flat_map(|(_, bytes)| bytes).collect();
            assert_eq!(joined, whole);
        }
    }

    /// Computed with `openssl enc -aes-256-ctr`.
    #[test]
    fn fi_52_the_cipher_is_aes_256_in_counter_mode() {
        let mut zeros = vec![0; 32];
        Cdn::new(&redirect()).unwrap().decrypt(131_072, &mut zeros).unwrap();
        assert_eq!(
            hex::encode(zeros),
            "84d1d40f300938a4770cdcf0d46ba2cc6d9b7b549a1e40cb971b60e05d94d332"
        );
    }
}
