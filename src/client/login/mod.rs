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
//! Each step can be tried again after an error such as a wrong code. What the steps lead to is in the store before they
//! return. See <https://core.telegram.org/api/auth>.

mod bot;
mod code;
mod email;
mod error;
mod out;
mod password;
mod qr;

pub use code::{CodeLogin, SignUpStep};
pub use email::EmailStep;
pub use error::LoginError;
pub use password::PasswordStep;
pub use qr::{QrLogin, QrStep};

use std::time::Duration;

use crate::client::core::{Client, Inner};
use crate::client::error::Error;
use crate::client::store::{Change, SessionUser};
use crate::connection::ConnectionError;
use crate::rpc::known;
use crate::tl::api::functions::users::GetUsers;
use crate::tl::api::{enums, types};

/// How long a login waits for the table of the data centres.
const CONFIG_WITHIN: Duration = Duration::from_secs(5);

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
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedIn {
    /// Who is logged in.
    pub user: enums::User,
}

impl Client {
    /// Who is logged in, as the server says; it is kept.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If nobody is, the server answers `AUTH_KEY_UNREGISTERED`.
    pub async fn me(&self) -> Result<enums::User, Error> {
        let request = GetUsers { id: vec![enums::InputUser::InputUserSelf] };
        let mut users = self.invoke(&request).await?;
        let user = users.pop().unwrap_or(enums::User::UserEmpty(types::UserEmpty { id: 0 }));
        let session = session_user(&user);
        if session.is_some() && self.user() != session {
            let kept = self.inner.keeper.apply(vec![Change::User(session)]).await;
            kept.map_err(|error| Error::from(error).of_what_may_have_run())?;
        }
        Ok(user)
    }

    /// Keeps a login, whichever way it came about.
    async fn logged_in(&self, answer: enums::auth::Authorization) -> Result<LoggedIn, LoginError> {
        match answer {
            enums::auth::Authorization::Authorization(answer) => {
                let kept = self.inner.keep_login(&answer.user).await;
                kept.map_err(Error::of_what_may_have_run)?;
                // The login is kept whether it is told or not: without the table, what is built in will do.
                let _ = tokio::time::timeout(CONFIG_WITHIN, self.refresh_config()).await;
                Ok(LoggedIn { user: answer.user })
            }
            enums::auth::Authorization::AuthorizationSignUpRequired(_) => {
                Err(LoginError::SignUpRequired)
            }
        }
    }

    /// What an error of a login's step is: the next step, if a password is asked for.
    async fn after_error(&self, error: Error) -> Result<PasswordStep, LoginError> {
        if error.is(known::SESSION_PASSWORD_NEEDED) {
            return PasswordStep::ask(self).await;
        }
        Err(error.into())
    }
}

impl Inner {
    /// One batch, so that no crash leaves half of a login.
    async fn keep_login(&self, user: &enums::User) -> Result<(), Error> {
        match self.keeper.keep_login(self.home(), session_user(user)).await? {
            true => Ok(()),
            // The server has forgotten the key on the way, and the login with it.
            false => Err(ConnectionError::KeyUnknown.into()),
        }
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
