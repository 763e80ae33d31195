//! The consequences that are drawn at one point in time, each at its boundary.

use super::*;
use crate::ids::SeqNo;
use crate::rpc::Execution;
use crate::session::calls::hearing::{ASK_AFTER, ASK_DEADLINE};
use crate::session::calls::waiting::Due;
use crate::session::fate::State;
use crate::tl::Repeat;

const NONE: MessageId = MessageId(0);
const SECOND: Duration = Duration::from_secs(1);

/// Requests that are under way, each in a message and a packet of its own: 8, 16, 24, and so on.
fn under_way(repeats: &[Repeat]) -> (Calls, Vec<CallId>) {
    let mut calls = Calls::default();
    let mut ids = Vec::new();
    for (place, repeat) in (1..).zip(repeats) {
        let id = calls.add(calls.mono, Request::from_bytes(vec![7; 8], *repeat)).unwrap();
        let message = MessageId(place * 8);
        calls.send_next(message, SeqNo(1));
        calls.sealed(id, message, calls.mono);
        ids.push(id);
    }
    (calls, ids)
}

fn one(repeat: Repeat) -> (Calls, CallId) {
    let (calls, ids) = under_way(&[repeat]);
    (calls, ids[0])
}

fn state(calls: &Calls, id: CallId) -> Option<State> {
    calls.calls.get(&id).map(|call| call.fate.state())
}

#[test]
fn a_question_follows_a_while_after_the_server_said_that_it_has_it() {
    for repeat in [Repeat::Once, Repeat::Keyed, Repeat::Safe] {
        let (mut calls, id) = one(repeat);
        calls.note_time(SECOND);
        calls.hear(id, Word::Ack, MessageId(9));
        assert_eq!(calls.due(), Some(SECOND + ASK_AFTER));
        // That it has answered says that the answer is on its way.
        calls.note_time(2 * SECOND);
        calls.hear(id, Word::StateAnswered, MessageId(13));
        assert_eq!(calls.due(), Some(2 * SECOND + ASK_DEADLINE));
        assert_eq!(state(&calls, id), Some(State::Answered));
    }
}

#[test]
fn h5_a_question_that_is_open_is_not_asked_again_at_once() {
    let (mut calls, id) = one(Repeat::Safe);
    calls.note_time(SECOND);
    calls.hear(id, Word::AllInfoOther, MessageId(9));
    assert_eq!(calls.due(), Some(SECOND), "it is asked about now");
    let due = calls.handle_timeout(SECOND, true, None, 10);
    assert_eq!(due.ask, [MessageId(8)]);
    let until = calls.due();
    assert_eq!(until, Some(SECOND + ASK_DEADLINE));
    calls.hear(id, Word::AllInfoOther, MessageId(13));
    assert_eq!(calls.due(), until, "the question is open");
}

/// While the server has answered no ping that was sent after the question, it may not be reached: that is looked at again, and no
/// silence. Without a link nothing is.
#[test]
fn p5_silence_is_looked_at_again_until_the_server_has_answered_something() {
    let (mut calls, id) = one(Repeat::Safe);
    calls.note_time(SECOND);
    calls.hear(id, Word::AllInfoOther, MessageId(9));
    assert_eq!(calls.handle_timeout(SECOND, true, None, 10).ask, [MessageId(8)]);
    let mut now = SECOND + ASK_DEADLINE;
    for _ in 0..5 {
        let due = calls.handle_timeout(now, true, Some(Duration::ZERO), 10);
        assert_eq!((due, state(&calls, id)), (Due::default(), Some(State::InFlight)));
        assert_eq!(calls.due(), Some(now + ASK_DEADLINE), "{now:?}");
        now += ASK_DEADLINE;
    }
    calls.handle_timeout(now, true, Some(SECOND), 10);
    assert_ne!(state(&calls, id), Some(State::InFlight), "it answers, and not this");
    let (mut calls, id) = one(Repeat::Safe);
    calls.hear(id, Word::AllInfoOther, MessageId(9));
    assert_eq!(calls.handle_timeout(Duration::ZERO, false, None, 10), Due::default());
    assert_eq!(calls.due(), None, "another link asks about everything");
}

#[test]
fn p4_memory_shrinks_after_a_burst() {
    let mut calls = Calls::new(Limits { calls: 20_000, queued: 20_000, ..Limits::default() });
    let ids: Vec<CallId> = (0..10_000)
        .map(|_| calls.add(SECOND, Request::from_bytes(vec![7; 8], Repeat::Safe)).unwrap())
        .collect();
    let most = calls.calls.capacity();
    assert!(most >= 10_000);
    for id in ids {
        calls.answer(id, Err(CallError::Unknown));
        // Room for a few times what is needed, and not less than what a client has mostly.
        let needed = calls.calls.len();
        assert!(calls.calls.capacity() <= (8 * needed + 8).max(4 * ROOM), "{needed}");
    }
    assert!(calls.calls.capacity() < most / 4 && calls.queue.capacity() < most / 4);
}

#[test]
fn pfs_an_error_of_a_key_that_is_not_bound_counts_for_the_message_that_is_under_way() {
    let (mut calls, id) = one(Repeat::Safe);
    // It goes into another message; what is said of the former one changes nothing.
    assert!(calls.is_under_way());
    assert!(calls.unbound(id, MessageId(8), MessageId(9)));
    assert_eq!((state(&calls, id), calls.is_under_way()), (Some(State::Pending), false));
    calls.send_next(MessageId(16), SeqNo(3));
    calls.sealed(id, MessageId(16), SECOND);
    assert!(calls.unbound(id, MessageId(8), MessageId(17)));
    assert_eq!(state(&calls, id), Some(State::InFlight));
    assert!(calls.unbound(id, MessageId(16), MessageId(21)));
    assert_eq!(state(&calls, id), Some(State::Pending));

    // One that was taken back goes nowhere, and one that was refused for ever ends.
    let (mut calls, id) = one(Repeat::Safe);
    calls.hear(id, Word::Cancel, NONE);
    assert!(!calls.unbound(id, MessageId(8), MessageId(9)));
    let (mut calls, id) = one(Repeat::Safe);
    let mut message = MessageId(8);
    let refusals = (0..100).take_while(|_| {
        let goes_on = calls.unbound(id, message, MessageId(message.0 + 1));
        message = MessageId(message.0 + 8);
        calls.send_next(message, SeqNo(1));
        calls.sealed(id, message, SECOND);
        goes_on
    });
    let refusals = refusals.count();
    assert!((2..20).contains(&refusals), "{refusals}");
    assert!(calls.contains(id), "the error is its answer");
}

#[test]
fn sm_an_error_of_the_moment_at_which_a_session_was_forgotten_is_not_of_the_one_before() {
    let error = || RpcError::parse(400, "A");
    for (at, is_certain) in [(19, true), (20, false), (21, false)] {
        let (mut calls, id) = one(Repeat::Safe);
        calls.forget_session(MessageId(20));
        let found = calls.rpc_error(id, MessageId(8), MessageId(at), error());
        assert_eq!(found == CallError::Rpc(error()), is_certain, "{at}");
    }
    // Of another message it may have run in.
    let (calls, id) = one(Repeat::Safe);
    let found = calls.rpc_error(id, MessageId(16), MessageId(19), error());
    assert_eq!(found, CallError::RpcRepeated(error()));
}

#[test]
fn p4_requests_hear_of_a_forgotten_session_at_its_time_and_not_before() {
    let (mut calls, ids) = under_way(&[Repeat::Safe; 2]);
    calls.forget_session(MessageId(20));
    calls.sweep(Duration::ZERO);
    assert_eq!(
        ids.iter().map(|id| state(&calls, *id)).collect::<Vec<_>>(),
        [Some(State::InDoubt), Some(State::InDoubt)]
    );
    // Again within a second: they hear of it when that is over, to the nanosecond, and later too.
    for (wait, hears) in [
        (SECOND - Duration::from_nanos(1), false),
        (SECOND, true),
        (SECOND + Duration::from_nanos(1), true),
    ] {
        let (mut calls, ids) = under_way(&[Repeat::Safe]);
        calls.forget_session(MessageId(20));
        calls.sweep(Duration::ZERO);
        let again = calls.add(SECOND, Request::from_bytes(vec![7; 8], Repeat::Safe)).unwrap();
        calls.send_next(MessageId(16), SeqNo(3));
        calls.sealed(again, MessageId(16), Duration::ZERO);
        calls.forget_session(MessageId(24));
        calls.sweep(wait);
        assert_eq!(state(&calls, again) == Some(State::InDoubt), hears, "{wait:?}");
        assert_eq!(ids.len(), 1);
    }
}

#[test]
fn only_what_is_answered_without_a_name_is_kept_to_be_found_by_its_body() {
    let mut calls = Calls::default();
    for id in [functions::DestroySession::ID, functions::DestroyAuthKey::ID] {
        let body = [&id.to_le_bytes()[..], &[1; 8]].concat();
        calls.add(SECOND, Request::from_bytes(body, Repeat::Safe)).unwrap();
    }
    for body in [vec![], vec![1; 3], vec![1; 12], functions::Ping::ID.to_le_bytes().to_vec()] {
        calls.add(SECOND, Request::from_bytes(body, Repeat::Safe)).unwrap();
    }
    assert_eq!(calls.unnamed.len(), 2);
    calls.close();
    assert!(calls.unnamed.is_empty());
}

#[test]
fn closing_says_of_each_whether_it_may_have_run() {
    let (mut calls, ids) = under_way(&[Repeat::Once]);
    let waiting = calls.add(SECOND, Request::from_bytes(vec![7; 8], Repeat::Once)).unwrap();
    calls.close();
    let ended = |calls: &mut Calls| match calls.poll_event() {
        Some(Event::Answer { call, result: Err(error) }) => Some((call, error.execution())),
        _ => None,
    };
    assert_eq!(ended(&mut calls), Some((ids[0], Execution::Maybe)));
    assert_eq!(ended(&mut calls), Some((waiting, Execution::Never)));
    assert_eq!(ended(&mut calls), None);
}

/// A copy that waited has no time of its own: it goes out. Whatever takes it back leaves a time at which something is done (P5).
#[test]
fn p5_a_request_whose_copy_is_taken_back_is_looked_at_again() {
    for repeat in [Repeat::Keyed, Repeat::Safe] {
        for is_acknowledged in [false, true] {
            for word in Word::ALL {
                let (mut calls, id) = one(repeat);
                calls.note_time(SECOND);
                if is_acknowledged {
                    calls.hear(id, Word::Ack, MessageId(9));
                }
                calls.hear(id, Word::AllInfoOther, MessageId(9));
                assert_eq!(calls.handle_timeout(SECOND, true, None, 10).ask, [MessageId(8)]);
                calls.pass_over(&[MessageId(8)]);
                assert!(calls.calls[&id].fate.is_copy_due());
                calls.hear(id, word, MessageId(13));
                let Some(call) = calls.calls.get(&id).filter(|call| call.sent.is_some()) else {
                    continue;
                };
                let is_looked_at = call.due().is_some() && calls.due().is_some();
                assert!(call.fate.is_copy_due() || is_looked_at, "{repeat:?}, {word:?}");
            }
        }
    }
}
