//! What commands do that are for any chat when they name a secret one.

use std::path::Path;

use telewire::client::files::Source;
use telewire::client::secret::SecretChat;
use telewire::client::text::{MAX_MESSAGE_UNITS, Text};
use telewire::secret::{Message, file};
use telewire::tl::api::enums::MessageEntity;
use telewire::tl::secret::enums::{DecryptedMessageMedia as Media, MessageEntity as Entity};
use telewire::tl::secret::types as secret;

use serde_json::Value;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::{Given, MessageName};
use crate::commands::shell::preview;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::secret::kept::{About, At, Done, Outcome, Said};
use crate::commands::shell::secret::{Secrets, name, show};
use crate::commands::shell::show::geo_link;
use crate::commands::shell::table::{Act, Kind};
use crate::commands::shell::verbs::files::kind::{As, mime};
use crate::commands::shell::verbs::files::{Then, Wanted, checked, open, saved};
use crate::commands::shell::verbs::text::{MAX_TEXT_FILE, marked};
use crate::date;
use crate::files;

/// What a command does in a secret chat, if it names one.
pub(in crate::commands::shell) fn form_of(given: &Given) -> Result<Option<Act>, Fault> {
    let (mut secret, mut others) = (0_usize, 0_usize);
    let peers = given.words_of(|kind| matches!(kind, Kind::Peer));
    let places = given.all_messages().map(|of| of.peer.as_deref());
    for word in peers.map(Some).chain(places) {
        match word.and_then(name::read) {
            Some(_) => secret = secret.saturating_add(1),
            None => others = others.saturating_add(1),
        }
    }
    if secret == 0 {
        return Ok(None);
    }
    let Some((_, act)) = FORMS.iter().find(|(name, _)| *name == given.command.name) else {
        let why = "this is not done in secret chats";
        return Err(Fault::Usage(format!("{}: {why}", given.command.name)));
    };
    if others > 0 {
        return Err(given.command.misused("what is in secret chats is named by itself"));
    }
    Ok(Some(*act))
}

macro_rules! forms {
    ($($name:literal => $act:expr;)*) => {
        &[$(($name, |shell, given| Box::pin(($act)(shell, given)))),*]
    };
}

/// The commands that have such a form.
const FORMS: &[(&str, Act)] = forms! {
    "msg" => msg;
    "reply" => reply;
    "send_text" => send_text;
    "send_contact" => |s, g: Given| { let media = contact(&g); send(s, g, media) };
    "reply_contact" => |s, g: Given| { let media = contact(&g); answer(s, g, media) };
    "send_location" => |s, g: Given| { let media = location(&g); send(s, g, media) };
    "reply_location" => |s, g: Given| { let media = location(&g); answer(s, g, media) };
    "send_photo" => |s, g| send_file(s, g, As::Photo);
    "send_video" => |s, g| send_file(s, g, As::Video);
    "send_audio" => |s, g| send_file(s, g, As::Audio);
    "send_document" => |s, g| send_file(s, g, As::Document);
    "send_file" => |s, g| send_file(s, g, As::ItsName);
    "reply_photo" => |s, g| reply_file(s, g, As::Photo);
    "reply_video" => |s, g| reply_file(s, g, As::Video);
    "reply_audio" => |s, g| reply_file(s, g, As::Audio);
    "reply_document" => |s, g| reply_file(s, g, As::Document);
    "reply_file" => |s, g| reply_file(s, g, As::ItsName);
    "load_photo" => |s, g| load(s, g, Wanted::Photo, Then::Tell);
    "load_video" => |s, g| load(s, g, Wanted::Start("video/"), Then::Tell);
    "load_audio" => |s, g| load(s, g, Wanted::Start("audio/"), Then::Tell);
    "load_document" => |s, g| load(s, g, Wanted::Document, Then::Tell);
    "load_file" => |s, g| load(s, g, Wanted::Any, Then::Tell);
    "load_video_thumb" => |s, g| load(s, g, Wanted::Thumb, Then::Tell);
    "load_document_thumb" => |s, g| load(s, g, Wanted::Thumb, Then::Tell);
    "load_file_thumb" => |s, g| load(s, g, Wanted::Thumb, Then::Tell);
    "view_photo" => |s, g| load(s, g, Wanted::Photo, Then::View);
    "view_video" => |s, g| load(s, g, Wanted::Start("video/"), Then::View);
    "view_audio" => |s, g| load(s, g, Wanted::Start("audio/"), Then::View);
    "view_document" => |s, g| load(s, g, Wanted::Document, Then::View);
    "view_file" => |s, g| load(s, g, Wanted::Any, Then::View);
    "view_video_thumb" => |s, g| load(s, g, Wanted::Thumb, Then::View);
    "view_document_thumb" => |s, g| load(s, g, Wanted::Thumb, Then::View);
    "view_file_thumb" => |s, g| load(s, g, Wanted::Thumb, Then::View);
    "view" => |s, g| load(s, g, Wanted::Any, Then::View);
    "history" => history;
    "search" => search;
    "get_message" => get_message;
    "mark_read" => mark_read;
    "delete_msg" => delete;
    "unsend" => delete;
    "set_ttl" => set_ttl;
    "send_typing" => typing;
    "send_typing_abort" => |s, g: Given| types(s, g, false);
    "chat_with_peer" => chat_with;
};

/// Where something is said.
struct Place {
    secrets: Secrets,
    chat: SecretChat,
    about: About,
    reply: Option<i64>,
}

impl Place {
    async fn of(shell: &mut Shell, word: &str, reply: Option<u32>) -> Result<Self, Fault> {
        let (secrets, chat) = shell.secret_chat(word).await?;
        let about = shell.about(&secrets, &chat)?;
        let reply = match reply {
            Some(number) => Some(secrets.said(chat.id.0, number)?.random_id),
            None => None,
        };
        Ok(Self { secrets, chat, about, reply })
    }

    /// Where a command sends something.
    async fn to(shell: &mut Shell, given: &Given) -> Result<Self, Fault> {
        let reply = given.modifiers.reply.and_then(|number| u32::try_from(number).ok());
        Self::of(shell, &given.text(0), reply).await
    }

    /// Where a message is answered.
    async fn answers(shell: &mut Shell, given: &Given) -> Result<Self, Fault> {
        let (place, number) = located(given.message(0)?);
        Self::of(shell, place, Some(number)).await
    }

    /// Says something, and waits until the server has it.
    async fn say(
        &self,
        shell: &Shell,
        message: Message,
        source: Option<Source>,
    ) -> Result<Value, Fault> {
        let message = with_reply(message, self.reply);
        let Self { secrets, chat, about, .. } = self;
        let shown = message.clone();
        let said = match source {
            None => secrets.chats().send(chat.id, message).await?,
            Some(source) => secrets.chats().send_file(chat.id, message, source).await?,
        };
        let ttl = if shown.ttl == 0 { chat.ttl } else { shown.ttl };
        let said = Said { reply: self.reply, ttl, ..ours(chat, said, &shown) };
        let said = self.keep(said).await?;
        Ok(shell.names.said_json(&said, about, shell.own_id(), secrets.replied(&said)))
    }

    /// Keeps what was said, and waits until the server has it; what it does not take is an error.
    async fn keep(&self, said: Said) -> Result<Said, Fault> {
        let random_id = said.random_id;
        let said = self.secrets.add(said)?;
        self.secrets.settle().await?;
        self.taken(random_id)?;
        self.secrets.said(said.chat, said.number)
    }

    fn taken(&self, random_id: i64) -> Result<(), Fault> {
        match self.secrets.outcome(self.chat.id, random_id) {
            Some(Outcome::Failed(error)) => {
                Err(Fault::Failed(format!("the server did not take it: {error}")))
            }
            _ => Ok(()),
        }
    }
}

fn with_reply(mut message: Message, reply: Option<i64>) -> Message {
    message.reply_to = reply;
    message
}

fn ours(chat: &SecretChat, random_id: i64, message: &Message) -> Said {
    let media = message.media.as_ref();
    let caption = media.map_or("", file::caption);
    let text = if message.text.is_empty() { caption } else { &message.text };
    Said::ours(chat.id.0, random_id, date::now(), text, media)
}

/// The chat and the number of a message.
fn located(name: &MessageName) -> (&str, u32) {
    (name.peer.as_deref().unwrap_or_default(), u32::try_from(name.id).unwrap_or_default())
}

fn written(text: Text) -> Message {
    let mut message = Message::text(text.text);
    message.entities = text.entities.iter().filter_map(entity).collect();
    message
}

/// A mark of a text as secret chats have it; what they do not have is left out.
fn entity(of: &MessageEntity) -> Option<Entity> {
    use MessageEntity as E;
    Some(match of {
        E::MessageEntityBold(of) => secret::MessageEntityBold45::new(of.offset, of.length).into(),
        E::MessageEntityItalic(of) => {
            secret::MessageEntityItalic45::new(of.offset, of.length).into()
        }
        E::MessageEntityCode(of) => secret::MessageEntityCode45::new(of.offset, of.length).into(),
        E::MessageEntityPre(of) => {
            secret::MessageEntityPre45::new(of.offset, of.length, of.language.clone()).into()
        }
        E::MessageEntityTextUrl(of) => {
            secret::MessageEntityTextUrl45::new(of.offset, of.length, of.url.clone()).into()
        }
        E::MessageEntityUnderline(of) => {
            secret::MessageEntityUnderline101::new(of.offset, of.length).into()
        }
        E::MessageEntityStrike(of) => {
            secret::MessageEntityStrike101::new(of.offset, of.length).into()
        }
        E::MessageEntityBlockquote(of) => {
            secret::MessageEntityBlockquote101::new(of.offset, of.length).into()
        }
        E::MessageEntitySpoiler(of) => {
            secret::MessageEntitySpoiler144::new(of.offset, of.length).into()
        }
        E::MessageEntityCustomEmoji(of) => {
            let id = of.document_id;
            secret::MessageEntityCustomEmoji144::new(of.offset, of.length, id).into()
        }
        _ => return None,
    })
}

async fn msg(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Place::to(shell, &given).await?;
    let message = written(marked(&given, &given.text(1)));
    Ok(Reply::silent(to.say(shell, message, None).await?))
}

async fn reply(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Place::answers(shell, &given).await?;
    let message = written(marked(&given, &given.text(1)));
    Ok(Reply::silent(to.say(shell, message, None).await?))
}

async fn send_text(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let path = given.file(1);
    let text = files::read_text(&path, MAX_TEXT_FILE)
        .map_err(|error| Fault::Usage(format!("{}: {error}", path.display())))?;
    let text = marked(&given, &text).trimmed();
    if text.text.is_empty() {
        return Err(Fault::Usage(format!("{}: there is no text in it", path.display())));
    }
    let to = Place::to(shell, &given).await?;
    let mut all = Vec::new();
    for part in text.split(MAX_MESSAGE_UNITS) {
        all.push(to.say(shell, written(part), None).await?);
    }
    Ok(Reply::silent(Value::Array(all)))
}

fn contact(given: &Given) -> Result<Media, Fault> {
    let (phone_number, first_name, last_name) = (given.text(1), given.text(2), given.text(3));
    // It has room for small numbers alone.
    let user_id = 0;
    let contact =
        secret::DecryptedMessageMediaContact8 { phone_number, first_name, last_name, user_id };
    Ok(contact.into())
}

fn location(given: &Given) -> Result<Media, Fault> {
    let (lat, long) = (given.degrees(1), given.degrees(2));
    if lat.abs() > 90.0 {
        return Err(given.command.misused("a latitude goes from -90 to 90"));
    }
    Ok(secret::DecryptedMessageMediaGeoPoint8 { lat, long }.into())
}

async fn send(
    shell: &mut Shell,
    given: Given,
    media: Result<Media, Fault>,
) -> Result<Reply, Fault> {
    let message = Message::media(media?);
    let to = Place::to(shell, &given).await?;
    Ok(Reply::silent(to.say(shell, message, None).await?))
}

async fn answer(
    shell: &mut Shell,
    given: Given,
    media: Result<Media, Fault>,
) -> Result<Reply, Fault> {
    let message = Message::media(media?);
    let to = Place::answers(shell, &given).await?;
    Ok(Reply::silent(to.say(shell, message, None).await?))
}

async fn send_file(shell: &mut Shell, given: Given, kind: As) -> Result<Reply, Fault> {
    checked(&given.file(1))?;
    let to = Place::to(shell, &given).await?;
    upload(shell, &given, &to, kind).await
}

async fn reply_file(shell: &mut Shell, given: Given, kind: As) -> Result<Reply, Fault> {
    checked(&given.file(1))?;
    let to = Place::answers(shell, &given).await?;
    upload(shell, &given, &to, kind).await
}

async fn upload(shell: &mut Shell, given: &Given, to: &Place, kind: As) -> Result<Reply, Fault> {
    let path = given.file(1);
    let media = file::captioned(shown_as(&path, kind), &given.text(2));
    let said = to.say(shell, Message::media(media), Some(Source::path(&path))).await?;
    Ok(Reply::silent(said))
}

/// What a file is sent as: a picture with a small one of it, which is in the message.
fn shown_as(path: &Path, kind: As) -> Media {
    let media = bare(path, kind);
    if !kind.is_photo(path) && !mime(path).starts_with("image/") {
        return media;
    }
    let Some((bytes, width, height)) = preview::thumb(path) else { return media };
    let thumb = file::Thumb { bytes: &bytes, width, height };
    file::with_thumb(media.clone(), thumb).unwrap_or(media)
}

fn bare(path: &Path, kind: As) -> Media {
    if kind.is_photo(path) {
        let side = |side| i32::try_from(side).unwrap_or_default();
        let size = imagesize::size(path).ok();
        let (width, height) = size.map_or((0, 0), |size| (side(size.width), side(size.height)));
        return file::photo(width, height);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    file::document(&name.unwrap_or_default(), mime(path))
}

async fn load(shell: &mut Shell, given: Given, wanted: Wanted, then: Then) -> Result<Reply, Fault> {
    let nothing = || Fault::failed("there is nothing of that kind in the message");
    let (place, number) = located(given.message(0)?);
    let (secrets, chat) = shell.secret_chat(place).await?;
    let said = secrets.said(chat.id.0, number)?;
    let media = show::media_of(&said).ok_or_else(nothing)?;
    if let (Wanted::Any, Some(url)) = (wanted, link(&media)) {
        if then == Then::View {
            open(&url)?;
        }
        return Ok(Reply::said(url));
    }
    let mime = show::mime_of(&media);
    let is_photo = matches!(
        media,
        Media::DecryptedMessageMediaPhoto8(_) | Media::DecryptedMessageMediaPhoto45(_)
    );
    let fits = match wanted {
        Wanted::Any => !mime.is_empty(),
        Wanted::Photo => is_photo,
        Wanted::Document | Wanted::Thumb => !mime.is_empty() && !is_photo,
        Wanted::Start(start) => mime.starts_with(start),
    };
    if !fits {
        return Err(nothing());
    }
    if wanted == Wanted::Thumb {
        let small = file::thumb(&media).ok_or_else(nothing)?;
        let path = shell.downloads.join(format!("thumb_s{}_{number}.jpg", chat.id.0));
        let written = std::fs::write(&path, small.bytes);
        written.map_err(|error| Fault::failed(format!("{}: {error}", path.display())))?;
        return saved(shell, &path, then);
    }
    if said.out {
        return Err(Fault::failed("it was sent from here: nothing of it is fetched"));
    }
    let at: At = said.file.ok_or_else(nothing)?;
    let download = secrets.chats().download_file(&media, &at.into())?;
    let path = match is_photo {
        // Its name has the number of the chat: one of another is another.
        true => {
            let path = shell.downloads.join(format!("photo_s{}_{number}.jpg", chat.id.0));
            download.overwrite().to_path(path).await?
        }
        false => download.to_path(&shell.downloads).await?,
    };
    saved(shell, &path, then)
}

/// The link of what is no file. It is shown, and nobody follows it but a person (SC-75).
fn link(media: &Media) -> Option<String> {
    match media {
        Media::DecryptedMessageMediaGeoPoint8(of) => Some(geo_link(of.lat, of.long)),
        Media::DecryptedMessageMediaVenue45(of) => Some(geo_link(of.lat, of.long)),
        Media::DecryptedMessageMediaWebPage45(of) => Some(of.url.clone()),
        _ => None,
    }
}

/// As telegram-cli has it.
const MESSAGES: usize = 40;

/// Messages that were found, the oldest first.
fn listed(shell: &Shell, secrets: &Secrets, about: &About, found: &[Said]) -> Reply {
    let now = date::now();
    let lines: Vec<_> = found.iter().map(|said| shell.names.said_line(said, about, now)).collect();
    let me = shell.own_id();
    let json = found
        .iter()
        .map(|said| shell.names.said_json(said, about, me, secrets.replied(said)))
        .collect();
    Reply::new(lines.join("\n"), Value::Array(json))
}

/// The last messages of a chat that fit, but for so many, the oldest first. A chat that has ended has its history still.
async fn found(
    shell: &mut Shell,
    word: &str,
    (limit, offset): (usize, usize),
    fits: impl Fn(&Said) -> bool,
) -> Result<Reply, Fault> {
    let secrets = shell.secrets().await?;
    secrets.settle().await?;
    let about = match name::read(word) {
        Some(name::ChatName::Number(number)) => secrets.about_number(number)?,
        _ => {
            let (_, chat) = shell.secret_chat(word).await?;
            shell.about(&secrets, &chat)?
        }
    };
    let mut all: Vec<Said> = secrets.all_said(about.chat);
    all.retain(|said| !said.is_gone() && fits(said));
    let end = all.len().saturating_sub(offset);
    let found = all.get(end.saturating_sub(limit)..end).unwrap_or_default();
    Ok(listed(shell, &secrets, &about, found))
}

async fn history(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let part = (given.count(1, MESSAGES), given.count(2, 0));
    found(shell, &given.text(0), part, |_| true).await
}

async fn search(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let part = (given.count(1, MESSAGES), given.count(4, 0));
    let (since, until) = (given.number(2), given.number(3));
    let wanted = given.text(5).to_lowercase();
    let fits = |said: &Said| {
        let date = i64::from(said.date);
        since.is_none_or(|since| date >= since)
            && until.is_none_or(|until| date <= until)
            && said.text.to_lowercase().contains(&wanted)
    };
    found(shell, &given.text(0), part, fits).await
}

async fn get_message(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for name in given.messages(0) {
        let (place, number) = located(name);
        let reply = found(shell, place, (1, 0), |said| said.number == number).await?;
        match reply.json {
            Value::Array(found) if !found.is_empty() => all.extend(found),
            _ => return Err(Fault::Failed(format!("there is no message {place}/{number}"))),
        }
        lines.push(reply.text);
    }
    Ok(Reply::new(lines.join("\n"), Value::Array(all)))
}

/// Says that all was read, and has what vanishes begin to (SC-70, SC-71).
async fn mark_read(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Place::to(shell, &given).await?;
    let (secrets, id) = (&to.secrets, to.chat.id);
    let all: Vec<Said> = secrets.all_said(id.0).into_iter().filter(|said| !said.out).collect();
    if let Some(latest) = all.iter().map(|said| said.date).max() {
        secrets.chats().read(id, latest).await?;
    }
    for said in all.iter().filter(|said| said.ttl > 0 && !said.is_opened) {
        secrets.chats().opened(id, said.random_id, 0).await?;
        secrets.opened(said)?;
    }
    secrets.settle().await?;
    Ok(Reply::done())
}

async fn delete(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let names: Vec<MessageName> = given.messages(0).cloned().collect();
    for name in &names {
        let (place, number) = located(name);
        let to = Place::of(shell, place, Some(number)).await?;
        let Some(gone) = to.reply else { continue };
        let said = to.secrets.chats().delete(to.chat.id, vec![gone]).await?;
        to.secrets.delete(to.chat.id, gone)?;
        to.secrets.settle().await?;
        to.taken(said)?;
    }
    Ok(Reply::done())
}

async fn set_ttl(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Place::to(shell, &given).await?;
    let seconds = given.number(1).and_then(|seconds| i32::try_from(seconds).ok());
    let seconds = seconds.unwrap_or_default();
    let said = to.secrets.chats().set_ttl(to.chat.id, seconds).await?;
    let action = Some(Done::SetTtl(seconds));
    to.keep(Said { action, ..ours(&to.chat, said, &Message::default()) }).await?;
    Ok(Reply::done())
}

async fn typing(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    // `none` and `cancel`; of all others a secret chat has one word.
    let is_typing = !matches!(given.number(1), Some(0 | 2));
    types(shell, given, is_typing).await
}

async fn types(shell: &mut Shell, given: Given, is_typing: bool) -> Result<Reply, Fault> {
    let to = Place::to(shell, &given).await?;
    to.secrets.chats().typing(to.chat.id, is_typing).await?;
    to.secrets.settle().await?;
    Ok(Reply::done())
}

async fn chat_with(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Place::to(shell, &given).await?;
    shell.chat = Some(name::typed(to.chat.id));
    Ok(Reply::done())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::shell::table;
    use crate::commands::shell::words::Line;

    fn given(line: &str) -> Given {
        let line = Line::read(line).unwrap().unwrap();
        let command = table::find(&line.words[0].text).unwrap();
        Given::read(command, &line).unwrap_or_else(|fault| panic!("{fault}"))
    }

    #[test]
    fn each_form_is_of_a_command_and_no_other_takes_a_secret_chat() {
        for (name, _) in FORMS {
            let command = table::find(name).unwrap();
            assert_eq!(command.name, *name);
            let takes =
                command.takes.iter().any(|arg| matches!(arg.kind, Kind::Peer | Kind::Message));
            assert!(takes, "{name}");
        }
        for line in ["msg @ada x", "history me", "search text", "delete_msg 12", "set_ttl @ada 5"] {
            assert!(form_of(&given(line)).unwrap().is_none(), "{line}");
        }
        for line in [
            "msg secret_chat#1 x",
            "msg !Ada x",
            "history secret_chat#1",
            "search secret_chat#1 text",
            "delete_msg secret_chat#1/12 secret_chat#2/1",
            "set_ttl secret_chat#1 5",
        ] {
            assert!(form_of(&given(line)).unwrap().is_some(), "{line}");
        }
        for (line, why) in [
            ("fwd secret_chat#1 12", "fwd: this is not done in secret chats"),
            ("fwd @ada secret_chat#1/12", "fwd: this is not done in secret chats"),
            ("msg_kbd secret_chat#1 yes text", "msg_kbd: this is not done in secret chats"),
            ("delete_msg secret_chat#1/12 12", "delete_msg: what is in secret chats is named"),
        ] {
            let fault = form_of(&given(line)).err().unwrap();
            assert_eq!(fault.exit_code(), 2);
            assert!(fault.to_string().starts_with(why), "{fault}");
        }
    }

    #[test]
    fn marks_of_a_text_go_along() {
        let text =
            Text::html("<b>a</b> <i>b</i> <code>c</code> <u>d</u> <a href=\"https://e\">e</a>");
        let message = written(text);
        assert_eq!(message.text, "a b c d e");
        assert_eq!(message.entities.len(), 5);
    }
}
