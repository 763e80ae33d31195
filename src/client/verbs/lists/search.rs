//! Messages that are looked for, the latest first.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::lists::{List, Messages, Page, Pages};
use crate::tl::api::enums::{InputPeer, Message, MessagesFilter};
use crate::tl::api::functions::messages;

/// Pages of what is found in a chat.
#[derive(Debug, Clone)]
pub struct Search {
    peer: PeerRef,
    query: String,
    filter: MessagesFilter,
    from: Option<PeerRef>,
    topic: Option<i32>,
    since: i32,
    until: i32,
}

impl Client {
    /// Looks for messages of a chat, by a text or, with `""`, by what they are.
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
    /// let mut found = client.search("@group", "engine").sent_by("@ada").limit(10);
    /// while let Some(message) = found.next().await? {
    ///     println!("{}", message.id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Of `next`: [`Error::Peer`], and what [`Error`] says.
    #[must_use]
    pub fn search(&self, peer: impl Into<PeerRef>, query: impl Into<String>) -> List<Search> {
        let search = Search {
            peer: peer.into(),
            query: query.into(),
            filter: MessagesFilter::InputMessagesFilterEmpty,
            from: None,
            topic: None,
            since: 0,
            until: 0,
        };
        List::new(self, search)
    }

    /// Looks for messages in all chats.
    ///
    /// # Errors
    ///
    /// Of `next`: `SEARCH_QUERY_EMPTY`.
    #[must_use]
    pub fn search_everywhere(&self, query: impl Into<String>) -> List<GlobalSearch> {
        let filter = MessagesFilter::InputMessagesFilterEmpty;
        List::new(self, GlobalSearch { query: query.into(), filter })
    }
}

impl List<Search> {
    /// Those that are something: photos, links, pinned ones.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<MessagesFilter>) -> Self {
        self.pages.filter = filter.into();
        self
    }

    /// Those that somebody sent.
    #[must_use]
    pub fn sent_by(mut self, peer: impl Into<PeerRef>) -> Self {
        self.pages.from = Some(peer.into());
        self
    }

    /// Those of a topic of a forum.
    #[must_use]
    pub fn in_topic(mut self, topic: i32) -> Self {
        self.pages.topic = Some(topic);
        self
    }

    /// Those that were sent after a time, in seconds since 1970.
    #[must_use]
    pub fn since(mut self, unix: i32) -> Self {
        self.pages.since = unix;
        self
    }

    /// Those that were sent before a time, in seconds since 1970.
    #[must_use]
    pub fn until(mut self, unix: i32) -> Self {
        self.pages.until = unix;
        self
    }
}

impl Pages for Search {
    type Item = Message;
    type Offset = i32;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &i32,
        limit: i32,
    ) -> Result<Page<Message, i32>, Error> {
        let peer = client.resolve(&self.peer).await?;
        let from_id = match &self.from {
            Some(from) => Some(client.resolve(from).await?),
            None => None,
        };
        let call = messages::Search {
            peer,
            q: self.query.clone(),
            from_id,
            saved_peer_id: None,
            saved_reaction: None,
            top_msg_id: self.topic,
            filter: self.filter.clone(),
            min_date: self.since,
            max_date: self.until,
            offset_id: *after,
            add_offset: 0,
            limit,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        Ok(Messages::from(client.ask(&call).await?).page(*after, limit))
    }
}

/// Pages of what is found in all chats.
#[derive(Debug, Clone)]
pub struct GlobalSearch {
    query: String,
    filter: MessagesFilter,
}

impl List<GlobalSearch> {
    /// Those that are something: photos, links.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<MessagesFilter>) -> Self {
        self.pages.filter = filter.into();
        self
    }
}

impl Pages for GlobalSearch {
    type Item = Message;
    /// `next_rate` of the page, the chat of the message, and its number. Source: <https://core.telegram.org/api/offsets>.
    type Offset = Option<(i32, InputPeer, i32)>;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &Self::Offset,
        limit: i32,
    ) -> Result<Page<Message, Self::Offset>, Error> {
        let start = (0, InputPeer::InputPeerEmpty, 0);
        let (offset_rate, offset_peer, offset_id) = after.clone().unwrap_or(start);
        let call = messages::SearchGlobal {
            filter: self.filter.clone(),
            ..messages::SearchGlobal::new(
                self.query.clone(),
                self.filter.clone(),
                0,
                0,
                offset_rate,
                offset_peer,
                offset_id,
                limit,
            )
        };
        let found = Messages::from(client.ask(&call).await?);
        let rate = found.next_rate.unwrap_or(offset_rate);
        let is_full = i32::try_from(found.messages.len()).is_ok_and(|count| count >= limit);
        let mut items = Vec::with_capacity(found.messages.len());
        for message in found.messages {
            // Who is here came with the answer.
            let peer = client.known_peer(PeerRef::from(&message));
            let place = (rate, peer.unwrap_or(InputPeer::InputPeerEmpty), message.id());
            items.push((message, Some(place)));
        }
        let last = items.last().map(|(_, place)| place.clone());
        let next = last.filter(|last| !found.is_all && is_full && last != after);
        Ok(Page { items, next, total: found.total, peers: found.peers })
    }
}
