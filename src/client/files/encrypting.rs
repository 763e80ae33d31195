//! The local end of an upload that is encrypted on its way (FI-22, SC-76): the cipher goes over the whole file, so what is read again
//! is read from the beginning.

use std::io;

use crate::client::Error;
use crate::client::files::local::Local;
use crate::crypto::file::Chain;
use crate::crypto::{EntropyExt, Suite, real};
use crate::files::{Disk, DiskDone, DiskError};
use crate::net::OsEntropy;

/// A source, and the cipher that stands where it was read to.
pub(super) struct Encrypting {
    from: Local,
    suite: Suite,
    begin: Chain,
    chain: Chain,
    at: u64,
    /// How many bytes the source has.
    plain: u64,
    /// What fills up the last block, whenever that is read.
    padding: [u8; BLOCK],
}

/// The bytes of a block of the cipher.
const BLOCK: usize = 16;

/// What is passed over is read in pieces of so many bytes: a part's.
const PIECE: usize = 512 << 10;

impl Encrypting {
    pub(super) fn new(from: Local, begin: Chain, plain: u64) -> Result<Self, Error> {
        let mut entropy = OsEntropy::new().map_err(|error| Error::Io(error.kind()))?;
        let (chain, padding) = (begin.clone(), entropy.array());
        Ok(Self { from, suite: real(), begin, chain, at: 0, plain, padding })
    }

    pub(super) async fn read(&mut self, offset: u64, length: usize) -> Result<DiskDone, DiskError> {
        if offset < self.at {
            (self.chain, self.at) = (self.begin.clone(), 0);
        }
        while self.at < offset {
            let left = usize::try_from(offset.saturating_sub(self.at)).unwrap_or(PIECE);
            let (bytes, all) = self.next(left.min(PIECE)).await?;
            // It ends before that by now, which its length says.
            if bytes.is_empty() {
                return Ok(DiskDone::Read { bytes, length: all });
            }
        }
        let (bytes, length) = self.next(length).await?;
        Ok(DiskDone::Read { bytes, length })
    }

    /// The next bytes, encrypted, and how many there are of the whole.
    async fn next(&mut self, length: usize) -> Result<(Vec<u8>, Option<u64>), DiskError> {
        let read = Disk::Read { offset: self.at, length };
        // One in another is boxed, or its size would have no end.
        let DiskDone::Read { mut bytes, length } = Box::pin(self.from.act(read)).await? else {
            return Err(DiskError::Io(io::ErrorKind::Unsupported));
        };
        let missing = bytes.len().next_multiple_of(BLOCK).saturating_sub(bytes.len());
        bytes.extend_from_slice(self.padding.get(..missing).unwrap_or_default());
        let encrypted = self.chain.encrypt(&self.suite, &mut bytes);
        encrypted.map_err(|_| DiskError::Io(io::ErrorKind::InvalidData))?;
        self.at = self.at.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        // FI-15: a source of another length is another one, also if it has as many blocks.
        let length = length.map(|all| match all == self.plain {
            true => all.next_multiple_of(16),
            false => all | 1,
        });
        Ok((bytes, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{AesKeyIv, Secret};
    use crate::files::Chunk;

    fn chain() -> Chain {
        Chain::new(AesKeyIv { key: Secret::from([7; 32]), iv: Secret::from([9; 32]) })
    }

    fn encrypting(plain: &[u8]) -> Encrypting {
        let size = u64::try_from(plain.len()).unwrap();
        Encrypting::new(Local::Bytes(Chunk::from(plain.to_vec())), chain(), size).unwrap()
    }

    async fn read(from: &mut Encrypting, offset: usize, length: usize) -> (Vec<u8>, Option<u64>) {
        let done = from.read(u64::try_from(offset).unwrap(), length).await.unwrap();
        let DiskDone::Read { bytes, length } = done else { panic!("{done:?}") };
        (bytes, length)
    }

    #[tokio::test]
    async fn sc_76_whatever_is_read_in_whatever_order_is_of_one_encrypted_file() {
        for size in [1_usize, 15, 16, 17, 4_096, 5_000] {
            let plain: Vec<u8> = (0..=255).cycle().take(size).collect();
            let mut from = encrypting(&plain);
            let whole = size.next_multiple_of(16);
            let (all, length) = read(&mut from, 0, 8_192).await;
            assert_eq!((all.len(), length), (whole, u64::try_from(whole).ok()));
            let mut decrypted = all.clone();
            chain().decrypt(&real(), &mut decrypted).unwrap();
            assert_eq!(decrypted[..size], plain);
            for offset in [4_096, 0, 1_024, 2_048, 1_024, 0] {
                let (part, _) = read(&mut from, offset, 1_024).await;
                let end = whole.min(offset + 1_024);
                assert_eq!(part, all.get(offset..end).unwrap_or_default(), "{size} {offset}");
            }
        }
    }

    #[tokio::test]
    async fn fi_15_a_source_that_became_another_is_told_by_its_length() {
        for now in [1_usize, 9, 11, 16, 26] {
            let mut from = encrypting(&[1; 10]);
            from.from = Local::Bytes(Chunk::from(vec![1; now]));
            let (_, length) = read(&mut from, 0, 1_024).await;
            assert_ne!(length, Some(16), "{now}");
        }
    }
}
