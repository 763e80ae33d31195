//! Known answers of other libraries, and what is none.

use super::*;
use crate::client::store::tests::{full, key};
use crate::client::store::{Change, SessionUser, Snapshot, Store, StoreError};
use crate::ids::DcId;

/// What Telethon and Pyrogram wrote; see `tests/vectors/README.md`.
fn vector(name: &str) -> String {
    let all = include_str!("../../../../tests/vectors/sessions-and-srp.json");
    let all: serde_json::Value = serde_json::from_str(all).unwrap();
    all[name].as_str().unwrap().to_owned()
}

fn key_of(snapshot: &Snapshot, dc: DcId) -> String {
    hex::encode(snapshot.key(dc).unwrap().auth_key.expose())
}

#[test]
fn our_own_text_is_read_again() {
    let text = to_text(&full());
    assert!(text.starts_with("tw1."));
    assert_eq!(from_text(&text), Ok(full()));
    assert_eq!(from_text(&format!(" {}\n", *text)), Ok(full()));
    assert_eq!(from_text(&to_text(&Snapshot::default())), Ok(Snapshot::default()));
}

#[test]
fn every_truncation_and_every_other_letter_is_an_error() {
    let text = to_text(&full());
    for length in 0..text.len() {
        assert!(from_text(text.get(..length).unwrap()).is_err(), "{length}");
    }
    for place in 0..text.len() {
        let mut other = text.as_bytes().to_vec();
        other[place] = if other[place] == b'A' { b'B' } else { b'A' };
        assert!(from_text(&String::from_utf8(other).unwrap()).is_err(), "{place}");
    }
    for text in ["", "tw1.", "tw2.AAAA", "é", "tw1.é", "1AAAA"] {
        assert!(from_text(text).is_err(), "{text}");
    }
}

#[test]
fn telethons_strings_are_read_and_written_byte_by_byte() {
    for (name, number, address) in
        [("telethon_v4", 2, "149.154.167.51:443"), ("telethon_v6", 4, "[2001:67c:4e8:f004::a]:443")]
    {
        let text = vector(name);
        let snapshot = telethon::import(&text).unwrap();
        let dc = DcId::production(number);
        assert_eq!((snapshot.home, snapshot.user), (Some(dc), None));
        assert_eq!(snapshot.dcs[&dc].addresses, [address.parse().unwrap()]);
        assert!(snapshot.is_authorized(dc));
        assert_eq!(key_of(&snapshot, dc), vector("auth_key"));
        assert_eq!(*telethon::export(&snapshot, None).unwrap(), text);
    }
}

#[test]
fn pyrograms_strings_are_read() {
    for (name, dc, id, is_bot) in [
        ("pyrogram", DcId::test(4), 5_000_000_001, true),
        ("pyrogram_old64", DcId::production(2), 5_000_000_001, false),
        ("pyrogram_old", DcId::production(2), 777, false),
    ] {
        let snapshot = pyrogram::import(&vector(name)).unwrap();
        assert_eq!(snapshot.home, Some(dc), "{name}");
        assert_eq!(snapshot.user, Some(SessionUser { id, is_bot }), "{name}");
        assert!(snapshot.is_authorized(dc));
        assert_eq!(key_of(&snapshot, dc), vector("auth_key"));
    }
    // With the address that is built in, it can go on to Telethon.
    let text = telethon::export(&pyrogram::import(&vector("pyrogram_old")).unwrap(), None).unwrap();
    assert_eq!(*text, vector("telethon_v4"));
}

#[test]
fn what_is_no_string_of_another_library_is_refused() {
    for name in ["telethon_v4", "telethon_v6", "pyrogram", "pyrogram_old64", "pyrogram_old"] {
        let text = vector(name);
        let text = text.trim_end_matches('=');
        for length in 0..text.len() {
            assert!(telethon::import(text.get(..length).unwrap()).is_err(), "{name} {length}");
            // The shorter of Pyrogram's forms cannot be begun by the longer ones' bytes at a letter's end alone.
            if ![351, 356].contains(&length) {
                assert!(pyrogram::import(text.get(..length).unwrap()).is_err(), "{name} {length}");
            }
        }
    }
    assert_eq!(telethon::import("2AAAA"), Err(Flaw::Kind));
    assert_eq!(telethon::import("1!"), Err(Flaw::Base64));
    assert_eq!(telethon::export(&Snapshot::default(), None), Err(Flaw::Incomplete));
}

#[test]
fn telethons_string_has_the_address_that_is_named_or_told_or_built_in() {
    let (named, told) = ("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap());
    let built_in = "149.154.167.51:443".parse().unwrap();
    let (dc, mut snapshot) = (DcId::production(2), full());
    let written = |snapshot: &Snapshot, address| {
        let text = telethon::export(snapshot, address).unwrap();
        telethon::import(&text).unwrap().dcs[&dc].addresses.clone()
    };
    assert_eq!(written(&snapshot, Some(named)), [named]);
    assert_eq!(written(&snapshot, None), [built_in]);
    snapshot.apply(&[Change::Addresses { dc, addresses: vec![told] }]);
    assert_eq!(written(&snapshot, Some(named)), [named]);
    assert_eq!(written(&snapshot, None), [told]);
    // A data centre of which nothing is known.
    let none = DcId::production(9);
    let mut snapshot = Snapshot::default();
    snapshot.apply(&[Change::Key { dc: none, key: Box::new(key(1)) }, Change::Home(none)]);
    assert_eq!(telethon::export(&snapshot, None), Err(Flaw::Incomplete));
    telethon::export(&snapshot, Some(named)).unwrap();
}

#[test]
fn a_store_of_a_text_tells_what_it_keeps() {
    for nothing in ["", " \n"] {
        assert_eq!(StringStore::new(nothing).unwrap().load(), Ok(Snapshot::default()));
    }
    // A key of its own: stores with one key are not open at once.
    let (dc, mut kept) = (DcId::production(2), Snapshot::default());
    let user = Some(SessionUser { id: 7, is_bot: false });
    kept.apply(&[Change::Key { dc, key: Box::new(key(77)) }, Change::User(user)]);
    let mut store = StringStore::new(&to_text(&kept)).unwrap();
    assert_eq!(store.load(), Ok(kept));
    let clone = store.clone();
    let before = clone.to_text();
    store.apply(&[Change::User(None)]).unwrap();
    assert_ne!(clone.to_text(), before);
    assert_eq!(from_text(&clone.to_text()).unwrap().user, None);
    let error = |text| StringStore::new(text).unwrap_err();
    assert_eq!((error("1AAAA"), error("tw1.")), (Flaw::Kind, Flaw::Empty));
    assert_eq!(error(before.get(..100).unwrap()), Flaw::Length);
}

#[test]
fn telethons_string_without_a_key_has_none() {
    let mut bytes = vec![2, 149, 154, 167, 51, 1, 187];
    bytes.extend([0; 256]);
    let text = format!("1{}", Base64UrlUnpadded::encode_string(&bytes));
    let snapshot = telethon::import(&text).unwrap();
    let dc = DcId::production(2);
    assert_eq!((snapshot.key(dc), snapshot.is_authorized(dc)), (None, false));
}

/// Two programs with one key would each think that it is alone with its session.
#[test]
fn a_key_is_open_in_one_store_whichever_text_it_came_from() {
    let mut snapshot = Snapshot::default();
    let key = Box::new(key(77));
    snapshot.apply(&[Change::Key { dc: DcId::production(1), key }]);
    let text = to_text(&snapshot);
    let mut first = StringStore::new(&text).unwrap();
    let mut again = StringStore::new(&text).unwrap();
    let mut other = StringStore::default();
    first.load().unwrap();
    assert!(matches!(again.load(), Err(StoreError::InUse { .. })));
    assert!(matches!(first.clone().load(), Err(StoreError::InUse { .. })));
    other.load().unwrap();
    drop(first);
    again.load().unwrap();
}
