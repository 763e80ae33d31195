//! Where a session's file is: one name for it, whatever links lead there, and locked for as long as a store has it.
//!
//! ```text
//! as given ── absolute ── links followed ──> the file, or the name of one that is not there yet
//!                                            FILE.lock, locked; it stays beside a session only
//! ```
//!
//! A name is found once: a program that changes its folder later, or a link that leads elsewhere by then, does not have a key
//! written to another place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf, is_separator};

use crate::client::locked::Locked;
use crate::client::store::StoreError;

/// A file that is ours, there or not.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    /// Of the folder: it may be moved, and another put in its place.
    folder: Identity,
    lock: Locked,
    /// Whether there was no file to lock before.
    made_lock: bool,
    is_used: bool,
}

impl Place {
    /// Locks a file under its one name. Nothing is left behind by what fails, now or before [`used`](Self::used).
    pub(super) fn take(given: &Path) -> Result<Self, StoreError> {
        let path = real(given)?;
        let folder = identity(&fs::metadata(folder_of(&path)))
            .ok_or_else(|| failed(FIND_FOLDER, given, ErrorKind::NotFound))?;
        let (lock, made_lock) = lock(&path, given)?;
        Ok(Self { path, folder, lock, made_lock, is_used: false })
    }

    /// The file: absolute, and no link.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// It was opened: from now on its lock stays beside it.
    pub(super) fn used(&mut self) {
        self.is_used = true;
    }

    /// Sees that the place is the one that was taken, before something is written to it: its folder may have been moved, and
    /// a lock that somebody removed keeps nobody out.
    pub(super) fn check(&mut self) -> Result<(), StoreError> {
        let folder = identity(&fs::metadata(folder_of(&self.path)));
        if folder.as_ref() != Some(&self.folder) {
            return Err(StoreError::Moved { path: self.path.clone() });
        }
        if !is_at(&self.lock, &lock_of(&self.path)) {
            (self.lock, self.made_lock) = lock(&self.path, &self.path)?;
        }
        Ok(())
    }
}

impl Drop for Place {
    /// It is still locked: whoever has opened the lock's file by now finds that it is not there any more, and makes another.
    fn drop(&mut self) {
        let is_litter = !self.path.exists() || (self.made_lock && !self.is_used);
        let lock = lock_of(&self.path);
        if cfg!(unix) && is_litter && is_at(&self.lock, &lock) {
            let _ = fs::remove_file(lock);
        }
    }
}

/// The one name of a file; of one that is not there yet, the name that it will have. Errors have the name that was given.
pub(super) fn real(given: &Path) -> Result<PathBuf, StoreError> {
    let error = |doing, error: &io::Error| failed(doing, given, error.kind());
    let path = std::path::absolute(given).map_err(|other| error("find", &other))?;
    match fs::metadata(&path) {
        Ok(metadata) => {
            check_kind(given, &metadata)?;
            let real = fs::canonicalize(&path).map_err(|other| error("find", &other))?;
            // An open file that has no name any more is shown by `/proc` under one that others may have. One that its owner has
            // just replaced is another file under the same name, and is found when it is looked at again.
            let mut before = identity(&Ok(metadata));
            for _ in 0..LOOKS {
                if identity(&fs::metadata(&real)) == before {
                    return Ok(real);
                }
                before = identity(&fs::metadata(&path));
            }
            Err(failed("find", given, ErrorKind::NotFound))
        }
        Err(none) if none.kind() == ErrorKind::NotFound => {
            if path.is_symlink() {
                return Err(StoreError::Dangling { path: given.into(), target: end(&path) });
            }
            let is_folders = given.to_string_lossy().ends_with(is_separator);
            let (false, Some(name)) = (is_folders, path.file_name()) else {
                return Err(StoreError::NotAFile { path: given.into(), what: "a folder" });
            };
            let folder = fs::canonicalize(folder_of(&path));
            Ok(folder.map_err(|other| error(FIND_FOLDER, &other))?.join(name))
        }
        Err(other) => Err(error("look at", &other)),
    }
}

/// How often a file may be replaced between two looks at it: a client keeps its session with each change.
const LOOKS: u32 = 100;

/// What fails when a name's folder is not there.
pub(super) const FIND_FOLDER: &str = "find the folder of";

/// Where links lead in the end.
fn end(link: &Path) -> PathBuf {
    let mut end = link.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&end) else { break };
        end = folder_of(&end).join(next);
    }
    end
}

/// As many as Linux follows. A circle has been an error before.
const MAX_LINKS: usize = 40;

/// Only a file can be replaced by another. Devices, pipes and sockets take what is written, or have us wait for ever.
fn check_kind(path: &Path, metadata: &fs::Metadata) -> Result<(), StoreError> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let mut what = if kind.is_dir() { "a folder" } else { "something else" };
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_char_device() || kind.is_block_device() {
            what = "a device";
        } else if kind.is_fifo() {
            what = "a pipe";
        } else if kind.is_socket() {
            what = "a socket";
        }
    }
    if kind.is_symlink() {
        what = "a link";
    }
    Err(StoreError::NotAFile { path: path.to_owned(), what })
}

/// Locks the file beside a session, and tells whether it was made for that.
fn lock(path: &Path, given: &Path) -> Result<(Locked, bool), StoreError> {
    let lock = lock_of(path);
    let fixed = |error: &io::Error| unwritable(given, "lock", &error.kind());
    for _ in 0..LOCK_TRIES {
        if let Ok(metadata) = fs::symlink_metadata(&lock) {
            check_kind(&lock, &metadata)?;
        }
        let (file, is_made) = match private().create_new(true).open(&lock) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                match private().open(&lock) {
                    Ok(file) => (file, false),
                    // Removed since.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return Err(fixed(&error)),
                }
            }
            Err(error) => return Err(fixed(&error)),
        };
        match Locked::new(file) {
            Ok(locked) if is_at(&locked, &lock) => return Ok((locked, is_made)),
            Ok(_) => {}
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(error)) => return Err(failed("lock", &lock, error.kind())),
        }
    }
    Err(StoreError::InUse { path: given.to_owned() })
}

/// How often others may remove the lock's file between our opening and locking it.
const LOCK_TRIES: u32 = 100;

fn lock_of(path: &Path) -> PathBuf {
    beside(path, ".lock")
}

/// Whether an open file is the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    let (ours, there) = (identity(&file.metadata()), identity(&fs::symlink_metadata(path)));
    ours.is_some() && ours == there
}

/// What a file is, whatever it is called: device and number. Where files have none, an open one cannot be moved.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

fn identity(metadata: &io::Result<fs::Metadata>) -> Option<Identity> {
    let metadata = metadata.as_ref().ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        Some(())
    }
}

/// The folder of a file: `.` for a name alone.
pub(super) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// How files are created: writable, and for their owner alone from the first moment.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Bits of the permissions that only its owner may have.
const OTHERS: u32 = 0o077;

/// Refuses a file that others than its owner may read or write.
pub(super) fn check_mode(path: &Path, mode: u32) -> Result<(), StoreError> {
    match mode & OTHERS {
        0 => Ok(()),
        _ => Err(StoreError::Exposed { path: path.to_owned(), mode: mode & 0o777 }),
    }
}

/// The permissions of a file; the owner's alone where there are none.
pub(super) fn mode(metadata: &fs::Metadata) -> u32 {
    #[cfg(unix)]
    return std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0o600
    }
}

/// The name of a file with something after it.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

pub(super) fn failed(doing: &'static str, path: &Path, kind: ErrorKind) -> StoreError {
    StoreError::Io { doing, path: path.to_owned(), kind }
}

pub(super) fn unwritable(path: &Path, step: &'static str, why: &dyn ToString) -> StoreError {
    StoreError::Unwritable { path: path.to_owned(), step, why: why.to_string() }
}
