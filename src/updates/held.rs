//! Updates of a box that wait for what is missing before them, in their order (UP-16), bounded (UP-24).

use std::collections::VecDeque;
use std::sync::Arc;

use crate::tl::api::enums::Update;
use crate::updates::delivery::Peers;
use crate::updates::limits::{MAX_EMPTY, MAX_HELD, MAX_HELD_BYTES};

/// An update with its position, its users and chats, and how it came.
#[derive(Debug)]
pub(super) struct Item {
    /// Nothing for a position without content (UP-68).
    pub(super) update: Option<Update>,
    pub(super) pts: i32,
    pub(super) count: i32,
    pub(super) origin: Origin,
}

/// How an update came.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) peers: Arc<Peers>,
    pub(super) is_own: bool,
    /// Its share of the bytes that came.
    pub(super) bytes: usize,
    /// The date of its container; 0 without.
    pub(super) date: i32,
}

/// The updates that a box holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    items: VecDeque<Item>,
    bytes: usize,
    /// How many last answers brought nothing, and for which gap: up to where it goes.
    empty_answers: (i32, u32),
}

impl Held {
    /// Holds an update. Whether there was room.
    pub(super) fn insert(&mut self, item: Item) -> bool {
        let bytes = self.bytes.saturating_add(item.origin.bytes);
        if self.items.len() >= MAX_HELD || bytes > MAX_HELD_BYTES {
            return false;
        }
        self.bytes = bytes;
        // The order of UP-06; what is equal stays in the order in which it came.
        let key = |item: &Item| (item.pts.saturating_sub(item.count), item.pts);
        let place = self.items.partition_point(|other| key(other) <= key(&item));
        self.items.insert(place, item);
        true
    }

    pub(super) fn first(&self) -> Option<&Item> {
        self.items.front()
    }

    /// Those that come no later than a position.
    pub(super) fn upto(&self, pts: i32) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.pts <= pts)
    }

    pub(super) fn pop(&mut self) -> Option<Item> {
        let item = self.items.pop_front()?;
        self.bytes = self.bytes.saturating_sub(item.origin.bytes);
        Some(item)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes all, in their order.
    pub(super) fn take(&mut self) -> VecDeque<Item> {
        self.bytes = 0;
        std::mem::take(&mut self.items)
    }

    /// Up to where something is missing.
    fn gap(&self) -> Option<i32> {
        self.first().map(|first| first.pts.saturating_sub(first.count))
    }

    /// UP-34: an answer came, which brought something for the box, or nothing. What was missing by an answer before, and has been filled, is
    /// another matter.
    pub(super) fn came(&mut self, is_something: bool) {
        let Some(gap) = self.gap().filter(|_| !is_something) else {
            self.empty_answers = (0, 0);
            return;
        };
        let (of, before) = self.empty_answers;
        self.empty_answers = (gap, if of == gap { before.saturating_add(1) } else { 1 });
    }

    /// UP-34: whether the server has said so often enough that nothing follows: what is missing does not come.
    pub(super) fn is_given_up(&self) -> bool {
        let (of, times) = self.empty_answers;
        self.gap() == Some(of) && times >= MAX_EMPTY
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
