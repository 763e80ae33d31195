//! The forms in which clients are told: short ones, strangers in short, and who is told at all. UM-03, UM-09, UM-10, UM-12.

use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::channels::DeleteMessages;
use telewire::tl::api::functions::messages::{
    EditMessage, GetInlineBotResults, GetMessagesReactions, SendInlineBotResult, SendMedia,
    SendMessage, SendReaction, SetInlineBotResults,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script, told_to, updates};
use crate::world::{Peer, Viewer};
use crate::{Habits, PushFault};

/// Short forms of all that has one.
fn short() -> Habits {
    Habits { short: 1_000, ..Habits::default() }
}

/// Sends a result of an inline query of a bot's, which answers it.
pub(super) fn send_inline(
    script: &mut Script,
    from: Device,
    to: Peer,
    bot: Device,
    change: impl FnOnce(SendInlineBotResult) -> SendInlineBotResult,
) -> Result<enums::Updates, String> {
    script.told();
    let (query, offset) = ("cats".to_owned(), String::new());
    let ask = GetInlineBotResults {
        bot: script.input_user(from, bot.user).into(),
        peer: script.place(from, to),
        geo_point: None,
        query,
        offset,
    };
    script.ask(from, &ask).unwrap_err();
    let told = told_to(script, bot.user);
    let enums::Update::UpdateBotInlineQuery(query) = &told[0] else { panic!("{told:?}") };
    let query_id = query.query_id;
    let text = types::InputBotInlineMessageText {
        no_webpage: false,
        invert_media: false,
        message: "a cat".into(),
        entities: None,
        reply_markup: None,
    };
    let result = types::InputBotInlineResult::new("1".into(), "article".into(), text.into());
    let set = SetInlineBotResults {
        gallery: false,
        private: false,
        query_id,
        results: vec![result.into()],
        cache_time: 0,
        next_offset: None,
        switch_pm: None,
        switch_webview: None,
    };
    script.ask(bot, &set).unwrap();
    let peer = script.place(from, to);
    let send = SendInlineBotResult::new(peer, query_id, query_id, "1".into());
    script.ask(from, &change(send))
}

#[test]
fn um_03_a_short_form_says_by_which_bot_it_was_said() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    script.world.set_habits(short());
    send_inline(&mut script, ada, Peer::User(bob.user), echo, |send| send).unwrap();
    let told = script.told();
    let enums::Updates::UpdateShortMessage(short) = &told[0].1 else { panic!("{told:?}") };
    assert_eq!((told[0].0, short.via_bot_id), (bob, Some(echo.user)));
    assert_eq!(script.history(bob, ada.user)[0].via_bot_id, Some(echo.user));
}

#[test]
fn um_03_what_is_said_in_a_group_has_a_short_form_that_says_the_same() {
    let mut script = Script::new();
    let (ada, bob) = (script.world.user("Ada"), script.user("Bob"));
    let (phone, desk) = (script.device(&ada), script.device(&ada));
    let group = script.group(phone, &[bob]);
    let place = Peer::Chat(group);
    script.say(bob, place, "question").unwrap();
    script.told();
    script.world.set_habits(short());
    let bold = types::MessageEntityBold { offset: 0, length: 3 };
    let asked = script.said(phone, place).unwrap()[0].0;
    let rich = SendMessage {
        silent: true,
        entities: Some(vec![bold.clone().into()]),
        reply_to: Some(types::InputReplyToMessage::new(asked).into()),
        ..SendMessage::new(script.place(phone, place), "rich".into(), 1)
    };
    script.ask(phone, &rich).unwrap();
    let told = script.told();
    assert_eq!(told.len(), 2);
    for (to, told) in told {
        let enums::Updates::UpdateShortChatMessage(short) = told else { panic!("{told:?}") };
        assert_eq!((short.chat_id, short.from_id, short.pts_count), (group, ada.id(), 1));
        assert_eq!((short.out, short.pts), (to == desk, script.pts(to)));
        assert_eq!((&*short.message, short.silent), ("rich", true));
        let reply = match short.reply_to.unwrap() {
            enums::MessageReplyHeader::MessageReplyHeader(header) => header.reply_to_msg_id,
            other => panic!("{other:?}"),
        };
        let said = script.said(to, place).unwrap();
        assert_eq!((short.id, reply), (said[0].0, Some(said[1].0)));
        assert_eq!(short.entities, Some(vec![bold.clone().into()]));
    }
    // What has no short form comes whole: who came, a dice, and what is said in a channel.
    let dice = types::InputMediaDice { emoticon: "🎲".into() };
    let peer = script.place(phone, place);
    script.ask(phone, &SendMedia::new(peer, dice.into(), String::new(), 3)).unwrap();
    let channel = script.channel(phone, &[bob], false);
    script.say(phone, Peer::Channel(channel), "hello").unwrap();
    assert!(script.told().iter().all(|(_, told)| matches!(told, enums::Updates::Updates(_))));
}

#[test]
fn um_09_bots_are_not_told_who_is_there() {
    let mut script = Script::new();
    let (ada, bob, echo) = (script.user("Ada"), script.user("Bob"), script.bot("Echo"));
    script.send(ada, bob.user, "hello");
    script.send(ada, echo.user, "/start");
    script.told();
    for offline in [false, true] {
        script.ask(ada, &UpdateStatus { offline }).unwrap();
        let told = script.told();
        assert_eq!(told.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [bob], "{offline}");
    }
}

/// The people that come along, and whether they are shown in short.
fn people(all: &enums::Updates) -> Vec<(i64, bool)> {
    let users = updates(all).users.iter().map(|user| match user {
        enums::User::User(user) => (user.id, user.min),
        other => panic!("{other:?}"),
    });
    users.collect()
}

#[test]
fn um_10_whose_number_is_given_comes_along_and_strangers_do_in_short() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    script.send(ada, eve.user, "hello");
    let phone_number = script.world.person(eve.user).unwrap().phone().unwrap().to_owned();
    let media = types::InputMediaContact {
        phone_number: format!("+{phone_number}"),
        first_name: "Eve".into(),
        last_name: String::new(),
        vcard: String::new(),
    };
    let group = Peer::Chat(script.group(ada, &[bob]));
    let channel = Peer::Channel(script.channel(ada, &[bob], false));
    script.told();
    let mut number = 0;
    let mut send = |script: &mut Script, place| {
        number += 1;
        let peer = script.place(ada, place);
        let request = SendMedia::new(peer, media.clone().into(), String::new(), number);
        let answer = script.ask(ada, &request).unwrap();
        // She knows her.
        assert!(people(&answer).contains(&(eve.user, false)), "{place:?}");
        script.told().remove(0).1
    };
    for place in [Peer::User(bob.user), group, channel] {
        let told = send(&mut script, place);
        assert!(people(&told).contains(&(eve.user, true)), "{place:?}");
        let number = updates(&told).users.iter().find_map(|user| match user {
            enums::User::User(user) if user.id == eve.user => Some(user.phone.clone()),
            _ => None,
        });
        assert_eq!(number, Some(None));
    }
    script.send(eve, bob.user, "hello");
    script.told();
    let told = send(&mut script, group);
    assert!(people(&told).contains(&(eve.user, false)));
}

#[test]
fn um_10_strangers_that_react_in_a_channel_are_shown_in_short() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let group = Peer::Chat(script.group(ada, &[bob, eve]));
    let channel = Peer::Channel(script.channel(ada, &[bob, eve], false));
    // The group is none of theirs any more: but for it they are strangers.
    for (place, is_short) in [(group, false), (channel, true)] {
        let (bob, eve) = match place {
            Peer::Channel(id) => {
                let all = [script.user("Carol"), script.user("Dan")];
                all.iter().for_each(|one| script.invite(ada, id, *one).unwrap());
                (all[0], all[1])
            }
            _ => (bob, eve),
        };
        script.say(ada, place, "hello").unwrap();
        let msg_id = script.said(eve, place).unwrap()[0].0;
        let emoji = enums::Reaction::from(types::ReactionEmoji { emoticon: "👍".into() });
        let peer = script.place(eve, place);
        let request =
            SendReaction { reaction: Some(vec![emoji]), ..SendReaction::new(peer, msg_id) };
        script.ask(eve, &request).unwrap();
        script.told();
        let peer = script.place(bob, place);
        let id = script.said(bob, place).unwrap()[0].0;
        let request = GetMessagesReactions { peer, id: vec![id] };
        let answer = script.ask(bob, &request).unwrap();
        assert!(people(&answer).contains(&(eve.user, is_short)), "{place:?} {answer:?}");
    }
}

#[test]
fn um_10_a_channel_that_is_named_in_passing_is_shown_in_short_to_whoever_may_not_read_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[], true);
    let place = Peer::Channel(id);
    for (by, is_short) in [(ada, false), (bob, true)] {
        let hash = script.hash(by, place);
        let state = script.world.state();
        let login = crate::world::Key { dc: crate::world::HOME, key: by.key };
        let mut view = state.view(Viewer { user: by.user, by: state.auth.logins[&login].by });
        view.pass(place);
        let [enums::Chat::Channel(channel)] = &view.chats()[..] else { panic!() };
        assert_eq!((channel.min, &*channel.title), (is_short, "Channel"));
        assert_eq!(channel.access_hash == Some(hash), !is_short);
    }
}

/// A channel of Ada's and Bob's; what Bob is told next is faulty.
fn faulty(fault: PushFault) -> (Script, Device, Device, i64) {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    script.world.script_pushes([fault]);
    (script, ada, bob, id)
}

#[test]
fn um_12_what_happened_in_a_channel_is_too_long_with_its_position_or_without() {
    for with_pts in [false, true] {
        let fault = PushFault::ChannelTooLong { with_pts };
        for what in ["new", "edit", "gone"] {
            let (mut script, ada, bob, id) = faulty(PushFault::None);
            let place = Peer::Channel(id);
            script.say(ada, place, "hello").unwrap();
            let message = script.said(ada, place).unwrap()[0].0;
            script.told();
            script.world.script_pushes([fault]);
            match what {
                "new" => drop(script.say(ada, place, "more").unwrap()),
                "edit" => {
                    let peer = script.place(ada, place);
                    let edit = EditMessage {
                        message: Some("other".into()),
                        ..EditMessage::new(peer, message)
                    };
                    script.ask(ada, &edit).unwrap();
                }
                _ => {
                    let channel = script.input_channel(ada, id);
                    script.ask(ada, &DeleteMessages { channel, id: vec![message] }).unwrap();
                }
            }
            let told = script.told();
            let pts = script.world.state().channels.channel(id).unwrap().mailbox.pts();
            let too_long =
                types::UpdateChannelTooLong { channel_id: id, pts: with_pts.then_some(pts) };
            assert_eq!(told[0].0, bob);
            assert_eq!(updates(&told[0].1).updates, [too_long.into()], "{what}");
            assert_eq!(super::places::chats(&told[0].1).len(), 1);
        }
    }
    // What is of no channel comes as it is.
    let (mut script, ada, bob, _) = faulty(PushFault::ChannelTooLong { with_pts: true });
    script.send(ada, bob.user, "hello");
    assert_eq!(super::news(&script.told()[0].1)[0].0.message, "hello");
}

#[test]
fn um_12_who_is_named_is_named_in_short_but_for_oneself() {
    let (mut script, ada, bob, id) = faulty(PushFault::Min);
    script.send(ada, bob.user, "hello");
    let told = script.told();
    let mut all = people(&told[0].1);
    all.sort_unstable();
    assert_eq!(all, [(ada.user, true)]);
    let enums::User::User(user) = &updates(&told[0].1).users[0] else { panic!() };
    // By the hash of somebody who is shown in short nobody is found.
    let wrong = types::InputUser { user_id: user.id, access_hash: user.access_hash.unwrap() };
    let users = telewire::tl::api::functions::users::GetUsers { id: vec![wrong.into()] };
    assert_eq!(script.ask(bob, &users).unwrap(), []);
    script.world.script_pushes([PushFault::Min]);
    script.say(ada, Peer::Channel(id), "hello").unwrap();
    let told = script.told();
    let enums::Chat::Channel(channel) = &super::places::chats(&told[0].1)[0] else { panic!() };
    assert!(channel.min && channel.access_hash != Some(script.hash(bob, Peer::Channel(id))));
    let state = script.world.state();
    let by = state.auth.logins[&crate::world::Key { dc: crate::world::HOME, key: bob.key }].by;
    let viewer = Viewer { user: bob.user, by };
    assert_eq!(channel.access_hash, Some(state.min_access_hash(viewer, Peer::Channel(id))));
}
