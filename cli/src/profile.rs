//! Accounts by name: each is a folder with its session and its credentials, in telewire's own folder.
//!
//! ```text
//! ~/.local/share/telewire/            or TELEWIRE_HOME
//!     credentials.ini                 the application of all who have none of their own
//!     ada/telewire.session
//!     ada/credentials.ini
//! ```

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use etcetera::BaseStrategy;
use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::files;

/// Where telewire keeps its accounts, if the system's folder for data is not to be that.
const HOME: &str = "TELEWIRE_HOME";

/// The file of a session, in a profile's folder and in one's own.
pub(crate) const SESSION: &str = "telewire.session";

/// The file of credentials, in a profile's folder, beside them and in one's own.
pub(crate) const CREDENTIALS: &str = "credentials.ini";

/// The most letters that a name has: it is a folder's, and people type it.
const MAX_NAME: usize = 64;

/// The name of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile(pub(crate) String);

/// Something else than a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {MAX_NAME} letters a to z, digits, - and _")]
pub(crate) struct ParseProfileError;

impl FromStr for Profile {
    type Err = ParseProfileError;

    /// A name cannot lead out of the folder of all: it has neither dots nor slashes.
    fn from_str(text: &str) -> Result<Self, ParseProfileError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(is_name) {
            true => Ok(Self(text.to_owned())),
            false => Err(ParseProfileError),
        }
    }
}

impl Profile {
    fn folder(&self) -> Result<PathBuf, Failure> {
        Ok(home()?.join(&self.0))
    }

    /// The file of its session.
    pub(crate) fn session(&self) -> Result<PathBuf, Failure> {
        Ok(self.folder()?.join(SESSION))
    }

    /// The file of its credentials: its own, or that of all.
    pub(crate) fn credentials(&self) -> Result<PathBuf, Failure> {
        let (own, shared) = (self.folder()?.join(CREDENTIALS), home()?.join(CREDENTIALS));
        if let Some(path) = [&own, &shared].into_iter().find(|path| path.exists()) {
            return Ok(path.clone());
        }
        let (name, own, shared) = (&self.0, own.display(), shared.display());
        Err(Failure::Input(format!(
            "no application is known for the profile {name}: `telewire login --profile {name} --credentials FILE` keeps one in \
             {own}; one in {shared} is for all profiles"
        )))
    }

    /// Makes its folder, which nobody else may look into.
    pub(crate) fn make(&self) -> Result<(), Failure> {
        let folder = self.folder()?;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| unwritten(&folder, &error))
    }

    /// Keeps credentials in its folder, for the commands that follow.
    pub(crate) fn keep(&self, credentials: &Path) -> Result<(), Failure> {
        let folder = self.folder()?;
        let path = folder.join(CREDENTIALS);
        let text = files::read_text(credentials, files::SMALL)
            .map_err(|error| Failure::Input(format!("{}: {error}", credentials.display())))?;
        let write = || -> io::Result<()> {
            let mut file = NamedTempFile::new_in(&folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| unwritten(&path, &error))
    }
}

/// `telewire profiles`: the names of all that have a session.
pub(crate) fn list() -> Result<(), Failure> {
    let home = home()?;
    let mut names = Vec::new();
    let entries = match fs::read_dir(&home) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::Input(format!("{}: {error}", home.display()))),
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_profile = name.parse::<Profile>().is_ok();
        if is_profile && entry.path().join(SESSION).exists() {
            names.push(name);
        }
    }
    names.sort_unstable();
    let mut out = io::stdout().lock();
    for name in names {
        writeln!(out, "{name}")?;
    }
    Ok(())
}

fn home() -> Result<PathBuf, Failure> {
    match std::env::var_os(HOME).filter(|home| !home.is_empty()) {
        Some(home) => Ok(home.into()),
        None => match etcetera::choose_base_strategy() {
            Ok(strategy) => Ok(strategy.data_dir().join("telewire")),
            Err(_) => Err(Failure::Input(format!(
                "there is no home folder to keep profiles in: {HOME} names another"
            ))),
        },
    }
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::Input(format!("{}: cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for name in ["ada", "Ada-2", "a_b", "7", &"x".repeat(64)] {
            assert_eq!(name.parse(), Ok(Profile(name.to_owned())));
        }
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "../ada",
            "/ada",
            "a\\b",
            "a.b",
            "ada ",
            "c:",
            "ä",
            &"x".repeat(65),
        ] {
            assert_eq!(name.parse::<Profile>(), Err(ParseProfileError), "{name}");
        }
    }
}
