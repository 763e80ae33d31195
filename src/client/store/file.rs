//! A session in a file.

mod disk;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::client::store::{Change, Snapshot, Store, StoreError, codec};
use disk::{Disk, RealDisk};

/// Keeps a session in a file that only its owner may read.
///
/// Each batch of changes is a new file, written beside the old one, synced and renamed over it, so that a crash leaves the
/// one or the other. Beside it lies `FILE.lock`, which is locked as long as the store lives: a second client on the same
/// file is an error.
///
/// The file has a checksum; what is damaged, of a newer version, or open to other users is refused and left as it is.
pub struct FileStore {
    path: PathBuf,
    snapshot: Snapshot,
    disk: Box<dyn Disk>,
    /// Held for as long as the store lives.
    _lock: Option<File>,
}

impl FileStore {
    /// Opens a file, which need not be there yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] when another client has it, [`StoreError::Exposed`] when others may read it,
    /// [`StoreError::Damaged`] when it is no session, [`StoreError::Io`] when the system says no.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let lock = lock(&path)?;
        let mut store = Self::on(path, Box::new(RealDisk::default()))?;
        store._lock = Some(lock);
        Ok(store)
    }

    fn on(path: PathBuf, mut disk: Box<dyn Disk>) -> Result<Self, StoreError> {
        let error = |doing, error: &io::Error| failed(doing, &path, error);
        let snapshot = match disk.mode(&path) {
            Err(none) if none.kind() == io::ErrorKind::NotFound => Snapshot::default(),
            Err(other) => return Err(error("look at", &other)),
            Ok(mode) if mode & OTHERS != 0 => {
                return Err(StoreError::Exposed { path, mode: mode & 0o777 });
            }
            Ok(_) => {
                let bytes = disk.read(&path).map_err(|other| error("read", &other))?;
                let damaged = |flaw| StoreError::Damaged { path: path.clone(), flaw };
                codec::decode(&bytes).map_err(damaged)?
            }
        };
        Ok(Self { path, snapshot, disk, _lock: None })
    }

    /// Writes a state beside the old one and puts it in its place.
    fn write(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let fresh = beside(&self.path, ".new");
        let bytes = codec::encode(snapshot);
        let written = replace(&mut *self.disk, &self.path, &fresh, &bytes);
        written.map_err(|(doing, error)| {
            // It is of no use to anybody; the next write removes it if it stays.
            let _ = self.disk.remove(&fresh);
            failed(doing, &self.path, &error)
        })
    }
}

/// Bits of the permissions that only its owner may have.
pub(super) const OTHERS: u32 = 0o077;

/// The steps in their order: the new file is on the disk before it takes the old one's name.
fn replace(
    disk: &mut dyn Disk,
    path: &Path,
    fresh: &Path,
    bytes: &[u8],
) -> Result<(), (&'static str, io::Error)> {
    // One that a crash left may have any content and permissions.
    match disk.remove(fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(("remove what was left of", error));
        }
        _ => {}
    }
    disk.create(fresh).map_err(|error| ("create", error))?;
    let mut rest = bytes;
    while !rest.is_empty() {
        match disk.write(rest) {
            Ok(0) => return Err(("write", io::ErrorKind::WriteZero.into())),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(("write", error)),
        }
    }
    disk.sync().map_err(|error| ("write", error))?;
    disk.rename(fresh, path).map_err(|error| ("replace", error))?;
    disk.sync_folder(path).map_err(|error| ("write the folder of", error))
}

pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let lock = beside(path, ".lock");
    let error = |error: &io::Error| failed("lock", &lock, error);
    let file = private().create(true).truncate(false).open(&lock).map_err(|other| error(&other))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(other)) => Err(error(&other)),
    }
}

/// How files are created: writable, and for their owner alone from the first moment.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a file that is complete its name, over the one that has it.
#[cfg(feature = "sqlite")]
pub(super) fn rename(fresh: &Path, path: &Path) -> io::Result<()> {
    let mut disk = RealDisk::default();
    disk.rename(fresh, path)?;
    disk.sync_folder(path)
}

/// The name of a file with something after it.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn failed(doing: &'static str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Io { doing, path: path.to_owned(), kind: error.kind() }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.snapshot.clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut next = self.snapshot.clone();
        next.apply(changes);
        self.write(&next)?;
        self.snapshot = next;
        Ok(())
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileStore({})", self.path.display())
    }
}
