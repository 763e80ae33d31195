//! Moving an account to another phone number.

use telewire::tl::api::functions::{account, users};
use telewire::tl::api::{enums, types};

use super::{Device, Script, told_to};
use crate::accounts::CodeKind;
use crate::world::Contact;

fn send(phone: &str) -> account::SendChangePhoneCode {
    let settings = types::CodeSettings::new();
    account::SendChangePhoneCode { phone_number: phone.into(), settings }
}

fn change(phone: &str, hash: &str, code: &str) -> account::ChangePhone {
    let (phone_code_hash, phone_code) = (hash.into(), code.into());
    account::ChangePhone { phone_number: phone.into(), phone_code_hash, phone_code }
}

/// Sends a code; its hash and itself.
fn code(script: &mut Script, by: Device, phone: &str) -> (String, String) {
    let sent = script.ask(by, &send(phone)).unwrap();
    let enums::auth::SentCode::SentCode(sent) = sent else { panic!("{sent:?}") };
    (sent.phone_code_hash, script.world.code(phone).unwrap())
}

fn seen(script: &mut Script, by: Device, id: i64) -> Option<String> {
    let named = script.input_user(by, id);
    match script.ask(by, &users::GetUsers { id: vec![named.into()] }).unwrap().remove(0) {
        enums::User::User(user) => user.phone,
        other => panic!("{other:?}"),
    }
}

const NEW: &str = "+99 966 2 0009";
const DIGITS: &str = "9996620009";

#[test]
fn an_account_moves_to_a_free_number_and_those_who_know_the_number_hear_of_it() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (ada, desk) = (script.device(&person), script.device(&person));
    let (bob, eve) = (script.user("Bob"), script.user("Eve"));
    script.world.state().keep_contact(bob.user, ada.user, Contact::new("Ada", "", true));
    // Eve knows her, and not by her number.
    script.world.state().keep_contact(eve.user, ada.user, Contact::new("Ada", "", false));
    script.world.set_code_kinds(&[CodeKind::SetUpEmail, CodeKind::Email, CodeKind::Sms]);
    let (hash, typed) = code(&mut script, ada, NEW);
    script.told();
    let enums::User::User(user) = script.ask(ada, &change(NEW, &hash, &typed)).unwrap() else {
        panic!()
    };
    assert_eq!((user.id, user.phone.as_deref()), (ada.user, Some(DIGITS)));
    let told: Vec<_> = script.told().into_iter().map(|(to, _)| to).collect();
    assert_eq!(told, [bob, desk]);
    assert_eq!(seen(&mut script, bob, ada.user).as_deref(), Some(DIGITS));
    assert_eq!(seen(&mut script, eve, ada.user), None);
    assert_eq!(script.world.user_by_phone(NEW), Some(ada.user));
    assert_eq!(script.world.user_by_phone(person.phone().unwrap()), None);
    assert_eq!(script.world.person(ada.user).unwrap().phone(), Some(DIGITS));
    assert!(told_to(&mut script, eve.user).is_empty());
}

#[test]
fn numbers_that_are_taken_wrong_or_not_proved_are_refused() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let other = script.world.user("Bob");
    let taken = other.phone().unwrap();
    script.world.ban("9996620001");
    for (phone, error) in [
        ("12", "PHONE_NUMBER_INVALID"),
        (taken, "PHONE_NUMBER_OCCUPIED"),
        ("9996620001", "PHONE_NUMBER_BANNED"),
    ] {
        assert_eq!(script.ask(ada, &send(phone)).unwrap_err(), format!("400 {error}"));
        let refused = script.ask(ada, &change(phone, "x", "y")).unwrap_err();
        assert_eq!(refused, format!("400 {error}"));
    }
    let (hash, typed) = code(&mut script, ada, NEW);
    for (hash, typed, error) in [
        (&*hash, "", "PHONE_CODE_EMPTY"),
        ("", &*typed, "PHONE_CODE_HASH_EMPTY"),
        ("other", &*typed, "PHONE_CODE_EXPIRED"),
        (&*hash, "wrong", "PHONE_CODE_INVALID"),
    ] {
        let refused = script.ask(ada, &change(NEW, hash, typed)).unwrap_err();
        assert_eq!(refused, format!("400 {error}"));
    }
    script.ask(ada, &change(NEW, &hash, &typed)).unwrap();
    // The number is one's own now, and the code is worth nothing.
    let again = script.ask(ada, &change(NEW, &hash, &typed)).unwrap_err();
    assert_eq!(again, "400 PHONE_NUMBER_OCCUPIED");
}
