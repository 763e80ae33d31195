//! Time comes in as an argument: [`Now`]. What the server's clock shows is derived from it in one place, [`ServerClock`].

use std::time::Duration;

/// The moment at which something happens, as two clocks show it.
///
/// The core never reads a clock. Whoever drives it passes a `Now` whose `mono` never goes backwards; `unix` may jump
/// as wall clocks do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Now {
    /// A monotonic clock, from an arbitrary start. All waiting is measured with it.
    pub mono: Duration,
    /// The wall clock, since 1970-01-01 UTC. Only a first guess of the server's time comes from it.
    pub unix: Duration,
}

impl Now {
    /// This moment, as both clocks show it after some time has passed.
    #[must_use]
    pub fn after(self, passed: Duration) -> Self {
        Self { mono: self.mono.saturating_add(passed), unix: self.unix.saturating_add(passed) }
    }
}

/// The server's clock, as far as we know it.
///
/// Message ids must follow the server's time to within half a minute (EM-05), whatever the local wall clock shows. Once
/// the server has told its time, only the monotonic clock carries it on, so that a jump of the wall clock changes
/// nothing (CF-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerClock {
    /// The server's time at the start of the monotonic clock, in nanoseconds; it may lie before 1970.
    start: i128,
    /// The wall clock's reading at that start, for [`offset`](Self::offset).
    local_start: i128,
    is_synced: bool,
}

impl ServerClock {
    /// Supposes that the local wall clock is right.
    #[must_use]
    pub fn new(now: Now) -> Self {
        let start = nanos(now.unix) - nanos(now.mono);
        Self { start, local_start: start, is_synced: false }
    }

    /// Supposes that the local wall clock is wrong by as much as it was when `offset` was learnt.
    #[must_use]
    pub fn with_offset(now: Now, offset: i64) -> Self {
        let local = Self::new(now);
        Self { start: local.start + i128::from(offset) * SECOND, ..local }
    }

    /// Notes that the server's clock showed `server_unix` when ours showed `mono`.
    pub fn sync(&mut self, server_unix: Duration, mono: Duration) {
        self.start = nanos(server_unix) - nanos(mono);
        self.is_synced = true;
    }

    /// Whether the server has told its time.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.is_synced
    }

    /// What the server's clock shows, since 1970.
    #[must_use]
    pub fn server_unix(&self, now: Now) -> Duration {
        let nanos = self.start + nanos(now.mono);
        u64::try_from(nanos.max(0)).map_or(Duration::MAX, Duration::from_nanos)
    }

    /// By how many seconds, to the nearest, the server's clock is ahead of the local wall clock as it was at the start.
    #[must_use]
    pub fn offset(&self) -> i64 {
        let ahead = self.start - self.local_start + SECOND / 2;
        i64::try_from(ahead.div_euclid(SECOND)).unwrap_or(0)
    }
}

/// A second in nanoseconds.
const SECOND: i128 = 1_000_000_000;

fn nanos(duration: Duration) -> i128 {
    // Less than 2^95, so it fits.
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(mono: u64, unix: u64) -> Now {
        Now { mono: Duration::from_secs(mono), unix: Duration::from_secs(unix) }
    }

    #[test]
    fn an_unsynced_clock_is_the_wall_clock_of_the_start_carried_on() {
        let clock = ServerClock::new(now(10, 1_000));
        assert!(!clock.is_synced());
        assert_eq!(clock.server_unix(now(15, 9_999)), Duration::from_secs(1_005));
        let clock = ServerClock::with_offset(now(10, 1_000), -7);
        assert_eq!(clock.server_unix(now(15, 0)), Duration::from_secs(998));
        assert_eq!(clock.offset(), -7);
    }

    #[test]
    fn kx_19_the_offset_is_kept_against_the_monotonic_clock() {
        let mut clock = ServerClock::new(now(10, 1_000));
        clock.sync(Duration::from_secs(5_000), Duration::from_secs(12));
        assert!(clock.is_synced());
        assert_eq!(clock.server_unix(now(13, 0)), Duration::from_secs(5_001));
        assert_eq!(clock.offset(), 3_998);
        clock.sync(Duration::from_millis(1_001_600), Duration::from_secs(12));
        assert_eq!(clock.offset(), 0);
    }

    #[test]
    fn no_time_overflows() {
        for mono in [Duration::ZERO, Duration::MAX] {
            for unix in [Duration::ZERO, Duration::MAX] {
                let now = Now { mono, unix };
                let mut clock = ServerClock::with_offset(now, i64::MIN);
                let _ = (clock.server_unix(now), clock.offset(), now.after(Duration::MAX));
                clock.sync(Duration::MAX, Duration::ZERO);
                let _ = (clock.server_unix(now), clock.offset());
                clock.sync(Duration::ZERO, Duration::MAX);
                let _ = (clock.server_unix(Now::default()), clock.offset());
            }
        }
    }
}
