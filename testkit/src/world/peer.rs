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
                self.named_in(caller, &user.peer, user.msg_id, user.user_id)
            }
            _ => None,
        };
        found.ok_or_else(|| invalid("USER_ID_INVALID"))
    }

    /// Whom a request is about.
    ///
    /// # Errors
    ///
    /// `PEER_ID_INVALID`: there is no such peer, or the access hash is another's; of channels `CHANNEL_INVALID`.
    pub(crate) fn input_peer(
        &self,
        caller: &Caller,
        peer: &enums::InputPeer,
    ) -> Result<Peer, RpcError> {
        let peer = match peer {
            enums::InputPeer::InputPeerSelf => Some(Peer::User(caller.me)),
            enums::InputPeer::InputPeerUser(user) => {
                let is_known = self.known(caller, user.user_id, user.access_hash);
                is_known.then_some(Peer::User(user.user_id))
            }
            enums::InputPeer::InputPeerUserFromMessage(user) => {
                self.named_in(caller, &user.peer, user.msg_id, user.user_id).map(Peer::User)
            }
            enums::InputPeer::InputPeerChat(chat) => Some(Peer::Chat(chat.chat_id)),
            enums::InputPeer::InputPeerChannel(channel) => Some(Peer::Channel(channel.channel_id)),
            _ => None,
        };
        match peer {
            Some(Peer::User(_)) => peer,
            // There are no groups and no channels yet.
            Some(Peer::Channel(_)) => return Err(invalid("CHANNEL_INVALID")),
            Some(Peer::Chat(_)) | None => None,
        }
        .ok_or_else(|| invalid("PEER_ID_INVALID"))
    }

    /// Whether somebody is there and the access hash is that of whoever asks. Bots need none.
    fn known(&self, caller: &Caller, user: i64, access_hash: i64) -> bool {
        let is_right = access_hash == self.access_hash(caller.viewer(), Peer::User(user))
            || user == caller.me
            || (access_hash == 0 && self.is_bot(caller.me));
        is_right && self.people.user(user).is_some()
    }

    /// UM-10: somebody whom a message names that whoever asks can read.
    fn named_in(
        &self,
        caller: &Caller,
        peer: &enums::InputPeer,
        message: i32,
        user: i64,
    ) -> Option<i64> {
        // A message does not say where another is.
        if matches!(peer, enums::InputPeer::InputPeerUserFromMessage(_)) {
            return None;
        }
        let peer = self.input_peer(caller, peer).ok()?;
        let copy = self.accounts.get(&caller.me)?.common.message(message)?;
        let post = self.posts.post(copy.post)?;
        (copy.dialog == peer && post.from == Peer::User(user)).then_some(user)
    }
}

/// Spreads a number over all bits (SplitMix64): access hashes have to differ, and to be no secret.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
