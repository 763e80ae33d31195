//! What a file store asks of a disk, one step at a time, so that tests can stop between any two.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::client::store::{codec, place, sealing};

/// The steps. One file at most is being written.
pub(in crate::client::store) trait Disk: Send {
    /// The permissions of a file; all the owner's where there are none.
    fn mode(&mut self, path: &Path) -> io::Result<u32>;
    /// The content of a file.
    fn read(&mut self, path: &Path) -> io::Result<Zeroizing<Vec<u8>>>;
    /// Begins a file that is not there.
    fn create(&mut self, path: &Path) -> io::Result<()>;
    /// Appends to the file that was begun; how many bytes were taken.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Has the content of the file that was begun survive a crash, and closes it.
    fn sync(&mut self) -> io::Result<()>;
    /// Gives a file the name of another.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Has the names in the folder of a file survive a crash.
    fn sync_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// The files of this machine.
#[derive(Debug, Default)]
pub(in crate::client::store) struct RealDisk {
    begun: Option<File>,
}

impl Disk for RealDisk {
    fn mode(&mut self, path: &Path) -> io::Result<u32> {
        fs::metadata(path).map(|metadata| place::mode(&metadata))
    }

    fn read(&mut self, path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
        // A pipe would have us wait for ever.
        if !fs::metadata(path)?.is_file() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let room = usize::try_from(length)
            .ok()
            .filter(|length| *length <= codec::MAX_BYTES + sealing::MORE);
        // One more than there is, so that reading to the end does not grow it and leave a copy behind.
        let room = room.ok_or(io::ErrorKind::FileTooLarge)?.saturating_add(1);
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&mut self, path: &Path) -> io::Result<()> {
        self.begun = Some(place::private().create_new(true).open(path)?);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.as_mut().ok_or(io::ErrorKind::NotFound)?.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.begun.take().ok_or(io::ErrorKind::NotFound)?.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened, and renaming is as durable as it gets.
        if cfg!(unix) { File::open(place::folder_of(path))?.sync_all() } else { Ok(()) }
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
