//! KX-20 and KX-21: loss, deadlines, and messages out of place.

use super::*;
use crate::handshake::Stage;
use crate::tl::mtproto::functions;

#[test]
fn kx_20_an_unanswered_query_is_sent_again_byte_for_byte() {
    let config = Config::new(DcId::production(2), keys::production_keys(), toy());
    let mut entropy = SeededEntropy::new(1);
    let mut client = Handshake::new(config, 7, at(0), &mut entropy);
    let first = client.poll_packet().unwrap().to_vec();
    assert!(client.poll_packet().is_none());
    assert_eq!(client.poll_timeout(), Some(Duration::from_secs(6)));
    client.handle_timeout(at(5_999)).unwrap();
    assert!(client.poll_packet().is_none());
    for second in [6, 12, 18] {
        client.handle_timeout(at(second * 1_000)).unwrap();
        assert_eq!(client.poll_packet(), Some(&first[..]));
    }
}

#[test]
fn kx_20_the_whole_exchange_has_one_deadline() {
    let mut script = Script::at_dh_gen();
    for second in [6, 12, 59] {
        script.client.handle_timeout(at(second * 1_000)).unwrap();
        assert!(script.client.poll_packet().is_some());
    }
    assert_eq!(script.client.poll_timeout(), Some(Duration::from_secs(60)));
    let error = Error::Deadline { stage: Stage::DhGen };
    assert_eq!(script.client.handle_timeout(at(60_000)), Err(error.clone()));
    assert_eq!(script.client.error(), Some(&error));
    assert_eq!(script.client.poll_timeout(), None);
    assert!(script.client.poll_packet().is_none());
}

#[test]
fn kx_20_work_that_is_done_after_the_deadline_is_too_late() {
    let mut script = Script::new();
    script.say(&script.res_pq()).unwrap();
    let done = script.client.poll_work().unwrap().run();
    let error = Err(Error::Deadline { stage: Stage::ServerDhParams });
    assert_eq!(script.client.handle_timeout(at(60_000)), error);
    assert_eq!(script.client.handle_work(at(60_001), done, &mut script.entropy), error);
}

#[test]
fn kx_21_a_second_answer_is_out_of_place() {
    let mut script = Script::new();
    let answer = script.res_pq();
    script.say(&answer).unwrap();
    let error = Error::Unexpected { stage: Stage::ServerDhParams, id: 0x05162463 };
    assert_eq!(script.say(&answer), Err(error));
    let mut script = Script::at_dh_params(|_| {});
    let answer = script.dh_params(|_| {});
    script.say(&answer).unwrap();
    let error = Error::Unexpected { stage: Stage::DhGen, id: 0xd0e8075c };
    assert_eq!(script.say(&answer), Err(error));
}

#[test]
fn kx_21_an_answer_of_another_stage_is_out_of_place() {
    let mut script = Script::new();
    let early = types::DhGenOk {
        nonce: script.nonce,
        server_nonce: script.server_nonce,
        new_nonce_hash1: [0; 16],
    };
    let error = Error::Unexpected { stage: Stage::ResPq, id: 0x3bcbf734 };
    assert_eq!(script.say(&early), Err(error));
}

#[test]
fn kx_21_an_answer_while_we_compute_is_out_of_place() {
    let mut script = Script::at_dh_params(|_| {});
    script.say(&script.dh_params(|_| {})).unwrap();
    let early = types::DhGenOk {
        nonce: script.nonce,
        server_nonce: script.server_nonce,
        new_nonce_hash1: [0; 16],
    };
    assert_eq!(script.say(&early), Err(Error::NotAwaited));
}

#[test]
fn kx_21_an_encrypted_message_and_an_update_are_refused() {
    let mut script = Script::new();
    let mut encrypted = packet(&script.res_pq());
    encrypted[0] = 1;
    assert_eq!(script.say_packet(&encrypted), Err(Error::Encrypted));
    let mut script = Script::new();
    let update = types::Pong { msg_id: 1, ping_id: 2 };
    assert!(matches!(script.say(&update), Err(Error::Decode { stage: Stage::ResPq, .. })));
}

#[test]
fn kx_21_after_an_error_the_exchange_is_over() {
    let mut script = Script::new();
    let error = Error::Nonce { stage: Stage::ResPq };
    let wrong = types::ResPq { nonce: [0; 16], ..script.res_pq() };
    assert_eq!(script.say(&wrong), Err(error.clone()));
    assert_eq!(script.say(&script.res_pq()), Err(error.clone()));
    assert_eq!(script.client.handle_timeout(at(60_000)), Ok(()));
    assert_eq!(script.client.error(), Some(&error));
    assert!(script.client.poll_work().is_none() && script.client.poll_packet().is_none());
    assert!(script.client.poll_outcome().is_none());
}

#[test]
fn kx_21_after_an_error_nothing_is_left_to_send() {
    let mut script = Script::at_dh_gen();
    script.client.handle_timeout(at(6_000)).unwrap();
    assert!(script.say_packet(&[]).is_err());
    assert!(script.client.poll_packet().is_none());
}

#[test]
fn kx_21_after_an_error_nothing_is_left_to_compute() {
    let mut script = Script::new();
    script.say(&script.res_pq()).unwrap();
    assert!(script.say(&script.res_pq()).is_err());
    assert!(script.client.poll_work().is_none());
}

#[test]
fn kx_21_nothing_is_awaited_after_the_key() {
    let mut script = Script::new();
    script.finish();
    assert_eq!(script.client.poll_timeout(), None);
    assert_eq!(script.say(&script.dh_gen_ok()), Err(Error::NotAwaited));
    let update = types::Pong { msg_id: 1, ping_id: 2 };
    let mut script = Script::new();
    script.finish();
    assert_eq!(script.say(&update), Err(Error::NotAwaited));
}

#[test]
fn work_of_another_exchange_is_ignored() {
    let mut script = Script::new();
    script.say(&script.res_pq()).unwrap();
    let mut work = script.client.poll_work().unwrap();
    work.ticket += 1;
    script.client.handle_work(at(0), work.run(), &mut script.entropy).unwrap();
    assert!(script.client.poll_packet().is_none());
}

#[test]
fn queries_have_increasing_ids_of_a_client() {
    let mut script = Script::new();
    script.say(&script.res_pq()).unwrap();
    let done = script.client.poll_work().unwrap().run();
    script.client.handle_work(at(0), done, &mut script.entropy).unwrap();
    let packet = script.client.poll_packet().unwrap();
    let id = i64::from_le_bytes(packet[8..16].try_into().unwrap());
    assert!(id > MessageId::at(Duration::from_secs(UNIX)).0 && id % 4 == 0);
    sent::<functions::ReqDhParams>(packet);
}
