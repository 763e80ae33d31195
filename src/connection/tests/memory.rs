//! What a burst took of memory is given back when it is over (P4).

use super::*;
use crate::connection::machine::{KEPT_EVENTS, KEPT_PACKET};

#[test]
fn p4_what_a_burst_of_large_requests_took_is_given_back() {
    for framing in Framing::ALL {
        let mut net = Net::with(framing, |_| {});
        net.run();
        for _ in 0..5 {
            let request = Request::new(&Echo(vec![7; 700_000].into())).uncompressed();
            let call = net.connection.call(net.now, request).unwrap();
            net.run();
            assert_eq!(net.echoed(call), 700_000);
        }
        let kept = net.connection.packet.capacity();
        assert!(kept <= KEPT_PACKET, "{framing}: {kept}");
    }
}

#[test]
fn p4_what_a_burst_of_events_took_is_given_back() {
    let mut net = Net::new();
    net.run();
    // As many as one packet may bring.
    for _ in 0..20_000 {
        net.connection.events.push_back(Event::Session(session::Event::Missed));
    }
    let mut turns = Turns::default();
    while turns.count(net.connection.poll_event().is_some()) {}
    assert!(net.connection.events.capacity() <= KEPT_EVENTS);
}
