//! What is to be sent later: <https://core.telegram.org/api/scheduled-messages>.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::functions::messages::{
    DeleteScheduledMessages, GetScheduledHistory, GetScheduledMessages, SendScheduledMessages,
};
use telewire::tl::api::types::messages as types;

use crate::methods::{Registry, distinct};
use crate::world::{Caller, Peer, State, What, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(get_scheduled_history);
    registry.people(get_scheduled_messages);
    registry.people(send_scheduled_messages);
    registry.people(delete_scheduled_messages);
}

/// The latest first.
fn get_scheduled_history(
    state: &mut State,
    caller: &Caller,
    request: GetScheduledHistory,
) -> Result<Messages, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let waiting = state.account(caller.me).scheduled.waiting.iter();
    let mut ids: Vec<_> = waiting
        .filter(|(_, waiting)| waiting.peer == peer)
        .map(|(id, waiting)| (waiting.date, *id))
        .collect();
    ids.sort_unstable();
    let ids: Vec<_> = ids.into_iter().rev().map(|(_, id)| id).collect();
    Ok(state.waiting_answer(caller, peer, &ids))
}

fn get_scheduled_messages(
    state: &mut State,
    caller: &Caller,
    request: GetScheduledMessages,
) -> Result<Messages, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let ids = distinct(request.id).filter(|id| state.waits(caller, peer, *id));
    let ids: Vec<i32> = ids.collect();
    Ok(state.waiting_answer(caller, peer, &ids))
}

fn send_scheduled_messages(
    state: &mut State,
    caller: &Caller,
    request: SendScheduledMessages,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.check_inside(caller.me, peer)?;
    let ids: Vec<i32> = distinct(request.id).collect();
    if ids.is_empty() || !ids.iter().all(|id| state.waits(caller, peer, *id)) {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    let (mut gone, mut sent) = (Vec::new(), Vec::new());
    for id in ids {
        if let Some((message, update)) = state.send_waiting(id, caller.actor()) {
            sent.push(message);
            gone.push(update);
        }
    }
    let owner = State::box_of(caller.me, peer);
    let mut view = state.view(caller.viewer());
    let news =
        sent.into_iter().filter_map(|sent| view.event(owner, &What::New(sent.id), sent.pts, 1));
    let news: Vec<_> = news.collect();
    gone.extend(news);
    Ok(view.updates(gone, caller.date()))
}

/// Those that do not wait are left out.
fn delete_scheduled_messages(
    state: &mut State,
    caller: &Caller,
    request: DeleteScheduledMessages,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let ids = distinct(request.id).filter(|id| state.waits(caller, peer, *id));
    let ids: Vec<i32> = ids.collect();
    let update = state.unschedule(peer, &ids, None, caller.actor());
    let mut view = state.view(caller.viewer());
    view.name(peer);
    Ok(view.updates(vec![update], caller.date()))
}

impl State {
    fn waits(&self, caller: &Caller, peer: Peer, id: i32) -> bool {
        let account = self.accounts.get(&caller.me);
        let waiting = account.and_then(|account| account.scheduled.waiting.get(&id));
        waiting.is_some_and(|waiting| waiting.peer == peer)
    }

    fn waiting_answer(&self, caller: &Caller, peer: Peer, ids: &[i32]) -> Messages {
        let mut view = self.view(caller.viewer());
        view.name(peer);
        let messages = ids.iter().map(|id| view.scheduled(*id)).collect();
        let (topics, chats, users) = (Vec::new(), view.chats(), view.users());
        types::Messages { messages, topics, chats, users }.into()
    }
}
