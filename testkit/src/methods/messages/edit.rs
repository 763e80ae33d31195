//! What was said is said otherwise, or is gone.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputMedia, Updates};
use telewire::tl::api::functions::messages::{DeleteHistory, DeleteMessages, EditMessage};
use telewire::tl::api::types::messages::{AffectedHistory, AffectedMessages};

use super::MAX_LENGTH;
use crate::methods::{Registry, channels};
use crate::world::{Caller, Media, Peer, State, What, forbidden, invalid, new_waiting};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(edit_message);
    registry.on(delete_messages);
    registry.people(delete_history);
}

/// `edit_time_limit` of `help.getConfig`, and how long bots may delete what they have.
const TWO_DAYS: i32 = 2 * 86_400;

/// Messages that one call of `deleteHistory` deletes; clients ask again for the rest.
const MAX_DELETED: usize = 1_000;

fn edit_message(
    state: &mut State,
    caller: &Caller,
    request: EditMessage,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Some(date) = request.schedule_date {
        return edit_waiting(state, caller, peer, date, request);
    }
    if let Peer::Channel(id) = peer {
        return channels::edit_message(state, caller, id, request);
    }
    let copy = state.message_of(caller, peer, request.id)?;
    let post = state.posts.post(copy.post).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
    let content = &post.content;
    if content.action.is_some() {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    if post.from != Peer::User(caller.me) || content.forward.is_some() {
        return Err(forbidden("MESSAGE_AUTHOR_REQUIRED"));
    }
    let is_late = caller.date().saturating_sub(post.date) > TWO_DAYS;
    if is_late && peer != Peer::User(caller.me) && !state.is_bot(caller.me) {
        return Err(invalid("MESSAGE_EDIT_TIME_EXPIRED"));
    }
    if let (Some(Media::Poll(id)), Some(InputMedia::InputMediaPoll(poll))) =
        (&content.media, &request.media)
        && poll.poll.closed
    {
        let id = *id;
        state.close_poll(id, caller.actor());
        return Ok(state.poll_answer(caller, id));
    }
    let text = request.message.unwrap_or_else(|| content.text.clone());
    let entities = request.entities.unwrap_or_default();
    if text.trim().is_empty() && content.media.is_none() {
        return Err(invalid("MESSAGE_EMPTY"));
    }
    if text.chars().count() > MAX_LENGTH {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    let entities = state.entities(caller, &text, entities)?;
    if text == content.text && entities == content.entities {
        return Err(invalid("MESSAGE_NOT_MODIFIED"));
    }
    state.keep_first(copy.post);
    if let Some(post) = state.posts.post_mut(copy.post) {
        (post.content.text, post.content.entities) = (text, entities);
        post.edited = Some(caller.date());
    }
    let owner = State::box_of(caller.me, peer);
    let pts = state.edited(copy.post, caller.actor(), owner);
    let mut view = state.view(caller.viewer());
    let update = view.event(owner, &What::Edit(request.id), pts, 1);
    Ok(view.updates(update.into_iter().collect(), caller.date()))
}

/// A message that waits: what it says, and when it is to be sent.
fn edit_waiting(
    state: &mut State,
    caller: &Caller,
    peer: Peer,
    date: i32,
    request: EditMessage,
) -> Result<Updates, RpcError> {
    let waiting = state.account(caller.me).scheduled.waiting.get(&request.id);
    let waiting = waiting.filter(|waiting| waiting.peer == peer);
    let waiting = waiting.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?.clone();
    if date <= caller.date() {
        return Err(invalid("SCHEDULE_DATE_INVALID"));
    }
    let is_empty = |text: &String| text.trim().is_empty() && waiting.content.media.is_none();
    if request.message.as_ref().is_some_and(is_empty) {
        return Err(invalid("MESSAGE_EMPTY"));
    }
    let mut content = waiting.content.clone();
    if let Some(text) = request.message {
        let entities = request.entities.unwrap_or_default();
        content.entities = state.entities(caller, &text, entities)?;
        content.text = text;
    }
    if content.text.chars().count() > MAX_LENGTH {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    if content == waiting.content && date == waiting.date {
        return Err(invalid("MESSAGE_NOT_MODIFIED"));
    }
    state.reschedule(request.id, content, date, caller.actor());
    let mut view = state.view(caller.viewer());
    let update = new_waiting(&mut view, request.id);
    Ok(view.updates(vec![update], caller.date()))
}

/// What is not there is left out.
fn delete_messages(
    state: &mut State,
    caller: &Caller,
    request: DeleteMessages,
) -> Result<AffectedMessages, RpcError> {
    if request.id.iter().any(|id| *id <= 0) {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    let is_bot = state.is_bot(caller.me);
    let mailbox = state.mailbox(Peer::User(caller.me));
    let dates = request.id.iter().filter_map(|id| {
        let copy = mailbox?.message(*id)?;
        state.posts.post(copy.post).map(|post| post.date)
    });
    if is_bot && dates.min().is_some_and(|date| caller.date().saturating_sub(date) > TWO_DAYS) {
        return Err(RpcError::parse(403, "MESSAGE_DELETE_FORBIDDEN"));
    }
    // What bots delete is gone for all.
    let (pts, pts_count) = state.delete(&request.id, request.revoke || is_bot, caller.actor());
    Ok(AffectedMessages { pts, pts_count })
}

fn delete_history(
    state: &mut State,
    caller: &Caller,
    request: DeleteHistory,
) -> Result<AffectedHistory, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    // Of channels there is channels.deleteHistory.
    if matches!(peer, Peer::Channel(_)) {
        return Err(invalid("PEER_ID_INVALID"));
    }
    for (date, error) in
        [(request.min_date, "MIN_DATE_INVALID"), (request.max_date, "MAX_DATE_INVALID")]
    {
        if date.is_some_and(|date| date <= 0) {
            return Err(invalid(error));
        }
    }
    let last = if request.max_id == 0 { i32::MAX } else { request.max_id };
    let span = request.min_date.unwrap_or(0)..=request.max_date.unwrap_or(i32::MAX);
    let is_meant = |id: &&i32| {
        let copy = state.find(caller.me, peer, **id);
        let post = copy.and_then(|copy| state.posts.post(copy.post));
        **id <= last && post.is_some_and(|post| span.contains(&post.date))
    };
    let all: Vec<i32> = state.history(caller.me, peer).iter().filter(is_meant).copied().collect();
    let (now, rest) = all.split_at(all.len().min(MAX_DELETED));
    let (pts, pts_count) = state.delete(now, request.revoke, caller.actor());
    if rest.is_empty() {
        let account = state.account(caller.me);
        if let Some(dialog) = account.dialogs.get_mut(&peer) {
            dialog.is_kept = request.just_clear;
        }
    }
    Ok(AffectedHistory { pts, pts_count, offset: i32::try_from(rest.len()).unwrap_or(i32::MAX) })
}
