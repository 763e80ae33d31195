//! KX-20 and KX-21: repeated queries, queries out of order, and the end.

use super::*;

const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;
const REQ_DH_PARAMS: u32 = 0xd712_e4be;
const SET_CLIENT_DH_PARAMS: u32 = 0xf504_5f1f;

/// The server of each state in which a query is awaited.
fn awaiting() -> [Script; 3] {
    [Script::new(), Script::at_req_dh(|_| {}), Script::at_set_dh(|_| {})]
}

/// The query that the server of each of these states awaits.
fn queries() -> [Vec<u8>; 3] {
    let [first, mut second, third] = awaiting();
    [packet(&first.req_pq()), packet(&second.req_dh(|_| {})), packet(&third.set_dh(|_| {}))]
}

#[test]
fn kx_20_a_repeated_query_is_answered_as_before() {
    let mut script = Script::new();
    for step in 0..3 {
        let query = match step {
            0 => packet(&script.req_pq()),
            1 => packet(&script.req_dh(|_| {})),
            _ => packet(&script.set_dh(|_| {})),
        };
        let first = match script.say_packet(&query).unwrap() {
            Some(answer) => answer,
            None => script.conclude(DhGen::Ok).unwrap(),
        };
        for _ in 0..3 {
            let again = script.say_packet(&query).unwrap().expect("an answer");
            assert_eq!(again[16..], first[16..]);
            assert_ne!(again[8..16], first[8..16], "each message has an id of its own");
            assert!(script.server.poll_work().is_none());
        }
        match step {
            0 => script = Script::at_req_dh(|_| {}),
            1 => script.take_half(&first),
            _ => assert!(script.server.poll_established().is_some()),
        }
    }
}

#[test]
fn kx_20_a_query_repeated_while_its_answer_is_computed_changes_nothing() {
    let [_, second, third] = queries();
    for (mut script, query) in
        [(Script::at_req_dh(|_| {}), second), (Script::at_set_dh(|_| {}), third)]
    {
        let Script { server, config, entropy, .. } = &mut script;
        for _ in 0..3 {
            assert_eq!(server.handle_packet(config, NOW, &query, 0, entropy), Ok(None));
        }
        let work = server.poll_work().unwrap();
        assert!(server.poll_work().is_none());
        assert_eq!(server.handle_packet(config, NOW, &query, 0, entropy), Ok(None));
        let answer = server.handle_work(config, NOW, work.run(), entropy).unwrap();
        assert!(answer.is_some() || server.candidate().is_some());
    }
    let mut script = Script::at_verdict(|_| {});
    assert_eq!(script.say(&script.set_dh(|_| {})), Ok(None));
    assert!(script.server.candidate().is_some());
}

#[test]
fn kx_20_after_a_retry_the_refused_half_is_answered_as_before() {
    let mut script = Script::at_verdict(|_| {});
    let query = script.set_dh(|_| {});
    let retry = script.conclude(DhGen::Retry).unwrap();
    assert_eq!(script.say(&query).unwrap().unwrap()[16..], retry[16..]);
}

#[test]
fn kx_21_a_query_of_another_state_is_out_of_order() {
    let ids = [REQ_PQ_MULTI, REQ_DH_PARAMS, SET_CLIENT_DH_PARAMS];
    for state in 0..3 {
        for (sent, id) in ids.into_iter().enumerate().filter(|(sent, _)| *sent != state) {
            let mut script = awaiting().into_iter().nth(state).unwrap();
            // Not the one that was answered before, which would be a repetition.
            let mut query = queries()[sent].clone();
            *query.last_mut().unwrap() ^= 1;
            assert_eq!(script.say_packet(&query), Err(Error::Unexpected { id }), "{state}, {sent}");
        }
    }
}

#[test]
fn kx_21_another_value_is_out_of_order_in_every_state() {
    for mut script in awaiting() {
        let pong = types::Pong { msg_id: 1, ping_id: 2 };
        assert_eq!(script.say(&pong), Err(Error::Unexpected { id: 0x3477_73c5 }));
    }
}

#[test]
fn kx_21_another_query_while_an_answer_is_computed_is_out_of_order() {
    let error = Err(Error::Unexpected { id: REQ_PQ_MULTI });
    let other = packet(&functions::ReqPqMulti { nonce: [0; 16] });
    let [_, second, third] = queries();
    for (mut script, query) in
        [(Script::at_req_dh(|_| {}), second), (Script::at_set_dh(|_| {}), third)]
    {
        let Script { server, config, entropy, .. } = &mut script;
        assert_eq!(server.handle_packet(config, NOW, &query, 0, entropy), Ok(None));
        assert_eq!(server.handle_packet(config, NOW, &other, 0, entropy), error);
        // Nothing is left to compute, and what was computed already comes too late.
        assert!(server.poll_work().is_none());
    }
    let mut script = Script::at_verdict(|_| {});
    assert_eq!(script.say_packet(&other), error);
    assert!(script.server.candidate().is_none() && script.conclude(DhGen::Ok).is_none());
}

#[test]
fn kx_21_after_an_error_the_exchange_is_over() {
    for (state, mut script) in awaiting().into_iter().enumerate() {
        let honest = queries();
        let mut wrong = honest[state].clone();
        wrong[20] ^= 1;
        assert!(script.say_packet(&wrong).is_err());
        assert_eq!(script.say_packet(&wrong), Err(Error::Over), "the same again");
        for query in honest {
            assert_eq!(script.say_packet(&query), Err(Error::Over), "after state {state}");
        }
        assert!(script.server.poll_work().is_none() && script.server.poll_established().is_none());
        assert!(script.server.candidate().is_none() && script.conclude(DhGen::Ok).is_none());
    }
}

/// An error that is found in the envelope, in the work, or after it ends the exchange as well.
#[test]
fn kx_21_whatever_the_error_is_the_exchange_is_over() {
    let mut script = Script::at_req_dh(|_| {});
    assert_eq!(script.say_packet(&[]), Err(Error::Envelope { length: 0 }));
    assert_eq!(script.say(&script.req_pq()), Err(Error::Over), "it was answered before");
    let mut script = Script::at_req_dh(|_| {});
    let unauthentic = packet(&script.req_dh_encrypted(&[1; 256]));
    assert!(matches!(script.say_packet(&unauthentic), Err(Error::Rsa(_))));
    assert_eq!(script.say_packet(&unauthentic), Err(Error::Over));
    let mut script = Script::at_req_dh(|_| {});
    let for_another = packet(&script.req_dh(|inner| inner.dc = 3));
    assert_eq!(script.say_packet(&for_another), Err(Error::Dc { dc: 3 }));
    assert_eq!(script.say_packet(&for_another), Err(Error::Over));
}

#[test]
fn kx_21_a_new_query_after_the_verdict_comes_too_late() {
    for verdict in [DhGen::Ok, DhGen::Fail] {
        let mut script = Script::at_verdict(|_| {});
        script.conclude(verdict).unwrap();
        assert!(script.conclude(verdict).is_none(), "there is one verdict");
        let query = functions::ReqPqMulti { nonce: [0; 16] };
        assert_eq!(script.say(&query), Err(Error::Over));
    }
}

#[test]
fn work_of_another_exchange_is_ignored() {
    let mut script = Script::at_req_dh(|_| {});
    let query = packet(&script.req_dh(|_| {}));
    let Script { server, config, entropy, .. } = &mut script;
    server.handle_packet(config, NOW, &query, 0, entropy).unwrap();
    let mut other = server.poll_work().unwrap();
    other.ticket += 1;
    assert_eq!(server.handle_work(config, NOW, other.run(), entropy), Ok(None));
    assert_eq!(format!("{server:?}"), "Exchange(Unsealing)");
}
