//! What becomes of events: each is kept before it is dealt with, and told to whoever listens.

use std::io;
use std::sync::Arc;

use telewire::client::secret::{SecretChat, SecretEvent};
use telewire::secret::{Action, Event, KeyHash, Message, Position, State, file};

use super::kept::{About, Done, Kept, Outcome, Said, Sending};
use super::{Secrets, not_kept};

/// Something that happened, for whoever listens.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::commands::shell) struct News {
    pub(in crate::commands::shell) about: About,
    pub(in crate::commands::shell) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::commands::shell) enum What {
    /// The other side says or does something.
    Said(Said),
    Offered,
    Ready(KeyHash),
    Rekeyed,
    /// With the reason.
    Closed(String),
    /// Messages are gone, by their numbers.
    Deleted(Vec<u32>),
    /// What we said until then was read.
    Read(i32),
    Typing,
    /// Something of ours was refused, by its number and with the error's name.
    Failed(u32, String),
}

impl Kept {
    /// Notes how a chat stands.
    pub(in crate::commands::shell) fn see(&mut self, chat: &SecretChat) -> io::Result<()> {
        if chat.state == State::Closed {
            return Ok(());
        }
        let (peer, server) = (chat.peer.0, chat.server_id.map(|id| id.0));
        let name = self.met.get(&peer).cloned();
        self.set_about(About { chat: chat.id.0, peer, server, name, ended: None })
    }

    /// Keeps an event, and gives what is to be told of it.
    fn hear(&mut self, chat: i32, event: &Event) -> io::Result<Option<What>> {
        Ok(match event {
            Event::Offered { .. } => Some(What::Offered),
            Event::Ready { hash } => Some(What::Ready(*hash)),
            Event::Rekeyed { .. } => Some(What::Rekeyed),
            Event::Closed { why, delete_history } => {
                if *delete_history {
                    self.delete(chat, |_| true)?;
                }
                let why = why.to_string();
                if let Some(about) = self.about(chat) {
                    let about = About { ended: Some(why.clone()), ..about.clone() };
                    self.set_about(about)?;
                }
                Some(What::Closed(why))
            }
            Event::Message { random_id, message, place } => {
                self.add(of_message(chat, *random_id, message, place))?.map(What::Said)
            }
            Event::Action { random_id, action, place } => {
                self.act(chat, *random_id, action, place)?
            }
            Event::Unsupported { layer, place, .. } => {
                // It has no name of its own: where it stands is one.
                let random_id = -1 - i64::from(place.number);
                let done = Done::Unsupported { layer: *layer };
                self.add(of_action(chat, random_id, place, done))?.map(What::Said)
            }
            Event::Sent { random_id, date, .. } => {
                self.outcomes.insert((chat, *random_id), Outcome::Sent { date: *date });
                let date = *date;
                self.change(chat, *random_id, |said| {
                    (said.state, said.date) = (said.state.at_least(Sending::Sent), date);
                })?;
                None
            }
            Event::SendFailed { random_id, error } => {
                self.outcomes.insert((chat, *random_id), Outcome::Failed(error.clone()));
                self.change(chat, *random_id, |said| said.state = Sending::Failed)?;
                self.number_of(chat, *random_id).map(|number| What::Failed(number, error.clone()))
            }
            Event::Acknowledged { random_ids } => {
                for id in random_ids {
                    self.change(chat, *id, |said| {
                        said.state = said.state.at_least(Sending::There);
                    })?;
                }
                None
            }
            Event::Expired { random_id } => {
                Some(What::Deleted(self.delete(chat, |said| said.random_id == *random_id)?))
            }
            Event::Read { max_date, .. } => {
                let read: Vec<i64> = self
                    .said(chat)
                    .filter(|said| said.out && said.date <= *max_date)
                    .filter(|said| matches!(said.state, Sending::Sent | Sending::There))
                    .map(|said| said.random_id)
                    .collect();
                for id in read {
                    self.change(chat, id, |said| said.state = Sending::Read)?;
                }
                Some(What::Read(*max_date))
            }
            Event::Typing => Some(What::Typing),
            // What layer the other side speaks is the library's affair.
            _ => None,
        })
    }

    fn act(
        &mut self,
        chat: i32,
        random_id: i64,
        action: &Action,
        place: &Position,
    ) -> io::Result<Option<What>> {
        let done = match action {
            Action::SetTtl(seconds) => Done::SetTtl(*seconds),
            Action::Screenshot(_) => Done::Screenshot,
            Action::Delete(ids) => {
                let gone = self.delete(chat, |said| ids.contains(&said.random_id))?;
                return Ok(Some(What::Deleted(gone)));
            }
            // SC-72: what the other side had not got when it said so stays.
            Action::Flush => {
                let had = |said: &Said| !matches!(said.state, Sending::Waiting | Sending::Sent);
                let gone = self.delete(chat, |said| !said.out || had(said))?;
                return Ok(Some(What::Deleted(gone)));
            }
            _ => return Ok(None),
        };
        Ok(self.add(of_action(chat, random_id, place, done))?.map(What::Said))
    }
}

impl Sending {
    fn at_least(self, least: Self) -> Self {
        match (self, least) {
            (Self::Waiting | Self::Failed, _) | (Self::Sent, Self::There) => least,
            _ => self,
        }
    }
}

fn of_message(chat: i32, random_id: i64, message: &Message, place: &Position) -> Said {
    let media = message.media.as_ref();
    let caption = media.map_or("", file::caption);
    let text = if message.text.is_empty() { caption } else { &message.text };
    Said {
        out: false,
        state: Sending::There,
        reply: message.reply_to,
        ttl: message.ttl,
        file: place.file.map(Into::into),
        ..Said::ours(chat, random_id, place.date.into(), text, media)
    }
}

fn of_action(chat: i32, random_id: i64, place: &Position, done: Done) -> Said {
    let said = of_message(chat, random_id, &Message::default(), place);
    Said { action: Some(done), ..said }
}

impl Secrets {
    /// Keeps an event and tells it; whether it could be kept.
    pub(in crate::commands::shell) async fn keep(&self, event: &SecretEvent) -> bool {
        let chat = event.chat;
        // A chat that was met just now has no line yet.
        let stands = self.chats().get(chat).await;
        let mut kept = self.kept();
        let seen = stands.map_or(Ok(()), |chat| kept.see(&chat));
        let heard = seen.and_then(|()| kept.hear(chat.0, &event.what));
        match heard {
            Ok(what) => {
                let news = what.zip(kept.about(chat.0).cloned());
                let news = news.map(|(what, about)| News { about, what });
                if let Some(news) = news {
                    // Nobody may listen.
                    let _ = self.0.news.send(Arc::new(news));
                }
                true
            }
            Err(error) => {
                kept.broken = Some(not_kept(&error).to_string());
                false
            }
        }
    }
}
