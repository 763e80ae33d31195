//! `contacts.*`: who is found, and how.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::contacts::ResolveUsername;
use telewire::tl::api::types::contacts::ResolvedPeer;

use crate::methods::Registry;
use crate::world::{Caller, State, invalid, is_username};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(resolve_username);
}

fn resolve_username(
    state: &mut State,
    caller: &Caller,
    request: ResolveUsername,
) -> Result<ResolvedPeer, RpcError> {
    if !is_username(&request.username) {
        return Err(invalid("USERNAME_INVALID"));
    }
    let peer = state.people.named(&request.username);
    let peer = peer.ok_or_else(|| invalid("USERNAME_NOT_OCCUPIED"))?;
    let mut view = state.view(caller.viewer());
    let peer = view.name(peer);
    Ok(ResolvedPeer { peer, chats: view.chats(), users: view.users() })
}
