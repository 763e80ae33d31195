//! Who is found, and by whom: UM-10.

use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::functions::users::{GetFullUser, GetUsers};
use telewire::tl::api::{enums, types};

use super::{Device, Script};

fn user(user: &enums::User) -> types::User {
    match user {
        enums::User::User(user) => (**user).clone(),
        other => panic!("{other:?}"),
    }
}

fn resolve(script: &mut Script, device: Device, username: &str) -> Result<types::User, String> {
    let request = ResolveUsername { username: username.into(), referer: None };
    let found = script.ask(device, &request)?;
    let user = user(&found.users[0]);
    assert_eq!(found.peer, types::PeerUser { user_id: user.id }.into());
    Ok(user)
}

#[test]
fn um_10_an_access_hash_is_of_an_account_and_a_login() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.world.user("Ada"), script.user("Bob"), script.user("Eve"));
    let (phone, desktop) = (script.device(&ada), script.device(&ada));
    let named = script.input_user(phone, bob.user);
    let full = |user: &types::InputUser| GetFullUser { id: user.clone().into() };
    assert!(script.ask(phone, &full(&named)).is_ok());
    for other in [desktop, eve] {
        assert_eq!(script.ask(other, &full(&named)), Err("400 USER_ID_INVALID".into()));
    }
    // Bots need none for whom they know.
    let echo = script.bot("Echo");
    let bare = types::InputUser { access_hash: 0, ..named };
    assert!(script.ask(echo, &full(&bare)).is_ok());
    assert_eq!(script.ask(phone, &full(&bare)), Err("400 USER_ID_INVALID".into()));
}

#[test]
fn um_10_somebody_is_named_by_a_message_that_can_be_read() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    script.send(ada, bob.user, "hello");
    let by_message = |script: &mut Script, device, peer, user_id, msg_id| {
        let peer = script.input_peer(device, peer);
        let id = types::InputUserFromMessage { peer, msg_id, user_id };
        script.ask(device, &GetFullUser { id: id.into() }).map(|full| full.full_user.id)
    };
    let invalid = Err("400 USER_ID_INVALID".to_owned());
    assert_eq!(by_message(&mut script, bob, ada.user, ada.user, 1), Ok(ada.user));
    assert_eq!(by_message(&mut script, bob, ada.user, eve.user, 1), invalid);
    assert_eq!(by_message(&mut script, bob, ada.user, ada.user, 2), invalid);
    assert_eq!(by_message(&mut script, eve, ada.user, ada.user, 1), invalid);
}

#[test]
fn usernames_are_found_without_case_and_are_one_persons() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    script.world.set_username(ada.user, "Lovelace").unwrap();
    let found = resolve(&mut script, bob, "lOVELACE").unwrap();
    assert_eq!((found.id, found.username.as_deref()), (ada.user, Some("Lovelace")));
    // By the hash that came along she can be written to.
    let named = types::InputUser { user_id: found.id, access_hash: found.access_hash.unwrap() };
    let users = script.ask(bob, &GetUsers { id: vec![named.into()] }).unwrap();
    assert_eq!(user(&users[0]).first_name.as_deref(), Some("Ada"));
    for (name, error) in [
        ("nobody", "400 USERNAME_NOT_OCCUPIED"),
        ("x", "400 USERNAME_INVALID"),
        ("not a name", "400 USERNAME_INVALID"),
        ("1234567", "400 USERNAME_INVALID"),
    ] {
        assert_eq!(resolve(&mut script, bob, name), Err(error.into()), "{name}");
    }
    let taken = script.world.set_username(bob.user, "LOVELACE").unwrap_err();
    assert_eq!(taken.name, "USERNAME_OCCUPIED");
    script.world.set_username(ada.user, "").unwrap();
    assert_eq!(resolve(&mut script, bob, "lovelace"), Err("400 USERNAME_NOT_OCCUPIED".into()));
    script.world.set_username(bob.user, "lovelace").unwrap();
    assert_eq!(resolve(&mut script, ada, "lovelace").unwrap().id, bob.user);
}

#[test]
fn bots_have_usernames_and_phones_are_for_oneself() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    let second = script.bot("Echo");
    let found = resolve(&mut script, ada, "echo_bot").unwrap();
    assert_eq!((found.id, found.bot_info_version), (echo.user, Some(1)));
    assert_eq!(resolve(&mut script, ada, "echo2_bot").unwrap().id, second.user);
    let me = enums::InputUser::InputUserSelf;
    let mine = script.ask(ada, &GetUsers { id: vec![me] }).unwrap();
    assert!(user(&mine[0]).phone.is_some() && user(&mine[0]).self_);
    let named = script.input_user(echo, ada.user);
    let theirs = script.ask(echo, &GetUsers { id: vec![named.into()] }).unwrap();
    assert_eq!(user(&theirs[0]).phone, None);
}

#[test]
fn whoever_was_added_by_number_is_found_with_what_they_log_in_with() {
    let script = Script::new();
    let dc = telewire::ids::DcId::production(4);
    let ada = script.world.add_user(dc, "+99 966", "Ada");
    assert_eq!(script.world.person(ada).unwrap().phone(), Some("99966"));
    let bot = script.world.add_bot(dc, "777:abc", "Helper");
    assert_eq!(script.world.person(bot).unwrap().token(), Some("777:abc"));
    script.world.expire_token("777:abc");
    assert_eq!((script.world.person(bot), script.world.person(1)), (None, None));
}
