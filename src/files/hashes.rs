//! SHA-256 of a file's ranges (FI-42, FI-53), and the bytes that wait until a whole range is there.
//!
//! Parts and ranges are of any size to one another: a part may hold several ranges, and a range several parts. Bytes leave
//! [`Held`] only as whole ranges whose hash was right.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::crypto::Suite;
use crate::files::error::FileError;
use crate::files::request::{Chunk, FileHash};

/// FI-53: the longest range that is taken: a part of the longest kind. Longer ones would have a client hold what a server claims.
pub(crate) const MAX_RANGE: u64 = 1_048_576;

/// The ranges that are known, by where they begin; they do not overlap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hashes(BTreeMap<u64, (u64, [u8; 32])>);

impl Hashes {
    /// FI-53: takes what a server tells.
    ///
    /// # Errors
    ///
    /// [`FileError::Hashes`] for ranges that are empty, longer than [`MAX_RANGE`] or overlap, hashes that are not of 32 bytes, and
    /// another hash for a range that has one.
    pub(crate) fn insert(&mut self, told: &[FileHash]) -> Result<(), FileError> {
        for FileHash { offset, limit, hash } in told {
            let refused = FileError::Hashes { offset: u64::try_from(*offset).unwrap_or(0) };
            let fields = || {
                let offset = u64::try_from(*offset).ok()?;
                let length = u64::try_from(*limit).ok().filter(|n| (1..=MAX_RANGE).contains(n))?;
                let hash: [u8; 32] = hash.as_slice().try_into().ok()?;
                Some((offset, offset.checked_add(length)?, hash))
            };
            let (offset, end, hash) = fields().ok_or_else(|| refused.clone())?;
            if self.0.get(&offset) == Some(&(end, hash)) {
                continue;
            }
            if self.0.range(..end).next_back().is_some_and(|(_, (to, _))| *to > offset) {
                return Err(refused);
            }
            self.0.insert(offset, (end, hash));
        }
        Ok(())
    }

    /// The range that a byte is in, and its hash.
    pub(crate) fn of(&self, at: u64) -> Option<(Range<u64>, [u8; 32])> {
        let (from, (to, hash)) = self.0.range(..=at).next_back()?;
        (at < *to).then_some((*from..*to, *hash))
    }
}

impl Hashes {
    /// FI-53: from where hashes are asked for, so that the answer has the one of a byte's range: the end of what is known before it, or
    /// where the range begins that it lies in, as ranges usually are.
    pub(crate) fn ask_from(&self, at: u64) -> u64 {
        let known = self.0.range(..=at).next_back().map_or(0, |(_, (end, _))| *end);
        known.min(at).max(at - at % USUAL_RANGE)
    }
}

/// FI-53: what ranges usually have.
const USUAL_RANGE: u64 = 131_072;

/// Plain bytes that were not written yet, by where they lie; they do not overlap.
#[derive(Debug, Default)]
pub(crate) struct Held(BTreeMap<u64, Chunk>);

/// What became of a range.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    /// Its bytes are right, and out.
    Right(Vec<(u64, Chunk)>),
    /// They are not, and gone.
    Wrong,
    /// Some are missing.
    Incomplete,
}

impl Held {
    /// Holds bytes. Those that are held already stay as they are.
    pub(crate) fn insert(&mut self, offset: u64, chunk: &Chunk) {
        let end = offset.saturating_add(length(chunk));
        let mut at = offset;
        while at < end {
            let next = self.0.range(..=at).next_back().map(|(from, held)| from + length(held));
            if let Some(held_to) = next.filter(|to| *to > at) {
                at = held_to;
                continue;
            }
            let to = self.0.range(at..end).next().map_or(end, |(from, _)| *from);
            self.0.insert(at, chunk.slice(index(at - offset)..index(to - offset)));
            at = to;
        }
    }

    /// How many bytes are held.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.values().map(length).sum()
    }

    /// Whether nothing is.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where what is held lies.
    pub(crate) fn spans(&self) -> Vec<Range<u64>> {
        self.0.iter().map(|(from, held)| *from..from + length(held)).collect()
    }

    /// Takes out what begins at a byte.
    pub(crate) fn take_at(&mut self, at: u64) -> Option<Chunk> {
        self.0.remove(&at)
    }

    /// Whether some byte of a span is held.
    pub(crate) fn touches(&self, span: &Range<u64>) -> bool {
        let last = self.0.range(..span.end).next_back();
        !span.is_empty() && last.is_some_and(|(from, held)| from + length(held) > span.start)
    }

    /// The byte behind what is held without a gap from a byte on.
    fn run_from(&self, from: u64) -> u64 {
        let mut at = from;
        while let Some(to) = self
            .0
            .range(..=at)
            .next_back()
            .map(|(start, held)| start + length(held))
            .filter(|to| *to > at)
        {
            at = to;
        }
        at
    }

    /// FI-42, FI-53, FI-54: checks a range, and lets its bytes out if they are right; forgets them if they are not.
    pub(crate) fn check(&mut self, range: &Range<u64>, hash: &[u8; 32], suite: &Suite) -> Checked {
        if self.run_from(range.start) < range.end {
            return Checked::Incomplete;
        }
        let out = self.take(range);
        let parts: Vec<&[u8]> = out.iter().map(|(_, chunk)| &**chunk).collect();
        match suite.sha256(&parts) == *hash {
            true => Checked::Right(out),
            false => Checked::Wrong,
        }
    }

    /// Takes out what is held of a span; what is held beside it stays.
    pub(crate) fn take(&mut self, span: &Range<u64>) -> Vec<(u64, Chunk)> {
        let mut out = Vec::new();
        if span.is_empty() {
            return out;
        }
        let first = self.0.range(..=span.start).next_back().map_or(span.start, |(from, _)| *from);
        let touched: Vec<u64> = self.0.range(first..span.end).map(|(from, _)| *from).collect();
        for from in touched {
            let Some(chunk) = self.0.remove(&from) else { continue };
            let to = from + length(&chunk);
            let cut = |a: u64, b: u64| chunk.slice(index(a - from)..index(b - from));
            if from < span.start {
                self.0.insert(from, cut(from, span.start.min(to)));
            }
            if to > span.end {
                self.0.insert(span.end, cut(span.end, to));
            }
            let (a, b) = (from.max(span.start), to.min(span.end));
            if a < b {
                out.push((a, cut(a, b)));
            }
        }
        out
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

fn length(chunk: &Chunk) -> u64 {
    u64::try_from(chunk.len()).unwrap_or(u64::MAX)
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::real;

    fn hash(offset: i64, bytes: &[u8]) -> FileHash {
        let limit = bytes.len() as i32;
        FileHash { offset, limit, hash: real().sha256(&[bytes]).to_vec() }
    }

    #[test]
    fn fi_53_ranges_that_cannot_be_are_refused() {
        let good = hash(100, b"0123456789");
        let refused = |told: FileHash| {
            let offset = u64::try_from(told.offset).unwrap_or(0);
            let mut hashes = Hashes::default();
            hashes.insert(std::slice::from_ref(&good)).unwrap();
            assert_eq!(
                hashes.insert(std::slice::from_ref(&told)),
                Err(FileError::Hashes { offset }),
                "{told:?}"
            );
        };
        for other in [
            FileHash { limit: 0, offset: 0, ..good.clone() },
            FileHash { limit: -1, offset: 0, ..good.clone() },
            FileHash { limit: 1_048_577, offset: 1_000, ..good.clone() },
            FileHash { offset: -1, ..good.clone() },
            FileHash { offset: 91, ..good.clone() },
            FileHash { offset: 109, ..good.clone() },
            FileHash { limit: 9, ..good.clone() },
            FileHash { limit: 11, ..good.clone() },
            FileHash { offset: 0, hash: vec![0; 31], ..good.clone() },
            FileHash { offset: 0, hash: vec![0; 33], ..good.clone() },
            FileHash { offset: 0, hash: vec![], ..good.clone() },
            FileHash { hash: vec![1; 32], ..good.clone() },
        ] {
            refused(other);
        }
        let mut hashes = Hashes::default();
        for _ in 0..2 {
            hashes.insert(&[good.clone(), hash(110, b"x"), hash(90, b"0123456789")]).unwrap();
        }
        for (at, range) in [
            (89, None),
            (90, Some(90..100)),
            (99, Some(90..100)),
            (100, Some(100..110)),
            (110, Some(110..111)),
            (111, None),
        ] {
            assert_eq!(hashes.of(at).map(|(range, _)| range), range, "{at}");
        }
    }

    /// Every way to cut twelve bytes into parts and into ranges of equal size, in every rotation of the parts' order.
    #[test]
    fn fi_53_parts_larger_and_smaller_than_ranges_both_work() {
        let file: Vec<u8> = (0..12).collect();
        for part in 1..=12_usize {
            for range in 1..=12_usize {
                let ranges: Vec<FileHash> = file
                    .chunks(range)
                    .enumerate()
                    .map(|(n, bytes)| hash((n * range) as i64, bytes))
                    .collect();
                let mut hashes = Hashes::default();
                hashes.insert(&ranges).unwrap();
                let parts: Vec<(u64, &[u8])> = file
                    .chunks(part)
                    .enumerate()
                    .map(|(n, bytes)| ((n * part) as u64, bytes))
                    .collect();
                for first in 0..parts.len() {
                    let (mut held, mut out) = (Held::default(), vec![None; 12]);
                    for (offset, bytes) in parts.iter().cycle().skip(first).take(parts.len()) {
                        held.insert(*offset, &bytes.to_vec().into());
                        for start in (0..12).step_by(range) {
                            let (span, hash) = hashes.of(start).unwrap();
                            let Checked::Right(chunks) = held.check(&span, &hash, &real()) else {
                                continue;
                            };
                            for (at, chunk) in chunks {
                                for (n, byte) in chunk.iter().enumerate() {
                                    assert_eq!(out[at as usize + n].replace(*byte), None);
                                }
                            }
                        }
                    }
                    assert_eq!(
                        out.into_iter().collect::<Option<Vec<u8>>>(),
                        Some(file.clone()),
                        "{part} {range} {first}"
                    );
                    assert_eq!(held.bytes(), 0);
                }
            }
        }
    }

    #[test]
    fn fi_54_nothing_of_a_range_with_a_flipped_bit_comes_out() {
        let file: Vec<u8> = (0..12).collect();
        let right: [u8; 32] = real().sha256(&[&file[4..8]]);
        for at in 0..12 {
            for bit in 0..8 {
                let mut other = file.clone();
                other[at] ^= 1 << bit;
                let mut held = Held::default();
                held.insert(0, &other[..6].to_vec().into());
                assert_eq!(held.check(&(4..8), &right, &real()), Checked::Incomplete);
                held.insert(6, &other[6..].to_vec().into());
                let checked = held.check(&(4..8), &right, &real());
                assert_eq!(checked == Checked::Wrong, (4..8).contains(&at));
                // What lies beside it stays.
                assert_eq!(held.bytes(), 8);
                assert!(!held.touches(&(4..8)) && held.touches(&(3..8)) && held.touches(&(4..9)));
            }
        }
    }

    /// Every span of a few bytes, also those that end before they begin, of what is held in two pieces.
    #[test]
    fn what_is_taken_out_is_what_a_flag_for_each_byte_would_tell() {
        for from in 0..=8 {
            for to in 0..=8 {
                let mut held = Held::default();
                held.insert(1, &vec![1, 2, 3].into());
                held.insert(5, &vec![5, 6].into());
                let is_in = |at: &u64| [1, 2, 3, 5, 6].contains(at);
                let expected: Vec<u64> = (from..to).filter(is_in).collect();
                assert_eq!(held.touches(&(from..to)), !expected.is_empty(), "{from}..{to}");
                let out = held.take(&(from..to));
                let bytes: Vec<u64> =
                    out.iter().flat_map(|(_, chunk)| chunk.iter().map(|b| u64::from(*b))).collect();
                let places: Vec<u64> =
                    out.iter().flat_map(|(at, chunk)| *at..at + chunk.len() as u64).collect();
                assert_eq!((&bytes, &places), (&expected, &expected), "{from}..{to}");
                assert_eq!(held.bytes(), 5 - expected.len() as u64);
            }
        }
    }

    #[test]
    fn bytes_that_are_held_are_not_replaced() {
        let mut held = Held::default();
        held.insert(4, &vec![1; 4].into());
        held.insert(10, &vec![1; 2].into());
        held.insert(0, &vec![2; 16].into());
        held.insert(3, &vec![3; 9].into());
        let out: Vec<u8> =
            held.take(&(0..16)).into_iter().flat_map(|(_, chunk)| chunk.to_vec()).collect();
        assert_eq!(out, [2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 2]);
        assert_eq!(held.bytes(), 0);
    }
}
