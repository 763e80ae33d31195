//! What is heard about the messages of requests, and what follows from it: the consequences of `session::fate`.

use std::time::Duration;

use crate::message_id::MessageId;
use crate::rpc::{CallError, CallId, CloseReason};
use crate::session::calls::Calls;
use crate::session::calls::call::{Call, Sent};
use crate::session::fate::{Act, Ending, Word};

/// How long the server may take to answer before it is asked whether it has the request.
pub(super) const ASK_AFTER: Duration = Duration::from_secs(30);

/// How long the server may take to say whether it has a request (SM-X5).
pub(super) const ASK_DEADLINE: Duration = Duration::from_secs(10);

/// How often a message may be refused before the request ends: a server that never likes one would keep us busy for ever.
const MAX_REFUSALS: u8 = 5;

/// How many of a container that was refused as malformed go together, before each goes alone: a thousand that went alone at once
/// would be a thousand packets for a word of the server's, and so they are 32, and 32 more if one is at fault (P4).
const FEW: usize = 32;

/// How often a request goes into another message after one was lost. Each time it may have run.
const MAX_REPEATS: usize = 5;

/// How long a request that was taken back waits for the server's word on it.
const CANCEL_WITHIN: Duration = Duration::from_secs(10);

/// How long a copy of a message may still be on its way: a server takes none that is five minutes old (16), and clocks may
/// differ by half a minute.
const ON_ITS_WAY: Duration = Duration::from_secs(330);

/// How far apart all requests under way are gone through because the server announces sessions. It may do so a thousand times in
/// a packet (P4).
const SWEEPS_APART: Duration = Duration::from_secs(1);

/// The code of `bad_server_salt`.
const BAD_SALT: i32 = 48;

/// What came of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heard {
    /// The message that the server is asked about now.
    pub(super) question: Option<MessageId>,
    /// The message whose answer is not wanted any more.
    pub(super) unwanted: Option<MessageId>,
}

impl Calls {
    /// What the server said about a message or a packet of ours. `at` is the id of its message.
    pub(in crate::session) fn hear_of(&mut self, named: MessageId, word: Word, at: MessageId) {
        for call in self.of_packet(named) {
            self.hear(call, word, at);
        }
    }

    /// What the server answered to a question about a message.
    pub(in crate::session) fn hear_state(&mut self, message: MessageId, state: u8, at: MessageId) {
        let mono = self.mono;
        for id in self.of_packet(message) {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            let mut age = Duration::ZERO;
            if let Some(sent) = &mut call.sent {
                sent.asked = None;
                age = mono.saturating_sub(sent.at);
            }
            self.hear(id, Word::state(state, age > ON_ITS_WAY), at);
        }
    }

    /// The messages whose answers the server is to send again.
    pub(in crate::session) fn take_claims(&mut self) -> Vec<MessageId> {
        std::mem::take(&mut self.claims)
    }

    /// The server refused a packet or a message with this code.
    pub(in crate::session) fn refuse(&mut self, named: MessageId, code: i32, at: MessageId) {
        let calls = self.of_packet(named);
        let together = calls.len();
        for id in calls {
            self.last_code = code;
            let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_last_copy(named)) else {
                continue;
            };
            if code == 64 {
                call.company = call.company.min(if together > FEW { FEW } else { 1 });
            }
            let word = if code == BAD_SALT { Word::BadSalt } else { Word::bad_msg(code) };
            self.hear(id, word, at);
        }
    }

    /// A question about these messages was refused: it is asked again after this while.
    pub(in crate::session) fn ask_again(&mut self, messages: &[MessageId], after: Duration) {
        let due = self.mono.saturating_add(after);
        for message in messages {
            let Some(id) = self.of_message(*message) else { continue };
            self.change(id, |call| {
                if let Some(sent) = call.sent.as_mut().filter(|sent| sent.message == *message) {
                    sent.asked = None;
                    sent.due = due;
                }
            });
        }
    }

    /// The link has answered something that was sent after the question about these messages.
    pub(in crate::session) fn pass_over(&mut self, messages: &[MessageId]) {
        for message in messages {
            let call = self.of_message(*message).and_then(|id| Some((id, self.calls.get(&id)?)));
            if let Some((id, call)) = call
                && call.sent.is_some_and(|sent| sent.message == *message && sent.asked.is_some())
            {
                self.hear(id, Word::PassedOver, MessageId::default());
            }
        }
    }

    /// `new_session_created`: the server knows nothing of packets before `first`, and has said nothing in the session before this.
    pub(in crate::session) fn begin_session(&mut self, first: MessageId, at: MessageId) {
        for id in self.under_way() {
            let Some(sent) = self.calls.get(&id).and_then(|call| call.sent) else { continue };
            if sent.packet < first {
                let is_here = sent.link == self.link;
                let word = if is_here { Word::SessionBegun } else { Word::SessionBegunElsewhere };
                self.hear(id, word, at);
            }
        }
    }

    /// `new_session_created` after the server had spoken: all that was sent before this moment may have run in the session that it
    /// has forgotten. That counts at once; that the server is asked about each may take a second.
    pub(in crate::session) fn forget_session(&mut self, at: MessageId) {
        self.forgotten = self.forgotten.saturating_add(1);
        self.forgotten_at = self.forgotten_at.max(at);
        let earliest = self.swept.map_or(self.mono, |swept| swept.saturating_add(SWEEPS_APART));
        self.sweep_at.get_or_insert(earliest.max(self.mono));
    }

    /// As [`forget_session`](Self::forget_session), by a server that has put its clock back: of what it said before, nothing is older or
    /// younger than what it says from now on.
    pub(in crate::session) fn forget_session_and_time(&mut self, at: MessageId) {
        self.forgotten_at = MessageId::default();
        self.forget_session(at);
        self.time_forgotten = self.forgotten;
    }

    /// Goes through all requests because of a session that was forgotten, if it is time.
    pub(super) fn sweep(&mut self, mono: Duration) {
        if self.sweep_at.is_none_or(|at| at > mono) {
            return;
        }
        (self.sweep_at, self.swept) = (None, Some(mono));
        for id in self.under_way() {
            self.catch_up(id);
        }
    }

    /// A request hears of a session that the server has forgotten since its message was sent.
    pub(super) fn catch_up(&mut self, id: CallId) {
        let (forgotten, at) = (self.forgotten, self.forgotten_at);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(sent) = call.sent.as_mut().filter(|sent| sent.forgotten != forgotten) else {
            return;
        };
        if sent.forgotten < self.time_forgotten {
            call.fate = call.fate.without_time();
        }
        sent.forgotten = forgotten;
        self.step(id, Word::SessionForgotten, at);
    }

    /// Something is heard about the message that a request is in.
    pub(super) fn hear(&mut self, id: CallId, word: Word, at: MessageId) -> Heard {
        self.catch_up(id);
        self.step(id, word, at)
    }

    fn step(&mut self, id: CallId, word: Word, at: MessageId) -> Heard {
        let mut heard = Heard::default();
        self.note(id, word);
        let Some(call) = self.calls.get(&id) else { return heard };
        let before = call.fate;
        let (fate, act) = before.hear(call.repeat, word, at);
        let (mono, message) = (self.mono, call.sent.map(|sent| sent.message));
        let is_due = fate.is_copy_due() && !before.is_copy_due();
        let is_withdrawn = before.is_copy_due() && !fate.is_copy_due();
        self.change(id, |call| {
            call.fate = fate;
            let Some(sent) = &mut call.sent else { return };
            if fate.is_copy_due() {
                // Something is done about it when the copy went out.
                sent.due = Duration::MAX;
            }
            if is_withdrawn {
                // It does not go out, so its time is now. A question from before it was passed over: nobody waits for that.
                (sent.asked, sent.due) = (None, mono.saturating_add(ASK_DEADLINE));
            }
            let wait = match act {
                Act::Ask if sent.asked.is_none() => Duration::ZERO,
                Act::Await => ASK_AFTER,
                Act::AwaitSoon | Act::Claim | Act::Question => ASK_DEADLINE,
                _ => return,
            };
            if !fate.is_copy_due() {
                sent.asked = (act == Act::Question).then_some(mono);
                sent.due = mono.saturating_add(wait);
            }
        });
        if is_due {
            self.line_up(id);
        }
        match act {
            Act::Nothing | Act::Ask | Act::Await | Act::AwaitSoon => {}
            Act::Question => heard.question = message,
            Act::Claim => self.claims.extend(message),
            Act::Resend => self.count_refusal(id),
            Act::Renew => {
                self.count_refusal(id);
                self.renew(id, false);
            }
            Act::Repeat => self.renew(id, true),
            Act::Drop => {
                heard.unwanted = message;
                let until = mono.saturating_add(CANCEL_WITHIN);
                self.change(id, |call| {
                    call.deadline = Some(call.deadline.map_or(until, |earlier| earlier.min(until)));
                });
            }
            Act::End(ending) => {
                if ending == Ending::Deadline && !before.is_cancelled() {
                    heard.unwanted = message;
                }
                self.end(id, fate.is_cancelled(), ending);
            }
        }
        heard
    }

    /// Ends a request without an answer.
    fn end(&mut self, id: CallId, is_cancelled: bool, ending: Ending) {
        let Some(call) = self.calls.get(&id) else { return };
        let execution = call.execution();
        let error = match ending {
            // Whoever has the answer ends it.
            Ending::Answer => return,
            Ending::Cancelled => CallError::Cancelled { execution },
            _ if is_cancelled && ending != Ending::Closed => CallError::Cancelled { execution },
            Ending::Unknown => CallError::Unknown,
            Ending::Deadline => CallError::Deadline { execution },
            Ending::Closed => CallError::Closed { execution, why: CloseReason::Closed },
        };
        self.answer(id, Err(error));
    }

    /// A refusal of a message counts: a request whose messages are refused for ever ends.
    fn count_refusal(&mut self, id: CallId) {
        let code = self.last_code;
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.refusals = call.refusals.saturating_add(1);
        if call.refusals > MAX_REFUSALS {
            let execution = call.execution();
            self.answer(id, Err(CallError::Refused { code, execution }));
        }
    }

    /// A request waits for another message; the one that it had counts as a former one.
    fn renew(&mut self, id: CallId, may_have_run: bool) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.former.len() >= MAX_REPEATS && may_have_run {
            return self.answer(id, Err(CallError::Unknown));
        }
        let before = call.sent;
        self.change(id, |call| {
            call.may_have_run |= may_have_run;
            call.fate = crate::session::fate::Fate::PENDING;
            call.former.extend(call.sent.take().map(|sent| sent.message));
        });
        self.leave_container(before);
        // Before those that were made after it.
        if let Err(place) = self.queue.binary_search(&id) {
            self.queue.insert(place, id);
        }
    }

    /// Ends everything.
    pub(crate) fn close(&mut self) {
        let mut ids: Vec<CallId> = self.calls.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            self.hear(id, Word::Close, MessageId::default());
        }
        self.queue.clear();
        self.again.clear();
    }

    /// The link has ended, and over it the server has said that it does not know the key, which had said nothing over it. What was made
    /// up to this message had been sent then.
    pub(in crate::session) fn handle_disowned(&mut self, before: MessageId) {
        for id in self.under_way() {
            self.change(id, |call| {
                if let Some(sent) = &mut call.sent {
                    sent.is_after_refusal |= sent.packet > before;
                }
            });
        }
        let first =
            self.disowned.filter(|_| self.is_disowned()).map_or(self.link, |(first, _)| first);
        self.disowned = Some((first, self.link));
    }

    /// That is believed. What went over such links alone, one after the other, did not run.
    pub(in crate::session) fn disown(&mut self) {
        let Some((first, last)) = self.disowned.filter(|(_, last)| *last == self.link) else {
            return;
        };
        for id in self.under_way() {
            let sent = self.calls.get(&id).and_then(|call| call.sent);
            let is_of_these = |sent: Sent| last.wrapping_sub(sent.link) <= last.wrapping_sub(first);
            if sent.is_some_and(|sent| is_of_these(sent) && !sent.is_after_refusal) {
                self.hear(id, Word::Disowned, MessageId::default());
            }
        }
    }

    /// Whether the link before this one was disowned.
    fn is_disowned(&self) -> bool {
        self.disowned.is_some_and(|(_, last)| last.wrapping_add(1) == self.link)
    }

    /// The session is given up: nobody will say what became of the messages in it (SM-X1).
    pub(in crate::session) fn give_up(&mut self) {
        for id in self.under_way() {
            self.hear(id, Word::GivenUp, MessageId::default());
        }
        self.sweep_at = None;
    }

    /// There is another link: the server is asked about everything under way. Gives those that were taken back, which it is to be
    /// told over this link too.
    pub(in crate::session) fn handle_connected(
        &mut self,
        mono: Duration,
    ) -> Vec<(CallId, MessageId)> {
        self.mono = mono;
        self.link = self.link.wrapping_add(1);
        let mut unwanted = Vec::new();
        for id in self.under_way() {
            // Questions over the link before are not answered.
            if let Some(sent) = self.calls.get_mut(&id).and_then(|call| call.sent.as_mut()) {
                sent.asked = None;
            }
            self.hear(id, Word::NewLink, MessageId::default());
            let call = self.calls.get(&id).filter(|call| call.fate.is_cancelled());
            unwanted.extend(call.and_then(|call| Some((id, call.sent?.message))));
        }
        unwanted
    }

    /// Takes a request back. Gives the message whose answer is not wanted any more, if it was sent.
    pub(crate) fn cancel(&mut self, mono: Duration, id: CallId) -> Option<MessageId> {
        self.mono = mono;
        self.hear(id, Word::Cancel, MessageId::default()).unwanted
    }

    /// The server answered a request that was taken back with what it says of that, or of another, of which that says nothing.
    pub(in crate::session) fn dropped(&mut self, id: CallId, word: Word, at: MessageId) {
        self.hear(id, word, at);
    }

    /// The server answered that the temporary key is not bound, so that this message did not run: the request waits for the
    /// binding. False if it does not go on.
    pub(in crate::session) fn unbound(
        &mut self,
        id: CallId,
        message: MessageId,
        at: MessageId,
    ) -> bool {
        let goes_on = |call: &Call| {
            call.is_in(message) && !call.fate.is_cancelled() && call.refusals < MAX_REFUSALS
        };
        match self.calls.get(&id) {
            // Another message of it is under way.
            Some(call) if !call.is_in(message) => true,
            Some(call) if goes_on(call) => {
                self.hear(id, Word::ErrorUnbound, at);
                true
            }
            _ => false,
        }
    }
}
