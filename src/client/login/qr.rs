//! [Login by QR code](https://core.telegram.org/api/qr-login).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::invoke::Course;
use crate::client::login::{LoggedIn, LoginError, PasswordStep};
use crate::client::policy::{InvokeOptions, Purpose};
use crate::client::state::Update;
use crate::tl::api::enums::auth::LoginToken;
use crate::tl::api::enums::{self, Updates};
use crate::tl::api::functions::auth::{ExportLoginToken, ImportLoginToken};
use crate::tl::api::types;
use crate::tl::{Function, Object};

/// A login by a code that another device, which is logged in, scans.
#[derive(Debug)]
pub struct QrLogin {
    client: Client,
    updates: broadcast::Receiver<Update>,
    /// Until when the code that is shown is valid.
    shown_until: Option<Instant>,
}

/// Where a login by QR code stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum QrStep {
    /// A code is to be shown, in place of the one before.
    Show {
        /// What the code says: a link that begins with `tg://login?token=`.
        url: String,
        /// How long it is valid.
        valid_for: Duration,
    },
    /// It was scanned, and the account has a password too.
    Password(PasswordStep),
    /// It was scanned, and somebody is logged in.
    Done(LoggedIn),
}

/// How long is waited at least before another code is asked for, whatever the clocks say.
const SHORTEST: Duration = Duration::from_secs(1);

/// How long is waited at most: codes are valid for half a minute.
const LONGEST: Duration = Duration::from_secs(30);

impl Client {
    /// Begins a login by QR code.
    ///
    /// # Errors
    ///
    /// What calls fail with.
    pub async fn qr_login(&self) -> Result<QrLogin, LoginError> {
        self.prepare_login().await?;
        Ok(QrLogin { client: self.clone(), updates: self.updates(), shown_until: None })
    }
}

impl QrLogin {
    /// The next step: a code at once; then, when that was scanned or has expired, what follows.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, call it again.
    ///
    /// # Errors
    ///
    /// What calls fail with.
    pub async fn next(&mut self) -> Result<QrStep, LoginError> {
        if let Some(until) = self.shown_until {
            self.wait(until).await;
            // Dropped from here on, it does not wait again for what it has heard.
            self.shown_until = None;
        }
        let settings = &self.client.inner.settings;
        let request = ExportLoginToken {
            api_id: settings.api_id,
            api_hash: settings.api_hash.clone(),
            except_ids: Vec::new(),
        };
        let token = self.client.invoke(&request).await;
        let token = match token {
            Ok(LoginToken::LoginTokenMigrateTo(migrate)) => self.import(migrate).await,
            other => other,
        };
        match token {
            Ok(LoginToken::LoginToken(token)) => {
                let valid_for = valid_for(&token, self.server_unix().await);
                self.shown_until = Some(Instant::now() + valid_for);
                Ok(QrStep::Show { url: url(&token.token), valid_for })
            }
            Ok(LoginToken::LoginTokenSuccess(success)) => {
                Ok(QrStep::Done(self.client.logged_in(success.authorization).await?))
            }
            // It was sent on again: the next step begins anew there.
            Ok(LoginToken::LoginTokenMigrateTo(_)) => Err(LoginError::Restart),
            Err(error) => Ok(QrStep::Password(self.client.after_error(error).await?)),
        }
    }

    /// The account lives in another data centre, where the token logs in.
    async fn import(&self, to: types::auth::LoginTokenMigrateTo) -> Result<LoginToken, Error> {
        let inner = &self.client.inner;
        let options = InvokeOptions::default();
        let course = Course::new(&options, ImportLoginToken::REPEAT);
        let dc = inner.dc(to.dc_id.into(), &course).await?;
        inner.move_home(dc).await?;
        self.client.invoke(&ImportLoginToken { token: to.token }).await
    }

    /// The time by the server's clock, which tokens expire by. The clock of this machine may be wrong: it is the guess of who has
    /// just lost the connection.
    async fn server_unix(&self) -> Duration {
        let inner = &self.client.inner;
        let told = match inner.ready(inner.home(), true, Purpose::Main) {
            Some(link) => link.handle.server_unix().await,
            None => None,
        };
        told.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// Until the code was scanned, as `updateLoginToken` says, or has expired.
    async fn wait(&mut self, until: Instant) {
        let scanned = async {
            loop {
                match self.updates.recv().await {
                    Ok(Update::Object(update)) if is_login_token(&update) => return,
                    // What was lost may have been that. If nothing was scanned, the same code is told again.
                    Ok(Update::Gap) | Err(RecvError::Lagged(_)) => return,
                    Ok(_) => {}
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        // Whether it was scanned or has expired, the server is asked.
        let _ = timeout_at(until, scanned).await;
    }
}

fn url(token: &[u8]) -> String {
    format!("tg://login?token={}", Base64UrlUnpadded::encode_string(token))
}

fn valid_for(token: &types::auth::LoginToken, server_unix: Duration) -> Duration {
    let expires = Duration::from_secs(u64::try_from(token.expires).unwrap_or(0));
    expires.saturating_sub(server_unix).clamp(SHORTEST, LONGEST)
}

fn is_login_token(update: &Object) -> bool {
    let is_token = |update: &enums::Update| matches!(update, enums::Update::UpdateLoginToken);
    match update.decode::<Updates>() {
        Ok(Updates::UpdateShort(short)) => is_token(&short.update),
        Ok(Updates::Updates(many)) => many.updates.iter().any(is_token),
        Ok(Updates::UpdatesCombined(many)) => many.updates.iter().any(is_token),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_valid_until_it_expires_within_what_makes_sense() {
        let token = types::auth::LoginToken { expires: 1_000, token: [1].into() };
        for (server_unix, expected) in
            [(970, 30), (990, 10), (999, 1), (1_000, 1), (5_000, 1), (0, 30)]
        {
            let left = valid_for(&token, Duration::from_secs(server_unix));
            assert_eq!(left, Duration::from_secs(expected), "{server_unix}");
        }
        let never = types::auth::LoginToken { expires: -1, ..token };
        assert_eq!(valid_for(&never, Duration::ZERO), SHORTEST);
    }
}
