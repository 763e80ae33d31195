//! What would not be read again is not written.

use std::net::SocketAddr;

use telewire::client::store::{Change, Snapshot, Store, StoreError, StringStore};
use telewire::ids::DcId;

use crate::support::{TWO, folder, kinds, stores};

/// The bytes of a session at most.
const MOST: usize = 40 << 20;

fn addresses(count: u16) -> Vec<SocketAddr> {
    (0..count).map(|port| SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))).collect()
}

/// The bytes of a data centre with as many addresses as are kept, and of what stands round all of them.
const EACH: usize = 4850;
const ROUND: usize = 64;

/// As many data centres with as many addresses as fit.
fn large(count: u16) -> Vec<Change> {
    let dcs = (1..=count).map(DcId::production);
    dcs.map(|dc| Change::Addresses { dc, addresses: addresses(255) }).collect()
}

#[test]
fn a_session_that_would_not_be_read_again_is_not_written() {
    let (_guard, folder) = folder();
    let fits = u16::try_from((MOST - ROUND) / EACH).unwrap();
    for (name, mut store) in stores(&folder) {
        store.apply(&large(fits)).unwrap();
        let kept = store.load().unwrap();
        assert_eq!(kept.dcs.len(), usize::from(fits));
        let more = store.apply(&large(fits + 1));
        if name == "memory" {
            // It is never read again.
            assert_eq!(more, Ok(()));
            continue;
        }
        assert_eq!(more, Err(StoreError::TooLarge { most: MOST }), "{name}");
        assert_eq!(store.load(), Ok(kept.clone()), "{name}");
        // It goes on with what fits.
        store.apply(&[Change::Home(TWO)]).unwrap();
        drop(store);
        for kind in kinds().into_iter().filter(|kind| kind.name == name) {
            let mut next = kept.clone();
            next.home = Some(TWO);
            assert_eq!(kind.open(folder.join(name)).unwrap().load(), Ok(next));
        }
    }
}

#[test]
fn of_a_server_that_tells_too_many_addresses_the_first_are_kept() {
    let (_guard, folder) = folder();
    for (name, mut store) in stores(&folder) {
        store.apply(&[Change::Addresses { dc: TWO, addresses: addresses(300) }]).unwrap();
        assert_eq!(store.load().unwrap().dcs[&TWO].addresses, addresses(255), "{name}");
        drop(store);
        for kind in kinds().into_iter().filter(|kind| kind.name == name) {
            let kept = (kind.read)(&folder.join(name)).unwrap();
            assert_eq!(kept.dcs[&TWO].addresses, addresses(255), "{name}");
        }
    }
}

/// A text of what a program put together itself has what a text can have.
#[test]
fn a_text_can_always_be_read() {
    let mut snapshot = Snapshot::default();
    snapshot.dcs.entry(TWO).or_default().addresses = addresses(300);
    let text = StringStore::from(snapshot).to_text();
    let kept = StringStore::new(&text).unwrap().load().unwrap();
    assert_eq!(kept.dcs[&TWO].addresses, addresses(255));
}
