//! Accounts: what Telegram's data centres know of people and bots, as far as logging in needs it.
//!
//! ```text
//!  auth.sendCode ── auth.signIn ──┬── auth.signUp              a number that nobody has
//!                                 ├── account.getPassword, auth.checkPassword     SESSION_PASSWORD_NEEDED
//!  auth.importBotAuthorization ───┼──> the key is that of a login ── auth.logOut ──> it is not, nowhere
//!  auth.exportLoginToken ─────────┤
//!  auth.importAuthorization ──────┘    from another data centre
//! ```
//!
//! One [`Accounts`] is shared by several data centres: each account lives in one of them, and the others answer
//! `PHONE_MIGRATE_X`, `USER_MIGRATE_X` or `auth.loginTokenMigrateTo`. Codes are not sent anywhere: they are handed to whoever
//! [takes](Accounts::take_codes) them.
//!
//! With [`CodeKind::SetUpEmail`] an email address comes first: `account.sendVerifyEmailCode`, `account.verifyEmail`.
//!
//! Everything that may fail answers with the names that Telegram uses, from the pages of the methods, such as
//! <https://core.telegram.org/method/auth.signIn>.

mod bot;
mod code;
mod config;
mod email;
mod password;
mod profile;
mod qr;
mod state;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::crypto::KeyId;
use crate::ids::{DcId, SessionId};
use crate::rpc::RpcError;
use crate::server::{Caller, DataCentre, DcEntropy, Dispatcher};
use crate::time::Now;
use crate::tl::api::enums::auth::Authorization;
use crate::tl::api::types::UpdateShort;
use crate::tl::{Deserialize, Function, Serialize};
pub use code::{CodeKind, SentCode};
use state::{Key, State};

/// The accounts of some data centres. Clones share them.
#[derive(Clone)]
pub struct Accounts(Arc<Mutex<State>>);

impl Accounts {
    /// No accounts. Codes, numbers and secrets are drawn from `entropy`.
    pub fn new(entropy: impl DcEntropy + 'static) -> Self {
        Self(Arc::new(Mutex::new(State::new(Box::new(entropy)))))
    }

    /// Adds the account of a person, who lives in a data centre; gives its number. A phone number is told by its digits.
    pub fn add_user(&self, dc: DcId, phone: &str, first_name: &str) -> i64 {
        self.state().add_user(dc, phone, first_name)
    }

    /// Adds a bot that logs in with a token; gives its number, which is the token's first part if that is one.
    pub fn add_bot(&self, dc: DcId, token: &str, name: &str) -> i64 {
        self.state().add_bot(dc, token, name)
    }

    /// Sets the password of two-step verification of an account. It takes a tenth of a second.
    pub fn set_password(&self, user: i64, password: &str, hint: &str) {
        self.state().set_password(user, password, hint);
    }

    /// A phone number that may not log in: `PHONE_NUMBER_BANNED`.
    pub fn ban(&self, phone: &str) {
        self.state().banned.insert(state::digits(phone));
    }

    /// A bot's token that was replaced: `ACCESS_TOKEN_EXPIRED`. Who is logged in with it stays.
    pub fn expire_token(&self, token: &str) {
        self.state().expired_tokens.insert(token.to_owned());
    }

    /// The next call of a function, of those that are answered here, gets this error, whoever asks and where. Several errors
    /// for one function wait in line. It is for what no state of an account leads to: `AUTH_RESTART`, `SRP_ID_INVALID`.
    pub fn refuse_next<F: Function>(&self, error: RpcError) {
        self.state().refusals.entry(F::ID).or_default().push_back(error);
    }

    /// Where numbers that nobody has belong: their sign-up happens there. Without it, wherever they ask.
    pub fn set_home_of_new(&self, dc: DcId) {
        self.state().home_of_new = Some(dc);
    }

    /// How the next codes are sent, and what of their kind a resend tries next. By default by SMS, then by a call.
    pub fn set_code_kinds(&self, kinds: &[CodeKind]) {
        self.state().kinds = kinds.to_vec();
    }

    /// How long codes are valid; five minutes by default.
    pub fn set_code_lifetime(&self, lifetime: Duration) {
        self.state().code_lifetime = lifetime;
    }

    /// Has every code that was sent expire.
    pub fn expire_codes(&self) {
        self.state().codes.clear();
    }

    /// How long QR codes are valid; half a minute by default.
    pub fn set_qr_lifetime(&self, lifetime: Duration) {
        self.state().qr_lifetime = lifetime;
    }

    /// Tells where a data centre listens, for `help.getConfig`.
    pub fn set_address(&self, dc: DcId, address: SocketAddr) {
        self.state().addresses.insert(dc, address);
    }

    /// The codes that were sent since the last call; the oldest are forgotten if nobody asks for long.
    pub fn take_codes(&self) -> Vec<SentCode> {
        self.state().outgoing.drain(..).collect()
    }

    /// The code that was sent last for a phone number, by email too, if it was not used or taken back.
    #[must_use]
    pub fn code(&self, phone: &str) -> Option<String> {
        let state = self.state();
        state.codes.get(&state::digits(phone))?.shown().map(str::to_owned)
    }

    /// Approves a QR code for an account, as a device that is logged in does with `auth.acceptLoginToken`. The data centre of
    /// whoever shows it should then [`deliver`](Self::deliver).
    ///
    /// # Errors
    ///
    /// As `auth.acceptLoginToken`: `AUTH_TOKEN_INVALID`, `AUTH_TOKEN_EXPIRED`, `AUTH_TOKEN_ALREADY_ACCEPTED`.
    pub fn approve(&self, user: i64, token: &[u8], now: Duration) -> Result<(), RpcError> {
        self.state().approve(user, token, now)
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

    /// The account that has a phone number, which is told by its digits.
    #[must_use]
    pub fn user_by_phone(&self, phone: &str) -> Option<i64> {
        self.state().user_by_phone(&state::digits(phone)).map(|user| user.id)
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
    pub fn log_in(&self, dc: DcId, key: KeyId, user: i64) -> Result<Authorization, RpcError> {
        let mut state = self.state();
        state.log_in(Key { dc, key }, user)?;
        profile::authorization(&state, user)
    }

    /// Ends the login of a key: its next call gets `name`, `SESSION_REVOKED` for instance.
    pub fn revoke(&self, dc: DcId, key: KeyId, name: &str) {
        self.state().revoke(Key { dc, key }, name);
    }

    /// Who is logged in with a key.
    #[must_use]
    pub fn user_of(&self, dc: DcId, key: KeyId) -> Option<i64> {
        self.state().logins.get(&Key { dc, key }).map(|login| login.user)
    }

    /// The keys with which an account is logged in.
    #[must_use]
    pub fn logins(&self, user: i64) -> Vec<(DcId, KeyId)> {
        let state = self.state();
        let logins = state.logins.iter().filter(|(_, login)| login.user == user);
        let mut logins: Vec<_> = logins.map(|(key, _)| (key.dc, key.key)).collect();
        logins.sort_unstable();
        logins
    }

    /// Sends what waits for clients of a data centre: `updateLoginToken` when a QR code was approved.
    pub fn deliver(&self, dc: DcId, data_centre: &mut DataCentre, now: Now) {
        for (key, session, update) in self.take_updates(dc) {
            // A client whose temporary key was replaced may have begun another session; one that is gone asks by itself when
            // it comes back.
            let _ = data_centre.push(now, key, session, &update)
                || data_centre.push_to_latest(now, key, &update);
        }
    }

    /// What waits for clients of a data centre, for whoever pushes it.
    pub fn take_updates(&self, dc: DcId) -> Vec<(KeyId, SessionId, UpdateShort)> {
        let mut state = self.state();
        let all = std::mem::take(&mut state.updates);
        let (here, elsewhere) = all.into_iter().partition(|(key, ..)| key.dc == dc);
        state.updates = elsewhere;
        let here: Vec<(Key, SessionId, UpdateShort)> = here;
        here.into_iter().map(|(key, session, update)| (key.key, session, update)).collect()
    }

    /// Has a data centre's dispatcher answer all that has to do with accounts.
    pub fn register(&self, dc: DcId, dispatcher: &mut Dispatcher) {
        code::register(self, dc, dispatcher);
        email::register(self, dc, dispatcher);
        password::register(self, dc, dispatcher);
        bot::register(self, dc, dispatcher);
        qr::register(self, dc, dispatcher);
        transfer::register(self, dc, dispatcher);
        profile::register(self, dc, dispatcher);
        config::register(self, dc, dispatcher);
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
        let accounts = self.clone();
        dispatcher.on(move |caller, request: F| {
            let user = accounts.state().login(Key::of(dc, caller))?;
            handler(user, request)
        });
    }

    /// Registers a handler that works on the state.
    fn handle<F>(
        &self,
        dc: DcId,
        dispatcher: &mut Dispatcher,
        handler: fn(&mut State, &Context, &F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        let accounts = self.clone();
        dispatcher.on(move |caller, request: F| {
            let context = Context {
                key: Key::of(dc, caller),
                session: caller.session,
                unix: caller.now.unix,
            };
            let mut state = accounts.state();
            let refusal = state.refusals.get_mut(&F::ID).and_then(VecDeque::pop_front);
            refusal.map_or_else(|| handler(&mut state, &context, &request), Err)
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Accounts({})", self.state().users.len())
    }
}

/// Who asks, and when.
struct Context {
    key: Key,
    session: SessionId,
    unix: Duration,
}

impl Context {
    fn dc(&self) -> DcId {
        self.key.dc
    }
}

impl Key {
    fn of(dc: DcId, caller: &Caller) -> Self {
        Self { dc, key: caller.key }
    }
}

fn invalid(name: &str) -> RpcError {
    RpcError::parse(400, name)
}

fn seconds(unix: Duration) -> i32 {
    i32::try_from(unix.as_secs()).unwrap_or(i32::MAX)
}
