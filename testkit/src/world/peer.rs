//! Whom a message is for: people, groups and channels, and how requests name them.

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::{Caller, State, Viewer, invalid};

/// A person, a basic group or a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Peer {
    User(i64),
    Chat(i64),
    Channel(i64),
}

impl Peer {
    pub(crate) fn to_tl(self) -> enums::Peer {
        match self {
            Self::User(user_id) => types::PeerUser { user_id }.into(),
            Self::Chat(chat_id) => types::PeerChat { chat_id }.into(),
            Self::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
        }
    }

    /// A number of its own, for [`State::access_hash`].
    fn number(self) -> u64 {
        let (kind, id) = match self {
            Self::User(id) => (1, id),
            Self::Chat(id) => (2, id),
            Self::Channel(id) => (3, id),
        };
        mix(id.cast_unsigned() ^ (kind << 56))
    }
}

impl State {
    /// UM-10: the access hash of a peer is of the account and of the login that see it.
    pub(crate) fn access_hash(&self, viewer: Viewer, peer: Peer) -> i64 {
        let Viewer { user, by } = viewer;
        let parts = [
            user.cast_unsigned(),
            u64::from(by.dc.number),
            by.key.0.cast_unsigned(),
            peer.number(),
        ];
        parts.into_iter().fold(self.secret, |hash, part| mix(hash ^ part)).cast_signed()
    }

    /// Whether the answer to what has this number is short: it follows from the number, as that may come again.
    pub(crate) fn is_short(&self, random_id: i64) -> bool {
        mix(self.secret ^ random_id.cast_unsigned()) % 1_000 < u64::from(self.habits.short)
    }

    /// Who is named.
    ///
    /// # Errors
    ///
    /// `USER_ID_INVALID`: there is nobody of that number, or the access hash is another's.
    pub(crate) fn input_user(
        &self,
        caller: &Caller,
        user: &enums::InputUser,
    ) -> Result<i64, RpcError> {
        let found = match user {
            enums::InputUser::InputUserSelf => Some(caller.me),
            enums::InputUser::InputUser(user) => {
                self.known(caller, user.user_id, user.access_hash).then_some(user.user_id)
            }
            enums::InputUser::InputUserFromMessage(user) => {
                let named = Peer::User(user.user_id);
                self.is_named_in(caller, &user.peer, user.msg_id, named).then_some(user.user_id)
            }
            _ => None,
        };
        found.ok_or_else(|| invalid("USER_ID_INVALID"))
    }

    /// Whom a request is about.
    ///
    /// # Errors
    ///
    /// `PEER_ID_INVALID`: there is no such peer, or the access hash is another's; of channels `CHANNEL_INVALID`, and
    /// `CHANNEL_PRIVATE` of those that may not be read.
    pub(crate) fn input_peer(
        &self,
        caller: &Caller,
        peer: &enums::InputPeer,
    ) -> Result<Peer, RpcError> {
        let found = match peer {
            enums::InputPeer::InputPeerSelf => Some(Peer::User(caller.me)),
            enums::InputPeer::InputPeerUser(user) => {
                let is_known = self.known(caller, user.user_id, user.access_hash);
                is_known.then_some(Peer::User(user.user_id))
            }
            enums::InputPeer::InputPeerUserFromMessage(user) => {
                let named = Peer::User(user.user_id);
                self.is_named_in(caller, &user.peer, user.msg_id, named).then_some(named)
            }
            enums::InputPeer::InputPeerChat(chat) => {
                let known = self.chats.chat(chat.chat_id);
                let known = known.is_some_and(|chat| chat.is_known_to(caller.me));
                known.then_some(Peer::Chat(chat.chat_id))
            }
            enums::InputPeer::InputPeerChannel(channel) => {
                let (channel_id, access_hash) = (channel.channel_id, channel.access_hash);
                let channel = types::InputChannel { channel_id, access_hash };
                return self.input_channel(caller, &channel.into()).map(Peer::Channel);
            }
            enums::InputPeer::InputPeerChannelFromMessage(channel) => {
                let types::InputPeerChannelFromMessage { peer, msg_id, channel_id } =
                    channel.clone();
                let channel = types::InputChannelFromMessage { peer: *peer, msg_id, channel_id };
                return self.input_channel(caller, &channel.into()).map(Peer::Channel);
            }
            _ => None,
        };
        found.ok_or_else(|| invalid("PEER_ID_INVALID"))
    }

    /// Whether somebody is there and the access hash is that of whoever asks. Bots need none.
    fn known(&self, caller: &Caller, user: i64, access_hash: i64) -> bool {
        let is_right = access_hash == self.access_hash(caller.viewer(), Peer::User(user))
            || user == caller.me
            || (access_hash == 0 && self.is_bot(caller.me));
        is_right && self.people.user(user).is_some()
    }

    /// UM-10: whether a message names somebody that whoever asks can read.
    pub(super) fn is_named_in(
        &self,
        caller: &Caller,
        peer: &enums::InputPeer,
        message: i32,
        named: Peer,
    ) -> bool {
        // A message does not say where another is.
        if matches!(
            peer,
            enums::InputPeer::InputPeerUserFromMessage(_)
                | enums::InputPeer::InputPeerChannelFromMessage(_)
        ) {
            return false;
        }
        let Ok(peer) = self.input_peer(caller, peer) else { return false };
        let mailbox = match peer {
            Peer::Channel(id) => self.channels.channel(id).map(|channel| &channel.mailbox),
            Peer::User(_) | Peer::Chat(_) => {
                self.accounts.get(&caller.me).map(|account| &account.common)
            }
        };
        let copy = mailbox.and_then(|mailbox| mailbox.message(message));
        let copy = copy.filter(|copy| copy.dialog == peer);
        let post = copy.and_then(|copy| self.posts.post(copy.post));
        post.is_some_and(|post| post.names().contains(&named))
    }

    /// UM-10: the access hash of somebody who is shown in short; it is none to name them by.
    pub(crate) fn min_access_hash(&self, viewer: Viewer, peer: Peer) -> i64 {
        mix(self.access_hash(viewer, peer).cast_unsigned()).cast_signed()
    }

    /// A number that follows from the seed and from some others.
    pub(crate) fn drawn(&self, parts: &[u64]) -> u64 {
        parts.iter().fold(mix(self.secret), |drawn, part| mix(drawn ^ part))
    }
}

/// Spreads a number over all bits (SplitMix64): access hashes have to differ, and to be no secret.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
