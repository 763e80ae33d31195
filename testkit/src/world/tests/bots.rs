//! Bots: their commands, their buttons, and links to them.

use telewire::tl::api::functions::{bots, messages, users};
use telewire::tl::api::{enums, types};

use super::{Device, Script, news};

fn command(name: &str, description: &str) -> types::BotCommand {
    types::BotCommand { ephemeral: false, command: name.into(), description: description.into() }
}

fn set(scope: enums::BotCommandScope, commands: Vec<types::BotCommand>) -> bots::SetBotCommands {
    bots::SetBotCommands { scope, lang_code: String::new(), commands }
}

/// The commands that somebody sees of a bot.
fn seen(script: &mut Script, by: Device, bot: i64) -> Vec<types::BotCommand> {
    let id = script.input_user(by, bot).into();
    let full = script.ask(by, &users::GetFullUser { id }).unwrap().full_user;
    full.bot_info.unwrap().commands.unwrap()
}

#[test]
fn commands_are_seen_in_the_profile_of_the_bot() {
    use enums::BotCommandScope::{
        BotCommandScopeChats, BotCommandScopeDefault, BotCommandScopeUsers,
    };
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    assert_eq!(seen(&mut script, ada, echo.user), []);
    let commands = vec![command("start", "Begins"), command("help", "Helps")];
    assert!(script.ask(echo, &set(BotCommandScopeDefault, commands.clone())).unwrap());
    assert_eq!(seen(&mut script, ada, echo.user), commands);
    let get = |scope| bots::GetBotCommands { scope, lang_code: String::new() };
    assert_eq!(script.ask(echo, &get(BotCommandScopeDefault)).unwrap(), commands);
    // Those for people count before those for all, and those for groups do not.
    script.ask(echo, &set(BotCommandScopeChats, vec![command("ban", "Bans")])).unwrap();
    assert_eq!(seen(&mut script, ada, echo.user), commands);
    let private = vec![command("me", "You")];
    script.ask(echo, &set(BotCommandScopeUsers, private.clone())).unwrap();
    assert_eq!(seen(&mut script, ada, echo.user), private);
    let reset = bots::ResetBotCommands { scope: BotCommandScopeUsers, lang_code: String::new() };
    assert!(script.ask(echo, &reset).unwrap());
    assert_eq!(seen(&mut script, ada, echo.user), commands);
}

#[test]
fn commands_that_can_be_none_are_refused() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    let default = enums::BotCommandScope::BotCommandScopeDefault;
    for (commands, error) in [
        (vec![command("Start", "Begins")], "400 BOT_COMMAND_INVALID"),
        (vec![command("", "Begins")], "400 BOT_COMMAND_INVALID"),
        (vec![command(&"a".repeat(33), "Begins")], "400 BOT_COMMAND_INVALID"),
        (vec![command("start", " ")], "400 BOT_COMMAND_DESCRIPTION_INVALID"),
        (vec![command("start", "Begins"); 101], "400 BOT_COMMANDS_TOO_MUCH"),
    ] {
        assert_eq!(script.ask(echo, &set(default.clone(), commands)).unwrap_err(), error);
    }
    let error = script.ask(ada, &set(default.clone(), Vec::new())).unwrap_err();
    assert_eq!(error, "400 USER_BOT_REQUIRED");
    let reset = bots::ResetBotCommands { scope: default.clone(), lang_code: String::new() };
    assert_eq!(script.ask(ada, &reset).unwrap_err(), "400 USER_BOT_REQUIRED");
    let get = bots::GetBotCommands { scope: default, lang_code: String::new() };
    assert_eq!(script.ask(ada, &get).unwrap_err(), "400 USER_BOT_REQUIRED");
}

/// A button that calls back.
pub(super) fn keyboard(text: &str, data: &[u8]) -> enums::ReplyMarkup {
    let kind =
        types::InlineButtonTypeCallback { requires_password: false, data: data.to_vec().into() };
    let button = types::KeyboardInlineButton::new(text.into(), kind.into());
    let rows = vec![types::KeyboardInlineButtonRow { buttons: vec![button] }];
    types::ReplyInlineMarkup { force_reply: false, rows }.into()
}

#[test]
fn buttons_of_bots_are_shown_and_those_of_people_are_not_kept() {
    let mut script = Script::new();
    let (ada, echo) = (script.user("Ada"), script.bot("Echo"));
    for (from, to, is_kept) in [(echo, ada, true), (ada, echo, false)] {
        let markup = keyboard("Yes", b"yes");
        let request = messages::SendMessage {
            reply_markup: Some(markup.clone()),
            ..messages::SendMessage::new(script.input_peer(from, to.user), "Really?".into(), 1)
        };
        script.ask(from, &request).unwrap();
        let told = script.told();
        let shown = &news(&told[0].1)[0].0.reply_markup;
        assert_eq!(*shown, Some(markup).filter(|_| is_kept));
    }
}

#[test]
fn a_link_to_a_bot_begins_with_what_it_says() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let start = |script: &mut Script, bot: i64, param: &str, random_id| {
        let bot = script.input_user(ada, bot).into();
        let peer = enums::InputPeer::InputPeerEmpty;
        let start_param = param.to_owned();
        script.ask(ada, &messages::StartBot { bot, peer, random_id, start_param })
    };
    for random_id in [1, 1] {
        start(&mut script, echo.user, "from_a-link", random_id).unwrap();
    }
    start(&mut script, echo.user, "", 2).unwrap();
    let told = script.told();
    let texts: Vec<_> =
        told.iter().flat_map(|(_, told)| news(told)).map(|(message, ..)| message).collect();
    assert_eq!((&*texts[0].message, &*texts[1].message), ("/start from_a-link", "/start"));
    assert_eq!(texts.len(), 2);
    let entities = texts[0].entities.clone().unwrap();
    assert_eq!(entities, [types::MessageEntityBotCommand { offset: 0, length: 6 }.into()]);
    for (bot, param, error) in [
        (bob.user, "", "400 BOT_INVALID"),
        (echo.user, "a b", "400 START_PARAM_INVALID"),
        (echo.user, &*"a".repeat(65), "400 START_PARAM_TOO_LONG"),
    ] {
        assert_eq!(start(&mut script, bot, param, 9).unwrap_err(), error);
    }
}
