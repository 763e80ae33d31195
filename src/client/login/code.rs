//! Login by a code that is sent to a phone.

use crate::client::core::Client;
use crate::client::login::{LoggedIn, LoginError, Step};
use crate::tl::api::enums::EmailVerification;
use crate::tl::api::enums::auth::{Authorization, CodeType, SentCode, SentCodeType};
use crate::tl::api::functions::auth::{CancelCode, ResendCode, SendCode, SignIn, SignUp};
use crate::tl::api::types::{self, CodeSettings, EmailVerificationCode};

/// A code was sent, and is to be typed.
#[derive(Debug, Clone)]
pub struct CodeLogin {
    pub(super) client: Client,
    pub(super) phone: String,
    sent: Sent,
}

/// What became of the wish for a code.
#[derive(Debug, Clone)]
enum Sent {
    Code(Box<types::auth::SentCode>),
    /// None was needed.
    Done(Box<LoggedIn>),
}

impl Client {
    /// Has a code sent to a phone number, and goes to the data centre where its account lives.
    ///
    /// # Errors
    ///
    /// [`LoginError::PhoneInvalid`], [`LoginError::PhoneBanned`], [`LoginError::ApiInvalid`],
    /// [`LoginError::PaymentRequired`], and what calls fail with.
    pub async fn send_code(&self, phone: &str) -> Result<CodeLogin, LoginError> {
        self.prepare_login().await?;
        match self.send_code_once(phone).await {
            // The server forgot what it knew of an attempt before.
            Err(LoginError::Restart) => self.send_code_once(phone).await,
            other => other,
        }
    }

    async fn send_code_once(&self, phone: &str) -> Result<CodeLogin, LoginError> {
        let settings = &self.inner.settings;
        let request = SendCode {
            phone_number: phone.to_owned(),
            api_id: settings.api_id,
            api_hash: settings.api_hash.clone(),
            settings: CodeSettings {
                allow_flashcall: false,
                current_number: false,
                allow_app_hash: false,
                allow_missed_call: false,
                allow_firebase: false,
                unknown_number: false,
                logout_tokens: None,
                token: None,
            },
        };
        let sent = self.invoke(&request).await?;
        CodeLogin::new(self, phone, sent).await
    }
}

impl CodeLogin {
    pub(super) async fn new(
        client: &Client,
        phone: &str,
        sent: SentCode,
    ) -> Result<Self, LoginError> {
        let sent = match sent {
            SentCode::SentCode(sent) => Sent::Code(sent),
            SentCode::SentCodePaymentRequired(_) => return Err(LoginError::PaymentRequired),
            SentCode::SentCodeSuccess(success) => {
                Sent::Done(Box::new(client.logged_in(success.authorization).await?))
            }
        };
        Ok(Self { client: client.clone(), phone: phone.to_owned(), sent })
    }

    /// How the code was sent, and what it looks like. `None` if the server wanted none, and somebody
    /// [is logged in](Self::done).
    #[must_use]
    pub fn kind(&self) -> Option<&SentCodeType> {
        self.code().map(|sent| &sent.r#type)
    }

    /// Who is logged in, if the server wanted no code (`auth.sentCodeSuccess`). Then [`submit`](Self::submit) gives the same,
    /// whatever is typed.
    #[must_use]
    pub fn done(&self) -> Option<&LoggedIn> {
        match &self.sent {
            Sent::Code(_) => None,
            Sent::Done(done) => Some(done),
        }
    }

    fn code(&self) -> Option<&types::auth::SentCode> {
        match &self.sent {
            Sent::Code(sent) => Some(sent),
            Sent::Done(_) => None,
        }
    }

    /// What the server names this code by.
    pub(super) fn hash(&self) -> Result<&str, LoginError> {
        self.code().map(|sent| sent.phone_code_hash.as_str()).ok_or(LoginError::CodeExpired)
    }

    /// How it would be sent by [`resend`](Self::resend), if there is another way.
    #[must_use]
    pub fn next_kind(&self) -> Option<&CodeType> {
        self.code()?.next_type.as_ref()
    }

    /// The seconds after which it may be sent in another way.
    #[must_use]
    pub fn resend_after(&self) -> Option<i32> {
        self.code()?.timeout
    }

    /// Logs in with the code.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeEmpty`], [`LoginError::CodeInvalid`] (try another), [`LoginError::CodeExpired`],
    /// [`LoginError::EmailRequired`], and what calls fail with.
    pub async fn submit(&self, code: &str) -> Result<Step, LoginError> {
        let sent = match &self.sent {
            Sent::Code(sent) => sent,
            Sent::Done(done) => return Ok(Step::Done((**done).clone())),
        };
        let code = code.trim();
        if code.is_empty() {
            return Err(LoginError::CodeEmpty);
        }
        let mut request = SignIn::new(self.phone.clone(), sent.phone_code_hash.clone());
        match &sent.r#type {
            SentCodeType::SentCodeTypeSetUpEmailRequired(_) => {
                return Err(LoginError::EmailRequired);
            }
            SentCodeType::SentCodeTypeEmailCode(_) => {
                let code = EmailVerificationCode { code: code.to_owned() };
                request.email_verification = Some(EmailVerification::EmailVerificationCode(code));
            }
            _ => request.phone_code = Some(code.to_owned()),
        }
        match self.client.invoke(&request).await {
            Ok(Authorization::AuthorizationSignUpRequired(required)) => {
                let terms = required.terms_of_service.map(|terms| terms.text);
                Ok(Step::SignUp(SignUpStep { login: self.clone(), terms }))
            }
            Ok(answer) => Ok(Step::Done(self.client.logged_in(answer).await?)),
            Err(error) => Ok(Step::Password(self.client.after_error(error).await?)),
        }
    }

    /// Has another code sent, in the next way. The one before is not valid any more.
    ///
    /// # Errors
    ///
    /// [`LoginError::NoOtherWay`], [`LoginError::CodeExpired`], and what calls fail with.
    pub async fn resend(&self) -> Result<Self, LoginError> {
        let request = ResendCode::new(self.phone.clone(), self.hash()?.to_owned());
        let sent = self.client.invoke(&request).await?;
        Self::new(&self.client, &self.phone, sent).await
    }

    /// Makes the code invalid.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeExpired`] when it is not valid anyway, and what calls fail with.
    pub async fn cancel(self) -> Result<(), LoginError> {
        let phone_code_hash = self.hash()?.to_owned();
        let request = CancelCode { phone_number: self.phone, phone_code_hash };
        self.client.invoke(&request).await?;
        Ok(())
    }
}

/// Nobody has the phone number.
#[derive(Debug, Clone)]
pub struct SignUpStep {
    login: CodeLogin,
    terms: Option<String>,
}

impl SignUpStep {
    /// What the server wants to be agreed to.
    #[must_use]
    pub fn terms_of_service(&self) -> Option<&str> {
        self.terms.as_deref()
    }

    /// Makes an account. Whoever calls this agrees to the terms of service.
    ///
    /// # Errors
    ///
    /// [`LoginError::FirstNameInvalid`], [`LoginError::CodeExpired`], and what calls fail with.
    pub async fn submit(&self, first_name: &str, last_name: &str) -> Result<LoggedIn, LoginError> {
        let CodeLogin { client, phone, .. } = &self.login;
        let request = SignUp::new(
            phone.clone(),
            self.login.hash()?.to_owned(),
            first_name.to_owned(),
            last_name.to_owned(),
        );
        client.logged_in(client.invoke(&request).await?).await
    }
}
