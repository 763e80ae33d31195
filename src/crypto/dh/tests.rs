//! KX-13 to KX-16 and KX-19, each bound from both sides.

use num_bigint::BigUint;

use super::super::entropy::{Entropy, EntropyExt, SeededEntropy};
use super::super::{AuthKey, CryptoSuite, DhError, Real, Secret, SuiteError, Toy, be, vectors};
use super::{KNOWN_PRIME, auth_key, check_generator, check_prime, check_public, is_generator};

/// The 2048-bit MODP group, a safe prime, from <https://www.rfc-editor.org/rfc/rfc3526#section-3>.
pub(crate) fn modp_group_14() -> [u8; 256] {
    let digits = "
        FFFFFFFF FFFFFFFF C90FDAA2 2168C234 C4C6628B 80DC1CD1 29024E08 8A67CC74
        020BBEA6 3B139B22 514A0879 8E3404DD EF9519B3 CD3A431B 302B0A6D F25F1437
        4FE1356D 6D51C245 E485B576 625E7EC6 F44C42E9 A637ED6B 0BFF5CB6 F406B7ED
        EE386BFB 5A899FA5 AE9F2411 7C4B1FE6 49286651 ECE45B3D C2007CB8 A163BF05
        98DA4836 1C55D39A 69163FA8 FD24CF5F 83655D23 DCA3AD96 1C62F356 208552BB
        9ED52907 7096966D 670C354E 4ABC9804 F1746C08 CA18217C 32905E46 2E36CE3B
        E39E772C 180E8603 9B2783A2 EC07A28F B5C55DF0 6F4C52C9 DE2BCBF6 95581718
        3995497C EA956AE5 15D22618 98FA0510 15728E5A 8AACAA68 FFFFFFFF FFFFFFFF";
    let digits: String = digits.split_whitespace().collect();
    hex::decode(digits).unwrap().try_into().unwrap()
}

/// `2^2047 + offset`. With 1919 it is a prime whose half is composite; with 8295 it is composite
/// and its half prime. Both were found with sympy's `isprime`.
pub(crate) fn above_2_to_2047(offset: u32) -> [u8; 256] {
    padded(&((one() << 2047_u32) + offset))
}

fn one() -> BigUint {
    BigUint::from(1_u8)
}

fn padded(number: &BigUint) -> [u8; 256] {
    be::left_pad(&number.to_bytes_be()).unwrap()
}

fn known_prime() -> BigUint {
    BigUint::from_bytes_be(&KNOWN_PRIME)
}

/// A source that nobody may draw from: it fails the test.
struct Untouched;

impl Entropy for Untouched {
    fn fill(&mut self, _: &mut [u8]) {
        panic!("the test of primality ran");
    }
}

#[test]
fn kx_13_the_known_prime_is_that_of_every_recorded_exchange_and_needs_no_test() {
    for exchange in
        ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad", "dh_prime_facts"]
    {
        let p = vectors::bytes(&format!("{exchange}.dh_prime"));
        assert_eq!(check_prime(&Real, &p, &mut Untouched), Ok(KNOWN_PRIME));
    }
}

#[test]
fn kx_13_another_safe_prime_is_accepted() {
    let p = modp_group_14();
    assert_eq!(check_prime(&Real, &p, &mut SeededEntropy::new(1)), Ok(p));
}

#[test]
fn kx_13_numbers_of_another_length_are_refused() {
    for length in [0, 1, 8, 128, 255, 257, 512] {
        let p = vec![0xff; length];
        assert_eq!(check_prime(&Real, &p, &mut Untouched), Err(DhError::PrimeLength { length }));
    }
    let with_zero = [&[0][..], &KNOWN_PRIME].concat();
    assert_eq!(
        check_prime(&Real, &with_zero, &mut Untouched),
        Err(DhError::PrimeLength { length: 257 })
    );
}

#[test]
fn kx_13_numbers_without_the_top_bit_are_refused() {
    let half: BigUint = known_prime() >> 1_u32;
    for p in [padded(&half), [0; 256], [0x7f; 256]] {
        assert_eq!(check_prime(&Real, &p, &mut Untouched), Err(DhError::PrimeTopBit));
    }
}

#[test]
fn kx_13_a_prime_with_a_composite_half_and_a_composite_with_a_prime_half_are_refused() {
    for offset in [1919, 8295] {
        let p = above_2_to_2047(offset);
        let refused = check_prime(&Real, &p, &mut SeededEntropy::new(2));
        assert_eq!(refused, Err(DhError::PrimeNotSafe), "2^2047 + {offset}");
    }
}

#[test]
fn kx_13_the_known_prime_with_a_byte_flipped_is_refused() {
    for at in (1..256).step_by(5).chain([255]) {
        let mut p = KNOWN_PRIME;
        p[at] ^= 4;
        let refused = check_prime(&Real, &p, &mut SeededEntropy::new(3));
        assert_eq!(refused, Err(DhError::PrimeNotSafe), "byte {at}");
    }
}

#[test]
fn kx_14_generators_of_the_known_prime() {
    let list = |name: &str| {
        let values = vectors::value(&format!("dh_prime_facts.{name}")).as_array().unwrap();
        values.iter().map(|g| g.as_i64().unwrap() as i32).collect::<Vec<_>>()
    };
    for g in list("acceptable_g") {
        let base = be::left_pad(&g.to_be_bytes()).unwrap();
        assert_eq!(check_generator(g, &KNOWN_PRIME), Ok(base));
    }
    for g in list("must_reject_g") {
        let error = if (2..=7).contains(&g) {
            DhError::GeneratorResidue { g }
        } else {
            DhError::GeneratorRange { g }
        };
        assert_eq!(check_generator(g, &KNOWN_PRIME), Err(error));
    }
}

#[test]
fn kx_14_generators_out_of_range_are_refused_for_every_prime() {
    for g in [i32::MIN, -7, -3, -1, 0, 1, 8, 9, i32::MAX] {
        for p in [KNOWN_PRIME, modp_group_14()] {
            assert_eq!(check_generator(g, &p), Err(DhError::GeneratorRange { g }));
        }
    }
}

/// The exchange of 2013 sends g = 2 with the known prime.
#[test]
fn kx_14_the_generator_of_2013_is_refused() {
    let g = vectors::value("old_official_2013.g").as_i64().unwrap() as i32;
    assert_eq!(check_generator(g, &KNOWN_PRIME), Err(DhError::GeneratorResidue { g: 2 }));
}

/// RFC 3526's prime is 7 mod 8, 2 mod 3, 4 mod 5, 23 mod 24 and 5 mod 7.
#[test]
fn kx_14_every_generator_is_accepted_for_a_prime_with_the_right_residues() {
    for g in 2..=7_i32 {
        let base = be::left_pad(&g.to_be_bytes()).unwrap();
        assert_eq!(check_generator(g, &modp_group_14()), Ok(base));
    }
}

/// Some of these residues no safe prime has, but the generator is checked before the prime is.
#[test]
fn kx_14_every_residue_is_told_from_every_other() {
    for (g, modulus, residues) in [
        (2, 8_u32, &[7][..]),
        (3, 3, &[2]),
        (4, 8, &[0, 1, 2, 3, 4, 5, 6, 7]),
        (5, 5, &[1, 4]),
        (6, 24, &[19, 23]),
        (7, 7, &[3, 5, 6]),
    ] {
        for residue in 0..modulus {
            let p = (one() << 2047_u32) / modulus * modulus + modulus + residue;
            assert_eq!(is_generator(g, &p), residues.contains(&residue), "g = {g}, {residue}");
        }
    }
}

/// Euler's criterion: `g` is a square modulo `p`, and so of order `(p - 1) / 2`, if and only if
/// `g^((p-1)/2) = 1`.
#[test]
fn kx_14_the_table_of_residues_is_eulers_criterion() {
    let is_prime = |n: u64| (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
    let mut small = (11..30_000_u64).filter(|&p| is_prime(p) && is_prime((p - 1) / 2)).peekable();
    assert_eq!(small.peek(), Some(&11));
    let mut entropy = SeededEntropy::new(4);
    let large = std::iter::repeat_with(|| (u64::from_le_bytes(entropy.array()) >> 28) | 3)
        .filter(|&p| is_prime((p - 1) / 2) && is_prime(p))
        .take(20);
    let mut seen = [[false; 2]; 8];
    for p in small.chain(large).map(BigUint::from).chain([known_prime()]) {
        for g in 2..=7_u8 {
            let euler = BigUint::from(g).modpow(&((&p - 1_u8) >> 1_u32), &p) == one();
            assert_eq!(is_generator(g.into(), &p), euler, "g = {g}, p = {p}");
            seen[usize::from(g)][usize::from(euler)] = true;
        }
    }
    for g in [2, 3, 5, 6, 7] {
        // 3 is a square modulo every safe prime above 7, since those are 2 mod 3.
        assert_eq!(seen[g], [g != 3, true]);
    }
}

#[test]
fn kx_15_each_bound_from_both_sides() {
    let p = known_prime();
    let margin = one() << 1984_u32;
    let outcomes = [
        (BigUint::ZERO, Err(DhError::PublicRange)),
        (one(), Err(DhError::PublicRange)),
        (BigUint::from(2_u8), Err(DhError::PublicSmall)),
        (&margin - 1_u8, Err(DhError::PublicSmall)),
        (margin.clone(), Ok(())),
        (&margin + 1_u8, Ok(())),
        (&p >> 1_u32, Ok(())),
        (&p - &margin - 1_u8, Ok(())),
        (&p - &margin, Ok(())),
        (&p - &margin + 1_u8, Err(DhError::PublicLarge)),
        (&p - 2_u8, Err(DhError::PublicLarge)),
        (&p - 1_u8, Err(DhError::PublicRange)),
        (p.clone(), Err(DhError::PublicRange)),
        (&p + 1_u8, Err(DhError::PublicRange)),
        ((one() << 2048_u32) - 1_u8, Err(DhError::PublicRange)),
    ];
    for (value, outcome) in outcomes {
        let value = padded(&value);
        assert_eq!(check_public(&value, &KNOWN_PRIME), outcome.map(|()| value));
    }
}

#[test]
fn kx_15_short_numbers_are_padded_and_long_ones_refused() {
    let value = vectors::array::<256>("synthetic.g_b_leading_zero.g_b_256");
    assert_eq!(value[0], 0);
    assert_eq!(check_public(&value, &KNOWN_PRIME), Ok(value));
    assert_eq!(check_public(&value[1..], &KNOWN_PRIME), Ok(value));
    assert_eq!(check_public(&[], &KNOWN_PRIME), Err(DhError::PublicRange));
    for length in [257, 258, 512] {
        let long = vec![0; length];
        assert_eq!(check_public(&long, &KNOWN_PRIME), Err(DhError::PublicLength { length }));
    }
}

#[test]
fn kx_15_recorded_numbers_are_accepted() {
    for exchange in ["new_official_2024", "old_official_2013", "recorded_2023_rsa_pad"] {
        for name in ["g_a", "g_b"] {
            let value = vectors::array(&format!("{exchange}.{name}"));
            assert_eq!(check_public(&value, &KNOWN_PRIME), Ok(value));
        }
    }
}

#[test]
fn kx_16_a_number_with_a_leading_zero_comes_out_padded() {
    let b = Secret::from(vectors::array::<256>("synthetic.g_b_leading_zero.b"));
    let g = check_generator(3, &KNOWN_PRIME).unwrap();
    let expected = vectors::array("synthetic.g_b_leading_zero.g_b_256");
    assert_eq!(Real.pow_mod(&g, &b, &KNOWN_PRIME), Ok(expected));
}

#[test]
fn kx_16_both_sides_agree_with_either_suite() {
    let suites: [(&dyn CryptoSuite, usize); 2] = [(&Real, 3), (&Toy, 300)];
    for (suite, rounds) in suites {
        let mut entropy = SeededEntropy::new(5);
        for p in [KNOWN_PRIME, modp_group_14()] {
            let g = check_generator(4, &p).unwrap();
            for _ in 0..rounds {
                let [a, b] = [(); 2].map(|()| Secret::<256>::random(&mut entropy));
                let [g_a, g_b] = [&a, &b].map(|secret| suite.pow_mod(&g, secret, &p).unwrap());
                let g_a = check_public(&g_a, &p).unwrap();
                let g_b = check_public(&g_b, &p).unwrap();
                let ours = auth_key(suite, &g_a, &b, &p).unwrap();
                assert_eq!(auth_key(suite, &g_b, &a, &p), Ok(ours));
            }
        }
    }
}

#[test]
fn kx_19_a_key_with_a_leading_zero_keeps_its_256_bytes() {
    let field = |name| vectors::array(&format!("synthetic.auth_key_leading_zero.{name}"));
    let b = Secret::from(field("b"));
    let g_a = vectors::array("new_official_2024.g_a");
    let key = auth_key(&Real, &g_a, &b, &KNOWN_PRIME).unwrap();
    assert_eq!(key, AuthKey::from_bytes(field("auth_key")));
    assert_eq!(key.id().to_string(), "599d920184209976");

    let g = check_generator(3, &KNOWN_PRIME).unwrap();
    assert_eq!(Real.pow_mod(&g, &b, &KNOWN_PRIME), Ok(field("g_b")));
}

#[test]
fn kx_19_a_modulus_that_is_no_prime_is_an_error_and_no_panic() {
    let one = be::left_pad(&[1]).unwrap();
    for suite in [&Real as &dyn CryptoSuite, &Toy] {
        assert_eq!(
            auth_key(suite, &one, &Secret::from(one), &[0; 256]),
            Err(DhError::Suite(SuiteError::EvenModulus))
        );
    }
}
