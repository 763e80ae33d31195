//! Drafts, and messages that are to be sent later.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::text::Text;
use crate::client::verbs::messages::messages_in;
use crate::client::verbs::sent::{message_of, updates_of};
use crate::tl::api::enums::{Message, Update};
use crate::tl::api::functions::messages;
use crate::tl::api::types;

impl Client {
    /// Keeps what is written in a chat and not sent, for the account's other clients. An empty text takes it away.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn save_draft(
        &self,
        peer: impl Into<PeerRef>,
        text: impl Into<Text>,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let (message, entities) = self.marked(text.into()).await?;
        let call = messages::SaveDraft { entities, ..messages::SaveDraft::new(peer, message) };
        self.invoke(&call).await.map(drop)
    }

    /// All drafts: where, and what.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn drafts(&self) -> Result<Vec<types::UpdateDraftMessage>, Error> {
        let answer = self.ask(&messages::GetAllDrafts).await?;
        let draft = |update: &Update| match update {
            Update::UpdateDraftMessage(draft) => Some((**draft).clone()),
            _ => None,
        };
        Ok(updates_of(&answer).iter().filter_map(draft).collect())
    }

    /// Takes away all drafts.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn clear_drafts(&self) -> Result<(), Error> {
        self.invoke(&messages::ClearAllDrafts).await.map(drop)
    }

    /// What is to be sent in a chat later, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn scheduled_messages(
        &self,
        peer: impl Into<PeerRef>,
    ) -> Result<Vec<Message>, Error> {
        let peer = self.resolve(peer).await?;
        let call = messages::GetScheduledHistory { peer, hash: 0 };
        Ok(messages_in(self.ask(&call).await?))
    }

    /// Sends scheduled messages now; gives them as they are then.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `MESSAGE_ID_INVALID`.
    pub async fn send_scheduled(
        &self,
        peer: impl Into<PeerRef>,
        ids: impl IntoIterator<Item = i32>,
    ) -> Result<Vec<Message>, Error> {
        let peer = self.resolve(peer).await?;
        let id = ids.into_iter().collect();
        let answer = self.ask(&messages::SendScheduledMessages { peer, id }).await?;
        Ok(updates_of(&answer).iter().filter_map(message_of).cloned().collect())
    }

    /// Deletes scheduled messages.
    ///
    /// # Errors
    ///
    /// As [`send_scheduled`](Self::send_scheduled).
    pub async fn delete_scheduled(
        &self,
        peer: impl Into<PeerRef>,
        ids: impl IntoIterator<Item = i32>,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let id = ids.into_iter().collect();
        self.ask(&messages::DeleteScheduledMessages { peer, id }).await.map(drop)
    }
}
