//! Messages that were met in this process: what `[offline]` answers from, and what is completed.

use std::collections::VecDeque;

use telewire::tl::api::enums::{Message, Update};
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
