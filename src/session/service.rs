//! What each message does.

use std::time::Duration;

use crate::ids::Salt;
use crate::message_id::MessageId;
use crate::session::incoming::{Message, children, inflate};
use crate::session::packet::{self, Header};
use crate::session::seen::Novelty;
use crate::session::{Event, Session, Violation};
use crate::time::Now;
use crate::tl::mtproto::{functions, types};
use crate::tl::{Deserialize, Identifiable, Object};
use crate::trace::trace;

/// How far in the past a message may have been made (EM-05).
const MAX_AGE: Duration = Duration::from_secs(300);

/// How far in the future, by our idea of the server's clock (EM-05).
const MAX_LEAD: Duration = Duration::from_secs(30);

/// Seconds that are within all of these limits, whatever rounding does.
const CERTAINLY_NOW: u64 = 20;

/// By how much our idea of the server's clock may be wrong before it is corrected. Ids may be wrong by half a minute.
const MAX_DRIFT: Duration = Duration::from_secs(5);

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
            self.counters.former_session += u64::from(self.former_id == Some(header.session_id));
            return Err(Violation::SessionId(header.session_id));
        }
        self.keep_alive.heard(now.mono);
        self.server_seconds = self.clock.server_unix(now).as_secs();
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
            if self.seen.is_forgotten(message.id) {
                return Err(Violation::Forgotten(message.id));
            }
            for child in children {
                match self.take_message(now, child) {
                    Err(violation) if !violation.is_fatal() => self.counters.note(&violation),
                    result => result?,
                }
            }
            // It is younger than its messages, so that all are noted in their order.
            if self.seen.note(message.id)? == Novelty::Duplicate {
                self.counters.duplicates += 1;
            }
            return Ok(());
        }
        // What came before was of its time then.
        let came_before = self.seen.contains(message.id);
        if !came_before && self.check_time(now, &message, constructor).is_err() {
            return self.miss(&message);
        }
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
        self.dispatch(now, &message, constructor, false)?;
        self.has_heard = true;
        Ok(())
    }

    /// A message that is not of now is dropped. It is authentic, so what may have been lost with it is told, and the
    /// server is asked for its time.
    fn miss(&mut self, message: &Message<'_>) -> Result<(), Violation> {
        if self.missed != Some(message.id) {
            self.missed = Some(message.id);
            self.event(Event::Missed);
            self.keep_alive.hurry();
        }
        Err(Violation::Time(message.id))
    }

    /// EM-05: the time at which a message was made must be about now. What names a message of ours is as young as that,
    /// and tells the server's time if ours is wrong.
    fn check_time(
        &mut self,
        now: Now,
        message: &Message<'_>,
        constructor: u32,
    ) -> Result<(), Violation> {
        // Most are of this moment, and tell nothing of the time.
        let tells_time = matches!(
            constructor,
            types::Pong::ID | types::BadServerSalt::ID | types::NewSessionCreated::ID
        );
        if !tells_time && message.id.seconds().abs_diff(self.server_seconds) < CERTAINLY_NOW {
            return Ok(());
        }
        let (made, server) = (message.id.unix(), self.clock.server_unix(now));
        let named = named_message(message, constructor).filter(|id| self.is_ours(*id));
        let is_ours = named.is_some();
        let is_fresh = match constructor {
            types::Pong::ID | types::BadServerSalt::ID => is_ours,
            // Its notice comes once, at the beginning of what we began just now.
            types::NewSessionCreated::ID => !self.clock.is_synced(),
            _ => false,
        };
        if is_fresh {
            // If our clock is right, it was made between the message that it names and now; it may have been long on its way.
            let earliest = named.map_or(server, MessageId::unix).saturating_sub(MAX_DRIFT);
            let is_right = earliest <= made && made <= server.saturating_add(MAX_DRIFT);
            if !self.clock.is_synced() || !is_right {
                self.clock.sync(made, now.mono);
            }
        }
        if is_ours || is_fresh || !self.clock.is_synced() {
            return Ok(());
        }
        // A session is announced once, whatever the clocks show.
        let is_old = made.saturating_add(MAX_AGE) < server;
        let is_early = made > server.saturating_add(MAX_LEAD);
        let is_exempt = constructor == types::NewSessionCreated::ID;
        if !is_exempt && (is_old || is_early) { Err(Violation::Time(message.id)) } else { Ok(()) }
    }

    /// Whether a message or packet that is waited for was sent under this id.
    pub(super) fn is_ours(&self, message: MessageId) -> bool {
        self.calls.was_sent(message)
            || self.queries.was_sent(message)
            || self.binding.as_ref().is_some_and(|binding| binding.is_it(message))
    }

    fn dispatch(
        &mut self,
        now: Now,
        message: &Message<'_>,
        constructor: u32,
        in_gzip: bool,
    ) -> Result<(), Violation> {
        let body = message.body;
        match constructor {
            types::RpcResult::ID => self.rpc_result(body, in_gzip)?,
            types::Pong::ID => self.pong(now, &types::Pong::from_bytes(body)?, body),
            types::FutureSalts::ID => self.future_salts(body)?,
            types::BadServerSalt::ID => {
                self.bad_server_salt(now, &types::BadServerSalt::from_bytes(body)?);
            }
            types::BadMsgNotification::ID => {
                self.bad_msg(now, message.id, &types::BadMsgNotification::from_bytes(body)?);
            }
            types::NewSessionCreated::ID => {
                self.new_session(&types::NewSessionCreated::from_bytes(body)?);
            }
            types::GzipPacked::ID if in_gzip => return Err(Violation::NestedGzip),
            types::GzipPacked::ID => {
                let data = inflate(body)?;
                let inner = Message { body: &data, ..*message };
                let constructor = inner.constructor()?;
                if constructor == types::MsgContainer::ID {
                    return Err(Violation::NestedContainer);
                }
                self.dispatch(now, &inner, constructor, true)?;
            }
            // It says that a message of ours arrived; only its answer ends a request.
            types::MsgsAck::ID => {
                for id in types::MsgsAck::from_bytes(body)?.msg_ids {
                    self.calls.acknowledged(MessageId(id), now.mono);
                }
            }
            types::MsgsStateInfo::ID => {
                self.state_info(now, &types::MsgsStateInfo::from_bytes(body)?)?;
            }
            types::MsgsAllInfo::ID => self.all_info(now, &types::MsgsAllInfo::from_bytes(body)?)?,
            types::MsgDetailedInfo::ID => {
                let info = types::MsgDetailedInfo::from_bytes(body)?;
                self.detailed_info(now, MessageId(info.answer_msg_id));
            }
            types::MsgNewDetailedInfo::ID => {
                let info = types::MsgNewDetailedInfo::from_bytes(body)?;
                self.detailed_info(now, MessageId(info.answer_msg_id));
            }
            types::MsgsStateReq::ID => {
                self.tell_states(message.id, &types::MsgsStateReq::from_bytes(body)?.msg_ids)?;
            }
            types::MsgResendReq::ID => {
                self.resend(message.id, &types::MsgResendReq::from_bytes(body)?.msg_ids)?;
            }
            types::DestroySessionOk::ID | types::DestroySessionNone::ID => self.destroyed(body),
            types::DestroyAuthKeyOk::ID
            | types::DestroyAuthKeyNone::ID
            | types::DestroyAuthKeyFail::ID => self.key_destroyed(body),
            types::MsgCopy::ID | functions::HttpWait::ID => {
                return Err(Violation::NotForClients { id: constructor });
            }
            _ => self.event(Event::Update(Object::from(body.to_vec()))),
        }
        Ok(())
    }

    /// `new_session_created#9ec20908 first_msg_id:long unique_id:long server_salt:long = NewSession;`
    ///
    /// The server knows nothing of what came before `first_msg_id`, or before the packet that this was sent again in. What
    /// went over this link to a server that has said nothing yet has not arrived, and is sent again as it was; anything else
    /// may have run in a session that the server has forgotten (SM-X1).
    fn new_session(&mut self, notice: &types::NewSessionCreated) {
        if self.unique_id == Some(notice.unique_id) {
            return;
        }
        self.unique_id = Some(notice.unique_id);
        trace!(info, session = self.id.0, first = notice.first_msg_id; "server began a session");
        self.set_salt(Salt(notice.server_salt));
        self.event(Event::NewSession { unique_id: notice.unique_id });
        let first = MessageId(notice.first_msg_id);
        let of_first = self.calls.of_message(first).filter(|call| self.calls.is_now(*call, first));
        let packet = of_first.and_then(|call| Some(self.calls.get(call)?.sent?.packet));
        let first = packet.filter(|_| self.has_heard).unwrap_or(first);
        for call in self.calls.under_way() {
            let Some(sent) = self.calls.get(call).and_then(|call| call.sent) else { continue };
            if sent.packet >= first {
                continue;
            }
            if !self.has_heard && sent.links == 0 && sent.copies == 1 {
                self.calls.send_again(call);
            } else {
                self.calls.lose(call);
            }
        }
    }

    pub(super) fn set_salt(&mut self, salt: Salt) {
        self.salts.correct(salt);
        self.event(Event::Salt(salt));
    }
}

/// The message of ours that this one names, if it is such a one: answers begin with it.
fn named_message(message: &Message<'_>, constructor: u32) -> Option<MessageId> {
    match constructor {
        types::RpcResult::ID
        | types::Pong::ID
        | types::FutureSalts::ID
        | types::MsgsStateInfo::ID
        | types::BadServerSalt::ID
        | types::BadMsgNotification::ID => {
            let named = message.body.get(4..).and_then(<[u8]>::first_chunk::<8>);
            named.map(|id| MessageId(i64::from_le_bytes(*id)))
        }
        _ => None,
    }
}
