//! What a channel is: made, shown, renamed, deleted.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::enums::messages::Chats;
use telewire::tl::api::functions::channels::{
    CheckUsername, CreateChannel, DeleteChannel, EditTitle, GetChannels, GetFullChannel,
    ToggleSlowMode, UpdateUsername,
};
use telewire::tl::api::{enums, groups, types};

use crate::methods::chats::checked_title;
use crate::methods::{Registry, distinct};
use crate::world::{Caller, Founding, Invite, Peer, State, count, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(create_channel);
    registry.on(get_channels);
    registry.on(get_full_channel);
    registry.on(edit_title);
    registry.people(check_username);
    registry.people(update_username);
    registry.people(toggle_slow_mode);
    registry.people(delete_channel);
}

fn create_channel(
    state: &mut State,
    caller: &Caller,
    request: CreateChannel,
) -> Result<Updates, RpcError> {
    const MAX_ABOUT: usize = 255;
    let title = checked_title(&request.title)?;
    if request.about.chars().count() > MAX_ABOUT {
        return Err(invalid("CHAT_ABOUT_TOO_LONG"));
    }
    let is_forum = request.forum && !request.broadcast;
    let founding = Founding { title, about: request.about, is_broadcast: request.broadcast };
    let (id, sent) = state.create_channel(caller, founding);
    state.channel_changed(id, |channel| channel.set_forum(is_forum));
    Ok(state.channel_happened(caller.viewer(), id, sent))
}

/// Those that may not be read are forbidden.
fn get_channels(
    state: &mut State,
    caller: &Caller,
    request: GetChannels,
) -> Result<Chats, RpcError> {
    let view = state.view(caller.viewer());
    let named = request.id.iter().map(|channel| state.named_channel(caller, channel));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    let chats = distinct(named).filter_map(|id| view.chat(Peer::Channel(id))).collect();
    Ok(types::messages::Chats { chats }.into())
}

fn get_full_channel(
    state: &mut State,
    caller: &Caller,
    request: GetFullChannel,
) -> Result<types::messages::ChatFull, RpcError> {
    let me = caller.me;
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    let mut view = state.view(caller.viewer());
    let dialog = view.channel_dialog(channel);
    let is_admin = channel.is_admin(me);
    let admins = channel.members.keys().filter(|user| channel.is_admin(**user)).count();
    let lasting = || channel.bans.values().filter(|ban| ban.lasts(caller.date()));
    let kicked = lasting().filter(|ban| ban.rights.view_messages).count();
    let banned = lasting().count().saturating_sub(kicked);
    let counts =
        groups::ChannelFullKickedCount { kicked_count: count(kicked), banned_count: count(banned) };
    let migrated = channel.migrated_from.map(|chat| {
        view.name(Peer::Chat(chat));
        let account = state.accounts.get(&me);
        let dialog = account.and_then(|account| account.dialogs.get(&Peer::Chat(chat)));
        let last = dialog.and_then(|dialog| dialog.messages.last().copied());
        groups::ChannelFullMigratedFromChatId {
            migrated_from_chat_id: chat,
            migrated_from_max_id: last.unwrap_or(0),
        }
    });
    let invite = state.invites.of(channel.peer(), me).into_iter();
    let invite = invite.filter(|_| channel.can(me, |rights| rights.invite_users));
    let invite = invite.into_iter().find(|one| one.is_permanent && !one.is_revoked);
    let requests = state.may_invite(me, channel.peer()).then(|| {
        let types::UpdatePendingJoinRequests { requests_pending, recent_requesters, .. } =
            view.pending_requests(channel.peer());
        groups::ChannelFullRequestsPending { requests_pending, recent_requesters }
    });
    let bots = channel.members.keys().filter_map(|user| state.people.user(*user));
    let bots = bots.filter(|user| user.is_bot());
    let bots = bots.map(|bot| state.bot_info(bot, me, channel.peer())).collect();
    let wait = channel.slow_mode_left(me, caller.date());
    let next = caller.date().saturating_add(wait);
    let full_chat = types::ChannelFull {
        can_view_participants: is_admin || !channel.is_broadcast,
        can_set_username: me == channel.creator,
        can_delete_channel: me == channel.creator,
        participants_count: Some(count(channel.members.len())),
        admins_count: is_admin.then_some(count(admins)),
        kicked_count: is_admin.then_some(counts),
        exported_invite: invite.map(Invite::exported),
        migrated_from_chat_id: migrated,
        pinned_msg_id: channel.pinned.last().copied(),
        default_send_as: state.saved_name(caller, channel.peer()).map(Peer::to_tl),
        slowmode_seconds: Some(channel.slow_mode).filter(|seconds| *seconds > 0),
        slowmode_next_send_date: (wait > 0 && !is_admin).then_some(next),
        requests_pending: requests.filter(|group| group.requests_pending > 0),
        bot_info: bots,
        ttl_period: view.period(channel.peer()),
        ..types::ChannelFull::new(
            id,
            channel.about.clone(),
            dialog.read_inbox_max_id,
            dialog.read_outbox_max_id,
            dialog.unread_count,
            view.photo(channel.photos.first().copied().unwrap_or(0)),
            dialog.notify_settings.clone(),
            Vec::new(),
            channel.mailbox.pts(),
        )
    };
    let full_chat = full_chat.into();
    Ok(types::messages::ChatFull { full_chat, chats: view.chats(), users: view.users() })
}

fn edit_title(state: &mut State, caller: &Caller, request: EditTitle) -> Result<Updates, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let title = checked_title(&request.title)?;
    let channel = state.open_channel(caller, id)?;
    let may_too = channel.may(caller.me, caller.date(), |banned| banned.change_info);
    if !may_too && !channel.can(caller.me, |rights| rights.change_info) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if channel.title == title {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    let change = types::ChannelAdminLogEventActionChangeTitle {
        prev_value: channel.title.clone(),
        new_value: title.clone(),
    };
    state.note_action(id, caller.actor(), change);
    state.channel_changed(id, |channel| channel.title.clone_from(&title));
    let action = types::MessageActionChatEditTitle { title };
    let sent = state.happen_in_channel(caller, id, action);
    Ok(state.channel_happened(caller.viewer(), id, sent))
}

/// Whether a name is free; for a channel that is none yet besides.
fn check_username(
    state: &mut State,
    caller: &Caller,
    request: CheckUsername,
) -> Result<bool, RpcError> {
    let id = match &request.channel {
        enums::InputChannel::InputChannelEmpty => 0,
        channel => state.input_channel(caller, channel)?,
    };
    match state.check_channel_name(id, &request.username) {
        Err(error) if error.name == "USERNAME_OCCUPIED" => Ok(false),
        checked => checked.map(|()| true),
    }
}

fn update_username(
    state: &mut State,
    caller: &Caller,
    request: UpdateUsername,
) -> Result<bool, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    if state.open_channel(caller, id)?.creator != caller.me {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let old = state.open_channel(caller, id)?.username.clone();
    state.name_channel(id, &request.username)?;
    let change = types::ChannelAdminLogEventActionChangeUsername {
        prev_value: old.unwrap_or_default(),
        new_value: request.username,
    };
    state.note_action(id, caller.actor(), change);
    state.tell_all_of_channel(caller, id);
    Ok(true)
}

fn toggle_slow_mode(
    state: &mut State,
    caller: &Caller,
    request: ToggleSlowMode,
) -> Result<Updates, RpcError> {
    /// <https://core.telegram.org/method/channels.toggleSlowMode>
    const STEPS: [i32; 8] = [0, 5, 10, 30, 60, 300, 900, 3_600];
    let channel = state.managed_channel(caller, &request.channel, |rights| rights.ban_users)?;
    let (id, seconds) = (channel.id, request.seconds);
    if channel.is_broadcast {
        return Err(invalid("CHANNEL_INVALID"));
    }
    if !STEPS.contains(&seconds) {
        return Err(invalid("SECONDS_INVALID"));
    }
    if channel.slow_mode == seconds {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    let change = types::ChannelAdminLogEventActionToggleSlowMode {
        prev_value: channel.slow_mode,
        new_value: seconds,
    };
    state.note_action(id, caller.actor(), change);
    state.channel_changed(id, |channel| channel.slow_mode = seconds);
    state.tell_all_of_channel(caller, id);
    Ok(state.channel_update(caller.viewer(), id, caller.date()))
}

fn delete_channel(
    state: &mut State,
    caller: &Caller,
    request: DeleteChannel,
) -> Result<Updates, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    if state.open_channel(caller, id)?.creator != caller.me {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    state.delete_channel(caller, id);
    Ok(state.channel_update(caller.viewer(), id, caller.date()))
}

impl State {
    /// Tells the members that a channel is not what it was.
    pub(in crate::methods) fn tell_all_of_channel(&mut self, caller: &Caller, id: i64) {
        let date = caller.date();
        self.tell_members(id, Some(caller.context.key), |state, viewer| {
            state.channel_update(viewer, id, date)
        });
    }
}
