//! Logging in and out.
//!
//! ```text
//!  send_code ──> CodeLogin ── submit ──┬──────────────────────────────> LoggedIn
//!                  │  resend, cancel   ├──> SignUpStep ── submit ─────────^   a number that nobody has
//!                                      └──> PasswordStep ── submit ───────^   SESSION_PASSWORD_NEEDED
//!                  └── set_up_email ──> EmailStep ── submit ──> CodeLogin    if the server wants an address first
//!  log_in_bot ───────────────────────────────────────────────────────────^
//!  qr_login ──> QrLogin ── next ──> Show | Password | Done
//! ```
//! One login at a time: steps take turns, and there is none while somebody is logged in (`turn`). A step that may log in is made at
//! the data centre that is kept as home before it, and its login is kept for the data centre and the key that answered: so a login
//! whose answer was lost is found there.
//!
//! Each step can be tried again after an error such as a wrong code. What the steps lead to is in the store before they
//! return. See <https://core.telegram.org/api/auth>.

mod bot;
mod code;
mod email;
mod error;
mod out;
mod password;
mod qr;
mod secret;
mod turn;

pub use code::{CodeLogin, SignUpStep};
pub use email::EmailStep;
pub use error::LoginError;
pub use out::LoggedOut;
pub use password::PasswordStep;
pub(super) use qr::Scans;
pub use qr::{QrLogin, QrStep};
pub use secret::FutureAuthToken;
pub(super) use turn::Logins;

use std::fmt;
use std::sync::Arc;

use crate::client::core::{Client, Inner};
use crate::client::error::Error;
use crate::client::keeper::{Origin, keys_of};
use crate::client::policy::{InvokeOptions, Purpose};
use crate::client::store::SessionUser;
use crate::connection::ConnectionError;
use crate::tl::api::functions::users::GetUsers;
use crate::tl::api::{enums, types};

/// `AUTH_RESTART` with a number, which is not in the list of known errors. Source: <https://core.telegram.org/method/auth.sendCode>.
pub(super) const AUTH_RESTART_X: &str = "AUTH_RESTART_X";

/// Where a login stands after a step.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Step {
    /// Somebody is logged in.
    Done(LoggedIn),
    /// The account has a password too.
    Password(PasswordStep),
    /// Nobody has this phone number: an account can be made.
    SignUp(SignUpStep),
}

/// A login that is complete, and stored.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct LoggedIn {
    /// Who is logged in.
    pub user: enums::User,
    /// After how many days another login by SMS alone will be possible, if the account has no password: the server wants one to be
    /// set up (`setup_password_required`). Until then codes go to devices that are logged in.
    pub otherwise_relogin_days: Option<i32>,
    /// With this the next login of the same account may need no code, once this one has ended: see
    /// [`Client::future_auth_tokens`].
    pub future_auth_token: Option<FutureAuthToken>,
}

impl LoggedIn {
    /// A login of which nothing is known but whose it is: the answer to it was lost.
    fn found(user: enums::User) -> Self {
        Self { user, otherwise_relogin_days: None, future_auth_token: None }
    }
}

/// The number of the account is shown, and not that of its phone.
impl fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = match &self.user {
            enums::User::User(user) => user.id,
            enums::User::UserEmpty(user) => user.id,
        };
        write!(f, "LoggedIn({id})")
    }
}

impl Client {
    /// Who is logged in, as the server says; it is kept. So is a login that is found, because its answer was lost: its future was
    /// dropped, its deadline passed, or its program ended.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, call it again.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If nobody is, the server answers `AUTH_KEY_UNREGISTERED`.
    pub async fn me(&self) -> Result<enums::User, Error> {
        let request = GetUsers { id: vec![enums::InputUser::InputUserSelf] };
        let options = InvokeOptions { dc: None, purpose: Purpose::Main, ..(*self.options).clone() };
        let (mut users, origin) = self.invoke_at(&request, &options).await?;
        let user = users.pop().unwrap_or(enums::User::UserEmpty(types::UserEmpty { id: 0 }));
        let session = session_user(&user);
        let kept = match self.inner.is_logged_in() {
            true if self.user() == session => Ok(false),
            true => self.inner.keeper.keep_user(origin, session).await,
            // Nobody.
            false if session.is_none() => Ok(false),
            false => self.inner.keeper.keep_found(origin, session).await,
        };
        kept.map_err(|error| Error::from(error).of_what_may_have_run())?;
        Ok(user)
    }
}

impl Inner {
    /// One batch, so that no crash leaves half of a login. To the end, even if nobody waits for it.
    async fn keep_login(self: &Arc<Self>, user: &enums::User, origin: Origin) -> Result<(), Error> {
        let (inner, user) = (self.clone(), session_user(user));
        let keeping = async move {
            let old = inner.home();
            // With a key of another login they would answer as that.
            let others: Vec<_> = inner.keeper.read(|kept| {
                let is_other = |dc: &&_| keys_of(**dc) != origin.dc && kept.is_authorized(**dc);
                kept.dcs.keys().filter(is_other).copied().collect()
            });
            if !inner.keeper.keep_login(origin, user).await? {
                // The server has forgotten the key on the way, and the login with it.
                return Err(ConnectionError::KeyUnknown.into());
            }
            inner.floods.forget();
            inner.peers.forget();
            others.into_iter().for_each(|dc| inner.links.leave(dc));
            inner.moved(old, origin.dc);
            Ok(())
        };
        tokio::spawn(keeping).await.unwrap_or(Err(Error::Closed))
    }
}

fn session_user(user: &enums::User) -> Option<SessionUser> {
    match user {
        enums::User::User(user) => {
            // Bots have a version of what they say of themselves; nobody else has.
            Some(SessionUser { id: user.id, is_bot: user.bot_info_version.is_some() })
        }
        enums::User::UserEmpty(_) => None,
    }
}
