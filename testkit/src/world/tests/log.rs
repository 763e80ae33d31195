//! What happened in a channel of late, as its admins see it.

use std::time::Duration;

use telewire::tl::api::enums::ChannelAdminLogEventAction as Action;
use telewire::tl::api::functions::channels::{
    DeleteMessages, EditAdmin, EditBanned, EditTitle, GetAdminLog, InviteToChannel, JoinChannel,
    LeaveChannel, ToggleSlowMode, UpdateUsername,
};
use telewire::tl::api::functions::messages::{
    EditChatAbout, EditChatDefaultBannedRights, EditMessage, SendMedia, UpdatePinnedMessage,
};
use telewire::tl::api::{enums, types};

use super::outsiders::tea;
use super::{Device, Script, message};
use crate::world::Peer;

/// A supergroup of Ada's and Bob, in which much was done by Ada in turn, and some by Bob and Eve.
fn busy() -> (Script, Device, Device, Device, i64) {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[], false);
    let channel = script.input_channel(ada, id);
    let place = script.place(ada, Peer::Channel(id));
    let bob_s: enums::InputUser = script.input_user(ada, bob.user).into();
    let users = vec![bob_s.clone()];
    script.ask(ada, &InviteToChannel { channel: channel.clone(), users }).unwrap();
    script.ask(ada, &EditTitle { channel: channel.clone(), title: "Tea".into() }).unwrap();
    script.ask(ada, &EditChatAbout { peer: place.clone(), about: "of tea".into() }).unwrap();
    let named = UpdateUsername { channel: channel.clone(), username: "tea_of_ada".into() };
    script.ask(ada, &named).unwrap();
    script.ask(ada, &ToggleSlowMode { channel: channel.clone(), seconds: 10 }).unwrap();
    let pins = types::ChatBannedRights { pin_messages: true, ..types::ChatBannedRights::new(0) };
    let forbid = EditChatDefaultBannedRights { peer: place.clone(), banned_rights: pins };
    script.ask(ada, &forbid).unwrap();
    script.say(bob, Peer::Channel(id), "green").unwrap();
    let theirs = script.place(bob, Peer::Channel(id));
    let last = script.said(bob, Peer::Channel(id)).unwrap()[0].0;
    let edit = EditMessage { message: Some("black".into()), ..EditMessage::new(theirs, last) };
    script.ask(bob, &edit).unwrap();
    script.ask(ada, &UpdatePinnedMessage::new(place.clone(), last)).unwrap();
    let gone = DeleteMessages { channel: channel.clone(), id: vec![last] };
    script.ask(ada, &gone).unwrap();
    script.ask(ada, &SendMedia::new(place.clone(), tea().into(), String::new(), 70)).unwrap();
    let asked = script.said(ada, Peer::Channel(id)).unwrap()[0].0;
    let mut closed = tea();
    closed.poll.closed = true;
    let close = EditMessage { media: Some(closed.into()), ..EditMessage::new(place, asked) };
    script.ask(ada, &close).unwrap();
    let rights = types::ChatAdminRights { ban_users: true, ..types::ChatAdminRights::new() };
    for rights in [rights, types::ChatAdminRights::new()] {
        script.ask(ada, &EditAdmin::new(channel.clone(), bob_s.clone(), rights)).unwrap();
    }
    let none = types::ChatBannedRights::new(0);
    let mute = types::ChatBannedRights { send_messages: true, ..none.clone() };
    let out = types::ChatBannedRights { view_messages: true, ..none.clone() };
    for banned_rights in [mute, none.clone(), out, none] {
        let participant = script.place(ada, Peer::User(bob.user));
        let channel = channel.clone();
        script.ask(ada, &EditBanned { channel, participant, banned_rights }).unwrap();
    }
    let channel = script.input_channel(eve, id);
    script.ask(eve, &JoinChannel { channel: channel.clone() }).unwrap();
    script.ask(eve, &LeaveChannel { channel }).unwrap();
    (script, ada, bob, eve, id)
}

fn log(script: &mut Script, by: Device, id: i64) -> GetAdminLog {
    let channel = script.input_channel(by, id);
    GetAdminLog::new(channel, String::new(), 0, 0, 100)
}

/// Who did what, the first that was done first, and its number.
fn done(script: &mut Script, by: Device, request: &GetAdminLog) -> Vec<(i64, i64, String)> {
    let found = script.ask(by, request).unwrap();
    let events = found.events.iter().rev().map(|event| {
        assert!(found.users.iter().any(|user| user.id() == event.user_id));
        let name = format!("{:?}", event.action);
        let name = name.split(['(', ' ']).next().unwrap().replace("channelAdminLogEventAction", "");
        (event.id, event.user_id, name)
    });
    events.collect()
}

const ALL: [&str; 18] = [
    "ParticipantInvite",
    "ChangeTitle",
    "ChangeAbout",
    "ChangeUsername",
    "ToggleSlowMode",
    "DefaultBannedRights",
    "EditMessage",
    "UpdatePinned",
    "DeleteMessage",
    "StopPoll",
    "ParticipantToggleAdmin",
    "ParticipantToggleAdmin",
    "ParticipantToggleBan",
    "ParticipantToggleBan",
    "ParticipantToggleBan",
    "ParticipantToggleBan",
    "ParticipantJoin",
    "ParticipantLeave",
];

#[test]
fn admins_see_what_was_done_by_whom_and_how_it_was_before() {
    let (mut script, ada, bob, eve, id) = busy();
    let request = log(&mut script, ada, id);
    let all = done(&mut script, ada, &request);
    let names: Vec<_> = all.iter().map(|(.., name)| name.as_str()).collect();
    assert_eq!(names, ALL);
    let by: Vec<_> = all.iter().map(|(_, by, _)| *by).collect();
    assert_eq!((by[0], by[6], by[16], by[17]), (ada.user, bob.user, eve.user, eve.user));
    let found = script.ask(ada, &request).unwrap();
    let actions: Vec<_> = found.events.iter().rev().map(|event| &event.action).collect();
    let Action::ChannelAdminLogEventActionChangeTitle(title) = actions[1] else { panic!() };
    assert_eq!((title.prev_value.as_str(), title.new_value.as_str()), ("Channel", "Tea"));
    let Action::ChannelAdminLogEventActionChangeAbout(about) = actions[2] else { panic!() };
    assert_eq!((about.prev_value.as_str(), about.new_value.as_str()), ("about", "of tea"));
    let Action::ChannelAdminLogEventActionChangeUsername(name) = actions[3] else { panic!() };
    assert_eq!((name.prev_value.as_str(), name.new_value.as_str()), ("", "tea_of_ada"));
    let Action::ChannelAdminLogEventActionToggleSlowMode(slow) = actions[4] else { panic!() };
    assert_eq!((slow.prev_value, slow.new_value), (0, 10));
    let Action::ChannelAdminLogEventActionDefaultBannedRights(rights) = actions[5] else {
        panic!()
    };
    assert!(!rights.prev_banned_rights.pin_messages && rights.new_banned_rights.pin_messages);
    let Action::ChannelAdminLogEventActionEditMessage(edit) = actions[6] else { panic!() };
    let (old, new) = (message(edit.prev_message.clone()), message(edit.new_message.clone()));
    assert_eq!((old.message.as_str(), new.message.as_str()), ("green", "black"));
    let Action::ChannelAdminLogEventActionUpdatePinned(pin) = actions[7] else { panic!() };
    assert!(message(pin.message.clone()).pinned);
    let Action::ChannelAdminLogEventActionDeleteMessage(gone) = actions[8] else { panic!() };
    assert_eq!(message(gone.message.clone()).message, "black");
    let Action::ChannelAdminLogEventActionParticipantToggleBan(ban) = actions[12] else { panic!() };
    assert!(matches!(ban.prev_participant, enums::ChannelParticipant::ChannelParticipant(_)));
    assert!(matches!(ban.new_participant, enums::ChannelParticipant::ChannelParticipantBanned(_)));
    let Action::ChannelAdminLogEventActionParticipantToggleBan(ban) = actions[15] else { panic!() };
    assert!(matches!(ban.new_participant, enums::ChannelParticipant::ChannelParticipantLeft(_)));
    // After two days it is forgotten.
    script.unix += Duration::from_secs(2 * 86_400 + 1);
    assert_eq!(done(&mut script, ada, &request), []);
}

#[test]
fn what_was_done_is_asked_for_by_kind_by_person_by_word_and_in_parts() {
    let (mut script, ada, bob, eve, id) = busy();
    let request = log(&mut script, ada, id);
    let none = types::ChannelAdminLogEventsFilter::new();
    let kinds: [(types::ChannelAdminLogEventsFilter, &[usize]); 15] = [
        (types::ChannelAdminLogEventsFilter { invite: true, ..none.clone() }, &[0]),
        (types::ChannelAdminLogEventsFilter { info: true, ..none.clone() }, &[1, 2, 3]),
        (types::ChannelAdminLogEventsFilter { settings: true, ..none.clone() }, &[4, 5]),
        (types::ChannelAdminLogEventsFilter { edit: true, ..none.clone() }, &[6, 9]),
        (types::ChannelAdminLogEventsFilter { pinned: true, ..none.clone() }, &[7]),
        (types::ChannelAdminLogEventsFilter { delete: true, ..none.clone() }, &[8]),
        (types::ChannelAdminLogEventsFilter { promote: true, ..none.clone() }, &[10]),
        (types::ChannelAdminLogEventsFilter { demote: true, ..none.clone() }, &[11]),
        (types::ChannelAdminLogEventsFilter { ban: true, ..none.clone() }, &[12]),
        (types::ChannelAdminLogEventsFilter { unban: true, ..none.clone() }, &[13]),
        (types::ChannelAdminLogEventsFilter { kick: true, ..none.clone() }, &[14]),
        (types::ChannelAdminLogEventsFilter { unkick: true, ..none.clone() }, &[15]),
        (types::ChannelAdminLogEventsFilter { join: true, ..none.clone() }, &[16]),
        (types::ChannelAdminLogEventsFilter { leave: true, ..none.clone() }, &[17]),
        (none, &[]),
    ];
    let all = done(&mut script, ada, &request);
    let numbers = |places: &[usize]| places.iter().map(|at| all[*at].0).collect::<Vec<_>>();
    let found = |script: &mut Script, request: &GetAdminLog| {
        done(script, ada, request).into_iter().map(|(id, ..)| id).collect::<Vec<_>>()
    };
    for (filter, places) in kinds {
        let request = GetAdminLog { events_filter: Some(filter.clone()), ..request.clone() };
        assert_eq!(found(&mut script, &request), numbers(places), "{filter:?}");
    }
    let eve_s = script.input_user(ada, eve.user).into();
    let by_eve = GetAdminLog { admins: Some(vec![eve_s]), ..request.clone() };
    assert_eq!(found(&mut script, &by_eve), numbers(&[16, 17]));
    // By a word of a message, or the name of whoever did it.
    let word = GetAdminLog { q: "BLACK".into(), ..request.clone() };
    assert_eq!(found(&mut script, &word), numbers(&[6, 7, 8]));
    let name = GetAdminLog { q: "eve".into(), ..request.clone() };
    assert_eq!(found(&mut script, &name), numbers(&[16, 17]));
    let part = GetAdminLog { max_id: all[5].0, min_id: all[1].0, ..request.clone() };
    assert_eq!(found(&mut script, &part), numbers(&[2, 3, 4]));
    let latest = GetAdminLog { limit: 2, ..part };
    assert_eq!(found(&mut script, &latest), numbers(&[3, 4]));
    // It is for admins.
    let channel = script.input_channel(eve, id);
    let refused = script.ask(eve, &GetAdminLog { channel, ..request.clone() });
    assert_eq!(refused.unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
    let hidden = script.channel(ada, &[], false);
    let request = log(&mut script, bob, hidden);
    assert_eq!(script.ask(bob, &request).unwrap_err(), "400 CHANNEL_PRIVATE");
}
