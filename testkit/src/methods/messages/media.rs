//! Files before they are sent, and several at once.

use std::collections::HashSet;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputMedia, MessageMedia, Updates};
use telewire::tl::api::functions::messages::{SendMultiMedia, UploadMedia};

use super::{MAX_CAPTION, Sending};
use crate::methods::Registry;
use crate::world::{Caller, Content, Media, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(upload_media);
    registry.on(send_multi_media);
}

/// FI-19: the items of an album.
const MAX_ITEMS: usize = 10;

/// What is uploaded is there, for whoever uploaded it, and in no message yet.
fn upload_media(
    state: &mut State,
    caller: &Caller,
    request: UploadMedia,
) -> Result<MessageMedia, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.may_write(caller.me, peer)?;
    if matches!(request.media, InputMedia::InputMediaEmpty) {
        return Err(invalid("MEDIA_INVALID"));
    }
    let media = state.input_file(caller, &request.media, None)?;
    let media = media.ok_or_else(|| invalid("MEDIA_INVALID"))?;
    let view = state.view(caller.viewer());
    view.file_media(media).ok_or_else(|| invalid("MEDIA_INVALID"))
}

fn send_multi_media(
    state: &mut State,
    caller: &Caller,
    request: SendMultiMedia,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let items = request.multi_media;
    if items.is_empty() {
        return Err(invalid("MEDIA_EMPTY"));
    }
    if items.len() > MAX_ITEMS {
        return Err(invalid("MULTI_MEDIA_TOO_LONG"));
    }
    let numbers: HashSet<i64> = items.iter().map(|item| item.random_id).collect();
    if numbers.contains(&0) {
        return Err(invalid("RANDOM_ID_EMPTY"));
    }
    // UM-11: of two with one number in one call the first is still running.
    if numbers.len() != items.len() {
        return Err(RpcError::parse(500, "RANDOM_ID_DUPLICATE"));
    }
    let random_id = items.first().map_or(0, |item| item.random_id);
    let sending = Sending {
        peer,
        random_id,
        reply_to: request.reply_to.as_ref(),
        send_as: request.send_as.as_ref(),
        is_silent: request.silent,
        later: request.schedule_date,
        clear_draft: request.clear_draft,
    };
    let empty = state.addressed(caller, &sending)?;
    let group = i64::from_le_bytes(state.random());
    let (mut all, mut album) = (Vec::new(), None);
    for (number, item) in items.into_iter().enumerate() {
        // What was sent before is answered as it was, though its reference may be old.
        if state.outcome(caller.me, peer, item.random_id).is_some() {
            all.push((item.random_id, Content::default()));
            continue;
        }
        if item.message.chars().count() > MAX_CAPTION {
            return Err(invalid("MEDIA_CAPTION_TOO_LONG"));
        }
        // FI-19: uploads go through messages.uploadMedia first.
        let is_there = matches!(
            item.media,
            InputMedia::InputMediaPhoto(_) | InputMedia::InputMediaDocument(_)
        );
        let media =
            if is_there { state.input_file(caller, &item.media, Some(number))? } else { None };
        let media = media.ok_or_else(|| invalid("MEDIA_INVALID"))?;
        let kind = state.file_kind(media.id).and_then(|kind| kind.album());
        let kind = kind.ok_or_else(|| invalid("MEDIA_INVALID"))?;
        if *album.get_or_insert(kind) != kind {
            return Err(invalid("GROUPED_MEDIA_INVALID"));
        }
        let entities = state.entities(caller, &item.message, item.entities.unwrap_or_default())?;
        let content = Content {
            entities,
            text: item.message,
            media: Some(Media::File(Box::new(media))),
            group: Some(group),
            ..empty.clone()
        };
        all.push((item.random_id, content));
    }
    let answer = state.send_all(caller, peer, all, sending.later)?;
    if sending.clear_draft {
        state.clear_draft(caller, peer);
    }
    Ok(answer)
}
