//! What somebody is doing, and what is pinned.

use std::collections::BTreeMap;

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
    state.check_pinner(caller, peer)?;
    if request.pm_oneside && state.is_bot(caller.me) {
        return Err(invalid("BOT_ONESIDE_NOT_AVAIL"));
    }
    let copy = state.message_of(caller, peer, request.id)?;
    if state.posts.post(copy.post).is_none_or(|post| post.content.action.is_some()) {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    let (owner, pinned, actor) = (State::box_of(caller.me, peer), !request.unpin, caller.actor());
    if copy.is_pinned == pinned {
        return Err(invalid("CHAT_NOT_MODIFIED"));
    }
    let (pts, count) = state.pin(owner, &[request.id], pinned, actor);
    // One side there is in private chats alone.
    let is_oneside = request.pm_oneside && matches!(peer, Peer::User(_));
    if !is_oneside {
        state.pin_elsewhere(owner, &[request.id], pinned, actor);
    }
    let service = if pinned && !is_oneside && !state.is_broadcast(peer) {
        let content = Content {
            is_silent: request.silent,
            reply_to: Some(state.posts.root(copy.post)),
            topic: state.view(caller.viewer()).topic_of(owner, request.id),
            ..Content::action(enums::MessageAction::MessageActionPinMessage)
        };
        // Whoever may pin says so, though they may not write.
        Some(state.put(actor, peer, content, None))
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
    state.check_pinner(caller, peer)?;
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
    /// # Errors
    ///
    /// As [`check_inside`](Self::check_inside); `CHAT_ADMIN_REQUIRED`: whoever asks may not pin there.
    fn check_pinner(&self, caller: &Caller, peer: Peer) -> Result<(), RpcError> {
        self.check_inside(caller.me, peer)?;
        let is_right = match peer {
            Peer::User(_) => true,
            Peer::Chat(id) => {
                self.own_chat(caller.me, id)?.may(caller.me, |banned| banned.pin_messages)
            }
            Peer::Channel(id) => {
                let channel = self.open_channel(caller, id)?;
                channel.may_pin(caller.me, caller.date())
            }
        };
        is_right.then_some(()).ok_or_else(|| invalid("CHAT_ADMIN_REQUIRED"))
    }

    /// Pins in the boxes of the others who have a message what was pinned in one.
    fn pin_elsewhere(&mut self, owner: Peer, ids: &[i32], pinned: bool, actor: Actor) {
        let mut others: BTreeMap<Peer, Vec<i32>> = BTreeMap::new();
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
