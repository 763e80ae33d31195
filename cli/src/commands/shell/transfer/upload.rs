//! `telewire upload`: files go up, and are sent one by one or as an album.

use std::path::Path;
use std::time::Instant;

use serde_json::json;
use telewire::client::PeerRef;
use telewire::client::files::{Source, Uploaded};
use telewire::client::text::Text;
use telewire::client::verbs::AlbumItem;
use telewire::files::albums::MAX_ITEMS;
use telewire::tl::api::types::Message;
use tokio::task::JoinHandle;

use super::args::UploadArgs;
use super::kept::States;
use super::view::{Told, View};
use super::{Wrong, digest, run, told};
use crate::commands::shell::verbs::files::checked;
use crate::commands::shell::verbs::files::kind::As;
use crate::commands::shell::{Fault, Shell, given};
use crate::failure::Failure;

const GOES_ON: &str = "the same command goes on with what was sent";

/// Sends files.
pub(crate) fn upload(args: UploadArgs, start: Instant) -> Result<(), Failure> {
    let view = View { is_json: args.json, goes_on: GOES_ON };
    // Nothing is dialled for what is written wrongly.
    if let Err(fault) = read(&args) {
        return told(view, "", fault);
    }
    run(view, async move |failed| {
        let mut shell = Shell::open_for(&args.account, start).await?;
        let client = shell.client.clone();
        let user = client.user().map_or(0, |user| user.id);
        let states = States::of(&args.account.session()?, user);
        match shell.receiver(&args.peer).await {
            Ok(to) => {
                let kind = args.kind.into();
                let mut sender = Sender { shell: &shell, view, to, kind, states };
                if args.album {
                    let (name, sent) = sender.album(&args).await?;
                    failed.note(view, &name, sent)?;
                } else {
                    for (number, file) in args.files.iter().enumerate() {
                        let caption = if number == 0 { args.caption.as_str() } else { "" };
                        let sent = sender.send(file, caption).await?;
                        failed.note(view, &shown(file), sent)?;
                    }
                }
            }
            Err(fault) => failed.note(view, &args.peer, Err(fault))?,
        }
        client.close().await;
        Ok(())
    })
}

/// Whether what is written can be done.
fn read(args: &UploadArgs) -> Result<(), Fault> {
    given::peer(&args.peer)
        .map_err(|error| Fault::Usage(format!("whom to send it to: {error}")))?;
    let count = args.files.len();
    if args.album && count > MAX_ITEMS {
        let why = format!("an album has {MAX_ITEMS} files at most, and these are {count}");
        return Err(Fault::Usage(why));
    }
    args.files.iter().try_for_each(|file| checked(file))
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

/// To whom, and how.
struct Sender<'a> {
    shell: &'a Shell,
    view: View,
    to: PeerRef,
    kind: As,
    states: States,
}

/// A file that the server has, and its hash.
struct Ready {
    uploaded: Uploaded,
    hashing: JoinHandle<Result<(String, u64), Fault>>,
}

impl Sender<'_> {
    /// Sends a file in a message of its own.
    async fn send(&mut self, path: &Path, caption: &str) -> Result<Result<(), Fault>, Failure> {
        let Ready { uploaded, hashing } = match self.upload(path).await? {
            Ok(ready) => ready,
            Err(fault) => return Ok(Err(fault)),
        };
        let sent = uploaded.send(|file| {
            let call = self.shell.client.send_message(self.to.clone(), Text::from(caption));
            call.media(self.kind.media(path, file))
        });
        match sent.await {
            Ok(message) => self.tell(path, message, hashing).await,
            Err(error) => Ok(Err(Wrong::from(error).of_upload(&shown(path)))),
        }
    }

    /// Sends all files as an album, or none; with what is to be named if it fails.
    async fn album(&mut self, args: &UploadArgs) -> Result<(String, Result<(), Fault>), Failure> {
        let (mut items, mut hashes) = (Vec::new(), Vec::new());
        for path in &args.files {
            let Ready { uploaded, hashing } = match self.upload(path).await? {
                Ok(ready) => ready,
                Err(fault) => return Ok((shown(path), Err(fault))),
            };
            let (kind, of) = (self.kind, path.clone());
            let item = AlbumItem::new(uploaded, move |file, _| kind.media(&of, file));
            let caption = if items.is_empty() { args.caption.as_str() } else { "" };
            items.push(item.caption(Text::from(caption)));
            hashes.push(hashing);
        }
        let messages = match self.shell.client.send_album(self.to.clone(), items).await {
            Ok(messages) => messages,
            Err(error) => {
                let name = args.peer.clone();
                let fault = Wrong::from(error).of_upload(&name);
                return Ok((name, Err(fault)));
            }
        };
        for ((path, message), hashing) in args.files.iter().zip(messages).zip(hashes) {
            if let Err(fault) = self.tell(path, message, hashing).await? {
                return Ok((shown(path), Err(fault)));
            }
        }
        Ok((String::new(), Ok(())))
    }

    /// Has a file go up, or what is missing of it.
    async fn upload(&mut self, path: &Path) -> Result<Result<Ready, Fault>, Failure> {
        let name = shown(path);
        // Both read the file at the same time.
        let hashing = tokio::spawn(digest::sha256(path.to_owned()));
        let mut upload = self.shell.client.upload(Source::path(path));
        if self.kind.is_photo(path) {
            upload = upload.photo();
        }
        if let Some(state) = self.states.take(path) {
            upload = upload.resume(state);
        }
        let told = Told { progress: upload.progress(), waits: upload.waits() };
        let uploaded = self.view.watch(&name, told, upload).await?;
        let uploaded = uploaded.map_err(|error| Wrong::from(error).of_upload(&name));
        Ok(uploaded.map(|uploaded| Ready { uploaded, hashing }))
    }

    /// Says that a file was sent.
    async fn tell(
        &self,
        path: &Path,
        message: Message,
        hashing: JoinHandle<Result<(String, u64), Fault>>,
    ) -> Result<Result<(), Fault>, Failure> {
        let (sha256, size) = match hashing.await.map_err(Fault::failed).flatten() {
            Ok(hashed) => hashed,
            Err(fault) => return Ok(Err(fault)),
        };
        let name = shown(path);
        let json = json!({
            "event": "sent", "file": name, "size": size, "sha256": sha256,
            "message": self.shell.names.message_json(&message.into()),
        });
        self.view.line(&digest::line(&sha256, &name), &json)?;
        Ok(Ok(()))
    }
}

impl Shell {
    /// Who is named; nothing is uploaded for nobody.
    async fn receiver(&mut self, name: &str) -> Result<PeerRef, Fault> {
        let mut name = name.to_owned();
        self.find_peer(&mut name).await?;
        let peer = self.client.resolve(name.as_str()).await?;
        Ok(PeerRef::from(&peer))
    }
}
