//! `photos.*`: those of people.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::photos::Photos;
use telewire::tl::api::enums::{InputPhoto, Photo};
use telewire::tl::api::functions::photos::{
    DeletePhotos, GetUserPhotos, UpdateProfilePhoto, UploadProfilePhoto,
};
use telewire::tl::api::types;

use crate::methods::{Registry, distinct};
use crate::world::{Caller, Peer, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_user_photos);
    registry.on(upload_profile_photo);
    registry.on(update_profile_photo);
    registry.people(delete_photos);
}

/// Photos of one answer: <https://core.telegram.org/method/photos.getUserPhotos>.
const MAX_PHOTOS: usize = 100;

/// The photos that somebody has; the oldest goes for a new one.
const MAX_KEPT: usize = 1_000;

/// The latest first. FI-63: from the one with `max_id` on, so that an offset of -1 gives that one.
fn get_user_photos(
    state: &mut State,
    caller: &Caller,
    request: GetUserPhotos,
) -> Result<Photos, RpcError> {
    let id = state.input_user(caller, &request.user_id)?;
    let all = state.people.user(id).map(|user| user.photos.as_slice()).unwrap_or_default();
    let after = match request.max_id {
        0 => 0,
        max_id => {
            let place = all.iter().position(|photo| *photo == max_id);
            place.ok_or_else(|| invalid("MAX_ID_INVALID"))?.saturating_add(1)
        }
    };
    let offset = isize::try_from(request.offset).unwrap_or(0);
    let from = after.saturating_add_signed(offset);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MAX_PHOTOS);
    let some = all.iter().skip(from).take(limit).copied().collect::<Vec<_>>();
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    let is_all = some.len() == all.len();
    let mut view = state.view(caller.viewer());
    view.name(Peer::User(id));
    let photos: Vec<Photo> = some.into_iter().map(|photo| view.photo(photo)).collect();
    let users = view.users();
    Ok(if is_all {
        types::photos::Photos { photos, users }.into()
    } else {
        types::photos::PhotosSlice { count, photos, users }.into()
    })
}

fn upload_profile_photo(
    state: &mut State,
    caller: &Caller,
    request: UploadProfilePhoto,
) -> Result<types::photos::Photo, RpcError> {
    if request.bot.is_some() {
        return Err(invalid("BOT_INVALID"));
    }
    if request.video.is_some() {
        return Err(invalid("VIDEO_FILE_INVALID"));
    }
    let file = request.file.as_ref().ok_or_else(|| invalid("PHOTO_FILE_MISSING"))?;
    let photo = state.uploaded_photo(caller, file)?;
    set_photo(state, caller, photo)
}

/// A photo that one had is the first again; without one the first goes.
fn update_profile_photo(
    state: &mut State,
    caller: &Caller,
    request: UpdateProfilePhoto,
) -> Result<types::photos::Photo, RpcError> {
    if request.bot.is_some() {
        return Err(invalid("BOT_INVALID"));
    }
    if request.id == InputPhoto::InputPhotoEmpty {
        let user = state.people.user_mut(caller.me);
        let _ = user.map(|user| user.photos.drain(..1.min(user.photos.len())));
        return shown(state, caller, 0);
    }
    let photo = state.input_photo(caller, &request.id, None)?;
    set_photo(state, caller, photo)
}

fn delete_photos(
    state: &mut State,
    caller: &Caller,
    request: DeletePhotos,
) -> Result<Vec<i64>, RpcError> {
    let named = request.id.iter().filter_map(|photo| match photo {
        InputPhoto::InputPhoto(photo) => Some(photo.id),
        _ => None,
    });
    let named: Vec<i64> = distinct(named).collect();
    let Some(user) = state.people.user_mut(caller.me) else { return Ok(Vec::new()) };
    let (gone, left) = user.photos.iter().partition(|photo| named.contains(photo));
    user.photos = left;
    tell(state, caller);
    Ok(gone)
}

fn set_photo(
    state: &mut State,
    caller: &Caller,
    photo: i64,
) -> Result<types::photos::Photo, RpcError> {
    if let Some(user) = state.people.user_mut(caller.me) {
        user.photos.retain(|other| *other != photo);
        user.photos.insert(0, photo);
        user.photos.truncate(MAX_KEPT);
    }
    shown(state, caller, photo)
}

fn shown(state: &mut State, caller: &Caller, photo: i64) -> Result<types::photos::Photo, RpcError> {
    tell(state, caller);
    let mut view = state.view(caller.viewer());
    view.name(Peer::User(caller.me));
    Ok(types::photos::Photo { photo: view.photo(photo), users: view.users() })
}

/// Other clients of the account hear that it has another photo.
fn tell(state: &mut State, caller: &Caller) {
    state.tell_all(caller.me, caller.actor(), |view| {
        view.name(Peer::User(view.viewer().user));
        types::UpdateUser { user_id: view.viewer().user }.into()
    });
}
