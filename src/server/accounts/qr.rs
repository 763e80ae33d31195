//! [Login by QR code](https://core.telegram.org/api/qr-login): one device shows a token, another that is logged in accepts it.

use std::time::Duration;

use crate::ids::{DcId, SessionId};
use crate::rpc::RpcError;
use crate::server::Dispatcher;
use crate::server::accounts::state::{Key, State};
use crate::server::accounts::{Accounts, Context, code, invalid, profile, seconds};
use crate::tl::api::functions::auth::{AcceptLoginToken, ExportLoginToken, ImportLoginToken};
use crate::tl::api::types::{Authorization, UpdateShort};
use crate::tl::api::{enums, types};

/// As long as Telegram's tokens are valid.
pub(super) const LIFETIME: Duration = Duration::from_secs(30);

/// A token that is shown somewhere.
pub(super) struct Token {
    bytes: Vec<u8>,
    shown_by: Key,
    session: SessionId,
    expires: Duration,
    /// Who accepted it.
    user: Option<i64>,
}

pub(super) fn register(accounts: &Accounts, dc: DcId, dispatcher: &mut Dispatcher) {
    accounts.handle(dc, dispatcher, export);
    accounts.handle(dc, dispatcher, import);
    accounts.handle(dc, dispatcher, accept);
}

fn export(
    state: &mut State,
    context: &Context,
    request: &ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    code::check_api(request.api_id, &request.api_hash)?;
    let unix = context.unix;
    state.tokens.retain(|token| token.user.is_some() || token.expires > unix);
    let place = state.tokens.iter().position(|token| token.shown_by == context.key);
    if let Some(place) = place {
        let token = state.tokens.swap_remove(place);
        let Some(user) = token.user else {
            // The one at hand is shown further.
            let shown = show(&token);
            state.tokens.push(Token { session: context.session, ..token });
            return Ok(shown);
        };
        let home = state.users.get(&user).map(|user| user.home);
        if let Some(home) = home.filter(|home| *home != context.dc()) {
            // It is imported there.
            let bytes = token.bytes.clone();
            state.tokens.push(token);
            let dc_id = i32::from(home.number);
            return Ok(types::auth::LoginTokenMigrateTo { dc_id, token: bytes.into() }.into());
        }
        state.log_in(context.key, user)?;
        return success(state, user);
    }
    let token = Token {
        bytes: state.random::<24>().to_vec(),
        shown_by: context.key,
        session: context.session,
        expires: unix.saturating_add(state.qr_lifetime),
        user: None,
    };
    let shown = show(&token);
    state.tokens.push(token);
    Ok(shown)
}

fn import(
    state: &mut State,
    context: &Context,
    request: &ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let is_accepted = |token: &Token| token.user.is_some() && token.bytes[..] == request.token[..];
    let place = state.tokens.iter().position(is_accepted);
    let token = place.map(|place| state.tokens.swap_remove(place));
    let user = token.and_then(|token| token.user).ok_or_else(|| invalid("AUTH_TOKEN_INVALID"))?;
    state.log_in(context.key, user)?;
    success(state, user)
}

fn accept(
    state: &mut State,
    context: &Context,
    request: &AcceptLoginToken,
) -> Result<Authorization, RpcError> {
    let user = state.login(context.key)?;
    state.approve(user, &request.token, context.unix)?;
    Ok(Authorization {
        current: false,
        official_app: false,
        password_pending: false,
        encrypted_requests_disabled: false,
        call_requests_disabled: false,
        unconfirmed: false,
        hash: i64::from_le_bytes(state.random()),
        device_model: String::new(),
        platform: String::new(),
        system_version: String::new(),
        api_id: 0,
        app_name: String::new(),
        app_version: String::new(),
        date_created: seconds(context.unix),
        date_active: seconds(context.unix),
        ip: "127.0.0.1".into(),
        country: String::new(),
        region: String::new(),
    })
}

impl State {
    pub(super) fn approve(
        &mut self,
        user: i64,
        token: &[u8],
        unix: Duration,
    ) -> Result<(), RpcError> {
        let token = self.tokens.iter_mut().find(|shown| shown.bytes == token);
        let token = token.ok_or_else(|| invalid("AUTH_TOKEN_INVALID"))?;
        if token.user.is_some() {
            return Err(invalid("AUTH_TOKEN_ALREADY_ACCEPTED"));
        }
        if unix >= token.expires {
            return Err(invalid("AUTH_TOKEN_EXPIRED"));
        }
        token.user = Some(user);
        let update = UpdateShort { update: enums::Update::LoginToken, date: seconds(unix) };
        self.updates.push((token.shown_by, token.session, update));
        Ok(())
    }

    pub(super) fn shown_tokens(&self) -> Vec<Vec<u8>> {
        let shown = self.tokens.iter().filter(|token| token.user.is_none());
        shown.map(|token| token.bytes.clone()).collect()
    }
}

fn show(token: &Token) -> enums::auth::LoginToken {
    types::auth::LoginToken { expires: seconds(token.expires), token: token.bytes.clone().into() }
        .into()
}

fn success(state: &State, user: i64) -> Result<enums::auth::LoginToken, RpcError> {
    let authorization = profile::authorization(state, user)?;
    Ok(types::auth::LoginTokenSuccess { authorization }.into())
}
