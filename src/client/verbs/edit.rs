//! Editing messages.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::text::Text;
use crate::client::verbs::sent::message_in;
use crate::tl::api::enums::{InputMedia, ReplyMarkup};
use crate::tl::api::functions::messages;
use crate::tl::api::types;

/// A change of a message: await it.
#[derive(Debug, Clone)]
#[must_use = "nothing is changed before it is awaited"]
pub struct EditMessage {
    client: Client,
    peer: PeerRef,
    id: i32,
    text: Option<Text>,
    media: Option<InputMedia>,
    markup: Option<ReplyMarkup>,
    schedule: Option<i32>,
    no_webpage: bool,
}

impl Client {
    /// Changes what a message says.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `MESSAGE_NOT_MODIFIED` when it says that already, `MESSAGE_EDIT_TIME_EXPIRED` when it is too old.
    ///
    /// Source: <https://core.telegram.org/method/messages.editMessage>.
    pub fn edit_message(
        &self,
        peer: impl Into<PeerRef>,
        id: i32,
        text: impl Into<Text>,
    ) -> EditMessage {
        EditMessage { text: Some(text.into()), ..self.edit(peer.into(), id) }
    }

    /// Changes a message's buttons and leaves what it says. For bots.
    ///
    /// # Errors
    ///
    /// As [`edit_message`](Self::edit_message).
    pub fn edit_keyboard(
        &self,
        peer: impl Into<PeerRef>,
        id: i32,
        markup: impl Into<ReplyMarkup>,
    ) -> EditMessage {
        self.edit(peer.into(), id).keyboard(markup)
    }

    fn edit(&self, peer: PeerRef, id: i32) -> EditMessage {
        EditMessage {
            client: self.clone(),
            peer,
            id,
            text: None,
            media: None,
            markup: None,
            schedule: None,
            no_webpage: false,
        }
    }
}

impl EditMessage {
    /// With buttons; without this, they go.
    pub fn keyboard(self, markup: impl Into<ReplyMarkup>) -> Self {
        Self { markup: Some(markup.into()), ..self }
    }

    /// With other media.
    pub fn media(self, media: impl Into<InputMedia>) -> Self {
        Self { media: Some(media.into()), ..self }
    }

    /// Without a preview of links.
    pub fn without_preview(self) -> Self {
        Self { no_webpage: true, ..self }
    }

    /// Of a scheduled message: at another time, in seconds since 1970.
    pub fn schedule(self, unix: i32) -> Self {
        Self { schedule: Some(unix), ..self }
    }

    async fn send(self) -> Result<types::Message, Error> {
        let peer = self.client.resolve(self.peer).await?;
        let (message, entities) = match self.text {
            Some(text) => {
                let (message, entities) = self.client.marked(text).await?;
                (Some(message), entities)
            }
            None => (None, None),
        };
        let call = messages::EditMessage {
            no_webpage: self.no_webpage,
            message,
            media: self.media,
            reply_markup: self.markup,
            entities,
            schedule_date: self.schedule,
            ..messages::EditMessage::new(peer, self.id)
        };
        message_in(&self.client.ask(&call).await?)
    }
}

awaited!(EditMessage => types::Message);
