//! Uploads: what is sent, and what becomes of it.

use std::fmt;
use std::fs::File;
use std::future::{Future, IntoFuture};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, UNIX_EPOCH};

use tokio::io::AsyncRead;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;

use crate::client::Error;
use crate::client::core::Client;
use crate::client::files::encrypting::Encrypting;
use crate::client::files::engine::{Ports, Running, What};
use crate::client::files::error::TransferError;
use crate::client::files::local::Local;
use crate::crypto::file::Chain;
use crate::files::{Chunk, FileError, InputFile, Progress, Sending, UploadSpec, names, thumbs};
use crate::tl::api::{enums, types};

/// What is sent.
pub struct Source(Kind);

enum Kind {
    Path(PathBuf),
    Bytes(Vec<u8>),
    Stream(Box<dyn AsyncRead + Send + Unpin>, Option<u64>),
}

impl Source {
    /// A file on the disk.
    #[must_use]
    pub fn path(path: impl AsRef<Path>) -> Self {
        Self(Kind::Path(path.as_ref().to_owned()))
    }

    /// Bytes at hand.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }

    /// What a reader gives, up to its end. `size` is how many bytes these are, if that is known (FI-06). It is read once, so that parts
    /// which the server loses later cannot be sent again.
    #[must_use]
    pub fn reader(reader: impl AsyncRead + Send + Unpin + 'static, size: Option<u64>) -> Self {
        Self(Kind::Stream(Box::new(reader), size))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Path(path) => write!(f, "Source({})", path.display()),
            Kind::Bytes(bytes) => write!(f, "Source({} bytes)", bytes.len()),
            Kind::Stream(_, size) => write!(f, "Source(reader, {size:?})"),
        }
    }
}

/// An upload that has not begun: say how, then await it.
///
/// # Cancel safety
///
/// When its future is dropped, nothing more is sent. With [`resume`](Self::resume) another call goes on with it.
#[must_use = "it begins when it is awaited"]
pub struct Upload {
    client: Client,
    source: Kind,
    name: Option<String>,
    is_photo: bool,
    thumb: Option<Vec<u8>>,
    state: Option<PathBuf>,
    max_wait: Option<Duration>,
    encryption: Option<Chain>,
    progress: watch::Sender<Progress>,
    waits: watch::Sender<Option<Duration>>,
}

impl Client {
    /// Sends a file to the server, where it is kept for some hours until a method takes it.
    ///
    /// ```no_run
    /// use telewire::client::files::Source;
    ///
    /// use telewire::tl::api::types::InputMediaUploadedPhoto;
    ///
    /// # async fn example(client: telewire::client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let cat = client.upload(Source::path("cat.jpg")).photo().await?;
    /// cat.send(|file| client.send_message("@ada", "look").media(InputMediaUploadedPhoto::new(file))).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(&self, source: Source) -> Upload {
        Upload {
            client: self.clone(),
            source: source.0,
            name: None,
            is_photo: false,
            thumb: None,
            state: None,
            max_wait: None,
            encryption: None,
            progress: watch::Sender::new(Progress { done: 0, total: None }),
            waits: watch::Sender::new(None),
        }
    }
}

impl Upload {
    /// What the file is called; by default as on the disk. Of a path only the last component is sent (FI-18).
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// It becomes a photo: 10 MiB at most, and its name ends as a picture's (FI-06, FI-18).
    pub fn photo(mut self) -> Self {
        self.is_photo = true;
        self
    }

    /// FI-18: a small picture of it goes along, a JPEG of less than 200 KiB; [`Uploaded::send_with_thumb`] gives both to a method.
    pub fn thumb(mut self, jpeg: impl Into<Vec<u8>>) -> Self {
        self.thumb = Some(jpeg.into());
        self
    }

    /// FI-84: keeps in this file how far it is, and goes on with what is there. A file on the disk alone can be gone on with.
    pub fn resume(mut self, state: impl AsRef<Path>) -> Self {
        self.state = Some(state.as_ref().to_owned());
        self
    }

    /// FI-75: fails once the server has ordered to wait longer than this in all; by default it is waited.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = Some(wait);
        self
    }

    /// FI-22, SC-76: it is encrypted on its way. What the server has is filled up to whole blocks.
    #[cfg(feature = "secret")]
    pub(in crate::client) fn encrypted(mut self, chain: Chain) -> Self {
        self.encryption = Some(chain);
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

    async fn run(mut self) -> Result<Uploaded, TransferError> {
        // FI-18: it is a file of its own.
        let thumb = match self.thumb.take() {
            Some(jpeg) => {
                thumbs::check(&jpeg)?;
                let thumb = self.client.upload(Source::bytes(jpeg)).name("thumb.jpg").photo();
                Some(Box::new(Box::pin(thumb.run()).await?))
            }
            None => None,
        };
        let name = match (&self.name, &self.source) {
            (Some(name), _) => name.clone(),
            (None, Kind::Path(path)) => {
                let name = path.file_name().unwrap_or_default();
                name.to_string_lossy().into_owned()
            }
            (None, _) => String::new(),
        };
        let name = names::sent(&name, self.is_photo);
        let (mut spec, local) = match self.source {
            Kind::Path(path) => {
                let state = self.state.clone();
                let opened = spawn_blocking(move || open(&path, state));
                opened.await.map_err(|gone| TransferError::path("", &gone.into()))??
            }
            Kind::Bytes(bytes) => {
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                (UploadSpec::new(size), Local::Bytes(Chunk::from(bytes)))
            }
            Kind::Stream(stream, size) => {
                (UploadSpec { size, ..UploadSpec::stream() }, Local::Stream(stream))
            }
        };
        let (size, mut local) = (spec.size, local);
        if let Some(chain) = self.encryption {
            let plain = size.ok_or(FileError::Unknown)?;
            let whole = plain.checked_next_multiple_of(16).ok_or(FileError::Unknown)?;
            spec.size = Some(whole);
            local = Local::Encrypted(Box::new(Encrypting::new(local, chain, plain)?));
        }
        spec.must_be_small = self.is_photo;
        spec.max_wait = self.max_wait;
        self.progress.send_replace(Progress { done: 0, total: spec.size });
        let (end, ended) = oneshot::channel();
        let (uploaded, mut parts) = mpsc::unbounded_channel();
        let (progress, waits) = (self.progress, self.waits);
        let ports = Ports { progress, waits, uploaded: Some(uploaded), end };
        let inner = &self.client.inner;
        let running = inner.begin_transfer(&self.client, What::Up(spec), local, None, ports)?;
        let mut ended = ended;
        let input = next(&mut parts, &mut ended).await?;
        let has_state = self.state.is_some();
        Ok(Uploaded { input, size, name, thumb, parts, ended, running: Some(running), has_state })
    }
}

impl IntoFuture for Upload {
    type Output = Result<Uploaded, TransferError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Opens a file to be sent, with its size and time (FI-15) and what was kept of an earlier upload.
fn open(path: &Path, state: Option<PathBuf>) -> Result<(UploadSpec, Local), TransferError> {
    let failed = |error: &std::io::Error| TransferError::path(path, error);
    let file = File::open(path).map_err(|error| failed(&error))?;
    let about = file.metadata().map_err(|error| failed(&error))?;
    if !about.is_file() {
        return Err(failed(&std::io::ErrorKind::InvalidInput.into()));
    }
    let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.and_then(|since| i64::try_from(since.as_nanos()).ok());
    let resume = match &state {
        Some(state) => match std::fs::read(state) {
            Ok(bytes) => Some(bytes.into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(TransferError::path(state, &error)),
        },
        None => None,
    };
    let spec = UploadSpec {
        modified: modified.unwrap_or_default(),
        journal: state.is_some(),
        resume,
        ..UploadSpec::new(about.len())
    };
    Ok((spec, Local::File(Some(Box::new(file)), state)))
}

/// A file whose parts are at the server. Dropped, it is given up; the server forgets it by itself.
pub struct Uploaded {
    input: InputFile,
    /// How many bytes it has on this side, if that was known.
    size: Option<u64>,
    name: String,
    thumb: Option<Box<Uploaded>>,
    parts: mpsc::UnboundedReceiver<InputFile>,
    ended: oneshot::Receiver<Result<Local, TransferError>>,
    running: Option<Running>,
    has_state: bool,
}

impl Uploaded {
    /// What it is called, as it is sent.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it has, if that was known before its end.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// The parts, and how many bytes they are on this side.
    #[cfg(feature = "secret")]
    pub(in crate::client) fn sizes(&self) -> (&InputFile, Option<u64>) {
        (&self.input, self.size)
    }

    /// What a method takes. If that answers `FILE_PART_X_MISSING`, the part has to be sent again: [`send`](Self::send) sees to it.
    #[must_use]
    pub fn input_file(&self) -> enums::InputFile {
        let InputFile { file_id: id, parts, is_big, md5 } = &self.input;
        let parts = i32::try_from(*parts).unwrap_or(i32::MAX);
        let name = self.name.clone();
        match is_big {
            true => types::InputFileBig { id: *id, parts, name }.into(),
            false => types::InputFile { id: *id, parts, name, md5_checksum: md5.clone() }.into(),
        }
    }

    /// Gives the file to a method. Parts that the server says it misses are sent again, and the method is called again (FI-14).
    ///
    /// # Errors
    ///
    /// The method's, or [`TransferError`].
    pub async fn send<T, F>(
        self,
        mut method: impl FnMut(enums::InputFile) -> F,
    ) -> Result<T, TransferError>
    where
        F: IntoFuture<Output = Result<T, Error>>,
    {
        self.send_with_thumb(|file, _| method(file)).await
    }

    /// The same, with the [thumb](Upload::thumb) that it has.
    ///
    /// # Errors
    ///
    /// The method's, or [`TransferError`].
    pub async fn send_with_thumb<T, F>(
        mut self,
        method: impl FnMut(enums::InputFile, Option<enums::InputFile>) -> F,
    ) -> Result<T, TransferError>
    where
        F: IntoFuture<Output = Result<T, Error>>,
    {
        let answer = self.give(method).await?;
        self.finish().await;
        Ok(answer)
    }

    /// Gives it to a method, and keeps it: for another one.
    pub(in crate::client) async fn give<T, F>(
        &mut self,
        mut method: impl FnMut(enums::InputFile, Option<enums::InputFile>) -> F,
    ) -> Result<T, TransferError>
    where
        F: IntoFuture<Output = Result<T, Error>>,
    {
        loop {
            let thumb = self.thumb.as_deref().map(Self::input_file);
            let error = match method(self.input_file(), thumb).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let (Some(rpc), Some(running)) = (error.rpc(), &self.running) else {
                return Err(error.into());
            };
            let thumb = self.thumb.as_deref().and_then(|thumb| thumb.running.as_ref());
            match running.send_failed(thumb, rpc.clone()).await {
                Sending::Resends => {
                    self.input = next(&mut self.parts, &mut self.ended).await?;
                    if let Some(thumb) = &mut self.thumb {
                        thumb.input = next(&mut thumb.parts, &mut thumb.ended).await?;
                    }
                }
                Sending::Failed(error) => return Err(error.into()),
                _ => return Err(error.into()),
            }
        }
    }

    /// A method has taken it.
    pub(in crate::client) async fn finish(mut self) {
        let thumb = self.thumb.take().and_then(|mut thumb| thumb.running.take());
        for running in self.running.take().into_iter().chain(thumb) {
            running.sent();
        }
        if self.has_state {
            // FI-84: it is gone before the caller hears that the file was sent.
            let _ = (&mut self.ended).await;
        }
    }
}

impl fmt::Debug for Uploaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploaded").field("name", &self.name).field("input", &self.input).finish()
    }
}

/// Waits until all parts are at the server.
async fn next(
    parts: &mut mpsc::UnboundedReceiver<InputFile>,
    ended: &mut oneshot::Receiver<Result<Local, TransferError>>,
) -> Result<InputFile, TransferError> {
    tokio::select! {
        biased;
        Some(input) = parts.recv() => Ok(input),
        end = ended => match end {
            Ok(Err(error)) => Err(error),
            Ok(Ok(_)) => Err(FileError::Unknown.into()),
            Err(_) => Err(Error::Closed.into()),
        },
    }
}
