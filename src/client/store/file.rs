//! A session in a file.

pub(super) mod disk;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::client::store::error::Flaw;
use crate::client::store::place::{self, Place, beside, failed, unwritable};
use crate::client::store::sealing::{Seal, Sealing, StoreKey, Unopened, is_sealed};
use crate::client::store::witness::{self, Witness};
use crate::client::store::{Change, Snapshot, Store, StoreError, codec};
use disk::{Disk, RealDisk};

/// Keeps a session in a file that only its owner may read.
///
/// Each batch of changes is a new file, written beside the old one, synced and renamed over it, so that a crash leaves the
/// one or the other. Beside it lies `FILE.lock`, which is locked as long as the store lives: a second client on the same
/// file is an error. Dropping the store lets the file go.
///
/// With secret chats, there is a `FILE.witness` too: how far each of them is, by numbers alone. A copy of the file that is put back is
/// older than that, and its chats are closed instead of using a number twice (SC-84). Leave it beside the session; a backup is of the
/// file alone. Without it, nothing is noticed.
///
/// The file has a checksum; what is damaged, of a newer version, or open to other users is refused and left as it is.
///
/// # Its name
///
/// The name is found once, when it is opened: a relative one is of the folder that the program is in then, and links are
/// followed, so that a link stays one and a file is in use under all its names. Hard links are no names of one session: the
/// first write gives the name that was opened a file of its own, and the other ones keep an old state that nobody guards. Two
/// clients that begin from both have one key, and the server ends the login.
///
/// If the folder is moved meanwhile, nothing is written any more ([`StoreError::Moved`]).
pub struct FileStore {
    path: PathBuf,
    snapshot: Snapshot,
    /// If it is encrypted.
    sealing: Option<Arc<Sealing>>,
    /// What lies beside the file of secret chats (SC-84).
    witness: Witness,
    disk: Box<dyn Disk>,
    /// Held for as long as the store lives. A disk that is a model has none.
    place: Option<Place>,
}

impl FileStore {
    /// Opens a file, which need not be there yet. One that is there is written anew as it is, and one that is not is tried: what
    /// cannot be kept is told here, before anybody logs in.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] when another client has it, [`StoreError::Exposed`] when others may read it,
    /// [`StoreError::Damaged`] when it is no session, [`StoreError::NotAFile`] and [`StoreError::Dangling`] when the name is not
    /// that of a file, [`StoreError::Unwritable`] when it cannot be replaced, for which [`read`](Self::read) is,
    /// [`StoreError::Io`] when the system says no. Nothing is left behind by any of them.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_by(path.as_ref(), None)
    }

    /// As [`open`](Self::open), of a session that is encrypted (SC-86). One that is not yet is encrypted by that; the disk may still have
    /// what it was. To have another key, or none, [read](Self::read_encrypted) it and keep its [changes](Snapshot::changes) in another file.
    ///
    /// # Errors
    ///
    /// [`StoreError::WrongKey`] for another key than that of the session, and as `open`.
    pub fn open_encrypted(path: impl AsRef<Path>, key: &StoreKey) -> Result<Self, StoreError> {
        Self::open_by(path.as_ref(), Some(key))
    }

    fn open_by(given: &Path, key: Option<&StoreKey>) -> Result<Self, StoreError> {
        let (place, disk) = (Place::take(given)?, Box::new(RealDisk::default()));
        let mut store = Self::on(given, place.path().to_owned(), disk, key)?;
        store.place.insert(place).used();
        Ok(store)
    }

    /// What a file keeps, which is neither locked nor written: for a session that cannot be written, or to look at. A client
    /// on a [`MemoryStore`](crate::client::store::MemoryStore) of it forgets what changes. No other client may have the session
    /// then: the server ends a login whose key is used at two places.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), but for [`StoreError::InUse`] and [`StoreError::Unwritable`]; and [`StoreError::Io`] when there is
    /// no file.
    pub fn read(path: impl AsRef<Path>) -> Result<Snapshot, StoreError> {
        Self::read_by(path.as_ref(), None)
    }

    /// As [`read`](Self::read), of a session that is encrypted, or of one that is not.
    ///
    /// # Errors
    ///
    /// [`StoreError::WrongKey`], and as `read`.
    pub fn read_encrypted(path: impl AsRef<Path>, key: &StoreKey) -> Result<Snapshot, StoreError> {
        Self::read_by(path.as_ref(), Some(key))
    }

    fn read_by(given: &Path, key: Option<&StoreKey>) -> Result<Snapshot, StoreError> {
        let (mut disk, path) = (RealDisk::default(), place::real(given)?);
        let read = read(&mut disk, given, &path, key)?;
        let (read, _) = read.ok_or_else(|| failed("read", given, ErrorKind::NotFound))?;
        let witness = Witness::read(&mut disk, &path, &read);
        let witness = witness.map_err(|refused| of_witness(given, refused))?;
        Ok(Snapshot { generations: witness.generations(), ..read })
    }

    /// The file: its absolute name, without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What seals a program's own files beside an encrypted session with the same key; `None` if the session is not encrypted.
    #[must_use]
    pub fn seal(&self) -> Option<Seal> {
        self.sealing.as_ref().map(Seal::new)
    }

    fn on(
        given: &Path,
        path: PathBuf,
        mut disk: Box<dyn Disk>,
        key: Option<&StoreKey>,
    ) -> Result<Self, StoreError> {
        let read = read(&mut *disk, given, &path, key)?;
        let is_there = read.is_some();
        let (mut snapshot, sealing) = read.unwrap_or_default();
        let sealing = match (sealing, key) {
            (None, Some(key)) => {
                let made = Sealing::new(key);
                Some(made.map_err(|error| failed(ENCRYPT, given, error.kind()))?)
            }
            (sealing, _) => sealing,
        };
        let witness = Witness::read(&mut *disk, &path, &snapshot);
        let witness = witness.map_err(|refused| of_witness(given, refused))?;
        snapshot.generations = witness.generations();
        let sealing = sealing.map(Arc::new);
        let mut store = Self { path, snapshot, sealing, witness, disk, place: None };
        let bytes = encode(given, &store.snapshot, store.sealing.as_deref())?;
        let Self { path, disk, witness, .. } = &mut store;
        let (path, disk) = (&**path, &mut **disk);
        // There is no session before there is something to keep.
        let tried = if is_there { put(disk, path, &bytes) } else { rehearse(disk, path, &bytes) };
        tried.map_err(|(step, error)| unwritable(given, step, &error.kind()))?;
        let tried = witness.rehearse(disk, path);
        tried.map_err(|(step, error)| unwritable(&witness::file_of(given), step, &error.kind()))?;
        Ok(store)
    }
}

/// After the name of a file: the one that takes its place.
const FRESH: &str = ".new";

/// What could not be done, and the system's error.
pub(super) type Refused = (&'static str, io::Error);

/// The bytes of a session, as they lie in its file.
fn encode(
    path: &Path,
    snapshot: &Snapshot,
    sealing: Option<&Sealing>,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let bytes = codec::encode_within(snapshot);
    let bytes = bytes.ok_or(StoreError::TooLarge { most: codec::MAX_BYTES })?;
    Ok(match sealing {
        Some(sealing) => {
            let sealed = sealing.seal(SESSION, &bytes);
            let sealed = sealed.map_err(|error| failed(ENCRYPT, path, error.kind()))?;
            Zeroizing::new([&sealing.header()[..], &sealed].concat())
        }
        None => bytes,
    })
}

/// What fails when there is no randomness, or no room for what makes a key of a passphrase.
pub(super) const ENCRYPT: &str = "encrypt";

/// What is sealed in a file, by its name.
const SESSION: &[u8] = b"session";

/// What a file keeps, and how it is encrypted, if it is; `None` if there is none.
fn read(
    disk: &mut dyn Disk,
    given: &Path,
    path: &Path,
    key: Option<&StoreKey>,
) -> Result<Option<(Snapshot, Option<Sealing>)>, StoreError> {
    let error = |doing, error: &io::Error| failed(doing, given, error.kind());
    match disk.mode(path) {
        Err(none) if none.kind() == ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(error("look at", &other)),
        Ok(mode) => place::check_mode(given, mode)?,
    }
    let damaged = |flaw| StoreError::Damaged { path: given.to_owned(), flaw };
    let bytes = match disk.read(path) {
        Err(large) if large.kind() == ErrorKind::FileTooLarge => {
            return Err(damaged(Flaw::TooLarge { most: codec::MAX_BYTES }));
        }
        other => other.map_err(|other| error("read", &other))?,
    };
    if !is_sealed(&bytes) {
        if bytes.len() > codec::MAX_BYTES {
            return Err(damaged(Flaw::TooLarge { most: codec::MAX_BYTES }));
        }
        return codec::decode(&bytes).map(|read| Some((read, None))).map_err(damaged);
    }
    let key = key.ok_or_else(|| StoreError::Encrypted { path: given.to_owned() })?;
    let sealing = Sealing::of(key, &bytes).map_err(|error| unopened(error, given))?;
    let sealed = bytes.get(sealing.header().len()..).unwrap_or_default();
    let opened = sealing.open(SESSION, sealed).map_err(damaged)?;
    codec::decode(&opened).map(|read| Some((read, Some(sealing)))).map_err(damaged)
}

pub(super) fn unopened(error: Unopened, path: &Path) -> StoreError {
    let path = path.to_owned();
    match error {
        Unopened::WrongKey => StoreError::WrongKey { path },
        Unopened::Flaw(flaw) => StoreError::Damaged { path, flaw },
        Unopened::Io(kind) => StoreError::Io { doing: "decrypt", path, kind },
    }
}

/// Puts a file in the place of the old one. The new one is on the disk before it takes the old one's name.
pub(super) fn put(disk: &mut dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Refused> {
    let fresh = beside(path, FRESH);
    let replaced = write(disk, &fresh, bytes).and_then(|()| {
        disk.rename(&fresh, path).map_err(|error| ("replace", error))?;
        disk.sync_folder(path).map_err(|error| ("write the folder of", error))
    });
    if replaced.is_err() {
        // It is of no use to anybody; the next write removes it if it stays.
        let _ = disk.remove(&fresh);
    }
    replaced
}

/// Does what that takes, and undoes it.
pub(super) fn rehearse(disk: &mut dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Refused> {
    let fresh = beside(path, FRESH);
    let written = write(disk, &fresh, bytes);
    let removed = disk.remove(&fresh).map_err(|error| ("remove what was tried for", error));
    written.and(removed)
}

/// What could not be done with the witness of a session.
pub(super) fn of_witness(session: &Path, (doing, error): Refused) -> StoreError {
    failed(doing, &witness::file_of(session), error.kind())
}

fn write(disk: &mut dyn Disk, fresh: &Path, bytes: &[u8]) -> Result<(), Refused> {
    // One that a crash left may have any content and permissions.
    match disk.remove(fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(("remove what was left of", error));
        }
        _ => {}
    }
    disk.create(fresh).map_err(|error| ("create", error))?;
    let mut rest = bytes;
    while !rest.is_empty() {
        match disk.write(rest) {
            Ok(0) => return Err(("write", ErrorKind::WriteZero.into())),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(("write", error)),
        }
    }
    disk.sync().map_err(|error| ("write", error))
}

/// Gives a file that is complete its name, over the one that has it.
#[cfg(feature = "sqlite")]
pub(super) fn rename(fresh: &Path, path: &Path) -> io::Result<()> {
    let mut disk = RealDisk::default();
    disk.rename(fresh, path)?;
    disk.sync_folder(path)
}

#[cfg(test)]
impl FileStore {
    pub(super) fn without_randomness(&mut self, random: fn(&mut [u8]) -> io::Result<()>) {
        Arc::get_mut(self.sealing.as_mut().unwrap()).unwrap().random = random;
    }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.snapshot.clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut next = self.snapshot.clone();
        next.apply(changes);
        let bytes = encode(&self.path, &next, self.sealing.as_deref())?;
        if let Some(place) = &mut self.place {
            place.check()?;
        }
        let Self { path, disk, witness, .. } = self;
        let before = witness.before(&mut **disk, path, &next);
        before.map_err(|refused| of_witness(path, refused))?;
        let replaced = put(&mut **disk, path, &bytes);
        replaced.map_err(|(doing, error)| failed(doing, path, error.kind()))?;
        witness.after(&mut **disk, path, &next);
        self.snapshot = next;
        Ok(())
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileStore({})", self.path.display())
    }
}
