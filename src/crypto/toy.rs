//! The suite of simulations and fuzzing. **It protects nothing**: it is fast, and it notices
//! corruption.

use num_bigint::BigUint;

use super::be::left_pad;
use super::entropy::Entropy;
use super::rsa_key::RsaPublicKey;
#[cfg(feature = "server")]
use super::rsa_private::RsaPrivateKey;
use super::secret::Secret;
use super::suite::{CryptoSuite, SuiteError, sealed};

/// A suite that is insecure on purpose, so that millions of exchanges and packets can be simulated,
/// and fuzzing gets behind the cryptography.
///
/// What the protocol relies on still holds: encryption has an inverse, hashes depend on each byte,
/// both sides of a Diffie-Hellman exchange agree, and a block encrypted to a key decrypts with that
/// key alone. Both sides must use it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Toy;

impl sealed::Sealed for Toy {}

impl CryptoSuite for Toy {
    /// A stream that depends on key and vector is XORed over the data.
    fn ige_encrypt(
        &self,
        key: &[u8; 32],
        iv: &[u8; 32],
        data: &mut [u8],
    ) -> Result<(), SuiteError> {
        let (blocks, []) = data.as_chunks_mut::<16>() else {
            return Err(SuiteError::NotBlocks);
        };
        let mut state = digest(0, &[key, iv]);
        for block in blocks {
            let stream = u128::from(next(&mut state)) << 64 | u128::from(next(&mut state));
            *block = (u128::from_le_bytes(*block) ^ stream).to_le_bytes();
        }
        Ok(())
    }

    fn ige_decrypt(
        &self,
        key: &[u8; 32],
        iv: &[u8; 32],
        data: &mut [u8],
    ) -> Result<(), SuiteError> {
        self.ige_encrypt(key, iv, data)
    }

    fn sha1(&self, parts: &[&[u8]]) -> [u8; 20] {
        expand(digest(1, parts))
    }

    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        expand(digest(256, parts))
    }

    fn constant_time_eq(&self, a: &[u8], b: &[u8]) -> bool {
        a == b
    }

    /// A product instead of a power: `(g * a) * b = (g * b) * a`, so both sides agree.
    fn pow_mod(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
        modulus: &[u8; 256],
    ) -> Result<[u8; 256], SuiteError> {
        if is_even(modulus) {
            return Err(SuiteError::EvenModulus);
        }
        let [base, exponent, modulus] =
            [base, exponent.expose(), modulus].map(|number| BigUint::from_bytes_be(number));
        let product = base * exponent % modulus;
        // Below the modulus, so it fits.
        Ok(left_pad(&product.to_bytes_be()).unwrap_or([0; 256]))
    }

    /// Every odd number passes, so that fuzzing gets past the test.
    fn is_safe_prime(&self, p: &[u8; 256], _: &mut dyn Entropy) -> bool {
        !is_even(p)
    }

    /// XOR with the modulus, which needs no private key to undo.
    fn rsa_encrypt(&self, key: &RsaPublicKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError> {
        if block >= key.modulus() {
            return Err(SuiteError::BlockTooLarge);
        }
        Ok(xor(block, key.modulus()))
    }

    #[cfg(feature = "server")]
    fn rsa_decrypt(&self, key: &RsaPrivateKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError> {
        Ok(xor(block, key.public().modulus()))
    }
}

/// A hash of the parts joined.
fn digest(seed: u64, parts: &[&[u8]]) -> u64 {
    let mut digest = Digest { state: seed, word: 0, bits: 0, length: 0 };
    for part in parts {
        digest.update(part);
    }
    digest.finish()
}

/// Takes eight bytes at a time. Each step is a bijection of the state and of the word, so two
/// strings of one length that differ in one word never meet again.
struct Digest {
    state: u64,
    /// The bytes that do not make a word yet, and how many bits they are.
    word: u64,
    bits: u32,
    length: u64,
}

impl Digest {
    fn update(&mut self, part: &[u8]) {
        self.length += part.len() as u64;
        let missing = (64 - self.bits as usize) / 8 % 8;
        let (head, part) = part.split_at(part.len().min(missing));
        self.push(head);
        let (words, tail) = part.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        self.push(tail);
    }

    fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.word |= u64::from(byte) << self.bits;
            self.bits += 8;
            if self.bits == 64 {
                self.mix(self.word);
                (self.word, self.bits) = (0, 0);
            }
        }
    }

    fn finish(mut self) -> u64 {
        self.mix(self.word);
        self.mix(self.length);
        self.state
    }

    fn mix(&mut self, word: u64) {
        self.state = (self.state ^ word).wrapping_mul(GOLDEN);
        self.state ^= self.state >> 29;
    }
}

/// As many bytes as asked for, from 64 bits.
fn expand<const N: usize>(mut state: u64) -> [u8; N] {
    let mut out = [0; N];
    for chunk in out.chunks_mut(8) {
        for (byte, value) in chunk.iter_mut().zip(next(&mut state).to_le_bytes()) {
            *byte = value;
        }
    }
    out
}

/// The generator splitmix64: <https://prng.di.unimi.it/splitmix64.c>.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(GOLDEN);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn xor(a: &[u8; 256], b: &[u8; 256]) -> [u8; 256] {
    let mut out = *a;
    for (out, b) in out.iter_mut().zip(b) {
        *out ^= b;
    }
    out
}

fn is_even(number: &[u8; 256]) -> bool {
    number[255].is_multiple_of(2)
}

/// 2^64 over the golden ratio, odd: a multiplier that spreads bits well.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::super::entropy::{Entropy, EntropyExt, SeededEntropy};
    use super::super::secret::Secret;
    use super::super::suite::{CryptoSuite, SuiteError};
    use super::super::{be, dh, keys};
    use super::Toy;

    #[test]
    fn encryption_has_an_inverse_and_depends_on_key_and_vector() {
        let mut entropy = SeededEntropy::new(1);
        let (key, iv): ([u8; 32], [u8; 32]) = (entropy.array(), entropy.array());
        let plain: [u8; 112] = entropy.array();
        let mut data = plain;
        Toy.ige_encrypt(&key, &iv, &mut data).unwrap();
        let sealed = data;
        assert_ne!(sealed, plain);
        Toy.ige_decrypt(&key, &iv, &mut data).unwrap();
        assert_eq!(data, plain);

        for at in 0..32 {
            let (mut other_key, mut other_iv) = (key, iv);
            other_key[at] ^= 1;
            other_iv[at] ^= 1;
            for (key, iv) in [(other_key, iv), (key, other_iv)] {
                let mut data = plain;
                Toy.ige_encrypt(&key, &iv, &mut data).unwrap();
                assert_ne!(data, sealed);
            }
        }
        for length in (1..16).chain(17..32) {
            let mut data = vec![0; length];
            assert_eq!(Toy.ige_encrypt(&key, &iv, &mut data), Err(SuiteError::NotBlocks));
            assert_eq!(Toy.ige_decrypt(&key, &iv, &mut data), Err(SuiteError::NotBlocks));
        }
    }

    #[test]
    fn hashes_depend_on_the_bytes_and_not_on_how_they_are_split() {
        let bytes: [u8; 61] = SeededEntropy::new(2).array();
        let whole = Toy.sha256(&[&bytes]);
        for at in 0..=61 {
            let (a, b) = bytes.split_at(at);
            assert_eq!(Toy.sha256(&[a, b]), whole);
            let (c, d) = b.split_at(b.len() / 3);
            assert_eq!(Toy.sha256(&[a, c, &[], d]), whole);
            assert_eq!(Toy.sha1(&[a, c, d]), Toy.sha1(&[&bytes]));
        }
    }

    #[test]
    fn hashes_notice_every_flipped_bit_and_every_length() {
        let bytes: [u8; 61] = SeededEntropy::new(3).array();
        let mut seen = vec![Toy.sha256(&[&bytes])];
        for bit in 0..61 * 8 {
            let mut other = bytes;
            other[bit / 8] ^= 1 << (bit % 8);
            seen.push(Toy.sha256(&[&other]));
            assert_ne!(Toy.sha1(&[&other]), Toy.sha1(&[&bytes]));
        }
        seen.extend((0..61).map(|length| Toy.sha256(&[&[0; 61][..length]])));
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn both_sides_of_an_exchange_agree() {
        let mut entropy = SeededEntropy::new(4);
        let p = dh::KNOWN_PRIME;
        let g = dh::check_generator(3, &p).unwrap();
        for _ in 0..100 {
            let [a, b] = [(); 2].map(|()| Secret::<256>::random(&mut entropy));
            let g_a = Toy.pow_mod(&g, &a, &p).unwrap();
            let g_b = Toy.pow_mod(&g, &b, &p).unwrap();
            assert_eq!(dh::check_public(&g_a, &p), Ok(g_a));
            assert_eq!(Toy.pow_mod(&g_a, &b, &p), Toy.pow_mod(&g_b, &a, &p));
        }
    }

    #[test]
    fn moduli_and_blocks_are_checked_as_in_the_real_suite() {
        let one = be::left_pad(&[1]).unwrap();
        let even = Toy.pow_mod(&one, &Secret::from(one), &[0; 256]);
        assert_eq!(even, Err(SuiteError::EvenModulus));
        assert!(!Toy.is_safe_prime(&[2; 256], &mut SeededEntropy::new(5) as &mut dyn Entropy));

        let key = &keys::test_keys()[0];
        assert_eq!(Toy.rsa_encrypt(key, key.modulus()), Err(SuiteError::BlockTooLarge));
        assert_ne!(Toy.rsa_encrypt(key, &one), Ok(one));
    }
}
