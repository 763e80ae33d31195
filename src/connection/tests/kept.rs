//! A new key that is not used before it was stored.

use super::*;
use crate::connection::Pfs;

fn created(net: &Net) -> usize {
    net.events.iter().filter(|event| matches!(event, Event::KeyCreated(_))).count()
}

#[test]
fn cf_22_a_new_key_is_not_used_before_it_is_kept() {
    for pfs in [None, Some(Pfs::default())] {
        let mut net = Net::with(Framing::Intermediate, |config| {
            config.hold_new_key = true;
            config.pfs = pfs;
        });
        let call = net.echo(100);
        net.run();
        // Whatever passes meanwhile, links that break among it, no packet is sent with the key, and no other key is made.
        for _ in 0..5 {
            net.wait(Duration::from_secs(20));
            net.cut();
            net.wait(Duration::from_secs(20));
        }
        assert_eq!((created(&net), net.dc.sessions().count()), (1, 0));
        assert_eq!(net.answer(call), None);
        net.connection.key_kept(net.now);
        net.run();
        assert_eq!(net.echoed(call), 100);
        assert_eq!(created(&net), 1);
        // To be told twice changes nothing.
        net.connection.key_kept(net.now);
        net.run();
        assert_eq!(created(&net), 1);
    }
}

#[test]
fn cf_22_a_key_may_be_kept_while_there_is_no_link() {
    let mut net = Net::with(Framing::Intermediate, |config| config.hold_new_key = true);
    let call = net.echo(10);
    net.run();
    net.cut();
    net.connection.key_kept(net.now);
    net.wait(Duration::from_secs(20));
    assert_eq!((net.echoed(call), created(&net)), (10, 1));
}

#[test]
fn nothing_is_due_while_a_key_waits_to_be_kept() {
    for pfs in [None, Some(Pfs::default())] {
        let mut net = Net::with(Framing::Intermediate, |config| {
            config.hold_new_key = true;
            config.pfs = pfs;
        });
        net.run();
        assert_eq!(net.connection.poll_timeout(), None);
    }
}
