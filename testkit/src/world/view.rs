//! What somebody is shown: the world's things as TL, for one account and one login.

use std::collections::BTreeSet;

use telewire::tl::api::{enums, types};

use crate::world::mailbox::MessageCopy;
use crate::world::post::Post;
use crate::world::{Peer, State, User, Viewer};

/// What is shown to somebody. It remembers who is named in it, since an answer brings those along.
#[derive(Debug)]
pub(crate) struct View<'a> {
    state: &'a State,
    viewer: Viewer,
    named: BTreeSet<Peer>,
}

impl State {
    /// What this account sees.
    pub(crate) fn view(&self, viewer: Viewer) -> View<'_> {
        View { state: self, viewer, named: BTreeSet::new() }
    }
}

impl View<'_> {
    /// Names somebody, who is brought along.
    pub(crate) fn name(&mut self, peer: Peer) -> enums::Peer {
        self.named.insert(peer);
        peer.to_tl()
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
        users.collect()
    }

    /// A message of the account's own box.
    pub(crate) fn message(&mut self, id: i32) -> enums::Message {
        let account = self.state.accounts.get(&self.viewer.user);
        let copy = account.and_then(|account| account.common.message(id));
        let post = copy.and_then(|copy| self.state.posts.post(copy.post));
        match (copy, post) {
            (Some(copy), Some(post)) => self.shown(id, *copy, post).into(),
            _ => types::MessageEmpty { id, peer_id: None }.into(),
        }
    }

    fn shown(&mut self, id: i32, copy: MessageCopy, post: &Post) -> types::Message {
        let box_of = Peer::User(self.viewer.user);
        let content = &post.content;
        self.named.insert(post.from);
        self.named.extend(content.via_bot.map(Peer::User));
        let replied = content.reply_to.and_then(|to| self.state.posts.post(to)?.id_in(box_of));
        let reply_to = replied.map(|id| {
            let header = types::MessageReplyHeader {
                reply_to_msg_id: Some(id),
                ..types::MessageReplyHeader::new()
            };
            header.into()
        });
        let peer_id = self.name(copy.dialog);
        types::Message {
            out: copy.is_out,
            silent: content.is_silent,
            // In a private chat it is clear from `out`.
            from_id: match copy.dialog {
                Peer::User(_) => None,
                Peer::Chat(_) | Peer::Channel(_) => Some(post.from.to_tl()),
            },
            reply_to,
            via_bot_id: content.via_bot,
            reply_markup: content.reply_markup.clone(),
            entities: Some(content.entities.clone()).filter(|entities| !entities.is_empty()),
            ..types::Message::new(id, peer_id, post.date, content.text.clone())
        }
    }

    /// Updates with whoever is named in them. They are outside of the order of `seq` (UM-08).
    pub(crate) fn updates(&self, updates: Vec<enums::Update>, date: i32) -> enums::Updates {
        let (users, chats) = (self.users(), Vec::new());
        types::Updates { updates, users, chats, date, seq: 0 }.into()
    }

    fn profile(&self, user: &User) -> types::User {
        let me = self.viewer.user;
        let is_self = user.id == me;
        let mine = self.state.contact(me, user.id);
        // Who has somebody in the address book shows them the number; who has the number keeps it.
        let has_me = self.state.contact(user.id, me).is_some();
        let knows_phone = mine.is_some_and(|contact| contact.has_phone) || user.is_support();
        let (first_name, last_name) = match mine {
            Some(contact) => (contact.first_name.clone(), contact.last_name.clone()),
            None => (user.first_name.clone(), user.last_name.clone()),
        };
        types::User {
            self_: is_self,
            access_hash: Some(self.state.access_hash(self.viewer, Peer::User(user.id))),
            contact: mine.is_some(),
            mutual_contact: mine.is_some() && has_me,
            support: user.is_support(),
            first_name: Some(first_name),
            last_name,
            status: self.status(user),
            username: user.username.clone(),
            phone: user.phone.clone().filter(|_| is_self || has_me || knows_phone),
            bot_info_version: user.is_bot().then_some(1),
            ..types::User::new(user.id)
        }
    }
}

impl View<'_> {
    /// Whether somebody is there; bots are not told of anybody.
    fn status(&self, user: &User) -> Option<enums::UserStatus> {
        user.presence.to_tl().filter(|_| !self.state.is_bot(self.viewer.user))
    }
}
