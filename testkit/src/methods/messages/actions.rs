//! What somebody is doing, and what is pinned.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{SetTyping, UnpinAllMessages, UpdatePinnedMessage};
use telewire::tl::api::types::messages::AffectedHistory;
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Actor, Caller, Content, Peer, State, What, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(set_typing);
    registry.on(update_pinned_message);
    registry.on(unpin_all_messages);
}

/// It is in no box: whoever is not here does not hear of it.
fn set_typing(state: &mut State, caller: &Caller, request: SetTyping) -> Result<bool, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.may_write(caller.me, peer)?;
    let user = match peer {
        Peer::User(user) => user,
        Peer::Chat(id) => {
            let (from_id, action) = (Peer::User(caller.me).to_tl(), request.action);
            state.tell_chat(caller, id, || {
                let (from_id, action) = (from_id.clone(), action.clone());
                types::UpdateChatUserTyping { chat_id: id, from_id, action }.into()
            });
            return Ok(true);
        }
        Peer::Channel(id) => {
            let date = caller.date();
            state.tell_members(id, Some(caller.context.key), |state, viewer| {
                let mut view = state.view(viewer);
                view.name(peer);
                view.pass(Peer::User(caller.me));
                let (from_id, action) = (Peer::User(caller.me).to_tl(), request.action.clone());
                let typing = types::UpdateChannelUserTyping::new(id, from_id, action);
                view.updates(vec![typing.into()], date)
            });
            return Ok(true);
        }
    };
    if user != caller.me {
        let date = caller.date();
        let typing = types::UpdateUserTyping::new(caller.me, request.action);
        state.push(user, None, |_, _| {
            types::UpdateShort { update: typing.clone().into(), date }.into()
        });
    }
    Ok(true)
}

fn update_pinned_message(
    state: &mut State,
    caller: &Caller,
    request: UpdatePinnedMessage,
) -> Result<enums::Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Peer::Channel(id) = peer {
        let is_pinned = !request.unpin;
        return state.pin_in_channel(caller, id, request.id, is_pinned, request.silent);
    }
    state.may_write(caller.me, peer)?;
    let copy = state.message_of(caller, peer, request.id)?;
    if state.posts.post(copy.post).is_none_or(|post| post.content.action.is_some()) {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    let (owner, pinned, actor) = (State::box_of(caller.me, peer), !request.unpin, caller.actor());
    if copy.is_pinned == pinned {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    let (pts, count) = state.pin(owner, &[request.id], pinned, actor);
    if !request.pm_oneside {
        state.pin_elsewhere(owner, &[request.id], pinned, actor);
    }
    let service = if pinned && !request.pm_oneside {
        let content = Content {
            is_silent: request.silent,
            reply_to: Some(copy.post),
            ..Content::action(enums::MessageAction::MessageActionPinMessage)
        };
        Some(state.send_to(actor, peer, content, None)?)
    } else {
        None
    };
    let mut view = state.view(caller.viewer());
    let pinned = view.event(owner, &What::Pin(vec![request.id], pinned), pts, count);
    let service = service.and_then(|sent| view.event(owner, &What::New(sent.id), sent.pts, 1));
    Ok(view.updates(pinned.into_iter().chain(service).collect(), caller.date()))
}

fn unpin_all_messages(
    state: &mut State,
    caller: &Caller,
    request: UnpinAllMessages,
) -> Result<AffectedHistory, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Peer::Channel(id) = peer {
        let done = state.unpin_all_in_channel(caller, id)?;
        return Ok(AffectedHistory { pts: done.pts, pts_count: done.pts_count, offset: 0 });
    }
    state.may_write(caller.me, peer)?;
    let (owner, actor) = (State::box_of(caller.me, peer), caller.actor());
    let mailbox = state.mailbox(owner);
    let is_pinned =
        |id: &&i32| mailbox.and_then(|all| all.message(**id)).is_some_and(|copy| copy.is_pinned);
    let ids: Vec<i32> = state.history(caller.me, peer).iter().filter(is_pinned).copied().collect();
    let (pts, pts_count) = state.pin(owner, &ids, false, actor);
    state.pin_elsewhere(owner, &ids, false, actor);
    Ok(AffectedHistory { pts, pts_count, offset: 0 })
}

impl State {
    /// Pins in the boxes of the others who have a message what was pinned in one.
    fn pin_elsewhere(&mut self, owner: Peer, ids: &[i32], pinned: bool, actor: Actor) {
        let mut others: std::collections::BTreeMap<Peer, Vec<i32>> = Default::default();
        for id in ids {
            let copy = self.mailbox(owner).and_then(|mailbox| mailbox.message(*id).copied());
            for (other, id) in copy.map(|copy| self.copies(copy.post)).unwrap_or_default() {
                if other != owner {
                    others.entry(other).or_default().push(id);
                }
            }
        }
        for (other, ids) in others {
            self.pin(other, &ids, pinned, actor);
        }
    }
}
