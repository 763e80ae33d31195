//! What is known of peers, so that they can be named in calls: access hashes, and messages that lead to them (UP-71 to UP-77).
//!
//! A full hash counts more than one of a `min` constructor, that one more than a message which mentions the peer; what counts less
//! never replaces what counts more (UP-72). Hashes hold for one account and one session.

mod mentioned;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};

use crate::map::IdMap;
use crate::tl::api::enums::{Chat, InputChannel, InputPeer, Message, Peer, User};
use crate::tl::api::types;
use crate::updates::delivery::Peers;
use crate::updates::limits::{MAX_ASKED_PEERS, MAX_CONTEXTS, MAX_PEERS};
pub(super) use mentioned::mentioned;

/// A peer. The numbers of users, basic groups and channels overlap (UP-73).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeerId {
    /// A user or a bot.
    User(i64),
    /// A basic group.
    Chat(i64),
    /// A channel or a supergroup.
    Channel(i64),
}

impl PeerId {
    pub(super) fn of(peer: &Peer) -> Self {
        match peer {
            Peer::PeerUser(peer) => Self::User(peer.user_id),
            Peer::PeerChat(peer) => Self::Chat(peer.chat_id),
            Peer::PeerChannel(peer) => Self::Channel(peer.channel_id),
        }
    }
}

/// What is kept of a peer. Its `Debug` shows no hash.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownPeer {
    /// Which.
    pub id: PeerId,
    /// Its full access hash.
    pub access_hash: Option<i64>,
    /// Messages that lead to it: the channel, and the number of the message. The last one is the newest.
    pub contexts: Vec<(i64, i32)>,
}

impl std::fmt::Debug for KnownPeer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownPeer({:?}, {}, {:?})", self.id, self.access_hash.is_some(), self.contexts)
    }
}

/// Users whom anybody can name (UP-74): Telegram's own, and those that stand for others.
const WITHOUT_HASH: [i64; 5] = [777_000, 1_271_266_957, 1_087_968_824, 136_817_688, 5_434_988_373];

#[derive(Debug, Default)]
struct Known {
    full: Option<i64>,
    contexts: Vec<(i64, i32)>,
    /// When it was last heard of, in peers that were heard of.
    heard: u64,
    is_news: bool,
}

/// The peers that are known.
#[derive(Debug, Default)]
pub(super) struct PeerCache {
    known: IdMap<PeerId, Known>,
    clock: u64,
    /// Those of which something is to be kept.
    news: Vec<PeerId>,
    forgotten: Vec<PeerId>,
    /// Those that were asked for and did not come (UP-71).
    asked: VecDeque<PeerId>,
    is_bot: bool,
    own: Option<i64>,
}

/// What said so, and of when that can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The server by itself: of now.
    Push { date: i32 },
    /// The answer to a call of this client's.
    Result { date: i32 },
    /// A difference: of when it was asked for, or later.
    Difference { asked: u64 },
}

impl Source {
    /// A container's.
    pub(super) fn of(date: i32, is_own: bool) -> Self {
        if is_own { Self::Result { date } } else { Self::Push { date } }
    }
}

/// What was learnt of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Member,
    Left,
    Forbidden,
}

impl PeerCache {
    pub(super) fn load(peers: impl IntoIterator<Item = KnownPeer>) -> Self {
        let mut this = Self::default();
        for peer in peers.into_iter().take(MAX_PEERS) {
            let known =
                Known { full: peer.access_hash, contexts: peer.contexts, ..Known::default() };
            this.known.insert(peer.id, known);
        }
        this
    }

    pub(super) fn account(&mut self, own: Option<i64>, is_bot: bool) {
        (self.own, self.is_bot) = (own, is_bot);
    }

    /// Hears of users and chats, and gives those that are `min` the full hash (UP-76). Says of each channel how we stand to it.
    pub(super) fn hear(&mut self, peers: &mut Peers, mut standing: impl FnMut(i64, Standing)) {
        for user in &mut peers.users {
            // `userEmpty` erases nothing.
            let User::User(user) = user else { continue };
            let id = PeerId::User(user.id);
            // With the bit of a phone and none there, the hash is the full one although the rest is not.
            let is_full = !user.min || user.phone.as_deref() == Some("");
            match user.access_hash {
                Some(hash) if is_full => self.full(id, hash),
                _ => {
                    let known = self.known.get(&id).and_then(|known| known.full);
                    user.access_hash = known.or(user.access_hash);
                }
            }
        }
        for chat in &mut peers.chats {
            match chat {
                Chat::Channel(channel) => {
                    let id = PeerId::Channel(channel.id);
                    match channel.access_hash {
                        Some(hash) if !channel.min => self.full(id, hash),
                        _ => {
                            let known = self.known.get(&id).and_then(|known| known.full);
                            channel.access_hash = known.or(channel.access_hash);
                        }
                    }
                    // A `min` one says nothing of us.
                    if !channel.min {
                        let is_left = channel.left;
                        standing(
                            channel.id,
                            if is_left { Standing::Left } else { Standing::Member },
                        );
                    }
                }
                Chat::ChannelForbidden(channel) => {
                    self.full(PeerId::Channel(channel.id), channel.access_hash);
                    standing(channel.id, Standing::Forbidden);
                }
                _ => {}
            }
        }
    }

    fn full(&mut self, id: PeerId, hash: i64) {
        let heard = self.tick();
        let known = self.known.entry(id).or_default();
        known.heard = heard;
        if known.full != Some(hash) {
            // Messages that lead there are needed no more.
            (known.full, known.contexts) = (Some(hash), Vec::new());
            self.note(id);
        }
        self.evict();
    }

    /// UP-75: a message of a channel leads to all that it mentions.
    pub(super) fn contexts(&mut self, message: &Message) {
        let Some((PeerId::Channel(channel), id)) = place(message) else { return };
        let mut ids = Vec::new();
        mentioned(message, |peer| ids.push(peer));
        for peer in ids {
            let is_itself = peer == PeerId::Channel(channel);
            if is_itself || matches!(peer, PeerId::Chat(_)) {
                continue;
            }
            let heard = self.tick();
            let known = self.known.entry(peer).or_default();
            known.heard = heard;
            if known.full.is_some() || known.contexts.contains(&(channel, id)) {
                continue;
            }
            if known.contexts.len() >= MAX_CONTEXTS {
                known.contexts.remove(0);
            }
            known.contexts.push((channel, id));
            self.note(peer);
        }
        self.evict();
    }

    /// UP-74: messages that are no more lead nowhere.
    pub(super) fn deleted(&mut self, channel: i64, messages: &[i32]) {
        let mut changed = Vec::new();
        for (id, known) in &mut self.known {
            let before = known.contexts.len();
            known.contexts.retain(|(of, message)| *of != channel || !messages.contains(message));
            if known.contexts.len() != before {
                changed.push(*id);
            }
        }
        for id in changed {
            self.note(id);
        }
    }

    /// UP-77: the hash of a channel does not hold.
    pub(super) fn drop_hash(&mut self, channel: i64) {
        if let Some(known) = self.known.get_mut(&PeerId::Channel(channel)) {
            known.full = None;
            self.note(PeerId::Channel(channel));
        }
    }

    /// UP-71: whether all that a message mentions can be named. What is missing is asked for once: all of it, so that the same message
    /// suffices the next time. One that mentions more than can be remembered is taken as it is.
    pub(super) fn suffices(&mut self, message: &Message) -> bool {
        if self.is_bot {
            return true;
        }
        let mut unknown = BTreeSet::new();
        mentioned(message, |peer| {
            let is_known = match peer {
                PeerId::Chat(_) => true,
                PeerId::User(id) if self.own == Some(id) || WITHOUT_HASH.contains(&id) => true,
                peer => self.known.get(&peer).is_some_and(|known| known.full.is_some()),
            };
            if !is_known && unknown.len() <= MAX_ASKED_PEERS {
                unknown.insert(peer);
            }
        });
        if unknown.len() > MAX_ASKED_PEERS || unknown.iter().all(|peer| self.asked.contains(peer)) {
            return true;
        }
        self.asked.retain(|peer| !unknown.contains(peer));
        self.asked.extend(unknown);
        let surplus = self.asked.len().saturating_sub(MAX_ASKED_PEERS);
        self.asked.drain(..surplus);
        false
    }

    /// How a peer is named in a call (UP-74).
    pub(super) fn input_peer(&self, id: PeerId) -> Option<InputPeer> {
        match id {
            PeerId::Chat(id) => Some(InputPeer::InputPeerChat(types::InputPeerChat::new(id))),
            PeerId::User(id) if self.own == Some(id) => Some(InputPeer::InputPeerSelf),
            PeerId::User(user) => {
                let known = self.known.get(&id);
                if let Some(hash) = known.and_then(|known| known.full).or_else(|| self.zero(id)) {
                    return Some(InputPeer::InputPeerUser(types::InputPeerUser::new(user, hash)));
                }
                let (peer, message) = self.context(known?)?;
                let from = types::InputPeerUserFromMessage::new(Box::new(peer), message, user);
                Some(InputPeer::InputPeerUserFromMessage(from))
            }
            PeerId::Channel(channel) => {
                let known = self.known.get(&id);
                if let Some(hash) = known.and_then(|known| known.full).or_else(|| self.zero(id)) {
                    let peer = types::InputPeerChannel::new(channel, hash);
                    return Some(InputPeer::InputPeerChannel(peer));
                }
                let (peer, message) = self.context(known?)?;
                let from =
                    types::InputPeerChannelFromMessage::new(Box::new(peer), message, channel);
                Some(InputPeer::InputPeerChannelFromMessage(from))
            }
        }
    }

    /// How a channel is named in a call.
    pub(super) fn input_channel(&self, channel: i64) -> Option<InputChannel> {
        match self.input_peer(PeerId::Channel(channel))? {
            InputPeer::InputPeerChannel(peer) => Some(InputChannel::InputChannel(
                types::InputChannel::new(peer.channel_id, peer.access_hash),
            )),
            InputPeer::InputPeerChannelFromMessage(from) => {
                let from =
                    types::InputChannelFromMessage::new(*from.peer, from.msg_id, from.channel_id);
                Some(InputChannel::InputChannelFromMessage(Box::new(from)))
            }
            _ => None,
        }
    }

    /// Bots name everybody without a hash, others name some.
    fn zero(&self, id: PeerId) -> Option<i64> {
        let is_open = matches!(id, PeerId::User(id) if WITHOUT_HASH.contains(&id));
        (self.is_bot || is_open).then_some(0)
    }

    /// The newest message that leads to a peer, in a channel that can be named itself.
    fn context(&self, known: &Known) -> Option<(InputPeer, i32)> {
        known.contexts.iter().rev().find_map(|(channel, message)| {
            let hash = self.known.get(&PeerId::Channel(*channel))?.full?;
            let peer = types::InputPeerChannel::new(*channel, hash);
            Some((InputPeer::InputPeerChannel(peer), *message))
        })
    }

    /// What is to be kept anew, and what no more.
    pub(super) fn take_news(&mut self) -> (Vec<KnownPeer>, Vec<PeerId>) {
        let mut peers = Vec::with_capacity(self.news.len());
        for id in std::mem::take(&mut self.news) {
            let Some(known) = self.known.get_mut(&id) else { continue };
            known.is_news = false;
            let contexts = known.contexts.clone();
            peers.push(KnownPeer { id, access_hash: known.full, contexts });
        }
        (peers, std::mem::take(&mut self.forgotten))
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty() || !self.forgotten.is_empty()
    }

    fn note(&mut self, id: PeerId) {
        if let Some(known) = self.known.get_mut(&id)
            && !known.is_news
        {
            known.is_news = true;
            self.news.push(id);
        }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Lets some go when there are too many: those without a hash, then those that were not heard of for the longest.
    fn evict(&mut self) {
        if self.known.len() <= MAX_PEERS {
            return;
        }
        let mut order: Vec<(bool, u64, PeerId)> =
            self.known.iter().map(|(id, known)| (known.full.is_some(), known.heard, *id)).collect();
        // A sixteenth at a time, so that this is rare.
        let many = MAX_PEERS / 16;
        let last = order.len().saturating_sub(1);
        order.select_nth_unstable(many.min(last));
        for (_, _, id) in order.into_iter().take(many) {
            self.known.remove(&id);
            self.forgotten.push(id);
        }
    }
}

/// Where a message is.
pub(super) fn place(message: &Message) -> Option<(PeerId, i32)> {
    match message {
        Message::MessageEmpty(empty) => Some((PeerId::of(empty.peer_id.as_ref()?), empty.id)),
        Message::Message(message) => Some((PeerId::of(&message.peer_id), message.id)),
        Message::MessageService(message) => Some((PeerId::of(&message.peer_id), message.id)),
    }
}
