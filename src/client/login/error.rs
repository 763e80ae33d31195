//! Why a step of a login failed.

use crate::client::error::Error;
use crate::crypto::srp::SrpError;
use crate::rpc::known;

/// Why a step of a login failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// `PHONE_NUMBER_INVALID`.
    #[error("this is no phone number; write it with its country's code")]
    PhoneInvalid,
    /// `PHONE_NUMBER_BANNED`.
    #[error("this phone number is banned")]
    PhoneBanned,
    /// `API_ID_INVALID`: the credentials are none of an application's.
    #[error("api_id and api_hash are not those of an application; see my.telegram.org")]
    ApiInvalid,
    /// `PHONE_CODE_EMPTY` or, of an email's code, `CODE_EMPTY`.
    #[error("the code is empty")]
    CodeEmpty,
    /// `PHONE_CODE_INVALID` or, of an email's code, `CODE_INVALID`: another may be tried.
    #[error("the code is wrong")]
    CodeInvalid,
    /// `PHONE_CODE_EXPIRED`, `PHONE_HASH_EXPIRED` or `EMAIL_VERIFY_EXPIRED`: it is too late, or the code was used or cancelled.
    /// Another has to be sent.
    #[error("the code has expired; have another one sent")]
    CodeExpired,
    /// `SEND_CODE_UNAVAILABLE`: there is no other way to send a code.
    #[error("the code cannot be sent in another way")]
    NoOtherWay,
    /// The server wants an email address first:
    /// [`CodeLogin::set_up_email`](crate::client::CodeLogin::set_up_email).
    #[error("the server wants an email address first; set one up")]
    EmailRequired,
    /// `EMAIL_INVALID`.
    #[error("this is no email address")]
    EmailInvalid,
    /// `EMAIL_NOT_ALLOWED`: it may belong to another account, or to a service that is not accepted.
    #[error("this email address is not accepted; take another")]
    EmailNotAllowed,
    /// The server wants to be paid for sending a code to this number.
    #[error("the server wants to be paid for sending a code to this number")]
    PaymentRequired,
    /// Nobody has the account that is logged in to.
    #[error("nobody has this account yet; sign up first")]
    SignUpRequired,
    /// `FIRSTNAME_INVALID`.
    #[error("this is no first name")]
    FirstNameInvalid,
    /// `PASSWORD_HASH_INVALID`: another may be tried.
    #[error("the password is wrong")]
    PasswordInvalid,
    /// The password is kept by an algorithm that is not known here.
    #[error("the password's algorithm is not known; update this program")]
    PasswordAlgorithm,
    /// What the server says of the password is not safe to answer.
    #[error(transparent)]
    Srp(#[from] SrpError),
    /// `ACCESS_TOKEN_INVALID` or `ACCESS_TOKEN_EXPIRED`.
    #[error("the bot's token is wrong or was replaced")]
    TokenInvalid,
    /// `AUTH_RESTART`: the server asks to begin the login anew.
    #[error("the server asks to begin the login anew")]
    Restart,
    /// Anything else.
    #[error(transparent)]
    Client(Error),
}

impl From<Error> for LoginError {
    fn from(error: Error) -> Self {
        let Some(rpc) = error.rpc() else { return Self::Client(error) };
        match rpc.name.as_str() {
            known::PHONE_NUMBER_INVALID => Self::PhoneInvalid,
            known::PHONE_NUMBER_BANNED => Self::PhoneBanned,
            known::API_ID_INVALID => Self::ApiInvalid,
            known::PHONE_CODE_EMPTY | known::PHONE_CODE_HASH_EMPTY | known::CODE_EMPTY => {
                Self::CodeEmpty
            }
            known::PHONE_CODE_INVALID | known::CODE_INVALID => Self::CodeInvalid,
            known::PHONE_CODE_EXPIRED | known::PHONE_HASH_EXPIRED | known::EMAIL_VERIFY_EXPIRED => {
                Self::CodeExpired
            }
            known::EMAIL_INVALID => Self::EmailInvalid,
            // Of the methods' pages, and not in the list of known errors.
            "EMAIL_NOT_ALLOWED" => Self::EmailNotAllowed,
            known::SEND_CODE_UNAVAILABLE => Self::NoOtherWay,
            known::FIRSTNAME_INVALID => Self::FirstNameInvalid,
            known::PASSWORD_HASH_INVALID => Self::PasswordInvalid,
            known::ACCESS_TOKEN_INVALID | known::ACCESS_TOKEN_EXPIRED => Self::TokenInvalid,
            known::AUTH_RESTART => Self::Restart,
            _ => Self::Client(error),
        }
    }
}
