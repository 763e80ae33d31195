//! What was said: once, however many boxes have a copy of it, so that an edit is one change.

use std::collections::BTreeMap;

use telewire::tl::api::enums::{MessageEntity, ReplyMarkup};

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
    /// The buttons below it, or instead of a keyboard.
    pub(crate) reply_markup: Option<ReplyMarkup>,
    /// The bot by which it was said.
    pub(crate) via_bot: Option<i64>,
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
        self.all.insert(id, Post { from, date, content, copies: Vec::new() });
        id
    }

    pub(crate) fn post(&self, id: PostId) -> Option<&Post> {
        self.all.get(&id)
    }

    pub(crate) fn post_mut(&mut self, id: PostId) -> Option<&mut Post> {
        self.all.get_mut(&id)
    }
}

impl Post {
    /// Its number in a box.
    pub(crate) fn id_in(&self, owner: Peer) -> Option<i32> {
        self.copies.iter().find(|(of, _)| *of == owner).map(|(_, id)| *id)
    }
}
