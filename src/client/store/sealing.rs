//! Sessions that are encrypted where they lie (SC-86): the key, and what is made of bytes with it.
//!
//! ```text
//! header   twsealed                                           8
//!          version  1                                         4   little-endian, as all numbers
//!          kind     0 a key, 1 a passphrase                   4
//!          memory in KiB, passes, lanes of Argon2id; or 0     4 + 4 + 4
//!          salt     drawn for each file; or 0                 16
//!          check    of the key: whether it is another one     16
//! sealed   nonce    drawn for each                            24
//!          tag      over the rest, the header, and the name   16
//!          content  XChaCha20-Poly1305
//! ```

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::client::store::error::Flaw;
use crate::crypto::Secret;
use crate::net::fill_by_system;

const MAGIC: &[u8; 8] = b"twsealed";

const VERSION: u32 = 1;

/// All before what is sealed.
pub(super) const HEADER: usize = 60;

/// Nonce and tag.
const AROUND: usize = 40;

/// What a sealed file has more than its content.
pub(super) const MORE: usize = HEADER + AROUND;

/// What a passphrase costs whoever tries them: the second choice of RFC 9106, 64 MiB and three passes, in one lane.
const COST: Cost = Cost { memory: 64 << 10, passes: 3, lanes: 1 };

/// What a file may ask for at most, since anybody may have written it: a GiB, for some seconds.
const MOST: Cost = Cost { memory: 1 << 20, passes: 16, lanes: 16 };

/// What a session is encrypted with: 32 bytes, or a passphrase. Whoever loses it loses the session. It is wiped when it is dropped.
pub struct StoreKey(Given);

enum Given {
    Bytes(Box<Secret<32>>),
    Passphrase(Zeroizing<String>),
}

impl StoreKey {
    /// A key of 32 random bytes, from where such things are kept.
    #[must_use]
    pub fn bytes(key: &[u8; 32]) -> Self {
        Self(Given::Bytes(Secret::boxed(key)))
    }

    /// A passphrase. The key is made of it by Argon2id, which takes 64 MiB for some tenths of a second when a session is opened.
    #[must_use]
    pub fn passphrase(passphrase: &str) -> Self {
        Self(Given::Passphrase(Zeroizing::new(passphrase.to_owned())))
    }
}

/// Never the key.
impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Given::Bytes(_) => "StoreKey(bytes)",
            Given::Passphrase(_) => "StoreKey(passphrase)",
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// Seals and opens what is of one session.
pub(super) struct Sealing {
    cipher: XChaCha20Poly1305,
    header: [u8; HEADER],
    pub(super) random: Random,
}

/// Where nonces and salts are from: the system, each time. A process that is copied while it runs, as a virtual machine is, would draw
/// the same nonce for two contents from a generator of its own.
type Random = fn(&mut [u8]) -> io::Result<()>;

/// Why nothing was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unopened {
    /// The key is not that of the session.
    WrongKey,
    /// It is damaged.
    Flaw(Flaw),
    /// The system said no.
    Io(ErrorKind),
}

impl Sealing {
    /// For a session that is not encrypted yet.
    pub(super) fn new(key: &StoreKey) -> io::Result<Self> {
        Self::new_by(key, fill_by_system)
    }

    fn new_by(key: &StoreKey, random: Random) -> io::Result<Self> {
        let mut head = Vec::with_capacity(HEADER);
        head.extend(MAGIC);
        head.extend(VERSION.to_le_bytes());
        let (kind, cost, salt) = match key.0 {
            Given::Bytes(_) => (0_u32, Cost { memory: 0, passes: 0, lanes: 0 }, [0; 16]),
            Given::Passphrase(_) => {
                let mut salt = [0; 16];
                random(&mut salt)?;
                (1, COST, salt)
            }
        };
        for number in [kind, cost.memory, cost.passes, cost.lanes] {
            head.extend(number.to_le_bytes());
        }
        head.extend(salt);
        let bytes = derive(key, kind, cost, &salt).map_err(|error| match error {
            Unopened::Io(kind) => kind,
            // A cost of ours is none of these.
            Unopened::WrongKey | Unopened::Flaw(_) => ErrorKind::InvalidInput,
        })?;
        head.extend(check_of(&bytes));
        let header = head.first_chunk().copied().ok_or(ErrorKind::InvalidData)?;
        Ok(Self { cipher: XChaCha20Poly1305::new((&**bytes).into()), header, random })
    }

    /// For a session that is encrypted, by its header.
    pub(super) fn of(key: &StoreKey, header: &[u8]) -> Result<Self, Unopened> {
        let length = Unopened::Flaw(Flaw::Length);
        let header = *header.first_chunk::<HEADER>().ok_or(length)?;
        let (numbers, rest) = header.split_first_chunk::<28>().ok_or(length)?;
        let (magic, numbers) = numbers.split_first_chunk::<8>().ok_or(length)?;
        if magic != MAGIC {
            return Err(Unopened::Flaw(Flaw::Kind));
        }
        let mut numbers = numbers.as_chunks::<4>().0.iter().copied().map(u32::from_le_bytes);
        let mut next = || numbers.next().ok_or(length);
        let (version, kind) = (next()?, next()?);
        if version != VERSION {
            return Err(Unopened::Flaw(Flaw::Newer { version, known: VERSION }));
        }
        let cost = Cost { memory: next()?, passes: next()?, lanes: next()? };
        let (salt, check) = rest.split_first_chunk::<16>().ok_or(length)?;
        let bytes = derive(key, kind, cost, salt)?;
        // It tells no more than the tag does: whoever has the file can try keys.
        if check_of(&bytes) != *check {
            return Err(Unopened::WrongKey);
        }
        let cipher = XChaCha20Poly1305::new((&**bytes).into());
        Ok(Self { cipher, header, random: fill_by_system })
    }

    pub(super) fn header(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// Nonce, tag and content. `name` says what it is, so that nothing is put in another's place.
    pub(super) fn seal(&self, name: &[u8], content: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = [0; 24];
        (self.random)(&mut nonce)?;
        let mut out = Vec::with_capacity(AROUND.saturating_add(content.len()));
        out.extend(nonce);
        out.extend([0; 16]);
        out.extend(content);
        let aad = [&self.header[..], name].concat();
        if let Some((around, content)) = out.split_first_chunk_mut::<AROUND>() {
            let sealed =
                self.cipher.encrypt_inout_detached(&XNonce::from(nonce), &aad, content.into());
            match (sealed, around.last_chunk_mut::<16>()) {
                (Ok(tag), Some(place)) => *place = tag.into(),
                // Beyond 256 GiB. What is not encrypted goes nowhere.
                _ => {
                    out.zeroize();
                    return Err(ErrorKind::FileTooLarge.into());
                }
            }
        }
        Ok(out)
    }

    /// What was sealed under this name.
    pub(super) fn open(&self, name: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Flaw> {
        let (around, content) = sealed.split_first_chunk::<AROUND>().ok_or(Flaw::Length)?;
        let (nonce, tag) = around.split_first_chunk::<24>().ok_or(Flaw::Length)?;
        let tag = tag.first_chunk::<16>().ok_or(Flaw::Length)?;
        let mut content = Zeroizing::new(content.to_vec());
        let aad = [&self.header[..], name].concat();
        let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
        let opened =
            self.cipher.decrypt_inout_detached(&nonce, &aad, content.as_mut_slice().into(), &tag);
        opened.map(|()| content).map_err(|_| Flaw::Checksum)
    }
}

/// The seal of an encrypted session, for what a program keeps beside it. It is given by the session's store, and clones are the same.
///
/// Another session has another one, unless both have the same 32 bytes for their key; so has this session once it is kept under another.
#[derive(Debug, Clone)]
pub struct Seal(Arc<Sealing>);

impl Seal {
    pub(super) fn new(sealing: &Arc<Sealing>) -> Self {
        Self(sealing.clone())
    }

    /// Seals some content: 40 bytes more than it has. What has another `name` is not taken for it when it is opened.
    ///
    /// # Errors
    ///
    /// When the system has no randomness, or the content is longer than 256 GiB.
    pub fn seal(&self, name: &str, content: &[u8]) -> io::Result<Vec<u8>> {
        self.0.seal(&beside(name), content)
    }

    /// What was sealed under this name.
    ///
    /// # Errors
    ///
    /// [`Flaw::Length`] for what is too short, [`Flaw::Checksum`] for what was changed or is of another name or session.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Flaw> {
        self.0.open(&beside(name), sealed)
    }
}

/// A program's names are none of the store's own.
fn beside(name: &str) -> Vec<u8> {
    [b"beside ", name.as_bytes()].concat()
}

/// Whether bytes are a sealed session.
pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Whoever gives 32 bytes for a session of a passphrase has the wrong key, and the other way round.
fn derive(
    key: &StoreKey,
    kind: u32,
    cost: Cost,
    salt: &[u8; 16],
) -> Result<Box<Zeroizing<[u8; 32]>>, Unopened> {
    let flaw = |field| Unopened::Flaw(Flaw::Value { field });
    let mut out = Box::new(Zeroizing::new([0; 32]));
    match (&key.0, kind) {
        (Given::Bytes(bytes), 0) => out.copy_from_slice(bytes.expose()),
        (Given::Passphrase(passphrase), 1) => {
            let Cost { memory, passes, lanes } = cost;
            if memory > MOST.memory || passes > MOST.passes || lanes > MOST.lanes {
                return Err(flaw("cost"));
            }
            let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| flaw("cost"))?;
            let mut blocks = blocks(params.block_count())?;
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let made = argon.hash_password_into_with_memory(
                passphrase.as_bytes(),
                salt,
                &mut out[..],
                &mut blocks[..],
            );
            made.map_err(|_| Unopened::Io(ErrorKind::InvalidInput))?;
        }
        (_, 0 | 1) => return Err(Unopened::WrongKey),
        _ => return Err(flaw("kind")),
    }
    Ok(out)
}

/// What Argon2id fills. The key can be made from it, so that it is wiped.
fn blocks(count: usize) -> Result<Zeroizing<Vec<Block>>, Unopened> {
    let mut blocks = Zeroizing::new(Vec::new());
    let room = blocks.try_reserve_exact(count);
    room.map_err(|_| Unopened::Io(ErrorKind::OutOfMemory))?;
    blocks.resize(count, Block::new());
    Ok(blocks)
}

fn check_of(key: &[u8; 32]) -> [u8; 16] {
    let digest = Sha256::new().chain_update(b"telewire session key").chain_update(key).finalize();
    digest.first_chunk().copied().unwrap_or_default()
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealing")
    }
}

#[cfg(test)]
mod tests;
