//! Transfers by hand: a planner, virtual time, a disk in memory, and servers that answer what a test says.

mod cancel;
mod cdn;
mod download;
mod ends;
mod errors;
mod hashes;
mod kept;
mod lanes;
mod references;
mod upload;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::*;
use crate::crypto::{Entropy, SeededEntropy, real};
use crate::rpc::RpcError;
use crate::time::Now;

pub(super) const MIB: u64 = 1_048_576;

/// What an answer is.
pub(super) type Reply = Result<Answer, Failure>;

/// A planner and what stands around it.
pub(super) struct Rig {
    pub(super) planner: Planner,
    pub(super) now: Now,
    pub(super) entropy: SeededEntropy,
    pub(super) events: Vec<Event>,
    pub(super) sent: VecDeque<Outgoing>,
    pub(super) controls: Vec<Control>,
    pub(super) disk: VecDeque<DiskRequest>,
    /// Whether the disk does at once what it is told.
    pub(super) disk_works: bool,
    pub(super) temp: BTreeMap<FileId, Vec<u8>>,
    pub(super) journals: BTreeMap<FileId, Vec<u8>>,
    pub(super) sources: BTreeMap<FileId, Vec<u8>>,
    read: BTreeMap<FileId, usize>,
    pub(super) finished: BTreeMap<FileId, Vec<u8>>,
}

impl Rig {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            planner: Planner::new(real(), home(), limits),
            now: Now { mono: Duration::from_secs(1_000), unix: Duration::from_secs(1_700_000_000) },
            entropy: SeededEntropy::new(7),
            events: Vec::new(),
            sent: VecDeque::new(),
            controls: Vec::new(),
            disk: VecDeque::new(),
            disk_works: true,
            temp: BTreeMap::new(),
            journals: BTreeMap::new(),
            sources: BTreeMap::new(),
            read: BTreeMap::new(),
            finished: BTreeMap::new(),
        }
    }

    /// Without the spaces between first requests.
    pub(super) fn plain() -> Self {
        Self::new(limits())
    }

    pub(super) fn upload(&mut self, spec: &UploadSpec, bytes: &[u8]) -> FileId {
        let (file, _) = self.planner.add_upload(self.now, spec, &mut self.entropy).unwrap();
        self.sources.insert(file, bytes.to_vec());
        self.pump();
        file
    }

    pub(super) fn download(&mut self, spec: &DownloadSpec) -> FileId {
        let (file, _) = self.planner.add_download(spec).unwrap();
        self.pump();
        file
    }

    /// Takes all that the planner gives.
    pub(super) fn pump(&mut self) {
        for _ in 0..100_000 {
            let mut has_more = false;
            while let Some(request) = self.planner.poll_disk() {
                self.disk.push_back(request);
                has_more = true;
            }
            while self.disk_works
                && let Some(request) = self.disk.pop_front()
            {
                self.do_disk(request);
                has_more = true;
            }
            while let Some(control) = self.planner.poll_control() {
                if let Control::Drop(token) = control {
                    self.sent.retain(|outgoing| outgoing.token != token);
                }
                self.controls.push(control);
            }
            while let Some(outgoing) = self.planner.poll_request(self.now) {
                check(&outgoing);
                self.sent.push_back(outgoing);
                has_more = true;
            }
            while let Some(event) = self.planner.poll_event() {
                self.events.push(event);
            }
            if !has_more {
                return;
            }
        }
        panic!("the planner does not come to rest");
    }

    pub(super) fn do_disk(&mut self, request: DiskRequest) {
        let DiskRequest { token, file, what } = request;
        let done = match what {
            Disk::Read { offset, length } => {
                let source = &self.sources[&file];
                let from = (offset as usize).min(source.len());
                let to = (from + length).min(source.len());
                self.read.insert(file, to);
                DiskDone::Read { bytes: source[from..to].to_vec(), length: None }
            }
            Disk::Write { offset, bytes } => {
                let temp = self.temp.entry(file).or_default();
                let end = offset as usize + bytes.len();
                temp.resize(temp.len().max(end), 0);
                temp[offset as usize..end].copy_from_slice(&bytes);
                DiskDone::Done
            }
            Disk::Journal { bytes } => {
                self.journals.insert(file, bytes.to_vec());
                DiskDone::Done
            }
            Disk::Finish { length } => {
                let mut temp = self.temp.remove(&file).unwrap_or_default();
                temp.resize(length as usize, 0);
                self.journals.remove(&file);
                self.finished.insert(file, temp);
                DiskDone::Done
            }
            Disk::Discard => {
                self.temp.remove(&file);
                self.journals.remove(&file);
                return;
            }
        };
        self.planner.handle_disk(token, Ok(done));
    }

    pub(super) fn reply(&mut self, outgoing: &Outgoing, reply: Reply) {
        self.planner.handle_answer(self.now, outgoing.token, reply);
        self.pump();
    }

    pub(super) fn next(&mut self) -> Outgoing {
        self.sent.pop_front().expect("a request")
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
        self.planner.handle_timeout(self.now);
        self.pump();
    }

    /// Answers everything, in the order in which it was asked, and lets time pass where nothing is under way.
    pub(super) fn serve(&mut self, mut answer: impl FnMut(&Outgoing) -> Reply) {
        for _ in 0..200_000 {
            self.pump();
            if let Some(outgoing) = self.sent.pop_front() {
                let reply = answer(&outgoing);
                self.reply(&outgoing, reply);
            } else if let Some(at) = self.planner.poll_timeout(self.now) {
                self.pass(at.saturating_sub(self.now.mono));
            } else {
                return;
            }
        }
        panic!("it does not end");
    }

    /// How a transfer ended; there is one end, and nothing of it comes afterwards.
    pub(super) fn end(&self, file: FileId) -> Option<End> {
        let of = |event: &&Event| match event {
            Event::Progress { file: of, .. }
            | Event::LocationWanted { file: of, .. }
            | Event::Moved { file: of, .. }
            | Event::Uploaded { file: of, .. }
            | Event::Ended { file: of, .. } => *of == file,
            _ => false,
        };
        let events: Vec<&Event> = self.events.iter().filter(of).collect();
        let ends: Vec<usize> = events
            .iter()
            .enumerate()
            .filter(|(_, e)| matches!(e, Event::Ended { .. }))
            .map(|(n, _)| n)
            .collect();
        assert!(ends.len() <= 1, "{events:?}");
        let mut last = 0;
        for event in &events {
            if let Event::Progress { progress, .. } = event {
                assert!(
                    progress.done >= last && progress.done <= progress.total.unwrap_or(u64::MAX),
                    "{events:?}"
                );
                last = progress.done;
            }
        }
        let at = *ends.first()?;
        assert_eq!(at, events.len() - 1, "{events:?}");
        match events[at] {
            Event::Ended { end, .. } => Some(end.clone()),
            _ => None,
        }
    }

    pub(super) fn error(&self, file: FileId) -> FileError {
        match self.end(file) {
            Some(End::Failed(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    /// What was uploaded, as the last event of it says.
    pub(super) fn uploaded(&self, file: FileId) -> Option<InputFile> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Uploaded { file: of, sent } if *of == file => Some(sent.clone()),
            _ => None,
        })
    }

    /// FI-85: nothing is under way, and no window has anything of it.
    pub(super) fn assert_idle(&self) {
        for dc in [home(), other(), Dc::cdn(203).unwrap()] {
            for direction in [Direction::Up, Direction::Down] {
                for class in [Class::Small, Class::Large] {
                    assert_eq!(self.planner.under_way(Lane { dc, direction, class }), (0, 0));
                }
            }
        }
        assert!(self.sent.is_empty() && self.disk.is_empty());
    }
}

/// FI-71, FI-30, FI-02: what holds for each request.
fn check(outgoing: &Outgoing) {
    let Outgoing { link, request, .. } = outgoing;
    let direction = match request {
        Request::SaveFilePart { bytes, .. } | Request::SaveBigFilePart { bytes, .. } => {
            assert!(!bytes.is_empty() && bytes.len() <= 524_288);
            Direction::Up
        }
        Request::GetFile { offset, limit, .. } | Request::GetCdnFile { offset, limit, .. } => {
            sizes::check_request(*offset, *limit, false).unwrap();
            Direction::Down
        }
        _ => Direction::Down,
    };
    assert_eq!(link.lane.direction, direction);
    assert_eq!(matches!(request, Request::GetCdnFile { .. }), link.lane.dc.is_cdn());
}

pub(super) fn limits() -> Limits {
    Limits {
        spaced: false,
        small_files: 100,
        large_files: 100,
        journal_every: 0,
        ..Limits::default()
    }
}

pub(super) fn home() -> Dc {
    Dc::new(2).unwrap()
}

pub(super) fn other() -> Dc {
    Dc::new(4).unwrap()
}

pub(super) fn random(length: u64, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length as usize];
    SeededEntropy::new(seed).fill(&mut bytes);
    bytes
}

pub(super) fn document(id: i64) -> Location {
    Location::new(Kind::Document, id, "", *b"reference 0")
}

pub(super) fn rpc(code: i32, message: &str) -> Reply {
    Err(Failure::Rpc(RpcError::parse(code, message)))
}

/// The bytes that a request asks for.
pub(super) fn part(content: &[u8], outgoing: &Outgoing) -> Vec<u8> {
    let (offset, limit) = match &outgoing.request {
        Request::GetFile { offset, limit, .. } | Request::GetCdnFile { offset, limit, .. } => {
            (*offset, *limit)
        }
        Request::GetWebFile { offset, limit, .. } => (u64::from(*offset), *limit),
        other => panic!("{other:?}"),
    };
    let from = (offset as usize).min(content.len());
    content[from..(from + limit as usize).min(content.len())].to_vec()
}

/// What an honest server answers to `upload.getFile`.
/// From where bytes are asked for.
pub(super) fn offset(outgoing: &Outgoing) -> u64 {
    match &outgoing.request {
        Request::GetFile { offset, .. } | Request::GetCdnFile { offset, .. } => *offset,
        Request::GetWebFile { offset, .. } => (*offset).into(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn honest(content: &[u8], outgoing: &Outgoing) -> Reply {
    Ok(Answer::File { bytes: part(content, outgoing) })
}

/// `upload.getFileHashes` of a file whose ranges have 128 KiB: all from an offset on.
pub(super) fn hashes(content: &[u8], from: u64, range: usize) -> Vec<FileHash> {
    let ranges = content.chunks(range).enumerate().map(|(n, bytes)| FileHash {
        offset: (n * range) as i64,
        limit: bytes.len() as i32,
        hash: real().sha256(&[bytes]).to_vec(),
    });
    ranges.filter(|hash| hash.offset + i64::from(hash.limit) > from as i64).collect()
}
