//! What others see of the account.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::tl::api::enums::User;
use crate::tl::api::functions::account;

impl Client {
    /// Changes one's name.
    ///
    /// # Errors
    ///
    /// `FIRSTNAME_INVALID` when there is none.
    pub async fn set_name(
        &self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Result<User, Error> {
        let (first_name, last_name) = (Some(first_name.into()), Some(last_name.into()));
        self.ask(&account::UpdateProfile { first_name, last_name, about: None }).await
    }

    /// Changes what one says of oneself.
    ///
    /// # Errors
    ///
    /// `ABOUT_TOO_LONG`.
    pub async fn set_bio(&self, about: impl Into<String>) -> Result<User, Error> {
        let about = Some(about.into());
        self.ask(&account::UpdateProfile { first_name: None, last_name: None, about }).await
    }

    /// Changes one's username, or takes it away with `""`.
    ///
    /// # Errors
    ///
    /// `USERNAME_OCCUPIED`, `USERNAME_INVALID`, `USERNAME_NOT_MODIFIED`.
    pub async fn set_username(&self, username: impl Into<String>) -> Result<User, Error> {
        self.ask(&account::UpdateUsername { username: username.into() }).await
    }

    /// Shows that one is there, for some minutes, or that one is not.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn set_online(&self, online: bool) -> Result<(), Error> {
        self.invoke(&account::UpdateStatus { offline: !online }).await.map(drop)
    }
}
