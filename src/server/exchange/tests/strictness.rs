//! What is refused of an exchange, and what a lenient server takes: the rows of `crate::server::strictness`.

use super::*;
use crate::crypto::factor;

/// A way to break a rule, and what a server makes of it.
pub(in crate::server) type Case = (&'static str, fn(Strictness) -> String);

/// The rules of exchanges.
pub(in crate::server) const CASES: [Case; 17] = [
    ("a plain message has an id: not 0", |strictness| with_envelope(strictness, 0, 0)),
    ("the id of a plain message is divisible by 4", |strictness| {
        with_envelope(strictness, MessageId::at(NOW.unix).0 + 1, 0)
    }),
    ("a plain message has nothing behind its value", |strictness| {
        with_envelope(strictness, MessageId::at(NOW.unix).0, 252)
    }),
    ("a plain message has no more than 256 bytes behind its value", |strictness| {
        with_envelope(strictness, MessageId::at(NOW.unix).0, 260)
    }),
    ("an exchange is not begun in the midst of one", |strictness| {
        let mut script = Script::at_set_dh(|config| config.strictness = strictness);
        script.nonce[0] ^= 1;
        outcome(&script.begin())
    }),
    ("an exchange that failed is not gone on with", |strictness| {
        let mut script = Script::at_req_dh(|config| config.strictness = strictness);
        let wrong = script.req_dh(|inner| inner.nonce[0] ^= 1);
        assert_eq!(script.say(&wrong), Err(Error::Nonce));
        let honest = script.req_dh(|_| {});
        outcome(&script.say(&honest))
    }),
    ("factors are in their shortest form", |strictness| {
        let mut script = Script::at_req_dh(|config| config.strictness = strictness);
        let mut query = script.req_dh(|_| {});
        query.p = [&[0], &factor::minimal_be(script.p)[..]].concat().into();
        outcome(&script.say(&query))
    }),
    ("the encrypted data has the padding of 2021", |strictness| {
        let mut script = Script::at_req_dh(|config| config.strictness = strictness);
        let data = script.inner().to_bytes();
        outcome(&legacy::query(&mut script, &data, |_| {}))
    }),
    ("a query of an exchange repeats the nonces", |strictness| {
        req_dh(strictness, |query| query.nonce[0] ^= 1)
    }),
    ("an exchange uses a key of the server's", |strictness| {
        req_dh(strictness, |query| query.public_key_fingerprint += 1)
    }),
    ("the encrypted data has 256 bytes", |strictness| {
        req_dh(strictness, |query| query.encrypted_data = query.encrypted_data[1..].into())
    }),
    ("the encrypted data repeats `pq` and its factors", |strictness| {
        inner(strictness, |inner| inner.p = [3].into())
    }),
    ("a key is made for this data centre", |strictness| inner(strictness, |inner| inner.dc = 3)),
    ("a temporary key lives for a week at most", |strictness| {
        let mut script = Script::at_req_dh(|config| config.strictness = strictness);
        let types::PQInnerDataDc { pq, p, q, nonce, server_nonce, new_nonce, dc } = script.inner();
        let expires_in = 8 * 86_400;
        let inner =
            types::PQInnerDataTempDc { pq, p, q, nonce, server_nonce, new_nonce, dc, expires_in };
        let query = script.req_dh_of(&inner.to_bytes());
        outcome(&script.say(&query))
    }),
    ("the client's half is authentic", |strictness| {
        let mut script = Script::at_set_dh(|config| config.strictness = strictness);
        let mut query = script.set_dh(|_| {});
        query.encrypted_data = vec![7; 336].into();
        outcome(&script.say(&query))
    }),
    ("the client's number is within its bounds", |strictness| {
        half(strictness, |half| half.g_b = [1].into())
    }),
    ("the first half names no key that was refused", |strictness| {
        half(strictness, |half| half.retry_id = 1)
    }),
];

fn req_dh(strictness: Strictness, change: fn(&mut functions::ReqDhParams)) -> String {
    let mut script = Script::at_req_dh(|config| config.strictness = strictness);
    let mut query = script.req_dh(|_| {});
    change(&mut query);
    outcome(&script.say(&query))
}

fn inner(strictness: Strictness, change: fn(&mut types::PQInnerDataDc)) -> String {
    let mut script = Script::at_req_dh(|config| config.strictness = strictness);
    let query = script.req_dh(change);
    outcome(&script.say(&query))
}

fn half(strictness: Strictness, change: fn(&mut types::ClientDhInnerData)) -> String {
    let mut script = Script::at_set_dh(|config| config.strictness = strictness);
    let query = script.set_dh(change);
    outcome(&script.say(&query))
}

/// Whatever is wrong with a query, its client gets -404 (KX-09).
fn outcome<T>(result: &Result<T, Error>) -> String {
    if result.is_ok() { "taken".to_owned() } else { "-404".to_owned() }
}

/// A whole exchange, whose queries have this id and so many bytes behind them.
fn with_envelope(strictness: Strictness, id: i64, padding: usize) -> String {
    let mut script = Script::with(|config| config.strictness = strictness);
    let mut noise = 0;
    let mut envelope = |value: Vec<u8>| {
        noise += 1;
        plain::seal(MessageId(id), &[value, vec![noise; padding]].concat(), &[])
    };
    let mut run = || -> Result<(), Error> {
        let query = envelope(script.req_pq().to_bytes());
        let answer: types::ResPq = answered(&script.say_packet(&query)?.expect("resPQ"));
        script.server_nonce = answer.server_nonce;
        script.pq = parse_pq(&answer.pq).unwrap();
        (script.p, script.q) = factors(script.pq);
        let query = script.req_dh(|_| {}).to_bytes();
        let answer = script.say_packet(&envelope(query.clone()))?.expect("server_DH_params_ok");
        // A repeated query is known in whatever is appended to it (KX-20).
        let again = script.say_packet(&envelope(query))?.expect("server_DH_params_ok");
        assert_eq!(again[20..], answer[20..]);
        script.take_half(&answer);
        let query = script.set_dh(|_| {}).to_bytes();
        assert_eq!(script.say_packet(&envelope(query))?, None);
        script.conclude(DhGen::Ok).expect("dh_gen_ok");
        let established = script.server.poll_established().expect("a key");
        assert_eq!(established.auth_key, script.key());
        Ok(())
    };
    outcome(&run())
}

fn lenient(config: &mut Config) {
    config.strictness = Strictness::Lenient;
}

/// An exchange in each of its states, of a lenient server.
fn states() -> Vec<(&'static str, Script)> {
    let mut states = vec![
        ("AwaitReqPq", Script::with(lenient)),
        ("AwaitReqDh", Script::at_req_dh(lenient)),
        ("AwaitSetDh", Script::at_set_dh(lenient)),
        ("Candidate", Script::at_verdict(lenient)),
    ];
    for (name, mut script) in
        [("Unsealing", Script::at_req_dh(lenient)), ("Computing", Script::at_set_dh(lenient))]
    {
        let query = match name {
            "Unsealing" => packet(&script.req_dh(|_| {})),
            _ => packet(&script.set_dh(|_| {})),
        };
        let Script { server, config, entropy, .. } = &mut script;
        assert_eq!(server.handle_packet(config, NOW, &query, 0, entropy), Ok(None));
        states.push((name, script));
    }
    let mut failed = Script::at_req_dh(lenient);
    failed.say_packet(&[]).unwrap_err();
    states.push(("Over", failed));
    let mut concluded = Script::at_verdict(lenient);
    concluded.conclude(DhGen::Ok).unwrap();
    states.push(("Over", concluded));
    states
}

#[test]
fn a_lenient_server_begins_again_from_every_state() {
    for (name, mut script) in states() {
        assert_eq!(format!("{:?}", script.server), format!("Exchange({name})"));
        // What was under way is done too late.
        let late = script.server.poll_work();
        script.nonce[0] ^= 1;
        script.begin().unwrap();
        let query = packet(&script.req_dh(|_| {}));
        if let Some(work) = late {
            let Script { server, config, entropy, .. } = &mut script;
            assert_eq!(server.handle_packet(config, NOW, &query, 0, entropy), Ok(None));
            let fresh = server.poll_work().unwrap();
            assert_eq!(server.handle_work(config, NOW, work.run(), entropy), Ok(None), "{name}");
            let half = server.handle_work(config, NOW, fresh.run(), entropy).unwrap().unwrap();
            script.take_half(&half);
        } else {
            let half = script.say_packet(&query).unwrap().unwrap();
            script.take_half(&half);
        }
        assert_eq!(script.finish().auth_key, script.key(), "{name}");
    }
}

#[test]
fn kx_20_a_lenient_server_answers_a_repeated_first_query_as_before() {
    let mut script = Script::at_req_dh(lenient);
    let before = script.server_nonce;
    script.begin().unwrap();
    assert_eq!(script.server_nonce, before);
}
