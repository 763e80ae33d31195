//! A session over one link.

use std::fmt;

use grammers_crypto::DequeBuffer;
use grammers_mtproto::mtp::{self, Deserialization, Encrypted, Mtp};
use grammers_mtproto::transport::{Intermediate, Transport};
use grammers_tl_types::{Serializable, functions};

use crate::server::{Client, Received};
use crate::{Result, input};

/// Its session layer and its framing, with a key from before.
pub struct Session {
    mtp: Encrypted,
    transport: Intermediate,
    buffer: DequeBuffer<u8>,
}

impl Session {
    /// One with a link over which nothing went.
    #[must_use]
    pub fn new() -> Self {
        Self {
            // Without a salt it does not ask for others.
            mtp: Encrypted::build().first_salt(0).finish(input::KEY),
            transport: Intermediate::new(),
            // With room in front for all headers.
            buffer: DequeBuffer::with_capacity(
                4096,
                mtp::MAX_TRANSPORT_HEADER_LEN
                    + mtp::ENCRYPTED_PACKET_HEADER_LEN
                    + mtp::PLAIN_PACKET_HEADER_LEN
                    + mtp::MESSAGE_CONTAINER_HEADER_LEN,
            ),
        }
    }
}

impl Client for Session {
    fn ping(&mut self) -> Result<&[u8]> {
        self.buffer.clear();
        let request = functions::Ping { ping_id: 0 }.to_bytes();
        self.mtp.push(&mut self.buffer, &request).ok_or("not taken")?;
        self.mtp.finalize(&mut self.buffer).ok_or("nothing to send")?;
        self.transport.pack(&mut self.buffer);
        Ok(self.buffer.as_ref())
    }

    fn receive(&mut self, frame: &mut [u8]) -> Result<Received> {
        let place = self.transport.unpack(frame)?.data_range;
        let packet = frame.get_mut(place).ok_or("too short")?;
        let mut received = Received::default();
        for each in self.mtp.deserialize(packet)? {
            let body = match each {
                Deserialization::Update(body) => {
                    received.updates += 1;
                    body
                }
                Deserialization::RpcResult(result) => {
                    received.results += 1;
                    result.body
                }
                _ => return Err("something else".into()),
            };
            received.bytes += body.len();
        }
        Ok(received)
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
