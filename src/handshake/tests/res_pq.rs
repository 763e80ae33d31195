//! KX-02 to KX-09: up to `req_DH_params`.

use super::*;
use crate::crypto::{FactorError, params_fail_hash};
use crate::handshake::Stage;
use crate::tl::mtproto::functions;

#[test]
fn kx_02_each_exchange_draws_a_nonce_of_its_own() {
    let config = Config::new(DcId::production(2), keys::production_keys(), toy());
    let mut entropy = SeededEntropy::new(5);
    let mut nonces = Vec::new();
    for ticket in 0..20 {
        let mut client = Handshake::new(config.clone(), ticket, at(0), &mut entropy);
        let query: functions::ReqPqMulti = sent(client.poll_packet().unwrap());
        assert!(!nonces.contains(&query.nonce));
        nonces.push(query.nonce);
    }
}

#[test]
fn kx_03_another_nonce_is_refused() {
    for place in 0..16 {
        let mut script = Script::new();
        let mut answer = script.res_pq();
        answer.nonce[place] ^= 1;
        assert_eq!(script.say(&answer), Err(Error::Nonce { stage: Stage::ResPq }));
    }
}

fn choose(ours: Vec<crate::crypto::RsaPublicKey>, listed: Vec<i64>) -> Result<i64, Error> {
    let mut script = Script::with(|config| config.keys = ours);
    let answer = types::ResPq { server_public_key_fingerprints: listed, ..script.res_pq() };
    script.say(&answer)?;
    let done = script.client.poll_work().unwrap().run();
    script.client.handle_work(script.now, done, &mut script.entropy)?;
    let query: functions::ReqDhParams = sent(script.client.poll_packet().unwrap());
    Ok(query.public_key_fingerprint)
}

#[test]
fn kx_04_the_first_of_our_keys_that_the_server_has_is_chosen() {
    let production = keys::production_keys()[0].clone();
    let test = keys::test_keys()[0].clone();
    let (p, t) = (production.fingerprint().0, test.fingerprint().0);
    assert_eq!(choose(vec![production.clone(), test.clone()], vec![1, t, p]), Ok(p));
    assert_eq!(choose(vec![test.clone(), production.clone()], vec![1, p, t]), Ok(t));
    assert_eq!(choose(vec![test, production], vec![p]), Ok(p));
}

#[test]
fn kx_04_all_keys_that_the_server_lists_are_told() {
    let ours = keys::production_keys()[0].fingerprint().0;
    let mut script = Script::new();
    let listed = vec![1, ours, -3];
    let server_public_key_fingerprints = listed.clone();
    let answer = types::ResPq { server_public_key_fingerprints, ..script.res_pq() };
    script.say(&answer).unwrap();
    let told: Vec<i64> = script.listed.iter().map(|fingerprint| fingerprint.0).collect();
    assert_eq!(told, listed);
}

#[test]
fn kx_04_without_a_common_key_there_is_no_exchange() {
    let listed = keys::production_keys()[0].fingerprint().0;
    assert_eq!(choose(keys::test_keys(), vec![listed]), Err(Error::NoKnownKey));
    assert_eq!(choose(keys::production_keys(), vec![]), Err(Error::NoKnownKey));
    assert_eq!(choose(vec![], vec![listed]), Err(Error::NoKnownKey));
}

#[test]
fn kx_04_a_list_of_keys_has_a_limit() {
    let listed = keys::production_keys()[0].fingerprint().0;
    assert_eq!(choose(keys::production_keys(), vec![listed; 64]), Ok(listed));
    let error = Error::TooManyFingerprints { count: 65 };
    assert_eq!(choose(keys::production_keys(), vec![listed; 65]), Err(error));
}

#[test]
fn kx_05_each_rule_about_pq_is_enforced() {
    let p = 2_147_483_647_u64;
    for (pq, error) in [
        (vec![], FactorError::Length { length: 0 }),
        (vec![1; 9], FactorError::Length { length: 9 }),
        (vec![3], FactorError::TooSmall),
        (vec![1], FactorError::TooSmall),
        (vec![0], FactorError::TooSmall),
        ((1_u64 << 63 | 1).to_be_bytes().to_vec(), FactorError::TooLarge),
        (vec![22], FactorError::Even),
        (p.to_be_bytes().to_vec(), FactorError::Prime),
        ((p * p).to_be_bytes().to_vec(), FactorError::Square),
        (vec![9], FactorError::Square),
        (vec![105], FactorError::NotTwoPrimes),
        // 2,999,517,743 times 3,022,551,307, which takes 393,470 steps to find out.
        (9_066_196_274_474_340_101_u64.to_be_bytes().to_vec(), FactorError::OutOfBudget),
    ] {
        let mut script = Script::new();
        let answer = types::ResPq { pq: pq.clone().into(), ..script.res_pq() };
        let result = script.say(&answer).and_then(|()| script.work());
        assert_eq!(result, Err(Error::Pq(error)), "{pq:?}");
    }
}

#[test]
fn kx_05_the_factors_are_sent_in_their_shortest_form() {
    let mut script = Script::new();
    let answer = types::ResPq { pq: [0, 0, 15].into(), ..script.res_pq() };
    script.say(&answer).unwrap();
    let done = script.client.poll_work().unwrap().run();
    script.client.handle_work(script.now, done, &mut script.entropy).unwrap();
    let query: functions::ReqDhParams = sent(script.client.poll_packet().unwrap());
    assert_eq!((&*query.p, &*query.q), (&[3][..], &[5][..]));
}

#[test]
fn kx_06_the_secret_is_32_fresh_bytes() {
    let secrets: Vec<_> = (0..2)
        .map(|seed| {
            let mut script = Script::new();
            script.entropy = SeededEntropy::new(100 + seed);
            script.say(&script.res_pq()).unwrap();
            script.work().unwrap();
            script.new_nonce.unwrap()
        })
        .collect();
    assert_ne!(secrets[0], secrets[1]);
}

#[test]
fn kx_09_a_refusal_ends_the_exchange_whether_it_is_proven_or_not() {
    let script = || Script::at_dh_params(|_| {});
    let refusal = |script: &Script| types::ServerDhParamsFail {
        nonce: script.nonce,
        server_nonce: script.server_nonce,
        new_nonce_hash: params_fail_hash(
            &*script.suite,
            script.new_nonce.as_ref().unwrap().expose(),
        ),
    };
    let mut proven = script();
    assert_eq!(proven.say(&refusal(&proven)), Err(Error::Refused));
    let mut unproven = script();
    let mut answer = refusal(&unproven);
    answer.new_nonce_hash[15] ^= 1;
    assert_eq!(unproven.say(&answer), Err(Error::RefusedWithoutProof));
    let stage = Stage::ServerDhParams;
    let mut other = script();
    let mut answer = refusal(&other);
    answer.nonce[0] ^= 1;
    assert_eq!(other.say(&answer), Err(Error::Nonce { stage }));
    let mut other = script();
    let mut answer = refusal(&other);
    answer.server_nonce[0] ^= 1;
    assert_eq!(other.say(&answer), Err(Error::ServerNonce { stage }));
}
