//! How long to wait before the next dial (CF-18).

use std::time::Duration;

use crate::crypto::{Entropy, EntropyExt};

/// The first wait: a link that broke by chance is mended without anybody noticing.
const FIRST: Duration = Duration::from_millis(50);

/// The longest wait: a server that was away is found again within a minute.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a link must have held to count as good.
const HEALTHY: Duration = Duration::from_secs(30);

/// The failures after which the wait is about six seconds.
const FLOODED: u32 = 7;

/// The failures that count after an answer: the wait is about a second.
const ANSWERED: u32 = 4;

/// Waits that double, with jitter so that not everybody comes back at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Backoff {
    failures: u32,
    /// When the link at hand was made.
    since: Option<Duration>,
    /// Whether something good came over it. One that is merely not closed is none that holds.
    is_good: bool,
}

impl Backoff {
    /// There is a link.
    pub(super) fn connected(&mut self, mono: Duration) {
        self.since = Some(mono);
        self.is_good = false;
    }

    /// There is none any more, or none was made. Gives the time of the next dial.
    pub(super) fn disconnected(&mut self, mono: Duration, entropy: &mut dyn Entropy) -> Duration {
        let held = self.since.take().map_or(Duration::ZERO, |since| mono.saturating_sub(since));
        if self.is_good && held >= HEALTHY {
            self.failures = 0;
        }
        let whole = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // Between half of it and all.
        let [random] = entropy.array();
        mono.saturating_add(whole / 2 + whole * u32::from(random) / 512)
    }

    /// The server says that there are too many of us (-429): the next wait is one of seconds at least.
    pub(super) fn flooded(&mut self) {
        self.since = None;
        self.failures = self.failures.max(FLOODED);
    }

    /// Something good came over the link. One that breaks all the same is soon made again, but not at once for ever.
    pub(super) fn succeeded(&mut self) {
        self.failures = self.failures.min(ANSWERED);
        self.is_good = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;

    #[test]
    fn cf_18_waits_double_up_to_a_minute_with_jitter() {
        let mut entropy = SeededEntropy::new(1);
        let mut backoff = Backoff::default();
        let start = Duration::from_secs(5);
        for failures in 0..30_u32 {
            let whole = Duration::from_millis(50 << failures.min(11)).min(LONGEST);
            let wait = backoff.disconnected(start, &mut entropy) - start;
            assert!(wait >= whole / 2 && wait <= whole, "{failures}: {wait:?}");
        }
        let waits: Vec<_> = (0..20).map(|_| backoff.disconnected(start, &mut entropy)).collect();
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }

    #[test]
    fn cf_18_a_server_that_answers_and_hangs_up_is_not_called_at_once_for_ever() {
        let mut entropy = SeededEntropy::new(1);
        let mut backoff = Backoff::default();
        let mut mono = Duration::ZERO;
        let mut waits = Vec::new();
        for _ in 0..20 {
            backoff.connected(mono);
            backoff.succeeded();
            let dial = backoff.disconnected(mono, &mut entropy);
            waits.push(dial - mono);
            mono = dial;
        }
        assert!(waits[0] <= FIRST);
        let settled = FIRST.saturating_mul(1 << ANSWERED);
        assert!(waits[5..].iter().all(|wait| (settled / 2..=settled).contains(wait)), "{waits:?}");
    }

    #[test]
    fn cf_15_too_many_connections_are_an_answer_that_is_waited_on() {
        let mut entropy = SeededEntropy::new(1);
        let mut backoff = Backoff::default();
        backoff.connected(Duration::ZERO);
        // Even after a link that held.
        backoff.flooded();
        let wait = backoff.disconnected(HEALTHY, &mut entropy) - HEALTHY;
        assert!(wait >= Duration::from_secs(3) && wait <= LONGEST, "{wait:?}");
    }

    #[test]
    fn cf_18_a_link_that_held_for_half_a_minute_begins_anew() {
        let mut entropy = SeededEntropy::new(1);
        let mut backoff = Backoff::default();
        let mut mono = Duration::ZERO;
        for _ in 0..10 {
            mono = backoff.disconnected(mono, &mut entropy);
        }
        backoff.connected(mono);
        let silent = mono + HEALTHY;
        assert!(
            backoff.clone().disconnected(silent, &mut entropy) - silent > Duration::from_secs(10)
        );
        let failures = backoff.failures;
        backoff.succeeded();
        backoff.failures = failures;
        let short = mono + Duration::from_secs(29);
        assert!(
            backoff.clone().disconnected(short, &mut entropy) - short > Duration::from_secs(10)
        );
        let long = mono + HEALTHY;
        assert!(backoff.disconnected(long, &mut entropy) - long <= FIRST);
    }
}
