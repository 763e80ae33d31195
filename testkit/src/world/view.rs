//! What somebody is shown: the world's things as TL, for one account and one login.

use std::collections::BTreeSet;

use telewire::tl::api::{enums, types};

use crate::world::account::Account;
use crate::world::post::Post;
use crate::world::{Peer, State, User, Viewer};

/// What is shown to somebody. It remembers who is named in it, since an answer brings those along.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(super) state: &'a State,
    pub(super) viewer: Viewer,
    named: BTreeSet<Peer>,
    /// Who is named in messages of channels.
    passing: BTreeSet<i64>,
}

impl State {
    /// What this account sees.
    pub(crate) fn view(&self, viewer: Viewer) -> View<'_> {
        View { state: self, viewer, named: BTreeSet::new(), passing: BTreeSet::new() }
    }
}

impl State {
    /// Whether somebody knows another otherwise than by a channel: themselves, by a private chat, or by a basic group. Bots know all.
    pub(crate) fn is_acquainted(&self, me: i64, user: i64) -> bool {
        let has_chat = |account: &Account| {
            let groups = account.dialogs.range(Peer::Chat(i64::MIN)..=Peer::Chat(i64::MAX));
            let mut groups = groups.filter_map(|(peer, _)| match peer {
                Peer::Chat(id) => self.chats.chat(*id),
                Peer::User(_) | Peer::Channel(_) => None,
            });
            account.dialogs.contains_key(&Peer::User(user))
                || groups.any(|chat| chat.members.contains_key(&user))
        };
        me == user || self.is_bot(me) || self.accounts.get(&me).is_some_and(has_chat)
    }
}

impl View<'_> {
    /// Names somebody, who is brought along.
    pub(crate) fn name(&mut self, peer: Peer) -> enums::Peer {
        self.named.insert(peer);
        peer.to_tl()
    }

    /// Somebody whom a message of a channel names: UM-10, strangers are shown in short.
    pub(super) fn pass(&mut self, user: i64) {
        self.passing.insert(user);
    }

    /// Somebody; `None` if there is nobody.
    pub(crate) fn user(&self, id: i64) -> Option<enums::User> {
        let user = self.state.people.user(id)?;
        Some(enums::User::from(self.profile(user)))
    }

    /// Whoever was named.
    pub(crate) fn users(&self) -> Vec<enums::User> {
        let users = self.named.iter().filter_map(|peer| match peer {
            Peer::User(id) => self.user(*id),
            Peer::Chat(_) | Peer::Channel(_) => None,
        });
        let passing = self.passing.iter().filter(|id| !self.named.contains(&Peer::User(**id)));
        let passing = passing.filter_map(|id| {
            let user = self.state.people.user(*id)?;
            let is_known = self.state.is_acquainted(self.viewer.user, *id);
            Some(if is_known { self.profile(user) } else { self.in_short(user) }.into())
        });
        users.chain(passing).collect()
    }

    /// The groups and channels that were named.
    pub(crate) fn chats(&self) -> Vec<enums::Chat> {
        self.named.iter().filter_map(|peer| self.chat(*peer)).collect()
    }

    /// A group or channel, as it is for the account: forbidden, if it may not be read.
    pub(crate) fn chat(&self, peer: Peer) -> Option<enums::Chat> {
        match peer {
            Peer::User(_) => None,
            Peer::Chat(id) => self.basic_group(id),
            Peer::Channel(id) => self.channel(id),
        }
    }

    /// A message of the account's own box.
    pub(crate) fn message(&mut self, id: i32) -> enums::Message {
        let account = self.state.accounts.get(&self.viewer.user);
        let copy = account.and_then(|account| account.common.message(id));
        let post = copy.and_then(|copy| self.state.posts.post(copy.post));
        match (copy, post) {
            (Some(copy), Some(post)) => {
                self.named.extend(post.names());
                self.shown(id, copy.dialog, copy.is_out, Peer::User(self.viewer.user), post)
            }
            _ => types::MessageEmpty { id, peer_id: None }.into(),
        }
    }

    /// A message as it is in a box. Whom it names, its caller names.
    pub(super) fn shown(
        &mut self,
        id: i32,
        dialog: Peer,
        is_out: bool,
        box_of: Peer,
        post: &Post,
    ) -> enums::Message {
        let content = &post.content;
        let replied = content.reply_to.and_then(|to| self.state.posts.post(to)?.id_in(box_of));
        let reply_to = replied.map(|id| {
            let header = types::MessageReplyHeader {
                reply_to_msg_id: Some(id),
                ..types::MessageReplyHeader::new()
            };
            header.into()
        });
        let peer_id = self.name(dialog);
        // In a private chat it is clear from `out`.
        let from_id = match dialog {
            Peer::User(_) => None,
            Peer::Chat(_) | Peer::Channel(_) => Some(post.from.to_tl()),
        };
        if let Some(action) = &content.action {
            let service = types::MessageService {
                out: is_out,
                silent: content.is_silent,
                from_id,
                reply_to,
                ..types::MessageService::new(id, peer_id, post.date, action.clone())
            };
            return service.into();
        }
        let message = types::Message {
            out: is_out,
            silent: content.is_silent,
            from_id,
            reply_to,
            edit_date: post.edited,
            entities: Some(content.entities.clone()).filter(|entities| !entities.is_empty()),
            ..types::Message::new(id, peer_id, post.date, content.text.clone())
        };
        message.into()
    }

    /// Updates with whoever is named in them. They are outside of the order of `seq` (UM-08).
    pub(crate) fn updates(&self, updates: Vec<enums::Update>, date: i32) -> enums::Updates {
        let (users, chats) = (self.users(), self.chats());
        types::Updates { updates, users, chats, date, seq: 0 }.into()
    }

    /// UM-10: somebody of whom a message of a channel says no more than who it is from.
    fn in_short(&self, user: &User) -> types::User {
        let profile = self.profile(user);
        let min_hash = self.state.min_access_hash(self.viewer, Peer::User(user.id));
        types::User { min: true, access_hash: Some(min_hash), phone: None, ..profile }
    }

    fn profile(&self, user: &User) -> types::User {
        let is_self = user.id == self.viewer.user;
        types::User {
            self_: is_self,
            access_hash: Some(self.state.access_hash(self.viewer, Peer::User(user.id))),
            first_name: Some(user.first_name.clone()),
            last_name: user.last_name.clone(),
            username: user.username.clone(),
            phone: user.phone.clone().filter(|_| is_self),
            bot_info_version: user.is_bot().then_some(1),
            ..types::User::new(user.id)
        }
    }
}
