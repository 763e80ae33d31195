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
    /// The sessions that were used over this link, the next to send first. Some may have gone to a newer one.
    pub(super) sessions: VecDeque<(KeyId, SessionId)>,
    /// The one that was used last.
    pub(super) latest: Option<(KeyId, SessionId)>,
    /// Frames to be sent.
    out: VecDeque<Vec<u8>>,
    out_bytes: usize,
    max_bytes: usize,
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

/// How many sessions may share a link. Clients have a link for each.
const MAX_SESSIONS: usize = 64;

impl Link {
    pub(super) fn new(id: LinkId, max_bytes: usize) -> Self {
        Self {
            id,
            stage: Stage::Detecting(Detector::new()),
            encoder: None,
            exchange: Exchange::new(id.0),
            sessions: VecDeque::new(),
            latest: None,
            out: VecDeque::new(),
            out_bytes: 0,
            max_bytes,
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

    /// A session was used over this link.
    pub(super) fn enter(&mut self, session: (KeyId, SessionId)) {
        self.latest = Some(session);
        if self.sessions.contains(&session) {
            return;
        }
        self.sessions.push_back(session);
        if self.sessions.len() > MAX_SESSIONS {
            self.sessions.pop_front();
        }
    }

    /// Whether nothing waits to be sent.
    pub(super) fn is_idle(&self) -> bool {
        self.out.is_empty()
    }

    /// The next frame to be sent.
    pub(super) fn next_frame(&mut self) -> Option<Vec<u8>> {
        let frame = self.out.pop_front()?;
        self.out_bytes -= frame.len();
        Some(frame)
    }

    /// Queues a packet.
    pub(super) fn send(&mut self, packet: &[u8], entropy: &mut dyn Entropy) {
        if let Some(encoder) = &mut self.encoder {
            let mut frame = Vec::with_capacity(packet.len() + 16);
            // Packets of ours are divisible by 4 and within the limit.
            if encoder.encode(packet, false, entropy, &mut frame).is_ok() {
                self.queue(frame);
            }
        }
    }

    /// Queues a transport error.
    pub(super) fn send_error(&mut self, code: i32) {
        if let Some(encoder) = &mut self.encoder {
            let mut frame = Vec::new();
            encoder.encode_error(code, &mut frame);
            self.queue(frame);
        }
    }

    /// Queues a quick acknowledgement.
    pub(super) fn send_quick_ack(&mut self, token: u32) {
        if let Some(encoder) = &mut self.encoder {
            let mut frame = Vec::new();
            if encoder.encode_quick_ack(token, &mut frame).is_ok() {
                self.queue(frame);
            }
        }
    }

    /// A session's packets come when nothing waits, so they may be as large as they are. Who lets other things pile up does
    /// not read.
    fn queue(&mut self, frame: Vec<u8>) {
        if self.out_bytes > 0 && self.out_bytes + frame.len() > self.max_bytes {
            return self.close();
        }
        self.out_bytes += frame.len();
        self.out.push_back(frame);
    }

    pub(super) fn close(&mut self) {
        self.stage = Stage::Closed;
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({:?}, {:?})", self.exchange, self.sessions)
    }
}
