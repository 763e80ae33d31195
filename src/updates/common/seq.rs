//! What a container's `seq` orders: the updates in it that have no position of their own (UP-07 to UP-11).

use crate::time::Now;
use crate::tl::api::enums::Update;
use crate::updates::common::MAX_PARTS_BYTES;
use crate::updates::delivery::{Arrival, BoxId, Event};
use crate::updates::engine::Engine;
use crate::updates::held::Origin;
use crate::updates::limits::MAX_HELD;
use crate::updates::state::{Act, State, Word};

/// The rest of a container.
#[derive(Debug)]
pub(in crate::updates) struct Part {
    pub(in crate::updates) seq_start: i32,
    pub(in crate::updates) seq: i32,
    pub(in crate::updates) date: i32,
    pub(in crate::updates) updates: Vec<Update>,
    pub(in crate::updates) origin: Origin,
}

impl Part {
    /// How it stands to the last one (UP-07, UP-10).
    fn relation(&self, local: i32) -> Word {
        let next = i64::from(local) + 1;
        match (i64::from(self.seq_start).cmp(&next), self.seq > local) {
            (_, false) => Word::Old,
            (std::cmp::Ordering::Equal, _) => Word::Next,
            (std::cmp::Ordering::Greater, _) => Word::Ahead,
            (std::cmp::Ordering::Less, _) => Word::Overlap,
        }
    }
}

impl Engine {
    /// The rest of a container came.
    pub(in crate::updates) fn seq_came(&mut self, now: Now, part: Part) {
        // Unordered ones are applied at once, and say nothing of the order.
        if part.seq_start == 0 || part.seq == 0 {
            return self.seq_deliver(now, part, false);
        }
        let word = match self.common.at {
            None => Word::Early,
            Some(at) => part.relation(at.seq),
        };
        match self.common.course.hear(word) {
            Act::Deliver | Act::DeliverOnce | Act::Begin => {
                self.seq_deliver(now, part, true);
                self.common_refill(now);
            }
            Act::Hold => {
                let bytes = self.common.held_seq_bytes.saturating_add(part.origin.bytes);
                if self.common.held_seq.len() >= MAX_HELD || bytes > MAX_PARTS_BYTES {
                    return self.common_flooded();
                }
                self.common.held_seq_bytes = bytes;
                let place = self.common.held_seq.partition_point(|p| p.seq_start <= part.seq_start);
                self.common.held_seq.insert(place, part);
                self.common.course.gap_waits(now.mono);
            }
            Act::Drop => self.counts.old += 1,
            Act::Clear | Act::Nothing => {}
        }
    }

    /// Delivers the rest of a container; UP-08: then it is the last one, if it has a place.
    fn seq_deliver(&mut self, now: Now, part: Part, has_place: bool) {
        let before = self.common.mark();
        if has_place {
            // UP-82: the server names the channels that have changed since the date. While something is missing, it is the date of before.
            let is_level = self.common.course.state() == State::Level;
            let date = self.later_date(now, part.date);
            if let Some(at) = self.common.at.as_mut() {
                at.seq = part.seq;
                at.date = if is_level { date } else { at.date };
            }
        }
        let after = self.common.mark();
        let mut updates = part.updates.into_iter().peekable();
        let is_empty = updates.peek().is_none();
        while let Some(update) = updates.next() {
            // The container is dealt with when the last of it is.
            let mark = if updates.peek().is_none() { after } else { before };
            let place = has_place.then_some((BoxId::Common, mark));
            self.heard_of(&update, false);
            self.out.deliver(Event::Update(update), place, Arrival::Live, &part.origin);
        }
        if has_place && is_empty {
            self.out.ledger.arrive(BoxId::Common, after);
        }
    }

    /// Looks at the containers that are held. Whether one was delivered.
    pub(super) fn seq_refill(&mut self, now: Now) -> bool {
        let mut has_moved = false;
        while let Some(at) = self.common.at {
            let waits = |part: &Part| matches!(part.relation(at.seq), Word::Ahead | Word::Overlap);
            if self.common.held_seq.first().is_none_or(waits) {
                break;
            }
            let part = self.common.held_seq.remove(0);
            self.common.held_seq_bytes =
                self.common.held_seq_bytes.saturating_sub(part.origin.bytes);
            if part.relation(at.seq) == Word::Next {
                self.seq_deliver(now, part, true);
            }
            has_moved = true;
        }
        has_moved
    }

    /// The server has nothing between the last container and those that are held (UP-34): the first of them is the next one.
    pub(super) fn seq_accept(&mut self, now: Now) {
        let Some(part) = self.common.held_seq.first() else { return };
        let before = part.seq_start.saturating_sub(1);
        if let Some(at) = self.common.at.as_mut() {
            at.seq = at.seq.max(before);
        }
        self.seq_refill(now);
    }
}
