//! `telewire upload` and `telewire download`: files, with a bar, gone on with after an interruption.
//!
//! ```text
//!  args ── what and where      view ── a bar, lines of JSON, waits      digest ── a line for sha256sum
//!    └── each file in turn: found, moved by the client, hashed, told
//!          └── kept: where it stands how far an upload is; a download's partial file says it itself
//! ```

mod args;
mod digest;
mod kept;
mod upload;
mod view;

use std::time::Instant;

use serde_json::json;
use telewire::client::files::{RemoteFile, TransferError};
use telewire::files::{DiskError, FileError};
use telewire::tl::api::enums::Message;

use super::given::{self, MessageName};
use super::{Fault, Shell};
use crate::commands::runtime;
use crate::failure::Failure;
pub(crate) use args::{DownloadArgs, UploadArgs};
pub(crate) use upload::upload;
use view::{Told, View};

/// Saves what is in messages.
pub(crate) fn download(args: DownloadArgs, start: Instant) -> Result<(), Failure> {
    let view = View { is_json: args.json, goes_on: GOES_ON };
    let mut names = Vec::new();
    for what in &args.what {
        match given::message(what) {
            Some(name) => names.push((what.clone(), name)),
            None => {
                let why = "this names no message: write 12, @channel/12 or a link to it";
                return told(view, what, Fault::Usage(format!("`{what}`: {why}")));
            }
        }
    }
    if names.len() > 1 && !args.output.is_dir() {
        let path = args.output.display();
        let why = format!("{path}: several files need a folder that is there, as --output");
        return told(view, "", Fault::Usage(why));
    }
    run(view, async move |failed| {
        let mut shell = Shell::open_for(&args.account, start).await?;
        let client = shell.client.clone();
        for (what, name) in &names {
            let saved = save(&mut shell, view, &args, what, name).await?;
            failed.note(view, what, saved)?;
        }
        client.close().await;
        Ok(())
    })
}

/// What went wrong first, of several files.
#[derive(Debug, Default)]
struct Failed(Option<u8>);

impl Failed {
    fn note(&mut self, view: View, name: &str, done: Result<(), Fault>) -> Result<(), Failure> {
        let Err(fault) = done else { return Ok(()) };
        let code = if matches!(fault, Fault::Usage(_)) { 2 } else { 1 };
        self.0.get_or_insert(code);
        view.fault(name, &fault)
    }
}

/// Ends with what is wrong with the command line.
fn told(view: View, name: &str, fault: Fault) -> Result<(), Failure> {
    if !view.is_json {
        return Err(fault.into());
    }
    view.fault(name, &fault)?;
    Err(Failure::Told(2))
}

/// Runs until the end or Ctrl-C, which cancels what is under way.
fn run(
    view: View,
    work: impl AsyncFnOnce(&mut Failed) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let runtime = runtime()?;
    let mut failed = Failed::default();
    let done = runtime.block_on(async {
        crate::terminal::keep_but_interrupt()?;
        tokio::select! {
            biased;
            done = work(&mut failed) => done,
            _ = tokio::signal::ctrl_c() => {
                view.interrupted()?;
                Err(Failure::Interrupted)
            }
        }
    });
    runtime.shutdown_background();
    done?;
    failed.0.map_or(Ok(()), |code| Err(Failure::Told(code)))
}

async fn save(
    shell: &mut Shell,
    view: View,
    args: &DownloadArgs,
    what: &str,
    name: &MessageName,
) -> Result<Result<(), Fault>, Failure> {
    let file = match shell.file_of(what, name).await {
        Ok(file) => file,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut download = shell.client.download(file);
    if args.overwrite {
        download = download.overwrite();
    }
    if args.verify {
        download = download.verify();
    }
    let told = Told { progress: download.progress(), waits: download.waits() };
    let saved = view.watch(what, told, download.to_path(&args.output)).await?;
    let done = async {
        let path = saved?;
        let (sha256, size) = digest::sha256(path.clone()).await?;
        Ok::<_, Wrong>((path, size, sha256))
    };
    let (path, size, sha256) = match done.await {
        Ok(done) => done,
        Err(wrong) => return Ok(Err(wrong.of_download(what))),
    };
    let path = path.display().to_string();
    let json =
        json!({"event": "saved", "file": what, "path": path, "size": size, "sha256": sha256});
    view.line(&digest::line(&sha256, &path), &json)?;
    Ok(Ok(()))
}

impl Shell {
    /// What is in a message that can be saved.
    async fn file_of(&mut self, what: &str, name: &MessageName) -> Result<RemoteFile, Fault> {
        match self.message(name).await? {
            Message::Message(message) if message.media.is_some() => Ok((&*message).into()),
            _ => Err(nothing(what)),
        }
    }
}

fn nothing(what: &str) -> Fault {
    Fault::failed(format!(
        "{what}: there is no file in this message: `telewire history` shows which have one"
    ))
}

/// Why a file was not sent or saved.
enum Wrong {
    Transfer(TransferError),
    Fault(Fault),
}

impl From<TransferError> for Wrong {
    fn from(error: TransferError) -> Self {
        Self::Transfer(error)
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Wrong {
    fn of_upload(self, name: &str) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Transfer(TransferError::Client(error)) => error.into(),
            Self::Transfer(error @ TransferError::Path { .. }) => Fault::failed(error),
            Self::Transfer(error) => Fault::failed(format!("{name}: {error}")),
        }
    }

    /// With what there is to do.
    fn of_download(self, what: &str) -> Fault {
        let error = match self {
            Self::Fault(fault) => return fault,
            Self::Transfer(error) => error,
        };
        match error {
            TransferError::NoFile => nothing(what),
            TransferError::Exists(path) => Fault::failed(format!(
                "{} is there already: --overwrite replaces it, and --output names another place",
                path.display()
            )),
            TransferError::File(FileError::Disk(DiskError::Full)) => Fault::failed(format!(
                "{what}: the disk is full: make room, and the same command goes on with what has come"
            )),
            TransferError::File(error) => Fault::failed(format!("{what}: {error}; {GOES_ON}")),
            TransferError::Client(error) => match Fault::from(error) {
                Fault::Failed(why) => Fault::Failed(format!("{what}: {why}; {GOES_ON}")),
                fault => fault,
            },
            error => Fault::failed(error),
        }
    }
}

const GOES_ON: &str = "the same command goes on with what has come";
