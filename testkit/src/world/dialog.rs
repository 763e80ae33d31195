//! A chat as one account sees it.

use telewire::tl::api::types;

use crate::world::reads::Reads;

/// A chat as one account sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dialog {
    /// The numbers of its messages, in their order.
    pub(crate) messages: Vec<i32>,
    /// How many of them came and were not read.
    pub(crate) unread: i32,
    /// The last message that came and was read.
    pub(crate) read_inbox: i32,
    /// The last one that the account sent and somebody else read.
    pub(crate) read_outbox: i32,
    /// Whether the account says of it that it is not read.
    pub(crate) is_marked: bool,
    /// What was begun and not sent.
    pub(crate) draft: Option<Box<types::DraftMessage>>,
    /// Whether it is shown though it has no message.
    pub(crate) is_kept: bool,
    /// When the account read which part of it, of a basic group.
    pub(crate) reads: Reads,
    /// When there was something new; the list of chats is in this order.
    pub(crate) date: i32,
}

/// Which part of a history is wanted: <https://core.telegram.org/api/offsets>.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Those before this one; 0 for the latest.
    pub(crate) offset_id: i32,
    /// How many of those to leave out; below 0 as many newer ones besides.
    pub(crate) add_offset: i32,
    pub(crate) limit: usize,
    /// 0, or those below this one alone.
    pub(crate) max_id: i32,
    /// Those above this one alone.
    pub(crate) min_id: i32,
}

impl Dialog {
    /// Whether it is in the list of chats.
    pub(crate) fn is_shown(&self) -> bool {
        self.is_kept || !self.messages.is_empty()
    }

    pub(crate) fn top(&self) -> i32 {
        self.messages.last().copied().unwrap_or(0)
    }
}

impl Part {
    /// What is wanted of messages in their order, the newest first.
    pub(crate) fn of(self, messages: &[i32]) -> Vec<i32> {
        let Self { offset_id, add_offset, limit, max_id, min_id } = self;
        let older = match offset_id {
            0 => messages.len(),
            id => messages.partition_point(|message| *message < id),
        };
        let end = i64::try_from(older).unwrap_or(i64::MAX).saturating_sub(add_offset.into());
        // Where it begins is asked for beside the end: what would be newer than all is none.
        let begin = end.saturating_sub(i64::try_from(limit).unwrap_or(i64::MAX));
        let place = |at: i64| usize::try_from(at).unwrap_or(0).min(messages.len());
        let found = messages.get(place(begin)..place(end)).unwrap_or_default();
        let is_wanted = |id: &&i32| (max_id == 0 || **id < max_id) && **id > min_id;
        found.iter().rev().filter(is_wanted).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_history_are_those_that_offsets_name() {
        let messages = [2, 4, 6, 8, 10];
        let all = Part { offset_id: 0, add_offset: 0, limit: 100, max_id: 0, min_id: 0 };
        for (part, found) in [
            (all, vec![10, 8, 6, 4, 2]),
            (Part { limit: 2, ..all }, vec![10, 8]),
            (Part { limit: 2, offset_id: 8, ..all }, vec![6, 4]),
            (Part { limit: 2, offset_id: 7, ..all }, vec![6, 4]),
            (Part { limit: 2, add_offset: 1, ..all }, vec![8, 6]),
            (Part { limit: 3, offset_id: 6, add_offset: -2, ..all }, vec![8, 6, 4]),
            (Part { limit: 2, offset_id: 10, add_offset: -2, ..all }, vec![10]),
            (Part { limit: 0, ..all }, vec![]),
            (Part { offset_id: 1, ..all }, vec![]),
            (Part { add_offset: 9, ..all }, vec![]),
            (Part { max_id: 8, min_id: 2, ..all }, vec![6, 4]),
        ] {
            assert_eq!(part.of(&messages), found, "{part:?}");
        }
    }
}
