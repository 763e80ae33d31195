//! What is kept is read as it was, and what is damaged is refused.

use zeroize::Zeroizing;

use super::super::kept::{
    kind, place_of, read_event, read_group, read_parked, row_at, write_event, write_group,
    write_parked,
};
use super::*;
use crate::client::store::SecretRow;
use crate::crypto::DhError;
use crate::secret::{Action, Breach, Group, KeyHash, Position, RestoreError, Row, ServerFile};
use crate::tl::secret::{enums, types as secret_types};

const FILE: ServerFile =
    ServerFile { id: 1, access_hash: -2, size: 1 << 33, dc_id: 4, key_fingerprint: -5 };

/// One of each, with all that it can have.
fn events() -> Vec<Event> {
    let place = Position { after_ours: 3, number: 4, date: 5, file: Some(FILE) };
    let mut message = Message::text("hello, \u{1f30d}");
    message.entities.push(secret_types::MessageEntityBold45 { offset: 0, length: 5 }.into());
    message.media =
        Some(enums::DecryptedMessageMedia::from(secret_types::DecryptedMessageMediaGeoPoint8 {
            lat: 1.5,
            long: -2.5,
        }));
    message.ttl = 60;
    message.reply_to = Some(-9);
    message.via_bot_name = Some("gif".into());
    message.grouped_id = Some(8);
    message.is_silent = true;
    let mut all = vec![
        Event::Offered { by: UserId(-1) },
        Event::Ready { hash: KeyHash([7; 36]) },
        Event::Rekeyed { key: KeyId(-3) },
        Event::Message { random_id: -1, message: Box::new(message), place },
        Event::Message {
            random_id: 1,
            message: Box::new(Message::text("")),
            place: Position { file: None, ..place },
        },
        Event::Unsupported { layer: 150, is_newer: true, place },
        Event::PeerLayer(144),
        Event::Sent { random_id: 5, date: 6, file: Some(FILE) },
        Event::Sent { random_id: 5, date: 6, file: None },
        Event::SendFailed { random_id: 5, error: "DATA_INVALID".into() },
        Event::Acknowledged { random_ids: vec![1, -2] },
        Event::Acknowledged { random_ids: vec![] },
        Event::Expired { random_id: i64::MIN },
        Event::Read { max_date: 1, date: 2 },
    ];
    for action in [
        Action::SetTtl(5),
        Action::Read(vec![1]),
        Action::Delete(vec![2, 3]),
        Action::Screenshot(vec![]),
        Action::Flush,
        Action::Typing(enums::SendMessageAction::SendMessageTypingAction17),
    ] {
        all.push(Event::Action { random_id: 9, action, place });
    }
    for why in [
        Closed::Ours,
        Closed::Fingerprint,
        Closed::Group(DhError::GeneratorRange { g: -1 }),
        Closed::Breach(Breach::ResendRange { start: -1, end: i32::MAX }),
        Closed::StoreBehind,
    ] {
        all.push(Event::Closed { why, delete_history: true });
    }
    all
}

#[test]
fn sc_83_each_event_is_kept_as_it_is() {
    for event in events() {
        let bytes = write_event(&event).unwrap();
        assert_eq!(read_event(&bytes), Ok(event.clone()), "{event:?}");
        for length in 0..bytes.len() {
            assert_eq!(read_event(&bytes[..length]), Err(RestoreError::Damaged), "{event:?}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(read_event(&longer), Err(RestoreError::Damaged), "{event:?}");
        // Whatever a byte becomes, nothing panics.
        for place in 0..bytes.len() {
            let mut flipped = bytes.to_vec();
            flipped[place] ^= 0xff;
            let _ = read_event(&flipped);
        }
    }
    assert_eq!(write_event(&Event::Typing), None);
}

#[test]
fn sc_86_events_tell_nothing_of_what_was_said_when_they_are_printed() {
    for event in events() {
        let printed = format!("{event:?}");
        assert!(!printed.contains("hello"), "{printed}");
    }
}

#[test]
fn each_row_has_a_place_of_its_own() {
    for row in
        [Row::State, Row::Waiting(1), Row::Sent(u32::MAX), Row::Queued(0), Row::Timer(i64::MIN)]
    {
        assert_eq!(row_at(place_of(5, row)), Ok(Some(row)));
    }
    for kind in [kind::USER, kind::PARKED, kind::EVENT, kind::GROUP, kind::LAST] {
        assert_eq!(row_at(SecretRow { chat: 1, kind, number: 1 }), Ok(None));
    }
    for (kind, number) in [(kind::LAST + 1, 0), (255, 0), (1, -1), (3, i64::MAX)] {
        let place = SecretRow { chat: 1, kind, number };
        assert_eq!(row_at(place), Err(RestoreError::Damaged));
        let mut rows = SecretRows::default();
        let put = crate::client::store::SecretChange::Put(place, Zeroizing::new(vec![1]));
        rows.apply(&[put]);
        let desk = Desk::restore(&us(ADA), &rows, &BTreeMap::new(), now(), SeededEntropy::new(1));
        assert_eq!(desk.err(), Some(RestoreError::Damaged));
    }
}

#[test]
fn the_last_exchange_and_what_waits_for_a_key_are_kept_as_they_are() {
    for is_tested in [false, true] {
        // A prime that is not the known one has its test still before it.
        let group = Group::new(9, 3, &KNOWN_PRIME).unwrap();
        let group = if is_tested { group.tested() } else { group };
        let bytes = write_group(&group);
        assert_eq!(read_group(&bytes), Ok(group));
        assert_eq!(read_group(&bytes[1..]), Err(RestoreError::Damaged));
    }
    for file in [None, Some(FILE)] {
        let message = EncryptedMessage { qts: Some(8), date: 6, bytes: vec![1, 2, 3], file };
        let bytes = write_parked(&message);
        assert_eq!(read_parked(8, &bytes), Ok(message));
        for length in 0..bytes.len() {
            assert_eq!(read_parked(8, &bytes[..length]), Err(RestoreError::Damaged));
        }
    }
}
