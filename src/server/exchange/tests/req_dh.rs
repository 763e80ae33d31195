//! KX-04 to KX-07 and KX-14: `req_DH_params`.

use super::*;
use crate::crypto::{DhError, Fingerprint, RsaPadError, SuiteError, keys, real};

/// What the server says to a changed query.
fn outer(change: impl FnOnce(&mut functions::ReqDhParams)) -> Result<Option<Vec<u8>>, Error> {
    let mut script = Script::at_req_dh(|_| {});
    let mut query = script.req_dh(|_| {});
    change(&mut query);
    script.say(&query)
}

/// What the server says to changed inner data.
fn inner(change: impl FnOnce(&mut types::PQInnerDataDc)) -> Result<Option<Vec<u8>>, Error> {
    let mut script = Script::at_req_dh(|_| {});
    let query = script.req_dh(change);
    script.say(&query)
}

/// What the server says to inner data of another form.
fn form(make: impl FnOnce(types::PQInnerDataDc) -> enums::PQInnerData) -> Result<Script, Error> {
    let mut script = Script::at_req_dh(|_| {});
    let query = script.req_dh_of(&make(script.inner()).to_bytes());
    let answer = script.say(&query)?.expect("server_DH_params_ok");
    script.take_half(&answer);
    Ok(script)
}

#[test]
fn kx_03_other_nonces_are_refused() {
    for place in 0..16 {
        assert_eq!(outer(|query| query.nonce[place] ^= 1), Err(Error::Nonce));
        assert_eq!(outer(|query| query.server_nonce[place] ^= 1), Err(Error::ServerNonce));
    }
}

#[test]
fn kx_04_a_key_that_the_server_does_not_have_is_refused() {
    let other = keys::production_keys()[0].fingerprint();
    let error = Err(Error::UnknownKey(other));
    assert_eq!(outer(|query| query.public_key_fingerprint = other.0), error);
    let none = Err(Error::UnknownKey(Fingerprint(0)));
    assert_eq!(outer(|query| query.public_key_fingerprint = 0), none);
}

#[test]
fn kx_05_factors_that_are_wrong_swapped_or_padded_are_refused() {
    let refused = Err(Error::Factors);
    assert_eq!(outer(|query| query.p = [0].into()), refused);
    assert_eq!(outer(|query| query.q = [3].into()), refused);
    assert_eq!(outer(|query| std::mem::swap(&mut query.p, &mut query.q)), refused);
    let pad = |number: &[u8]| [&[0], number].concat().into();
    assert_eq!(outer(|query| query.p = pad(&query.p)), refused);
    assert_eq!(outer(|query| query.q = pad(&query.q)), refused);
}

#[test]
fn kx_07_the_encrypted_data_has_256_bytes() {
    for length in [0, 1, 255, 257, 512] {
        let result = outer(|query| query.encrypted_data = vec![1; length].into());
        assert_eq!(result, Err(Error::EncryptedLength { length }));
    }
    let longer = outer(|query| {
        query.encrypted_data = [&*query.encrypted_data, &[0]].concat().into();
    });
    assert_eq!(longer, Err(Error::EncryptedLength { length: 257 }));
}

#[test]
fn kx_07_data_that_is_not_authentic_is_refused() {
    for place in 0..256 {
        let result = outer(|query| {
            let mut data = query.encrypted_data.to_vec();
            data[place] ^= 1;
            query.encrypted_data = data.into();
        });
        assert_eq!(result, Err(Error::Rsa(RsaPadError::Hash)), "{place}");
    }
}

#[test]
fn kx_07_a_number_that_is_not_below_the_modulus_is_refused() {
    let mut script = Script::at_req_dh(|config| config.suite = real());
    let query = script.req_dh_encrypted(KEY.public().modulus());
    let error = RsaPadError::Suite(SuiteError::BlockTooLarge);
    assert_eq!(script.say(&query), Err(Error::Rsa(error)));
}

#[test]
fn authentic_data_that_is_no_inner_data_is_malformed() {
    let mut script = Script::at_req_dh(|_| {});
    let query = script.req_dh_of(&script.req_pq().to_bytes());
    assert!(matches!(script.say(&query), Err(Error::Decode(_))));
}

#[test]
fn kx_06_the_inner_data_repeats_the_nonces() {
    for place in 0..16 {
        assert_eq!(inner(|inner| inner.nonce[place] ^= 1), Err(Error::Nonce));
        assert_eq!(inner(|inner| inner.server_nonce[place] ^= 1), Err(Error::ServerNonce));
    }
}

#[test]
fn kx_06_the_inner_data_repeats_pq_and_its_factors() {
    let refused = Err(Error::InnerPq);
    assert_eq!(inner(|inner| inner.pq = [15].into()), refused);
    assert_eq!(inner(|inner| inner.p = [3].into()), refused);
    assert_eq!(inner(|inner| inner.q = [5].into()), refused);
}

#[test]
fn kx_06_the_inner_data_names_the_data_centre() {
    for dc in [0, 1, 3, -2, 10_002, i32::MIN] {
        assert_eq!(inner(|inner| inner.dc = dc), Err(Error::Dc { dc }));
        let temporary = form(|inner| temp_dc(&types::PQInnerDataDc { dc, ..inner }, 60));
        assert_eq!(temporary.err(), Some(Error::Dc { dc }));
    }
}

fn temp_dc(inner: &types::PQInnerDataDc, expires_in: i32) -> enums::PQInnerData {
    let types::PQInnerDataDc { pq, p, q, nonce, server_nonce, new_nonce, dc } = inner.clone();
    let data =
        types::PQInnerDataTempDc { pq, p, q, nonce, server_nonce, new_nonce, dc, expires_in };
    enums::PQInnerData::PQInnerDataTempDc(Box::new(data))
}

fn temp(inner: &types::PQInnerDataDc, expires_in: i32) -> enums::PQInnerData {
    let types::PQInnerDataDc { pq, p, q, nonce, server_nonce, new_nonce, .. } = inner.clone();
    let data = types::PQInnerDataTemp { pq, p, q, nonce, server_nonce, new_nonce, expires_in };
    enums::PQInnerData::PQInnerDataTemp(Box::new(data))
}

fn without_dc(inner: types::PQInnerDataDc) -> enums::PQInnerData {
    let types::PQInnerDataDc { pq, p, q, nonce, server_nonce, new_nonce, .. } = inner;
    let data = types::PQInnerData { pq, p, q, nonce, server_nonce, new_nonce };
    enums::PQInnerData::PQInnerData(Box::new(data))
}

#[test]
fn kx_06_all_four_forms_of_the_inner_data_are_understood() {
    let expires_at = |script: Result<Script, Error>| script.unwrap().finish().expires_at;
    let in_a_minute = Some(Duration::from_secs(UNIX + 60));
    assert_eq!(expires_at(form(|inner| enums::PQInnerData::PQInnerDataDc(Box::new(inner)))), None);
    assert_eq!(expires_at(form(without_dc)), None);
    assert_eq!(expires_at(form(|inner| temp(&inner, 60))), in_a_minute);
    assert_eq!(expires_at(form(|inner| temp_dc(&inner, 60))), in_a_minute);
}

#[test]
fn kx_06_a_temporary_key_lives_from_a_second_to_a_week() {
    for seconds in [1, 86_400, 604_800] {
        for make in [temp, temp_dc] {
            let expires_at = form(|inner| make(&inner, seconds)).unwrap().finish().expires_at;
            assert_eq!(expires_at, Some(Duration::from_secs(UNIX + seconds as u64)));
        }
    }
    for seconds in [0, -1, i32::MIN, 604_801, i32::MAX] {
        for make in [temp, temp_dc] {
            let error = form(|inner| make(&inner, seconds)).err();
            assert_eq!(error, Some(Error::Lifetime { seconds }));
        }
    }
}

#[test]
fn kx_16_each_exchange_draws_an_exponent_and_padding_of_its_own() {
    let (mut numbers, mut paddings) = (Vec::new(), Vec::new());
    for seed in 0..4 {
        let mut script = Script::at_req_dh(|_| {});
        script.entropy = SeededEntropy::new(seed);
        let query = script.req_dh(|_| {});
        let answer = script.say(&query).unwrap().expect("server_DH_params_ok");
        script.take_half(&answer);
        let mut data = answered::<types::ServerDhParamsOk>(&answer).encrypted_answer.into_vec();
        script.tmp_aes().decrypt(&*script.config.suite, &mut data).unwrap();
        // 20 bytes of hash and 564 of data.
        let padding = data[584..].to_vec();
        assert_eq!(padding.len(), 8);
        assert!(!numbers.contains(&script.g_a) && !paddings.contains(&padding));
        numbers.push(script.g_a);
        paddings.push(padding);
    }
}

#[test]
fn kx_14_a_server_that_is_set_up_with_bad_numbers_refuses_to_use_them() {
    let with = |change: fn(&mut Config)| {
        let mut script = Script::at_req_dh(change);
        let query = script.req_dh(|_| {});
        script.say(&query)
    };
    let error = |error| Err(Error::Dh(error));
    assert_eq!(with(|config| config.g = 8), error(DhError::GeneratorRange { g: 8 }));
    assert_eq!(with(|config| config.g = 2), error(DhError::GeneratorResidue { g: 2 }));
    let even = error(DhError::Suite(SuiteError::EvenModulus));
    assert_eq!(with(|config| (config.g, *config.prime) = (4, [0xfe; 256])), even);
}
