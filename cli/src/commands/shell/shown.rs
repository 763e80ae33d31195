//! Messages that were met in this process: what `[offline]` answers from, and what is completed.

use std::collections::VecDeque;

use telewire::tl::api::enums::{Message, ReplyMarkup, Update};
use telewire::updates::{Delivery, Event, PeerId};

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::show::{message_name, place_of, typed};

/// So many are kept: a few MiB if all are as long as they may be.
const MAX_SHOWN: usize = 1_000;

/// How many a `history` shows that does not say it.
const MESSAGES: usize = 40;

/// The messages, the one that was met last behind.
#[derive(Debug, Default)]
pub(super) struct Shown(VecDeque<Message>);

impl Shown {
    fn is(message: &Message, place: Option<PeerId>, id: i32) -> bool {
        message_name(place_of(message), message.id()) == message_name(place, id)
    }

    fn note(&mut self, message: &Message) {
        let place = place_of(message);
        self.0.retain(|other| !Self::is(other, place, message.id()));
        if place.is_some() {
            self.0.push_back(message.clone());
        }
        if self.0.len() > MAX_SHOWN {
            self.0.pop_front();
        }
    }

    fn forget(&mut self, place: Option<PeerId>, ids: &[i32]) {
        self.0.retain(|message| !ids.iter().any(|id| Self::is(message, place, *id)));
    }

    pub(super) fn forget_all(&mut self) {
        self.0.clear();
    }

    /// The texts of the keyboard that a bot's last message with one has in this place, row after row: none once it was hidden.
    fn keyboard(&self, place: PeerId) -> Vec<String> {
        let here = self.0.iter().filter(|message| place_of(message) == Some(place));
        let keyboards = here.filter_map(|message| {
            let Message::Message(message) = message else { return None };
            let texts = match message.reply_markup.as_ref()? {
                ReplyMarkup::ReplyKeyboardMarkup(keyboard) => {
                    let buttons = keyboard.rows.iter().flat_map(|row| &row.buttons);
                    buttons.map(|button| button.text.clone()).collect()
                }
                ReplyMarkup::ReplyKeyboardHide(_) => Vec::new(),
                _ => return None,
            };
            Some((message.id, texts))
        });
        keyboards.max_by_key(|(id, _)| *id).map(|(_, texts)| texts).unwrap_or_default()
    }

    /// As commands name them, the latest first.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().rev().map(|message| message_name(place_of(message), message.id()))
    }
}

impl Shell {
    /// Shows messages of a list, the latest first.
    pub(super) fn messages(&mut self, messages: &[Message]) -> Reply {
        messages.iter().rev().for_each(|message| self.shown.note(message));
        self.names.messages(messages)
    }

    /// Notes what happened to messages.
    pub(super) fn note(&mut self, delivery: &Delivery) {
        if let Some(message) = delivery.new_message() {
            return self.shown.note(message);
        }
        let Event::Update(update) = &delivery.event else { return };
        match update {
            Update::UpdateEditMessage(edit) => self.shown.note(&edit.message),
            Update::UpdateEditChannelMessage(edit) => self.shown.note(&edit.message),
            Update::UpdateDeleteMessages(gone) => self.shown.forget(None, &gone.messages),
            Update::UpdateDeleteChannelMessages(gone) => {
                self.shown.forget(Some(PeerId::Channel(gone.channel_id)), &gone.messages);
            }
            _ => {}
        }
    }

    /// `[offline]`: the answer from what was met, without a call.
    pub(super) fn answer_offline(&self, given: &Given) -> Result<Reply, Fault> {
        let mut found: Vec<Message> = Vec::new();
        match given.command.name {
            "history" => {
                let place = self.place(&given.text(0))?;
                let of = self.shown.0.iter().filter(|message| place_of(message) == Some(place));
                found.extend(of.cloned());
                found.sort_by_key(|message| std::cmp::Reverse(message.id()));
                let skipped = given.count(2, 0).min(found.len());
                found.drain(..skipped);
                found.truncate(given.count(1, MESSAGES));
            }
            "get_message" => {
                for name in given.messages(0) {
                    let place = name.peer.as_deref().map(|peer| self.place(peer)).transpose()?;
                    let mut all = self.shown.0.iter();
                    let one = all.find(|message| Shown::is(message, place, name.id));
                    found.extend(one.cloned());
                }
                found.reverse();
            }
            _ => {
                let why = "[offline] is for history and get_message: nothing but messages is kept";
                return Err(Fault::Usage(why.to_owned()));
            }
        }
        if found.is_empty() {
            let why = "[offline] knows the messages that were met since this program began, and none is of these";
            return Err(Fault::failed(why));
        }
        Ok(self.names.messages(&found))
    }

    /// What the bot of the chat that lines go to wants one of.
    pub(super) fn keyboard(&self) -> Vec<String> {
        let place = self.chat.as_deref().and_then(|chat| self.place(chat).ok());
        place.map(|place| self.shown.keyboard(place)).unwrap_or_default()
    }

    /// The place of a name that was met.
    fn place(&self, word: &str) -> Result<PeerId, Fault> {
        if word == "me" {
            return Ok(PeerId::User(self.own_id()));
        }
        let called = self.one_called(word)?;
        let wanted = called.as_deref().unwrap_or(word);
        let mut all = self.names.iter().filter(|(id, named)| {
            let username = named.username.as_deref().unwrap_or_default();
            typed(**id) == wanted
                || wanted.strip_prefix('@').is_some_and(|name| name.eq_ignore_ascii_case(username))
        });
        let found = all.next().map(|(id, _)| *id);
        found.ok_or_else(|| Fault::Usage(format!("[offline] has not met {word}")))
    }
}

#[cfg(test)]
mod tests {
    use telewire::client::verbs::reply_keyboard;
    use telewire::tl::api::types;

    use super::*;

    const PLACE: PeerId = PeerId::User(7);

    fn message(id: i32, from: i64, markup: Option<ReplyMarkup>) -> Message {
        let peer = types::PeerUser { user_id: from }.into();
        let mut message = types::Message::new(id, peer, 1, String::new());
        message.reply_markup = markup;
        message.into()
    }

    #[test]
    fn the_last_keyboard_of_a_place_counts_until_it_is_hidden() {
        let mut shown = Shown::default();
        assert!(shown.keyboard(PLACE).is_empty());
        let keyboard = |text: &'static str| Some(reply_keyboard([[text, "No"]]));
        // What is edited is met later, and is no later message.
        for (id, text) in [(3, "new"), (2, "old")] {
            shown.note(&message(id, 7, keyboard(text)));
        }
        shown.note(&message(4, 7, None));
        shown.note(&message(5, 8, keyboard("of another")));
        assert_eq!(shown.keyboard(PLACE), ["new", "No"]);
        let hidden = types::ReplyKeyboardHide::new();
        shown.note(&message(6, 7, Some(hidden.into())));
        assert!(shown.keyboard(PLACE).is_empty());
    }
}
