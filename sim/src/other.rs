//! Another client of the same key: it begins a session and goes.

use telewire::crypto::message_key::{derive, message_key};
use telewire::crypto::{AuthKey, SeededEntropy, Sender, Suite};
use telewire::framing::{Encoder, Framing, Side};
use telewire::ids::SessionId;
use telewire::message_id::MessageId;
use telewire::server::DataCentre;
use telewire::time::Now;
use telewire::tl::Serialize;
use telewire::tl::mtproto::functions::Ping;

/// Begins a session by a ping. Its salt need not be right for that.
pub fn begin(dc: &mut DataCentre, now: Now, suite: &Suite, key: &AuthKey, session: SessionId) {
    let suite = &**suite;
    let ping = Ping { ping_id: 0 }.to_bytes();
    let mut plain = Vec::new();
    for number in [0, session.0, MessageId::at(now.unix).0] {
        number.serialize(&mut plain);
    }
    0_i32.serialize(&mut plain);
    i32::try_from(ping.len()).unwrap_or(0).serialize(&mut plain);
    plain.extend_from_slice(&ping);
    plain.resize((plain.len() + 12).next_multiple_of(16), 0);
    let (msg_key, _) = message_key(suite, key, Sender::Client, &plain);
    // Whole blocks, so it cannot fail.
    let _ = derive(suite, key, &msg_key, Sender::Client).encrypt(suite, &mut plain);
    let packet = [&key.id().to_le_bytes()[..], &msg_key.0, &plain].concat();
    let mut frame = Vec::new();
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
    if encoder.encode(&packet, false, &mut SeededEntropy::new(0), &mut frame).is_ok() {
        let link = dc.handle_connected();
        dc.handle_input(now, link, &frame);
        dc.handle_disconnected(link);
    }
}
