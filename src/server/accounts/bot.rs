//! Bots log in with a token.

use crate::ids::DcId;
use crate::rpc::RpcError;
use crate::server::Dispatcher;
use crate::server::accounts::state::State;
use crate::server::accounts::{Accounts, Context, code, invalid, profile};
use crate::tl::api::enums::auth::Authorization;
use crate::tl::api::functions::auth::ImportBotAuthorization;

pub(super) fn register(accounts: &Accounts, dc: DcId, dispatcher: &mut Dispatcher) {
    accounts.handle(dc, dispatcher, import);
}

fn import(
    state: &mut State,
    context: &Context,
    request: &ImportBotAuthorization,
) -> Result<Authorization, RpcError> {
    code::check_api(request.api_id, &request.api_hash)?;
    if state.expired_tokens.contains(&request.bot_auth_token) {
        return Err(invalid("ACCESS_TOKEN_EXPIRED"));
    }
    let bot = state.bots.get(&request.bot_auth_token).copied();
    let bot = bot.ok_or_else(|| invalid("ACCESS_TOKEN_INVALID"))?;
    state.log_in(context.key, bot)?;
    profile::authorization(state, bot)
}
