//! What was there before clients came, and time that passes.

use std::time::Duration;

use telewire::tl::api::enums;
use telewire::tl::api::functions::users::GetFullUser;

use super::{Script, message};

#[test]
fn what_was_said_before_is_there_and_later_is_told() {
    let mut script = Script::new();
    let (ada, bob) = (script.world.user("Ada"), script.world.user("Bob"));
    let unix = script.unix;
    script.world.say(ada.id(), bob.id(), "before", unix).unwrap();
    let device = script.device(&bob);
    script.told();
    script.world.say(ada.id(), bob.id(), "after", unix).unwrap();
    let told = script.told();
    assert_eq!(super::news(&told[0].1)[0].0.message, "after");
    let texts: Vec<_> =
        script.history(device, ada.id()).into_iter().map(|message| message.message).collect();
    assert_eq!(texts, ["after", "before"]);
    for (from, to, text, error) in [
        (ada.id(), bob.id(), " ", "MESSAGE_EMPTY"),
        (ada.id(), 1, "hello", "USER_ID_INVALID"),
        (1, ada.id(), "hello", "USER_ID_INVALID"),
    ] {
        assert_eq!(script.world.say(from, to, text, unix).unwrap_err().name, error);
    }
}

#[test]
fn profiles_and_commands_are_as_they_were_set() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.world.bot("Echo"));
    script.world.set_profile(echo.id(), "", "Says it again");
    script.world.set_commands(echo.id(), &[("start", "Begins")]).unwrap();
    assert_eq!(script.world.user_by_username("Echo_bot"), Some(echo.id()));
    assert_eq!(script.world.user_by_username("nobody"), None);
    let id = script.input_user(ada, echo.id()).into();
    let full = script.ask(ada, &GetFullUser { id }).unwrap().full_user;
    assert_eq!(full.about.as_deref(), Some("Says it again"));
    assert_eq!(full.bot_info.unwrap().commands.unwrap()[0].command, "start");
    let set = |id, command| script.world.set_commands(id, &[(command, "Does")]).unwrap_err().name;
    assert_eq!(set(echo.id(), "Start"), "BOT_COMMAND_INVALID");
    assert_eq!(set(ada.user, "start"), "BOT_INVALID");
}

#[test]
fn time_that_is_let_pass_is_that_of_messages_and_of_codes() {
    use telewire::tl::api::functions::auth::{SendCode, SignIn};
    let mut script = Script::new();
    let (ada, bob) = (script.world.user("Ada"), script.world.user("Bob"));
    let device = script.device(&bob);
    let settings = telewire::tl::api::types::CodeSettings::new();
    let phone_number = ada.phone().unwrap().to_owned();
    let ask = SendCode {
        phone_number: phone_number.clone(),
        api_id: 1,
        api_hash: "0123456789abcdef0123456789abcdef".into(),
        settings,
    };
    let sent = script.ask_stranger(&ask).unwrap();
    let enums::auth::SentCode::SentCode(sent) = sent else { panic!("{sent:?}") };
    let phone_code = script.world.code(&phone_number);
    script.world.advance(Duration::from_secs(301));
    let sign_in = SignIn {
        phone_number,
        phone_code_hash: sent.phone_code_hash.clone(),
        phone_code,
        email_verification: None,
    };
    assert_eq!(script.ask_stranger(&sign_in).unwrap_err(), "400 PHONE_CODE_EXPIRED");
    let sent = script.send(device, ada.id(), "later");
    let date = i32::try_from(script.unix.as_secs()).unwrap() + 301;
    let enums::Update::UpdateNewMessage(new) = &super::updates(&sent).updates[1] else { panic!() };
    assert_eq!(message(new.message.clone()).date, date);
}

#[test]
fn time_that_is_let_pass_sends_what_is_scheduled() {
    use telewire::tl::api::functions::messages::SendMessage;
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let peer = script.input_peer(ada, bob.user);
    script.world.advance(Duration::from_secs(100));
    let unix = script.unix.as_secs();
    let schedule_date = Some(i32::try_from(unix + 700).unwrap());
    script
        .ask(ada, &SendMessage { schedule_date, ..SendMessage::new(peer, "a".into(), 7) })
        .unwrap();
    // By the clock of whoever drives it, which is not moved.
    assert_eq!(script.world.next_at(), Some(Duration::from_secs(unix + 600)));
    script.world.advance(Duration::from_secs(599));
    assert_eq!(script.history(bob, ada.user).len(), 0);
    script.world.advance(Duration::from_secs(1));
    assert_eq!(script.history(bob, ada.user).len(), 1);
    assert_eq!(script.world.next_at(), None);
}
