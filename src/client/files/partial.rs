//! A file on the disk that is being downloaded: under another name beside its own until it is complete (FI-80 to FI-82).
//!
//! ```text
//! .film.mkv.0123456789abcdef.part            the bytes, each where it belongs
//! .film.mkv.0123456789abcdef.part.journal    which of them are there
//! film.mkv                                   once all are, and not before
//! ```

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::client::files::error::TransferError;
use crate::crypto::Entropy;
use crate::files::journal::Kept;
use crate::files::{Disk, DiskDone, DiskError, names};

/// What the names of journals end in, behind the partial file's.
const JOURNAL: &str = ".journal";

/// The longest journal that is read: it has a bit for each part, and 8,000 parts are the most that a file has.
const MAX_JOURNAL: u64 = 64 * 1024;

/// How many bytes of random are in a partial file's name, as hexadecimal digits.
const SUFFIX: usize = 16;

/// A download's place on the disk. Nobody else writes to it: it is locked.
#[derive(Debug)]
pub(super) struct Partial {
    target: PathBuf,
    path: PathBuf,
    file: File,
    overwrite: bool,
}

/// What was kept of it: the journal, and how many bytes there are.
pub(super) type Found = Option<(Kept, u64)>;

impl Partial {
    /// A new file beside the target, or what is there of an earlier download that has ended.
    pub(super) fn open(
        target: &Path,
        overwrite: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Found), TransferError> {
        let failed = |error: &io::Error| TransferError::path(target, error);
        if !overwrite && target.try_exists().map_err(|error| failed(&error))? {
            return Err(TransferError::Exists(target.to_owned()));
        }
        let name = target.file_name().ok_or_else(|| failed(&io::ErrorKind::InvalidInput.into()))?;
        let temporary = names::temporary(&name.to_string_lossy(), entropy);
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let own = |path, file| Self { target: target.to_owned(), path, file, overwrite };
        if let Some((path, file, journal)) = earlier(&folder, &temporary) {
            let length = file.metadata().map_err(|error| failed(&error))?.len();
            return Ok((own(path, file), Some((journal.into(), length))));
        }
        // FI-80: nobody has given it that name before.
        let path = folder.join(temporary);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(|error| failed(&error))?;
        file.try_lock().map_err(|error| failed(&io::Error::from(error)))?;
        Ok((own(path, file), None))
    }

    /// Does what the planner says; it blocks.
    pub(super) fn act(&mut self, what: Disk) -> Result<DiskDone, DiskError> {
        match what {
            Disk::Write { offset, bytes } => self.write(offset, &bytes),
            Disk::Journal { bytes } => self.journal(&bytes),
            Disk::Finish { length } => self.finish(length),
            Disk::Discard => {
                self.discard();
                Ok(())
            }
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
        .map(|()| DiskDone::Done)
        .map_err(|error| of(&error))
    }

    /// FI-81: what is there is of no use.
    pub(super) fn empty(&self) -> Result<(), DiskError> {
        self.file.set_len(0).map_err(|error| of(&error))
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)
    }

    /// FI-80: the new journal takes the old one's place, or the old one stays.
    fn journal(&self, bytes: &[u8]) -> io::Result<()> {
        let path = journal_of(&self.path);
        let mut new = path.clone();
        new.as_mut_os_string().push(".new");
        fs::write(&new, bytes)?;
        fs::rename(&new, &path)
    }

    /// FI-82.
    fn finish(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.sync_all()?;
        let named = TempPath::try_from_path(&self.path)?;
        let named = match self.overwrite {
            true => named.persist(&self.target),
            false => named.persist_noclobber(&self.target),
        };
        if let Err(failed) = named {
            // What is there can be gone on with.
            let _ = failed.path.keep();
            return Err(failed.error);
        }
        let _ = fs::remove_file(journal_of(&self.path));
        sync_folder(&self.target)
    }

    fn discard(&self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(journal_of(&self.path));
    }
}

/// FI-82: the name is on the disk, too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Elsewhere folders are no files.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn journal_of(partial: &Path) -> PathBuf {
    let mut path = partial.to_owned();
    path.as_mut_os_string().push(JOURNAL);
    path
}

/// An earlier download to the same name that nobody is at any more, with its journal.
fn earlier(folder: &Path, temporary: &str) -> Option<(PathBuf, File, Vec<u8>)> {
    let stem_end = temporary.len().checked_sub(SUFFIX + names::PARTIAL.len())?;
    let stem = temporary.get(..stem_end)?;
    let is_ours = |name: &OsStr| {
        let name = name.to_str().and_then(|name| name.strip_prefix(stem));
        let random = name.and_then(|rest| rest.strip_suffix(names::PARTIAL));
        random.is_some_and(|random| {
            random.len() == SUFFIX && random.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    };
    fs::read_dir(folder).ok()?.flatten().filter(|entry| is_ours(&entry.file_name())).find_map(
        |entry| {
            let path = entry.path();
            // A link leads elsewhere.
            if !entry.file_type().ok()?.is_file() {
                return None;
            }
            let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return None,
            }
            let journal = journal_of(&path);
            if fs::symlink_metadata(&journal).ok()?.len() > MAX_JOURNAL {
                return None;
            }
            Some((path, file, fs::read(journal).ok()?))
        },
    )
}

/// FI-82: what the disk said.
pub(super) fn of(error: &io::Error) -> DiskError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DiskError::Full,
        io::ErrorKind::WriteZero => DiskError::ShortWrite,
        io::ErrorKind::AlreadyExists => DiskError::Exists,
        kind => DiskError::Io(kind),
    }
}
