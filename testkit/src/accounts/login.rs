//! What a login is answered with, and its end.

use telewire::rpc::RpcError;
use telewire::tl::api::enums;
use telewire::tl::api::functions::auth::LogOut;
use telewire::tl::api::types::auth;

use crate::methods::Registry;
use crate::world::{Caller, Key, State, Viewer, unauthorized};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(log_out);
}

/// The answer to a login.
pub(super) fn authorization(
    state: &State,
    key: Key,
    user: i64,
) -> Result<enums::auth::Authorization, RpcError> {
    let by = state.auth.logins.get(&key).map_or(key, |login| login.by);
    let shown = state.view(Viewer { user, by }).user(user);
    let authorization = auth::Authorization {
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user: shown.ok_or_else(|| unauthorized("USER_DEACTIVATED"))?,
    };
    Ok(authorization.into())
}

fn log_out(state: &mut State, caller: &Caller, _: LogOut) -> Result<auth::LoggedOut, RpcError> {
    state.log_out(caller.context.key);
    Ok(auth::LoggedOut { future_auth_token: None })
}
