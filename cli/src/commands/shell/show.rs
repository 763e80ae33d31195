//! Messages and peers as people and programs see them.
//!
//! What others wrote goes to a terminal: control characters are left out of it, so that no message can play with the terminal.

mod media;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use telewire::tl::api::enums::{Chat, Message, MessageReplyHeader, Peer, User, UserStatus};
use telewire::tl::api::types;
use telewire::updates::PeerId;

use crate::commands::shell::reply::Reply;
use crate::date;

/// Who is called what, as far as that came along.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashMap<PeerId, Named>,
    /// Whether lines are for a terminal with colours: those of telegram-cli.
    is_painted: bool,
}

/// The colours of ANSI's codes.
#[derive(Debug, Clone, Copy)]
enum Colour {
    Red = 31,
    Green = 32,
    Blue = 34,
    Magenta = 35,
    Cyan = 36,
    Grey = 90,
}

/// The most peers whose names are kept; what is met then is shown by number until older ones are forgotten.
const MAX_NAMES: usize = 20_000;

/// A peer's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) username: Option<String>,
}

impl Names {
    pub(super) fn learn(&mut self, users: &[User], chats: &[Chat]) {
        if self.known.len() > MAX_NAMES {
            self.known.clear();
        }
        for user in users {
            if let User::User(user) = user {
                let name = user_name(user);
                self.known.insert(PeerId::User(user.id), Named { name, username: username(user) });
            }
        }
        for chat in chats {
            self.known.insert(chat_id(chat), Named { name: title(chat), username: handle(chat) });
        }
    }

    /// Paints lines from now on, unless `NO_COLOR` is set: <https://no-color.org>.
    pub(super) fn paint(&mut self, no_color: Option<&std::ffi::OsStr>) {
        self.is_painted = no_color.is_none_or(std::ffi::OsStr::is_empty);
    }

    pub(super) fn is_painted(&self) -> bool {
        self.is_painted
    }

    /// What a user is called, if that came along.
    pub(super) fn called(&self, user: i64) -> Option<String> {
        self.known.get(&PeerId::User(user)).map(|named| named.name.clone())
    }

    fn painted(&self, colour: Colour, text: &str) -> String {
        match self.is_painted {
            true => format!("\u{1b}[{}m{text}\u{1b}[0m", colour as u8),
            false => text.to_owned(),
        }
    }

    /// A peer's name in the colour of its kind.
    fn painted_name(&self, id: PeerId) -> String {
        let colour = match id {
            PeerId::User(_) => Colour::Red,
            PeerId::Chat(_) => Colour::Magenta,
            PeerId::Channel(_) => Colour::Cyan,
        };
        self.painted(colour, &self.name(id))
    }

    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// What is known of all.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&PeerId, &Named)> {
        self.known.iter()
    }

    /// What a peer is called; by its number if that is all that is known.
    pub(super) fn name(&self, id: PeerId) -> String {
        self.known.get(&id).map_or_else(|| typed(id), |named| clean_line(&named.name))
    }

    /// As programs see it, and can name it in a command.
    pub(super) fn to_json(&self, id: PeerId) -> Value {
        let mut peer = Map::new();
        peer.insert("id".into(), json!(typed(id)));
        if let Some(named) = self.known.get(&id) {
            peer.insert("name".into(), json!(named.name));
            if let Some(username) = &named.username {
                peer.insert("username".into(), json!(username));
            }
        }
        Value::Object(peer)
    }

    /// Messages of a list, the oldest first, as telegram-cli has them.
    pub(super) fn messages(&self, messages: &[Message]) -> Reply {
        let now = date::now();
        let lines: Vec<_> = messages.iter().rev().map(|one| self.line(one, now)).collect();
        let json = messages.iter().rev().map(|one| self.message_json(one)).collect();
        Reply::new(lines.join("\n"), Value::Array(json))
    }

    /// `[12] [20:15] Ada >>> hello`
    pub(super) fn line(&self, message: &Message, now: i64) -> String {
        match message {
            Message::Message(message) => self.said(message, now),
            Message::MessageService(service) => {
                let place = place_of(message);
                let from = service.from_id.as_ref().unwrap_or(&service.peer_id);
                let (when, who) = (when(service.date.into(), now), self.name(peer_id(from)));
                let (name, what) =
                    (message_name(place, service.id), media::action(&service.action));
                self.painted(Colour::Grey, &format!("[{name}] [{when}] {who} {what}"))
            }
            other => format!("[{}] is not there", other.id()),
        }
    }

    fn said(&self, message: &types::Message, now: i64) -> String {
        let place = peer_id(&message.peer_id);
        let from = message.from_id.as_ref().map_or(place, peer_id);
        let mut line = format!(
            "[{}] [{}] ",
            message_name(Some(place), message.id),
            when(message.date.into(), now)
        );
        if matches!(place, PeerId::Chat(_) | PeerId::Channel(_)) && from != place {
            line.push_str(&format!("{} ", self.painted_name(place)));
        }
        // In a private chat one's own messages come from nobody else.
        let who = match (place, message.out) {
            (PeerId::User(_), true) => format!("to {}", self.painted_name(place)),
            _ => self.painted_name(from),
        };
        let arrow = match message.out {
            true => self.painted(Colour::Green, "<<<"),
            false => self.painted(Colour::Blue, ">>>"),
        };
        line.push_str(&format!("{who} {arrow}"));
        if let Some(forward) = &message.fwd_from {
            let from = match (&forward.from_id, &forward.from_name) {
                (Some(from), _) => self.name(peer_id(from)),
                (None, Some(name)) => clean_line(name),
                (None, None) => "somebody".to_owned(),
            };
            line.push_str(&format!(" [fwd from {from}]"));
        }
        if let Some(id) = replied(message) {
            line.push_str(&format!(" [reply to {id}]"));
        }
        if message.mentioned {
            line.push_str(" [mention]");
        }
        if let Some(media) = &message.media {
            line.push_str(&format!(" {}", media::line(media)));
        }
        if !message.message.is_empty() {
            line.push_str(&format!(" {}", clean(&message.message)));
        }
        line
    }

    /// The same for programs.
    pub(super) fn message_json(&self, message: &Message) -> Value {
        match message {
            Message::Message(said) => {
                let place = peer_id(&said.peer_id);
                let from = said.from_id.as_ref().map_or(place, peer_id);
                let mut json = self.envelope("message", said.id, place, from, said.date, said.out);
                json.insert("text".into(), json!(said.message));
                if let Some(media) = &said.media {
                    json.insert("media".into(), media::to_json(media));
                }
                if let Some(id) = replied(said) {
                    json.insert("reply_id".into(), json!(id));
                }
                if let Some(forward) = &said.fwd_from {
                    if let Some(from) = &forward.from_id {
                        json.insert("fwd_from".into(), self.to_json(peer_id(from)));
                    }
                    json.insert("fwd_date".into(), json!(forward.date));
                }
                if said.mentioned {
                    json.insert("mention".into(), json!(true));
                }
                if let Some(date) = said.edit_date {
                    json.insert("edit_date".into(), json!(date));
                }
                Value::Object(json)
            }
            Message::MessageService(service) => {
                let place = peer_id(&service.peer_id);
                let from = service.from_id.as_ref().map_or(place, peer_id);
                let mut json =
                    self.envelope("service", service.id, place, from, service.date, service.out);
                json.insert("action".into(), json!({"type": media::action_type(&service.action)}));
                Value::Object(json)
            }
            other => json!({"event": "empty", "id": other.id().to_string()}),
        }
    }

    fn envelope(
        &self,
        event: &str,
        id: i32,
        place: PeerId,
        from: PeerId,
        date: i32,
        out: bool,
    ) -> Map<String, Value> {
        let mut json = Map::new();
        json.insert("event".into(), json!(event));
        json.insert("id".into(), json!(message_name(Some(place), id)));
        json.insert("chat".into(), self.to_json(place));
        json.insert("from".into(), self.to_json(from));
        json.insert("date".into(), json!(date));
        json.insert("out".into(), json!(out));
        json
    }
}

/// What a message answers.
fn replied(message: &types::Message) -> Option<i32> {
    match message.reply_to.as_ref()? {
        MessageReplyHeader::MessageReplyHeader(reply) => reply.reply_to_msg_id,
        _ => None,
    }
}

/// A message as commands name it: by its number, and in channels with the channel, which counts its own.
pub(super) fn message_name(place: Option<PeerId>, id: i32) -> String {
    match place {
        Some(channel @ PeerId::Channel(_)) => format!("{}/{id}", typed(channel)),
        _ => id.to_string(),
    }
}

pub(super) fn place_of(message: &Message) -> Option<PeerId> {
    match message {
        Message::Message(message) => Some(peer_id(&message.peer_id)),
        Message::MessageService(message) => Some(peer_id(&message.peer_id)),
        Message::MessageEmpty(message) => message.peer_id.as_ref().map(peer_id),
        _ => None,
    }
}

/// A peer as commands name it.
pub(super) fn typed(id: PeerId) -> String {
    match id {
        PeerId::User(id) => format!("user#{id}"),
        PeerId::Chat(id) => format!("chat#{id}"),
        PeerId::Channel(id) => format!("channel#{id}"),
    }
}

pub(super) fn peer_id(peer: &Peer) -> PeerId {
    match peer {
        Peer::PeerUser(user) => PeerId::User(user.user_id),
        Peer::PeerChat(chat) => PeerId::Chat(chat.chat_id),
        Peer::PeerChannel(channel) => PeerId::Channel(channel.channel_id),
        // No other is in the layer that this is compiled for.
        _ => PeerId::User(0),
    }
}

/// Which group or channel it is.
pub(super) fn chat_id(chat: &Chat) -> PeerId {
    match chat {
        Chat::Channel(_) | Chat::ChannelForbidden(_) => PeerId::Channel(chat.id()),
        other => PeerId::Chat(other.id()),
    }
}

pub(super) fn title(chat: &Chat) -> String {
    match chat {
        Chat::Chat(chat) => chat.title.clone(),
        Chat::ChatForbidden(chat) => chat.title.clone(),
        Chat::Channel(channel) => channel.title.clone(),
        Chat::ChannelForbidden(channel) => channel.title.clone(),
        _ => String::new(),
    }
}

fn handle(chat: &Chat) -> Option<String> {
    match chat {
        Chat::Channel(channel) => {
            let first = || channel.usernames.as_ref()?.first().map(|name| name.username.clone());
            channel.username.clone().or_else(first)
        }
        _ => None,
    }
}

pub(super) fn username(user: &types::User) -> Option<String> {
    let first = || user.usernames.as_ref()?.first().map(|name| name.username.clone());
    user.username.clone().or_else(first)
}

pub(super) fn user_name(user: &types::User) -> String {
    let names = [&user.first_name, &user.last_name].into_iter().flatten();
    let name =
        names.map(String::as_str).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() { typed(PeerId::User(user.id)) } else { name }
}

/// A user in a line: `user#5 Ada Lovelace @ada +99966… online`.
pub(super) fn user_line(user: &User) -> String {
    let User::User(user) = user else { return typed(PeerId::User(user.id())) };
    let mut line = format!("{} {}", typed(PeerId::User(user.id)), clean_line(&user_name(user)));
    if let Some(username) = username(user) {
        line.push_str(&format!(" @{username}"));
    }
    if let Some(phone) = &user.phone {
        line.push_str(&format!(" +{}", clean_line(phone)));
    }
    if user.bot() {
        line.push_str(" (bot)");
    }
    if let Some(seen) = seen(user) {
        line.push_str(&format!(", {seen}"));
    }
    line
}

/// When somebody was there.
fn seen(user: &types::User) -> Option<String> {
    Some(match user.status.as_ref()? {
        UserStatus::UserStatusOnline(_) => "online".to_owned(),
        UserStatus::UserStatusOffline(at) => {
            format!("was online {}", when(at.was_online.into(), date::now()))
        }
        UserStatus::UserStatusRecently(_) => "was online recently".to_owned(),
        UserStatus::UserStatusLastWeek(_) => "was online within a week".to_owned(),
        UserStatus::UserStatusLastMonth(_) => "was online within a month".to_owned(),
        _ => return None,
    })
}

pub(super) fn user_json(user: &User) -> Value {
    let User::User(user) = user else {
        return json!({"peer_type": "user", "id": typed(PeerId::User(user.id()))});
    };
    let mut json = Map::new();
    json.insert("peer_type".into(), json!("user"));
    json.insert("id".into(), json!(typed(PeerId::User(user.id))));
    json.insert("name".into(), json!(user_name(user)));
    let fields = [
        ("first_name", user.first_name.clone()),
        ("last_name", user.last_name.clone()),
        ("username", username(user)),
        ("phone", user.phone.clone()),
        ("when", seen(user)),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            json.insert(name.into(), json!(value));
        }
    }
    for (name, is_so) in [
        ("bot", user.bot()),
        ("contact", user.contact),
        ("mutual_contact", user.mutual_contact),
        ("self", user.self_),
    ] {
        if is_so {
            json.insert(name.into(), json!(true));
        }
    }
    Value::Object(json)
}

/// A group or channel in a line.
pub(super) fn chat_line(chat: &Chat) -> String {
    let mut line = format!("{} {}", typed(chat_id(chat)), clean_line(&title(chat)));
    if let Some(username) = handle(chat) {
        line.push_str(&format!(" @{username}"));
    }
    line
}

pub(super) fn chat_json(chat: &Chat) -> Value {
    let kind = match chat {
        Chat::Channel(channel) if channel.megagroup => "supergroup",
        Chat::Channel(_) | Chat::ChannelForbidden(_) => "channel",
        _ => "chat",
    };
    let mut json = Map::new();
    json.insert("peer_type".into(), json!(kind));
    json.insert("id".into(), json!(typed(chat_id(chat))));
    json.insert("title".into(), json!(title(chat)));
    if let Some(username) = handle(chat) {
        json.insert("username".into(), json!(username));
    }
    let count = match chat {
        Chat::Chat(chat) => Some(chat.participants_count),
        Chat::Channel(channel) => channel.participants_count,
        _ => None,
    };
    if let Some(count) = count {
        json.insert("members_num".into(), json!(count));
    }
    Value::Object(json)
}

/// Within half a day the time, within half a year the day, and the whole date of what is older. All are of UTC.
pub(super) fn when(unix: i64, now: i64) -> String {
    const HALF_A_DAY: i64 = 12 * 3_600;
    const HALF_A_YEAR: i64 = 180 * 86_400;
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let age = now.saturating_sub(unix);
    let date = date::utc(unix);
    // `2024-01-20 12:47:57`
    let (day, time) = date.split_once(' ').unwrap_or_default();
    let mut parts = day.split('-');
    let mut part = || parts.next().unwrap_or_default();
    let (year, month, day) = (part(), part(), part());
    let month = month.parse().ok().and_then(|month: usize| MONTHS.get(month.checked_sub(1)?));
    let month = month.copied().unwrap_or_default();
    match age {
        ..HALF_A_DAY => time.get(..5).unwrap_or_default().to_owned(),
        HALF_A_DAY..HALF_A_YEAR => format!("{day} {month}"),
        _ => format!("{day} {month} {year}"),
    }
}

/// A text of somebody's, without what would move a terminal's cursor or change its colours or the order of what stands there.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|char| *char == '\n' || *char == '\t' || !is_control(*char)).collect()
}

/// The same on one line.
pub(super) fn clean_line(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .filter(|char| !is_control(*char))
        .collect()
}

/// Control characters, and those that turn the direction of whatever follows.
pub(super) fn is_control(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) use media::{link as geo_link, url as geo_url};
