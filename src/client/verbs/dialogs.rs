//! What is done with whole chats.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{PeerRef, channel_of};
use crate::client::verbs::messages::{MAX_PARTS, dialog_peer};
use crate::tl::api::functions::{channels, messages};

impl Client {
    /// Pins a chat in the list, or lets it go.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `PINNED_DIALOGS_TOO_MUCH`.
    pub async fn pin_dialog(&self, peer: impl Into<PeerRef>, pinned: bool) -> Result<(), Error> {
        let peer = dialog_peer(self.resolve(peer).await?);
        self.invoke(&messages::ToggleDialogPin { pinned, peer }).await.map(drop)
    }

    /// Marks a chat as unread, or takes the mark away.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn mark_unread(&self, peer: impl Into<PeerRef>, unread: bool) -> Result<(), Error> {
        let peer = dialog_peer(self.resolve(peer).await?);
        let call = messages::MarkDialogUnread { unread, ..messages::MarkDialogUnread::new(peer) };
        self.invoke(&call).await.map(drop)
    }

    /// Deletes all that was said in a chat; with `for_all` for the other side too, or for all of a channel.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn delete_history(
        &self,
        peer: impl Into<PeerRef>,
        for_all: bool,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        if let Some(channel) = channel_of(&peer) {
            let call = channels::DeleteHistory { for_everyone: for_all, channel, max_id: 0 };
            return self.ask(&call).await.map(drop);
        }
        // It does a part at a time, and says how many are left.
        for _ in 0..MAX_PARTS {
            let call = messages::DeleteHistory {
                revoke: for_all,
                ..messages::DeleteHistory::new(peer.clone(), 0)
            };
            if self.invoke(&call).await?.offset <= 0 {
                break;
            }
        }
        Ok(())
    }

    /// For how long messages that are sent from now on stay in a chat, in seconds; 0 for always.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `TTL_PERIOD_INVALID`.
    pub async fn set_history_ttl(
        &self,
        peer: impl Into<PeerRef>,
        seconds: i32,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        self.ask(&messages::SetHistoryTtl { peer, period: seconds }).await.map(drop)
    }
}
