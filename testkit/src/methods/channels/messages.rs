//! What is said in a channel, what was, and what somebody missed.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::ChannelMessagesFilter;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::enums::updates::ChannelDifference;
use telewire::tl::api::functions::channels::{
    DeleteMessages, DeleteParticipantHistory, ExportMessageLink, GetMessages, ReadHistory,
};
use telewire::tl::api::functions::updates::GetChannelDifference;
use telewire::tl::api::types;

use crate::methods::channels::members::participant_id;
use crate::methods::messages::Named;
use crate::methods::{MAX_NAMED, Registry, distinct};
use crate::world::{Caller, Channel, Missed, Peer, State, View, count, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_messages);
    registry.people(read_history);
    registry.on(delete_messages);
    registry.people(delete_participant_history);
    registry.people(export_message_link);
    registry.on(get_channel_difference);
}

fn get_messages(
    state: &mut State,
    caller: &Caller,
    request: GetMessages,
) -> Result<Messages, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    if request.id.is_empty() {
        return Err(invalid("MESSAGE_IDS_EMPTY"));
    }
    let replied = |reply: i32| {
        let post = state.posts.post(channel.mailbox.message(reply)?.post)?;
        state.posts.post(post.content.reply_to?)?.id_in(channel.peer())
    };
    let ids = distinct(request.id.iter().filter_map(Named::of)).map(|named| match named {
        Named::ById(id) => id,
        Named::RepliedBy(id) => replied(id).unwrap_or(0),
        Named::Pinned => channel.pinned.last().copied().unwrap_or(0),
    });
    let ids: Vec<_> = ids.collect();
    let all = ids.len();
    let mut view = state.view(caller.viewer());
    Ok(shown(&mut view, channel, &ids, all))
}

/// Messages of a channel, of how many there are.
pub(in crate::methods) fn shown(
    view: &mut View<'_>,
    channel: &Channel,
    ids: &[i32],
    all: usize,
) -> Messages {
    view.name(channel.peer());
    let messages = ids.iter().map(|id| view.channel_message(channel.id, *id)).collect();
    let messages = types::messages::ChannelMessages {
        inexact: false,
        pts: channel.mailbox.pts(),
        count: count(all),
        offset_id_offset: None,
        messages,
        topics: Vec::new(),
        chats: view.chats(),
        users: view.users(),
    };
    messages.into()
}

fn read_history(
    state: &mut State,
    caller: &Caller,
    request: ReadHistory,
) -> Result<bool, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    if request.max_id < 0 {
        return Err(invalid("MSG_ID_INVALID"));
    }
    state.read_channel(caller, id, request.max_id)
}

fn delete_messages(
    state: &mut State,
    caller: &Caller,
    request: DeleteMessages,
) -> Result<types::messages::AffectedMessages, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let ids: Vec<i32> = distinct(request.id).collect();
    state.delete_in_channel(caller, id, &ids)
}

/// All that somebody said is gone.
fn delete_participant_history(
    state: &mut State,
    caller: &Caller,
    request: DeleteParticipantHistory,
) -> Result<types::messages::AffectedHistory, RpcError> {
    let user = participant_id(state, caller, &request.participant)?;
    let channel =
        state.managed_channel(caller, &request.channel, |rights| rights.delete_messages)?;
    let is_theirs = |id: &i32| {
        let post = channel.mailbox.message(*id).and_then(|copy| state.posts.post(copy.post));
        post.is_some_and(|post| post.from == Peer::User(user))
    };
    let found: Vec<_> = channel.history.messages.iter().copied().filter(is_theirs).collect();
    let (pts, pts_count) = state.delete_in(channel.peer(), found, caller.actor());
    Ok(types::messages::AffectedHistory { pts, pts_count, offset: 0 })
}

/// Where a message is, for those who may read it.
fn export_message_link(
    state: &mut State,
    caller: &Caller,
    request: ExportMessageLink,
) -> Result<types::ExportedMessageLink, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    if channel.mailbox.message(request.id).is_none() {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    let place = match &channel.username {
        Some(name) => name.clone(),
        None => format!("c/{id}"),
    };
    let link = format!("https://t.me/{place}/{}", request.id);
    Ok(types::ExportedMessageLink { html: format!("<a href=\"{link}\">{link}</a>"), link })
}

/// UM-07.
fn get_channel_difference(
    state: &mut State,
    caller: &Caller,
    request: GetChannelDifference,
) -> Result<ChannelDifference, RpcError> {
    /// Events of one answer: <https://core.telegram.org/method/updates.getChannelDifference>.
    const MAX_EVENTS: i32 = 100;
    const MAX_EVENTS_OF_BOTS: i32 = 100_000;
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    let most = if state.is_bot(caller.me) { MAX_EVENTS_OF_BOTS } else { MAX_EVENTS };
    let ranges = match &request.filter {
        ChannelMessagesFilter::ChannelMessagesFilter(filter) => {
            filter.ranges.iter().map(|range| (range.min_id, range.max_id)).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    if ranges.len() > MAX_NAMED || ranges.iter().any(|(min, max)| min > max) {
        return Err(invalid("RANGES_INVALID"));
    }
    let missed = Missed { pts: request.pts, limit: request.limit.clamp(1, most), ranges };
    state.channel_difference(caller.viewer(), channel, &missed)
}
