//! What is sent: service messages, requests and acknowledgements, packed into as few packets as the limits allow.

use crate::crypto::padding::Padding;
use crate::crypto::{Entropy, QuickAckToken};
use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::session::binding::Binding;
use crate::session::calls::Copy;
use crate::session::packet::{self, Header};
use crate::session::queries::Query;
use crate::session::{Calls, Session};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::wrap::functions::InvokeAfterMsg;
use crate::tl::{Identifiable, Object, Serialize};

/// The most messages in a container: 1024 by the protocol, of which TDLib uses 1000 and we a few less (EM-10).
const MAX_MESSAGES: usize = 1_020;

/// The most bytes in a container of several messages (EM-10).
const MAX_BYTES: usize = 1 << 15;

/// The id, the sequence number and the length of a message in a container.
const CHILD_HEADER: usize = 16;

/// The bytes of `msgs_ack#62d6b459 msg_ids:Vector<long> = MsgsAck;` before its ids.
const ACK_HEADER: usize = 12;

/// A packet that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The token by which a quick acknowledgement would name it.
    pub(crate) token: QuickAckToken,
    /// Whether one is wanted.
    pub(crate) quick_ack: bool,
}

/// A message to be sent.
struct Part {
    id: MessageId,
    seqno: SeqNo,
    body: Body,
    length: usize,
    /// Whether it was sent before, so that it must be in a container (EM-12).
    is_again: bool,
}

impl Part {
    fn service(id: MessageId, seqno: SeqNo, body: Vec<u8>) -> Self {
        let length = body.len();
        Self { id, seqno, body: Body::Service(body), length, is_again: false }
    }
}

enum Body {
    Service(Vec<u8>),
    Call { call: CallId, after: Option<MessageId> },
}

impl Session {
    /// Appends the next packet to `out`; `None` when there is nothing to send.
    pub(crate) fn poll_packet(
        &mut self,
        now: Now,
        padding: Padding,
        entropy: &mut dyn Entropy,
        out: &mut Vec<u8>,
    ) -> Option<Sent> {
        if self.renew_wanted || self.is_used_up() {
            self.renew(entropy);
        }
        self.handle_timeout(now);
        let parts = self.parts(now, entropy);
        let first = parts.first()?;
        let is_bare = parts.len() == 1 && !first.is_again;
        let (message_id, seqno) = if is_bare {
            (first.id, first.seqno)
        } else {
            // Made after those of its messages, so it is greater (EM-09).
            (self.next_message_id(now, entropy), self.next_seqno(false))
        };
        let header = Header {
            salt: self.salts.current(self.clock.server_unix(now)),
            session_id: self.id,
            message_id,
            seqno,
        };
        self.counters.packets_out += 1;
        let calls = &self.calls;
        let token = packet::seal(&*self.suite, &self.key, &header, padding, out, entropy, |out| {
            if is_bare {
                parts.iter().for_each(|part| part.body.write(calls, out));
            } else {
                write_container(&parts, calls, out);
            }
        });
        let (mut wanted, mut service, mut together) = (Vec::new(), Vec::new(), Vec::new());
        for part in &parts {
            match part.body {
                Body::Service(_) => service.push(part.id),
                Body::Call { call, .. } => {
                    if self.calls.sealed(call, message_id, now.mono) {
                        wanted.push(call);
                    }
                    if !is_bare {
                        together.push(call);
                    }
                }
            }
        }
        self.calls.contain(message_id, together);
        self.queries.seal(service, message_id);
        let quick_ack = !wanted.is_empty();
        self.quick_acks.expect(token, wanted);
        Some(Sent { token, quick_ack })
    }

    /// The messages of the next packet. The session's own go first, so that no upload can starve a ping (CF-14);
    /// acknowledgements go with the others or when they are due.
    fn parts(&mut self, now: Now, entropy: &mut dyn Entropy) -> Vec<Part> {
        if let Some(part) = self.bind_part(now, entropy) {
            return vec![part];
        }
        let mut parts = Parts::with_room_for(self.calls.waiting());
        self.add_service(&mut parts, now, entropy);
        if !self.binding.as_ref().is_some_and(Binding::holds_requests) {
            self.add_again(&mut parts);
            if !self.is_held {
                self.add_new(&mut parts, now, entropy);
            }
        }
        if !parts.list.is_empty() || self.acks.is_due(now.mono) {
            self.add_acks(&mut parts, now, entropy);
        }
        parts.list
    }

    fn add_service(&mut self, parts: &mut Parts, now: Now, entropy: &mut dyn Entropy) {
        while self.queries.next_len().is_some_and(|length| parts.fits(length)) {
            let Some(service) = self.queries.pop() else { return };
            let id = self.next_message_id(now, entropy);
            if let Some(mut query) = service.query {
                if let Query::Ping { sent, .. } = &mut query {
                    *sent = now.mono;
                    self.keep_alive.pinged(now.mono);
                }
                self.queries.asked(id, query);
            }
            let seqno = self.next_seqno(false);
            parts.push(Part::service(id, seqno, service.body));
        }
    }

    /// Messages that are sent again, as they were, with their id and sequence number.
    fn add_again(&mut self, parts: &mut Parts) {
        while let Some(Copy { call, message, seqno, shape }) = self.calls.peek_again() {
            let (body, length) = (Body::Call { call, after: shape.after }, shape.length());
            if !parts.takes(length, shape.company) {
                return;
            }
            self.calls.pop_again();
            self.counters.resent += 1;
            parts.push(Part { id: message, seqno, body, length, is_again: true });
            parts.most = parts.most.min(shape.company);
        }
    }

    fn add_new(&mut self, parts: &mut Parts, now: Now, entropy: &mut dyn Entropy) {
        // A session that never pings has nothing to wait for.
        let is_heard = self.first_heard.is_some() || self.upkeep.ping_every.is_none();
        while let Some((call, shape)) = self.calls.peek(is_heard) {
            let (body, length) = (Body::Call { call, after: shape.after }, shape.length());
            if !parts.takes(length, shape.company) {
                return;
            }
            let id = self.next_message_id(now, entropy);
            let seqno = self.next_seqno(true);
            self.calls.send_next(id, seqno);
            parts.push(Part { id, seqno, body, length, is_again: false });
            parts.most = parts.most.min(shape.company);
        }
    }

    /// The binding of a temporary key. It is alone in its packet, so that no other message can spoil it.
    fn bind_part(&mut self, now: Now, entropy: &mut dyn Entropy) -> Option<Part> {
        self.binding.as_ref().filter(|binding| binding.is_wanted())?;
        let (id, seqno) = (self.next_message_id(now, entropy), self.next_seqno(true));
        let (suite, temporary) = (self.suite.clone(), self.key.id());
        let binding = self.binding.as_mut()?;
        let body = binding.make(&*suite, temporary, self.id, id, now.mono, entropy);
        Some(Part::service(id, seqno, body))
    }

    fn add_acks(&mut self, parts: &mut Parts, now: Now, entropy: &mut dyn Entropy) {
        let ids = self.acks.take(parts.room().saturating_sub(ACK_HEADER) / 8);
        if ids.is_empty() {
            return;
        }
        self.counters.acks_out += ids.len() as u64;
        let body = types::MsgsAck { msg_ids: ids.into_iter().map(|id| id.0).collect() }.to_bytes();
        let id = self.next_message_id(now, entropy);
        let seqno = self.next_seqno(false);
        parts.push(Part::service(id, seqno, body));
    }
}

/// The messages of a packet.
struct Parts {
    list: Vec<Part>,
    bytes: usize,
    /// How many there may be, acknowledgements among them.
    most: usize,
}

impl Parts {
    /// With room for so many requests, and for a few messages of the session's own.
    fn with_room_for(calls: usize) -> Self {
        let list = match calls {
            0 => Vec::new(),
            _ => Vec::with_capacity(calls.min(MAX_MESSAGES) + 2),
        };
        Self { list, bytes: 0, most: MAX_MESSAGES }
    }

    /// How long another message may be: any fits alone, and several only within the limits (EM-10).
    fn room(&self) -> usize {
        if self.list.len() >= self.most {
            0
        } else if self.list.is_empty() {
            usize::MAX
        } else {
            MAX_BYTES.saturating_sub(self.bytes + CHILD_HEADER)
        }
    }

    fn fits(&self, length: usize) -> bool {
        length <= self.room()
    }

    /// Whether another message fits that may share a packet with so many, itself among them.
    fn takes(&self, length: usize, company: usize) -> bool {
        self.fits(length) && self.list.len() < company
    }

    fn push(&mut self, part: Part) {
        self.bytes += CHILD_HEADER + part.length;
        self.list.push(part);
    }
}

impl Body {
    fn write(&self, calls: &Calls, out: &mut Vec<u8>) {
        match self {
            Self::Service(body) => out.extend_from_slice(body),
            Self::Call { call, after } => {
                if let Some(after) = after {
                    crate::tl::codec::write_word(InvokeAfterMsg::<Object>::ID, out);
                    after.0.serialize(out);
                }
                if let Some(body) = calls.body(*call) {
                    out.extend_from_slice(body);
                }
            }
        }
    }
}

/// `msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;`
fn write_container(parts: &[Part], calls: &Calls, out: &mut Vec<u8>) {
    crate::tl::codec::write_word(types::MsgContainer::ID, out);
    i32::try_from(parts.len()).unwrap_or(i32::MAX).serialize(out);
    for part in parts {
        part.id.0.serialize(out);
        part.seqno.0.serialize(out);
        i32::try_from(part.length).unwrap_or(i32::MAX).serialize(out);
        part.body.write(calls, out);
    }
}
