//! The photos of groups and channels.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputChatPhoto, MessageAction, Updates};
use telewire::tl::api::functions::channels::EditPhoto;
use telewire::tl::api::functions::messages::EditChatPhoto;
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(edit_chat_photo);
    registry.on(edit_photo);
}

/// The photos that a group or channel has; the oldest goes for a new one.
const MAX_KEPT: usize = 1_000;

fn edit_chat_photo(
    state: &mut State,
    caller: &Caller,
    request: EditChatPhoto,
) -> Result<Updates, RpcError> {
    let id = request.chat_id;
    let chat = state.own_chat(caller.me, id)?;
    if !chat.may(caller.me, |banned| banned.change_info) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let old = chat.photos.first().copied();
    let new = input_chat_photo(state, caller, &request.photo)?;
    if old == new {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    state.chat_changed(id, |chat| put(&mut chat.photos, new));
    let sent = state.happen_in_chat(caller, id, action(new), None);
    Ok(state.chat_news(caller.viewer(), id, sent, true))
}

fn edit_photo(state: &mut State, caller: &Caller, request: EditPhoto) -> Result<Updates, RpcError> {
    let id = state.input_channel(caller, &request.channel)?;
    let channel = state.open_channel(caller, id)?;
    let may_too = channel.may(caller.me, caller.date(), |banned| banned.change_info);
    if !may_too && !channel.can(caller.me, |rights| rights.change_info) {
        return Err(invalid("CHAT_ADMIN_REQUIRED"));
    }
    let old = channel.photos.first().copied();
    let new = input_chat_photo(state, caller, &request.photo)?;
    if old == new {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    let change = types::ChannelAdminLogEventActionChangePhoto {
        prev_photo: types::PhotoEmpty { id: old.unwrap_or(0) }.into(),
        new_photo: types::PhotoEmpty { id: new.unwrap_or(0) }.into(),
    };
    state.note_action(id, caller.actor(), change);
    state.channel_changed(id, |channel| put(&mut channel.photos, new));
    let sent = state.happen_in_channel(caller, id, action(new));
    Ok(state.channel_happened(caller.viewer(), id, sent))
}

/// The photo that a request names; `None` for that there is to be none.
fn input_chat_photo(
    state: &mut State,
    caller: &Caller,
    photo: &InputChatPhoto,
) -> Result<Option<i64>, RpcError> {
    match photo {
        InputChatPhoto::InputChatPhotoEmpty => Ok(None),
        InputChatPhoto::InputChatPhoto(photo) => {
            state.input_photo(caller, &photo.id, None).map(Some)
        }
        InputChatPhoto::InputChatUploadedPhoto(photo) => {
            let file = photo.file.as_ref().filter(|_| photo.video.is_none());
            let file = file.ok_or_else(|| invalid("PHOTO_INVALID"))?;
            state.uploaded_photo(caller, file).map(Some)
        }
        _ => Err(invalid("PHOTO_INVALID")),
    }
}

/// What is said of it. UM-10: the photo is put in for each who looks.
fn action(photo: Option<i64>) -> MessageAction {
    match photo {
        Some(id) => {
            let photo = types::PhotoEmpty { id }.into();
            types::MessageActionChatEditPhoto { photo }.into()
        }
        None => MessageAction::MessageActionChatDeletePhoto,
    }
}

fn put(photos: &mut Vec<i64>, new: Option<i64>) {
    match new {
        Some(new) => {
            photos.retain(|other| *other != new);
            photos.insert(0, new);
            photos.truncate(MAX_KEPT);
        }
        None => photos.clear(),
    }
}
