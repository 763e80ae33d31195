//! What each message does.

use std::time::Duration;

use crate::ids::Salt;
use crate::message_id::MessageId;
use crate::rpc::{CallError, RpcError};
use crate::session::incoming::{Message, children, inflate};
use crate::session::packet::{self, Header};
use crate::session::seen::Novelty;
use crate::session::{Event, Session, TimedSalt, Violation};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::{Deserialize, Identifiable, Object};

/// How far in the past a message may have been made (EM-05).
const MAX_AGE: Duration = Duration::from_secs(300);

/// How far in the future, by our idea of the server's clock (EM-05).
const MAX_LEAD: Duration = Duration::from_secs(30);

/// How often a request is sent again because of its salt; a server that never likes one would keep us busy for ever.
const MAX_SALT_RETRIES: u32 = 3;

impl Session {
    pub(super) fn take_packet(
        &mut self,
        now: Now,
        packet: &mut [u8],
        max_padding: usize,
    ) -> Result<(), Violation> {
        let (header, body) = packet::open(&*self.suite.clone(), &self.key, packet, max_padding)?;
        // EM-04
        if header.session_id != self.id {
            return Err(Violation::SessionId(header.session_id));
        }
        let Header { message_id: id, seqno, .. } = header;
        self.take_message(now, Message { id, seqno, body })
    }

    fn take_message(&mut self, now: Now, message: Message<'_>) -> Result<(), Violation> {
        // EM-05
        if !message.id.is_from_server() {
            return Err(Violation::MessageId(message.id));
        }
        let constructor = message.constructor()?;
        if constructor == types::MsgContainer::ID {
            let children = children(&message)?;
            if self.seen.note(message.id)? == Novelty::Duplicate {
                self.counters.duplicates += 1;
            }
            for child in children {
                match self.take_message(now, child) {
                    Err(violation) if !violation.is_fatal() => self.counters.dropped += 1,
                    result => result?,
                }
            }
            return Ok(());
        }
        self.check_time(now, &message, constructor)?;
        // EM-06: one that came before takes no effect, but its acknowledgement may have been lost.
        let novelty = self.seen.note(message.id)?;
        if message.seqno.is_content() {
            self.acks.add(message.id, now.mono);
        }
        if novelty == Novelty::Duplicate {
            self.counters.duplicates += 1;
            return Ok(());
        }
        self.counters.messages_in += 1;
        self.dispatch(&message, constructor, false)
    }

    /// EM-05: the time at which a message was made must be about now. What names a message of ours is as young as that.
    fn check_time(
        &self,
        now: Now,
        message: &Message<'_>,
        constructor: u32,
    ) -> Result<(), Violation> {
        if !self.clock.is_synced() || self.names_a_message_of_ours(message, constructor) {
            return Ok(());
        }
        let (made, server) = (message.id.unix(), self.clock.server_unix(now));
        let is_old = made.saturating_add(MAX_AGE) < server;
        let is_early = made > server.saturating_add(MAX_LEAD);
        if is_old || is_early { Err(Violation::Time(message.id)) } else { Ok(()) }
    }

    /// `rpc_result`, `bad_server_salt` and `bad_msg_notification` begin with the id of our message; a new session is told
    /// once, whatever the clocks show.
    fn names_a_message_of_ours(&self, message: &Message<'_>, constructor: u32) -> bool {
        match constructor {
            types::NewSessionCreated::ID => true,
            types::RpcResult::ID | types::BadServerSalt::ID | types::BadMsgNotification::ID => {
                let named = message.body.get(4..).and_then(<[u8]>::first_chunk::<8>);
                named.is_some_and(|id| self.calls.was_sent(MessageId(i64::from_le_bytes(*id))))
            }
            _ => false,
        }
    }

    fn dispatch(
        &mut self,
        message: &Message<'_>,
        constructor: u32,
        in_gzip: bool,
    ) -> Result<(), Violation> {
        let body = message.body;
        match constructor {
            types::RpcResult::ID => self.rpc_result(body, in_gzip),
            types::Pong::ID => {
                let pong = types::Pong::from_bytes(body)?;
                self.answer(MessageId(pong.msg_id), Ok(Object::from(body.to_vec())));
                Ok(())
            }
            types::FutureSalts::ID => self.future_salts(body),
            types::BadServerSalt::ID => {
                self.bad_server_salt(&types::BadServerSalt::from_bytes(body)?)
            }
            types::NewSessionCreated::ID => {
                self.new_session(&types::NewSessionCreated::from_bytes(body)?);
                Ok(())
            }
            types::GzipPacked::ID if in_gzip => Err(Violation::NestedGzip),
            types::GzipPacked::ID => {
                let data = inflate(body)?;
                let inner = Message { body: &data, ..*message };
                let constructor = inner.constructor()?;
                if constructor == types::MsgContainer::ID {
                    return Err(Violation::NestedContainer);
                }
                self.dispatch(&inner, constructor, true)
            }
            // It says that a message of ours arrived, which its answer will say too.
            types::MsgsAck::ID => types::MsgsAck::from_bytes(body).map(drop).map_err(Into::into),
            types::MsgCopy::ID => Err(Violation::NotForClients { id: constructor }),
            _ => {
                self.events.push_back(Event::Update(Object::from(body.to_vec())));
                Ok(())
            }
        }
    }

    /// `rpc_result#f35c6d01 req_msg_id:long result:Object = RpcResult;`
    fn rpc_result(&mut self, body: &[u8], in_gzip: bool) -> Result<(), Violation> {
        let types::RpcResult { req_msg_id, result } = types::RpcResult::from_bytes(body)?;
        if req_msg_id == 0 {
            return Err(Violation::NoRequest);
        }
        let result = match result.id() {
            Some(types::GzipPacked::ID) if in_gzip => return Err(Violation::NestedGzip),
            Some(types::GzipPacked::ID) => Object::from(inflate(result.as_bytes())?),
            _ => result,
        };
        let result = if result.id() == Some(types::RpcError::ID) {
            let error: types::RpcError = result.decode()?;
            Err(CallError::Rpc(RpcError::parse(error.error_code, &error.error_message)))
        } else {
            Ok(result)
        };
        self.answer(MessageId(req_msg_id), result);
        Ok(())
    }

    /// `future_salts#ae500895 req_msg_id:long now:int salts:vector<future_salt> = FutureSalts;`
    fn future_salts(&mut self, body: &[u8]) -> Result<(), Violation> {
        let answer = types::FutureSalts::from_bytes(body)?;
        let salts: Vec<TimedSalt> = answer
            .salts
            .iter()
            .map(|salt| TimedSalt {
                valid_since: seconds(salt.valid_since),
                valid_until: seconds(salt.valid_until),
                salt: Salt(salt.salt),
            })
            .collect();
        if self.answer(MessageId(answer.req_msg_id), Ok(Object::from(body.to_vec()))) {
            self.salts.add(salts.iter().copied());
            self.events.push_back(Event::FutureSalts(salts));
        }
        Ok(())
    }

    /// `bad_server_salt#edab447b bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long`: the message named
    /// was not taken; it is sent again with the right salt.
    fn bad_server_salt(&mut self, notice: &types::BadServerSalt) -> Result<(), Violation> {
        let message = MessageId(notice.bad_msg_id);
        if !self.calls.was_sent(message) {
            self.counters.stray_answers += 1;
            return Ok(());
        }
        self.set_salt(Salt(notice.new_server_salt));
        self.counters.resent += 1;
        for call in self.calls.requeue(message, MAX_SALT_RETRIES) {
            let result = Err(CallError::Unknown);
            self.events.push_back(Event::Answer { call, result });
        }
        Ok(())
    }

    /// `new_session_created#9ec20908 first_msg_id:long unique_id:long server_salt:long = NewSession;`
    fn new_session(&mut self, notice: &types::NewSessionCreated) {
        self.set_salt(Salt(notice.server_salt));
        self.events.push_back(Event::NewSession { unique_id: notice.unique_id });
    }

    fn set_salt(&mut self, salt: Salt) {
        self.salts.correct(salt);
        self.events.push_back(Event::Salt(salt));
    }

    /// Ends the request that was sent as this message; whether there was one.
    fn answer(&mut self, message: MessageId, result: Result<Object, CallError>) -> bool {
        match self.calls.end(message) {
            Some(call) => {
                self.events.push_back(Event::Answer { call, result });
                true
            }
            None => {
                self.counters.stray_answers += 1;
                false
            }
        }
    }
}

/// A time of the server's; one before 1970 is none.
fn seconds(unix: i32) -> Duration {
    Duration::from_secs(u64::try_from(unix).unwrap_or(0))
}
