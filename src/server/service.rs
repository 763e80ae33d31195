//! What the data centre does with a client's encrypted messages.

use std::time::Duration;

use crate::crypto::KeyId;
use crate::framing::TransportError;
use crate::ids::{Salt, SeqNo, SessionId};
use crate::message_id::MessageId;
use crate::server::dc::{DataCentre, DcEvent};
use crate::server::dispatcher::Caller;
use crate::server::link::Link;
use crate::server::packet::{self, Packet};
use crate::server::session::{Judgement, Session};
use crate::time::Now;
use crate::tl::mtproto::{enums, functions, types};
use crate::tl::{Bare, Deserialize, Identifiable, Object};

/// How deep containers and compressed messages may nest: neither inside of itself.
const MAX_NESTING: usize = 2;

/// The salts that are told at most.
const MAX_SALTS: i32 = 64;

/// The most that a compressed message may become.
const MAX_INFLATED: u64 = 1 << 22;

/// A message of a client's.
struct Message {
    id: MessageId,
    seqno: SeqNo,
    body: Vec<u8>,
}

/// Where a message came from.
#[derive(Clone, Copy)]
struct Origin {
    now: Now,
    key: KeyId,
    session: SessionId,
}

impl DataCentre {
    pub(super) fn take_encrypted(
        &mut self,
        now: Now,
        link: &mut Link,
        packet: &[u8],
        max_padding: usize,
        quick_ack: bool,
    ) {
        let key = packet::key_id(packet).and_then(|id| self.keys.get(&id));
        let key = key.filter(|key| key.expires_at.is_none_or(|end| now.unix < end));
        let opened = key.and_then(|key| {
            let (packet, token) = packet::open(&*self.config.suite, &key.key, packet, max_padding)?;
            let is_right = key.salts.is_valid(packet.salt, now.unix);
            let salt = key.salts.current(now.unix);
            Some((key.key.id(), packet, token, (!is_right).then_some(salt)))
        });
        let Some((key, packet, token, right_salt)) = opened else {
            self.event(DcEvent::PacketRefused);
            return link.send_error(TransportError::AUTH_KEY_NOT_FOUND.0);
        };
        if quick_ack {
            link.send_quick_ack(token.0);
        }
        let origin = Origin { now, key, session: packet.session };
        self.enter_session(origin, link, packet.id);
        match right_salt {
            Some(salt) => self.refuse_salt(origin, &packet, salt),
            None => {
                let Packet { id, seqno, body, .. } = packet;
                self.take_message(origin, &Message { id, seqno, body }, 0);
            }
        }
    }

    /// Seals what a link's session has to send.
    pub(super) fn pack(&mut self, now: Now, link: &mut Link) {
        let Some((key_id, session_id)) = link.session else { return };
        let (Some(key), Some(session)) =
            (self.keys.get(&key_id), self.sessions.get_mut(&(key_id, session_id)))
        else {
            return;
        };
        let Some(message) = session.next_packet(now.unix) else { return };
        let packet = Packet {
            salt: key.salts.current(now.unix),
            session: session_id,
            id: message.id,
            seqno: message.seqno,
            body: message.body,
        };
        let entropy = &mut *self.entropy;
        let sealed = packet::seal(&*self.config.suite, &key.key, &packet, entropy);
        link.send(&sealed, entropy);
    }

    /// A session is where it was used last. A new one is announced; one that came over another link gets what it did not
    /// acknowledge.
    fn enter_session(&mut self, origin: Origin, link: &mut Link, first: MessageId) {
        let place = (origin.key, origin.session);
        let is_here = link.session == Some(place);
        link.session = Some(place);
        if let Some(session) = self.sessions.get_mut(&place) {
            if !is_here {
                session.resend_unacknowledged();
            }
            return;
        }
        let unique_id = self.new_unique_id();
        let salt = self.keys.get(&origin.key).map(|key| key.salts.current(origin.now.unix));
        let mut session = Session::new();
        let notice = types::NewSessionCreated {
            first_msg_id: first.0,
            unique_id,
            server_salt: salt.unwrap_or_default().0,
        };
        session.send(&notice, true, false, origin.now.unix);
        self.sessions.insert(place, session);
        self.event(DcEvent::SessionCreated(origin.key, origin.session));
    }

    fn refuse_salt(&mut self, origin: Origin, packet: &Packet, salt: Salt) {
        let notice = types::BadServerSalt {
            bad_msg_id: packet.id.0,
            bad_msg_seqno: packet.seqno.0,
            error_code: 48,
            new_server_salt: salt.0,
        };
        self.with_session(origin, |session| {
            session.send(&notice, false, false, origin.now.unix);
        });
    }

    fn take_message(&mut self, origin: Origin, message: &Message, nesting: usize) {
        let (id, seqno) = (message.id, message.seqno);
        let constructor = constructor(&message.body);
        let is_container = constructor == types::MsgContainer::ID;
        let judgement = self
            .session(origin)
            .map_or(Judgement::Take, |session| session.judge(id, seqno, origin.now.unix));
        let code = match judgement {
            Judgement::Bad(code) => Some(code),
            Judgement::Duplicate if is_container => Some(19),
            Judgement::Duplicate => {
                return self.with_session(origin, |session| {
                    if seqno.is_content() {
                        session.acknowledge(id);
                    }
                    session.answer_again(id);
                });
            }
            Judgement::Take if is_container && nesting > 0 => Some(64),
            Judgement::Take => wrong_parity(constructor, seqno),
        };
        if let Some(code) = code {
            return self.refuse(origin, id, seqno, code);
        }
        if is_container {
            return self.take_container(origin, message);
        }
        self.with_session(origin, |session| {
            session.note(id, seqno);
            if seqno.is_content() {
                session.acknowledge(id);
            }
        });
        self.dispatch(origin, message, nesting);
    }

    fn take_container(&mut self, origin: Origin, message: &Message) {
        let Ok(container) = types::MsgContainer::from_bytes(&message.body) else {
            return self.refuse(origin, message.id, message.seqno, 64);
        };
        let is_in_order = container.messages.iter().all(|child| child.msg_id < message.id.0);
        if !is_in_order {
            return self.refuse(origin, message.id, message.seqno, 64);
        }
        self.with_session(origin, |session| session.note(message.id, message.seqno));
        for Bare(child) in container.messages.0 {
            let message = Message {
                id: MessageId(child.msg_id),
                seqno: SeqNo(child.seqno),
                body: child.body.into_bytes(),
            };
            self.take_message(origin, &message, 1);
        }
    }

    fn dispatch(&mut self, origin: Origin, message: &Message, nesting: usize) {
        let Message { id, body, .. } = message;
        let id = *id;
        let unix = origin.now.unix;
        match constructor(body) {
            types::MsgsAck::ID => {
                if let Ok(acks) = types::MsgsAck::from_bytes(body) {
                    self.with_session(origin, |session| session.acknowledged(&acks.msg_ids));
                }
            }
            functions::Ping::ID => {
                if let Ok(ping) = functions::Ping::from_bytes(body) {
                    self.pong(origin, id, ping.ping_id);
                }
            }
            functions::PingDelayDisconnect::ID => {
                if let Ok(ping) = functions::PingDelayDisconnect::from_bytes(body) {
                    self.pong(origin, id, ping.ping_id);
                }
            }
            functions::GetFutureSalts::ID => {
                if let Ok(request) = functions::GetFutureSalts::from_bytes(body) {
                    self.future_salts(origin, id, request.num);
                }
            }
            functions::DestroySession::ID => {
                if let Ok(request) = functions::DestroySession::from_bytes(body) {
                    self.destroy_session(origin, request.session_id);
                }
            }
            types::GzipPacked::ID if nesting < MAX_NESTING => {
                if let Some(body) = inflate(body) {
                    self.dispatch(origin, &Message { body, ..*message }, MAX_NESTING);
                }
            }
            functions::HttpWait::ID => {}
            _ => {
                let caller = Caller {
                    key: origin.key,
                    session: origin.session,
                    now: origin.now,
                    layer: None,
                };
                let result = match self.dispatcher.call(&caller, body) {
                    Ok(answer) => Object::from(answer),
                    Err(error) => Object::new(&types::RpcError {
                        error_code: error.code,
                        error_message: error.message(),
                    }),
                };
                let answer = types::RpcResult { req_msg_id: id.0, result };
                self.with_session(origin, |session| session.answer(id, &answer, unix));
            }
        }
    }

    fn pong(&mut self, origin: Origin, id: MessageId, ping_id: i64) {
        let pong = types::Pong { msg_id: id.0, ping_id };
        self.with_session(origin, |session| {
            session.send(&pong, false, true, origin.now.unix);
        });
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
        self.with_session(origin, |session| {
            session.send(&answer, false, true, unix);
        });
    }

    /// A session of the same key is forgotten; one's own cannot be.
    fn destroy_session(&mut self, origin: Origin, session_id: i64) {
        let other = SessionId(session_id);
        let is_there =
            other != origin.session && self.sessions.remove(&(origin.key, other)).is_some();
        let result = if is_there {
            enums::DestroySessionRes::DestroySessionOk(types::DestroySessionOk { session_id })
        } else {
            enums::DestroySessionRes::DestroySessionNone(types::DestroySessionNone { session_id })
        };
        self.with_session(origin, |session| {
            session.send(&result, true, true, origin.now.unix);
        });
    }

    fn refuse(&mut self, origin: Origin, id: MessageId, seqno: SeqNo, error_code: i32) {
        let notice =
            types::BadMsgNotification { bad_msg_id: id.0, bad_msg_seqno: seqno.0, error_code };
        self.with_session(origin, |session| {
            session.send(&notice, false, false, origin.now.unix);
        });
    }

    fn session(&self, origin: Origin) -> Option<&Session> {
        self.sessions.get(&(origin.key, origin.session))
    }

    fn with_session(&mut self, origin: Origin, f: impl FnOnce(&mut Session)) {
        if let Some(session) = self.sessions.get_mut(&(origin.key, origin.session)) {
            f(session);
        }
    }
}

/// What must not be acknowledged has an even number, a call of the API an odd one (34, 35).
fn wrong_parity(constructor: u32, seqno: SeqNo) -> Option<i32> {
    let is_never_content = matches!(constructor, types::MsgsAck::ID | types::MsgContainer::ID);
    let is_service = is_never_content
        || matches!(
            constructor,
            functions::Ping::ID
                | functions::PingDelayDisconnect::ID
                | functions::GetFutureSalts::ID
                | functions::DestroySession::ID
                | functions::HttpWait::ID
                | types::GzipPacked::ID
        );
    if is_never_content && seqno.is_content() {
        Some(34)
    } else if !is_service && !seqno.is_content() {
        Some(35)
    } else {
        None
    }
}

fn constructor(body: &[u8]) -> u32 {
    body.first_chunk::<4>().map_or(0, |id| u32::from_le_bytes(*id))
}

fn seconds(unix: Duration) -> i32 {
    i32::try_from(unix.as_secs()).unwrap_or(i32::MAX)
}

fn inflate(body: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read;

    let packed = types::GzipPacked::from_bytes(body).ok()?.packed_data;
    let mut data = Vec::new();
    let mut decoder = flate2::bufread::GzDecoder::new(&*packed).take(MAX_INFLATED);
    decoder.read_to_end(&mut data).ok()?;
    Some(data)
}
