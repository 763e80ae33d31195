//! KX-17 to KX-19: the client's half and the verdict.

use super::*;
use crate::handshake::{Lifetime, Stage};
use crate::ids::Salt;
use crate::tl::mtproto::functions;

/// What the client sends after `server_DH_params_ok`, decrypted: the data and its padding.
fn client_half(script: &mut Script) -> (types::ClientDhInnerData, Vec<u8>) {
    let done = script.client.poll_work().unwrap().run();
    script.client.handle_work(script.now, done, &mut script.entropy).unwrap();
    let query: functions::SetClientDhParams = sent(script.client.poll_packet().unwrap());
    script.take_steps();
    let mut data = query.encrypted_data.to_vec();
    let new_nonce = script.new_nonce.as_ref().unwrap();
    let key = tmp_aes(&*script.suite, new_nonce.expose(), &script.server_nonce);
    key.decrypt(&*script.suite, &mut data).unwrap();
    let mut reader = crate::tl::Reader::new(&data[20..]);
    let inner = types::ClientDhInnerData::deserialize(&mut reader).unwrap();
    let padding = reader.remaining().to_vec();
    assert_eq!(data[..20], script.suite.sha1(&[&inner.to_bytes()]));
    (inner, padding)
}

#[test]
fn kx_17_the_clients_half_has_its_hash_and_random_padding() {
    let mut paddings = Vec::new();
    for seed in 0..4 {
        let mut script = Script::at_dh_params(|_| {});
        script.entropy = SeededEntropy::new(seed);
        script.say(&script.dh_params(|_| {})).unwrap();
        let (inner, padding) = client_half(&mut script);
        assert_eq!(inner.retry_id, 0);
        assert_eq!((inner.nonce, inner.server_nonce), (script.nonce, script.server_nonce));
        assert_eq!(*inner.g_b, script.g_b.unwrap());
        assert!(padding.len() <= 15 && !paddings.contains(&padding));
        paddings.push(padding);
    }
}

#[test]
fn kx_17_a_retry_names_the_key_that_was_refused() {
    let mut script = Script::at_dh_gen();
    let refused = i64::from_le_bytes(script.key().aux_hash());
    let first = script.g_b;
    script.say(&script.dh_gen_retry()).unwrap();
    let (inner, _) = client_half(&mut script);
    assert_eq!(inner.retry_id, refused);
    assert_ne!(script.g_b, first);
    assert_eq!(script.finish().auth_key, script.key());
}

#[test]
fn kx_18_each_verdict_has_a_hash_of_its_own() {
    for place in 0..16 {
        let mut script = Script::at_dh_gen();
        let mut ok = script.dh_gen_ok();
        ok.new_nonce_hash1[place] ^= 1;
        assert_eq!(script.say(&ok), Err(Error::DhGenHash { answer: DhGen::Ok }));
        let mut script = Script::at_dh_gen();
        let mut retry = script.dh_gen_retry();
        retry.new_nonce_hash2[place] ^= 1;
        assert_eq!(script.say(&retry), Err(Error::DhGenHash { answer: DhGen::Retry }));
        let mut script = Script::at_dh_gen();
        let mut fail = script.dh_gen_fail();
        fail.new_nonce_hash3[place] ^= 1;
        assert_eq!(script.say(&fail), Err(Error::DhGenHash { answer: DhGen::Fail }));
    }
}

#[test]
fn kx_18_the_hash_of_one_verdict_does_not_serve_another() {
    let mut script = Script::at_dh_gen();
    let ok = types::DhGenOk { new_nonce_hash1: script.hash(DhGen::Fail), ..script.dh_gen_ok() };
    assert_eq!(script.say(&ok), Err(Error::DhGenHash { answer: DhGen::Ok }));
}

#[test]
fn kx_18_the_nonces_of_the_verdict_are_checked() {
    let stage = Stage::DhGen;
    let mut script = Script::at_dh_gen();
    let mut ok = script.dh_gen_ok();
    ok.nonce[3] ^= 1;
    assert_eq!(script.say(&ok), Err(Error::Nonce { stage }));
    let mut script = Script::at_dh_gen();
    let mut ok = script.dh_gen_ok();
    ok.server_nonce[3] ^= 1;
    assert_eq!(script.say(&ok), Err(Error::ServerNonce { stage }));
}

#[test]
fn kx_18_a_refused_key_ends_the_exchange() {
    let mut script = Script::at_dh_gen();
    assert_eq!(script.say(&script.dh_gen_fail()), Err(Error::DhGenFail));
}

#[test]
fn kx_18_the_server_may_ask_for_five_more_keys() {
    let mut script = Script::at_dh_gen();
    for _ in 0..5 {
        script.say(&script.dh_gen_retry()).unwrap();
        script.work().unwrap();
    }
    assert_eq!(script.say(&script.dh_gen_retry()), Err(Error::TooManyRetries { count: 6 }));
}

#[test]
fn kx_19_the_outcome_is_what_the_protocol_derives() {
    let mut script = Script::new();
    script.now = at(0);
    script.say(&script.res_pq()).unwrap();
    script.now = at(1_000);
    script.work().unwrap();
    // The query was made at 1 s and answered at 3 s, so the server's clock was read at 2 s.
    script.now = at(3_000);
    script.say(&script.dh_params(|_| {})).unwrap();
    script.work().unwrap();
    let outcome = script.finish();
    let new_nonce = script.new_nonce.as_ref().unwrap().expose();
    let salt: Vec<u8> =
        new_nonce.iter().zip(&script.server_nonce).take(8).map(|(a, b)| a ^ b).collect();
    assert_eq!(outcome.salt, Salt(i64::from_le_bytes(salt.try_into().unwrap())));
    assert_eq!(outcome.server_time.mono, Duration::from_secs(2));
    assert_eq!(outcome.server_time.unix, Duration::from_secs(UNIX + 100));
    assert_eq!(outcome.expires_at, None);
    assert_eq!(*outcome.prime, KNOWN_PRIME);
    assert_eq!(outcome.auth_key.expose().len(), 256);
    // There is one outcome.
    assert!(script.client.poll_outcome().is_none());
}

#[test]
fn kx_19_a_time_before_1970_counts_as_1970() {
    for server_time in [-1, i32::MIN] {
        let mut script = Script::at_dh_params(|_| {});
        script.say(&script.dh_params(|inner| inner.server_time = server_time)).unwrap();
        script.work().unwrap();
        assert_eq!(script.finish().server_time.unix, Duration::ZERO);
    }
}

#[test]
fn kx_06_a_temporary_key_expires_by_the_servers_clock() {
    let mut script =
        Script::at_dh_params(|config| config.lifetime = Lifetime::Temporary { expires_in: 86_400 });
    assert_eq!(script.finish().expires_at, Some(Duration::from_secs(UNIX + 100 + 86_400)));
}
