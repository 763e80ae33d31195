//! A chat as one account sees it.

/// A chat as one account sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dialog {
    /// The numbers of its messages, in their order.
    pub(crate) messages: Vec<i32>,
    /// How many of them came and were not read.
    pub(crate) unread: i32,
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
    /// A message is gone.
    pub(crate) fn remove(&mut self, id: i32) {
        if let Ok(place) = self.messages.binary_search(&id) {
            self.messages.remove(place);
        }
    }

    /// A part of the history, the newest first.
    pub(crate) fn part(&self, part: Part) -> Vec<i32> {
        let Part { offset_id, add_offset, limit, max_id, min_id } = part;
        let older = match offset_id {
            0 => self.messages.len(),
            id => self.messages.partition_point(|message| *message < id),
        };
        let end = i64::try_from(older).unwrap_or(i64::MAX).saturating_sub(add_offset.into());
        // Where it begins is asked for beside the end: what would be newer than all is none.
        let begin = end.saturating_sub(i64::try_from(limit).unwrap_or(i64::MAX));
        let place = |at: i64| usize::try_from(at).unwrap_or(0).min(self.messages.len());
        let found = self.messages.get(place(begin)..place(end)).unwrap_or_default();
        let is_wanted = |id: &&i32| (max_id == 0 || **id < max_id) && **id > min_id;
        found.iter().rev().filter(is_wanted).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_history_are_those_that_offsets_name() {
        let dialog = Dialog { messages: vec![2, 4, 6, 8, 10], unread: 0 };
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
            assert_eq!(dialog.part(part), found, "{part:?}");
        }
    }
}
