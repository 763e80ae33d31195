//! Links into groups and channels: <https://core.telegram.org/api/invites>.

use std::collections::BTreeMap;

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::{Caller, Peer, State, invalid};

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
}

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

    /// Those of a chat that an admin made, the newest first.
    pub(crate) fn of(&self, peer: Peer, admin: i64) -> Vec<&Invite> {
        let mine = self.all.values().filter(|one| one.peer == peer && one.admin == admin);
        let mut mine: Vec<_> = mine.collect();
        mine.sort_by_key(|one| std::cmp::Reverse(one.date));
        mine
    }

    /// Those of a chat, whoever made them.
    pub(crate) fn leading_to(&self, peer: Peer) -> Vec<&Invite> {
        self.all.values().filter(|one| one.peer == peer).collect()
    }

    /// Nothing leads into a chat any more.
    pub(crate) fn revoke_all(&mut self, peer: Peer) {
        for invite in self.all.values_mut().filter(|one| one.peer == peer) {
            invite.is_revoked = true;
        }
    }

    /// Takes away that somebody asked to come in, who came at a moment if an admin said yes; whether they had asked.
    pub(crate) fn take_request(&mut self, peer: Peer, user: i64, came: Option<i32>) -> bool {
        let mut asked = false;
        for invite in self.all.values_mut().filter(|one| one.peer == peer) {
            if invite.requests.remove(&user).is_some() {
                asked = true;
                invite.used_by.extend(came.map(|date| (user, date)));
            }
        }
        asked
    }

    fn revoke_permanent(&mut self, peer: Peer, admin: i64) {
        let mine = self.all.values_mut().filter(|one| one.peer == peer && one.admin == admin);
        for invite in mine.filter(|one| one.is_permanent) {
            invite.is_revoked = true;
        }
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
    pub(crate) fn export_invite(&mut self, caller: &Caller, peer: Peer, wanted: Invite) -> Invite {
        if wanted.is_permanent {
            self.invites.revoke_permanent(peer, caller.me);
        }
        let random: [u8; 16] = self.random();
        let letter = |byte: &u8| LETTERS.get(usize::from(*byte % 64)).copied().map(char::from);
        let hash: String = random.iter().filter_map(letter).collect();
        let invite = Invite { hash: hash.clone(), ..wanted };
        self.invites.all.insert(hash, invite.clone());
        invite
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
