//! Where random bytes come from. The core draws them from an argument, so that equal inputs give
//! equal outputs; what stands behind it (the system's generator, a seed) is the caller's matter.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A source of random bytes.
///
/// In production it must be a cryptographically secure generator: nonces (KX-02, KX-06),
/// Diffie-Hellman exponents (KX-16) and padding are taken from it. Filling cannot fail: a source
/// that can run dry has to deal with that before it is passed in.
pub trait Entropy {
    /// Fills all of `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);
}

impl<E: Entropy + ?Sized> Entropy for &mut E {
    fn fill(&mut self, out: &mut [u8]) {
        (**self).fill(out);
    }
}

impl<E: Entropy + ?Sized> Entropy for Box<E> {
    fn fill(&mut self, out: &mut [u8]) {
        (**self).fill(out);
    }
}

/// Shorthand for every [`Entropy`], also behind `dyn`.
pub trait EntropyExt: Entropy {
    /// `N` random bytes, as in `u64::from_le_bytes(entropy.array())`.
    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl<E: Entropy + ?Sized> EntropyExt for E {}

/// Reproducible bytes: equal seeds give equal streams. For tests and simulations, and for work that takes its randomness
/// along as a seed drawn from a real source.
#[derive(Clone)]
pub struct SeededEntropy(ChaCha8Rng);

impl SeededEntropy {
    /// A stream from a small seed, of which there are only 2^64.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A stream from a seed that may itself be secret.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ChaCha8Rng::from_seed(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }
}

impl std::fmt::Debug for SeededEntropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeededEntropy")
    }
}

#[cfg(test)]
pub(crate) use for_tests::FixedEntropy;

#[cfg(test)]
mod for_tests {
    use std::collections::VecDeque;

    use super::Entropy;

    /// Hands out the given strings in order, one a draw, for known answers. A draw of another
    /// length, or one too many, fails the test.
    #[derive(Debug)]
    pub(crate) struct FixedEntropy(VecDeque<Vec<u8>>);

    impl FixedEntropy {
        pub(crate) fn new<T: Into<Vec<u8>>>(draws: impl IntoIterator<Item = T>) -> Self {
            Self(draws.into_iter().map(Into::into).collect())
        }

        /// How many strings nobody has drawn yet.
        pub(crate) fn left(&self) -> usize {
            self.0.len()
        }
    }

    impl Entropy for FixedEntropy {
        fn fill(&mut self, out: &mut [u8]) {
            let draw = self.0.pop_front().expect("one draw more than strings were given");
            assert_eq!(draw.len(), out.len(), "a draw of another length than the string given");
            out.copy_from_slice(&draw);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entropy, EntropyExt, FixedEntropy, SeededEntropy};

    #[test]
    fn arrays_are_drawn_through_a_trait_object_a_reference_and_a_box() {
        let mut seeded = SeededEntropy::new(7);
        let direct: [u8; 9] = seeded.array();

        let mut seeded = SeededEntropy::new(7);
        let object: &mut dyn Entropy = &mut seeded;
        assert_eq!(object.array(), direct);

        let mut boxed: Box<dyn Entropy + Send> = Box::new(SeededEntropy::new(7));
        assert_eq!(boxed.array(), direct);

        fn draw(mut entropy: impl Entropy) -> [u8; 9] {
            entropy.array()
        }
        assert_eq!(draw(&mut SeededEntropy::new(7)), direct);
    }

    #[test]
    fn seeds_differ() {
        let [a, b] = [1, 2].map(|seed| SeededEntropy::new(seed).array::<32>());
        assert_ne!(a, b);
    }

    #[test]
    fn fixed_strings_come_in_order() {
        let mut entropy = FixedEntropy::new([vec![1, 2], vec![3]]);
        assert_eq!(entropy.array(), [1, 2]);
        assert_eq!(entropy.array(), [3]);
        assert_eq!(entropy.left(), 0);
    }

    #[test]
    #[should_panic(expected = "one draw more")]
    fn fixed_strings_run_out() {
        FixedEntropy::new::<Vec<u8>>([]).array::<1>();
    }
}
