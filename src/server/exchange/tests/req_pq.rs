//! KX-01 to KX-04: the envelope, and the query that begins an exchange.

use super::*;
use crate::crypto::keys;

#[test]
fn kx_01_a_packet_that_is_no_plain_message_is_refused() {
    let query = packet(&Script::new().req_pq());
    for length in 0..query.len() {
        let mut script = Script::new();
        assert_eq!(script.say_packet(&query[..length]), Err(Error::Envelope { length }));
    }
    let longer = [&query[..], &[0; 4]].concat();
    let length = longer.len();
    assert_eq!(Script::new().say_packet(&longer), Err(Error::Envelope { length }));
    // What a framing pads is not of the message.
    let mut script = Script::new();
    let Script { server, config, entropy, .. } = &mut script;
    assert!(server.handle_packet(config, NOW, &longer, 4, entropy).unwrap().is_some());
}

#[test]
fn kx_01_an_encrypted_packet_is_refused() {
    let mut query = packet(&Script::new().req_pq());
    query[7] = 1;
    assert_eq!(Script::new().say_packet(&query), Err(Error::Encrypted));
}

#[test]
fn kx_01_the_id_of_a_query_is_that_of_a_client() {
    for id in [0, 1, 2, 3, -1, -2] {
        let id = MessageId(id);
        let query = plain::seal(id, &Script::new().req_pq().to_bytes(), &[]);
        assert_eq!(Script::new().say_packet(&query), Err(Error::MessageId { id }));
    }
}

#[test]
fn kx_01_bytes_behind_a_query_are_malformed() {
    let mut value = Script::new().req_pq().to_bytes();
    value.extend_from_slice(&[0; 4]);
    let query = plain::seal(MessageId(4), &value, &[]);
    assert!(matches!(Script::new().say_packet(&query), Err(Error::Decode(_))));
    value.truncate(16);
    let query = plain::seal(MessageId(4), &value, &[]);
    assert!(matches!(Script::new().say_packet(&query), Err(Error::Decode(_))));
}

#[test]
fn kx_01_answers_have_increasing_ids_of_a_server() {
    let mut script = Script::new();
    let mut last = 0;
    for _ in 0..3 {
        let answer = script.say(&script.req_pq()).unwrap().unwrap();
        let id = i64::from_le_bytes(answer[8..16].try_into().unwrap());
        assert!(id > last && id % 4 == 1, "{id} after {last}");
        last = id;
    }
}

#[test]
fn both_forms_of_the_first_query_are_answered() {
    let nonce = [9; 16];
    let [old, new] = [
        Script::new().say(&functions::ReqPq { nonce }),
        Script::new().say(&functions::ReqPqMulti { nonce }),
    ];
    assert_eq!(old, new);
    let answer: types::ResPq = answered(&new.unwrap().unwrap());
    assert_eq!(answer.nonce, nonce);
    assert_eq!(answer.server_public_key_fingerprints, [KEY.public().fingerprint().0]);
}

#[test]
fn kx_02_each_exchange_draws_a_nonce_and_factors_of_its_own() {
    let mut entropy = SeededEntropy::new(3);
    let config = Config::new(DcId::production(2), vec![KEY.clone()], toy());
    let (mut nonces, mut numbers) = (Vec::new(), Vec::new());
    for ticket in 0..20 {
        let query = packet(&Script::new().req_pq());
        let answer = Exchange::new(ticket).handle_packet(&config, NOW, &query, 0, &mut entropy);
        let answer: types::ResPq = answered(&answer.unwrap().unwrap());
        assert!(!nonces.contains(&answer.server_nonce) && !numbers.contains(&answer.pq));
        nonces.push(answer.server_nonce);
        numbers.push(answer.pq);
    }
}

#[test]
fn kx_04_every_key_of_the_server_is_listed() {
    let other = RsaPrivateKey::generate(&mut SeededEntropy::new(1)).unwrap();
    let fingerprints = [&other, &*KEY].map(|key| key.public().fingerprint().0);
    let mut script = Script::with(|config| config.keys = vec![other, KEY.clone()]);
    let answer = script.say(&script.req_pq()).unwrap().unwrap();
    let answer: types::ResPq = answered(&answer);
    assert_eq!(answer.server_public_key_fingerprints, fingerprints);
    assert!(!fingerprints.contains(&keys::production_keys()[0].fingerprint().0));
}
