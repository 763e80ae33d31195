//! Sending messages.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::text::Text;
use crate::client::verbs::sent::messages_with;
use crate::tl::api::enums::{InputMedia, InputReplyTo, ReplyMarkup, Updates};
use crate::tl::api::functions::messages;
use crate::tl::api::types;

/// A message that is to be sent: await it. Clones are the same message, which the server takes once.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before it is awaited"]
pub struct SendMessage {
    client: Client,
    peer: PeerRef,
    text: Text,
    media: Option<InputMedia>,
    random_id: i64,
    reply_to: Option<InputReplyTo>,
    topic: Option<i32>,
    send_as: Option<PeerRef>,
    markup: Option<ReplyMarkup>,
    schedule: Option<i32>,
    silent: bool,
    no_webpage: bool,
    clear_draft: bool,
    noforwards: bool,
}

impl Client {
    /// Sends a text, with or without marks; what it gives is the message as it now is.
    ///
    /// ```no_run
    /// # use telewire::client::text::Text;
    /// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
    /// let sent = client.send_message("@ada", "hello").await?;
    /// # #[cfg(feature = "markdown")]
    /// client.send_message(&sent, Text::markdown("**again**")).reply_to(sent.id).silent().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// More than [`MAX_MESSAGE_UNITS`](crate::client::text::MAX_MESSAGE_UNITS) is refused with `MESSAGE_TOO_LONG`: [`Text::split`] cuts
    /// it.
    ///
    /// # Cancel safety
    ///
    /// When it is dropped before it is ready, it may have been sent. A clone that is awaited then is the same message.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`] when nobody is named so. When the answer was lost ([`Error::execution`] is `Maybe`), the message may be there:
    /// await a clone, and `RANDOM_ID_DUPLICATE` says that it is.
    ///
    /// Source: <https://core.telegram.org/method/messages.sendMessage>.
    pub fn send_message(&self, peer: impl Into<PeerRef>, text: impl Into<Text>) -> SendMessage {
        SendMessage {
            client: self.clone(),
            peer: peer.into(),
            text: text.into(),
            media: None,
            random_id: self.random_id(),
            reply_to: None,
            topic: None,
            send_as: None,
            markup: None,
            schedule: None,
            silent: false,
            no_webpage: false,
            clear_draft: false,
            noforwards: false,
        }
    }
}

impl SendMessage {
    /// In answer to a message of the same chat.
    pub fn reply_to(self, id: i32) -> Self {
        self.reply(types::InputReplyToMessage::new(id))
    }

    /// In answer to something else: a part of a message, a message of another chat, a story.
    pub fn reply(self, to: impl Into<InputReplyTo>) -> Self {
        Self { reply_to: Some(to.into()), ..self }
    }

    /// In a topic of a forum.
    pub fn in_topic(self, topic: i32) -> Self {
        Self { topic: Some(topic), ..self }
    }

    /// Without a sound at whoever gets it.
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// At a time, in seconds since 1970.
    pub fn schedule(self, unix: i32) -> Self {
        Self { schedule: Some(unix), ..self }
    }

    /// Without a preview of links.
    pub fn without_preview(self) -> Self {
        Self { no_webpage: true, ..self }
    }

    /// With buttons: see [`inline_keyboard`](super::inline_keyboard) and [`reply_keyboard`](super::reply_keyboard). For bots.
    pub fn keyboard(self, markup: impl Into<ReplyMarkup>) -> Self {
        Self { markup: Some(markup.into()), ..self }
    }

    /// With media: a place, a contact, a poll, a file that is uploaded or was met. The text is its caption.
    pub fn media(self, media: impl Into<InputMedia>) -> Self {
        Self { media: Some(media.into()), ..self }
    }

    /// In the name of a channel or group of one's own.
    pub fn send_as(self, peer: impl Into<PeerRef>) -> Self {
        Self { send_as: Some(peer.into()), ..self }
    }

    /// And the draft that is there goes.
    pub fn clear_draft(self) -> Self {
        Self { clear_draft: true, ..self }
    }

    /// So that it cannot be forwarded or saved.
    pub fn protected(self) -> Self {
        Self { noforwards: true, ..self }
    }

    /// With a number of one's own, by which the server knows the message again: of a call of another run of the program, say.
    pub fn random_id(self, random_id: i64) -> Self {
        Self { random_id, ..self }
    }

    /// What [`reply_to`](Self::reply_to) and [`in_topic`](Self::in_topic) say together.
    fn replied(&self) -> Option<InputReplyTo> {
        match (self.reply_to.clone(), self.topic) {
            (Some(InputReplyTo::InputReplyToMessage(mut reply)), Some(topic)) => {
                reply.top_msg_id = Some(topic);
                Some(InputReplyTo::InputReplyToMessage(reply))
            }
            (None, Some(topic)) => {
                let top_msg_id = Some(topic);
                let reply = types::InputReplyToMessage::new(topic);
                Some(types::InputReplyToMessage { top_msg_id, ..reply }.into())
            }
            (reply, _) => reply,
        }
    }

    async fn send(self) -> Result<types::Message, Error> {
        let peer = self.client.resolve(&self.peer).await?;
        let send_as = match &self.send_as {
            Some(peer) => Some(self.client.resolve(peer).await?),
            None => None,
        };
        let reply_to = self.replied();
        let (message, entities) = self.client.marked(self.text).await?;
        let text = message.clone();
        let answer = match self.media {
            None => {
                let call = messages::SendMessage {
                    no_webpage: self.no_webpage,
                    silent: self.silent,
                    clear_draft: self.clear_draft,
                    noforwards: self.noforwards,
                    reply_to,
                    reply_markup: self.markup,
                    entities,
                    schedule_date: self.schedule,
                    send_as,
                    ..messages::SendMessage::new(peer.clone(), message, self.random_id)
                };
                self.client.ask(&call).await?
            }
            Some(media) => {
                let call = messages::SendMedia {
                    silent: self.silent,
                    clear_draft: self.clear_draft,
                    noforwards: self.noforwards,
                    reply_to,
                    reply_markup: self.markup,
                    entities,
                    schedule_date: self.schedule,
                    send_as,
                    ..messages::SendMedia::new(peer.clone(), media, message, self.random_id)
                };
                self.client.ask(&call).await?
            }
        };
        if let Updates::UpdateShortSentMessage(short) = &answer {
            return self.client.filled(&peer, text, short);
        }
        let sent = messages_with(&answer, &[self.random_id]).pop();
        sent.ok_or(Error::Missing { what: "the message" })
    }
}

awaited!(SendMessage => types::Message);
