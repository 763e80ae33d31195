//! When the server is asked about a request, and when it is waited for no longer.

use std::time::Duration;

use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId};
use crate::session::call::Call;
use crate::session::calls::Calls;
use crate::tl::Repeat;

/// How long the server may take to answer before it is asked whether it has the request.
pub(in crate::session) const ASK_AFTER: Duration = Duration::from_secs(30);

/// How long the server may take to say whether it has a request (SM-X5).
pub(in crate::session) const ASK_DEADLINE: Duration = Duration::from_secs(10);

/// Over how many links the server is asked about a message. One that is never told anything, link after link, is not served
/// by a server that works.
const MAX_LINKS: u32 = 30;

/// What time has brought about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Due {
    /// The messages that the server is to be asked about.
    pub(in crate::session) ask: Vec<MessageId>,
    /// The messages whose answers nobody wants any more.
    pub(in crate::session) unwanted: Vec<MessageId>,
}

impl Calls {
    /// When the server is to be asked about the message of a request.
    pub(in crate::session) fn set_ask(&mut self, id: CallId, ask_at: Duration) {
        self.change_sent(id, |sent| sent.ask_at = ask_at);
    }

    /// The question about a message was refused, so its silence says nothing.
    pub(in crate::session) fn ask_again(&mut self, id: CallId, mono: Duration) {
        self.change_sent(id, |sent| {
            sent.silences = 0;
            sent.ask_at = mono;
        });
    }

    /// The server says how far it is with the request, which is to be waited for. How often it has said so.
    pub(in crate::session) fn wait(&mut self, id: CallId, mono: Duration) -> u32 {
        let waits = self.change_sent(id, |sent| {
            sent.silences = 0;
            sent.waits += 1;
            sent.ask_at = mono.saturating_add(ASK_AFTER);
            sent.waits
        });
        waits.unwrap_or_default()
    }

    /// The server says that it has answered the request, and no answer has come; it may be on its way. How often it has
    /// said so.
    pub(in crate::session) fn miss_answer(&mut self, id: CallId, mono: Duration) -> u32 {
        let missed = self.change_sent(id, |sent| {
            sent.silences = 0;
            sent.missed += 1;
            sent.ask_at = mono.saturating_add(ASK_DEADLINE);
            sent.missed
        });
        missed.unwrap_or_default()
    }

    /// The server acknowledged a message: it is at it, or has answered. That counts once: a server
    /// that acknowledges and does nothing else is not waited for.
    pub(in crate::session) fn acknowledged(&mut self, message: MessageId, mono: Duration) {
        let Some(id) = self.of_message(message) else { return };
        self.change(id, |call| {
            if let Some(sent) = &mut call.sent
                && sent.message == message
                && !sent.is_acknowledged
            {
                sent.is_acknowledged = true;
                sent.silences = 0;
                sent.ask_at = mono.saturating_add(ASK_AFTER);
            }
        });
    }

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
        let mut unasked = Vec::new();
        while let Some((at, id)) = self.timers.first() {
            if at > mono || due.ask.len() >= max {
                break;
            }
            self.timers.pop();
            let Some(call) = self.calls.get(&id).filter(|call| call.due() == Some(at)) else {
                continue;
            };
            let sent = call.sent;
            if call.deadline.is_some_and(|deadline| deadline <= mono) {
                let (execution, is_cancelled) = (call.execution(), call.is_cancelled);
                due.unwanted.extend(sent.filter(|_| !is_cancelled).map(|sent| sent.message));
                let error = match is_cancelled {
                    true => CallError::Cancelled { execution },
                    false => CallError::Deadline { execution },
                };
                self.fail(id, error);
                continue;
            }
            let (Some(sent), is_once) = (sent, call.repeat == Repeat::Once) else { continue };
            if !is_up {
                unasked.push(id);
                continue;
            }
            let is_answering = |since| ponged.is_none_or(|ponged| ponged >= since);
            match sent.silences {
                0 => {
                    due.ask.push(sent.message);
                    self.silence(id, mono);
                }
                // SM-X5: a server that does not tell what it has may not know a copy either, so what must not run twice is
                // not sent again.
                1 if is_answering(sent.asked) && is_once => self.lose(id),
                1 if is_answering(sent.asked) => {
                    self.silence(id, mono);
                    self.send_again(id);
                }
                2.. if is_answering(sent.at) => self.lose(id),
                _ => self.set_ask(id, mono.saturating_add(ASK_DEADLINE)),
            }
        }
        // Without a link nobody can be asked; a new one asks about everything.
        for id in unasked {
            self.set_ask(id, Duration::MAX);
        }
        let Self { timers, calls, .. } = self;
        timers.tidy(|at, id| is_due(calls, at, id));
        due
    }

    fn silence(&mut self, id: CallId, mono: Duration) {
        self.change_sent(id, |sent| {
            sent.silences += 1;
            sent.asked = mono;
            sent.ask_at = mono.saturating_add(ASK_DEADLINE);
        });
    }

    /// There is another link: the server is asked about everything under way.
    pub(in crate::session) fn handle_connected(&mut self, mono: Duration) {
        self.again.clear();
        for id in self.under_way() {
            let mut links = 0;
            self.change(id, |call| {
                if let Some(sent) = &mut call.sent {
                    sent.silences = 0;
                    sent.ask_at = mono;
                    sent.is_again = false;
                    sent.links += 1;
                    links = sent.links;
                }
            });
            if links > MAX_LINKS {
                self.lose(id);
            }
        }
    }

    /// The next time at which something is to be done. Without a link, what was sent has no time but its deadline once
    /// [`handle_deadlines`](Self::handle_deadlines) has looked at it.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.timers.first().map(|(due, _)| due)
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
