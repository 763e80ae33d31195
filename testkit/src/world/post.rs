//! What was said: once, however many boxes have a copy of it, so that an edit is one change.

use std::collections::{BTreeMap, BTreeSet};

use telewire::tl::api::enums::{MessageAction, MessageEntity};

use crate::world::Peer;

/// A number of the world's own; no client hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PostId(u64);

/// Something that was said.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) from: Peer,
    pub(crate) date: i32,
    pub(crate) content: Content,
    /// When it was changed last.
    pub(crate) edited: Option<i32>,
    /// Whose boxes have it, and its number in each: what an edit and a deletion for all have to reach (UM-05), and how a reply
    /// finds what it replies to in each of them.
    pub(crate) copies: Vec<(Peer, i32)>,
}

/// What it says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    pub(crate) text: String,
    pub(crate) entities: Vec<MessageEntity>,
    pub(crate) is_silent: bool,
    /// What it replies to.
    pub(crate) reply_to: Option<PostId>,
    /// What happened, of a service message, which has no text.
    pub(crate) action: Option<MessageAction>,
}

/// All that was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posts {
    all: BTreeMap<PostId, Post>,
    given: u64,
}

impl Posts {
    pub(crate) fn add(&mut self, from: Peer, date: i32, content: Content) -> PostId {
        self.given = self.given.wrapping_add(1);
        let id = PostId(self.given);
        self.all.insert(id, Post { from, date, content, edited: None, copies: Vec::new() });
        id
    }

    pub(crate) fn post(&self, id: PostId) -> Option<&Post> {
        self.all.get(&id)
    }

    pub(crate) fn post_mut(&mut self, id: PostId) -> Option<&mut Post> {
        self.all.get_mut(&id)
    }
}

impl Content {
    /// A service message.
    pub(crate) fn action(action: impl Into<MessageAction>) -> Self {
        Self { action: Some(action.into()), ..Self::default() }
    }
}

impl Post {
    /// UM-10: whom it names, so that they can be named by it.
    pub(crate) fn names(&self) -> BTreeSet<Peer> {
        let mut names = BTreeSet::from([self.from]);
        names.extend(self.content.entities.iter().filter_map(|entity| match entity {
            MessageEntity::MessageEntityMentionName(mention) => Some(Peer::User(mention.user_id)),
            _ => None,
        }));
        match &self.content.action {
            Some(MessageAction::MessageActionChatCreate(action)) => {
                names.extend(action.users.iter().copied().map(Peer::User));
            }
            Some(MessageAction::MessageActionChatAddUser(action)) => {
                names.extend(action.users.iter().copied().map(Peer::User));
            }
            Some(MessageAction::MessageActionChatDeleteUser(action)) => {
                names.insert(Peer::User(action.user_id));
            }
            Some(MessageAction::MessageActionChatJoinedByLink(action)) => {
                names.insert(Peer::User(action.inviter_id));
            }
            Some(MessageAction::MessageActionChatMigrateTo(action)) => {
                names.insert(Peer::Channel(action.channel_id));
            }
            Some(MessageAction::MessageActionChannelMigrateFrom(action)) => {
                names.insert(Peer::Chat(action.chat_id));
            }
            _ => {}
        }
        names
    }

    /// Its number in a box.
    pub(crate) fn id_in(&self, owner: Peer) -> Option<i32> {
        self.copies.iter().find(|(of, _)| *of == owner).map(|(_, id)| *id)
    }
}
