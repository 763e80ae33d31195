//! `messages.*` about buttons that call back.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{GetBotCallbackAnswer, SetBotCallbackAnswer};
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Caller, Peer, State, invalid};

/// Characters of an answer: <https://core.telegram.org/bots/api#answercallbackquery>.
const MAX_ANSWER: usize = 200;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on_query(get_bot_callback_answer);
    registry.bots(set_bot_callback_answer);
}

/// Whether a message has a button that calls back with these bytes.
fn has_button(markup: &enums::ReplyMarkup, data: &[u8]) -> bool {
    let enums::ReplyMarkup::ReplyInlineMarkup(markup) = markup else { return false };
    markup.rows.iter().flat_map(|row| &row.buttons).any(|button| match &button.r#type {
        enums::InlineButtonType::InlineButtonTypeCallback(button) => *button.data == *data,
        _ => false,
    })
}

/// A chat as the other side of it sees it.
fn seen_by_other(me: i64, peer: Peer) -> Peer {
    match peer {
        Peer::User(_) => Peer::User(me),
        Peer::Chat(_) | Peer::Channel(_) => peer,
    }
}

impl State {
    /// A number of a chat, the same for all who are in it.
    fn chat_instance(&self, me: i64, peer: Peer) -> i64 {
        let parts = match peer {
            Peer::User(other) => [1, me.min(other), me.max(other)],
            Peer::Chat(id) => [2, id, 0],
            Peer::Channel(id) => [3, id, 0],
        };
        self.drawn(&parts.map(i64::cast_unsigned)).cast_signed()
    }
}

/// Games, passwords, and messages that were sent by way of a bot are not modelled.
fn get_bot_callback_answer(
    state: &mut State,
    caller: &Caller,
    request: GetBotCallbackAnswer,
) -> Result<i64, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.check_inside(caller.me, peer)?;
    let copy = state.find(caller.me, peer, request.msg_id);
    let post = copy.and_then(|copy| state.posts.post(copy.post));
    let post = post.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
    // What a channel posted was written by somebody too.
    let bot = post.author;
    if !state.is_bot(bot) {
        return Err(invalid("BOT_INVALID"));
    }
    let data = request.data.ok_or_else(|| invalid("DATA_INVALID"))?;
    if !post.content.reply_markup.as_ref().is_some_and(|markup| has_button(markup, &data)) {
        return Err(invalid("DATA_INVALID"));
    }
    // The chat and the message as the bot knows them.
    let (user_id, there) = (caller.me, seen_by_other(caller.me, peer));
    let msg_id = post.id_in(State::box_of(bot, there));
    let msg_id = msg_id.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
    // A bot that is out hears nothing of it, and so never answers.
    state.check_inside(bot, there).map_err(|_| invalid("BOT_RESPONSE_TIMEOUT"))?;
    let chat_instance = state.chat_instance(user_id, peer);
    let query = state.ask_bot(caller, bot, Some(there), false, |query_id| {
        let update = types::UpdateBotCallbackQuery {
            query_id,
            user_id,
            peer: there.to_tl(),
            msg_id,
            chat_instance,
            data: Some(data.clone()),
            game_short_name: None,
        };
        update.into()
    });
    Ok(query)
}

fn set_bot_callback_answer(
    state: &mut State,
    caller: &Caller,
    request: SetBotCallbackAnswer,
) -> Result<bool, RpcError> {
    let SetBotCallbackAnswer { alert, query_id, message, url, cache_time } = request;
    state.query(caller, query_id, false)?;
    if message.as_deref().is_some_and(|message| message.chars().count() > MAX_ANSWER) {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    let has_url = url.is_some();
    let answer = types::messages::BotCallbackAnswer {
        alert,
        has_url,
        native_ui: true,
        message,
        url,
        cache_time,
    };
    state.answer_query(query_id, &answer);
    Ok(true)
}
