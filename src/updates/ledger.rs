//! What was delivered and is not dealt with yet, box by box; and how far each is dealt with (UP-83).
//!
//! ```text
//! delivered   7 ── 8 ── 9 ── 10 ──(state of the difference)
//! committed   ×         ×                                      what is kept: the position after 7
//! ```

use std::collections::VecDeque;

use crate::map::IdMap;
use crate::updates::delivery::{BoxId, Mark};

/// A run has 2⁴⁰ serials: a million deliveries a second for twelve days, and sixteen million runs.
const RUN_BITS: u32 = 40;

/// A position of a box; `seq` and `date` are the common one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) pts: i32,
    pub(super) seq: i32,
    pub(super) date: i32,
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Entry>,
}

#[derive(Debug)]
struct Entry {
    serial: u64,
    at: At,
    is_done: bool,
}

/// The books.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    next: u64,
    lanes: IdMap<BoxId, Lane>,
    /// How far a box is dealt with, if that was not told yet.
    settled: IdMap<BoxId, At>,
}

impl Ledger {
    /// Notes a delivery, after which a box is at a position.
    pub(super) fn deliver(&mut self, line: Option<BoxId>, at: At) -> Mark {
        let serial = self.next;
        self.next += 1;
        if let Some(line) = line {
            let lane = self.lanes.entry(line).or_default();
            lane.waiting.push_back(Entry { serial, at, is_done: false });
        }
        Mark { line, serial }
    }

    /// Notes that a box is at a position once all before is dealt with.
    pub(super) fn arrive(&mut self, line: BoxId, at: At) {
        match self.lanes.get_mut(&line) {
            // Behind what is dealt with, as an answer that says the same again does, nothing more is to be noted.
            Some(Lane { waiting }) if waiting.back().is_some_and(|last| last.is_done) => {
                if let Some(last) = waiting.back_mut() {
                    last.at = at;
                }
            }
            Some(lane) => {
                let serial = self.next;
                self.next += 1;
                lane.waiting.push_back(Entry { serial, at, is_done: true });
            }
            None => drop(self.settled.insert(line, at)),
        }
    }

    /// Notes that a delivery was dealt with. Twice is as good as once.
    pub(super) fn commit(&mut self, mark: Mark) {
        let Some(line) = mark.line else { return };
        let Some(lane) = self.lanes.get_mut(&line) else { return };
        let Ok(place) = lane.waiting.binary_search_by_key(&mark.serial, |entry| entry.serial)
        else {
            return;
        };
        if let Some(entry) = lane.waiting.get_mut(place) {
            entry.is_done = true;
        }
        while let Some(entry) = lane.waiting.pop_front_if(|entry| entry.is_done) {
            self.settled.insert(line, entry.at);
        }
        if lane.waiting.is_empty() {
            self.lanes.remove(&line);
        }
    }

    /// Whether a delivery, or one before it in its box, is not dealt with.
    pub(super) fn is_waiting(&self, mark: Mark) -> bool {
        let lane = mark.line.and_then(|line| self.lanes.get(&line));
        lane.and_then(|lane| lane.waiting.front()).is_some_and(|entry| entry.serial <= mark.serial)
    }

    /// Whether something of a box is not dealt with.
    pub(super) fn is_open(&self, line: BoxId) -> bool {
        self.lanes.contains_key(&line)
    }

    /// What follows has other serials than those of another.
    pub(super) fn goes_on_from(&mut self, other: &Self) {
        self.next = self.next.max(other.next);
    }

    /// What follows has serials of a run's own.
    pub(super) fn of_run(&mut self, run: u64) {
        self.next = self.next.max(run << RUN_BITS);
    }

    /// The channels of which something is not dealt with.
    pub(super) fn open_channels(&self) -> impl Iterator<Item = i64> + '_ {
        self.lanes.keys().filter_map(|line| match line {
            BoxId::Channel(id) => Some(*id),
            _ => None,
        })
    }

    /// How far a box is dealt with, if that is news.
    #[cfg(test)]
    pub(super) fn take(&mut self, line: BoxId) -> Option<At> {
        self.settled.remove(&line)
    }

    /// How far all boxes are dealt with, if that is news.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = (BoxId, At)> + '_ {
        self.settled.drain()
    }

    /// Whether there is news.
    pub(super) fn has_news(&self) -> bool {
        !self.settled.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pts: i32) -> At {
        At { pts, ..At::default() }
    }

    #[test]
    fn up_83_what_is_kept_is_the_longest_prefix_whatever_the_order_of_commits() {
        // All orders of five commits, with the state of a difference behind them.
        let mut order = [0, 1, 2, 3, 4];
        permute(&mut order, 0, &mut |order| {
            let mut ledger = Ledger::default();
            let marks: Vec<Mark> =
                (1..=5).map(|pts| ledger.deliver(Some(BoxId::Common), at(pts))).collect();
            ledger.arrive(BoxId::Common, at(9));
            let mut done = [false; 5];
            let mut kept = 0;
            for which in order {
                ledger.commit(marks[*which]);
                ledger.commit(marks[*which]);
                done[*which] = true;
                let prefix = done.iter().take_while(|done| **done).count();
                let expected = if prefix == 5 { 9 } else { prefix as i32 };
                let news = ledger.take(BoxId::Common);
                assert_eq!(news, (expected != kept).then(|| at(expected)), "{order:?}");
                kept = expected;
            }
            assert!(!ledger.is_open(BoxId::Common) && ledger.lanes.is_empty());
        });
    }

    fn permute(items: &mut [usize; 5], from: usize, each: &mut impl FnMut(&[usize; 5])) {
        if from == items.len() {
            return each(items);
        }
        for other in from..items.len() {
            items.swap(from, other);
            permute(items, from + 1, each);
            items.swap(from, other);
        }
    }

    #[test]
    fn up_83_what_answers_say_behind_what_is_open_takes_no_room() {
        let mut ledger = Ledger::default();
        let open = ledger.deliver(Some(BoxId::Qts), at(3));
        for pts in 4..1_000 {
            ledger.arrive(BoxId::Qts, at(pts));
        }
        assert_eq!(ledger.lanes.get(&BoxId::Qts).map(|lane| lane.waiting.len()), Some(2));
        ledger.commit(open);
        assert_eq!(ledger.take(BoxId::Qts), Some(at(999)));
    }

    #[test]
    fn up_83_boxes_do_not_wait_for_each_other() {
        let mut ledger = Ledger::default();
        let first = ledger.deliver(Some(BoxId::Qts), at(3));
        let second = ledger.deliver(Some(BoxId::Channel(7)), at(4));
        assert!(ledger.is_waiting(first) && ledger.is_waiting(second));
        ledger.commit(second);
        assert_eq!(ledger.take(BoxId::Channel(7)), Some(at(4)));
        assert_eq!(ledger.take(BoxId::Qts), None);
        assert!(ledger.is_waiting(first) && !ledger.is_waiting(second));
        // One that is dealt with waits for the one before it.
        let third = ledger.deliver(Some(BoxId::Qts), at(5));
        ledger.commit(third);
        assert!(ledger.is_waiting(third));
        ledger.commit(first);
        assert!(!ledger.is_waiting(first) && !ledger.is_waiting(third));
    }
}
