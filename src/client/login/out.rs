//! Logging out, and what has to be as it was before anybody logs in.

use std::sync::Arc;

use crate::client::core::{Client, Inner};
use crate::client::error::Error;
use crate::client::store::Change;
use crate::tl::api::functions::auth::LogOut;

impl Client {
    /// Ends the login, here and on the server. Keys are forgotten: the next login makes others.
    ///
    /// # Errors
    ///
    /// What calls fail with; then nothing has changed here, and whether the server has ended the login,
    /// [`Error::execution`] says. A login that the server has ended already is no error.
    pub async fn log_out(&self) -> Result<(), Error> {
        match self.invoke(&LogOut).await {
            Ok(_) => {}
            Err(error) if matches!(error.cause(), Error::Stopped(_)) => {}
            // Nobody was logged in.
            Err(error) if error.rpc().is_some_and(|error| error.code == 401) => {}
            Err(error) => return Err(error),
        }
        // It has ended on the server, whatever comes of it here.
        self.inner.forget_login().await.map_err(Error::of_what_may_have_run)
    }

    /// Somebody is about to log in. After a stop, that is done with new keys.
    pub(super) async fn prepare_login(&self) -> Result<(), Error> {
        let is_stopped = matches!(self.inner.check(), Err(Error::Stopped(_)));
        if is_stopped { self.inner.forget_login().await } else { self.inner.check() }
    }
}

impl Inner {
    /// To the end, even if nobody waits for it: connections with keys that are forgotten must not be used.
    async fn forget_login(self: &Arc<Self>) -> Result<(), Error> {
        let inner = self.clone();
        let forgetting = async move {
            let dcs = inner.keeper.read(|kept| kept.dcs.keys().copied().collect::<Vec<_>>());
            let keys = dcs.into_iter().map(Change::KeyForgotten);
            inner.keeper.apply(keys.chain([Change::User(None)]).collect()).await?;
            inner.links.begin_anew().await;
            Ok(())
        };
        tokio::spawn(forgetting).await.unwrap_or(Err(Error::Closed))
    }
}
