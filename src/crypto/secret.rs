//! Bytes that must not be printed, must not be compared byte by byte, and must not outlive their
//! use (KX-22). It does not know what they are for.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::entropy::Entropy;

/// `N` secret bytes: wiped when dropped, redacted in Debug output, compared in constant time.
///
/// A move copies the bytes, and the place moved from is not wiped; keep a secret where it was made
/// and lend it.
#[derive(Clone)]
pub struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    /// Draws `N` random bytes.
    pub fn random(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        let mut secret = Self::zero();
        entropy.fill(&mut secret.0);
        secret
    }

    /// A copy of bytes, made where it stays.
    #[must_use]
    pub fn boxed(bytes: &[u8; N]) -> Box<Self> {
        let mut secret = Box::new(Self::zero());
        secret.0.copy_from_slice(bytes);
        secret
    }

    /// The bytes themselves. Do not copy them to where they are not wiped.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// The bytes, to be filled in place.
    pub(super) fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }

    /// All zero, to be filled in place.
    pub(super) fn zero() -> Self {
        Self([0; N])
    }
}

/// The array that is passed in stays as it is: wipe it where it matters.
impl<const N: usize> From<[u8; N]> for Secret<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

impl<const N: usize> Zeroize for Secret<N> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for Secret<N> {}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({N} bytes)")
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroize;

    use super::super::entropy::SeededEntropy;
    use super::Secret;

    #[test]
    fn kx_22_debug_shows_the_length_alone() {
        assert_eq!(format!("{:?}", Secret::from([0xab; 32])), "Secret(32 bytes)");
        assert_eq!(format!("{:#x?}", Secret::from([0xab; 256])), "Secret(256 bytes)");
    }

    #[test]
    fn kx_22_wiping_leaves_zeros() {
        let mut secret = Secret::from([0xab; 32]);
        secret.zeroize();
        assert_eq!(secret.expose(), &[0; 32]);
        const { assert!(std::mem::needs_drop::<Secret<32>>()) };
    }

    #[test]
    fn every_flipped_byte_makes_secrets_unequal() {
        let secret = Secret::<256>::random(&mut SeededEntropy::new(1));
        assert_eq!(secret, secret.clone());
        for at in 0..256 {
            let mut other = secret.clone();
            other.expose_mut()[at] ^= 1;
            assert_ne!(secret, other);
        }
    }
}
