//! Login of a bot.

use crate::client::core::Client;
use crate::client::login::{LoggedIn, LoginError};
use crate::tl::api::functions::auth::ImportBotAuthorization;

impl Client {
    /// Logs a bot in with the token that BotFather gave.
    ///
    /// # Errors
    ///
    /// [`LoginError::TokenInvalid`], [`LoginError::ApiInvalid`], and what calls fail with.
    pub async fn log_in_bot(&self, token: &str) -> Result<LoggedIn, LoginError> {
        self.prepare_login().await?;
        let settings = &self.inner.settings;
        let request = ImportBotAuthorization {
            flags: 0,
            api_id: settings.api_id,
            api_hash: settings.api_hash.clone(),
            bot_auth_token: token.trim().to_owned(),
        };
        self.logged_in(self.invoke(&request).await?).await
    }
}
