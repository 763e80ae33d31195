//! Logging out.

use std::sync::Arc;

use crate::client::core::{Client, Inner};
use crate::client::error::Error;
use crate::client::login::FutureAuthToken;
use crate::client::store::Change;
use crate::tl::api::functions::auth::LogOut;

/// A login that was ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedOut {
    /// Whether there was one that the server knew of.
    pub was_logged_in: bool,
    /// With this the next login of the same account may need no code. The client that got it sends it by itself; a program keeps
    /// it for its next run, for [`ClientBuilder::future_auth_tokens`](crate::client::ClientBuilder::future_auth_tokens).
    pub future_auth_token: Option<FutureAuthToken>,
}

impl Client {
    /// Ends the login, here and on the server, also one that is not known here because its answer was lost. Keys are forgotten: the
    /// next login makes others. It waits for the step of a login that is under way. Secret chats are closed first, whatever comes of the
    /// rest, and the other sides are told.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the login may have ended on the server; if that has answered, it is ended here too.
    /// Call it again: a login that has ended already is no error.
    ///
    /// # Errors
    ///
    /// What calls fail with; then nothing has changed here, and whether the server has ended the login,
    /// [`Error::execution`] says. A login that the server has ended already is no error.
    pub async fn log_out(&self) -> Result<LoggedOut, Error> {
        #[cfg(feature = "secret")]
        self.close_secret_chats().await;
        let mut lost = self.wait_for_turn().await?;
        let mut out = LoggedOut::default();
        match self.invoke_in_turn(&LogOut, &self.options.of_a_login()).await {
            Ok((answer, _)) => {
                out.was_logged_in = true;
                out.future_auth_token = answer.future_auth_token.map(|t| t.to_vec().into());
            }
            Err(error) if matches!(error.cause(), Error::Stopped(_)) => {}
            // Nobody was logged in.
            Err(error) if error.rpc().is_some_and(|error| error.code == 401) => {}
            Err(error) => return Err(error),
        }
        if let Some(token) = &out.future_auth_token {
            self.inner.logins.keep_token(token.clone());
        }
        // It has ended on the server, whatever comes of it here.
        self.inner.forget_login().await.map_err(Error::of_what_may_have_run)?;
        *lost = None;
        Ok(out)
    }

    /// The tokens of logins that were ended, the oldest first: with one of them the next login of the same account may need no code.
    /// This client sends them by itself. Who has one is not logged in by it, but keep them as one keeps a session.
    ///
    /// Source: <https://core.telegram.org/api/auth#future-auth-tokens>.
    #[must_use]
    pub fn future_auth_tokens(&self) -> Vec<FutureAuthToken> {
        self.inner.logins.tokens().clone()
    }
}

impl Inner {
    /// To the end, even if nobody waits for it: connections with keys that are forgotten must not be used.
    pub(super) async fn forget_login(self: &Arc<Self>) -> Result<(), Error> {
        let inner = self.clone();
        let forgetting = async move {
            let dcs = inner.keeper.read(|kept| kept.dcs.keys().copied().collect::<Vec<_>>());
            let keys = dcs.into_iter().map(Change::KeyForgotten);
            inner.keeper.apply(keys.chain([Change::User(None)]).collect()).await?;
            inner.floods.forget();
            inner.peers.forget();
            inner.links.begin_anew().await;
            Ok(())
        };
        tokio::spawn(forgetting).await.unwrap_or(Err(Error::Closed))
    }
}
