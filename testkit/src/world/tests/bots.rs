//! Bots: their commands, their buttons, and links to them.

use telewire::tl::api::functions::{bots, messages, users};
use telewire::tl::api::{enums, types};

use super::places::new_here;
use super::{Device, Script, news, updates};
use telewire::tl::Deserialize;

use crate::world::{HOME, Peer};

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

#[test]
fn a_link_to_a_bot_brings_it_into_a_group_once() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let group = Peer::Chat(script.group(ada, &[bob]));
    let supergroup = Peer::Channel(script.channel(ada, &[bob], false));
    script.told();
    for place in [group, supergroup] {
        let bot: enums::InputUser = script.input_user(ada, echo.user).into();
        let peer = script.place(ada, place);
        let start = |random_id, start_param: &str| messages::StartBot {
            bot: bot.clone(),
            peer: peer.clone(),
            random_id,
            start_param: start_param.into(),
        };
        let answer = script.ask(ada, &start(1, "from")).unwrap();
        // Whoever asks has both from the answer: nothing is missing in the box.
        let texts: Vec<_> = new_here(&answer).into_iter().map(|((_, _, text), _)| text).collect();
        assert_eq!(texts, ["ChatAddUser", "/start@echo_bot from"]);
        assert!(script.ask(ada, &start(1, "from")).is_ok());
        script.ask(ada, &start(2, "")).unwrap();
        let told: Vec<_> = script.told().into_iter().filter(|(to, _)| *to == echo).collect();
        let told = told.iter().flat_map(|(_, told)| new_here(told));
        let texts: Vec<_> = told.map(|((_, _, text), _)| text).collect();
        assert_eq!(texts, ["ChatAddUser", "/start@echo_bot from", "/start@echo_bot"]);
    }
    // Who is not in it brings nobody.
    let eve = script.user("Eve");
    let (bot, peer) = (script.input_user(eve, echo.user).into(), script.place(eve, group));
    let request = messages::StartBot { bot, peer, random_id: 1, start_param: String::new() };
    assert_eq!(script.ask(eve, &request).unwrap_err(), "400 PEER_ID_INVALID");
    // Where nobody may add anybody, nothing is said either.
    let Peer::Channel(id) = supergroup else { panic!() };
    let other = script.bot("Other");
    script.world.state().channel_changed(id, |channel| channel.default_banned.invite_users = true);
    let (bot, peer) = (script.input_user(bob, other.user).into(), script.place(bob, supergroup));
    let request = messages::StartBot { bot, peer, random_id: 1, start_param: String::new() };
    assert_eq!(script.ask(bob, &request).unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    assert!(script.said(bob, supergroup).unwrap()[0].2.ends_with("/start@echo_bot"));
}

/// What a data centre is to answer a question with that a bot was asked.
fn answered<T: Deserialize>(script: &mut Script, query_id: i64) -> T {
    let answers = script.world.state().take_answers(HOME);
    let [(token, answer)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(*token, query_id.cast_unsigned());
    T::from_bytes(answer.as_ref().unwrap()).unwrap()
}

/// What a bot waits for no longer than it has.
const LATE: &str = "400 BOT_RESPONSE_TIMEOUT";

#[test]
fn a_button_asks_the_bot_which_answers_once_and_in_time() {
    let mut script = Script::new();
    let (ada, echo, other) = (script.user("Ada"), script.bot("Echo"), script.bot("Other"));
    let request = messages::SendMessage {
        reply_markup: Some(keyboard("Yes", b"yes")),
        ..messages::SendMessage::new(script.input_peer(echo, ada.user), "Really?".into(), 1)
    };
    script.ask(echo, &request).unwrap();
    let msg_id = news(&script.told()[0].1)[0].0.id;
    let press = |script: &mut Script, data: &[u8], msg_id| {
        let peer = script.input_peer(ada, echo.user);
        let data = Some(data.to_vec().into());
        script.ask(
            ada,
            &messages::GetBotCallbackAnswer { game: false, peer, msg_id, data, password: None },
        )
    };
    let asked = |script: &mut Script| {
        let told = script.told();
        let [(to, told)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(*to, echo);
        let enums::Update::UpdateBotCallbackQuery(query) = &updates(told).updates[0] else {
            panic!()
        };
        assert_eq!((query.user_id, query.data.as_deref()), (ada.user, Some(&b"yes"[..])));
        assert_eq!(updates(told).users.len(), 1);
        query.query_id
    };
    let answer = |query_id, message: &str| messages::SetBotCallbackAnswer {
        alert: true,
        query_id,
        message: Some(message.into()),
        url: None,
        cache_time: 0,
    };
    assert_eq!(press(&mut script, b"yes", msg_id).unwrap_err(), LATE);
    let query = asked(&mut script);
    for (who, request, error) in [
        (ada, answer(query, "Right"), "400 USER_BOT_REQUIRED"),
        (other, answer(query, "Right"), "400 QUERY_ID_INVALID"),
        (echo, answer(query ^ 1, "Right"), "400 QUERY_ID_INVALID"),
        (echo, answer(query, &"a".repeat(201)), "400 MESSAGE_TOO_LONG"),
    ] {
        assert_eq!(script.ask(who, &request).unwrap_err(), error);
    }
    assert!(script.ask(echo, &answer(query, "Right")).unwrap());
    let got: types::messages::BotCallbackAnswer = answered(&mut script, query);
    assert_eq!((got.alert, got.message.as_deref()), (true, Some("Right")));
    assert_eq!(script.ask(echo, &answer(query, "Right")).unwrap_err(), "400 QUERY_ID_INVALID");
    // A bot that is late has nobody to answer.
    press(&mut script, b"yes", msg_id).unwrap_err();
    let query = asked(&mut script);
    script.world.advance(std::time::Duration::from_secs(16));
    let late =
        (query.cast_unsigned(), Err(telewire::rpc::RpcError::parse(400, "BOT_RESPONSE_TIMEOUT")));
    assert_eq!(script.world.state().take_answers(HOME), [late]);
    assert_eq!(script.ask(echo, &answer(query, "Right")).unwrap_err(), "400 QUERY_ID_INVALID");
    assert_eq!(press(&mut script, b"no", msg_id).unwrap_err(), "400 DATA_INVALID");
    assert_eq!(press(&mut script, b"yes", 99).unwrap_err(), "400 MESSAGE_ID_INVALID");
}

#[test]
fn what_a_bot_finds_inline_is_sent_in_the_name_of_whoever_asked() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let ask = |script: &mut Script, bot| {
        let (bot, peer) = (script.input_user(ada, bot).into(), script.input_peer(ada, bob.user));
        let (query, offset) = ("cats".to_owned(), String::new());
        script
            .ask(ada, &messages::GetInlineBotResults { bot, peer, geo_point: None, query, offset })
    };
    let result = |id: &str, text: &str| {
        let text = types::InputBotInlineMessageText {
            no_webpage: false,
            invert_media: false,
            message: text.into(),
            entities: None,
            reply_markup: None,
        };
        types::InputBotInlineResult::new(id.into(), "article".into(), text.into()).into()
    };
    let set = |query_id, results| messages::SetInlineBotResults {
        gallery: false,
        private: false,
        query_id,
        results,
        cache_time: 0,
        next_offset: None,
        switch_pm: None,
        switch_webview: None,
    };
    assert_eq!(ask(&mut script, bob.user).unwrap_err(), "400 BOT_INVALID");
    assert_eq!(ask(&mut script, echo.user).unwrap_err(), LATE);
    let told = script.told();
    let enums::Update::UpdateBotInlineQuery(query) = &updates(&told[0].1).updates[0] else {
        panic!()
    };
    let (query_id, words) = (query.query_id, &*query.query);
    assert_eq!((told[0].0, words, query.user_id), (echo, "cats", ada.user));
    for (results, error) in [
        (vec![result("", "a cat")], "400 RESULT_ID_EMPTY"),
        (vec![result("1", "a cat"); 2], "400 RESULT_ID_DUPLICATE"),
        (vec![result("1", " ")], "400 MESSAGE_EMPTY"),
        (vec![result("1", "a cat"); 51], "400 RESULTS_TOO_MUCH"),
    ] {
        assert_eq!(script.ask(echo, &set(query_id, results)).unwrap_err(), error);
    }
    assert!(script.ask(echo, &set(query_id, vec![result("1", "a cat")])).unwrap());
    let got: types::messages::BotResults = answered(&mut script, query_id);
    assert_eq!((got.results.len(), got.users.len()), (1, 1));
    let send = |script: &mut Script, from: Device, query_id, id: &str| {
        let peer = script.input_peer(from, bob.user);
        let request = messages::SendInlineBotResult {
            silent: false,
            background: false,
            clear_draft: false,
            hide_via: false,
            peer,
            reply_to: None,
            random_id: 5,
            query_id,
            id: id.into(),
            schedule_date: None,
            send_as: None,
            quick_reply_shortcut: None,
            allow_paid_stars: None,
        };
        script.ask(from, &request)
    };
    let eve = script.user("Eve");
    assert_eq!(send(&mut script, eve, query_id, "1").unwrap_err(), "400 QUERY_ID_INVALID");
    assert_eq!(send(&mut script, ada, query_id, "2").unwrap_err(), "400 RESULT_ID_INVALID");
    send(&mut script, ada, query_id, "1").unwrap();
    let told = script.told();
    let message = &news(&told[0].1)[0].0;
    assert_eq!((told[0].0, &*message.message, message.via_bot_id), (bob, "a cat", Some(echo.user)));
}

/// A button below a message of a bot's, in a group, a supergroup and a broadcast channel: pressed by a member.
#[test]
fn buttons_work_in_groups_and_channels() {
    use crate::world::Peer;
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let group = script.group(ada, &[bob, echo]);
    let super_group = script.channel(ada, &[bob, echo], false);
    let news = script.channel(ada, &[bob], true);
    let channel = script.input_channel(ada, news);
    let user_id = script.input_user(ada, echo.user).into();
    let admin_rights =
        types::ChatAdminRights { post_messages: true, ..types::ChatAdminRights::new() };
    let promote =
        telewire::tl::api::functions::channels::EditAdmin::new(channel, user_id, admin_rights);
    script.ask(ada, &promote).unwrap();
    let mut instances = std::collections::BTreeSet::new();
    for place in [Peer::Chat(group), Peer::Channel(super_group), Peer::Channel(news)] {
        // Its number in the box of the bot is not that in those of the others.
        script.send(ada, bob.user, "by the way");
        let request = messages::SendMessage {
            reply_markup: Some(keyboard("Yes", b"yes")),
            ..messages::SendMessage::new(script.place(echo, place), "Really?".into(), 1)
        };
        let sent = script.ask(echo, &request).unwrap();
        let number = super::places::new_here(&sent)[0].0.0;
        script.told();
        for by in [ada, bob] {
            let (msg_id, ..) = script.said(by, place).unwrap()[0];
            let press = messages::GetBotCallbackAnswer {
                game: false,
                peer: script.place(by, place),
                msg_id,
                data: Some(b"yes".to_vec().into()),
                password: None,
            };
            assert_eq!(script.ask(by, &press).unwrap_err(), LATE, "{place:?}");
            let told = script.told();
            let [(to, told)] = &told[..] else { panic!("{told:?}") };
            let enums::Update::UpdateBotCallbackQuery(query) = &updates(told).updates[0] else {
                panic!()
            };
            assert_eq!((*to, query.user_id, query.msg_id), (echo, by.user, number));
            assert_eq!(query.peer, place.to_tl());
            assert_eq!(super::places::chats(told).len(), 1);
            instances.insert(query.chat_instance);
            let query_id = query.query_id;
            let answer = messages::SetBotCallbackAnswer {
                alert: false,
                query_id,
                message: Some("Right".into()),
                url: None,
                cache_time: 0,
            };
            assert!(script.ask(echo, &answer).unwrap());
            let got: types::messages::BotCallbackAnswer = answered(&mut script, query_id);
            assert_eq!(got.message.as_deref(), Some("Right"));
        }
        let stranger = script.user("Eve");
        let press = messages::GetBotCallbackAnswer {
            game: false,
            peer: script.place(stranger, place),
            msg_id: 1,
            data: Some(b"yes".to_vec().into()),
            password: None,
        };
        let refused = script.ask(stranger, &press).unwrap_err();
        assert!(refused.ends_with("PEER_ID_INVALID") || refused.ends_with("PRIVATE"), "{refused}");
    }
    // One for each chat, whoever presses.
    assert_eq!(instances.len(), 3);
}

/// Whoever is out of a group or channel presses nothing there, though they can see the button; and a bot that is out hears of nothing.
#[test]
fn buttons_are_for_those_who_are_in_a_chat_and_for_bots_that_are() {
    use crate::world::Peer;
    use telewire::tl::api::functions::channels::{LeaveChannel, UpdateUsername};
    for is_group in [true, false] {
        let mut script = Script::new();
        let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
        let place = if is_group {
            Peer::Chat(script.group(ada, &[bob, echo]))
        } else {
            let id = script.channel(ada, &[bob, echo], false);
            let channel = script.input_channel(ada, id);
            let username = "open_to_all".into();
            script.ask(ada, &UpdateUsername { channel, username }).unwrap();
            Peer::Channel(id)
        };
        let request = messages::SendMessage {
            reply_markup: Some(keyboard("Yes", b"yes")),
            ..messages::SendMessage::new(script.place(echo, place), "Really?".into(), 1)
        };
        script.ask(echo, &request).unwrap();
        let press = |script: &mut Script, by| {
            let (msg_id, ..) = script
                .said(by, place)
                .unwrap()
                .into_iter()
                .find(|said| said.2 == "Really?")
                .unwrap();
            let press = messages::GetBotCallbackAnswer {
                game: false,
                peer: script.place(by, place),
                msg_id,
                data: Some(b"yes".to_vec().into()),
                password: None,
            };
            script.told();
            script.ask(by, &press).unwrap_err()
        };
        let leave = |script: &mut Script, who: Device| match place {
            Peer::Channel(id) => {
                let channel = script.input_channel(who, id);
                script.ask(who, &LeaveChannel { channel }).unwrap();
            }
            Peer::Chat(chat_id) => {
                let user_id = types::InputUserSelf.into();
                let leave = messages::DeleteChatUser { revoke_history: false, chat_id, user_id };
                script.ask(who, &leave).unwrap();
            }
            Peer::User(_) => panic!(),
        };
        leave(&mut script, bob);
        assert_eq!(press(&mut script, bob), "403 CHAT_WRITE_FORBIDDEN");
        assert_eq!(script.told(), []);
        assert_eq!(press(&mut script, ada), LATE);
        assert_eq!(script.told().len(), 1);
        leave(&mut script, echo);
        assert_eq!(press(&mut script, ada), LATE);
        assert_eq!(script.told(), []);
    }
}
