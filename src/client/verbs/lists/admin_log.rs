//! What admins see of what was done.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::verbs::lists::{List, Page, Pages};
use crate::tl::api::functions::channels::GetAdminLog;
use crate::tl::api::types;
use crate::updates::Peers;

/// Pages of a channel's or supergroup's log.
#[derive(Debug, Clone)]
pub struct AdminLog {
    channel: PeerRef,
    query: String,
    filter: Option<types::ChannelAdminLogEventsFilter>,
    admins: Vec<PeerRef>,
}

impl Client {
    /// What was done in a channel or supergroup within the last two days, the latest first. For admins.
    ///
    /// # Errors
    ///
    /// Of `next`: [`PeerError::Wrong`](crate::client::PeerError::Wrong) for basic groups; `CHAT_ADMIN_REQUIRED`.
    ///
    /// Source: <https://core.telegram.org/method/channels.getAdminLog>.
    #[must_use]
    pub fn admin_log(&self, channel: impl Into<PeerRef>) -> List<AdminLog> {
        let (query, admins) = (String::new(), Vec::new());
        List::new(self, AdminLog { channel: channel.into(), query, filter: None, admins })
    }
}

impl List<AdminLog> {
    /// What has to do with a text.
    #[must_use]
    pub fn about(mut self, query: impl Into<String>) -> Self {
        self.pages.query = query.into();
        self
    }

    /// Some kinds alone.
    #[must_use]
    pub fn filter(mut self, filter: types::ChannelAdminLogEventsFilter) -> Self {
        self.pages.filter = Some(filter);
        self
    }

    /// What some admins did.
    #[must_use]
    pub fn done_by<P: Into<PeerRef>>(mut self, admins: impl IntoIterator<Item = P>) -> Self {
        self.pages.admins = admins.into_iter().map(Into::into).collect();
        self
    }
}

impl Pages for AdminLog {
    type Item = types::ChannelAdminLogEvent;
    type Offset = i64;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &i64,
        limit: i32,
    ) -> Result<Page<Self::Item, i64>, Error> {
        let channel = client.resolve_channel(self.channel.clone()).await?;
        let admins = client.resolve_users(self.admins.clone()).await?;
        let call = GetAdminLog {
            events_filter: self.filter.clone(),
            admins: Some(admins).filter(|admins| !admins.is_empty()),
            ..GetAdminLog::new(channel, self.query.clone(), *after, 0, limit)
        };
        let answer = client.ask(&call).await?;
        let is_full = i32::try_from(answer.events.len()).is_ok_and(|count| count >= limit);
        let last = answer.events.iter().map(|event| event.id).min();
        let next = last.filter(|last| is_full && (*after == 0 || last < after));
        let items = answer.events.into_iter().map(|event| {
            let id = event.id;
            (event, id)
        });
        let peers = Peers { users: answer.users, chats: answer.chats };
        Ok(Page { items: items.collect(), next, total: None, peers })
    }
}
