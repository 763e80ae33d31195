//! `updates.*`: where a client's boxes are, and what it missed.

use telewire::rpc::RpcError;
use telewire::tl::api::enums;
use telewire::tl::api::functions::updates::{GetDifference, GetState};
use telewire::tl::api::types::updates;

use crate::methods::Registry;
use crate::world::{Caller, State, What};

/// The number of the last container that clients have to have seen: there was none that is numbered.
const SEQ: i32 = 1;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_state);
    registry.on(get_difference);
}

impl State {
    pub(super) fn box_state(&mut self, caller: &Caller) -> updates::State {
        let account = self.account(caller.me);
        let unread = account.dialogs.values().map(|dialog| dialog.unread);
        updates::State {
            pts: account.common.pts(),
            qts: 0,
            date: caller.date(),
            seq: SEQ,
            unread_count: unread.fold(0, i32::saturating_add),
        }
    }
}

fn get_state(state: &mut State, caller: &Caller, _: GetState) -> Result<updates::State, RpcError> {
    Ok(state.box_state(caller))
}

/// All at once, and never in slices.
fn get_difference(
    state: &mut State,
    caller: &Caller,
    request: GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    let now = state.box_state(caller);
    let mut view = state.view(caller.viewer());
    let account = state.accounts.get(&caller.me);
    let events = account.into_iter().flat_map(|account| account.common.since(request.pts));
    let mut new_messages = Vec::new();
    for event in events {
        match &event.what {
            What::New(id) => new_messages.push(view.message(*id)),
            _ => {}
        }
    }
    if new_messages.is_empty() {
        return Ok(updates::DifferenceEmpty { date: now.date, seq: now.seq }.into());
    }
    let difference = updates::Difference {
        new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates: Vec::new(),
        chats: Vec::new(),
        users: view.users(),
        state: now,
    };
    Ok(difference.into())
}
