//! `users.*`: profiles.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::users::{GetFullUser, GetUsers};
use telewire::tl::api::{enums, types};

use crate::methods::{Registry, distinct};
use crate::world::{Caller, NotifyFor, Peer, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_users);
    registry.on(get_full_user);
}

/// Whoever is not there, or is named by an access hash of somebody else's, is left out.
fn get_users(
    state: &mut State,
    caller: &Caller,
    request: GetUsers,
) -> Result<Vec<enums::User>, RpcError> {
    let view = state.view(caller.viewer());
    let found = request.id.iter().filter_map(|user| state.input_user(caller, user).ok());
    Ok(distinct(found).filter_map(|id| view.user(id)).collect())
}

fn get_full_user(
    state: &mut State,
    caller: &Caller,
    request: GetFullUser,
) -> Result<types::users::UserFull, RpcError> {
    let id = state.input_user(caller, &request.id)?;
    let blocked = state.account(caller.me).blocked.contains_key(&Peer::User(id));
    let user = state.people.user(id).ok_or_else(|| invalid("USER_ID_INVALID"))?;
    let notify = state.notify_settings(caller.me, NotifyFor::Peer(Peer::User(id)));
    let settings = types::PeerSettings::new();
    let bot_info = user.is_bot().then(|| Box::new(state.bot_info(user, caller.me, Peer::User(id))));
    let about = user.about.clone();
    let full_user = types::UserFull {
        blocked,
        about,
        can_pin_message: true,
        bot_info,
        ..types::UserFull::new(id, settings, notify, 0)
    };
    let photo = user.photos.first().copied();
    let mut view = state.view(caller.viewer());
    let profile_photo = photo.map(|photo| view.photo(photo));
    let ttl_period = view.period(Peer::User(id));
    let full_user = types::UserFull { profile_photo, ttl_period, ..full_user };
    view.name(Peer::User(id));
    Ok(types::users::UserFull { full_user, chats: Vec::new(), users: view.users() })
}
