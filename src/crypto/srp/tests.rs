//! A known answer of Telethon's, both sides against each other, and each check.

use serde_json::Value;

use super::super::entropy::{FixedEntropy, SeededEntropy};
use super::*;

fn vector() -> Value {
    let all: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/sessions-and-srp.json")).unwrap();
    all["srp"].clone()
}

fn bytes_of(name: &str) -> Vec<u8> {
    hex::decode(vector()[name].as_str().unwrap()).unwrap()
}

fn params() -> SrpParams {
    let mut entropy = SeededEntropy::new(1);
    let (salt1, salt2) = (bytes_of("salt1"), bytes_of("salt2"));
    SrpParams::new(salt1, salt2, 3, &dh::KNOWN_PRIME, &mut entropy).unwrap()
}

fn password() -> String {
    vector()["password"].as_str().unwrap().to_owned()
}

#[test]
fn srp_proof_is_the_one_that_telethon_computes() {
    let params = params();
    assert_eq!(params.verifier(password().as_bytes()).unwrap().expose()[..], bytes_of("v"));
    let mut entropy = FixedEntropy::new([bytes_of("a")]);
    let proof = params.prove(password().as_bytes(), &bytes_of("B"), &mut entropy).unwrap();
    assert_eq!(proof.g_a[..], bytes_of("A"));
    assert_eq!(proof.m1[..], bytes_of("M1"));
}

#[cfg(feature = "server")]
#[test]
fn srp_server_takes_telethons_proof_and_no_other() {
    let params = params();
    let verifier = Secret::from(<[u8; 256]>::try_from(bytes_of("v")).unwrap());
    let b = Secret::from(<[u8; 256]>::try_from(bytes_of("b")).unwrap());
    let server = SrpServer::with_secret(params, verifier, b).unwrap();
    assert_eq!(server.public()[..], bytes_of("B"));
    let (g_a, mut m1) = (bytes_of("A"), bytes_of("M1"));
    assert!(server.verify(&g_a, &m1));
    assert!(!server.verify(&g_a, &m1[..31]));
    m1[31] ^= 1;
    assert!(!server.verify(&g_a, &m1));
    // A client that sends zero, one or p would know the result without the password.
    for g_a in [vec![], vec![0; 256], vec![1], dh::KNOWN_PRIME.to_vec(), vec![1; 257]] {
        assert!(!server.verify(&g_a, &m1));
    }
}

#[cfg(feature = "server")]
#[test]
fn srp_both_sides_agree_on_the_right_password_alone() {
    let params = params();
    let mut entropy = SeededEntropy::new(7);
    let verifier = params.verifier(b"right").unwrap();
    let server = SrpServer::new(params.clone(), verifier, &mut entropy).unwrap();
    for (password, is_right) in [("right", true), ("Right", false), ("", false)] {
        let proof = params.prove(password.as_bytes(), server.public(), &mut entropy);
        // A wrong password may even lead to a difference that is refused; here it does not.
        let proof = proof.unwrap();
        assert_eq!(server.verify(&proof.g_a, &proof.m1), is_right, "{password}");
    }
}

#[test]
fn srp_kx_13_the_prime_is_checked() {
    let new = |p: &[u8]| SrpParams::new(vec![], vec![], 3, p, &mut SeededEntropy::new(1));
    let mut composite = dh::KNOWN_PRIME;
    composite[255] ^= 2;
    assert_eq!(new(&composite), Err(SrpError::Group(DhError::PrimeNotSafe)));
    assert_eq!(new(&[0xff; 255]), Err(SrpError::Group(DhError::PrimeLength { length: 255 })));
    assert_eq!(new(&[0x7f; 256]), Err(SrpError::Group(DhError::PrimeTopBit)));
}

#[test]
fn srp_kx_14_the_generator_is_checked() {
    let new = |g| SrpParams::new(vec![], vec![], g, &dh::KNOWN_PRIME, &mut SeededEntropy::new(1));
    assert_eq!(new(1), Err(SrpError::Group(DhError::GeneratorRange { g: 1 })));
    assert_eq!(new(2), Err(SrpError::Group(DhError::GeneratorResidue { g: 2 })));
    new(3).unwrap();
}

#[test]
fn srp_the_servers_number_is_above_zero_and_below_p() {
    let prove = |g_b: &[u8]| params().prove(b"x", g_b, &mut SeededEntropy::new(1)).unwrap_err();
    assert_eq!(prove(&[]), SrpError::ServerRange);
    assert_eq!(prove(&[0; 256]), SrpError::ServerRange);
    assert_eq!(prove(&dh::KNOWN_PRIME), SrpError::ServerRange);
    assert_eq!(prove(&[0xff; 256]), SrpError::ServerRange);
    assert_eq!(prove(&[1; 257]), SrpError::ServerLength { length: 257 });
}

#[test]
fn srp_kx_15_a_difference_near_zero_is_refused() {
    // The server sends exactly k v, so that the result would be zero whatever the client's secret is.
    let params = params();
    let v = params.verifier(b"x").unwrap();
    let kv = params.product(&params.k(), v.expose()).unwrap();
    let error = params.prove(b"x", &*kv, &mut SeededEntropy::new(1)).unwrap_err();
    assert_eq!(error, SrpError::Difference);
}

#[test]
fn srp_nothing_is_sent_that_makes_u_zero() {
    // Nobody knows numbers whose hash is zero, so the check stands by itself.
    let g_a: [u8; 256] = bytes_of("A").try_into().unwrap();
    let p = &dh::KNOWN_PRIME;
    assert!(!may_be_sent(&g_a, &[0; 32], p));
    for place in 0..32 {
        let mut u = [0; 32];
        u[place] = 1;
        assert!(may_be_sent(&g_a, &u, p), "{place}");
    }
    assert!(!may_be_sent(&[0; 256], &[1; 32], p));
}

#[test]
fn srp_a_secret_of_zero_is_drawn_again() {
    let mut entropy = FixedEntropy::new([vec![0; 256], bytes_of("a")]);
    let proof = params().prove(password().as_bytes(), &bytes_of("B"), &mut entropy).unwrap();
    assert_eq!(proof.g_a[..], bytes_of("A"));
    let mut broken = FixedEntropy::new(vec![vec![0; 256]; 8]);
    let error = params().prove(password().as_bytes(), &bytes_of("B"), &mut broken);
    assert_eq!(error, Err(SrpError::Unlucky));
}
