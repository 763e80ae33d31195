//! Two-step verification: a password is proved without being told, by
//! [SRP](https://core.telegram.org/api/srp) with
//! `passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow`.
//!
//! ```text
//! SH(data, salt) = H(salt | data | salt)          H = SHA-256
//! x   = SH(PBKDF2-HMAC-SHA-512(SH(SH(password, salt1), salt2), salt1, 100000), salt2)
//! v   = g^x                                        all powers modulo p
//! k   = H(p | g)          u = H(g_a | g_b)         numbers padded to 256 bytes
//! g_b = k v + g^b                                  the server's
//! t   = g_b - k v         s = t^(a + u x)          the client's view
//!                         s = (g_a v^u)^b          the server's view
//! M1  = H(H(p) xor H(g) | H(salt1) | H(salt2) | g_a | g_b | H(s))
//! ```
//! It takes a tenth of a second: keep it off tasks that do I/O. It is always of real cryptography, whatever the
//! [`CryptoSuite`].

use std::fmt;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use num_bigint::BigUint;
use pbkdf2::pbkdf2_hmac_array;
use zeroize::{Zeroize, Zeroizing};

use super::be::left_pad;
use super::dh::{self, DhError};
use super::entropy::Entropy;
use super::real::Real;
use super::secret::Secret;
use super::sha::sha256;
use super::suite::CryptoSuite;

#[cfg(feature = "server")]
mod server;
#[cfg(test)]
mod tests;

#[cfg(feature = "server")]
pub use server::SrpServer;

/// The public parameters of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SrpParams {
    salt1: Vec<u8>,
    salt2: Vec<u8>,
    p: [u8; 256],
    g: [u8; 256],
}

/// The iterations of PBKDF2; the algorithm's name says them.
const ITERATIONS: u32 = 100_000;

impl SrpParams {
    /// Checks `p` and `g` as those of a key exchange (KX-13, KX-14). A prime that is not the known one costs a quarter of a
    /// second.
    ///
    /// # Errors
    ///
    /// [`SrpError::Group`].
    pub fn new(
        salt1: Vec<u8>,
        salt2: Vec<u8>,
        g: i32,
        p: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Self, SrpError> {
        let p = dh::check_prime(&Real, p, entropy)?;
        let g = dh::check_generator(g, &p)?;
        Ok(Self { salt1, salt2, p, g })
    }

    /// What the server keeps of a password: `g^x`.
    ///
    /// # Errors
    ///
    /// None for parameters that were checked.
    pub fn verifier(&self, password: &[u8]) -> Result<Secret<256>, SrpError> {
        let x = self.x(password);
        self.power(&self.g, &x).map(|v| Secret::from(*v))
    }

    /// Proves that the password is known.
    ///
    /// `g_b` is the server's number, `account.password.srp_B`.
    ///
    /// # Errors
    ///
    /// [`SrpError::ServerRange`], [`SrpError::ServerLength`] and [`SrpError::Difference`] when the server's number is none
    /// to answer.
    pub fn prove(
        &self,
        password: &[u8],
        g_b: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<SrpProof, SrpError> {
        let g_b = left_pad(g_b).ok_or(SrpError::ServerLength { length: g_b.len() })?;
        let number = BigUint::from_bytes_be(&g_b);
        if number == BigUint::ZERO || number >= BigUint::from_bytes_be(&self.p) {
            return Err(SrpError::ServerRange);
        }
        let x = self.x(password);
        let v = self.power(&self.g, &x)?;
        let t = self.difference(&g_b, &v)?;
        // What an honest server sends is g^b, a number like those of a key exchange.
        dh::check_public(&*t, &self.p).map_err(|_| SrpError::Difference)?;
        for _ in 0..DRAWS {
            let a = Secret::<256>::random(entropy);
            let g_a = *self.power(&self.g, &a)?;
            let u = scrambler(&g_a, &g_b);
            if !may_be_sent(&g_a, &u, &self.p) {
                continue;
            }
            // t^(a + u x) = t^a t^(u x): the sum has more bits than an exponent may have.
            let s = self.product(&*self.power(&t, &a)?, &*self.power(&t, &times(&u, &x))?)?;
            let m1 = self.proof(&g_a, &g_b, &s);
            return Ok(SrpProof { g_a, m1 });
        }
        Err(SrpError::Unlucky)
    }

    /// The hash of the password, as an exponent.
    fn x(&self, password: &[u8]) -> Secret<256> {
        let salted = |data: &[u8], salt: &[u8]| Zeroizing::new(sha256(&[salt, data, salt]));
        let first = salted(&*salted(password, &self.salt1), &self.salt2);
        let slow =
            Zeroizing::new(pbkdf2_hmac_array::<sha2::Sha512, 64>(&*first, &self.salt1, ITERATIONS));
        let x = salted(&*slow, &self.salt2);
        let mut padded = Zeroizing::new([0; 256]);
        if let Some(end) = padded.last_chunk_mut() {
            *end = *x;
        }
        Secret::from(*padded)
    }

    fn power(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
    ) -> Result<Zeroizing<[u8; 256]>, SrpError> {
        let power = Real.pow_mod(base, exponent, &self.p).map_err(DhError::from)?;
        Ok(Zeroizing::new(power))
    }

    /// `k = H(p | g)`, padded.
    fn k(&self) -> [u8; 256] {
        let mut k = [0; 256];
        if let Some(end) = k.last_chunk_mut() {
            *end = sha256(&[&self.p, &self.g]);
        }
        k
    }

    /// `g_b - k v mod p`.
    fn difference(&self, g_b: &[u8; 256], v: &[u8; 256]) -> Result<Zeroizing<[u8; 256]>, SrpError> {
        let params = self.params()?;
        let mut kv = form(&self.k(), &params).mul(&form(v, &params));
        let mut difference = form(g_b, &params).sub(&kv);
        let bytes = bytes(&difference);
        kv.zeroize();
        difference.zeroize();
        Ok(bytes)
    }

    /// `a b mod p`.
    fn product(&self, a: &[u8; 256], b: &[u8; 256]) -> Result<Zeroizing<[u8; 256]>, SrpError> {
        let params = self.params()?;
        let mut product = form(a, &params).mul(&form(b, &params));
        let bytes = bytes(&product);
        product.zeroize();
        Ok(bytes)
    }

    fn params(&self) -> Result<BoxedMontyParams, SrpError> {
        let p = Odd::new(number(&self.p)).into_option();
        p.map(BoxedMontyParams::new_vartime).ok_or(DhError::PrimeNotSafe.into())
    }

    fn proof(&self, g_a: &[u8; 256], g_b: &[u8; 256], s: &[u8; 256]) -> [u8; 32] {
        let (hp, hg) = (sha256(&[&self.p]), sha256(&[&self.g]));
        let mixed: [u8; 32] =
            std::array::from_fn(|i| hp.get(i).unwrap_or(&0) ^ hg.get(i).unwrap_or(&0));
        let key = Zeroizing::new(sha256(&[s]));
        let (salt1, salt2) = (sha256(&[&self.salt1]), sha256(&[&self.salt2]));
        sha256(&[&mixed, &salt1, &salt2, g_a, g_b, &*key])
    }
}

/// How often a secret is drawn. One that does not fit is a matter of 2^-63.
const DRAWS: u32 = 8;

/// Whether a number of ours may be sent: with `u = 0` the proof would not depend on the password.
fn may_be_sent(g_a: &[u8; 256], u: &[u8; 32], p: &[u8; 256]) -> bool {
    *u != [0; 32] && dh::check_public(g_a, p).is_ok()
}

/// `u = H(g_a | g_b)`.
fn scrambler(g_a: &[u8; 256], g_b: &[u8; 256]) -> [u8; 32] {
    sha256(&[g_a, g_b])
}

/// `u x`, of 512 bits at most.
fn times(u: &[u8; 32], x: &Secret<256>) -> Secret<256> {
    let u = BoxedUint::from_be_slice_truncated(u, 256);
    let x = Zeroizing::new(number(x.expose()));
    // As wide as `x`'s own room, of which it fills a quarter.
    let product = Zeroizing::new(x.wrapping_mul(&u));
    let bytes = Zeroizing::new(product.to_be_bytes());
    Secret::from(*Zeroizing::new(left_pad(&bytes).unwrap_or([0; 256])))
}

fn number(bytes: &[u8; 256]) -> BoxedUint {
    BoxedUint::from_be_slice_truncated(bytes, 2048)
}

fn form(bytes: &[u8; 256], params: &BoxedMontyParams) -> BoxedMontyForm {
    BoxedMontyForm::new(number(bytes), params)
}

fn bytes(form: &BoxedMontyForm) -> Zeroizing<[u8; 256]> {
    let mut value = form.retrieve();
    let bytes = Zeroizing::new(value.to_be_bytes());
    value.zeroize();
    // As wide as the modulus, so it fits.
    Zeroizing::new(left_pad(&bytes).unwrap_or([0; 256]))
}

/// What is told to the server: `inputCheckPasswordSRP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SrpProof {
    /// `A`.
    pub g_a: [u8; 256],
    /// `M1`.
    pub m1: [u8; 32],
}

/// Why a password is not proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SrpError {
    /// KX-13, KX-14: the group is not safe.
    #[error("the server's parameters of the password are not safe: {0}")]
    Group(#[from] DhError),
    /// The server's number is too long.
    #[error("expected a number of at most 256 bytes instead of {length}")]
    ServerLength {
        /// The length received.
        length: usize,
    },
    /// The server's number is not above zero and below p.
    #[error("expected a number above zero and below p")]
    ServerRange,
    /// The server's number without the password's part is none of a key exchange (KX-15).
    #[error("the server's number leads to none that is safe")]
    Difference,
    /// No secret of our own fitted: the source of randomness is broken.
    #[error("no random number would fit; is there randomness?")]
    Unlucky,
}

/// Prints nothing that is of use to guess the password.
impl fmt::Debug for SrpParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SrpParams")
    }
}
