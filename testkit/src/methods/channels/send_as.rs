//! In whose name one writes: <https://core.telegram.org/api/send-as>.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::channels::GetSendAs;
use telewire::tl::api::functions::messages::SaveDefaultSendAs;
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, Peer, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(get_send_as);
    registry.people(save_default_send_as);
}

fn get_send_as(
    state: &mut State,
    caller: &Caller,
    request: GetSendAs,
) -> Result<types::channels::SendAsPeers, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let names = state.names_for(caller, peer)?;
    let mut view = state.view(caller.viewer());
    let peers = names.into_iter().map(|name| types::SendAsPeer::new(view.name(name))).collect();
    let (chats, users) = (view.chats(), view.users());
    Ok(types::channels::SendAsPeers { peers, chats, users })
}

fn save_default_send_as(
    state: &mut State,
    caller: &Caller,
    request: SaveDefaultSendAs,
) -> Result<bool, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if !matches!(peer, Peer::Channel(_)) {
        return Err(invalid("PEER_ID_INVALID"));
    }
    let name = state.name_for(caller, peer, Some(&request.send_as))?;
    let saved = &mut state.account(caller.me).send_as;
    match name.filter(|name| *name != Peer::User(caller.me)) {
        Some(name) => saved.insert(peer, name),
        None => saved.remove(&peer),
    };
    Ok(true)
}
