//! KX-24: exchanges that were recorded elsewhere, replayed. Their values are in tests/vectors.

use super::*;
use crate::crypto::dh::check_generator;
use crate::crypto::{DhError, FixedEntropy, RsaPublicKey, real, vectors};
use crate::ids::Salt;

/// Replays a recorded exchange with the randomness that was recorded, and gives the bodies sent and the outcome.
fn replay(name: &str, config: Config, temp_key: Vec<u8>) -> (Vec<Vec<u8>>, Outcome) {
    let bytes = |field: &str| vectors::bytes(&format!("{name}.{field}"));
    // In the order in which they are drawn; each message id takes four bytes.
    let id = || vec![0; 4];
    let mut entropy = FixedEntropy::new([
        bytes("nonce"),
        id(),
        bytes("new_nonce"),
        bytes("rsa_pad_random_padding_bytes"),
        temp_key,
        id(),
        bytes("b"),
        bytes("client_DH_padding"),
        id(),
    ]);
    let mut client = Handshake::new(config, 1, at(0), &mut entropy);
    let mut bodies = vec![client.poll_packet().unwrap()[20..].to_vec()];
    let answers: [Vec<u8>; 3] = ["resPQ_body", "server_DH_params_ok_body", "dh_gen_ok_body"]
        .map(|field| recorded_body(name, field));
    for (place, answer) in answers.iter().enumerate() {
        client.handle_packet(at(0), &enveloped(answer), 0, &mut entropy).unwrap();
        if place < 2 {
            let done = client.poll_work().unwrap().run();
            client.handle_work(at(0), done, &mut entropy).unwrap();
            bodies.push(client.poll_packet().unwrap()[20..].to_vec());
        }
    }
    assert_eq!(entropy.left(), 0);
    (bodies, client.poll_outcome().unwrap())
}

/// The body of an answer. The official page shows whole packets for two of them, without what the server appended.
fn recorded_body(name: &str, field: &str) -> Vec<u8> {
    let published = match field {
        "resPQ_body" => "resPQ_packet_as_published",
        _ => "dh_gen_ok_packet_as_published",
    };
    let is_there = |field: &str| !vectors::value(&format!("{name}.{field}")).is_null();
    if is_there(field) {
        vectors::bytes(&format!("{name}.{field}"))
    } else {
        vectors::bytes(&format!("{name}.{published}"))[20..].to_vec()
    }
}

fn enveloped(body: &[u8]) -> Vec<u8> {
    packet(&crate::tl::Object::from(body.to_vec()))
}

fn body(name: &str, field: &str) -> Vec<u8> {
    vectors::bytes(&format!("{name}.{field}"))
}

#[test]
fn kx_24_the_official_exchange_of_2024_but_for_the_rsa_block() {
    const NAME: &str = "new_official_2024";
    let config = Config::new(DcId::production(2), keys::production_keys(), real());
    // The page does not publish the key that RSA_PAD drew, so the block it makes is another.
    let (sent, outcome) = replay(NAME, config, vec![7; 32]);
    assert_eq!(sent[0], body(NAME, "req_pq_multi_packet")[20..]);
    let expected = &body(NAME, "req_DH_params_packet")[20..];
    let block = expected.len() - 256;
    assert_eq!(sent[1][..block], expected[..block]);
    assert_eq!(sent[2], body(NAME, "set_client_DH_params_packet")[20..]);
    assert_eq!(outcome.auth_key.expose()[..], body(NAME, "auth_key"));
    assert_eq!(outcome.auth_key.id().to_le_bytes()[..], body(NAME, "auth_key_id"));
    assert_eq!(outcome.salt.0.to_le_bytes()[..], body(NAME, "server_salt"));
    assert_eq!(outcome.server_time.unix.as_secs(), 1_705_754_877);
}

#[test]
fn kx_24_the_recorded_exchange_of_2023_to_the_byte() {
    const NAME: &str = "recorded_2023_rsa_pad";
    let decimal = vectors::text(&format!("{NAME}.rsa_key_n_dec"));
    let modulus: num_bigint::BigUint = decimal.parse().unwrap();
    let key = RsaPublicKey::from_parts(&modulus.to_bytes_be(), &[1, 0, 1]).unwrap();
    let mut config = Config::new(DcId::production(2), vec![key], real());
    config.without_dc = true;
    let (sent, outcome) = replay(NAME, config, body(NAME, "rsa_pad_temp_key"));
    assert_eq!(sent[0], body(NAME, "req_pq_multi_body"));
    assert_eq!(sent[1], body(NAME, "req_DH_params_body"));
    assert_eq!(sent[2], body(NAME, "set_client_DH_params_body"));
    assert_eq!(outcome.auth_key.expose()[..], body(NAME, "auth_key"));
    let salt = vectors::value(&format!("{NAME}.server_salt_le_i64"));
    assert_eq!(Some(outcome.salt), salt.as_i64().map(Salt));
}

/// Its generator is 2, which the prime does not admit: the numbers are good for arithmetic only, and a client that would
/// accept them is not conforming.
#[test]
fn kx_24_the_official_exchange_of_2013_is_refused_for_its_generator() {
    const NAME: &str = "old_official_2013";
    let prime: [u8; 256] = body(NAME, "dh_prime").try_into().unwrap();
    assert_eq!(check_generator(2, &prime), Err(DhError::GeneratorResidue { g: 2 }));
    let b = Secret::from(<[u8; 256]>::try_from(body(NAME, "b")).unwrap());
    let g_a: [u8; 256] = body(NAME, "g_a").try_into().unwrap();
    let key = dh::auth_key(&*real(), &g_a, &b, &prime).unwrap();
    assert_eq!(key.expose()[..], body(NAME, "auth_key"));
    let mut base = [0; 256];
    base[255] = 2;
    let g_b = real().pow_mod(&base, &b, &prime).unwrap();
    assert_eq!(g_b[..], body(NAME, "g_b"));
}

/// The key of `auth_key_leading_zero` begins with a zero byte; who strips it gets another id and another hash.
#[test]
fn kx_19_a_key_that_begins_with_zero_keeps_its_256_bytes() {
    let b = Secret::from(vectors::array("synthetic.auth_key_leading_zero.b"));
    let g_a = vectors::array("new_official_2024.g_a");
    let key = dh::auth_key(&*real(), &g_a, &b, &KNOWN_PRIME).unwrap();
    assert_eq!(key.expose()[0], 0);
    let id = vectors::bytes("synthetic.auth_key_leading_zero.auth_key_id");
    assert_eq!(key.id().to_le_bytes()[..], id);
    let new_nonce = vectors::array("new_official_2024.new_nonce");
    let hash = new_nonce_hash(&*real(), DhGen::Ok, &new_nonce, &key.aux_hash());
    assert_eq!(hash[..], vectors::bytes("synthetic.auth_key_leading_zero.new_nonce_hash1"));
    assert_ne!(hash[..], vectors::bytes("synthetic.auth_key_leading_zero.wrong_hash_if_stripped"));
}
