//! What answers and errors do to transfers.

use std::time::Duration;

use super::Planner;
use super::entry::{Asking, Need, Phase, Transfer, What};
use crate::files::download::Ask;
use crate::files::error::FileError;
use crate::files::lanes::Direction;
use crate::files::location::{Dc, Location};
use crate::files::output::{End, Event, Failure, FileId, Sending, Token};
use crate::files::planner::disk::OnDisk;
use crate::files::request::Answer;
use crate::files::retry::{Asked, Context, Reaction, reaction};
use crate::files::upload::Why;
use crate::rpc::RpcError;
use crate::time::Now;

/// FI-34 (CF-16): how often a file is sent on to another data centre.
pub(crate) const MAX_HOPS: u32 = 3;

/// FI-61: how long a fresh reference holds at least, as TDLib has it.
const REFERENCE_HOLDS: Duration = Duration::from_secs(60);

impl Planner {
    /// What came of a request. Answers to what was dropped are ignored (FI-85).
    pub fn handle_answer(&mut self, now: Now, token: Token, answer: Result<Answer, Failure>) {
        let Some(asking) = self.asked.remove(&token) else { return };
        self.lanes.landed(asking.link, asking.bytes);
        self.lanes.heard(asking.link, now.mono);
        let result = match answer {
            Ok(answer) => self.answered(now.mono, &asking, answer),
            Err(failure) => self.failed(now, &asking, &failure),
        };
        match result {
            Ok(()) => self.settle(asking.file),
            Err(error) => self.end(asking.file, End::Failed(error)),
        }
    }

    fn answered(
        &mut self,
        now: Duration,
        asking: &Asking,
        answer: Answer,
    ) -> Result<(), FileError> {
        let file = asking.file;
        let suite = self.suite.clone();
        let Some(entry) = self.files.get_mut(&file) else { return Ok(()) };
        // FI-76: a part came.
        entry.stalls = 0;
        match (&mut entry.transfer, asking.what, answer) {
            (Transfer::Up(upload), What::Save(part), Answer::Saved(is_kept)) => {
                upload.handle_saved(part, is_kept, now)?;
                // FI-84: after the acknowledgement.
                self.journal(file);
                Ok(())
            }
            (Transfer::Down(download), What::Get(ask), answer) => match (ask, answer) {
                (Ask::Part(part), Answer::File { bytes }) if !asking.is_at_cdn => {
                    download.handle_bytes(part, bytes, &suite)
                }
                (Ask::Part(part), Answer::WebFile { size, bytes }) if !asking.is_at_cdn => {
                    download.handle_size(size)?;
                    download.handle_bytes(part, bytes, &suite)
                }
                (Ask::Part(part), Answer::CdnRedirect(redirect)) if !asking.is_at_cdn => {
                    download.handle_redirect(part, &redirect, asking.may_redirect, asking.round)
                }
                (Ask::Part(part), Answer::CdnFile { bytes }) if asking.is_at_cdn => {
                    download.handle_cdn_bytes(part, bytes, &suite)
                }
                (Ask::Part(part), Answer::CdnReuploadNeeded { request_token })
                    if asking.is_at_cdn =>
                {
                    download.handle_missing(part, request_token)
                }
                (Ask::Hashes(at), Answer::Hashes(hashes)) => {
                    download.handle_hashes(at, &hashes, &suite)
                }
                (Ask::Reupload(_), Answer::Hashes(hashes)) => {
                    download.handle_reuploaded(&hashes, &suite)
                }
                _ => Err(FileError::Unexpected),
            },
            _ => Err(FileError::Unexpected),
        }
    }

    fn failed(&mut self, now: Now, asking: &Asking, failure: &Failure) -> Result<(), FileError> {
        let at = now.mono;
        let error = match failure {
            Failure::Rpc(error) => error,
            // FI-11.
            Failure::Lost => return self.again(asking, at, &Why::Lost),
            Failure::Malformed => return Err(FileError::Malformed),
        };
        let lane = asking.link.lane;
        let kind = self.files.get(&asking.file).and_then(|entry| match &entry.transfer {
            Transfer::Down(download) => Some(download.location.kind),
            Transfer::Up(_) => None,
        });
        let context = Context { asked: asking.asked(), kind, is_home: lane.dc == self.home };
        match reaction(error, context) {
            Reaction::Pause(wait) => {
                // FI-75: the same part at the same offset, later.
                self.again(asking, at, &Why::Elsewhere)?;
                self.pause(at, lane.dc, lane.direction, wait);
                Ok(())
            }
            Reaction::Again => self.again(asking, at, &Why::Server(error.clone())),
            Reaction::Migrate(number) => self.migrate(asking, at, number),
            Reaction::Refresh => self.refresh(asking, at),
            Reaction::Reload => self.reload(asking, at, error),
            Reaction::RenewToken => {
                self.renew_token(asking, at);
                Ok(())
            }
            Reaction::SendAll => self.restart(asking.file, now, error),
            Reaction::TransferLogin => self.barrier(asking, at, Need::Login, error),
            Reaction::AskConfig => self.barrier(asking, at, Need::Config, error),
            Reaction::WaitTooLong(seconds) => Err(FileError::Wait { seconds }),
            Reaction::Late(seconds) => Err(FileError::Late { seconds }),
            Reaction::SendPart(_) | Reaction::Fail => Err(FileError::Rpc(error.clone())),
        }
    }

    /// FI-75: the whole direction of the data centre pauses. Parts that are in flight are not cancelled.
    fn pause(&mut self, now: Duration, dc: Dc, direction: Direction, wait: Duration) {
        let until = now.saturating_add(wait);
        let Some(longer) = self.lanes.pause(dc, direction, now, until) else { return };
        self.events.push_back(Event::Waiting { dc, direction, until });
        let home = self.home;
        let mut tired = Vec::new();
        for (file, entry) in &mut self.files {
            if entry.direction() != direction
                || !entry.dcs(home).any(|of| of == dc)
                || entry.phase != Phase::Working
            {
                continue;
            }
            entry.waited = entry.waited.saturating_add(longer);
            if entry.max_wait.is_some_and(|max| entry.waited > max) {
                tired.push(*file);
            }
        }
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        for file in tired {
            self.end(file, End::Failed(FileError::Wait { seconds }));
        }
    }

    /// FI-34: all parts of the file move.
    fn migrate(&mut self, asking: &Asking, now: Duration, number: i64) -> Result<(), FileError> {
        let file = asking.file;
        let Some(entry) = self.files.get_mut(&file) else { return Ok(()) };
        let old = entry.dc(self.home);
        // It has moved since this was asked.
        if old != asking.link.lane.dc {
            return self.again(asking, now, &Why::Elsewhere);
        }
        let dc = Dc::new(number)?;
        entry.hops += 1;
        if entry.hops > MAX_HOPS {
            return Err(FileError::TooManyHops { hops: MAX_HOPS });
        }
        let is_large = entry.is_large;
        if let Transfer::Down(download) = &mut entry.transfer {
            download.moved(dc);
        }
        self.drop_asked(|other| other.file == file);
        self.lanes.leave(old, Direction::Down, file);
        self.lanes.enter(dc, Direction::Down, file, is_large);
        self.events.push_back(Event::Moved { file, dc });
        Ok(())
    }

    /// FI-60, FI-61: one at a time for a file; other parts wait.
    fn refresh(&mut self, asking: &Asking, now: Duration) -> Result<(), FileError> {
        self.again(asking, now, &Why::Elsewhere)?;
        let Some(entry) = self.files.get_mut(&asking.file) else { return Ok(()) };
        // It was sent with a reference that is another one by now.
        if entry.fresh.is_wanted || asking.fresh < entry.fresh.count {
            return Ok(());
        }
        if entry.fresh.at.is_some_and(|at| now < at.saturating_add(REFERENCE_HOLDS)) {
            return Err(FileError::ReferenceRefused);
        }
        (entry.fresh.tried, entry.fresh.was_same) = (0, false);
        self.want_location(asking.file)
    }

    /// FI-38: once.
    fn reload(
        &mut self,
        asking: &Asking,
        now: Duration,
        error: &RpcError,
    ) -> Result<(), FileError> {
        self.again(asking, now, &Why::Elsewhere)?;
        let Some(entry) = self.files.get_mut(&asking.file) else { return Ok(()) };
        if entry.fresh.is_wanted || asking.fresh < entry.fresh.count {
            return Ok(());
        }
        if entry.fresh.reloaded.replace(error.clone()).is_some() {
            return Err(FileError::Rpc(error.clone()));
        }
        (entry.fresh.tried, entry.fresh.was_same) = (0, false);
        self.want_location(asking.file)
    }

    /// FI-61: the sources are asked one after the other.
    fn want_location(&mut self, file: FileId) -> Result<(), FileError> {
        let Some(entry) = self.files.get_mut(&file) else { return Ok(()) };
        let fresh = &mut entry.fresh;
        let Some(source) = fresh.sources.get(fresh.tried).cloned() else {
            return Err(match &fresh.reloaded {
                // It has no reference that could have expired.
                Some(error) => FileError::Rpc(error.clone()),
                None if fresh.was_same => FileError::ReferenceRefused,
                None => FileError::NoReference,
            });
        };
        fresh.tried += 1;
        fresh.is_wanted = true;
        self.events.push_back(Event::LocationWanted { file, source });
        Ok(())
    }

    /// What a source gave: a location, and the size if that is known; `None` if it gave nothing.
    pub fn handle_location(
        &mut self,
        now: Now,
        file: FileId,
        found: Option<(Location, Option<u64>)>,
    ) {
        let Some(entry) = self.files.get_mut(&file).filter(|entry| entry.fresh.is_wanted) else {
            return;
        };
        entry.fresh.is_wanted = false;
        let Transfer::Down(download) = &mut entry.transfer else { return };
        let found = match found {
            // FI-61: what the server has refused it will refuse again.
            Some((location, _)) if location == download.location => {
                entry.fresh.was_same = true;
                None
            }
            found => found,
        };
        let Some((location, size)) = found else {
            if let Err(error) = self.want_location(file) {
                self.end(file, End::Failed(error));
            }
            return;
        };
        // FI-61: no byte of another file.
        if !download.location.is_same_file(&location) {
            return self.end(file, End::Failed(FileError::OtherFile));
        }
        let is_other = download.relocate(location, size);
        entry.fresh.count += 1;
        entry.fresh.at = Some(now.mono);
        if is_other {
            self.drop_asked(|asking| asking.file == file);
            self.journal(file);
        }
        self.settle(file);
    }

    /// FI-56: to the file's data centre again, for another token. Parts in flight with the old one are dropped.
    fn renew_token(&mut self, asking: &Asking, now: Duration) {
        let file = asking.file;
        let mut dropped = self.drop_asked(|other| other.file == file && other.is_at_cdn);
        if let Some(Transfer::Down(download)) =
            self.files.get_mut(&file).map(|entry| &mut entry.transfer)
        {
            download.renew();
            for other in dropped.drain(..).map(|other| other.what).chain([asking.what]) {
                if let What::Get(ask @ Ask::Part(_)) = other {
                    // Nothing is counted, so nothing fails.
                    let _ = download.again(ask, now, &Why::Elsewhere);
                }
            }
        }
    }

    /// Nothing more is sent to a data centre until a login was taken there, or its address is known. Once for each file.
    fn barrier(
        &mut self,
        asking: &Asking,
        now: Duration,
        need: Need,
        error: &RpcError,
    ) -> Result<(), FileError> {
        self.again(asking, now, &Why::Elsewhere)?;
        let dc = asking.link.lane.dc;
        let Some(entry) = self.files.get_mut(&asking.file) else { return Ok(()) };
        let barrier = self.barriers.entry(dc).or_default();
        // It was sent before that was done.
        if asking.barrier < barrier.count {
            return Ok(());
        }
        if !barrier.waits {
            if !entry.asked_for.insert((dc, need)) {
                return Err(FileError::Rpc(error.clone()));
            }
            barrier.waits = true;
            barrier.error = Some(FileError::Rpc(error.clone()));
            self.events.push_back(match need {
                Need::Login => Event::LoginWanted { dc },
                Need::Config => Event::ConfigWanted { dc },
            });
        }
        Ok(())
    }

    /// What a data centre waited for was done, or could not be: then its transfers fail.
    pub fn handle_ready(&mut self, dc: Dc, is_done: bool) {
        let Some(barrier) = self.barriers.get_mut(&dc).filter(|barrier| barrier.waits) else {
            return;
        };
        barrier.waits = false;
        barrier.count += 1;
        let error = barrier.error.take();
        let Some(error) = error.filter(|_| !is_done) else { return };
        let home = self.home;
        let concerned = |entry: &super::Entry| {
            entry.phase == Phase::Working && entry.dcs(home).any(|of| of == dc)
        };
        let files: Vec<FileId> = self
            .files
            .iter()
            .filter(|(_, entry)| concerned(entry))
            .map(|(file, _)| *file)
            .collect();
        for file in files {
            self.end(file, End::Failed(error.clone()));
        }
    }

    /// FI-14: everything is sent again, under another id.
    fn restart(&mut self, file: FileId, now: Now, error: &RpcError) -> Result<(), FileError> {
        self.drop_asked(|asking| asking.file == file);
        self.disk.retain(|request| request.file != file);
        self.on_disk.retain(|_, (other, what)| *other != file || *what != OnDisk::Read);
        let Some(entry) = self.files.get_mut(&file) else { return Ok(()) };
        let Transfer::Up(upload) = &mut entry.transfer else { return Ok(()) };
        if !upload.restart(now.unix)? {
            return Err(FileError::Rpc(error.clone()));
        }
        self.journal(file);
        Ok(())
    }

    /// FI-14, FI-20: a method that was given uploaded files has answered with an error. All of them are named: of a file and its thumb
    /// the error does not say which it means.
    pub fn handle_send_error(&mut self, now: Now, files: &[FileId], error: &RpcError) -> Sending {
        let is_ours = |file: &FileId| {
            self.files.get(file).is_some_and(|e| {
                e.phase == Phase::Uploaded && matches!(e.transfer, Transfer::Up(_))
            })
        };
        if files.is_empty() || !files.iter().all(is_ours) {
            return Sending::Failed(FileError::Unknown);
        }
        let context = Context { asked: Asked::Send, kind: None, is_home: true };
        let result = match reaction(error, context) {
            Reaction::SendPart(part) => self.resend(files, part),
            Reaction::SendAll => files.iter().try_for_each(|file| self.restart(*file, now, error)),
            _ => return Sending::NotOurs,
        };
        if let Err(error) = result {
            for file in files {
                self.end(*file, End::Failed(error.clone()));
            }
            return Sending::Failed(error);
        }
        for file in files {
            let Some(entry) = self.files.get_mut(file) else { continue };
            entry.phase = Phase::Working;
            let is_large = entry.is_large;
            self.lanes.enter(self.home, Direction::Up, *file, is_large);
            // One that has no such part is as complete as it was.
            self.settle(*file);
        }
        Sending::Resends
    }

    /// FI-14: part X of each that has one.
    fn resend(&mut self, files: &[FileId], part: i64) -> Result<(), FileError> {
        let mut has_any = false;
        for file in files {
            if let Some(Transfer::Up(upload)) =
                self.files.get_mut(file).map(|entry| &mut entry.transfer)
            {
                has_any |= upload.resend(part)?;
                // FI-84: another run would not send it.
                self.journal(*file);
            }
        }
        if has_any { Ok(()) } else { Err(FileError::PartMissing { part }) }
    }

    /// A method has taken an uploaded file: the upload is done.
    pub fn handle_sent(&mut self, file: FileId) {
        let Some(entry) = self.files.get(&file).filter(|entry| entry.phase == Phase::Uploaded)
        else {
            return;
        };
        let has_journal = entry.transfer.has_journal();
        self.end(file, End::Done);
        if has_journal {
            self.give_disk(file, crate::files::output::Disk::Discard, None);
        }
    }
}
