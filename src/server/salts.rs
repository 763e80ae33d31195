//! The salts of a key: a new one every half hour, the one before it valid for as long again.

use std::time::Duration;

use crate::ids::Salt;

/// How long a salt is the current one.
pub(super) const INTERVAL: Duration = Duration::from_secs(1_800);

/// The salts of a key. They follow from the first, so nothing has to be kept of them.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    first: Salt,
    start: Duration,
}

/// A salt and the unix time in which it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timed {
    pub(super) salt: Salt,
    pub(super) since: Duration,
    pub(super) until: Duration,
}

impl Schedule {
    /// The first salt is current at `start`, a unix time.
    pub(super) fn new(first: Salt, start: Duration) -> Self {
        Self { first, start }
    }

    /// The current salt.
    pub(super) fn current(&self, unix: Duration) -> Salt {
        self.nth(self.index(unix))
    }

    /// Whether a salt is the current one or the one before it.
    pub(super) fn is_valid(&self, salt: Salt, unix: Duration) -> bool {
        let index = self.index(unix);
        salt == self.nth(index) || index > 0 && salt == self.nth(index - 1)
    }

    /// The current salt and those to come.
    pub(super) fn upcoming(&self, unix: Duration, count: u32) -> impl Iterator<Item = Timed> {
        let index = self.index(unix);
        (index..index.saturating_add(count)).map(|index| {
            let since = self.start.saturating_add(INTERVAL.saturating_mul(index));
            Timed { salt: self.nth(index), since, until: since.saturating_add(INTERVAL * 2) }
        })
    }

    fn index(&self, unix: Duration) -> u32 {
        let passed = unix.saturating_sub(self.start).as_secs() / INTERVAL.as_secs();
        u32::try_from(passed).unwrap_or(u32::MAX)
    }

    /// A salt is no secret between the two, it only has to differ: an odd multiple never repeats.
    fn nth(&self, index: u32) -> Salt {
        Salt(self.first.0.wrapping_add(i64::from(index).wrapping_mul(0x5851_f42d_4c95_7f2d)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_000_000);

    #[test]
    fn a_salt_is_valid_for_an_hour_and_current_for_half_of_it() {
        let schedule = Schedule::new(Salt(7), START);
        let first = schedule.current(START);
        assert_eq!(first, Salt(7));
        assert!(schedule.is_valid(first, START + Duration::from_secs(3_599)));
        assert!(!schedule.is_valid(first, START + Duration::from_secs(3_600)));
        let second = schedule.current(START + INTERVAL);
        assert_ne!(first, second);
        assert!(!schedule.is_valid(second, START));
        assert_eq!(schedule.current(Duration::ZERO), first);
    }

    #[test]
    fn the_salts_to_come_are_those_that_come() {
        let schedule = Schedule::new(Salt(7), START);
        for timed in schedule.upcoming(START + INTERVAL * 3, 64) {
            assert_eq!(schedule.current(timed.since), timed.salt);
            assert!(schedule.is_valid(timed.salt, timed.until - Duration::from_secs(1)));
        }
        assert_eq!(schedule.upcoming(START, 64).count(), 64);
        // At the end of time there are none, and nothing overflows.
        assert_eq!(schedule.upcoming(Duration::MAX, u32::MAX).count(), 0);
    }
}
