//! The salts: the one in use, and those that come after it.

use std::time::Duration;

use crate::ids::Salt;

/// A salt is used from a minute after it begins: the server's clock may be behind ours.
const GRACE: Duration = Duration::from_secs(60);

/// The most salts that are kept; `get_future_salts` gives 64 at most.
const MAX_SALTS: usize = 64;

/// A salt with the server's time in which it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedSalt {
    /// Since 1970.
    pub valid_since: Duration,
    /// Since 1970.
    pub valid_until: Duration,
    /// The salt.
    pub salt: Salt,
}

/// The salts of a key.
#[derive(Debug, Clone)]
pub(super) struct Salts {
    current: Salt,
    /// Those to come, in the order of their beginning.
    future: Vec<TimedSalt>,
}

impl Salts {
    pub(super) fn new(current: Salt) -> Self {
        Self { current, future: Vec::new() }
    }

    /// The salt to use at a server's time. Those whose time has come take over.
    pub(super) fn current(&mut self, server_unix: Duration) -> Salt {
        let begun = self
            .future
            .iter()
            .take_while(|salt| salt.valid_since.saturating_add(GRACE) <= server_unix)
            .count();
        if let Some(salt) = self.future.drain(..begun).next_back() {
            self.current = salt.salt;
        }
        self.current
    }

    /// How many are to come.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.future.len()
    }

    /// Whether the salts to come should be asked for.
    pub(super) fn are_few(&self) -> bool {
        self.future.len() <= 1
    }

    /// The server says which salt is right. What it said about the future before is not.
    pub(super) fn correct(&mut self, salt: Salt) {
        self.current = salt;
        self.future.clear();
    }

    /// Takes the salts to come. Those without a time in which they are valid are not taken.
    pub(super) fn add(&mut self, salts: impl IntoIterator<Item = TimedSalt>) {
        self.future.extend(salts.into_iter().filter(|s| s.valid_since < s.valid_until));
        self.future.sort_by_key(|salt| salt.valid_since);
        self.future.dedup_by_key(|salt| salt.valid_since);
        self.future.truncate(MAX_SALTS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn salt(since: u64, until: u64, salt: i64) -> TimedSalt {
        TimedSalt { valid_since: seconds(since), valid_until: seconds(until), salt: Salt(salt) }
    }

    #[test]
    fn each_takes_over_a_minute_after_it_begins() {
        let mut salts = Salts::new(Salt(1));
        salts.add([salt(3_000, 5_000, 3), salt(1_000, 3_000, 2)]);
        assert_eq!(salts.current(seconds(1_059)), Salt(1));
        assert_eq!(salts.current(seconds(1_060)), Salt(2));
        assert_eq!(salts.current(seconds(9_999)), Salt(3));
        assert_eq!(salts.current(seconds(0)), Salt(3));
    }

    #[test]
    fn a_correction_drops_what_was_to_come() {
        let mut salts = Salts::new(Salt(1));
        salts.add([salt(1_000, 3_000, 2)]);
        salts.correct(Salt(9));
        assert_eq!(salts.current(seconds(5_000)), Salt(9));
    }

    #[test]
    fn nonsense_and_surplus_are_not_kept() {
        let mut salts = Salts::new(Salt(1));
        salts.add([salt(5, 5, 2), salt(6, 5, 3)]);
        assert_eq!(salts.future, []);
        salts.add((0..1_000).map(|i| salt(i, i + 10, 4)));
        salts.add((0..1_000).map(|i| salt(i, i + 10, 4)));
        assert_eq!(salts.future.len(), MAX_SALTS);
    }
}
