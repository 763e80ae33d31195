//! An upload: which parts are read, sent, and at the server. It knows no connections and no times but those of its own waits.
//!
//! ```text
//!            read            send              answered true
//!  (none) ─────────> Ready ────────> Flying ─────────────────> acknowledged
//!                      ^                │ failed, lost, refused
//!                      └── Waiting <────┘
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use crate::crypto::{Entropy, EntropyExt};
use crate::files::digest::Checksum;
use crate::files::error::FileError;
use crate::files::journal::{Kept, UploadState};
use crate::files::output::{Begin, InputFile};
use crate::files::request::{Chunk, Request};
use crate::files::retry::{MAX_SERVER_ERRORS, backoff};
use crate::files::sizes::{Cut, MAX_PARTS, MAX_UPLOAD_PART, is_upload_part};
use crate::files::spans::Spans;
use crate::rpc::RpcError;

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadSpec {
    /// How many bytes; `None` if nobody knows (FI-06).
    pub size: Option<u64>,
    /// Whether it can be read again. Without that, parts cannot be sent again after they were acknowledged.
    pub can_reread: bool,
    /// FI-02: the bytes of a part.
    pub part_size: u32,
    /// FI-03: how many parts the account may send: the server's configuration says it.
    pub max_parts: u32,
    /// FI-04, FI-06: whether it has to go by `upload.saveFilePart`, as photos have.
    pub must_be_small: bool,
    /// FI-15: when the file was changed last, as its file system tells it.
    pub modified: i64,
    /// FI-84: whether a state is to be kept, if it can be read again.
    pub journal: bool,
    /// FI-84: what was kept of it.
    pub resume: Option<Kept>,
    /// FI-75: how long may be waited in all because the server says so; for ever by default.
    pub max_wait: Option<Duration>,
}

impl UploadSpec {
    /// A file of this size, which can be read again.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self {
            size: Some(size),
            can_reread: true,
            part_size: MAX_UPLOAD_PART,
            max_parts: MAX_PARTS,
            must_be_small: false,
            modified: 0,
            journal: false,
            resume: None,
            max_wait: None,
        }
    }

    /// FI-06: a stream that ends nobody knows where.
    #[must_use]
    pub fn stream() -> Self {
        Self { size: None, can_reread: false, ..Self::new(0) }
    }
}

/// FI-20: the methods that take an `InputFile`, beside those that take an `InputMedia` or `InputChatPhoto` with one. After each of them
/// an error goes to [`Planner::handle_send_error`](super::Planner::handle_send_error).
pub const SENDERS: [&str; 15] = [
    "messages.sendMedia",
    "messages.uploadMedia",
    "messages.editMessage",
    "messages.editChatPhoto",
    "messages.sendEncryptedFile",
    "messages.initHistoryImport",
    "channels.editPhoto",
    "stories.sendStory",
    "photos.uploadProfilePhoto",
    "photos.uploadContactProfilePhoto",
    "account.uploadWallPaper",
    "account.uploadTheme",
    "account.uploadRingtone",
    "phone.saveCallLog",
    "messages.uploadImportedMedia",
];

/// FI-10: how often a part is sent again that the server says it did not keep.
pub(crate) const MAX_REFUSED: u32 = 3;

/// FI-14: how often a part that is missing is sent again.
pub(crate) const MAX_MISSING: u32 = 3;

#[derive(Debug)]
pub(crate) struct Upload {
    size: Option<u64>,
    can_reread: bool,
    pub(crate) part_size: u32,
    max_parts: u32,
    is_big: bool,
    modified: i64,
    begun: Duration,
    pub(super) has_journal: bool,
    file_id: i64,
    /// FI-01: the id of a second beginning. There is no third.
    spare: Option<i64>,
    parts: BTreeMap<u32, State>,
    /// Numbers of parts.
    acked: Spans,
    reading: Option<u32>,
    /// FI-06: the part that may be the last, and the number of the last one once it is known.
    held_back: Option<(u32, Chunk)>,
    last: Option<u32>,
    /// Of a stream: the part that is read next.
    next: u32,
    /// How many bytes of a stream were acknowledged.
    streamed: u64,
    checksum: Checksum,
    tries: BTreeMap<u32, Tries>,
    missing: BTreeMap<u32, u32>,
}

#[derive(Debug)]
enum State {
    Ready(Chunk),
    Flying(Chunk),
    Waiting(Duration, Chunk),
}

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    refused: u32,
    failed: u32,
    lost: u32,
}

/// Why a part goes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// The server's own error.
    Server(RpcError),
    /// The connection ended.
    Lost,
    /// A pause, a connection that was replaced, a login: nothing is counted.
    Elsewhere,
}

impl Upload {
    pub(crate) fn new(
        spec: &UploadSpec,
        unix: Duration,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Begin), FileError> {
        let cut =
            spec.size.map(|size| Cut::new(size, spec.part_size, spec.max_parts)).transpose()?;
        if !is_upload_part(spec.part_size) {
            return Err(FileError::PartSize { part_size: spec.part_size });
        }
        // FI-04, FI-06.
        let is_big = cut.is_none_or(|cut| cut.is_big);
        if spec.must_be_small && is_big {
            return Err(FileError::NotSmall);
        }
        let file_id = new_id(entropy);
        let mut upload = Self {
            size: spec.size,
            can_reread: spec.can_reread,
            part_size: spec.part_size,
            max_parts: spec.max_parts,
            is_big,
            modified: spec.modified,
            begun: unix,
            has_journal: spec.journal && spec.can_reread && spec.size.is_some(),
            file_id,
            spare: Some(new_id(entropy)).filter(|spare| *spare != file_id),
            parts: BTreeMap::new(),
            acked: Spans::default(),
            reading: None,
            held_back: None,
            last: cut.map(|cut| cut.parts.saturating_sub(1)),
            next: 0,
            streamed: 0,
            checksum: Checksum::from_begin(),
            tries: BTreeMap::new(),
            missing: BTreeMap::new(),
        };
        let begin = match (&spec.resume, spec.size) {
            (Some(kept), Some(size)) if spec.can_reread => {
                let state = UploadState::resume(kept, size, spec.modified, spec.part_size, unix);
                match state.map(|state| upload.resume(state)) {
                    Ok(bytes) => Begin::Resumed { bytes },
                    Err(why) => Begin::AnewBecause(why),
                }
            }
            _ => Begin::Anew,
        };
        Ok((upload, begin))
    }

    /// FI-84.
    fn resume(&mut self, state: UploadState) -> u64 {
        self.file_id = state.file_id;
        self.begun = state.begun;
        self.acked.insert(0..u64::from(state.ready).min(self.count().unwrap_or(0).into()));
        // FI-09: what was sent before is not read again.
        self.checksum = if state.ready == 0 { Checksum::from_begin() } else { Checksum::none() };
        self.done()
    }

    /// How many parts there are, once that is known.
    fn count(&self) -> Option<u32> {
        self.last.and_then(|last| last.checked_add(1))
    }

    fn is_acked(&self, part: u32) -> bool {
        self.acked.covers(&(u64::from(part)..u64::from(part) + 1))
    }

    /// What is to be read: the part, where, how many bytes; and whether it has to be, for anything to go on.
    pub(crate) fn read(&self) -> Option<(u32, u64, usize, bool)> {
        if self.reading.is_some() {
            return None;
        }
        let length = usize::try_from(self.part_size).ok()?;
        let Some(size) = self.size else {
            // FI-06: the last part is told by the end behind it.
            let waits = self.held_back.is_some() && self.parts.is_empty();
            let offset = u64::from(self.next) * u64::from(self.part_size);
            return self.last.is_none().then_some((self.next, offset, length, waits));
        };
        let count = self.count()?;
        let unread = |part: &u32| !self.is_acked(*part) && !self.parts.contains_key(part);
        // Most of them lie behind what is acknowledged already.
        let from = self.acked.first_gap(&(0..count.into())).map_or(count.into(), |gap| gap.start);
        let part = (u32::try_from(from).ok()?..count).find(unread)?;
        let cut = Cut { part_size: self.part_size, parts: count, is_big: self.is_big };
        let (offset, length) = cut.part(part, size)?;
        // FI-15: a byte behind the end would show that the file has grown.
        let beyond = usize::from(part + 1 == count);
        Some((part, offset, usize::try_from(length).ok()? + beyond, false))
    }

    /// A read has begun.
    pub(crate) fn reads(&mut self, part: u32) {
        self.reading = Some(part);
    }

    /// It has ended.
    pub(crate) fn handle_read(
        &mut self,
        bytes: Vec<u8>,
        length: Option<u64>,
    ) -> Result<(), FileError> {
        let Some(part) = self.reading.take() else { return Ok(()) };
        let offset = u64::from(part) * u64::from(self.part_size);
        let got = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let Some(size) = self.size else { return self.handle_stream(part, bytes) };
        // FI-15: at every part, not at the last alone.
        let expected = size.saturating_sub(offset).min(self.part_size.into());
        if got != expected || length.is_some_and(|length| length != size) {
            return Err(FileError::SourceChanged);
        }
        if !self.is_big {
            self.checksum.update(offset, &bytes);
        }
        self.parts.insert(part, State::Ready(bytes.into()));
        Ok(())
    }

    /// FI-06: one full part is held back until it is known whether it is the last, which so is never empty.
    fn handle_stream(&mut self, part: u32, bytes: Vec<u8>) -> Result<(), FileError> {
        let full = usize::try_from(self.part_size).unwrap_or(usize::MAX);
        if bytes.len() > full {
            return Err(FileError::SourceChanged);
        }
        let (is_end, is_full) = (bytes.is_empty(), bytes.len() == full);
        // FI-08.
        if is_end && self.held_back.is_none() {
            return Err(FileError::Empty);
        }
        // FI-03.
        if !is_end && part >= self.max_parts {
            let parts = u64::from(part) + 1;
            return Err(FileError::TooManyParts { parts, max_parts: self.max_parts });
        }
        if let Some((before, chunk)) = self.held_back.take() {
            self.parts.insert(before, State::Ready(chunk));
            if is_end {
                self.last = Some(before);
            }
        }
        if is_full {
            self.held_back = Some((part, bytes.into()));
        } else if !is_end {
            self.parts.insert(part, State::Ready(bytes.into()));
            self.last = Some(part);
        }
        self.next = part.saturating_add(1);
        Ok(())
    }

    /// The part that goes next.
    pub(crate) fn next(&self, now: Duration) -> Option<(u32, u32)> {
        let goes = |(part, state): (&u32, &State)| match state {
            State::Ready(chunk) => Some((*part, chunk.len())),
            State::Waiting(at, chunk) if *at <= now => Some((*part, chunk.len())),
            _ => None,
        };
        let mut ready = self.parts.iter().filter_map(goes);
        let (part, length) = ready.find(|(part, _)| self.may_go(*part))?;
        Some((part, u32::try_from(length).ok()?))
    }

    /// FI-07: the end of a stream goes when all before it is at the server.
    fn may_go(&self, part: u32) -> bool {
        let is_end_of_stream = self.size.is_none() && self.last == Some(part);
        !is_end_of_stream || self.acked.covers(&(0..part.into()))
    }

    /// A part goes.
    pub(crate) fn request(&mut self, part: u32) -> Option<Request> {
        let state = self.parts.get_mut(&part)?;
        let (State::Ready(bytes) | State::Waiting(_, bytes) | State::Flying(bytes)) = state;
        let bytes = bytes.clone();
        *state = State::Flying(bytes.clone());
        let file_id = self.file_id;
        if !self.is_big {
            return Some(Request::SaveFilePart { file_id, part, bytes });
        }
        // FI-05, FI-06.
        let is_told = self.size.is_some() || self.last == Some(part);
        let total = self.count().filter(|_| is_told);
        Some(Request::SaveBigFilePart { file_id, part, total, bytes })
    }

    /// FI-10: the answer to a part.
    pub(crate) fn handle_saved(
        &mut self,
        part: u32,
        is_kept: bool,
        now: Duration,
    ) -> Result<(), FileError> {
        if is_kept {
            if let Some(State::Flying(bytes)) = self.parts.remove(&part) {
                self.streamed =
                    self.streamed.saturating_add(u64::try_from(bytes.len()).unwrap_or(0));
            }
            self.tries.remove(&part);
            self.acked.insert(part.into()..u64::from(part) + 1);
            return Ok(());
        }
        let tries = self.tries.entry(part).or_default();
        tries.refused += 1;
        let times = tries.refused;
        if times > MAX_REFUSED {
            return Err(FileError::NotKept { part, times });
        }
        self.wait(part, now.saturating_add(backoff(times)));
        Ok(())
    }

    /// FI-11: a part goes again, under the same id.
    pub(crate) fn again(&mut self, part: u32, now: Duration, why: &Why) -> Result<(), FileError> {
        let tries = self.tries.entry(part).or_default();
        let wait = match why {
            Why::Elsewhere => Duration::ZERO,
            Why::Server(error) => {
                tries.failed += 1;
                if tries.failed > MAX_SERVER_ERRORS {
                    return Err(FileError::ServerFailed {
                        times: tries.failed,
                        error: error.clone(),
                    });
                }
                backoff(tries.failed)
            }
            Why::Lost => {
                tries.lost += 1;
                if tries.lost > MAX_SERVER_ERRORS {
                    return Err(FileError::Lost { times: tries.lost });
                }
                backoff(tries.lost)
            }
        };
        self.wait(part, now.saturating_add(wait));
        Ok(())
    }

    fn wait(&mut self, part: u32, at: Duration) {
        if let Some(state) = self.parts.get_mut(&part) {
            let (State::Ready(bytes) | State::Waiting(_, bytes) | State::Flying(bytes)) = &*state;
            *state = State::Waiting(at, bytes.clone());
        }
    }

    /// When a part that waits may go, after `now`.
    pub(crate) fn wake(&self, now: Duration) -> Option<Duration> {
        let at = |state: &State| match state {
            State::Waiting(at, _) => Some(*at).filter(|at| *at > now),
            _ => None,
        };
        self.parts.values().filter_map(at).min()
    }

    /// Whether all parts are at the server; with what is sent then.
    pub(crate) fn complete(&self) -> Option<InputFile> {
        let parts = self.count().filter(|count| self.acked.covers(&(0..(*count).into())))?;
        let md5 = match self.size {
            Some(size) if !self.is_big => self.checksum.clone().text(size),
            _ => String::new(),
        };
        Some(InputFile { file_id: self.file_id, parts, is_big: self.is_big, md5 })
    }

    /// FI-14: a part is not at the server, it says. Whether there is such a part.
    pub(crate) fn resend(&mut self, part: i64) -> Result<bool, FileError> {
        let Some(number) =
            u32::try_from(part).ok().filter(|n| self.count().is_some_and(|count| *n < count))
        else {
            return Ok(false);
        };
        if !self.can_reread || self.size.is_none() {
            return Err(FileError::SourceGone);
        }
        let times = self.missing.entry(number).or_default();
        *times += 1;
        if *times > MAX_MISSING {
            return Err(FileError::PartMissing { part });
        }
        self.acked.remove(number.into()..u64::from(number) + 1);
        Ok(true)
    }

    /// FI-14: all goes again, under another id (FI-01). Whether it may: that is so once.
    pub(crate) fn restart(&mut self, unix: Duration) -> Result<bool, FileError> {
        if !self.can_reread || self.size.is_none() {
            return Err(FileError::SourceGone);
        }
        let Some(id) = self.spare.take() else { return Ok(false) };
        self.file_id = id;
        self.begun = unix;
        self.parts.clear();
        self.tries.clear();
        self.missing.clear();
        self.acked = Spans::default();
        self.reading = None;
        self.checksum = Checksum::from_begin();
        Ok(true)
    }

    /// How many bytes are at the server.
    pub(crate) fn done(&self) -> u64 {
        if self.size.is_none() {
            return self.streamed;
        }
        let parts = self.acked.count(&(0..u64::MAX));
        let bytes = parts.saturating_mul(self.part_size.into());
        match (self.size, self.last) {
            // The last part is shorter.
            (Some(size), Some(last)) if self.is_acked(last) => {
                let short =
                    u64::from(last + 1).saturating_mul(self.part_size.into()).saturating_sub(size);
                bytes.saturating_sub(short)
            }
            _ => bytes,
        }
    }

    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The bytes in memory that are not in flight.
    pub(crate) fn in_hand(&self) -> u64 {
        let held = |state: &State| match state {
            State::Ready(chunk) | State::Waiting(_, chunk) => chunk.len(),
            State::Flying(_) => 0,
        };
        let reading = if self.reading.is_some() { u64::from(self.part_size) } else { 0 };
        let held: usize = self.parts.values().map(held).sum();
        let back = self.held_back.as_ref().map_or(0, |(_, chunk)| chunk.len());
        reading.saturating_add(u64::try_from(held + back).unwrap_or(u64::MAX))
    }

    /// FI-84: what is kept of it.
    pub(crate) fn journal(&self) -> Option<Kept> {
        let size = self.size.filter(|_| self.has_journal)?;
        let ready = self
            .acked
            .first_gap(&(0..u64::from(self.count()?)))
            .map_or(self.count()?.into(), |gap| gap.start);
        let state = UploadState {
            file_id: self.file_id,
            part_size: self.part_size,
            size,
            modified: self.modified,
            is_big: self.is_big,
            begun: self.begun,
            ready: u32::try_from(ready).ok()?,
        };
        Some(state.to_bytes())
    }
}

/// FI-01: eight random bytes that are not all zero.
fn new_id(entropy: &mut dyn Entropy) -> i64 {
    loop {
        let id = i64::from_le_bytes(entropy.array());
        if id != 0 {
            return id;
        }
    }
}
