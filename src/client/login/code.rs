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
    client: Client,
    phone: String,
    sent: types::auth::SentCode,
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
    async fn new(client: &Client, phone: &str, sent: SentCode) -> Result<Self, LoginError> {
        match sent {
            SentCode::SentCode(sent) => {
                Ok(Self { client: client.clone(), phone: phone.to_owned(), sent: *sent })
            }
            SentCode::PaymentRequired(_) => Err(LoginError::PaymentRequired),
            // Only for those who send a token of an earlier login, which is not done here.
            SentCode::Success(success) => {
                client.logged_in(success.authorization).await?;
                Err(LoginError::Restart)
            }
        }
    }

    /// How the code was sent, and what it looks like.
    #[must_use]
    pub fn kind(&self) -> &SentCodeType {
        &self.sent.r#type
    }

    /// How it would be sent by [`resend`](Self::resend), if there is another way.
    #[must_use]
    pub fn next_kind(&self) -> Option<&CodeType> {
        self.sent.next_type.as_ref()
    }

    /// The seconds after which it may be sent in another way.
    #[must_use]
    pub fn resend_after(&self) -> Option<i32> {
        self.sent.timeout
    }

    /// Logs in with the code.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeEmpty`], [`LoginError::CodeInvalid`] (try another), [`LoginError::CodeExpired`],
    /// [`LoginError::EmailRequired`], and what calls fail with.
    pub async fn submit(&self, code: &str) -> Result<Step, LoginError> {
        let code = code.trim();
        if code.is_empty() {
            return Err(LoginError::CodeEmpty);
        }
        let mut request = SignIn::new(self.phone.clone(), self.sent.phone_code_hash.clone());
        match &self.sent.r#type {
            SentCodeType::SetUpEmailRequired(_) => return Err(LoginError::EmailRequired),
            SentCodeType::EmailCode(_) => {
                let code = EmailVerificationCode { code: code.to_owned() };
                request.email_verification = Some(EmailVerification::Code(code));
            }
            _ => request.phone_code = Some(code.to_owned()),
        }
        match self.client.invoke(&request).await {
            Ok(Authorization::SignUpRequired(required)) => {
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
        let request = ResendCode::new(self.phone.clone(), self.sent.phone_code_hash.clone());
        let sent = self.client.invoke(&request).await?;
        Self::new(&self.client, &self.phone, sent).await
    }

    /// Makes the code invalid.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeExpired`] when it is not valid anyway, and what calls fail with.
    pub async fn cancel(self) -> Result<(), LoginError> {
        let phone_code_hash = self.sent.phone_code_hash;
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
        let CodeLogin { client, phone, sent } = &self.login;
        let request = SignUp::new(
            phone.clone(),
            sent.phone_code_hash.clone(),
            first_name.to_owned(),
            last_name.to_owned(),
        );
        client.logged_in(client.invoke(&request).await?).await
    }
}
