//! The life of a temporary key, by the monotonic clock.
//!
//! ```text
//!  made                       75 %   renewed   95 %      98 %             99 %          expires
//!  |---------------------------|--------x-------|----------|----------------|-------------|
//!                               another is made             no new requests  the other      no more use
//!                                                           over this one    takes over
//! ```

use std::time::Duration;

use crate::crypto::{Entropy, EntropyExt};

/// How old a key is that every server of the data centre must know. One that is younger may be refused by mistake.
const YOUNG: Duration = Duration::from_secs(60);

/// The other key takes over so long before this one expires, or after 99 of 100 parts of its life: the clocks may differ
/// by some seconds, and what goes out must come back.
const SPARE: Duration = Duration::from_secs(60);

/// A key's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    made: Duration,
    expires: Duration,
}

impl Life {
    pub(super) fn new(made: Duration, lifetime: Duration) -> Self {
        Self { made, expires: made.saturating_add(lifetime) }
    }

    /// When it must not be used any more.
    pub(super) fn expires(&self) -> Duration {
        self.expires
    }

    /// When another is to be made: after 75 to 95 of 100 parts of its life, so that not all clients do it at once.
    pub(super) fn renew_at(&self, entropy: &mut dyn Entropy) -> Duration {
        let random = u32::from(u16::from_le_bytes(entropy.array()));
        let fifth = self.length() / 5;
        let jitter = fifth / u32::from(u16::MAX) * random;
        self.made.saturating_add(self.length() / 4 * 3).saturating_add(jitter)
    }

    /// From when on no new request goes out over it if another key is ready: those under way have until
    /// [`switch_by`](Self::switch_by) to end.
    pub(super) fn hold_at(&self) -> Duration {
        self.expires.saturating_sub(self.spare() * 2)
    }

    /// When the other key takes over, whatever is under way.
    pub(super) fn switch_by(&self) -> Duration {
        self.expires.saturating_sub(self.spare())
    }

    /// Whether a server may not know it yet.
    pub(super) fn is_young(&self, mono: Duration) -> bool {
        mono.saturating_sub(self.made) < YOUNG
    }

    fn length(&self) -> Duration {
        self.expires.saturating_sub(self.made)
    }

    fn spare(&self) -> Duration {
        SPARE.min(self.length() / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{FixedEntropy, SeededEntropy};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const DAY: u64 = 24 * 3_600;

    #[test]
    fn pfs_renewal_is_between_75_and_95_percent_with_jitter() {
        let life = Life::new(seconds(1_000), seconds(DAY));
        let at = |random: u16| life.renew_at(&mut FixedEntropy::new([random.to_le_bytes()]));
        assert_eq!(at(0), seconds(1_000 + DAY * 3 / 4));
        let latest = seconds(1_000 + DAY * 95 / 100);
        assert!(latest - at(u16::MAX) < seconds(1) && at(u16::MAX) <= latest);
        let mut entropy = SeededEntropy::new(1);
        let times: Vec<Duration> = (0..20).map(|_| life.renew_at(&mut entropy)).collect();
        assert!(times.windows(2).any(|pair| pair[0].abs_diff(pair[1]) > seconds(60)));
    }

    #[test]
    fn pfs_the_switch_is_a_minute_before_the_end_and_sooner_for_a_long_life_only() {
        let life = Life::new(seconds(0), seconds(DAY));
        assert_eq!((life.hold_at(), life.switch_by()), (seconds(DAY - 120), seconds(DAY - 60)));
        let life = Life::new(seconds(0), seconds(100));
        assert_eq!((life.hold_at(), life.switch_by()), (seconds(98), seconds(99)));
    }

    #[test]
    fn pfs_a_key_is_young_for_a_minute() {
        let life = Life::new(seconds(10), seconds(DAY));
        assert!(life.is_young(seconds(69)) && !life.is_young(seconds(70)));
    }

    #[test]
    fn no_time_overflows() {
        let life = Life::new(Duration::MAX, Duration::MAX);
        let _ = (life.renew_at(&mut SeededEntropy::new(1)), life.hold_at(), life.switch_by());
    }
}
