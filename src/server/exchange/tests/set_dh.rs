//! KX-15 to KX-19: `set_client_DH_params` and the verdict.

use super::*;
use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::{DhError, new_nonce_hash};
use crate::ids::Salt;

/// What the server says to a changed query.
fn outer(change: impl FnOnce(&mut functions::SetClientDhParams)) -> Result<Option<Vec<u8>>, Error> {
    let mut script = Script::at_set_dh(|_| {});
    let mut query = script.set_dh(|_| {});
    change(&mut query);
    script.say(&query)
}

/// What the server says to a changed half.
fn half(change: impl FnOnce(&mut types::ClientDhInnerData)) -> Result<Option<Vec<u8>>, Error> {
    let mut script = Script::at_set_dh(|_| {});
    let query = script.set_dh(change);
    script.say(&query)
}

#[test]
fn kx_17_other_nonces_are_refused_outside_and_inside() {
    for place in 0..16 {
        assert_eq!(outer(|query| query.nonce[place] ^= 1), Err(Error::Nonce));
        assert_eq!(outer(|query| query.server_nonce[place] ^= 1), Err(Error::ServerNonce));
        assert_eq!(half(|half| half.nonce[place] ^= 1), Err(Error::Nonce));
        assert_eq!(half(|half| half.server_nonce[place] ^= 1), Err(Error::ServerNonce));
    }
}

#[test]
fn kx_17_the_length_is_checked_before_anything_is_cut_off() {
    for length in [0, 1, 15, 16, 31, 33, 47, 335, 1025, 1040, 4096] {
        let result = outer(|query| query.encrypted_data = vec![1; length].into());
        assert_eq!(result, Err(Error::AnswerLength { length }), "{length}");
    }
    for length in [32, 48, 336, 1024] {
        let result = outer(|query| query.encrypted_data = vec![1; length].into());
        assert_eq!(result, Err(Error::AnswerHash), "{length}");
    }
}

#[test]
fn kx_17_a_half_that_is_not_authentic_is_refused_whatever_is_wrong_with_it() {
    let say = |make: fn(&Script) -> functions::SetClientDhParams| {
        let mut script = Script::at_set_dh(|_| {});
        let query = make(&script);
        script.say(&query)
    };
    let refused = Err(Error::AnswerHash);
    let wrong_hash = say(|script| {
        let half = script.half().to_bytes();
        let mut data = script.config.suite.sha1(&[&half]).to_vec();
        data[19] ^= 1;
        data.extend_from_slice(&half);
        data.resize(data.len().next_multiple_of(16), 0);
        script.set_dh_encrypting(data)
    });
    assert_eq!(wrong_hash, refused);
    // A value of another type, and no value at all, each with its right hash.
    assert_eq!(say(|script| script.set_dh_of(&script.req_pq().to_bytes(), 0)), refused);
    assert_eq!(say(|script| script.set_dh_of(&[7; 28], 0)), refused);
    // The beginning of a value, up to the number, with the hash of just that.
    assert_eq!(say(|script| script.set_dh_of(&script.half().to_bytes()[..44], 0)), refused);
}

#[test]
fn kx_17_at_most_15_bytes_of_padding_follow_the_half() {
    // The hash and this half fill 20 blocks.
    let say = |more| {
        let mut script = Script::at_set_dh(|_| {});
        let mut half = script.half();
        half.g_b = script.g_b()[..252].into();
        assert_eq!((20 + half.to_bytes().len()) % 16, 0);
        script.say(&script.set_dh_of(&half.to_bytes(), more))
    };
    assert_eq!(say(0), Ok(None));
    assert_eq!(say(16), Err(Error::AnswerHash));
    // And this one leaves 12 bytes, so that there are 12 and 28.
    let say = |more| {
        let mut script = Script::at_set_dh(|_| {});
        let half = script.half().to_bytes();
        script.say(&script.set_dh_of(&half, more))
    };
    assert_eq!(say(0), Ok(None));
    assert_eq!(say(16), Err(Error::AnswerHash));
}

#[test]
fn kx_17_the_first_half_names_no_key_that_was_refused() {
    for retry_id in [1, -1, i64::MIN] {
        assert_eq!(half(|half| half.retry_id = retry_id), Err(Error::RetryId));
    }
}

#[test]
fn kx_17_the_half_after_a_retry_names_the_key_that_was_refused() {
    let refused = |script: &Script| i64::from_le_bytes(script.key().aux_hash());
    let retry = |retry_id: fn(i64) -> i64| {
        let mut script = Script::at_verdict(|_| {});
        assert!(script.conclude(DhGen::Retry).is_some());
        let retry_id = retry_id(refused(&script));
        script.exponent = Secret::random(&mut script.entropy);
        let query = script.set_dh(|half| half.retry_id = retry_id);
        script.say(&query)?;
        assert_eq!(script.server.candidate(), Some(&script.key()));
        script.conclude(DhGen::Ok);
        Ok(script.server.poll_established().map(|key| key.auth_key) == Some(script.key()))
    };
    assert_eq!(retry(|id| id), Ok(true));
    assert_eq!(retry(|_| 0), Err(Error::RetryId));
    assert_eq!(retry(|id| id ^ 1), Err(Error::RetryId));
    assert_eq!(retry(i64::swap_bytes), Err(Error::RetryId));
}

#[test]
fn kx_15_the_clients_number_is_within_its_bounds() {
    let number = |bytes: &[u8]| half(|half| half.g_b = bytes.into());
    let error = |error| Err(Error::Dh(error));
    assert_eq!(number(&[]), error(DhError::PublicRange));
    assert_eq!(number(&[1]), error(DhError::PublicRange));
    assert_eq!(number(&[2]), error(DhError::PublicSmall));
    assert_eq!(number(&[1; 257]), error(DhError::PublicLength { length: 257 }));
    // 2^1984 has 249 bytes; one less is too small.
    let mut bound = [0; 249];
    bound[0] = 1;
    assert_eq!(number(&bound), Ok(None));
    assert_eq!(number(&[0xff; 248]), error(DhError::PublicSmall));
    // p - 2^1984, and one more.
    let mut bound = KNOWN_PRIME;
    let place = (0..8).rev().find(|place| bound[*place] > 0).unwrap();
    bound[place] -= 1;
    bound[place + 1..8].fill(0xff);
    assert_eq!(number(&bound), Ok(None));
    bound[255] += 1;
    assert_eq!(number(&bound), error(DhError::PublicLarge));
    for (less, expected) in
        [(2, DhError::PublicLarge), (1, DhError::PublicRange), (0, DhError::PublicRange)]
    {
        let mut near = KNOWN_PRIME;
        near[255] -= less;
        assert_eq!(number(&near), error(expected), "p - {less}");
    }
}

#[test]
fn kx_18_each_verdict_carries_the_proof_of_its_own() {
    for verdict in [DhGen::Ok, DhGen::Retry, DhGen::Fail] {
        let mut script = Script::at_verdict(|_| {});
        let answer = script.conclude(verdict).unwrap();
        let suite = &*script.config.suite;
        let new_nonce = script.new_nonce.expose();
        let expected = new_nonce_hash(suite, verdict, new_nonce, &script.key().aux_hash());
        let (nonce, server_nonce) = (script.nonce, script.server_nonce);
        use enums::SetClientDhParamsAnswer as Answer;
        let told = match answered(&answer) {
            Answer::DhGenOk(v) => (DhGen::Ok, v.nonce, v.server_nonce, v.new_nonce_hash1),
            Answer::DhGenRetry(v) => (DhGen::Retry, v.nonce, v.server_nonce, v.new_nonce_hash2),
            Answer::DhGenFail(v) => (DhGen::Fail, v.nonce, v.server_nonce, v.new_nonce_hash3),
        };
        assert_eq!(told, (verdict, nonce, server_nonce, expected));
        assert_eq!(script.server.poll_established().is_some(), verdict == DhGen::Ok);
    }
}

#[test]
fn kx_19_the_first_salt_is_derived_from_both_nonces() {
    let mut script = Script::at_set_dh(|_| {});
    let Established { salt, expires_at, .. } = script.finish();
    let (ours, theirs) = (script.new_nonce.expose(), &script.server_nonce);
    let bytes: Vec<u8> = ours.iter().zip(theirs).take(8).map(|(a, b)| a ^ b).collect();
    assert_eq!(salt, Salt(i64::from_le_bytes(bytes.try_into().unwrap())));
    assert_eq!(expires_at, None);
}
