//! Clients that are logged in.

use telewire::client::{Client, Error, LoginError, Step};

use crate::net::Running;
use crate::world::Person;

/// Why somebody could not be logged in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum LogInError {
    /// The client could not be made.
    Client(Error),
    /// The login was refused.
    Login(LoginError),
    /// There is a password, which a client has to be told: use [`Running::client`] and its steps.
    Password,
    /// Nobody has the phone number, or no code was sent.
    Nobody,
}

impl Running {
    /// A client of somebody's that is logged in, and keeps its session in memory.
    ///
    /// # Errors
    ///
    /// What the client meets on the way; and [`LogInError::Password`].
    pub async fn log_in(&self, person: &Person) -> Result<Client, LogInError> {
        let client = self.client().build().await?;
        if let Some(token) = person.token() {
            client.log_in_bot(token).await?;
            return Ok(client);
        }
        let phone = person.phone().unwrap_or_default();
        let login = client.send_code(phone).await?;
        let code = self.code(phone).ok_or(LogInError::Nobody)?;
        match login.submit(&code).await? {
            Step::Done(_) => Ok(client),
            Step::Password(_) => Err(LogInError::Password),
            _ => Err(LogInError::Nobody),
        }
    }
}

impl From<Error> for LogInError {
    fn from(error: Error) -> Self {
        Self::Client(error)
    }
}

impl From<LoginError> for LogInError {
    fn from(error: LoginError) -> Self {
        Self::Login(error)
    }
}

impl std::fmt::Display for LogInError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Client(_) => "the client could not be made",
            Self::Login(_) => "the login was refused",
            Self::Password => "there is a password; submit it by the client's own steps",
            Self::Nobody => "nobody has this phone number, or no code was sent",
        })
    }
}

impl std::error::Error for LogInError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(error) => Some(error),
            Self::Login(error) => Some(error),
            Self::Password | Self::Nobody => None,
        }
    }
}
