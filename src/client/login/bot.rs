//! Login of a bot.

use crate::client::core::Client;
use crate::client::login::turn::{Begun, LoginId};
use crate::client::login::{LoggedIn, LoginError};
use crate::tl::api::functions::auth::ImportBotAuthorization;

impl Client {
    /// Logs a bot in with the token that BotFather gave.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the bot may be logged in. Call it again: it finds that out first. So does
    /// [`me`](Self::me), in the next program too.
    ///
    /// # Errors
    ///
    /// [`LoginError::AlreadyLoggedIn`], [`LoginError::TokenInvalid`], [`LoginError::ApiInvalid`], [`LoginError::Flood`], and what
    /// calls fail with.
    pub async fn log_in_bot(&self, token: &str) -> Result<LoggedIn, LoginError> {
        let token = token.trim();
        let number = token.split(':').next().and_then(|number| number.parse().ok());
        let login = number.map_or_else(|| self.inner.logins.id(), LoginId::Bot);
        let mut turn = match self.begin_login(login).await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(found),
        };
        let settings = &self.inner.settings;
        let request = ImportBotAuthorization {
            flags: 0,
            api_id: settings.api_id,
            api_hash: settings.api_hash.clone(),
            bot_auth_token: token.to_owned(),
        };
        let (answer, origin) = turn.call(&request).await?;
        turn.logged_in(answer, origin).await
    }
}
