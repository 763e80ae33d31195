//! Service messages that ask for something, and what they get.

use std::time::Duration;

use crate::framing::TransportError;
use crate::ids::SessionId;
use crate::message_id::MessageId;
use crate::server::dc::{DataCentre, DcEvent};
use crate::server::fault::Fault;
use crate::server::inflate::Inflater;
use crate::server::link::Link;
use crate::server::service::Origin;
use crate::server::service::message::{Message, constructor};
use crate::server::session::{Dropped, Session};
use crate::tl::mtproto::{enums, functions, types};
use crate::tl::{Bare, Deserialize, Identifiable, Object, Serialize};

/// The salts that are told at most.
const MAX_SALTS: i32 = 64;

/// The ids that a message may name.
const MAX_IDS: usize = 8_192;

/// A service message of a client's.
enum Query {
    Acks(Vec<i64>),
    Ping {
        ping_id: i64,
        disconnect_delay: Option<i32>,
    },
    FutureSalts {
        num: i32,
    },
    DestroySession {
        session_id: i64,
    },
    DestroyAuthKey,
    State(Vec<i64>),
    Resend(Vec<i64>),
    ResendAnswers(Vec<i64>),
    DropAnswer {
        request: i64,
    },
    /// It tells or asks something that needs no answer here.
    Nothing,
}

impl Query {
    /// `None` for what is no service message, or no valid one.
    fn read(body: &[u8]) -> Option<Self> {
        Some(match constructor(body) {
            types::MsgsAck::ID => Self::Acks(read::<types::MsgsAck>(body)?.msg_ids),
            functions::Ping::ID => {
                let functions::Ping { ping_id } = read(body)?;
                Self::Ping { ping_id, disconnect_delay: None }
            }
            functions::PingDelayDisconnect::ID => {
                let functions::PingDelayDisconnect { ping_id, disconnect_delay } = read(body)?;
                Self::Ping { ping_id, disconnect_delay: Some(disconnect_delay) }
            }
            functions::GetFutureSalts::ID => {
                let functions::GetFutureSalts { num } = read(body)?;
                Self::FutureSalts { num }
            }
            functions::DestroySession::ID => {
                let functions::DestroySession { session_id } = read(body)?;
                Self::DestroySession { session_id }
            }
            functions::DestroyAuthKey::ID => Self::DestroyAuthKey,
            types::MsgsStateReq::ID => Self::State(read::<types::MsgsStateReq>(body)?.msg_ids),
            types::MsgResendReq::ID => Self::Resend(read::<types::MsgResendReq>(body)?.msg_ids),
            types::MsgResendAnsReq::ID => {
                Self::ResendAnswers(read::<types::MsgResendAnsReq>(body)?.msg_ids)
            }
            functions::RpcDropAnswer::ID => {
                Self::DropAnswer { request: read::<functions::RpcDropAnswer>(body)?.req_msg_id }
            }
            // Answers are sent as soon as they are there, which is all that could be waited for.
            functions::HttpWait::ID | types::MsgsStateInfo::ID | types::MsgsAllInfo::ID => {
                Self::Nothing
            }
            _ => return None,
        })
    }

    fn ids(&self) -> usize {
        match self {
            Self::Acks(ids) | Self::State(ids) | Self::Resend(ids) | Self::ResendAnswers(ids) => {
                ids.len()
            }
            _ => 0,
        }
    }
}

fn read<T: Deserialize>(body: &[u8]) -> Option<T> {
    T::from_bytes(body).ok()
}

impl DataCentre {
    pub(super) fn dispatch(
        &mut self,
        origin: Origin,
        link: &mut Link,
        message: &Message,
        inflater: &mut Inflater,
    ) {
        let Message { id, body, .. } = message;
        match Query::read(body) {
            Some(query) if query.ids() > MAX_IDS => link.send_error(TransportError::FLOOD.0),
            Some(query) => self.take_query(origin, link, *id, query),
            None => self.take_call(origin, *id, body, inflater),
        }
    }

    fn take_query(&mut self, origin: Origin, link: &mut Link, id: MessageId, query: Query) {
        let unix = origin.now.unix;
        match query {
            Query::Acks(ids) => {
                self.with_session(origin, |session| session.acknowledged(&ids));
            }
            Query::Ping { ping_id, disconnect_delay } => {
                if let Some(seconds) = disconnect_delay {
                    let delay = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
                    self.close_later(link, origin.now.mono.saturating_add(delay));
                }
                self.reply(origin, &types::Pong { msg_id: id.0, ping_id }, false);
            }
            Query::FutureSalts { num } => self.future_salts(origin, id, num),
            Query::DestroySession { session_id } => self.destroy_session(origin, session_id),
            Query::DestroyAuthKey => self.destroy_key(origin),
            Query::State(_) if self.faults.ignores_state_requests => {
                self.tally.count_fault(Fault::IgnoreStateRequests(true));
            }
            Query::State(ids) => self.tell_state(origin, id, &ids),
            Query::Resend(ids) => self.resend(origin, id, &ids, Session::resend),
            Query::ResendAnswers(ids) => {
                self.resend(origin, id, &ids, Session::resend_answer);
            }
            Query::DropAnswer { request } => {
                let dropped =
                    self.with_session(origin, |session| session.drop_answer(MessageId(request)));
                let result = rpc_drop_answer(dropped.unwrap_or(Dropped::Unknown));
                let answer = types::RpcResult { req_msg_id: id.0, result: Object::new(&result) };
                self.with_session(origin, |session| session.answer(id, &answer, true, unix));
            }
            Query::Nothing => {}
        }
    }

    /// A link is to be closed then, and not at the time before.
    fn close_later(&mut self, link: &mut Link, at: Duration) {
        if let Some(before) = link.close_at.replace(at) {
            self.closings.remove(&(before, link.id));
        }
        self.closings.insert((at, link.id));
    }

    fn reply(&mut self, origin: Origin, value: &impl Serialize, is_content: bool) {
        self.with_session(origin, |session| session.reply(value, is_content, origin.now.unix));
    }

    fn future_salts(&mut self, origin: Origin, id: MessageId, num: i32) {
        let unix = origin.now.unix;
        let count = u32::try_from(num.clamp(1, MAX_SALTS)).unwrap_or(1);
        let Some(key) = self.keys.get(&origin.key) else { return };
        let salts: Vec<_> = key
            .salts
            .upcoming(unix, count)
            .map(|timed| {
                Bare(types::FutureSalt {
                    valid_since: seconds(timed.since),
                    valid_until: seconds(timed.until),
                    salt: timed.salt.0,
                })
            })
            .collect();
        let answer =
            types::FutureSalts { req_msg_id: id.0, now: seconds(unix), salts: salts.into() };
        self.reply(origin, &answer, false);
    }

    /// A session of the same key is forgotten; one's own cannot be.
    fn destroy_session(&mut self, origin: Origin, session_id: i64) {
        let other = SessionId(session_id);
        let is_other = other != origin.session;
        let gone = is_other.then(|| self.sessions.remove((origin.key, other))).flatten();
        if let Some(session) = &gone {
            self.forgotten(session);
        }
        let result = if gone.is_some() {
            enums::DestroySessionRes::DestroySessionOk(types::DestroySessionOk { session_id })
        } else {
            enums::DestroySessionRes::DestroySessionNone(types::DestroySessionNone { session_id })
        };
        self.reply(origin, &result, true);
    }

    /// The key of the session is forgotten, once its answer is on the way.
    fn destroy_key(&mut self, origin: Origin) {
        if let Some(key) = self.keys.get_mut(&origin.key) {
            key.is_destroyed = true;
        }
        self.reply(origin, &types::DestroyAuthKeyOk {}, true);
        self.event(DcEvent::KeyDestroyed(origin.key));
    }

    fn tell_state(&mut self, origin: Origin, id: MessageId, ids: &[i64]) {
        self.with_session(origin, |session| {
            let info: Vec<u8> = ids.iter().map(|id| session.state(MessageId(*id))).collect();
            let answer = types::MsgsStateInfo { req_msg_id: id.0, info: info.into() };
            session.reply(&answer, false, origin.now.unix);
        });
    }

    /// Sends messages again. If one of them is not there, the state of all is told too.
    fn resend(
        &mut self,
        origin: Origin,
        id: MessageId,
        ids: &[i64],
        resend: fn(&mut Session, MessageId) -> bool,
    ) {
        let is_complete = self.with_session(origin, |session| {
            let missing = ids.iter().filter(|id| !resend(session, MessageId(**id))).count();
            missing == 0
        });
        if is_complete == Some(false) {
            self.tell_state(origin, id, ids);
        }
    }
}

fn rpc_drop_answer(dropped: Dropped) -> enums::RpcDropAnswer {
    use enums::RpcDropAnswer as Answer;
    match dropped {
        Dropped::Unknown => Answer::RpcAnswerUnknown,
        Dropped::Running => Answer::RpcAnswerDroppedRunning,
        Dropped::Answer { id, seqno, length } => {
            Answer::RpcAnswerDropped(types::RpcAnswerDropped {
                msg_id: id.0,
                seq_no: seqno.0,
                bytes: i32::try_from(length).unwrap_or(i32::MAX),
            })
        }
    }
}

fn seconds(unix: Duration) -> i32 {
    i32::try_from(unix.as_secs()).unwrap_or(i32::MAX)
}
