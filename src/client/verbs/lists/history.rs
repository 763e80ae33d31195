//! What was said in a chat, the latest first.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::lists::{List, Messages, Page, Pages};
use crate::tl::api::enums::Message;
use crate::tl::api::functions::messages::{GetHistory, GetReplies};

/// Pages of a chat's messages.
#[derive(Debug, Clone)]
pub struct History {
    peer: PeerRef,
    before: i32,
    min_id: i32,
}

impl Client {
    /// What was said in a chat, the latest first. Nothing is marked as read by it. Bots may not ask.
    ///
    /// # Errors
    ///
    /// Of `next`: [`Error::Peer`]; `CHANNEL_PRIVATE`.
    ///
    /// Source: <https://core.telegram.org/method/messages.getHistory>.
    #[must_use]
    pub fn history(&self, peer: impl Into<PeerRef>) -> List<History> {
        List::new(self, History { peer: peer.into(), before: 0, min_id: 0 })
    }

    /// What was said in a topic of a forum, or in answer to a message, the latest first.
    ///
    /// # Errors
    ///
    /// Of `next`: [`Error::Peer`]; `MSG_ID_INVALID`, `TOPIC_ID_INVALID`.
    #[must_use]
    pub fn replies(&self, peer: impl Into<PeerRef>, id: i32) -> List<Replies> {
        List::new(self, Replies { peer: peer.into(), id })
    }
}

impl List<History> {
    /// From what was said before a time, in seconds since 1970.
    #[must_use]
    pub fn before(mut self, unix: i32) -> Self {
        self.pages.before = unix;
        self
    }

    /// Down to a message, without it.
    #[must_use]
    pub fn newer_than(mut self, id: i32) -> Self {
        self.pages.min_id = id;
        self
    }
}

impl Pages for History {
    type Item = Message;
    type Offset = i32;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &i32,
        limit: i32,
    ) -> Result<Page<Message, i32>, Error> {
        let call = GetHistory {
            peer: client.resolve(&self.peer).await?,
            offset_id: *after,
            // Only where it begins.
            offset_date: if *after == 0 { self.before } else { 0 },
            add_offset: 0,
            limit,
            max_id: 0,
            min_id: self.min_id,
            hash: 0,
        };
        Ok(Messages::from(client.ask(&call).await?).page(*after, limit))
    }
}

/// Pages of the messages of a topic, or of answers to one.
#[derive(Debug, Clone)]
pub struct Replies {
    peer: PeerRef,
    id: i32,
}

impl Pages for Replies {
    type Item = Message;
    type Offset = i32;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &i32,
        limit: i32,
    ) -> Result<Page<Message, i32>, Error> {
        let call = GetReplies {
            peer: client.resolve(&self.peer).await?,
            msg_id: self.id,
            offset_id: *after,
            offset_date: 0,
            add_offset: 0,
            limit,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        Ok(Messages::from(client.ask(&call).await?).page(*after, limit))
    }
}
