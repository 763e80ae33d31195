//! `messages.*`: what is said, and what was.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::enums::{InputReplyTo, Updates};
use telewire::tl::api::functions::messages::{GetHistory, SendMessage};
use telewire::tl::api::types::messages as types;

use crate::methods::Registry;
use crate::world::{Caller, Content, Part, Peer, PostId, State, invalid};

/// As `message_length_max` of `help.getConfig` says.
const MAX_LENGTH: usize = 4_096;

/// Messages of one answer.
const MAX_PART: usize = 100;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(send_message);
    registry.on(get_history);
}

fn send_message(
    state: &mut State,
    caller: &Caller,
    request: SendMessage,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let (viewer, random_id) = (caller.viewer(), request.random_id);
    // UM-11: it was sent before, and is not sent again.
    let before = state.account(caller.me).sent.get(&(peer, random_id)).copied();
    if let Some(sent) = before {
        return Ok(state.receipt(viewer, random_id, sent));
    }
    if request.message.trim().is_empty() {
        return Err(invalid("MESSAGE_EMPTY"));
    }
    if request.message.chars().count() > MAX_LENGTH {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    let Peer::User(to) = peer else { return Err(invalid("PEER_ID_INVALID")) };
    if to != caller.me && state.is_bot(to) && state.is_bot(caller.me) {
        return Err(invalid("USER_IS_BOT"));
    }
    let reply_to = match &request.reply_to {
        Some(reply) => Some(state.replied(caller, peer, reply)?),
        None => None,
    };
    let reply_markup = request.reply_markup.filter(|_| state.is_bot(caller.me));
    let content = Content {
        text: request.message,
        entities: request.entities.unwrap_or_default(),
        is_silent: request.silent,
        reply_to,
        reply_markup,
        via_bot: None,
    };
    let sent = state.send_to_user(caller, to, content, random_id);
    Ok(state.receipt(viewer, random_id, sent))
}

impl State {
    /// The message of a chat that is replied to.
    fn replied(
        &self,
        caller: &Caller,
        peer: Peer,
        reply: &InputReplyTo,
    ) -> Result<PostId, RpcError> {
        let InputReplyTo::InputReplyToMessage(reply) = reply else {
            return Err(invalid("REPLY_TO_INVALID"));
        };
        let account = self.accounts.get(&caller.me);
        let copy = account.and_then(|account| account.common.message(reply.reply_to_msg_id));
        let copy = copy.filter(|copy| copy.dialog == peer);
        copy.map(|copy| copy.post).ok_or_else(|| invalid("REPLY_MESSAGE_ID_INVALID"))
    }
}

impl State {
    /// The first message of a chat that is of a moment or later; what is above all if there is none, and 0 is none too.
    fn first_since(&self, me: i64, peer: Peer, date: i32) -> i32 {
        let Some(account) = self.accounts.get(&me) else { return 0 };
        let messages = account.dialogs.get(&peer).map(|dialog| dialog.messages.as_slice());
        let date_of = |id: &i32| self.posts.post(account.common.message(*id)?.post).map(|p| p.date);
        let messages = messages.unwrap_or_default();
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
    let mut view = state.view(caller.viewer());
    view.name(peer);
    let account = state.accounts.get(&caller.me);
    let dialog = account.and_then(|account| account.dialogs.get(&peer));
    let offset_id = match (request.offset_id, request.offset_date) {
        (0, 1..) => state.first_since(caller.me, peer, request.offset_date),
        (id, _) => id,
    };
    let part = Part {
        offset_id,
        add_offset: request.add_offset,
        limit: usize::try_from(request.limit).unwrap_or(0).min(MAX_PART),
        max_id: request.max_id,
        min_id: request.min_id,
    };
    let ids = dialog.map(|dialog| dialog.part(part)).unwrap_or_default();
    let all = dialog.map_or(0, |dialog| dialog.messages.len());
    let messages: Vec<_> = ids.iter().map(|id| view.message(*id)).collect();
    let (topics, chats, users) = (Vec::new(), Vec::new(), view.users());
    if messages.len() == all {
        return Ok(types::Messages { messages, topics, chats, users }.into());
    }
    let count = i32::try_from(all).unwrap_or(i32::MAX);
    let slice = types::MessagesSlice {
        inexact: false,
        count,
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics,
        chats,
        users,
    };
    Ok(slice.into())
}
