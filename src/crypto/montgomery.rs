//! Arithmetic modulo an odd number of at most 63 bits, and the test of primality built on it.
//! Public numbers only: nothing here is constant in time.

/// Multiplication modulo `n` without divisions. A number `a` stands for `a * 2^-64 mod n`; for
/// looking for factors, which of the two it is makes no difference.
#[derive(Clone, Copy, Debug)]
pub(super) struct Montgomery {
    n: u64,
    /// `n^-1 mod 2^64`.
    inverse: u64,
    /// `2^64 mod n`, which stands for 1.
    one: u64,
}

impl Montgomery {
    /// `None` when `n` is even, below 3, or of 64 bits.
    pub(super) fn new(n: u64) -> Option<Self> {
        if n.is_multiple_of(2) || !(3..=u64::MAX / 2).contains(&n) {
            return None;
        }
        // Newton: each round doubles the bits that are right, and n is its own inverse in the
        // lowest three.
        let mut inverse = n;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n.wrapping_mul(inverse)));
        }
        Some(Self { n, inverse, one: (u64::MAX % n + 1) % n })
    }

    pub(super) fn n(&self) -> u64 {
        self.n
    }

    pub(super) fn one(&self) -> u64 {
        self.one
    }

    /// `a * b * 2^-64 mod n`, for numbers below `n`.
    #[inline]
    pub(super) fn mul(&self, a: u64, b: u64) -> u64 {
        self.mul_add(a, b, 0)
    }

    /// `a * b * 2^-64 + c mod n`, for numbers below `n`. The sum costs nothing: it is done while
    /// the processor waits for the second product.
    #[inline]
    pub(super) fn mul_add(&self, a: u64, b: u64, c: u64) -> u64 {
        let product = u128::from(a) * u128::from(b);
        let sum = (product >> 64) as u64 + c;
        let sum = if sum >= self.n { sum - self.n } else { sum };
        // This multiple of n ends in the same 64 bits, so what is left of the difference is the
        // quotient by 2^64.
        let multiple = u128::from((product as u64).wrapping_mul(self.inverse)) * u128::from(self.n);
        let (high, borrowed) = sum.overflowing_sub((multiple >> 64) as u64);
        if borrowed { high.wrapping_add(self.n) } else { high }
    }

    /// The number that stands for `a`.
    fn enter(&self, a: u64) -> u64 {
        let r = u128::from(self.one);
        (u128::from(a) * r % u128::from(self.n)) as u64
    }

    fn pow(&self, base: u64, exponent: u64) -> u64 {
        let (mut base, mut exponent, mut power) = (base, exponent, self.one);
        while exponent > 0 {
            if exponent % 2 == 1 {
                power = self.mul(power, base);
            }
            base = self.mul(base, base);
            exponent /= 2;
        }
        power
    }
}

/// Whether a number of at most 63 bits is prime, for certain: Miller-Rabin with the first twelve
/// primes as bases decides every number below 3.1 * 10^23 (Sorenson and Webster, [Strong
/// pseudoprimes to twelve prime bases](https://arxiv.org/abs/1509.00864), 2015).
pub(super) fn is_prime(n: u64) -> bool {
    if let Some(divisor) = BASES.iter().find(|&&base| n.is_multiple_of(base)) {
        return n == *divisor;
    }
    let Some(modulus) = Montgomery::new(n) else { return false };
    let one = modulus.one();
    let minus_one = n - one;
    let twos = (n - 1).trailing_zeros();
    BASES.iter().all(|&base| {
        let mut power = modulus.pow(modulus.enter(base), (n - 1) >> twos);
        if power == one || power == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = modulus.mul(power, power);
            power == minus_one
        })
    })
}

const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

#[cfg(test)]
mod tests {
    use super::super::entropy::{EntropyExt, SeededEntropy};
    use super::{Montgomery, is_prime};

    #[test]
    fn products_and_sums_equal_those_by_division() {
        let mut entropy = SeededEntropy::new(1);
        let mut random = || u64::from_le_bytes(entropy.array());
        for bits in 2..=63 {
            for _ in 0..100 {
                let n = random() >> (64 - bits) | 1 | 1 << (bits - 1);
                let m = Montgomery::new(n).unwrap();
                let (a, b) = (random() % n, random() % n);
                let mod_n = |x: u128| (x % u128::from(n)) as u64;
                let product = m.mul(m.enter(a), m.enter(b));
                assert_eq!(product, m.enter(mod_n(u128::from(a) * u128::from(b))));
                let sum = m.mul_add(m.enter(a), m.enter(b), a);
                assert_eq!(sum, mod_n(u128::from(product) + u128::from(a)));
                // Out of Montgomery's form again.
                assert_eq!(m.mul(m.enter(a), 1), a);
            }
        }
    }

    #[test]
    fn moduli_are_odd_and_of_at_most_63_bits() {
        for n in [0, 1, 2, 4, 1 << 63, (1 << 63) + 1, u64::MAX] {
            assert!(Montgomery::new(n).is_none(), "{n}");
        }
        assert!(Montgomery::new(3).is_some() && Montgomery::new((1 << 63) - 1).is_some());
    }

    #[test]
    fn small_primes_are_those_of_the_sieve() {
        let mut composite = vec![false; 100_000];
        composite[..2].fill(true);
        for n in 2..composite.len() {
            assert_eq!(is_prime(n as u64), !composite[n], "{n}");
            if !composite[n] {
                (n * n..composite.len()).step_by(n).for_each(|multiple| composite[multiple] = true);
            }
        }
    }

    /// The least numbers that pass with the first 1 to 9 primes as bases
    /// (<https://oeis.org/A014233>), some of Carmichael's, and the largest primes of 61, 62 and 63
    /// bits.
    #[test]
    fn pseudoprimes_are_composite() {
        for n in [
            2047,
            1_373_653,
            25_326_001,
            3_215_031_751,
            2_152_302_898_747,
            3_474_749_660_383,
            341_550_071_728_321,
            3_825_123_056_546_413_051,
            561,
            1105,
            825_265,
            3_778_118_040_573_702_001,
        ] {
            assert!(!is_prime(n), "{n}");
        }
        for n in [(1 << 61) - 1, (1 << 62) - 57, (1 << 63) - 25] {
            assert!(is_prime(n), "{n}");
        }
    }
}
