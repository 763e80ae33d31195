//! Forwarding messages.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::sent::messages_with;
use crate::tl::api::functions::messages;
use crate::tl::api::types;

/// Messages that are to be forwarded: await it. Clones are the same forward, which the server takes once.
#[derive(Debug, Clone)]
#[must_use = "nothing is forwarded before it is awaited"]
pub struct ForwardMessages {
    client: Client,
    to: PeerRef,
    from: PeerRef,
    ids: Vec<i32>,
    random_ids: Vec<i64>,
    topic: Option<i32>,
    schedule: Option<i32>,
    silent: bool,
    drop_author: bool,
    drop_captions: bool,
    noforwards: bool,
}

impl Client {
    /// Forwards messages of a chat to another one, a hundred at most; gives the new ones in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `MESSAGE_ID_INVALID` when one of them is not there, `CHAT_FORWARDS_RESTRICTED` when the chat forbids it.
    ///
    /// Source: <https://core.telegram.org/method/messages.forwardMessages>.
    pub fn forward_messages(
        &self,
        to: impl Into<PeerRef>,
        from: impl Into<PeerRef>,
        ids: impl IntoIterator<Item = i32>,
    ) -> ForwardMessages {
        let ids: Vec<i32> = ids.into_iter().collect();
        ForwardMessages {
            client: self.clone(),
            to: to.into(),
            from: from.into(),
            random_ids: ids.iter().map(|_| self.random_id()).collect(),
            ids,
            topic: None,
            schedule: None,
            silent: false,
            drop_author: false,
            drop_captions: false,
            noforwards: false,
        }
    }
}

impl ForwardMessages {
    /// Without a sound.
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// As if they were one's own: who wrote them is not said.
    pub fn without_author(self) -> Self {
        Self { drop_author: true, ..self }
    }

    /// Media without what is said below; that includes the author.
    pub fn without_captions(self) -> Self {
        Self { drop_author: true, drop_captions: true, ..self }
    }

    /// Into a topic of a forum.
    pub fn in_topic(self, topic: i32) -> Self {
        Self { topic: Some(topic), ..self }
    }

    /// At a time, in seconds since 1970.
    pub fn schedule(self, unix: i32) -> Self {
        Self { schedule: Some(unix), ..self }
    }

    /// So that they cannot be forwarded or saved.
    pub fn protected(self) -> Self {
        Self { noforwards: true, ..self }
    }

    async fn send(self) -> Result<Vec<types::Message>, Error> {
        let to_peer = self.client.resolve(self.to).await?;
        let from_peer = self.client.resolve(self.from).await?;
        let call = messages::ForwardMessages {
            silent: self.silent,
            drop_author: self.drop_author,
            drop_media_captions: self.drop_captions,
            noforwards: self.noforwards,
            top_msg_id: self.topic,
            schedule_date: self.schedule,
            ..messages::ForwardMessages::new(from_peer, self.ids, self.random_ids.clone(), to_peer)
        };
        Ok(messages_with(&self.client.ask(&call).await?, &self.random_ids))
    }
}

awaited!(ForwardMessages => Vec<types::Message>);
