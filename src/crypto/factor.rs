//! Factorising `pq`, the proof of work at the start of the key exchange (KX-05). The number comes
//! from somebody unknown, so each rule is checked and the work is bounded.

use super::montgomery::{Montgomery, is_prime};
#[cfg(feature = "server")]
use super::{Entropy, EntropyExt};

pub use super::be::minimal_be;

/// Reads `pq` as it was received, big-endian (KX-05).
///
/// # Errors
/// [`FactorError::Length`] unless there are 1 to 8 bytes.
pub fn parse_pq(bytes: &[u8]) -> Result<u64, FactorError> {
    if bytes.is_empty() {
        return Err(FactorError::Length { length: 0 });
    }
    super::be::left_pad(bytes)
        .map(u64::from_be_bytes)
        .ok_or(FactorError::Length { length: bytes.len() })
}

/// The primes `p < q` with `p * q = pq` (KX-05), by Brent's variant of Pollard's rho, with at most
/// `budget` steps; pass [`WORK_BUDGET`]. Deterministic. Takes a fraction of a millisecond for what
/// servers send, a few at most, so keep it off I/O tasks.
///
/// Sources: <https://core.telegram.org/mtproto/auth_key>; Brent, [An improved Monte
/// Carlo factorization algorithm](https://maths-people.anu.edu.au/~brent/pub/pub051.html), 1980.
///
/// # Errors
/// One variant of [`FactorError`] for each rule that `pq` breaks, and [`FactorError::OutOfBudget`].
pub fn factorize(pq: u64, budget: u32) -> Result<(u64, u64), FactorError> {
    if pq <= 3 {
        return Err(FactorError::TooSmall);
    }
    if pq > MAX_PQ {
        return Err(FactorError::TooLarge);
    }
    let Some(modulus) = Montgomery::new(pq) else {
        return Err(FactorError::Even);
    };
    if is_prime(pq) {
        return Err(FactorError::Prime);
    }
    if pq.isqrt().pow(2) == pq {
        return Err(FactorError::Square);
    }
    let factor = find_factor(&modulus, budget).ok_or(FactorError::OutOfBudget)?;
    let (p, q) = (factor.min(pq / factor), factor.max(pq / factor));
    if is_prime(p) && is_prime(q) { Ok((p, q)) } else { Err(FactorError::NotTwoPrimes) }
}

/// Two different primes of 31 bits, the smaller first, for a server to multiply and send.
#[cfg(feature = "server")]
pub fn random_factors(entropy: &mut dyn Entropy) -> (u64, u64) {
    let mut prime = || {
        // Bit 30 is set so that the product has 61 or 62 bits, bit 0 because it must be odd. The next prime is near.
        let start = u64::from(u32::from_le_bytes(entropy.array())) & 0x3fff_ffff | 0x4000_0001;
        (start..).step_by(2).find(|n| is_prime(*n)).unwrap_or(START_PRIME)
    };
    let (p, mut q) = (prime(), prime());
    while p == q {
        q = prime();
    }
    (p.min(q), p.max(q))
}

/// A prime of 31 bits, `2^31 - 1`, for the search that always finds one before.
#[cfg(feature = "server")]
const START_PRIME: u64 = 0x7fff_ffff;

/// A factor between 1 and the composite modulus, which is no square of a prime.
fn find_factor(modulus: &Montgomery, budget: u32) -> Option<u64> {
    let mut budget = budget;
    let mut c = 1;
    loop {
        match rho(modulus, c, &mut budget) {
            Rho::Factor(factor) => return Some(factor),
            Rho::OutOfBudget => return None,
            // This polynomial ran into both factors at once; another will not at the same place.
            Rho::NextPolynomial => c += 1,
        }
    }
}

enum Rho {
    Factor(u64),
    NextPolynomial,
    OutOfBudget,
}

/// Walks `y -> y^2 + c` until two places agree modulo one factor. The differences to a place kept
/// are multiplied together, so that one greatest common divisor serves a whole batch.
fn rho(modulus: &Montgomery, c: u64, budget: &mut u32) -> Rho {
    let n = modulus.n();
    let c = c % n;
    let step = |y: u64| modulus.mul_add(y, y, c);
    let (mut y, mut product) = (START % n, modulus.one());
    let mut distance = 1;
    loop {
        let kept = y;
        let Some(left) = budget.checked_sub(distance) else { return Rho::OutOfBudget };
        *budget = left;
        for _ in 0..distance {
            y = step(y);
        }
        let mut done = 0;
        while done < distance {
            let batch = BATCH.min(distance - done);
            let Some(left) = budget.checked_sub(batch) else { return Rho::OutOfBudget };
            *budget = left;
            let start = y;
            for _ in 0..batch {
                y = step(y);
                product = modulus.mul(product, kept.abs_diff(y));
            }
            match gcd(product, n) {
                1 => {}
                // Both factors are in the product: go through the batch again, one by one.
                factor if factor == n => return first_factor(n, kept, start, batch, step),
                factor => return Rho::Factor(factor),
            }
            done += batch;
        }
        distance *= 2;
    }
}

fn first_factor(n: u64, kept: u64, start: u64, batch: u32, step: impl Fn(u64) -> u64) -> Rho {
    let mut y = start;
    for _ in 0..batch {
        y = step(y);
        match gcd(kept.abs_diff(y), n) {
            1 => {}
            factor if factor == n => break,
            factor => return Rho::Factor(factor),
        }
    }
    Rho::NextPolynomial
}

/// The greatest common divisor with an odd `n`; that with 0 is `n`.
fn gcd(a: u64, n: u64) -> u64 {
    let (mut a, mut b) = (a, n);
    while a != 0 {
        a >>= a.trailing_zeros();
        if a < b {
            (a, b) = (b, a);
        }
        a -= b;
    }
    b
}

/// Why there are no `p` and `q`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FactorError {
    /// It is a number of 64 bits.
    #[error("expected a pq of 1 to 8 bytes instead of {length}")]
    Length {
        /// The length received.
        length: usize,
    },
    /// Such a number has no two odd factors.
    #[error("expected a pq above 3")]
    TooSmall,
    /// Servers send at most 63 bits.
    #[error("expected a pq of at most 2^63 - 1")]
    TooLarge,
    /// Both factors are odd primes.
    #[error("expected an odd pq")]
    Even,
    /// A prime would make a search for its factors go on for ever.
    #[error("expected a pq that is no prime")]
    Prime,
    /// `p < q`, so they differ.
    #[error("expected a pq of two different factors")]
    Square,
    /// It has a factor that is no prime.
    #[error("expected a pq of exactly two primes")]
    NotTwoPrimes,
    /// The search did not come to an end in the steps it was given.
    #[error("expected to factorise pq in fewer steps")]
    OutOfBudget,
}

/// The largest number of 63 bits (KX-05).
const MAX_PQ: u64 = i64::MAX as u64;

/// Steps for one `pq`: about a millisecond. A number of 63 bits needs 80,000 on average, and none
/// of 16,000 random ones needed all of these; one that does is as good a reason to start anew as
/// any other bad `pq`.
pub const WORK_BUDGET: u32 = 1 << 18;

/// Where the walk begins; any small number does.
const START: u64 = 2;

/// Steps between two greatest common divisors: one costs as much as some dozens of steps, and every
/// step behind the one that found the factor is wasted. From 256 to 1024 the time is the same.
const BATCH: u32 = 256;

#[cfg(test)]
mod tests {
    use super::super::entropy::{EntropyExt, SeededEntropy};
    use super::super::montgomery::is_prime;
    use super::super::vectors;
    use super::{FactorError, MAX_PQ, WORK_BUDGET, factorize, parse_pq};

    /// A random prime of exactly so many bits.
    fn prime(bits: u32, entropy: &mut SeededEntropy) -> u64 {
        loop {
            let number = u64::from_le_bytes(entropy.array()) >> (64 - bits);
            let candidate = number | 1 | 1 << (bits - 1);
            if is_prime(candidate) {
                return candidate;
            }
        }
    }

    #[test]
    fn kx_05_recorded_numbers() {
        for exchange in ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad"] {
            let number = |name| vectors::bytes(&format!("{exchange}.{name}"));
            let (p, q) = factorize(parse_pq(&number("pq")).unwrap(), WORK_BUDGET).unwrap();
            assert_eq!(super::minimal_be(p), number("p"));
            assert_eq!(super::minimal_be(q), number("q"));
        }
    }

    #[test]
    fn kx_05_a_number_has_1_to_8_bytes() {
        for length in 1..=8 {
            assert_eq!(parse_pq(&vec![0xff; length]), Ok(u64::MAX >> (64 - 8 * length)));
        }
        for length in [0, 9, 16, 1000] {
            assert_eq!(parse_pq(&vec![0; length]), Err(FactorError::Length { length }));
        }
        assert_eq!(parse_pq(&[0, 0, 0, 21]), Ok(21));
    }

    #[test]
    fn kx_05_small_even_and_large_numbers_are_refused() {
        for pq in 0..=3 {
            assert_eq!(factorize(pq, WORK_BUDGET), Err(FactorError::TooSmall));
        }
        for pq in [4, 6, 10, MAX_PQ - 1] {
            assert_eq!(factorize(pq, WORK_BUDGET), Err(FactorError::Even));
        }
        for pq in [MAX_PQ + 1, MAX_PQ + 2, u64::MAX] {
            assert_eq!(factorize(pq, WORK_BUDGET), Err(FactorError::TooLarge));
        }
    }

    /// By trial division, for every number that a byte or two can hold.
    #[test]
    fn kx_05_every_small_number_is_factorised_or_refused_by_the_right_rule() {
        for pq in 4..20_000_u64 {
            let p = (2..=pq).find(|p| pq.is_multiple_of(*p)).unwrap();
            let q = pq / p;
            let q_is_prime =
                q > 1 && (2..q).take_while(|d| d * d <= q).all(|d| !q.is_multiple_of(d));
            let expected = if p == 2 {
                Err(FactorError::Even)
            } else if q == 1 {
                Err(FactorError::Prime)
            } else if pq.isqrt().pow(2) == pq {
                Err(FactorError::Square)
            } else if q_is_prime {
                Ok((p, q))
            } else {
                Err(FactorError::NotTwoPrimes)
            };
            assert_eq!(factorize(pq, WORK_BUDGET), expected, "pq = {pq}");
        }
    }

    #[test]
    fn kx_05_random_products_of_two_primes_of_every_size() {
        let mut entropy = SeededEntropy::new(1);
        for p_bits in 2..=31 {
            for q_bits in p_bits..=63 - p_bits {
                let (a, b) = (prime(p_bits, &mut entropy), prime(q_bits, &mut entropy));
                let expected =
                    if a == b { Err(FactorError::Square) } else { Ok((a.min(b), a.max(b))) };
                assert_eq!(factorize(a * b, WORK_BUDGET), expected, "{a} * {b}");
            }
        }
    }

    #[test]
    fn kx_05_the_largest_products_of_63_bits() {
        // The largest prime below the root of 2^63, and the next two.
        let root = MAX_PQ.isqrt();
        let mut primes = (0..=root).rev().filter(|&n| is_prime(n));
        let (q, p, o) = (primes.next().unwrap(), primes.next().unwrap(), primes.next().unwrap());
        assert_eq!(factorize(p * q, WORK_BUDGET), Ok((p, q)));
        assert_eq!(factorize(o * q, WORK_BUDGET), Ok((o, q)));
        assert_eq!(factorize(q * q, WORK_BUDGET), Err(FactorError::Square));
        // 2^63 - 1 = 7^2 * 73 * 127 * 337 * 92737 * 649657.
        assert_eq!(factorize(MAX_PQ, WORK_BUDGET), Err(FactorError::NotTwoPrimes));
    }

    #[test]
    fn kx_05_primes_are_refused_without_a_search() {
        let mut entropy = SeededEntropy::new(2);
        // 2^63 - 25 is the largest prime of 63 bits.
        for pq in [5, 7, 65537, (1 << 63) - 25]
            .into_iter()
            .chain(std::iter::repeat_with(|| prime(63, &mut entropy)).take(100))
        {
            assert_eq!(factorize(pq, 0), Err(FactorError::Prime));
        }
    }

    #[test]
    fn kx_05_products_of_three_primes_are_refused() {
        let mut entropy = SeededEntropy::new(3);
        for _ in 0..100 {
            let [a, b, c] = [(); 3].map(|()| prime(21, &mut entropy));
            assert_eq!(factorize(a * b * c, WORK_BUDGET), Err(FactorError::NotTwoPrimes));
        }
        assert_eq!(factorize(27, WORK_BUDGET), Err(FactorError::NotTwoPrimes));
    }

    #[test]
    fn kx_05_work_stays_within_the_budget() {
        let pq = parse_pq(&vectors::bytes("new_official_2024.pq")).unwrap();
        for budget in [0, 1, 2, 100, 1000] {
            assert_eq!(factorize(pq, budget), Err(FactorError::OutOfBudget));
        }
        assert!(factorize(pq, u32::MAX).is_ok());
    }

    /// 15 takes one step to a place that is kept, and one to the place that is compared with it.
    #[test]
    fn kx_05_every_step_is_counted() {
        assert_eq!(factorize(15, 1), Err(FactorError::OutOfBudget));
        assert_eq!(factorize(15, 2), Ok((3, 5)));
    }

    #[cfg(feature = "server")]
    #[test]
    fn the_factors_that_a_server_draws_are_found_again() {
        let mut entropy = super::super::SeededEntropy::new(3);
        for _ in 0..50 {
            let (p, q) = super::random_factors(&mut entropy);
            assert_eq!(super::factorize(p * q, super::WORK_BUDGET), Ok((p, q)));
        }
    }
}
