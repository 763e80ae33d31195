//! The calls that have not ended, and where their answers go.
//!
//! A call has two numbers: the handles' and the connection's. Both grow as calls are taken, so that one line that is searched by
//! halves finds either; nothing is hashed, and who takes a call back does not have to be looked for among all.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use crate::net::handle::Reply;
use crate::rpc::CallId;

/// How many places may be kept of calls that have ended, besides as many as there are others.
const SPARE: usize = 64;

/// The calls that have not ended.
#[derive(Debug, Default)]
pub(super) struct Replies {
    /// In the order in which they were taken. Those that have ended leave later.
    line: VecDeque<Waiting>,
    waiting: usize,
}

/// A call.
#[derive(Debug)]
struct Waiting {
    /// Its number as the handles count.
    number: CallId,
    /// Its number as the connection counts.
    call: CallId,
    /// Where its answer goes, until that has come.
    reply: Option<Reply>,
    /// Who wants to hear that the server has received it.
    received: Option<oneshot::Sender<()>>,
}

impl Replies {
    /// How many have not ended.
    pub(super) fn len(&self) -> usize {
        self.waiting
    }

    /// The connection took a call. Its numbers are larger than those of all before it.
    pub(super) fn push(
        &mut self,
        number: CallId,
        call: CallId,
        reply: Reply,
        received: Option<oneshot::Sender<()>>,
    ) {
        self.line.push_back(Waiting { number, call, reply: Some(reply), received });
        self.waiting += 1;
    }

    /// A call has ended: where its answer goes.
    pub(super) fn take(&mut self, call: CallId) -> Option<Reply> {
        let place = self.place(call)?;
        let waiting = self.line.get_mut(place)?;
        waiting.received = None;
        let reply = waiting.reply.take()?;
        self.waiting -= 1;
        self.tidy();
        Some(reply)
    }

    /// The server has received a call: its number by the handles' count.
    pub(super) fn received(&mut self, call: CallId) -> Option<CallId> {
        let place = self.place(call)?;
        let waiting = self.line.get_mut(place)?;
        if let Some(received) = waiting.received.take() {
            // Who does not want to know it any more is not told.
            let _ = received.send(());
        }
        waiting.reply.as_ref().map(|_| waiting.number)
    }

    /// The call of this number, if it has not ended.
    pub(super) fn find(&self, number: CallId) -> Option<CallId> {
        let place = self.line.binary_search_by_key(&number, |waiting| waiting.number).ok()?;
        let waiting = self.line.get(place)?;
        waiting.reply.as_ref().map(|_| waiting.call)
    }

    fn place(&self, call: CallId) -> Option<usize> {
        // The connection counts by one, so it is where it would be without gaps, mostly.
        let first = self.line.front()?.call;
        let guess = usize::try_from(call.0.checked_sub(first.0)?).ok()?;
        if self.line.get(guess).is_some_and(|waiting| waiting.call == call) {
            return Some(guess);
        }
        self.line.binary_search_by_key(&call, |waiting| waiting.call).ok()
    }

    /// Those that have ended leave at the front, and in the midst once they are most: a call that takes long keeps no others.
    fn tidy(&mut self) {
        while self.line.front().is_some_and(|waiting| waiting.reply.is_none()) {
            self.line.pop_front();
        }
        let most = 2 * self.waiting + SPARE;
        if self.line.len() > most {
            self.line.retain(|waiting| waiting.reply.is_some());
        }
        // After a burst the memory goes, not with each call.
        if self.line.capacity() > 4 * most.max(self.line.len()) {
            self.line.shrink_to(most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{EntropyExt, SeededEntropy};
    use crate::net::handle::Answer;

    fn push(replies: &mut Replies, number: u64, call: u64) -> oneshot::Receiver<Answer> {
        let (reply, answer) = oneshot::channel();
        replies.push(CallId(number), CallId(call), reply, None);
        answer
    }

    /// Against a list that is searched from its beginning.
    #[test]
    fn a_call_is_found_by_either_number_until_it_has_ended() {
        for seed in 0..20 {
            let mut dice = SeededEntropy::new(seed);
            let (mut replies, mut model) = (Replies::default(), Vec::new());
            let (mut number, mut call) = (0, 0);
            for _ in 0..5_000 {
                let [what, which, skip] = dice.array::<3>();
                if what < 140 || model.is_empty() {
                    // Some are refused: the connection gives them no number.
                    number += 1 + u64::from(skip % 3 == 0);
                    call += 1;
                    push(&mut replies, number, call);
                    model.push((CallId(number), CallId(call)));
                } else {
                    let place = usize::from(which) * model.len() / 256;
                    let (number, call) = model.remove(place);
                    assert_eq!(replies.find(number), Some(call));
                    assert_eq!(replies.received(call), Some(number));
                    assert!(replies.take(call).is_some());
                    assert!(replies.take(call).is_none() && replies.received(call).is_none());
                    assert_eq!(replies.find(number), None);
                }
                assert_eq!(replies.len(), model.len());
            }
            for (number, call) in model {
                assert_eq!(replies.find(number), Some(call));
            }
        }
    }

    #[test]
    fn p4_a_call_that_takes_long_keeps_no_others() {
        let mut replies = Replies::default();
        let _slow = push(&mut replies, 0, 0);
        for call in 1..100_000 {
            push(&mut replies, call, call);
            replies.take(CallId(call)).unwrap();
            assert!(replies.line.len() <= 2 + SPARE + 1);
        }
        assert_eq!(replies.find(CallId(0)), Some(CallId(0)));
    }

    #[test]
    fn p4_the_memory_of_a_burst_goes() {
        for is_backwards in [false, true] {
            let mut replies = Replies::default();
            let mut calls: Vec<u64> = (0..60_000).collect();
            for call in &calls {
                push(&mut replies, *call, *call);
            }
            if is_backwards {
                calls.reverse();
            }
            for call in calls {
                replies.take(CallId(call)).unwrap();
            }
            let capacity = replies.line.capacity();
            assert!(replies.len() == 0 && capacity <= 8 * SPARE, "{capacity}");
        }
    }
}
