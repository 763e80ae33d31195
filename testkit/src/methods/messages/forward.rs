//! Forwarding.

use std::collections::HashSet;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::functions::messages::ForwardMessages;

use super::MAX_PART;
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
    state.may_write(caller.me, to)?;
    let mut contents = Vec::new();
    for id in ids {
        let copy = state.message_of(caller, from, *id)?;
        let post = state.posts.post(copy.post).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
        if post.content.action.is_some() {
            return Err(invalid("MESSAGE_ID_INVALID"));
        }
        // What was forwarded already is of whoever wrote it.
        let first = Forward { from: post.from, date: post.date };
        let forward = post.content.forward.unwrap_or(first);
        let has_caption = post.content.media.is_some();
        let is_cut = request.drop_media_captions && has_caption;
        contents.push(Content {
            forward: (!request.drop_author).then_some(forward),
            text: if is_cut { String::new() } else { post.content.text.clone() },
            entities: if is_cut { Vec::new() } else { post.content.entities.clone() },
            is_silent: request.silent,
            media: post.content.media.clone(),
            ..Content::default()
        });
    }
    let later = request.schedule_date.filter(|date| *date > caller.date());
    if let Some(date) = later {
        for (content, number) in contents.into_iter().zip(numbers) {
            if state.scheduled_before(caller.me, to, *number).is_none() {
                state.schedule(caller.actor(), to, content, date, *number)?;
            }
        }
        return Ok(state.scheduled(caller.viewer(), to, numbers, caller.date()));
    }
    let mut all = Vec::new();
    for (content, number) in contents.into_iter().zip(numbers) {
        let before = state.account(caller.me).sent.get(&(to, *number)).copied();
        let sent = match before {
            Some(sent) => sent,
            None => state.send_to(caller.actor(), to, content, Some(*number))?,
        };
        all.push((*number, sent));
    }
    Ok(state.receipts(caller.viewer(), to, &all))
}
