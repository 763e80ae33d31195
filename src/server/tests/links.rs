//! Sessions and the links that they go over.

use super::*;
use crate::server::Fault;
use crate::tl::mtproto::functions;

/// Sends something over another link than the one at hand, and reads nothing.
fn over(script: &mut Script, link: LinkId, wire: &mut (Encoder, Decoder), value: &impl Serialize) {
    let here =
        (script.link, std::mem::replace(&mut script.wire, std::mem::replace(wire, self::wire())));
    script.link = link;
    script.send(value);
    script.link = here.0;
    *wire = std::mem::replace(&mut script.wire, here.1);
}

#[test]
fn what_comes_late_over_a_link_that_was_left_does_not_bring_the_session_back_there() {
    let mut script = Script::begun();
    let old = script.link;
    let mut old_wire = std::mem::replace(&mut script.wire, wire());
    script.connect();
    let slow = Take { bytes: 4, after: 1_000 };
    let request = script.call(slow);
    script.received();
    over(&mut script, old, &mut old_wire, &functions::Ping { ping_id: 1 });
    assert_eq!(script.dc.poll_transmit(script.now, old), None);
    script.wait(Duration::from_secs(1));
    assert_eq!(script.dc.poll_transmit(script.now, old), None);
    script.result(request);
}

#[test]
fn a_session_goes_back_to_an_older_link_when_the_newer_one_is_gone() {
    let mut script = Script::begun();
    let old = script.link;
    let mut old_wire = std::mem::replace(&mut script.wire, wire());
    script.connect();
    script.send(&functions::Ping { ping_id: 1 });
    script.received();
    script.dc.handle_disconnected(script.link);
    over(&mut script, old, &mut old_wire, &functions::Ping { ping_id: 2 });
    (script.link, script.wire) = (old, old_wire);
    assert_eq!(script.one::<types::Pong>().ping_id, 2);
}

#[test]
fn sessions_that_share_a_link_all_get_what_is_theirs() {
    let mut script = Script::new();
    let slow = Take { bytes: 4, after: 1_000 };
    let mut requests = Vec::new();
    for session in [5, 6, 7] {
        script.session = SessionId(session);
        requests.push((session, script.call(slow).0));
    }
    script.received_of_any();
    assert_eq!(script.dc.session_of(script.link), Some((script.key.id(), SessionId(7))));
    script.wait(Duration::from_secs(1));
    let mut answers: Vec<(i64, i64)> = script
        .received_of_any()
        .iter()
        .filter(|(_, message)| message.body.id() == Some(types::RpcResult::ID))
        .map(|(session, message)| {
            let result: types::RpcResult = message.body.decode().unwrap();
            (*session, result.req_msg_id)
        })
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, requests);
    // The one that spoke last stays the last, whoever sent.
    assert_eq!(script.dc.session_of(script.link), Some((script.key.id(), SessionId(7))));
}

#[test]
fn cf_05_an_answer_that_was_held_back_is_not_given_to_a_new_session_of_the_same_number() {
    let mut script = Script::begun();
    let slow = Take { bytes: 4, after: 1_000 };
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &slow);
    script.received();
    script.wait(Duration::from_millis(500));
    script.dc.inject(script.now, Fault::ForgetSessions);
    // The client sends it again, and it runs again.
    script.contain(&[(id, seqno, Object::new(&slow))]);
    script.received();
    script.wait(Duration::from_millis(500));
    assert_eq!(script.take::<types::RpcResult>(), []);
    script.wait(Duration::from_millis(500));
    script.result(id);
    assert_eq!(script.ran(), 3);
}

#[test]
fn cf_05_nor_when_the_session_was_destroyed() {
    let mut script = Script::begun();
    let slow = Take { bytes: 4, after: 1_000 };
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &slow);
    script.received();
    let session = std::mem::replace(&mut script.session, SessionId(77));
    script.send(&functions::DestroySession { session_id: session.0 });
    script.received_of_any();
    script.session = session;
    script.send(&functions::Ping { ping_id: 1 });
    script.received_of_any();
    assert_eq!(script.dc.poll_timeout(), None);
}

#[test]
fn sm_new_session_created_is_sent_again_over_another_link_until_it_is_acknowledged() {
    let mut script = Script::new();
    script.call(SMALL);
    let first: types::NewSessionCreated = script.one();
    for _ in 0..3 {
        script.reconnect();
        script.send(&functions::Ping { ping_id: 1 });
        assert_eq!(script.one::<types::NewSessionCreated>(), first);
    }
    script.reconnect();
    script.send(&functions::Ping { ping_id: 1 });
    script.settle();
    script.reconnect();
    script.send(&functions::Ping { ping_id: 1 });
    assert_eq!(script.take::<types::NewSessionCreated>(), []);
}

#[test]
fn it_is_said_which_links_have_something_to_send() {
    let mut script = Script::begun();
    let drain = |script: &mut Script| -> Vec<LinkId> {
        std::iter::from_fn(|| script.dc.poll_ready()).collect()
    };
    drain(&mut script);
    let first = script.link;
    let slow = Take { bytes: 4, after: 1_000 };
    script.call(slow);
    script.received();
    assert_eq!(drain(&mut script), [first]);
    script.wait(Duration::from_secs(1));
    assert_eq!(drain(&mut script), [first]);
    script.settle();
    drain(&mut script);
    // What was asked over one link is answered over the newest.
    script.call(slow);
    script.received();
    script.connect();
    script.send(&functions::PingDelayDisconnect { ping_id: 1, disconnect_delay: 10 });
    script.received();
    drain(&mut script);
    script.wait(Duration::from_secs(1));
    assert_eq!(drain(&mut script), [script.link]);
    let (key, session) = (script.key.id(), script.session);
    script.dc.push(script.now, key, session, &Bytes::default());
    assert_eq!(drain(&mut script), [script.link]);
    // One that is to be closed too.
    script.wait(Duration::from_secs(10));
    assert_eq!((drain(&mut script), script.is_open()), (vec![script.link], false));
    script.dc.inject(script.now, Fault::TransportError { code: -404 });
    assert_eq!(drain(&mut script), [first, script.link]);
    script.dc.handle_disconnected(first);
    assert_eq!(drain(&mut script), []);
}
