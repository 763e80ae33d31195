//! [Login by QR code](https://core.telegram.org/api/qr-login): one device shows a token, another that is logged in accepts it.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};

use telewire::ids::SessionId;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::auth::{AcceptLoginToken, ExportLoginToken, ImportLoginToken};
use telewire::tl::api::types::{Authorization, UpdateShort};
use telewire::tl::api::{enums, types};

use crate::accounts::{code, login};
use crate::methods::Registry;
use crate::world::{Caller, Context, Key, State, invalid, seconds};

/// As long as Telegram's tokens are valid; and as long again, once accepted, for whoever shows one to come for the login.
pub(super) const LIFETIME: Duration = Duration::from_secs(30);

/// Tokens at a time, more than there are tests that show one. Each key has one at most; for another, the oldest goes.
pub(super) const MAX_TOKENS: usize = 1_024;

/// What a QR code says, before the token in base64url.
const LINK: &str = "tg://login?token=";

/// A token that is shown somewhere.
#[derive(Clone)]
pub(super) struct Token {
    bytes: Vec<u8>,
    shown_by: Key,
    session: SessionId,
    expires: Duration,
    /// Who accepted it.
    user: Option<i64>,
}

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(export);
    registry.open_but_to_bots(import);
    registry.people(accept);
}

fn export(
    state: &mut State,
    context: &Context,
    request: &ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    code::check_api(request.api_id, &request.api_hash)?;
    let unix = context.unix;
    state.auth.tokens.retain(|token| token.expires > unix);
    let place = state.auth.tokens.iter().position(|token| token.shown_by == context.key);
    if let Some(place) = place {
        let token = state.auth.tokens.remove(place);
        let Some(user) = token.user else {
            // The one at hand is shown further.
            let shown = show(&token);
            state.keep_token(Token { session: context.session, ..token });
            return Ok(shown);
        };
        let home = state.people.user(user).map(|user| user.home);
        if let Some(home) = home.filter(|home| *home != context.dc()) {
            // It is imported there.
            let bytes = token.bytes.clone();
            state.keep_token(token);
            let dc_id = i32::from(home.number);
            return Ok(types::auth::LoginTokenMigrateTo { dc_id, token: bytes.into() }.into());
        }
        state.log_in(context.key, user)?;
        return success(state, context.key, user);
    }
    let token = Token {
        bytes: state.random::<24>().to_vec(),
        shown_by: context.key,
        session: context.session,
        expires: unix.saturating_add(state.auth.qr_lifetime),
        user: None,
    };
    let shown = show(&token);
    state.keep_token(token);
    Ok(shown)
}

fn import(
    state: &mut State,
    context: &Context,
    request: &ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let is_accepted = |token: &Token| token.user.is_some() && token.bytes[..] == request.token[..];
    let place = state.auth.tokens.iter().position(is_accepted);
    let token = place.map(|place| state.auth.tokens.remove(place));
    let token = token.ok_or_else(|| invalid("AUTH_TOKEN_INVALID"))?;
    if context.unix >= token.expires {
        return Err(invalid("AUTH_TOKEN_EXPIRED"));
    }
    let user = token.user.ok_or_else(|| invalid("AUTH_TOKEN_INVALID"))?;
    state.log_in(context.key, user)?;
    success(state, context.key, user)
}

fn accept(
    state: &mut State,
    caller: &Caller,
    request: AcceptLoginToken,
) -> Result<Authorization, RpcError> {
    let context = &caller.context;
    let AcceptLoginToken { token } = request;
    state.approve(caller.me, &token, context.unix)?;
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
        let token = self.auth.tokens.iter_mut().find(|shown| shown.bytes == token);
        let token = token.ok_or_else(|| invalid("AUTH_TOKEN_INVALID"))?;
        if token.user.is_some() {
            return Err(invalid("AUTH_TOKEN_ALREADY_ACCEPTED"));
        }
        if unix >= token.expires {
            return Err(invalid("AUTH_TOKEN_EXPIRED"));
        }
        token.user = Some(user);
        token.expires = unix.saturating_add(LIFETIME);
        let update = UpdateShort { update: enums::Update::UpdateLoginToken, date: seconds(unix) };
        let (shown_by, session) = (token.shown_by, token.session);
        self.push_to(shown_by, Some(session), update.into());
        Ok(())
    }

    /// The oldest are in front.
    fn keep_token(&mut self, token: Token) {
        if self.auth.tokens.len() >= MAX_TOKENS {
            self.auth.tokens.remove(0);
        }
        self.auth.tokens.push(token);
    }

    pub(super) fn shown_tokens(&self) -> Vec<Vec<u8>> {
        let shown = self.auth.tokens.iter().filter(|token| token.user.is_none());
        shown.map(|token| token.bytes.clone()).collect()
    }
}

/// The token of a link, if it is one to log in.
pub(super) fn token_of(link: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(link.strip_prefix(LINK)?.trim_end_matches('=')).ok()
}

fn show(token: &Token) -> enums::auth::LoginToken {
    types::auth::LoginToken { expires: seconds(token.expires), token: token.bytes.clone().into() }
        .into()
}

fn success(state: &State, key: Key, user: i64) -> Result<enums::auth::LoginToken, RpcError> {
    let authorization = login::authorization(state, key, user)?;
    Ok(types::auth::LoginTokenSuccess { authorization }.into())
}
