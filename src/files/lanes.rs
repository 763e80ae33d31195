//! How much is under way, and over which connection: windows in bytes for each data centre and direction (FI-70 to FI-76).
//!
//! ```text
//!  (data centre, direction) ── pause, files at a time
//!        ├── large files ── window in bytes ── connections, the least loaded takes the next part
//!        └── small files ── the same, of their own
//! ```
//! Calls and updates have connections that nothing here knows of: no part goes over them (FI-71).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::files::location::Dc;
use crate::files::output::FileId;
use crate::files::sizes::MAX_DOWNLOAD_PART;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// To the server.
    Up,
    /// From it.
    Down,
}

/// FI-71: which of a direction's windows a file uses. Small files do not wait behind large ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// [`SMALL_FILE`] bytes at most.
    Small,
    /// More, or nobody knows.
    Large,
}

/// FI-71: up to this size a file has the lane of small ones: one part of a usual kind.
pub const SMALL_FILE: u64 = 131_072;

/// FI-72: files up to this size count as those of `small_queue_max_active_operations_count`, others as those of the large one.
pub const SMALL_QUEUE: u64 = 20 * 1_048_576;

impl Class {
    pub(crate) fn of(size: Option<u64>) -> Self {
        if size.is_some_and(|size| size <= SMALL_FILE) { Self::Small } else { Self::Large }
    }
}

/// A window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    /// The data centre.
    pub dc: Dc,
    /// The direction.
    pub direction: Direction,
    /// Whose it is.
    pub class: Class,
}

/// A connection of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link {
    /// The lane.
    pub lane: Lane,
    /// Its number, from 0.
    pub connection: usize,
}

/// How much is done at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// FI-70: the bytes in flight to a data centre, in parts of large files. The rate is this by the round trip.
    pub up_window: u64,
    /// FI-70: the same from a data centre.
    pub down_window: u64,
    /// FI-71: the same for small files, in either direction.
    pub small_window: u64,
    /// FI-70: connections of a lane.
    pub connections: usize,
    /// FI-72: files up to [`SMALL_QUEUE`] bytes at a time, of a data centre and direction.
    pub small_files: usize,
    /// FI-72: larger files at a time.
    pub large_files: usize,
    /// FI-73: whether the first requests of a file are spaced.
    pub spaced: bool,
    /// FI-80: how many bytes of a download are written before its journal is. So many come again at most, after a kill.
    pub journal_every: u64,
    /// FI-76: after how long without a byte a connection is replaced.
    pub stall_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // What TDLib has in flight up; and down with both of its lanes together. At 100 ms of round trip it is 40 MB/s.
            up_window: 4 * 1_048_576,
            down_window: 4 * 1_048_576,
            small_window: 1_048_576,
            // As TDLib and Telegram's client for Android up.
            connections: 4,
            // As dumps of `help.getAppConfig` have them.
            small_files: 5,
            large_files: 2,
            spaced: true,
            // A journal has a bit for each part: after each part, a large file's would be written more than the file.
            journal_every: 1_048_576,
            // Twice what Telegram Desktop takes for slow.
            stall_after: Duration::from_secs(16),
        }
    }
}

/// All windows.
#[derive(Debug)]
pub(crate) struct Lanes {
    pub(crate) limits: Limits,
    budgets: BTreeMap<(Dc, Direction), Budget>,
}

/// What is under way with a data centre in a direction.
#[derive(Debug, Default)]
struct Budget {
    /// FI-75.
    paused_until: Option<Duration>,
    small: Window,
    large: Window,
    /// FI-72: who waits for others to end.
    waiting_small: VecDeque<FileId>,
    waiting_large: VecDeque<FileId>,
    /// Who is served, in turns.
    active: VecDeque<(FileId, bool)>,
}

#[derive(Debug, Default)]
struct Window {
    in_flight: u64,
    /// Bytes that were read or have come, and did not go on yet.
    in_hand: u64,
    connections: Vec<Load>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Load {
    bytes: u64,
    requests: usize,
    /// When something was heard last, or the first request was sent.
    heard: Duration,
}

impl Budget {
    fn waiting(&mut self, is_large: bool) -> &mut VecDeque<FileId> {
        if is_large { &mut self.waiting_large } else { &mut self.waiting_small }
    }
}

impl Lanes {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, budgets: BTreeMap::new() }
    }

    /// FI-70: the bytes of a lane. A part of the largest kind fits always.
    fn size(&self, lane: Lane) -> u64 {
        let size = match (lane.class, lane.direction) {
            (Class::Small, _) => self.limits.small_window,
            (Class::Large, Direction::Up) => self.limits.up_window,
            (Class::Large, Direction::Down) => self.limits.down_window,
        };
        size.max(MAX_DOWNLOAD_PART.into())
    }

    /// FI-70, FI-87: whether so many bytes more may be under way: with what is in hand they fit into the window. What completes a
    /// range that has begun to come may go beyond that, and not beyond what is in flight: else it could never go out of hand.
    pub(crate) fn fits(&self, lane: Lane, bytes: u64, completes: bool) -> bool {
        let Some(window) = self.window(lane) else { return true };
        let taken = window.in_flight + if completes { 0 } else { window.in_hand };
        taken.saturating_add(bytes) <= self.size(lane)
    }

    /// Takes bytes into flight. FI-74: over the connection that has least.
    pub(crate) fn send(&mut self, lane: Lane, bytes: u64, now: Duration) -> Link {
        let connections = self.limits.connections.max(1);
        let window = self.window_mut(lane);
        window.in_flight = window.in_flight.saturating_add(bytes);
        window.connections.resize(connections, Load::default());
        let least = window
            .connections
            .iter_mut()
            .enumerate()
            .min_by_key(|(_, load)| (load.bytes, load.requests));
        let Some((connection, load)) = least else { return Link { lane, connection: 0 } };
        if load.requests == 0 {
            load.heard = now;
        }
        load.bytes = load.bytes.saturating_add(bytes);
        load.requests += 1;
        Link { lane, connection }
    }

    /// Bytes are not in flight any more.
    pub(crate) fn landed(&mut self, link: Link, bytes: u64) {
        let window = self.window_mut(link.lane);
        window.in_flight = window.in_flight.saturating_sub(bytes);
        if let Some(load) = window.connections.get_mut(link.connection) {
            load.bytes = load.bytes.saturating_sub(bytes);
            load.requests = load.requests.saturating_sub(1);
        }
    }

    /// Takes bytes into hand.
    pub(crate) fn hold(&mut self, lane: Lane, bytes: u64) {
        let window = self.window_mut(lane);
        window.in_hand = window.in_hand.saturating_add(bytes);
    }

    /// Bytes went on.
    pub(crate) fn let_go(&mut self, lane: Lane, bytes: u64) {
        let window = self.window_mut(lane);
        window.in_hand = window.in_hand.saturating_sub(bytes);
    }

    /// FI-76: another connection takes the place of one.
    pub(crate) fn reset(&mut self, link: Link) {
        if let Some(load) = self.window_mut(link.lane).connections.get_mut(link.connection) {
            *load = Load::default();
        }
    }

    /// FI-76: something came over a connection.
    pub(crate) fn heard(&mut self, link: Link, now: Duration) {
        if let Some(load) = self.window_mut(link.lane).connections.get_mut(link.connection) {
            load.heard = load.heard.max(now);
        }
    }

    /// FI-75: nothing is sent until a time. How much longer that is than what was known, if this is another wait.
    pub(crate) fn pause(
        &mut self,
        dc: Dc,
        direction: Direction,
        now: Duration,
        until: Duration,
    ) -> Option<Duration> {
        let budget = self.budgets.entry((dc, direction)).or_default();
        let known = budget.paused_until.unwrap_or_default().max(now);
        budget.paused_until = Some(known.max(until));
        let longer = until.saturating_sub(known);
        // Parts that were in flight together are refused one after the other: that is one wait.
        let is_new = (known == now && !longer.is_zero()) || longer > ONE_WAIT;
        is_new.then_some(longer)
    }

    /// FI-75: until when nothing is sent.
    pub(crate) fn paused(&self, dc: Dc, direction: Direction, now: Duration) -> Option<Duration> {
        self.budgets.get(&(dc, direction))?.paused_until.filter(|until| *until > now)
    }

    /// FI-76: a connection over which nothing came for long, though something should have.
    pub(crate) fn stalled(&self, now: Duration) -> Option<Link> {
        self.stalls().find(|(at, _)| *at <= now).map(|(_, link)| link)
    }

    /// FI-76: when the next connection will have stalled.
    pub(crate) fn stall_at(&self) -> Option<Duration> {
        self.stalls().map(|(at, _)| at).min()
    }

    fn stalls(&self) -> impl Iterator<Item = (Duration, Link)> + '_ {
        self.budgets.iter().flat_map(move |((dc, direction), budget)| {
            [(Class::Small, &budget.small), (Class::Large, &budget.large)].into_iter().flat_map(
                move |(class, window)| {
                    let busy =
                        window.connections.iter().enumerate().filter(|(_, load)| load.requests > 0);
                    busy.map(move |(connection, load)| {
                        // A wait that the server orders is no stall.
                        let since = load.heard.max(budget.paused_until.unwrap_or_default());
                        let lane = Lane { dc: *dc, direction: *direction, class };
                        (since.saturating_add(self.limits.stall_after), Link { lane, connection })
                    })
                },
            )
        })
    }

    /// FI-72: a file waits for its turn.
    pub(crate) fn enter(&mut self, dc: Dc, direction: Direction, file: FileId, is_large: bool) {
        let budget = self.budgets.entry((dc, direction)).or_default();
        budget.waiting(is_large).push_back(file);
    }

    /// A file has ended, or goes elsewhere.
    pub(crate) fn leave(&mut self, dc: Dc, direction: Direction, file: FileId) {
        if let Some(budget) = self.budgets.get_mut(&(dc, direction)) {
            // A file that is served waits nowhere, and most that leave are.
            if !budget.active.iter().any(|(other, _)| *other == file) {
                budget.waiting_small.retain(|other| *other != file);
                budget.waiting_large.retain(|other| *other != file);
            }
            budget.active.retain(|(other, _)| *other != file);
        }
    }

    /// FI-72: lets files begin for which there is a place.
    pub(crate) fn promote(&mut self) {
        for budget in self.budgets.values_mut() {
            for (is_large, limit) in
                [(false, self.limits.small_files), (true, self.limits.large_files)]
            {
                let mut count =
                    budget.active.iter().filter(|(_, large)| *large == is_large).count();
                while count < limit.max(1) {
                    let Some(next) = budget.waiting(is_large).pop_front() else { break };
                    budget.active.push_back((next, is_large));
                    count += 1;
                }
            }
        }
    }

    /// Who is served, whose turn it is first.
    pub(crate) fn active(&self) -> impl Iterator<Item = FileId> + '_ {
        self.budgets.values().flat_map(|budget| budget.active.iter().map(|(file, _)| *file))
    }

    /// A file had its turn.
    pub(crate) fn served(&mut self, file: FileId) {
        for budget in self.budgets.values_mut() {
            if let Some(at) = budget.active.iter().position(|(other, _)| *other == file)
                && let Some(entry) = budget.active.remove(at)
            {
                budget.active.push_back(entry);
            }
        }
    }

    /// What is in flight and in hand of a lane.
    pub(crate) fn taken(&self, lane: Lane) -> (u64, u64) {
        self.window(lane).map_or((0, 0), |window| (window.in_flight, window.in_hand))
    }

    fn window(&self, lane: Lane) -> Option<&Window> {
        let budget = self.budgets.get(&(lane.dc, lane.direction))?;
        Some(match lane.class {
            Class::Small => &budget.small,
            Class::Large => &budget.large,
        })
    }

    fn window_mut(&mut self, lane: Lane) -> &mut Window {
        let budget = self.budgets.entry((lane.dc, lane.direction)).or_default();
        match lane.class {
            Class::Small => &mut budget.small,
            Class::Large => &mut budget.large,
        }
    }
}

/// FI-75: by how much waits differ that were ordered parts which were in flight together.
const ONE_WAIT: Duration = Duration::from_secs(1);

/// FI-73: when the first requests of a file may go: 50 ms apart, each time 0.8 of it, down to 3 ms; then as they come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spacing {
    next: Duration,
    gap: Duration,
}

impl Spacing {
    pub(crate) fn new(is_on: bool) -> Self {
        Self { next: Duration::ZERO, gap: if is_on { FIRST_GAP } else { Duration::ZERO } }
    }

    /// When the next request may go.
    pub(crate) fn at(&self) -> Duration {
        self.next
    }

    /// One goes.
    pub(crate) fn went(&mut self, now: Duration) {
        self.next = now.saturating_add(self.gap);
        self.gap = Some(self.gap * 4 / 5).filter(|gap| *gap >= LAST_GAP).unwrap_or_default();
    }
}

/// FI-73.
const FIRST_GAP: Duration = Duration::from_millis(50);

/// FI-73.
const LAST_GAP: Duration = Duration::from_millis(3);
