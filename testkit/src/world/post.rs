//! What was said: once, however many boxes have a copy of it, so that an edit is one change.

use std::collections::{BTreeMap, BTreeSet};

use telewire::tl::api::enums::{MessageAction, MessageEntity, MessageMedia, Reaction, ReplyMarkup};

use crate::world::{FileMedia, Peer};

/// A number of the world's own; no client hears it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PostId(u64);

/// Something that was said.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    /// Who said it; nobody hears it of what is said in the name of a channel.
    pub(crate) author: i64,
    /// In whose name it is said: that of the author, or of a channel.
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
    /// Whose boxes have it as it was once: those of whoever was out of a group when it was changed. Replies find it there too.
    parted: Vec<(Peer, i32)>,
    /// What it was once, if it is the form of those.
    origin: Option<PostId>,
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
    /// The channel in whose name it is said, in a supergroup.
    pub(crate) send_as: Option<Peer>,
    /// The bot by which it was said.
    pub(crate) via_bot: Option<i64>,
    /// The album that it is in.
    pub(crate) group: Option<i64>,
    /// For how many seconds it stays, if not for ever.
    pub(crate) ttl: Option<i32>,
}

/// What is sent besides text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Media {
    /// What all see alike.
    Plain(Box<MessageMedia>),
    /// A poll, of this number: whoever looks sees what they chose.
    Poll(i64),
    /// A photo or a document: whoever looks gets an access hash and a reference of their own.
    File(Box<FileMedia>),
}

/// Where a message was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forward {
    pub(crate) from: Peer,
    pub(crate) date: i32,
    /// Its number, of a post of a channel.
    pub(crate) post: Option<i32>,
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
    pub(crate) fn add(&mut self, post: Post) -> PostId {
        self.given = self.given.wrapping_add(1);
        let id = PostId(self.given);
        self.all.insert(id, Box::new(post));
        id
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn post(&self, id: PostId) -> Option<&Post> {
        self.all.get(&id).map(|post| &**post)
    }

    /// A box has no copy of it any more. Gives the number of its poll, if no other has one.
    pub(crate) fn leave(&mut self, id: PostId, owner: Peer) -> Option<i64> {
        let post = self.post_mut(id)?;
        post.copies.retain(|(of, _)| *of != owner);
        let (origin, poll) = (post.origin, post.idle_poll());
        if let Some(of) = origin
            && let Some(post) = self.post_mut(of)
        {
            post.parted.retain(|(of, _)| *of != owner);
            self.drop_idle(of);
        }
        self.drop_idle(id);
        poll
    }

    /// No box has a copy of it any more. Gives the number of its poll.
    pub(crate) fn withdraw(&mut self, id: PostId) -> Option<i64> {
        let post = self.post_mut(id)?;
        post.copies.clear();
        let poll = post.idle_poll();
        self.drop_idle(id);
        poll
    }

    /// Some boxes keep it as it is, in a form of their own, whatever becomes of it. Gives that form's number.
    pub(crate) fn part(&mut self, id: PostId, kept: &[(Peer, i32)]) -> Option<PostId> {
        let post = self.post_mut(id).filter(|_| !kept.is_empty())?;
        let root = post.origin.unwrap_or(id);
        let (copies, parted, origin) = (kept.to_vec(), Vec::new(), Some(root));
        let form = Post { copies, parted, origin, ..post.clone() };
        post.copies.retain(|copy| !kept.contains(copy));
        if root == id {
            post.parted.extend_from_slice(kept);
        }
        self.drop_idle(id);
        Some(self.add(form))
    }

    /// What replies name of it: what it was at first.
    pub(crate) fn root(&self, id: PostId) -> PostId {
        self.post(id).and_then(|post| post.origin).unwrap_or(id)
    }

    /// Whether nobody has it, nor what it was once.
    fn drop_idle(&mut self, id: PostId) {
        let is_idle = |post: &Post| post.copies.is_empty() && post.parted.is_empty();
        if self.post(id).is_some_and(is_idle) {
            self.all.remove(&id);
        }
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
    pub(crate) fn new(author: i64, from: Peer, date: i32, content: Content) -> Self {
        Self {
            author,
            from,
            date,
            content,
            edited: None,
            reactions: Vec::new(),
            copies: Vec::with_capacity(2),
            parted: Vec::new(),
            origin: None,
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

    /// The number of its poll, if no box has it any more.
    fn idle_poll(&self) -> Option<i64> {
        match self.content.media {
            Some(Media::Poll(poll)) if self.copies.is_empty() => Some(poll),
            _ => None,
        }
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
            Some(Media::Poll(_) | Media::File(_)) | None => None,
        }
    }

    /// Its number in a box.
    pub(crate) fn id_in(&self, owner: Peer) -> Option<i32> {
        let mut all = self.copies.iter().chain(&self.parted);
        all.find(|(of, _)| *of == owner).map(|(_, id)| *id)
    }
}
