//! `photos.*`: nobody has any.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::photos::Photos;
use telewire::tl::api::functions::photos::GetUserPhotos;
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, Peer, State};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_user_photos);
}

fn get_user_photos(
    state: &mut State,
    caller: &Caller,
    request: GetUserPhotos,
) -> Result<Photos, RpcError> {
    let id = state.input_user(caller, &request.user_id)?;
    let mut view = state.view(caller.viewer());
    view.name(Peer::User(id));
    Ok(types::photos::Photos { photos: Vec::new(), users: view.users() }.into())
}
