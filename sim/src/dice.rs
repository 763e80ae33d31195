//! All chance of a schedule, from its seed.

use std::time::Duration;

use telewire::crypto::{Entropy, EntropyExt, SeededEntropy};

/// A stream of chance.
#[derive(Debug, Clone)]
pub struct Dice(SeededEntropy);

impl Dice {
    /// The stream of a seed. Streams of other purposes differ.
    #[must_use]
    pub fn new(seed: u64, purpose: u64) -> Self {
        Self(SeededEntropy::new(seed.wrapping_mul(PURPOSES).wrapping_add(purpose)))
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.0.array())
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end as u64;
        self.number().checked_rem(end).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// True in so many of a thousand cases.
    pub fn permille(&mut self, permille: usize) -> bool {
        self.below(1_000) < permille
    }

    /// A time below `end`.
    pub fn time(&mut self, end: Duration) -> Duration {
        let nanos = u64::try_from(end.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.number().checked_rem(nanos).unwrap_or(0))
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// One of them; all have the same chance.
    pub fn pick_or<T: Copy>(&mut self, one: T, others: &[T]) -> T {
        let at = self.below(others.len().saturating_add(1)).checked_sub(1);
        at.and_then(|at| others.get(at)).copied().unwrap_or(one)
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill(&mut bytes);
        bytes
    }

    /// A stream of its own.
    #[must_use]
    pub fn fork_dice(&mut self) -> Self {
        Self(self.fork())
    }

    /// A source of randomness of its own.
    pub fn fork(&mut self) -> SeededEntropy {
        SeededEntropy::from_seed(self.0.array())
    }
}

/// How many purposes a seed serves.
const PURPOSES: u64 = 16;
