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
    registry.on(set_bot_callback_answer);
}

/// Whether a message has a button that calls back with these bytes.
fn has_button(markup: &enums::ReplyMarkup, data: &[u8]) -> bool {
    let enums::ReplyMarkup::ReplyInlineMarkup(markup) = markup else { return false };
    markup.rows.iter().flat_map(|row| &row.buttons).any(|button| match &button.r#type {
        enums::InlineButtonType::InlineButtonTypeCallback(button) => *button.data == *data,
        _ => false,
    })
}

/// Games, passwords, and messages that were sent by way of a bot are not modelled.
fn get_bot_callback_answer(
    state: &mut State,
    caller: &Caller,
    request: GetBotCallbackAnswer,
) -> Result<i64, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let account = state.accounts.get(&caller.me);
    let copy = account.and_then(|account| account.common.message(request.msg_id));
    let post = copy.filter(|copy| copy.dialog == peer).and_then(|copy| state.posts.post(copy.post));
    let post = post.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
    let Peer::User(bot) = post.from else { return Err(invalid("BOT_INVALID")) };
    if !state.is_bot(bot) {
        return Err(invalid("BOT_INVALID"));
    }
    let data = request.data.ok_or_else(|| invalid("DATA_INVALID"))?;
    if !post.content.reply_markup.as_ref().is_some_and(|markup| has_button(markup, &data)) {
        return Err(invalid("DATA_INVALID"));
    }
    let msg_id = post.id_in(Peer::User(bot)).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
    let user_id = caller.me;
    let query = state.ask_bot(caller, bot, false, |query_id| {
        let update = types::UpdateBotCallbackQuery {
            query_id,
            user_id,
            peer: Peer::User(user_id).to_tl(),
            msg_id,
            // A number of the chat, the same for both.
            chat_instance: user_id ^ bot.rotate_left(32),
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
    if !state.is_bot(caller.me) {
        return Err(invalid("USER_BOT_REQUIRED"));
    }
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
