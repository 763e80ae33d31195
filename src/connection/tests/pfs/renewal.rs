//! A key is followed by another before it expires.

use super::*;

#[test]
fn pfs_renewal_happens_between_75_and_95_percent_and_requests_go_on() {
    let (mut net, script) = lived(1_000);
    net.run();
    let first = net.key();
    net.wait_seconds(749);
    assert_eq!(net.bound(), [first]);
    net.wait_seconds(202);
    assert_eq!(net.bound(), [first, net.key()]);
    for _ in 0..100 {
        let call = net.echo(3);
        net.wait_seconds(50);
        assert_eq!(net.echoed(call), 3);
    }
    // Six more lives, none of which ended by expiring.
    assert!(net.bound().len() >= 7, "{}", net.bound().len());
    assert_eq!((net.created().len(), net.disconnections().len()), (1, 0));
    assert_eq!(script.lock().unwrap().refused, 0);
}

#[test]
fn pfs_renewal_waits_for_requests_under_way() {
    let (mut net, script) = lived(1_000);
    net.run();
    let first = net.key();
    net.wait_for_renewal();
    let call = net.lost(Repeat::Safe);
    net.wait_seconds(20);
    // There is a key, and it is not bound yet. Other requests do not wait.
    let other = net.echo(5);
    net.run();
    assert!(!net.is_exchanging() && net.answer(call).is_none());
    assert_eq!((net.echoed(other), net.bound()), (5, vec![first]));
    // The server is asked about a request after half a minute.
    net.wait_seconds(30);
    assert_eq!((net.echoed(call), net.bound()), (4, vec![first, net.key()]));
    assert_eq!((script.lock().unwrap().refused, net.disconnections().len()), (0, 0));
}

#[test]
fn pfs_renewal_shortly_before_the_end_takes_what_is_queued_and_ends_what_is_under_way() {
    let (mut net, script) = lived(100);
    net.run();
    net.wait_for_renewal();
    let (safe, once) = (net.lost(Repeat::Safe), net.lost(Repeat::Once));
    net.run();
    // The key ends at 101 by this clock: nothing new goes out from 99 on, and at 100 there is another.
    net.wait(Duration::from_millis(99_500) - net.now.mono);
    let queued = net.echo(5);
    net.run();
    assert_eq!((net.answer(queued), net.bound().len()), (None, 1));
    net.wait_seconds(1);
    assert_eq!((net.echoed(queued), net.echoed(safe), net.bound().len()), (5, 4, 2));
    // SM-X1: nobody knows whether it ran.
    assert_eq!(net.answer(once), Some(Err(CallError::Unknown)));
    assert_eq!((script.lock().unwrap().refused, net.disconnections().len()), (0, 0));
}

#[test]
fn pfs_renewal_that_fails_leaves_the_session_as_it_is_and_is_tried_again() {
    let (mut net, script) = lived(10_000);
    net.run();
    let first = net.key();
    let flood = RpcError::parse(420, "FLOOD_WAIT_300");
    script.lock().unwrap().answers = [Ok(false), Err(flood.clone())].into();
    net.wait_seconds(9_500);
    let errors = [BindError::False, BindError::Rpc(flood)].map(ConnectionError::NotBound);
    assert_eq!(net.not_renewed(), errors.iter().collect::<Vec<_>>());
    let call = net.echo(4);
    net.wait_seconds(400);
    assert_eq!((net.echoed(call), net.over(), net.bound().len()), (4, None, 2));
    assert_ne!(net.key(), first);
    assert_eq!(script.lock().unwrap().refused, 0);
}

#[test]
fn pfs_renewal_that_is_disturbed_costs_neither_the_session_nor_the_link() {
    let (mut net, _) = lived(1_000);
    net.run();
    let first = net.key();
    net.wait_for_renewal();
    // A plain message that is no answer.
    let mut plain = vec![40, 0, 0, 0];
    plain.resize(44, 0);
    net.connection.handle_input(net.now, &plain);
    net.run();
    assert!(matches!(net.not_renewed()[..], [ConnectionError::Handshake(_)]));
    assert_eq!((net.disconnections().len(), net.key()), (0, first));
    net.wait_seconds(61);
    assert_eq!(net.bound(), [first, net.key()]);
}

#[test]
fn pfs_renewal_goes_on_over_another_link_wherever_one_breaks() {
    for turns in 0..15 {
        let (mut net, script) = lived(1_000);
        net.run();
        net.wait_for_renewal();
        let first = net.key();
        for _ in 0..turns {
            net.turn();
        }
        let call = net.echo(4);
        net.cut();
        net.wait_seconds(5);
        assert_eq!((net.echoed(call), net.bound()), (4, vec![first, net.key()]), "{turns}");
        assert_eq!((script.lock().unwrap().refused, net.created().len()), (0, 1));
    }
}

#[test]
fn pfs_what_the_former_session_has_to_say_while_the_other_key_is_bound_is_heard() {
    let (mut net, _) = lived(1_000);
    net.run();
    let first = net.key();
    net.wait_for_renewal();
    let is_stepped_back = |net: &Net| {
        net.connection.keys.temporary.as_ref().is_some_and(|temporary| temporary.has_former())
    };
    let mut turns = Turns::default();
    while turns.count(!is_stepped_back(&net)) {
        if !net.turn() {
            net.wake();
        }
    }
    net.events.clear();
    // The server has not seen the binding yet, and pushes over the key that it knows.
    let update = Echo(vec![7; 8].into());
    assert!(net.dc.push_to_latest(net.now, first, &update));
    net.run();
    let is_told = |event: &Event| matches!(event, Event::Session(session::Event::Update(told)) if told.as_bytes() == update.to_bytes());
    assert!(net.events.iter().any(is_told), "{:?}", net.events);
    assert_ne!(net.key(), first);
    assert_eq!(net.bound(), [net.key()]);
}
