//! What it costs when a key is said to be unknown, or is not bound.

use super::*;

impl Net {
    /// Over so many links, one after the other, the server says that it does not know the key, and nothing else.
    fn forget(&mut self, links: usize) {
        self.cut();
        for _ in 0..links {
            self.dial();
            let error = transport_error(TransportError::AUTH_KEY_NOT_FOUND);
            self.connection.handle_input(self.now, &error);
            self.cut();
        }
    }
}

#[test]
fn pfs_404_drops_the_temporary_key_only() {
    let (mut net, script) = with(|_| {});
    net.run();
    let (first, session) = (net.key(), net.connection.session().unwrap().id());
    let (safe, once) = (net.lost(Repeat::Safe), net.lost(Repeat::Once));
    let queued = net.echo(5);
    net.forget(2);
    net.wait_seconds(3);
    assert_eq!((net.echoed(queued), net.echoed(safe)), (5, 4));
    assert_eq!(net.answer(once), Some(Err(CallError::Unknown)));
    assert_eq!((net.over(), net.created().len()), (None, 1));
    assert_eq!(net.bound(), [first, net.key()]);
    assert_ne!(net.connection.session().unwrap().id(), session);
    let permanent = net.created()[0].auth_key.id().0;
    let script = script.lock().unwrap();
    assert!(script.binds.iter().all(|(.., bind)| bind.perm_auth_key_id == permanent));
}

#[test]
fn pfs_404_during_a_renewal_costs_the_new_key_and_not_the_one_in_use() {
    let (mut net, _) = lived(1_000);
    net.run();
    let first = net.key();
    net.wait_for_renewal();
    let call = net.lost(Repeat::Safe);
    net.connection.handle_input(net.now, &transport_error(TransportError::AUTH_KEY_NOT_FOUND));
    net.wait_seconds(50);
    let refused = ConnectionError::Refused(TransportError::AUTH_KEY_NOT_FOUND);
    assert_eq!((net.not_renewed(), net.key()), (vec![&refused], first));
    assert_eq!(net.echoed(call), 4);
    net.wait_seconds(20);
    assert_eq!(net.bound(), [first, net.key()]);
}

#[test]
fn pfs_404_before_the_binding_is_counted_as_a_refused_exchange() {
    let (mut net, _) = with(|config| config.stored = Some(stored()));
    let call = net.echo(4);
    for _ in 0..5 {
        let mut turns = Turns::default();
        while turns.count(net.connection.session().is_none()) {
            if !net.turn() {
                net.wake();
            }
        }
        net.forget(2);
    }
    net.run();
    let refused = ConnectionError::Refused(TransportError::AUTH_KEY_NOT_FOUND);
    assert_eq!(net.over(), Some(&refused));
    let closed = CallError::Closed { execution: Execution::Never, why: CloseReason::NoKey };
    assert_eq!(net.answer(call), Some(Err(closed)));
}

#[test]
fn pfs_404_again_and_again_neither_ends_the_connection_nor_keeps_it_exchanging() {
    let (mut net, _) = with(|_| {});
    net.run();
    for _ in 0..10 {
        net.forget(2);
        net.wait(Duration::from_millis(1_900));
        assert!(net.connection.session().is_none());
        net.wait_seconds(5);
        assert!(net.connection.session().is_some());
    }
    assert_eq!((net.over(), net.created().len(), net.bound().len()), (None, 1, 11));
}

#[test]
fn pfs_an_old_key_that_is_unknown_is_followed_by_another_at_once() {
    let (mut net, _) = with(|_| {});
    net.wait_seconds(100);
    net.forget(2);
    net.wait_seconds(1);
    assert_eq!(net.bound().len(), 2);
}

#[test]
fn pfs_neither_key_replaces_the_other() {
    let (mut net, script) = with(|config| config.stored = Some(stored()));
    {
        let mut script = script.lock().unwrap();
        script.answers.push_back(Err(refusal()));
        script.is_stubborn = true;
    }
    let (start, call) = (net.now, net.echo(4));
    net.wait_seconds(50);
    // A key that is young may not be known everywhere.
    assert_eq!(net.over(), None);
    net.wait_seconds(20);
    assert!(net.now.mono - start.mono > Duration::from_secs(62));
    assert_eq!(net.over(), Some(&ConnectionError::KeyUnknown));
    let closed = CallError::Closed { execution: Execution::Never, why: CloseReason::KeyUnknown };
    assert_eq!(net.answer(call), Some(Err(closed)));
    // No other permanent key was made, and each time another temporary one.
    assert!(net.created().is_empty() && net.bound().is_empty());
    let mut keys: Vec<KeyId> = script.lock().unwrap().binds.iter().map(|bind| bind.0).collect();
    keys.dedup();
    assert_eq!((keys.len(), net.disconnections().len()), (6, 0));
}

#[test]
fn pfs_a_refused_young_key_is_followed_by_another() {
    let (mut net, script) = with(|_| {});
    script.lock().unwrap().answers = [Err(refusal()), Err(refusal())].into();
    let call = net.echo(4);
    net.wait_seconds(10);
    assert_eq!((net.echoed(call), net.over(), net.created().len()), (4, None, 1));
    assert_eq!((net.bound().len(), script.lock().unwrap().binds.len()), (1, 3));
}

#[test]
fn pfs_a_refused_key_that_is_not_young_tells_that_the_permanent_one_is_unknown() {
    let (mut net, script) = with(|_| {});
    net.wait_seconds(61);
    {
        let mut script = script.lock().unwrap();
        (script.bound, script.answers) = (None, [Err(refusal())].into());
    }
    net.echo(4);
    net.run();
    assert_eq!(net.over(), Some(&ConnectionError::KeyUnknown));
}

#[test]
fn pfs_a_key_that_is_not_bound_any_more_is_bound_again_and_the_request_survives() {
    let (mut net, script) = with(|_| {});
    net.run();
    script.lock().unwrap().bound = None;
    let calls = [net.echo(4), net.echo(5)];
    net.run();
    assert_eq!(calls.map(|call| net.echoed(call)), [4, 5]);
    assert_eq!(net.bound(), [net.key(), net.key()]);
    assert_eq!(script.lock().unwrap().refused, 2);
}

#[test]
fn pfs_a_server_that_never_binds_is_the_end_after_five_keys() {
    let (mut net, script) = with(|_| {});
    {
        let mut script = script.lock().unwrap();
        script.answers.push_back(Ok(false));
        script.is_stubborn = true;
    }
    net.wait_seconds(10);
    assert_eq!(net.over(), Some(&ConnectionError::NotBound(BindError::False)));
    assert_eq!(script.lock().unwrap().binds.len(), 5);
}
