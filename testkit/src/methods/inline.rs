//! `messages.*` about bots that are asked inline: what they find is sent in the name of whoever asks.

use std::collections::BTreeSet;

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{
    GetInlineBotResults, SendInlineBotResult, SetInlineBotResults,
};
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::methods::messages::Sending;
use crate::world::{Caller, Content, Peer, Results, State, invalid};

/// <https://core.telegram.org/bots/api#answerinlinequery>.
const MAX_RESULTS: usize = 50;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on_query(get_inline_bot_results);
    registry.bots(set_inline_bot_results);
    registry.people(send_inline_bot_result);
}

/// Where one is does not matter: places are not modelled.
fn get_inline_bot_results(
    state: &mut State,
    caller: &Caller,
    request: GetInlineBotResults,
) -> Result<i64, RpcError> {
    let bot = state.input_user(caller, &request.bot)?;
    if !state.is_bot(bot) {
        return Err(invalid("BOT_INVALID"));
    }
    let peer = match &request.peer {
        enums::InputPeer::InputPeerEmpty => None,
        peer => Some(state.input_peer(caller, peer)?),
    };
    let peer_type = peer.map(|peer| match peer {
        Peer::User(user) if user == bot => enums::InlineQueryPeerType::InlineQueryPeerTypeSameBotPm,
        Peer::User(user) if state.is_bot(user) => {
            enums::InlineQueryPeerType::InlineQueryPeerTypeBotPm
        }
        Peer::User(_) => enums::InlineQueryPeerType::InlineQueryPeerTypePm,
        Peer::Chat(_) => enums::InlineQueryPeerType::InlineQueryPeerTypeChat,
        Peer::Channel(_) => enums::InlineQueryPeerType::InlineQueryPeerTypeMegagroup,
    });
    let (user_id, GetInlineBotResults { query, offset, .. }) = (caller.me, request);
    Ok(state.ask_bot(caller, bot, None, true, |query_id| {
        let update = types::UpdateBotInlineQuery {
            query_id,
            user_id,
            query: query.clone(),
            geo: None,
            peer_type: peer_type.clone(),
            offset: offset.clone(),
        };
        update.into()
    }))
}

/// What is shown of a result: articles, whose message is a text.
fn shown(result: enums::InputBotInlineResult) -> Result<types::BotInlineResult, RpcError> {
    let enums::InputBotInlineResult::InputBotInlineResult(result) = result else {
        return Err(invalid("RESULT_TYPE_INVALID"));
    };
    let enums::InputBotInlineMessage::InputBotInlineMessageText(text) = result.send_message else {
        return Err(invalid("SEND_MESSAGE_TYPE_INVALID"));
    };
    if result.id.is_empty() {
        return Err(invalid("RESULT_ID_EMPTY"));
    }
    if text.message.trim().is_empty() {
        return Err(invalid("MESSAGE_EMPTY"));
    }
    let send_message = types::BotInlineMessageText {
        no_webpage: text.no_webpage,
        invert_media: text.invert_media,
        message: text.message,
        entities: text.entities,
        reply_markup: text.reply_markup,
    };
    Ok(types::BotInlineResult {
        title: result.title,
        description: result.description,
        url: result.url,
        ..types::BotInlineResult::new(result.id, result.r#type, send_message.into())
    })
}

fn set_inline_bot_results(
    state: &mut State,
    caller: &Caller,
    request: SetInlineBotResults,
) -> Result<bool, RpcError> {
    let query = state.query(caller, request.query_id, true)?;
    if request.results.len() > MAX_RESULTS {
        return Err(invalid("RESULTS_TOO_MUCH"));
    }
    let (mut all, mut ids) = (Vec::new(), BTreeSet::new());
    for result in request.results {
        let result = shown(result)?;
        if !ids.insert(result.id.clone()) {
            return Err(invalid("RESULT_ID_DUPLICATE"));
        }
        all.push(enums::BotInlineResult::from(result));
    }
    let mut view = state.view(query.viewer);
    view.name(Peer::User(caller.me));
    let answer = types::messages::BotResults {
        gallery: request.gallery,
        query_id: request.query_id,
        next_offset: request.next_offset,
        switch_pm: request.switch_pm,
        switch_webview: request.switch_webview,
        results: all.clone(),
        cache_time: request.cache_time,
        users: view.users(),
    };
    state.answer_query(request.query_id, &answer);
    state.keep_results(request.query_id, Results { user: query.viewer.user, bot: caller.me, all });
    Ok(true)
}

fn send_inline_bot_result(
    state: &mut State,
    caller: &Caller,
    request: SendInlineBotResult,
) -> Result<enums::Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Some(answer) = state.sent_before(caller, peer, request.random_id) {
        return Ok(answer);
    }
    let results = state.results(caller.me, request.query_id);
    let results = results.ok_or_else(|| invalid("QUERY_ID_INVALID"))?;
    let text = results.all.iter().find_map(|result| match result {
        enums::BotInlineResult::BotInlineResult(result) if result.id == request.id => {
            match &result.send_message {
                enums::BotInlineMessage::BotInlineMessageText(text) => Some(text),
                _ => None,
            }
        }
        _ => None,
    });
    let text = text.ok_or_else(|| invalid("RESULT_ID_INVALID"))?;
    let sending = Sending {
        peer,
        random_id: request.random_id,
        reply_to: request.reply_to.as_ref(),
        send_as: request.send_as.as_ref(),
        is_silent: request.silent,
        later: request.schedule_date,
        clear_draft: request.clear_draft,
    };
    let content = Content {
        text: text.message.clone(),
        entities: text.entities.clone().unwrap_or_default(),
        reply_markup: text.reply_markup.clone(),
        via_bot: Some(results.bot).filter(|_| !request.hide_via),
        ..state.addressed(caller, &sending)?
    };
    state.say_to(caller, &sending, content)
}
