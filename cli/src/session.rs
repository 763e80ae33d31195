//! A session's file, opened; with a passphrase, if it is encrypted.

use std::env;
use std::io::{self, IsTerminal};
use std::path::Path;

use telewire::client::store::{FileStore, StoreError, StoreKey};
use zeroize::Zeroizing;

use crate::commands::login::Questions;
use crate::failure::Failure;

/// Where a passphrase is, for programs. It is never an option: everybody on the machine sees those.
const PASSPHRASE: &str = "TELEWIRE_PASSPHRASE";

pub(crate) fn open(path: &Path, is_encrypted: bool) -> Result<FileStore, Failure> {
    let opened = match is_encrypted {
        true => FileStore::open_encrypted(path, &StoreKey::passphrase(&passphrase(path)?)),
        false => FileStore::open(path),
    };
    opened.map_err(|error| {
        Failure::Input(match error {
            StoreError::Encrypted { path } => {
                format!(
                    "{} is encrypted: say --encrypted, and have its passphrase ready",
                    path.display()
                )
            }
            error => error.to_string(),
        })
    })
}

fn passphrase(session: &Path) -> Result<Zeroizing<String>, Failure> {
    let given = match env::var(PASSPHRASE) {
        Ok(given) => Zeroizing::new(given),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(Failure::Input(format!("{PASSPHRASE} is no text")));
        }
        // Standard input is what commands and answers come from: a passphrase among them would be run, or sent.
        Err(env::VarError::NotPresent) if !io::stdin().is_terminal() => {
            return Err(Failure::Input(format!(
                "nobody can be asked for the passphrase here: put it in {PASSPHRASE}"
            )));
        }
        Err(env::VarError::NotPresent) => ask(session)?,
    };
    match given.is_empty() {
        true => Err(Failure::Input("the passphrase is empty".to_owned())),
        false => Ok(given),
    }
}

/// Twice of what is to be a new one: nobody could open what was mistyped.
fn ask(session: &Path) -> Result<Zeroizing<String>, Failure> {
    let ask = |question: String| Questions::new().ask_password(&question).map(Zeroizing::new);
    let given = ask(format!("Passphrase of {}", session.display()))?;
    let is_encrypted = matches!(FileStore::read(session), Err(StoreError::Encrypted { .. }));
    if !is_encrypted && *ask("The same again, which encrypts it from now on".to_owned())? != *given
    {
        return Err(Failure::Input("these are two passphrases".to_owned()));
    }
    Ok(given)
}
