//! Forwarding.

use std::collections::HashSet;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::functions::messages::ForwardMessages;

use super::MAX_PART;
use super::send::named_topic;
use crate::methods::Registry;
use crate::world::{Caller, Content, Forward, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(forward_messages);
}

fn forward_messages(
    state: &mut State,
    caller: &Caller,
    request: ForwardMessages,
) -> Result<Updates, RpcError> {
    let from = state.input_peer(caller, &request.from_peer)?;
    let to = state.input_peer(caller, &request.to_peer)?;
    let ForwardMessages { id: ids, random_id: numbers, .. } = &request;
    if ids.is_empty() {
        return Err(invalid("MESSAGE_IDS_EMPTY"));
    }
    if ids.len() != numbers.len() || ids.len() > MAX_PART {
        return Err(invalid("RANDOM_ID_INVALID"));
    }
    // UM-11: of two with one number in one call the first is still running.
    if numbers.iter().collect::<HashSet<_>>().len() != numbers.len() {
        return Err(RpcError::parse(500, "RANDOM_ID_DUPLICATE"));
    }
    let reply_to = state.replied(caller, to, request.reply_to.as_ref())?;
    let topic = request.top_msg_id.or_else(|| named_topic(request.reply_to.as_ref()));
    let send_as = state.name_for(caller, to, request.send_as.as_ref())?;
    let mut all = Vec::new();
    for (id, number) in ids.iter().zip(numbers) {
        // What was sent before may be gone here since.
        if state.outcome(caller.me, to, *number).is_some() {
            all.push((*number, Content::default()));
            continue;
        }
        let copy = state.message_of(caller, from, *id)?;
        let post = state.posts.post(copy.post).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
        if post.content.action.is_some() {
            return Err(invalid("MESSAGE_ID_INVALID"));
        }
        // What was forwarded already is of whoever wrote it; what a channel posted is the channel's.
        let number_there = state.is_broadcast(from).then_some(*id);
        let first = Forward { from: post.from, date: post.date, post: number_there };
        let forward = post.content.forward.unwrap_or(first);
        let has_caption = post.content.media.is_some();
        let is_cut = request.drop_media_captions && has_caption;
        let content = Content {
            forward: (!request.drop_author).then_some(forward),
            text: if is_cut { String::new() } else { post.content.text.clone() },
            entities: if is_cut { Vec::new() } else { post.content.entities.clone() },
            is_silent: request.silent,
            media: post.content.media.clone(),
            reply_to,
            topic,
            send_as,
            ..Content::default()
        };
        all.push((*number, content));
    }
    state.send_all(caller, to, all, request.schedule_date)
}
