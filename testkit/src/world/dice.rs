//! The world's randomness: all of it follows from one seed, and goes with a snapshot.

use telewire::crypto::{Entropy, EntropyExt, SeededEntropy};

/// Reproducible randomness.
#[derive(Debug, Clone)]
pub(crate) struct Dice(SeededEntropy);

impl Dice {
    pub(crate) fn new(entropy: &mut dyn Entropy) -> Self {
        Self(SeededEntropy::from_seed(entropy.array()))
    }
}

impl Entropy for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}
