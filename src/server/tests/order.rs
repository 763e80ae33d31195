//! Requests that are to run after others.

use super::*;
use crate::server::Fault;
use crate::tl::mtproto::functions;
use crate::tl::wrap::functions::{InvokeAfterMsg, InvokeAfterMsgs};

const SLOW: Take = Take { bytes: 4, after: 1_000 };

/// A function that nobody has a handler for.
const UNKNOWN: [u8; 4] = [1, 2, 3, 4];

fn after(id: MessageId, query: Take) -> InvokeAfterMsg<Take> {
    InvokeAfterMsg { msg_id: id.0, query }
}

fn failed() -> (i32, String) {
    (400, "MSG_WAIT_FAILED".to_owned())
}

#[test]
fn cf_09_a_request_runs_after_the_one_that_it_names() {
    let mut script = Script::begun();
    let first = script.call(SLOW);
    let second = script.call(after(first, SMALL));
    assert_eq!((script.take::<types::RpcResult>(), script.ran()), (vec![], 2));
    assert_eq!(script.state(&[second]), [4 | 8 | 32]);
    script.wait(Duration::from_secs(1));
    let results: Vec<types::RpcResult> = script.take();
    let came: Vec<i64> = results.iter().map(|result| result.req_msg_id).collect();
    assert_eq!((came, script.ran()), (vec![first.0, second.0], 3));
    // What has its result already, is not waited for.
    let third = script.call(after(first, SMALL));
    script.result(third);
    // Nothing is left to be done.
    assert_eq!(script.dc.poll_timeout(), None);
}

#[test]
fn cf_09_a_request_that_was_overtaken_is_waited_for() {
    let mut script = Script::begun();
    let (first, seqno) = (script.id(), script.seqno(true));
    let second = script.call(after(first, SMALL));
    assert_eq!((script.take::<types::RpcResult>(), script.ran()), (vec![], 1));
    script.send_as(first, seqno, &SMALL);
    let results: Vec<types::RpcResult> = script.take();
    let came: Vec<i64> = results.iter().map(|result| result.req_msg_id).collect();
    assert_eq!(came, [first.0, second.0]);
}

#[test]
fn cf_09_all_that_are_named_are_waited_for_and_chains_are_followed() {
    let mut script = Script::begun();
    let ids = [script.call(SLOW), script.call(Take { bytes: 4, after: 2_000 })];
    let ping = script.send(&functions::Ping { ping_id: 1 });
    let msg_ids = vec![ids[0].0, ping.0, ids[1].0];
    let both = script.call(InvokeAfterMsgs { msg_ids, query: SMALL });
    let mut chain = vec![both];
    for _ in 0..100 {
        let last = *chain.last().unwrap();
        chain.push(script.call(after(last, SMALL)));
    }
    script.wait(Duration::from_secs(1));
    assert_eq!(script.take::<types::RpcResult>().len(), 1);
    script.wait(Duration::from_secs(1));
    let results: Vec<types::RpcResult> = script.take();
    let came: Vec<i64> = results.iter().map(|result| result.req_msg_id).collect();
    let expected: Vec<i64> = [ids[1]].iter().chain(&chain).map(|id| id.0).collect();
    assert_eq!(came, expected);
}

#[test]
fn after_one_that_failed_a_request_does_not_run() {
    let mut script = Script::begun();
    let first = script.call(Object::from(UNKNOWN.to_vec()));
    script.received();
    let second = script.call(after(first, SMALL));
    assert_eq!(script.error(second), failed());
    let third = script.call(after(second, SMALL));
    assert_eq!((script.error(third), script.ran()), (failed(), 1));
    // Nor one that waits when it fails.
    let (late, seqno) = (script.id(), script.seqno(true));
    let waiting = script.call(after(late, SMALL));
    script.received();
    script.send_as(late, seqno, &Object::from(UNKNOWN.to_vec()));
    assert_eq!((script.error(waiting), script.ran()), (failed(), 1));
}

#[test]
fn after_one_that_never_comes_a_request_is_given_up() {
    let mut script = Script::begun();
    let never = script.id();
    let ids = [script.call(after(never, SMALL)), script.call(after(never, SMALL))];
    let after_it = script.call(after(ids[1], SMALL));
    script.received();
    script.wait(Duration::from_secs(29));
    assert_eq!(script.received(), []);
    script.wait(Duration::from_secs(1));
    let results: Vec<types::RpcResult> = script.take();
    let errors: Vec<(i64, String)> = results
        .iter()
        .map(|result| {
            let error: types::RpcError = result.result.decode().unwrap();
            (result.req_msg_id, error.error_message)
        })
        .collect();
    let timeout = "MSG_WAIT_TIMEOUT".to_owned();
    let expected =
        [(ids[0].0, timeout.clone()), (ids[1].0, timeout), (after_it.0, "MSG_WAIT_FAILED".into())];
    assert_eq!((errors, script.ran()), (expected.to_vec(), 1));
    // One that comes late does not wake it.
    let (id, seqno) = (never, SeqNo(1));
    script.contain(&[(id, seqno, Object::new(&SMALL))]);
    assert_eq!(script.ran(), 1);
}

#[test]
fn after_one_of_which_nobody_knows_any_more_a_request_does_not_run() {
    let mut script = Script::begun();
    let first = script.call(SMALL);
    script.settle();
    script.dc.inject(script.now, Fault::ForgetMessages);
    let second = script.call(after(first, SMALL));
    assert_eq!((script.error(second), script.ran()), (failed(), 2));
}

#[test]
fn a_request_that_waits_can_be_taken_back_and_does_not_outlive_its_session() {
    let mut script = Script::begun();
    let never = script.id();
    let waiting = script.call(after(never, SMALL));
    let dropping = script.send(&functions::RpcDropAnswer { req_msg_id: waiting.0 });
    let running = crate::tl::mtproto::enums::RpcDropAnswer::RpcAnswerDroppedRunning;
    assert_eq!(script.result(dropping).decode(), Ok(running));
    script.dc.inject(script.now, Fault::ForgetSessions);
    assert_eq!(script.dc.poll_timeout(), None);
    script.call(SMALL);
    script.received();
    script.wait(Duration::from_secs(30));
    assert_eq!((script.received(), script.ran()), (vec![], 2));
}

#[test]
fn only_so_many_requests_wait() {
    let mut script = Script::begun();
    let never = script.id();
    let ids: Vec<MessageId> = (0..1_025).map(|_| script.call(after(never, SMALL))).collect();
    assert_eq!(script.error(ids[1_024]), (420, "FLOOD_WAIT_X".replace('X', "1")));
}
