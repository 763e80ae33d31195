//! What is sent: requests and acknowledgements, packed into as few packets as the limits allow.

use crate::crypto::{Entropy, QuickAckToken};
use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::rpc::CallId;
use crate::session::packet::{self, Header};
use crate::session::{Session, acks};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::{Identifiable, Serialize};

/// The most messages in a container: 1024 by the protocol, of which TDLib uses 1000 and we a few less (EM-10).
const MAX_MESSAGES: usize = 1_020;

/// The most bytes in a container of several messages (EM-10).
const MAX_BYTES: usize = 1 << 15;

/// The id, the sequence number and the length of a message in a container.
const CHILD_HEADER: usize = 16;

struct Part {
    id: MessageId,
    seqno: SeqNo,
    body: Vec<u8>,
    call: Option<CallId>,
}

impl Session {
    /// Appends the next packet to `out`, and gives the token by which a quick acknowledgement would name it; `None` when
    /// there is nothing to send.
    pub(crate) fn poll_packet(
        &mut self,
        now: Now,
        entropy: &mut dyn Entropy,
        out: &mut Vec<u8>,
    ) -> Option<QuickAckToken> {
        let parts = self.parts(now, entropy);
        let first = parts.first()?;
        let is_alone = parts.len() == 1;
        let (message_id, seqno) = if is_alone {
            (first.id, first.seqno)
        } else {
            // Made after those of its messages, so it is greater (EM-09).
            (self.next_message_id(now, entropy), self.next_seqno(false))
        };
        for call in parts.iter().filter_map(|part| part.call) {
            self.calls.seal(call, message_id);
        }
        let header = Header {
            salt: self.salts.current(self.clock.server_unix(now)),
            session_id: self.id,
            message_id,
            seqno,
        };
        self.counters.packets_out += 1;
        Some(packet::seal(&*self.suite, &self.key, &header, out, entropy, |out| {
            if is_alone {
                parts.iter().for_each(|part| out.extend_from_slice(&part.body));
            } else {
                write_container(&parts, out);
            }
        }))
    }

    /// The messages of the next packet: requests as far as they fit, and acknowledgements with them or when they are due.
    fn parts(&mut self, now: Now, entropy: &mut dyn Entropy) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut bytes = 0;
        while let Some(body) = self.calls.peek() {
            bytes += CHILD_HEADER + body.len();
            if !parts.is_empty() && (bytes > MAX_BYTES || parts.len() >= MAX_MESSAGES) {
                break;
            }
            let body = body.to_vec();
            let id = self.next_message_id(now, entropy);
            let seqno = self.next_seqno(true);
            let call = self.calls.send_next(id);
            parts.push(Part { id, seqno, body, call });
        }
        // A large request stays alone; the acknowledgements wait for their time.
        if (!parts.is_empty() && bytes < MAX_BYTES / 2) || self.acks.is_due(now.mono) {
            parts.extend(self.ack_part(now, entropy));
        }
        parts
    }

    fn ack_part(&mut self, now: Now, entropy: &mut dyn Entropy) -> Option<Part> {
        let ids = self.acks.take(now.mono);
        if ids.is_empty() {
            return None;
        }
        debug_assert!(ids.len() <= acks::MAX_IDS);
        self.counters.acks_out += ids.len() as u64;
        let body = types::MsgsAck { msg_ids: ids.into_iter().map(|id| id.0).collect() }.to_bytes();
        let id = self.next_message_id(now, entropy);
        Some(Part { id, seqno: self.next_seqno(false), body, call: None })
    }
}

/// `msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;`
fn write_container(parts: &[Part], out: &mut Vec<u8>) {
    crate::tl::codec::write_word(types::MsgContainer::ID, out);
    i32::try_from(parts.len()).unwrap_or(i32::MAX).serialize(out);
    for part in parts {
        part.id.0.serialize(out);
        part.seqno.0.serialize(out);
        i32::try_from(part.body.len()).unwrap_or(i32::MAX).serialize(out);
        out.extend_from_slice(&part.body);
    }
}
