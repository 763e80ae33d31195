//! The set-up of an email address [in the course of a login](https://core.telegram.org/api/auth#email-verification).
//!
//! ```text
//!  auth.sendCode ──> set up an email first ── account.sendVerifyEmailCode ── account.verifyEmail ──> the next kind of code
//! ```

use telewire::rpc::RpcError;
use telewire::tl::api::enums::account::EmailVerified;
use telewire::tl::api::enums::{EmailVerification, EmailVerifyPurpose};
use telewire::tl::api::functions::account::{SendVerifyEmailCode, VerifyEmail};
use telewire::tl::api::types::account::{EmailVerifiedLogin, SentEmailCode};

use crate::accounts::code::{Code, CodeKind, MAX_WRONG, checked};
use crate::methods::Registry;
use crate::world::{Context, State, invalid};

/// An address, and the code that was sent to it.
#[derive(Clone)]
pub(super) struct Email {
    address: String,
    code: String,
}

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(send);
    registry.open_but_to_bots(verify);
}

fn send(
    state: &mut State,
    context: &Context,
    request: &SendVerifyEmailCode,
) -> Result<SentEmailCode, RpcError> {
    let (phone, _) = state.set_up(context, &request.purpose, "PHONE_HASH_EXPIRED")?;
    let pattern = pattern(&request.email).ok_or_else(|| invalid("EMAIL_INVALID"))?;
    let code = format!("{:06}", u32::from_le_bytes(state.random()) % 1_000_000);
    let length = i32::try_from(code.len()).unwrap_or(0);
    state.announce(&phone, &code, CodeKind::Email);
    if let Some(kept) = state.auth.codes.get_mut(&phone) {
        kept.email = Some(Email { address: request.email.clone(), code });
    }
    Ok(SentEmailCode { email_pattern: pattern, length })
}

fn verify(
    state: &mut State,
    context: &Context,
    request: &VerifyEmail,
) -> Result<EmailVerified, RpcError> {
    let (phone, code) = state.set_up(context, &request.purpose, "EMAIL_VERIFY_EXPIRED")?;
    let EmailVerification::EmailVerificationCode(typed) = &request.verification else {
        return Err(invalid("EMAIL_NOT_ALLOWED"));
    };
    if typed.code.is_empty() {
        return Err(invalid("CODE_EMPTY"));
    }
    let email = code.email.as_ref().ok_or_else(|| invalid("EMAIL_VERIFY_EXPIRED"))?;
    if email.code != typed.code {
        code.wrong += 1;
        if code.wrong >= MAX_WRONG {
            state.auth.codes.remove(&phone);
        }
        return Err(invalid("CODE_INVALID"));
    }
    let email = email.address.clone();
    let mut next = std::mem::take(&mut code.next);
    if next.is_empty() {
        next.push(CodeKind::Email);
    }
    let sent_code = state.send(context.unix, phone, &next);
    Ok(EmailVerifiedLogin { email, sent_code }.into())
}

impl Email {
    pub(super) fn code(&self) -> &str {
        &self.code
    }
}

impl State {
    /// The number whose login waits for an email address, and what is known of that login.
    fn set_up(
        &mut self,
        context: &Context,
        purpose: &EmailVerifyPurpose,
        expired: &str,
    ) -> Result<(String, &mut Code), RpcError> {
        let EmailVerifyPurpose::EmailVerifyPurposeLoginSetup(setup) = purpose else {
            // Nobody's address is changed here.
            return Err(invalid("EMAIL_NOT_SETUP"));
        };
        let phone = checked(&setup.phone_number)?;
        if setup.phone_code_hash.is_empty() {
            return Err(invalid("PHONE_CODE_EMPTY"));
        }
        let code = self.code(context, &phone, &setup.phone_code_hash).ok();
        let code = code.filter(|code| code.kind == CodeKind::SetUpEmail);
        Ok((phone, code.ok_or_else(|| invalid(expired))?))
    }
}

/// What is shown of an address; nothing of what is none.
fn pattern(email: &str) -> Option<String> {
    let (name, domain) = email.split_once('@')?;
    let is_address = domain.contains('.') && !email.contains(char::is_whitespace);
    let first = name.chars().next().filter(|_| is_address)?;
    Some(format!("{first}***@{domain}"))
}
