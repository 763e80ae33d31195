//! Each fault does what it says.

use super::*;
use crate::server::Fault;

fn inject(script: &mut Script, fault: Fault) {
    script.dc.inject(script.now, fault);
}

#[test]
fn a_forgotten_key_is_minus_404() {
    let mut script = Script::begun();
    inject(&mut script, Fault::ForgetKeys);
    script.call(SMALL);
    assert_eq!((script.received(), &script.errors[..]), (vec![], &[-404][..]));
    assert_eq!(script.dc.sessions().count(), 0);
}

#[test]
fn a_forgotten_session_begins_anew() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &SMALL);
    inject(&mut script, Fault::ForgetSessions);
    let asked = script.send(&types::MsgsStateReq { msg_ids: vec![id.0] });
    let messages = script.received();
    let notice: types::NewSessionCreated = messages[0].body.decode().unwrap();
    let info: types::MsgsStateInfo = messages[1].body.decode().unwrap();
    assert_eq!((notice.first_msg_id, &info.info[..]), (asked.0, &[1][..]));
    // It knows nothing, so what is sent again runs again.
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    script.result(id);
    assert_eq!(script.ran(), 3);
}

#[test]
fn forgotten_answers_are_not_sent_again() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &SMALL);
    inject(&mut script, Fault::ForgetAnswers);
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    assert_eq!(script.take::<types::RpcResult>(), []);
    assert_eq!(script.state(&[id]), [4 | 8 | 32 | 64]);
    assert_eq!(script.ran(), 2);
}

#[test]
fn changed_salts_are_told_in_bad_server_salt() {
    let mut script = Script::begun();
    inject(&mut script, Fault::ChangeSalts);
    script.call(SMALL);
    let changed = script.one::<types::BadServerSalt>().new_server_salt;
    script.salt = Salt(changed);
    let id = script.call(SMALL);
    script.result(id);
    // Changed twice, they are not the first ones again.
    inject(&mut script, Fault::ChangeSalts);
    script.call(SMALL);
    let again = script.one::<types::BadServerSalt>().new_server_salt;
    assert!(again != changed && again != SALT.0);
}

#[test]
fn a_clock_that_was_set_refuses_ids_of_the_other_time() {
    for (seconds, code) in [(600, 16), (-600, 17)] {
        let mut script = Script::begun();
        inject(&mut script, Fault::SkewClock { seconds });
        let id = script.call(SMALL);
        let notice = script.received().remove(0);
        let body: types::BadMsgNotification = notice.body.decode().unwrap();
        assert_eq!((body.bad_msg_id, body.error_code), (id.0, code));
        // Its ids go on nevertheless.
        assert!(notice.id.0 > 0 && notice.id.is_answer());
    }
}

#[test]
fn a_transport_error_closes_the_link() {
    let mut script = Script::begun();
    inject(&mut script, Fault::TransportError { code: -429 });
    assert_eq!((script.received(), &script.errors[..]), (vec![], &[-429][..]));
    assert!(!script.is_open());
}

#[test]
fn the_next_message_is_refused_with_the_code() {
    let mut script = Script::begun();
    for code in [16, 17, 18, 19, 20, 32, 33, 34, 35, 64] {
        inject(&mut script, Fault::RefuseNext { code });
        script.send(&types::MsgsAck { msg_ids: vec![] });
        assert_eq!(script.received(), []);
        let id = script.call(SMALL);
        assert_eq!(script.refusal(id), code);
        // What a copy of it gets, its contents say.
        let (copy, seqno) = (id, SeqNo(script.content * 2 - 1));
        script.send_as(copy, seqno, &SMALL);
        script.result(id);
        assert_eq!(script.dc.tally().refusals[&code], 1);
    }
    inject(&mut script, Fault::RefuseNext { code: 48 });
    script.call(SMALL);
    assert_eq!(script.one::<types::BadServerSalt>().new_server_salt, SALT.0);
    assert_eq!(script.ran(), 11);
}

#[test]
fn a_copy_of_a_message_that_was_taken_is_not_refused() {
    let mut script = Script::begun();
    let (id, seqno) = (script.id(), script.seqno(true));
    script.send_as(id, seqno, &SMALL);
    script.received();
    inject(&mut script, Fault::RefuseNext { code: 35 });
    script.send_as(id, seqno, &SMALL);
    assert_eq!(script.take::<types::BadMsgNotification>(), []);
    let next = script.call(SMALL);
    assert_eq!(script.refusal(next), 35);
}

#[test]
fn the_next_acknowledgement_or_answer_is_lost() {
    let mut script = Script::begun();
    inject(&mut script, Fault::DropAck);
    let id = script.call(SMALL);
    let messages = script.received();
    assert!(messages.iter().all(|m| m.body.id() != Some(types::MsgsAck::ID)));
    assert_eq!(script.state(&[id]), [4 | 8 | 32 | 64]);
    script.settle();
    inject(&mut script, Fault::DropAnswer);
    let id = script.call(SMALL);
    assert_eq!(script.take::<types::RpcResult>(), []);
    assert_eq!(script.state(&[id]), [4 | 8 | 32 | 64]);
    script.send(&types::MsgResendAnsReq { msg_ids: vec![id.0] });
    script.result(id);
}

#[test]
fn requests_for_the_state_are_ignored_until_it_is_healed() {
    let mut script = Script::begun();
    inject(&mut script, Fault::IgnoreStateRequests(true));
    let id = script.send(&types::MsgsStateReq { msg_ids: vec![4] });
    assert_eq!(script.received(), []);
    script.dc.heal();
    assert_eq!(script.state(&[id]), [4 | 16]);
}

#[test]
fn a_session_is_announced_under_its_own_number_while_that_is_asked_for() {
    let mut script = Script::begun();
    for is_same in [true, false] {
        inject(&mut script, Fault::SameUniqueId(is_same));
        inject(&mut script, Fault::ForgetSessions);
        script.call(SMALL);
        let notice = script.one::<types::NewSessionCreated>();
        assert_eq!(notice.unique_id == script.session.0, is_same);
    }
    assert_eq!(script.dc.tally().faults[&Fault::SameUniqueId(true)], 1);
}

#[test]
fn faults_are_counted_when_they_have_an_effect() {
    let mut script = Script::new();
    let count = |script: &Script, fault| script.dc.tally().faults.get(&fault).copied();
    // There is nothing yet that they could go wrong with.
    for fault in [Fault::ForgetSessions, Fault::ForgetAnswers, Fault::ForgetMessages] {
        inject(&mut script, fault);
        assert_eq!(count(&script, fault), None);
    }
    let waiting = [Fault::DropAnswer, Fault::DropAck, Fault::RefuseNext { code: 64 }];
    for fault in waiting {
        inject(&mut script, fault);
        assert_eq!(count(&script, fault), None);
    }
    script.call(SMALL);
    script.call(SMALL);
    script.received();
    for fault in waiting {
        assert_eq!(count(&script, fault), Some(1));
    }
    inject(&mut script, Fault::IgnoreStateRequests(true));
    script.send(&types::MsgsStateReq { msg_ids: vec![4] });
    for fault in [Fault::ForgetAnswers, Fault::ForgetMessages, Fault::ForgetSessions] {
        inject(&mut script, fault);
        assert_eq!(count(&script, fault), Some(1), "{fault:?}");
    }
    assert_eq!(count(&script, Fault::IgnoreStateRequests(true)), Some(1));
    inject(&mut script, Fault::ForgetKeys);
    assert_eq!(count(&script, Fault::ForgetKeys), Some(1));
}

#[test]
fn sm_the_server_may_ask_and_tell_and_say_what_nobody_understands() {
    let mut script = Script::begun();
    let id = script.call(SMALL);
    let answer = script.received().iter().find(|m| m.seqno.is_content()).unwrap().id;
    inject(&mut script, Fault::AskStates);
    assert_eq!(script.one::<types::MsgsStateReq>().msg_ids, [answer.0]);
    inject(&mut script, Fault::TellStates);
    let told: types::MsgsAllInfo = script.one();
    assert_eq!((told.msg_ids.last(), told.info.last()), (Some(&id.0), Some(&(4 | 8 | 32 | 64))));
    inject(&mut script, Fault::AskAgain);
    assert_eq!(script.one::<types::MsgResendReq>().msg_ids.last(), Some(&id.0));
    inject(&mut script, Fault::SendUnknown);
    assert_eq!(script.received()[0].body.id(), Some(0x0bad_c0de));
    inject(&mut script, Fault::SendCopy);
    script.one::<types::MsgCopy>();
}
