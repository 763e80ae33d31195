//! What the planner has to do with disks: reads, writes, journals.

use std::ops::Range;

use super::Planner;
use super::entry::{Phase, Transfer};
use crate::files::error::{DiskError, FileError};
use crate::files::lanes::{Direction, Lane};
use crate::files::output::{Disk, DiskDone, DiskRequest, End, FileId, Token};

/// What a disk was told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OnDisk {
    Read,
    Write(Range<u64>),
    Journal,
    Finish,
}

impl Planner {
    /// Something to do with a disk. Its results may come in any order; journals of a file are given one after the other.
    pub fn poll_disk(&mut self) -> Option<DiskRequest> {
        if let Some(request) = self.disk.pop_front() {
            return Some(request);
        }
        while let Some(file) = self.journals.pop_first() {
            let Some(entry) = self.files.get_mut(&file) else { continue };
            let bytes = match &mut entry.transfer {
                Transfer::Up(upload) => upload.journal(),
                Transfer::Down(download) => {
                    download.forget_ivs();
                    download.journal()
                }
            };
            if let Some(bytes) = bytes {
                entry.unjournaled = 0;
                entry.journal_busy = true;
                return Some(self.disk_request(
                    file,
                    Disk::Journal { bytes },
                    Some(OnDisk::Journal),
                ));
            }
        }
        self.read()
    }

    /// FI-87: an upload's next part is read when there is room for it.
    fn read(&mut self) -> Option<DiskRequest> {
        self.lanes.promote();
        let turns: Vec<FileId> = self.lanes.active().collect();
        for file in turns {
            let Some(entry) =
                self.files.get_mut(&file).filter(|entry| entry.phase == Phase::Working)
            else {
                continue;
            };
            let Transfer::Up(upload) = &mut entry.transfer else { continue };
            let Some((part, offset, length, must)) = upload.read() else { continue };
            let lane = Lane { dc: self.home, direction: Direction::Up, class: entry.class };
            if !self.lanes.fits(lane, upload.part_size.into(), must) {
                continue;
            }
            upload.reads(part);
            self.account(file);
            return Some(self.disk_request(
                file,
                Disk::Read { offset, length },
                Some(OnDisk::Read),
            ));
        }
        None
    }

    /// What came of something that [`poll_disk`](Self::poll_disk) gave.
    pub fn handle_disk(&mut self, token: Token, result: Result<DiskDone, DiskError>) {
        // What was told to do for a transfer that has ended is of no interest.
        let Some((file, what)) = self.on_disk.remove(&token) else { return };
        if let Err(error) = self.disk_done(file, &what, result) {
            return self.end(file, End::Failed(error));
        }
        if what == OnDisk::Finish {
            return self.end(file, End::Done);
        }
        self.settle(file);
    }

    fn disk_done(
        &mut self,
        file: FileId,
        what: &OnDisk,
        result: Result<DiskDone, DiskError>,
    ) -> Result<(), FileError> {
        // FI-82: a full disk, a short write: the journal says what is there.
        let done = result.map_err(FileError::Disk)?;
        let Some(entry) = self.files.get_mut(&file) else { return Ok(()) };
        match (what, done, &mut entry.transfer) {
            (OnDisk::Read, DiskDone::Read { bytes, length }, Transfer::Up(upload)) => {
                upload.handle_read(bytes, length)
            }
            (OnDisk::Write(span), DiskDone::Done, Transfer::Down(download)) => {
                download.handle_written(span);
                // FI-80: after the write.
                entry.unjournaled += span.end.saturating_sub(span.start);
                if entry.unjournaled >= self.lanes.limits.journal_every {
                    self.journal(file);
                }
                Ok(())
            }
            (OnDisk::Journal, DiskDone::Done, _) => {
                entry.journal_busy = false;
                if entry.journal_due {
                    self.journal(file);
                }
                Ok(())
            }
            (OnDisk::Finish, DiskDone::Done, _) => Ok(()),
            _ => Err(FileError::Disk(DiskError::Io(std::io::ErrorKind::InvalidData))),
        }
    }

    /// FI-80, FI-84: the journal is to be written, one at a time for each file.
    pub(super) fn journal(&mut self, file: FileId) {
        if let Some(entry) = self.files.get_mut(&file)
            && entry.transfer.has_journal()
        {
            entry.journal_due = entry.journal_busy;
            if !entry.journal_busy {
                self.journals.insert(file);
            }
        }
    }

    /// What a download has for the disk.
    pub(super) fn write_out(&mut self, file: FileId) {
        let Some(Transfer::Down(download)) =
            self.files.get_mut(&file).map(|entry| &mut entry.transfer)
        else {
            return;
        };
        let out: Vec<_> = std::mem::take(&mut download.out)
            .into_iter()
            .map(|(span, bytes)| (download.position(span.start), span, bytes))
            .collect();
        for (offset, span, bytes) in out {
            self.give_disk(file, Disk::Write { offset, bytes }, Some(OnDisk::Write(span)));
        }
    }

    pub(super) fn give_disk(&mut self, file: FileId, what: Disk, on_disk: Option<OnDisk>) {
        let request = self.disk_request(file, what, on_disk);
        self.disk.push_back(request);
    }

    fn disk_request(&mut self, file: FileId, what: Disk, on_disk: Option<OnDisk>) -> DiskRequest {
        let token = self.token();
        if let Some(on_disk) = on_disk {
            self.on_disk.insert(token, (file, on_disk));
        }
        DiskRequest { token, file, what }
    }
}
