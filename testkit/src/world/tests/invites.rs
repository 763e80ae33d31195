//! Links into groups and channels.

use std::time::Duration;

use telewire::tl::api::functions::messages::{
    CheckChatInvite, EditExportedChatInvite, ExportChatInvite, GetChatInviteImporters,
    GetExportedChatInvite, GetExportedChatInvites, HideChatJoinRequest, ImportChatInvite,
};
use telewire::tl::api::{enums, types};

use super::places::new_here;
use super::{Device, Script};
use crate::world::Peer;

fn exported(invite: &enums::ExportedChatInvite) -> types::ChatInviteExported {
    match invite {
        enums::ExportedChatInvite::ChatInviteExported(invite) => (**invite).clone(),
        other => panic!("{other:?}"),
    }
}

fn export(
    script: &mut Script,
    by: Device,
    place: Peer,
    expire_date: Option<i32>,
    usage_limit: Option<i32>,
) -> Result<types::ChatInviteExported, String> {
    let peer = script.place(by, place);
    let request = ExportChatInvite { expire_date, usage_limit, ..ExportChatInvite::new(peer) };
    script.ask(by, &request).map(|invite| exported(&invite))
}

fn hash(link: &str) -> String {
    link.rsplit('+').next().unwrap().into()
}

fn import(script: &mut Script, device: Device, link: &str) -> Result<(), String> {
    script.ask(device, &ImportChatInvite { hash: hash(link) }).map(drop)
}

fn check(script: &mut Script, device: Device, link: &str) -> Result<enums::ChatInvite, String> {
    script.ask(device, &CheckChatInvite { hash: hash(link) })
}

const EXPIRED: &str = "400 INVITE_HASH_EXPIRED";

#[test]
fn whoever_has_a_link_looks_and_comes_in_to_groups_and_channels() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let group = Peer::Chat(script.group(ada, &[bob]));
    let channel = Peer::Channel(script.channel(ada, &[bob], false));
    for (place, is_channel) in [(group, false), (channel, true)] {
        let refused = export(&mut script, bob, place, None, None);
        assert_eq!(refused.unwrap_err(), "400 CHAT_ADMIN_REQUIRED");
        let invite = export(&mut script, ada, place, None, None).unwrap();
        assert!(invite.permanent && invite.admin_id == ada.user);
        let enums::ChatInvite::ChatInvite(seen) = check(&mut script, eve, &invite.link).unwrap()
        else {
            panic!()
        };
        assert_eq!((seen.channel, seen.megagroup), (is_channel, is_channel));
        assert_eq!(seen.participants_count, 2);
        script.told();
        import(&mut script, eve, &invite.link).unwrap();
        let told = script.told();
        let heard: Vec<_> = told.iter().filter(|(to, _)| *to == bob).collect();
        assert_eq!(new_here(&heard[0].1)[0].0.2, "ChatJoinedByLink");
        script.say(eve, place, "hello").unwrap();
        let already = check(&mut script, eve, &invite.link).unwrap();
        assert!(matches!(already, enums::ChatInvite::ChatInviteAlready(_)));
        let again = import(&mut script, eve, &invite.link);
        assert_eq!(again, Err("400 USER_ALREADY_PARTICIPANT".into()));
    }
    assert_eq!(import(&mut script, eve, ""), Err("400 INVITE_HASH_EMPTY".into()));
    assert_eq!(import(&mut script, eve, "+none"), Err("400 INVITE_HASH_INVALID".into()));
    assert_eq!(check(&mut script, eve, "+none").unwrap_err(), "400 INVITE_HASH_INVALID");
    let person = export(&mut script, ada, Peer::User(bob.user), None, None);
    assert_eq!(person.unwrap_err(), "400 PEER_ID_INVALID");
}

#[test]
fn links_end_by_the_world_s_time_and_by_how_many_used_them() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let channel = Peer::Channel(script.channel(ada, &[], false));
    let past = export(&mut script, ada, channel, Some(1_700_000_000), None);
    assert_eq!(past.unwrap_err(), "400 EXPIRE_DATE_INVALID");
    let many = export(&mut script, ada, channel, None, Some(100_000));
    assert_eq!(many.unwrap_err(), "400 USAGE_LIMIT_INVALID");
    let timed = export(&mut script, ada, channel, Some(1_700_000_060), None).unwrap();
    let once = export(&mut script, ada, channel, None, Some(1)).unwrap();
    assert!(!timed.permanent && !once.permanent);
    import(&mut script, bob, &once.link).unwrap();
    assert_eq!(import(&mut script, eve, &once.link), Err(EXPIRED.into()));
    script.unix += Duration::from_secs(59);
    assert!(check(&mut script, eve, &timed.link).is_ok());
    script.unix += Duration::from_secs(1);
    assert_eq!(check(&mut script, eve, &timed.link).unwrap_err(), EXPIRED);
    assert_eq!(import(&mut script, eve, &timed.link), Err(EXPIRED.into()));
}

#[test]
fn links_are_listed_changed_and_revoked_by_admins() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let channel = Peer::Channel(script.channel(ada, &[bob], false));
    let first = export(&mut script, ada, channel, None, None).unwrap();
    // Of the permanent ones there is one.
    let second = export(&mut script, ada, channel, None, None).unwrap();
    assert_eq!(import(&mut script, eve, &first.link), Err(EXPIRED.into()));
    let named = export(&mut script, ada, channel, None, Some(5)).unwrap();
    let edit = |script: &mut Script, by, link: &str, revoked, usage_limit| {
        let peer = script.place(by, channel);
        let request = EditExportedChatInvite {
            revoked,
            usage_limit,
            ..EditExportedChatInvite::new(peer, link.into())
        };
        script.ask(by, &request)
    };
    let required = "400 CHAT_ADMIN_REQUIRED";
    assert_eq!(edit(&mut script, bob, &named.link, true, None).unwrap_err(), required);
    let refused = edit(&mut script, ada, &second.link, false, Some(3)).unwrap_err();
    assert_eq!(refused, "400 CHAT_INVITE_PERMANENT");
    edit(&mut script, ada, &named.link, false, Some(7)).unwrap();
    let peer = script.place(ada, channel);
    let get = GetExportedChatInvite { peer, link: named.link.clone() };
    let enums::messages::ExportedChatInvite::ExportedChatInvite(found) =
        script.ask(ada, &get).unwrap()
    else {
        panic!()
    };
    assert_eq!(exported(&found.invite).usage_limit, Some(7));
    let theirs = GetExportedChatInvite { peer: script.place(bob, channel), ..get };
    assert_eq!(script.ask(bob, &theirs).unwrap_err(), required);
    edit(&mut script, ada, &named.link, true, None).unwrap();
    assert_eq!(import(&mut script, eve, &named.link), Err(EXPIRED.into()));
    let replaced = edit(&mut script, ada, &second.link, true, None).unwrap();
    let enums::messages::ExportedChatInvite::ExportedChatInviteReplaced(replaced) = replaced else {
        panic!()
    };
    assert_eq!(import(&mut script, eve, &second.link), Err(EXPIRED.into()));
    let list = |script: &mut Script, by, revoked| {
        let peer = script.place(by, channel);
        let admin_id = script.input_user(by, ada.user).into();
        let request =
            GetExportedChatInvites { revoked, ..GetExportedChatInvites::new(peer, admin_id, 10) };
        let found = script.ask(by, &request)?;
        let links = found.invites.iter().map(|invite| exported(invite).link);
        let mut links: Vec<_> = links.collect();
        links.sort();
        Ok::<_, String>(links)
    };
    let new = exported(&replaced.new_invite).link;
    assert_eq!(list(&mut script, ada, false).unwrap(), std::slice::from_ref(&new));
    let mut old = [first.link, second.link, named.link];
    old.sort();
    assert_eq!(list(&mut script, ada, true).unwrap(), old);
    assert_eq!(list(&mut script, bob, true).unwrap_err(), required);
    import(&mut script, eve, &new).unwrap();
}

#[test]
fn an_admin_says_yes_or_no_to_who_asked_to_come_in() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let channel = Peer::Channel(script.channel(ada, &[], false));
    let peer = script.place(ada, channel);
    let request = ExportChatInvite { request_needed: true, ..ExportChatInvite::new(peer) };
    let link = exported(&script.ask(ada, &request).unwrap()).link;
    for device in [bob, eve] {
        let asked = import(&mut script, device, &link);
        assert_eq!(asked, Err("400 INVITE_REQUEST_SENT".into()));
        assert_eq!(script.said(device, channel), Err("400 CHANNEL_PRIVATE".into()));
    }
    let waiting = |script: &mut Script, by, requested| {
        let peer = script.place(by, channel);
        let offset_user = enums::InputUser::InputUserEmpty;
        let request = GetChatInviteImporters {
            requested,
            ..GetChatInviteImporters::new(peer, 0, offset_user, 10)
        };
        let found = script.ask(by, &request)?;
        Ok::<_, String>(found.importers.iter().map(|one| one.user_id).collect::<Vec<_>>())
    };
    assert_eq!(waiting(&mut script, ada, true), Ok(vec![bob.user, eve.user]));
    let hide = |script: &mut Script, user: Device, approved| {
        let peer = script.place(ada, channel);
        let user_id = script.input_user(ada, user.user).into();
        let request = HideChatJoinRequest { approved, ..HideChatJoinRequest::new(peer, user_id) };
        script.ask(ada, &request).map(drop)
    };
    hide(&mut script, bob, true).unwrap();
    hide(&mut script, eve, false).unwrap();
    // It is he who came.
    let came = script.said(bob, channel).unwrap();
    assert_eq!((came.len(), &came[0]), (2, &(2, true, "ChatJoinedByRequest".into())));
    assert_eq!(script.said(eve, channel), Err("400 CHANNEL_PRIVATE".into()));
    let again = hide(&mut script, eve, true);
    assert_eq!(again, Err("400 HIDE_REQUESTER_MISSING".into()));
    assert_eq!(waiting(&mut script, ada, true), Ok(vec![]));
    assert_eq!(waiting(&mut script, ada, false), Ok(vec![bob.user]));
    let refused = waiting(&mut script, bob, true);
    assert_eq!(refused, Err("400 CHAT_ADMIN_REQUIRED".into()));
}

#[test]
fn who_was_let_into_a_group_is_told_of_as_the_one_who_came() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let group = Peer::Chat(script.group(ada, &[bob]));
    let peer = script.place(ada, group);
    let request = ExportChatInvite { request_needed: true, ..ExportChatInvite::new(peer.clone()) };
    let link = exported(&script.ask(ada, &request).unwrap()).link;
    assert_eq!(import(&mut script, eve, &link), Err("400 INVITE_REQUEST_SENT".into()));
    script.told();
    let user_id = script.input_user(ada, eve.user).into();
    let hide = HideChatJoinRequest { approved: true, ..HideChatJoinRequest::new(peer, user_id) };
    script.ask(ada, &hide).unwrap();
    let told: Vec<_> = script.told().iter().map(|(to, all)| (to.user, new_here(all))).collect();
    let came = |id, is_out, pts| vec![((id, is_out, "ChatJoinedByRequest".to_owned()), pts)];
    let all = [
        (eve.user, came(1, true, 2)),
        (ada.user, came(2, false, 3)),
        (bob.user, came(2, false, 3)),
    ];
    assert_eq!(told, all);
}
