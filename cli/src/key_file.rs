//! The key of `telewire serve`: a private file, made if there is none, and its public half beside it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use telewire::crypto::{RsaPrivateKey, RsaPublicKey};
use telewire::net::OsEntropy;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::failure::{Failure, warn};
use crate::files;

/// The keys of a file, and the file of their public halves.
pub(crate) struct KeyFile {
    /// The keys: one at least.
    pub(crate) keys: Vec<RsaPrivateKey>,
    /// Where the public halves are.
    pub(crate) public: PathBuf,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
}

impl KeyFile {
    /// Reads a key, or makes one if there is no such file. The public half is `FILE.pub` in either case.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            _ => Self::read(path),
        }
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path, files::SMALL).map_err(|error| wrong(path, error))?;
        let text = Zeroizing::new(text);
        let keys = RsaPrivateKey::all_from_pem(&text).map_err(|error| wrong(path, error))?;
        warn_if_shared(path);
        let public = public_path(path);
        let halves: Vec<_> = keys.iter().map(|key| key.public().clone()).collect();
        match public_half(&public)? {
            Some(found) if found == halves => {}
            Some(_) => return Err(other_half(&public, path)),
            None => write_public(&public, &halves)?,
        }
        Ok(Self { keys, public, is_new: false })
    }

    fn make(path: &Path) -> Result<Self, Failure> {
        let public = public_path(path);
        if fs::symlink_metadata(&public).is_ok() {
            return Err(other_half(&public, path));
        }
        let mut entropy = OsEntropy::new()
            .map_err(|error| Failure::Run(format!("no randomness to make a key of: {error}")))?;
        let key = RsaPrivateKey::generate(&mut entropy)
            .map_err(|error| Failure::Run(format!("no key could be made: {error}")))?;
        let pem = key.to_pem().map_err(|error| unwritten(path, error))?;
        write_private(path, pem.as_bytes()).map_err(|error| unwritten(path, error))?;
        write_public(&public, std::slice::from_ref(key.public()))?;
        Ok(Self { keys: vec![key], public, is_new: true })
    }
}

/// Reads the public keys of a server: one at least.
pub(crate) fn read_public(path: &Path) -> Result<Vec<RsaPublicKey>, Failure> {
    let text = files::read_text(path, files::SMALL).map_err(|error| wrong(path, error))?;
    RsaPublicKey::all_from_pem(&text).map_err(|error| wrong(path, error))
}

fn public_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".pub");
    name.into()
}

/// The public keys in a file; `None` if there is no file.
fn public_half(path: &Path) -> Result<Option<Vec<RsaPublicKey>>, Failure> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => read_public(path).map(Some),
    }
}

/// Writes a file that only its owner may read: private from the first moment, there as a whole or not at all, and never
/// over another.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Its mode is 0600.
    let mut file = NamedTempFile::with_prefix_in(".telewire-", directory(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

/// Writes the public halves. It was looked before that nothing is there.
fn write_public(path: &Path, keys: &[RsaPublicKey]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let pem: Result<String, _> = keys.iter().map(RsaPublicKey::to_pem).collect();
        let pem = pem.map_err(io::Error::other)?;
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(pem.as_bytes())
    };
    write().map_err(|error| unwritten(path, error))
}

/// The directory in which a file is.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn warn_if_shared(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        let path = path.display();
        warn(&format!("others can use {path} (its mode is {mode:04o}): run `chmod 600 {path}`"));
    }
}

#[cfg(not(unix))]
fn warn_if_shared(_path: &Path) {}

fn wrong(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::Input(format!("{}: {error}", path.display()))
}

fn unwritten(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::Input(format!("{}: cannot be written: {error}", path.display()))
}

fn other_half(public: &Path, private: &Path) -> Failure {
    let (public, private) = (public.display(), private.display());
    Failure::Input(format!(
        "{public}: expected the public half of {private}, or no such file; move it away"
    ))
}

#[cfg(test)]
mod tests {
    use telewire::server::{EMBEDDED_KEY_PEM, embedded_key};

    use super::*;

    fn message(result: Result<KeyFile, Failure>) -> String {
        match result {
            Ok(_) => panic!("accepted"),
            Err(Failure::Input(message)) => message,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_key_that_is_there_is_read_and_its_public_half_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_private(&path, EMBEDDED_KEY_PEM.as_bytes()).unwrap();
        for _ in 0..2 {
            let file = KeyFile::open(&path).unwrap();
            assert_eq!(file.public, folder.path().join("key.pub"));
            let public = read_public(&file.public).unwrap();
            assert_eq!(public, [embedded_key().unwrap().public().clone()]);
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), EMBEDDED_KEY_PEM);
    }

    #[test]
    fn all_keys_of_a_file_are_read_and_their_public_halves_written() {
        let other = RsaPrivateKey::generate(&mut OsEntropy::new().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let text =
            format!("the first:\n{EMBEDDED_KEY_PEM}the second:\n{}", *other.to_pem().unwrap());
        write_private(&path, text.as_bytes()).unwrap();
        let halves = [embedded_key().unwrap().public().clone(), other.public().clone()];
        for _ in 0..2 {
            let file = KeyFile::open(&path).unwrap();
            assert_eq!(file.keys.len(), 2);
            assert_eq!(read_public(&file.public).unwrap(), halves);
        }
        // The public half of one alone is that of another file.
        fs::remove_file(public_path(&path)).unwrap();
        fs::write(public_path(&path), other.public().to_pem().unwrap()).unwrap();
        assert!(message(KeyFile::open(&path)).ends_with("move it away"));
    }

    #[test]
    fn a_malformed_key_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for text in ["", "hello", EMBEDDED_KEY_PEM.get(..800).unwrap()] {
            fs::write(&path, text).unwrap();
            let message = message(KeyFile::open(&path));
            assert!(message.starts_with(&format!("{}: ", path.display())), "{message}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert!(!public_path(&path).exists());
        }
    }

    #[test]
    fn another_file_in_the_place_of_the_public_half_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let (path, public) = (folder.path().join("key"), folder.path().join("key.pub"));
        fs::write(&public, "ssh-rsa AAAA").unwrap();
        // There is no key yet: none is made.
        assert!(message(KeyFile::open(&path)).ends_with("move it away"));
        assert!(!path.exists());
        write_private(&path, EMBEDDED_KEY_PEM.as_bytes()).unwrap();
        assert!(message(KeyFile::open(&path)).starts_with(&public.display().to_string()));
        // The public half of another key.
        fs::write(&public, telewire::crypto::keys::TEST_KEY_PEM).unwrap();
        assert!(message(KeyFile::open(&path)).ends_with("move it away"));
    }

    #[test]
    fn a_private_file_is_never_written_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_private(&path, b"one").unwrap();
        let error = write_private(&path, b"two").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        // Nothing is left of the second.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_without_a_directory_is_in_this_one() {
        assert_eq!(directory(Path::new("key")), Path::new("."));
        assert_eq!(directory(Path::new("a/key")), Path::new("a"));
    }
}
