//! KX-10 to KX-16: `server_DH_params_ok` and the numbers in it.

use super::*;
use crate::crypto::DhError;
use crate::handshake::Stage;
use crate::tl::Bytes;

/// What the client says to a changed answer.
fn answer(change: impl FnOnce(&Script) -> types::ServerDhParamsOk) -> Result<(), Error> {
    let mut script = Script::at_dh_params(|_| {});
    let answer = change(&script);
    script.say(&answer)
}

fn inner(change: impl FnOnce(&mut types::ServerDhInnerData)) -> Result<(), Error> {
    answer(|script| script.dh_params(change))
}

#[test]
fn kx_10_other_nonces_are_refused() {
    let stage = Stage::ServerDhParams;
    let with = |change: fn(&mut types::ServerDhParamsOk)| {
        answer(|script| {
            let mut params = script.dh_params(|_| {});
            change(&mut params);
            params
        })
    };
    assert_eq!(with(|a| a.nonce[7] ^= 1), Err(Error::Nonce { stage }));
    assert_eq!(with(|a| a.server_nonce[7] ^= 1), Err(Error::ServerNonce { stage }));
}

#[test]
fn kx_10_the_length_of_the_answer_is_checked_before_anything_is_cut_off() {
    for length in [0, 1, 15, 16, 31, 33, 47, 591, 593, 1025, 1040, 4096] {
        let result = answer(|script| types::ServerDhParamsOk {
            encrypted_answer: vec![1; length].into(),
            ..script.dh_params(|_| {})
        });
        assert_eq!(result, Err(Error::AnswerLength { length }), "{length}");
    }
    for length in [32, 48, 592, 1024] {
        let result = answer(|script| types::ServerDhParamsOk {
            encrypted_answer: vec![1; length].into(),
            ..script.dh_params(|_| {})
        });
        assert_eq!(result, Err(Error::AnswerHash), "{length}");
    }
}

#[test]
fn kx_12_an_answer_that_is_not_authentic_is_refused_whatever_is_wrong_with_it() {
    // A wrong hash.
    let hash = answer(|script| {
        let inner = script.inner().to_bytes();
        let mut data = script.suite.sha1(&[&inner]).to_vec();
        data[0] ^= 1;
        data.extend_from_slice(&inner);
        data.resize(data.len().next_multiple_of(16), 0);
        script.dh_params_encrypting(data)
    });
    assert_eq!(hash, Err(Error::AnswerHash));
    // A value of another type, and no value at all, each with its right hash.
    let other = answer(|script| script.dh_params_of(&script.dh_params(|_| {}).to_bytes(), 0));
    assert_eq!(other, Err(Error::AnswerHash));
    let nothing = answer(|script| script.dh_params_of(&[7; 28], 0));
    assert_eq!(nothing, Err(Error::AnswerHash));
}

#[test]
fn kx_12_at_most_15_bytes_of_padding_follow_the_answer() {
    assert_eq!(answer(|script| script.dh_params_of(&script.inner().to_bytes(), 0)), Ok(()));
    let more = answer(|script| script.dh_params_of(&script.inner().to_bytes(), 16));
    assert_eq!(more, Err(Error::AnswerHash));
    // With a number 8 bytes shorter, the hash and the answer fill whole blocks: 0 and 16 bytes follow.
    let whole = |more| {
        answer(|script| {
            let inner = types::ServerDhInnerData { g_a: [1; 248].into(), ..script.inner() };
            assert_eq!((20 + inner.to_bytes().len()) % 16, 0);
            script.dh_params_of(&inner.to_bytes(), more)
        })
    };
    assert_eq!(whole(0), Err(Error::Dh(DhError::PublicSmall)));
    assert_eq!(whole(16), Err(Error::AnswerHash));
}

#[test]
fn kx_12_the_nonces_inside_are_checked_too() {
    let stage = Stage::ServerDhInnerData;
    assert_eq!(inner(|i| i.nonce[15] ^= 1), Err(Error::Nonce { stage }));
    assert_eq!(inner(|i| i.server_nonce[15] ^= 1), Err(Error::ServerNonce { stage }));
}

#[test]
fn kx_13_the_prime_has_2048_bits() {
    let length = |length| Err(Error::Dh(DhError::PrimeLength { length }));
    assert_eq!(inner(|i| i.dh_prime = KNOWN_PRIME[1..].into()), length(255));
    assert_eq!(inner(|i| i.dh_prime = Bytes::default()), length(0));
    let longer = [&[0], &KNOWN_PRIME[..]].concat();
    assert_eq!(inner(|i| i.dh_prime = longer.into()), length(257));
    let mut low = KNOWN_PRIME;
    low[0] = 0x7f;
    assert_eq!(inner(|i| i.dh_prime = low.into()), Err(Error::Dh(DhError::PrimeTopBit)));
}

/// The 2048-bit prime of [RFC 3526](https://www.rfc-editor.org/rfc/rfc3526#section-3), which is safe; 2 mod 3, so that
/// g = 3 is in order, or not, as its residue says.
fn another_safe_prime() -> [u8; 256] {
    crate::crypto::dh::tests::modp_group_14()
}

fn with_prime(prime: [u8; 256], config: impl FnOnce(&mut Config)) -> Result<Script, Error> {
    let mut script = Script::at_dh_params(|c| {
        c.suite = crate::crypto::real();
        config(c);
    });
    let params = script.dh_params(|i| {
        i.dh_prime = prime.into();
        i.g = 4;
        i.g_a = [5; 256].into();
    });
    script.say(&params)?;
    script.work()?;
    Ok(script)
}

#[test]
fn kx_13_another_prime_is_tested_before_it_is_used() {
    with_prime(another_safe_prime(), |_| {}).unwrap();
    let mut composite = KNOWN_PRIME;
    composite[255] ^= 2;
    let error = Error::Dh(DhError::PrimeNotSafe);
    assert_eq!(with_prime(composite, |_| {}).err(), Some(error));
}

#[test]
fn kx_13_a_prime_that_was_tested_is_not_tested_again() {
    let mut composite = KNOWN_PRIME;
    composite[255] ^= 2;
    // It would fail the test, so it was not made.
    with_prime(composite, |config| config.tested_prime = Some(Box::new(composite))).unwrap();
}

#[test]
fn kx_13_that_another_prime_was_tested_says_nothing() {
    let mut composite = KNOWN_PRIME;
    composite[255] ^= 2;
    let tested = Some(Box::new(another_safe_prime()));
    let error = with_prime(composite, |config| config.tested_prime = tested).err();
    assert_eq!(error, Some(Error::Dh(DhError::PrimeNotSafe)));
}

#[test]
fn kx_14_the_known_prime_admits_three_generators() {
    for g in [-1, i32::MIN, 0, 1, 8, i32::MAX] {
        assert_eq!(inner(|i| i.g = g), Err(Error::Dh(DhError::GeneratorRange { g })), "{g}");
    }
    for g in [2, 5, 6] {
        assert_eq!(inner(|i| i.g = g), Err(Error::Dh(DhError::GeneratorResidue { g })), "{g}");
    }
    for g in [3, 4, 7] {
        assert_eq!(inner(|i| i.g = g), Ok(()), "{g}");
    }
}

#[test]
fn kx_15_the_servers_number_is_within_its_bounds() {
    let number = |bytes: &[u8]| inner(|i| i.g_a = bytes.into());
    let error = |error| Err(Error::Dh(error));
    assert_eq!(number(&[]), error(DhError::PublicRange));
    assert_eq!(number(&[1]), error(DhError::PublicRange));
    assert_eq!(number(&[2]), error(DhError::PublicSmall));
    assert_eq!(number(&[1; 257]), error(DhError::PublicLength { length: 257 }));
    // 2^1984 has 249 bytes; one less is too small.
    let mut bound = [0; 249];
    bound[0] = 1;
    assert_eq!(number(&bound), Ok(()));
    assert_eq!(number(&[0xff; 248]), error(DhError::PublicSmall));
    assert_eq!(number(&KNOWN_PRIME), error(DhError::PublicRange));
    let mut near = KNOWN_PRIME;
    near[255] -= 2;
    assert_eq!(number(&near), error(DhError::PublicLarge));
}

#[test]
fn kx_16_each_exchange_draws_an_exponent_of_its_own() {
    let mut numbers = Vec::new();
    for seed in 0..4 {
        let mut script = Script::at_dh_params(|_| {});
        script.entropy = SeededEntropy::new(seed);
        script.say(&script.dh_params(|_| {})).unwrap();
        script.work().unwrap();
        assert!(!numbers.contains(&script.g_b));
        numbers.push(script.g_b);
    }
}

#[test]
fn kx_16_an_exponent_whose_number_is_out_of_bounds_is_drawn_again() {
    let run = |zeros| {
        let mut script = Script::at_dh_params(|_| {});
        let params = packet(&script.dh_params(|_| {}));
        // On the toy suite a zero exponent gives zero, which is out of bounds.
        let mut entropy = ZeroDraws { length: 256, left: zeros, other: SeededEntropy::new(9) };
        script.client.handle_packet(script.now, &params, 0, &mut entropy)?;
        let mut turns = Turns::default();
        while let Some(work) = turns.count(script.client.poll_work()) {
            script.client.handle_work(script.now, work.run(), &mut entropy)?;
        }
        Ok(script.client.poll_packet().is_some())
    };
    assert_eq!(run(0), Ok(true));
    assert_eq!(run(3), Ok(true));
    assert_eq!(run(4), Err(Error::NoExponent));
}
