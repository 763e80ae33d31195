//! Who asks to come in, who hears of it, and whose links are whose.

use telewire::tl::api::functions::channels::{
    EditAdmin, EditBanned, GetFullChannel, JoinChannel, UpdateUsername,
};
use telewire::tl::api::functions::messages::{
    AddChatUser, EditChatAdmin, EditExportedChatInvite, ExportChatInvite, GetExportedChatInvites,
    GetFullChat, HideChatJoinRequest, ImportChatInvite,
};
use telewire::tl::api::{enums, types};

use super::{Device, Script, updates};
use crate::world::Peer;

fn link_of(invite: &enums::ExportedChatInvite) -> String {
    match invite {
        enums::ExportedChatInvite::ChatInviteExported(invite) => invite.link.clone(),
        other => panic!("{other:?}"),
    }
}

/// A link by which one asks.
fn asking(script: &mut Script, by: Device, place: Peer) -> String {
    let peer = script.place(by, place);
    let request = ExportChatInvite { request_needed: true, ..ExportChatInvite::new(peer) };
    link_of(&script.ask(by, &request).unwrap())
}

fn import(script: &mut Script, device: Device, link: &str) -> Result<(), String> {
    let hash = link.rsplit('+').next().unwrap().into();
    script.ask(device, &ImportChatInvite { hash }).map(drop)
}

fn hide(
    script: &mut Script,
    by: Device,
    place: Peer,
    user: Device,
    approved: bool,
) -> Result<(), String> {
    let peer = script.place(by, place);
    let user_id = script.input_user(by, user.user).into();
    let request = HideChatJoinRequest { approved, ..HideChatJoinRequest::new(peer, user_id) };
    script.ask(by, &request).map(drop)
}

/// Makes somebody one of those who let others in.
fn promote(script: &mut Script, by: Device, place: Peer, user: Device) {
    let user_id = script.input_user(by, user.user).into();
    match place {
        Peer::Chat(chat_id) => {
            script.ask(by, &EditChatAdmin { chat_id, user_id, is_admin: true }).unwrap();
        }
        Peer::Channel(id) => {
            let channel = script.input_channel(by, id);
            let rights =
                types::ChatAdminRights { invite_users: true, ..types::ChatAdminRights::new() };
            script.ask(by, &EditAdmin::new(channel, user_id, rights)).unwrap();
        }
        Peer::User(_) => panic!(),
    }
    script.told();
}

/// Who is told how many ask, and the names of the last of them.
fn pending(script: &mut Script, place: Peer) -> Vec<(i64, i32, Vec<i64>)> {
    let mut all = Vec::new();
    for (to, told) in script.told() {
        for update in &updates(&told).updates {
            if let enums::Update::UpdatePendingJoinRequests(asked) = update {
                assert_eq!(asked.peer, place.to_tl());
                assert!(updates(&told).users.len() >= asked.recent_requesters.len());
                all.push((to.user, asked.requests_pending, asked.recent_requesters.clone()));
            }
        }
    }
    all
}

/// How many ask, as the profile of the place says it.
fn in_profile(script: &mut Script, by: Device, place: Peer) -> Option<(i32, Vec<i64>)> {
    match place {
        Peer::Chat(chat_id) => {
            let full = script.ask(by, &GetFullChat { chat_id }).unwrap().full_chat;
            let enums::ChatFull::ChatFull(full) = full else { panic!() };
            full.requests_pending.map(|asked| (asked.requests_pending, asked.recent_requesters))
        }
        Peer::Channel(id) => {
            let channel = script.input_channel(by, id);
            let full = script.ask(by, &GetFullChannel { channel }).unwrap().full_chat;
            let enums::ChatFull::ChannelFull(full) = full else { panic!() };
            full.requests_pending.map(|asked| (asked.requests_pending, asked.recent_requesters))
        }
        Peer::User(_) => panic!(),
    }
}

/// A group and a supergroup of Ada's, with Bob who lets others in, Carol who does not, and a bot that may.
fn places(script: &mut Script) -> ([Device; 4], [Peer; 2]) {
    let all = ["Ada", "Bob", "Carol"].map(|name| script.user(name));
    let [ada, bob, carol] = all;
    let echo = script.bot("Echo");
    let group = Peer::Chat(script.group(ada, &[bob, carol, echo]));
    let channel = Peer::Channel(script.channel(ada, &[bob, carol, echo], false));
    for place in [group, channel] {
        promote(script, ada, place, bob);
        promote(script, ada, place, echo);
    }
    ([ada, bob, carol, echo], [group, channel])
}

#[test]
fn those_who_let_others_in_hear_who_asks_and_who_does_not_any_more() {
    let mut script = Script::new();
    let ([ada, bob, carol, _], places) = places(&mut script);
    for place in places {
        let link = asking(&mut script, ada, place);
        let (eve, fay) = (script.user("Eve"), script.user("Fay"));
        script.told();
        for (who, count, names) in
            [(eve, 1, vec![eve.user]), (eve, 0, vec![]), (fay, 2, vec![fay.user, eve.user])]
        {
            script.unix += std::time::Duration::from_secs(1);
            assert_eq!(import(&mut script, who, &link), Err("400 INVITE_REQUEST_SENT".into()));
            // Who asks again is no news.
            let heard = if count == 0 { vec![] } else { vec![ada.user, bob.user] };
            let told = heard.into_iter().map(|to| (to, count, names.clone())).collect::<Vec<_>>();
            assert_eq!(pending(&mut script, place), told, "{place:?}");
        }
        assert_eq!(in_profile(&mut script, bob, place), Some((2, vec![fay.user, eve.user])));
        assert_eq!(in_profile(&mut script, carol, place), None);
        let refused = hide(&mut script, carol, place, eve, true);
        assert_eq!(refused, Err("400 CHAT_ADMIN_REQUIRED".into()));
        hide(&mut script, bob, place, eve, false).unwrap();
        assert_eq!(pending(&mut script, place), [(ada.user, 1, vec![fay.user])]);
        hide(&mut script, ada, place, fay, true).unwrap();
        assert_eq!(pending(&mut script, place), [(bob.user, 0, vec![])]);
        assert_eq!(in_profile(&mut script, ada, place), None);
    }
}

#[test]
fn who_comes_in_otherwise_does_not_ask_any_more() {
    let mut script = Script::new();
    let ([ada, ..], [group, channel]) = places(&mut script);
    let (Peer::Chat(chat_id), Peer::Channel(id)) = (group, channel) else { panic!() };
    let named = script.input_channel(ada, id);
    let publish = UpdateUsername { channel: named, username: "engines".into() };
    script.ask(ada, &publish).unwrap();
    for (way, place) in [
        ("added", group),
        ("link", group),
        ("joined", channel),
        ("added", channel),
        ("out", channel),
    ] {
        let link = asking(&mut script, ada, place);
        let eve = script.user("Eve");
        import(&mut script, eve, &link).unwrap_err();
        assert!(in_profile(&mut script, ada, place).is_some());
        match (way, place) {
            ("link", _) => {
                let peer = script.place(ada, place);
                let open = link_of(&script.ask(ada, &ExportChatInvite::new(peer)).unwrap());
                import(&mut script, eve, &open).unwrap();
            }
            ("joined", _) => {
                let channel = script.input_channel(eve, id);
                script.ask(eve, &JoinChannel { channel }).unwrap();
            }
            ("out", _) => {
                let (channel, participant) =
                    (script.input_channel(ada, id), script.input_peer(ada, eve.user));
                let banned_rights = types::ChatBannedRights {
                    view_messages: true,
                    ..types::ChatBannedRights::new(0)
                };
                script.ask(ada, &EditBanned { channel, participant, banned_rights }).unwrap();
            }
            (_, Peer::Chat(_)) => {
                let user_id = script.input_user(ada, eve.user).into();
                script.ask(ada, &AddChatUser { chat_id, user_id, fwd_limit: 0 }).unwrap();
            }
            _ => script.invite(ada, id, eve).unwrap(),
        }
        assert_eq!(in_profile(&mut script, ada, place), None, "{way} {place:?}");
        let gone = hide(&mut script, ada, place, eve, true);
        assert_eq!(gone, Err("400 HIDE_REQUESTER_MISSING".into()), "{way} {place:?}");
    }
}

#[test]
fn a_yes_does_not_let_in_more_than_there_is_room_for() {
    let mut script = Script::new();
    let (ada, eve) = (script.user("Ada"), script.user("Eve"));
    let others: Vec<_> = (0..198).map(|_| script.user("Member")).collect();
    let group = Peer::Chat(script.group(ada, &others));
    let link = asking(&mut script, ada, group);
    import(&mut script, eve, &link).unwrap_err();
    let last = script.user("Last");
    let Peer::Chat(chat_id) = group else { panic!() };
    let user_id = script.input_user(ada, last.user).into();
    script.ask(ada, &AddChatUser { chat_id, user_id, fwd_limit: 0 }).unwrap();
    let full = hide(&mut script, ada, group, eve, true);
    assert_eq!(full, Err("400 USERS_TOO_MUCH".into()));
    // She asks still.
    assert_eq!(in_profile(&mut script, ada, group), Some((1, vec![eve.user])));
    hide(&mut script, ada, group, eve, false).unwrap();
}

#[test]
fn another_admin_s_link_is_replaced_by_one_of_theirs() {
    let mut script = Script::new();
    let ([ada, bob, ..], places) = places(&mut script);
    for place in places {
        let export = |script: &mut Script, by| {
            let peer = script.place(by, place);
            link_of(&script.ask(by, &ExportChatInvite::new(peer)).unwrap())
        };
        let (adas, bobs) = (export(&mut script, ada), export(&mut script, bob));
        let peer = script.place(ada, place);
        let revoke = EditExportedChatInvite {
            revoked: true,
            ..EditExportedChatInvite::new(peer, bobs.clone())
        };
        let answer = script.ask(ada, &revoke).unwrap();
        let enums::messages::ExportedChatInvite::ExportedChatInviteReplaced(replaced) = answer
        else {
            panic!()
        };
        let open = |script: &mut Script, of: Device| {
            let peer = script.place(ada, place);
            let admin_id = script.input_user(ada, of.user).into();
            let found = script.ask(ada, &GetExportedChatInvites::new(peer, admin_id, 10)).unwrap();
            found.invites.iter().map(link_of).collect::<Vec<_>>()
        };
        assert_eq!(open(&mut script, ada), [adas]);
        assert_eq!(open(&mut script, bob), [link_of(&replaced.new_invite)]);
        let named = replaced.users.iter().map(|user| match user {
            enums::User::User(user) => user.id,
            other => panic!("{other:?}"),
        });
        assert_eq!(named.collect::<Vec<_>>(), [bob.user]);
    }
}
