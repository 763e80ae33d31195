//! Files: sent, saved, looked at.

pub(in crate::commands::shell) mod kind;

use std::path::Path;
use std::process::{Command, Stdio};

use telewire::client::Error;
use telewire::client::files::{RemoteFile, Source};
use telewire::client::text::Text;
use telewire::tl::api::enums::{
    Document, InputChannel, InputFile, InputMedia, InputPeer, Message, MessageMedia, PhotoSize,
    WebPage,
};
use telewire::tl::api::functions::{channels, messages, photos};
use telewire::tl::api::types;

use super::text::{Target, marked};
use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::located::Located;
use crate::commands::shell::preview;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::show::geo_url;
use crate::commands::shell::table::{Arg, Kind, commands, maybe, one};
use kind::As;

const PEER: Arg = one("peer", Kind::Peer);
const CHANNEL: Arg = one("channel", Kind::Channel);
const MESSAGE: Arg = one("message", Kind::Message);
const FILE: Arg = one("file", Kind::File);
const CAPTION: Arg = maybe("caption", Kind::Text);

/// What is done with a file that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Tell,
    View,
}

commands! {
    "send_photo" (PEER, FILE, CAPTION) "sends a photo" => |s, g| send(s, g, As::Photo);
    "send_video" (PEER, FILE, CAPTION) "sends a video" => |s, g| send(s, g, As::Video);
    "send_audio" (PEER, FILE, CAPTION) "sends music or a recording" => |s, g| send(s, g, As::Audio);
    "send_document" (PEER, FILE, CAPTION) "sends a file as it is" => |s, g| send(s, g, As::Document);
    "send_file" (PEER, FILE, CAPTION) "sends a file as what its name says that it is" => |s, g| send(s, g, As::ItsName);
    "post_photo" (CHANNEL, FILE, CAPTION) "sends a photo in a channel's own name" => |s, g| post(s, g, As::Photo);
    "post_video" (CHANNEL, FILE, CAPTION) "sends a video in a channel's own name" => |s, g| post(s, g, As::Video);
    "post_audio" (CHANNEL, FILE, CAPTION) "sends music in a channel's own name" => |s, g| post(s, g, As::Audio);
    "post_document" (CHANNEL, FILE, CAPTION) "sends a file as it is in a channel's own name" => |s, g| post(s, g, As::Document);
    "post_file" (CHANNEL, FILE, CAPTION) "sends a file in a channel's own name" => |s, g| post(s, g, As::ItsName);
    "reply_photo" (MESSAGE, FILE, CAPTION) "answers with a photo" => |s, g| reply(s, g, As::Photo);
    "reply_video" (MESSAGE, FILE, CAPTION) "answers with a video" => |s, g| reply(s, g, As::Video);
    "reply_audio" (MESSAGE, FILE, CAPTION) "answers with music or a recording" => |s, g| reply(s, g, As::Audio);
    "reply_document" (MESSAGE, FILE, CAPTION) "answers with a file as it is" => |s, g| reply(s, g, As::Document);
    "reply_file" (MESSAGE, FILE, CAPTION) "answers with a file" => |s, g| reply(s, g, As::ItsName);
    "load_photo" (MESSAGE) "saves a message's photo" => |s, g| load(s, g, Wanted::Photo, Then::Tell);
    "load_video" (MESSAGE) "saves its video" => |s, g| load(s, g, Wanted::Start("video/"), Then::Tell);
    "load_audio" (MESSAGE) "saves its audio" => |s, g| load(s, g, Wanted::Start("audio/"), Then::Tell);
    "load_document" (MESSAGE) "saves its document" => |s, g| load(s, g, Wanted::Document, Then::Tell);
    "load_file" | "load" (MESSAGE) "saves whatever is in it; of a place or page, shows the link" => |s, g| load(s, g, Wanted::Any, Then::Tell);
    "load_video_thumb" (MESSAGE) "saves the small picture of a video" => |s, g| load(s, g, Wanted::Thumb, Then::Tell);
    "load_document_thumb" (MESSAGE) "saves the small picture of a document" => |s, g| load(s, g, Wanted::Thumb, Then::Tell);
    "load_file_thumb" (MESSAGE) "saves the small picture of a file" => |s, g| load(s, g, Wanted::Thumb, Then::Tell);
    "view_photo" (MESSAGE) "saves a message's photo and shows it here, or opens it" => |s, g| load(s, g, Wanted::Photo, Then::View);
    "view_video" (MESSAGE) "saves its video and opens it" => |s, g| load(s, g, Wanted::Start("video/"), Then::View);
    "view_audio" (MESSAGE) "saves its audio and opens it" => |s, g| load(s, g, Wanted::Start("audio/"), Then::View);
    "view_document" (MESSAGE) "saves its document and opens it" => |s, g| load(s, g, Wanted::Document, Then::View);
    "view_file" (MESSAGE) "saves its file and opens it" => |s, g| load(s, g, Wanted::Any, Then::View);
    "view_video_thumb" (MESSAGE) "saves the small picture of a video and opens it" => |s, g| load(s, g, Wanted::Thumb, Then::View);
    "view_document_thumb" (MESSAGE) "the same of a document" => |s, g| load(s, g, Wanted::Thumb, Then::View);
    "view_file_thumb" (MESSAGE) "the same of a file" => |s, g| load(s, g, Wanted::Thumb, Then::View);
    "view" (MESSAGE) "opens whatever is in a message" => |s, g| load(s, g, Wanted::Any, Then::View);
    "load_user_photo" (one("user", Kind::User)) "saves a user's photo" => |s, g| load_peer_photo(s, g, Then::Tell);
    "load_chat_photo" (one("chat", Kind::Chat)) "saves a group's photo" => |s, g| load_peer_photo(s, g, Then::Tell);
    "load_channel_photo" (CHANNEL) "saves a channel's photo" => |s, g| load_peer_photo(s, g, Then::Tell);
    "view_user_photo" (one("user", Kind::User)) "saves a user's photo and opens it" => |s, g| load_peer_photo(s, g, Then::View);
    "view_chat_photo" (one("chat", Kind::Chat)) "saves a group's photo and opens it" => |s, g| load_peer_photo(s, g, Then::View);
    "view_channel_photo" (CHANNEL) "saves a channel's photo and opens it" => |s, g| load_peer_photo(s, g, Then::View);
    "chat_set_photo" (one("chat", Kind::Chat), FILE) "changes a group's photo" => set_peer_photo;
    "channel_set_photo" (CHANNEL, FILE) "changes a channel's photo" => set_peer_photo;
    "set_profile_photo" (FILE) "changes one's own photo" => set_profile_photo;
}

async fn send(shell: &mut Shell, given: Given, kind: As) -> Result<Reply, Fault> {
    sent(shell, &given, Target::to(&given), kind).await
}

async fn post(shell: &mut Shell, given: Given, kind: As) -> Result<Reply, Fault> {
    sent(shell, &given, Target::post(&given), kind).await
}

async fn reply(shell: &mut Shell, given: Given, kind: As) -> Result<Reply, Fault> {
    let to = Target::reply(shell, &given).await?;
    sent(shell, &given, to, kind).await
}

/// That the file is there is looked at before anything is sent.
pub(in crate::commands::shell) fn checked(path: &Path) -> Result<(), Fault> {
    let wrong = |why: String| Fault::Usage(format!("{}: {why}", path.display()));
    let about = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
    if about.is_file() { Ok(()) } else { Err(wrong("this is no file".to_owned())) }
}

async fn sent(shell: &mut Shell, given: &Given, to: Target, kind: As) -> Result<Reply, Fault> {
    let path = given.file(1);
    checked(&path)?;
    let caption = match given.word(2) {
        Some(caption) => marked(given, caption),
        None => Text::default(),
    };
    let uploaded = shell.client.upload(Source::path(&path)).await?;
    let (client, reply) = (shell.client.clone(), to.reply.or(given.modifiers.reply));
    let message = uploaded
        .send(|file| {
            let media: InputMedia = kind.media(&path, file);
            let mut call = client.send_message(to.peer.clone(), caption.clone()).media(media);
            if let Some(id) = reply {
                call = call.reply_to(id);
            }
            if to.is_post {
                call = call.send_as(to.peer.clone());
            }
            async move { call.await }
        })
        .await?;
    Ok(Reply::silent(shell.names.message_json(&message.into())))
}

/// What of a message is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Any,
    Photo,
    Document,
    /// A document whose type begins so.
    Start(&'static str),
    Thumb,
}

async fn load(shell: &mut Shell, given: Given, wanted: Wanted, then: Then) -> Result<Reply, Fault> {
    let name = given.message(0)?;
    let Message::Message(message) = shell.message(name).await? else {
        return Err(nothing());
    };
    if wanted == Wanted::Any
        && let Some(url) = message.media.as_ref().and_then(link)
    {
        if then == Then::View {
            open(&url)?;
        }
        return Ok(Reply::said(url));
    }
    let document = match &message.media {
        Some(MessageMedia::MessageMediaDocument(media)) => match &media.document {
            Some(Document::Document(document)) => Some(&**document),
            _ => None,
        },
        _ => None,
    };
    let is_photo = matches!(&message.media, Some(MessageMedia::MessageMediaPhoto(_)));
    let fits = match wanted {
        Wanted::Any => is_photo || document.is_some(),
        Wanted::Photo => is_photo,
        Wanted::Document | Wanted::Thumb => document.is_some(),
        Wanted::Start(start) => document.is_some_and(|of| of.mime_type.starts_with(start)),
    };
    if !fits {
        return Err(nothing());
    }
    let Located { id, .. } = shell.locate(name).await?;
    let target = match (wanted, document) {
        (Wanted::Thumb, Some(document)) => {
            let size = largest(document).ok_or_else(nothing)?;
            let thumb = RemoteFile::thumb(document, &size).ok_or_else(nothing)?;
            let path = shell.downloads.join(format!("thumb_{id}.jpg"));
            shell.client.download(thumb).overwrite().to_path(path).await?
        }
        (_, None) => {
            let path = shell.downloads.join(format!("photo_{id}.jpg"));
            shell.client.download(&*message).overwrite().to_path(path).await?
        }
        // It has the name that its sender gave it, made harmless, and what is there is not replaced.
        _ => shell.client.download(&*message).to_path(&shell.downloads).await?,
    };
    saved(shell, &target, then)
}

fn nothing() -> Fault {
    Fault::failed("there is nothing of that kind in the message")
}

/// The type of the largest small picture.
fn largest(document: &types::Document) -> Option<String> {
    let sizes = document.thumbs.as_ref()?.iter();
    let sizes = sizes.filter_map(|size| match size {
        PhotoSize::PhotoSize(size) => Some((size.w, size.r#type.clone())),
        PhotoSize::PhotoSizeProgressive(size) => Some((size.w, size.r#type.clone())),
        PhotoSize::PhotoCachedSize(size) => Some((size.w, size.r#type.clone())),
        _ => None,
    });
    sizes.max_by_key(|(width, _)| *width).map(|(_, kind)| kind)
}

/// The link of what is no file.
fn link(media: &MessageMedia) -> Option<String> {
    match media {
        MessageMedia::MessageMediaGeo(geo) => geo_url(&geo.geo),
        MessageMedia::MessageMediaVenue(venue) => geo_url(&venue.geo),
        MessageMedia::MessageMediaWebPage(page) => match &page.webpage {
            WebPage::WebPage(page) => Some(page.url.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// What is to be looked at is shown in the terminal, if it is a picture and a person reads there, and opened otherwise.
pub(super) fn saved(shell: &Shell, path: &Path, then: Then) -> Result<Reply, Fault> {
    let shown = path.display().to_string();
    if then == Then::View && (shell.is_json || !preview::show(path)) {
        // An absolute path cannot be taken for an option.
        let path = std::fs::canonicalize(path).map_err(Fault::failed)?;
        open(&path.display().to_string())?;
    }
    let json = serde_json::json!({"event": "download", "result": shown});
    Ok(Reply::new(format!("Saved to {shown}"), json))
}

/// Has the desktop open something: a program is started with it, and no shell stands in between.
pub(super) fn open(what: &str) -> Result<(), Fault> {
    let is_safe =
        what.starts_with('/') || what.starts_with("https://") || what.starts_with("http://");
    if !is_safe {
        return Err(Fault::failed(format!("this is opened by nothing here: {what}")));
    }
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(program);
    command.arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = command.spawn();
    started
        .map(drop)
        .map_err(|error| Fault::failed(format!("{program} cannot be started: {error}")))
}

async fn load_peer_photo(shell: &mut Shell, given: Given, then: Then) -> Result<Reply, Fault> {
    let file = shell.client.peer_photo(given.peer(0)).await?;
    let file = file.ok_or_else(|| Fault::failed("there is no photo to be seen"))?;
    let path = shell.downloads.join(file.name().unwrap_or_default());
    let path = shell.client.download(file).overwrite().to_path(path).await?;
    saved(shell, &path, then)
}

async fn set_peer_photo(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let path = given.file(1);
    checked(&path)?;
    let peer = shell.client.resolve(given.peer(0)).await?;
    let client = shell.client.clone();
    let uploaded = client.upload(Source::path(&path)).await?;
    uploaded
        .send(|file| {
            let photo = types::InputChatUploadedPhoto {
                file: Some(file),
                ..types::InputChatUploadedPhoto::new()
            };
            let (client, peer) = (client.clone(), peer.clone());
            async move {
                match peer {
                    InputPeer::InputPeerChannel(of) => {
                        let (channel_id, access_hash) = (of.channel_id, of.access_hash);
                        let channel: InputChannel =
                            types::InputChannel { channel_id, access_hash }.into();
                        let call = channels::EditPhoto { channel, photo: photo.into() };
                        client.invoke(&call).await.map(drop)
                    }
                    InputPeer::InputPeerChat(of) => {
                        let call =
                            messages::EditChatPhoto { chat_id: of.chat_id, photo: photo.into() };
                        client.invoke(&call).await.map(drop)
                    }
                    _ => Err(Error::from(telewire::client::PeerError::Wrong {
                        expected: telewire::client::PeerKind::Group,
                        found: telewire::client::PeerKind::User,
                    })),
                }
            }
        })
        .await?;
    Ok(Reply::done())
}

async fn set_profile_photo(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let path = given.file(0);
    checked(&path)?;
    let client = shell.client.clone();
    let uploaded = client.upload(Source::path(&path)).await?;
    uploaded
        .send(|file: InputFile| {
            let client = client.clone();
            async move {
                let new = photos::UploadProfilePhoto::new();
                let call = photos::UploadProfilePhoto { file: Some(file), ..new };
                client.invoke(&call).await.map(drop)
            }
        })
        .await?;
    Ok(Reply::done())
}
