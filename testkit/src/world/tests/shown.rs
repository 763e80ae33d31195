//! What was set is shown: settings in each form that has them, commands where they are for, marks, and options of what is sent.

use telewire::tl::api::functions::account::UpdateNotifySettings;
use telewire::tl::api::functions::bots::SetBotCommands;
use telewire::tl::api::functions::channels::{EditAdmin, GetFullChannel, ToggleForum};
use telewire::tl::api::functions::messages::{
    EditChatAdmin, GetAllDrafts, GetDialogUnreadMarks, GetForumTopics, GetFullChat, GetPeerDialogs,
    GetScheduledHistory, MarkDialogUnread, ReadHistory, SaveDraft, SendInlineBotResult,
};
use telewire::tl::api::functions::{channels, users};
use telewire::tl::api::{enums, types};

use super::forms::send_inline;
use super::{Device, Script, told_to};
use crate::world::Peer;

fn input_dialog(script: &mut Script, by: Device, place: Peer) -> enums::InputDialogPeer {
    let peer = script.place(by, place);
    types::InputDialogPeer { peer }.into()
}

fn dialog(script: &mut Script, by: Device, place: Peer) -> types::Dialog {
    let peers = vec![input_dialog(script, by, place)];
    let found = script.ask(by, &GetPeerDialogs { peers }).unwrap();
    match &found.dialogs[0] {
        enums::Dialog::Dialog(dialog) => (**dialog).clone(),
        other => panic!("{other:?}"),
    }
}

/// A person, a group and a supergroup.
fn places(script: &mut Script, ada: Device, bob: Device) -> [Peer; 3] {
    script.send(bob, ada.user, "hello");
    let group = script.group(bob, &[ada]);
    let channel = script.channel(bob, &[ada], false);
    script.told();
    [Peer::User(bob.user), Peer::Chat(group), Peer::Channel(channel)]
}

#[test]
fn how_one_wants_to_be_told_is_shown_in_lists_and_profiles() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    for (mute, place) in (1..).zip(places(&mut script, ada, bob)) {
        assert_eq!(dialog(&mut script, ada, place).notify_settings.mute_until, None);
        let peer = script.place(ada, place);
        let settings = types::InputPeerNotifySettings {
            mute_until: Some(mute),
            ..types::InputPeerNotifySettings::new()
        };
        let peer = types::InputNotifyPeer { peer }.into();
        script.ask(ada, &UpdateNotifySettings { peer, settings }).unwrap();
        assert_eq!(dialog(&mut script, ada, place).notify_settings.mute_until, Some(mute));
        assert_eq!(
            dialog(&mut script, bob, other_side(place, ada)).notify_settings.mute_until,
            None
        );
        let shown = match place {
            Peer::User(_) => {
                let id = script.input_user(ada, bob.user).into();
                let full = script.ask(ada, &users::GetFullUser { id }).unwrap();
                full.full_user.notify_settings
            }
            Peer::Chat(chat_id) => {
                match script.ask(ada, &GetFullChat { chat_id }).unwrap().full_chat {
                    enums::ChatFull::ChatFull(full) => full.notify_settings,
                    other => panic!("{other:?}"),
                }
            }
            Peer::Channel(id) => {
                let channel = script.input_channel(ada, id);
                match script.ask(ada, &GetFullChannel { channel }).unwrap().full_chat {
                    enums::ChatFull::ChannelFull(full) => full.notify_settings,
                    other => panic!("{other:?}"),
                }
            }
        };
        assert_eq!(shown.mute_until, Some(mute), "{place:?}");
    }
}

fn other_side(place: Peer, me: Device) -> Peer {
    match place {
        Peer::User(_) => Peer::User(me.user),
        place => place,
    }
}

#[test]
fn how_one_wants_to_be_told_of_a_topic_is_shown_there() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let id = script.channel(ada, &[], false);
    let channel = script.input_channel(ada, id);
    script.ask(ada, &ToggleForum { channel, enabled: true, tabs: false }).unwrap();
    let peer = script.place(ada, Peer::Channel(id));
    let about = types::InputNotifyForumTopic { peer: peer.clone(), top_msg_id: 1 };
    let settings = types::InputPeerNotifySettings {
        mute_until: Some(7),
        ..types::InputPeerNotifySettings::new()
    };
    script.ask(ada, &UpdateNotifySettings { peer: about.into(), settings }).unwrap();
    let topics = script.ask(ada, &GetForumTopics::new(peer, 0, 0, 0, 10)).unwrap();
    let enums::ForumTopic::ForumTopic(general) = &topics.topics[0] else { panic!() };
    assert_eq!(general.notify_settings.mute_until, Some(7));
    // The channel's own are others.
    assert_eq!(dialog(&mut script, ada, Peer::Channel(id)).notify_settings.mute_until, None);
}

#[test]
fn a_mark_is_seen_in_each_kind_of_chat_until_it_is_read() {
    let mut script = Script::new();
    let (person, bob) = (script.world.user("Ada"), script.user("Bob"));
    let (ada, desk) = (script.device(&person), script.device(&person));
    for place in places(&mut script, ada, bob) {
        let read = |script: &mut Script| match place {
            Peer::Channel(id) => {
                let channel = script.input_channel(ada, id);
                assert!(script.ask(ada, &channels::ReadHistory { channel, max_id: 0 }).unwrap());
            }
            place => {
                let peer = script.place(ada, place);
                script.ask(ada, &ReadHistory { peer, max_id: 0 }).unwrap();
            }
        };
        // All is read before, so that the mark alone is left to go.
        read(&mut script);
        let peer = input_dialog(&mut script, ada, place);
        let mark = MarkDialogUnread { unread: true, parent_peer: None, peer };
        script.ask(ada, &mark).unwrap();
        script.told();
        assert!(dialog(&mut script, desk, place).unread_mark, "{place:?}");
        let marks = GetDialogUnreadMarks { parent_peer: None };
        let marked = types::DialogPeer { peer: place.to_tl() };
        assert_eq!(script.ask(desk, &marks).unwrap(), [marked.into()], "{place:?}");
        read(&mut script);
        assert!(!dialog(&mut script, desk, place).unread_mark, "{place:?}");
        assert_eq!(script.ask(desk, &marks).unwrap(), []);
        let told = told_to(&mut script, person.id());
        let [enums::Update::UpdateDialogUnreadMark(mark)] = &told[..] else { panic!("{told:?}") };
        assert!(!mark.unread);
    }
}

#[test]
fn what_is_read_of_a_channel_is_so_by_the_channel_s_own_method() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(bob, &[ada], false);
    script.say(bob, Peer::Channel(id), "hello").unwrap();
    let peer = script.place(ada, Peer::Channel(id));
    let wrong = script.ask(ada, &ReadHistory { peer, max_id: 0 }).unwrap_err();
    assert_eq!(wrong, "400 PEER_ID_INVALID");
    assert_eq!(dialog(&mut script, ada, Peer::Channel(id)).unread_count, 2);
    let channel = script.input_channel(ada, id);
    let below = channels::ReadHistory { channel: channel.clone(), max_id: -1 };
    assert_eq!(script.ask(ada, &below).unwrap_err(), "400 MSG_ID_INVALID");
    script.ask(ada, &channels::ReadHistory { channel, max_id: 0 }).unwrap();
    assert_eq!(dialog(&mut script, ada, Peer::Channel(id)).unread_count, 0);
}

/// The commands that somebody sees of a bot in a place.
fn commands(script: &mut Script, by: Device, place: Peer) -> Vec<String> {
    let infos = match place {
        Peer::User(bot) => {
            let id = script.input_user(by, bot).into();
            let full = script.ask(by, &users::GetFullUser { id }).unwrap().full_user;
            vec![*full.bot_info.unwrap()]
        }
        Peer::Chat(chat_id) => match script.ask(by, &GetFullChat { chat_id }).unwrap().full_chat {
            enums::ChatFull::ChatFull(full) => full.bot_info.unwrap(),
            other => panic!("{other:?}"),
        },
        Peer::Channel(id) => {
            let channel = script.input_channel(by, id);
            match script.ask(by, &GetFullChannel { channel }).unwrap().full_chat {
                enums::ChatFull::ChannelFull(full) => full.bot_info,
                other => panic!("{other:?}"),
            }
        }
    };
    let [info] = &infos[..] else { panic!("{infos:?}") };
    let all = info.commands.iter().flatten();
    all.map(|command| command.command.clone()).collect()
}

#[test]
fn commands_are_seen_by_those_for_whom_they_are_and_the_narrowest_count() {
    use enums::BotCommandScope as Scope;
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let group = Peer::Chat(script.group(ada, &[bob, echo]));
    let channel = Peer::Channel(script.channel(ada, &[bob, echo], false));
    let private = Peer::User(echo.user);
    script.send(bob, echo.user, "/start");
    script.told();
    let set = |script: &mut Script, scope: Scope, name: &str| {
        let command = types::BotCommand {
            ephemeral: false,
            command: name.into(),
            description: "Does it".into(),
        };
        let (lang_code, commands) = (String::new(), vec![command]);
        assert!(script.ask(echo, &SetBotCommands { scope, lang_code, commands }).unwrap());
    };
    let everywhere = |script: &mut Script, of: Device| {
        [private, group, channel].map(|place| commands(script, of, place).join(" "))
    };
    assert_eq!(everywhere(&mut script, ada), ["", "", ""]);
    set(&mut script, Scope::BotCommandScopeDefault, "all");
    let told = told_to(&mut script, bob.user);
    let [enums::Update::UpdateBotCommands(update)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((update.bot_id, &*update.commands[0].command), (echo.user, "all"));
    assert_eq!(everywhere(&mut script, ada), ["all", "all", "all"]);
    set(&mut script, Scope::BotCommandScopeChats, "chats");
    set(&mut script, Scope::BotCommandScopeUsers, "users");
    assert_eq!(everywhere(&mut script, ada), ["users", "chats", "chats"]);
    set(&mut script, Scope::BotCommandScopeChatAdmins, "admins");
    assert_eq!(everywhere(&mut script, ada), ["users", "admins", "admins"]);
    assert_eq!(everywhere(&mut script, bob), ["users", "chats", "chats"]);
    for (place, name) in [(group, "group"), (channel, "channel"), (Peer::User(bob.user), "bob")] {
        let peer = script.place(echo, place);
        set(&mut script, types::BotCommandScopePeer { peer }.into(), name);
    }
    assert_eq!(everywhere(&mut script, bob), ["bob", "group", "channel"]);
    assert_eq!(everywhere(&mut script, ada), ["users", "group", "channel"]);
    let peer = script.place(echo, group);
    set(&mut script, types::BotCommandScopePeerAdmins { peer }.into(), "boss");
    assert_eq!(everywhere(&mut script, ada), ["users", "boss", "channel"]);
    assert_eq!(everywhere(&mut script, bob), ["bob", "group", "channel"]);
    let (Peer::Chat(chat_id), Peer::Channel(id)) = (group, channel) else { panic!() };
    let user_id = script.input_user(ada, bob.user).into();
    script.ask(ada, &EditChatAdmin { chat_id, user_id, is_admin: true }).unwrap();
    assert_eq!(everywhere(&mut script, bob), ["bob", "boss", "channel"]);
    let (peer, user_id) = (script.place(echo, channel), script.input_user(echo, bob.user).into());
    set(&mut script, types::BotCommandScopePeerUser { peer, user_id }.into(), "him");
    assert_eq!(everywhere(&mut script, bob), ["bob", "boss", "him"]);
    let user_id = script.input_user(ada, bob.user).into();
    let rights = types::ChatAdminRights { pin_messages: true, ..types::ChatAdminRights::new() };
    let channel = script.input_channel(ada, id);
    script.ask(ada, &EditAdmin::new(channel, user_id, rights)).unwrap();
    assert_eq!(everywhere(&mut script, bob), ["bob", "boss", "him"]);
}

#[test]
fn what_is_sent_by_way_of_a_bot_has_the_options_of_what_is_sent() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    let place = Peer::User(bob.user);
    script.send(bob, ada.user, "question");
    let peer = script.place(ada, place);
    script.ask(ada, &SaveDraft::new(peer, "begun".into())).unwrap();
    let reply = |to| Some(types::InputReplyToMessage::new(to).into());
    type Change = fn(SendInlineBotResult) -> SendInlineBotResult;
    let wrong: [(Change, &str); 2] = [
        (
            |send| {
                let to = types::InputReplyToMessage::new(99);
                SendInlineBotResult { reply_to: Some(to.into()), ..send }
            },
            "400 REPLY_MESSAGE_ID_INVALID",
        ),
        (
            |send| SendInlineBotResult { send_as: Some(enums::InputPeer::InputPeerEmpty), ..send },
            "400 SEND_AS_PEER_INVALID",
        ),
    ];
    for (change, error) in wrong {
        assert_eq!(send_inline(&mut script, ada, place, echo, change).unwrap_err(), error);
    }
    send_inline(&mut script, ada, place, echo, |send| SendInlineBotResult {
        silent: true,
        clear_draft: true,
        reply_to: reply(1),
        ..send
    })
    .unwrap();
    let history = script.history(bob, ada.user);
    assert!(history[0].silent && history[0].via_bot_id == Some(echo.user));
    let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) = &history[0].reply_to else {
        panic!()
    };
    assert_eq!(header.reply_to_msg_id, Some(history[1].id));
    let drafts = script.ask(ada, &GetAllDrafts).unwrap();
    assert_eq!(super::updates(&drafts).updates, []);
    // It may be for later too.
    let later = i32::try_from(script.unix.as_secs()).unwrap() + 100;
    send_inline(&mut script, ada, place, echo, |send| SendInlineBotResult {
        hide_via: true,
        schedule_date: Some(later),
        ..send
    })
    .unwrap();
    assert_eq!(script.history(bob, ada.user).len(), 2);
    let peer = script.place(ada, place);
    let waiting = script.ask(ada, &GetScheduledHistory { peer, hash: 0 }).unwrap();
    assert_eq!(super::ids(waiting).len(), 1);
    script.unix += std::time::Duration::from_secs(100);
    script.told();
    let history = script.history(bob, ada.user);
    assert_eq!((history.len(), history[0].via_bot_id), (3, None));
}
