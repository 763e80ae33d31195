//! `account.*`: what one says of oneself, others see.

use telewire::tl::api::functions::{account, auth, users};
use telewire::tl::api::{enums, types};

use super::{Device, Script, updates};

fn shown(user: &enums::User) -> &types::User {
    match user {
        enums::User::User(user) => user,
        other => panic!("{other:?}"),
    }
}

/// How somebody is shown.
fn seen(script: &mut Script, by: Device, id: i64) -> types::User {
    let named = script.input_user(by, id);
    shown(&script.ask(by, &users::GetUsers { id: vec![named.into()] }).unwrap()[0]).clone()
}

#[test]
fn whoever_is_there_is_seen_by_those_who_know_them() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    script.send(ada, bob.user, "hello");
    script.told();
    assert_eq!(seen(&mut script, bob, ada.user).status, None);
    assert!(script.ask(ada, &account::UpdateStatus { offline: false }).unwrap());
    let now = i32::try_from(script.unix.as_secs()).unwrap();
    let online: enums::UserStatus = types::UserStatusOnline { expires: now + 300 }.into();
    let [(to, told)] = &script.told()[..] else { panic!("Eve knows nothing of it") };
    let expected = types::UpdateUserStatus { user_id: ada.user, status: online.clone() }.into();
    assert_eq!((*to, &updates(told).updates[0]), (bob, &expected));
    assert_eq!(seen(&mut script, bob, ada.user).status, Some(online));
    assert!(script.ask(ada, &account::UpdateStatus { offline: true }).unwrap());
    let offline = types::UserStatusOffline { was_online: now }.into();
    assert_eq!(seen(&mut script, eve, ada.user).status, Some(offline));
    let echo = script.bot("Echo");
    assert_eq!(seen(&mut script, echo, ada.user).status, None);
    let error = script.ask(echo, &account::UpdateStatus { offline: true }).unwrap_err();
    assert_eq!(error, "400 BOT_METHOD_INVALID");
}

#[test]
fn a_profile_is_what_its_owner_says_and_others_hear_of_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.send(ada, bob.user, "hello");
    script.told();
    let say = |first: Option<&str>, last: Option<&str>, about: Option<&str>| {
        let [first_name, last_name, about] =
            [first, last, about].map(|text| text.map(str::to_owned));
        account::UpdateProfile { first_name, last_name, about }
    };
    let user = script.ask(ada, &say(Some("Augusta"), Some("King"), Some("Counts"))).unwrap();
    assert_eq!(shown(&user).first_name.as_deref(), Some("Augusta"));
    let [(_, told)] = &script.told()[..] else { panic!() };
    let enums::Update::UpdateUserName(update) = &updates(told).updates[0] else { panic!() };
    assert_eq!((&*update.first_name, &*update.last_name), ("Augusta", "King"));
    // What is not said stays.
    script.ask(ada, &say(None, Some(""), None)).unwrap();
    let user = seen(&mut script, bob, ada.user);
    assert_eq!((user.first_name.as_deref(), user.last_name), (Some("Augusta"), None));
    let id = script.input_user(bob, ada.user).into();
    let full = script.ask(bob, &users::GetFullUser { id }).unwrap();
    assert_eq!(full.full_user.about.as_deref(), Some("Counts"));
    for (request, error) in [
        (say(Some(" "), None, None), "400 FIRSTNAME_INVALID"),
        (say(Some(&"a".repeat(65)), None, None), "400 FIRSTNAME_INVALID"),
        (say(None, None, Some(&"a".repeat(71))), "400 ABOUT_TOO_LONG"),
    ] {
        assert_eq!(script.ask(ada, &request).unwrap_err(), error);
    }
}

#[test]
fn usernames_are_of_one_and_found_by_others() {
    use telewire::tl::api::functions::contacts::ResolveUsername;
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let check = |username: &str| account::CheckUsername { username: username.into() };
    let update = |username: &str| account::UpdateUsername { username: username.into() };
    assert!(script.ask(ada, &check("lovelace")).unwrap());
    let user = script.ask(ada, &update("lovelace")).unwrap();
    assert_eq!(shown(&user).username.as_deref(), Some("lovelace"));
    assert!(script.ask(ada, &check("Lovelace")).unwrap());
    assert!(!script.ask(bob, &check("Lovelace")).unwrap());
    let found = script.ask(bob, &ResolveUsername { username: "lovelace".into(), referer: None });
    assert_eq!(found.unwrap().peer, types::PeerUser { user_id: ada.user }.into());
    for (who, name, error) in [
        (ada, "lovelace", "400 USERNAME_NOT_MODIFIED"),
        (bob, "lovelace", "400 USERNAME_OCCUPIED"),
        (bob, "1st", "400 USERNAME_INVALID"),
    ] {
        assert_eq!(script.ask(who, &update(name)).unwrap_err(), error);
    }
    assert_eq!(script.ask(bob, &check("a b")).unwrap_err(), "400 USERNAME_INVALID");
}

#[test]
fn devices_are_registered_until_they_are_not() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let register = |token_type, token: &str| account::RegisterDevice {
        no_muted: false,
        token_type,
        token: token.into(),
        app_sandbox: false,
        secret: Vec::new().into(),
        other_uids: Vec::new(),
    };
    let gone =
        account::UnregisterDevice { token_type: 2, token: "abc".into(), other_uids: Vec::new() };
    assert!(script.ask(ada, &register(2, "abc")).unwrap());
    assert!(script.ask(ada, &gone).unwrap());
    assert_eq!(script.ask(ada, &gone).unwrap_err(), "400 TOKEN_INVALID");
    assert_eq!(script.ask(ada, &register(2, "")).unwrap_err(), "400 TOKEN_EMPTY");
    assert_eq!(script.ask(ada, &register(99, "abc")).unwrap_err(), "400 TOKEN_TYPE_INVALID");
}

#[test]
fn notifications_are_as_one_set_them_on_all_devices() {
    let mut script = Script::new();
    let ada = script.world.user("Ada");
    let (phone, desk, bob) = (script.device(&ada), script.device(&ada), script.user("Bob"));
    let peer = script.input_peer(phone, bob.user);
    let about: enums::InputNotifyPeer = types::InputNotifyPeer { peer }.into();
    let settings = types::InputPeerNotifySettings {
        mute_until: Some(i32::MAX),
        ..types::InputPeerNotifySettings::new()
    };
    let set = account::UpdateNotifySettings { peer: about.clone(), settings };
    assert!(script.ask(phone, &set).unwrap());
    let [(to, told)] = &script.told()[..] else { panic!() };
    assert_eq!(*to, desk);
    assert!(matches!(&updates(told).updates[0], enums::Update::UpdateNotifySettings(_)));
    let now = script.ask(phone, &account::GetNotifySettings { peer: about }).unwrap();
    assert_eq!(now.mute_until, Some(i32::MAX));
    let id = script.input_user(desk, bob.user).into();
    let full = script.ask(desk, &users::GetFullUser { id }).unwrap().full_user;
    assert_eq!(full.notify_settings, now);
    let users = account::GetNotifySettings { peer: enums::InputNotifyPeer::InputNotifyUsers };
    assert_eq!(script.ask(phone, &users).unwrap().mute_until, None);
    let peer = types::InputPeerUser { user_id: bob.user, access_hash: 1 }.into();
    let peer = types::InputNotifyPeer { peer }.into();
    let error = script.ask(phone, &account::GetNotifySettings { peer }).unwrap_err();
    assert_eq!(error, "400 PEER_ID_INVALID");
}

#[test]
fn logins_are_told_and_ended_from_another() {
    let mut script = Script::new();
    let ada = script.world.user("Ada");
    let [phone, desk, third] = [0; 3].map(|_| script.device(&ada));
    let all = script.ask(phone, &account::GetAuthorizations).unwrap().authorizations;
    assert_eq!(all.len(), 3);
    let now = i32::try_from(script.unix.as_secs()).unwrap();
    assert!(all.iter().all(|login| (login.date_created, login.date_active) == (now, now)));
    let others: Vec<_> = all.iter().filter(|login| !login.current).collect();
    assert_eq!((others.len(), all.iter().filter(|login| login.hash == 0).count()), (2, 1));
    let reset = account::ResetAuthorization { hash: others[0].hash };
    assert!(script.ask(phone, &reset).unwrap());
    assert_eq!(script.ask(phone, &reset).unwrap_err(), "400 HASH_INVALID");
    let left: Vec<_> = [desk, third]
        .into_iter()
        .filter(|device| script.ask(*device, &account::GetAuthorizations).is_ok())
        .collect();
    assert_eq!(left.len(), 1);
    assert!(script.ask(phone, &auth::ResetAuthorizations).unwrap());
    let error = script.ask(left[0], &account::GetAuthorizations).unwrap_err();
    assert_eq!(error, "401 AUTH_KEY_UNREGISTERED");
    assert_eq!(script.ask(phone, &account::GetAuthorizations).unwrap().authorizations.len(), 1);
}
