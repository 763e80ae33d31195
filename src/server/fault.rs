//! What may go wrong in a data centre, on demand: for tests of clients.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ids::SessionId;
use crate::message_id::MessageId;
use crate::server::dc::DataCentre;
use crate::server::service::message::constructor;
use crate::server::session::Session;
use crate::time::Now;
use crate::tl::Identifiable;
use crate::tl::mtproto::types;

/// Something that goes wrong, see [`DataCentre::inject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
}

/// How many refused messages are remembered.
const REFUSED: usize = 64;

/// The faults that wait for their occasion.
#[derive(Debug, Default)]
pub(super) struct Faults {
    refuse_next: Option<i32>,
    /// What was refused so, and the code: a copy that the network made of it is refused too.
    refused: VecDeque<(SessionId, MessageId, i32)>,
    pub(super) drop_acks: u32,
    pub(super) drop_answers: u32,
    pub(super) ignores_state_requests: bool,
    /// By how many seconds the clock is set forward.
    skew: i64,
}

impl Faults {
    /// The code with which a message is to be refused.
    pub(super) fn refusal_of(
        &mut self,
        session: SessionId,
        id: MessageId,
        body: &[u8],
    ) -> Option<i32> {
        let mut refused = self.refused.iter();
        let before = refused.find(|(of, other, _)| (*of, *other) == (session, id));
        if let Some((_, _, code)) = before {
            return Some(*code);
        }
        if constructor(body) == types::MsgsAck::ID {
            return None;
        }
        let code = self.refuse_next.take()?;
        if self.refused.len() == REFUSED {
            self.refused.pop_front();
        }
        self.refused.push_back((session, id, code));
        Some(code)
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
    pub fn inject(&mut self, now: Now, fault: Fault) {
        match fault {
            Fault::ForgetKeys => {
                self.keys.clear();
                self.sessions.clear();
            }
            Fault::ForgetSessions => self.sessions.clear(),
            Fault::ForgetAnswers => {
                self.sessions.values_mut().for_each(Session::forget_unacknowledged);
            }
            Fault::ForgetMessages => {
                self.sessions.values_mut().for_each(Session::forget_received);
            }
            Fault::ChangeSalts => {
                let now = self.faults.at(now);
                for key in self.keys.values_mut() {
                    key.salts = key.salts.changed(now.unix);
                }
            }
            Fault::SkewClock { seconds } => {
                self.faults.skew = self.faults.skew.saturating_add(i64::from(seconds));
            }
            Fault::TransportError { code } => {
                for link in self.links.values_mut() {
                    link.send_error(code);
                    link.close();
                }
            }
            Fault::RefuseNext { code } => self.faults.refuse_next = Some(code),
            Fault::DropAck => self.faults.drop_acks = self.faults.drop_acks.saturating_add(1),
            Fault::DropAnswer => {
                self.faults.drop_answers = self.faults.drop_answers.saturating_add(1);
            }
            Fault::IgnoreStateRequests(ignores) => self.faults.ignores_state_requests = ignores,
        }
    }

    /// Forgets the faults that wait for their occasion, and those that last; the clock stays as it was set.
    pub fn heal(&mut self) {
        let Faults { refused, skew, .. } = std::mem::take(&mut self.faults);
        self.faults = Faults { refused, skew, ..Faults::default() };
    }
}
