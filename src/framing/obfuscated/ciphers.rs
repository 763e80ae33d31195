//! The two keystreams of an obfuscated stream.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::init::{INIT, KEYS};
use crate::crypto::Secret;

/// AES-256 in counter mode, as far as it has come.
pub(super) struct Keystream(Ctr128BE<Aes256>);

impl Keystream {
    /// Of 32 bytes of key and 16 of the counter's start.
    fn new(key: &[u8; 32], counter: &[u8; 16]) -> Self {
        Self(Ctr128BE::new(key.into(), counter.into()))
    }

    /// Encrypts or decrypts in place.
    pub(super) fn apply(&mut self, bytes: &mut [u8]) {
        self.0.apply_keystream(bytes);
    }
}

/// The keystreams of both directions.
pub(super) struct Keys {
    /// What the client sends.
    pub(super) client: Keystream,
    /// What the server sends.
    pub(super) server: Keystream,
}

/// The keystreams that an init agrees on: the client's are bytes 8 to 55 of it, the server's the same in reverse. With
/// a proxy's secret, each key is the SHA-256 of key and secret.
pub(super) fn keys(init: &[u8; INIT], secret: Option<&Secret<16>>) -> Option<Keys> {
    let mut forward: Zeroizing<[u8; 48]> = Zeroizing::new(init.get(KEYS)?.try_into().ok()?);
    let client = keystream(&forward, secret)?;
    forward.reverse();
    let server = keystream(&forward, secret)?;
    Some(Keys { client, server })
}

fn keystream(bytes: &[u8; 48], secret: Option<&Secret<16>>) -> Option<Keystream> {
    let (key, counter) = bytes.split_first_chunk::<32>()?;
    let counter = counter.first_chunk::<16>()?;
    Some(match secret {
        None => Keystream::new(key, counter),
        Some(secret) => {
            let hash = Sha256::new().chain_update(key).chain_update(secret.expose()).finalize();
            let hash: Zeroizing<[u8; 32]> = Zeroizing::new(hash.into());
            Keystream::new(&hash, counter)
        }
    })
}
