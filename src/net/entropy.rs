//! Randomness of this machine.

use std::{fmt, io};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::crypto::Entropy;

/// A cryptographically secure generator, seeded by the operating system.
///
/// It asks the system once. Packets need random bytes all the time, and a system call for each would cost more than
/// encrypting them.
pub struct OsEntropy(ChaCha20Rng);

impl OsEntropy {
    /// Seeds a generator.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness.
    pub fn new() -> io::Result<Self> {
        let mut seed = [0; 32];
        fill_by_system(&mut seed)?;
        Ok(Self(ChaCha20Rng::from_seed(seed)))
    }
}

/// Random bytes of the operating system itself, for what may not repeat even if the process is copied while it runs: both copies of a
/// generator go on alike.
pub(crate) fn fill_by_system(out: &mut [u8]) -> io::Result<()> {
    getrandom::fill(out).map_err(io::Error::other)
}

impl Entropy for OsEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }
}

impl fmt::Debug for OsEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OsEntropy")
    }
}
