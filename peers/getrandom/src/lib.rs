//! Stands in for the crate `getrandom`, so that the other library's key exchange can be replayed: its randomness cannot be
//! handed in, and without knowing it nobody can write the server's answers.
//!
//! What was queued by [`queue`] comes first; after that come bytes that a counter makes. It is of use in benches only.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;

/// Randomness does not fail here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no randomness")
    }
}

impl std::error::Error for Error {}

thread_local! {
    static QUEUE: RefCell<VecDeque<u8>> = const { RefCell::new(VecDeque::new()) };
}

/// Appends bytes that the next calls of [`fill`] on this thread give.
pub fn queue(bytes: &[u8]) {
    QUEUE.with_borrow_mut(|queue| queue.extend(bytes));
}

/// Fills `dest`.
///
/// # Errors
///
/// Never.
pub fn fill(dest: &mut [u8]) -> Result<(), Error> {
    QUEUE.with_borrow_mut(|queue| {
        let queued = dest.len().min(queue.len());
        let (recorded, made) = dest.split_at_mut(queued);
        for (place, byte) in recorded.iter_mut().zip(queue.drain(..queued)) {
            *place = byte;
        }
        for (place, byte) in made.iter_mut().zip(1..) {
            *place = byte;
        }
    });
    Ok(())
}

#[cfg(feature = "sys_rng")]
pub use sys_rng::{SysRng, rand_core};

#[cfg(feature = "sys_rng")]
mod sys_rng {
    pub use rand_core;
    use rand_core::{TryCryptoRng, TryRng};

    use super::Error;

    /// The generator of the same bytes.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct SysRng;

    impl TryRng for SysRng {
        type Error = Error;

        fn try_next_u32(&mut self) -> Result<u32, Error> {
            let mut bytes = [0; 4];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes))
        }

        fn try_next_u64(&mut self) -> Result<u64, Error> {
            let mut bytes = [0; 8];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        }

        fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
            super::fill(dest)
        }
    }

    impl TryCryptoRng for SysRng {}
}
