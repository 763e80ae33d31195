//! [Login by QR code](https://core.telegram.org/api/qr-login).

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::invoke::Course;
use crate::client::keeper::Origin;
use crate::client::login::turn::{Begun, LoginId, Turn};
use crate::client::login::{LoggedIn, LoginError, PasswordStep};
use crate::client::policy::Role;
use crate::client::runtime;
use crate::rpc::Execution;
use crate::tl::Deserialize;
use crate::tl::api::enums::auth::LoginToken;
use crate::tl::api::enums::{self, Updates};
use crate::tl::api::functions::auth::{ExportLoginToken, ImportLoginToken};
use crate::tl::api::types;

/// A login by a code that another device, which is logged in, scans.
pub struct QrLogin {
    client: Client,
    login: LoginId,
    /// Where the account lives that scanned the code, if it is to be taken there.
    migrating: Option<types::auth::LoginTokenMigrateTo>,
    /// Whether one may have been scanned since the last was asked for.
    scans: watch::Receiver<()>,
    /// Until when the code that is shown is valid.
    shown_until: Option<Instant>,
}

/// Where a login by QR code stands.
#[derive(Clone)]
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
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, nothing has begun.
    ///
    /// # Errors
    ///
    /// [`LoginError::AlreadyLoggedIn`], and what calls fail with.
    pub async fn qr_login(&self) -> Result<QrLogin, LoginError> {
        let login = self.inner.logins.id();
        match self.begin_login(login).await? {
            Begun::Turn(_) => {}
            Begun::Found(_) => return Err(LoginError::AlreadyLoggedIn),
        }
        Ok(QrLogin {
            client: self.clone(),
            login,
            migrating: None,
            scans: self.inner.scans.watch(),
            shown_until: None,
        })
    }
}

impl QrLogin {
    /// The next step: a code at once; then, when that was scanned or has expired, what follows.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, call it again. If the account is logged in, it finds that out first; so does
    /// [`Client::me`], in the next program too.
    ///
    /// # Errors
    ///
    /// [`LoginError::AlreadyLoggedIn`], [`LoginError::Flood`], [`LoginError::Restart`] if the code is to be asked for anew, and what
    /// calls fail with.
    pub async fn next(&mut self) -> Result<QrStep, LoginError> {
        runtime::here()?;
        if let Some(until) = self.shown_until {
            self.wait(until).await;
            // Dropped from here on, it does not wait again for what it has heard.
            self.shown_until = None;
        }
        // What was scanned before now, the answer tells.
        self.scans.mark_unchanged();
        let client = self.client.clone();
        client.inner.check()?;
        let mut turn = match client.begin_login(self.login).await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(QrStep::Done(found)),
        };
        let mut token = match self.migrating.is_some() {
            true => match self.import(&mut turn).await {
                // It was used in a step that nobody waited for, or has expired since.
                Err(error) if is_used(&error) => self.export(&mut turn).await,
                other => other,
            },
            false => self.export(&mut turn).await,
        };
        if let Ok((LoginToken::LoginTokenMigrateTo(to), _)) = token {
            self.migrating = Some(to);
            token = self.import(&mut turn).await;
        }
        // From here on it is known what the token was good for.
        if !matches!(&token, Err(error) if error.execution() != Execution::Never) {
            self.migrating = None;
        }
        match token {
            Ok((LoginToken::LoginToken(token), _)) => {
                let valid_for = valid_for(&token, self.server_unix().await);
                self.shown_until = Some(Instant::now() + valid_for);
                Ok(QrStep::Show { url: url(&token.token), valid_for })
            }
            Ok((LoginToken::LoginTokenSuccess(success), origin)) => {
                Ok(QrStep::Done(turn.logged_in(success.authorization, origin).await?))
            }
            // It was sent on again: the next step begins anew there.
            Ok((LoginToken::LoginTokenMigrateTo(_), _)) => Err(LoginError::Restart),
            Err(error) => Ok(QrStep::Password(turn.after_error(error).await?)),
        }
    }

    async fn export(&self, turn: &mut Turn<'_>) -> Result<(LoginToken, Origin), Error> {
        let settings = &self.client.inner.settings;
        let request = ExportLoginToken {
            api_id: settings.api_id,
            api_hash: settings.api_hash.clone(),
            except_ids: Vec::new(),
        };
        turn.call(&request).await
    }

    /// The account lives in another data centre, where the token logs in.
    async fn import(&self, turn: &mut Turn<'_>) -> Result<(LoginToken, Origin), Error> {
        let Some(to) = &self.migrating else { return self.export(turn).await };
        let inner = &self.client.inner;
        let options = self.client.options.of_a_login();
        let course = Course::new::<ImportLoginToken>(&options);
        let dc = inner.dc(to.dc_id.into(), &course).await?;
        // Before it may log in there, so that a login is found whose answer is lost.
        inner.move_home(inner.standing(), dc).await?;
        turn.call(&ImportLoginToken { token: to.token.clone() }).await
    }

    /// The time by the server's clock, which tokens expire by. The clock of this machine may be wrong: it is the guess of who has
    /// just lost the connection.
    async fn server_unix(&self) -> Duration {
        let inner = &self.client.inner;
        let link =
            runtime::here().ok().and_then(|here| inner.ready(inner.home(), true, Role::MAIN, here));
        let told = match link {
            Some(link) => link.handle.server_unix().await,
            None => None,
        };
        told.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// Until the code was scanned, as `updateLoginToken` says, or has expired.
    async fn wait(&mut self, until: Instant) {
        // Whether it was scanned or has expired, the server is asked. The sender lives as long as the client.
        let _ = timeout_at(until, self.scans.changed()).await;
    }
}

fn is_used(error: &Error) -> bool {
    error.rpc().is_some_and(|error| error.name.starts_with("AUTH_TOKEN_"))
}

/// Who has the token is logged in as whoever scans it.
impl fmt::Debug for QrLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.shown_until.is_some() { "a code is shown" } else { "no code is shown" };
        write!(f, "QrLogin({}, {shown})", self.client.home())
    }
}

impl fmt::Debug for QrStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Show { valid_for, .. } => {
                write!(f, "Show {{ url: ***, valid_for: {valid_for:?} }}")
            }
            Self::Password(step) => f.debug_tuple("Password").field(step).finish(),
            Self::Done(done) => f.debug_tuple("Done").field(done).finish(),
        }
    }
}

fn url(token: &[u8]) -> String {
    format!("tg://login?token={}", Base64UrlUnpadded::encode_string(token))
}

fn valid_for(token: &types::auth::LoginToken, server_unix: Duration) -> Duration {
    let expires = Duration::from_secs(u64::try_from(token.expires).unwrap_or(0));
    expires.saturating_sub(server_unix).clamp(SHORTEST, LONGEST)
}

/// Says that a code may have been scanned: `updateLoginToken` came, or something was lost that may have been that. It keeps no more
/// than that it was so, which nothing that comes after it can push out.
#[derive(Debug, Clone, Default)]
pub(in crate::client) struct Scans(watch::Sender<()>);

impl Scans {
    fn watch(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }

    /// The server sent something. It is read only while somebody waits.
    pub(in crate::client) fn hear(&self, update: &[u8]) {
        if self.0.receiver_count() > 0 && may_be_login_token(update) {
            self.missed();
        }
    }

    /// Something was lost. If nothing was scanned, the same code is told again.
    pub(in crate::client) fn missed(&self) {
        self.0.send_replace(());
    }
}

fn may_be_login_token(update: &[u8]) -> bool {
    let is_token = |update: &enums::Update| matches!(update, enums::Update::UpdateLoginToken);
    match Updates::from_bytes(update) {
        Ok(Updates::UpdateShort(short)) => is_token(&short.update),
        Ok(Updates::Updates(many)) => many.updates.iter().any(is_token),
        Ok(Updates::UpdatesCombined(many)) => many.updates.iter().any(is_token),
        Ok(_) => false,
        // It may be among what cannot be read.
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::Serialize;

    #[test]
    fn that_a_code_was_scanned_is_not_lost_whatever_comes_after_it() {
        let short = |update| Updates::from(types::UpdateShort { update, date: 1 }).to_bytes();
        let many = |updates| {
            let (users, chats) = (Vec::new(), Vec::new());
            Updates::from(types::Updates { updates, users, chats, date: 1, seq: 0 }).to_bytes()
        };
        let (token, other) = (enums::Update::UpdateLoginToken, enums::Update::UpdateConfig);
        let forms = [
            (short(token.clone()), true),
            (many(vec![other.clone(), token]), true),
            (vec![1, 2, 3, 4], true),
            (short(other.clone()), false),
            (many(vec![other.clone()]), false),
            (Updates::UpdatesTooLong.to_bytes(), false),
        ];
        for (bytes, is_scan) in forms {
            let scans = Scans::default();
            // Before anybody waits it is nobody's.
            scans.hear(&bytes);
            let mut waits = scans.watch();
            assert!(!waits.has_changed().unwrap());
            scans.hear(&bytes);
            for _ in 0..10_000 {
                scans.hear(&short(other.clone()));
            }
            assert_eq!(waits.has_changed().unwrap(), is_scan, "{bytes:?}");
            waits.mark_unchanged();
            scans.missed();
            assert!(waits.has_changed().unwrap());
        }
    }

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
