//! An email address, where [the server wants one](https://core.telegram.org/api/auth#email-verification) before it sends codes.

use crate::client::login::turn::Begun;
use crate::client::login::{CodeLogin, LoginError};
use crate::tl::api::enums::account::EmailVerified;
use crate::tl::api::enums::auth::SentCodeType;
use crate::tl::api::enums::{EmailVerification, EmailVerifyPurpose};
use crate::tl::api::functions::account::{SendVerifyEmailCode, VerifyEmail};
use crate::tl::api::types::account::SentEmailCode;
use crate::tl::api::types::{EmailVerificationCode, EmailVerifyPurposeLoginSetup};

/// A code was sent to an email address, and is to be typed to show that it is one's own.
#[derive(Debug, Clone)]
pub struct EmailStep {
    login: CodeLogin,
    sent: SentEmailCode,
}

impl CodeLogin {
    /// Whether the server has sent no code, but wants an email address first: [`set_up_email`](Self::set_up_email).
    #[must_use]
    pub fn is_email_required(&self) -> bool {
        matches!(self.kind(), Some(SentCodeType::SentCodeTypeSetUpEmailRequired(_)))
    }

    /// Names the email address that codes of this account will be sent to, and has a first one sent there.
    ///
    /// # Errors
    ///
    /// [`LoginError::EmailInvalid`], [`LoginError::EmailNotAllowed`], [`LoginError::CodeExpired`] (also if the server wants no
    /// address), [`LoginError::Flood`], [`LoginError::AlreadyLoggedIn`], and what calls fail with.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, a code may have been sent. Call it again: another one takes its place.
    pub async fn set_up_email(&self, address: &str) -> Result<EmailStep, LoginError> {
        let email = address.trim().to_owned();
        let request = SendVerifyEmailCode { purpose: self.set_up()?, email };
        let turn = match self.turn().await? {
            Begun::Turn(turn) => turn,
            Begun::Found(_) => return Err(LoginError::AlreadyLoggedIn),
        };
        let (sent, _) = turn.ask(&request).await?;
        Ok(EmailStep { login: self.clone(), sent })
    }

    fn set_up(&self) -> Result<EmailVerifyPurpose, LoginError> {
        let (phone_number, phone_code_hash) = (self.phone.clone(), self.hash()?.to_owned());
        Ok(EmailVerifyPurposeLoginSetup { phone_number, phone_code_hash }.into())
    }
}

impl EmailStep {
    /// The address, most of it as asterisks.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.sent.email_pattern
    }

    /// How many characters the code has.
    #[must_use]
    pub fn length(&self) -> i32 {
        self.sent.length
    }

    /// Shows that the address is one's own; the login goes on with the code that the server sends then.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the address may be set up and its code used: begin the login anew if
    /// [`LoginError::CodeExpired`] is the answer to another call of it.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeEmpty`], [`LoginError::CodeInvalid`] (try another), [`LoginError::CodeExpired`],
    /// [`LoginError::EmailNotAllowed`], [`LoginError::Restart`] if the server sends no code then, [`LoginError::Flood`],
    /// [`LoginError::AlreadyLoggedIn`], and what calls fail with.
    pub async fn submit(&self, code: &str) -> Result<CodeLogin, LoginError> {
        let code = code.trim().to_owned();
        if code.is_empty() {
            return Err(LoginError::CodeEmpty);
        }
        let verification = EmailVerification::EmailVerificationCode(EmailVerificationCode { code });
        let request = VerifyEmail { purpose: self.login.set_up()?, verification };
        let mut turn = match self.login.turn().await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(self.login.ended(found)),
        };
        match turn.call(&request).await? {
            (EmailVerified::EmailVerifiedLogin(verified), origin) => {
                self.login.next(&mut turn, verified.sent_code, origin).await
            }
            // The address is set up, and there is no code: another can be asked for.
            (EmailVerified::EmailVerified(_), _) => Err(LoginError::Restart),
        }
    }
}
