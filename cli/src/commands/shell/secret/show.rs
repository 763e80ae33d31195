//! Secret chats and what is said in them, as people and programs see it.

use serde_json::{Map, Value, json};
use telewire::client::secret::{SecretChat, SecretChatId};
use telewire::secret::{State, file};
use telewire::tl::Deserialize;
use telewire::tl::secret::enums::DecryptedMessageMedia as Media;
use telewire::updates::PeerId;

use super::kept::{About, Done, Said, Sending};
use super::picture;
use super::record::{News, What};
use super::{Secrets, name};
use crate::commands::shell::Shell;
use crate::commands::shell::show::{Names, clean, clean_line, geo_link, typed, when};
use crate::date;

/// What is in a message besides its text, if it can be read.
pub(in crate::commands::shell) fn media_of(said: &Said) -> Option<Media> {
    let bytes = hex::decode(said.media.as_ref()?).ok()?;
    Media::from_bytes(&bytes).ok().filter(|media| *media != Media::DecryptedMessageMediaEmpty8)
}

/// How a chat stands, in a word.
pub(in crate::commands::shell) fn state(chat: &SecretChat) -> &'static str {
    match chat.state {
        State::Configuring | State::Computing | State::Requesting => "begins",
        State::Waiting => "waits",
        State::Offered => "offered",
        State::Deriving | State::AcceptConfiguring | State::AcceptComputing | State::Accepting => {
            "accepting"
        }
        State::Ready => "ready",
        State::Closed => "closed",
    }
}

impl Names {
    /// Whom a chat is with.
    pub(in crate::commands::shell) fn with(&self, about: &About) -> String {
        match &about.name {
            Some(name) => clean_line(name),
            None => self.name(PeerId::User(about.peer)),
        }
    }

    /// A chat in a line: `secret_chat#1 !Ada: ready, verified, messages vanish after 5 s`.
    pub(in crate::commands::shell) fn secret_line(
        &self,
        chat: &SecretChat,
        about: &About,
    ) -> String {
        let (typed, with) = (name::typed(chat.id), self.marked(about));
        let stands = match state(chat) {
            "begins" => "is being asked for".to_owned(),
            "waits" => "waits until it is accepted".to_owned(),
            "offered" => format!("is offered: `accept_secret_chat {typed}`"),
            "accepting" => "is being accepted".to_owned(),
            "ready" if chat.is_verified => "ready, verified".to_owned(),
            "ready" => "ready, not verified".to_owned(),
            other => other.to_owned(),
        };
        let vanish = match chat.ttl {
            0 => String::new(),
            seconds => format!(", messages vanish {seconds} s after they are read"),
        };
        format!("{typed} {with}: {stands}{vanish}")
    }

    pub(in crate::commands::shell) fn secret_json(
        &self,
        chat: &SecretChat,
        about: &About,
    ) -> Value {
        json!({
            "peer_type": "secret_chat",
            "id": name::typed(chat.id),
            "user": self.to_json(PeerId::User(chat.peer.0)),
            "name": self.marked(about),
            "state": state(chat),
            "ttl": chat.ttl,
            "verified": chat.is_verified,
        })
    }

    fn chat_json(&self, about: &About) -> Value {
        let id = name::typed(SecretChatId(about.chat));
        json!({"id": id, "name": self.marked(about)})
    }

    /// The same with telegram-cli's mark of secret chats; by the number if there is no name.
    fn marked(&self, about: &About) -> String {
        let with = self.with(about);
        if with == typed(PeerId::User(about.peer)) { with } else { format!("!{with}") }
    }

    /// `[secret_chat#1/3] [20:15] Ada >>> hello`
    pub(in crate::commands::shell) fn said_line(
        &self,
        said: &Said,
        about: &About,
        now: i64,
    ) -> String {
        let (id, at) = (message_name(said), when(said.date.into(), now));
        let with = self.with(about);
        if let Some(action) = &said.action {
            let who = if said.out { "you".to_owned() } else { with };
            return format!("[{id}] [{at}] {who} {}", what_was_done(action));
        }
        let mut line = match said.out {
            true => format!("[{id}] [{at}] to {with} <<<"),
            false => format!("[{id}] [{at}] {with} >>>"),
        };
        if said.reply.is_some() {
            line.push_str(" [reply]");
        }
        if said.ttl > 0 {
            line.push_str(&format!(" [vanishes {} s after it is read]", said.ttl));
        }
        match said.state {
            Sending::Waiting => line.push_str(" [waits]"),
            Sending::Failed => line.push_str(" [not sent]"),
            _ => {}
        }
        if let Some(media) = media_of(said) {
            line.push_str(&format!(" {}", media_line(&media)));
        }
        if !said.text.is_empty() {
            line.push_str(&format!(" {}", clean(&said.text)));
        }
        line
    }

    /// The same for programs: `me` is the number of the account.
    pub(in crate::commands::shell) fn said_json(
        &self,
        said: &Said,
        about: &About,
        me: i64,
        reply: Option<u32>,
    ) -> Value {
        let from = PeerId::User(if said.out { me } else { about.peer });
        let mut json = Map::new();
        let event = if said.action.is_some() { "service" } else { "message" };
        json.insert("event".into(), json!(event));
        json.insert("id".into(), json!(message_name(said)));
        json.insert("chat".into(), self.chat_json(about));
        json.insert("from".into(), self.to_json(from));
        json.insert("date".into(), json!(said.date));
        json.insert("out".into(), json!(said.out));
        if let Some(action) = &said.action {
            json.insert("action".into(), json!({"type": action_type(action)}));
            return Value::Object(json);
        }
        json.insert("text".into(), json!(said.text));
        if let Some(media) = media_of(said) {
            json.insert("media".into(), media_json(&media));
        }
        if let Some(reply) = reply {
            json.insert("reply_id".into(), json!(reply));
        }
        if said.ttl > 0 {
            json.insert("ttl".into(), json!(said.ttl));
        }
        if said.out {
            json.insert("state".into(), json!(said.state));
        }
        Value::Object(json)
    }

    /// A line for what happened; `level` is that of `set log_level`.
    pub(in crate::commands::shell) fn secret_news(
        &self,
        news: &News,
        level: i64,
    ) -> Option<String> {
        let News { about, what } = news;
        let (typed, with) = (name::typed(SecretChatId(about.chat)), self.with(about));
        Some(match what {
            What::Said(said) => self.said_line(said, about, date::now()),
            What::Offered => {
                format!(
                    "{with} asks for {typed}: `accept_secret_chat {typed}`, or close_secret_chat"
                )
            }
            What::Ready(_) => {
                format!("{typed} with {with} is ready; compare its key: `visualize_key {typed}`")
            }
            What::Closed(why) => format!("{typed} with {with} has ended: {why}"),
            What::Deleted(numbers) if !numbers.is_empty() => {
                let names: Vec<_> = numbers.iter().map(|one| format!("{typed}/{one}")).collect();
                format!("[deleted] {}", names.join(" "))
            }
            What::Failed(number, error) => format!("[not sent] {typed}/{number}: {error}"),
            What::Read(_) if level >= 1 => format!("{with} has read what is in {typed}"),
            What::Typing if level >= 2 => format!("{with} is typing in {typed}"),
            What::Rekeyed if level >= 3 => format!("{typed} has a new key; its picture stays"),
            What::Deleted(_) | What::Read(_) | What::Typing | What::Rekeyed => return None,
        })
    }
}

impl Shell {
    /// What happened in a secret chat, as a line of its own.
    pub(in crate::commands::shell) fn secret_update(&self, news: &News) -> Value {
        let me = self.own_id();
        let update = self.secrets.get().map(|secrets| secrets.news_json(&self.names, me, news));
        json!({"update": update})
    }
}

impl Secrets {
    /// What happened, for programs.
    pub(in crate::commands::shell) fn news_json(
        &self,
        names: &Names,
        me: i64,
        news: &News,
    ) -> Value {
        let News { about, what } = news;
        let chat = names.chat_json(about);
        let id = |number: &u32| format!("{}/{number}", name::typed(SecretChatId(about.chat)));
        match what {
            What::Said(said) => {
                let message = names.said_json(said, about, me, self.replied(said));
                json!({"type": "secret_message", "chat": chat, "message": message})
            }
            What::Offered => {
                let by = names.to_json(PeerId::User(about.peer));
                json!({"type": "secret_chat_offered", "chat": chat, "user": by})
            }
            What::Ready(hash) => json!({
                "type": "secret_chat_ready", "chat": chat, "key": hash.hex_rows(),
                "picture": picture::digits(hash),
            }),
            What::Rekeyed => json!({"type": "secret_chat_rekeyed", "chat": chat}),
            What::Closed(why) => json!({"type": "secret_chat_closed", "chat": chat, "why": why}),
            What::Deleted(numbers) => {
                let messages: Vec<_> = numbers.iter().map(id).collect();
                json!({"type": "secret_messages_deleted", "chat": chat, "messages": messages})
            }
            What::Read(date) => json!({"type": "secret_messages_read", "chat": chat, "date": date}),
            What::Typing => json!({"type": "secret_typing", "chat": chat}),
            What::Failed(number, error) => json!({
                "type": "secret_message_failed", "chat": chat, "message": id(number), "error": error,
            }),
        }
    }

    /// The number of the message that is answered.
    pub(in crate::commands::shell) fn replied(&self, said: &Said) -> Option<u32> {
        self.kept().number_of(said.chat, said.reply?)
    }
}

/// A message as commands name it.
pub(in crate::commands::shell) fn message_name(said: &Said) -> String {
    format!("{}/{}", name::typed(SecretChatId(said.chat)), said.number)
}

fn what_was_done(action: &Done) -> String {
    match action {
        Done::SetTtl(0) => "has messages stay".to_owned(),
        Done::SetTtl(seconds) => format!("has messages vanish {seconds} s after they are read"),
        Done::Screenshot => "took a picture of the screen".to_owned(),
        Done::Unsupported { layer } => {
            format!("says something that is not understood here, of layer {layer}")
        }
    }
}

fn action_type(action: &Done) -> &'static str {
    match action {
        Done::SetTtl(_) => "set_ttl",
        Done::Screenshot => "screenshot",
        Done::Unsupported { .. } => "unsupported",
    }
}

fn size_of(media: &Media) -> Option<i64> {
    match media {
        Media::DecryptedMessageMediaDocument45(of) => Some(of.size.into()),
        Media::DecryptedMessageMediaDocument143(of) => Some(of.size),
        Media::DecryptedMessageMediaDocument8(of) => Some(of.size.into()),
        _ => None,
    }
}

/// The type that a file is said to be of.
pub(in crate::commands::shell) fn mime_of(media: &Media) -> &str {
    match media {
        Media::DecryptedMessageMediaDocument8(of) => &of.mime_type,
        Media::DecryptedMessageMediaDocument45(of) => &of.mime_type,
        Media::DecryptedMessageMediaDocument143(of) => &of.mime_type,
        Media::DecryptedMessageMediaPhoto8(_) | Media::DecryptedMessageMediaPhoto45(_) => {
            "image/jpeg"
        }
        Media::DecryptedMessageMediaVideo8(_) => "video/mp4",
        Media::DecryptedMessageMediaVideo17(of) => &of.mime_type,
        Media::DecryptedMessageMediaVideo45(of) => &of.mime_type,
        Media::DecryptedMessageMediaAudio8(_) => "audio/ogg",
        Media::DecryptedMessageMediaAudio17(of) => &of.mime_type,
        _ => "",
    }
}

fn kind_of(media: &Media) -> &'static str {
    match mime_of(media) {
        "" => "other",
        "image/jpeg" if size_of(media).is_none() => "photo",
        mime if mime.starts_with("video/") && size_of(media).is_none() => "video",
        mime if mime.starts_with("audio/") && size_of(media).is_none() => "audio",
        _ => "document",
    }
}

fn media_line(media: &Media) -> String {
    match media {
        Media::DecryptedMessageMediaGeoPoint8(of) => format!("[geo {}]", geo_link(of.lat, of.long)),
        Media::DecryptedMessageMediaVenue45(of) => {
            format!("[venue {}, {}]", clean_line(&of.title), clean_line(&of.address))
        }
        Media::DecryptedMessageMediaContact8(of) => {
            let (first, last) = (clean_line(&of.first_name), clean_line(&of.last_name));
            format!("[contact] {first} {last} {}", clean_line(&of.phone_number))
        }
        Media::DecryptedMessageMediaWebPage45(of) => format!("[webpage {}]", clean_line(&of.url)),
        media => match (kind_of(media), file::name(media), size_of(media)) {
            ("document", name, size) => {
                let (name, mime) = (clean_line(name.unwrap_or("")), clean_line(mime_of(media)));
                format!("[document {name}: type={mime} size={}]", size.unwrap_or_default())
            }
            (kind, ..) => format!("[{kind}]"),
        },
    }
}

fn media_json(media: &Media) -> Value {
    match media {
        Media::DecryptedMessageMediaGeoPoint8(of) => {
            json!({"type": "geo", "latitude": of.lat, "longitude": of.long})
        }
        Media::DecryptedMessageMediaVenue45(of) => {
            json!({"type": "venue", "title": of.title, "address": of.address})
        }
        Media::DecryptedMessageMediaContact8(of) => json!({
            "type": "contact", "phone": of.phone_number, "first_name": of.first_name,
            "last_name": of.last_name, "user_id": null,
        }),
        Media::DecryptedMessageMediaWebPage45(of) => json!({"type": "webpage", "url": of.url}),
        media => match kind_of(media) {
            "document" => json!({
                "type": "document", "name": file::name(media), "mime": mime_of(media),
                "size": size_of(media).unwrap_or_default(),
            }),
            kind => json!({"type": kind}),
        },
    }
}
