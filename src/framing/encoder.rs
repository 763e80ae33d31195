//! Packets to frames.

use super::{
    CLIENT_LIMIT, FrameError, Framing, Side, abridged, full, intermediate, limits::MAX_PADDING,
};
use crate::crypto::Entropy;

/// Writes the frames of one direction of one stream.
///
/// Frames are appended to the caller's buffer. A client's first one is preceded by the
/// [tag](Framing::tag). Where an error is returned, nothing was written.
#[derive(Debug)]
pub struct Encoder {
    framing: Framing,
    side: Side,
    tag_is_due: bool,
    /// That of the next frame, in the full framing.
    seqno: u32,
}

impl Encoder {
    /// An encoder for the beginning of a stream.
    #[must_use]
    pub const fn new(framing: Framing, side: Side) -> Self {
        Self { framing, side, tag_is_due: matches!(side, Side::Client), seqno: 0 }
    }

    /// The framing that it writes.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// Appends the frame of `packet`.
    ///
    /// With `quick_ack`, which is for clients and for framings that
    /// [have it](Framing::has_quick_ack), the server is asked for a [quick acknowledgement]. Random
    /// bytes are drawn for [`Framing::PaddedIntermediate`] only.
    ///
    /// # Errors
    ///
    /// If the packet is empty, of a length that is not a multiple of four, or longer than
    /// [`CLIENT_LIMIT`] (TL-17); if a quick acknowledgement cannot be asked for here.
    ///
    /// [quick acknowledgement]: https://core.telegram.org/mtproto/mtproto-transports#quick-ack
    pub fn encode(
        &mut self,
        packet: &[u8],
        quick_ack: bool,
        entropy: &mut dyn Entropy,
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        check_length(packet.len())?;
        if quick_ack {
            self.check_quick_ack(Side::Client)?;
        }
        if self.framing != Framing::PaddedIntermediate {
            self.write(packet, &[], quick_ack, out);
            return Ok(());
        }
        let mut random = [0; 1 + MAX_PADDING];
        entropy.fill(&mut random);
        let [count, padding @ ..] = random;
        let most = match self.side {
            Side::Client => MAX_PADDING,
            // Telethon, for one, takes away no more than what divides no word; Telegram's own proxy adds no more.
            Side::Server => MAX_SERVER_PADDING,
        };
        let count = usize::from(count) % (most + 1);
        self.write(packet, padding.get(..count).unwrap_or_default(), quick_ack, out);
        Ok(())
    }

    /// Appends a [transport error], for the server's side: a packet that is the four bytes of
    /// `code`, which is negative. The padded framing adds no padding to it.
    ///
    /// [transport error]: https://core.telegram.org/mtproto/mtproto-transports#transport-errors
    pub fn encode_error(&mut self, code: i32, out: &mut Vec<u8>) {
        self.write(&code.to_le_bytes(), &[], false, out);
    }

    /// Appends a [quick acknowledgement], for the server's side. The token is given as
    /// [`Frame::QuickAck`](super::Frame::QuickAck) has it; its top bit is set if it is not.
    ///
    /// # Errors
    ///
    /// If the framing has none, or this is the client's side.
    ///
    /// [quick acknowledgement]: https://core.telegram.org/mtproto/mtproto-transports#quick-ack
    pub fn encode_quick_ack(&mut self, token: u32, out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.check_quick_ack(Side::Server)?;
        let token = token | 1 << 31;
        match self.framing {
            Framing::Abridged => abridged::write_quick_ack(token, out),
            Framing::Intermediate => intermediate::write_quick_ack(token, out),
            Framing::PaddedIntermediate => intermediate::write_padded_quick_ack(token, out),
            Framing::Full => return Err(FrameError::NoQuickAck { framing: self.framing }),
        }
        Ok(())
    }

    const fn check_quick_ack(&self, side: Side) -> Result<(), FrameError> {
        match (self.side, side) {
            _ if !self.framing.has_quick_ack() => {
                Err(FrameError::NoQuickAck { framing: self.framing })
            }
            (Side::Client, Side::Client) | (Side::Server, Side::Server) => Ok(()),
            (side, _) => Err(FrameError::WrongSide { side }),
        }
    }

    fn write(&mut self, packet: &[u8], padding: &[u8], quick_ack: bool, out: &mut Vec<u8>) {
        if self.tag_is_due {
            out.extend_from_slice(self.framing.tag());
            self.tag_is_due = false;
        }
        match self.framing {
            Framing::Abridged => abridged::write(packet, quick_ack, out),
            Framing::Intermediate | Framing::PaddedIntermediate => {
                intermediate::write(packet, padding, quick_ack, out);
            }
            Framing::Full => {
                full::write(packet, self.seqno, out);
                self.seqno = self.seqno.wrapping_add(1);
            }
        }
    }
}

/// The most bytes that a server appends, of the 15 that it may: `& 3` in `net-tcp-rpc-common.c` of
/// [MTProxy](https://github.com/TelegramMessenger/MTProxy).
const MAX_SERVER_PADDING: usize = 3;

/// TL-17, on writing: the peer would close the connection.
const fn check_length(length: usize) -> Result<(), FrameError> {
    if length == 0 {
        return Err(FrameError::Empty);
    }
    if length > CLIENT_LIMIT {
        return Err(FrameError::TooLong { length, limit: CLIENT_LIMIT });
    }
    if !length.is_multiple_of(4) {
        return Err(FrameError::NotMultipleOf4 { length });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{Always, SIDES, everywhere, packet, seeded};

    #[test]
    fn tl_17_encoder_refuses_what_a_decoder_would() {
        let over = vec![0; CLIENT_LIMIT + 4];
        everywhere(|framing, side| {
            let (mut encoder, mut out) = (Encoder::new(framing, side), Vec::new());
            let mut encode =
                |packet: &[u8]| encoder.encode(packet, false, &mut seeded(6), &mut out);
            assert_eq!(encode(&[]), Err(FrameError::Empty));
            for length in [1, 2, 3, 5, 41] {
                assert_eq!(encode(&over[..length]), Err(FrameError::NotMultipleOf4 { length }));
            }
            let limit = CLIENT_LIMIT;
            assert_eq!(encode(&over), Err(FrameError::TooLong { length: limit + 4, limit }));
            assert!(out.is_empty());
        });
    }

    #[test]
    fn quick_acks_are_asked_for_by_clients_and_given_by_servers() {
        for framing in Framing::ALL {
            for side in SIDES {
                let (mut encoder, mut out) = (Encoder::new(framing, side), Vec::new());
                let asked = encoder.encode(&packet(24), true, &mut seeded(7), &mut out);
                assert_eq!(out.is_empty(), asked.is_err());
                let given = encoder.encode_quick_ack(1, &mut out);
                let none = Err(FrameError::NoQuickAck { framing });
                let wrong = Err(FrameError::WrongSide { side });
                let expected = match side {
                    _ if framing == Framing::Full => (none.clone(), none),
                    Side::Client => (Ok(()), wrong),
                    Side::Server => (wrong, Ok(())),
                };
                assert_eq!((asked, given), expected, "{framing} {side:?}");
            }
        }
    }

    #[test]
    fn token_is_sent_with_its_top_bit() {
        let (mut encoder, mut out) =
            (Encoder::new(Framing::Intermediate, Side::Server), Vec::new());
        encoder.encode_quick_ack(0x0403_0201, &mut out).unwrap();
        assert_eq!(out, [0x01, 0x02, 0x03, 0x84]);
    }

    #[test]
    fn padding_is_drawn_with_its_count() {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(Framing::PaddedIntermediate, Side::Client);
        encoder.encode(&[1, 2, 3, 4], true, &mut Always(0x23), &mut out).unwrap();
        assert_eq!(out, [0xdd, 0xdd, 0xdd, 0xdd, 7, 0, 0, 0x80, 1, 2, 3, 4, 0x23, 0x23, 0x23]);
    }

    #[test]
    fn padding_varies_over_its_whole_range() {
        for (side, most) in [(Side::Client, 15), (Side::Server, 3)] {
            let (mut encoder, mut entropy) =
                (Encoder::new(Framing::PaddedIntermediate, side), seeded(4));
            encoder.encode(&packet(40), false, &mut entropy, &mut Vec::new()).unwrap();
            let mut counts = [0; 16];
            for _ in 0..1000 {
                let mut out = Vec::new();
                encoder.encode(&packet(40), false, &mut entropy, &mut out).unwrap();
                assert_eq!(out[4..44], packet(40));
                counts[out.len() - 44] += 1;
            }
            assert!(counts[..=most].iter().all(|&count| count > 0), "{side:?} {counts:?}");
            assert!(counts[most + 1..].iter().all(|&count| count == 0), "{side:?} {counts:?}");
        }
    }

    #[test]
    fn tag_is_sent_once_and_by_the_client_only() {
        for framing in Framing::ALL {
            let mut entropy = Always(0);
            let (mut client, mut first) = (Encoder::new(framing, Side::Client), Vec::new());
            assert_eq!(
                client.encode(&[0; 3], false, &mut entropy, &mut first),
                Err(FrameError::NotMultipleOf4 { length: 3 })
            );
            assert!(first.is_empty(), "an error writes nothing");
            client.encode(&packet(24), false, &mut entropy, &mut first).unwrap();
            let mut from_server = Vec::new();
            let mut server = Encoder::new(framing, Side::Server);
            server.encode(&packet(24), false, &mut entropy, &mut from_server).unwrap();
            assert_eq!(first, [framing.tag(), &from_server].concat());

            let mut second = Vec::new();
            client.encode(&packet(24), false, &mut entropy, &mut second).unwrap();
            assert_eq!(second.len(), from_server.len());
        }
    }
}
