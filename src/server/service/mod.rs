//! What the data centre does with a client's encrypted packets.

pub(super) mod message;
mod query;
mod rpc;

use crate::crypto::KeyId;
use crate::framing::TransportError;
use crate::ids::{Salt, SessionId};
use crate::message_id::MessageId;
use crate::server::dc::{DataCentre, DcEvent, LinkId};
use crate::server::fault::Fault;
use crate::server::inflate::Inflater;
use crate::server::link::Link;
use crate::server::packet::{self, Packet};
use crate::server::session::{Place, Session};
use crate::time::Now;
use crate::tl::mtproto::types;
use message::Message;
pub(super) use rpc::{Due, Later};

/// Where a message came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) now: Now,
    pub(super) key: KeyId,
    pub(super) session: SessionId,
    /// The least id of the packet's messages.
    first: MessageId,
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
        let id = packet::key_id(packet).filter(|id| self.is_usable(*id, now));
        let opened = id.and_then(|id| self.keys.get(&id)).and_then(|key| {
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
        let Packet { session, id, seqno, body, .. } = packet;
        let message = Message { id, seqno, body };
        // It is told once, so that not all containers have to be read for it.
        let known = self.sessions.get((key, session));
        let is_new = known.is_none_or(Session::is_unannounced);
        let first = if is_new { message.first_id() } else { id };
        let origin = Origin { now, key, session, first };
        self.enter_session(origin, link);
        if let Some(salt) = right_salt {
            return self.refuse_salt(origin, &message, salt);
        }
        // A copy of what was taken is none to be refused: that would say that it did not run.
        let was_taken = self.session(origin).is_some_and(|session| session.stage(id).is_some());
        if !was_taken && let Some(code) = self.faults.refusal_of(&message.body) {
            self.tally.count_fault(Fault::RefuseNext { code });
            return self.refuse(origin, &message, code);
        }
        self.take_message(origin, link, message, Place::Packet, &mut Inflater::new());
        self.run_ready(origin);
    }

    /// Seals what a session of a link has to send. They take turns.
    pub(super) fn pack(&mut self, now: Now, link: &mut Link) {
        let mut sessions = std::mem::take(&mut link.sessions);
        for _ in 0..sessions.len() {
            let Some(place) = sessions.pop_front() else { break };
            match self.pack_session(now, link, place) {
                Packed::Gone => {}
                Packed::Nothing => sessions.push_back(place),
                Packed::Sent => {
                    sessions.push_back(place);
                    break;
                }
            }
        }
        link.sessions = sessions;
    }

    fn pack_session(
        &mut self,
        now: Now,
        link: &mut Link,
        (key_id, session_id): (KeyId, SessionId),
    ) -> Packed {
        let place = (key_id, session_id);
        let (Some(key), Some(session)) = (self.keys.get(&key_id), self.sessions.get_mut(place))
        else {
            return Packed::Gone;
        };
        // A link that was left gets nothing: whether it is broken may not be known yet.
        if session.link != Some(link.id) {
            return Packed::Gone;
        }
        if self.faults.drop_acks > 0 && session.lose_acks() {
            self.faults.drop_acks -= 1;
            self.tally.count_fault(Fault::DropAck);
        }
        let Some(message) = session.next_packet(now.unix) else { return Packed::Nothing };
        self.tally.count(&message.body);
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
        Packed::Sent
    }

    /// Whether packets of a key are taken.
    pub(super) fn is_usable(&self, id: KeyId, now: Now) -> bool {
        let is_there = |key: &crate::server::dc::Key| {
            !key.is_destroyed && key.expires_at.is_none_or(|end| now.unix < end)
        };
        self.keys.get(&id).is_some_and(|key| {
            let perm = key.perm.and_then(|perm| self.keys.get(&perm));
            // A temporary key goes with the key that it was bound to.
            is_there(key) && (key.perm.is_none() || perm.is_some_and(is_there))
        })
    }

    /// A session goes over the newest link that it is used over: what comes late over one that its client has left does not
    /// bring it back there. Over another link it sends again what was not acknowledged.
    fn enter_session(&mut self, origin: Origin, link: &mut Link) {
        let place = (origin.key, origin.session);
        link.enter(place);
        self.uses += 1;
        let used = self.uses;
        if let Some(key) = self.keys.get_mut(&origin.key) {
            key.used = used;
            let perm = key.perm.and_then(|perm| self.keys.get_mut(&perm));
            if let Some(perm) = perm {
                perm.used = used;
            }
        }
        let Self { sessions, links, limits, .. } = self;
        if let Some(session) = sessions.get_mut(place) {
            session.used = used;
            let is_newer = |other: LinkId| link.id > other || !links.contains_key(&other);
            if session.link != Some(link.id) && session.link.is_none_or(is_newer) {
                session.link = Some(link.id);
                session.resend_unacknowledged(origin.now.unix);
            }
            return;
        }
        let mut session = Session::new(link.id, *limits);
        session.used = used;
        if let Some(gone) = sessions.add(place, session, limits.sessions) {
            self.forgotten(&gone);
        }
    }

    /// The first message that is taken begins the session. Of its packet, none is older than the one that is told.
    fn announce_session(&mut self, origin: Origin) {
        let is_new = self.session(origin).is_some_and(Session::is_unannounced);
        if !is_new {
            return;
        }
        let unique_id = if self.faults.has_same_unique_id {
            self.tally.count_fault(Fault::SameUniqueId(true));
            origin.session.0
        } else {
            self.new_unique_id()
        };
        let salt = self.keys.get(&origin.key).map(|key| key.salts.current(origin.now.unix));
        let notice = types::NewSessionCreated {
            first_msg_id: origin.first.0,
            unique_id,
            server_salt: salt.unwrap_or_default().0,
        };
        self.with_session(origin, |session| {
            session.announce();
            session.notify(&notice, true, origin.now.unix);
        });
        self.event(DcEvent::SessionCreated(origin.key, origin.session));
    }

    fn refuse_salt(&mut self, origin: Origin, message: &Message, salt: Salt) {
        let notice = types::BadServerSalt {
            bad_msg_id: message.id.0,
            bad_msg_seqno: message.seqno.0,
            error_code: BAD_SALT,
            new_server_salt: salt.0,
        };
        self.tally.count_refusal(BAD_SALT);
        self.with_session(origin, |session| session.reply(&notice, false, origin.now.unix));
    }

    /// Refuses a message with a code.
    fn refuse(&mut self, origin: Origin, message: &Message, error_code: i32) {
        if error_code == BAD_SALT
            && let Some(key) = self.keys.get(&origin.key)
        {
            let salt = key.salts.current(origin.now.unix);
            return self.refuse_salt(origin, message, salt);
        }
        let notice = types::BadMsgNotification {
            bad_msg_id: message.id.0,
            bad_msg_seqno: message.seqno.0,
            error_code,
        };
        self.tally.count_refusal(error_code);
        self.with_session(origin, |session| session.reply(&notice, false, origin.now.unix));
    }

    fn session(&self, origin: Origin) -> Option<&Session> {
        self.sessions.get((origin.key, origin.session))
    }

    pub(super) fn with_session<T>(
        &mut self,
        origin: Origin,
        f: impl FnOnce(&mut Session) -> T,
    ) -> Option<T> {
        let session = self.sessions.get_mut((origin.key, origin.session))?;
        let result = f(session);
        if let Some(link) = session.link.filter(|_| session.has_output()) {
            self.rouse(link);
        }
        Some(result)
    }
}

/// What became of a session's turn on a link.
enum Packed {
    /// The session is not there any more, or went to another link.
    Gone,
    /// It has nothing to send.
    Nothing,
    /// A packet goes out.
    Sent,
}

/// The code of `bad_server_salt`, which has a constructor of its own.
const BAD_SALT: i32 = 48;
