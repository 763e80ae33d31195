//! A client's socket, as the data centre knows it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::crypto::{Entropy, KeyId};
use crate::framing::{Decoder, Detector, Encoder, FrameError, Framing, Side};
use crate::ids::SessionId;
use crate::server::dc::LinkId;
use crate::server::exchange::{self, Exchange};
use crate::server::packet;

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
    /// Whether a key was made over it, or used. What has none gets little.
    pub(super) has_key: bool,
    /// What was refused since somebody asked.
    refusals: Vec<LinkRefusal>,
}

/// What a data centre refused of what came over a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkRefusal {
    /// A query of a key exchange: it was answered with -404.
    #[error("{0}")]
    Exchange(exchange::Error),
    /// A packet, answered with -404.
    #[error("its key is unknown, or it is not authentic")]
    Packet,
    /// A frame that breaks a rule of its framing. The link is closed.
    #[error("{0}")]
    Frame(FrameError),
    /// A frame that is longer than those of a key exchange, of a key that is not known. The link is closed.
    #[error("a frame of {length} bytes, of a key that is not known")]
    LongFrame {
        /// How long it was to become.
        length: usize,
    },
    /// It does not read what waits for it. The link is closed.
    #[error("it does not read what waits for it")]
    Unread,
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

/// The longest frame that is kept, unfinished, for a link without a key: the longest query of a key exchange has 400 bytes, and
/// some clients fill them up.
pub(super) const KEYLESS_FRAME: usize = 2 << 10;

/// How much waits at most for a link without a key that does not read: all answers of a key exchange have a tenth of it.
const KEYLESS_OUT: usize = 8 << 10;

/// How many refusals are kept until somebody asks: a packet has one at most, and they are asked for after some packets.
const MAX_REFUSALS: usize = 16;

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
            has_key: false,
            refusals: Vec::new(),
        }
    }

    /// Notes a refusal, to be told.
    pub(super) fn refuse(&mut self, refusal: LinkRefusal) {
        if self.refusals.len() < MAX_REFUSALS {
            self.refusals.push(refusal);
        }
    }

    pub(super) fn take_refusals(&mut self) -> Vec<LinkRefusal> {
        std::mem::take(&mut self.refusals)
    }

    /// A long frame that is arriving over a link without a key; what it says it is of.
    pub(super) fn long_frame(&self) -> Option<(Option<KeyId>, usize)> {
        let Stage::Framed(decoder) = &self.stage else { return None };
        let (body, length) = decoder.unfinished().filter(|_| !self.has_key)?;
        (length > KEYLESS_FRAME).then(|| (packet::key_id(body), length))
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
        self.has_key = true;
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
        let most = if self.has_key { self.max_bytes } else { self.max_bytes.min(KEYLESS_OUT) };
        if self.out_bytes > 0 && self.out_bytes + frame.len() > most {
            self.refuse(LinkRefusal::Unread);
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
