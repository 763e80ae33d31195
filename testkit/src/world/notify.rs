//! How accounts want to be told of messages.

use telewire::tl::api::types::PeerNotifySettings;

use crate::world::{Peer, State};

/// What a setting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NotifyFor {
    Peer(Peer),
    /// A topic of a forum.
    Topic(Peer, i32),
    Users,
    Chats,
    Broadcasts,
}

impl State {
    pub(crate) fn notify_settings(&self, user: i64, about: NotifyFor) -> PeerNotifySettings {
        let account = self.accounts.get(&user);
        account.and_then(|account| account.notify.get(&about)).cloned().unwrap_or_default()
    }
}
