//! A server's memory of the ClientHellos that it has seen: nobody who recorded one may use it.

use std::collections::{BTreeSet, HashSet};

use super::{ClientHello, FakeTlsError};

/// By how much a client's clock may be off, in seconds. Phones are off by minutes.
const WINDOW: u64 = 600;

/// How many ClientHellos are remembered. More in the time of the window than a test's server will ever see.
const MAX_SEEN: usize = 1 << 16;

/// Refuses ClientHellos that are old, and those that were seen before.
#[derive(Debug, Default)]
pub struct ReplayGuard {
    seen: HashSet<[u8; 32]>,
    by_time: BTreeSet<(u64, [u8; 32])>,
}

impl ReplayGuard {
    /// Takes a ClientHello at `unix` seconds.
    ///
    /// # Errors
    ///
    /// [`FakeTlsError::Clock`], [`FakeTlsError::Replay`], [`FakeTlsError::Crowd`].
    pub fn take(&mut self, hello: &ClientHello, unix: u64) -> Result<(), FakeTlsError> {
        let time = u64::from(hello.time);
        let seconds = time.abs_diff(unix);
        if seconds > WINDOW {
            return Err(FakeTlsError::Clock { seconds });
        }
        // Those that the window refuses need not be remembered.
        while let Some((time, random)) = self.by_time.first().copied()
            && time.saturating_add(WINDOW) < unix
        {
            self.by_time.pop_first();
            self.seen.remove(&random);
        }
        if self.seen.contains(&hello.random) {
            return Err(FakeTlsError::Replay);
        }
        if self.seen.len() >= MAX_SEEN {
            return Err(FakeTlsError::Crowd);
        }
        self.seen.insert(hello.random);
        self.by_time.insert((time, hello.random));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(time: u64, number: u32) -> ClientHello {
        let mut random = [0; 32];
        random[..4].copy_from_slice(&number.to_le_bytes());
        ClientHello { random, session_id: [0; 32], time: time as u32 }
    }

    #[test]
    fn a_hello_is_taken_once() {
        let mut guard = ReplayGuard::default();
        assert_eq!(guard.take(&hello(10_000, 1), 10_000), Ok(()));
        assert_eq!(guard.take(&hello(10_000, 1), 10_000), Err(FakeTlsError::Replay));
        assert_eq!(guard.take(&hello(10_000, 1), 10_600), Err(FakeTlsError::Replay));
        assert_eq!(
            guard.take(&hello(10_000, 1), 10_601),
            Err(FakeTlsError::Clock { seconds: 601 })
        );
        assert_eq!(guard.take(&hello(10_000, 2), 10_000), Ok(()));
    }

    #[test]
    fn clocks_may_be_off_by_the_window() {
        let mut guard = ReplayGuard::default();
        for (time, result) in [
            (9_400, Ok(())),
            (9_399, Err(FakeTlsError::Clock { seconds: 601 })),
            (10_600, Ok(())),
            (10_601, Err(FakeTlsError::Clock { seconds: 601 })),
        ] {
            assert_eq!(guard.take(&hello(time, time as u32), 10_000), result, "{time}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_in_time() {
        let mut guard = ReplayGuard::default();
        for number in 0..MAX_SEEN as u32 {
            assert_eq!(guard.take(&hello(10_000, number), 10_000), Ok(()));
        }
        let other = hello(10_601, u32::MAX);
        assert_eq!(guard.take(&other, 10_001), Err(FakeTlsError::Crowd));
        assert_eq!(guard.take(&other, 10_601), Ok(()));
        assert_eq!((guard.seen.len(), guard.by_time.len()), (1, 1));
    }
}
