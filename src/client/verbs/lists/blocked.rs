//! Who is blocked.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::verbs::lists::{List, Page, Pages};
use crate::tl::api::enums::contacts::Blocked as Answer;
use crate::tl::api::functions::contacts::GetBlocked;
use crate::tl::api::types;
use crate::updates::Peers;

/// Pages of who is blocked.
#[derive(Debug, Clone)]
pub struct Blocked(());

impl Client {
    /// Who is blocked, the latest first.
    ///
    /// # Errors
    ///
    /// Of `next`: see [`Error`].
    #[must_use]
    pub fn blocked(&self) -> List<Blocked> {
        List::new(self, Blocked(()))
    }
}

impl Pages for Blocked {
    type Item = types::PeerBlocked;
    type Offset = i32;
    const AT_A_TIME: i32 = 100;

    async fn page(
        &self,
        client: &Client,
        after: &i32,
        limit: i32,
    ) -> Result<Page<Self::Item, i32>, Error> {
        let answer = client.ask(&GetBlocked::new(*after, limit)).await?;
        let (blocked, peers, total, is_all) = match answer {
            Answer::Blocked(all) => {
                let total = i32::try_from(all.blocked.len()).ok();
                (all.blocked, Peers { users: all.users, chats: all.chats }, total, true)
            }
            Answer::BlockedSlice(some) => {
                let peers = Peers { users: some.users, chats: some.chats };
                (some.blocked, peers, Some(some.count), false)
            }
        };
        let items = (1..).zip(blocked).map(|(number, one)| (one, after.saturating_add(number)));
        let items: Vec<_> = items.collect();
        let next = items.last().map(|(_, next)| *next);
        let next = next.filter(|next| !is_all && total.is_none_or(|total| *next < total));
        Ok(Page { items, next, total, peers })
    }
}
