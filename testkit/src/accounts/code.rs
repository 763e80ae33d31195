//! Phone numbers and the codes that are sent to them.

use std::time::Duration;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::EmailVerification;
use telewire::tl::api::enums::auth as enums;
use telewire::tl::api::functions::auth::{CancelCode, ResendCode, SendCode, SignIn, SignUp};
use telewire::tl::api::types::DataJson;
use telewire::tl::api::types::auth as types;
use telewire::tl::api::types::help::TermsOfService;

use crate::accounts::email::Email;
use crate::accounts::login;
use crate::methods::Registry;
use crate::world::{Context, State, digits, invalid};

/// A code, on its way to a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCode {
    /// The digits of the phone number.
    pub phone: String,
    /// The code, as it is to be typed.
    pub code: String,
    /// How it is sent.
    pub kind: CodeKind,
}

/// How a code is sent: the kinds of [`auth.SentCodeType`](https://core.telegram.org/type/auth.SentCodeType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// To another device that is logged in.
    App,
    /// By SMS.
    Sms,
    /// A voice says it.
    Call,
    /// The number that calls is the code.
    FlashCall,
    /// The last digits of the number that calls.
    MissedCall,
    /// By email.
    Email,
    /// Through Fragment, for its anonymous numbers.
    Fragment,
    /// By SMS, after a proof by Firebase.
    Firebase,
    /// A word, by SMS.
    Word,
    /// A phrase, by SMS.
    Phrase,
    /// Not at all: an email address is to be set up first. The next kind follows that, or else a code by email.
    SetUpEmail,
}

/// A code that waits to be typed.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) hash: String,
    /// Empty if an email address is to be set up first.
    code: String,
    pub(super) kind: CodeKind,
    /// The address that is being set up.
    pub(super) email: Option<Email>,
    expires: Duration,
    /// The kinds that are left for a resend.
    pub(super) next: Vec<CodeKind>,
    /// Whether it was typed rightly for a number that nobody has: a sign-up may follow.
    is_proved: bool,
    pub(super) wrong: u32,
}

/// Codes that nobody takes.
const MAX_OUTGOING: usize = 1_024;

/// Codes at a time, more than any test sends. For another, the one that expires first goes.
pub(super) const MAX_CODES: usize = 1_024;

/// Wrong codes until another has to be sent.
pub(super) const MAX_WRONG: u32 = 5;

/// Digits of a phone number.
const PHONE_LENGTH: std::ops::RangeInclusive<usize> = 5..=15;

/// Seconds before a resend may be asked for.
const TIMEOUT: i32 = 60;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(send_code);
    registry.open_but_to_bots(resend_code);
    registry.open_but_to_bots(cancel_code);
    registry.open_but_to_bots(sign_in);
    registry.open_but_to_bots(sign_up);
}

/// `API_ID_INVALID` unless it looks like an application's.
pub(super) fn check_api(id: i32, hash: &str) -> Result<(), RpcError> {
    let is_hash = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if id > 0 && is_hash { Ok(()) } else { Err(invalid("API_ID_INVALID")) }
}

fn send_code(
    state: &mut State,
    context: &Context,
    request: &SendCode,
) -> Result<enums::SentCode, RpcError> {
    check_api(request.api_id, &request.api_hash)?;
    let phone = checked(&request.phone_number)?;
    if state.auth.banned.contains(&phone) {
        return Err(invalid("PHONE_NUMBER_BANNED"));
    }
    let home = state.user_by_phone(&phone).map(|user| user.home).or(state.auth.home_of_new);
    if let Some(home) = home.filter(|home| *home != context.dc()) {
        return Err(RpcError::parse(303, &format!("PHONE_MIGRATE_{}", home.number)));
    }
    let kinds = state.auth.kinds.clone();
    Ok(state.send(context.unix, phone, &kinds))
}

fn resend_code(
    state: &mut State,
    context: &Context,
    request: &ResendCode,
) -> Result<enums::SentCode, RpcError> {
    let phone = checked(&request.phone_number)?;
    let code = state.code(context, &phone, &request.phone_code_hash)?;
    if code.next.is_empty() || code.kind == CodeKind::SetUpEmail {
        return Err(RpcError::parse(406, "SEND_CODE_UNAVAILABLE"));
    }
    let next = std::mem::take(&mut code.next);
    Ok(state.send(context.unix, phone, &next))
}

fn cancel_code(
    state: &mut State,
    context: &Context,
    request: &CancelCode,
) -> Result<bool, RpcError> {
    let phone = checked(&request.phone_number)?;
    state.code(context, &phone, &request.phone_code_hash)?;
    state.auth.codes.remove(&phone);
    Ok(true)
}

fn sign_in(
    state: &mut State,
    context: &Context,
    request: &SignIn,
) -> Result<enums::Authorization, RpcError> {
    let phone = checked(&request.phone_number)?;
    let typed = match &request.email_verification {
        Some(EmailVerification::EmailVerificationCode(email)) => email.code.as_str(),
        _ => request.phone_code.as_deref().unwrap_or_default(),
    };
    if request.phone_code_hash.is_empty() || typed.is_empty() {
        return Err(invalid("PHONE_CODE_EMPTY"));
    }
    state.check_code(context, &phone, &request.phone_code_hash, typed)?;
    let Some(user) = state.user_by_phone(&phone).map(|user| user.id) else {
        if let Some(code) = state.auth.codes.get_mut(&phone) {
            code.is_proved = true;
        }
        let terms = Some(Box::new(terms_of_service()));
        let required = types::AuthorizationSignUpRequired { terms_of_service: terms };
        return Ok(required.into());
    };
    // A code is good for one login.
    state.auth.codes.remove(&phone);
    state.log_in(context.key, user)?;
    login::authorization(state, context.key, user)
}

/// What those who sign up are to accept.
pub(crate) fn terms_of_service() -> TermsOfService {
    TermsOfService {
        popup: false,
        id: DataJson { data: "{}".into() },
        text: "Be kind.".into(),
        entities: Vec::new(),
        min_age_confirm: None,
    }
}

fn sign_up(
    state: &mut State,
    context: &Context,
    request: &SignUp,
) -> Result<enums::Authorization, RpcError> {
    let phone = checked(&request.phone_number)?;
    if state.user_by_phone(&phone).is_some() {
        return Err(invalid("PHONE_NUMBER_OCCUPIED"));
    }
    let code = state.code(context, &phone, &request.phone_code_hash)?;
    if !code.is_proved {
        return Err(invalid("PHONE_CODE_INVALID"));
    }
    if request.first_name.trim().is_empty() {
        return Err(invalid("FIRSTNAME_INVALID"));
    }
    state.auth.codes.remove(&phone);
    let user = state.add_user(context.dc(), &phone, request.first_name.trim());
    if let Some(user) = state.people.user_mut(user) {
        user.last_name = Some(request.last_name.clone()).filter(|name| !name.is_empty());
        user.has_terms = true;
    }
    state.log_in(context.key, user)?;
    login::authorization(state, context.key, user)
}

pub(super) fn checked(phone: &str) -> Result<String, RpcError> {
    let phone = digits(phone);
    if PHONE_LENGTH.contains(&phone.len()) {
        Ok(phone)
    } else {
        Err(invalid("PHONE_NUMBER_INVALID"))
    }
}

impl Code {
    /// What is to be typed next, if something was sent.
    pub(super) fn shown(&self) -> Option<&str> {
        let code = self.email.as_ref().map_or(self.code.as_str(), Email::code);
        Some(code).filter(|code| !code.is_empty())
    }
}

impl State {
    /// The code of a number, if it is the one named and still valid.
    pub(super) fn code(
        &mut self,
        context: &Context,
        phone: &str,
        hash: &str,
    ) -> Result<&mut Code, RpcError> {
        if hash.is_empty() {
            return Err(invalid("PHONE_CODE_HASH_EMPTY"));
        }
        if self.auth.codes.get(phone).is_some_and(|code| context.unix >= code.expires) {
            self.auth.codes.remove(phone);
        }
        let code = self.auth.codes.get_mut(phone).filter(|code| code.hash == hash);
        code.ok_or_else(|| invalid("PHONE_CODE_EXPIRED"))
    }

    /// Whether a number's code was typed. After several wrong ones it is worth nothing.
    pub(super) fn check_code(
        &mut self,
        context: &Context,
        phone: &str,
        hash: &str,
        typed: &str,
    ) -> Result<(), RpcError> {
        let code = self.code(context, phone, hash)?;
        if code.code == typed {
            return Ok(());
        }
        code.wrong += 1;
        if code.wrong >= MAX_WRONG {
            self.auth.codes.remove(phone);
        }
        Err(invalid("PHONE_CODE_INVALID"))
    }

    /// Those that have expired, and one more if there is no room for another.
    fn forget_codes(&mut self, unix: Duration) {
        self.auth.codes.retain(|_, code| code.expires > unix);
        if self.auth.codes.len() < MAX_CODES {
            return;
        }
        let first = self.auth.codes.iter().min_by_key(|(_, code)| code.expires);
        if let Some(phone) = first.map(|(phone, _)| phone.clone()) {
            self.auth.codes.remove(&phone);
        }
    }

    pub(super) fn send(
        &mut self,
        unix: Duration,
        phone: String,
        kinds: &[CodeKind],
    ) -> enums::SentCode {
        let (kind, next) = match kinds {
            [kind, next @ ..] => (*kind, next.to_vec()),
            [] => (CodeKind::Sms, Vec::new()),
        };
        let number = u32::from_le_bytes(self.random()) % 100_000;
        let code = match kind {
            CodeKind::SetUpEmail => String::new(),
            CodeKind::Word => format!("word{number}"),
            CodeKind::Phrase => format!("the phrase {number}"),
            _ => format!("{number:05}"),
        };
        let hash = format!("{:016x}", u64::from_le_bytes(self.random()));
        let sent = types::SentCode {
            r#type: kind.to_tl(),
            phone_code_hash: hash.clone(),
            next_type: next.first().and_then(|kind| kind.to_next()),
            timeout: (!next.is_empty()).then_some(TIMEOUT),
        };
        let expires = unix.saturating_add(self.auth.code_lifetime);
        if kind != CodeKind::SetUpEmail {
            self.announce(&phone, &code, kind);
        }
        let kept =
            Code { hash, code, kind, email: None, expires, next, is_proved: false, wrong: 0 };
        self.forget_codes(unix);
        self.auth.codes.insert(phone, kept);
        sent.into()
    }

    /// Hands a code to whoever takes them.
    pub(super) fn announce(&mut self, phone: &str, code: &str, kind: CodeKind) {
        if self.auth.outgoing.len() == MAX_OUTGOING {
            self.auth.outgoing.pop_front();
        }
        let (phone, code) = (phone.to_owned(), code.to_owned());
        self.auth.outgoing.push_back(SentCode { phone, code, kind });
    }
}

impl CodeKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::App,
        Self::Sms,
        Self::Call,
        Self::FlashCall,
        Self::MissedCall,
        Self::Email,
        Self::Fragment,
        Self::Firebase,
        Self::Word,
        Self::Phrase,
        Self::SetUpEmail,
    ];

    fn to_tl(self) -> enums::SentCodeType {
        const LENGTH: i32 = 5;
        match self {
            Self::App => types::SentCodeTypeApp { length: LENGTH }.into(),
            Self::Sms => types::SentCodeTypeSms { length: LENGTH }.into(),
            Self::Call => types::SentCodeTypeCall { length: LENGTH }.into(),
            Self::FlashCall => types::SentCodeTypeFlashCall { pattern: "*".into() }.into(),
            Self::MissedCall => {
                types::SentCodeTypeMissedCall { prefix: "99".into(), length: LENGTH }.into()
            }
            Self::Email => types::SentCodeTypeEmailCode {
                apple_signin_allowed: false,
                google_signin_allowed: false,
                email_pattern: "a*@example.com".into(),
                length: LENGTH,
                reset_available_period: None,
                reset_pending_date: None,
            }
            .into(),
            Self::Fragment => types::SentCodeTypeFragmentSms {
                url: "https://fragment.com/login".into(),
                length: LENGTH,
            }
            .into(),
            Self::Firebase => types::SentCodeTypeFirebaseSms {
                nonce: None,
                play_integrity_project_id: None,
                receipt: None,
                length: LENGTH,
            }
            .into(),
            Self::Word => types::SentCodeTypeSmsWord { beginning: None }.into(),
            Self::Phrase => types::SentCodeTypeSmsPhrase { beginning: Some("the".into()) }.into(),
            Self::SetUpEmail => types::SentCodeTypeSetUpEmailRequired {
                apple_signin_allowed: false,
                google_signin_allowed: false,
            }
            .into(),
        }
    }

    /// What is announced for a resend; nothing for kinds that cannot be told there.
    fn to_next(self) -> Option<enums::CodeType> {
        match self {
            Self::Sms => Some(enums::CodeType::CodeTypeSms),
            Self::Call => Some(enums::CodeType::CodeTypeCall),
            Self::FlashCall => Some(enums::CodeType::CodeTypeFlashCall),
            Self::MissedCall => Some(enums::CodeType::CodeTypeMissedCall),
            Self::Fragment => Some(enums::CodeType::CodeTypeFragmentSms),
            _ => None,
        }
    }
}
