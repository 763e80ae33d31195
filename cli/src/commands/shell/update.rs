//! Updates as programs see them.

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};
use telewire::tl::Serialize;
use telewire::tl::api::enums::Update;
use telewire::updates::{Arrival, BoxId, Delivery, Event, PeerId, Why};

use super::Shell;
use super::show::message_name;
use super::verbs::call;

impl Shell {
    /// `{"type": "new_message", "late": false, "own": false, "message": {…}}`. What has no form of its own is called as the schema
    /// calls it, and is there as `raw`.
    pub(super) fn update_json(&mut self, delivery: &Delivery) -> Value {
        let peers = &delivery.peers;
        self.names.learn(&peers.users, &peers.chats);
        self.note(delivery);
        let mut json = Map::new();
        json.insert("late".into(), json!(delivery.arrival == Arrival::CaughtUp));
        json.insert("own".into(), json!(delivery.is_own));
        if let Some(BoxId::Channel(channel)) = delivery.line {
            json.insert("chat".into(), self.names.to_json(PeerId::Channel(channel)));
        }
        let (kind, fields) = self.what_happened(delivery);
        json.insert("type".into(), json!(kind));
        json.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Value::Object(json)
    }

    fn what_happened(&mut self, delivery: &Delivery) -> (String, Vec<(&'static str, Value)>) {
        if let Some(message) = delivery.new_message() {
            self.counts.came = self.counts.came.saturating_add(1);
            return ("new_message".into(), vec![("message", self.names.message_json(message))]);
        }
        let deleted = |place, ids: &[i32]| {
            let names: Vec<_> = ids.iter().map(|id| message_name(place, *id)).collect();
            ("delete_messages".to_owned(), vec![("messages", json!(names))])
        };
        match &delivery.event {
            Event::Update(Update::UpdateEditMessage(edit)) => {
                ("edit_message".into(), vec![("message", self.names.message_json(&edit.message))])
            }
            Event::Update(Update::UpdateEditChannelMessage(edit)) => {
                ("edit_message".into(), vec![("message", self.names.message_json(&edit.message))])
            }
            Event::Update(Update::UpdateDeleteMessages(gone)) => deleted(None, &gone.messages),
            Event::Update(Update::UpdateDeleteChannelMessages(gone)) => {
                deleted(Some(PeerId::Channel(gone.channel_id)), &gone.messages)
            }
            Event::Update(update) => raw(update, "Update"),
            Event::Encrypted(message) => raw(message, "EncryptedMessage"),
            Event::Lost { from, to, why } => (
                "lost".into(),
                vec![("from", json!(from)), ("to", json!(to)), ("why", json!(reason(*why)))],
            ),
            Event::ChannelTooLong { from, to, messages, .. } => {
                let messages = messages.iter().map(|one| self.names.message_json(one)).collect();
                let fields = vec![("from", json!(from)), ("to", json!(to)), ("messages", messages)];
                ("channel_too_long".into(), fields)
            }
            Event::ChannelGone { error } => ("channel_gone".into(), vec![("error", json!(error))]),
            Event::Unreadable { bytes, offset, .. } => {
                let bytes = Base64::encode_string(bytes);
                ("unreadable".into(), vec![("bytes", json!(bytes)), ("offset", json!(offset))])
            }
            // What the library tells of more, a program of this version has no word for.
            other => ("other".into(), vec![("text", json!(format!("{other:?}")))]),
        }
    }
}

/// A value of the schema's, by the name and with all the fields that it has there.
fn raw(value: &impl Serialize, ty: &str) -> (String, Vec<(&'static str, Value)>) {
    match call::to_json(&value.to_bytes(), ty) {
        Ok(json) => {
            let name = json.get("_").and_then(Value::as_str).unwrap_or(ty).to_owned();
            (name, vec![("raw", json)])
        }
        Err(fault) => (ty.to_owned(), vec![("text", json!(fault.to_string()))]),
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::TooLong => "too_long",
        Why::Reset => "reset",
        Why::Unknown => "unknown_position",
        Why::Unfilled => "unfilled",
        Why::Unreadable => "unreadable",
        Why::Skipped => "skipped",
        _ => "other",
    }
}
