//! What was said: once, however many boxes have a copy of it, so that an edit is one change.

use std::collections::{BTreeMap, BTreeSet};

use telewire::tl::api::enums::{MessageAction, MessageEntity, MessageMedia, Reaction, ReplyMarkup};

use crate::world::Peer;

/// A number of the world's own; no client hears it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PostId(u64);

/// Something that was said.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) from: Peer,
    pub(crate) date: i32,
    pub(crate) content: Content,
    /// When it was changed last.
    pub(crate) edited: Option<i32>,
    /// What people think of it, in the order in which they said so.
    pub(crate) reactions: Vec<Reacted>,
    /// Whose boxes have it, and its number in each: what an edit and a deletion for all have to reach (UM-05), and how a reply
    /// finds what it replies to in each of them.
    pub(crate) copies: Vec<(Peer, i32)>,
}

/// What it says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) text: String,
    pub(crate) entities: Vec<MessageEntity>,
    pub(crate) is_silent: bool,
    /// What it replies to.
    pub(crate) reply_to: Option<PostId>,
    /// What happened, of a service message, which has no text.
    pub(crate) action: Option<MessageAction>,
    /// The topic that was named, in a forum.
    pub(crate) topic: Option<i32>,
    pub(crate) media: Option<Media>,
    /// Where it was first, if it was forwarded.
    pub(crate) forward: Option<Forward>,
    /// Whether it was sent when its time had come.
    pub(crate) is_scheduled: bool,
    /// The buttons below it, or instead of a keyboard.
    pub(crate) reply_markup: Option<ReplyMarkup>,
    /// The bot by which it was said.
    pub(crate) via_bot: Option<i64>,
}

/// What is sent besides text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Media {
    /// What all see alike.
    Plain(Box<MessageMedia>),
    /// A poll, of this number: whoever looks sees what they chose.
    Poll(i64),
}

/// Where a message was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forward {
    pub(crate) from: Peer,
    pub(crate) date: i32,
}

/// What somebody thinks of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reacted {
    pub(crate) who: i64,
    pub(crate) date: i32,
    pub(crate) reaction: Reaction,
}

/// All that was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posts {
    /// Boxed: the nodes of a map that only grows are half empty.
    all: BTreeMap<PostId, Box<Post>>,
    given: u64,
}

impl Posts {
    pub(crate) fn add(&mut self, from: Peer, date: i32, content: Content) -> PostId {
        self.given = self.given.wrapping_add(1);
        let id = PostId(self.given);
        self.all.insert(id, Box::new(Post::new(from, date, content)));
        id
    }

    pub(crate) fn post(&self, id: PostId) -> Option<&Post> {
        self.all.get(&id).map(|post| &**post)
    }

    pub(crate) fn remove(&mut self, id: PostId) {
        self.all.remove(&id);
    }

    pub(crate) fn post_mut(&mut self, id: PostId) -> Option<&mut Post> {
        self.all.get_mut(&id).map(|post| &mut **post)
    }
}

impl Content {
    /// A service message.
    pub(crate) fn action(action: impl Into<MessageAction>) -> Self {
        Self { action: Some(action.into()), ..Self::default() }
    }
}

impl Post {
    pub(crate) fn new(from: Peer, date: i32, content: Content) -> Self {
        Self {
            from,
            date,
            content,
            edited: None,
            reactions: Vec::new(),
            copies: Vec::with_capacity(2),
        }
    }

    /// UM-10: whom it names, so that they can be named by it.
    pub(crate) fn names(&self) -> BTreeSet<Peer> {
        let mut names = BTreeSet::from([self.from]);
        names.extend(self.content.entities.iter().filter_map(|entity| match entity {
            MessageEntity::MessageEntityMentionName(mention) => Some(Peer::User(mention.user_id)),
            _ => None,
        }));
        names.extend(self.content.forward.map(|forward| forward.from));
        names.extend(self.contact().map(Peer::User));
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

    /// Whose number it gives.
    pub(crate) fn contact(&self) -> Option<i64> {
        match &self.content.media {
            Some(Media::Plain(media)) => match &**media {
                MessageMedia::MessageMediaContact(contact) => {
                    Some(contact.user_id).filter(|user| *user != 0)
                }
                _ => None,
            },
            Some(Media::Poll(_)) | None => None,
        }
    }

    /// Its number in a box.
    pub(crate) fn id_in(&self, owner: Peer) -> Option<i32> {
        self.copies.iter().find(|(of, _)| *of == owner).map(|(_, id)| *id)
    }
}
