//! `messages.*` of links into groups and channels.

use std::collections::BTreeMap;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::messages::{ChatInviteJoinResult, ExportedChatInvite};
use telewire::tl::api::enums::{self, ChatInvite, Updates};
use telewire::tl::api::functions::messages::{
    CheckChatInvite, EditExportedChatInvite, ExportChatInvite, GetChatInviteImporters,
    GetExportedChatInvite, GetExportedChatInvites, HideChatJoinRequest, ImportChatInvite,
};
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, Invite, MAX_CHAT_MEMBERS, Peer, State, count, hash_of, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(export_chat_invite);
    registry.people(check_chat_invite);
    registry.people(import_chat_invite);
    registry.people(get_exported_chat_invite);
    registry.people(get_exported_chat_invites);
    registry.on(edit_exported_chat_invite);
    registry.on(hide_chat_join_request);
    registry.people(get_chat_invite_importers);
}

/// The most users of one link.
const MAX_USAGE: i32 = 99_999;

impl State {
    /// A group or channel into which whoever asks may invite.
    fn inviting(&self, caller: &Caller, peer: &enums::InputPeer) -> Result<Peer, RpcError> {
        let peer = self.input_peer(caller, peer)?;
        match peer {
            Peer::Chat(id) => drop(self.own_chat(caller.me, id)?),
            Peer::Channel(id) => drop(self.open_channel(caller, id)?),
            Peer::User(_) => return Err(invalid("PEER_ID_INVALID")),
        }
        let may = self.may_invite(caller.me, peer);
        may.then_some(peer).ok_or_else(|| invalid("CHAT_ADMIN_REQUIRED"))
    }

    /// A link of a chat, by itself or by its hash.
    fn exported(&self, peer: Peer, link: &str) -> Result<&Invite, RpcError> {
        let invite = self.invites.invite(hash_of(link)).filter(|invite| invite.peer == peer);
        invite.ok_or_else(|| invalid("INVITE_HASH_EXPIRED"))
    }

    /// Whether somebody may come in, by a link or since an admin says so.
    ///
    /// # Errors
    ///
    /// `INVITE_HASH_EXPIRED`: they were thrown out; `USERS_TOO_MUCH`: there is no room.
    fn may_enter(&self, user: i64, peer: Peer, date: i32) -> Result<(), RpcError> {
        match peer {
            Peer::Channel(id)
                if self.channels.channel(id).is_some_and(|all| all.is_kicked(user, date)) =>
            {
                Err(invalid("INVITE_HASH_EXPIRED"))
            }
            Peer::Chat(_) if self.members_of(peer) >= MAX_CHAT_MEMBERS => {
                Err(invalid("USERS_TOO_MUCH"))
            }
            _ => Ok(()),
        }
    }

    fn is_inside(&self, user: i64, peer: Peer) -> bool {
        match peer {
            Peer::Chat(id) => {
                self.chats.chat(id).is_some_and(|chat| chat.members.contains_key(&user))
            }
            Peer::Channel(id) => {
                self.channels.channel(id).is_some_and(|channel| channel.is_member(user))
            }
            Peer::User(_) => false,
        }
    }

    fn members_of(&self, peer: Peer) -> usize {
        match peer {
            Peer::Chat(id) => self.chats.chat(id).map_or(0, |chat| chat.members.len()),
            Peer::Channel(id) => self.channels.channel(id).map_or(0, |all| all.members.len()),
            Peer::User(_) => 0,
        }
    }
}

/// # Errors
///
/// `EXPIRE_DATE_INVALID`, `USAGE_LIMIT_INVALID`.
fn checked(date: i32, expires: Option<i32>, limit: Option<i32>) -> Result<(), RpcError> {
    if expires.is_some_and(|expires| expires != 0 && expires <= date) {
        return Err(invalid("EXPIRE_DATE_INVALID"));
    }
    if limit.is_some_and(|limit| !(0..=MAX_USAGE).contains(&limit)) {
        return Err(invalid("USAGE_LIMIT_INVALID"));
    }
    Ok(())
}

/// 0 is none.
fn some(number: Option<i32>) -> Option<i32> {
    number.filter(|number| *number != 0)
}

fn export_chat_invite(
    state: &mut State,
    caller: &Caller,
    request: ExportChatInvite,
) -> Result<enums::ExportedChatInvite, RpcError> {
    let peer = state.inviting(caller, &request.peer)?;
    checked(caller.date(), request.expire_date, request.usage_limit)?;
    let (expires, limit) = (some(request.expire_date), some(request.usage_limit));
    let is_plain = expires.is_none() && limit.is_none() && request.title.is_none();
    let invite = Invite {
        hash: String::new(),
        peer,
        admin: caller.me,
        date: caller.date(),
        title: request.title,
        expires,
        limit,
        is_permanent: is_plain && !request.request_needed,
        is_revoked: false,
        needs_request: request.request_needed,
        used_by: BTreeMap::new(),
        requests: BTreeMap::new(),
    };
    Ok(state.export_invite(invite)?.exported())
}

fn check_chat_invite(
    state: &mut State,
    caller: &Caller,
    request: CheckChatInvite,
) -> Result<ChatInvite, RpcError> {
    let invite = state.open_invite(hash_of(&request.hash), caller.date())?;
    let view = state.view(caller.viewer());
    if state.is_inside(caller.me, invite.peer) {
        let chat = view.chat(invite.peer).ok_or_else(|| invalid("INVITE_HASH_EXPIRED"))?;
        return Ok(types::ChatInviteAlready { chat }.into());
    }
    let members = count(state.members_of(invite.peer));
    let photo = enums::Photo::from(types::PhotoEmpty { id: 0 });
    let (title, about) = match invite.peer {
        Peer::Channel(id) => state.channels.channel(id).map(|all| (&all.title, &all.about)),
        Peer::Chat(id) => state.chats.chat(id).map(|all| (&all.title, &all.about)),
        Peer::User(_) => None,
    }
    .ok_or_else(|| invalid("INVITE_HASH_EXPIRED"))?;
    let channel = match invite.peer {
        Peer::Channel(id) => state.channels.channel(id),
        Peer::Chat(_) | Peer::User(_) => None,
    };
    let shown = types::ChatInvite {
        channel: channel.is_some(),
        broadcast: channel.is_some_and(|channel| channel.is_broadcast),
        megagroup: channel.is_some_and(|channel| !channel.is_broadcast),
        public: channel.is_some_and(|channel| channel.username.is_some()),
        request_needed: invite.needs_request,
        about: Some(about.clone()).filter(|about| !about.is_empty()),
        ..types::ChatInvite::new(title.clone(), photo, members, 0)
    };
    Ok(shown.into())
}

fn import_chat_invite(
    state: &mut State,
    caller: &Caller,
    request: ImportChatInvite,
) -> Result<ChatInviteJoinResult, RpcError> {
    let (me, date) = (caller.me, caller.date());
    let invite = state.open_invite(hash_of(&request.hash), date)?;
    let (hash, peer, admin) = (invite.hash.clone(), invite.peer, invite.admin);
    if state.is_inside(me, peer) {
        return Err(invalid("USER_ALREADY_PARTICIPANT"));
    }
    state.may_enter(me, peer, date)?;
    if invite.needs_request {
        let asked = state.invites.invite_mut(&hash);
        if asked.is_some_and(|invite| invite.requests.insert(me, date).is_none()) {
            state.tell_requests(caller, peer);
        }
        return Err(invalid("INVITE_REQUEST_SENT"));
    }
    state.take_request(caller, peer, me, None);
    if let Some(invite) = state.invites.invite_mut(&hash) {
        invite.used_by.insert(me, date);
    }
    let action = types::MessageActionChatJoinedByLink { inviter_id: admin };
    let updates = state.let_in(caller, peer, me, admin, action);
    Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
}

impl State {
    /// Somebody comes in, by themselves or since an admin said yes.
    fn let_in(
        &mut self,
        caller: &Caller,
        peer: Peer,
        user: i64,
        inviter: i64,
        action: impl Into<enums::MessageAction>,
    ) -> Updates {
        // It is they who came, whoever let them in.
        let who = Caller { me: user, ..*caller };
        match peer {
            Peer::Channel(id) => {
                let sent = self.join_channel(&who, id, &[user], action);
                self.channel_answer(caller, id, sent)
            }
            Peer::Chat(id) => {
                let date = caller.date();
                self.chat_changed(id, |chat| chat.admit(user, inviter, date));
                let sent = self.happen_in_chat(&who, id, action, None);
                if user == caller.me {
                    return self.chat_news(caller.viewer(), id, sent, true);
                }
                // The copy of whoever let them in was told to them.
                let mut view = self.view(caller.viewer());
                view.name(peer);
                view.updates(vec![types::UpdateChat { chat_id: id }.into()], date)
            }
            Peer::User(_) => self.view(caller.viewer()).updates(Vec::new(), caller.date()),
        }
    }
}

fn get_exported_chat_invite(
    state: &mut State,
    caller: &Caller,
    request: GetExportedChatInvite,
) -> Result<ExportedChatInvite, RpcError> {
    let peer = state.inviting(caller, &request.peer)?;
    let invite = state.exported(peer, &request.link)?;
    Ok(shown(state, caller, invite))
}

fn shown(state: &State, caller: &Caller, invite: &Invite) -> ExportedChatInvite {
    let mut view = state.view(caller.viewer());
    view.name(Peer::User(invite.admin));
    let (invite, users) = (invite.exported(), view.users());
    types::messages::ExportedChatInvite { invite, users }.into()
}

fn get_exported_chat_invites(
    state: &mut State,
    caller: &Caller,
    request: GetExportedChatInvites,
) -> Result<types::messages::ExportedChatInvites, RpcError> {
    let peer = state.inviting(caller, &request.peer)?;
    let admin = state.input_user(caller, &request.admin_id)?;
    let all = state.invites.of(peer, admin).into_iter();
    let all: Vec<_> = all.filter(|invite| invite.is_revoked == request.revoked).collect();
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let mut view = state.view(caller.viewer());
    view.name(Peer::User(admin));
    Ok(types::messages::ExportedChatInvites {
        count: count(all.len()),
        invites: all.iter().take(limit).map(|invite| invite.exported()).collect(),
        users: view.users(),
    })
}

fn edit_exported_chat_invite(
    state: &mut State,
    caller: &Caller,
    request: EditExportedChatInvite,
) -> Result<ExportedChatInvite, RpcError> {
    let peer = state.inviting(caller, &request.peer)?;
    let invite = state.exported(peer, &request.link)?;
    if invite.is_revoked {
        return Err(invalid("INVITE_HASH_EXPIRED"));
    }
    if invite.is_permanent && !request.revoked {
        return Err(invalid("CHAT_INVITE_PERMANENT"));
    }
    checked(caller.date(), request.expire_date, request.usage_limit)?;
    let (hash, was) = (invite.hash.clone(), invite.clone());
    if let Some(invite) = state.invites.invite_mut(&hash) {
        invite.is_revoked = request.revoked;
        if request.expire_date.is_some() {
            invite.expires = some(request.expire_date);
        }
        if request.usage_limit.is_some() {
            invite.limit = some(request.usage_limit);
        }
        invite.needs_request = request.request_needed.unwrap_or(invite.needs_request);
        invite.title = request.title.or_else(|| invite.title.take());
    }
    if was.is_permanent {
        // Another takes its place.
        let new = Invite {
            date: caller.date(),
            is_revoked: false,
            used_by: BTreeMap::new(),
            requests: BTreeMap::new(),
            ..was
        };
        let new = state.export_invite(new)?;
        let mut view = state.view(caller.viewer());
        view.name(Peer::User(new.admin));
        let invite = state.exported(peer, &hash)?.exported();
        let (new_invite, users) = (new.exported(), view.users());
        return Ok(types::messages::ExportedChatInviteReplaced { invite, new_invite, users }.into());
    }
    Ok(shown(state, caller, state.exported(peer, &hash)?))
}

/// An admin says yes or no to somebody who asked to come in.
fn hide_chat_join_request(
    state: &mut State,
    caller: &Caller,
    request: HideChatJoinRequest,
) -> Result<Updates, RpcError> {
    let peer = state.inviting(caller, &request.peer)?;
    let user = state.input_user(caller, &request.user_id)?;
    if !state.invites.waiting(peer).contains(&user) {
        return Err(invalid("HIDE_REQUESTER_MISSING"));
    }
    if request.approved {
        state.may_enter(user, peer, caller.date())?;
    }
    state.take_request(caller, peer, user, request.approved.then(|| caller.date()));
    if request.approved && !state.is_inside(user, peer) {
        let action = enums::MessageAction::MessageActionChatJoinedByRequest;
        return Ok(state.let_in(caller, peer, user, caller.me, action));
    }
    let mut view = state.view(caller.viewer());
    view.name(peer);
    Ok(view.updates(Vec::new(), caller.date()))
}

/// Who came by a link, or who asked to come in by it or by any.
fn get_chat_invite_importers(
    state: &mut State,
    caller: &Caller,
    request: GetChatInviteImporters,
) -> Result<types::messages::ChatInviteImporters, RpcError> {
    let peer = state.inviting(caller, &request.peer)?;
    let invites = match &request.link {
        Some(link) => vec![state.exported(peer, link)?],
        None => state.invites.leading_to(peer).collect(),
    };
    let asked =
        |invite: &Invite| invite.requests.iter().map(|(user, date)| (*user, *date)).collect();
    let came = |invite: &Invite| invite.used_by.iter().map(|(user, date)| (*user, *date)).collect();
    let found = invites.into_iter().flat_map(|invite| -> Vec<(i64, i32)> {
        if request.requested { asked(invite) } else { came(invite) }
    });
    let found: Vec<_> = found.collect();
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let mut view = state.view(caller.viewer());
    let importers = found.iter().take(limit).map(|(user, date)| {
        view.name(Peer::User(*user));
        let requested = request.requested;
        types::ChatInviteImporter { requested, ..types::ChatInviteImporter::new(*user, *date) }
    });
    let importers = importers.collect();
    Ok(types::messages::ChatInviteImporters {
        count: count(found.len()),
        importers,
        users: view.users(),
    })
}
