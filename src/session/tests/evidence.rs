//! What the server says of messages, in the order in which it said it, whatever the order of its coming (H1 to H3).

use super::*;
use crate::rpc::{Execution, RpcError};
use crate::session::Upkeep;
use crate::tl::Repeat;

const CLASSES: [Repeat; 3] = [Repeat::Once, Repeat::Keyed, Repeat::Safe];

fn call(test: &mut Test, repeat: Repeat, ping_id: i64) -> CallId {
    let request = Request::new(&functions::Ping { ping_id }).with_repeat(repeat);
    test.session.call(test.now, request).unwrap()
}

fn reconnect(test: &mut Test) {
    test.session.handle_disconnected();
    test.session.handle_connected(test.now);
}

/// Everything that the session sends now.
fn all_sent(test: &mut Test) -> Vec<Packet> {
    std::iter::from_fn(|| test.sent()).collect()
}

fn messages(packets: &[Packet]) -> impl Iterator<Item = &Sent> {
    packets.iter().flat_map(|packet| &packet.messages)
}

/// The ids of the pings in packets: the requests of these tests.
fn requests(packets: &[Packet]) -> Vec<MessageId> {
    messages(packets).filter(|m| m.is::<functions::Ping>()).map(|m| m.id).collect()
}

/// The id of the question about states that goes out now.
fn question(test: &mut Test) -> MessageId {
    let packets = all_sent(test);
    messages(&packets).find(|m| m.is::<types::MsgsStateReq>()).expect("a question").id
}

fn info(question: MessageId, states: &[u8]) -> types::MsgsStateInfo {
    types::MsgsStateInfo { req_msg_id: question.0, info: states.to_vec().into() }
}

/// A request that was sent, a link that broke after it, and the question over the next one.
fn asked(repeat: Repeat) -> (Test, CallId, MessageId, MessageId) {
    let mut test = Test::new();
    let id = call(&mut test, repeat, 1);
    let message = requests(&all_sent(&mut test))[0];
    reconnect(&mut test);
    let question = question(&mut test);
    (test, id, message, question)
}

fn ends(test: &mut Test) -> Vec<Event> {
    test.events().into_iter().filter(|event| matches!(event, Event::Answer { .. })).collect()
}

#[test]
fn h2_evidence_counts_in_the_order_in_which_it_was_said() {
    for repeat in CLASSES {
        // Said in this order: not received, then received. In whichever order they come, it is there.
        for is_swapped in [false, true] {
            let (mut test, _, message, question) = asked(repeat);
            let denied = test.message(&info(question, &[2]));
            let ack = test.message(&types::MsgsAck { msg_ids: vec![message.0] });
            let words = if is_swapped { [&ack, &denied] } else { [&denied, &ack] };
            words.into_iter().for_each(|word| test.deliver(word).unwrap());
            assert_eq!(requests(&all_sent(&mut test)), [], "{repeat:?}, {is_swapped}");
            assert_eq!(ends(&mut test), []);
        }
        // Received, then not received: it has forgotten.
        for is_swapped in [false, true] {
            let (mut test, id, message, question) = asked(repeat);
            let ack = test.message(&types::MsgsAck { msg_ids: vec![message.0] });
            let denied = test.message(&info(question, &[2]));
            let words = if is_swapped { [&denied, &ack] } else { [&ack, &denied] };
            words.into_iter().for_each(|word| test.deliver(word).unwrap());
            let packets = all_sent(&mut test);
            assert!(!requests(&packets).contains(&message), "{repeat:?}, {is_swapped}");
            if let Some(again) = messages(&packets).find(|m| m.is::<types::MsgsStateReq>()) {
                let told = info(again.id, &[2]);
                test.say(&told).unwrap();
            }
            let is_once = repeat == Repeat::Once;
            let lost = is_once.then(|| failed(id, CallError::Unknown));
            assert_eq!(ends(&mut test), Vec::from_iter(lost), "{repeat:?}, {is_swapped}");
        }
    }
}

/// A session begins with what was sent before the server spoke in it. One that begins with what was sent after that is another one,
/// whatever the server's clock shows, which may have been put back since.
#[test]
fn h1_a_session_that_begins_with_what_was_sent_after_the_server_spoke_is_another() {
    for back in [-1, 0, 1, 58, 299] {
        for repeat in CLASSES {
            let mut test = Test::new();
            test.say(&types::MsgsStateReq { msg_ids: vec![] }).unwrap();
            let id = call(&mut test, repeat, 1);
            let packets = all_sent(&mut test);
            let message = requests(&packets)[0];
            let first_msg_id = packets.last().unwrap().id.0 + 4;
            test.next_id -= back << 32;
            let begun = types::NewSessionCreated { first_msg_id, unique_id: 1, server_salt: 5 };
            test.say(&begun).unwrap();
            let packets = all_sent(&mut test);
            assert_eq!(requests(&packets), [], "{repeat:?}, {back}");
            let asked = messages(&packets).find(|m| m.is::<types::MsgsStateReq>());
            test.say(&info(asked.expect("a question").id, &[1])).unwrap();
            let sent = requests(&all_sent(&mut test));
            if repeat == Repeat::Once {
                assert_eq!((sent, ends(&mut test)), (vec![], vec![failed(id, CallError::Unknown)]));
            } else {
                assert!(sent.len() == 1 && sent[0] > message, "{repeat:?}, {back}");
            }
        }
    }
}

#[test]
fn h3_each_word_that_the_server_has_it_takes_back_the_copy_that_waits() {
    type Say = fn(MessageId, MessageId) -> Object;
    let words: [Say; 4] = [
        |message, _| Object::new(&types::MsgsAck { msg_ids: vec![message.0] }),
        |message, _| {
            let info = vec![4].into();
            Object::new(&types::MsgsAllInfo { msg_ids: vec![message.0], info })
        },
        |message, _| {
            let (msg_id, answer_msg_id) = (message.0, i64::MAX - 2);
            Object::new(&types::MsgDetailedInfo { msg_id, answer_msg_id, bytes: 9, status: 0 })
        },
        |_, question| Object::new(&info(question, &[4])),
    ];
    for repeat in CLASSES {
        for word in words {
            let (mut test, _, message, first) = asked(repeat);
            // A copy waits, as it was refused for its salt.
            test.say(&info(first, &[2])).unwrap();
            let packet = test.sent().unwrap();
            assert_eq!(packet.messages[0].id, message);
            let (bad_msg_id, bad_msg_seqno, error_code) = (packet.id.0, 1, 48);
            let salt =
                types::BadServerSalt { bad_msg_id, bad_msg_seqno, error_code, new_server_salt: 7 };
            test.say(&salt).unwrap();
            let word = word(message, first);
            let is_answer =
                word.id() == Some(<types::MsgsStateInfo as crate::tl::Identifiable>::ID);
            test.say(&word).unwrap();
            // The question was answered before, so that word is a stray one.
            let again = if is_answer { vec![message] } else { vec![] };
            assert_eq!(requests(&all_sent(&mut test)), again, "{repeat:?} {word:?}");
        }
    }
}

/// A server that put its clock back, by any time, announces the session that follows under a number that is older than what it has said.
/// What it said of the one before has no time any more: what it says now counts.
#[test]
fn h1_a_session_that_is_announced_before_what_was_heard_was_forgotten_too() {
    for (back, is_announced) in [(1, true), (20, true), (400, true), (400, false), (3_600, false)] {
        for is_acknowledged in [false, true] {
            let mut test = Test::new();
            let notice = |unique_id| types::NewSessionCreated {
                first_msg_id: i64::MAX,
                unique_id,
                server_salt: 5,
            };
            if is_announced {
                test.say(&notice(1)).unwrap();
            }
            test.say(&Object::from(vec![9; 4])).unwrap();
            let id = call(&mut test, Repeat::Once, 1);
            let sent = requests(&all_sent(&mut test));
            if is_acknowledged {
                test.say(&types::MsgsAck { msg_ids: vec![sent[0].0] }).unwrap();
            }
            test.next_id -= back << 32;
            test.say(&notice(2)).unwrap();
            let question = question(&mut test);
            test.say(&info(question, &[1])).unwrap();
            assert!(requests(&all_sent(&mut test)).is_empty(), "{back} {is_acknowledged}");
            let lost = vec![failed(id, CallError::Unknown)];
            assert_eq!(ends(&mut test), lost, "{back} {is_announced} {is_acknowledged}");
        }
    }
}

#[test]
fn h1_all_that_was_sent_before_a_session_was_forgotten_is_in_doubt_whatever_its_id() {
    for repeat in CLASSES {
        for first in 0..3 {
            for state in [1, 2, 3] {
                let mut test = Test::new();
                test.say(&Object::from(vec![9; 4])).unwrap();
                let ids: Vec<CallId> = (0..3).map(|n| call(&mut test, repeat, n)).collect();
                let sent = requests(&all_sent(&mut test));
                let (first_msg_id, unique_id) = (sent[first].0, 2);
                let notice = types::NewSessionCreated { first_msg_id, unique_id, server_salt: 5 };
                test.say(&notice).unwrap();
                let question = question(&mut test);
                test.say(&info(question, &[state; 3])).unwrap();
                let again = requests(&all_sent(&mut test));
                assert!(again.iter().all(|id| !sent.contains(id)), "{repeat:?} {first} {state}");
                if repeat == Repeat::Once {
                    let lost: Vec<Event> =
                        ids.iter().map(|id| failed(*id, CallError::Unknown)).collect();
                    assert_eq!((again.len(), ends(&mut test)), (0, lost));
                } else {
                    assert_eq!((again.len(), ends(&mut test)), (3, vec![]));
                }
            }
        }
    }
}

#[test]
fn h1_what_the_new_session_has_is_waited_for() {
    for repeat in CLASSES {
        let mut test = Test::new();
        test.say(&Object::from(vec![9; 4])).unwrap();
        let id = call(&mut test, repeat, 1);
        let sent = requests(&all_sent(&mut test))[0];
        let notice =
            types::NewSessionCreated { first_msg_id: sent.0, unique_id: 2, server_salt: 5 };
        test.say(&notice).unwrap();
        let question = question(&mut test);
        test.say(&info(question, &[4])).unwrap();
        assert_eq!(requests(&all_sent(&mut test)), []);
        let pong = types::Pong { msg_id: sent.0, ping_id: 1 };
        test.say(&pong).unwrap();
        assert_eq!(ends(&mut test), [answered(id, &pong)]);
    }
}

#[test]
fn h1_a_copy_that_waits_when_a_session_is_forgotten_is_not_sent() {
    let (mut test, id, message, asked) = asked(Repeat::Once);
    test.say(&Object::from(vec![9; 4])).unwrap();
    test.say(&info(asked, &[2])).unwrap();
    let notice = types::NewSessionCreated { first_msg_id: asked.0, unique_id: 2, server_salt: 5 };
    test.say(&notice).unwrap();
    let packets = all_sent(&mut test);
    assert!(!requests(&packets).contains(&message));
    let again = messages(&packets).find(|m| m.is::<types::MsgsStateReq>()).unwrap().id;
    test.say(&info(again, &[2])).unwrap();
    assert_eq!(ends(&mut test), [failed(id, CallError::Unknown)]);
}

#[test]
fn sm_new_session_created_is_a_repetition_only_if_its_first_message_is_no_later_one() {
    let mut test = Test::new();
    let mut notice = types::NewSessionCreated { first_msg_id: 8, unique_id: 1, server_salt: 5 };
    let told = |test: &mut Test, notice: &types::NewSessionCreated| {
        test.say(notice).unwrap();
        test.events().into_iter().any(|event| matches!(event, Event::NewSession { .. }))
    };
    assert!(told(&mut test, &notice));
    assert!(!told(&mut test, &notice));
    notice.first_msg_id = 4;
    assert!(!told(&mut test, &notice));
    notice.first_msg_id = 12;
    assert!(told(&mut test, &notice), "a server that numbers all sessions alike");
    notice.unique_id = 2;
    assert!(told(&mut test, &notice));
}

#[test]
fn sm_new_session_created_that_something_later_overtook_is_still_the_first_word() {
    let mut test = Test::new();
    once_and_later(&mut test);
    let sent = requests(&all_sent(&mut test));
    let first_msg_id = sent[1].0;
    let notice =
        test.message(&types::NewSessionCreated { first_msg_id, unique_id: 1, server_salt: 5 });
    let update = test.message(&Object::from(vec![9; 4]));
    test.deliver(&update).unwrap();
    test.deliver(&notice).unwrap();
    assert_eq!(requests(&all_sent(&mut test)), [sent[0]], "it never arrived, and goes as it was");
}

/// Two requests, each a packet of its own.
fn once_and_later(test: &mut Test) {
    let body = |n: u8| Request::from_bytes(vec![n; 1 << 15], Repeat::Once).uncompressed();
    for n in 0..2 {
        let mut request = body(n);
        request.body[..4]
            .copy_from_slice(&<functions::Ping as crate::tl::Identifiable>::ID.to_le_bytes());
        test.session.call(test.now, request).unwrap();
    }
}

#[test]
fn p5_against_a_server_that_tells_no_states_only_what_must_run_once_waits_for_its_word() {
    for repeat in CLASSES {
        let mut test =
            Test::with(Upkeep { ping_every: Some(Duration::from_secs(60)), future_salts: false });
        let pong = |test: &mut Test, packets: &[Packet]| {
            let pings: Vec<_> =
                messages(packets).filter(|m| m.is::<functions::PingDelayDisconnect>()).collect();
            for ping in pings {
                let ping_id = ping.decode::<functions::PingDelayDisconnect>().ping_id;
                test.say(&types::Pong { msg_id: ping.id.0, ping_id }).unwrap();
            }
        };
        let packets = all_sent(&mut test);
        pong(&mut test, &packets);
        let id = call(&mut test, repeat, 1);
        let message = requests(&all_sent(&mut test))[0];
        reconnect(&mut test);
        let packets = all_sent(&mut test);
        assert!(messages(&packets).any(Sent::is::<types::MsgsStateReq>));
        // The pong of a ping that was sent after the question; one round trip.
        pong(&mut test, &packets);
        let packets = all_sent(&mut test);
        if repeat == Repeat::Once {
            assert_eq!(requests(&packets), []);
            test.now = test.now.after(Duration::from_secs(10));
            test.next_id += 10 << 32;
            test.session.handle_timeout(test.now);
            assert_eq!(ends(&mut test), [failed(id, CallError::Unknown)]);
        } else {
            assert_eq!(requests(&packets), [message], "{repeat:?}: under its own id");
            assert!(packets.iter().all(|p| p.id != message), "EM-12: in a container");
        }
    }
}

#[test]
fn sm_an_error_says_nothing_of_a_session_that_was_forgotten_before() {
    let error = types::RpcError { error_code: 400, error_message: "A".to_owned() };
    let parsed = RpcError::parse(400, "A");
    for is_forgotten in [false, true] {
        let mut test = Test::new();
        test.say(&Object::from(vec![9; 4])).unwrap();
        let id = call(&mut test, Repeat::Safe, 1);
        let sent = requests(&all_sent(&mut test))[0];
        let result = types::RpcResult { req_msg_id: sent.0, result: Object::new(&error) };
        let early = test.message(&result);
        if is_forgotten {
            let notice =
                types::NewSessionCreated { first_msg_id: sent.0, unique_id: 2, server_salt: 5 };
            test.say(&notice).unwrap();
        }
        let late = test.message(&result);
        test.deliver(if is_forgotten { &late } else { &early }).unwrap();
        let expected = match is_forgotten {
            false => CallError::Rpc(parsed.clone()),
            true => CallError::RpcRepeated(parsed.clone()),
        };
        assert_eq!(ends(&mut test), [failed(id, expected)]);
    }
    // What it said before it announced the session, it said of the one that it had forgotten.
    let mut test = Test::new();
    test.say(&Object::from(vec![9; 4])).unwrap();
    let id = call(&mut test, Repeat::Safe, 1);
    let sent = requests(&all_sent(&mut test))[0];
    let result = types::RpcResult { req_msg_id: sent.0, result: Object::new(&error) };
    let early = test.message(&result);
    let first_msg_id = sent.0 + 4;
    test.say(&types::NewSessionCreated { first_msg_id, unique_id: 2, server_salt: 5 }).unwrap();
    test.deliver(&early).unwrap();
    assert_eq!(ends(&mut test), [failed(id, CallError::Rpc(parsed))]);
}

/// Two requests that were sent, and not received; over the next link the server asks for their messages. Both copies are taken back
/// and become due again before a packet is made: in the packet each is once, and nothing of it is kept when they have ended.
#[test]
fn em_12_a_message_whose_copy_is_due_again_goes_once_in_a_packet() {
    for repeat in [Repeat::Keyed, Repeat::Safe] {
        let mut test = Test::new();
        let ids = [1, 2].map(|ping_id| call(&mut test, repeat, ping_id));
        let sent = requests(&all_sent(&mut test));
        for round in 0..3 {
            reconnect(&mut test);
            let msg_ids = sent.iter().map(|message| message.0).collect();
            test.say(&types::MsgResendReq { msg_ids }).unwrap();
            assert_eq!(test.session.calls.waiting(), 2, "{repeat:?}, {round}");
        }
        assert_eq!(requests(&all_sent(&mut test)), sent, "{repeat:?}");
        for message in &sent {
            test.say(&types::Pong { msg_id: message.0, ping_id: 1 }).unwrap();
        }
        assert_eq!(ends(&mut test).len(), ids.len());
        #[cfg(feature = "coverage")]
        for table in ["again", "containers", "contained"] {
            let size = test.session.sizes().iter().find(|(name, _)| *name == table);
            assert_eq!(size, Some((table, 0)), "{repeat:?}");
        }
    }
}

#[test]
fn sm_x3_a_request_that_is_taken_back_while_its_copy_waits_is_not_sent() {
    for repeat in CLASSES {
        // Refused for its salt, so it did not run; said not to have come, so it may come late.
        for is_refused in [true, false] {
            let (mut test, id, message, asked) = asked(repeat);
            if is_refused {
                let (bad_msg_id, bad_msg_seqno, error_code) = (message.0, 1, 48);
                let new_server_salt = 7;
                let salt =
                    types::BadServerSalt { bad_msg_id, bad_msg_seqno, error_code, new_server_salt };
                test.say(&salt).unwrap();
            } else {
                test.say(&info(asked, &[2])).unwrap();
            }
            test.session.cancel(test.now, id);
            assert_eq!(requests(&all_sent(&mut test)), [], "{repeat:?}, {is_refused}");
            test.now = test.now.after(Duration::from_secs(10));
            test.session.handle_timeout(test.now);
            let execution = if is_refused { Execution::Never } else { Execution::Maybe };
            assert_eq!(ends(&mut test), [failed(id, CallError::Cancelled { execution })]);
        }
    }
}

#[test]
fn p2_a_refusal_of_an_earlier_copy_says_nothing_of_the_last_one() {
    for repeat in CLASSES {
        for code in [16, 20, 48, 64] {
            let (mut test, _, message, asked) = asked(repeat);
            test.say(&info(asked, &[2])).unwrap();
            assert_eq!(requests(&all_sent(&mut test)), [message]);
            // The first one went alone, over the link before, and comes late.
            let (bad_msg_id, bad_msg_seqno, error_code) = (message.0, 1, code);
            let new_server_salt = 7;
            match code {
                48 => test.say(&types::BadServerSalt {
                    bad_msg_id,
                    bad_msg_seqno,
                    error_code,
                    new_server_salt,
                }),
                _ => test.say(&types::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code }),
            }
            .unwrap();
            assert_eq!(requests(&all_sent(&mut test)), [], "{repeat:?}, {code}");
            assert_eq!(ends(&mut test), [], "{repeat:?}, {code}");
        }
    }
}
