//! A box: messages by their numbers, and the events that made them what they are.
//!
//! UM-01: an account has one for its private chats and basic groups, a channel has one for all. Numbers of messages and positions
//! of events are counters of their own; both only grow.

use std::collections::{BTreeMap, VecDeque};

use crate::world::Peer;
use crate::world::post::PostId;

/// A box.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    pts: i32,
    last_id: i32,
    messages: BTreeMap<i32, MessageCopy>,
    events: VecDeque<Event>,
}

/// Events of a box, as many as Telegram is said to keep: <https://core.telegram.org/api/updates>.
pub(super) const MAX_EVENTS: usize = 5_000_000;

/// A message as a box has it. What it says is in its [`Post`](crate::world::post::Post).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessageCopy {
    pub(crate) post: PostId,
    /// Where the box's account sees it.
    pub(crate) dialog: Peer,
    /// Whether the box's account sent it.
    pub(crate) is_out: bool,
    pub(crate) is_pinned: bool,
    /// The number that the sender's client gave it, in the sender's box: a difference ties the two together.
    pub(crate) random_id: Option<i64>,
}

/// Something that happened in a box: a step of its clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The position after it.
    pub(crate) pts: i32,
    /// By how much it moved the position: UM-02.
    pub(crate) count: i32,
    /// When: `getDifference` goes by it to tell which channels have news.
    pub(crate) date: i32,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// A message is there, of this number.
    New(i32),
    /// A message says something else now.
    Edit(i32),
    /// Messages are gone.
    Delete(Vec<i32>),
    /// Messages were pinned, or are not pinned any more: those of one chat.
    Pin(Vec<i32>, bool),
    /// The box's account read a chat up to a message, and how many are left.
    ReadInbox(Peer, i32, i32),
    /// What the box's account sent was read, up to a message.
    ReadOutbox(Peer, i32),
}

impl MessageCopy {
    pub(crate) fn new(post: PostId, dialog: Peer, is_out: bool) -> Self {
        Self { post, dialog, is_out, is_pinned: false, random_id: None }
    }
}

impl Default for Mailbox {
    /// UM-02: positions begin at 1.
    fn default() -> Self {
        Self { pts: 1, last_id: 0, messages: BTreeMap::new(), events: VecDeque::new() }
    }
}

impl Mailbox {
    /// The position after the last event.
    pub(crate) fn pts(&self) -> i32 {
        self.pts
    }

    /// The number that the next message will have.
    pub(crate) fn next_id(&self) -> i32 {
        self.last_id.saturating_add(1)
    }

    /// Adds a message; gives its number, and the position after it.
    pub(crate) fn add(&mut self, copy: MessageCopy, date: i32) -> (i32, i32) {
        self.last_id = self.last_id.saturating_add(1);
        self.messages.insert(self.last_id, copy);
        (self.last_id, self.happen(What::New(self.last_id), 1, date))
    }

    /// UM-02: an event moves the position by `count`; gives the position after it.
    pub(crate) fn happen(&mut self, what: What, count: i32, date: i32) -> i32 {
        self.pts = self.pts.saturating_add(count);
        self.events.push_back(Event { pts: self.pts, count, date, what });
        if self.events.len() > MAX_EVENTS {
            self.events.pop_front();
        }
        self.pts
    }

    /// Takes a message out; what is left is the event.
    pub(crate) fn remove(&mut self, id: i32) -> Option<MessageCopy> {
        self.messages.remove(&id)
    }

    /// The numbers of all messages, in their order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = i32> {
        self.messages.keys().copied()
    }

    pub(crate) fn message_mut(&mut self, id: i32) -> Option<&mut MessageCopy> {
        self.messages.get_mut(&id)
    }

    pub(crate) fn message(&self, id: i32) -> Option<&MessageCopy> {
        self.messages.get(&id)
    }

    /// The first position from which all that happened is known, if the last `size` events are.
    pub(crate) fn oldest(&self, size: usize) -> i32 {
        let first = self.events.get(self.events.len().saturating_sub(size));
        first.map_or(self.pts, |event| event.pts.saturating_sub(event.count))
    }

    /// What happened at a moment or later.
    pub(crate) fn of_since(&self, date: i32) -> impl Iterator<Item = &Event> {
        let from = self.events.partition_point(|event| event.date < date);
        self.events.range(from..)
    }

    /// What happened after a position.
    pub(crate) fn since(&self, pts: i32) -> impl Iterator<Item = &Event> {
        let from = self.events.partition_point(|event| event.pts <= pts);
        self.events.range(from..)
    }
}
