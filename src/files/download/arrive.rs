//! What the bytes of a download go through: length, cipher, hashes, order, the disk.

use std::ops::Range;

use super::{Download, MAX_SHORT, MAX_WRONG};
use crate::crypto::Suite;
use crate::files::error::FileError;
use crate::files::hashes::Checked;
use crate::files::request::Chunk;
use crate::files::sizes::widen;
use crate::files::spans::Spans;

impl Download {
    /// The bytes of a part came, from the file's data centre.
    pub(crate) fn handle_bytes(
        &mut self,
        part: u64,
        bytes: Vec<u8>,
        suite: &Suite,
    ) -> Result<(), FileError> {
        self.flying.remove(&part);
        let offset = self.span(part).start;
        let got = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let limit = u64::from(self.part_size);
        // FI-32.
        if got > limit {
            return Err(FileError::Long { offset, got, expected: limit });
        }
        if let Some(size) = self.size {
            let expected = size.saturating_sub(offset).min(limit);
            if got > expected {
                return Err(FileError::Long { offset, got, expected });
            }
            if got < expected {
                let tries = self.tries.entry(part).or_default();
                tries.short += 1;
                if tries.short > MAX_SHORT {
                    return Err(FileError::Short { offset, got, expected });
                }
                self.release(part);
                return Ok(());
            }
        } else {
            self.learn_end(offset, got, limit)?;
        }
        self.tries.remove(&part);
        self.deliver(offset, &bytes.into(), suite)?;
        // What waited for the end may be whole now.
        if self.size.is_none() && got < limit { self.check_all(suite) } else { Ok(()) }
    }

    /// FI-33: the first short answer is the end.
    pub(super) fn learn_end(&mut self, offset: u64, got: u64, limit: u64) -> Result<(), FileError> {
        let to = offset.saturating_add(got);
        // What is here, also from a run before, of which no more is known than the part.
        let here = self.had.end().min(self.base_end.unwrap_or(u64::MAX));
        let seen = if got > 0 { here.max(to) } else { here };
        if got < limit {
            self.end = Some(self.end.map_or(to, |known| known.min(to)));
        }
        match self.end {
            Some(end) if seen > end => Err(FileError::BeyondEnd { end, seen }),
            Some(end) => {
                let behind = |part: &&u64| part.saturating_mul(limit) >= end;
                let useless: Vec<u64> = self.flying.iter().filter(behind).copied().collect();
                self.flying.retain(|part| !useless.contains(part));
                self.waiting.retain(|part, _| part.saturating_mul(limit) < end);
                self.useless.extend(useless);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// FI-41: a web file brings its size.
    pub(crate) fn handle_size(&mut self, size: i32) -> Result<(), FileError> {
        let is = u64::try_from(size).map_err(|_| FileError::Malformed)?;
        match self.size {
            Some(was) if was != is => Err(FileError::SizeChanged { was, is }),
            Some(_) => Ok(()),
            None if is > 0 => {
                (self.size, self.clip) = (Some(is), Some(is));
                if self.wanted.end != u64::MAX && self.wanted.end > is {
                    return Err(FileError::Range { from: self.base, to: self.wanted.end });
                }
                let limit = u64::from(self.part_size);
                let useless: Vec<u64> =
                    self.flying.iter().filter(|part| **part * limit >= is).copied().collect();
                self.flying.retain(|part| !useless.contains(part));
                self.waiting.retain(|part, _| part.saturating_mul(limit) < is);
                self.useless.extend(useless);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The same from a CDN: FI-52.
    pub(crate) fn handle_cdn_bytes(
        &mut self,
        part: u64,
        mut bytes: Vec<u8>,
        suite: &Suite,
    ) -> Result<(), FileError> {
        let offset = self.span(part).start;
        let cdn = self.cdn.as_ref().ok_or(FileError::Unexpected)?;
        cdn.decrypt(offset, &mut bytes)?;
        self.handle_bytes(part, bytes, suite)
    }

    /// Bytes of the file, on their way to the disk. What is here already does not come in again.
    pub(super) fn deliver(
        &mut self,
        offset: u64,
        chunk: &Chunk,
        suite: &Suite,
    ) -> Result<(), FileError> {
        let span = offset..offset.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        for gap in self.had.gaps(&span) {
            let piece = cut(chunk, offset, &gap);
            self.had.insert(gap.clone());
            match self.verify || self.cdn.is_some() {
                true => self.unverified.insert(gap.start, &piece),
                false => self.pass(gap.start, &piece, suite)?,
            }
        }
        self.check(&span, suite)
    }

    /// FI-42, FI-53: checks the ranges that a span has bytes of.
    pub(super) fn check(&mut self, span: &Range<u64>, suite: &Suite) -> Result<(), FileError> {
        if !self.unverified.touches(span) {
            return Ok(());
        }
        let mut at = span.start;
        while at < span.end {
            let Some((range, hash)) = self.hashes.of(at) else {
                return self.want_hash(at);
            };
            // The last range covers what is there.
            let end = [self.size, self.end].into_iter().flatten().min().unwrap_or(u64::MAX);
            let there = range.start..range.end.min(end);
            if self.unverified.touches(&there) {
                match self.unverified.check(&there, &hash, suite) {
                    Checked::Right(chunks) => {
                        for (offset, chunk) in chunks {
                            self.pass(offset, &chunk, suite)?;
                        }
                    }
                    Checked::Wrong => self.mismatch(&there)?,
                    Checked::Incomplete => self.complete_range(&there),
                }
            }
            at = range.end;
        }
        Ok(())
    }

    /// All of a range is here, and some of it was written by a run before, or when ranges were others: that has to come again, so that
    /// the range can be checked.
    pub(super) fn complete_range(&mut self, range: &Range<u64>) {
        if !self.had.covers(range) {
            return;
        }
        let mut missing = Spans::default();
        missing.insert(range.clone());
        for held in self.unverified.spans() {
            missing.remove(held);
        }
        for span in missing.within(range) {
            self.had.remove(span.clone());
            self.written.remove(span.clone());
            self.release_span(&span);
        }
    }

    pub(super) fn check_all(&mut self, suite: &Suite) -> Result<(), FileError> {
        self.unverified.spans().into_iter().try_for_each(|span| self.check(&span, suite))
    }

    /// FI-53: hashes are asked for once for a place.
    pub(super) fn want_hash(&mut self, at: u64) -> Result<(), FileError> {
        let from = self.hashes.ask_from(at);
        if self.asked.contains(&from) {
            return Err(FileError::NoHash { offset: at });
        }
        if self.query.is_none() {
            self.query = Some(from);
        }
        Ok(())
    }

    /// The range's bytes are gone already.
    pub(super) fn mismatch(&mut self, range: &Range<u64>) -> Result<(), FileError> {
        let offset = range.start;
        // FI-54: what a CDN gives wrongly is not asked of it again.
        if self.cdn.is_some() {
            return Err(FileError::WrongHash { offset });
        }
        let times = self.wrong.entry(offset).or_default();
        *times += 1;
        if *times > MAX_WRONG {
            return Err(FileError::WrongHash { offset });
        }
        self.had.remove(range.clone());
        self.release_span(range);
        Ok(())
    }

    pub(super) fn release_span(&mut self, span: &Range<u64>) {
        let (first, last) = widen(span.start, span.end, self.part_size);
        for part in first..last {
            if !self.flying.contains(&part) && !self.waiting.contains_key(&part) {
                self.release(part);
            }
        }
    }

    /// Bytes that are right: in their order, if that is asked for.
    pub(super) fn pass(
        &mut self,
        offset: u64,
        chunk: &Chunk,
        suite: &Suite,
    ) -> Result<(), FileError> {
        if !self.ordered {
            self.write(offset, chunk);
            return Ok(());
        }
        // What lies before the order's place was checked and written by a run before, and came again for the sake of a range's hash.
        let end = offset.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        let rest = self.at.clamp(offset, end);
        self.written.insert(offset..rest);
        self.unordered.insert(rest, &cut(chunk, offset, &(rest..end)));
        while let Some(chunk) = self.unordered.take_at(self.at) {
            let at = self.at;
            self.at = at.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            let Some(chain) = &mut self.chain else {
                self.write(at, &chunk);
                continue;
            };
            let mut plain = chunk.to_vec();
            chain.decrypt(suite, &mut plain).map_err(|_| FileError::Malformed)?;
            self.ivs.insert(self.at, chain.iv().clone());
            self.write(at, &plain.into());
        }
        Ok(())
    }

    /// What is wanted of bytes goes to the disk.
    pub(super) fn write(&mut self, offset: u64, chunk: &Chunk) {
        let end = offset.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        let bound = [self.base_end, self.clip].into_iter().flatten().min().unwrap_or(u64::MAX);
        let span = offset.max(self.base)..end.min(bound);
        // Beside it there is nothing to write.
        for beside in [offset..span.start.min(end), span.end.max(offset)..end] {
            self.written.insert(beside);
        }
        if span.start < span.end {
            self.writing = self.writing.saturating_add(span.end - span.start);
            self.out.push((span.clone(), cut(chunk, offset, &span)));
        }
    }

    /// FI-80: bytes were written.
    pub(crate) fn handle_written(&mut self, span: &Range<u64>) {
        let bytes = span.end.saturating_sub(span.start);
        self.writing = self.writing.saturating_sub(bytes);
        if self.stale > 0 {
            self.stale = self.stale.saturating_sub(bytes);
            return;
        }
        self.written.insert(span.clone());
    }
}

/// A part of a chunk that lies at an offset.
fn cut(chunk: &Chunk, offset: u64, span: &Range<u64>) -> Chunk {
    let index = |at: u64| usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
    chunk.slice(index(span.start)..index(span.end))
}
