//! Another client of the same key: it begins a session and goes.

use telewire::crypto::{AuthKey, SeededEntropy, Sender, Suite};
use telewire::framing::{Encoder, Framing, Side};
use telewire::ids::SessionId;
use telewire::message_id::MessageId;
use telewire::server::DataCentre;
use telewire::time::Now;
use telewire::tl::Serialize;
use telewire::tl::mtproto::functions::Ping;

use crate::envelope::{Envelope, Message};

/// Begins a session by a ping. Its salt need not be right for that.
pub fn begin(dc: &mut DataCentre, now: Now, suite: &Suite, key: &AuthKey, session: SessionId) {
    let body = Ping { ping_id: 0 }.to_bytes();
    let outer = Message { id: MessageId::at(now.unix).0, seqno: 0, body };
    let envelope = Envelope { session: session.0, outer, ..Envelope::default() };
    let packet = envelope.seal(suite, key, Sender::Client, 12, None);
    let mut frame = Vec::new();
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
    if encoder.encode(&packet, false, &mut SeededEntropy::new(0), &mut frame).is_ok() {
        let link = dc.handle_connected();
        dc.handle_input(now, link, &frame);
        dc.handle_disconnected(link);
    }
}
