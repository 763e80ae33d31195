//! The topics of a forum.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::lists::{List, Page, Pages};
use crate::tl::api::enums::{ForumTopic, Message};
use crate::tl::api::functions::messages::GetForumTopics;
use crate::tl::api::types;
use crate::updates::Peers;

/// Pages of the topics of a forum.
#[derive(Debug, Clone)]
pub struct Topics {
    forum: PeerRef,
    query: Option<String>,
}

/// A topic.
pub type TopicItem = types::ForumTopic;

impl Client {
    /// The topics of a forum: those that are pinned, and then those where something was said last.
    ///
    /// # Errors
    ///
    /// Of `next`: [`Error::Peer`]; `CHANNEL_FORUM_MISSING`.
    ///
    /// Source: <https://core.telegram.org/method/messages.getForumTopics>.
    #[must_use]
    pub fn topics(&self, forum: impl Into<PeerRef>) -> List<Topics> {
        List::new(self, Topics { forum: forum.into(), query: None })
    }
}

impl List<Topics> {
    /// Those whose titles have a text.
    #[must_use]
    pub fn named(mut self, query: impl Into<String>) -> Self {
        self.pages.query = Some(query.into());
        self
    }
}

impl Pages for Topics {
    type Item = TopicItem;
    /// The date and number of the latest message, and the topic.
    type Offset = (i32, i32, i32);
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &Self::Offset,
        limit: i32,
    ) -> Result<Page<TopicItem, Self::Offset>, Error> {
        let peer = client.resolve(&self.forum).await?;
        let (date, id, topic) = *after;
        let new = GetForumTopics::new(peer, date, id, topic, limit);
        let answer = client.ask(&GetForumTopics { q: self.query.clone(), ..new }).await?;
        let is_full = i32::try_from(answer.topics.len()).is_ok_and(|count| count >= limit);
        let date_of = |topic: &TopicItem| match answer.order_by_create_date {
            true => topic.date,
            false => {
                let latest = answer.messages.iter().find(|one| one.id() == topic.top_message);
                match latest {
                    Some(Message::Message(message)) => message.date,
                    Some(Message::MessageService(message)) => message.date,
                    _ => topic.date,
                }
            }
        };
        let items: Vec<_> = answer
            .topics
            .iter()
            .filter_map(|topic| match topic {
                ForumTopic::ForumTopic(topic) => Some(&**topic),
                ForumTopic::ForumTopicDeleted(_) => None,
            })
            .map(|topic| (topic.clone(), (date_of(topic), topic.top_message, topic.id)))
            .collect();
        let next = items.last().map(|(_, place)| *place);
        let next = next.filter(|place| is_full && place != after);
        let peers = Peers { users: answer.users, chats: answer.chats };
        Ok(Page { items, next, total: Some(answer.count), peers })
    }
}
