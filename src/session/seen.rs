//! The messages seen, so that none takes effect twice (EM-06).

use std::collections::VecDeque;

use crate::message_id::MessageId;
use crate::session::violation::Violation;

/// How many ids are remembered. The protocol asks for enough to cover what can be under way: after a break, the answers to
/// all requests of a full queue (8,192) and their acknowledgements may come again.
const REMEMBERED: usize = 16_384;

/// How many of the last ids are looked at one by one: what comes late comes a little late.
const NEAR: usize = 8;

/// The last ids, sorted. They come almost sorted, so adding one is cheap.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    ids: VecDeque<MessageId>,
}

/// Whether a message is the first with its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Novelty {
    New,
    Duplicate,
}

impl Seen {
    /// Notes a message.
    ///
    /// # Errors
    ///
    /// [`Violation::Forgotten`] when it is older than all ids that are remembered: it may have been one that was forgotten.
    pub(super) fn note(&mut self, id: MessageId) -> Result<Novelty, Violation> {
        match self.ids.back() {
            Some(last) if id <= *last => self.note_late(id),
            _ => {
                self.ids.push_back(id);
                self.forget();
                Ok(Novelty::New)
            }
        }
    }

    /// How many are remembered.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether a message is older than all that are remembered, so that it may have been one that was forgotten.
    pub(super) fn is_forgotten(&self, id: MessageId) -> bool {
        self.ids.len() >= REMEMBERED && self.ids.front().is_some_and(|first| id < *first)
    }

    /// Whether a message is remembered.
    pub(super) fn contains(&self, id: MessageId) -> bool {
        // What comes mostly is younger than all before it.
        self.ids.back().is_some_and(|last| id <= *last) && self.place(id).is_ok()
    }

    /// What is known of a message of the server's, as
    /// [`msgs_state_info`](https://core.telegram.org/mtproto/service_messages_about_messages#informational-message-regarding-status-of-messages)
    /// says it: 1 it may have been forgotten, 2 and 3 it did not come, 4 it did.
    pub(super) fn state(&self, id: MessageId) -> u8 {
        match self.place(id) {
            Ok(_) => 4,
            Err(0) if self.ids.len() == REMEMBERED => 1,
            Err(place) if place == self.ids.len() => 3,
            Err(_) => 2,
        }
    }

    /// Where an id is, or where it would be: near the end mostly.
    fn place(&self, id: MessageId) -> Result<usize, usize> {
        let later = self.ids.iter().rev().take(NEAR).take_while(|seen| **seen > id).count();
        if later == NEAR {
            return self.ids.binary_search(&id);
        }
        let place = self.ids.len() - later;
        let before = place.checked_sub(1);
        before.filter(|before| self.ids.get(*before) == Some(&id)).ok_or(place)
    }

    fn note_late(&mut self, id: MessageId) -> Result<Novelty, Violation> {
        match self.place(id) {
            Ok(_) => Ok(Novelty::Duplicate),
            Err(0) if self.ids.len() == REMEMBERED => Err(Violation::Forgotten(id)),
            Err(place) => {
                self.ids.insert(place, id);
                self.forget();
                Ok(Novelty::New)
            }
        }
    }

    fn forget(&mut self) {
        if self.ids.len() > REMEMBERED {
            self.ids.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(count: i64) -> Seen {
        let mut seen = Seen::default();
        for id in 1..=count {
            assert_eq!(seen.note(MessageId(id * 4)), Ok(Novelty::New));
        }
        seen
    }

    #[test]
    fn em_06_every_remembered_id_is_a_duplicate_not_only_the_last() {
        let mut seen = filled(1_000);
        for id in 1..=1_000 {
            assert_eq!(seen.note(MessageId(id * 4)), Ok(Novelty::Duplicate), "{id}");
        }
    }

    #[test]
    fn em_06_what_is_older_than_all_that_is_remembered_is_refused() {
        let mut seen = filled(16_384);
        assert_eq!(seen.note(MessageId(4)), Ok(Novelty::Duplicate));
        assert_eq!(seen.note(MessageId(3)), Err(Violation::Forgotten(MessageId(3))));
        assert_eq!(seen.note(MessageId(65_540)), Ok(Novelty::New));
        assert_eq!(seen.note(MessageId(4)), Err(Violation::Forgotten(MessageId(4))));
        assert_eq!(seen.note(MessageId(8)), Ok(Novelty::Duplicate));
    }

    #[test]
    fn em_06_what_is_remembered_is_not_forgotten_nor_is_anything_before_something_was() {
        for (count, oldest) in [(16_383, 4), (16_384, 4), (16_385, 8)] {
            let seen = filled(count);
            for id in 0..20 {
                let is_forgotten = count >= 16_384 && id < oldest;
                assert_eq!(seen.is_forgotten(MessageId(id)), is_forgotten, "{count}, {id}");
            }
        }
    }

    #[test]
    fn em_06_ids_may_come_out_of_order() {
        let mut seen = filled(100);
        assert_eq!(seen.note(MessageId(5)), Ok(Novelty::New));
        assert_eq!(seen.note(MessageId(1)), Ok(Novelty::New));
        for id in [1, 4, 5, 8] {
            assert_eq!(seen.note(MessageId(id)), Ok(Novelty::Duplicate), "{id}");
        }
    }

    #[test]
    fn em_06_an_id_is_found_near_the_end_and_far_from_it() {
        for count in 0..30 {
            let seen = filled(count);
            for id in (0..=count * 4 + 5).map(MessageId) {
                assert_eq!(seen.place(id), seen.ids.binary_search(&id), "{id} of {count}");
            }
        }
    }

    #[test]
    fn sm_each_state_is_told() {
        let seen = filled(100);
        let states = |seen: &Seen, ids: [i64; 4]| ids.map(|id| seen.state(MessageId(id)));
        assert_eq!(states(&seen, [1, 4, 5, 401]), [2, 4, 2, 3]);
        assert_eq!(states(&filled(16_385), [4, 8, 9, 90_000]), [1, 4, 2, 3]);
        assert!(seen.contains(MessageId(4)) && !seen.contains(MessageId(5)));
    }

    #[test]
    fn memory_is_bounded() {
        assert_eq!(filled(20_000).ids.len(), REMEMBERED);
    }
}
