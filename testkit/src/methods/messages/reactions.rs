//! What people think of messages: <https://core.telegram.org/api/reactions>.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{Reaction, Updates};
use telewire::tl::api::functions::messages::{GetMessagesReactions, SendReaction};

use crate::methods::{Registry, distinct};
use crate::world::{Caller, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(send_reaction);
    registry.people(get_messages_reactions);
}

/// `reactions_user_max_default` of Telegram's.
const MAX_REACTIONS: usize = 1;

/// Reactions that everybody may use; Telegram has these and some more.
const EMOJI: [&str; 16] =
    ["👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🙏", "👌"];

fn send_reaction(
    state: &mut State,
    caller: &Caller,
    request: SendReaction,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.check_inside(caller.me, peer)?;
    let copy = state.message_of(caller, peer, request.msg_id)?;
    let mut reactions = request.reaction.unwrap_or_default();
    reactions.retain(|reaction| *reaction != Reaction::ReactionEmpty);
    if reactions.len() > MAX_REACTIONS {
        return Err(invalid("REACTIONS_TOO_MANY"));
    }
    for reaction in &reactions {
        match reaction {
            Reaction::ReactionEmoji(emoji) if EMOJI.contains(&emoji.emoticon.as_str()) => {}
            Reaction::ReactionCustomEmoji(_) => {
                return Err(RpcError::parse(403, "PREMIUM_ACCOUNT_REQUIRED"));
            }
            _ => return Err(invalid("REACTION_INVALID")),
        }
    }
    let now = state.posts.post(copy.post).map(|post| post.reactions.iter()).into_iter().flatten();
    let mine = now.filter(|reacted| reacted.who == caller.me).map(|reacted| &reacted.reaction);
    if mine.eq(&reactions) {
        return Err(invalid("MESSAGE_NOT_MODIFIED"));
    }
    state.react(copy.post, reactions, caller.actor());
    let owner = State::box_of(caller.me, peer);
    let mut view = state.view(caller.viewer());
    let update = view.reactions_of(owner, request.msg_id).into();
    Ok(view.updates(vec![update], caller.date()))
}

fn get_messages_reactions(
    state: &mut State,
    caller: &Caller,
    request: GetMessagesReactions,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let owner = State::box_of(caller.me, peer);
    let there = distinct(request.id).filter(|id| state.find(caller.me, peer, *id).is_some());
    let mut view = state.view(caller.viewer());
    let updates = there.map(|id| view.reactions_of(owner, id).into()).collect();
    Ok(view.updates(updates, caller.date()))
}
