//! How far secret chats were, beside a session's file: `FILE.witness` (SC-84).
//!
//! ```text
//! twitness  the letters                                       8
//! login     the name of its key                               8   little-endian, as all numbers
//! count     of chats, in ascending order                      4
//! each      chat, generation                                  4 + 8
//! checksum  SHA-256 of all before                             32
//! ```
//!
//! A copy of the session that is put back is older than what lies here. So nothing here may be newer than what the session has, at
//! whatever moment a crash comes: chats go from here before they go from the session, and all else is written after it. What another
//! login has left, under the same name, says nothing. What cannot be read says that it cannot: as if it were not there, a copy would pass.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::client::store::Snapshot;
use crate::client::store::file::disk::Disk;
use crate::client::store::file::{self, Refused};
use crate::client::store::place::beside;
use crate::crypto::KeyId;

/// By the number of a chat; 0 for what belongs to none.
pub(super) type Generations = BTreeMap<i32, u64>;

const MAGIC: &[u8; 8] = b"twitness";

const ENDING: &str = ".witness";

/// The witness of a session that is open.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// What it is to say: the disk may have had no room for it.
    wanted: Said,
    /// What it says.
    written: Said,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Said {
    /// The key of the login that it is of.
    login: Option<KeyId>,
    generations: Generations,
}

/// The file beside that of a session.
pub(super) fn file_of(session: &Path) -> PathBuf {
    beside(session, ENDING)
}

impl Witness {
    /// What lies beside the file of a session. What is not whole says nothing: the file is replaced as a whole, so that no crash makes
    /// it so.
    pub(super) fn read(
        disk: &mut dyn Disk,
        path: &Path,
        session: &Snapshot,
    ) -> Result<Self, Refused> {
        let said = match disk.read(&file_of(path)) {
            Ok(bytes) => decode(&bytes),
            Err(none) if none.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(("read", error)),
        };
        let said = said.filter(|said| said.login == login(session)).unwrap_or_default();
        Ok(Self { wanted: said.clone(), written: said })
    }

    /// How far each chat is, as far as anybody knows.
    pub(super) fn generations(&self) -> Generations {
        self.wanted.generations.clone()
    }

    /// Does what writing it takes, and changes nothing: what cannot be kept is told when the session is opened.
    pub(super) fn rehearse(&self, disk: &mut dyn Disk, path: &Path) -> Result<(), Refused> {
        file::rehearse(disk, &file_of(path), &encode(&self.written))
    }

    /// Before the session becomes the next: what is not in that one is forgotten.
    pub(super) fn before(
        &mut self,
        disk: &mut dyn Disk,
        path: &Path,
        next: &Snapshot,
    ) -> Result<(), Refused> {
        let mut left = self.written.clone();
        let stays =
            |chat: &i32, known: u64| next.generations.get(chat).is_some_and(|next| known <= *next);
        left.generations.retain(|chat, known| stays(chat, *known));
        self.write(disk, path, left)
    }

    /// After it has become that. The session is kept by then, so a disk that says no is no error: it is written with the next change.
    pub(super) fn after(&mut self, disk: &mut dyn Disk, path: &Path, next: &Snapshot) {
        self.wanted = Said { login: login(next), generations: next.generations.clone() };
        let _ = self.write(disk, path, self.wanted.clone());
    }

    fn write(&mut self, disk: &mut dyn Disk, path: &Path, next: Said) -> Result<(), Refused> {
        // Where there are no chats, it does not matter of whom; and a session without any has no such file.
        let says_nothing = self.written.generations.is_empty() && next.generations.is_empty();
        if self.written != next && !says_nothing {
            file::put(disk, &file_of(path), &encode(&next))?;
            self.written = next;
        }
        Ok(())
    }
}

fn login(session: &Snapshot) -> Option<KeyId> {
    Some(session.key(session.home?)?.auth_key.id())
}

fn encode(Said { login, generations }: &Said) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    // Without a login there is nothing to be witnessed.
    out.extend(login.map_or([0; 8], KeyId::to_le_bytes));
    out.extend(u32::try_from(generations.len()).unwrap_or(u32::MAX).to_le_bytes());
    for (chat, generation) in generations {
        out.extend(chat.to_le_bytes());
        out.extend(generation.to_le_bytes());
    }
    let checksum = Sha256::digest(&out);
    out.extend(checksum);
    out
}

fn decode(bytes: &[u8]) -> Option<Said> {
    let (content, checksum) = bytes.split_last_chunk::<32>()?;
    if *checksum != *Sha256::digest(content) {
        return None;
    }
    let (magic, rest) = content.split_first_chunk::<8>()?;
    let (login, rest) = rest.split_first_chunk::<8>()?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let (each, left) = rest.as_chunks::<12>();
    let is_whole = usize::try_from(u32::from_le_bytes(*count)) == Ok(each.len());
    if magic != MAGIC || !is_whole || !left.is_empty() {
        return None;
    }
    let each = each.iter().map(|bytes| {
        let (chat, generation) = (bytes.first_chunk::<4>()?, bytes.last_chunk::<8>()?);
        Some((i32::from_le_bytes(*chat), u64::from_le_bytes(*generation)))
    });
    let generations = each.collect::<Option<Generations>>()?;
    Some(Said { login: Some(KeyId::from_le_bytes(*login)), generations })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_84_a_witness_that_is_not_whole_says_nothing() {
        for generations in [Generations::new(), [(0, 3), (1, u64::MAX), (i32::MAX, 0)].into()] {
            let witness = Said { login: Some(KeyId(-5)), generations };
            let bytes = encode(&witness);
            assert_eq!(decode(&bytes), Some(witness));
            for length in 0..bytes.len() {
                assert_eq!(decode(&bytes[..length]), None);
            }
            for place in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1;
                assert_eq!(decode(&flipped), None);
            }
            assert_eq!(decode(&[&bytes[..], &[0]].concat()), None);
        }
    }
}
