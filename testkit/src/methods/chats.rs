//! `messages.*` of basic groups.

use std::collections::BTreeSet;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::enums::messages::Chats;
use telewire::tl::api::functions::messages::{
    AddChatUser, CreateChat, DeleteChat, DeleteChatUser, EditChatAbout, EditChatAdmin,
    EditChatDefaultBannedRights, EditChatTitle, GetChats, GetFullChat, MigrateChat,
};
use telewire::tl::api::{groups, types};

use crate::methods::{Registry, distinct};
use crate::world::{
    Caller, ChatExit, MAX_CHAT_MEMBERS, MAX_TITLE, NotifyFor, Peer, State, invalid,
};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(create_chat);
    registry.on(get_chats);
    registry.on(get_full_chat);
    registry.people(add_chat_user);
    registry.on(delete_chat_user);
    registry.on(edit_chat_title);
    registry.on(edit_chat_about);
    registry.people(edit_chat_admin);
    registry.on(edit_chat_default_banned_rights);
    registry.people(migrate_chat);
    registry.people(delete_chat);
}

/// A title without the spaces around it.
///
/// # Errors
///
/// `CHAT_TITLE_EMPTY`.
pub(super) fn checked_title(title: &str) -> Result<String, RpcError> {
    let title: String = title.trim().chars().take(MAX_TITLE).collect();
    if title.is_empty() { Err(invalid("CHAT_TITLE_EMPTY")) } else { Ok(title) }
}

/// The updates of a message that whoever asks caused in a group.
fn happened(state: &State, caller: &Caller, chat: i64, sent: crate::world::Sent) -> Updates {
    state.chat_news(caller.viewer(), chat, sent, true)
}

fn create_chat(
    state: &mut State,
    caller: &Caller,
    request: CreateChat,
) -> Result<types::messages::InvitedUsers, RpcError> {
    let title = checked_title(&request.title)?;
    let mut users = BTreeSet::new();
    for user in &request.users {
        users.insert(state.input_user(caller, user)?);
    }
    users.remove(&caller.me);
    if users.is_empty() {
        return Err(invalid("USERS_TOO_FEW"));
    }
    if users.len() >= MAX_CHAT_MEMBERS {
        return Err(invalid("USERS_TOO_MUCH"));
    }
    let (id, sent) = state.create_chat(caller, title, users.into_iter().collect());
    let updates = happened(state, caller, id, sent);
    Ok(types::messages::InvitedUsers { updates, missing_invitees: Vec::new() })
}

fn get_chats(state: &mut State, caller: &Caller, request: GetChats) -> Result<Chats, RpcError> {
    let view = state.view(caller.viewer());
    let mut chats = Vec::new();
    for id in distinct(request.id) {
        let known = state.chats.chat(id).filter(|chat| chat.is_known_to(caller.me));
        let chat = known.and_then(|_| view.chat(Peer::Chat(id)));
        chats.push(chat.ok_or_else(|| invalid("CHAT_ID_INVALID"))?);
    }
    Ok(types::messages::Chats { chats }.into())
}

fn get_full_chat(
    state: &mut State,
    caller: &Caller,
    request: GetFullChat,
) -> Result<types::messages::ChatFull, RpcError> {
    let id = request.chat_id;
    let chat = state.chats.chat(id).filter(|chat| chat.is_known_to(caller.me));
    let chat = chat.ok_or_else(|| invalid("CHAT_ID_INVALID"))?;
    let mut view = state.view(caller.viewer());
    view.name(Peer::Chat(id));
    let participants = view.participants(id).ok_or_else(|| invalid("CHAT_ID_INVALID"))?;
    let is_inviter = chat.may(caller.me, |banned| banned.invite_users);
    let invite = state.invites.of(Peer::Chat(id), caller.me).into_iter();
    let invite = invite.filter(|_| is_inviter).find(|one| one.is_permanent && !one.is_revoked);
    let settings = state.notify_settings(caller.me, NotifyFor::Peer(Peer::Chat(id)));
    let requests_pending = state.may_invite(caller.me, Peer::Chat(id)).then(|| {
        let types::UpdatePendingJoinRequests { requests_pending, recent_requesters, .. } =
            view.pending_requests(Peer::Chat(id));
        groups::ChatFullRequestsPending { requests_pending, recent_requesters }
    });
    let bots = chat.members.keys().filter_map(|user| state.people.user(*user));
    let bots = bots.filter(|user| user.is_bot());
    let bots = bots.map(|bot| state.bot_info(bot, caller.me, Peer::Chat(id))).collect();
    let chat_photo = chat.photos.first().map(|photo| view.photo(*photo));
    let full_chat = types::ChatFull {
        ttl_period: view.period(Peer::Chat(id)),
        chat_photo,
        exported_invite: invite.map(crate::world::Invite::exported),
        requests_pending: requests_pending.filter(|group| group.requests_pending > 0),
        bot_info: Some(bots),
        ..types::ChatFull::new(id, chat.about.clone(), participants, settings)
    };
    let full_chat = full_chat.into();
    Ok(types::messages::ChatFull { full_chat, chats: view.chats(), users: view.users() })
}

fn add_chat_user(
    state: &mut State,
    caller: &Caller,
    request: AddChatUser,
) -> Result<types::messages::InvitedUsers, RpcError> {
    let id = request.chat_id;
    let user = state.input_user(caller, &request.user_id)?;
    let chat = state.own_chat(caller.me, id)?;
    if chat.members.contains_key(&user) {
        return Err(invalid("USER_ALREADY_PARTICIPANT"));
    }
    let updates = state.add_to_chat(caller, id, user)?;
    Ok(types::messages::InvitedUsers { updates, missing_invitees: Vec::new() })
}

impl State {
    /// Adds somebody to a basic group who is not in it.
    pub(super) fn add_to_chat(
        &mut self,
        caller: &Caller,
        id: i64,
        user: i64,
    ) -> Result<Updates, RpcError> {
        let (me, date) = (caller.me, caller.date());
        let chat = self.own_chat(me, id)?;
        if !chat.may(me, |banned| banned.invite_users) {
            return Err(invalid("CHAT_ADMIN_REQUIRED"));
        }
        if chat.members.len() >= MAX_CHAT_MEMBERS {
            return Err(invalid("USERS_TOO_MUCH"));
        }
        self.chat_changed(id, |chat| chat.admit(user, me, date));
        self.take_request(caller, Peer::Chat(id), user, None);
        let action = types::MessageActionChatAddUser { users: vec![user] };
        let sent = self.happen_in_chat(caller, id, action, None);
        Ok(happened(self, caller, id, sent))
    }
}

/// Removes somebody, or goes.
fn delete_chat_user(
    state: &mut State,
    caller: &Caller,
    request: DeleteChatUser,
) -> Result<Updates, RpcError> {
    let (id, me) = (request.chat_id, caller.me);
    let user = state.input_user(caller, &request.user_id)?;
    let chat = state.own_chat(me, id)?;
    let Some(member) = chat.members.get(&user) else {
        return Err(invalid("USER_NOT_PARTICIPANT"));
    };
    // Admins remove those who are none, and members those whom they brought.
    let is_right = chat.creator == me
        || (user != chat.creator && chat.is_admin(me) && !chat.is_admin(user))
        || (member.inviter == me && !chat.is_admin(user));
    if user != me && !is_right {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let exit = if user == me { ChatExit::Left } else { ChatExit::Removed };
    state.chat_changed(id, |chat| chat.dismiss(user, exit));
    let action = types::MessageActionChatDeleteUser { user_id: user };
    let sent = state.happen_in_chat(caller, id, action, Some(user));
    Ok(happened(state, caller, id, sent))
}

fn edit_chat_title(
    state: &mut State,
    caller: &Caller,
    request: EditChatTitle,
) -> Result<Updates, RpcError> {
    let id = request.chat_id;
    let chat = state.own_chat(caller.me, id)?;
    let title = checked_title(&request.title)?;
    if !chat.may(caller.me, |banned| banned.change_info) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if chat.title == title {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    state.chat_changed(id, |chat| chat.title.clone_from(&title));
    let action = types::MessageActionChatEditTitle { title };
    let sent = state.happen_in_chat(caller, id, action, None);
    Ok(happened(state, caller, id, sent))
}

/// Of basic groups and of channels.
fn edit_chat_about(
    state: &mut State,
    caller: &Caller,
    request: EditChatAbout,
) -> Result<bool, RpcError> {
    const MAX_ABOUT: usize = 255;
    let about = request.about;
    if about.chars().count() > MAX_ABOUT {
        return Err(invalid("CHAT_ABOUT_TOO_LONG"));
    }
    let (me, date) = (caller.me, caller.date());
    match state.input_peer(caller, &request.peer)? {
        Peer::Chat(id) => {
            let chat = state.own_chat(me, id)?;
            if !chat.may(me, |banned| banned.change_info) {
                return Err(invalid("CHAT_ADMIN_REQUIRED"));
            }
            if chat.about == about {
                return Err(invalid("CHAT_ABOUT_NOT_MODIFIED"));
            }
            state.chat_changed(id, |chat| chat.about = about);
            state.tell_chat(caller, id, || types::UpdateChat { chat_id: id }.into());
        }
        Peer::Channel(id) => {
            let channel = state.open_channel(caller, id)?;
            let may_too = channel.may(me, date, |banned| banned.change_info);
            if !may_too && !channel.can(me, |rights| rights.change_info) {
                return Err(invalid("CHAT_ADMIN_REQUIRED"));
            }
            if channel.about == about {
                return Err(invalid("CHAT_ABOUT_NOT_MODIFIED"));
            }
            let change = types::ChannelAdminLogEventActionChangeAbout {
                prev_value: channel.about.clone(),
                new_value: about.clone(),
            };
            state.note_action(id, caller.actor(), change);
            state.channel_changed(id, |channel| channel.about = about);
            state.tell_members(id, Some(caller.context.key), |state, viewer| {
                state.channel_update(viewer, id, date)
            });
        }
        Peer::User(_) => return Err(invalid("PEER_ID_INVALID")),
    }
    Ok(true)
}

fn edit_chat_admin(
    state: &mut State,
    caller: &Caller,
    request: EditChatAdmin,
) -> Result<bool, RpcError> {
    let (id, is_admin) = (request.chat_id, request.is_admin);
    let user = state.input_user(caller, &request.user_id)?;
    let chat = state.own_chat(caller.me, id)?;
    if chat.creator != caller.me {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if !chat.members.contains_key(&user) {
        return Err(invalid("USER_NOT_PARTICIPANT"));
    }
    let mut version = 0;
    state.chat_changed(id, |chat| {
        if let Some(member) = chat.members.get_mut(&user)
            && member.is_admin != is_admin
        {
            member.is_admin = is_admin;
            chat.version = chat.version.saturating_add(1);
            version = chat.version;
        }
    });
    if version > 0 {
        state.tell_chat(caller, id, || {
            let update =
                types::UpdateChatParticipantAdmin { chat_id: id, user_id: user, is_admin, version };
            update.into()
        });
    }
    Ok(true)
}

/// What the members of a group or supergroup may not do.
fn edit_chat_default_banned_rights(
    state: &mut State,
    caller: &Caller,
    request: EditChatDefaultBannedRights,
) -> Result<Updates, RpcError> {
    let rights = types::ChatBannedRights { until_date: i32::MAX, ..request.banned_rights };
    if rights.view_messages {
        return Err(invalid("BANNED_RIGHTS_INVALID"));
    }
    let peer = state.input_peer(caller, &request.peer)?;
    let version = match peer {
        Peer::Chat(id) => {
            let chat = state.own_chat(caller.me, id)?;
            if !chat.is_admin(caller.me) {
                return Err(invalid("CHAT_ADMIN_REQUIRED"));
            }
            if chat.default_banned == rights {
                return Err(invalid("CHAT_NOT_MODIFIED"));
            }
            let version = chat.version.saturating_add(1);
            let new = rights.clone();
            state.chat_changed(id, |chat| (chat.default_banned, chat.version) = (new, version));
            version
        }
        Peer::Channel(id) => {
            let channel = state.open_channel(caller, id)?;
            if channel.is_broadcast || !channel.can(caller.me, |rights| rights.ban_users) {
                return Err(invalid("CHAT_ADMIN_REQUIRED"));
            }
            if channel.default_banned == rights {
                return Err(invalid("CHAT_NOT_MODIFIED"));
            }
            let change = types::ChannelAdminLogEventActionDefaultBannedRights {
                prev_banned_rights: channel.default_banned.clone(),
                new_banned_rights: rights.clone(),
            };
            state.note_action(id, caller.actor(), change);
            let new = rights.clone();
            state.channel_changed(id, |channel| channel.default_banned = new);
            0
        }
        Peer::User(_) => return Err(invalid("PEER_ID_INVALID")),
    };
    let update = || {
        let (peer, default_banned_rights) = (peer.to_tl(), rights.clone());
        types::UpdateChatDefaultBannedRights { peer, default_banned_rights, version }.into()
    };
    let date = caller.date();
    match peer {
        Peer::Channel(id) => {
            state.tell_members(id, Some(caller.context.key), |state, viewer| {
                let mut view = state.view(viewer);
                view.name(peer);
                view.updates(vec![update()], date)
            });
        }
        Peer::Chat(id) => state.tell_chat(caller, id, update),
        Peer::User(_) => {}
    }
    let mut view = state.view(caller.viewer());
    view.name(peer);
    Ok(view.updates(vec![update()], date))
}

fn migrate_chat(
    state: &mut State,
    caller: &Caller,
    request: MigrateChat,
) -> Result<Updates, RpcError> {
    let id = request.chat_id;
    if state.own_chat(caller.me, id)?.creator != caller.me {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let migrated = state.migrate_chat(caller, id);
    let (channel, there, here) = migrated.ok_or_else(|| invalid("CHAT_ID_INVALID"))?;
    state.invites.revoke_all(Peer::Chat(id));
    let mut view = state.view(caller.viewer());
    let (pts, pts_count) = (there.pts, 1);
    let old = types::UpdateNewMessage { message: view.message(there.id), pts, pts_count };
    let update = types::UpdateChannel { channel_id: channel };
    let new = view.new_in_channel(channel, here);
    Ok(view.updates(vec![update.into(), old.into(), new], here.date))
}

/// All are out of it.
fn delete_chat(state: &mut State, caller: &Caller, request: DeleteChat) -> Result<bool, RpcError> {
    let id = request.chat_id;
    let chat = state.own_chat(caller.me, id)?;
    if chat.creator != caller.me {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let members: Vec<_> = chat.members.keys().copied().collect();
    state.chat_changed(id, |chat| {
        for user in &members {
            chat.dismiss(*user, ChatExit::Removed);
        }
    });
    for user in members {
        let except = Some(caller.context.key).filter(|_| user == caller.me);
        state.push(user, except, |state, viewer| {
            let mut view = state.view(viewer);
            view.name(Peer::Chat(id));
            view.updates(vec![types::UpdateChat { chat_id: id }.into()], caller.date())
        });
    }
    state.invites.revoke_all(Peer::Chat(id));
    Ok(true)
}
