//! Address books.

use std::time::Duration;

use telewire::tl::api::functions::{account, contacts, users};
use telewire::tl::api::{enums, types};

use super::{Device, Script, updates};

fn add(script: &mut Script, of: Device, whom: i64, name: &str) -> Result<enums::Updates, String> {
    let id = script.input_user(of, whom).into();
    let (first_name, last_name) = (name.to_owned(), String::new());
    let phone = String::new();
    let request = contacts::AddContact {
        add_phone_privacy_exception: false,
        id,
        first_name,
        last_name,
        phone,
        note: None,
    };
    script.ask(of, &request)
}

fn seen(script: &mut Script, by: Device, id: i64) -> types::User {
    let named = script.input_user(by, id);
    match script.ask(by, &users::GetUsers { id: vec![named.into()] }).unwrap().remove(0) {
        enums::User::User(user) => *user,
        other => panic!("{other:?}"),
    }
}

fn book(script: &mut Script, of: Device, hash: i64) -> Option<types::contacts::Contacts> {
    match script.ask(of, &contacts::GetContacts { hash }).unwrap() {
        enums::contacts::Contacts::Contacts(contacts) => Some(*contacts),
        _ => None,
    }
}

#[test]
fn contacts_are_called_as_their_owner_calls_them_and_only_there() {
    let mut script = Script::new();
    let ada = script.world.user("Ada");
    let (phone, desk) = (script.device(&ada), script.device(&ada));
    let (bob, eve) = (script.user("Bob"), script.user("Eve"));
    let told = add(&mut script, phone, bob.user, "Charles").unwrap();
    assert!(matches!(&updates(&told).updates[0], enums::Update::UpdatePeerSettings(_)));
    let to: Vec<_> = script.told().into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, [desk]);
    let user = seen(&mut script, desk, bob.user);
    assert_eq!((user.first_name.as_deref(), user.contact), (Some("Charles"), true));
    assert!(!user.mutual_contact);
    let user = seen(&mut script, eve, bob.user);
    assert_eq!((user.first_name.as_deref(), user.contact), (Some("Bob"), false));
    // Whoever has somebody in the address book shows them the number.
    assert_eq!(seen(&mut script, phone, bob.user).phone, None);
    assert_eq!(seen(&mut script, bob, ada.id()).phone.as_deref(), ada.phone());
    add(&mut script, bob, ada.id(), "Ada").unwrap();
    assert!(seen(&mut script, phone, bob.user).mutual_contact);
    assert!(book(&mut script, phone, 0).unwrap().contacts[0].mutual);

    let id = vec![script.input_user(phone, bob.user).into()];
    script.ask(phone, &contacts::DeleteContacts { id }).unwrap();
    assert_eq!(seen(&mut script, phone, bob.user).first_name.as_deref(), Some("Bob"));
    assert_eq!(book(&mut script, phone, 0).unwrap().contacts, []);
}

#[test]
fn contacts_that_can_be_none_are_refused() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    assert_eq!(add(&mut script, ada, bob.user, " ").unwrap_err(), "400 CONTACT_NAME_EMPTY");
    assert_eq!(add(&mut script, ada, ada.user, "I").unwrap_err(), "400 CONTACT_ID_INVALID");
    assert_eq!(add(&mut script, ada, 1, "Nobody").unwrap_err(), "400 USER_ID_INVALID");
    let id = vec![types::InputUser { user_id: bob.user, access_hash: 1 }.into()];
    let error = script.ask(ada, &contacts::DeleteContacts { id }).unwrap_err();
    assert_eq!(error, "400 USER_ID_INVALID");
    let echo = script.bot("Echo");
    assert_eq!(add(&mut script, echo, ada.user, "Ada").unwrap_err(), "400 BOT_METHOD_INVALID");
}

#[test]
fn an_address_book_that_a_client_has_is_not_sent_again() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    add(&mut script, ada, bob.user, "Bob").unwrap();
    let first = book(&mut script, ada, 0).unwrap();
    let ids = [i64::from(first.saved_count), first.contacts[0].user_id];
    let hash = ids.into_iter().fold(0_u64, |mut hash, id| {
        hash ^= hash >> 21;
        hash ^= hash << 35;
        hash ^= hash >> 4;
        hash.wrapping_add(id.cast_unsigned())
    });
    assert_eq!(book(&mut script, ada, hash.cast_signed()), None);
    add(&mut script, ada, eve.user, "Eve").unwrap();
    assert_eq!(book(&mut script, ada, hash.cast_signed()).unwrap().contacts.len(), 2);
}

#[test]
fn phone_numbers_are_imported_where_somebody_has_them() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.world.user("Bob"));
    let contact = |client_id, phone: &str, name: &str| types::InputPhoneContact {
        client_id,
        phone: phone.into(),
        first_name: name.into(),
        last_name: "B.".into(),
        note: None,
    };
    let bobs = format!("+{}", bob.phone().unwrap());
    let all = vec![contact(7, &bobs, "Charles"), contact(8, "+1 234 5678", "Nobody")];
    let answer = script.ask(ada, &contacts::ImportContacts { contacts: all }).unwrap();
    let imported = types::ImportedContact { user_id: bob.id(), client_id: 7 };
    assert_eq!((answer.imported, answer.users.len()), (vec![imported], 1));
    let user = seen(&mut script, ada, bob.id());
    assert_eq!(user.first_name.as_deref(), Some("Charles"));
    assert_eq!((user.last_name.as_deref(), user.phone.as_deref()), (Some("B."), bob.phone()));
    let echo = script.bot("Echo");
    let none = contacts::ImportContacts { contacts: Vec::new() };
    assert_eq!(script.ask(echo, &none).unwrap_err(), "400 BOT_METHOD_INVALID");
}

#[test]
fn statuses_are_those_of_contacts() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    add(&mut script, ada, bob.user, "Bob").unwrap();
    for device in [bob, eve] {
        script.ask(device, &account::UpdateStatus { offline: false }).unwrap();
    }
    let [status] = &script.ask(ada, &contacts::GetStatuses).unwrap()[..] else { panic!() };
    assert_eq!(status.user_id, bob.user);
    assert!(matches!(status.status, enums::UserStatus::UserStatusOnline(_)));
    assert_eq!(
        script.ask_stranger(&contacts::GetStatuses).unwrap_err(),
        "401 AUTH_KEY_UNREGISTERED"
    );
}

#[test]
fn who_is_looked_for_is_found_by_name_or_username() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Roberta"));
    let _stranger = script.user("Robert");
    let (echo, known) = (script.bot("Robot"), script.bot("Robin"));
    script.send(ada, known.user, "hello");
    let search =
        |q: &str, bots| contacts::Search { broadcasts: false, bots, q: q.into(), limit: 10 };
    let ids = |peers: Vec<enums::Peer>| -> Vec<i64> {
        peers
            .into_iter()
            .map(|peer| match peer {
                enums::Peer::PeerUser(user) => user.user_id,
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let found = script.ask(ada, &search("Rob", false)).unwrap();
    assert_eq!((ids(found.my_results), ids(found.results)), (vec![known.user], vec![echo.user]));
    assert_eq!(found.users.len(), 2);
    add(&mut script, ada, bob.user, "Roberta").unwrap();
    assert_eq!(script.ask(ada, &search("@rob", false)).unwrap().my_results.len(), 2);
    assert_eq!(script.ask(ada, &search("rob", true)).unwrap().my_results.len(), 1);
    let one = contacts::Search { limit: 1, ..search("rob", false) };
    assert_eq!(script.ask(ada, &one).unwrap().my_results.len(), 1);
    for (q, error) in [("", "400 SEARCH_QUERY_EMPTY"), ("ro", "400 QUERY_TOO_SHORT")] {
        assert_eq!(script.ask(ada, &search(q, false)).unwrap_err(), error);
    }
}

#[test]
fn who_has_a_link_is_shown_whose_it_is_until_it_ends() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let card = script.ask(ada, &contacts::ExportContactToken).unwrap();
    let token = card.url.strip_prefix("https://t.me/contact/").unwrap().to_owned();
    let date = i32::try_from(script.unix.as_secs()).unwrap();
    assert!(card.expires > date);
    // The same one while it lasts, and each has one's own.
    assert_eq!(script.ask(ada, &contacts::ExportContactToken).unwrap(), card);
    assert_ne!(script.ask(bob, &contacts::ExportContactToken).unwrap().url, card.url);
    let import = |token: &str| contacts::ImportContactToken { token: token.to_owned() };
    let enums::User::User(found) = script.ask(bob, &import(&token)).unwrap() else { panic!() };
    assert_eq!(found.id, ada.user);
    assert_eq!(found.access_hash, Some(script.input_user(bob, ada.user).access_hash));
    assert!(!found.contact && found.phone.is_none());
    let longer = format!("{token}0");
    for wrong in ["", "nope", &longer] {
        assert_eq!(script.ask(bob, &import(wrong)).unwrap_err(), "400 IMPORT_TOKEN_INVALID");
    }
    script.unix += Duration::from_secs(u64::try_from(card.expires - date).unwrap());
    assert_eq!(script.ask(bob, &import(&token)).unwrap_err(), "400 IMPORT_TOKEN_INVALID");
    assert_ne!(script.ask(ada, &contacts::ExportContactToken).unwrap().url, card.url);
}
