//! Who is in a channel, and with what rights.

use std::time::Duration;

use telewire::tl::api::functions::channels::{
    EditAdmin, EditBanned, GetParticipant, GetParticipants, JoinChannel, LeaveChannel,
    UpdateUsername,
};
use telewire::tl::api::functions::messages::{ExportChatInvite, ImportChatInvite};
use telewire::tl::api::{enums, types};

use super::places::{chats, new_here};
use super::{Device, Script, updates};
use crate::world::Peer;

use enums::ChannelParticipantsFilter as Filter;

fn none() -> types::ChatBannedRights {
    types::ChatBannedRights::new(0)
}

fn join(script: &mut Script, device: Device, id: i64) -> Result<(), String> {
    let channel = script.input_channel(device, id);
    script.ask(device, &JoinChannel { channel }).map(drop)
}

fn leave(script: &mut Script, device: Device, id: i64) -> Result<(), String> {
    let channel = script.input_channel(device, id);
    script.ask(device, &LeaveChannel { channel }).map(drop)
}

fn ban(
    script: &mut Script,
    by: Device,
    id: i64,
    user: i64,
    banned_rights: types::ChatBannedRights,
) -> Result<(), String> {
    let channel = script.input_channel(by, id);
    let participant = script.place(by, Peer::User(user));
    script.ask(by, &EditBanned { channel, participant, banned_rights }).map(drop)
}

fn promote(
    script: &mut Script,
    by: Device,
    id: i64,
    user: i64,
    admin_rights: types::ChatAdminRights,
) -> Result<(), String> {
    let channel = script.input_channel(by, id);
    let user_id = script.input_user(by, user).into();
    let rank = Some("boss".into());
    script.ask(by, &EditAdmin { channel, user_id, admin_rights, rank }).map(drop)
}

fn publish(script: &mut Script, owner: Device, id: i64) {
    let channel = script.input_channel(owner, id);
    let request = UpdateUsername { channel, username: "engines".into() };
    script.ask(owner, &request).unwrap();
    script.told();
}

fn participant(script: &mut Script, by: Device, id: i64, user: i64) -> Result<String, String> {
    let channel = script.input_channel(by, id);
    let participant = script.place(by, Peer::User(user));
    let found = script.ask(by, &GetParticipant { channel, participant })?;
    Ok(kind(&found.participant).1.into())
}

fn kind(participant: &enums::ChannelParticipant) -> (i64, &'static str) {
    match participant {
        enums::ChannelParticipant::ChannelParticipantCreator(one) => (one.user_id, "creator"),
        enums::ChannelParticipant::ChannelParticipantAdmin(one) => (one.user_id, "admin"),
        enums::ChannelParticipant::ChannelParticipantSelf(one) => (one.user_id, "self"),
        enums::ChannelParticipant::ChannelParticipant(one) => (one.user_id, "member"),
        enums::ChannelParticipant::ChannelParticipantBanned(one) => match &one.peer {
            enums::Peer::PeerUser(peer) => (peer.user_id, "banned"),
            _ => panic!(),
        },
        other => panic!("{other:?}"),
    }
}

fn participants(
    script: &mut Script,
    by: Device,
    id: i64,
    filter: Filter,
) -> Result<Vec<(i64, &'static str)>, String> {
    let channel = script.input_channel(by, id);
    let request = GetParticipants { channel, filter, offset: 0, limit: 10, hash: 0 };
    match script.ask(by, &request)? {
        enums::channels::ChannelParticipants::ChannelParticipants(all) => {
            assert_eq!(all.count as usize, all.participants.len());
            assert!(all.users.len() >= all.participants.len());
            Ok(all.participants.iter().map(kind).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_public_channel_is_joined_and_left_by_oneself() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.world.user("Bob"));
    let (phone, desktop) = (script.device(&bob), script.device(&bob));
    let id = script.channel(ada, &[], false);
    let channel = Peer::Channel(id);
    assert_eq!(join(&mut script, phone, id), Err("400 CHANNEL_PRIVATE".into()));
    publish(&mut script, ada, id);
    let absent = participant(&mut script, phone, id, phone.user);
    assert_eq!(absent, Err("400 USER_NOT_PARTICIPANT".into()));
    assert_eq!(leave(&mut script, phone, id), Err("400 USER_NOT_PARTICIPANT".into()));
    join(&mut script, phone, id).unwrap();
    let told = script.told();
    let update: enums::Update = types::UpdateChannel { channel_id: id }.into();
    assert_eq!((told[0].0, &updates(&told[0].1).updates[0]), (desktop, &update));
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert!(!shown.left);
    assert_eq!((told[1].0, &*new_here(&told[1].1)[0].0.2), (ada, "ChatAddUser"));
    assert_eq!(join(&mut script, phone, id), Err("400 USER_ALREADY_PARTICIPANT".into()));
    script.say(ada, channel, "welcome").unwrap();
    assert_eq!(script.told().len(), 2);
    assert_eq!(participant(&mut script, phone, id, phone.user), Ok("self".into()));
    leave(&mut script, phone, id).unwrap();
    let told = script.told();
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert!(told[0].0 == desktop && shown.left);
    script.say(ada, channel, "bye").unwrap();
    assert_eq!(script.told(), []);
    assert_eq!(leave(&mut script, ada, id), Err("400 USER_CREATOR".into()));
}

#[test]
fn somebody_is_invited_by_those_who_may() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let echo = script.bot("Echo");
    let group = script.channel(ada, &[bob], false);
    let news = script.channel(ada, &[bob], true);
    script.invite(bob, group, eve).unwrap();
    let told = script.told();
    let names: Vec<_> = told.iter().map(|(to, all)| (to.user, new_here(all).len())).collect();
    // She hears that it is there; then all hear who came.
    assert_eq!(names, [(eve.user, 0), (ada.user, 1), (eve.user, 1)]);
    assert_eq!(script.said(eve, Peer::Channel(group)).unwrap()[0].2, "ChatAddUser");
    let refused = script.invite(bob, news, eve);
    assert_eq!(refused, Err("400 CHAT_ADMIN_REQUIRED".into()));
    assert_eq!(script.invite(ada, news, echo), Err("400 USER_BOT".into()));
    script.invite(ada, news, eve).unwrap();
    assert_eq!(script.said(eve, Peer::Channel(news)).unwrap().len(), 1);
    // Who is there already is no news.
    script.told();
    script.invite(bob, group, eve).unwrap();
    assert_eq!(script.told(), []);
}

#[test]
fn admins_have_the_rights_that_they_were_given_and_give_no_more() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob, eve], true);
    let channel = Peer::Channel(id);
    let rights = types::ChatAdminRights::new();
    let poster = types::ChatAdminRights { post_messages: true, ..rights.clone() };
    let boss = types::ChatAdminRights { add_admins: true, ..poster.clone() };
    let required = Err("400 CHAT_ADMIN_REQUIRED".into());
    assert_eq!(promote(&mut script, bob, id, eve.user, poster.clone()), required);
    promote(&mut script, ada, id, bob.user, boss.clone()).unwrap();
    let told = script.told();
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert_eq!((told[0].0, shown.admin_rights.clone()), (bob, Some(boss.clone())));
    script.say(bob, channel, "news").unwrap();
    assert_eq!(participant(&mut script, ada, id, bob.user), Ok("admin".into()));
    let more = types::ChatAdminRights { ban_users: true, ..rights.clone() };
    let forbidden = Err("403 RIGHT_FORBIDDEN".into());
    assert_eq!(promote(&mut script, bob, id, eve.user, more), forbidden);
    promote(&mut script, bob, id, eve.user, poster.clone()).unwrap();
    script.say(eve, channel, "more").unwrap();
    assert_eq!(promote(&mut script, eve, id, bob.user, rights.clone()), required);
    assert_eq!(promote(&mut script, bob, id, ada.user, poster), Err("400 USER_CREATOR".into()));
    let admins = participants(&mut script, eve, id, Filter::ChannelParticipantsAdmins).unwrap();
    let all = [(ada.user, "creator"), (bob.user, "admin"), (eve.user, "admin")];
    assert_eq!(admins, all);
    // Without rights they are members again.
    promote(&mut script, ada, id, bob.user, rights).unwrap();
    assert_eq!(script.say(bob, channel, "news").unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
}

#[test]
fn whoever_is_restricted_may_not_write_until_a_moment() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let id = script.channel(ada, &[bob], false);
    let channel = Peer::Channel(id);
    let mute = types::ChatBannedRights { send_messages: true, until_date: 1_700_000_100, ..none() };
    let required = Err("400 CHAT_ADMIN_REQUIRED".into());
    assert_eq!(ban(&mut script, bob, id, ada.user, mute.clone()), required);
    ban(&mut script, ada, id, bob.user, mute.clone()).unwrap();
    let told = script.told();
    let enums::Chat::Channel(shown) = &chats(&told[0].1)[0] else { panic!() };
    assert_eq!((told[0].0, shown.banned_rights.clone()), (bob, Some(mute)));
    assert_eq!(script.say(bob, channel, "hello").unwrap_err(), "400 USER_BANNED_IN_CHANNEL");
    let search = |q: &str| types::ChannelParticipantsBanned { q: q.into() }.into();
    let banned = participants(&mut script, ada, id, search("")).unwrap();
    assert_eq!(banned, [(bob.user, "banned")]);
    // He reads all the same.
    assert_eq!(script.said(bob, channel).unwrap().len(), 2);
    script.unix += Duration::from_secs(99);
    assert_eq!(script.say(bob, channel, "hello").unwrap_err(), "400 USER_BANNED_IN_CHANNEL");
    script.unix += Duration::from_secs(1);
    script.say(bob, channel, "hello").unwrap();
    assert_eq!(participants(&mut script, ada, id, search("")).unwrap(), []);
    // Less than 30 seconds is for ever.
    let short =
        types::ChatBannedRights { send_messages: true, until_date: 1_700_000_110, ..none() };
    ban(&mut script, ada, id, bob.user, short).unwrap();
    script.unix += Duration::from_secs(400 * 86_400);
    assert_eq!(script.say(bob, channel, "hello").unwrap_err(), "400 USER_BANNED_IN_CHANNEL");
    ban(&mut script, ada, id, bob.user, none()).unwrap();
    script.say(bob, channel, "hello").unwrap();
    // Who is made an admin is not restricted any more, even if they are none again.
    let mute = types::ChatBannedRights { send_messages: true, ..none() };
    ban(&mut script, ada, id, bob.user, mute).unwrap();
    let rights = types::ChatAdminRights { pin_messages: true, ..types::ChatAdminRights::new() };
    promote(&mut script, ada, id, bob.user, rights).unwrap();
    promote(&mut script, ada, id, bob.user, types::ChatAdminRights::new()).unwrap();
    script.say(bob, channel, "hello").unwrap();
}

#[test]
fn whoever_is_thrown_out_may_not_read_and_comes_back_by_an_admin_alone() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob, eve], false);
    publish(&mut script, ada, id);
    let channel = Peer::Channel(id);
    let out = types::ChatBannedRights { view_messages: true, ..none() };
    for admin in [ada.user, bob.user] {
        let refused = ban(&mut script, bob, id, admin, out.clone());
        assert_eq!(refused, Err("400 CHAT_ADMIN_REQUIRED".into()));
    }
    let refused = ban(&mut script, ada, id, ada.user, out.clone());
    assert_eq!(refused, Err("400 USER_ADMIN_INVALID".into()));
    ban(&mut script, ada, id, bob.user, out).unwrap();
    let told = script.told();
    assert!(told[0].0 == bob && matches!(chats(&told[0].1)[0], enums::Chat::ChannelForbidden(_)));
    script.say(ada, channel, "without Bob").unwrap();
    assert_eq!(script.told().iter().map(|(to, _)| *to).collect::<Vec<_>>(), [eve]);
    let private = || "400 CHANNEL_PRIVATE".to_owned();
    assert_eq!(script.said(bob, channel), Err(private()));
    assert_eq!(join(&mut script, bob, id), Err(private()));
    assert_eq!(script.invite(eve, id, bob), Err("400 USER_KICKED".into()));
    let search = |q: &str| types::ChannelParticipantsKicked { q: q.into() }.into();
    let kicked = participants(&mut script, ada, id, search("bo")).unwrap();
    assert_eq!(kicked, [(bob.user, "banned")]);
    let refused = participants(&mut script, eve, id, search(""));
    assert_eq!(refused, Err("400 CHAT_ADMIN_REQUIRED".into()));
    // Nor by a link.
    let peer = script.place(ada, channel);
    let link = script.ask(ada, &ExportChatInvite::new(peer)).unwrap();
    let enums::ExportedChatInvite::ChatInviteExported(link) = link else { panic!() };
    let hash = link.link.rsplit('+').next().unwrap().into();
    let expired = script.ask(bob, &ImportChatInvite { hash }).unwrap_err();
    assert_eq!(expired, "400 INVITE_HASH_EXPIRED");
    script.invite(ada, id, bob).unwrap();
    script.say(bob, channel, "back").unwrap();
}

#[test]
fn participants_are_listed_by_what_is_looked_for() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let echo = script.bot("Echo");
    let id = script.channel(ada, &[], false);
    script.unix += Duration::from_secs(1);
    script.invite(ada, id, bob).unwrap();
    script.unix += Duration::from_secs(1);
    script.invite(ada, id, echo).unwrap();
    let list = |script: &mut Script, filter| participants(script, bob, id, filter).unwrap();
    let creator = (ada.user, "creator");
    let (me, bot) = ((bob.user, "self"), (echo.user, "member"));
    let recent = list(&mut script, Filter::ChannelParticipantsRecent);
    assert_eq!(recent, [bot, me, creator]);
    assert_eq!(list(&mut script, Filter::ChannelParticipantsAdmins), [creator]);
    assert_eq!(list(&mut script, Filter::ChannelParticipantsBots), [bot]);
    for (query, found) in
        [("ad", vec![creator]), ("B", vec![me]), ("echo_", vec![bot]), ("x", vec![])]
    {
        let filter = types::ChannelParticipantsSearch { q: query.into() }.into();
        assert_eq!(list(&mut script, filter), found, "{query}");
    }
    let channel = script.input_channel(bob, id);
    let filter = Filter::ChannelParticipantsRecent;
    let request = GetParticipants { channel, filter, offset: 1, limit: 1, hash: 0 };
    let enums::channels::ChannelParticipants::ChannelParticipants(part) =
        script.ask(bob, &request).unwrap()
    else {
        panic!()
    };
    assert_eq!((part.count, kind(&part.participants[0])), (3, me));
    // Readers of a broadcast channel are for its admins.
    let news = script.channel(ada, &[bob], true);
    let recent = participants(&mut script, bob, news, Filter::ChannelParticipantsRecent);
    assert_eq!(recent, Err("400 CHAT_ADMIN_REQUIRED".into()));
    let other = participant(&mut script, bob, news, ada.user);
    assert_eq!(other, Err("400 CHAT_ADMIN_REQUIRED".into()));
}
