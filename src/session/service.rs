//! What each message does.

use std::time::Duration;

use crate::ids::Salt;
use crate::message_id::MessageId;
use crate::session::incoming::{Message, children};
use crate::session::packet::{self, Header};
use crate::session::seen::Novelty;
use crate::session::{Event, Session, Violation};
use crate::time::Now;
use crate::tl::mtproto::{functions, types};
use crate::tl::{DecodeError, DecodeErrorKind, Deserialize, Identifiable, Object};
use crate::trace::trace;

/// How far in the past a message may have been made (EM-05).
pub(super) const MAX_AGE: Duration = Duration::from_secs(300);

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
        let Header { message_id: id, seqno, session_id, .. } = header;
        let message = Message { id, seqno, body };
        self.note_youngest(session_id, id);
        // EM-04
        if session_id != self.id {
            self.miss_of_session(session_id, &message);
            return Err(Violation::SessionId(session_id));
        }
        self.keep_alive.heard(now.mono);
        self.server_seconds = self.clock.server_unix(now).as_secs();
        self.packet = id;
        self.take_message(now, message)
    }

    fn take_message(&mut self, now: Now, message: Message<'_>) -> Result<(), Violation> {
        // EM-05
        if !message.id.is_from_server() {
            return Err(Violation::MessageId(message.id));
        }
        let constructor = message.constructor()?;
        if constructor == types::MsgContainer::ID {
            let children = children(&message)?;
            if self.is_of_another_time(now, &message, &children) {
                self.miss(message.id);
                return Err(Violation::Time(message.id));
            }
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
        if !came_before && let Err(violation) = self.check_time(now, &message, constructor) {
            // It is authentic, so what may have been lost with it is told, and the server is asked for its time.
            self.miss(message.id);
            return Err(violation);
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
        self.is_spoken_to(message.id, constructor);
        // What it refuses, it refuses before it begins a session.
        if !matches!(constructor, types::BadServerSalt::ID | types::BadMsgNotification::ID) {
            if self.first_heard.is_none() {
                self.before_word = self.ids.last();
            }
            let first = self.first_heard.map_or(message.id, |first| first.min(message.id));
            self.first_heard = Some(first);
        }
        Ok(())
    }

    /// EM-05 for a container: somebody who has no key may replay one that was forgotten. What names a message of ours that is waited
    /// for is of now, whatever the clocks show.
    fn is_of_another_time(
        &self,
        now: Now,
        container: &Message<'_>,
        children: &[Message<'_>],
    ) -> bool {
        let is_now = |message: &Message<'_>| {
            let Ok(constructor) = message.constructor() else { return false };
            constructor == types::NewSessionCreated::ID
                || named_message(message, constructor).is_some_and(|id| self.is_ours(id))
        };
        container.id.seconds().abs_diff(self.server_seconds) >= CERTAINLY_NOW
            && self.clock.is_synced()
            && !is_within(container.id.unix(), self.clock.server_unix(now))
            && !self.seen.contains(container.id)
            && !children.iter().any(is_now)
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
            self.follow_clock(now, named);
        }
        if is_ours || is_fresh || !self.clock.is_synced() {
            return Ok(());
        }
        // A session is announced once, whatever the clocks show.
        let is_exempt = constructor == types::NewSessionCreated::ID;
        if is_exempt || is_within(made, server) { Ok(()) } else { Err(Violation::Time(message.id)) }
    }

    /// The packet at hand tells the server's time, if ours is wrong, by a message in it that names one of ours.
    ///
    /// If our clock is right, the packet was made between that one and now; it may have been long on its way. So the wall clock that a
    /// session begins with is kept if it can be right: what is long on its way would set it back, and what comes next would be of the
    /// future.
    pub(super) fn follow_clock(&mut self, now: Now, named: Option<MessageId>) {
        let (made, server) = (self.packet.unix(), self.clock.server_unix(now));
        let earliest = named.map_or(server, MessageId::unix).saturating_sub(MAX_DRIFT);
        let is_right = earliest <= made && made <= server.saturating_add(MAX_DRIFT);
        if !self.clock.is_synced() || !is_right {
            self.clock.sync(if is_right { server } else { made }, now.mono);
        }
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
            types::RpcResult::ID => self.rpc_result(message.id, body, in_gzip)?,
            types::Pong::ID => self.pong(now, &types::Pong::from_bytes(body)?, body),
            types::FutureSalts::ID => self.future_salts(body)?,
            types::BadServerSalt::ID => {
                self.bad_server_salt(now, message.id, &types::BadServerSalt::from_bytes(body)?);
            }
            types::BadMsgNotification::ID => {
                self.bad_msg(now, message.id, &types::BadMsgNotification::from_bytes(body)?);
            }
            types::NewSessionCreated::ID => {
                self.new_session(message.id, &types::NewSessionCreated::from_bytes(body)?);
            }
            types::GzipPacked::ID if in_gzip => return Err(Violation::NestedGzip),
            types::GzipPacked::ID => {
                // What cannot be read may have been an update. It would come again as it is, so it is acknowledged.
                let Ok(data) = self.inflate(body) else {
                    self.miss(message.id);
                    return Ok(());
                };
                let inner = Message { body: data.as_bytes(), ..*message };
                let Ok(constructor) = inner.constructor() else {
                    self.miss(message.id);
                    return Ok(());
                };
                if constructor == types::MsgContainer::ID {
                    return Err(Violation::NestedContainer);
                }
                self.dispatch(now, &inner, constructor, true)?;
            }
            types::MsgsAck::ID => {
                self.acknowledged(message.id, &types::MsgsAck::from_bytes(body)?.msg_ids)?;
            }
            types::MsgsStateInfo::ID => {
                self.state_info(message.id, &types::MsgsStateInfo::from_bytes(body)?)?;
            }
            types::MsgsAllInfo::ID => {
                self.all_info(message.id, &types::MsgsAllInfo::from_bytes(body)?)?;
            }
            types::MsgDetailedInfo::ID => {
                let info = types::MsgDetailedInfo::from_bytes(body)?;
                let answer = MessageId(info.answer_msg_id);
                self.detailed_info(now, message.id, Some(info.msg_id), answer);
            }
            types::MsgNewDetailedInfo::ID => {
                let info = types::MsgNewDetailedInfo::from_bytes(body)?;
                self.detailed_info(now, message.id, None, MessageId(info.answer_msg_id));
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
    /// The server knows nothing of what came before `first_msg_id`. If it had said nothing before this, by its own clock, what
    /// went over this link has not arrived, and is sent again as it was. If it had, it has forgotten a session, and all that was
    /// sent until now may have run in that (SM-X1).
    ///
    /// A notice is a repetition if its number was told before, and its first message is no later one: there are servers that
    /// number all sessions alike.
    fn new_session(&mut self, at: MessageId, notice: &types::NewSessionCreated) {
        let first = MessageId(notice.first_msg_id);
        if self.announced.is_some_and(|(id, told)| id == notice.unique_id && first <= told) {
            return;
        }
        let was_announced = self.announced.replace((notice.unique_id, first)).is_some();
        trace!(info, session = self.id.0, first = notice.first_msg_id; "server began a session");
        self.set_salt(Salt(notice.server_salt));
        self.event(Event::NewSession { unique_id: notice.unique_id });
        // A session is announced once, it begins with what was sent before the server spoke in it, and nothing is overtaken by as much as
        // messages may be old: a server that announces before what it has announced, or before what it has said to what it says it has
        // not had, or so long before what it has said, has put its clock back since, and has forgotten the session it spoke in.
        let is_before_all = self.first_heard.is_none_or(|heard| at <= heard);
        let is_other = was_announced || self.first_heard.is_some() && first > self.before_word;
        let is_long_before = at.unix().saturating_add(MAX_AGE) < self.youngest().unix();
        if is_long_before || is_before_all && is_other {
            self.calls.forget_session_and_time(at);
        } else if is_before_all {
            self.calls.begin_session(first, at);
        } else {
            self.calls.forget_session(at);
        }
    }

    /// Decompresses `gzip_packed#3072cfa1 packed_data:bytes = Object;`, as far as the packet at hand may make us.
    pub(super) fn inflate(&mut self, body: &[u8]) -> Result<Object, DecodeError> {
        self.inflation.inflate(body).map(Object::from).map_err(|violation| {
            self.counters.note(&violation);
            match violation {
                Violation::Decode(error) => error,
                Violation::GzipLimit { limit } => {
                    DecodeErrorKind::InflatedTooLarge { limit }.into()
                }
                _ => DecodeErrorKind::Compressed.into(),
            }
        })
    }

    pub(super) fn set_salt(&mut self, salt: Salt) {
        self.salts.correct(salt);
        self.event(Event::Salt(salt));
    }
}

/// EM-05: whether a message that was made then is of now.
fn is_within(made: Duration, server: Duration) -> bool {
    made.saturating_add(MAX_AGE) >= server && made <= server.saturating_add(MAX_LEAD)
}

/// The message of ours that this one names, if it is such a one: answers begin with it.
fn named_message(message: &Message<'_>, constructor: u32) -> Option<MessageId> {
    match constructor {
        types::RpcResult::ID
        | types::Pong::ID
        | types::FutureSalts::ID
        | types::MsgsStateInfo::ID
        | types::BadServerSalt::ID
        | types::BadMsgNotification::ID
        | types::NewSessionCreated::ID => {
            let named = message.body.get(4..).and_then(<[u8]>::first_chunk::<8>);
            named.map(|id| MessageId(i64::from_le_bytes(*id)))
        }
        _ => None,
    }
}
