//! Acknowledgements that are still to be sent.

use std::time::Duration;

use crate::message_id::MessageId;

/// How many acknowledgements wait before they are sent without anything to go with
/// ([as the protocol asks](https://core.telegram.org/mtproto/service_messages_about_messages#acknowledgment-of-receipt)).
const ENOUGH: usize = 16;

/// How long an acknowledgement waits for something to go with. The server repeats a message after a minute or two.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// The most ids in one `msgs_ack` (EM-10).
const MAX_IDS: usize = 8_192;

/// The most that wait. A peer that sends and does not read causes them; one that is lost costs a repetition (P4).
const MAX_WAITING: usize = 2 * MAX_IDS;

/// The acknowledgements that are still to be sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Acks {
    ids: Vec<MessageId>,
    /// When they are sent in any case, by the monotonic clock.
    due: Option<Duration>,
    /// Whether that time has come.
    is_late: bool,
}

impl Acks {
    /// Notes that a message is to be acknowledged.
    pub(super) fn add(&mut self, id: MessageId, mono: Duration) {
        if self.ids.len() >= MAX_WAITING {
            self.ids.drain(..MAX_IDS);
        }
        self.ids.push(id);
        if self.is_late {
            return;
        }
        let due = self.due.get_or_insert(mono.saturating_add(MAX_WAIT));
        if self.ids.len() >= ENOUGH {
            *due = mono.min(*due);
        }
    }

    /// Whether they are to be sent now, even alone.
    pub(super) fn is_due(&self, mono: Duration) -> bool {
        self.is_late || self.due.is_some_and(|due| mono >= due)
    }

    /// Time has passed: what is due waits for a packet, and no longer for a time.
    pub(super) fn handle_timeout(&mut self, mono: Duration) {
        if self.is_due(mono) {
            self.is_late = true;
            self.due = None;
        }
    }

    /// How many there are.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// They do not wait any longer.
    pub(super) fn hurry(&mut self) {
        self.is_late = !self.ids.is_empty();
        self.due = None;
    }

    /// When they are.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// The oldest, as many as there is room for, and as fit into one message.
    pub(super) fn take(&mut self, room: usize) -> Vec<MessageId> {
        if room == 0 {
            return Vec::new();
        }
        let rest = self.ids.split_off(self.ids.len().min(room).min(MAX_IDS));
        let taken = std::mem::replace(&mut self.ids, rest);
        self.is_late = !self.ids.is_empty();
        self.due = None;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(100);

    fn with(count: i64) -> Acks {
        let mut acks = Acks::default();
        for id in 0..count {
            acks.add(MessageId(id), START);
        }
        acks
    }

    #[test]
    fn they_wait_for_ten_seconds_or_sixteen() {
        assert_eq!(with(0).due(), None);
        let acks = with(15);
        assert!(!acks.is_due(START) && acks.is_due(START + MAX_WAIT));
        assert!(with(16).is_due(START));
    }

    #[test]
    fn they_are_taken_once_and_in_order() {
        let mut acks = with(8_193);
        let taken = acks.take(usize::MAX);
        assert_eq!((taken.len(), taken[0], taken[8_191]), (8_192, MessageId(0), MessageId(8_191)));
        assert!(acks.is_due(START));
        assert_eq!(acks.take(usize::MAX), [MessageId(8_192)]);
        assert_eq!((acks.due(), acks.take(usize::MAX)), (None, vec![]));
    }
}
