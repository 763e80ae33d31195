//! The fate of a message: what is known of the message that a request is in, and what that means for the request.
//!
//! All that is known is in one value, `Fate`, and changes in one function, `Fate::hear`, which is pure: it has no clock,
//! sends nothing and ends nothing. Sending, asking and ending are consequences, which `session::calls` draws.
//!
//! It rests on these rules:
//!
//! * **Evidence has the server's time.** What the server said is ordered by the ids of its messages, whatever the network
//!   did to their order. A state that is older than an acknowledgement says nothing against it.
//! * **That the server has a message is never forgotten.** `msgs_ack`, the state 4, `msg_detailed_info`: each counts until the
//!   session ends, and takes back a copy that waits to go out. If the server says later that it has not, it has forgotten.
//! * **A session that was forgotten leaves everything in doubt** that was sent before we heard of it, whatever its id. The server
//!   is asked; what must not run twice is never sent again.
//! * **Being asked is no permission.** On `msg_resend_req` what must not run twice is asked about. It goes again only when the
//!   server says that it was not received, or refuses it so that it did not run, and nothing speaks against that.
//! * **Patience ends.** Each question, each copy and each postponement is paid from one budget of the message.
//!
//! A cell has the state that follows and, behind a comma, what is done. With a slash it says first what holds for
//! [`Repeat::Once`], then for what may run twice. `·` is no change.
//!
#![doc = include_str!("table.md")]

#[cfg(test)]
mod tests;
mod word;

use crate::message_id::MessageId;
use crate::tl::Repeat;
pub use word::Word;

/// How far the message of a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits to be sent for the first time.
    Pending,
    /// It was sent once, and nothing is known of it.
    InFlight,
    /// It was sent more than once, and nothing is known of it: what is said of one copy says nothing of the others.
    Retransmitted,
    /// A copy waits to be sent, and none of those that were sent has run.
    Refused,
    /// A copy waits to be sent, and one that was sent may have been taken.
    RetransmitDue,
    /// The server has it.
    Acknowledged,
    /// The server has answered it, and the answer has not come.
    Answered,
    /// The server has it, and a copy waits to be sent, on which it sends its answer again.
    Reclaim,
    /// The server has forgotten a session that it may have run in.
    InDoubt,
}

impl State {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::InFlight,
        Self::Retransmitted,
        Self::Refused,
        Self::RetransmitDue,
        Self::Acknowledged,
        Self::Answered,
        Self::Reclaim,
        Self::InDoubt,
    ];
}

/// What is to be done about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Nothing.
    Nothing,
    /// The server is to be asked about it soon.
    Ask,
    /// The server is asked about it now.
    Question,
    /// It is waited for, for as long as an answer may take.
    Await,
    /// It is waited for, for as long as an answer that was made may be on its way.
    AwaitSoon,
    /// The same, and the server is asked to send its answer again, by the message that it answers.
    Claim,
    /// A refusal counts; a copy waits.
    Resend,
    /// It did not run: the request goes into another message.
    Renew,
    /// It may have run: the request goes into another message (SM-X1).
    Repeat,
    /// The server is told that the answer is not wanted.
    Drop,
    /// The request ends.
    End(Ending),
}

/// How a request ends without an answer, or with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With the answer that came.
    Answer,
    /// Nobody can know whether it ran.
    Unknown,
    /// It was taken back.
    Cancelled,
    /// Its deadline has come.
    Deadline,
    /// The connection is closed.
    Closed,
}

/// What is known of the message of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fate {
    state: State,
    /// How many copies were sent and not refused.
    open: u8,
    /// When the server said what the state rests on: that it has the message, that it has not, or that it forgot a session.
    heard: MessageId,
    /// What is left of the budget.
    patience: u8,
    /// Whether it may have run in a session that the server has forgotten, whatever it says of it in this one.
    is_doubtful: bool,
    /// Whether the request was taken back: it ends with whatever is heard next that would have it go on.
    is_cancelled: bool,
}

/// The budget of a message: as many questions, copies and postponements. Questions come at most half a minute apart while the
/// server says that it is at it, so a request is waited for for a quarter of an hour (P5).
const PATIENCE: u8 = 30;

/// What a copy costs that the server asks for. Three of them are paid: a request of 88 bytes from the server must not cost a megabyte
/// each time (P4).
const COST_OF_RESEND: u8 = 8;

impl Fate {
    /// A message that was not sent.
    pub(super) const PENDING: Self = Self {
        state: State::Pending,
        open: 0,
        heard: MessageId(0),
        patience: PATIENCE,
        is_doubtful: false,
        is_cancelled: false,
    };

    /// The state.
    pub(super) fn state(&self) -> State {
        self.state
    }

    /// Whether a copy of a message that was sent waits to be sent.
    pub(super) fn is_copy_due(&self) -> bool {
        matches!(self.state, State::Refused | State::RetransmitDue | State::Reclaim)
    }

    /// Whether the request was taken back.
    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled
    }

    /// Whether the message may have run, as far as is known without an answer.
    pub(super) fn may_have_run(&self) -> bool {
        match self.state {
            State::Pending | State::Refused => false,
            State::InFlight => self.open > 0,
            _ => true,
        }
    }

    /// Whether what the server answers holds for all that was sent of the message: there is one session that it can have run in,
    /// and in one session it runs once.
    pub(super) fn is_certain(&self) -> bool {
        !self.is_doubtful
    }

    /// What follows from a word about the message of a request of this class. `at` is the id of the server's message that has the
    /// word; zero for what the server did not say.
    pub(super) fn hear(self, repeat: Repeat, word: Word, at: MessageId) -> (Self, Act) {
        if !self.is_cancelled {
            return self.follow(repeat == Repeat::Once, word, at);
        }
        // It goes nowhere any more, and the server is not asked about it: the caller does not wait for long.
        let (next, act) = self.follow(true, word, at);
        let is_over = next.is_copy_due() && !self.is_copy_due();
        match act {
            Act::Renew | Act::Repeat | Act::Resend => self.end(Ending::Cancelled),
            Act::End(Ending::Unknown | Ending::Deadline) => self.end(Ending::Cancelled),
            _ if is_over => self.end(Ending::Cancelled),
            Act::Ask | Act::Question | Act::Await | Act::AwaitSoon | Act::Claim | Act::Drop => {
                (next, Act::Nothing)
            }
            act => (next, act),
        }
    }

    fn follow(self, is_once: bool, word: Word, at: MessageId) -> (Self, Act) {
        match word {
            Word::Sent => (self.sent(), Act::Nothing),
            Word::Ack
            | Word::AllInfoReceived
            | Word::DetailedInfo
            | Word::StateReceived
            | Word::StateAnswered => self.has(is_once, word, at),
            Word::StateUnknown | Word::StateNotReceived | Word::StateNotYet | Word::StateTooOld => {
                self.has_not(is_once, word, at)
            }
            Word::StateNonsense if self.is_open() => (self, Act::AwaitSoon),
            Word::AllInfoOther | Word::Bad19 if self.is_open() => (self, Act::Ask),
            Word::ResendReq => self.wanted(is_once),
            Word::BadSalt => self.salted(),
            Word::Bad16
            | Word::Bad17
            | Word::Bad18
            | Word::Bad32
            | Word::Bad33
            | Word::Bad34
            | Word::Bad35
            | Word::Bad64
            | Word::BadOther => self.refused(is_once),
            Word::Bad20 => match self.state {
                State::InFlight | State::Retransmitted | State::RetransmitDue | State::InDoubt => {
                    self.lose(is_once)
                }
                _ => (self, Act::Nothing),
            },
            Word::SessionBegun | Word::SessionBegunElsewhere | Word::SessionForgotten => {
                self.session(word, at)
            }
            Word::Result | Word::Error => self.end(Ending::Answer),
            Word::ErrorUnbound if self.state != State::Pending => (self, Act::Renew),
            Word::AnswerUnknown | Word::AnswerDroppedRunning | Word::AnswerDropped
                if self.is_cancelled =>
            {
                self.end(Ending::Cancelled)
            }
            Word::PassedOver if !is_once => match self.state {
                State::InFlight | State::Retransmitted => self.copy(1),
                State::Acknowledged | State::Answered => self.reclaim(1),
                State::InDoubt => (self, Act::Repeat),
                _ => (self, Act::Nothing),
            },
            Word::Due | Word::Silence => self.waited(is_once, word),
            Word::NewLink => self.linked(),
            Word::Disowned => self.disowned(),
            Word::GivenUp | Word::Overtakes => self.moved(is_once, word),
            Word::Cancel => self.cancel(),
            Word::Deadline => self.end(Ending::Deadline),
            Word::Close => self.end(Ending::Closed),
            Word::StateNonsense
            | Word::AllInfoOther
            | Word::Bad19
            | Word::NewDetailedInfo
            | Word::ErrorUnbound
            | Word::AnswerUnknown
            | Word::AnswerDroppedRunning
            | Word::AnswerDropped
            | Word::QuickAck
            | Word::PassedOver => (self, Act::Nothing),
        }
    }

    fn end(self, ending: Ending) -> (Self, Act) {
        (self, Act::End(ending))
    }

    /// Nobody can know whether it ran: what may run twice goes into another message, and what may not ends (SM-X1).
    fn lose(self, is_once: bool) -> (Self, Act) {
        if is_once { self.end(Ending::Unknown) } else { (self, Act::Repeat) }
    }

    /// Whether it was sent and no copy of it waits.
    fn is_open(&self) -> bool {
        self.state != State::Pending && !self.is_copy_due()
    }

    fn to(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// Takes from the budget, if it has that much.
    fn pay(self, cost: u8) -> Option<Self> {
        Some(Self { patience: self.patience.checked_sub(cost)?, ..self })
    }

    /// A copy waits, if it can be paid.
    fn copy(self, cost: u8) -> (Self, Act) {
        (self.pay(cost).map_or(self, |paid| paid.to(State::RetransmitDue)), Act::Nothing)
    }

    /// A copy waits, for the answer to be sent again, if it can be paid.
    fn reclaim(self, cost: u8) -> (Self, Act) {
        (self.pay(cost).map_or(self, |paid| paid.to(State::Reclaim)), Act::Nothing)
    }

    /// Nothing is known of what was sent.
    fn unheard(self) -> Self {
        self.to(if self.open > 1 { State::Retransmitted } else { State::InFlight })
    }

    fn sent(self) -> Self {
        let sent = Self { open: self.open.saturating_add(1), ..self };
        match self.state {
            State::Pending | State::Refused | State::RetransmitDue => sent.unheard(),
            State::Reclaim => sent.to(State::Acknowledged),
            _ => self,
        }
    }

    /// The server says that it has it, or has had it.
    fn has(self, is_once: bool, word: Word, at: MessageId) -> (Self, Act) {
        let later = Self { heard: self.heard.max(at), ..self };
        let is_answer = matches!(word, Word::StateReceived | Word::StateAnswered);
        let has = match self.state {
            State::Pending => return (self, Act::Nothing),
            // It had it, and said later that it has it not: it has forgotten.
            State::InFlight | State::Retransmitted | State::RetransmitDue if at < self.heard => {
                return (Self { is_doubtful: true, ..self.to(State::InDoubt) }, Act::Ask);
            }
            // It had it in the session that it has forgotten.
            State::InDoubt if at < self.heard => {
                return (self, if is_answer { Act::AwaitSoon } else { Act::Nothing });
            }
            State::Acknowledged | State::Answered | State::Reclaim if !is_answer => {
                return (later, Act::Nothing);
            }
            State::Answered | State::Reclaim => later,
            _ => later.to(State::Acknowledged),
        };
        match word {
            // The question was paid.
            Word::StateReceived => (has, Act::Await),
            Word::StateAnswered if self.state == State::Reclaim => (has, Act::Nothing),
            // It said so before. On a copy it sends its answer again; what must not run twice is not sent, and the answer claimed.
            Word::StateAnswered if self.state == State::Answered && is_once => {
                has.pay(1).map_or((has, Act::AwaitSoon), |paid| (paid, Act::Claim))
            }
            Word::StateAnswered if self.state == State::Answered => {
                (has.pay(1).map_or(has, |paid| paid.to(State::Reclaim)), Act::AwaitSoon)
            }
            Word::StateAnswered => (has.to(State::Answered), Act::AwaitSoon),
            _ => has.pay(1).map_or((has, Act::Nothing), |paid| (paid, Act::Await)),
        }
    }

    /// The server says that it has it not, or knows nothing of it.
    fn has_not(self, is_once: bool, word: Word, at: MessageId) -> (Self, Act) {
        let later = Self { heard: self.heard.max(at), ..self };
        match self.state {
            State::Pending | State::Refused => (self, Act::Nothing),
            State::Acknowledged | State::Answered | State::Reclaim | State::InDoubt
                if at < self.heard =>
            {
                (self, Act::AwaitSoon)
            }
            State::Acknowledged | State::Answered | State::Reclaim | State::InDoubt => {
                self.lose(is_once)
            }
            State::RetransmitDue if word != Word::StateUnknown => (later, Act::Nothing),
            State::RetransmitDue if !is_once => (self, Act::Nothing),
            State::InFlight | State::Retransmitted if word == Word::StateTooOld => {
                (self, Act::Renew)
            }
            State::InFlight | State::Retransmitted if word != Word::StateUnknown => {
                match later.pay(1) {
                    Some(paid) => (paid.to(State::RetransmitDue), Act::Nothing),
                    None => self.lose(is_once),
                }
            }
            _ => self.lose(is_once),
        }
    }

    /// The server wants it again.
    fn wanted(self, is_once: bool) -> (Self, Act) {
        match self.state {
            State::InFlight | State::Retransmitted if !is_once => self.copy(COST_OF_RESEND),
            State::Acknowledged | State::Answered if !is_once => self.reclaim(COST_OF_RESEND),
            _ if self.is_open() => (self, Act::Ask),
            _ => (self, Act::Nothing),
        }
    }

    /// The copy that went out last was refused for its salt, which says nothing about the message. Under its own id the server
    /// can tell it from a copy that was taken.
    fn salted(self) -> (Self, Act) {
        match self.state {
            State::InFlight | State::Retransmitted => {
                let left = self.open.saturating_sub(1);
                let state = if left == 0 { State::Refused } else { State::RetransmitDue };
                (Self { open: left, ..self.to(state) }, Act::Resend)
            }
            _ => (self, Act::Nothing),
        }
    }

    /// The copy that went out last was refused, and did not run.
    fn refused(self, is_once: bool) -> (Self, Act) {
        match self.state {
            State::InFlight => (Self { open: 0, ..self }, Act::Renew),
            State::Retransmitted => self.lose(is_once),
            State::InDoubt if !is_once => (self, Act::Repeat),
            _ => (self, Act::Nothing),
        }
    }

    /// The server has put its clock back: when it said what it said before cannot be compared with anything any more.
    pub(in crate::session) fn without_time(self) -> Self {
        Self { heard: MessageId::default(), ..self }
    }

    /// The server announces a session.
    fn session(self, word: Word, at: MessageId) -> (Self, Act) {
        let doubt =
            Self { heard: self.heard.max(at), is_doubtful: true, ..self.to(State::InDoubt) };
        match (self.state, word) {
            (State::Pending | State::Refused, _) => (self, Act::Nothing),
            // The server began with a later one: it never arrived.
            (State::InFlight, Word::SessionBegun) => {
                (Self { open: 0, ..self.to(State::Refused) }, Act::Nothing)
            }
            (State::InFlight | State::Retransmitted | State::RetransmitDue, _) => (doubt, Act::Ask),
            (State::InDoubt, Word::SessionForgotten) => (doubt, Act::Ask),
            // It was said to be there after the session began.
            (_, Word::SessionForgotten) if self.heard <= at => (doubt, Act::Ask),
            (_, Word::SessionForgotten) => (Self { is_doubtful: true, ..self }, Act::Nothing),
            _ => (self, Act::Nothing),
        }
    }

    /// Time has passed.
    fn waited(self, is_once: bool, word: Word) -> (Self, Act) {
        if !self.is_open() {
            return (self, Act::Nothing);
        }
        let Some(paid) = self.pay(1) else { return self.lose(is_once) };
        match (word, self.state) {
            // SM-X5: a server that does not tell what it has may not know a copy either, so what must not run twice is not
            // sent again.
            (Word::Silence, State::InFlight) if !is_once => {
                (paid.to(State::RetransmitDue), Act::Nothing)
            }
            (Word::Silence, State::InFlight | State::Retransmitted | State::InDoubt) => {
                self.lose(is_once)
            }
            _ => (paid, Act::Question),
        }
    }

    fn linked(self) -> (Self, Act) {
        match self.state {
            State::Pending | State::Refused => (self, Act::Nothing),
            State::RetransmitDue => (self.unheard(), Act::Ask),
            State::Reclaim => (self.to(State::Acknowledged), Act::Ask),
            _ => (self, Act::Ask),
        }
    }

    /// No copy of it was read, as far as is known. What the server has said of it says otherwise.
    ///
    /// Four bytes say so that anybody can send who is on the way, after he has let the message through. So it is what the caller hears
    /// when the connection ends for them, and nothing goes again for it (P2).
    fn disowned(self) -> (Self, Act) {
        match self.state {
            State::InFlight | State::Retransmitted | State::RetransmitDue => {
                (Self { open: 0, ..self.to(State::InFlight) }, Act::Nothing)
            }
            _ => (self, Act::Nothing),
        }
    }

    /// It goes into another message for what happens to the session, or to the request before it.
    fn moved(self, is_once: bool, word: Word) -> (Self, Act) {
        match (self.state, word) {
            (State::Pending, _) => (self, Act::Nothing),
            (_, Word::Overtakes) if is_once || !self.is_copy_due() => (self, Act::Nothing),
            (State::Refused, _) => (self, Act::Renew),
            _ => self.lose(is_once),
        }
    }

    fn cancel(self) -> (Self, Act) {
        let cancelled = Self { is_cancelled: true, ..self };
        match self.state {
            State::Pending | State::Refused => self.end(Ending::Cancelled),
            State::RetransmitDue => (cancelled.unheard(), Act::Drop),
            State::Reclaim => (cancelled.to(State::Acknowledged), Act::Drop),
            _ => (cancelled, Act::Drop),
        }
    }
}
