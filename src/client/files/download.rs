//! Downloads: what is wanted of a file, and where it goes.

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;

use crate::client::core::Client;
use crate::client::files::engine::{Ports, Running, What};
use crate::client::files::error::TransferError;
use crate::client::files::local::Local;
use crate::client::files::partial::Partial;
use crate::client::files::refresh::Refresh;
use crate::client::files::remote::{Place, RemoteFile};
use crate::crypto::file::Chain;
use crate::files::{Chunk, Disk, DiskError, DownloadSpec, FileError, Progress, names};
use crate::net::OsEntropy;

/// A download that has not begun: say how, then where to.
///
/// # Cancel safety
///
/// When one of its futures is dropped, the download is cancelled: nothing more is asked for. What a
/// [`to_path`](Self::to_path) had written stays beside the target, and the next one to the same path goes on with it.
#[must_use = "it begins with `to_path`, `to_bytes`, `to_writer` or `stream`"]
pub struct Download {
    client: Client,
    file: RemoteFile,
    range: Option<Range<u64>>,
    verify: bool,
    overwrite: bool,
    keep_partial: bool,
    max_wait: Option<Duration>,
    refresh: Option<Refresh>,
    chain: Option<Chain>,
    progress: watch::Sender<Progress>,
    waits: watch::Sender<Option<Duration>>,
}

impl Client {
    /// Fetches a file: of a message, a document, a photo, or whatever else is a [`RemoteFile`].
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client, message: telewire::tl::api::types::Message) -> Result<(), Box<dyn std::error::Error>> {
    /// let path = client.download(&message).to_path("downloads/").await?;
    /// println!("{}", path.display());
    /// # Ok(())
    /// # }
    /// ```
    pub fn download(&self, file: impl Into<RemoteFile>) -> Download {
        let file = file.into();
        let progress = Progress { done: 0, total: file.size() };
        Download {
            client: self.clone(),
            file,
            range: None,
            verify: false,
            overwrite: false,
            keep_partial: true,
            max_wait: None,
            refresh: None,
            chain: None,
            progress: watch::Sender::new(progress),
            waits: watch::Sender::new(None),
        }
    }
}

impl Download {
    /// FI-31: these bytes of it; all by default.
    pub fn range(mut self, range: Range<u64>) -> Self {
        self.range = Some(range);
        self
    }

    /// FI-42: checks all bytes by hashes that the server tells. It costs a request for each 1 MiB or so; what is wrong is never written.
    pub fn verify(mut self) -> Self {
        self.verify = true;
        self
    }

    /// FI-82: replaces the file that is there.
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// FI-85: removes what was written if the download is dropped; by default it stays, for the next one to go on with.
    pub fn discard_partial(mut self) -> Self {
        self.keep_partial = false;
        self
    }

    /// FI-75: fails once the server has ordered to wait longer than this in all; by default it is waited.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = Some(wait);
        self
    }

    /// FI-61: what brings the file anew when its reference has expired. What came with a message needs none: the message is asked for.
    pub fn refresh<F>(mut self, fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<RemoteFile>> + Send + 'static,
    {
        self.refresh = Some(Arc::new(move || Box::pin(fetch())));
        self
    }

    /// FI-39, SC-77: what comes is decrypted, and cut to its true size.
    #[cfg(feature = "secret")]
    pub(in crate::client) fn decrypted(mut self, chain: Chain) -> Self {
        self.chain = Some(chain);
        self
    }

    /// FI-86: how far it is, from now on.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// FI-75: how long a wait is that the server orders, told when it does; the transfer goes on after it by itself.
    #[must_use]
    pub fn waits(&self) -> watch::Receiver<Option<Duration>> {
        self.waits.subscribe()
    }

    /// Fetches it into a file, and gives the file's path. Until it is complete the bytes are in a partial file beside it, which
    /// another call goes on with after a cancel, an error or a kill. If the path is a folder, the file has the name that its sender gave
    /// it, without what is dangerous in that (FI-83).
    ///
    /// # Errors
    ///
    /// [`TransferError::Exists`] if there is a file already; see [`TransferError`].
    pub async fn to_path(mut self, path: impl AsRef<Path>) -> Result<PathBuf, TransferError> {
        let (path, name) = (path.as_ref().to_owned(), self.file.name.clone());
        let (overwrite, is_part) = (self.overwrite, self.range.is_some());
        let opened = spawn_blocking(move || {
            let is_folder = path.is_dir();
            let path = match is_folder {
                true => path.join(names::local(name.as_deref().unwrap_or_default())),
                false => path,
            };
            let mut entropy =
                OsEntropy::new().map_err(|error| TransferError::path(&path, &error))?;
            let (partial, kept) = Partial::open(&path, overwrite, !is_part, &mut entropy)?;
            Ok::<_, TransferError>((path, partial, kept))
        });
        let (path, partial, kept) =
            opened.await.map_err(|gone| TransferError::path("", &gone.into()))??;
        let local = Local::Partial(Some(Box::new(partial)));
        let done = match self.here() {
            Ok(Some(bytes)) => write(local, bytes).await,
            Ok(None) => match self.spec() {
                Ok(mut spec) => {
                    spec.journal = !is_part;
                    spec.resume = kept.filter(|_| !is_part);
                    self.run(spec, local).await.map(drop)
                }
                Err(error) => discard(local, error).await,
            },
            Err(error) => discard(local, error).await,
        };
        match done {
            Ok(()) => Ok(path),
            Err(TransferError::File(FileError::Disk(DiskError::Exists))) => {
                Err(TransferError::Exists(path))
            }
            Err(error) => Err(error),
        }
    }

    /// Fetches it into memory.
    ///
    /// # Errors
    ///
    /// See [`TransferError`].
    pub async fn to_bytes(mut self) -> Result<Vec<u8>, TransferError> {
        if let Some(bytes) = self.here()? {
            return Ok(bytes);
        }
        let spec = DownloadSpec { ordered: true, ..self.spec()? };
        match self.run(spec, Local::Memory(Vec::new())).await? {
            Local::Memory(bytes) => Ok(bytes),
            _ => Err(FileError::Unknown.into()),
        }
    }

    /// Fetches it into a writer, in order. As much is asked for as that takes.
    ///
    /// # Errors
    ///
    /// See [`TransferError`]. What was written before is a beginning of the file.
    pub async fn to_writer(
        mut self,
        writer: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<(), TransferError> {
        let local = Local::Writer(Box::new(writer));
        if let Some(bytes) = self.here()? {
            return write(local, bytes).await;
        }
        let spec = DownloadSpec { ordered: true, ..self.spec()? };
        self.run(spec, local).await.map(drop)
    }

    /// Gives its bytes one piece after the other, as they are asked for: for players and for what is passed on.
    ///
    /// # Errors
    ///
    /// See [`TransferError`].
    pub fn stream(mut self) -> Result<FileStream, TransferError> {
        if let Some(bytes) = self.here()? {
            return Ok(FileStream { here: Some(bytes.into()), there: None });
        }
        let spec = DownloadSpec { ordered: true, ..self.spec()? };
        let (to, pieces) = mpsc::channel(1);
        let (running, end) = self.begin(spec, Local::Reader(to))?;
        Ok(FileStream { here: None, there: Some(There { pieces, running, end }) })
    }

    /// FI-37: bytes that came along, or the range of them that is wanted.
    fn here(&self) -> Result<Option<Vec<u8>>, TransferError> {
        let Place::Here(bytes) = &self.file.place else { return Ok(None) };
        let Some(range) = &self.range else { return Ok(Some(bytes.clone())) };
        let (from, to) = (range.start, range.end);
        let of = usize::try_from(from).ok().zip(usize::try_from(to).ok());
        let wanted = of.and_then(|(from, to)| bytes.get(from..to));
        Ok(Some(wanted.ok_or(FileError::Range { from, to })?.to_vec()))
    }

    fn spec(&self) -> Result<DownloadSpec, TransferError> {
        let (location, dc, size) = self.file.there()?.ok_or(TransferError::NoFile)?;
        let mut spec = DownloadSpec::new(location, dc, size);
        spec.range.clone_from(&self.range);
        spec.verify = self.verify;
        spec.max_wait = self.max_wait;
        // FI-50: CDNs are for people.
        spec.cdn = self.client.user().is_some_and(|user| !user.is_bot);
        spec.sources.clone_from(&self.file.sources);
        spec.chain.clone_from(&self.chain);
        if self.refresh.is_some() && spec.sources.is_empty() {
            let origin = crate::files::references::Origin::Message;
            spec.sources = vec![crate::files::references::Source { origin, key: Vec::new() }];
        }
        Ok(spec)
    }

    fn begin(
        &mut self,
        spec: DownloadSpec,
        local: Local,
    ) -> Result<(Running, Ended), TransferError> {
        let (end, ended) = oneshot::channel();
        let ports = Ports {
            progress: self.progress.clone(),
            waits: self.waits.clone(),
            uploaded: None,
            end,
        };
        let what = What::Down(Box::new(spec));
        let inner = &self.client.inner;
        let refresh = self.refresh.take();
        let mut running = inner.begin_transfer(&self.client, what, local, refresh, ports)?;
        running.keep = self.keep_partial;
        Ok((running, ended))
    }

    async fn run(&mut self, spec: DownloadSpec, local: Local) -> Result<Local, TransferError> {
        let (mut running, ended) = self.begin(spec, local)?;
        let result = ended.await;
        running.is_over = true;
        // The runtime has ended that moved it.
        result.unwrap_or(Err(crate::client::Error::Closed.into()))
    }
}

/// Bytes that came along.
async fn write(mut local: Local, bytes: Vec<u8>) -> Result<(), TransferError> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    for what in [Disk::Write { offset: 0, bytes: bytes.into() }, Disk::Finish { length }] {
        local.act(what).await.map_err(FileError::Disk)?;
    }
    Ok(())
}

/// There is nothing to be had, and nothing stays of it.
async fn discard(mut local: Local, error: TransferError) -> Result<(), TransferError> {
    let _ = local.act(Disk::Discard).await;
    Err(error)
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("file", &self.file).field("range", &self.range).finish()
    }
}

type Ended = oneshot::Receiver<Result<Local, TransferError>>;

/// The bytes of a file, one piece after the other. Dropped, the download is cancelled.
pub struct FileStream {
    here: Option<Chunk>,
    there: Option<There>,
}

struct There {
    pieces: mpsc::Receiver<Chunk>,
    running: Running,
    end: Ended,
}

impl FileStream {
    /// The next bytes; `None` at the end. No piece is empty.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, nothing is lost.
    ///
    /// # Errors
    ///
    /// See [`TransferError`]. After one there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Chunk>, TransferError> {
        if let Some(bytes) = self.here.take().filter(|bytes| !bytes.is_empty()) {
            return Ok(Some(bytes));
        }
        let Some(there) = &mut self.there else { return Ok(None) };
        if let Some(piece) = there.pieces.recv().await {
            return Ok(Some(piece));
        }
        let end = (&mut there.end).await;
        there.running.is_over = true;
        self.there = None;
        match end {
            Ok(end) => end.map(|_| None),
            Err(_) => Err(crate::client::Error::Closed.into()),
        }
    }
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileStream")
    }
}
