//! When something is done about a request: deadlines, and questions about messages that are not answered.

use std::time::Duration;

use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::session::calls::Calls;
use crate::session::calls::call::Call;
use crate::session::calls::hearing::ASK_DEADLINE;
use crate::session::fate::Word;

/// What time has brought about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Due {
    /// The messages that the server is to be asked about.
    pub(in crate::session) ask: Vec<MessageId>,
    /// The messages whose answers nobody wants any more.
    pub(in crate::session) unwanted: Vec<MessageId>,
}

impl Calls {
    /// Ends what has come to its deadline, and gives the messages that the server is to be asked about.
    ///
    /// `ponged` is when the last ping was sent that the server has answered, if pings are sent at all. A server that answers
    /// them and says nothing of a request does not want to; one that does neither may not be reached.
    pub(in crate::session) fn handle_timeout(
        &mut self,
        mono: Duration,
        is_up: bool,
        ponged: Option<Duration>,
        max: usize,
    ) -> Due {
        let mut due = Due::default();
        if self.due().is_none_or(|next| next > mono) {
            return due;
        }
        self.mono = mono;
        self.sweep(mono);
        while let Some((at, id)) = self.timers.first() {
            if at > mono || due.ask.len() >= max {
                break;
            }
            self.timers.pop();
            let Some(call) = self.calls.get(&id).filter(|call| call.due() == Some(at)) else {
                continue;
            };
            let word = if call.deadline.is_some_and(|deadline| deadline <= mono) {
                Some(Word::Deadline)
            } else {
                call.sent.filter(|_| is_up).and_then(|sent| match sent.asked {
                    None => Some(Word::Due),
                    // What was sent after the question may be answered before it.
                    Some(asked) if ponged.is_none_or(|p| p >= asked.max(sent.at)) => {
                        Some(Word::Silence)
                    }
                    Some(_) => None,
                })
            };
            if let Some(word) = word {
                let heard = self.hear(id, word, MessageId::default());
                due.ask.extend(heard.question);
                due.unwanted.extend(heard.unwanted);
            }
            // Without a link nobody can be asked, and a new one asks about everything.
            let later = match word {
                None if is_up => mono.saturating_add(ASK_DEADLINE),
                _ => Duration::MAX,
            };
            self.change(id, |call| {
                if let Some(sent) = call.sent.as_mut().filter(|sent| sent.due <= mono) {
                    sent.due = later;
                }
            });
        }
        let Self { timers, calls, .. } = self;
        timers.tidy(|at, id| is_due(calls, at, id));
        due
    }

    /// The next time at which something is to be done. Without a link, what was sent has no time but its deadline once
    /// [`handle_deadlines`](Self::handle_deadlines) has looked at it.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.timers.first().map(|(due, _)| due).into_iter().chain(self.sweep_at).min()
    }

    /// Ends what has come to its deadline while nothing can be sent.
    pub(crate) fn handle_deadlines(&mut self, mono: Duration) {
        self.handle_timeout(mono, false, None, usize::MAX);
    }

    /// A request has another time, or none: the next time is one that counts.
    pub(super) fn settle(&mut self, id: CallId) {
        let Self { timers, calls, .. } = self;
        timers.settle(id, calls.len(), |at, id| is_due(calls, at, id));
    }
}

/// Whether something is to be done about a request at this time.
fn is_due(calls: &IdMap<CallId, Call>, at: Duration, id: CallId) -> bool {
    calls.get(&id).is_some_and(|call| call.due() == Some(at))
}
