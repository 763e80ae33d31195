//! What was delivered a moment ago, for what positions cannot tell apart.

use std::collections::VecDeque;

use crate::map::IdMap;
use crate::tl::Serialize;
use crate::tl::api::enums::{EncryptedMessage, Update};
use crate::updates::delivery::BoxId;
use crate::updates::limits::{
    REMEMBERED, REMEMBERED_MESSAGES, REMEMBERED_NOTIFICATIONS, REMEMBERED_SECRETS,
};

#[derive(Debug, Default)]
pub(super) struct Recent {
    /// Updates without a count: box, position and bytes.
    same: IdMap<BoxId, VecDeque<(i32, Vec<u8>)>>,
    messages: VecDeque<(BoxId, i32)>,
    notifications: VecDeque<i32>,
    /// Messages of secret chats, by their chats and names.
    secrets: VecDeque<(i32, i64)>,
}

impl Recent {
    /// UP-14: whether an update without a count is not known. It is from now on.
    pub(super) fn is_first(&mut self, line: BoxId, pts: i32, update: &Update) -> bool {
        let known = self.same.entry(line).or_default();
        // Where the box is now, nothing that stood before can come again.
        known.retain(|(at, _)| *at == pts);
        let bytes = update.to_bytes();
        if known.iter().any(|(_, other)| *other == bytes) {
            return false;
        }
        if known.len() >= REMEMBERED {
            known.pop_front();
        }
        known.push_back((pts, bytes));
        true
    }

    /// A box has moved on.
    pub(super) fn moved(&mut self, line: BoxId) {
        if !self.same.is_empty() {
            self.same.remove(&line);
        }
    }

    /// UP-85: notes a new message of a difference; whether it is not known.
    pub(super) fn is_new(&mut self, line: BoxId, message: i32) -> bool {
        if self.messages.contains(&(line, message)) {
            return false;
        }
        self.note(line, message);
        true
    }

    /// UP-85: notes a new message that was sent to us.
    pub(super) fn note(&mut self, line: BoxId, message: i32) {
        if self.messages.len() >= REMEMBERED_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back((line, message));
    }

    /// UP-85: notes a message of a secret chat; whether it is not known.
    pub(super) fn is_new_secret(&mut self, message: &EncryptedMessage) -> bool {
        let name = name(message);
        if self.secrets.contains(&name) {
            return false;
        }
        if self.secrets.len() >= REMEMBERED_SECRETS {
            self.secrets.pop_front();
        }
        self.secrets.push_back(name);
        true
    }

    /// UP-13: whether a notification of this date is not known.
    pub(super) fn is_news(&mut self, date: i32) -> bool {
        if self.notifications.contains(&date) {
            return false;
        }
        if self.notifications.len() >= REMEMBERED_NOTIFICATIONS {
            self.notifications.pop_front();
        }
        self.notifications.push_back(date);
        true
    }
}

/// The name of a message of a secret chat: its chat and its number (SC-43).
pub(super) fn name(message: &EncryptedMessage) -> (i32, i64) {
    match message {
        EncryptedMessage::EncryptedMessage(message) => (message.chat_id, message.random_id),
        EncryptedMessage::EncryptedMessageService(service) => (service.chat_id, service.random_id),
    }
}
