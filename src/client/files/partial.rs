//! A file on the disk that is being downloaded: under another name beside its own until it is complete (FI-80 to FI-82).
//!
//! ```text
//! .film.mkv.0123456789abcdef.part            the bytes, each where it belongs
//! .film.mkv.0123456789abcdef.part.journal    which of them are there
//! film.mkv                                   once all are, and not before
//! ```
//!
//! The digits follow from the name, so that what is left of an earlier download is found however much is in the folder. Where another
//! download is under way to the same name, and for parts of a file, they are random.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::client::files::error::TransferError;
use crate::client::locked::Locked;
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
    file: Locked,
    overwrite: bool,
}

/// What was kept of it: the journal, and how many bytes there are.
pub(super) type Found = Option<(Kept, u64)>;

impl Partial {
    /// A new file beside the target, or, where that can be gone on with, what is there of an earlier download that has ended.
    pub(super) fn open(
        target: &Path,
        overwrite: bool,
        is_whole: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Found), TransferError> {
        let failed = |error: &io::Error| TransferError::path(target, error);
        if !overwrite && target.try_exists().map_err(|error| failed(&error))? {
            return Err(TransferError::Exists(target.to_owned()));
        }
        let name = target.file_name().ok_or_else(|| failed(&io::ErrorKind::InvalidInput.into()))?;
        let name = name.to_string_lossy();
        let temporary = names::temporary(&name, entropy);
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let own = |path, file| Self { target: target.to_owned(), path, file, overwrite };
        // What a part of the file wrote over another download's bytes would be believed by that one's journal.
        if is_whole {
            let path = folder.join(names::first_temporary(&name));
            match create(&path) {
                Ok(file) => {
                    // Who has seen it appear may have been faster.
                    if let Ok(file) = Locked::new(file) {
                        return Ok((own(path, file), None));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let left = left(path).or_else(|| earlier(&folder, &temporary));
                    if let Some((path, file, journal)) = left {
                        let length = file.metadata().map_err(|error| failed(&error))?.len();
                        return Ok((own(path, file), Some((journal.into(), length))));
                    }
                }
                Err(error) => return Err(failed(&error)),
            }
        }
        let path = folder.join(temporary);
        let file = create(&path).map_err(|error| failed(&error))?;
        let file = Locked::new(file).map_err(|error| failed(&io::Error::from(error)))?;
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

    /// FI-81: what is there is of no use. The journal goes first: it would fit the file again once that has grown.
    pub(super) fn empty(&self) -> Result<(), DiskError> {
        match fs::remove_file(journal_of(&self.path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(of(&error)),
            _ => {}
        }
        self.file.set_len(0).map_err(|error| of(&error))
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file: &File = &self.file;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
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

/// FI-80: nobody has given it that name before.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// What an earlier download left that nobody is at any more.
type Left = (PathBuf, Locked, Vec<u8>);

/// One to the same name, under another of its names; it looks at all that is in the folder.
fn earlier(folder: &Path, temporary: &str) -> Option<Left> {
    let stem_end = temporary.len().checked_sub(SUFFIX + names::PARTIAL.len())?;
    let stem = temporary.get(..stem_end)?;
    let is_ours = |name: &OsStr| {
        let name = name.to_str().and_then(|name| name.strip_prefix(stem));
        let random = name.and_then(|rest| rest.strip_suffix(names::PARTIAL));
        random.is_some_and(|random| {
            random.len() == SUFFIX && random.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    };
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.filter(|entry| is_ours(&entry.file_name())).find_map(|entry| left(entry.path()))
}

/// What is there, with its journal; or with none, which is no journal of any file.
fn left(path: PathBuf) -> Option<Left> {
    // A link leads elsewhere.
    if !fs::symlink_metadata(&path).ok()?.is_file() {
        return None;
    }
    let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
    let file = Locked::new(file).ok()?;
    // Its download may have ended just now: then these are the bytes of a complete file.
    if !is_at(&file, &path) {
        return None;
    }
    let journal = journal_of(&path);
    let is_read = fs::symlink_metadata(&journal).is_ok_and(|of| of.len() <= MAX_JOURNAL);
    // Without a journal it was cut off early: it is begun anew, and does not stay for ever.
    let journal = if is_read { fs::read(journal).unwrap_or_default() } else { Vec::new() };
    Some((path, file, journal))
}

/// Whether a file still has the name under which it was opened.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let ids = |of: io::Result<fs::Metadata>| of.ok().map(|of| (of.dev(), of.ino()));
    let opened = ids(file.metadata());
    opened.is_some() && opened == ids(fs::symlink_metadata(path))
}

/// Elsewhere files have no numbers that could be compared.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;

    fn open(target: &Path, is_whole: bool, seed: u64) -> (Partial, Found) {
        Partial::open(target, false, is_whole, &mut SeededEntropy::new(seed)).unwrap()
    }

    #[test]
    fn fi_80_what_is_gone_on_with_is_of_the_same_name_and_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.bin");
        let (mut first, found) = open(&target, true, 1);
        assert!(found.is_none());
        first.act(Disk::Write { offset: 0, bytes: vec![1; 9].into() }).unwrap();
        first.act(Disk::Journal { bytes: vec![7; 3].into() }).unwrap();
        let path = first.path.clone();
        // While it is under way, another one has a file of its own.
        assert_ne!(open(&target, true, 2).0.path, path);
        drop(first);
        assert_ne!(open(&folder.path().join("b.bin"), true, 3).0.path, path);
        // A part of the file would write over it.
        assert_ne!(open(&target, false, 4).0.path, path);
        let all = |n| (0..n).map(|seed| open(&target, true, seed)).collect::<Vec<_>>();
        let kept = all(4).into_iter().find(|(partial, _)| partial.path == path).unwrap().1.unwrap();
        assert_eq!((&kept.0[..], kept.1), (&[7, 7, 7][..], 9));
    }

    #[test]
    fn fi_80_what_is_left_is_found_without_a_look_at_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.bin");
        let path = open(&target, true, 1).0.path;
        // Whatever is drawn.
        let (partial, found) = open(&target, true, 2);
        assert_eq!((&partial.path, found.is_some()), (&path, true));
        drop(partial);
        fs::remove_file(&path).unwrap();
        assert_eq!(open(&target, true, 3).0.path, path);
    }

    #[cfg(unix)]
    #[test]
    fn fi_82_what_has_its_name_meanwhile_is_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.bin");
        let (mut partial, _) = open(&target, true, 1);
        let file = partial.file.try_clone().unwrap();
        assert!(is_at(&file, &partial.path));
        partial.act(Disk::Finish { length: 0 }).unwrap();
        assert!(!is_at(&file, &partial.path));
        // Another has begun.
        fs::write(&partial.path, b"").unwrap();
        assert!(!is_at(&file, &partial.path));
    }

    #[test]
    fn fi_81_what_is_begun_anew_has_no_journal_that_could_fit_again() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.bin");
        let (mut partial, _) = open(&target, true, 1);
        partial.act(Disk::Write { offset: 0, bytes: vec![1; 9].into() }).unwrap();
        partial.act(Disk::Journal { bytes: vec![7; 3].into() }).unwrap();
        partial.empty().unwrap();
        assert_eq!(partial.file.metadata().unwrap().len(), 0);
        assert!(!journal_of(&partial.path).exists());
        // And there may be none.
        partial.empty().unwrap();
    }

    #[test]
    fn fi_82_a_file_that_appears_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.bin");
        let (mut partial, _) = open(&target, true, 1);
        partial.act(Disk::Write { offset: 0, bytes: vec![1; 9].into() }).unwrap();
        fs::write(&target, b"mine").unwrap();
        assert_eq!(partial.act(Disk::Finish { length: 9 }), Err(DiskError::Exists));
        assert_eq!(fs::read(&target).unwrap(), b"mine");
        assert_eq!(fs::read(&partial.path).unwrap(), [1; 9]);
        assert!(matches!(
            Partial::open(&target, false, true, &mut SeededEntropy::new(1)),
            Err(TransferError::Exists(_))
        ));
    }
}
