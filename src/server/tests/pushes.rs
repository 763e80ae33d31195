//! What nobody asked for reaches a session by its permanent key, whichever temporary key it has.

use super::bind::{bind, temporary_with};
use super::*;

/// Adds a temporary key; the script has it from now on.
fn renew(script: &mut Script, number: u8) -> AuthKey {
    let key = AuthKey::from_bytes([number; 256]);
    let end = START.unix + Duration::from_secs(1_000);
    script.dc.add_key(START, key.clone(), SALT, Some(end));
    std::mem::replace(&mut script.key, key)
}

fn bound(strictness: Strictness) -> (Script, AuthKey, i32) {
    let (mut script, perm, end) = temporary_with(strictness);
    bind_now(&mut script, &perm, end);
    (script, perm, end)
}

fn bind_now(script: &mut Script, perm: &AuthKey, end: i32) {
    let id = bind(script, perm, end, |_, _, _| {});
    assert_eq!(script.result(id).decode(), Ok(true));
}

fn news(number: u8) -> Bytes {
    vec![number; 3].into()
}

/// Whether the session at hand got it, and nothing else is among what it got.
fn got(script: &mut Script, number: u8) -> bool {
    script.received().iter().any(|message| message.body.decode() == Ok(news(number)))
}

const BOTH: [Strictness; 2] = [Strictness::Strict, Strictness::Lenient];

#[test]
fn a_push_by_the_key_that_handlers_are_told_reaches_a_bound_session() {
    for strictness in BOTH {
        let (mut script, perm, _) = bound(strictness);
        let callers = Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = callers.clone();
        script.dc.dispatcher.on(move |caller, _: Take| {
            heard.lock().unwrap().push((caller.key, caller.session));
            Ok(Bytes::default())
        });
        script.call(SMALL);
        script.received();
        let (key, session) = callers.lock().unwrap()[0];
        assert_eq!(key, perm.id());
        assert!(script.dc.push(script.now, key, session, &news(1)));
        assert!(got(&mut script, 1));
        assert!(script.dc.push_to_latest(script.now, key, &news(2)));
        assert!(got(&mut script, 2));
        // By the temporary key too, as the link tells it.
        let (key, session) = script.dc.session_of(script.link).unwrap();
        assert_eq!(key, script.key.id());
        assert!(script.dc.push(script.now, key, session, &news(3)));
        assert!(got(&mut script, 3));
        // It is kept as others are.
        script.reconnect();
        script.send(&types::MsgsAck { msg_ids: vec![] });
        assert!(got(&mut script, 3));
    }
}

#[test]
fn a_permanent_key_without_temporary_ones_has_its_sessions() {
    let mut script = Script::begun();
    let (key, session) = (script.key.id(), script.session);
    assert!(script.dc.push(script.now, key, session, &news(1)) && got(&mut script, 1));
    assert!(script.dc.push_to_latest(script.now, key, &news(2)) && got(&mut script, 2));
    assert!(!script.dc.push(script.now, key, SessionId(6), &news(3)));
    let nobody = AuthKey::from_bytes([3; 256]).id();
    assert!(!script.dc.push_to_latest(script.now, nobody, &news(3)));
}

#[test]
fn two_temporary_keys_of_one_permanent_key_have_their_own_sessions() {
    let (mut script, perm, end) = bound(Strictness::Lenient);
    script.session = SessionId(5);
    let (first_link, first_wire) = (script.link, wire());
    let first_key = renew(&mut script, 2);
    let first_wire = std::mem::replace(&mut script.wire, first_wire);
    script.connect();
    script.session = SessionId(6);
    bind_now(&mut script, &perm, end);
    // Both call.
    let id = script.call(SMALL);
    script.result(id);
    assert!(script.dc.push(script.now, perm.id(), SessionId(6), &news(6)));
    assert!(got(&mut script, 6));
    assert!(script.dc.push(script.now, perm.id(), SessionId(5), &news(5)));
    assert!(!got(&mut script, 5));
    // The latest is the second's.
    assert!(script.dc.push_to_latest(script.now, perm.id(), &news(7)) && got(&mut script, 7));
    script.link = first_link;
    script.wire = first_wire;
    script.key = first_key;
    script.session = SessionId(5);
    assert!(got(&mut script, 5));
    let id = script.call(SMALL);
    script.result(id);
    assert!(script.dc.push_to_latest(script.now, perm.id(), &news(8)) && got(&mut script, 8));
}

#[test]
fn after_another_key_was_bound_pushes_go_there() {
    for strictness in BOTH {
        // The same session goes on with it, as with mtcute, or another one does.
        for session in [SessionId(5), SessionId(9)] {
            let (mut script, perm, end) = bound(strictness);
            let before = script.session;
            renew(&mut script, 2);
            script.session = session;
            bind_now(&mut script, &perm, end);
            script.received_of_any();
            assert!(script.dc.push_to_latest(script.now, perm.id(), &news(1)));
            assert!(got(&mut script, 1));
            assert!(script.dc.push(script.now, perm.id(), session, &news(2)));
            assert!(got(&mut script, 2));
            // The key of before is bound no more, if one may be alone.
            let is_there = session == before || strictness == Strictness::Lenient;
            assert_eq!(script.dc.push(script.now, perm.id(), before, &news(3)), is_there);
        }
    }
}

#[test]
fn keys_that_act_for_none_get_nothing_that_is_for_it() {
    for strictness in BOTH {
        // Never bound.
        let (mut script, perm, end) = temporary_with(strictness);
        let id = script.call(SMALL);
        script.error(id);
        assert!(!script.dc.push(script.now, perm.id(), script.session, &news(1)));
        assert!(!script.dc.push_to_latest(script.now, perm.id(), &news(1)));
        // Expired.
        bind_now(&mut script, &perm, end);
        assert!(script.dc.push(script.now, perm.id(), script.session, &news(1)));
        script.wait(Duration::from_secs(1_000));
        assert!(!script.dc.push(script.now, perm.id(), script.session, &news(1)));
        assert!(!script.dc.push_to_latest(script.now, perm.id(), &news(1)));
        // Of a permanent key that was destroyed.
        let (mut script, perm, _) = bound(strictness);
        let temp = std::mem::replace(&mut script.key, perm.clone());
        script.connect();
        script.send(&crate::tl::mtproto::functions::DestroyAuthKey {});
        script.received_of_any();
        script.reconnect();
        script.key = temp;
        assert!(!script.dc.push(script.now, perm.id(), script.session, &news(1)));
    }
}

/// What goes to the session that asked once, or else to the one that its key used last: `updateLoginToken` does, which is for whoever
/// shows a QR code.
mod answers_of_later {
    use super::*;

    use crate::crypto::KeyId;

    type Asked = Arc<std::sync::Mutex<Option<(KeyId, SessionId)>>>;

    /// Remembers who asks.
    fn listen(script: &mut Script) -> Asked {
        let asked = Asked::default();
        let heard = asked.clone();
        script.dc.dispatcher.on(move |caller, _: Take| {
            *heard.lock().unwrap() = Some((caller.key, caller.session));
            Ok(Bytes::default())
        });
        asked
    }

    fn ask(script: &mut Script) {
        let id = script.call(SMALL);
        script.result(id);
    }

    /// Sends it, and tells how often the session at hand hears of it.
    fn tell(script: &mut Script, asked: &Asked) -> usize {
        let (key, session) = asked.lock().unwrap().unwrap();
        let _ = script.dc.push(script.now, key, session, &news(1))
            || script.dc.push_to_latest(script.now, key, &news(1));
        heard(script)
    }

    fn heard(script: &mut Script) -> usize {
        let all = script.received_of_any();
        all.iter().filter(|(_, message)| message.body.decode() == Ok(news(1))).count()
    }

    #[test]
    fn it_comes_with_the_permanent_key() {
        let mut script = Script::begun();
        let asked = listen(&mut script);
        ask(&mut script);
        assert_eq!(tell(&mut script, &asked), 1);
    }

    #[test]
    fn it_comes_with_a_temporary_key() {
        for strictness in BOTH {
            let (mut script, ..) = bound(strictness);
            let asked = listen(&mut script);
            ask(&mut script);
            assert_eq!(tell(&mut script, &asked), 1);
        }
    }

    #[test]
    fn it_comes_to_the_connection_that_asked_and_to_no_other() {
        let (mut script, perm, end) = bound(Strictness::Lenient);
        let asked = listen(&mut script);
        ask(&mut script);
        let (link, session) = (script.link, script.session);
        let key = renew(&mut script, 2);
        let wire = std::mem::replace(&mut script.wire, wire());
        script.connect();
        script.session = SessionId(6);
        bind_now(&mut script, &perm, end);
        assert_eq!(tell(&mut script, &asked), 0);
        (script.link, script.session, script.key, script.wire) = (link, session, key, wire);
        assert_eq!(heard(&mut script), 1);
    }

    #[test]
    fn it_comes_after_the_temporary_key_was_replaced() {
        for strictness in BOTH {
            for session in [SessionId(5), SessionId(9)] {
                let (mut script, perm, end) = bound(strictness);
                let asked = listen(&mut script);
                ask(&mut script);
                // The session of before is there still, if several keys may be.
                if strictness == Strictness::Lenient {
                    let (key, id) = (script.key.id(), script.session);
                    script.dc.sessions.remove((key, id));
                }
                renew(&mut script, 2);
                script.session = session;
                bind_now(&mut script, &perm, end);
                assert_eq!(tell(&mut script, &asked), 1, "{strictness:?} {session:?}");
            }
        }
    }

    #[test]
    fn it_does_not_come_to_a_key_that_is_not_bound() {
        let (mut script, _, end) = bound(Strictness::Strict);
        let asked = listen(&mut script);
        ask(&mut script);
        // Another client has the permanent key act through another one.
        let perm = AuthKey::from_bytes(SeededEntropy::new(1).array());
        let key = renew(&mut script, 2);
        script.session = SessionId(8);
        bind_now(&mut script, &perm, end);
        script.key = key;
        script.session = SessionId(5);
        script.connect();
        let id = script.call(SMALL);
        assert_eq!(script.error(id).1, "AUTH_KEY_PERM_EMPTY");
        assert_eq!(tell(&mut script, &asked), 0);
    }
}
