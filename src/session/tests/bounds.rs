//! What a server can make a session do is bounded: in work, in bytes, in memory and in time (P4, P5).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::session::Limits;
use crate::tl::Repeat;

fn call(test: &mut Test, repeat: Repeat) -> CallId {
    let request = Request::new(&functions::Ping { ping_id: 1 }).with_repeat(repeat);
    test.session.call(test.now, request).unwrap()
}

fn pass(test: &mut Test, seconds: u64) {
    test.now = test.now.after(Duration::from_secs(seconds));
    test.next_id += (seconds as i64) << 32;
    test.session.handle_timeout(test.now);
}

fn has_ended(test: &mut Test) -> bool {
    test.events().iter().any(|event| matches!(event, Event::Answer { .. }))
}

/// A server that answers pings, says nothing of states, and says one thing of a request again and again.
fn seconds_until_it_ends(repeat: Repeat, every: u64, word: impl Fn(i64) -> Object) -> u64 {
    let mut test = Test::new();
    call(&mut test, repeat);
    let mut id = test.sent().unwrap().messages[0].id;
    for second in (0..86_400).step_by(usize::try_from(every).unwrap()) {
        pass(&mut test, every);
        test.say(&word(id.0)).unwrap();
        let mut turns = Turns::default();
        while let Some(packet) = turns.count(test.sent()) {
            let ping = packet.messages.iter().find(|m| m.is::<functions::Ping>());
            id = ping.map_or(id, |ping| ping.id);
        }
        if has_ended(&mut test) {
            return second;
        }
    }
    panic!("a request has not ended in a day");
}

#[test]
fn h6_no_word_said_again_and_again_keeps_a_request() {
    let all_info = |state: u8| {
        move |id| Object::new(&types::MsgsAllInfo { msg_ids: vec![id], info: vec![state].into() })
    };
    let bad = |error_code| {
        move |id| {
            let bad_msg_seqno = 1;
            Object::new(&types::BadMsgNotification { bad_msg_id: id, bad_msg_seqno, error_code })
        }
    };
    for repeat in [Repeat::Once, Repeat::Keyed, Repeat::Safe] {
        for every in [1, 5, 9, 29] {
            for state in [1, 2, 3, 4, 4 | 64] {
                seconds_until_it_ends(repeat, every, all_info(state));
            }
            for code in [16, 19, 20] {
                seconds_until_it_ends(repeat, every, bad(code));
            }
            seconds_until_it_ends(repeat, every, |id| {
                Object::new(&types::MsgResendReq { msg_ids: vec![id] })
            });
            seconds_until_it_ends(repeat, every, |id| {
                Object::new(&types::MsgsAck { msg_ids: vec![id] })
            });
            seconds_until_it_ends(repeat, every, |id| {
                Object::new(&types::MsgDetailedInfo {
                    msg_id: id,
                    answer_msg_id: 1,
                    bytes: 4,
                    status: 0,
                })
            });
        }
    }
}

#[test]
fn h5_a_server_that_refuses_questions_is_asked_some_times_and_not_at_the_speed_of_the_link() {
    for code in [16, 20, 32, 48, 64] {
        let mut test = Test::new();
        call(&mut test, Repeat::Once);
        test.sent().unwrap();
        let mut questions = 0;
        for _ in 0..36_000 {
            test.now = test.now.after(Duration::from_millis(100));
            test.next_id += 429_496_728;
            test.session.handle_timeout(test.now);
            if let Some(packet) = test.sent() {
                for m in packet.messages.iter().filter(|m| m.is::<types::MsgsStateReq>()) {
                    questions += 1;
                    let (bad_msg_id, bad_msg_seqno, error_code) = (m.id.0, 2, code);
                    let new_server_salt = 5;
                    match code {
                        48 => test.say(&types::BadServerSalt {
                            bad_msg_id,
                            bad_msg_seqno,
                            error_code,
                            new_server_salt,
                        }),
                        _ => test.say(&types::BadMsgNotification {
                            bad_msg_id,
                            bad_msg_seqno,
                            error_code,
                        }),
                    }
                    .unwrap();
                }
            }
            if has_ended(&mut test) {
                break;
            }
        }
        assert!(test.session.calls_in_flight() == 0 && questions <= 31, "{code}: {questions}");
    }
}

#[test]
fn p4_a_request_for_a_message_sends_it_three_times_more_at_most() {
    let mut test = Test::new();
    let body = vec![7; 100_000];
    let request = Request::from_bytes(body, Repeat::Safe).uncompressed();
    test.session.call(test.now, request).unwrap();
    let id = test.sent().unwrap().messages[0].id;
    let mut copies = 0;
    for _ in 0..50 {
        // Naming it many times is naming it once.
        test.say(&types::MsgResendReq { msg_ids: vec![id.0; 100] }).unwrap();
        let mut turns = Turns::default();
        while let Some(packet) = turns.count(test.sent()) {
            copies += packet.messages.iter().filter(|m| m.id == id).count();
        }
    }
    assert_eq!(copies, 3);
}

#[test]
fn em_10_all_messages_about_messages_name_8192_at_most() {
    let msg_ids = vec![1; 8_193];
    let info: Vec<u8> = vec![1; 8_193];
    let refused = Err(Violation::TooManyIds { count: 8_193 });
    let mut test = Test::new();
    assert_eq!(test.say(&types::MsgsAck { msg_ids: msg_ids.clone() }), refused);
    assert_eq!(test.say(&types::MsgsAllInfo { msg_ids, info: info.into() }), refused);
    let (msg_ids, info) = (vec![1; 8_192], vec![1; 8_192].into());
    assert_eq!(test.say(&types::MsgsAck { msg_ids: msg_ids.clone() }), Ok(()));
    assert_eq!(test.say(&types::MsgsAllInfo { msg_ids, info }), Ok(()));
}

fn gzip(length: usize) -> Object {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&vec![9; length]).unwrap();
    Object::new(&types::GzipPacked { packed_data: encoder.finish().unwrap().into() })
}

#[test]
fn h7_one_packet_becomes_16_mib_at_most() {
    let mut test = Test::new();
    let bomb = gzip(1 << 20);
    let children = (0..64).map(|_| test.message(&bomb)).collect();
    let container = test.container(children);
    test.deliver(&container).unwrap();
    let events = test.events();
    let bytes: usize = events
        .iter()
        .map(|event| if let Event::Update(update) = event { update.as_bytes().len() } else { 0 })
        .sum();
    assert_eq!((bytes, events.last()), (16 << 20, Some(&Event::Missed)));
    assert_eq!(events.iter().filter(|event| **event == Event::Missed).count(), 1);
    // The next packet has its own.
    test.say(&bomb).unwrap();
    assert!(matches!(test.events()[..], [Event::Update(_)]));
}

#[test]
fn h7_nothing_is_inflated_for_a_request_that_is_not_there() {
    let mut test = Test::new();
    let result = types::RpcResult { req_msg_id: 4, result: gzip(17 << 20) };
    test.say(&result).unwrap();
    let counters = test.session.counters();
    assert_eq!((counters.stray_answers, counters.dropped), (1, 0));
}

#[test]
fn p4_limits_count_bytes() {
    let mut test = Test::new();
    let limits = Limits { bytes: 1_000, ..Limits::default() };
    test.session.put_calls(super::super::Calls::new(limits));
    let request = || Request::from_bytes(vec![1; 500], Repeat::Safe).uncompressed();
    let first = test.session.call(test.now, request()).unwrap();
    test.session.call(test.now, request()).unwrap();
    assert_eq!(test.session.call(test.now, request()), Err(CallError::Full));
    test.sent().unwrap();
    assert_eq!(test.session.call(test.now, request()), Err(CallError::Full));
    test.session.cancel(test.now, first);
    pass(&mut test, 10);
    assert!(test.session.call(test.now, request()).is_ok());
}

#[test]
fn em_09_a_session_ends_before_its_sequence_numbers_do() {
    let mut test = Test::new();
    let before = test.session.id();
    test.session.content = 1 << 29;
    let call = test.ping(1);
    let packet = test.sent().unwrap();
    assert_ne!(packet.session, before, "nothing was under way");
    assert_eq!(packet.seqno, 1);
    test.session.content = 1 << 29;
    test.ping(2);
    assert_eq!(test.sent().unwrap().session, packet.session, "something is");
    test.session.content = (1 << 30) - 4_096;
    test.ping(3);
    let last = test.sent().unwrap();
    assert_ne!(last.session, packet.session, "there is no other way");
    assert!(last.messages.iter().all(|m| m.seqno >= 0));
    test.session.cancel(test.now, call);
}

#[cfg(feature = "coverage")]
mod counted {
    use super::*;
    use crate::session::fate::Word;

    fn size(test: &Test, table: &str) -> usize {
        test.session.sizes().iter().find(|(name, _)| *name == table).unwrap().1
    }

    fn heard(test: &Test, word: Word) -> u64 {
        test.session.cells().iter().filter(|cell| cell.1 == word).map(|cell| cell.2).sum()
    }

    fn filled(count: usize) -> Test {
        let mut test = Test::new();
        test.say(&Object::from(vec![9; 4])).unwrap();
        for _ in 0..count {
            call(&mut test, Repeat::Safe);
        }
        let mut turns = Turns::default();
        while turns.count(test.sent().is_some()) {}
        test
    }

    #[test]
    fn p4_a_thousand_notices_of_sessions_have_the_requests_gone_through_once_a_second() {
        let mut test = filled(1_000);
        for unique_id in 0..1_000 {
            let notice = types::NewSessionCreated { first_msg_id: 0, unique_id, server_salt: 5 };
            test.say(&notice).unwrap();
            test.session.handle_timeout(test.now);
        }
        assert_eq!(heard(&test, Word::SessionForgotten), 1_000);
        pass(&mut test, 1);
        assert_eq!(heard(&test, Word::SessionForgotten), 2_000);
    }

    #[test]
    fn each_table_tells_its_size() {
        let mut test = Test::new();
        for _ in 0..3 {
            call(&mut test, Repeat::Safe);
        }
        assert_eq!((size(&test, "calls"), size(&test, "queue")), (3, 3));
        let packet = test.sent().unwrap();
        let sizes = ["queue", "by_message", "containers", "contained", "timers"];
        assert_eq!(sizes.map(|table| size(&test, table)), [0, 3, 1, 3, 3]);
        test.say(&Object::from(vec![9; 4])).unwrap();
        let detailed =
            |answer_msg_id| types::MsgNewDetailedInfo { answer_msg_id, bytes: 9, status: 0 };
        for answer_msg_id in [packet.id.0 + 1, packet.id.0 + 5] {
            test.say(&detailed(answer_msg_id)).unwrap();
        }
        assert_eq!(["acks", "wanted", "seen"].map(|table| size(&test, table)), [3, 2, 3]);
        test.session.call(test.now, Request::new(&functions::DestroyAuthKey {})).unwrap();
        assert_eq!(size(&test, "unnamed"), 1);
    }

    #[test]
    fn p4_naming_a_container_again_and_again_is_naming_it_once() {
        let mut test = Test::new();
        for _ in 0..1_000 {
            call(&mut test, Repeat::Safe);
        }
        let container = test.sent().unwrap().id.0;
        let count = size(&test, "contained") as u64;
        let msg_ids = vec![container; 8_192];
        let info: Vec<u8> = vec![1; 8_192];
        test.say(&types::MsgsAllInfo { msg_ids: msg_ids.clone(), info: info.into() }).unwrap();
        assert_eq!(heard(&test, Word::AllInfoOther), count);
        test.say(&types::MsgsAck { msg_ids }).unwrap();
        assert_eq!(heard(&test, Word::Ack), count);
    }

    #[test]
    fn p4_a_slow_request_does_not_keep_the_list_of_its_container() {
        let mut test = Test::new();
        for _ in 0..1_000 {
            call(&mut test, Repeat::Safe);
        }
        let packet = test.sent().unwrap();
        for message in &packet.messages[1..] {
            let pong = types::Pong { msg_id: message.id.0, ping_id: 1 };
            test.say(&pong).unwrap();
        }
        assert!(size(&test, "contained") <= 4, "{}", size(&test, "contained"));
        test.say(&types::Pong { msg_id: packet.messages[0].id.0, ping_id: 1 }).unwrap();
        assert_eq!((size(&test, "contained"), size(&test, "containers")), (0, 0));
    }

    #[test]
    fn p4_what_ended_leaves_nothing_behind() {
        let mut test = filled(5_000);
        test.session.close();
        test.events();
        for table in ["calls", "queue", "again", "by_message", "containers", "unnamed"] {
            assert_eq!(size(&test, table), 0, "{table}");
        }
    }
}
