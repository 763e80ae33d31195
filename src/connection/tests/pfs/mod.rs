//! Temporary keys, with a data centre whose binding a test scripts.

mod renewal;
mod unknown;
mod unsigned;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::*;
use crate::connection::keys::Phase;
use crate::crypto::{AuthKey, KeyId, MessageKey, message_key_v1};
use crate::rpc::RpcError;
use crate::session::BindError;
use crate::tl::Deserialize;
use crate::tl::mtproto::types::BindAuthKeyInner;
use crate::tl::wrap::functions::auth::BindTempAuthKey;

/// What the data centre does about temporary keys, and what it saw.
#[derive(Default)]
pub(super) struct Script {
    /// The answers to the next bindings; after these, true.
    answers: VecDeque<Result<bool, RpcError>>,
    /// Whether every binding has the last of these answers.
    is_stubborn: bool,
    /// The key that is bound: binding another takes its place.
    bound: Option<KeyId>,
    binds: Vec<(KeyId, i64, BindTempAuthKey)>,
    /// The keys of the requests, and those that were refused because the key is not bound.
    requests: Vec<KeyId>,
    refused: usize,
}

pub(super) type Shared = Arc<Mutex<Script>>;

pub(super) fn with(change: impl FnOnce(&mut Config)) -> (Net, Shared) {
    let script = Shared::default();
    let mut dispatcher = Dispatcher::new();
    dispatcher.script_bindings();
    let shared = script.clone();
    dispatcher.on(move |caller, bind: BindTempAuthKey| {
        let mut script = shared.lock().unwrap();
        script.binds.push((caller.key, caller.session.0, bind));
        let answer = match script.answers.front().cloned() {
            Some(answer) if script.is_stubborn => answer,
            _ => script.answers.pop_front().unwrap_or(Ok(true)),
        };
        if answer == Ok(true) {
            script.bound = Some(caller.key);
        }
        answer
    });
    let shared = script.clone();
    dispatcher.on(move |caller, Echo(bytes)| {
        let mut script = shared.lock().unwrap();
        if script.bound != Some(caller.key) {
            script.refused += 1;
            return Err(RpcError::parse(401, "AUTH_KEY_PERM_EMPTY"));
        }
        script.requests.push(caller.key);
        Ok(bytes)
    });
    let net = Net::with_dispatcher(Framing::Intermediate, dispatcher, |config| {
        config.pfs = Some(Pfs::default());
        change(config);
    });
    (net, script)
}

fn lived(seconds: u64) -> (Net, Shared) {
    with(|config| config.pfs = Some(Pfs { lifetime: Duration::from_secs(seconds) }))
}

pub(super) fn stored() -> StoredKey {
    let auth_key = AuthKey::from_bytes([9; 256]);
    StoredKey { auth_key, salt: crate::ids::Salt(1), time_offset: 0 }
}

fn refusal() -> RpcError {
    RpcError::parse(400, "ENCRYPTED_MESSAGE_INVALID")
}

impl Net {
    fn created(&self) -> Vec<StoredKey> {
        let created = |event: &Event| match event {
            Event::KeyCreated(stored) => Some((**stored).clone()),
            _ => None,
        };
        self.events.iter().filter_map(created).collect()
    }

    fn bound(&self) -> Vec<KeyId> {
        let bound = |event: &Event| match event {
            Event::KeyBound { key, .. } => Some(*key),
            _ => None,
        };
        self.events.iter().filter_map(bound).collect()
    }

    fn not_renewed(&self) -> Vec<&ConnectionError> {
        let mut all = Vec::new();
        for event in &self.events {
            if let Event::NotRenewed { why } = event {
                all.push(why);
            }
        }
        all
    }

    fn key(&self) -> KeyId {
        self.connection.session().unwrap().key_id()
    }

    /// A request that goes out and is lost on the way. What belongs to an exchange arrives.
    fn lost(&mut self, repeat: Repeat) -> CallId {
        let request = Request::new(&Echo(vec![7; 4].into())).with_repeat(repeat);
        let call = self.connection.call(self.now, request).unwrap();
        let mut frame = Vec::new();
        let mut turns = Turns::default();
        while turns.count(self.connection.poll_transmit(self.now, &mut frame)) {
            if frame[4..12] == [0; 8] {
                self.dc.handle_input(self.now, self.link.unwrap(), &frame);
            }
            frame.clear();
        }
        call
    }

    fn is_exchanging(&self) -> bool {
        self.connection.keys.exchange.is_some()
    }

    /// Time passes up to the moment at which a renewal begins.
    fn wait_for_renewal(&mut self) {
        let mut turns = Turns::default();
        while turns.count(!self.is_exchanging()) {
            self.wake();
            if !self.is_exchanging() {
                self.run();
            }
        }
    }

    fn wait_seconds(&mut self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }
}

#[test]
fn pfs_requests_wait_for_the_binding_and_go_over_the_temporary_key() {
    let (mut net, script) = with(|_| {});
    let calls: Vec<CallId> = (0..10).map(|length| net.echo(length)).collect();
    net.run();
    for (length, call) in calls.into_iter().enumerate() {
        assert_eq!(net.echoed(call), length);
    }
    let (created, bound) = (net.created(), net.bound());
    assert_eq!((created.len(), bound.len()), (1, 1));
    assert_ne!(created[0].auth_key.id(), bound[0]);
    let script = script.lock().unwrap();
    assert_eq!((script.requests.as_slice(), script.refused), (&[bound[0]; 10][..], 0));
    // The seven steps and six packets of the permanent key's exchange, and nothing of the other's.
    assert_eq!(net.events.iter().filter(|e| matches!(e, Event::Step(_))).count(), 7 + 6);
}

#[test]
fn pfs_a_stored_key_is_bound_and_not_used() {
    let (mut net, script) = with(|config| config.stored = Some(stored()));
    let call = net.echo(4);
    net.run();
    assert_eq!(net.echoed(call), 4);
    assert!(net.created().is_empty() && net.key() != stored().auth_key.id());
    assert_eq!(net.bound(), [net.key()]);
    assert!(!net.events.iter().any(|e| matches!(e, Event::Step(_))));
    assert_eq!(script.lock().unwrap().binds[0].2.perm_auth_key_id, stored().auth_key.id().0);
}

#[test]
fn em_14_the_message_inside_a_binding_names_both_keys_and_the_session() {
    let (mut net, script) = with(|config| config.stored = Some(stored()));
    net.run();
    let (key, session, bind) = script.lock().unwrap().binds[0].clone();
    let permanent = stored().auth_key;
    let encrypted = bind.encrypted_message.to_vec();
    assert_eq!(encrypted[..8], permanent.id().to_le_bytes());
    let msg_key = MessageKey(encrypted[8..24].try_into().unwrap());
    let mut plain = encrypted[24..].to_vec();
    message_key_v1::derive(&*toy(), &permanent, &msg_key).decrypt(&*toy(), &mut plain).unwrap();
    assert_eq!(message_key_v1::message_key(&*toy(), &plain[..72]).0, msg_key.0);
    assert_eq!((plain.len(), &plain[24..32]), (80, &[0, 0, 0, 0, 40, 0, 0, 0][..]));
    let inner = BindAuthKeyInner {
        nonce: bind.nonce,
        temp_auth_key_id: key.0,
        perm_auth_key_id: permanent.id().0,
        temp_session_id: session,
        expires_at: bind.expires_at,
    };
    assert_eq!(BindAuthKeyInner::from_bytes(&plain[32..72]), Ok(inner));
    let day = i32::try_from(net.now.unix.as_secs()).unwrap() + 24 * 3_600;
    assert!((day - 1..=day + 1).contains(&bind.expires_at), "{} {day}", bind.expires_at);
}

#[test]
fn equal_inputs_give_equal_outputs_with_temporary_keys() {
    let run = || {
        let (mut net, _) = lived(100);
        for length in 0..20 {
            net.echo(length);
            net.wait_seconds(30);
        }
        format!("{:?}", net.events)
    };
    assert_eq!(run(), run());
}

#[test]
fn pfs_a_link_that_breaks_before_the_answer_binds_again_over_the_next() {
    let (mut net, script) = with(|_| {});
    let call = net.echo(4);
    let mut turns = Turns::default();
    while turns.count(net.connection.session().is_none()) {
        net.turn();
    }
    let key = net.key();
    let mut turns = Turns::default();
    while turns.count(net.connection.poll_transmit(net.now, &mut Vec::new())) {}
    net.cut();
    net.wait_seconds(1);
    assert_eq!((net.echoed(call), net.bound()), (4, vec![key]));
    assert_eq!(script.lock().unwrap().binds.len(), 1);
}

#[test]
fn pfs_a_key_that_expired_without_a_link_is_not_used() {
    let (mut net, script) = lived(100);
    net.run();
    let first = net.key();
    let once = net.lost(Repeat::Once);
    let safe = net.lost(Repeat::Safe);
    net.close_link();
    net.connection.handle_disconnected(net.now, Disconnected::Eof);
    // Nobody dials.
    net.now = net.now.after(Duration::from_secs(101));
    net.connection.handle_timeout(net.now);
    assert!(matches!(net.connection.keys.phase, Phase::Waiting(_)));
    net.run();
    assert_eq!((net.answer(once), net.echoed(safe)), (Some(Err(CallError::Unknown)), 4));
    assert_eq!((net.bound().len(), net.created().len()), (2, 1));
    assert_ne!(net.key(), first);
    assert_eq!(script.lock().unwrap().refused, 0);
}

#[test]
fn pfs_salts_belong_to_the_temporary_key_and_are_not_told() {
    let (mut net, _) = with(|_| {});
    net.run();
    for _ in 0..120 {
        net.wait_seconds(1_000);
        let call = net.echo(3);
        net.run();
        assert_eq!(net.echoed(call), 3);
    }
    let is_salt = |event: &Event| {
        use session::Event::{FutureSalts, Salt};
        matches!(event, Event::Session(Salt(_) | FutureSalts(_)))
    };
    assert!(!net.events.iter().any(is_salt));
    assert_eq!((net.connection.session().unwrap().counters().resent, net.bound().len()), (0, 2));
}

#[test]
fn pfs_late_packets_of_a_key_that_was_replaced_do_no_harm() {
    let (mut net, _) = lived(1_000);
    net.run();
    let first = net.key();
    net.wait_seconds(960);
    assert_ne!(net.key(), first);
    let mut late = vec![80, 0, 0, 0];
    late.extend_from_slice(&first.to_le_bytes());
    late.resize(84, 7);
    net.connection.handle_input(net.now, &late);
    net.run();
    assert_eq!(net.disconnections().len(), 0);
}

#[test]
fn pfs_closing_ends_what_waits_for_the_binding() {
    let (mut net, _) = with(|_| {});
    let call = net.echo(4);
    let mut turns = Turns::default();
    while turns.count(net.connection.session().is_none()) {
        net.turn();
    }
    net.connection.close(net.now);
    net.run();
    let closed = CallError::Closed { execution: Execution::Never, why: CloseReason::Closed };
    assert_eq!((net.answer(call), net.over()), (Some(Err(closed)), Some(&ConnectionError::Closed)));
    assert_eq!(net.connection.poll_timeout(), None);
}

#[test]
fn pfs_no_secret_is_printed() {
    let (mut net, _) = with(|_| {});
    net.run();
    let shown = format!("{:?}{:?}", net.connection, net.events);
    let created = net.created();
    let key: Vec<String> = created[0].auth_key.expose()[..16].iter().map(u8::to_string).collect();
    assert!(!shown.contains(&key.join(", ")));
}
#[test]
fn pfs_a_link_that_breaks_at_any_turn_loses_no_request_and_makes_no_other_permanent_key() {
    for turns in 0..30 {
        let (mut net, script) = with(|_| {});
        let call = net.echo(4);
        for _ in 0..turns {
            net.turn();
        }
        net.cut();
        net.wait_seconds(5);
        assert_eq!((net.echoed(call), net.created().len()), (4, 1), "{turns}");
        assert_eq!(script.lock().unwrap().refused, 0);
    }
}
