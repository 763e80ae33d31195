//! Groups and channels as wholes.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{Brings, PeerError, PeerKind, PeerRef, Place};
use crate::client::verbs::refs;
use crate::client::verbs::sent::chat_of;
use crate::tl::api::enums::{Chat, InputUser};
use crate::tl::api::functions::{channels, messages, users};
use crate::tl::api::types;

/// A group that was made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Created {
    /// The group.
    pub chat: Chat,
    /// Who could not be added, and why: they can be sent a link.
    pub missing: Vec<types::MissingInvitee>,
}

impl Client {
    /// Makes a basic group.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `USERS_TOO_FEW` without anybody.
    ///
    /// Source: <https://core.telegram.org/method/messages.createChat>.
    pub async fn create_group<P: Into<PeerRef>>(
        &self,
        title: impl Into<String>,
        users: impl IntoIterator<Item = P>,
    ) -> Result<Created, Error> {
        let (title, users) = (title.into(), refs(users));
        let users = self.resolve_users(users).await?;
        let made = self.ask(&messages::CreateChat::new(users, title)).await?;
        Ok(Created { chat: chat_of(made.updates)?, missing: made.missing_invitees })
    }

    /// Makes a broadcast channel.
    ///
    /// # Errors
    ///
    /// `CHANNELS_TOO_MUCH`, `CHAT_TITLE_EMPTY`.
    ///
    /// Source: <https://core.telegram.org/method/channels.createChannel>.
    pub async fn create_channel(
        &self,
        title: impl Into<String>,
        about: impl Into<String>,
    ) -> Result<Chat, Error> {
        let (title, about) = (title.into(), about.into());
        let new = channels::CreateChannel::new(title, about);
        chat_of(self.ask(&channels::CreateChannel { broadcast: true, ..new }).await?)
    }

    /// Makes a supergroup; with `forum` one that has topics.
    ///
    /// # Errors
    ///
    /// As [`create_channel`](Self::create_channel).
    pub async fn create_supergroup(
        &self,
        title: impl Into<String>,
        about: impl Into<String>,
        forum: bool,
    ) -> Result<Chat, Error> {
        let (title, about) = (title.into(), about.into());
        let new = channels::CreateChannel::new(title, about);
        chat_of(self.ask(&channels::CreateChannel { megagroup: true, forum, ..new }).await?)
    }

    /// Makes a supergroup of a basic group, which has another id.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] for what is none; `CHAT_ADMIN_REQUIRED`.
    pub async fn upgrade_group(&self, group: impl Into<PeerRef>) -> Result<Chat, Error> {
        let chat_id = match self.resolve_place(group.into()).await? {
            Place::Chat(chat_id) => chat_id,
            Place::Channel(_) => {
                let (expected, found) = (PeerKind::Chat, PeerKind::Channel);
                return Err(PeerError::Wrong { expected, found }.into());
            }
        };
        let answer = self.ask(&messages::MigrateChat { chat_id }).await?;
        let is_new = |chat: &Chat| matches!(chat, Chat::Channel(_));
        let (_, chats) = answer.brings();
        let new = chats.iter().find(|chat| is_new(chat)).cloned();
        new.ok_or(Error::Missing { what: "the supergroup" })
    }

    /// Deletes a group or channel for all who are in it.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_ADMIN_REQUIRED`.
    pub async fn delete_chat(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        match self.resolve_place(peer.into()).await? {
            Place::Chat(chat_id) => self.invoke(&messages::DeleteChat { chat_id }).await.map(drop),
            Place::Channel(channel) => {
                self.ask(&channels::DeleteChannel { channel }).await.map(drop)
            }
        }
    }

    /// Changes the title of a group or channel.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_NOT_MODIFIED` when that is its title already, `CHAT_ADMIN_REQUIRED`.
    pub async fn set_title(
        &self,
        peer: impl Into<PeerRef>,
        title: impl Into<String>,
    ) -> Result<(), Error> {
        let title = title.into();
        match self.resolve_place(peer.into()).await? {
            Place::Chat(chat_id) => {
                self.ask(&messages::EditChatTitle { chat_id, title }).await.map(drop)
            }
            Place::Channel(channel) => {
                self.ask(&channels::EditTitle { channel, title }).await.map(drop)
            }
        }
    }

    /// Changes what a group or channel says of itself.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_ABOUT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`.
    pub async fn set_about(
        &self,
        peer: impl Into<PeerRef>,
        about: impl Into<String>,
    ) -> Result<(), Error> {
        let (peer, about) = (self.resolve(peer).await?, about.into());
        self.invoke(&messages::EditChatAbout { peer, about }).await.map(drop)
    }

    /// Gives a channel or supergroup a username, or takes it away with `""`.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] for basic groups; `USERNAME_OCCUPIED`, `USERNAME_INVALID`.
    pub async fn set_channel_username(
        &self,
        channel: impl Into<PeerRef>,
        username: impl Into<String>,
    ) -> Result<(), Error> {
        let channel = self.resolve_channel(channel.into()).await?;
        let username = username.into();
        self.invoke(&channels::UpdateUsername { channel, username }).await.map(drop)
    }

    /// How many seconds members of a supergroup wait between messages: 0, 10, 30, 60, 300, 900 or 3600.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] for basic groups; `SECONDS_INVALID`.
    pub async fn set_slow_mode(
        &self,
        supergroup: impl Into<PeerRef>,
        seconds: i32,
    ) -> Result<(), Error> {
        let channel = self.resolve_channel(supergroup.into()).await?;
        self.ask(&channels::ToggleSlowMode { channel, seconds }).await.map(drop)
    }

    /// What members may not do in a group, whoever they are.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_NOT_MODIFIED`, `CHAT_ADMIN_REQUIRED`.
    pub async fn set_default_rights(
        &self,
        peer: impl Into<PeerRef>,
        banned_rights: types::ChatBannedRights,
    ) -> Result<(), Error> {
        let peer = self.resolve(peer).await?;
        let call = messages::EditChatDefaultBannedRights { peer, banned_rights };
        self.ask(&call).await.map(drop)
    }

    /// All that is to be known of a group or channel: what it says of itself, who is in it, its link.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] for users; `CHANNEL_PRIVATE`.
    pub async fn full_chat(
        &self,
        peer: impl Into<PeerRef>,
    ) -> Result<types::messages::ChatFull, Error> {
        match self.resolve_place(peer.into()).await? {
            Place::Chat(chat_id) => self.ask(&messages::GetFullChat { chat_id }).await,
            Place::Channel(channel) => self.ask(&channels::GetFullChannel { channel }).await,
        }
    }

    /// All that is to be known of a user.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`] for groups and channels.
    pub async fn full_user(
        &self,
        user: impl Into<PeerRef>,
    ) -> Result<types::users::UserFull, Error> {
        let id: InputUser = self.resolve_user(user.into()).await?;
        self.ask(&users::GetFullUser { id }).await
    }
}
