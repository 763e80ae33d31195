//! Bots log in with a token.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::auth::Authorization;
use telewire::tl::api::functions::auth::ImportBotAuthorization;

use crate::accounts::{code, login};
use crate::methods::Registry;
use crate::world::{Context, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open(import);
}

fn import(
    state: &mut State,
    context: &Context,
    request: &ImportBotAuthorization,
) -> Result<Authorization, RpcError> {
    code::check_api(request.api_id, &request.api_hash)?;
    if state.auth.expired_tokens.contains(&request.bot_auth_token) {
        return Err(invalid("ACCESS_TOKEN_EXPIRED"));
    }
    let bot = state.auth.bots.get(&request.bot_auth_token).copied();
    let bot = bot.ok_or_else(|| invalid("ACCESS_TOKEN_INVALID"))?;
    state.log_in(context.key, bot)?;
    login::authorization(state, context.key, bot)
}
