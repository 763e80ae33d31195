//! The planner, and a disk in memory that does one thing after the other.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use telewire::crypto::{SeededEntropy, real};
use telewire::files::{
    Class, Control, Dc, Direction, Disk, DiskDone, DiskRequest, Event, FileId, Lane, Limits,
    Outgoing, Planner, Request, sizes,
};
use telewire::time::Now;

use super::{Checked, ensure};
use crate::files::server::Reply;

/// A planner and what stands around it, for one life of a program.
pub(super) struct Rig {
    pub(super) planner: Planner,
    pub(super) now: Now,
    pub(super) entropy: SeededEntropy,
    pub(super) events: VecDeque<Event>,
    pub(super) sent: VecDeque<Outgoing>,
    pub(super) controls: VecDeque<Control>,
    pub(super) disk: VecDeque<DiskRequest>,
    pub(super) temp: BTreeMap<FileId, Vec<u8>>,
    pub(super) journals: BTreeMap<FileId, Vec<u8>>,
    pub(super) sources: BTreeMap<FileId, Vec<u8>>,
    pub(super) finished: BTreeMap<FileId, Vec<u8>>,
}

/// More than any schedule takes at a time.
const MANY: usize = 100_000;

impl Rig {
    pub(super) fn new(home: Dc, limits: Limits, now: Now, entropy: SeededEntropy) -> Self {
        Self {
            planner: Planner::new(real(), home, limits),
            now,
            entropy,
            events: VecDeque::new(),
            sent: VecDeque::new(),
            controls: VecDeque::new(),
            disk: VecDeque::new(),
            temp: BTreeMap::new(),
            journals: BTreeMap::new(),
            sources: BTreeMap::new(),
            finished: BTreeMap::new(),
        }
    }

    /// Takes all that the planner gives.
    pub(super) fn pump(&mut self) -> Checked {
        for _ in 0..MANY {
            let mut has_more = false;
            while let Some(request) = self.planner.poll_disk() {
                self.disk.push_back(request);
                has_more = true;
            }
            while let Some(control) = self.planner.poll_control() {
                if let Control::Drop(token) = control {
                    self.sent.retain(|outgoing| outgoing.token != token);
                }
                self.controls.push_back(control);
            }
            while let Some(outgoing) = self.planner.poll_request(self.now) {
                check(&outgoing)?;
                self.sent.push_back(outgoing);
                has_more = true;
            }
            while let Some(event) = self.planner.poll_event() {
                self.events.push_back(event);
            }
            if !has_more {
                return Ok(());
            }
        }
        Err("the planner does not come to rest".into())
    }

    /// The disk does something.
    pub(super) fn do_disk(&mut self, request: DiskRequest) -> Checked {
        let DiskRequest { token, file, what } = request;
        let done = match what {
            Disk::Read { offset, length } => {
                let source = self.sources.get(&file).map_or(&[][..], Vec::as_slice);
                let from = index(offset).min(source.len());
                let to = from.saturating_add(length).min(source.len());
                let bytes = source.get(from..to).unwrap_or_default().to_vec();
                DiskDone::Read { bytes, length: None }
            }
            Disk::Write { offset, bytes } => {
                let temp = self.temp.entry(file).or_default();
                let (from, to) = (index(offset), index(offset).saturating_add(bytes.len()));
                temp.resize(temp.len().max(to), 0);
                if let Some(place) = temp.get_mut(from..to) {
                    place.copy_from_slice(&bytes);
                }
                DiskDone::Done
            }
            Disk::Journal { bytes } => {
                self.journals.insert(file, bytes.to_vec());
                DiskDone::Done
            }
            Disk::Finish { length } => {
                let mut temp = self.temp.remove(&file).unwrap_or_default();
                temp.resize(index(length), 0);
                self.journals.remove(&file);
                self.finished.insert(file, temp);
                DiskDone::Done
            }
            Disk::Discard => {
                self.temp.remove(&file);
                self.journals.remove(&file);
                return Ok(());
            }
            other => return Err(format!("the disk is to do {other:?}")),
        };
        self.planner.handle_disk(token, Ok(done));
        self.pump()
    }

    pub(super) fn reply(&mut self, outgoing: &Outgoing, reply: Reply) -> Checked {
        self.planner.handle_answer(self.now, outgoing.token, reply);
        self.pump()
    }

    pub(super) fn pass(&mut self, time: Duration) -> Checked {
        self.now = self.now.after(time);
        self.planner.handle_timeout(self.now);
        self.pump()
    }

    /// FI-70, FI-87: windows and memory.
    pub(super) fn check_bounds(&self, dcs: &[Dc], window: u64) -> Checked {
        for dc in dcs {
            for direction in [Direction::Up, Direction::Down] {
                for class in [Class::Small, Class::Large] {
                    let lane = Lane { dc: *dc, direction, class };
                    let (in_flight, in_hand) = self.planner.under_way(lane);
                    ensure(in_flight <= window && in_flight + in_hand <= 2 * window, || {
                        format!("{in_flight} bytes in flight and {in_hand} in hand of {lane:?}")
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// FI-71, FI-30, FI-02: what holds for each request.
fn check(outgoing: &Outgoing) -> Checked {
    let Outgoing { link, request, .. } = outgoing;
    let direction = match request {
        Request::SaveFilePart { bytes, .. } | Request::SaveBigFilePart { bytes, .. } => {
            ensure((1..=524_288).contains(&bytes.len()), || {
                format!("a part of {} bytes", bytes.len())
            })?;
            Direction::Up
        }
        Request::GetFile { offset, limit, .. } | Request::GetCdnFile { offset, limit, .. } => {
            sizes::check_request(*offset, *limit, false).map_err(|error| error.to_string())?;
            Direction::Down
        }
        _ => Direction::Down,
    };
    let is_of_cdn = matches!(request, Request::GetCdnFile { .. });
    ensure(link.lane.direction == direction && is_of_cdn == link.lane.dc.is_cdn(), || {
        format!("{request:?} over {link:?}")
    })
}

/// A place in memory.
pub(super) fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
