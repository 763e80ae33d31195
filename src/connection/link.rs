//! The socket at hand, as far as a connection knows it.

use std::time::Duration;

use crate::crypto::padding::Padding;
use crate::crypto::{Entropy, KeyId};
use crate::framing::{CLIENT_LIMIT, Decoder, Encoder, FrameError, Framing, Side, TransportError};

/// A request to dial: to any address of the data centre, with any framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dial {
    /// How many dials there were before.
    pub attempt: u64,
}

/// Whether there is a link.
pub(super) enum Link {
    /// There is none, and the next dial is at this time.
    Down { dial_at: Duration },
    /// Somebody was asked to dial, and has until this time.
    Dialing { until: Duration },
    /// There is one.
    Up(Box<Wire>),
    /// There will be none any more.
    Over,
}

impl Link {
    /// A transport error that is being heard out, and until when.
    pub(super) fn accusation(&self) -> Option<(TransportError, Duration)> {
        match self {
            Self::Up(wire) => wire.accusation,
            _ => None,
        }
    }
}

/// The framing of a link, both ways, and what was said over it.
pub(super) struct Wire {
    encoder: Encoder,
    decoder: Decoder,
    /// The last two keys that have signed something here: one in use, and one that is to follow it.
    heard: [Option<KeyId>; 2],
    /// Whether an exchange has gone on here: somebody answers who is no mere echo.
    has_exchanged: bool,
    /// A transport error that would decide, and until when it is heard out.
    accusation: Option<(TransportError, Duration)>,
    /// How many packets were sent.
    packets: u32,
    /// How many had been when the first transport error came.
    packets_before_error: Option<u32>,
    /// Whether a quick acknowledgement came of a packet that was sent here.
    has_quick_ack: bool,
}

impl Wire {
    pub(super) fn new(framing: Framing) -> Self {
        Self {
            encoder: Encoder::new(framing, Side::Client),
            decoder: Decoder::new(framing, Side::Client, CLIENT_LIMIT),
            heard: [None; 2],
            has_exchanged: false,
            accusation: None,
            packets: 0,
            packets_before_error: None,
            has_quick_ack: false,
        }
    }

    /// A transport error came, whatever is made of it.
    pub(super) fn note_error(&mut self) {
        self.packets_before_error.get_or_insert(self.packets);
    }

    /// The packet that has this token was sent here, and somebody who can read it says that he has it.
    pub(super) fn note_quick_ack(&mut self) {
        self.has_quick_ack = true;
    }

    /// Whether one packet had been sent when the first transport error came, and nobody has said that he has it: it is what that is
    /// about. Of several, the server may have read the first and not the last, and its errors overtake its answers.
    pub(super) fn has_one_packet_refused(&self) -> bool {
        self.packets_before_error == Some(1) && !self.has_quick_ack
    }

    /// Something came that this key has signed.
    pub(super) fn hear(&mut self, key: KeyId) {
        if self.heard[0] != Some(key) {
            self.heard = [Some(key), self.heard[0]];
        }
        self.accusation = None;
    }

    pub(super) fn has_heard(&self, key: KeyId) -> bool {
        self.heard.contains(&Some(key))
    }

    /// An exchange took an answer.
    pub(super) fn exchanged(&mut self) {
        self.has_exchanged = true;
        self.accusation = None;
    }

    pub(super) fn has_exchanged(&self) -> bool {
        self.has_exchanged
    }

    /// A transport error would decide: it is heard out.
    pub(super) fn accuse(&mut self, error: TransportError, until: Duration) {
        self.accusation = Some((error, until));
    }

    pub(super) fn is_accused(&self) -> bool {
        self.accusation.is_some()
    }

    pub(super) fn accusation(&self) -> Option<(TransportError, Duration)> {
        self.accusation
    }

    /// How many bytes the framing may append to a packet.
    pub(super) fn max_padding(&self) -> usize {
        if self.decoder.framing() == Framing::PaddedIntermediate { 15 } else { 0 }
    }

    /// How long packets are made: a framing that hides the protocol does not show lengths of ours.
    pub(super) fn padding(&self) -> Padding {
        if self.max_padding() > 0 { Padding::Random } else { Padding::Sizes }
    }

    pub(super) fn decoder(&mut self) -> &mut Decoder {
        &mut self.decoder
    }

    /// Appends a packet to `out` as a frame; asks for a quick acknowledgement where the framing has any.
    ///
    /// # Errors
    ///
    /// When the packet fits into no frame of this framing. Nothing was appended then.
    pub(super) fn frame(
        &mut self,
        packet: &[u8],
        quick_ack: bool,
        entropy: &mut dyn Entropy,
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        self.packets = self.packets.saturating_add(1);
        let quick_ack = quick_ack && self.encoder.framing().has_quick_ack();
        self.encoder.encode(packet, quick_ack, entropy, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn em_11_only_a_framing_that_hides_the_protocol_has_packets_of_random_length() {
        for framing in [Framing::Abridged, Framing::Intermediate, Framing::Full] {
            assert_eq!(Wire::new(framing).padding(), Padding::Sizes);
        }
        assert_eq!(Wire::new(Framing::PaddedIntermediate).padding(), Padding::Random);
    }
}
