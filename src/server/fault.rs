//! What may go wrong in a data centre, on demand: for tests of clients.

use std::time::Duration;

use crate::crypto::{EntropyExt, KeyId};
use crate::ids::Salt;
use crate::server::dc::DataCentre;
use crate::server::salts::Schedule;
use crate::server::service::message::constructor;
use crate::server::session::Session;
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::{Identifiable, Object};

/// Something that goes wrong, see [`DataCentre::inject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// All keys are forgotten, with their sessions. Their packets are answered with -404.
    ForgetKeys,
    /// All sessions are forgotten. The next message begins one, which is announced.
    ForgetSessions,
    /// What was not acknowledged is forgotten: answers that did not arrive are lost.
    ForgetAnswers,
    /// Which messages came is forgotten. If one of them is sent again it is refused with code 20.
    ForgetMessages,
    /// All salts change, and the old ones are not valid any more.
    ChangeSalts,
    /// The server's clock is set forward, or back.
    SkewClock {
        /// By how many seconds.
        seconds: i32,
    },
    /// Each link gets a transport error, and is closed.
    TransportError {
        /// Its code, for example -404.
        code: i32,
    },
    /// The next message, unless it is an acknowledgement, is refused.
    RefuseNext {
        /// The code of `bad_msg_notification`; 48 for `bad_server_salt`.
        code: i32,
    },
    /// The next acknowledgement is not sent, though the server believes that it was.
    DropAck,
    /// The next answer to a request is not sent, though the server believes that it was.
    DropAnswer,
    /// Requests for the state of messages are not answered any more, or again.
    IgnoreStateRequests(bool),
    /// Sessions are announced with their own number as `unique_id`, as servers do that others wrote, or with a random one again: then
    /// the number repeats when a session is forgotten and begins anew.
    SameUniqueId(bool),
    /// Each session asks its client for the state of what that has not acknowledged.
    AskStates,
    /// Each session tells its client the state of the last messages that came, though nobody asked.
    TellStates,
    /// Each session asks its client to send the last messages again, though they came.
    AskAgain,
    /// Each session sends a message that no schema knows.
    SendUnknown,
    /// Each session sends a `msg_copy`, which is for servers alone.
    SendCopy,
}

/// A constructor that no schema has.
const NO_CONSTRUCTOR: u32 = 0x0bad_c0de;

/// How many messages are asked and told of.
const LAST: usize = 8;

/// The faults that wait for their occasion.
#[derive(Debug, Default)]
pub(super) struct Faults {
    refuse_next: Option<i32>,
    pub(super) drop_acks: u32,
    pub(super) drop_answers: u32,
    pub(super) ignores_state_requests: bool,
    pub(super) has_same_unique_id: bool,
    /// By how many seconds the clock is set forward.
    skew: i64,
}

impl Faults {
    /// The code with which a message is to be refused. It is refused once: what a copy of it gets, its contents say.
    pub(super) fn refusal_of(&mut self, body: &[u8]) -> Option<i32> {
        if constructor(body) == types::MsgsAck::ID { None } else { self.refuse_next.take() }
    }

    /// What the server's clock shows.
    pub(super) fn at(&self, now: Now) -> Now {
        let skew = Duration::from_secs(self.skew.unsigned_abs());
        let unix = if self.skew < 0 {
            now.unix.saturating_sub(skew)
        } else {
            now.unix.saturating_add(skew)
        };
        Now { unix, ..now }
    }
}

impl DataCentre {
    /// Lets something go wrong. Poll [`poll_transmit`](Self::poll_transmit) and [`is_open`](Self::is_open) afterwards.
    ///
    /// Those that had something to go wrong with are counted in [`tally`](Self::tally), the others when they meet it.
    pub fn inject(&mut self, now: Now, fault: Fault) {
        let at = self.faults.at(now);
        let had_effect = match fault {
            Fault::ForgetKeys => {
                let had_any = !self.keys.is_empty();
                self.keys.clear();
                self.forget_sessions();
                had_any
            }
            Fault::ForgetSessions => self.forget_sessions(),
            Fault::ForgetAnswers => self.each(Session::forget_unacknowledged),
            Fault::ForgetMessages => self.each(Session::forget_received),
            Fault::ChangeSalts => {
                let Self { keys, entropy, .. } = self;
                // In an order, so that equal inputs give equal salts.
                let mut ids: Vec<KeyId> = keys.keys().copied().collect();
                ids.sort_unstable_by_key(|id| id.0);
                for id in &ids {
                    let salt = Salt(i64::from_le_bytes(entropy.array()));
                    if let Some(key) = keys.get_mut(id) {
                        key.salts = Schedule::new(salt, at.unix);
                    }
                }
                !ids.is_empty()
            }
            Fault::SkewClock { seconds } => {
                self.faults.skew = self.faults.skew.saturating_add(i64::from(seconds));
                seconds != 0 && self.sessions.places().next().is_some()
            }
            Fault::TransportError { code } => {
                for link in self.links.values_mut() {
                    link.send_error(code);
                    link.close();
                }
                !self.links.is_empty()
            }
            Fault::RefuseNext { code } => {
                self.faults.refuse_next = Some(code);
                false
            }
            Fault::DropAck => {
                self.faults.drop_acks = self.faults.drop_acks.saturating_add(1);
                false
            }
            Fault::DropAnswer => {
                self.faults.drop_answers = self.faults.drop_answers.saturating_add(1);
                false
            }
            Fault::IgnoreStateRequests(ignores) => {
                self.faults.ignores_state_requests = ignores;
                false
            }
            Fault::SameUniqueId(is_same) => {
                self.faults.has_same_unique_id = is_same;
                false
            }
            Fault::AskStates => self.each(|session| {
                let msg_ids = session.last_unacknowledged(LAST).iter().map(|id| id.0).collect();
                session.notify(&types::MsgsStateReq { msg_ids }, false, at.unix);
                true
            }),
            Fault::TellStates => self.each(|session| {
                let ids = session.last_received(LAST);
                let info: Vec<u8> = ids.iter().map(|id| session.state(*id)).collect();
                let msg_ids = ids.iter().map(|id| id.0).collect();
                session.notify(&types::MsgsAllInfo { msg_ids, info: info.into() }, false, at.unix);
                true
            }),
            Fault::AskAgain => self.each(|session| {
                let msg_ids = session.last_received(LAST).iter().map(|id| id.0).collect();
                session.notify(&types::MsgResendReq { msg_ids }, false, at.unix);
                true
            }),
            Fault::SendUnknown => self.each(|session| {
                session.notify(&NO_CONSTRUCTOR.cast_signed(), true, at.unix);
                true
            }),
            Fault::SendCopy => self.each(|session| {
                let body = Object::new(&types::Pong { msg_id: 0, ping_id: 0 });
                let orig_message = types::Message { msg_id: 1, seqno: 1, body };
                session.notify(&types::MsgCopy { orig_message }, true, at.unix);
                true
            }),
        };
        if had_effect {
            self.tally.count_fault(fault);
        }
        self.rouse_all();
    }

    /// Forgets all sessions; whether there were any. What was to be done later for them must not be done for others of the
    /// same numbers.
    fn forget_sessions(&mut self) -> bool {
        self.later.clear();
        self.sessions.clear()
    }

    /// Does something to all sessions; whether it had an effect on any.
    fn each(&mut self, mut change: impl FnMut(&mut Session) -> bool) -> bool {
        // All of them: what finds one that it has an effect on does not stop there.
        self.sessions.all_mut().filter_map(|session| change(session).then_some(())).count() > 0
    }

    /// Whether the answer to a request that is about to be sent is lost.
    pub(super) fn loses_answer(&mut self) -> bool {
        let is_lost = self.faults.drop_answers > 0;
        if is_lost {
            self.faults.drop_answers -= 1;
            self.tally.count_fault(Fault::DropAnswer);
        }
        is_lost
    }

    /// Forgets the faults that wait for their occasion, and those that last; the clock stays as it was set.
    pub fn heal(&mut self) {
        let Faults { skew, .. } = std::mem::take(&mut self.faults);
        self.faults = Faults { skew, ..Faults::default() };
    }
}
