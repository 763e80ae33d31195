//! When something is to be done about which request.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::rpc::CallId;

/// How many times may be kept that are not needed, besides three for each request.
const SPARE: usize = 64;

/// The times, the next one first.
///
/// One that was set stays when another is set for the same request, or the request ends: taking it out would take longer than
/// everything else that is done for a call. Whether a time counts, the caller knows. The first one always does, as
/// long as [`settle`](Self::settle) is called whenever it may not (and [`tidy`](Self::tidy) after [`pop`](Self::pop)).
#[derive(Debug, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Duration, CallId)>>);

impl Timers {
    /// Sets another time for a request.
    pub(super) fn set(&mut self, at: Duration, id: CallId) {
        self.0.push(Reverse((at, id)));
    }

    /// The next time, and whose it is.
    pub(super) fn first(&self) -> Option<(Duration, CallId)> {
        self.0.peek().map(|Reverse(first)| *first)
    }

    /// Takes the next time.
    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// A request, of which there are so many, has changed or ended.
    pub(super) fn settle(
        &mut self,
        id: CallId,
        calls: usize,
        counts: impl Fn(Duration, CallId) -> bool,
    ) {
        if self.0.len() > 3 * calls + SPARE {
            let mut times = std::mem::take(&mut self.0).into_vec();
            times.retain(|Reverse((at, id))| counts(*at, *id));
            // A time that was set, left for another and set again stands there twice, and counts.
            times.sort_unstable();
            times.dedup();
            self.0 = times.into();
        }
        if self.first().is_some_and(|(_, first)| first == id) {
            self.tidy(counts);
        }
    }

    /// Takes away what does not count, until the first does.
    pub(super) fn tidy(&mut self, counts: impl Fn(Duration, CallId) -> bool) {
        while self.first().is_some_and(|(at, id)| !counts(at, id)) {
            self.pop();
        }
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
        assert_eq!((timers.first(), timers.0.len()), (Some((at(1), CallId(1))), 3));
        timers.settle(CallId(1), 1, |_, id| id == CallId(3));
        assert_eq!((timers.first(), timers.0.len()), (Some((at(3), CallId(3))), 1));
        timers.settle(CallId(3), 0, |_, _| false);
        assert_eq!(timers.first(), None);
    }

    #[test]
    fn p4_times_that_do_not_count_do_not_pile_up() {
        let mut timers = Timers::default();
        timers.set(at(0), CallId(0));
        for id in 1..10_000 {
            timers.set(at(id), CallId(id));
            timers.settle(CallId(id), 1, |_, id| id == CallId(0));
            assert!(timers.0.len() <= SPARE + 4, "{id}");
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
            assert!(timers.0.len() <= 3 * 100 + SPARE + 1, "{round}");
        }
        timers.settle(CallId(0), 0, |_, _| true);
        assert_eq!((timers.0.len(), timers.first()), (100, Some((at(0), CallId(0)))));
    }
}
