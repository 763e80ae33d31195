//! KX-08: the RSA padding of before 2021, off unless a server is set up for it.

use super::*;
use crate::crypto::{RsaPadError, real};

/// What an old client sent: `0 | SHA1(data) | data | random`, to the power.
fn block(script: &mut Script, data: &[u8], change: impl FnOnce(&mut [u8; 256])) -> [u8; 256] {
    let mut block = [0; 256];
    script.entropy.fill(&mut block[1..]);
    block[1..21].copy_from_slice(&script.config.suite.sha1(&[data]));
    block[21..21 + data.len()].copy_from_slice(data);
    change(&mut block);
    script.config.suite.rsa_encrypt(KEY.public(), &block).unwrap()
}

pub(super) fn query(
    script: &mut Script,
    data: &[u8],
    change: impl FnOnce(&mut [u8; 256]),
) -> Result<Option<Vec<u8>>, Error> {
    let block = block(script, data, change);
    let query = script.req_dh_encrypted(&block);
    script.say(&query)
}

#[test]
fn kx_08_the_old_padding_is_refused_unless_it_is_configured() {
    for suite in [toy(), real()] {
        let mut script = Script::at_req_dh(|config| config.suite = suite);
        let data = script.inner().to_bytes();
        assert_eq!(query(&mut script, &data, |_| {}), Err(Error::Rsa(RsaPadError::Hash)));
    }
}

#[test]
fn kx_08_a_server_that_is_configured_for_it_understands_both_paddings() {
    for suite in [toy(), real()] {
        let accepting = |config: &mut Config| {
            config.strictness = Strictness::Lenient;
            config.suite = suite.clone();
        };
        let mut old = Script::at_req_dh(accepting);
        let data = old.inner().to_bytes();
        let answer = query(&mut old, &data, |_| {}).unwrap().expect("server_DH_params_ok");
        old.take_half(&answer);
        assert_eq!(old.finish().auth_key, old.key());
        let mut new = Script::at_set_dh(accepting);
        assert_eq!(new.finish().auth_key, new.key());
    }
}

fn accepting() -> Script {
    Script::at_req_dh(|config| config.strictness = Strictness::Lenient)
}

#[test]
fn kx_08_the_old_padding_has_a_hash_of_the_data() {
    let refused = Err(Error::Rsa(RsaPadError::Hash));
    let length = accepting().inner().to_bytes().len();
    // The hash, and what the other checks do not look at: the secret.
    for place in (1..21).chain(21 + length - 36..21 + length - 4) {
        let mut script = accepting();
        let data = script.inner().to_bytes();
        let result = query(&mut script, &data, |block| block[place] ^= 1);
        assert_eq!(result, refused, "byte {place}");
    }
    // The random bytes behind have none.
    let mut script = accepting();
    let data = script.inner().to_bytes();
    assert!(query(&mut script, &data, |block| block[21 + length] ^= 1).is_ok());
}

#[test]
fn kx_08_a_block_of_more_than_255_bytes_is_refused() {
    let mut script = accepting();
    let data = script.inner().to_bytes();
    let result = query(&mut script, &data, |block| block[0] = 1);
    assert_eq!(result, Err(Error::Rsa(RsaPadError::Hash)));
}

#[test]
fn kx_08_the_data_inside_is_checked_as_ever() {
    let refused = |change: fn(&mut types::PQInnerDataDc)| {
        let mut script = accepting();
        let mut inner = script.inner();
        change(&mut inner);
        query(&mut script, &inner.to_bytes(), |_| {})
    };
    assert_eq!(refused(|inner| inner.nonce[0] ^= 1), Err(Error::Nonce));
    assert_eq!(refused(|inner| inner.server_nonce[0] ^= 1), Err(Error::ServerNonce));
    assert_eq!(refused(|inner| inner.p = [3].into()), Err(Error::InnerPq));
    assert_eq!(refused(|inner| inner.dc = 3), Err(Error::Dc { dc: 3 }));
    let mut script = accepting();
    assert!(matches!(query(&mut script, &[0; 32], |_| {}), Err(Error::Decode(_))));
}
