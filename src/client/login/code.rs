//! Login by a code that is sent to a phone.

use std::fmt;

use crate::client::core::Client;
use crate::client::keeper::Origin;
use crate::client::login::secret::Masked;
use crate::client::login::turn::{Begun, LoginId, Turn};
use crate::client::login::{LoggedIn, LoginError, Step};
use crate::ids::DcId;
use crate::tl::api::enums::EmailVerification;
use crate::tl::api::enums::auth::{Authorization, CodeType, SentCode, SentCodeType};
use crate::tl::api::functions::auth::{
    CancelCode, ReportMissingCode, ResendCode, ResetLoginEmail, SendCode, SignIn, SignUp,
};
use crate::tl::api::types::help::TermsOfService;
use crate::tl::api::types::{self, CodeSettings, EmailVerificationCode};
use crate::tl::{Bytes, Function};

/// A code was sent, and is to be typed.
#[derive(Clone)]
pub struct CodeLogin {
    pub(super) client: Client,
    pub(super) phone: String,
    login: LoginId,
    /// Where the login is under way.
    dc: DcId,
    sent: Sent,
}

/// What became of the wish for a code.
#[derive(Clone)]
enum Sent {
    Code(Box<types::auth::SentCode>),
    /// None was needed.
    Done(Box<LoggedIn>),
}

impl Client {
    /// Has a code sent to a phone number, and goes to the data centre where its account lives.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, a code may have been sent. Call it again: another one takes its place.
    ///
    /// # Errors
    ///
    /// [`LoginError::AlreadyLoggedIn`], [`LoginError::PhoneInvalid`], [`LoginError::PhoneBanned`], [`LoginError::PhoneFlood`],
    /// [`LoginError::PasswordFlood`], [`LoginError::Flood`], [`LoginError::ApiInvalid`], [`LoginError::UpdateApp`],
    /// [`LoginError::PaymentRequired`], and what calls fail with.
    pub async fn send_code(&self, phone: &str) -> Result<CodeLogin, LoginError> {
        let login = self.inner.logins.id();
        let mut turn = match self.begin_login(login).await? {
            Begun::Turn(turn) => turn,
            Begun::Found(_) => return Err(LoginError::AlreadyLoggedIn),
        };
        match self.send_code_once(&mut turn, phone).await {
            // The server forgot what it knew of an attempt before.
            Err(LoginError::Restart) => self.send_code_once(&mut turn, phone).await,
            other => other,
        }
    }

    async fn send_code_once(
        &self,
        turn: &mut Turn<'_>,
        phone: &str,
    ) -> Result<CodeLogin, LoginError> {
        let settings = &self.inner.settings;
        let tokens: Vec<Bytes> =
            self.inner.logins.tokens().iter().map(|token| token.as_bytes().into()).collect();
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
                logout_tokens: (!tokens.is_empty()).then_some(tokens),
                token: None,
            },
        };
        let (sent, origin) = turn.call(&request).await?;
        CodeLogin::new(self, turn, phone, sent, origin).await
    }
}

impl CodeLogin {
    async fn new(
        client: &Client,
        turn: &mut Turn<'_>,
        phone: &str,
        sent: SentCode,
        origin: Origin,
    ) -> Result<Self, LoginError> {
        let sent = match sent {
            SentCode::SentCode(sent) => Sent::Code(sent),
            SentCode::SentCodePaymentRequired(_) => return Err(LoginError::PaymentRequired),
            SentCode::SentCodeSuccess(success) => {
                Sent::Done(Box::new(turn.logged_in(success.authorization, origin).await?))
            }
        };
        let (login, phone) = (turn.login(), phone.to_owned());
        Ok(Self { client: client.clone(), phone, login, dc: origin.dc, sent })
    }

    /// The login as it goes on with another code.
    pub(super) async fn next(
        &self,
        turn: &mut Turn<'_>,
        sent: SentCode,
        origin: Origin,
    ) -> Result<Self, LoginError> {
        Self::new(&self.client, turn, &self.phone, sent, origin).await
    }

    /// The login as it has ended.
    pub(super) fn ended(&self, done: LoggedIn) -> Self {
        Self { sent: Sent::Done(Box::new(done)), ..self.clone() }
    }

    pub(super) async fn turn(&self) -> Result<Begun<'_>, LoginError> {
        match self.client.continue_login(self.login, self.dc).await {
            // Its own code, which was good for one login.
            Err(LoginError::AlreadyLoggedIn) if self.client.inner.logins.is_done(self.login) => {
                Err(LoginError::CodeExpired)
            }
            other => other,
        }
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
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the code may have been used, and the account be logged in. Call it again: it finds
    /// that out first. So does [`Client::me`], in the next program too. If a password is to be asked for, or nobody has the number,
    /// another call of it may find the code used: [`LoginError::CodeExpired`].
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeEmpty`], [`LoginError::CodeInvalid`] (try another), [`LoginError::CodeExpired`],
    /// [`LoginError::EmailRequired`], [`LoginError::Flood`], [`LoginError::SignInFailed`], [`LoginError::UpdateApp`],
    /// [`LoginError::AlreadyLoggedIn`], and what calls fail with.
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
        let mut turn = match self.turn().await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(Step::Done(found)),
        };
        match turn.call(&request).await {
            Ok((Authorization::AuthorizationSignUpRequired(required), _)) => {
                let terms = required.terms_of_service;
                Ok(Step::SignUp(SignUpStep { login: self.clone(), terms }))
            }
            Ok((answer, origin)) => Ok(Step::Done(turn.logged_in(answer, origin).await?)),
            Err(error) => Ok(Step::Password(turn.after_error(error).await?)),
        }
    }

    /// Has another code sent, in the next way. The one before is not valid any more.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the other code may have been sent, and the one before is not valid then: begin the
    /// login anew if [`LoginError::CodeExpired`] is the answer to another call of it.
    ///
    /// # Errors
    ///
    /// [`LoginError::NoOtherWay`], [`LoginError::CodeExpired`], [`LoginError::Flood`], [`LoginError::AlreadyLoggedIn`], and what
    /// calls fail with.
    pub async fn resend(&self) -> Result<Self, LoginError> {
        let request = ResendCode::new(self.phone.clone(), self.hash()?.to_owned());
        self.another(&request).await
    }

    /// Has the email address taken away that codes are sent to, for who cannot read there any more; the login goes on with a code that
    /// is sent in another way. It may take days: [`kind`](Self::kind) says after how many seconds
    /// (`reset_available_period`), or until when it is under way (`reset_pending_date`).
    ///
    /// Source: <https://core.telegram.org/method/auth.resetLoginEmail>.
    ///
    /// # Cancel safety
    ///
    /// As of [`resend`](Self::resend).
    ///
    /// # Errors
    ///
    /// [`LoginError::EmailResetPending`], [`LoginError::CodeExpired`], [`LoginError::Flood`], [`LoginError::AlreadyLoggedIn`],
    /// and what calls fail with.
    pub async fn reset_email(&self) -> Result<Self, LoginError> {
        let phone_code_hash = self.hash()?.to_owned();
        let request = ResetLoginEmail { phone_number: self.phone.clone(), phone_code_hash };
        self.another(&request).await
    }

    async fn another<F: Function<Return = SentCode> + Sync>(
        &self,
        request: &F,
    ) -> Result<Self, LoginError> {
        let mut turn = match self.turn().await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(self.ended(found)),
        };
        let (sent, origin) = turn.call(request).await?;
        self.next(&mut turn, sent, origin).await
    }

    /// Tells the server that the code did not come. `network` is the number of the mobile network (MNC) that the phone is in.
    ///
    /// Source: <https://core.telegram.org/method/auth.reportMissingCode>.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the server may have been told.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeExpired`], [`LoginError::Flood`], [`LoginError::AlreadyLoggedIn`], and what calls fail with.
    pub async fn report_missing(&self, network: &str) -> Result<(), LoginError> {
        let request = ReportMissingCode {
            phone_number: self.phone.clone(),
            phone_code_hash: self.hash()?.to_owned(),
            mnc: network.to_owned(),
        };
        self.tell(&request).await
    }

    /// Makes the code invalid.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the code may be invalid.
    ///
    /// # Errors
    ///
    /// [`LoginError::CodeExpired`] when it is not valid anyway, [`LoginError::AlreadyLoggedIn`], and what calls fail with.
    pub async fn cancel(self) -> Result<(), LoginError> {
        let phone_code_hash = self.hash()?.to_owned();
        self.tell(&CancelCode { phone_number: self.phone.clone(), phone_code_hash }).await
    }

    async fn tell<F: Function<Return = bool> + Sync>(&self, request: &F) -> Result<(), LoginError> {
        match self.turn().await? {
            Begun::Turn(turn) => turn.ask(request).await?,
            Begun::Found(_) => return Err(LoginError::AlreadyLoggedIn),
        };
        Ok(())
    }
}

/// The number is masked, and what the server names the code by is not shown.
impl fmt::Debug for CodeLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = match &self.sent {
            Sent::Code(_) => "a code was sent",
            Sent::Done(_) => "logged in",
        };
        write!(f, "CodeLogin({}, {:?}, {sent})", self.dc, Masked(&self.phone))
    }
}

/// Nobody has the phone number.
#[derive(Debug, Clone)]
pub struct SignUpStep {
    login: CodeLogin,
    terms: Option<Box<TermsOfService>>,
}

impl SignUpStep {
    /// What the server wants to be agreed to.
    #[must_use]
    pub fn terms_of_service(&self) -> Option<&str> {
        self.terms.as_ref().map(|terms| terms.text.as_str())
    }

    /// All of it: the text with its entities, and whether it is to be shown in front of everything else.
    #[must_use]
    pub fn terms(&self) -> Option<&TermsOfService> {
        self.terms.as_deref()
    }

    /// The age that whoever signs up has to confirm to have, if the server wants that.
    #[must_use]
    pub fn min_age_confirm(&self) -> Option<i32> {
        self.terms.as_ref()?.min_age_confirm
    }

    /// Makes an account. Whoever calls this agrees to the terms of service, and confirms the age.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, the account may have been made, and be logged in. Call it again: it finds that out
    /// first. So does [`Client::me`], in the next program too.
    ///
    /// # Errors
    ///
    /// [`LoginError::FirstNameInvalid`], [`LoginError::LastNameInvalid`], [`LoginError::PhoneOccupied`],
    /// [`LoginError::PhoneFlood`], [`LoginError::CodeExpired`], [`LoginError::Flood`], [`LoginError::AlreadyLoggedIn`], and
    /// what calls fail with.
    pub async fn submit(&self, first_name: &str, last_name: &str) -> Result<LoggedIn, LoginError> {
        let request = SignUp::new(
            self.login.phone.clone(),
            self.login.hash()?.to_owned(),
            first_name.to_owned(),
            last_name.to_owned(),
        );
        let mut turn = match self.login.turn().await? {
            Begun::Turn(turn) => turn,
            Begun::Found(found) => return Ok(found),
        };
        let (answer, origin) = turn.call(&request).await?;
        turn.logged_in(answer, origin).await
    }
}
