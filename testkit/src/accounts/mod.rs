//! Logging in: what Telegram's data centres know of accounts, as far as that needs it.
//!
//! ```text
//!  auth.sendCode ── auth.signIn ──┬── auth.signUp              a number that nobody has
//!                                 ├── account.getPassword, auth.checkPassword     SESSION_PASSWORD_NEEDED
//!  auth.importBotAuthorization ───┼──> the key is that of a login ── auth.logOut ──> it is not, nowhere
//!  auth.exportLoginToken ─────────┤
//!  auth.importAuthorization ──────┘    from another data centre
//! ```
//!
//! With [`CodeKind::SetUpEmail`] an email address comes first: `account.sendVerifyEmailCode`, `account.verifyEmail`.
//!
//! Everything that may fail answers with the names that Telegram uses, from the pages of the methods, such as
//! <https://core.telegram.org/method/auth.signIn>.

mod auth;
mod bot;
#[allow(
    clippy::needless_pass_by_value,
    reason = "a method has its request, whether it takes parts of it or looks"
)]
mod change;
mod code;
mod email;
mod login;
mod password;
mod qr;
#[allow(
    clippy::needless_pass_by_value,
    reason = "a method has its request, whether it takes parts of it or looks"
)]
mod sessions;
#[cfg(test)]
mod tests;
mod transfer;

use std::net::SocketAddr;
use std::time::Duration;

use telewire::crypto::KeyId;
use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::server::Dispatcher;
use telewire::tl::api::enums::auth::Authorization;
use telewire::tl::{Deserialize, Function, Serialize};

use crate::methods::Registry;
use crate::world::{Key, World, digits, invalid};
pub(crate) use auth::{Auth, Login, Password};
pub(crate) use code::terms_of_service;
pub use code::{CodeKind, SentCode};

/// All that has to do with logins.
pub(crate) fn install(registry: &mut Registry<'_>) {
    code::install(registry);
    change::install(registry);
    email::install(registry);
    password::install(registry);
    bot::install(registry);
    qr::install(registry);
    transfer::install(registry);
    login::install(registry);
    sessions::install(registry);
}

/// Logins.
impl World {
    /// Sets the password of two-step verification of an account. It takes a tenth of a second.
    pub fn set_password(&self, user: i64, password: &str, hint: &str) {
        self.state().set_password(user, password, hint);
    }

    /// A phone number that may not log in: `PHONE_NUMBER_BANNED`.
    pub fn ban(&self, phone: &str) {
        self.state().auth.banned.insert(digits(phone));
    }

    /// A bot's token that was replaced: `ACCESS_TOKEN_EXPIRED`. Who is logged in with it stays.
    pub fn expire_token(&self, token: &str) {
        self.state().auth.expired_tokens.insert(token.to_owned());
    }

    /// The next call of a function, of those that are answered here, gets this error, whoever asks and where. Several errors
    /// for one function wait in line. It is for what no state of an account leads to: `AUTH_RESTART`, `SRP_ID_INVALID`.
    pub fn refuse_next<F: Function>(&self, error: RpcError) {
        self.state().auth.refusals.entry(F::ID).or_default().push_back(error);
    }

    /// Where numbers that nobody has belong: their sign-up happens there. Without it, wherever they ask.
    pub fn set_home_of_new(&self, dc: DcId) {
        self.state().auth.home_of_new = Some(dc);
    }

    /// How the next codes are sent, and what of their kind a resend tries next. By default by SMS, then by a call.
    pub fn set_code_kinds(&self, kinds: &[CodeKind]) {
        self.state().auth.kinds = kinds.to_vec();
    }

    /// How long codes are valid; five minutes by default.
    pub fn set_code_lifetime(&self, lifetime: Duration) {
        self.state().auth.code_lifetime = lifetime;
    }

    /// Has every code that was sent expire.
    pub fn expire_codes(&self) {
        self.state().auth.codes.clear();
    }

    /// How long QR codes are valid; half a minute by default.
    pub fn set_qr_lifetime(&self, lifetime: Duration) {
        self.state().auth.qr_lifetime = lifetime;
    }

    /// Tells where a data centre listens, for `help.getConfig`.
    pub fn set_address(&self, dc: DcId, address: SocketAddr) {
        self.state().auth.addresses.insert(dc, address);
    }

    /// The codes that were sent since the last call; the oldest are forgotten if nobody asks for long.
    pub fn take_codes(&self) -> Vec<SentCode> {
        self.state().auth.outgoing.drain(..).collect()
    }

    /// The code that was sent last for a phone number, by email too, if it was not used or taken back.
    #[must_use]
    pub fn code(&self, phone: &str) -> Option<String> {
        let state = self.state();
        state.auth.codes.get(&digits(phone))?.shown().map(str::to_owned)
    }

    /// Approves a QR code for an account, as a device that is logged in does with `auth.acceptLoginToken`. The data centre of
    /// whoever shows it should then [`deliver`](Self::deliver).
    ///
    /// # Errors
    ///
    /// As `auth.acceptLoginToken`: `AUTH_TOKEN_INVALID`, `AUTH_TOKEN_EXPIRED`, `AUTH_TOKEN_ALREADY_ACCEPTED`.
    pub fn approve(&self, user: i64, token: &[u8], now: Duration) -> Result<(), RpcError> {
        self.with(|state| {
            state.pass(now.saturating_add(state.ahead));
            state.approve(user, token, state.clock)
        })
    }

    /// As [`approve`](Self::approve), for the link that a QR code says: `tg://login?token=…`.
    ///
    /// # Errors
    ///
    /// The same; another text has the error of a token that nobody shows.
    pub fn approve_link(&self, user: i64, link: &str, now: Duration) -> Result<(), RpcError> {
        let token = qr::token_of(link).ok_or_else(|| invalid("AUTH_TOKEN_INVALID"))?;
        self.approve(user, &token, now)
    }

    /// The tokens of QR codes that are shown and not approved.
    #[must_use]
    pub fn shown_tokens(&self) -> Vec<Vec<u8>> {
        self.state().shown_tokens()
    }

    /// Logs an account in with a key, for handlers of one's own; gives what a login is answered with.
    ///
    /// # Errors
    ///
    /// As `auth.signIn`: `USER_MIGRATE_X` when the account lives elsewhere, `SESSION_PASSWORD_NEEDED`.
    pub fn authorize(&self, dc: DcId, key: KeyId, user: i64) -> Result<Authorization, RpcError> {
        let mut state = self.state();
        state.log_in(Key { dc, key }, user)?;
        login::authorization(&state, Key { dc, key }, user)
    }

    /// Ends the login of a key: its next call gets `name`, `SESSION_REVOKED` for instance.
    pub fn revoke(&self, dc: DcId, key: KeyId, name: &str) {
        self.state().revoke(Key { dc, key }, name);
    }

    /// Who is logged in with a key.
    #[must_use]
    pub fn user_of(&self, dc: DcId, key: KeyId) -> Option<i64> {
        self.state().auth.logins.get(&Key { dc, key }).map(|login| login.user)
    }

    /// The keys with which an account is logged in.
    #[must_use]
    pub fn logins(&self, user: i64) -> Vec<(DcId, KeyId)> {
        let state = self.state();
        let logins = state.auth.logins_of(user);
        let mut logins: Vec<_> = logins.map(|(key, _)| (key.dc, key.key)).collect();
        logins.sort_unstable();
        logins
    }

    /// Has a handler of one's own answered only to keys with which somebody is logged in: it hears who.
    pub fn on<F>(
        &self,
        dc: DcId,
        dispatcher: &mut Dispatcher,
        mut handler: impl FnMut(i64, F) -> Result<F::Return, RpcError> + Send + 'static,
    ) where
        F: Function + Deserialize,
        F::Return: Serialize,
    {
        let world = self.clone();
        dispatcher.on(move |caller, request: F| {
            let user = world.state().login(Key { dc, key: caller.key })?;
            handler(user, request)
        });
    }
}
