//! Topics of forums.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::messages::MAX_PARTS;
use crate::client::verbs::sent::{message_of, updates_of};
use crate::tl::api::functions::{channels, messages};

impl Client {
    /// Has a supergroup have topics, or none any more.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`](crate::client::PeerError::Wrong) for basic groups; `CHAT_ADMIN_REQUIRED`.
    pub async fn set_forum(
        &self,
        supergroup: impl Into<PeerRef>,
        enabled: bool,
    ) -> Result<(), Error> {
        let channel = self.resolve_channel(supergroup.into()).await?;
        self.ask(&channels::ToggleForum { channel, enabled, tabs: false }).await.map(drop)
    }

    /// Begins a topic; gives its number, for [`in_topic`](super::SendMessage::in_topic).
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHANNEL_FORUM_MISSING`, `TOPIC_TITLE_EMPTY`.
    pub async fn create_topic(
        &self,
        forum: impl Into<PeerRef>,
        title: impl Into<String>,
    ) -> Result<i32, Error> {
        let peer = self.resolve(forum).await?;
        let call = messages::CreateForumTopic::new(peer, title.into(), self.random_id());
        let answer = self.ask(&call).await?;
        // The message that says so begins it.
        let id = updates_of(&answer).iter().find_map(message_of).map(|message| message.id());
        id.ok_or(Error::Missing { what: "the topic" })
    }

    /// Changes the title of a topic.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `TOPIC_ID_INVALID`, `TOPIC_NOT_MODIFIED`.
    pub async fn set_topic_title(
        &self,
        forum: impl Into<PeerRef>,
        topic: i32,
        title: impl Into<String>,
    ) -> Result<(), Error> {
        let peer = self.resolve(forum).await?;
        let new = messages::EditForumTopic::new(peer, topic);
        let call = messages::EditForumTopic { title: Some(title.into()), ..new };
        self.ask(&call).await.map(drop)
    }

    /// Closes a topic, or opens it again.
    ///
    /// # Errors
    ///
    /// As [`set_topic_title`](Self::set_topic_title).
    pub async fn close_topic(
        &self,
        forum: impl Into<PeerRef>,
        topic: i32,
        closed: bool,
    ) -> Result<(), Error> {
        let peer = self.resolve(forum).await?;
        let new = messages::EditForumTopic::new(peer, topic);
        self.ask(&messages::EditForumTopic { closed: Some(closed), ..new }).await.map(drop)
    }

    /// Pins a topic, or lets it go.
    ///
    /// # Errors
    ///
    /// As [`set_topic_title`](Self::set_topic_title).
    pub async fn pin_topic(
        &self,
        forum: impl Into<PeerRef>,
        topic: i32,
        pinned: bool,
    ) -> Result<(), Error> {
        let peer = self.resolve(forum).await?;
        let call = messages::UpdatePinnedForumTopic { peer, topic_id: topic, pinned };
        self.ask(&call).await.map(drop)
    }

    /// Deletes a topic with all that was said in it.
    ///
    /// # Errors
    ///
    /// As [`set_topic_title`](Self::set_topic_title).
    pub async fn delete_topic(&self, forum: impl Into<PeerRef>, topic: i32) -> Result<(), Error> {
        let peer = self.resolve(forum).await?;
        // It does a part at a time, and says how many are left.
        for _ in 0..MAX_PARTS {
            let call = messages::DeleteTopicHistory { peer: peer.clone(), top_msg_id: topic };
            if self.invoke(&call).await?.offset <= 0 {
                break;
            }
        }
        Ok(())
    }
}
