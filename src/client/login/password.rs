//! [Two-step verification](https://core.telegram.org/api/srp).

use std::fmt;

use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::client::core::Client;
use crate::client::login::turn::{Begun, LoginId, Turn};
use crate::client::login::{LoggedIn, LoginError};
use crate::crypto::SeededEntropy;
use crate::crypto::srp::{SrpError, SrpParams, SrpProof};
use crate::ids::DcId;
use crate::tl::api::enums::{InputCheckPasswordSrp, PasswordKdfAlgo};
use crate::tl::api::functions::account::GetPassword;
use crate::tl::api::functions::auth::CheckPassword;
use crate::tl::api::{groups, types};

/// The account has a password, which is to be proved.
#[derive(Clone)]
pub struct PasswordStep {
    client: Client,
    login: LoginId,
    /// Where the login is under way.
    dc: DcId,
    hint: Option<String>,
}

/// How often a question that the server has forgotten is asked for anew.
const ASKED: u32 = 3;

impl PasswordStep {
    pub(super) async fn ask(client: &Client, turn: &Turn<'_>) -> Result<Self, LoginError> {
        let (password, origin) = turn.ask(&GetPassword).await?;
        let login = turn.login();
        Ok(Self { client: client.clone(), login, dc: origin.dc, hint: password.hint })
    }

    /// What whoever set the password wanted to be reminded of.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Proves the password, without telling it. It takes a tenth of a second, on a thread for that.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the account may be logged in. Call it again: it finds that out first. So does
    /// [`Client::me`], in the next program too.
    ///
    /// # Errors
    ///
    /// [`LoginError::PasswordInvalid`] (try another), [`LoginError::PasswordOutdated`], [`LoginError::PasswordAlgorithm`], [`LoginError::Srp`],
    /// [`LoginError::Flood`], [`LoginError::AlreadyLoggedIn`], and what calls fail with.
    pub async fn submit(&self, password: &str) -> Result<LoggedIn, LoginError> {
        // To its end nobody else asks: a question is answered once.
        let mut turn = match self.client.continue_login(self.login, self.dc).await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(found),
        };
        let mut left = ASKED;
        loop {
            left -= 1;
            match self.submit_once(&mut turn, password).await {
                // Another program has asked meanwhile, or the password was changed: there is another question now.
                Err(LoginError::PasswordOutdated) if left > 0 => {}
                other => return other,
            }
        }
    }

    async fn submit_once(
        &self,
        turn: &mut Turn<'_>,
        password: &str,
    ) -> Result<LoggedIn, LoginError> {
        let question = turn.ask(&GetPassword).await?.0.current_algo;
        let proof = match question {
            None => InputCheckPasswordSrp::InputCheckPasswordEmpty,
            Some(question) => {
                let srp_id = question.srp_id;
                let SrpProof { g_a, m1 } = self.prove(password, *question).await?;
                let (a, m1) = (g_a.to_vec().into(), m1.to_vec().into());
                types::InputCheckPasswordSrp { srp_id, a, m1 }.into()
            }
        };
        let (answer, origin) = turn.call(&CheckPassword { password: proof }).await?;
        turn.logged_in(answer, origin).await
    }

    /// Off the tasks that do I/O, with our own randomness: what the server offers as `secure_random` is not used.
    async fn prove(
        &self,
        password: &str,
        question: groups::account::PasswordCurrentAlgo,
    ) -> Result<SrpProof, LoginError> {
        let PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(
            algo,
        ) = question.current_algo
        else {
            return Err(LoginError::PasswordAlgorithm);
        };
        let password = Zeroizing::new(password.as_bytes().to_vec());
        let mut entropy = SeededEntropy::from_seed(self.client.inner.seed());
        let work = spawn_blocking(move || {
            let (salt1, salt2) = (algo.salt1.to_vec(), algo.salt2.to_vec());
            let params = SrpParams::new(salt1, salt2, algo.g, &algo.p, &mut entropy)?;
            params.prove(&password, &question.srp_b, &mut entropy)
        });
        // It does not panic; a runtime that shuts down ends it.
        Ok(work.await.unwrap_or(Err(SrpError::Unlucky))?)
    }
}

/// The hint may be all that one needs.
impl fmt::Debug for PasswordStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = if self.hint.is_some() { "with a hint" } else { "without a hint" };
        write!(f, "PasswordStep({}, {hint})", self.dc)
    }
}
