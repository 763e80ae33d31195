//! What clients may add to has an end: devices, commands, links, settings, keys that are about to log in.

use telewire::crypto::KeyId;
use telewire::ids::SessionId;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::channels::ToggleForum;
use telewire::tl::api::functions::messages::ExportChatInvite;
use telewire::tl::api::functions::{account, bots};
use telewire::tl::api::{enums, types};

use super::{Device, Script};
use crate::world::{HOME, Peer};

#[test]
fn of_more_devices_than_anybody_has_the_first_goes() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let register = |token: String| account::RegisterDevice {
        no_muted: false,
        token_type: 2,
        token,
        app_sandbox: false,
        secret: Vec::new().into(),
        other_uids: Vec::new(),
    };
    for number in [0, 1, 0].into_iter().chain(2..=100) {
        script.ask(ada, &register(number.to_string())).unwrap();
    }
    assert_eq!(script.world.state().account(ada.user).devices.len(), 100);
    let unregister = |script: &mut Script, token: &str| {
        let (token, other_uids) = (token.to_owned(), Vec::new());
        script.ask(ada, &account::UnregisterDevice { token_type: 2, token, other_uids })
    };
    assert_eq!(unregister(&mut script, "1"), Err("400 TOKEN_INVALID".into()));
    for token in ["0", "2", "100"] {
        assert_eq!(unregister(&mut script, token), Ok(true), "{token}");
    }
    let long = script.ask(ada, &register("a".repeat(4_097)));
    assert_eq!(long, Err("400 TOKEN_INVALID".into()));
}

#[test]
fn commands_are_for_languages_and_are_no_more_than_a_bot_has() {
    let mut script = Script::new();
    let echo = script.bot("Echo");
    let set = |lang_code: &str| bots::SetBotCommands {
        scope: enums::BotCommandScope::BotCommandScopeDefault,
        lang_code: lang_code.into(),
        commands: Vec::new(),
    };
    for code in ["e", "EN", "eng", "1a", "é"] {
        let invalid = || "400 LANG_CODE_INVALID".to_owned();
        assert_eq!(script.ask(echo, &set(code)), Err(invalid()), "{code}");
        let (scope, lang_code) = (enums::BotCommandScope::BotCommandScopeDefault, code.to_owned());
        let get = bots::GetBotCommands { scope: scope.clone(), lang_code: lang_code.clone() };
        assert_eq!(script.ask(echo, &get), Err(invalid()), "{code}");
        let reset = bots::ResetBotCommands { scope, lang_code };
        assert_eq!(script.ask(echo, &reset), Err(invalid()), "{code}");
    }
    let letters = || b'a'..=b'z';
    let codes = letters().flat_map(|one| letters().map(move |two| [one, two]));
    let users = enums::BotCommandScope::BotCommandScopeUsers;
    let mut count = 0;
    let mut last = Ok(true);
    for code in codes {
        let code = String::from_utf8(code.to_vec()).unwrap();
        for scope in [users.clone(), enums::BotCommandScope::BotCommandScopeDefault] {
            last = script.ask(echo, &bots::SetBotCommands { scope, ..set(&code) });
            count += usize::from(last.is_ok());
        }
    }
    assert_eq!((count, last), (1_000, Err("400 BOT_COMMANDS_TOO_MUCH".into())));
    // Those that are there are changed all the same.
    assert_eq!(script.ask(echo, &set("aa")), Ok(true));
}

#[test]
fn of_more_links_than_an_admin_makes_those_that_were_revoked_go() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let place = Peer::Channel(script.channel(ada, &[], false));
    let peer = script.place(ada, place);
    let plain = ExportChatInvite::new(peer.clone());
    for _ in 0..1_001 {
        script.ask(ada, &plain).unwrap();
    }
    let left = |script: &Script| script.world.state().invites.leading_to(place).count();
    assert_eq!(left(&script), 1_000);
    // One of them leads somewhere; the others make room.
    let once = ExportChatInvite { usage_limit: Some(1), ..plain.clone() };
    for _ in 0..999 {
        script.ask(ada, &once).unwrap();
    }
    assert_eq!(script.ask(ada, &once), Err("400 INVITES_TOO_MUCH".into()));
    assert_eq!(left(&script), 1_000);
    // Another permanent one takes the place of the last.
    script.ask(ada, &plain).unwrap();
    assert_eq!(left(&script), 1_000);
}

#[test]
fn settings_are_of_topics_that_are_there() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let id = script.channel(ada, &[], false);
    let channel = script.input_channel(ada, id);
    script.ask(ada, &ToggleForum { channel, enabled: true, tabs: false }).unwrap();
    let mut get = |place, top_msg_id| {
        let peer = script.place(ada, place);
        let peer = types::InputNotifyForumTopic { peer, top_msg_id }.into();
        script.ask(ada, &account::GetNotifySettings { peer }).map(drop)
    };
    assert_eq!(get(Peer::Channel(id), 1), Ok(()));
    assert_eq!(get(Peer::Channel(id), 2), Err("400 TOPIC_ID_INVALID".into()));
    assert_eq!(get(Peer::User(ada.user), 1), Err("400 PEER_ID_INVALID".into()));
}

#[test]
fn keys_that_are_about_to_log_in_are_forgotten_and_begin_again() {
    let mut script = Script::new();
    let ada = script.world.user("Ada");
    script.world.set_password(ada.id(), "secret", "");
    let key = |number: i64| KeyId(1_000_000 + number);
    let needed = Err(RpcError::parse(401, "SESSION_PASSWORD_NEEDED"));
    for number in 0..=16_384 {
        assert_eq!(script.world.authorize(HOME, key(number), ada.id()), needed);
    }
    let mut ask = |number| {
        let device = Device { user: 0, key: key(number), session: SessionId(number) };
        script.ask(device, &account::GetPassword).map(|password| password.current_algo.is_some())
    };
    assert_eq!(ask(0), Err("401 AUTH_KEY_UNREGISTERED".into()));
    assert_eq!((ask(1), ask(16_384)), (Ok(true), Ok(true)));
}
