//! What somebody is shown: the world's things as TL, for one account and one login.

use std::collections::BTreeSet;

use telewire::tl::api::{enums, types};

use crate::world::account::Account;
use crate::world::schedule::Waiting;
use crate::world::{
    Channel, Dialog, GENERAL, Media, MessageCopy, NotifyFor, Peer, Post, PostId, Reacted, State,
    User, Viewer,
};

/// Reactions that come with a message, as many as Telegram sends.
const MAX_RECENT: usize = 3;

/// What is shown to somebody. It remembers who is named in it, since an answer brings those along.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(super) state: &'a State,
    pub(super) viewer: Viewer,
    named: BTreeSet<Peer>,
    /// Who is named in passing: strangers are shown in short.
    passing: BTreeSet<Peer>,
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

impl<'a> View<'a> {
    /// Names somebody, who is brought along.
    pub(crate) fn name(&mut self, peer: Peer) -> enums::Peer {
        self.named.insert(peer);
        peer.to_tl()
    }

    /// Somebody, or a channel, that is named in passing, by a message of a channel say: UM-10, strangers are shown in short.
    pub(crate) fn pass(&mut self, peer: Peer) -> enums::Peer {
        self.passing.insert(peer);
        peer.to_tl()
    }

    /// Somebody; `None` if there is nobody.
    pub(crate) fn user(&self, id: i64) -> Option<enums::User> {
        let user = self.state.people.user(id)?;
        Some(enums::User::from(self.profile(user)))
    }

    /// Whose eyes it is shown to.
    pub(crate) fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// A channel, as it is.
    pub(crate) fn channel_of(&self, id: i64) -> Option<&'a Channel> {
        self.state.channels.channel(id)
    }

    /// A chat of the account's list.
    pub(crate) fn dialog(&mut self, peer: Peer) -> types::Dialog {
        let account = self.state.accounts.get(&self.viewer.user);
        let is_pinned = account.is_some_and(|account| account.pinned.contains(&peer));
        if let Peer::Channel(id) = peer
            && let Some(channel) = self.channel_of(id)
        {
            let dialog = self.channel_dialog(channel);
            let mine = account.and_then(|account| account.dialogs.get(&peer));
            let unread_mark = mine.is_some_and(|dialog| dialog.is_marked);
            let draft = self.draft(peer);
            let ttl_period = self.period(peer);
            return types::Dialog { pinned: is_pinned, unread_mark, draft, ttl_period, ..dialog };
        }
        let empty = Dialog::default();
        let dialog = account.and_then(|account| account.dialogs.get(&peer)).unwrap_or(&empty);
        types::Dialog {
            peer: self.name(peer),
            pinned: is_pinned,
            unread_mark: dialog.is_marked,
            view_forum_as_messages: false,
            top_message: dialog.top(),
            read_inbox_max_id: dialog.read_inbox,
            read_outbox_max_id: dialog.read_outbox,
            unread_count: dialog.unread,
            unread_mentions_count: 0,
            unread_reactions_count: 0,
            unread_poll_votes_count: 0,
            notify_settings: self.notify_settings(peer),
            pts: None,
            draft: self.draft(peer),
            folder_id: None,
            ttl_period: self.period(peer),
        }
    }

    /// For how long what is said in a chat from now on stays.
    pub(crate) fn period(&self, peer: Peer) -> Option<i32> {
        self.state.lifetimes.period(self.viewer.user, peer)
    }

    /// How the account wants to be told of what is said in a chat.
    pub(crate) fn notify_settings(&self, peer: Peer) -> types::PeerNotifySettings {
        self.state.notify_settings(self.viewer.user, NotifyFor::Peer(peer))
    }

    /// The same of a topic of a forum.
    pub(crate) fn topic_settings(&self, peer: Peer, topic: i32) -> types::PeerNotifySettings {
        self.state.notify_settings(self.viewer.user, NotifyFor::Topic(peer, topic))
    }

    /// What the account began to write in a chat.
    pub(crate) fn draft(&self, peer: Peer) -> Option<enums::DraftMessage> {
        let account = self.state.accounts.get(&self.viewer.user)?;
        let draft = account.dialogs.get(&peer)?.draft.as_ref()?;
        Some((**draft).clone().into())
    }

    /// Whoever was named.
    pub(crate) fn users(&self) -> Vec<enums::User> {
        let users = self.named.iter().filter_map(|peer| match peer {
            Peer::User(id) => self.user(*id),
            Peer::Chat(_) | Peer::Channel(_) => None,
        });
        let passing = self.passing.iter().filter(|peer| !self.named.contains(peer));
        let passing = passing.filter_map(|peer| {
            let Peer::User(id) = *peer else { return None };
            let user = self.state.people.user(id)?;
            let is_known = self.state.is_acquainted(self.viewer.user, id);
            Some(if is_known { self.profile(user) } else { self.in_short(user) }.into())
        });
        users.chain(passing).collect()
    }

    /// The groups and channels that were named.
    pub(crate) fn chats(&self) -> Vec<enums::Chat> {
        let passing = self.passing.iter().filter(|peer| !self.named.contains(peer));
        let passing = passing.filter_map(|peer| match *peer {
            Peer::Channel(id) => self.passing_channel(id),
            Peer::User(_) | Peer::Chat(_) => None,
        });
        self.named.iter().filter_map(|peer| self.chat(*peer)).chain(passing).collect()
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
        self.message_in(Peer::User(self.viewer.user), id)
    }

    /// A message of a box that the account sent, as it was at first.
    pub(crate) fn first(&mut self, owner: Peer, id: i32) -> enums::Message {
        let account = self.state.accounts.get(&self.viewer.user);
        match account.and_then(|account| account.first.get(&(owner, id))) {
            Some((Peer::Channel(channel), post)) => self.channel_post(*channel, id, post, false),
            Some((dialog, post)) => {
                let copy = MessageCopy::new(PostId::default(), *dialog, true);
                self.name_all(post);
                self.shown(owner, id, copy, post)
            }
            None => self.message_in(owner, id),
        }
    }

    /// A message of a box that the account sees.
    pub(crate) fn message_in(&mut self, owner: Peer, id: i32) -> enums::Message {
        if let Peer::Channel(channel) = owner {
            return self.channel_message(channel, id);
        }
        let copy = self.state.mailbox(owner).and_then(|mailbox| mailbox.message(id));
        let post = copy.and_then(|copy| self.state.posts.post(copy.post));
        match (copy, post) {
            (Some(copy), Some(post)) => {
                self.name_all(post);
                self.shown(owner, id, *copy, post)
            }
            _ => types::MessageEmpty { id, peer_id: None }.into(),
        }
    }

    /// Whom a message of the account's own box names: whose number it gives and channels from which it was forwarded in passing.
    fn name_all(&mut self, post: &Post) {
        let contact = post.contact().map(Peer::User).filter(|peer| *peer != post.from);
        for peer in post.names() {
            match peer {
                peer if Some(peer) == contact => drop(self.pass(peer)),
                Peer::Channel(_) if post.content.action.is_none() => drop(self.pass(peer)),
                Peer::User(_) | Peer::Chat(_) | Peer::Channel(_) => drop(self.name(peer)),
            }
        }
    }

    /// The chat of a message of a box.
    pub(crate) fn dialog_of(&self, owner: Peer, id: i32) -> Option<Peer> {
        Some(self.state.mailbox(owner)?.message(id)?.dialog)
    }

    /// The topic of a message of a box; none of what is in no forum, or in its first topic.
    pub(crate) fn topic_of(&self, owner: Peer, id: i32) -> Option<i32> {
        let Peer::Channel(channel) = owner else { return None };
        let topic = self.channel_of(channel)?.topic_of.get(&id).copied();
        topic.filter(|topic| *topic != GENERAL)
    }

    pub(crate) fn waits(&self, id: i32) -> Option<Waiting> {
        self.state.accounts.get(&self.viewer.user)?.scheduled.waiting.get(&id).cloned()
    }

    /// A message that is to be sent later.
    pub(crate) fn waiting(&mut self, id: i32, waiting: &Waiting) -> enums::Message {
        let me = Peer::User(self.viewer.user);
        let mut post = Post::new(self.viewer.user, me, waiting.date, waiting.content.clone());
        post.content.is_scheduled = true;
        let copy = MessageCopy::new(PostId::default(), waiting.peer, true);
        self.name_all(&post);
        self.shown(me, id, copy, &post)
    }

    /// A message as it is in a box. Whom it names, its caller names.
    pub(super) fn shown(
        &mut self,
        owner: Peer,
        id: i32,
        copy: MessageCopy,
        post: &Post,
    ) -> enums::Message {
        let content = &post.content;
        self.named.extend(content.via_bot.map(Peer::User));
        let replied = content.reply_to.and_then(|to| self.state.posts.post(to)?.id_in(owner));
        let reply_to = replied.map(|id| {
            let header = types::MessageReplyHeader {
                reply_to_msg_id: Some(id),
                ..types::MessageReplyHeader::new()
            };
            header.into()
        });
        let peer_id = self.name(copy.dialog);
        // In a private chat it is clear from `out`.
        let from_id = match copy.dialog {
            Peer::User(_) => None,
            Peer::Chat(_) | Peer::Channel(_) => Some(post.from.to_tl()),
        };
        if let Some(action) = &content.action {
            let service = types::MessageService {
                out: copy.is_out,
                silent: content.is_silent,
                from_id,
                reply_to,
                ..types::MessageService::new(id, peer_id, post.date, self.action(action))
            };
            return service.into();
        }
        let fwd_from = content.forward.map(|forward| {
            let from_id = Some(forward.from.to_tl());
            let channel_post = forward.post;
            let header = types::MessageFwdHeader::new(forward.date);
            types::MessageFwdHeader { from_id, channel_post, ..header }.into()
        });
        let message = types::Message {
            out: copy.is_out,
            silent: content.is_silent,
            pinned: copy.is_pinned,
            from_scheduled: content.is_scheduled,
            from_id,
            fwd_from,
            reply_to,
            media: content.media.as_ref().and_then(|media| self.media(media)),
            via_bot_id: content.via_bot,
            grouped_id: content.group,
            ttl_period: content.ttl,
            reply_markup: content.reply_markup.clone(),
            entities: Some(content.entities.clone()).filter(|entities| !entities.is_empty()),
            edit_date: post.edited,
            reactions: self.reactions_to(owner, post).map(Box::new),
            ..types::Message::new(id, peer_id, post.date, content.text.clone())
        };
        message.into()
    }

    /// What happened. UM-10: a photo is for whoever looks.
    fn action(&self, action: &enums::MessageAction) -> enums::MessageAction {
        match action {
            enums::MessageAction::MessageActionChatEditPhoto(action) => {
                let photo = self.photo(action.photo.id());
                types::MessageActionChatEditPhoto { photo }.into()
            }
            action => action.clone(),
        }
    }

    /// What is sent besides text.
    pub(crate) fn media(&mut self, media: &Media) -> Option<enums::MessageMedia> {
        match media {
            Media::Plain(media) => Some((**media).clone()),
            Media::Poll(id) => {
                let poll = self.state.polls.get(id)?;
                Some(poll.media(self.viewer.user).into())
            }
            Media::File(media) => self.file_media(**media),
        }
    }

    /// What people think of a message of a box; `None` if nobody says.
    pub(crate) fn reactions(&mut self, owner: Peer, id: i32) -> Option<types::MessageReactions> {
        let copy = self.state.mailbox(owner)?.message(id)?;
        self.reactions_to(owner, self.state.posts.post(copy.post)?)
    }

    /// UM-10: of those who react in a channel strangers are shown in short.
    fn reactions_to(&mut self, owner: Peer, post: &Post) -> Option<types::MessageReactions> {
        let mut results: Vec<types::ReactionCount> = Vec::new();
        let mut mine = 0;
        for Reacted { who, reaction, .. } in &post.reactions {
            let place = results.iter().position(|counted| counted.reaction == *reaction);
            let place = place.unwrap_or_else(|| {
                results.push(types::ReactionCount::new(reaction.clone(), 0));
                results.len().saturating_sub(1)
            });
            let Some(counted) = results.get_mut(place) else { continue };
            counted.count = counted.count.saturating_add(1);
            if *who == self.viewer.user {
                counted.chosen_order = Some(mine);
                mine = mine.saturating_add(1);
            }
        }
        // Of a post of a channel nobody hears who thinks what.
        let is_open = !post.copies.iter().any(|(owner, _)| self.state.is_broadcast(*owner));
        let recent = post.reactions.iter().rev().filter(|_| is_open);
        let recent = recent.map(|Reacted { who, date, reaction }| {
            let peer = match owner {
                Peer::Channel(_) => self.pass(Peer::User(*who)),
                Peer::User(_) | Peer::Chat(_) => self.name(Peer::User(*who)),
            };
            types::MessagePeerReaction {
                my: *who == self.viewer.user,
                ..types::MessagePeerReaction::new(peer, *date, reaction.clone())
            }
        });
        let recent = recent.take(MAX_RECENT).collect();
        (!results.is_empty()).then(|| types::MessageReactions {
            can_see_list: is_open,
            recent_reactions: is_open.then_some(recent),
            ..types::MessageReactions::new(results)
        })
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
            photo: self.profile_photo(user),
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
