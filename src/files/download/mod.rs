//! A download: which parts are asked for, what their bytes go through, and what was written. It knows no connections.
//!
//! ```text
//!  answer ─ length (FI-32, FI-33) ─ CDN's cipher (FI-52) ─ hashes (FI-42, FI-53) ─ order, IGE (FI-39) ─ write ─ journal (FI-80)
//! ```

mod arrive;
mod elsewhere;
mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use crate::crypto::Secret;
use crate::crypto::file::Chain;
use crate::files::cdn::Cdn;
use crate::files::error::FileError;
use crate::files::hashes::{Hashes, Held};
use crate::files::journal::Kept;
use crate::files::location::{Dc, Kind, Location};
use crate::files::output::Begin;
use crate::files::references::Source;
use crate::files::request::{Chunk, Request};
use crate::files::retry::{MAX_SERVER_ERRORS, backoff};
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
    pub resume: Option<(Kept, u64)>,
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
    pub(in crate::files) has_journal: bool,
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
    /// FI-33: the end, as answers told it.
    end: Option<u64>,
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
    ivs: BTreeMap<u64, Secret<32>>,
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
            // Of an end that a CDN tells no hash says that it is the end, so a file of unknown size is not asked of one.
            may_cdn: spec.cdn && kind.may_be_at_cdn() && size.is_some(),
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

    /// The bytes of a part.
    fn span(&self, part: u64) -> Range<u64> {
        let size = u64::from(self.part_size);
        let from = part.saturating_mul(size);
        from..from.saturating_add(size)
    }

    /// The byte behind the last one that is wanted, once it is known.
    fn goal(&self) -> Option<u64> {
        let wanted = Some(self.wanted.end).filter(|end| *end != u64::MAX);
        [wanted, self.clip, self.end].into_iter().flatten().min()
    }

    /// Up to where parts may be asked for of what is wanted.
    fn limit(&self) -> u64 {
        // FI-39: the padding of an encrypted file lies behind what is wanted of it.
        if self.chain.is_some() && self.size.is_some() {
            return self.edge();
        }
        self.edge().min(self.wanted.end)
    }

    /// Up to where parts may be asked for at all: never at or behind a known end (FI-33).
    fn edge(&self) -> u64 {
        if let Some(end) = [self.size, self.end].into_iter().flatten().min() {
            return end;
        }
        let there = self.had.first_gap(&(self.wanted.start..u64::MAX)).map_or(0, |gap| gap.start);
        (there / u64::from(self.part_size))
            .saturating_add(AHEAD)
            .saturating_mul(self.part_size.into())
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
        // FI-55: a CDN that lacks parts is asked for no others until it has them.
        if self.cdn.as_ref().is_some_and(|cdn| !cdn.missing.is_empty()) {
            return None;
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
        let gap = self.taken.first_gap(&span)?;
        Some(gap.start / size)
    }

    /// A part that completes something that is held: also one beside what is wanted, if a range of hashes lies across its border.
    fn completing(&self) -> Option<u64> {
        if self.ordered
            && !self.unordered.is_empty()
            && let Some(part) = self.first_free(self.at..self.at.saturating_add(1))
        {
            return Some(part);
        }
        let ranges =
            self.unverified.spans().into_iter().filter_map(|span| self.hashes.of(span.start));
        ranges
            .filter_map(|(range, _)| self.first_free(range.start..range.end.min(self.edge())))
            .next()
    }

    fn completes(&self, part: u64) -> bool {
        let span = self.span(part);
        if self.ordered && span.contains(&self.at) {
            return true;
        }
        let touches =
            |at: u64| self.hashes.of(at).is_some_and(|(range, _)| self.unverified.touches(&range));
        touches(span.start) || touches(span.end.saturating_sub(1))
    }

    /// When something that waits may be asked, after `now`.
    pub(crate) fn wake(&self, now: Duration) -> Option<Duration> {
        let lacks = self.cdn.as_ref().is_some_and(|cdn| !cdn.missing.is_empty());
        let control = (lacks || self.query.is_some()) && !self.control_busy;
        let times = self.waiting.values().copied().chain(control.then_some(self.control_at));
        // A part whose time has come may have to wait for what the CDN lacks.
        times.filter(|at| *at > now).min()
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

    /// A part is to be asked for again, as far as it is not here.
    fn release(&mut self, part: u64) {
        self.flying.remove(&part);
        self.waiting.remove(&part);
        for gap in self.had.gaps(&self.span(part)) {
            self.taken.remove(gap);
        }
    }

    /// Where in the partial file a byte lies.
    pub(crate) fn position(&self, at: u64) -> u64 {
        at.saturating_sub(self.base)
    }

    /// FI-82: whether all is written; with the length.
    pub(crate) fn complete(&self) -> Option<u64> {
        let goal = self.goal()?;
        let is_all = self.writing == 0
            && self.written.covers(&(self.wanted.start..goal.max(self.wanted.start)));
        is_all.then(|| goal.saturating_sub(self.base))
    }

    /// Something is asked again.
    pub(crate) fn again(&mut self, ask: Ask, now: Duration, why: &Why) -> Result<(), FileError> {
        let Ask::Part(part) = ask else {
            self.control_busy = false;
            if let Why::Server(_) | Why::Lost = why {
                self.control_tries += 1;
                self.control_at = now.saturating_add(backoff(self.control_tries));
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
        self.waiting.insert(part, now.saturating_add(backoff(times)));
        failed(times, why)
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
