//! Who is in groups and channels, and what they may do there.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{PeerRef, Place};
use crate::client::verbs::refs;
use crate::tl::api::enums::{ChannelParticipant, InputChannel, InputPeer, InputUser};
use crate::tl::api::functions::{channels, messages};
use crate::tl::api::types;

/// How somebody stands to a group or channel.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Membership {
    /// To a channel or supergroup.
    Channel(ChannelParticipant),
    /// To a basic group.
    Chat(crate::tl::api::enums::ChatParticipant),
}

/// How many messages somebody sees who is added to a basic group. Source: <https://core.telegram.org/method/messages.addChatUser>.
const SEEN_BY_NEW: i32 = 100;

impl Client {
    /// Adds users to a group or channel; gives who could not be added, and why: they can be sent a link.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `USER_ALREADY_PARTICIPANT`, `USER_PRIVACY_RESTRICTED`, `CHAT_ADMIN_REQUIRED`. Basic groups take one after the
    /// other: who was added before an error stays.
    pub async fn invite<P: Into<PeerRef>>(
        &self,
        peer: impl Into<PeerRef>,
        users: impl IntoIterator<Item = P>,
    ) -> Result<Vec<types::MissingInvitee>, Error> {
        let (peer, users) = (peer.into(), refs(users));
        let place = self.resolve_place(peer).await?;
        let users = self.resolve_users(users).await?;
        let chat_id = match place {
            Place::Channel(channel) => {
                let call = channels::InviteToChannel { channel, users };
                return Ok(self.ask(&call).await?.missing_invitees);
            }
            Place::Chat(chat_id) => chat_id,
        };
        let mut missing = Vec::new();
        for user_id in users {
            let call = messages::AddChatUser { chat_id, user_id, fwd_limit: SEEN_BY_NEW };
            missing.extend(self.ask(&call).await?.missing_invitees);
        }
        Ok(missing)
    }

    /// Leaves a group or channel.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `USER_NOT_PARTICIPANT`.
    pub async fn leave(&self, peer: impl Into<PeerRef>) -> Result<(), Error> {
        match self.resolve_place(peer.into()).await? {
            Place::Chat(chat_id) => {
                let call = messages::DeleteChatUser::new(chat_id, InputUser::InputUserSelf);
                self.ask(&call).await.map(drop)
            }
            Place::Channel(channel) => {
                self.ask(&channels::LeaveChannel { channel }).await.map(drop)
            }
        }
    }

    /// Puts somebody out, who may come back. In channels and supergroups that is a ban that is taken back at once: two calls.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `USER_NOT_PARTICIPANT`, `CHAT_ADMIN_REQUIRED`, `USER_ADMIN_INVALID`.
    pub async fn kick(
        &self,
        peer: impl Into<PeerRef>,
        user: impl Into<PeerRef>,
    ) -> Result<(), Error> {
        let (peer, user) = (peer.into(), user.into());
        match self.resolve_place(peer).await? {
            Place::Chat(chat_id) => {
                let user_id = self.resolve_user(user).await?;
                self.ask(&messages::DeleteChatUser::new(chat_id, user_id)).await.map(drop)
            }
            Place::Channel(channel) => {
                let participant = self.resolve(user).await?;
                let out = types::ChatBannedRights { view_messages: true, ..no_bans() };
                self.ban_in(channel.clone(), participant.clone(), out).await?;
                self.ban_in(channel, participant, no_bans()).await
            }
        }
    }

    /// Puts somebody out of a channel or supergroup for good.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`](crate::client::PeerError::Wrong) for basic groups, which know no bans; `CHAT_ADMIN_REQUIRED`,
    /// `USER_ADMIN_INVALID`.
    pub async fn ban(
        &self,
        channel: impl Into<PeerRef>,
        who: impl Into<PeerRef>,
    ) -> Result<(), Error> {
        let out = types::ChatBannedRights { view_messages: true, ..no_bans() };
        self.restrict(channel, who, out).await
    }

    /// Takes a ban or restriction back.
    ///
    /// # Errors
    ///
    /// As [`ban`](Self::ban).
    pub async fn unban(
        &self,
        channel: impl Into<PeerRef>,
        who: impl Into<PeerRef>,
    ) -> Result<(), Error> {
        self.restrict(channel, who, no_bans()).await
    }

    /// Says what somebody may not do in a channel or supergroup, until `until_date`, or for good if that is 0.
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
    /// use telewire::client::verbs::no_bans;
    /// use telewire::tl::api::types::ChatBannedRights;
    ///
    /// let rights = ChatBannedRights { send_media: true, ..no_bans() };
    /// client.restrict("@group", "@ada", rights).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`ban`](Self::ban).
    pub async fn restrict(
        &self,
        channel: impl Into<PeerRef>,
        who: impl Into<PeerRef>,
        rights: types::ChatBannedRights,
    ) -> Result<(), Error> {
        let (channel, who) = (channel.into(), who.into());
        let channel = self.resolve_channel(channel).await?;
        let who = self.resolve(who).await?;
        self.ban_in(channel, who, rights).await
    }

    async fn ban_in(
        &self,
        channel: InputChannel,
        participant: InputPeer,
        banned_rights: types::ChatBannedRights,
    ) -> Result<(), Error> {
        let call = channels::EditBanned { channel, participant, banned_rights };
        self.ask(&call).await.map(drop)
    }

    /// Makes somebody an admin of a channel or supergroup with some rights, and a rank or `""`; or of a basic group, whose admins have
    /// all rights if they have any. With [`no_admin_rights`] they are none any more.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `CHAT_ADMIN_REQUIRED`, `RIGHT_FORBIDDEN`, `ADMINS_TOO_MUCH`.
    pub async fn set_admin(
        &self,
        peer: impl Into<PeerRef>,
        user: impl Into<PeerRef>,
        rights: types::ChatAdminRights,
        rank: &str,
    ) -> Result<(), Error> {
        let (peer, user) = (peer.into(), user.into());
        let place = self.resolve_place(peer).await?;
        let user_id = self.resolve_user(user).await?;
        match place {
            Place::Chat(chat_id) => {
                let is_admin = rights != no_admin_rights();
                let call = messages::EditChatAdmin { chat_id, user_id, is_admin };
                self.invoke(&call).await.map(drop)
            }
            Place::Channel(channel) => {
                let rank = Some(rank.to_owned()).filter(|rank| !rank.is_empty());
                let call = channels::EditAdmin {
                    rank,
                    ..channels::EditAdmin::new(channel, user_id, rights)
                };
                self.ask(&call).await.map(drop)
            }
        }
    }

    /// How somebody stands to a channel or supergroup.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`](crate::client::PeerError::Wrong) for basic groups; `USER_NOT_PARTICIPANT`.
    pub async fn member(
        &self,
        channel: impl Into<PeerRef>,
        who: impl Into<PeerRef>,
    ) -> Result<types::channels::ChannelParticipant, Error> {
        let (channel, who) = (channel.into(), who.into());
        let channel = self.resolve_channel(channel).await?;
        let participant = self.resolve(who).await?;
        self.ask(&channels::GetParticipant { channel, participant }).await
    }

    /// Lets somebody in who asked to come by a link, or does not.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`]; `HIDE_REQUESTER_MISSING` when they did not ask.
    pub async fn answer_join_request(
        &self,
        peer: impl Into<PeerRef>,
        user: impl Into<PeerRef>,
        approved: bool,
    ) -> Result<(), Error> {
        let (peer, user) = (peer.into(), user.into());
        let peer = self.resolve(peer).await?;
        let user_id = self.resolve_user(user).await?;
        let call = messages::HideChatJoinRequest {
            approved,
            ..messages::HideChatJoinRequest::new(peer, user_id)
        };
        self.ask(&call).await.map(drop)
    }

    /// Deletes all that somebody said in a supergroup.
    ///
    /// # Errors
    ///
    /// [`PeerError::Wrong`](crate::client::PeerError::Wrong) for basic groups; `CHAT_ADMIN_REQUIRED`.
    pub async fn delete_all_of(
        &self,
        supergroup: impl Into<PeerRef>,
        who: impl Into<PeerRef>,
    ) -> Result<(), Error> {
        let (supergroup, who) = (supergroup.into(), who.into());
        let channel = self.resolve_channel(supergroup).await?;
        let participant = self.resolve(who).await?;
        // It does a part at a time, and says how many are left.
        for _ in 0..super::messages::MAX_PARTS {
            let (channel, participant) = (channel.clone(), participant.clone());
            let call = channels::DeleteParticipantHistory { channel, participant };
            if self.invoke(&call).await?.offset <= 0 {
                break;
            }
        }
        Ok(())
    }
}

/// Nothing is forbidden.
#[must_use]
pub fn no_bans() -> types::ChatBannedRights {
    types::ChatBannedRights::new(0)
}

/// Nothing that others may not do.
#[must_use]
pub fn no_admin_rights() -> types::ChatAdminRights {
    types::ChatAdminRights::new()
}

/// All that an admin of a group may do, but to be anonymous.
#[must_use]
pub fn all_admin_rights() -> types::ChatAdminRights {
    types::ChatAdminRights {
        change_info: true,
        post_messages: true,
        edit_messages: true,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        add_admins: true,
        manage_call: true,
        other: true,
        manage_topics: true,
        ..no_admin_rights()
    }
}
