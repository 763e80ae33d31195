//! What is sent: service messages, requests and acknowledgements, packed into as few packets as the limits allow.

use crate::crypto::{Entropy, QuickAckToken};
use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::session::packet::{self, Header};
use crate::session::{Calls, Session, acks};
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
    /// Whether it was sent before, so that it must be in a container (EM-12).
    is_again: bool,
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
        entropy: &mut dyn Entropy,
        out: &mut Vec<u8>,
    ) -> Option<Sent> {
        if self.renew_wanted {
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
        let token = packet::seal(&*self.suite, &self.key, &header, out, entropy, |out| {
            if is_bare {
                parts.iter().for_each(|part| part.body.write(calls, out));
            } else {
                write_container(&parts, calls, out);
            }
        });
        let sent: Vec<CallId> = parts.iter().filter_map(|part| part.body.call()).collect();
        let wanted =
            sent.iter().copied().filter(|id| self.calls.get(*id).is_some_and(|c| c.quick_ack));
        let wanted: Vec<CallId> = wanted.collect();
        let quick_ack = !wanted.is_empty();
        self.quick_acks.expect(token, wanted);
        let service = parts.iter().filter(|part| part.body.call().is_none());
        self.queries.seal(service.map(|part| part.id).collect(), message_id);
        self.calls.seal(sent, message_id, now.mono, self.link);
        Some(Sent { token, quick_ack })
    }

    /// The messages of the next packet. The session's own go first, so that no upload can starve a ping (CF-14);
    /// acknowledgements go with the others or when they are due.
    fn parts(&mut self, now: Now, entropy: &mut dyn Entropy) -> Vec<Part> {
        if let Some(part) = self.bind_part(now, entropy) {
            return vec![part];
        }
        let mut parts = Vec::new();
        let mut bytes = 0;
        while parts.len() < MAX_MESSAGES && bytes < MAX_BYTES / 2 {
            let Some(service) = self.queries.pop() else { break };
            bytes += CHILD_HEADER + service.body.len();
            let id = self.next_message_id(now, entropy);
            if let Some(query) = service.query {
                self.queries.asked(id, query);
            }
            let seqno = self.next_seqno(false);
            parts.push(Part { id, seqno, body: Body::Service(service.body), is_again: false });
        }
        let has_service = !parts.is_empty();
        if !self.is_binding() {
            self.add_again(&mut parts, &mut bytes);
            if !self.is_held {
                self.add_new(&mut parts, &mut bytes, now, entropy);
            }
        }
        // A large request stays alone; the acknowledgements wait for their time.
        let is_small = !parts.is_empty() && bytes < MAX_BYTES / 2;
        if is_small || has_service || self.acks.is_due(now.mono) {
            parts.extend(self.ack_part(now, entropy));
        }
        parts
    }

    /// Messages that are sent again, as they were, with their id and sequence number.
    fn add_again(&mut self, parts: &mut Vec<Part>, bytes: &mut usize) {
        while parts.len() < MAX_MESSAGES && *bytes < MAX_BYTES {
            let Some((call, sent)) = self.calls.pop_again() else { return };
            self.counters.resent += 1;
            let after = self.calls.predecessor(call);
            let body = Body::Call { call, after };
            *bytes += CHILD_HEADER + body.len(&self.calls);
            parts.push(Part { id: sent.message, seqno: sent.seqno, body, is_again: true });
            // One that was refused with others is sent without them.
            if self.calls.get(call).is_some_and(|call| call.is_alone) {
                return;
            }
        }
    }

    fn add_new(
        &mut self,
        parts: &mut Vec<Part>,
        bytes: &mut usize,
        now: Now,
        entropy: &mut dyn Entropy,
    ) {
        // A session that never pings has nothing to wait for.
        let is_heard = self.has_heard || self.upkeep.ping_every.is_none();
        while let Some(call) = self.calls.peek(is_heard) {
            let is_alone = self.calls.get(call).is_some_and(|call| call.is_alone);
            let after = self.calls.predecessor(call);
            let body = Body::Call { call, after };
            let length = CHILD_HEADER + body.len(&self.calls);
            let is_full = *bytes + length > MAX_BYTES || parts.len() >= MAX_MESSAGES || is_alone;
            if !parts.is_empty() && is_full {
                return;
            }
            *bytes += length;
            let id = self.next_message_id(now, entropy);
            let seqno = self.next_seqno(true);
            self.calls.send_next(id, seqno);
            parts.push(Part { id, seqno, body, is_again: false });
            if is_alone {
                // Nothing may come with it, not even an acknowledgement.
                *bytes = MAX_BYTES;
                return;
            }
        }
    }

    /// The binding of a temporary key. It is alone in its packet, so that no other message can spoil it.
    fn bind_part(&mut self, now: Now, entropy: &mut dyn Entropy) -> Option<Part> {
        self.binding.as_ref().filter(|binding| binding.is_wanted())?;
        let (id, seqno) = (self.next_message_id(now, entropy), self.next_seqno(true));
        let (suite, temporary) = (self.suite.clone(), self.key.id());
        let binding = self.binding.as_mut()?;
        let body = binding.make(&*suite, temporary, self.id, id, now.mono, entropy);
        Some(Part { id, seqno, body: Body::Service(body), is_again: false })
    }

    fn ack_part(&mut self, now: Now, entropy: &mut dyn Entropy) -> Option<Part> {
        let ids = self.acks.take();
        if ids.is_empty() {
            return None;
        }
        debug_assert!(ids.len() <= acks::MAX_IDS);
        self.counters.acks_out += ids.len() as u64;
        let body = types::MsgsAck { msg_ids: ids.into_iter().map(|id| id.0).collect() }.to_bytes();
        let id = self.next_message_id(now, entropy);
        let seqno = self.next_seqno(false);
        Some(Part { id, seqno, body: Body::Service(body), is_again: false })
    }
}

impl Body {
    fn call(&self) -> Option<CallId> {
        match self {
            Self::Service(_) => None,
            Self::Call { call, .. } => Some(*call),
        }
    }

    fn len(&self, calls: &Calls) -> usize {
        match self {
            Self::Service(body) => body.len(),
            Self::Call { call, after } => {
                let wrapper = if after.is_some() { AFTER } else { 0 };
                wrapper + calls.get(*call).map_or(0, |call| call.body.len())
            }
        }
    }

    fn write(&self, calls: &Calls, out: &mut Vec<u8>) {
        match self {
            Self::Service(body) => out.extend_from_slice(body),
            Self::Call { call, after } => {
                if let Some(after) = after {
                    crate::tl::codec::write_word(InvokeAfterMsg::<Object>::ID, out);
                    after.0.serialize(out);
                }
                if let Some(call) = calls.get(*call) {
                    out.extend_from_slice(&call.body);
                }
            }
        }
    }
}

/// The bytes of `invokeAfterMsg#cb9f372d {X:Type} msg_id:long query:!X = X;` before its query.
const AFTER: usize = 12;

/// `msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;`
fn write_container(parts: &[Part], calls: &Calls, out: &mut Vec<u8>) {
    crate::tl::codec::write_word(types::MsgContainer::ID, out);
    i32::try_from(parts.len()).unwrap_or(i32::MAX).serialize(out);
    for part in parts {
        part.id.0.serialize(out);
        part.seqno.0.serialize(out);
        i32::try_from(part.body.len(calls)).unwrap_or(i32::MAX).serialize(out);
        part.body.write(calls, out);
    }
}
