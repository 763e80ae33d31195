//! Logging out, and what has to be as it was before anybody logs in.

use crate::client::core::{Client, Inner};
use crate::client::error::Error;
use crate::client::state::State;
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
        self.inner.forget_login().await
    }

    /// Somebody is about to log in. After a stop, that is done with new keys.
    pub(super) async fn prepare_login(&self) -> Result<(), Error> {
        let is_stopped = matches!(&*self.inner.states.borrow(), State::Stopped(_));
        if is_stopped { self.inner.forget_login().await } else { self.inner.check() }
    }
}

impl Inner {
    async fn forget_login(&self) -> Result<(), Error> {
        let dcs = self.keeper.read(|kept| kept.dcs.keys().copied().collect::<Vec<_>>());
        let keys = dcs.into_iter().map(Change::KeyForgotten);
        self.keeper.apply(keys.chain([Change::User(None)]).collect()).await?;
        self.close_links().await;
        self.begin_anew();
        Ok(())
    }
}
