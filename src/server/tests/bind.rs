//! Temporary keys: bound, not bound, bound wrongly.

use super::*;
use crate::crypto::message_key_v1;
use crate::tl::mtproto::types::BindAuthKeyInner;
use crate::tl::wrap::functions::{InvokeWithLayer, auth::BindTempAuthKey};

/// `help.getConfig`, which the data centre has no handler for.
const GET_CONFIG: [u8; 4] = 0xc4f9_186b_u32.to_le_bytes();

/// A script with a temporary key, and its permanent one.
pub(super) fn temporary() -> (Script, AuthKey, i32) {
    temporary_with(Strictness::Strict)
}

pub(super) fn temporary_with(strictness: Strictness) -> (Script, AuthKey, i32) {
    let mut script = Script::with(strictness);
    let perm = script.key.clone();
    script.key = AuthKey::from_bytes([9; 256]);
    let end = START.unix + Duration::from_secs(1_000);
    script.dc.add_key(START, script.key.clone(), SALT, Some(end));
    (script, perm, end.as_secs() as i32)
}

/// Binds the key, if `change` does not make that impossible.
pub(super) fn bind(
    script: &mut Script,
    perm: &AuthKey,
    expires_at: i32,
    change: impl FnOnce(&mut BindAuthKeyInner, &mut MessageId, &mut Vec<u8>),
) -> MessageId {
    let (id, seqno) = (script.id(), script.seqno(true));
    let mut inner = BindAuthKeyInner {
        nonce: 3,
        temp_auth_key_id: script.key.id().0,
        perm_auth_key_id: perm.id().0,
        temp_session_id: script.session.0,
        expires_at,
    };
    let (mut inner_id, mut tail) = (id, vec![0; 8]);
    change(&mut inner, &mut inner_id, &mut tail);
    let mut message = vec![1; 16];
    message.extend(inner_id.0.to_le_bytes());
    message.extend([0; 4]);
    message.extend(40_i32.to_le_bytes());
    message.extend(inner.to_bytes());
    let msg_key = message_key_v1::message_key(&Toy, &message);
    message.extend(tail);
    message_key_v1::derive(&Toy, perm, &msg_key).encrypt(&Toy, &mut message).unwrap();
    let encrypted = [&perm.id().to_le_bytes()[..], &msg_key.0, &message].concat();
    let request = BindTempAuthKey {
        perm_auth_key_id: perm.id().0,
        nonce: 3,
        expires_at,
        encrypted_message: encrypted.into(),
    };
    script.send_as(id, seqno, &request);
    id
}

#[test]
fn em_14_a_bound_key_acts_for_the_permanent_one() {
    let (mut script, perm, end) = temporary();
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.result(id).decode(), Ok(true));
    let bound = DcEvent::KeyBound { temp: script.key.id(), perm: perm.id() };
    assert!(script.dc.take_events().contains(&bound));
    let id = script.call(SMALL);
    script.result(id);
    assert_eq!(script.ran(), 1);
    // Until it expires.
    script.wait(Duration::from_secs(1_000));
    script.call(SMALL);
    assert_eq!((script.received(), &script.errors[..]), (vec![], &[-404][..]));
}

#[test]
fn an_unbound_key_may_only_ask_for_the_configuration() {
    let (mut script, ..) = temporary();
    let id = script.call(InvokeWithLayer { layer: 1, query: SMALL });
    assert_eq!(script.error(id), (401, "AUTH_KEY_PERM_EMPTY".to_owned()));
    let config = Object::from(GET_CONFIG.to_vec());
    let id = script.call(InvokeWithLayer { layer: 1, query: config });
    assert_eq!(script.error(id), (400, "INPUT_METHOD_INVALID".to_owned()));
    assert_eq!(script.ran(), 0);
}

#[test]
fn em_14_whatever_is_not_as_it_should_be_is_encrypted_message_invalid() {
    type Change = fn(&mut BindAuthKeyInner, &mut MessageId, &mut Vec<u8>);
    let changes: [Change; 7] = [
        |inner, _, _| inner.nonce += 1,
        |inner, _, _| inner.temp_auth_key_id += 1,
        |inner, _, _| inner.perm_auth_key_id += 1,
        |inner, _, _| inner.temp_session_id += 1,
        |inner, _, _| inner.expires_at += 1,
        |_, id, _| id.0 += 4,
        |_, _, tail| tail.extend([0; 16]),
    ];
    for change in changes {
        let (mut script, perm, end) = temporary();
        let id = bind(&mut script, &perm, end, change);
        assert_eq!(script.error(id), (400, "ENCRYPTED_MESSAGE_INVALID".to_owned()));
    }
    let (mut script, _, end) = temporary();
    let unknown = AuthKey::from_bytes([1; 256]);
    let id = bind(&mut script, &unknown, end, |_, _, _| {});
    assert_eq!(script.error(id), (400, "ENCRYPTED_MESSAGE_INVALID".to_owned()));
}

#[test]
fn em_14_a_handler_is_asked_about_valid_bindings_alone_and_may_refuse_them() {
    let (mut script, perm, end) = temporary();
    let asked = Arc::new(AtomicU32::new(0));
    let counter = asked.clone();
    script.dc.dispatcher.on(move |_, _: BindTempAuthKey| {
        match counter.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(false),
            1 => Err(crate::rpc::RpcError::parse(420, "FLOOD_WAIT_3")),
            _ => Ok(true),
        }
    });
    // One that is not valid binds nothing, whatever a handler would say, and a key that is not bound calls nothing.
    let id = bind(&mut script, &perm, end, |inner, _, _| inner.nonce += 1);
    assert_eq!(script.error(id), (400, "ENCRYPTED_MESSAGE_INVALID".to_owned()));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.result(id).decode(), Ok(false));
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.error(id), (420, "FLOOD_WAIT_3".to_owned()));
    let id = script.call(SMALL);
    assert_eq!(script.error(id), (401, "AUTH_KEY_PERM_EMPTY".to_owned()));
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.result(id).decode(), Ok(true));
    let id = script.call(SMALL);
    script.result(id);
}

#[test]
fn only_temporary_keys_are_bound_in_time_and_to_one() {
    let (mut script, perm, end) = temporary();
    let id = bind(&mut script, &perm, 1, |_, _, _| {});
    assert_eq!(script.error(id).1, "EXPIRES_AT_INVALID");
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    script.result(id);
    let other = AuthKey::from_bytes([1; 256]);
    script.dc.add_key(START, other.clone(), SALT, None);
    let id = bind(&mut script, &other, end, |_, _, _| {});
    assert_eq!(script.error(id).1, "TEMP_AUTH_KEY_ALREADY_BOUND");
    // A permanent key is none.
    let first = std::mem::replace(&mut script.key, other.clone());
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.error(id).1, "TEMP_AUTH_KEY_EMPTY");
    // Another one takes the first one's place.
    script.key = AuthKey::from_bytes([2; 256]);
    let expiry = Some(Duration::from_secs(end as u64));
    script.dc.add_key(START, script.key.clone(), SALT, expiry);
    let id = bind(&mut script, &perm, end, |_, _, _| {});
    assert_eq!(script.result(id).decode(), Ok(true));
    script.key = first;
    let id = script.call(SMALL);
    assert_eq!(script.error(id).1, "AUTH_KEY_PERM_EMPTY");
}
