//! The email address that the server wants before it sends a code.

use std::io::{self, Write};

use telewire::client::{CodeLogin, EmailStep, LoginError};

use super::embedded::Embedded;
use super::{Questions, TRIES, refused, show};
use crate::failure::Failure;

/// Asks for an address and for the code that is sent there; the login goes on with the code that is sent then.
pub(super) async fn set_up(
    questions: &mut Questions,
    login: &CodeLogin,
    phone: &str,
    embedded: Option<&Embedded>,
) -> Result<CodeLogin, Failure> {
    writeln!(io::stdout(), "The server wants an email address, to send codes to.")?;
    let step = address(questions, login).await?;
    writeln!(
        io::stdout(),
        "A code of {} characters was sent to {}.",
        step.length(),
        step.pattern()
    )?;
    show(phone, embedded)?;
    let mut tries = TRIES;
    loop {
        let code = questions.ask_hidden("Code of the email")?;
        match step.submit(&code).await {
            Err(LoginError::CodeInvalid | LoginError::CodeEmpty) if tries > 1 => {
                tries -= 1;
                writeln!(io::stdout(), "The code is wrong.")?;
            }
            other => return other.map_err(|error| refused(&error)),
        }
    }
}

async fn address(questions: &mut Questions, login: &CodeLogin) -> Result<EmailStep, Failure> {
    let mut tries = TRIES;
    loop {
        let address = questions.ask("Email address")?;
        match login.set_up_email(&address).await {
            Err(error @ (LoginError::EmailInvalid | LoginError::EmailNotAllowed)) if tries > 1 => {
                tries -= 1;
                writeln!(io::stdout(), "Not possible: {error}.")?;
            }
            other => return other.map_err(|error| refused(&error)),
        }
    }
}
