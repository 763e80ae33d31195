//! What was said: by chats and by numbers.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::functions::messages::{GetHistory, GetMessages};

use super::{Named, answer, part};
use crate::methods::{Registry, distinct};
use crate::world::{Caller, Part, Peer, State};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_messages);
    registry.people(get_history);
}

impl State {
    /// The first message of a chat that is of a moment or later; what is above all if there is none, and 0 is none too.
    fn first_since(&self, me: i64, peer: Peer, date: i32) -> i32 {
        let messages = self.history(me, peer);
        let date_of = |id: &i32| {
            let copy = self.find(me, peer, *id)?;
            self.posts.post(copy.post).map(|post| post.date)
        };
        let place = messages.partition_point(|id| date_of(id).is_some_and(|of| of < date));
        messages.get(place).copied().unwrap_or(0)
    }
}

fn get_history(
    state: &mut State,
    caller: &Caller,
    request: GetHistory,
) -> Result<Messages, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let offset_id = match (request.offset_id, request.offset_date) {
        (0, 1..) => state.first_since(caller.me, peer, request.offset_date),
        (id, _) => id,
    };
    let wanted = Part {
        offset_id,
        add_offset: request.add_offset,
        limit: part(request.limit),
        max_id: request.max_id,
        min_id: request.min_id,
    };
    let messages = state.history(caller.me, peer);
    let mut view = state.view(caller.viewer());
    view.name(peer);
    let owner = State::box_of(caller.me, peer);
    Ok(answer(view, owner, &wanted.of(messages), messages.len()))
}

/// Messages of the account's own box. Those that are not there come as `messageEmpty`.
fn get_messages(
    state: &mut State,
    caller: &Caller,
    request: GetMessages,
) -> Result<Messages, RpcError> {
    let owner = Peer::User(caller.me);
    let mailbox = state.mailbox(owner);
    let replied = |id: i32| {
        let post = state.posts.post(mailbox?.message(id)?.post)?;
        state.posts.post(post.content.reply_to?)?.id_in(owner)
    };
    let ids = distinct(request.id.iter().filter_map(Named::of)).map(|named| match named {
        Named::ById(id) => id,
        Named::RepliedBy(id) => replied(id).unwrap_or(id),
        Named::Pinned => 0,
    });
    let ids: Vec<_> = ids.collect();
    Ok(answer(state.view(caller.viewer()), owner, &ids, ids.len()))
}
