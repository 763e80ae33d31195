//! A client's socket, as the data centre knows it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::crypto::{Entropy, KeyId};
use crate::framing::{Decoder, Detector, Encoder, FrameError, Framing, Side};
use crate::ids::SessionId;
use crate::server::dc::LinkId;
use crate::server::exchange::Exchange;

/// A client's socket.
pub(super) struct Link {
    pub(super) id: LinkId,
    pub(super) stage: Stage,
    pub(super) encoder: Option<Encoder>,
    pub(super) exchange: Exchange,
    /// The session whose messages go over this link, once one was used here.
    pub(super) session: Option<(KeyId, SessionId)>,
    /// Frames to be sent.
    pub(super) out: VecDeque<Vec<u8>>,
    /// When it is to be closed unless a ping puts that off, by the monotonic clock.
    pub(super) close_at: Option<Duration>,
}

/// How far the link is understood.
pub(super) enum Stage {
    /// The first bytes say which framing it has.
    Detecting(Detector),
    /// The framing is known.
    Framed(Box<Decoder>),
    /// It is to be closed once everything is sent.
    Closed,
}

impl Link {
    pub(super) fn new(id: LinkId) -> Self {
        Self {
            id,
            stage: Stage::Detecting(Detector::new()),
            encoder: None,
            exchange: Exchange::new(id.0),
            session: None,
            out: VecDeque::new(),
            close_at: None,
        }
    }

    /// Finds out the framing from the first bytes.
    pub(super) fn detect(&mut self, input: &mut &[u8]) -> Result<(), FrameError> {
        if let Stage::Detecting(detector) = &mut self.stage
            && let Some(decoder) = detector.detect(input)?
        {
            self.encoder = Some(Encoder::new(decoder.framing(), Side::Server));
            self.stage = Stage::Framed(Box::new(decoder));
        }
        Ok(())
    }

    /// How many bytes the framing may append to a packet.
    pub(super) fn max_padding(&self) -> usize {
        let is_padded = self
            .encoder
            .as_ref()
            .is_some_and(|encoder| encoder.framing() == Framing::PaddedIntermediate);
        if is_padded { 15 } else { 0 }
    }

    /// Queues a packet.
    pub(super) fn send(&mut self, packet: &[u8], entropy: &mut dyn Entropy) {
        if let Some(encoder) = &mut self.encoder {
            let mut frame = Vec::with_capacity(packet.len() + 16);
            // Packets of ours are divisible by 4 and within the limit.
            if encoder.encode(packet, false, entropy, &mut frame).is_ok() {
                self.out.push_back(frame);
            }
        }
    }

    /// Queues a transport error.
    pub(super) fn send_error(&mut self, code: i32) {
        if let Some(encoder) = &mut self.encoder {
            let mut frame = Vec::new();
            encoder.encode_error(code, &mut frame);
            self.out.push_back(frame);
        }
    }

    /// Queues a quick acknowledgement.
    pub(super) fn send_quick_ack(&mut self, token: u32) {
        if let Some(encoder) = &mut self.encoder {
            let mut frame = Vec::new();
            if encoder.encode_quick_ack(token, &mut frame).is_ok() {
                self.out.push_back(frame);
            }
        }
    }

    pub(super) fn close(&mut self) {
        self.stage = Stage::Closed;
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({:?}, {:?})", self.exchange, self.session)
    }
}
