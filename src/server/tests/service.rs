//! The other service messages.

use super::*;
use crate::tl::mtproto::functions;

#[test]
fn sm_ping_delay_disconnect_closes_the_link_without_another_in_time() {
    let mut script = Script::begun();
    let ping = functions::PingDelayDisconnect { ping_id: 5, disconnect_delay: 75 };
    let id = script.send(&ping);
    assert_eq!(script.one::<types::Pong>(), types::Pong { msg_id: id.0, ping_id: 5 });
    script.wait(Duration::from_secs(60));
    script.send(&ping);
    assert_eq!(script.dc.poll_timeout(), Some(script.now.mono + Duration::from_secs(75)));
    script.wait(Duration::from_secs(74));
    assert!(script.is_open());
    script.wait(Duration::from_secs(1));
    assert!(!script.is_open());
    assert_eq!(script.dc.poll_timeout(), None);
    // The session is still there.
    script.reconnect();
    let id = script.send(&functions::Ping { ping_id: 6 });
    assert_eq!(script.take::<types::Pong>().last().unwrap().msg_id, id.0);
    assert_eq!(script.take::<types::NewSessionCreated>(), []);
}

#[test]
fn sm_http_wait_and_told_states_are_accepted() {
    let mut script = Script::begun();
    script.send(&functions::HttpWait { max_delay: 0, wait_after: 0, max_wait: 25_000 });
    script.send(&types::MsgsAllInfo { msg_ids: vec![1], info: vec![1].into() });
    script.send(&types::MsgsStateInfo { req_msg_id: 1, info: vec![1].into() });
    assert_eq!(script.received(), []);
}

#[test]
fn sm_destroy_session_forgets_another_session_of_the_key() {
    let mut script = Script::begun();
    script.session = SessionId(6);
    script.send(&functions::DestroySession { session_id: 5 });
    assert_eq!(script.one::<types::DestroySessionOk>().session_id, 5);
    for session_id in [5, 6] {
        script.send(&functions::DestroySession { session_id });
        assert_eq!(script.one::<types::DestroySessionNone>().session_id, session_id);
    }
}

#[test]
fn sm_destroy_auth_key_answers_and_forgets_the_key() {
    let mut script = Script::begun();
    script.send(&functions::DestroyAuthKey {});
    script.one::<types::DestroyAuthKeyOk>();
    script.call(SMALL);
    assert_eq!((script.received(), &script.errors[..]), (vec![], &[-404][..]));
    script.reconnect();
    script.call(SMALL);
    assert_eq!((script.received(), &script.errors[..]), (vec![], &[-404, -404][..]));
    assert_eq!(script.ran(), 1);
}

#[test]
fn the_tally_counts_what_is_inside_of_containers() {
    let mut script = Script::new();
    script.call(SMALL);
    script.received();
    let tally = script.dc.tally();
    let count = |id| tally.messages.get(&id).copied();
    for id in [
        types::MsgContainer::ID,
        types::NewSessionCreated::ID,
        types::RpcResult::ID,
        types::MsgsAck::ID,
    ] {
        assert_eq!(count(id), Some(1), "{id:x}");
    }
}
