//! Checks of the public Diffie-Hellman numbers, and the key they lead to. Whoever skips one of them
//! can be given a key that others know; both sides check (KX-13 to KX-15).

use num_bigint::BigUint;

use super::auth_key::AuthKey;
use super::be::left_pad;
use super::entropy::Entropy;
use super::secret::Secret;
use super::suite::{CryptoSuite, SuiteError};

/// Checks that `p` is a safe prime of exactly 2048 bits (KX-13). The known prime is accepted at
/// once; another costs a test of a quarter of a second, so keep the result and stay off I/O tasks.
///
/// Source: <https://core.telegram.org/mtproto/security_guidelines>.
///
/// # Errors
/// [`DhError::PrimeLength`], [`DhError::PrimeTopBit`] or [`DhError::PrimeNotSafe`].
pub fn check_prime(
    suite: &dyn CryptoSuite,
    p: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<[u8; 256], DhError> {
    let p = check_prime_form(p)?;
    if p == KNOWN_PRIME || suite.is_safe_prime(&p, entropy) {
        Ok(p)
    } else {
        Err(DhError::PrimeNotSafe)
    }
}

/// The part of [`check_prime`] that costs nothing: exactly 256 bytes, the highest bit set (KX-13).
///
/// # Errors
/// [`DhError::PrimeLength`] or [`DhError::PrimeTopBit`].
pub fn check_prime_form(p: &[u8]) -> Result<[u8; 256], DhError> {
    let p: [u8; 256] = p.try_into().map_err(|_| DhError::PrimeLength { length: p.len() })?;
    if p[0] < 0x80 { Err(DhError::PrimeTopBit) } else { Ok(p) }
}

/// Checks that `g` generates the subgroup of prime order `(p - 1) / 2`, for the known prime too
/// (KX-14). Returns it as the base of a power.
///
/// | g | p must have |
/// | --- | --- |
/// | 2 | p mod 8 = 7 |
/// | 3 | p mod 3 = 2 |
/// | 4 | no condition |
/// | 5 | p mod 5 = 1 or 4 |
/// | 6 | p mod 24 = 19 or 23 |
/// | 7 | p mod 7 = 3, 5 or 6 |
///
/// Source: <https://core.telegram.org/mtproto/security_guidelines>.
///
/// # Errors
/// [`DhError::GeneratorRange`] or [`DhError::GeneratorResidue`].
pub fn check_generator(g: i32, p: &[u8; 256]) -> Result<[u8; 256], DhError> {
    if !(2..=7).contains(&g) {
        return Err(DhError::GeneratorRange { g });
    }
    if !is_generator(g, &BigUint::from_bytes_be(p)) {
        return Err(DhError::GeneratorResidue { g });
    }
    // Four bytes, so it fits.
    left_pad(&g.to_be_bytes()).ok_or(DhError::GeneratorRange { g })
}

/// Checks `g_a` or `g_b` as it was received, big-endian, and pads it to 256 bytes (KX-15).
///
/// ```text
/// 1 < value < p - 1     and     2^1984 <= value <= p - 2^1984
/// ```
/// Source: <https://core.telegram.org/mtproto/security_guidelines#g-a-and-g-b-validation>.
///
/// # Errors
/// [`DhError::PublicLength`], [`DhError::PublicRange`], [`DhError::PublicSmall`] or
/// [`DhError::PublicLarge`].
pub fn check_public(value: &[u8], p: &[u8; 256]) -> Result<[u8; 256], DhError> {
    let padded = left_pad(value).ok_or(DhError::PublicLength { length: value.len() })?;
    let value = BigUint::from_bytes_be(value);
    let p = BigUint::from_bytes_be(p);
    let margin = BigUint::from(1_u8) << MARGIN_BITS;
    if value <= BigUint::from(1_u8) || &value + 1_u8 >= p {
        Err(DhError::PublicRange)
    } else if value < margin {
        Err(DhError::PublicSmall)
    } else if value + margin > p {
        Err(DhError::PublicLarge)
    } else {
        Ok(padded)
    }
}

/// The key: `public ^ secret mod p`, as 256 bytes with its leading zeros (KX-19). `public` is the
/// other side's number, checked.
///
/// # Errors
/// [`SuiteError::EvenModulus`], which no prime that was checked leads to.
pub fn auth_key(
    suite: &dyn CryptoSuite,
    public: &[u8; 256],
    secret: &Secret<256>,
    p: &[u8; 256],
) -> Result<AuthKey, DhError> {
    // In its place: each move of an array leaves a copy behind.
    AuthKey::made(|key| Ok(suite.pow_mod_into(public, secret, p, key)?))
}

/// The conditions under which `g` is a square modulo the safe prime `p`, and so generates the
/// subgroup.
fn is_generator(g: i32, p: &BigUint) -> bool {
    let is = |modulus: u32, residues: &[u32]| {
        residues.iter().any(|&residue| p % modulus == BigUint::from(residue))
    };
    match g {
        2 => is(8, &[7]),
        3 => is(3, &[2]),
        4 => true,
        5 => is(5, &[1, 4]),
        6 => is(24, &[19, 23]),
        7 => is(7, &[3, 5, 6]),
        _ => false,
    }
}

/// Which rule a Diffie-Hellman number breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DhError {
    /// KX-13.
    #[error("expected a prime of exactly 256 bytes instead of {length}")]
    PrimeLength {
        /// The length received.
        length: usize,
    },
    /// KX-13.
    #[error("expected a prime above 2^2047")]
    PrimeTopBit,
    /// KX-13.
    #[error("expected a safe prime: p and (p - 1) / 2 both prime")]
    PrimeNotSafe,
    /// KX-14.
    #[error("expected a generator from 2 to 7 instead of {g}")]
    GeneratorRange {
        /// The number received.
        g: i32,
    },
    /// KX-14.
    #[error("expected a generator of the subgroup of prime order, which {g} is not for this prime")]
    GeneratorResidue {
        /// The number received.
        g: i32,
    },
    /// KX-15.
    #[error("expected a public number of at most 256 bytes instead of {length}")]
    PublicLength {
        /// The length received.
        length: usize,
    },
    /// KX-15.
    #[error("expected a public number above 1 and below p - 1")]
    PublicRange,
    /// KX-15.
    #[error("expected a public number of at least 2^1984")]
    PublicSmall,
    /// KX-15.
    #[error("expected a public number of at most p - 2^1984")]
    PublicLarge,
    /// A primitive refused its input.
    #[error(transparent)]
    Suite(#[from] SuiteError),
}

/// `2^{2048-64}`: numbers nearer to either end are refused (KX-15). An honest one is, with
/// probability 2^-63.
const MARGIN_BITS: u32 = 2048 - 64;

/// The prime that Telegram's servers have sent since 2013; it is a safe prime, as a test confirms
/// (KX-13).
///
/// Source: <https://core.telegram.org/mtproto/samples-auth_key>.
pub const KNOWN_PRIME: [u8; 256] = [
    0xc7, 0x1c, 0xae, 0xb9, 0xc6, 0xb1, 0xc9, 0x04, 0x8e, 0x6c, 0x52, 0x2f, 0x70, 0xf1, 0x3f, 0x73,
    0x98, 0x0d, 0x40, 0x23, 0x8e, 0x3e, 0x21, 0xc1, 0x49, 0x34, 0xd0, 0x37, 0x56, 0x3d, 0x93, 0x0f,
    0x48, 0x19, 0x8a, 0x0a, 0xa7, 0xc1, 0x40, 0x58, 0x22, 0x94, 0x93, 0xd2, 0x25, 0x30, 0xf4, 0xdb,
    0xfa, 0x33, 0x6f, 0x6e, 0x0a, 0xc9, 0x25, 0x13, 0x95, 0x43, 0xae, 0xd4, 0x4c, 0xce, 0x7c, 0x37,
    0x20, 0xfd, 0x51, 0xf6, 0x94, 0x58, 0x70, 0x5a, 0xc6, 0x8c, 0xd4, 0xfe, 0x6b, 0x6b, 0x13, 0xab,
    0xdc, 0x97, 0x46, 0x51, 0x29, 0x69, 0x32, 0x84, 0x54, 0xf1, 0x8f, 0xaf, 0x8c, 0x59, 0x5f, 0x64,
    0x24, 0x77, 0xfe, 0x96, 0xbb, 0x2a, 0x94, 0x1d, 0x5b, 0xcd, 0x1d, 0x4a, 0xc8, 0xcc, 0x49, 0x88,
    0x07, 0x08, 0xfa, 0x9b, 0x37, 0x8e, 0x3c, 0x4f, 0x3a, 0x90, 0x60, 0xbe, 0xe6, 0x7c, 0xf9, 0xa4,
    0xa4, 0xa6, 0x95, 0x81, 0x10, 0x51, 0x90, 0x7e, 0x16, 0x27, 0x53, 0xb5, 0x6b, 0x0f, 0x6b, 0x41,
    0x0d, 0xba, 0x74, 0xd8, 0xa8, 0x4b, 0x2a, 0x14, 0xb3, 0x14, 0x4e, 0x0e, 0xf1, 0x28, 0x47, 0x54,
    0xfd, 0x17, 0xed, 0x95, 0x0d, 0x59, 0x65, 0xb4, 0xb9, 0xdd, 0x46, 0x58, 0x2d, 0xb1, 0x17, 0x8d,
    0x16, 0x9c, 0x6b, 0xc4, 0x65, 0xb0, 0xd6, 0xff, 0x9c, 0xa3, 0x92, 0x8f, 0xef, 0x5b, 0x9a, 0xe4,
    0xe4, 0x18, 0xfc, 0x15, 0xe8, 0x3e, 0xbe, 0xa0, 0xf8, 0x7f, 0xa9, 0xff, 0x5e, 0xed, 0x70, 0x05,
    0x0d, 0xed, 0x28, 0x49, 0xf4, 0x7b, 0xf9, 0x59, 0xd9, 0x56, 0x85, 0x0c, 0xe9, 0x29, 0x85, 0x1f,
    0x0d, 0x81, 0x15, 0xf6, 0x35, 0xb1, 0x05, 0xee, 0x2e, 0x4e, 0x15, 0xd0, 0x4b, 0x24, 0x54, 0xbf,
    0x6f, 0x4f, 0xad, 0xf0, 0x34, 0xb1, 0x04, 0x03, 0x11, 0x9c, 0xd8, 0xe3, 0xb9, 0x2f, 0xcc, 0x5b,
];

#[cfg(test)]
pub(crate) mod tests;
