//! Why a step of a login failed.

use std::time::Duration;

use crate::client::error::Error;
use crate::crypto::srp::SrpError;
use crate::rpc::known;

/// Why a step of a login failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// Somebody is logged in. [`Client::log_out`](crate::client::Client::log_out) ends that; another account needs another client,
    /// with a store of its own.
    #[error("somebody is logged in already; log out first")]
    AlreadyLoggedIn,
    /// `FLOOD_WAIT_X`: the server wants to be left alone for longer than calls wait by themselves.
    #[error("too many attempts; try again in {} seconds", wait.as_secs())]
    Flood {
        /// For how long.
        wait: Duration,
    },
    /// `UPDATE_APP_TO_LOGIN`: the server wants an application of a newer layer.
    #[error("the server lets only newer programs log in; update this one")]
    UpdateApp,
    /// `PHONE_NUMBER_INVALID`.
    #[error("this is no phone number; write it with its country's code")]
    PhoneInvalid,
    /// `PHONE_NUMBER_BANNED`.
    #[error("this phone number is banned")]
    PhoneBanned,
    /// `PHONE_NUMBER_FLOOD`: too many codes were asked for.
    #[error("too many codes were asked for with this phone number; try again another day")]
    PhoneFlood,
    /// `PHONE_PASSWORD_FLOOD`: too many passwords were tried.
    #[error("too many attempts to log in with this phone number; try again another day")]
    PasswordFlood,
    /// `PHONE_PASSWORD_PROTECTED`.
    #[error("this phone number is protected by a password")]
    PhoneProtected,
    /// `PHONE_NUMBER_APP_SIGNUP_FORBIDDEN`: this application may not make accounts.
    #[error("this application may not sign this phone number up; use an official one")]
    SignUpForbidden,
    /// `PHONE_NUMBER_UNOCCUPIED`: nobody has the phone number.
    #[error("nobody has this phone number; sign up first")]
    PhoneUnoccupied,
    /// `PHONE_NUMBER_OCCUPIED`: somebody has the phone number that is to be signed up.
    #[error("somebody has this phone number already; log in instead")]
    PhoneOccupied,
    /// `USER_DEACTIVATED` or `USER_DEACTIVATED_BAN`.
    #[error("the account was deleted or banned")]
    Deactivated,
    /// `API_ID_PUBLISHED_FLOOD`: the credentials were published, and too many use them.
    #[error(
        "api_id is not accepted any more, as it was published; get one of your own at my.telegram.org"
    )]
    ApiPublished,
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
    /// `SMS_CODE_CREATE_FAILED`: the server could not send it.
    #[error("the server could not send a code; try again later")]
    CodeNotSent,
    /// `SIGN_IN_FAILED`: an error of the server's own.
    #[error("the server failed to log in; try again")]
    SignInFailed,
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
    /// `TASK_ALREADY_EXISTS`: the email address is being taken away already.
    #[error("the email address is being reset already; wait for it")]
    EmailResetPending,
    /// The server wants to be paid for sending a code to this number.
    #[error("the server wants to be paid for sending a code to this number")]
    PaymentRequired,
    /// Nobody has the account that is logged in to.
    #[error("nobody has this account yet; sign up first")]
    SignUpRequired,
    /// `FIRSTNAME_INVALID`.
    #[error("this is no first name")]
    FirstNameInvalid,
    /// `LASTNAME_INVALID`.
    #[error("this is no last name")]
    LastNameInvalid,
    /// `PASSWORD_HASH_INVALID`: another may be tried.
    #[error("the password is wrong")]
    PasswordInvalid,
    /// `SRP_ID_INVALID` or `SRP_PASSWORD_CHANGED`, three times in a row: another program proves or changes the password meanwhile.
    #[error("what the server asks of the password changes all the time; try again")]
    PasswordOutdated,
    /// The password is kept by an algorithm that is not known here.
    #[error("the password's algorithm is not known; update this program")]
    PasswordAlgorithm,
    /// What the server says of the password is not safe to answer.
    #[error(transparent)]
    Srp(#[from] SrpError),
    /// `ACCESS_TOKEN_INVALID` or `ACCESS_TOKEN_EXPIRED`.
    #[error("the bot's token is wrong or was replaced")]
    TokenInvalid,
    /// `AUTH_TOKEN_EXPIRED`, `AUTH_TOKEN_INVALID` or `AUTH_TOKEN_ALREADY_ACCEPTED`: the QR code that was scanned is not valid any
    /// more. [`QrLogin::next`](crate::client::QrLogin::next) shows another.
    #[error("the QR code that was scanned is not valid any more; show another")]
    QrExpired,
    /// `AUTH_RESTART` or `AUTH_RESTART_X`: the server asks to begin the login anew.
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
            known::FLOOD_WAIT_X | known::FLOOD_PREMIUM_WAIT_X if rpc.code == 420 => {
                match rpc.ordered_wait() {
                    Some(wait) => Self::Flood { wait },
                    None => Self::Client(error),
                }
            }
            known::UPDATE_APP_TO_LOGIN => Self::UpdateApp,
            known::PHONE_NUMBER_FLOOD => Self::PhoneFlood,
            known::PHONE_PASSWORD_FLOOD => Self::PasswordFlood,
            known::PHONE_PASSWORD_PROTECTED => Self::PhoneProtected,
            known::PHONE_NUMBER_APP_SIGNUP_FORBIDDEN => Self::SignUpForbidden,
            known::PHONE_NUMBER_UNOCCUPIED => Self::PhoneUnoccupied,
            known::PHONE_NUMBER_OCCUPIED => Self::PhoneOccupied,
            known::USER_DEACTIVATED | known::USER_DEACTIVATED_BAN => Self::Deactivated,
            known::API_ID_PUBLISHED_FLOOD => Self::ApiPublished,
            known::SMS_CODE_CREATE_FAILED => Self::CodeNotSent,
            known::SIGN_IN_FAILED => Self::SignInFailed,
            known::TASK_ALREADY_EXISTS => Self::EmailResetPending,
            known::LASTNAME_INVALID => Self::LastNameInvalid,
            known::AUTH_TOKEN_EXPIRED
            | known::AUTH_TOKEN_INVALID
            | known::AUTH_TOKEN_INVALIDX
            | known::AUTH_TOKEN_ALREADY_ACCEPTED => Self::QrExpired,
            known::API_ID_INVALID | known::CONNECTION_API_ID_INVALID => Self::ApiInvalid,
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
            known::SRP_ID_INVALID | known::SRP_PASSWORD_CHANGED => Self::PasswordOutdated,
            known::PASSWORD_HASH_INVALID => Self::PasswordInvalid,
            known::ACCESS_TOKEN_INVALID | known::ACCESS_TOKEN_EXPIRED => Self::TokenInvalid,
            known::AUTH_RESTART | super::AUTH_RESTART_X => Self::Restart,
            _ => Self::Client(error),
        }
    }
}
