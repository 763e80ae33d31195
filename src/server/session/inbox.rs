//! The messages that came from a client and are remembered.

use std::collections::VecDeque;

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::server::session::Stage;

/// A message that came from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) seqno: SeqNo,
    pub(super) is_acknowledged: bool,
    pub(super) stage: Stage,
}

/// Messages by their ids, sorted. They come almost sorted, and what is looked for came a short while ago mostly: both are
/// cheap near the end.
#[derive(Debug, Default)]
pub(super) struct Inbox(VecDeque<(MessageId, Received)>);

impl Inbox {
    pub(super) fn get(&self, id: MessageId) -> Option<&Received> {
        let place = self.place(id).ok()?;
        self.0.get(place).map(|(_, received)| received)
    }

    pub(super) fn get_mut(&mut self, id: MessageId) -> Option<&mut Received> {
        let place = self.place(id).ok()?;
        self.0.get_mut(place).map(|(_, received)| received)
    }

    /// The messages before and after one that is not there.
    pub(super) fn around(&self, id: MessageId) -> (Option<&Received>, Option<&Received>) {
        let (Ok(place) | Err(place)) = self.place(id);
        let at = |place: usize| self.0.get(place).map(|(_, received)| received);
        (place.checked_sub(1).and_then(at), at(place))
    }

    pub(super) fn insert(&mut self, id: MessageId, received: Received) {
        match self.place(id) {
            Ok(place) => {
                if let Some(there) = self.0.get_mut(place) {
                    there.1 = received;
                }
            }
            Err(place) => self.0.insert(place, (id, received)),
        }
    }

    /// Forgets the message with the least id, and gives that.
    pub(super) fn forget_first(&mut self) -> Option<MessageId> {
        self.0.pop_front().map(|(id, _)| id)
    }

    pub(super) fn first(&self) -> Option<MessageId> {
        self.0.front().map(|(id, _)| *id)
    }

    pub(super) fn last(&self) -> Option<MessageId> {
        self.0.back().map(|(id, _)| *id)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn retain(&mut self, stays: impl Fn(&Received) -> bool) {
        self.0.retain(|(_, received)| stays(received));
    }

    /// The ids, the least one first.
    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = MessageId> {
        self.0.iter().map(|(id, _)| *id)
    }

    /// Where a message is, or where it would be. It is looked for among the last one, two, four and so on.
    fn place(&self, id: MessageId) -> Result<usize, usize> {
        let len = self.0.len();
        let mut tail = 1;
        while let Some(start) = len.checked_sub(tail)
            && self.0.get(start).is_some_and(|(there, _)| *there > id)
        {
            tail *= 2;
        }
        let (mut low, mut high) = (len.saturating_sub(tail), len - tail / 2);
        while low < high {
            let middle = low.midpoint(high);
            match self.0.get(middle) {
                Some((there, _)) if *there < id => low = middle + 1,
                Some((there, _)) if *there == id => return Ok(middle),
                _ => high = middle,
            }
        }
        Err(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(seqno: i64) -> Received {
        let seqno = SeqNo(seqno.try_into().unwrap());
        Received { seqno, is_acknowledged: false, stage: Stage::Service }
    }

    #[test]
    fn a_message_is_found_wherever_it_is() {
        for count in 0..70 {
            let mut inbox = Inbox::default();
            // In another order than that of their ids.
            for number in (0..count).map(|number| number * 37 % 71) {
                inbox.insert(MessageId(number * 4), received(number));
            }
            let mut ids: Vec<MessageId> = inbox.ids().collect();
            assert!(ids.is_sorted() && ids.len() as i64 == count);
            for id in (-1..71 * 4).map(MessageId) {
                assert_eq!(inbox.place(id), ids.binary_search(&id), "{id} of {count}");
                let there = ids.contains(&id).then(|| received(id.0 / 4));
                assert_eq!(inbox.get(id), there.as_ref());
            }
            ids.retain(|id| id.0 % 8 == 0);
            inbox.retain(|received| received.seqno.0 % 2 == 0);
            assert_eq!(inbox.ids().collect::<Vec<_>>(), ids);
            assert_eq!((inbox.first(), inbox.last()), (ids.first().copied(), ids.last().copied()));
        }
    }

    #[test]
    fn a_message_that_is_not_there_stands_between_two() {
        let mut inbox = Inbox::default();
        assert_eq!(inbox.around(MessageId(4)), (None, None));
        inbox.insert(MessageId(4), received(1));
        inbox.insert(MessageId(12), received(3));
        let (one, three) = (received(1), received(3));
        assert_eq!(inbox.around(MessageId(0)), (None, Some(&one)));
        assert_eq!(inbox.around(MessageId(8)), (Some(&one), Some(&three)));
        assert_eq!(inbox.around(MessageId(16)), (Some(&three), None));
    }
}
