//! Where bytes come from and go to on this side: the disk, memory, readers and writers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::client::files::encrypting::Encrypting;
use crate::client::files::partial::{self, Partial};
use crate::files::{Chunk, Disk, DiskDone, DiskError};

/// The local end of a transfer.
pub(super) enum Local {
    /// A download to a file.
    Partial(Option<Box<Partial>>),
    /// A download into memory, in order.
    Memory(Vec<u8>),
    /// A download into a writer, in order.
    Writer(Box<dyn AsyncWrite + Send + Unpin>),
    /// A download that somebody reads, in order.
    Reader(mpsc::Sender<Chunk>),
    /// An upload of a file, and where its state is kept.
    File(Option<Box<File>>, Option<PathBuf>),
    /// An upload of bytes.
    Bytes(Chunk),
    /// An upload of a stream.
    Stream(Box<dyn AsyncRead + Send + Unpin>),
    /// An upload of one of these, encrypted.
    Encrypted(Box<Encrypting>),
}

impl Local {
    /// Does what the planner says. A slow end keeps the planner from asking for more (FI-87).
    pub(super) async fn act(&mut self, what: Disk) -> Result<DiskDone, DiskError> {
        match (self, what) {
            (Self::Partial(place), what) => blocking(place, |partial| partial.act(what)).await,
            (Self::File(_, Some(state)), Disk::Discard) => {
                // It was used; another one begins anew. Where it cannot be removed, the server says what it misses.
                let _ = tokio::fs::remove_file(state).await;
                Ok(DiskDone::Done)
            }
            (_, Disk::Discard) => Ok(DiskDone::Done),
            (Self::Memory(all), Disk::Write { bytes, .. }) => {
                all.extend_from_slice(&bytes);
                Ok(DiskDone::Done)
            }
            (Self::Writer(writer), Disk::Write { bytes, .. }) => {
                writer.write_all(&bytes).await.map_err(|error| partial::of(&error))?;
                Ok(DiskDone::Done)
            }
            (Self::Writer(writer), Disk::Finish { .. }) => {
                writer.flush().await.map_err(|error| partial::of(&error))?;
                Ok(DiskDone::Done)
            }
            (Self::Reader(to), Disk::Write { bytes, .. }) => {
                // Whoever has gone has cancelled it.
                let sent =
                    to.send(bytes).await.map_err(|_| DiskError::Io(io::ErrorKind::BrokenPipe));
                sent.map(|()| DiskDone::Done)
            }
            (Self::Memory(_) | Self::Reader(_), Disk::Finish { .. }) => Ok(DiskDone::Done),
            (Self::File(file, _), Disk::Read { offset, length }) => {
                blocking(file, move |file| read(file, offset, length)).await
            }
            (Self::File(_, Some(state)), Disk::Journal { bytes }) => {
                let state = state.clone();
                let written = spawn_blocking(move || keep(&state, &bytes)).await;
                let written = written.unwrap_or_else(|gone| Err(gone.into()));
                written.map(|()| DiskDone::Done).map_err(|error| partial::of(&error))
            }
            (Self::Bytes(bytes), Disk::Read { offset, length }) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let read = bytes.slice(from..from.saturating_add(length));
                let all = u64::try_from(bytes.len()).ok();
                Ok(DiskDone::Read { bytes: read.to_vec(), length: all })
            }
            (Self::Encrypted(from), Disk::Read { offset, length }) => {
                from.read(offset, length).await
            }
            (Self::Stream(stream), Disk::Read { length, .. }) => {
                let mut bytes = Vec::new();
                // Fewer only at the end of the stream.
                let most = u64::try_from(length).unwrap_or(u64::MAX);
                let read = stream.take(most).read_to_end(&mut bytes).await;
                read.map_err(|error| partial::of(&error))?;
                Ok(DiskDone::Read { bytes, length: None })
            }
            _ => Err(DiskError::Io(io::ErrorKind::Unsupported)),
        }
    }

    /// FI-81: what was kept is of no use.
    pub(super) async fn empty(&mut self) -> Result<(), DiskError> {
        match self {
            Self::Partial(place) => blocking(place, |partial| partial.empty()).await,
            _ => Ok(()),
        }
    }
}

/// Has work done where blocking keeps nobody; what does it comes back afterwards.
async fn blocking<T: Send + 'static, R: Send + 'static>(
    place: &mut Option<Box<T>>,
    work: impl FnOnce(&mut T) -> Result<R, DiskError> + Send + 'static,
) -> Result<R, DiskError> {
    let gone = DiskError::Io(io::ErrorKind::BrokenPipe);
    let mut taken = place.take().ok_or(gone)?;
    let done = spawn_blocking(move || {
        let result = work(&mut taken);
        (taken, result)
    });
    let (taken, result) = done.await.map_err(|_| gone)?;
    *place = Some(taken);
    result
}

/// FI-15: with the length that the file has now.
fn read(file: &mut File, offset: u64, length: usize) -> Result<DiskDone, DiskError> {
    let mut read = || -> io::Result<DiskDone> {
        let now = file.metadata()?.len();
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(length);
        file.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        Ok(DiskDone::Read { bytes, length: Some(now) })
    };
    read().map_err(|error| partial::of(&error))
}

/// FI-84: the new state takes the old one's place.
fn keep(state: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = state.to_owned();
    new.as_mut_os_string().push(".new");
    std::fs::write(&new, bytes)?;
    std::fs::rename(&new, state)
}
