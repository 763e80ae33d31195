//! Messages that vanish (SC-70): when the timer of each runs out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use zeroize::Zeroizing;

use crate::secret::codec::{Source, Writer};
use crate::secret::error::RestoreError;

/// A message with a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timer {
    /// Whether we wrote it: then it starts when the peer has opened it.
    pub(super) is_ours: bool,
    /// In seconds.
    pub(super) ttl: i32,
    /// When it runs out, in seconds since 1970, once it was started.
    pub(super) deadline: Option<u64>,
}

/// The timers of a chat, by the messages' `random_id`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Timers(BTreeMap<i64, Timer>);

impl Timers {
    /// Takes one, unless there is one for this message. Whether it was taken.
    pub(super) fn insert(&mut self, random_id: i64, timer: Timer) -> bool {
        match self.0.entry(random_id) {
            Entry::Vacant(place) => {
                place.insert(timer);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    pub(super) fn remove(&mut self, random_id: i64) -> bool {
        self.0.remove(&random_id).is_some()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = i64> {
        self.0.keys().copied()
    }

    /// Starts one, if it is of that side and does not run yet. What plays for `duration` seconds stays a second longer than that
    /// at least.
    pub(super) fn start(
        &mut self,
        random_id: i64,
        is_ours: bool,
        duration: u32,
        unix: u64,
    ) -> Option<Timer> {
        let timer = self.0.get_mut(&random_id)?;
        if timer.is_ours != is_ours || timer.deadline.is_some() {
            return None;
        }
        let ttl = u64::from(timer.ttl.unsigned_abs());
        let least = if duration == 0 { 0 } else { u64::from(duration) + 1 };
        timer.deadline = Some(unix.saturating_add(ttl.max(least)));
        Some(*timer)
    }

    /// Those that have run out.
    pub(super) fn expired(&self, unix: u64) -> Vec<i64> {
        let over = |timer: &Timer| timer.deadline.is_some_and(|deadline| deadline <= unix);
        self.0.iter().filter(|(_, timer)| over(timer)).map(|(id, _)| *id).collect()
    }

    /// When the next runs out.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.values().filter_map(|timer| timer.deadline).min()
    }
}

impl Timer {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::new();
        w.flag(self.is_ours).put(&self.ttl.to_le_bytes());
        w.maybe(self.deadline, |w, deadline| {
            w.put(&deadline.to_le_bytes());
        });
        w.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut r = Source::new(bytes);
        let timer = Self { is_ours: r.flag()?, ttl: r.i32()?, deadline: r.maybe(Source::u64)? };
        r.end().map(|()| timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_70_a_timer_starts_once_on_its_own_side_and_after_what_plays() {
        for (ttl, duration, after) in
            [(5, 0, 5), (5, 3, 5), (5, 5, 6), (5, 60, 61), (1, 0, 1), (1, u32::MAX, 1 << 32)]
        {
            for is_ours in [false, true] {
                let mut timers = Timers::default();
                timers.insert(1, Timer { is_ours, ttl, deadline: None });
                assert_eq!(timers.start(1, !is_ours, duration, 100), None);
                assert_eq!(timers.start(2, is_ours, duration, 100), None);
                let started = timers.start(1, is_ours, duration, 100).unwrap();
                assert_eq!(started.deadline, Some(100 + after));
                assert_eq!(timers.start(1, is_ours, duration, 500), None);
                assert_eq!(timers.next(), started.deadline);
                assert_eq!(timers.expired(99 + after), [0; 0]);
                assert_eq!(timers.expired(100 + after), [1]);
            }
        }
    }
}
