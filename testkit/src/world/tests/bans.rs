//! Rights that are none, and bans that are over.

use std::time::Duration;

use telewire::tl::api::functions::channels::{
    EditAdmin, EditBanned, GetChannels, GetFullChannel, GetParticipant,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script};
use crate::world::Peer;

fn promote(
    script: &mut Script,
    by: Device,
    id: i64,
    user: i64,
    rights: types::ChatAdminRights,
) -> Result<(), String> {
    let channel = script.input_channel(by, id);
    let user_id = script.input_user(by, user).into();
    script.ask(by, &EditAdmin::new(channel, user_id, rights)).map(drop)
}

fn participant(
    script: &mut Script,
    by: Device,
    id: i64,
    user: i64,
) -> Result<enums::ChannelParticipant, String> {
    let (channel, participant) = (script.input_channel(by, id), script.input_peer(by, user));
    script.ask(by, &GetParticipant { channel, participant }).map(|found| found.participant)
}

#[test]
fn no_rights_make_a_member_of_an_admin_and_nothing_of_others() {
    let mut script = Script::new();
    let all = ["Ada", "Bob", "Eve"].map(|name| script.user(name));
    let [ada, bob, eve] = all;
    for is_broadcast in [false, true] {
        let id = script.channel(ada, &[bob], is_broadcast);
        let (none, some) = (types::ChatAdminRights::new(), types::ChatAdminRights::new());
        let some = types::ChatAdminRights { pin_messages: true, invite_users: true, ..some };
        // Somebody who is not there does not come by it.
        let refused = promote(&mut script, ada, id, eve.user, none.clone());
        assert_eq!(refused, Err("400 USER_NOT_PARTICIPANT".into()));
        let absent = participant(&mut script, ada, id, eve.user);
        assert_eq!(absent, Err("400 USER_NOT_PARTICIPANT".into()));
        // To a member nothing happens.
        promote(&mut script, ada, id, bob.user, none.clone()).unwrap();
        assert_eq!(script.told(), []);
        promote(&mut script, ada, id, bob.user, some).unwrap();
        assert_eq!(script.told().len(), 1);
        let admin = participant(&mut script, ada, id, bob.user).unwrap();
        assert!(matches!(admin, enums::ChannelParticipant::ChannelParticipantAdmin(_)));
        promote(&mut script, ada, id, bob.user, none).unwrap();
        assert_eq!(script.told().len(), 1);
        let member = participant(&mut script, ada, id, bob.user).unwrap();
        assert!(matches!(member, enums::ChannelParticipant::ChannelParticipant(_)));
    }
}

#[test]
fn who_is_not_there_is_made_an_admin_by_those_who_invite() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let id = script.channel(ada, &[bob], false);
    let boss = types::ChatAdminRights { add_admins: true, ..types::ChatAdminRights::new() };
    promote(&mut script, ada, id, bob.user, boss.clone()).unwrap();
    let refused = promote(&mut script, bob, id, eve.user, boss.clone());
    assert_eq!(refused, Err("403 CHAT_ADMIN_INVITE_REQUIRED".into()));
    promote(&mut script, ada, id, eve.user, boss).unwrap();
    script.say(eve, Peer::Channel(id), "here").unwrap();
}

/// What is shown of a ban: to whoever has it, in their profile of the channel; to admins, of them; and how many there are.
fn shown(script: &mut Script, ada: Device, bob: Device, id: i64) -> (bool, bool, (i32, i32)) {
    let channel = script.input_channel(bob, id);
    let chats = script.ask(bob, &GetChannels { id: vec![channel] }).unwrap();
    let enums::messages::Chats::Chats(chats) = chats else { panic!() };
    let is_mine = match &chats.chats[0] {
        enums::Chat::Channel(channel) => channel.banned_rights.is_some(),
        enums::Chat::ChannelForbidden(channel) => channel.until_date.is_some(),
        other => panic!("{other:?}"),
    };
    let is_theirs = matches!(
        participant(script, ada, id, bob.user),
        Ok(enums::ChannelParticipant::ChannelParticipantBanned(_))
    );
    let channel = script.input_channel(ada, id);
    let full = script.ask(ada, &GetFullChannel { channel }).unwrap().full_chat;
    let enums::ChatFull::ChannelFull(full) = full else { panic!() };
    let counts = full.kicked_count.unwrap();
    (is_mine, is_theirs, (counts.kicked_count, counts.banned_count))
}

#[test]
fn a_ban_that_is_over_is_shown_as_none() {
    for is_out in [false, true] {
        let mut script = Script::new();
        let (ada, bob) = (script.user("Ada"), script.user("Bob"));
        let id = script.channel(ada, &[bob], false);
        let (channel, participant) =
            (script.input_channel(ada, id), script.input_peer(ada, bob.user));
        let banned_rights = types::ChatBannedRights {
            view_messages: is_out,
            send_messages: true,
            ..types::ChatBannedRights::new(1_700_000_100)
        };
        script.ask(ada, &EditBanned { channel, participant, banned_rights }).unwrap();
        script.unix += Duration::from_secs(99);
        let counts = if is_out { (1, 0) } else { (0, 1) };
        assert_eq!(shown(&mut script, ada, bob, id), (true, true, counts), "{is_out}");
        script.unix += Duration::from_secs(1);
        assert_eq!(shown(&mut script, ada, bob, id), (false, false, (0, 0)), "{is_out}");
        // Whoever is told of it hears the same.
        script.told();
        script.say(ada, Peer::Channel(id), "hello").unwrap();
        for (_, told) in script.told() {
            for chat in super::places::chats(&told) {
                let enums::Chat::Channel(channel) = chat else { panic!("{chat:?}") };
                assert_eq!(channel.banned_rights, None);
            }
        }
    }
}
