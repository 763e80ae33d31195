//! What is done with messages that are there.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{PeerError, PeerKind, PeerRef, channel_of};
use crate::client::verbs::MESSAGES_AT_A_TIME;
use crate::tl::Bytes;
use crate::tl::api::enums::{self, InputPeer, Message, Reaction, SendMessageAction, Updates};
use crate::tl::api::functions::{channels, messages};
use crate::tl::api::types;

/// A message that is to be pinned: await it.
#[derive(Debug, Clone)]
#[must_use = "nothing is pinned before it is awaited"]
pub struct PinMessage {
    client: Client,
    peer: PeerRef,
    id: i32,
    notifies: bool,
    one_side: bool,
}

impl PinMessage {
    /// With a notification to all who are there; without this, nobody hears of it.
    pub fn notifying(self) -> Self {
        Self { notifies: true, ..self }
    }

    /// For oneself alone, in a private chat.
    pub fn for_me(self) -> Self {
        Self { one_side: true, ..self }
    }

    async fn send(self) -> Result<(), Error> {
        let peer = self.client.resolve(self.peer).await?;
        let call = messages::UpdatePinnedMessage {
            silent: !self.notifies,
            pm_oneside: self.one_side,
            ..messages::UpdatePinnedMessage::new(peer, self.id)
        };
        self.client.ask(&call).await.map(drop)
    }
}

awaited!(PinMessage => ());

impl Client {
    /// Messages of a chat by their numbers, in the order of the numbers; those that are not there are
    /// [`MessageEmpty`](Message::MessageEmpty). Numbers of private chats and basic groups are of the account, so that any of those will do
    /// for the chat.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn messages(
        &self,
        peer: impl Into<PeerRef>,
        ids: impl IntoIterator<Item = i32>,
    ) -> Result<Vec<Message>, Error> {
        let ids: Vec<i32> = ids.into_iter().collect();
        let peer = self.resolve(peer).await?;
        let channel = channel_of(&peer);
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(MESSAGES_AT_A_TIME) {
            let id = some.iter().map(|id| types::InputMessageId { id: *id }.into()).collect();
            let answer = match channel.clone() {
                Some(channel) => self.ask(&channels::GetMessages { channel, id }).await?,
                None => self.ask(&messages::GetMessages { id }).await?,
            };
            let mut come = messages_in(answer);
            for id in some {
                let at = come.iter().position(|message| message.id() == *id);
                let empty = || types::MessageEmpty { id: *id, peer_id: None }.into();
                found.push(at.map_or_else(empty, |at| come.swap_remove(at)));
            }
        }
        Ok(found)
    }

    /// Deletes messages for all who are in the chat; gives how many positions of the box that took.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `MESSAGE_DELETE_FORBIDDEN` when it is not allowed. What of many was deleted before an error stays deleted.
    pub async fn delete_messages(
        &self,
        peer: impl Into<PeerRef>,
        ids: impl IntoIterator<Item = i32>,
    ) -> Result<i32, Error> {
        self.delete(peer.into(), ids.into_iter().collect(), true).await
    }

    /// Deletes messages of a private chat or basic group for oneself alone.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] for channels and supergroups, where messages are the same for all.
    pub async fn delete_messages_for_me(
        &self,
        peer: impl Into<PeerRef>,
        ids: impl IntoIterator<Item = i32>,
    ) -> Result<i32, Error> {
        self.delete(peer.into(), ids.into_iter().collect(), false).await
    }

    async fn delete(&self, peer: PeerRef, ids: Vec<i32>, revoke: bool) -> Result<i32, Error> {
        let peer = self.resolve(peer).await?;
        let channel = channel_of(&peer);
        if channel.is_some() && !revoke {
            let (expected, found) = (PeerKind::Chat, PeerKind::Channel);
            return Err(PeerError::Wrong { expected, found }.into());
        }
        let mut count = 0_i32;
        for some in ids.chunks(MESSAGES_AT_A_TIME) {
            let id = some.to_vec();
            let affected = match channel.clone() {
                Some(channel) => self.invoke(&channels::DeleteMessages { channel, id }).await?,
                None => self.invoke(&messages::DeleteMessages { revoke, id }).await?,
            };
            count = count.saturating_add(affected.pts_count);
        }
        Ok(count)
    }

    /// Pins a message, for all who are in the chat, and tells nobody unless that is said.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_ADMIN_REQUIRED` when it is not allowed.
    pub fn pin_message(&self, peer: impl Into<PeerRef>, id: i32) -> PinMessage {
        PinMessage { client: self.clone(), peer: peer.into(), id, notifies: false, one_side: false }
    }

    /// Unpins one message.
    ///
    /// # Errors
    ///
    /// As [`pin_message`](Self::pin_message).
    pub async fn unpin_message(&self, peer: impl Into<PeerRef>, id: i32) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let call = messages::UpdatePinnedMessage {
            unpin: true,
            ..messages::UpdatePinnedMessage::new(peer, id)
        };
        self.ask(&call).await.map(drop)
    }

    /// Unpins all messages of a chat.
    ///
    /// # Errors
    ///
    /// As [`pin_message`](Self::pin_message).
    pub async fn unpin_all_messages(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        // It does a part at a time, and says how many are left.
        for _ in 0..MAX_PARTS {
            let done = self.invoke(&messages::UnpinAllMessages::new(peer.clone())).await?;
            if done.offset <= 0 {
                break;
            }
        }
        Ok(())
    }

    /// Reacts to a message with an emoji, in place of what one reacted with before.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `REACTION_INVALID` for what is none.
    pub async fn react(
        &self,
        peer: impl Into<PeerRef>,
        id: i32,
        emoji: impl Into<String>,
    ) -> Result<(), Error> {
        let reaction = types::ReactionEmoji { emoticon: emoji.into() };
        self.set_reactions(peer, id, vec![reaction.into()]).await
    }

    /// Says which reactions of one's own a message has: none, or several where the account may have several.
    ///
    /// # Errors
    ///
    /// As [`react`](Self::react).
    pub async fn set_reactions(
        &self,
        peer: impl Into<PeerRef>,
        id: i32,
        reactions: Vec<Reaction>,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let reaction = Some(reactions).filter(|reactions| !reactions.is_empty());
        let call = messages::SendReaction { reaction, ..messages::SendReaction::new(peer, id) };
        self.ask(&call).await.map(drop)
    }

    /// Marks all of a chat as read.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn mark_read(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        self.mark_read_until(peer, 0).await
    }

    /// Marks a chat as read up to a message, that one too.
    ///
    /// # Errors
    ///
    /// As [`mark_read`](Self::mark_read).
    pub async fn mark_read_until(
        &self,
        peer: impl Into<PeerRef>,
        max_id: i32,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        match channel_of(&peer) {
            Some(channel) => {
                self.invoke(&channels::ReadHistory { channel, max_id }).await.map(drop)
            }
            None => self.invoke(&messages::ReadHistory { peer, max_id }).await.map(drop),
        }
    }

    /// Shows that one writes, for some six seconds or until a message is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`], and what [`Error`] says.
    pub async fn typing(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        self.acting(peer, SendMessageAction::SendMessageTypingAction).await
    }

    /// Shows what one does: that one records, uploads, chooses, or nothing any more
    /// ([`SendMessageCancelAction`](SendMessageAction::SendMessageCancelAction)).
    ///
    /// # Errors
    ///
    /// As [`typing`](Self::typing).
    pub async fn acting(
        &self,
        peer: impl Into<PeerRef>,
        action: impl Into<SendMessageAction>,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let call = messages::SetTyping::new(peer, action.into());
        self.invoke(&call).await.map(drop)
    }

    /// Votes in a poll for answers by their `option`; for none, the vote is taken back.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `OPTION_INVALID`, `MESSAGE_POLL_CLOSED`.
    pub async fn vote(
        &self,
        peer: impl Into<PeerRef>,
        id: i32,
        options: impl IntoIterator<Item = Bytes>,
    ) -> Result<Updates, Error> {
        let peer = self.resolve(peer).await?;
        let options = options.into_iter().collect();
        self.ask(&messages::SendVote { peer, msg_id: id, options }).await
    }

    /// A link to a message of a channel or supergroup.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] elsewhere; `MSG_ID_INVALID`.
    pub async fn message_link(&self, peer: impl Into<PeerRef>, id: i32) -> Result<String, Error> {
        let channel = self.resolve_channel(peer.into()).await?;
        let call = channels::ExportMessageLink::new(channel, id);
        Ok(self.invoke(&call).await?.link)
    }
}

/// How often a method is called that does a part of its work at a time.
pub(super) const MAX_PARTS: u32 = 1_000;

/// The messages of an answer, whichever form it has.
pub(super) fn messages_in(answer: enums::messages::Messages) -> Vec<Message> {
    use enums::messages::Messages;
    match answer {
        Messages::Messages(all) => all.messages,
        Messages::MessagesSlice(some) => some.messages,
        Messages::ChannelMessages(some) => some.messages,
        Messages::MessagesNotModified(_) => Vec::new(),
    }
}

/// How a chat is named in the list of chats.
pub(super) fn dialog_peer(peer: InputPeer) -> enums::InputDialogPeer {
    types::InputDialogPeer { peer }.into()
}
