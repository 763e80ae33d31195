//! Logins take turns: the steps of several of them, and log-outs, happen one after the other.
//!
//! A step whose answer is lost may have logged in: the next one asks who is logged in before it does anything.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard};
use tokio::time::timeout;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::invoke::Until;
use crate::client::keeper::Origin;
use crate::client::login::{FutureAuthToken, LoggedIn, LoginError, PasswordStep};
use crate::client::policy::InvokeOptions;
use crate::client::runtime;
use crate::ids::DcId;
use crate::rpc::{CallError, Execution, known};
use crate::tl::api::enums;
use crate::tl::{Bytes, Function};

/// Whose turn it is, and what was told in former ones.
#[derive(Debug)]
pub(in crate::client) struct Logins {
    /// The login that may have happened, though nobody was told.
    turn: AsyncMutex<Option<LoginId>>,
    next: AtomicU64,
    /// The one that came to its end last.
    done: Mutex<Option<LoginId>>,
    tokens: Mutex<Vec<FutureAuthToken>>,
}

/// Which login a step is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginId {
    /// That of a bot, by the number in its token.
    Bot(i64),
    /// Another.
    Other(u64),
}

/// The turn of a step.
pub(super) struct Turn<'a> {
    client: &'a Client,
    login: LoginId,
    lost: AsyncMutexGuard<'a, Option<LoginId>>,
    options: InvokeOptions,
}

/// What a step finds when it is its turn.
pub(super) enum Begun<'a> {
    /// Nobody is logged in.
    Turn(Turn<'a>),
    /// The same login has happened, and its answer was lost.
    Found(LoggedIn),
}

/// How long a login waits for the table of the data centres.
const CONFIG_WITHIN: Duration = Duration::from_secs(5);

/// As many tokens as a client sends at most. Source: `logout_tokens` in <https://core.telegram.org/constructor/codeSettings>.
const MAX_TOKENS: usize = 20;

impl Logins {
    pub(in crate::client) fn new(tokens: Vec<FutureAuthToken>) -> Self {
        let logins = Self {
            turn: AsyncMutex::default(),
            next: AtomicU64::new(0),
            done: Mutex::default(),
            tokens: Mutex::default(),
        };
        tokens.into_iter().for_each(|token| logins.keep_token(token));
        logins
    }

    /// The turn, if nobody has it.
    pub(in crate::client) fn try_turn(&self) -> Option<impl Sized + '_> {
        self.turn.try_lock().ok()
    }

    pub(super) fn id(&self) -> LoginId {
        LoginId::Other(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether a login has come to its end, and none after it.
    pub(super) fn is_done(&self, login: LoginId) -> bool {
        *lock(&self.done) == Some(login)
    }

    pub(super) fn tokens(&self) -> MutexGuard<'_, Vec<FutureAuthToken>> {
        lock(&self.tokens)
    }

    /// Keeps a token; the oldest goes if there are too many.
    pub(super) fn keep_token(&self, token: FutureAuthToken) {
        let mut tokens = self.tokens();
        if tokens.len() >= MAX_TOKENS {
            tokens.remove(0);
        }
        tokens.push(token);
    }
}

impl Client {
    /// The turn of the first step of a login. After a stop, it is made with new keys.
    pub(super) async fn begin_login(&self, login: LoginId) -> Result<Begun<'_>, LoginError> {
        let mut lost = self.wait_for_turn().await?;
        match self.inner.check() {
            Err(Error::Stopped(_)) => {
                self.inner.forget_login().await?;
                *lost = None;
            }
            check => check?,
        }
        self.take_turn(login, lost).await
    }

    /// The turn of another step of a login, at the data centre where it is under way.
    pub(super) async fn continue_login(
        &self,
        login: LoginId,
        at: DcId,
    ) -> Result<Begun<'_>, LoginError> {
        let lost = self.wait_for_turn().await?;
        self.inner.check()?;
        let begun = self.take_turn(login, lost).await?;
        if let Begun::Turn(_) = &begun {
            // Another login may have gone elsewhere meanwhile.
            self.inner.move_home(self.inner.standing(), at).await?;
        }
        Ok(begun)
    }

    pub(super) async fn wait_for_turn(
        &self,
    ) -> Result<AsyncMutexGuard<'_, Option<LoginId>>, Error> {
        runtime::here()?;
        let turn = self.inner.logins.turn.lock();
        Until::new(self.options.deadline).within(async { Ok(turn.await) }).await
    }

    async fn take_turn<'a>(
        &'a self,
        login: LoginId,
        mut lost: AsyncMutexGuard<'a, Option<LoginId>>,
    ) -> Result<Begun<'a>, LoginError> {
        let options = self.options.of_a_login();
        if let Some(of) = *lost {
            let found = self.find(options.clone()).await?;
            *lost = None;
            if let Some(user) = found.filter(|_| of == login) {
                *lock(&self.inner.logins.done) = Some(login);
                return Ok(Begun::Found(LoggedIn::found(user)));
            }
        }
        if self.inner.is_logged_in() {
            return Err(LoginError::AlreadyLoggedIn);
        }
        Ok(Begun::Turn(Turn { client: self, login, lost, options }))
    }

    /// Who is logged in, if anybody is.
    async fn find(&self, options: InvokeOptions) -> Result<Option<enums::User>, Error> {
        match self.with_options(options).me().await {
            Ok(user @ enums::User::User(_)) => Ok(Some(user)),
            Ok(enums::User::UserEmpty(_)) => Ok(None),
            Err(error) if error.rpc().is_some_and(|error| error.code == 401) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks where the data centres are, without waiting for long: what is built in will do.
    pub(super) async fn learn_addresses(&self) {
        let _ = timeout(CONFIG_WITHIN, self.refresh_config()).await;
    }
}

impl Turn<'_> {
    /// Makes a call that may log in.
    pub(super) async fn call<F: Function + Sync>(
        &mut self,
        function: &F,
    ) -> Result<(F::Return, Origin), Error> {
        *self.lost = Some(self.login);
        let result = self.ask(function).await;
        let is_known = match &result {
            Ok(_) => true,
            Err(error) => error.execution() == Execution::Never || is_restart(error),
        };
        if is_known {
            *self.lost = None;
        }
        result
    }

    /// Makes a call that does not.
    pub(super) async fn ask<F: Function + Sync>(
        &self,
        function: &F,
    ) -> Result<(F::Return, Origin), Error> {
        self.client.invoke_in_turn(function, &self.options).await.map_err(without_secrets)
    }

    /// Keeps a login, whichever way it came about.
    pub(super) async fn logged_in(
        &mut self,
        answer: enums::auth::Authorization,
        origin: Origin,
    ) -> Result<LoggedIn, LoginError> {
        let enums::auth::Authorization::Authorization(answer) = answer else {
            return Err(LoginError::SignUpRequired);
        };
        // Until it is told.
        *self.lost = Some(self.login);
        let kept = self.client.inner.keep_login(&answer.user, origin).await;
        kept.map_err(Error::of_what_may_have_run)?;
        let future_auth_token = answer.future_auth_token.map(|token| token.to_vec().into());
        if let Some(token) = &future_auth_token {
            self.client.inner.logins.keep_token(FutureAuthToken::clone(token));
        }
        *lock(&self.client.inner.logins.done) = Some(self.login);
        self.client.learn_addresses().await;
        *self.lost = None;
        let otherwise_relogin_days = answer.otherwise_relogin_days;
        Ok(LoggedIn { user: answer.user, otherwise_relogin_days, future_auth_token })
    }

    /// What an error of a step is: the next step, if a password is asked for.
    pub(super) async fn after_error(&self, error: Error) -> Result<PasswordStep, LoginError> {
        if error.is(known::SESSION_PASSWORD_NEEDED) {
            return PasswordStep::ask(self.client, self).await;
        }
        Err(error.into())
    }

    pub(super) fn login(&self) -> LoginId {
        self.login
    }
}

/// An answer that does not decode may be the login all the same, with what is secret of it.
fn without_secrets(error: Error) -> Error {
    match error {
        Error::Call(CallError::Decode { source, .. }) => {
            CallError::Decode { source, answer: Bytes::default() }.into()
        }
        error => error,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_restart(error: &Error) -> bool {
    error.is(known::AUTH_RESTART) || error.is(super::AUTH_RESTART_X)
}
