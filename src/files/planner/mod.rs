//! The planner: which part goes when, over which connection, and what becomes of it.

mod answers;
mod disk;
mod entry;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::time::Duration;

use crate::crypto::{Entropy, Suite};
use crate::files::download::{Ask, Download, DownloadSpec};
use crate::files::error::FileError;
use crate::files::lanes::{Class, Direction, Lane, Lanes, Limits, Link, SMALL_QUEUE, Spacing};
use crate::files::location::Dc;
use crate::files::output::{
    Begin, Control, Disk, DiskRequest, End, Event, FileId, Outgoing, Token,
};
use crate::files::progress::Teller;
use crate::files::references::Source;
use crate::files::upload::{Upload, UploadSpec, Why};
use crate::time::Now;
use disk::OnDisk;
use entry::{Asking, Barrier, Entry, Fresh, Phase, Transfer, What};

/// Plans transfers of files. It does no I/O: whoever drives it sends what [`poll_request`](Self::poll_request) gives over the
/// connection that it names, does what [`poll_disk`](Self::poll_disk) says, and tells what came of it.
///
/// After each input all `poll_` functions are asked until they give nothing; at the time of [`poll_timeout`](Self::poll_timeout)
/// [`handle_timeout`](Self::handle_timeout) is called.
///
/// ```text
///  add_upload   ─┐                    ┌─ poll_request ──> connections ──> handle_answer, handle_heard
///  add_download ─┼─> files ─> lanes ──┼─ poll_disk ─────> disk ─────────> handle_disk
///  cancel, seek ─┘                    ├─ poll_control ──> connections
///                                     └─ poll_event ────> program ──────> handle_location, handle_ready, handle_sent
/// ```
#[derive(Debug)]
pub struct Planner {
    suite: Suite,
    /// FI-12: the data centre that the account lives in.
    home: Dc,
    lanes: Lanes,
    files: BTreeMap<FileId, Entry>,
    last_id: u64,
    asked: BTreeMap<Token, Asking>,
    disk: VecDeque<DiskRequest>,
    on_disk: BTreeMap<Token, (FileId, OnDisk)>,
    /// Whose journals are to be written.
    journals: BTreeSet<FileId>,
    controls: VecDeque<Control>,
    events: VecDeque<Event>,
    /// Whose progress is to be told.
    moved_on: BTreeSet<FileId>,
    barriers: BTreeMap<Dc, Barrier>,
}

/// FI-76: how many connections may stall for a file, one after the other, before it fails.
pub(crate) const MAX_STALLS: u32 = 8;

impl Planner {
    /// A planner for an account that lives in a data centre.
    #[must_use]
    pub fn new(suite: Suite, home: Dc, limits: Limits) -> Self {
        Self {
            suite,
            home,
            lanes: Lanes::new(limits),
            files: BTreeMap::new(),
            last_id: 0,
            asked: BTreeMap::new(),
            disk: VecDeque::new(),
            on_disk: BTreeMap::new(),
            journals: BTreeSet::new(),
            controls: VecDeque::new(),
            events: VecDeque::new(),
            moved_on: BTreeSet::new(),
            barriers: BTreeMap::new(),
        }
    }

    /// Takes an upload. `entropy` has to be secure: the ids come of it (FI-01).
    ///
    /// # Errors
    ///
    /// What cannot be sent: [`FileError::Empty`], [`FileError::PartSize`], [`FileError::TooManyParts`], [`FileError::NotSmall`].
    pub fn add_upload(
        &mut self,
        now: Now,
        spec: &UploadSpec,
        entropy: &mut dyn Entropy,
    ) -> Result<(FileId, Begin), FileError> {
        let (upload, begin) = Upload::new(spec, now.unix, entropy)?;
        let upload = Transfer::Up(Box::new(upload));
        let file = self.add(upload, spec.size, spec.max_wait, Vec::new());
        // What was kept may be all of it.
        self.settle(file);
        Ok((file, begin))
    }

    /// Takes a download.
    ///
    /// # Errors
    ///
    /// What cannot be asked for so: [`FileError::PartSize`], [`FileError::Location`], [`FileError::Range`].
    pub fn add_download(&mut self, spec: &DownloadSpec) -> Result<(FileId, Begin), FileError> {
        let (download, begin) = Download::new(spec)?;
        let size = spec
            .range
            .as_ref()
            .map(|range| range.end - range.start)
            .or(spec.size.filter(|n| *n > 0));
        let (download, sources) = (Transfer::Down(Box::new(download)), spec.sources.clone());
        let file = self.add(download, size, spec.max_wait, sources);
        self.settle(file);
        Ok((file, begin))
    }

    fn add(
        &mut self,
        transfer: Transfer,
        size: Option<u64>,
        max_wait: Option<Duration>,
        sources: Vec<Source>,
    ) -> FileId {
        self.last_id += 1;
        let file = FileId(self.last_id);
        let is_large = size.is_some_and(|size| size > SMALL_QUEUE);
        let entry = Entry {
            transfer,
            class: Class::of(size),
            is_large,
            phase: Phase::Working,
            accounted: None,
            spacing: Spacing::new(self.lanes.limits.spaced),
            teller: Teller::default(),
            max_wait,
            waited: Duration::ZERO,
            stalls: 0,
            hops: 0,
            journal_busy: false,
            journal_due: false,
            unjournaled: 0,
            fresh: Fresh { sources, ..Fresh::default() },
            asked_for: BTreeSet::new(),
        };
        self.lanes.enter(entry.dc(self.home), entry.direction(), file, is_large);
        self.files.insert(file, entry);
        self.moved_on.insert(file);
        file
    }

    /// FI-85: ends a transfer. Nothing is sent for it afterwards, and what still comes is dropped. Whether there was something to end:
    /// a file that is getting its name gets it.
    pub fn cancel(&mut self, file: FileId, keep: bool) -> bool {
        match self.files.get(&file) {
            Some(entry) if entry.phase != Phase::Finishing => {
                self.end(file, End::Cancelled);
                if !keep {
                    self.give_disk(file, Disk::Discard, None);
                }
                true
            }
            _ => false,
        }
    }

    /// FI-43: other bytes of a download are wanted now. What is there stays, what is under way outside of them is cancelled.
    ///
    /// # Errors
    ///
    /// [`FileError::Range`], [`FileError::Unknown`].
    pub fn seek(&mut self, file: FileId, to: Range<u64>) -> Result<(), FileError> {
        match self.files.get_mut(&file) {
            Some(Entry { transfer: Transfer::Down(download), phase: Phase::Working, .. }) => {
                download.seek(to)?;
            }
            _ => return Err(FileError::Unknown),
        }
        self.settle(file);
        Ok(())
    }

    /// The next request to send.
    pub fn poll_request(&mut self, now: Now) -> Option<Outgoing> {
        self.lanes.promote();
        let turns: Vec<FileId> = self.lanes.active().collect();
        for file in turns {
            match self.ask(file, now.mono) {
                Ok(Some(outgoing)) => {
                    self.lanes.served(file);
                    return Some(outgoing);
                }
                Ok(None) => {}
                Err(error) => self.end(file, End::Failed(error)),
            }
        }
        None
    }

    /// What a file may ask now.
    fn ask(&mut self, file: FileId, now: Duration) -> Result<Option<Outgoing>, FileError> {
        let Some(entry) = self.files.get_mut(&file) else { return Ok(None) };
        if entry.phase != Phase::Working || entry.fresh.is_wanted {
            return Ok(None);
        }
        let direction = entry.direction();
        let candidates = match &entry.transfer {
            Transfer::Up(upload) => {
                let next = upload
                    .next(now)
                    .map(|(part, bytes)| (What::Save(part), self.home, bytes, true));
                [next, None]
            }
            Transfer::Down(download) => [false, true].map(|tight| {
                let (ask, dc, completes) = download.next(now, tight)?;
                let bytes = if matches!(ask, Ask::Part(_)) { download.part_size() } else { 0 };
                Some((What::Get(ask), dc, bytes, completes))
            }),
        };
        for (what, dc, bytes, completes) in candidates.into_iter().flatten() {
            let lane = Lane { dc, direction, class: entry.class };
            // FI-75: what waits is the data centre's direction.
            let waits = self.lanes.paused(dc, direction, now).is_some()
                || self.barriers.get(&dc).is_some_and(|barrier| barrier.waits)
                // FI-73.
                || (bytes > 0 && entry.spacing.at() > now);
            // FI-70.
            if waits || !self.lanes.fits(lane, bytes.into(), completes) {
                continue;
            }
            let (may_redirect, round, is_at_cdn) = match &entry.transfer {
                Transfer::Up(_) => (false, 0, false),
                Transfer::Down(download) => {
                    (download.may_cdn(), download.round, download.is_at_cdn())
                }
            };
            let request = match (&mut entry.transfer, what) {
                (Transfer::Up(upload), What::Save(part)) => {
                    upload.request(part).ok_or(FileError::Unexpected)?
                }
                (Transfer::Down(download), What::Get(ask)) => download.request(ask)?,
                _ => return Err(FileError::Unexpected),
            };
            if bytes > 0 {
                entry.spacing.went(now);
            }
            let fresh = entry.fresh.count;
            let barrier = self.barriers.get(&dc).map_or(0, |barrier| barrier.count);
            let bytes = u64::from(bytes);
            let link = self.lanes.send(lane, bytes, now);
            let asking =
                Asking { file, link, bytes, what, may_redirect, round, is_at_cdn, fresh, barrier };
            let token = self.token();
            self.asked.insert(token, asking);
            self.account(file);
            return Ok(Some(Outgoing { token, file, link, request }));
        }
        Ok(None)
    }

    /// Something to do with connections and calls. What is asked afterwards goes over the connection that takes a replaced one's place, so
    /// this is asked before [`poll_request`](Self::poll_request).
    pub fn poll_control(&mut self) -> Option<Control> {
        self.controls.pop_front()
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        while let Some(file) = self.moved_on.pop_first() {
            if let Some(event) = self.progress(file) {
                return Some(event);
            }
        }
        None
    }

    /// FI-86.
    fn progress(&mut self, file: FileId) -> Option<Event> {
        let entry = self.files.get_mut(&file)?;
        let (done, total) = match &entry.transfer {
            Transfer::Up(upload) => (upload.done(), upload.size()),
            Transfer::Down(download) => (download.done(), download.total()),
        };
        let progress = entry.teller.tell(done, total)?;
        Some(Event::Progress { file, progress })
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, on the monotonic clock, if nothing happens before.
    #[must_use]
    pub fn poll_timeout(&self, now: Now) -> Option<Duration> {
        let times =
            self.lanes.active().filter_map(|file| self.files.get(&file)).flat_map(|entry| {
                let wake = match &entry.transfer {
                    Transfer::Up(upload) => upload.wake(now.mono),
                    Transfer::Down(download) => download.wake(now.mono),
                };
                let pauses = entry
                    .dcs(self.home)
                    .map(|dc| self.lanes.paused(dc, entry.direction(), now.mono));
                [wake, Some(entry.spacing.at())].into_iter().chain(pauses).flatten()
            });
        let later = times.filter(|at| *at > now.mono).min();
        // A connection that has stalled already is due.
        [later, self.lanes.stall_at()].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(link) = self.lanes.stalled(now.mono) {
            self.replace(link, now.mono);
        }
    }

    /// FI-76: something came over a connection, if only a part of an answer.
    pub fn handle_heard(&mut self, now: Now, link: Link) {
        self.lanes.heard(link, now.mono);
    }

    /// FI-76: a connection has stalled. Its parts move to others; those up keep their ids (FI-11).
    fn replace(&mut self, link: Link, now: Duration) {
        self.controls.push_back(Control::Replace(link));
        let dropped = self.drop_asked(|asking| asking.link == link);
        self.lanes.reset(link);
        let files: BTreeSet<FileId> = dropped.iter().map(|asking| asking.file).collect();
        for asking in &dropped {
            if let Err(error) = self.again(asking, now, &Why::Elsewhere) {
                self.end(asking.file, End::Failed(error));
            }
        }
        for file in files {
            let Some(entry) = self.files.get_mut(&file) else { continue };
            entry.stalls += 1;
            let times = entry.stalls;
            match times > MAX_STALLS {
                true => self.end(file, End::Failed(FileError::Stalled { times })),
                false => self.settle(file),
            }
        }
    }

    /// Something is to be asked again.
    fn again(&mut self, asking: &Asking, now: Duration, why: &Why) -> Result<(), FileError> {
        match (self.files.get_mut(&asking.file).map(|entry| &mut entry.transfer), asking.what) {
            (Some(Transfer::Up(upload)), What::Save(part)) => upload.again(part, now, why),
            (Some(Transfer::Down(download)), What::Get(ask)) => download.again(ask, now, why),
            _ => Ok(()),
        }
    }

    /// Nobody waits for some requests any more.
    fn drop_asked(&mut self, is_dropped: impl Fn(&Asking) -> bool) -> Vec<Asking> {
        let tokens: Vec<Token> = self
            .asked
            .iter()
            .filter(|(_, asking)| is_dropped(asking))
            .map(|(token, _)| *token)
            .collect();
        let mut dropped = Vec::new();
        for token in tokens {
            if let Some(asking) = self.asked.remove(&token) {
                self.controls.push_back(Control::Drop(token));
                self.lanes.landed(asking.link, asking.bytes);
                dropped.push(asking);
            }
        }
        dropped
    }

    /// Draws the consequences of whatever a transfer was told.
    fn settle(&mut self, file: FileId) {
        self.write_out(file);
        let useless = match self.files.get_mut(&file).map(|entry| &mut entry.transfer) {
            Some(Transfer::Down(download)) => std::mem::take(&mut download.useless),
            _ => Vec::new(),
        };
        if !useless.is_empty() {
            let is_useless = |part: &u64| useless.contains(part);
            self.drop_asked(|asking| {
                asking.file == file
                    && matches!(&asking.what, What::Get(Ask::Part(part)) if is_useless(part))
            });
        }
        self.account(file);
        self.moved_on.insert(file);
        let Some(entry) = self.files.get_mut(&file).filter(|entry| entry.phase == Phase::Working)
        else {
            return;
        };
        match &entry.transfer {
            Transfer::Up(upload) => {
                // FI-84: whoever hears of it may end the program. What is not on the disk would be sent again.
                let is_kept = !entry.journal_busy && !self.journals.contains(&file);
                let Some(sent) = upload.complete().filter(|_| is_kept) else { return };
                entry.phase = Phase::Uploaded;
                self.lanes.leave(self.home, Direction::Up, file);
                let progress = self.progress(file);
                self.events.extend(progress);
                self.events.push_back(Event::Uploaded { file, sent });
            }
            Transfer::Down(download) => {
                // FI-82. A journal that is being written would come after its removal.
                let Some(length) = download.complete().filter(|_| !entry.journal_busy) else {
                    return;
                };
                entry.phase = Phase::Finishing;
                self.journals.remove(&file);
                self.drop_asked(|asking| asking.file == file);
                self.give_disk(file, Disk::Finish { length }, Some(OnDisk::Finish));
            }
        }
    }

    /// FI-87: tells the lanes what a transfer has in hand.
    fn account(&mut self, file: FileId) {
        let Some(entry) = self.files.get_mut(&file) else { return };
        let (dc, bytes) = match &entry.transfer {
            Transfer::Up(upload) => (self.home, upload.in_hand()),
            Transfer::Down(download) => (download.parts_dc(), download.in_hand()),
        };
        let lane = Lane { dc, direction: entry.direction(), class: entry.class };
        if let Some((lane, bytes)) = entry.accounted.replace((lane, bytes)) {
            self.lanes.let_go(lane, bytes);
        }
        self.lanes.hold(lane, bytes);
    }

    /// FI-86: a transfer has ended; one event says so, the last of its own.
    fn end(&mut self, file: FileId, end: End) {
        self.moved_on.remove(&file);
        let progress = self.progress(file);
        let Some(entry) = self.files.remove(&file) else { return };
        // FI-85: nothing is sent, the window is given back.
        self.drop_asked(|asking| asking.file == file);
        if let Some((lane, bytes)) = entry.accounted {
            self.lanes.let_go(lane, bytes);
        }
        self.lanes.leave(entry.dc(self.home), entry.direction(), file);
        self.journals.remove(&file);
        self.disk.retain(|request| request.file != file);
        self.on_disk.retain(|_, (other, _)| *other != file);
        self.events.extend(progress);
        self.events.push_back(Event::Ended { file, end });
    }

    /// How much is done at a time.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.lanes.limits
    }

    fn token(&mut self) -> Token {
        self.last_id += 1;
        Token(self.last_id)
    }

    /// What is in flight and in hand of a lane, in bytes (FI-70, FI-87).
    #[must_use]
    pub fn under_way(&self, lane: Lane) -> (u64, u64) {
        self.lanes.taken(lane)
    }
}
