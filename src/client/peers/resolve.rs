//! From what was said to what names it in a call.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::invoke::Until;
use crate::client::peers::cache::{Found, Question};
use crate::client::peers::{PeerError, PeerKind, PeerRef};
use crate::tl::Function;
use crate::tl::api::enums::{self, Chat, InputChannel, InputPeer, InputUser, Peer, User};
use crate::tl::api::functions::contacts::{ResolvePhone, ResolveUsername};
use crate::tl::api::functions::messages::{CheckChatInvite, GetDialogs};
use crate::tl::api::types;
use crate::updates::PeerId;

/// As many chats as the server gives at a time.
const DIALOGS: i32 = 100;

/// A group or a channel, as calls need it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::client) enum Place {
    Chat(i64),
    Channel(InputChannel),
}

/// An answer that brings users and chats along.
pub(in crate::client) trait Brings {
    fn brings(&self) -> (&[User], &[Chat]);
}

impl Client {
    /// How a peer is named in calls: what is known already, or else the server is asked, once however many ask.
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
    /// let peer = client.resolve("@ada").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Verbs do it by themselves. An id that was not met is looked for in the list of chats, as far as one call gives it. Bots name
    /// everybody by the id alone.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, whoever else asks goes on.
    ///
    /// # Errors
    ///
    /// [`Error::Peer`] when nobody can be named so; [`Error::NotPrepared`] when the server could not be asked.
    pub async fn resolve(&self, peer: impl Into<PeerRef>) -> Result<InputPeer, Error> {
        let peer = match peer.into() {
            PeerRef::Written(written) => PeerRef::read(&written)?,
            peer => peer,
        };
        match peer {
            PeerRef::Me => Ok(InputPeer::InputPeerSelf),
            PeerRef::Input(peer) => Ok(peer),
            PeerRef::Id(id) => self.resolve_id(id).await,
            PeerRef::Username(name) => {
                let question = Question::Username(name.to_lowercase());
                self.look_up(question, format!("@{name}")).await
            }
            PeerRef::Phone(digits) => {
                let written = format!("+{digits}");
                self.look_up(Question::Phone(digits), written).await
            }
            PeerRef::Invite(hash) => {
                let written = format!("t.me/+{hash}");
                self.look_up(Question::Invite(hash), written).await
            }
            // It was read above.
            PeerRef::Written(written) => Err(PeerError::Unreadable { written }.into()),
        }
    }

    /// Somebody who is to be a user or a bot.
    pub(in crate::client) async fn resolve_user(&self, peer: PeerRef) -> Result<InputUser, Error> {
        let peer = self.resolve(peer).await?;
        as_user(peer).map_err(|found| PeerError::Wrong { expected: PeerKind::User, found }.into())
    }

    pub(in crate::client) async fn resolve_users(
        &self,
        peers: Vec<PeerRef>,
    ) -> Result<Vec<InputUser>, Error> {
        let mut users = Vec::with_capacity(peers.len());
        for peer in peers {
            users.push(self.resolve_user(peer).await?);
        }
        Ok(users)
    }

    /// What is to be a group of either kind, or a channel.
    pub(in crate::client) async fn resolve_place(&self, peer: PeerRef) -> Result<Place, Error> {
        let peer = self.resolve(peer).await?;
        as_place(peer).map_err(|found| PeerError::Wrong { expected: PeerKind::Group, found }.into())
    }

    /// What is to be a channel or a supergroup.
    pub(in crate::client) async fn resolve_channel(
        &self,
        peer: PeerRef,
    ) -> Result<InputChannel, Error> {
        let found = match as_place(self.resolve(peer).await?) {
            Ok(Place::Channel(channel)) => return Ok(channel),
            Ok(Place::Chat(_)) => PeerKind::Chat,
            Err(found) => found,
        };
        Err(PeerError::Wrong { expected: PeerKind::Channel, found }.into())
    }

    /// Calls a function, and learns of whom its answer brings.
    pub(in crate::client) async fn ask<F>(&self, function: &F) -> Result<F::Return, Error>
    where
        F: Function + Sync,
        F::Return: Brings,
    {
        let login = self.inner.peers.login();
        let answer = self.invoke(function).await?;
        let (users, chats) = answer.brings();
        self.inner.peers.learn(login, users, chats);
        Ok(answer)
    }

    async fn resolve_id(&self, id: PeerId) -> Result<InputPeer, Error> {
        if let Some(peer) = self.known(id) {
            return Ok(peer);
        }
        // It may be in the list of chats; nobody but people has one.
        if self.user().is_none_or(|user| !user.is_bot) {
            self.once(Question::Dialogs).await?;
        }
        self.known(id).ok_or_else(|| PeerError::Unknown { id }.into())
    }

    /// Somebody who is known, without a call.
    pub(in crate::client) fn known_peer(&self, peer: PeerRef) -> Option<InputPeer> {
        match peer {
            PeerRef::Me => Some(InputPeer::InputPeerSelf),
            PeerRef::Input(peer) => Some(peer),
            PeerRef::Id(id) => self.known(id),
            _ => None,
        }
    }

    fn known(&self, id: PeerId) -> Option<InputPeer> {
        let is_own = self.user().is_some_and(|user| id == PeerId::User(user.id));
        if is_own {
            return Some(InputPeer::InputPeerSelf);
        }
        let hash = self.inner.peers.hash(id);
        match (id, hash) {
            (PeerId::User(user_id), Some(access_hash)) => {
                Some(types::InputPeerUser { user_id, access_hash }.into())
            }
            (PeerId::Channel(channel_id), Some(access_hash)) => {
                Some(types::InputPeerChannel { channel_id, access_hash }.into())
            }
            _ => self.input_peer(id),
        }
    }

    /// Whom the server finds.
    async fn look_up(&self, question: Question, written: String) -> Result<InputPeer, Error> {
        let found = self.once(question).await.map_err(|error| said(error, &written))?;
        let peer = found.and_then(|id| self.known(id));
        peer.ok_or_else(|| PeerError::Nobody { written }.into())
    }

    /// What was found not long ago, or what one call finds for all who ask.
    async fn once(&self, question: Question) -> Found {
        let cache = &self.inner.peers;
        if let Some(found) = cache.found(&question) {
            return Ok(found);
        }
        let asking = cache.ask(&question);
        let answer = asking.cell.get_or_init(|| async {
            // Somebody may have found it before this began.
            match cache.found(&question) {
                Some(found) => Ok(found),
                None => Box::pin(self.look(&question)).await,
            }
        });
        // Whoever waits for another one's call has a deadline of their own.
        Until::new(self.options.deadline).within(async { answer.await.clone() }).await
    }

    async fn look(&self, question: &Question) -> Found {
        let login = self.inner.peers.login();
        let found = match question {
            Question::Username(username) => {
                let request = ResolveUsername { username: username.clone(), referer: None };
                Some(id_of(&self.ask(&request).await.map_err(Error::of_a_preparation)?.peer))
            }
            Question::Phone(phone) => {
                let request = ResolvePhone { phone: phone.clone() };
                Some(id_of(&self.ask(&request).await.map_err(Error::of_a_preparation)?.peer))
            }
            Question::Invite(hash) => {
                let request = CheckChatInvite { hash: hash.clone() };
                match self.ask(&request).await.map_err(Error::of_a_preparation)? {
                    enums::ChatInvite::ChatInviteAlready(already) => {
                        Some(id_of_chat(&already.chat))
                    }
                    enums::ChatInvite::ChatInvitePeek(peek) => Some(id_of_chat(&peek.chat)),
                    enums::ChatInvite::ChatInvite(invite) => {
                        return Err(PeerError::NotJoined { title: invite.title.clone() }.into());
                    }
                }
            }
            Question::Dialogs => {
                let request = GetDialogs::new(0, 0, InputPeer::InputPeerEmpty, DIALOGS, 0);
                self.ask(&request).await.map_err(Error::of_a_preparation)?;
                None
            }
        };
        self.inner.peers.keep_found(login, question, found);
        Ok(found)
    }
}

/// What the server's error says of who was looked for.
fn said(error: Error, written: &str) -> Error {
    const NOBODY: [&str; 7] = [
        "USERNAME_NOT_OCCUPIED",
        "USERNAME_INVALID",
        "PHONE_NOT_OCCUPIED",
        "PHONE_NUMBER_INVALID",
        "INVITE_HASH_EMPTY",
        "INVITE_HASH_INVALID",
        "INVITE_HASH_EXPIRED",
    ];
    match NOBODY.iter().any(|name| error.is(name)) {
        true => PeerError::Nobody { written: written.to_owned() }.into(),
        false => error,
    }
}

pub(in crate::client) fn id_of(peer: &Peer) -> PeerId {
    match peer {
        Peer::PeerUser(peer) => PeerId::User(peer.user_id),
        Peer::PeerChat(peer) => PeerId::Chat(peer.chat_id),
        Peer::PeerChannel(peer) => PeerId::Channel(peer.channel_id),
    }
}

fn id_of_chat(chat: &Chat) -> PeerId {
    match chat {
        Chat::Channel(_) | Chat::ChannelForbidden(_) => PeerId::Channel(chat.id()),
        _ => PeerId::Chat(chat.id()),
    }
}

/// A user, or what else it is.
fn as_user(peer: InputPeer) -> Result<InputUser, PeerKind> {
    match peer {
        InputPeer::InputPeerSelf => Ok(InputUser::InputUserSelf),
        InputPeer::InputPeerUser(user) => {
            let types::InputPeerUser { user_id, access_hash } = user;
            Ok(types::InputUser { user_id, access_hash }.into())
        }
        InputPeer::InputPeerUserFromMessage(from) => {
            let types::InputPeerUserFromMessage { peer, msg_id, user_id } = from;
            Ok(types::InputUserFromMessage { peer: *peer, msg_id, user_id }.into())
        }
        InputPeer::InputPeerChat(_) => Err(PeerKind::Chat),
        InputPeer::InputPeerChannel(_) | InputPeer::InputPeerChannelFromMessage(_) => {
            Err(PeerKind::Channel)
        }
        InputPeer::InputPeerEmpty => Err(PeerKind::Nobody),
    }
}

/// The channel or supergroup, if it is one.
pub(in crate::client) fn channel_of(peer: &InputPeer) -> Option<InputChannel> {
    match as_place(peer.clone()) {
        Ok(Place::Channel(channel)) => Some(channel),
        _ => None,
    }
}

fn as_place(peer: InputPeer) -> Result<Place, PeerKind> {
    match peer {
        InputPeer::InputPeerChat(chat) => Ok(Place::Chat(chat.chat_id)),
        InputPeer::InputPeerChannel(channel) => {
            let types::InputPeerChannel { channel_id, access_hash } = channel;
            Ok(Place::Channel(types::InputChannel { channel_id, access_hash }.into()))
        }
        InputPeer::InputPeerChannelFromMessage(from) => {
            let types::InputPeerChannelFromMessage { peer, msg_id, channel_id } = from;
            let from = types::InputChannelFromMessage { peer: *peer, msg_id, channel_id };
            Ok(Place::Channel(from.into()))
        }
        InputPeer::InputPeerEmpty => Err(PeerKind::Nobody),
        _ => Err(PeerKind::User),
    }
}
