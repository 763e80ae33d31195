//! Links into groups and channels: <https://core.telegram.org/api/invites>.

use std::collections::{BTreeMap, BTreeSet};

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::{Caller, Peer, State, View, count, invalid};

/// A link into a group or channel.
#[derive(Debug, Clone)]
pub(crate) struct Invite {
    pub(crate) hash: String,
    pub(crate) peer: Peer,
    pub(crate) admin: i64,
    pub(crate) date: i32,
    pub(crate) title: Option<String>,
    pub(crate) expires: Option<i32>,
    pub(crate) limit: Option<i32>,
    pub(crate) is_permanent: bool,
    pub(crate) is_revoked: bool,
    /// Whether an admin has to say yes.
    pub(crate) needs_request: bool,
    /// Who came by it, and when.
    pub(crate) used_by: BTreeMap<i64, i32>,
    /// Who waits for an admin, and since when.
    pub(crate) requests: BTreeMap<i64, i32>,
}

/// All of them, by their hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Invites {
    all: BTreeMap<String, Invite>,
    /// The hashes of those into a group or channel.
    into: BTreeMap<Peer, BTreeSet<String>>,
}

/// Links into a group or channel, with those that were revoked, which are forgotten first: more than any admin makes.
const MAX_LINKS: usize = 1_000;

/// Those who asked to come in that an admin is told of by name.
const MAX_RECENT: usize = 3;

/// How links begin; the hash follows.
const PREFIX: &str = "https://t.me/+";

/// The letters of hashes.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Invites {
    pub(crate) fn invite(&self, hash: &str) -> Option<&Invite> {
        self.all.get(hash)
    }

    pub(crate) fn invite_mut(&mut self, hash: &str) -> Option<&mut Invite> {
        self.all.get_mut(hash)
    }

    /// Those of a chat, whoever made them.
    pub(crate) fn leading_to(&self, peer: Peer) -> impl Iterator<Item = &Invite> {
        let hashes = self.into.get(&peer).into_iter().flatten();
        hashes.filter_map(|hash| self.all.get(hash))
    }

    /// Those of a chat that an admin made, the newest first.
    pub(crate) fn of(&self, peer: Peer, admin: i64) -> Vec<&Invite> {
        let mine = self.leading_to(peer).filter(|one| one.admin == admin);
        let mut mine: Vec<_> = mine.collect();
        mine.sort_by_key(|one| std::cmp::Reverse(one.date));
        mine
    }

    /// Changes each link into a chat.
    fn change(&mut self, peer: Peer, mut change: impl FnMut(&mut Invite)) {
        for hash in self.into.get(&peer).into_iter().flatten() {
            if let Some(invite) = self.all.get_mut(hash) {
                change(invite);
            }
        }
    }

    /// Nothing leads into a chat any more.
    pub(crate) fn revoke_all(&mut self, peer: Peer) {
        self.change(peer, |invite| invite.is_revoked = true);
    }

    /// Takes away that somebody asked to come in, who came at a moment if an admin said yes; whether they had asked.
    pub(crate) fn take_request(&mut self, peer: Peer, user: i64, came: Option<i32>) -> bool {
        let mut asked = false;
        self.change(peer, |invite| {
            if invite.requests.remove(&user).is_some() {
                asked = true;
                invite.used_by.extend(came.map(|date| (user, date)));
            }
        });
        asked
    }

    /// Who waits for an admin of a chat, those who asked last in front.
    pub(crate) fn waiting(&self, peer: Peer) -> Vec<i64> {
        let mut asked: BTreeMap<i64, i32> = BTreeMap::new();
        for (user, date) in self.leading_to(peer).flat_map(|invite| &invite.requests) {
            let last = asked.entry(*user).or_insert(*date);
            *last = (*last).max(*date);
        }
        let mut asked: Vec<_> = asked.into_iter().map(|(user, date)| (date, user)).collect();
        asked.sort_unstable_by(|one, other| other.cmp(one));
        asked.into_iter().map(|(_, user)| user).collect()
    }

    fn revoke_permanent(&mut self, peer: Peer, admin: i64) {
        self.change(peer, |invite| {
            invite.is_revoked |= invite.admin == admin && invite.is_permanent;
        });
    }

    /// Whether there is room for another link into a chat: of those that were revoked the oldest goes.
    fn has_room(&mut self, peer: Peer) -> bool {
        let count = self.into.get(&peer).map_or(0, BTreeSet::len);
        if count < MAX_LINKS {
            return true;
        }
        let revoked = self.leading_to(peer).filter(|invite| invite.is_revoked);
        let oldest = revoked.min_by_key(|invite| invite.date).map(|invite| invite.hash.clone());
        let Some(hash) = oldest else { return false };
        self.all.remove(&hash);
        self.into.get_mut(&peer).is_some_and(|hashes| hashes.remove(&hash))
    }

    fn insert(&mut self, invite: Invite) {
        self.into.entry(invite.peer).or_default().insert(invite.hash.clone());
        self.all.insert(invite.hash.clone(), invite);
    }
}

impl Invite {
    pub(crate) fn link(&self) -> String {
        format!("{PREFIX}{}", self.hash)
    }

    /// Whether it leads anywhere at a moment.
    pub(crate) fn is_open(&self, date: i32) -> bool {
        let is_used_up = self.limit.is_some_and(|limit| self.usage() >= limit);
        let is_over = self.expires.is_some_and(|expires| expires <= date);
        !self.is_revoked && !is_over && !is_used_up
    }

    fn usage(&self) -> i32 {
        i32::try_from(self.used_by.len()).unwrap_or(i32::MAX)
    }

    pub(crate) fn exported(&self) -> enums::ExportedChatInvite {
        let usage = self.usage();
        let requested = i32::try_from(self.requests.len()).unwrap_or(i32::MAX);
        let exported = types::ChatInviteExported {
            revoked: self.is_revoked,
            permanent: self.is_permanent,
            request_needed: self.needs_request,
            expire_date: self.expires,
            usage_limit: self.limit,
            usage: Some(usage).filter(|usage| *usage > 0),
            requested: Some(requested).filter(|requested| *requested > 0),
            title: self.title.clone(),
            ..types::ChatInviteExported::new(self.link(), self.admin, self.date)
        };
        exported.into()
    }
}

/// What of a link is its hash: what follows the last `+` or `/`.
pub(crate) fn hash_of(link: &str) -> &str {
    link.rsplit(['/', '+']).next().unwrap_or(link)
}

impl State {
    /// Makes a link. One without an end is the permanent one of its admin, of which there is one.
    ///
    /// # Errors
    ///
    /// `INVITES_TOO_MUCH`.
    pub(crate) fn export_invite(&mut self, wanted: Invite) -> Result<Invite, RpcError> {
        if wanted.is_permanent {
            self.invites.revoke_permanent(wanted.peer, wanted.admin);
        }
        if !self.invites.has_room(wanted.peer) {
            return Err(invalid("INVITES_TOO_MUCH"));
        }
        let random: [u8; 16] = self.random();
        let letter = |byte: &u8| LETTERS.get(usize::from(*byte % 64)).copied().map(char::from);
        let hash: String = random.iter().filter_map(letter).collect();
        let invite = Invite { hash, ..wanted };
        self.invites.insert(invite.clone());
        Ok(invite)
    }

    /// Whether somebody may let others into a group or channel.
    pub(crate) fn may_invite(&self, user: i64, peer: Peer) -> bool {
        match peer {
            Peer::Chat(id) => self.chats.chat(id).is_some_and(|chat| chat.is_admin(user)),
            Peer::Channel(id) => {
                let channel = self.channels.channel(id);
                channel.is_some_and(|channel| channel.can(user, |rights| rights.invite_users))
            }
            Peer::User(_) => false,
        }
    }

    /// Takes away that somebody asked to come in; if they had asked, those who let others in hear of it.
    pub(crate) fn take_request(
        &mut self,
        caller: &Caller,
        peer: Peer,
        user: i64,
        came: Option<i32>,
    ) -> bool {
        let asked = self.invites.take_request(peer, user, came);
        if asked {
            self.tell_requests(caller, peer);
        }
        asked
    }

    /// Those who let others into a group or channel hear who asks for it. Bots hear of it in another form, which is not modelled.
    pub(crate) fn tell_requests(&mut self, caller: &Caller, peer: Peer) {
        let members: Vec<i64> = match peer {
            Peer::Chat(id) => {
                let chat = self.chats.chat(id);
                chat.map(|chat| chat.members.keys().copied().collect()).unwrap_or_default()
            }
            Peer::Channel(id) => {
                let channel = self.channels.channel(id);
                channel.map(|all| all.members.keys().copied().collect()).unwrap_or_default()
            }
            Peer::User(_) => Vec::new(),
        };
        for user in members {
            if self.may_invite(user, peer) && !self.is_bot(user) {
                self.tell_all(user, caller.actor(), |view| view.pending_requests(peer).into());
            }
        }
    }

    /// # Errors
    ///
    /// `INVITE_HASH_EMPTY`, `INVITE_HASH_INVALID`: there was none; `INVITE_HASH_EXPIRED`: it leads nowhere any more.
    pub(crate) fn open_invite(&self, hash: &str, date: i32) -> Result<&Invite, RpcError> {
        if hash.is_empty() {
            return Err(invalid("INVITE_HASH_EMPTY"));
        }
        let invite = self.invites.invite(hash).ok_or_else(|| invalid("INVITE_HASH_INVALID"))?;
        let is_there = match invite.peer {
            Peer::Channel(id) => self.channels.channel(id).is_some(),
            Peer::Chat(id) => self.chats.chat(id).is_some_and(|chat| chat.migrated_to.is_none()),
            Peer::User(_) => false,
        };
        let is_open = is_there && invite.is_open(date);
        is_open.then_some(invite).ok_or_else(|| invalid("INVITE_HASH_EXPIRED"))
    }
}

impl View<'_> {
    /// Who asks to come in, of whom those who asked last are named.
    pub(crate) fn pending_requests(&mut self, peer: Peer) -> types::UpdatePendingJoinRequests {
        let all = self.state.invites.waiting(peer);
        let requests_pending = count(all.len());
        let recent_requesters: Vec<i64> = all.into_iter().take(MAX_RECENT).collect();
        for user in &recent_requesters {
            self.name(Peer::User(*user));
        }
        types::UpdatePendingJoinRequests {
            peer: self.name(peer),
            requests_pending,
            recent_requesters,
        }
    }
}
