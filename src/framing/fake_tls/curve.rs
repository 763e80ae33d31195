//! Public keys of X25519 for the hellos, whose secret halves nobody needs. Random bytes would not do: half of them are on no curve,
//! which those who watch can tell, and of those on it seven in eight have a part of small order, which no real key has.

use num_bigint::BigUint;

use crate::crypto::{Entropy, EntropyExt};

/// A public key: the u of a point of prime order, in 32 bytes, little-endian.
pub(super) fn public_key(entropy: &mut dyn Entropy) -> [u8; 32] {
    let curve = Curve::new();
    let mut u = BigUint::from_bytes_le(&entropy.array::<32>());
    // It ends: every second number is on the curve, and but for a dozen of all there are, eight times their points are of prime order.
    loop {
        if let Some(key) = curve.key(&u) {
            return key;
        }
        u += 1_u8;
    }
}

/// v² = u³ + 486662·u² + u over the numbers below 2²⁵⁵ − 19: [RFC 7748](https://www.rfc-editor.org/rfc/rfc7748), 4.1.
struct Curve {
    prime: BigUint,
}

impl Curve {
    fn new() -> Self {
        Self { prime: (BigUint::from(1_u8) << 255_u8) - 19_u8 }
    }

    /// Eight times the point of this u, if it is on the curve and that is a point of prime order.
    fn key(&self, u: &BigUint) -> Option<[u8; 32]> {
        let is_square = self.square_of_v(u).modpow(&((&self.prime - 1_u8) >> 1_u8), &self.prime)
            == BigUint::from(1_u8);
        let multiple = self.double(&self.double(&self.double(u)));
        let mut bytes = multiple.to_bytes_le();
        bytes.resize(32, 0);
        bytes.try_into().ok().filter(|bytes| is_square && *bytes != [0; 32])
    }

    fn square_of_v(&self, u: &BigUint) -> BigUint {
        (((u + 486_662_u32) * u + 1_u8) * u) % &self.prime
    }

    /// (u² − 1)² / 4v²; 0 where there is no such point.
    fn double(&self, u: &BigUint) -> BigUint {
        let minus_one = &self.prime - 1_u8;
        let above = (u * u + minus_one) % &self.prime;
        let below = self.square_of_v(u) << 2_u8;
        above.pow(2) * below.modpow(&(&self.prime - 2_u8), &self.prime) % &self.prime
    }
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::{EIGHT_TORSION, X25519_BASEPOINT};
    use curve25519_dalek::montgomery::MontgomeryPoint;

    use super::*;
    use crate::crypto::SeededEntropy;

    #[test]
    fn keys_are_points_of_prime_order() {
        let mut entropy = SeededEntropy::new(1);
        for _ in 0..50 {
            let key = public_key(&mut entropy);
            let point = MontgomeryPoint(key).to_edwards(0).expect("on the curve");
            assert!(point.is_torsion_free());
            assert_eq!(key[31] >> 7, 0);
        }
    }

    #[test]
    fn a_point_is_doubled_as_another_library_does() {
        let (curve, mut u) = (Curve::new(), X25519_BASEPOINT);
        for _ in 0..8 {
            let edwards = u.to_edwards(0).unwrap();
            let double = (edwards + edwards).to_montgomery();
            let ours = curve.double(&BigUint::from_bytes_le(u.as_bytes()));
            assert_eq!(ours, BigUint::from_bytes_le(double.as_bytes()));
            u = double;
        }
    }

    #[test]
    fn points_of_small_order_and_numbers_on_no_curve_are_no_keys() {
        let curve = Curve::new();
        for small in EIGHT_TORSION {
            let u = BigUint::from_bytes_le(small.to_montgomery().as_bytes());
            assert_eq!(curve.key(&u), None, "{u}");
        }
        for u in 0..100_u8 {
            let mut bytes = [0; 32];
            bytes[0] = u;
            let is_on_it = MontgomeryPoint(bytes).to_edwards(0).is_some() && u > 1;
            assert_eq!(curve.key(&u.into()).is_some(), is_on_it, "{u}");
        }
    }

    #[test]
    fn whatever_randomness_gives_there_is_a_key() {
        struct Same(u8);
        impl Entropy for Same {
            fn fill(&mut self, out: &mut [u8]) {
                out.fill(self.0);
            }
        }
        for byte in [0, 1, 9, 0x7f, 0x80, 0xff] {
            let key = MontgomeryPoint(public_key(&mut Same(byte)));
            assert!(key.to_edwards(0).unwrap().is_torsion_free());
        }
    }
}
