//! [Quick acknowledgements](https://core.telegram.org/mtproto/mtproto-transports#quick-ack): the server has received a
//! packet. They are not authentic, so they change nothing and are only told.

use std::collections::VecDeque;

use crate::crypto::QuickAckToken;
use crate::rpc::CallId;

/// The most packets whose quick acknowledgement is waited for; the oldest are forgotten.
const MAX_EXPECTED: usize = 1_024;

/// The packets whose quick acknowledgement is waited for.
#[derive(Debug, Default)]
pub(super) struct QuickAcks {
    expected: VecDeque<(QuickAckToken, Vec<CallId>)>,
}

impl QuickAcks {
    /// A packet with these requests was sent.
    pub(super) fn expect(&mut self, token: QuickAckToken, calls: Vec<CallId>) {
        if calls.is_empty() {
            return;
        }
        if self.expected.len() >= MAX_EXPECTED {
            self.expected.pop_front();
        }
        self.expected.push_back((token, calls));
    }

    /// A token came: the requests of its packet, unless it names none.
    pub(super) fn take(&mut self, token: QuickAckToken) -> Option<Vec<CallId>> {
        let place = self.expected.iter().position(|(expected, _)| *expected == token)?;
        self.expected.remove(place).map(|(_, calls)| calls)
    }

    /// How many requests are waited for.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.expected.iter().map(|(_, calls)| calls.len()).sum()
    }

    /// There is no link any more.
    pub(super) fn clear(&mut self) {
        self.expected.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_counts_once_and_the_oldest_are_forgotten() {
        let mut acks = QuickAcks::default();
        acks.expect(QuickAckToken(1), vec![]);
        assert_eq!(acks.take(QuickAckToken(1)), None);
        for token in 0..=1_024 {
            acks.expect(QuickAckToken(token), vec![CallId(token.into())]);
        }
        assert_eq!(acks.take(QuickAckToken(0)), None);
        assert_eq!(acks.take(QuickAckToken(5)), Some(vec![CallId(5)]));
        assert_eq!(acks.take(QuickAckToken(5)), None);
    }
}
