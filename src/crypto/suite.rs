//! The one seam of the layer: the primitives, and nothing of the protocol. The rest of the layer is
//! pure functions over a suite, so that simulations and fuzzing can run on a fast one.

use std::fmt::Debug;
use std::sync::Arc;

use super::entropy::Entropy;
use super::real::Real;
use super::rsa_key::RsaPublicKey;
#[cfg(feature = "server")]
use super::rsa_private::RsaPrivateKey;
use super::secret::Secret;
use super::toy::Toy;

/// The primitives that MTProto 2.0 is built of.
///
/// There are two: [`Real`], and [`Toy`] for simulation and fuzzing, which protects nothing. The
/// trait is sealed: a suite of one's own would be a way to get this wrong.
pub trait CryptoSuite: Debug + Send + Sync + sealed::Sealed + 'static {
    /// AES-256 in IGE mode, in place.
    ///
    /// ```text
    /// c[i] = AES(p[i] ^ c[i-1]) ^ p[i-1]     c[-1] = iv[..16], p[-1] = iv[16..]
    /// ```
    /// Source: <https://core.telegram.org/mtproto/description>.
    ///
    /// # Errors
    /// [`SuiteError::NotBlocks`] when the length is no multiple of 16; `data` is then as it was.
    fn ige_encrypt(&self, key: &[u8; 32], iv: &[u8; 32], data: &mut [u8])
    -> Result<(), SuiteError>;

    /// The inverse of [`ige_encrypt`](Self::ige_encrypt).
    ///
    /// # Errors
    /// [`SuiteError::NotBlocks`] when the length is no multiple of 16; `data` is then as it was.
    fn ige_decrypt(&self, key: &[u8; 32], iv: &[u8; 32], data: &mut [u8])
    -> Result<(), SuiteError>;

    /// SHA-1 of the parts joined.
    fn sha1(&self, parts: &[&[u8]]) -> [u8; 20];

    /// SHA-256 of the parts joined.
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32];

    /// Whether the strings are equal, in a time that depends on their lengths alone (EM-02).
    /// Strings of different lengths differ.
    fn constant_time_eq(&self, a: &[u8], b: &[u8]) -> bool;

    /// `base ^ exponent mod modulus`, all big-endian, in a time that does not depend on the
    /// exponent (KX-16).
    ///
    /// # Errors
    /// [`SuiteError::EvenModulus`].
    fn pow_mod(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
        modulus: &[u8; 256],
    ) -> Result<[u8; 256], SuiteError>;

    /// As [`pow_mod`](Self::pow_mod), where the number is to be: an array that is given leaves copies behind, and a key must not.
    ///
    /// # Errors
    /// [`SuiteError::EvenModulus`]; then what is in `out` means nothing.
    fn pow_mod_into(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
        modulus: &[u8; 256],
        out: &mut [u8; 256],
    ) -> Result<(), SuiteError> {
        *out = self.pow_mod(base, exponent, modulus)?;
        Ok(())
    }

    /// Whether `p` and `(p - 1) / 2` are both prime (KX-13). Expensive: a quarter of a second, not
    /// for an I/O task. Random bases come from `entropy`.
    fn is_safe_prime(&self, p: &[u8; 256], entropy: &mut dyn Entropy) -> bool;

    /// RSA without padding, `block ^ e mod n`, as exactly 256 bytes (KX-07).
    ///
    /// # Errors
    /// [`SuiteError::BlockTooLarge`] when `block` is not below the modulus.
    fn rsa_encrypt(&self, key: &RsaPublicKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError>;

    /// The inverse of [`rsa_encrypt`](Self::rsa_encrypt).
    ///
    /// # Errors
    /// [`SuiteError::BlockTooLarge`] when `block` is not below the modulus.
    #[cfg(feature = "server")]
    fn rsa_decrypt(&self, key: &RsaPrivateKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError>;
}

/// A suite that is shared by all that use it.
pub type Suite = Arc<dyn CryptoSuite>;

/// The suite to use: real cryptography.
#[must_use]
pub fn real() -> Suite {
    Arc::new(Real)
}

/// The suite of simulations and fuzzing, which protects nothing. See [`Toy`].
#[must_use]
pub fn toy() -> Suite {
    Arc::new(Toy)
}

/// A primitive was given something it is not defined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// IGE works on whole blocks of 16 bytes.
    #[error("expected a multiple of 16 bytes to encrypt or decrypt")]
    NotBlocks,
    /// Powers are taken modulo an odd number: primes and RSA moduli are.
    #[error("expected an odd modulus")]
    EvenModulus,
    /// RSA is defined for numbers below the modulus.
    #[error("expected a block whose value is below the RSA modulus")]
    BlockTooLarge,
}

pub(crate) mod sealed {
    /// Only this crate has suites.
    pub trait Sealed {}
}
