//! Who is in a group or channel.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::{PeerError, PeerKind, PeerRef, Place, id_of};
use crate::client::verbs::lists::{List, Page, Pages};
use crate::client::verbs::members::Membership;
use crate::tl::api::enums::channels::ChannelParticipants as Answer;
use crate::tl::api::enums::{
    ChannelParticipant, ChannelParticipantsFilter as Filter, Chat, ChatFull, ChatParticipant,
    ChatParticipants, InputChannel, User,
};
use crate::tl::api::functions::channels::GetParticipants;
use crate::tl::api::functions::messages::GetFullChat;
use crate::tl::api::types;
use crate::updates::{PeerId, Peers};

/// Pages of who is in a group or channel.
#[derive(Debug, Clone)]
pub struct Members {
    peer: PeerRef,
    filter: Filter,
}

/// Somebody who is in a group or channel, or was put out of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// How they stand to it.
    pub membership: Membership,
    /// Who it is, if it is a user.
    pub user: Option<User>,
    /// The channel that was put out, if it is one.
    pub chat: Option<Chat>,
}

impl Member {
    /// Who it is.
    #[must_use]
    pub fn id(&self) -> PeerId {
        match &self.membership {
            Membership::Channel(participant) => of_participant(participant),
            Membership::Chat(participant) => PeerId::User(match participant {
                ChatParticipant::ChatParticipant(one) => one.user_id,
                ChatParticipant::ChatParticipantCreator(one) => one.user_id,
                ChatParticipant::ChatParticipantAdmin(one) => one.user_id,
            }),
        }
    }

    /// Whether they are an admin, or made it.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        match &self.membership {
            Membership::Channel(participant) => matches!(
                participant,
                ChannelParticipant::ChannelParticipantAdmin(_)
                    | ChannelParticipant::ChannelParticipantCreator(_)
            ),
            Membership::Chat(participant) => {
                !matches!(participant, ChatParticipant::ChatParticipant(_))
            }
        }
    }
}

impl From<&Member> for PeerRef {
    fn from(member: &Member) -> Self {
        match (&member.user, &member.chat) {
            (Some(user), _) => Self::from(user),
            (_, Some(chat)) => Self::from(chat),
            _ => Self::Id(member.id()),
        }
    }
}

impl Client {
    /// Who is in a group or channel: all of a basic group, those who were there lately of others.
    ///
    /// # Errors
    ///
    /// Of `next`: [`Error::Peer`]; `CHAT_ADMIN_REQUIRED` for broadcast channels.
    ///
    /// Source: <https://core.telegram.org/method/channels.getParticipants>.
    #[must_use]
    pub fn participants(&self, peer: impl Into<PeerRef>) -> List<Members> {
        let filter = Filter::ChannelParticipantsRecent;
        List::new(self, Members { peer: peer.into(), filter })
    }
}

impl List<Members> {
    /// Admins alone.
    #[must_use]
    pub fn admins(self) -> Self {
        self.filter(Filter::ChannelParticipantsAdmins)
    }

    /// Of a channel or supergroup: bots alone.
    #[must_use]
    pub fn bots(self) -> Self {
        self.filter(Filter::ChannelParticipantsBots)
    }

    /// Of a channel or supergroup: those who are put out.
    #[must_use]
    pub fn kicked(self) -> Self {
        self.filter(types::ChannelParticipantsKicked { q: String::new() })
    }

    /// Of a channel or supergroup: those who may not do all that others may.
    #[must_use]
    pub fn restricted(self) -> Self {
        self.filter(types::ChannelParticipantsBanned { q: String::new() })
    }

    /// Of a channel or supergroup: those whose names begin so.
    #[must_use]
    pub fn named(self, query: impl Into<String>) -> Self {
        self.filter(types::ChannelParticipantsSearch { q: query.into() })
    }

    /// Of a channel or supergroup: others.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.pages.filter = filter.into();
        self
    }
}

impl Pages for Members {
    type Item = Member;
    type Offset = i32;
    const AT_A_TIME: i32 = 200;

    async fn page(
        &self,
        client: &Client,
        after: &i32,
        limit: i32,
    ) -> Result<Page<Member, i32>, Error> {
        match client.resolve_place(self.peer.clone()).await? {
            Place::Chat(chat_id) => self.of_chat(client, chat_id, *after).await,
            Place::Channel(channel) => self.of_channel(client, channel, *after, limit).await,
        }
    }
}

impl Members {
    async fn of_channel(
        &self,
        client: &Client,
        channel: InputChannel,
        after: i32,
        limit: i32,
    ) -> Result<Page<Member, i32>, Error> {
        let filter = self.filter.clone();
        let call = GetParticipants { channel, filter, offset: after, limit, hash: 0 };
        let Answer::ChannelParticipants(some) = client.ask(&call).await? else {
            return Ok(page(Vec::new(), after, Peers::default(), None));
        };
        let total = Some(some.count);
        let peers = Peers { users: some.users, chats: some.chats };
        let members = some.participants.into_iter().map(Membership::Channel).collect();
        Ok(page(members, after, peers, total))
    }

    /// All of them come at once.
    async fn of_chat(
        &self,
        client: &Client,
        chat_id: i64,
        after: i32,
    ) -> Result<Page<Member, i32>, Error> {
        let only_admins = match self.filter {
            Filter::ChannelParticipantsRecent => false,
            Filter::ChannelParticipantsAdmins => true,
            _ => {
                let (expected, found) = (PeerKind::Channel, PeerKind::Chat);
                return Err(PeerError::Wrong { expected, found }.into());
            }
        };
        let answer = client.ask(&GetFullChat { chat_id }).await?;
        let peers = Peers { users: answer.users, chats: answer.chats };
        let participants = match answer.full_chat {
            ChatFull::ChatFull(full) => match full.participants {
                ChatParticipants::ChatParticipants(all) => all.participants,
                ChatParticipants::ChatParticipantsForbidden(_) => Vec::new(),
            },
            _ => Vec::new(),
        };
        let is_wanted = |one: &ChatParticipant| {
            !only_admins || !matches!(one, ChatParticipant::ChatParticipant(_))
        };
        let all = participants.into_iter().filter(is_wanted).map(Membership::Chat);
        let passed = usize::try_from(after).unwrap_or(usize::MAX);
        let members: Vec<_> = all.skip(passed).collect();
        let total = i32::try_from(members.len()).ok().map(|rest| rest.saturating_add(after));
        Ok(Page { next: None, ..page(members, after, peers, total) })
    }
}

fn page(
    members: Vec<Membership>,
    after: i32,
    peers: Peers,
    total: Option<i32>,
) -> Page<Member, i32> {
    let items: Vec<_> = (1..)
        .zip(members)
        .map(|(number, membership)| {
            let mut member = Member { membership, user: None, chat: None };
            match member.id() {
                PeerId::User(id) => {
                    member.user = peers.users.iter().find(|user| user.id() == id).cloned();
                }
                PeerId::Channel(id) | PeerId::Chat(id) => {
                    member.chat = peers.chats.iter().find(|chat| chat.id() == id).cloned();
                }
            }
            (member, after.saturating_add(number))
        })
        .collect();
    let next = items.last().map(|(_, next)| *next);
    // The server says how many there are; a page may be shorter than it could be.
    let next = next.filter(|next| total.is_none_or(|total| *next < total));
    Page { items, next, total, peers }
}

fn of_participant(participant: &ChannelParticipant) -> PeerId {
    match participant {
        ChannelParticipant::ChannelParticipant(one) => PeerId::User(one.user_id),
        ChannelParticipant::ChannelParticipantSelf(one) => PeerId::User(one.user_id),
        ChannelParticipant::ChannelParticipantCreator(one) => PeerId::User(one.user_id),
        ChannelParticipant::ChannelParticipantAdmin(one) => PeerId::User(one.user_id),
        ChannelParticipant::ChannelParticipantBanned(one) => id_of(&one.peer),
        ChannelParticipant::ChannelParticipantLeft(one) => id_of(&one.peer),
    }
}
