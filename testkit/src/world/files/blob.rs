//! Bytes of a file, which snapshots, uploads and files share.

use std::fmt;
use std::sync::Arc;

use md5::{Digest, Md5};

/// The bytes of a file, in the parts in which they came.
#[derive(Clone, Default)]
pub(crate) struct Blob {
    parts: Vec<Arc<Vec<u8>>>,
    /// The bytes of each part but the last.
    part_size: u64,
    size: u64,
}

impl Blob {
    /// Parts of equal length, but for the last.
    pub(crate) fn of_parts(parts: Vec<Arc<Vec<u8>>>) -> Self {
        let part_size = parts.first().map_or(0, |part| length(part));
        let size = parts.iter().map(|part| length(part)).fold(0, u64::saturating_add);
        Self { parts, part_size, size }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The bytes from an offset on, at most `limit` of them; none from the end on.
    pub(crate) fn read(&self, offset: u64, limit: u64) -> Vec<u8> {
        let end = offset.saturating_add(limit).min(self.size);
        let mut bytes = Vec::with_capacity(index(end.saturating_sub(offset)));
        let mut at = offset;
        while at < end {
            let (Some(number), Some(inside)) =
                (at.checked_div(self.part_size), at.checked_rem(self.part_size))
            else {
                break;
            };
            let part = self.parts.get(index(number));
            let rest = part.and_then(|part| part.get(index(inside)..)).unwrap_or_default();
            let taken = rest.get(..index(end.saturating_sub(at))).unwrap_or(rest);
            if taken.is_empty() {
                break;
            }
            bytes.extend_from_slice(taken);
            at = at.saturating_add(length(taken));
        }
        bytes
    }

    pub(crate) fn all(&self) -> Vec<u8> {
        self.read(0, self.size)
    }

    /// FI-09: in lower-case hexadecimal.
    pub(crate) fn md5(&self) -> String {
        let mut hash = Md5::new();
        for part in &self.parts {
            hash.update(part.as_slice());
        }
        <[u8; 16]>::from(hash.finalize()).map(|byte| format!("{byte:02x}")).concat()
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self::of_parts(vec![Arc::new(bytes)])
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.size)
    }
}

pub(super) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_every_cut_is_that_of_the_whole() {
        let whole: Vec<u8> = (0..23).collect();
        for size in 1..=24 {
            let parts = whole.chunks(size).map(|part| Arc::new(part.to_vec())).collect();
            let blob = Blob::of_parts(parts);
            assert_eq!((blob.size(), blob.all()), (23, whole.clone()));
            for from in 0..26_usize {
                for limit in 0..26_usize {
                    let expected: Vec<u8> = whole.iter().copied().skip(from).take(limit).collect();
                    let read = blob.read(from as u64, limit as u64);
                    assert_eq!(read, expected, "{size}: {limit} from {from}");
                }
            }
        }
        assert_eq!(Blob::default().read(0, u64::MAX), Vec::<u8>::new());
        assert_eq!(Blob::from(Vec::new()).read(u64::MAX, u64::MAX), Vec::<u8>::new());
    }

    #[test]
    fn fi_09_the_md5_is_that_of_the_whole_however_it_is_cut() {
        // RFC 1321.
        for size in 1..=14 {
            let parts = b"message digest".chunks(size).map(|part| Arc::new(part.to_vec()));
            let blob = Blob::of_parts(parts.collect());
            assert_eq!(blob.md5(), "f96b697d7cb7938d525a2f31aaf161d0");
        }
    }
}
