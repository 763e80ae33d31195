//! When something is to be done about which request.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use crate::rpc::CallId;

/// How many times may be kept that are not needed, besides three for each request.
const SPARE: usize = 64;

/// How many lines there are: most requests have one deadline, and are asked about after one while.
const LINES: usize = 2;

/// The times, the next one first.
///
/// One that was set stays when another is set for the same request, or the request ends: taking it out would take longer than
/// everything else that is done for a call. Whether a time counts, the caller knows. The first one always does, as
/// long as [`settle`](Self::settle) is called whenever it may not (and [`tidy`](Self::tidy) after [`pop`](Self::pop)).
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// Times that were set in their order, as most are.
    lines: [VecDeque<Timer>; LINES],
    others: BinaryHeap<Reverse<Timer>>,
}

type Timer = (Duration, CallId);

impl Timers {
    /// Sets another time for a request.
    pub(super) fn set(&mut self, at: Duration, id: CallId) {
        let timer = (at, id);
        let line = self.lines.iter_mut().find(|line| line.back().is_none_or(|last| *last <= timer));
        match line {
            Some(line) => line.push_back(timer),
            None => self.others.push(Reverse(timer)),
        }
    }

    /// The next time, and whose it is.
    pub(super) fn first(&self) -> Option<Timer> {
        let lines = self.lines.iter().filter_map(VecDeque::front);
        lines.chain(self.others.peek().map(|Reverse(timer)| timer)).min().copied()
    }

    /// Takes the next time.
    pub(super) fn pop(&mut self) {
        let first = self.first();
        match self.lines.iter_mut().find(|line| line.front().copied() == first) {
            Some(line) => drop(line.pop_front()),
            None => drop(self.others.pop()),
        }
    }

    /// A request, of which there are so many, has changed or ended.
    pub(super) fn settle(
        &mut self,
        id: CallId,
        calls: usize,
        counts: impl Fn(Duration, CallId) -> bool,
    ) {
        if self.len() > 3 * calls + SPARE {
            let others = std::mem::take(&mut self.others).into_iter().map(|Reverse(timer)| timer);
            let lines = self.lines.iter_mut().flat_map(|line| line.drain(..));
            let mut times: Vec<Timer> = lines.chain(others).collect();
            times.retain(|(at, id)| counts(*at, *id));
            // A time that was set, left for another and set again stands there twice, and counts.
            times.sort_unstable();
            times.dedup();
            if let Some(line) = self.lines.first_mut() {
                line.extend(times);
            }
        }
        self.trim(|first| first == id, counts);
    }

    /// Takes away what does not count, until the first does.
    pub(super) fn tidy(&mut self, counts: impl Fn(Duration, CallId) -> bool) {
        self.trim(|_| true, counts);
    }

    /// What each line, and the others, begin with counts, so that the first does and no line gets long. Looks at those alone that
    /// begin with a time of a request that may not.
    fn trim(
        &mut self,
        may_not: impl Fn(CallId) -> bool,
        counts: impl Fn(Duration, CallId) -> bool,
    ) {
        for line in &mut self.lines {
            if line.front().is_some_and(|(_, id)| may_not(*id)) {
                while line.front().is_some_and(|(at, id)| !counts(*at, *id)) {
                    line.pop_front();
                }
            }
        }
        if self.others.peek().is_some_and(|Reverse((_, id))| may_not(*id)) {
            while self.others.peek().is_some_and(|Reverse((at, id))| !counts(*at, *id)) {
                self.others.pop();
            }
        }
    }

    /// Gives back memory.
    pub(super) fn shrink_to(&mut self, room: usize) {
        self.lines.iter_mut().for_each(|line| line.shrink_to(room));
        self.others.shrink_to(room);
    }

    pub(super) fn len(&self) -> usize {
        self.lines.iter().map(VecDeque::len).sum::<usize>() + self.others.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn times_come_in_their_order_and_those_that_do_not_count_go() {
        let mut timers = Timers::default();
        for id in [3, 1, 2] {
            timers.set(at(id), CallId(id));
        }
        assert_eq!(timers.first(), Some((at(1), CallId(1))));
        // The second one does not count any more, which nobody sees; then the first.
        timers.settle(CallId(2), 2, |_, id| id != CallId(2));
        assert_eq!((timers.first(), timers.len()), (Some((at(1), CallId(1))), 3));
        timers.settle(CallId(1), 1, |_, id| id == CallId(3));
        assert_eq!((timers.first(), timers.len()), (Some((at(3), CallId(3))), 1));
        timers.settle(CallId(3), 0, |_, _| false);
        assert_eq!(timers.first(), None);
    }

    #[test]
    fn they_are_taken_one_by_one() {
        let mut timers = Timers::default();
        // More than there are lines for times that do not come in their order.
        for id in (1..40).rev() {
            timers.set(at(id), CallId(id));
        }
        for id in 1..40 {
            assert_eq!(timers.first(), Some((at(id), CallId(id))));
            timers.pop();
        }
        assert_eq!((timers.first(), timers.len()), (None, 0));
    }

    #[test]
    fn the_first_is_the_next_that_counts_whatever_is_set_and_ends() {
        use crate::crypto::{EntropyExt, SeededEntropy};
        for seed in 0..200 {
            let mut entropy = SeededEntropy::new(seed);
            let mut timers = Timers::default();
            // What counts: one time for each request.
            let mut due: Vec<Timer> = Vec::new();
            for _ in 0..200 {
                let [action, id, time] = entropy.array();
                let id = CallId(u64::from(id % 20));
                match action % 4 {
                    0 | 1 => {
                        due.retain(|(_, other)| *other != id);
                        due.push((at(time.into()), id));
                        timers.set(at(time.into()), id);
                        timers.settle(id, due.len(), |at, id| due.contains(&(at, id)));
                    }
                    2 => {
                        due.retain(|(_, other)| *other != id);
                        timers.settle(id, due.len(), |at, id| due.contains(&(at, id)));
                    }
                    _ => {
                        let first = timers.first();
                        due.retain(|timer| Some(*timer) != first);
                        timers.pop();
                        timers.tidy(|at, id| due.contains(&(at, id)));
                    }
                }
                assert_eq!(timers.first(), due.iter().min().copied(), "seed {seed}");
            }
        }
    }

    #[test]
    fn p4_times_that_do_not_count_do_not_pile_up() {
        let mut timers = Timers::default();
        timers.set(at(0), CallId(0));
        for id in 1..10_000 {
            timers.set(at(id), CallId(id));
            timers.settle(CallId(id), 1, |_, id| id == CallId(0));
            assert!(timers.len() <= SPARE + 4, "{id}");
        }
    }

    #[test]
    fn p4_times_that_are_set_again_and_again_do_not_pile_up() {
        let mut timers = Timers::default();
        for round in 0..1_000 {
            for id in 0..100 {
                timers.set(at(id), CallId(id));
                timers.settle(CallId(id), 100, |_, _| true);
            }
            assert!(timers.len() <= 3 * 100 + SPARE + 1, "{round}");
        }
        timers.settle(CallId(0), 0, |_, _| true);
        assert_eq!((timers.len(), timers.first()), (100, Some((at(0), CallId(0)))));
    }
}
