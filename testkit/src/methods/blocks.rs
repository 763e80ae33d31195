//! Who is blocked: <https://core.telegram.org/api/block>. It is kept and told; what blocked people write comes all the same.

use std::cmp::Reverse;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::contacts::Blocked;
use telewire::tl::api::functions::contacts::{Block, GetBlocked, Unblock};
use telewire::tl::api::types;

use crate::methods::Registry;
use crate::world::{Caller, Peer, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(block);
    registry.people(unblock);
    registry.people(get_blocked);
}

/// As many as are told at a time.
const MAX_PART: usize = 100;

fn block(state: &mut State, caller: &Caller, request: Block) -> Result<bool, RpcError> {
    let peer = state.input_peer(caller, &request.id)?;
    if peer == Peer::User(caller.me) {
        return Err(invalid("CONTACT_ID_INVALID"));
    }
    let date = caller.date();
    state.account(caller.me).blocked.entry(peer).or_insert(date);
    state.tell_blocked(caller, peer, true);
    Ok(true)
}

fn unblock(state: &mut State, caller: &Caller, request: Unblock) -> Result<bool, RpcError> {
    let peer = state.input_peer(caller, &request.id)?;
    if state.account(caller.me).blocked.remove(&peer).is_some() {
        state.tell_blocked(caller, peer, false);
    }
    Ok(true)
}

/// The latest first.
fn get_blocked(
    state: &mut State,
    caller: &Caller,
    request: GetBlocked,
) -> Result<Blocked, RpcError> {
    let mut all: Vec<_> = state.account(caller.me).blocked.clone().into_iter().collect();
    all.sort_by_key(|(peer, date)| (Reverse(*date), *peer));
    let count = all.len();
    let from = usize::try_from(request.offset).unwrap_or(0);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MAX_PART);
    let mut view = state.view(caller.viewer());
    let part = all.into_iter().skip(from).take(limit);
    let blocked: Vec<_> =
        part.map(|(peer, date)| types::PeerBlocked { peer_id: view.name(peer), date }).collect();
    let (chats, users) = (view.chats(), view.users());
    if blocked.len() == count {
        return Ok(types::contacts::Blocked { blocked, chats, users }.into());
    }
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    Ok(types::contacts::BlockedSlice { count, blocked, chats, users }.into())
}

impl State {
    /// The account's other sessions hear who is blocked.
    fn tell_blocked(&mut self, caller: &Caller, peer: Peer, blocked: bool) {
        self.tell_all(caller.me, caller.actor(), |view| {
            let peer_id = view.name(peer);
            types::UpdatePeerBlocked { blocked, ..types::UpdatePeerBlocked::new(peer_id) }.into()
        });
    }
}
