//! KX-20: queries sent again, and the answers that come twice for it.

use super::*;
use crate::handshake::Stage;

/// A client that has sent its first query twice.
fn repeated() -> Script {
    let mut script = Script::new();
    script.client.handle_timeout(at(6_000)).unwrap();
    assert!(script.client.poll_packet().is_some());
    script
}

fn unexpected() -> Result<(), Error> {
    Err(Error::Unexpected { stage: Stage::ServerDhParams, id: 0x05162463 })
}

#[test]
fn kx_20_an_answer_that_our_repetition_doubled_is_ignored_once() {
    let mut script = repeated();
    let answer = script.res_pq();
    script.say(&answer).unwrap();
    // While the factors are sought, and once only.
    script.say(&answer).unwrap();
    assert_eq!(script.say(&answer), unexpected());
}

#[test]
fn kx_20_after_a_repetition_the_exchange_goes_on() {
    let mut script = repeated();
    assert_eq!(script.finish().auth_key, script.key());
}

#[test]
fn kx_20_a_second_answer_with_another_nonce_is_no_repetition() {
    for place in 0..16 {
        let mut script = repeated();
        let answer = script.res_pq();
        script.say(&answer).unwrap();
        let mut other = answer.clone();
        other.server_nonce[place] ^= 1;
        assert_eq!(script.say(&other), unexpected());
        let mut script = repeated();
        script.say(&answer).unwrap();
        let mut other = answer;
        other.nonce[place] ^= 1;
        assert_eq!(script.say(&other), unexpected());
    }
}

#[test]
fn kx_20_a_query_that_nobody_took_is_not_repeated() {
    let mut script = Script::new();
    script.say(&script.res_pq()).unwrap();
    let done = script.client.poll_work().unwrap().run();
    script.client.handle_work(at(0), done, &mut script.entropy).unwrap();
    script.take_steps();
    for second in [6, 12] {
        script.client.handle_timeout(at(second * 1_000)).unwrap();
    }
    assert!(script.client.poll_packet().is_some() && script.client.poll_packet().is_none());
    // So a second answer was not asked for.
    let answer = script.dh_params(|_| {});
    script.say(&answer).unwrap();
    let error = Error::Unexpected { stage: Stage::DhGen, id: 0xd0e8075c };
    assert_eq!(script.say(&answer), Err(error));
}

#[test]
fn kx_20_a_repeated_query_waits_as_long_again() {
    let mut script = repeated();
    assert_eq!(script.client.poll_timeout(), Some(Duration::from_secs(12)));
    script.client.handle_timeout(at(11_999)).unwrap();
    assert!(script.client.poll_packet().is_none());
}

#[test]
fn kx_20_an_answered_query_is_not_sent_again() {
    let mut script = Script::new();
    script.say(&script.res_pq()).unwrap();
    assert_eq!(script.client.poll_timeout(), Some(Duration::from_secs(60)));
    script.client.handle_timeout(at(30_000)).unwrap();
    assert!(script.client.poll_packet().is_none());
}
