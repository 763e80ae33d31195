//! A temporary key's session: nothing is asked before the key is bound.

use super::*;
use crate::crypto::message_key_v1;
use crate::rpc::RpcError;
use crate::session::BindError;
use crate::tl::Identifiable;
use crate::tl::wrap::functions::auth::BindTempAuthKey;

fn permanent() -> AuthKey {
    AuthKey::from_bytes([9; 256])
}

fn binding() -> Test {
    let mut test = Test::new();
    test.session.bind(permanent(), 77);
    test
}

/// The binding that a packet is, and the id and the session that the message inside has.
fn bind(test: &mut Test) -> (Packet, BindTempAuthKey, i64, types::BindAuthKeyInner) {
    let packet = test.sent().expect("a binding");
    assert_eq!((packet.messages.len(), packet.seqno & 1), (1, 1));
    let bind: BindTempAuthKey = packet.messages[0].decode();
    let encrypted = bind.encrypted_message.to_vec();
    let msg_key = crate::crypto::MessageKey(encrypted[8..24].try_into().unwrap());
    let mut plain = encrypted[24..].to_vec();
    let aes = message_key_v1::derive(&*test.suite, &permanent(), &msg_key);
    aes.decrypt(&*test.suite, &mut plain).unwrap();
    let id = i64::from_le_bytes(plain[16..24].try_into().unwrap());
    let inner = types::BindAuthKeyInner::from_bytes(&plain[32..72]).unwrap();
    (packet, bind, id, inner)
}

fn answer(test: &mut Test, message: MessageId, result: &impl Serialize) {
    let result = Object::new(result);
    test.say(&types::RpcResult { req_msg_id: message.0, result }).unwrap();
}

#[test]
fn em_14_the_message_inside_has_the_id_of_the_one_outside() {
    let mut test = binding();
    test.ping(1);
    let (packet, bind, id, inner) = bind(&mut test);
    assert_eq!((id, inner.temp_session_id), (packet.id.0, packet.session.0));
    assert_eq!((inner.temp_auth_key_id, bind.expires_at), (test.key.id().0, 77));
    assert_eq!((inner.nonce, inner.perm_auth_key_id), (bind.nonce, permanent().id().0));
    // The request waits.
    assert!(test.sent().is_none());
    answer(&mut test, packet.id, &true);
    assert_eq!(test.session.poll_bound(), Some(Ok(())));
    assert!(test.sent().unwrap().messages.iter().any(Sent::is::<functions::Ping>));
}

#[test]
fn pfs_requests_wait_until_the_answer_is_true() {
    let mut test = binding();
    let call = test.ping(1);
    let (packet, ..) = bind(&mut test);
    let error = types::RpcError { error_code: 400, error_message: "A".to_owned() };
    answer(&mut test, packet.id, &error);
    let refused = BindError::Rpc(RpcError::parse(400, "A"));
    assert_eq!(test.session.poll_bound(), Some(Err(refused)));
    assert!(test.events().is_empty());
    assert!(test.sent().is_none(), "a key that is not bound carries nothing");
    let mut calls = test.session.take_calls();
    calls.close();
    let closed = CallError::Closed {
        execution: crate::rpc::Execution::Never,
        why: crate::rpc::CloseReason::Closed,
    };
    assert_eq!(calls.poll_event(), Some(failed(call, closed)));
}

#[test]
fn pfs_a_binding_with_the_wrong_salt_is_made_anew_with_another_id() {
    let mut test = binding();
    let (first, ..) = bind(&mut test);
    let notice = types::BadServerSalt {
        bad_msg_id: first.id.0,
        bad_msg_seqno: 1,
        error_code: 48,
        new_server_salt: 99,
    };
    test.say(&notice).unwrap();
    let (second, _, id, _) = bind(&mut test);
    assert_eq!((second.salt, id), (Salt(99), second.id.0));
    assert_ne!(first.id, second.id);
}

#[test]
fn pfs_a_binding_in_a_new_session_names_that_one() {
    let mut test = binding();
    let (first, ..) = bind(&mut test);
    let notice =
        types::BadMsgNotification { bad_msg_id: first.id.0, bad_msg_seqno: 1, error_code: 32 };
    test.say(&notice).unwrap();
    let (second, _, _, inner) = bind(&mut test);
    assert_ne!(first.session, second.session);
    assert_eq!(inner.temp_session_id, second.session.0);
}

#[test]
fn pfs_a_binding_is_made_again_after_silence_and_over_another_link() {
    let mut test = binding();
    let (first, ..) = bind(&mut test);
    assert!(test.sent().is_none());
    test.now = test.now.after(Duration::from_secs(10));
    assert_eq!(test.session.poll_timeout(), Some(test.now.mono));
    let (second, ..) = bind(&mut test);
    test.session.handle_disconnected();
    test.session.handle_connected(test.now);
    let (third, ..) = bind(&mut test);
    assert!(first.id < second.id && second.id < third.id);
    assert!(third.messages[0].body.starts_with(&BindTempAuthKey::ID.to_le_bytes()));
}

#[test]
fn pfs_a_held_session_sends_what_is_under_way_and_nothing_new() {
    let mut test = Test::new();
    test.ping(1);
    test.sent().unwrap();
    assert!(test.session.is_under_way());
    test.session.hold(true);
    let call = test.ping(2);
    assert!(test.sent().is_none() && test.session.is_held());
    let calls = test.session.take_calls();
    assert!(!test.session.is_under_way());
    test.session.hold(false);
    test.session.put_calls(calls);
    let packet = test.sent().unwrap();
    assert_eq!(packet.messages.len(), 2);
    test.session.cancel(test.now, call);
}
