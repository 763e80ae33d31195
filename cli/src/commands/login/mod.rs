//! `telewire login`: from credentials to a session in a file.

mod args;
mod ask;
mod email;
mod embedded;
mod qr;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) use args::Args;
pub(crate) use ask::Questions;
use embedded::Embedded;
use telewire::client::store::{FileStore, MemoryStore, Store};
use telewire::client::{Client, CodeLogin, Error, LoggedIn, LoginError, PasswordStep, Step};
use telewire::ids::DcId;
use telewire::rpc::Execution;
use telewire::tl::api::enums::User;
use telewire::tl::api::enums::auth::SentCodeType;

use crate::commands::handshake::target::{self, Target};
use crate::credentials::Credentials;
use crate::failure::Failure;
use crate::{profile, session};

/// How often a code or a password may be typed wrongly.
const TRIES: u32 = 3;

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let runtime = super::runtime()?;
    let result = runtime.block_on(async {
        crate::terminal::keep()?;
        match (&args.credentials, &args.profile) {
            (Some(file), _) => with_credentials(args, Credentials::read(file)?).await,
            (None, Some(profile)) => {
                with_credentials(args, Credentials::read(&profile.credentials()?)?).await
            }
            (None, None) => with_embedded(args).await,
        }
    });
    runtime.shutdown_background();
    result
}

async fn with_credentials(args: &Args, credentials: Credentials) -> Result<(), Failure> {
    let address = args.address.unwrap_or(credentials.address);
    let target = Target::at(address, args.rsa.as_deref(), args.dc)?;
    let path = match (&args.session, &args.profile) {
        (Some(path), _) => path.clone(),
        (None, Some(profile)) => {
            profile.make()?;
            profile.session()?
        }
        (None, None) => PathBuf::from(profile::SESSION),
    };
    let store = session::open(&path, args.encrypted)?;
    let mut builder = Client::builder(credentials.api_id, &credentials.api_hash)
        .store(store)
        .home(target.dc)
        .address(target.dc, address);
    if args.rsa.is_some() {
        builder = builder.keys(target.keys);
    }
    let client = builder.build().await.map_err(|error| failed(&error))?;
    let result = log_in_or_out(args, &client, None).await;
    client.close().await;
    result?;
    if client.is_logged_in() {
        if let (Some(profile), Some(file)) = (&args.profile, &args.credentials) {
            profile.keep(file)?;
        }
        writeln!(io::stdout(), "The session is in {}.", path.display())?;
    }
    Ok(())
}

async fn with_embedded(args: &Args) -> Result<(), Failure> {
    let dc = DcId::production(2);
    let embedded = Embedded::start(dc)
        .await
        .map_err(|error| Failure::Run(format!("no data centre can be started: {error}")))?;
    let store: Box<dyn Store> = match &args.session {
        Some(path) => Box::new(fresh(path, args.encrypted)?),
        None => Box::new(MemoryStore::new()),
    };
    let builder = Client::builder(1, embedded::API_HASH)
        .store(store)
        .home(dc)
        .address(dc, embedded.address)
        .keys(vec![target::embedded()?]);
    let client = builder.build().await.map_err(|error| failed(&error))?;
    let who = format!("any phone number will do, or the bot's token {}", embedded::BOT);
    let who = if args.qr { "it makes an account up" } else { who.as_str() };
    writeln!(io::stdout(), "The server is a data centre inside this program: {who}.")?;
    let result = log_in_or_out(args, &client, Some(&embedded)).await;
    client.close().await;
    result
}

/// A file for a session of the data centre inside this program, which knows none that was before it.
fn fresh(path: &Path, is_encrypted: bool) -> Result<FileStore, Failure> {
    let mut store = session::open(path, is_encrypted)?;
    let kept = store.load().map_err(|error| Failure::Input(error.to_string()))?;
    if kept.dcs.values().any(|dc| dc.key.is_some()) {
        return Err(Failure::Input(format!(
            "{}: the session is of another data centre; the one inside this program begins anew each time, and ended with \
             the program that made such a session: name a new file, or its server with --credentials",
            path.display(),
        )));
    }
    Ok(store)
}

async fn log_in_or_out(
    args: &Args,
    client: &Client,
    embedded: Option<&Embedded>,
) -> Result<(), Failure> {
    if args.log_out {
        let was = client.is_logged_in();
        let out = client.log_out().await.map_err(|error| failed(&error))?;
        let said = match (out.was_logged_in, was) {
            // Also one whose answer was lost, so that nobody here knew of it.
            (true, _) => "Logged out.",
            (false, true) => "The login had ended already.",
            (false, false) => "Nobody was logged in.",
        };
        return Ok(writeln!(io::stdout(), "{said}")?);
    }
    let user = match who(client).await? {
        Some(user) => user,
        None if args.qr => qr::log_in(client, embedded).await?.user,
        None => log_in(client, embedded).await?.user,
    };
    Ok(writeln!(io::stdout(), "Logged in as {}.", name(&user))?)
}

/// Who is logged in. A login that has ended is told, and another one is due; one whose answer was lost is found.
async fn who(client: &Client) -> Result<Option<User>, Failure> {
    let has_key = client.snapshot().key(client.home()).is_some();
    if !has_key {
        return Ok(None);
    }
    match client.me().await {
        Ok(user @ User::User(_)) => Ok(Some(user)),
        Ok(_) => Ok(None),
        Err(error) => match error.cause() {
            Error::Stopped(reason) => {
                writeln!(io::stdout(), "The login in the session has ended: {reason}.")?;
                Ok(None)
            }
            _ if error.rpc().is_some_and(|error| error.code == UNAUTHORIZED) => Ok(None),
            _ => Err(failed(&error)),
        },
    }
}

/// What the server answers to who is not logged in.
const UNAUTHORIZED: i32 = 401;

async fn log_in(client: &Client, embedded: Option<&Embedded>) -> Result<LoggedIn, Failure> {
    let mut questions = Questions::new();
    let mut who = questions.ask("Phone number with its country's code (empty for a bot)")?;
    if who.is_empty() {
        who = questions.ask_hidden("The bot's token")?;
        if !who.contains(':') {
            return Err(Failure::Input("this is no bot's token".to_owned()));
        }
    }
    if who.contains(':') {
        return client.log_in_bot(&who).await.map_err(|error| refused(&error));
    }
    let mut login = client.send_code(&who).await.map_err(|error| refused(&error))?;
    let mut tries = TRIES;
    loop {
        if let Some(done) = login.done() {
            return Ok(done.clone());
        }
        if login.is_email_required() {
            login = email::set_up(&mut questions, &login, &who, embedded).await?;
            continue;
        }
        tell_code(&login, &who, embedded)?;
        let code = questions.ask_hidden("Code (empty to have another one sent)")?;
        if code.is_empty() {
            login = login.resend().await.map_err(|error| refused(&error))?;
            continue;
        }
        match login.submit(&code).await {
            Ok(Step::Done(done)) => return Ok(done),
            Ok(Step::Password(step)) => return prove(&mut questions, &step).await,
            Ok(Step::SignUp(step)) => {
                if let Some(terms) = step.terms_of_service() {
                    writeln!(
                        io::stdout(),
                        "Nobody has this number. To sign up, agree to: {terms}"
                    )?;
                }
                let first = questions.ask("First name (empty to stop)")?;
                if first.is_empty() {
                    return Err(Failure::Input("nobody was signed up: no name was given".into()));
                }
                let last = questions.ask("Last name (may be empty)")?;
                return step.submit(&first, &last).await.map_err(|error| refused(&error));
            }
            Err(LoginError::CodeInvalid) if tries > 1 => {
                tries -= 1;
                writeln!(io::stdout(), "The code is wrong.")?;
            }
            Err(error) => return Err(refused(&error)),
            Ok(_) => return Err(Failure::Run("the server wants a step that is not known".into())),
        }
    }
}

async fn prove(questions: &mut Questions, step: &PasswordStep) -> Result<LoggedIn, Failure> {
    let question = match step.hint() {
        Some(hint) => format!("Password (hint: {hint})"),
        None => "Password".to_owned(),
    };
    let mut tries = TRIES;
    loop {
        let password = questions.ask_password(&question)?;
        match step.submit(&password).await {
            Err(LoginError::PasswordInvalid) if tries > 1 => {
                tries -= 1;
                writeln!(io::stdout(), "The password is wrong.")?;
            }
            other => return other.map_err(|error| refused(&error)),
        }
    }
}

fn tell_code(login: &CodeLogin, phone: &str, embedded: Option<&Embedded>) -> io::Result<()> {
    writeln!(io::stdout(), "{}", way(login.kind()))?;
    show(phone, embedded)
}

/// Where to look for the code.
fn way(kind: Option<&SentCodeType>) -> &'static str {
    match kind {
        Some(SentCodeType::SentCodeTypeApp(_)) => {
            "A code was sent to the other devices that are logged in."
        }
        Some(SentCodeType::SentCodeTypeSms(_)) => "A code was sent by SMS.",
        Some(SentCodeType::SentCodeTypeSmsWord(_)) => "A code was sent by SMS: it is a word.",
        Some(SentCodeType::SentCodeTypeSmsPhrase(_)) => "A code was sent by SMS: it is a phrase.",
        Some(SentCodeType::SentCodeTypeCall(_)) => {
            "A code was sent by a call, in which a voice says it."
        }
        Some(SentCodeType::SentCodeTypeFlashCall(_)) => {
            "A code was sent by a call: the number that calls is the code."
        }
        Some(SentCodeType::SentCodeTypeMissedCall(_)) => {
            "A code was sent by a call: the last digits of the number are the code."
        }
        Some(SentCodeType::SentCodeTypeEmailCode(_)) => "A code was sent by email.",
        Some(SentCodeType::SentCodeTypeFragmentSms(_)) => "A code was sent through fragment.com.",
        Some(SentCodeType::SentCodeTypeFirebaseSms(_)) => {
            "A code is sent by SMS after a proof by Firebase, which only official apps can give: \
             have another one sent."
        }
        Some(SentCodeType::SentCodeTypeSetUpEmailRequired(_)) => {
            "An email address has to be set up first."
        }
        Some(_) => "A code was sent in a way that this program does not know.",
        None => "No code is needed.",
    }
}

/// What whoever has the phone, or the mailbox, would see.
fn show(phone: &str, embedded: Option<&Embedded>) -> io::Result<()> {
    if let Some(code) = embedded.and_then(|embedded| embedded.accounts.code(phone)) {
        writeln!(io::stdout(), "The data centre in this program shows it: {code}")?;
    }
    Ok(())
}

fn name(user: &User) -> String {
    match user {
        User::User(user) => {
            let name = user.first_name.as_deref().unwrap_or("somebody without a name");
            format!("{name}, number {}", user.id)
        }
        User::UserEmpty(user) => format!("number {}", user.id),
        _ => "somebody".to_owned(),
    }
}

fn failed(error: &Error) -> Failure {
    Failure::Run(error.to_string())
}

/// Why a login failed; and what there is to do if it did not, though the answer says nothing of that.
fn refused(error: &LoginError) -> Failure {
    match error {
        LoginError::Client(cause) if cause.execution() != Execution::Never => {
            Failure::Run(format!("{error}; {MAY_BE_LOGGED_IN}"))
        }
        _ => Failure::Run(error.to_string()),
    }
}

const MAY_BE_LOGGED_IN: &str = "the login may have happened all the same: with the same session, `telewire login` finds it, and \
    `telewire login --log-out` ends it, as does another device that is logged in (Settings, Devices)";
