//! Where the socket is: a file that nobody else may use, that is there while somebody listens, and gone afterwards.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener as Bound, UnixStream};
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use crate::failure::Failure;

/// Its owner may read and write: whoever connects has the account.
const PRIVATE: u32 = 0o600;

/// A socket that listens. When this is dropped, its file is removed.
#[derive(Debug)]
pub(in crate::commands::shell) struct Place {
    pub(super) path: PathBuf,
    bound: Bound,
    /// Which file it is: another one that took its name stays.
    file: (u64, u64),
}

impl Place {
    /// Makes the socket.
    pub(in crate::commands::shell) fn bind(path: &Path) -> Result<Self, Failure> {
        let wrong =
            |why: &dyn std::fmt::Display| Failure::Input(format!("{}: {why}", path.display()));
        // Whoever else does this in the folder waits: between the look at what is left there and the new file nothing happens.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let lock = File::open(folder).map_err(|error| wrong(&error))?;
        lock.lock().map_err(|error| wrong(&error))?;
        let bound = match bind_privately(folder, path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && is_left(path) => {
                fs::remove_file(path).and_then(|()| bind_privately(folder, path))
            }
            bound => bound,
        };
        let bound = bound.map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => {
                wrong(&"somebody listens there, or it is a file of another kind")
            }
            _ => wrong(&error),
        })?;
        let meta = fs::symlink_metadata(path).map_err(|error| wrong(&error))?;
        Ok(Self { path: path.to_owned(), bound, file: (meta.dev(), meta.ino()) })
    }

    pub(super) fn listen(&self) -> Result<UnixListener, Failure> {
        let listener = self.bound.try_clone().and_then(|bound| {
            bound.set_nonblocking(true)?;
            UnixListener::from_std(bound)
        });
        listener.map_err(|error| Failure::Run(format!("{}: {error}", self.path.display())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let is_ours = |meta: fs::Metadata| (meta.dev(), meta.ino()) == self.file;
        if fs::symlink_metadata(&self.path).is_ok_and(is_ours) {
            // If it cannot be removed, the next one finds that nobody listens.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The file is private from its first moment: it is made where nobody else comes, and moved.
fn bind_privately(folder: &Path, path: &Path) -> io::Result<Bound> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AddrInUse.into());
    }
    // A short name: that of a socket has some hundred bytes at most.
    let inner = tempfile::Builder::new().prefix(".s").tempdir_in(folder)?;
    let first = inner.path().join("s");
    let bound = Bound::bind(&first)?;
    fs::set_permissions(&first, fs::Permissions::from_mode(PRIVATE))?;
    fs::rename(&first, path)?;
    Ok(bound)
}

/// Whether a socket is left of a process that was killed: nobody listens there.
fn is_left(path: &Path) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_socket());
    let refused = |error: &io::Error| error.kind() == ErrorKind::ConnectionRefused;
    is_socket && UnixStream::connect(path).as_ref().is_err_and(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_private_one_persons_and_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let place = Place::bind(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let error = Place::bind(&path).unwrap_err().to_string();
        assert!(
            error.ends_with("somebody listens there, or it is a file of another kind"),
            "{error}"
        );
        assert!(UnixStream::connect(&path).is_ok(), "the first one is not touched");
        drop(place);
        assert!(!path.exists());
    }

    #[test]
    fn what_a_killed_process_left_is_replaced_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        // Nobody removes this one, and nobody listens.
        drop(Bound::bind(&path).unwrap());
        assert!(path.exists());
        drop(Place::bind(&path).unwrap());
        fs::write(&path, "a file").unwrap();
        assert!(Place::bind(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "a file");
    }

    #[test]
    fn another_file_that_took_its_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let place = Place::bind(&path).unwrap();
        fs::rename(&path, folder.path().join("moved")).unwrap();
        fs::write(&path, "a file").unwrap();
        drop(place);
        assert!(path.exists());
    }
}
