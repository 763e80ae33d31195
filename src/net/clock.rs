//! The clocks of this machine.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::time::Now;

/// Reads the clocks of this machine.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock whose monotonic time begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Now {
        // A wall clock before 1970 is as wrong as any other; the server corrects it.
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Now { mono: self.start.elapsed(), unix }
    }

    /// The instant at which the monotonic time will be this.
    pub(super) fn instant(&self, mono: Duration) -> Instant {
        // A time that no instant can express is far away: a day will do, and then it is looked at again.
        let far = self.start + self.start.elapsed() + Duration::from_secs(86_400);
        self.start.checked_add(mono).map_or(far, |instant| instant.min(far))
    }
}
