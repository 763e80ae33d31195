//! The real suite: RustCrypto's implementations behind [`CryptoSuite`], and nothing of the
//! protocol.

use aes::cipher::{Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes256, Aes256Dec, Aes256Enc};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd};
use crypto_primes::hazmat::MillerRabin;
use crypto_primes::{Flavor, is_prime};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::be::left_pad_into;
use super::entropy::{Entropy, EntropyExt};
use super::rsa_key::RsaPublicKey;
#[cfg(feature = "server")]
use super::rsa_private::RsaPrivateKey;
use super::secret::Secret;
use super::sha;
use super::suite::{CryptoSuite, SuiteError, sealed};

/// Real cryptography. AES and SHA use the processor's instructions where there are any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Real;

impl sealed::Sealed for Real {}

impl CryptoSuite for Real {
    fn ige_encrypt(
        &self,
        key: &[u8; 32],
        iv: &[u8; 32],
        data: &mut [u8],
    ) -> Result<(), SuiteError> {
        let blocks = blocks(data)?;
        ige::Encryptor::<Aes256Enc>::new(key.into(), iv.into()).encrypt_blocks(blocks);
        Ok(())
    }

    fn ige_decrypt(
        &self,
        key: &[u8; 32],
        iv: &[u8; 32],
        data: &mut [u8],
    ) -> Result<(), SuiteError> {
        let blocks = blocks(data)?;
        ige::Decryptor::<Aes256Dec>::new(key.into(), iv.into()).decrypt_blocks(blocks);
        Ok(())
    }

    fn sha1(&self, parts: &[&[u8]]) -> [u8; 20] {
        sha::sha1(parts)
    }

    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        sha::sha256(parts)
    }

    fn constant_time_eq(&self, a: &[u8], b: &[u8]) -> bool {
        a.ct_eq(b).into()
    }

    fn pow_mod(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
        modulus: &[u8; 256],
    ) -> Result<[u8; 256], SuiteError> {
        let mut out = [0; 256];
        self.pow_mod_into(base, exponent, modulus, &mut out)?;
        Ok(out)
    }

    fn pow_mod_into(
        &self,
        base: &[u8; 256],
        exponent: &Secret<256>,
        modulus: &[u8; 256],
        out: &mut [u8; 256],
    ) -> Result<(), SuiteError> {
        let exponent = Zeroizing::new(number(exponent.expose()));
        power(base, &exponent, exponent.bits_precision(), modulus, out)
    }

    /// Baillie-PSW on both numbers, for which no composite is known that passes, and Miller-Rabin
    /// with random bases, for which nobody can prepare one.
    fn is_safe_prime(&self, p: &[u8; 256], entropy: &mut dyn Entropy) -> bool {
        let p = number(p);
        let half = p.shr_vartime(1).unwrap_or_default();
        is_prime(Flavor::Safe, &p)
            && [half, p].into_iter().all(|number| survives_random_bases(number, entropy))
    }

    fn rsa_encrypt(&self, key: &RsaPublicKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError> {
        if block >= key.modulus() {
            return Err(SuiteError::BlockTooLarge);
        }
        let bits = u64::BITS - key.exponent().leading_zeros();
        let exponent = BoxedUint::from(key.exponent());
        let mut out = [0; 256];
        power(block, &exponent, bits, key.modulus(), &mut out)?;
        Ok(out)
    }

    /// RUSTSEC-2023-0071 tells of private operations of the `rsa` crate whose timing gives the key
    /// away. This one is not the crate's: it is [`pow_mod`](CryptoSuite::pow_mod), in constant
    /// time.
    #[cfg(feature = "server")]
    fn rsa_decrypt(&self, key: &RsaPrivateKey, block: &[u8; 256]) -> Result<[u8; 256], SuiteError> {
        let modulus = key.public().modulus();
        if block >= modulus {
            return Err(SuiteError::BlockTooLarge);
        }
        self.pow_mod(block, key.exponent(), modulus)
    }
}

/// `base ^ exponent mod modulus`. How many bits of the exponent count is public, their values are
/// not.
///
/// What was computed is wiped; the library's table of small powers and its scratch space are not.
///
/// The numbers live on the heap: with crypto-bigint's numbers of fixed size, the code is generic,
/// and so is compiled into this crate, where a build without optimisation takes six times as long
/// for it; with it they are equal.
fn power(
    base: &[u8; 256],
    exponent: &BoxedUint,
    exponent_bits: u32,
    modulus: &[u8; 256],
    out: &mut [u8; 256],
) -> Result<(), SuiteError> {
    let modulus = Odd::new(number(modulus)).into_option().ok_or(SuiteError::EvenModulus)?;
    let params = BoxedMontyParams::new_vartime(modulus);
    let mut power =
        BoxedMontyForm::new(number(base), &params).pow_bounded_exp(exponent, exponent_bits);
    let mut value = power.retrieve();
    let bytes = Zeroizing::new(value.to_be_bytes());
    power.zeroize();
    value.zeroize();
    left_pad_into(&bytes, out);
    Ok(())
}

fn survives_random_bases(candidate: BoxedUint, entropy: &mut dyn Entropy) -> bool {
    let Some(candidate) = Odd::new(candidate).into_option() else { return false };
    let modulus: NonZero<BoxedUint> = candidate.as_nz_ref().clone();
    let test = MillerRabin::new(candidate);
    (0..RANDOM_BASES).all(|_| {
        let base = number(&entropy.array()).rem_vartime(&modulus);
        test.test(&base).is_probably_prime()
    })
}

fn number(bytes: &[u8; 256]) -> BoxedUint {
    BoxedUint::from_be_slice_truncated(bytes, 2048)
}

fn blocks(data: &mut [u8]) -> Result<&mut [Block<Aes256>], SuiteError> {
    match Block::<Aes256>::slice_as_chunks_mut(data) {
        (blocks, []) => Ok(blocks),
        _ => Err(SuiteError::NotBlocks),
    }
}

/// A composite passes one random base with probability 1/4 at most, so these with 2^-64, whoever
/// chose it.
const RANDOM_BASES: usize = 32;

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::super::entropy::{Entropy, EntropyExt, SeededEntropy};
    use super::super::secret::Secret;
    use super::super::suite::{CryptoSuite, SuiteError};
    use super::super::{be, dh, vectors};
    use super::Real;

    /// IGE from its definition, over single AES blocks: an oracle for the library.
    fn ige_by_definition(key: &[u8; 32], iv: &[u8; 32], data: &[u8]) -> Vec<u8> {
        use aes::cipher::{BlockCipherEncrypt, KeyInit};
        let cipher = aes::Aes256::new(key.into());
        let (mut c, mut p) = (iv[..16].to_vec(), iv[16..].to_vec());
        let mut out = Vec::new();
        for plain in data.chunks(16) {
            let mixed: Vec<u8> = plain.iter().zip(&c).map(|(a, b)| a ^ b).collect();
            let mut block = aes::Block::try_from(&mixed[..]).unwrap();
            cipher.encrypt_block(&mut block);
            c = block.iter().zip(&p).map(|(a, b)| a ^ b).collect();
            p = plain.to_vec();
            out.extend(&c);
        }
        out
    }

    #[test]
    fn ige_equals_its_definition_at_every_length_and_has_an_inverse() {
        let mut entropy = SeededEntropy::new(1);
        for length in 0..=160 {
            let (key, iv) = (entropy.array(), entropy.array());
            let mut plain = vec![0; length];
            entropy.fill(&mut plain);
            let mut data = plain.clone();
            if length % 16 == 0 {
                Real.ige_encrypt(&key, &iv, &mut data).unwrap();
                assert_eq!(data, ige_by_definition(&key, &iv, &plain));
                Real.ige_decrypt(&key, &iv, &mut data).unwrap();
            } else {
                assert_eq!(Real.ige_encrypt(&key, &iv, &mut data), Err(SuiteError::NotBlocks));
                assert_eq!(Real.ige_decrypt(&key, &iv, &mut data), Err(SuiteError::NotBlocks));
            }
            assert_eq!(data, plain);
        }
    }

    #[test]
    fn hashes_of_parts_are_hashes_of_the_whole() {
        // FIPS 180-4, the one-block example.
        assert_eq!(hex::encode(Real.sha1(&[b"abc"])), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hex::encode(Real.sha256(&[b"abc"])),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(Real.sha1(&[b"a", b"", b"bc"]), Real.sha1(&[b"abc"]));
        assert_eq!(Real.sha256(&[b"a", b"", b"bc"]), Real.sha256(&[b"abc"]));
    }

    #[test]
    fn em_02_comparison_sees_every_byte_and_the_length() {
        let bytes = [7; 32];
        assert!(Real.constant_time_eq(&bytes, &bytes));
        assert!(Real.constant_time_eq(&[], &[]));
        for at in 0..32 {
            let mut other = bytes;
            other[at] ^= 0x80;
            assert!(!Real.constant_time_eq(&bytes, &other));
            assert!(!Real.constant_time_eq(&bytes, &bytes[..at]));
        }
    }

    /// num-bigint as the oracle; bases above the modulus and moduli of any size among them.
    #[test]
    fn kx_16_powers_equal_those_of_another_library() {
        let mut entropy = SeededEntropy::new(2);
        for length in [0, 1, 2, 8, 31, 128, 255, 256, 256] {
            let mut modulus = [0; 256];
            entropy.fill(&mut modulus[256 - length..]);
            modulus[255] |= 1;
            let base: [u8; 256] = entropy.array();
            for exponent in [[0; 256], [0xff; 256], be::left_pad(&[1]).unwrap(), entropy.array()] {
                let expected = BigUint::from_bytes_be(&base)
                    .modpow(&BigUint::from_bytes_be(&exponent), &BigUint::from_bytes_be(&modulus));
                assert_eq!(
                    Real.pow_mod(&base, &Secret::from(exponent), &modulus),
                    Ok(be::left_pad(&expected.to_bytes_be()).unwrap()),
                );
            }
        }
    }

    #[test]
    fn kx_16_even_moduli_are_refused() {
        let base = [1; 256];
        for modulus in [[0; 256], [2; 256], [0xfe; 256]] {
            assert_eq!(
                Real.pow_mod(&base, &Secret::from(base), &modulus),
                Err(SuiteError::EvenModulus)
            );
        }
    }

    #[test]
    fn kx_07_numbers_not_below_the_modulus_are_not_encrypted() {
        let key = &super::super::keys::production_keys()[0];
        for number in [*key.modulus(), [0xff; 256]] {
            assert_eq!(Real.rsa_encrypt(key, &number), Err(SuiteError::BlockTooLarge));
        }
        // -1 to an odd power is itself.
        let mut below = *key.modulus();
        below[255] -= 1;
        assert_eq!(Real.rsa_encrypt(key, &below), Ok(below));
    }

    #[test]
    fn kx_13_safe_primes_are_told_from_others() {
        let mut entropy = SeededEntropy::new(3);
        assert!(Real.is_safe_prime(&dh::KNOWN_PRIME, &mut entropy));
        assert!(Real.is_safe_prime(&dh::tests::modp_group_14(), &mut entropy));
        // A prime with a composite half, a composite with a prime half, a composite of two primes.
        for offset in [1919, 8295] {
            assert!(!Real.is_safe_prime(&dh::tests::above_2_to_2047(offset), &mut entropy));
        }
        for number in [[0; 256], [0xff; 256], be::left_pad(&[1]).unwrap()] {
            assert!(!Real.is_safe_prime(&number, &mut entropy));
        }
        let n = *super::super::keys::production_keys()[0].modulus();
        assert!(!Real.is_safe_prime(&n, &mut entropy));
    }

    #[test]
    fn kx_19_keys_of_the_recorded_exchanges() {
        for exchange in ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad"] {
            let path = |name| format!("{exchange}.{name}");
            let p = vectors::array(&path("dh_prime"));
            let b = Secret::from(vectors::array::<256>(&path("b")));
            let g = u8::try_from(vectors::value(&path("g")).as_u64().unwrap()).unwrap();
            let g = be::left_pad(&[g]).unwrap();
            assert_eq!(Real.pow_mod(&g, &b, &p), Ok(vectors::array(&path("g_b"))));
            let g_a = vectors::array(&path("g_a"));
            assert_eq!(Real.pow_mod(&g_a, &b, &p), Ok(vectors::array(&path("auth_key"))));
        }
    }
}
