//! Topics of forums: `channels.toggleForum`, and `messages.*` of topics, which were of `channels.*` before layer 216.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::functions::channels::ToggleForum;
use telewire::tl::api::functions::messages::{
    CreateForumTopic, DeleteTopicHistory, EditForumTopic, GetForumTopics, GetForumTopicsById,
    GetReplies, UpdatePinnedForumTopic,
};
use telewire::tl::api::{enums, types};

use crate::methods::channels::shown;
use crate::methods::messages::MAX_PART;
use crate::methods::{Registry, distinct};
use crate::world::{
    BLUE, Caller, Channel, Content, GENERAL, Part, Peer, State, Topic, View, count, invalid,
};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(toggle_forum);
    registry.on(create_forum_topic);
    registry.on(get_forum_topics);
    registry.on(get_forum_topics_by_id);
    registry.on(edit_forum_topic);
    registry.on(update_pinned_forum_topic);
    registry.on(delete_topic_history);
    registry.people(get_replies);
}

fn toggle_forum(
    state: &mut State,
    caller: &Caller,
    request: ToggleForum,
) -> Result<Updates, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    if channel.creator != caller.me {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if channel.is_broadcast {
        return Err(invalid("CHANNEL_INVALID"));
    }
    if channel.is_forum == request.enabled {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    state.channel_changed(id, |channel| channel.set_forum(request.enabled));
    state.tell_all_of_channel(caller, id);
    Ok(state.channel_update(caller.viewer(), id, caller.date()))
}

impl State {
    /// A channel that has topics.
    ///
    /// # Errors
    ///
    /// `CHANNEL_FORUM_MISSING`.
    fn forum(&self, caller: &Caller, peer: &enums::InputPeer) -> Result<&Channel, RpcError> {
        let Peer::Channel(id) = self.input_peer(caller, peer)? else {
            return Err(invalid("PEER_ID_INVALID"));
        };
        let channel = self.open_channel(caller, id)?;
        channel.is_forum.then_some(channel).ok_or_else(|| invalid("CHANNEL_FORUM_MISSING"))
    }
}

fn create_forum_topic(
    state: &mut State,
    caller: &Caller,
    request: CreateForumTopic,
) -> Result<Updates, RpcError> {
    let (me, date) = (caller.me, caller.date());
    let channel = state.forum(caller, &request.peer)?;
    let (id, peer) = (channel.id, channel.peer());
    if let Some(answer) = state.sent_before(caller, peer, request.random_id) {
        return Ok(answer);
    }
    let title = checked_title(&request.title)?;
    let may_too = channel.may(me, date, |banned| banned.manage_topics);
    if !may_too && !channel.can(me, |rights| rights.manage_topics) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let action = types::MessageActionTopicCreate {
        title_missing: request.title_missing,
        title,
        icon_color: request.icon_color.unwrap_or(BLUE),
        icon_emoji_id: request.icon_emoji_id,
    };
    state.create_topic(caller, id, action, request.random_id);
    Ok(state.receipts(caller, peer, &[request.random_id]))
}

/// # Errors
///
/// `TOPIC_TITLE_EMPTY`.
fn checked_title(title: &str) -> Result<String, RpcError> {
    let title: String = title.trim().chars().take(crate::world::MAX_TITLE).collect();
    if title.is_empty() { Err(invalid("TOPIC_TITLE_EMPTY")) } else { Ok(title) }
}

/// Topics, the pinned ones first, and then that in which something was said last.
fn get_forum_topics(
    state: &mut State,
    caller: &Caller,
    request: GetForumTopics,
) -> Result<types::messages::ForumTopics, RpcError> {
    let channel = state.forum(caller, &request.peer)?;
    let query = request.q.unwrap_or_default().to_lowercase();
    let topics = channel.topics.values();
    let topics = topics.filter(|topic| topic.title.to_lowercase().contains(&query));
    let mut topics: Vec<_> = topics.collect();
    topics.sort_by_key(|topic| std::cmp::Reverse((topic.is_pinned, topic.top())));
    let all = topics.len();
    // The page goes on after the topic that is named; of those that are not pinned after the message that is.
    let last = topics.iter().position(|topic| topic.id == request.offset_topic);
    let is_before = |topic: &&Topic| !topic.is_pinned && topic.top() < request.offset_id;
    let from = match (last, request.offset_id) {
        (Some(last), _) => last.saturating_add(1),
        (None, 0) => 0,
        (None, _) => topics.iter().position(is_before).unwrap_or(all),
    };
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MAX_PART);
    let topics = topics.into_iter().skip(from).take(limit).map(Ok).collect();
    Ok(topics_shown(state, caller, channel, topics, all))
}

/// What is none is deleted.
fn get_forum_topics_by_id(
    state: &mut State,
    caller: &Caller,
    request: GetForumTopicsById,
) -> Result<types::messages::ForumTopics, RpcError> {
    let channel = state.forum(caller, &request.peer)?;
    if request.topics.is_empty() {
        return Err(invalid("TOPICS_EMPTY"));
    }
    let topics = distinct(request.topics).map(|id| channel.topics.get(&id).ok_or(id));
    let topics: Vec<_> = topics.collect();
    let all = topics.len();
    Ok(topics_shown(state, caller, channel, topics, all))
}

fn topics_shown(
    state: &State,
    caller: &Caller,
    channel: &Channel,
    topics: Vec<Result<&Topic, i32>>,
    all: usize,
) -> types::messages::ForumTopics {
    let mut view = state.view(caller.viewer());
    view.name(channel.peer());
    let (mut shown, mut messages) = (Vec::new(), Vec::new());
    for topic in topics {
        match topic {
            Ok(topic) => {
                if topic.top() != 0 {
                    messages.push(view.channel_message(channel.id, topic.top()));
                }
                shown.push(topic_shown(&mut view, caller.me, channel, topic));
            }
            Err(id) => shown.push(types::ForumTopicDeleted { id }.into()),
        }
    }
    types::messages::ForumTopics {
        order_by_create_date: false,
        count: count(all),
        topics: shown,
        messages,
        chats: view.chats(),
        users: view.users(),
        pts: channel.mailbox.pts(),
    }
}

fn topic_shown(
    view: &mut View<'_>,
    me: i64,
    channel: &Channel,
    topic: &Topic,
) -> enums::ForumTopic {
    let read = channel.members.get(&me).map_or(i32::MAX, |member| member.read);
    let unread = topic.messages.iter().filter(|id| **id > read).count();
    let (from, peer) = (view.name(Peer::User(topic.creator)), channel.peer().to_tl());
    let settings = view.topic_settings(channel.peer(), topic.id);
    let shown = types::ForumTopic {
        my: topic.creator == me,
        closed: topic.is_closed,
        hidden: topic.is_hidden,
        pinned: topic.is_pinned,
        icon_emoji_id: topic.icon_emoji_id,
        ..types::ForumTopic::new(
            topic.id,
            topic.date,
            peer,
            topic.title.clone(),
            topic.icon_color,
            topic.top(),
            read.min(topic.top()),
            0,
            count(unread),
            0,
            0,
            0,
            from,
            settings,
        )
    };
    shown.into()
}

fn edit_forum_topic(
    state: &mut State,
    caller: &Caller,
    request: EditForumTopic,
) -> Result<Updates, RpcError> {
    let channel = state.forum(caller, &request.peer)?;
    let (id, topic_id) = (channel.id, request.topic_id);
    let topic = channel.topics.get(&topic_id).ok_or_else(|| invalid("TOPIC_ID_INVALID"))?;
    if !channel.may_manage(caller.me, topic) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if request.hidden.is_some() && topic_id != GENERAL {
        return Err(invalid("TOPIC_ID_INVALID"));
    }
    let title = request.title.as_deref().map(checked_title).transpose()?;
    let mut new = topic.clone();
    new.title = title.clone().unwrap_or(new.title);
    new.icon_emoji_id = request
        .icon_emoji_id
        .map_or(new.icon_emoji_id, |icon| Some(icon).filter(|icon| *icon != 0));
    new.is_closed = request.closed.unwrap_or(new.is_closed);
    new.is_hidden = request.hidden.unwrap_or(new.is_hidden);
    if new == *topic {
        return Err(invalid("TOPIC_NOT_MODIFIED"));
    }
    state.channel_changed(id, |channel| {
        channel.topics.insert(topic_id, new);
    });
    let action = types::MessageActionTopicEdit {
        title,
        icon_emoji_id: request.icon_emoji_id,
        closed: request.closed,
        hidden: request.hidden,
    };
    let content = Content::action(action);
    let sent = state.send_to_channel(caller.actor(), id, content, Some(topic_id), None);
    Ok(state.channel_happened(caller.viewer(), id, sent))
}

fn update_pinned_forum_topic(
    state: &mut State,
    caller: &Caller,
    request: UpdatePinnedForumTopic,
) -> Result<Updates, RpcError> {
    let (topic_id, pinned, date) = (request.topic_id, request.pinned, caller.date());
    let channel = state.forum(caller, &request.peer)?;
    let (id, peer) = (channel.id, channel.peer());
    let topic = channel.topics.get(&topic_id).ok_or_else(|| invalid("TOPIC_ID_INVALID"))?;
    if !channel.can(caller.me, |rights| rights.manage_topics) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    if topic.is_pinned == pinned {
        return Err(invalid("TOPIC_NOT_MODIFIED"));
    }
    state.channel_changed(id, |channel| {
        let _ = channel.topics.get_mut(&topic_id).map(|topic| topic.is_pinned = pinned);
    });
    let tell = |state: &State, viewer| {
        let mut view = state.view(viewer);
        let peer = view.name(peer);
        let update = types::UpdatePinnedForumTopic { pinned, peer, topic_id };
        view.updates(vec![update.into()], date)
    };
    state.tell_members(id, Some(caller.context.key), tell);
    Ok(tell(state, caller.viewer()))
}

/// A topic is gone, with all that was said in it.
fn delete_topic_history(
    state: &mut State,
    caller: &Caller,
    request: DeleteTopicHistory,
) -> Result<types::messages::AffectedHistory, RpcError> {
    let channel = state.forum(caller, &request.peer)?;
    let (id, topic_id) = (channel.id, request.top_msg_id);
    let topic = channel.topics.get(&topic_id).filter(|topic| topic.id != GENERAL);
    let topic = topic.ok_or_else(|| invalid("TOPIC_ID_INVALID"))?;
    if !channel.can(caller.me, |rights| rights.delete_messages) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let messages = topic.messages.clone();
    let (pts, pts_count) = state.delete_in(channel.peer(), messages, caller.actor());
    state.channel_changed(id, |channel| {
        channel.topics.remove(&topic_id);
    });
    Ok(types::messages::AffectedHistory { pts, pts_count, offset: 0 })
}

/// What is said in a topic.
fn get_replies(
    state: &mut State,
    caller: &Caller,
    request: GetReplies,
) -> Result<Messages, RpcError> {
    let channel = state.forum(caller, &request.peer)?;
    let topic = channel.topics.get(&request.msg_id).ok_or_else(|| invalid("TOPIC_ID_INVALID"))?;
    // What began it is not in it.
    let said = topic.messages.iter().copied().filter(|id| *id != topic.id);
    let said: Vec<i32> = said.collect();
    let part = Part {
        offset_id: request.offset_id,
        add_offset: request.add_offset,
        limit: usize::try_from(request.limit).unwrap_or(0).min(MAX_PART),
        max_id: request.max_id,
        min_id: request.min_id,
    };
    let ids = part.of(&said);
    let mut view = state.view(caller.viewer());
    Ok(shown(&mut view, channel, &ids, said.len()))
}
