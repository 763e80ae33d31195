//! A download: which parts are asked for, what their bytes go through, and what was written. It knows no connections.
//!
//! ```text
//!  answer ─ length (FI-32, FI-33) ─ CDN's cipher (FI-52) ─ hashes (FI-42, FI-53) ─ order, IGE (FI-39) ─ write ─ journal (FI-80)
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use crate::crypto::Suite;
use crate::files::cdn::{Cdn, MAX_REUPLOADS, MAX_ROUNDS};
use crate::files::error::FileError;
use crate::files::hashes::{Checked, Hashes, Held};
use crate::files::journal::{Expected, Journal};
use crate::files::location::{Dc, Kind, Location};
use crate::files::output::Begin;
use crate::files::references::Source;
use crate::files::request::{Chunk, FileHash, Redirect, Request};
use crate::files::retry::{MAX_SERVER_ERRORS, backoff};
use crate::files::sealed::Chain;
use crate::files::sizes::{
    DOWNLOAD_PART, MAX_DOWNLOAD_PART, check_request, encrypted_size, is_download_part, widen,
};
use crate::files::spans::Spans;
use crate::files::upload::Why;

/// What is to be fetched.
#[derive(Debug, Clone)]
pub struct DownloadSpec {
    /// Where it is.
    pub location: Location,
    /// FI-34: in which data centre.
    pub dc: Dc,
    /// How many bytes; `None` if nobody knows, and so is 0 (FI-33). Of an encrypted file, without its padding.
    pub size: Option<u64>,
    /// FI-31: which of them; all by default.
    pub range: Option<Range<u64>>,
    /// FI-30: the bytes of a part.
    pub part_size: u32,
    /// FI-42: whether hashes are asked for and checked.
    pub verify: bool,
    /// FI-50: whether a CDN may have it. Bots may not.
    pub cdn: bool,
    /// FI-40: the takeout that it belongs to.
    pub takeout: Option<i64>,
    /// FI-61: where fresh references come from, one after the other.
    pub sources: Vec<Source>,
    /// FI-39: what decrypts it.
    pub chain: Option<Chain>,
    /// Whether bytes are written in their order, as into a stream.
    pub ordered: bool,
    /// FI-80: whether a journal is kept.
    pub journal: bool,
    /// FI-81: what was kept of it, and how many bytes the partial file has.
    pub resume: Option<(Vec<u8>, u64)>,
    /// FI-75: how long may be waited in all because the server says so; for ever by default.
    pub max_wait: Option<Duration>,
}

impl DownloadSpec {
    /// A whole file.
    #[must_use]
    pub fn new(location: Location, dc: Dc, size: Option<u64>) -> Self {
        Self {
            location,
            dc,
            size,
            range: None,
            part_size: DOWNLOAD_PART,
            verify: false,
            cdn: false,
            takeout: None,
            sources: Vec::new(),
            chain: None,
            ordered: false,
            journal: false,
            resume: None,
            max_wait: None,
        }
    }
}

/// FI-33: how many parts of a file of unknown size are asked for behind what is there. What lies behind the end may never be answered.
const AHEAD: u64 = 2;

/// FI-32: how often an answer may be short.
const MAX_SHORT: u32 = 1;

/// FI-42: how often a range may have another hash, if no CDN has it.
const MAX_WRONG: u32 = 1;

#[derive(Debug)]
pub(crate) struct Download {
    pub(crate) location: Location,
    pub(crate) dc: Dc,
    /// The real size, and what the server has.
    clip: Option<u64>,
    size: Option<u64>,
    /// Where the partial file begins, and what is wanted of it.
    base: u64,
    base_end: Option<u64>,
    wanted: Range<u64>,
    part_size: u32,
    takeout: Option<i64>,
    has_journal: bool,
    /// What nobody has to ask for: it is here, or under way, or waits.
    taken: Spans,
    /// What is here: held or being written or written.
    had: Spans,
    written: Spans,
    writing: u64,
    /// Bytes on their way to the disk that are of what the location was before: nothing is asked for until they are there.
    stale: u64,
    flying: BTreeSet<u64>,
    waiting: BTreeMap<u64, Duration>,
    tries: BTreeMap<u64, Tries>,
    /// FI-33: the end, as answers told it, and how far there were bytes.
    end: Option<u64>,
    seen: u64,
    /// Hashes, and what waits for them.
    verify: bool,
    hashes: Hashes,
    asked: BTreeSet<u64>,
    query: Option<u64>,
    unverified: Held,
    wrong: BTreeMap<u64, u32>,
    /// The order, and what waits for it.
    ordered: bool,
    at: u64,
    unordered: Held,
    chain: Option<Chain>,
    /// FI-39: the iv at places in the file, of which one is kept.
    ivs: BTreeMap<u64, [u8; 32]>,
    /// FI-50.
    cdn: Option<Cdn>,
    may_cdn: bool,
    /// FI-56: how often a CDN was begun with.
    pub(crate) round: u32,
    control_busy: bool,
    control_at: Duration,
    control_tries: u32,
    /// What goes to the disk.
    pub(crate) out: Vec<(Range<u64>, Chunk)>,
    /// Parts under way that nobody needs any more.
    pub(crate) useless: Vec<u64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    short: u32,
    failed: u32,
    lost: u32,
    reuploads: u32,
}

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A part, from the file's data centre or the CDN.
    Part(u64),
    /// FI-42, FI-53: hashes from an offset on.
    Hashes(u64),
    /// FI-55: giving a part to the CDN.
    Reupload(u64),
}

impl Download {
    pub(crate) fn new(spec: &DownloadSpec) -> Result<(Self, Begin), FileError> {
        let kind = spec.location.kind;
        let is_live = kind == Kind::GroupCall;
        // FI-40: offset 0, and 1 MiB.
        let part_size = if is_live { MAX_DOWNLOAD_PART } else { spec.part_size };
        if !is_download_part(part_size) {
            return Err(FileError::PartSize { part_size });
        }
        if (kind == Kind::Takeout) != spec.takeout.is_some() {
            return Err(FileError::Location {
                why: "what is a takeout's is fetched within it, and nothing else is",
            });
        }
        if spec.verify && !kind.has_hashes() {
            return Err(FileError::Location { why: "there are no hashes of it" });
        }
        if spec.chain.is_some()
            && (!kind.is_encrypted() || spec.range.is_some() || spec.size.is_none())
        {
            return Err(FileError::Location {
                why: "only a whole encrypted file of known size is decrypted",
            });
        }
        let clip = spec.size.filter(|size| *size > 0);
        // FI-39.
        let size = match clip.filter(|_| kind.is_encrypted()) {
            Some(clip) => {
                Some(encrypted_size(clip).ok_or(FileError::OffsetInvalid { offset: clip })?)
            }
            None => clip,
        };
        let (base, base_end) = match &spec.range {
            Some(range) => (range.start, Some(range.end)),
            None if is_live => (0, Some(MAX_DOWNLOAD_PART.into())),
            None => (0, clip),
        };
        let to = base_end.unwrap_or(u64::MAX);
        if base >= to || clip.is_some_and(|clip| spec.range.is_some() && to > clip) {
            return Err(FileError::Range { from: base, to });
        }
        let mut download = Self {
            location: spec.location.clone(),
            dc: spec.dc,
            clip,
            size,
            base,
            base_end,
            wanted: base..to,
            part_size,
            takeout: spec.takeout,
            has_journal: spec.journal && kind.is_resumable(),
            taken: Spans::default(),
            had: Spans::default(),
            written: Spans::default(),
            writing: 0,
            stale: 0,
            flying: BTreeSet::new(),
            waiting: BTreeMap::new(),
            tries: BTreeMap::new(),
            end: None,
            seen: 0,
            verify: spec.verify,
            hashes: Hashes::default(),
            asked: BTreeSet::new(),
            query: None,
            unverified: Held::default(),
            wrong: BTreeMap::new(),
            ordered: spec.ordered || spec.chain.is_some(),
            at: widen(base, base, part_size).0 * u64::from(part_size),
            unordered: Held::default(),
            chain: spec.chain.clone(),
            ivs: BTreeMap::new(),
            cdn: None,
            may_cdn: spec.cdn && kind.may_be_at_cdn(),
            round: 0,
            control_busy: false,
            control_at: Duration::ZERO,
            control_tries: 0,
            out: Vec::new(),
            useless: Vec::new(),
        };
        let begin = match &spec.resume {
            Some((kept, temp_length)) => download.resume(kept, *temp_length),
            None => Begin::Anew,
        };
        Ok((download, begin))
    }

    /// FI-81.
    fn resume(&mut self, kept: &[u8], temp_length: u64) -> Begin {
        let expected = Expected {
            kind: self.location.kind,
            id: self.location.id,
            variant: &self.location.variant,
            size: self.clip,
            from: self.base,
            to: self.base_end,
            part_size: self.part_size,
            is_chained: self.chain.is_some(),
            temp_length,
        };
        let journal = match Journal::resume(kept, &expected) {
            Ok(journal) => journal,
            Err(why) => return Begin::AnewBecause(why),
        };
        if let Ok(dc) = Dc::new(journal.dc.into()) {
            self.dc = dc;
        }
        for part in journal.written() {
            let span = self.span(part);
            for set in [&mut self.taken, &mut self.had, &mut self.written] {
                set.insert(span.clone());
            }
        }
        if let Some((at, iv)) = journal.chain
            && let Some(chain) = &mut self.chain
        {
            chain.resume(iv);
            self.at = at;
            self.ivs.insert(at, iv);
        } else if self.ordered {
            self.at = self.prefix();
        }
        if self.ordered {
            // What lies behind the order's place comes again.
            let behind = self.at..u64::MAX;
            for set in [&mut self.taken, &mut self.had, &mut self.written] {
                set.remove(behind.clone());
            }
        }
        Begin::Resumed { bytes: self.done() }
    }

    /// The bytes of a part.
    fn span(&self, part: u64) -> Range<u64> {
        let size = u64::from(self.part_size);
        let from = part.saturating_mul(size);
        from..from.saturating_add(size)
    }

    /// Up to where everything is written, from the begin.
    fn prefix(&self) -> u64 {
        self.written.gaps(&(self.base..u64::MAX)).first().map_or(u64::MAX, |gap| gap.start)
    }

    /// The byte behind the last one that is wanted, once it is known.
    fn goal(&self) -> Option<u64> {
        let wanted = Some(self.wanted.end).filter(|end| *end != u64::MAX);
        [wanted, self.clip, self.end].into_iter().flatten().min()
    }

    /// Up to where parts may be asked for: never at or behind a known end (FI-33).
    fn limit(&self) -> u64 {
        let known =
            [Some(self.wanted.end), self.size, self.end].into_iter().flatten().min().unwrap_or(0);
        // FI-39: the padding of an encrypted file lies behind what is wanted of it.
        let known = if self.chain.is_some() { self.size.unwrap_or(known) } else { known };
        if self.size.is_some() || self.end.is_some() {
            return known;
        }
        let there =
            self.had.gaps(&(self.wanted.start..u64::MAX)).first().map_or(0, |gap| gap.start);
        let ahead =
            (there / u64::from(self.part_size) + AHEAD).saturating_mul(self.part_size.into());
        known.min(ahead)
    }

    /// What may be asked now, and of whom; and whether it completes what is held. `tight`: only that.
    pub(crate) fn next(&self, now: Duration, tight: bool) -> Option<(Ask, Dc, bool)> {
        if self.stale > 0 {
            return None;
        }
        if !self.control_busy && self.control_at <= now {
            if let Some((part, _)) = self.cdn.as_ref().and_then(|cdn| cdn.missing.front()) {
                return Some((Ask::Reupload(*part), self.dc, true));
            }
            if let Some(at) = self.query {
                return Some((Ask::Hashes(at), self.dc, true));
            }
        }
        let dc = self.parts_dc();
        let part = if tight { self.completing() } else { self.part(now) }?;
        Some((Ask::Part(part), dc, self.completes(part)))
    }

    fn part(&self, now: Duration) -> Option<u64> {
        let due = self.waiting.iter().find(|(_, at)| **at <= now).map(|(part, _)| *part);
        due.or_else(|| self.first_free(self.wanted.start..self.limit()))
    }

    fn first_free(&self, span: Range<u64>) -> Option<u64> {
        let size = u64::from(self.part_size);
        // A part is asked for as a whole, also if only its begin or end is wanted (FI-31).
        let gap = self.taken.gaps(&span).into_iter().next()?;
        Some(gap.start / size)
    }

    /// A part that completes something that is held.
    fn completing(&self) -> Option<u64> {
        if self.ordered && !self.unordered.is_empty() {
            return self.first_free(self.at..self.at.saturating_add(1));
        }
        let ranges =
            self.unverified.spans().into_iter().filter_map(|span| self.hashes.of(span.start));
        ranges
            .filter_map(|(range, _)| self.first_free(range.start..range.end.min(self.limit())))
            .next()
    }

    fn completes(&self, part: u64) -> bool {
        let span = self.span(part);
        if self.ordered && span.contains(&self.at) {
            return true;
        }
        let touches =
            |at: u64| self.hashes.of(at).is_some_and(|(range, _)| self.unverified.touches(&range));
        self.verify && (touches(span.start) || touches(span.end.saturating_sub(1)))
    }

    /// When something that waits may be asked.
    pub(crate) fn wake(&self) -> Option<Duration> {
        let control =
            self.query.is_some() || self.cdn.as_ref().is_some_and(|cdn| !cdn.missing.is_empty());
        let control = (control && !self.control_busy).then_some(self.control_at);
        self.waiting.values().copied().chain(control).min()
    }

    /// Asks.
    pub(crate) fn request(&mut self, ask: Ask) -> Result<Request, FileError> {
        let location = self.location.clone();
        match ask {
            Ask::Part(part) => {
                let (span, limit) = (self.span(part), self.part_size);
                let offset = span.start;
                // FI-30.
                check_request(offset, limit, false)?;
                self.taken.insert(span);
                self.waiting.remove(&part);
                self.flying.insert(part);
                if let Some(cdn) = &self.cdn {
                    return Ok(Request::GetCdnFile {
                        file_token: cdn.token.clone(),
                        offset,
                        limit,
                    });
                }
                if location.kind == Kind::Web {
                    // FI-41: its offsets are numbers of 31 bits.
                    let offset = i32::try_from(offset)
                        .ok()
                        .and_then(|at| u32::try_from(at).ok())
                        .ok_or(FileError::OffsetInvalid { offset })?;
                    return Ok(Request::GetWebFile { location, offset, limit });
                }
                let takeout = self.takeout;
                Ok(Request::GetFile {
                    location,
                    offset,
                    limit,
                    cdn_supported: self.may_cdn,
                    takeout,
                })
            }
            Ask::Hashes(offset) => {
                self.control_busy = true;
                Ok(match &self.cdn {
                    Some(cdn) => {
                        Request::GetCdnFileHashes { file_token: cdn.token.clone(), offset }
                    }
                    None => Request::GetFileHashes { location, offset },
                })
            }
            Ask::Reupload(_) => {
                self.control_busy = true;
                let cdn = self.cdn.as_ref().ok_or(FileError::Unexpected)?;
                let (_, request_token) =
                    cdn.missing.front().cloned().ok_or(FileError::Unexpected)?;
                Ok(Request::ReuploadCdnFile { file_token: cdn.token.clone(), request_token })
            }
        }
    }

    /// The data centre that parts come from.
    pub(crate) fn parts_dc(&self) -> Dc {
        self.cdn.as_ref().map_or(self.dc, |cdn| cdn.dc)
    }

    pub(crate) fn part_size(&self) -> u32 {
        self.part_size
    }

    pub(crate) fn is_at_cdn(&self) -> bool {
        self.cdn.is_some()
    }

    pub(crate) fn may_cdn(&self) -> bool {
        self.may_cdn
    }

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
        self.deliver(offset, bytes.into(), suite)?;
        // What waited for the end may be whole now.
        if self.size.is_none() && got < limit { self.check_all(suite) } else { Ok(()) }
    }

    /// FI-33: the first short answer is the end.
    fn learn_end(&mut self, offset: u64, got: u64, limit: u64) -> Result<(), FileError> {
        if got > 0 {
            self.seen = self.seen.max(offset.saturating_add(got));
        }
        if got < limit {
            let end = offset.saturating_add(got);
            self.end = Some(self.end.map_or(end, |known| known.min(end)));
        }
        match self.end {
            Some(end) if self.seen > end => Err(FileError::BeyondEnd { end, seen: self.seen }),
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
    fn deliver(&mut self, offset: u64, chunk: Chunk, suite: &Suite) -> Result<(), FileError> {
        let span = offset..offset.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        for gap in self.had.gaps(&span) {
            let piece = cut(&chunk, offset, &gap);
            self.had.insert(gap.clone());
            match self.verify || self.cdn.is_some() {
                true => self.unverified.insert(gap.start, &piece),
                false => self.pass(gap.start, &piece, suite)?,
            }
        }
        self.check(&span, suite)
    }

    /// FI-42, FI-53: checks the ranges that a span has bytes of.
    fn check(&mut self, span: &Range<u64>, suite: &Suite) -> Result<(), FileError> {
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
    fn complete_range(&mut self, range: &Range<u64>) {
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

    fn check_all(&mut self, suite: &Suite) -> Result<(), FileError> {
        self.unverified.spans().into_iter().try_for_each(|span| self.check(&span, suite))
    }

    /// FI-53: hashes are asked for once for a place.
    fn want_hash(&mut self, at: u64) -> Result<(), FileError> {
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
    fn mismatch(&mut self, range: &Range<u64>) -> Result<(), FileError> {
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

    fn release_span(&mut self, span: &Range<u64>) {
        let (first, last) = widen(span.start, span.end, self.part_size);
        for part in first..last {
            if !self.flying.contains(&part) && !self.waiting.contains_key(&part) {
                self.release(part);
            }
        }
    }

    /// A part is to be asked for again, as far as it is not here.
    fn release(&mut self, part: u64) {
        self.flying.remove(&part);
        self.waiting.remove(&part);
        for gap in self.had.gaps(&self.span(part)) {
            self.taken.remove(gap);
        }
    }

    /// Bytes that are right: in their order, if that is asked for.
    fn pass(&mut self, offset: u64, chunk: &Chunk, suite: &Suite) -> Result<(), FileError> {
        if !self.ordered {
            self.write(offset, chunk);
            return Ok(());
        }
        self.unordered.insert(offset, chunk);
        while let Some(chunk) = self.unordered.take_at(self.at) {
            let at = self.at;
            self.at = at.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            let Some(chain) = &mut self.chain else {
                self.write(at, &chunk);
                continue;
            };
            let mut plain = chunk.to_vec();
            chain.decrypt(suite, &mut plain).map_err(|_| FileError::Malformed)?;
            self.ivs.insert(self.at, chain.iv());
            self.write(at, &plain.into());
        }
        Ok(())
    }

    /// What is wanted of bytes goes to the disk.
    fn write(&mut self, offset: u64, chunk: &Chunk) {
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

    /// Where in the partial file a byte lies.
    pub(crate) fn position(&self, at: u64) -> u64 {
        at.saturating_sub(self.base)
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

    /// FI-82: whether all is written; with the length.
    pub(crate) fn complete(&self) -> Option<u64> {
        let goal = self.goal()?;
        let is_all = self.writing == 0
            && self.written.covers(&(self.wanted.start..goal.max(self.wanted.start)));
        is_all.then(|| goal.saturating_sub(self.base))
    }

    /// FI-50, FI-51: the file is at a CDN. `round`: which one the request was of.
    pub(crate) fn handle_redirect(
        &mut self,
        part: u64,
        redirect: &Redirect,
        is_allowed: bool,
        round: u32,
    ) -> Result<(), FileError> {
        // FI-50.
        if !is_allowed {
            return Err(FileError::UnexpectedRedirect);
        }
        self.release(part);
        // Others that were asked for meanwhile say the same.
        if self.cdn.is_some() || round < self.round {
            return Ok(());
        }
        self.forget_unverified();
        self.cdn = Some(Cdn::new(redirect)?);
        self.round += 1;
        self.hashes.insert(&redirect.file_hashes)
    }

    /// FI-56: the token is worth nothing any more. Parts that were asked of the CDN are useless.
    pub(crate) fn renew(&mut self) {
        self.leave_cdn();
        if self.round >= MAX_ROUNDS {
            self.may_cdn = false;
        }
    }

    /// Away from the CDN: all that came of it and was not checked, and its hashes, are forgotten.
    fn leave_cdn(&mut self) {
        if let Some(cdn) = self.cdn.take() {
            for (part, _) in cdn.missing {
                self.release(part);
            }
        }
        self.forget_unverified();
    }

    fn forget_unverified(&mut self) {
        for span in self.unverified.spans() {
            self.had.remove(span.clone());
            self.release_span(&span);
        }
        self.unverified.clear();
        self.hashes = Hashes::default();
        self.asked.clear();
        self.query = None;
        self.control_busy = false;
        self.control_tries = 0;
        self.control_at = Duration::ZERO;
    }

    /// FI-55: the CDN does not have a part.
    pub(crate) fn handle_missing(
        &mut self,
        part: u64,
        request_token: Vec<u8>,
    ) -> Result<(), FileError> {
        self.flying.remove(&part);
        let offset = self.span(part).start;
        let tries = self.tries.entry(part).or_default();
        tries.reuploads += 1;
        if tries.reuploads > MAX_REUPLOADS {
            return Err(FileError::NotReuploaded { offset, times: MAX_REUPLOADS });
        }
        let cdn = self.cdn.as_mut().ok_or(FileError::Unexpected)?;
        cdn.missing.push_back((part, request_token));
        Ok(())
    }

    /// FI-55: the CDN has it now.
    pub(crate) fn handle_reuploaded(
        &mut self,
        hashes: &[FileHash],
        suite: &Suite,
    ) -> Result<(), FileError> {
        self.control_done();
        if let Some((part, _)) = self.cdn.as_mut().and_then(|cdn| cdn.missing.pop_front()) {
            self.release(part);
        }
        self.hashes.insert(hashes)?;
        self.check_all(suite)
    }

    /// FI-42, FI-53.
    pub(crate) fn handle_hashes(
        &mut self,
        at: u64,
        hashes: &[FileHash],
        suite: &Suite,
    ) -> Result<(), FileError> {
        self.control_done();
        self.query = None;
        self.asked.insert(at);
        self.hashes.insert(hashes)?;
        self.check_all(suite)
    }

    fn control_done(&mut self) {
        self.control_busy = false;
        self.control_tries = 0;
        self.control_at = Duration::ZERO;
    }

    /// Something is asked again.
    pub(crate) fn again(&mut self, ask: Ask, now: Duration, why: &Why) -> Result<(), FileError> {
        let Ask::Part(part) = ask else {
            self.control_busy = false;
            if let Why::Server(_) | Why::Lost = why {
                self.control_tries += 1;
                self.control_at = now + backoff(self.control_tries);
            }
            return failed(self.control_tries, why);
        };
        let tries = self.tries.entry(part).or_default();
        let times = match why {
            Why::Elsewhere => {
                self.release(part);
                return Ok(());
            }
            Why::Server(_) => {
                tries.failed += 1;
                tries.failed
            }
            Why::Lost => {
                tries.lost += 1;
                tries.lost
            }
        };
        self.flying.remove(&part);
        self.waiting.insert(part, now + backoff(times));
        failed(times, why)
    }

    /// FI-34: the file is elsewhere. Whatever is under way is useless.
    pub(crate) fn moved(&mut self, dc: Dc) {
        self.leave_cdn();
        self.dc = dc;
        self.waiting.clear();
        self.retake();
    }

    /// Only what is here is taken.
    fn retake(&mut self) {
        self.flying.clear();
        self.taken = self.had.clone();
        for part in self.waiting.keys().copied().collect::<Vec<_>>() {
            let span = self.span(part);
            self.taken.insert(span);
        }
    }

    /// FI-61, FI-38: a fresh location. Whether it is that of another file, which begins anew.
    pub(crate) fn relocate(&mut self, location: Location, size: Option<u64>) -> bool {
        let is_other = self.location.id != location.id;
        self.location = location;
        if is_other {
            // No byte of what was there before is kept.
            self.leave_cdn();
            self.unordered.clear();
            (self.had, self.written) = (Spans::default(), Spans::default());
            self.waiting.clear();
            self.tries.clear();
            self.wrong.clear();
            (self.end, self.seen) = (None, 0);
            (self.size, self.clip) = (size.filter(|n| *n > 0), size.filter(|n| *n > 0));
            self.at = widen(self.base, self.base, self.part_size).0 * u64::from(self.part_size);
            self.stale = self.writing;
            self.retake();
        }
        is_other
    }

    /// FI-43: other bytes are wanted. Parts under way outside of them are useless; what is there stays.
    pub(crate) fn seek(&mut self, to: Range<u64>) -> Result<(), FileError> {
        let bound = [self.base_end, self.clip].into_iter().flatten().min().unwrap_or(u64::MAX);
        if self.ordered || to.is_empty() || to.start < self.base || to.end > bound {
            return Err(FileError::Range { from: to.start, to: to.end });
        }
        let (first, last) = widen(to.start, to.end, self.part_size);
        let is_out = |part: &&u64| !(first..last).contains(*part);
        let flying: Vec<u64> = self.flying.iter().filter(is_out).copied().collect();
        let waiting: Vec<u64> = self.waiting.keys().filter(is_out).copied().collect();
        for part in flying.iter().chain(&waiting) {
            self.release(*part);
        }
        self.useless.extend(flying);
        self.wanted = to;
        Ok(())
    }

    /// How many bytes are written and verified, of how many.
    pub(crate) fn done(&self) -> u64 {
        self.written.count(&(self.wanted.start..self.goal().unwrap_or(self.wanted.end)))
    }

    pub(crate) fn total(&self) -> Option<u64> {
        self.goal().map(|goal| goal.saturating_sub(self.wanted.start))
    }

    /// The bytes in memory that are not in flight.
    pub(crate) fn in_hand(&self) -> u64 {
        self.unverified.bytes().saturating_add(self.unordered.bytes()).saturating_add(self.writing)
    }

    /// FI-80: what is kept of it: parts whose writes have returned.
    pub(crate) fn journal(&self) -> Option<Vec<u8>> {
        if !self.has_journal {
            return None;
        }
        let bound =
            [self.base_end, self.clip, self.end].into_iter().flatten().min().unwrap_or(u64::MAX);
        let chain = self
            .chain
            .as_ref()
            .map(|_| self.ivs.range(..=self.prefix()).next_back().map(|(at, iv)| (*at, *iv)));
        let upto = match (&chain, self.ordered) {
            (Some(Some((at, _))), _) => *at,
            (Some(None), _) => self.base,
            (None, true) => self.prefix(),
            (None, false) => self.written.end(),
        };
        let (first, last) = widen(self.base, upto.min(bound), self.part_size);
        let mut parts = vec![0_u8; usize::try_from(last.saturating_sub(first).div_ceil(8)).ok()?];
        for part in first..last {
            let span = self.span(part);
            let span = span.start.max(self.base)..span.end.min(bound);
            let byte = usize::try_from((part - first) / 8).ok().and_then(|at| parts.get_mut(at));
            if let Some(byte) = byte.filter(|_| self.written.covers(&span)) {
                *byte |= 1 << ((part - first) % 8);
            }
        }
        let journal = Journal {
            kind: self.location.kind.to_byte(),
            dc: self.dc.number(),
            id: self.location.id,
            variant: self.location.variant.clone(),
            size: self.clip,
            from: self.base,
            to: self.base_end,
            part_size: self.part_size,
            chain: match chain {
                Some(None) => return None,
                Some(at) => at,
                None => None,
            },
            parts,
        };
        Some(journal.to_bytes())
    }

    /// The iv of the journal needs no others before it.
    pub(crate) fn forget_ivs(&mut self) {
        let prefix = self.prefix();
        if let Some(at) = self.ivs.range(..=prefix).next_back().map(|(at, _)| *at) {
            self.ivs = self.ivs.split_off(&at);
        }
    }
}

fn failed(times: u32, why: &Why) -> Result<(), FileError> {
    match why {
        Why::Server(error) if times > MAX_SERVER_ERRORS => {
            Err(FileError::ServerFailed { times, error: error.clone() })
        }
        Why::Lost if times > MAX_SERVER_ERRORS => Err(FileError::Lost { times }),
        _ => Ok(()),
    }
}

/// A part of a chunk that lies at an offset.
fn cut(chunk: &Chunk, offset: u64, span: &Range<u64>) -> Chunk {
    let index = |at: u64| usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
    chunk.slice(index(span.start)..index(span.end))
}
