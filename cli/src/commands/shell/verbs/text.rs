//! What is said: messages, answers, forwards.

use telewire::client::PeerRef;
use telewire::client::text::{MAX_MESSAGE_UNITS, Text};
use telewire::client::verbs::reply_keyboard;
use telewire::tl::api::enums::InputMedia;
use telewire::tl::api::types;

use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::table::{Kind, commands, one, some};
use crate::commands::shell::{Shell, located::Located};
use crate::files;
use serde_json::Value;

const PEER: crate::commands::shell::table::Arg = one("peer", Kind::Peer);
const CHANNEL: crate::commands::shell::table::Arg = one("channel", Kind::Channel);
const MESSAGE: crate::commands::shell::table::Arg = one("message", Kind::Message);
const TEXT: crate::commands::shell::table::Arg = one("text", Kind::Text);
const FILE: crate::commands::shell::table::Arg = one("file", Kind::File);
const LATITUDE: crate::commands::shell::table::Arg = one("latitude", Kind::Degrees);
const LONGITUDE: crate::commands::shell::table::Arg = one("longitude", Kind::Degrees);

commands! {
    "msg" | "send" | "say" (PEER, TEXT) "sends a text" => msg;
    "reply" (MESSAGE, TEXT) "answers a message" => reply;
    "post" (CHANNEL, TEXT) "sends a text in a channel's own name" => post;
    "send_text" (PEER, FILE) "sends a file's text, in as many messages as it takes" => send_text;
    "post_text" (CHANNEL, FILE) "the same in a channel's own name" => post_text;
    "broadcast" (some("users", Kind::User), TEXT) "sends a text to each of several" => broadcast;
    "msg_kbd" (PEER, one("buttons", Kind::Word), TEXT) "sends a text with buttons, as yes,no;later; for bots" => msg_kbd;
    "fwd" | "forward" (PEER, some("messages", Kind::Message)) "forwards messages" => forward;
    "fwd_media" (PEER, some("messages", Kind::Message)) "sends again what is in messages, without their author" => forward_media;
    "send_contact" (PEER, one("phone", Kind::Word), one("first", Kind::Word), one("last", Kind::Word)) "sends a contact" => send_contact;
    "send_location" (PEER, LATITUDE, LONGITUDE) "sends a place" => send_location;
    "post_location" (CHANNEL, LATITUDE, LONGITUDE) "sends a place in a channel's own name" => post_location;
    "reply_contact" (MESSAGE, one("phone", Kind::Word), one("first", Kind::Word), one("last", Kind::Word)) "answers with a contact" => reply_contact;
    "reply_location" (MESSAGE, LATITUDE, LONGITUDE) "answers with a place" => reply_location;
}

/// Where something is sent.
pub(super) struct Target {
    pub(super) peer: PeerRef,
    pub(super) reply: Option<i32>,
    /// In the channel's own name.
    pub(super) is_post: bool,
}

impl Target {
    pub(super) fn to(given: &Given) -> Self {
        Self { peer: given.peer(0), reply: None, is_post: false }
    }

    pub(super) fn post(given: &Given) -> Self {
        Self { is_post: true, ..Self::to(given) }
    }

    pub(super) async fn reply(shell: &mut Shell, given: &Given) -> Result<Self, Fault> {
        let Located { peer, id } = shell.locate(given.message(0)?).await?;
        Ok(Self { peer, reply: Some(id), is_post: false })
    }
}

/// Sends something, with what was said before the command.
pub(super) async fn send(
    shell: &mut Shell,
    given: &Given,
    to: &Target,
    text: Text,
    media: Option<InputMedia>,
) -> Result<Reply, Fault> {
    let sent = call(shell, given, to, text, media).await?;
    Ok(Reply::silent(shell.names.message_json(&sent.into())))
}

async fn call(
    shell: &mut Shell,
    given: &Given,
    to: &Target,
    text: Text,
    media: Option<InputMedia>,
) -> Result<types::Message, Fault> {
    let mut call = shell.client.send_message(to.peer.clone(), text);
    if let Some(id) = to.reply.or(given.modifiers.reply) {
        call = call.reply_to(id);
    }
    if to.is_post {
        call = call.send_as(to.peer.clone());
    }
    if given.modifiers.without_preview {
        call = call.without_preview();
    }
    if let Some(media) = media {
        call = call.media(media);
    }
    Ok(call.await?)
}

/// A text as it was given.
pub(super) fn marked(given: &Given, text: &str) -> Text {
    if given.modifiers.is_html { Text::html(text) } else { Text::from(text) }
}

async fn msg(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let text = marked(&given, &given.text(1));
    send(shell, &given, &Target::to(&given), text, None).await
}

async fn post(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let text = marked(&given, &given.text(1));
    send(shell, &given, &Target::post(&given), text, None).await
}

async fn reply(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Target::reply(shell, &given).await?;
    let text = marked(&given, &given.text(1));
    send(shell, &given, &to, text, None).await
}

async fn send_text(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    send_file_text(shell, &given, &Target::to(&given)).await
}

async fn post_text(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    send_file_text(shell, &given, &Target::post(&given)).await
}

/// The longest file that is sent as text: that is 256 messages.
pub(super) const MAX_TEXT_FILE: u64 = 1 << 20;

async fn send_file_text(shell: &mut Shell, given: &Given, to: &Target) -> Result<Reply, Fault> {
    let path = given.file(1);
    let text = files::read_text(&path, MAX_TEXT_FILE)
        .map_err(|error| Fault::Usage(format!("{}: {error}", path.display())))?;
    let text = marked(given, &text).trimmed();
    if text.text.is_empty() {
        return Err(Fault::Usage(format!("{}: there is no text in it", path.display())));
    }
    let mut all = Vec::new();
    for part in text.split(MAX_MESSAGE_UNITS) {
        let sent = call(shell, given, to, part, None).await?;
        all.push(shell.names.message_json(&sent.into()));
    }
    Ok(Reply::silent(Value::Array(all)))
}

async fn broadcast(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let mut all = Vec::new();
    for peer in given.peers(0) {
        let to = Target { peer, reply: None, is_post: false };
        let sent = call(shell, &given, &to, marked(&given, &given.text(1)), None).await?;
        all.push(shell.names.message_json(&sent.into()));
    }
    Ok(Reply::silent(Value::Array(all)))
}

async fn msg_kbd(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let rows = given.text(1);
    let rows = rows.split(';').map(|row| row.split(',').map(str::trim).map(str::to_owned));
    let keyboard = reply_keyboard(rows);
    let text = marked(&given, &given.text(2));
    let sent = shell.client.send_message(given.peer(0), text).keyboard(keyboard).await?;
    Ok(Reply::silent(shell.names.message_json(&sent.into())))
}

async fn forward(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    forwarded(shell, &given, false).await
}

async fn forward_media(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    forwarded(shell, &given, true).await
}

/// As many as the server takes in a call: <https://core.telegram.org/method/messages.forwardMessages>.
const FORWARDED_AT_A_TIME: usize = 100;

async fn forwarded(shell: &mut Shell, given: &Given, only_media: bool) -> Result<Reply, Fault> {
    let mut all = Vec::new();
    for (from, ids) in shell.locate_all(given.messages(1)).await? {
        for ids in ids.chunks(FORWARDED_AT_A_TIME) {
            let ids = ids.iter().copied();
            let mut call = shell.client.forward_messages(given.peer(0), from.clone(), ids);
            if only_media {
                call = call.without_author();
            }
            all.extend(call.await?);
        }
    }
    let all = all.into_iter().map(|sent| shell.names.message_json(&sent.into()));
    Ok(Reply::silent(all.collect()))
}

fn contact(given: &Given) -> InputMedia {
    let (phone, first, last) = (given.text(1), given.text(2), given.text(3));
    types::InputMediaContact::new(phone, first, last, String::new()).into()
}

fn location(given: &Given) -> Result<InputMedia, Fault> {
    let (lat, long) = (given.degrees(1), given.degrees(2));
    if lat.abs() > 90.0 {
        return Err(given.command.misused("a latitude goes from -90 to 90"));
    }
    let point = types::InputGeoPoint::new(lat, long);
    Ok(types::InputMediaGeoPoint::new(point.into()).into())
}

async fn send_contact(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    send(shell, &given, &Target::to(&given), Text::default(), Some(contact(&given))).await
}

async fn reply_contact(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let to = Target::reply(shell, &given).await?;
    send(shell, &given, &to, Text::default(), Some(contact(&given))).await
}

async fn send_location(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let place = location(&given)?;
    send(shell, &given, &Target::to(&given), Text::default(), Some(place)).await
}

async fn post_location(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let place = location(&given)?;
    send(shell, &given, &Target::post(&given), Text::default(), Some(place)).await
}

async fn reply_location(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let place = location(&given)?;
    let to = Target::reply(shell, &given).await?;
    send(shell, &given, &to, Text::default(), Some(place)).await
}
