//! Who is in a channel.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::channels::ChannelParticipants;
use telewire::tl::api::enums::messages::ChatInviteJoinResult;
use telewire::tl::api::enums::{ChannelParticipantsFilter, InputPeer, Updates};
use telewire::tl::api::functions::channels::{
    EditAdmin, EditBanned, GetParticipant, GetParticipants, InviteToChannel, JoinChannel,
    LeaveChannel,
};
use telewire::tl::api::types;

use crate::methods::{Registry, distinct};
use crate::world::{Ban, Caller, Peer, State, User, count, forbidden, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(join_channel);
    registry.on(leave_channel);
    registry.people(invite_to_channel);
    registry.on(edit_admin);
    registry.on(edit_banned);
    registry.on(get_participants);
    registry.on(get_participant);
}

fn join_channel(
    state: &mut State,
    caller: &Caller,
    request: JoinChannel,
) -> Result<ChatInviteJoinResult, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    if state.open_channel(caller, id)?.is_member(caller.me) {
        return Err(invalid("USER_ALREADY_PARTICIPANT"));
    }
    // By oneself: it was oneself who was added.
    let action = types::MessageActionChatAddUser { users: vec![caller.me] };
    let sent = state.join_channel(caller, id, &[caller.me], action);
    let updates = state.channel_answer(caller, id, sent);
    Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
}

fn leave_channel(
    state: &mut State,
    caller: &Caller,
    request: LeaveChannel,
) -> Result<Updates, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    state.leave_channel(caller, id)?;
    Ok(state.channel_update(caller.viewer(), id, caller.date()))
}

fn invite_to_channel(
    state: &mut State,
    caller: &Caller,
    request: InviteToChannel,
) -> Result<types::messages::InvitedUsers, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let users = request.users.iter().map(|user| state.input_user(caller, user));
    let users: Vec<i64> = distinct(users.collect::<Result<Vec<_>, _>>()?).collect();
    let updates = state.add_to_channel(caller, id, users)?;
    Ok(types::messages::InvitedUsers { updates, missing_invitees: Vec::new() })
}

impl State {
    /// Adds those to a channel who are not in it.
    pub(in crate::methods) fn add_to_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        mut users: Vec<i64>,
    ) -> Result<Updates, RpcError> {
        let (me, date) = (caller.me, caller.date());
        let channel = self.open_channel(caller, id)?;
        let is_inviter = channel.can(me, |rights| rights.invite_users);
        if !is_inviter && !channel.may(me, date, |banned| banned.invite_users) {
            return Err(invalid("CHAT_ADMIN_REQUIRED"));
        }
        // Those who were thrown out are brought back by admins alone.
        let is_kicked = users.iter().any(|user| channel.is_kicked(*user, date));
        if is_kicked && !channel.can(me, |rights| rights.ban_users) {
            return Err(invalid("USER_KICKED"));
        }
        if channel.is_broadcast && users.iter().any(|user| self.is_bot(*user)) {
            return Err(invalid("USER_BOT"));
        }
        users.retain(|user| !channel.is_member(*user));
        users.sort_unstable();
        if users.is_empty() {
            return Ok(self.channel_update(caller.viewer(), id, date));
        }
        self.channel_changed(id, |channel| {
            channel.bans.retain(|user, ban| !(users.contains(user) && ban.rights.view_messages));
        });
        let action = types::MessageActionChatAddUser { users: users.clone() };
        let sent = self.join_channel(caller, id, &users, action);
        Ok(self.channel_answer(caller, id, sent))
    }
}

fn edit_admin(state: &mut State, caller: &Caller, request: EditAdmin) -> Result<Updates, RpcError> {
    /// Characters of an admin's title.
    const MAX_RANK: usize = 16;
    let (me, date) = (caller.me, caller.date());
    let id = state.input_channel(caller, &request.channel)?;
    let user = state.input_user(caller, &request.user_id)?;
    let channel = state.managed_channel(caller, &request.channel, |rights| rights.add_admins)?;
    if user == channel.creator {
        return Err(invalid("USER_CREATOR"));
    }
    let rank = request.rank.filter(|rank| !rank.is_empty());
    if rank.as_ref().is_some_and(|rank| rank.chars().count() > MAX_RANK) {
        return Err(invalid("ADMIN_RANK_INVALID"));
    }
    let member = channel.members.get(&user);
    // An admin changes those whom they made, and gives what they have.
    let by = member.and_then(|member| member.admin.as_ref()).map(|admin| admin.by);
    let mine = channel.members.get(&me).and_then(|member| member.admin.as_ref());
    if me != channel.creator
        && (by.is_some_and(|by| by != me)
            || mine.is_some_and(|mine| !has_all(&mine.rights, &request.admin_rights)))
    {
        return Err(forbidden("RIGHT_FORBIDDEN"));
    }
    if member.is_none() && !channel.can(me, |rights| rights.invite_users) {
        return Err(forbidden("CHAT_ADMIN_INVITE_REQUIRED"));
    }
    // No rights are for nobody but an admin who is to be none.
    let is_none = request.admin_rights == types::ChatAdminRights::new();
    if is_none && by.is_none() {
        member.ok_or_else(|| invalid("USER_NOT_PARTICIPANT"))?;
        return Ok(state.channel_update(caller.viewer(), id, date));
    }
    let is_new = member.is_none();
    state.promote(caller, id, user, request.admin_rights, rank);
    if is_new && state.channels.channel(id).is_some_and(|channel| !channel.is_broadcast) {
        let action = types::MessageActionChatAddUser { users: vec![user] };
        let sent = state.happen_in_channel(caller, id, action);
        return Ok(state.channel_answer(caller, id, Some(sent)));
    }
    Ok(state.channel_update(caller.viewer(), id, date))
}

/// Whether somebody who has rights may give others.
fn has_all(mine: &types::ChatAdminRights, given: &types::ChatAdminRights) -> bool {
    let rights: [fn(&types::ChatAdminRights) -> bool; 18] = [
        |all| all.change_info,
        |all| all.post_messages,
        |all| all.edit_messages,
        |all| all.delete_messages,
        |all| all.ban_users,
        |all| all.invite_users,
        |all| all.pin_messages,
        |all| all.add_admins,
        |all| all.anonymous,
        |all| all.manage_call,
        |all| all.manage_topics,
        |all| all.post_stories,
        |all| all.edit_stories,
        |all| all.delete_stories,
        |all| all.manage_direct_messages,
        |all| all.manage_ranks,
        |all| all.manage_linked_peers,
        |all| all.manage_welcome_messages,
    ];
    rights.iter().all(|has| !has(given) || has(mine))
}

fn edit_banned(
    state: &mut State,
    caller: &Caller,
    request: EditBanned,
) -> Result<Updates, RpcError> {
    let (me, date) = (caller.me, caller.date());
    let id = state.input_channel(caller, &request.channel)?;
    let user = participant_id(state, caller, &request.participant)?;
    let channel = state.managed_channel(caller, &request.channel, |rights| rights.ban_users)?;
    let admin = channel.members.get(&user).and_then(|member| member.admin.as_ref());
    let is_mine = admin.is_none_or(|admin| me == channel.creator || admin.by == me);
    if user == channel.creator || user == me || !is_mine {
        return Err(invalid("USER_ADMIN_INVALID"));
    }
    state.ban(caller, id, user, request.banned_rights);
    Ok(state.channel_update(caller.viewer(), id, date))
}

fn get_participants(
    state: &mut State,
    caller: &Caller,
    request: GetParticipants,
) -> Result<ChannelParticipants, RpcError> {
    /// Participants of one answer.
    const MAX_PART: usize = 200;
    let (me, date) = (caller.me, caller.date());
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    let filter = &request.filter;
    let is_admins = matches!(filter, ChannelParticipantsFilter::ChannelParticipantsAdmins);
    let is_admin = channel.is_admin(me);
    if !is_admin && channel.is_broadcast && !is_admins {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let is_kept = |ban: &Ban| ban.lasts(date);
    let called = |user: &i64, query: &str| {
        state.people.user(*user).is_some_and(|user| is_called(user, query))
    };
    let members = channel.members.keys().copied();
    let banned = |is_out: bool, query: &str| {
        let all = channel.bans.iter().filter(|(_, ban)| is_kept(ban));
        let all = all.filter(|(_, ban)| ban.rights.view_messages == is_out);
        all.map(|(user, _)| *user).filter(|user| called(user, query)).collect()
    };
    use ChannelParticipantsFilter as Filter;
    let found: Vec<i64> = match filter {
        Filter::ChannelParticipantsRecent => {
            // Those who came last are the first.
            let mut recent: Vec<_> = members.collect();
            let date_of = |user: &i64| channel.members.get(user).map(|member| member.date);
            recent.sort_by_key(|user| std::cmp::Reverse(date_of(user)));
            recent
        }
        Filter::ChannelParticipantsAdmins => {
            members.filter(|user| channel.is_admin(*user)).collect()
        }
        Filter::ChannelParticipantsBots => members.filter(|user| state.is_bot(*user)).collect(),
        Filter::ChannelParticipantsSearch(search) => {
            members.filter(|user| called(user, &search.q)).collect()
        }
        Filter::ChannelParticipantsContacts(search) => {
            let known = members.filter(|user| state.is_acquainted(me, *user));
            known.filter(|user| called(user, &search.q)).collect()
        }
        Filter::ChannelParticipantsMentions(mentions) => {
            let query = mentions.q.clone().unwrap_or_default();
            members.filter(|user| called(user, &query)).collect()
        }
        Filter::ChannelParticipantsKicked(_) | Filter::ChannelParticipantsBanned(_)
            if !is_admin =>
        {
            return Err(invalid("CHAT_ADMIN_REQUIRED"));
        }
        Filter::ChannelParticipantsKicked(search) => banned(true, &search.q),
        Filter::ChannelParticipantsBanned(search) => banned(false, &search.q),
        _ => return Err(invalid("INPUT_CONSTRUCTOR_INVALID")),
    };
    let from = usize::try_from(request.offset).unwrap_or(0);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MAX_PART);
    let mut view = state.view(caller.viewer());
    view.name(channel.peer());
    let part = found.iter().skip(from).take(limit);
    let participants = part.filter_map(|user| view.participant(channel, *user)).collect();
    let answer = types::channels::ChannelParticipants {
        count: count(found.len()),
        participants,
        chats: view.chats(),
        users: view.users(),
    };
    Ok(answer.into())
}

/// Whether a name or username begins with what is looked for, or one of its words does.
pub(super) fn is_called(user: &User, query: &str) -> bool {
    let query = query.to_lowercase();
    let names = [Some(&user.first_name), user.last_name.as_ref(), user.username.as_ref()];
    let mut words = names.into_iter().flatten().flat_map(|name| name.split_whitespace());
    query.is_empty() || words.any(|word| word.to_lowercase().starts_with(&query))
}

fn get_participant(
    state: &mut State,
    caller: &Caller,
    request: GetParticipant,
) -> Result<types::channels::ChannelParticipant, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let user = participant_id(state, caller, &request.participant)?;
    let channel = state.open_channel(caller, id)?;
    if channel.is_broadcast && user != caller.me && !channel.is_admin(caller.me) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let mut view = state.view(caller.viewer());
    view.name(channel.peer());
    let participant = view.participant(channel, user);
    let participant = participant.ok_or_else(|| invalid("USER_NOT_PARTICIPANT"))?;
    let (chats, users) = (view.chats(), view.users());
    Ok(types::channels::ChannelParticipant { participant, chats, users })
}

pub(super) fn participant_id(
    state: &State,
    caller: &Caller,
    peer: &InputPeer,
) -> Result<i64, RpcError> {
    match state.input_peer(caller, peer) {
        Ok(Peer::User(user)) => Ok(user),
        Ok(_) | Err(_) => Err(invalid("PARTICIPANT_ID_INVALID")),
    }
}
