//! What a frame turned out to hold. On the client's side that is told by the size of the packet,
//! which is all that the protocol offers.

use super::{
    FrameError, TransportError,
    limits::{MIN_MESSAGE, MIN_PACKET},
};

/// What a [`Decoder`](super::Decoder) takes from the stream.
///
/// The server is sent packets only. What the client is sent depends on the length of the packet:
///
/// | bytes | first `int` | frame |
/// |---|---|---|
/// | 20 and more | any | [`Packet`](Frame::Packet) |
/// | 4 to 19 | 0 | [`Nop`](Frame::Nop) |
/// | 8 to 19 | -1 | [`QuickAck`](Frame::QuickAck), the token in the next four bytes |
/// | 4 to 19 | other | [`Error`](Frame::Error) |
/// | 1 to 3 | | none: [`FrameError::TooShort`] |
///
/// Bytes after those named are padding. 20 is the length of a plain-text message with no body, and
/// encrypted ones are longer, so no message is mistaken; an error with its padding has at most 19.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'d> {
    /// A packet: an encrypted or a plain-text message.
    Packet {
        /// The packet, to be decrypted in place.
        ///
        /// In [`Framing::PaddedIntermediate`](super::Framing::PaddedIntermediate) up to 15 bytes of
        /// padding are still attached, because the frame does not say how many they are. Whoever
        /// reads the packet knows: an encrypted one has 24 bytes and a multiple of 16, a
        /// plain-text one says its length.
        body: &'d mut [u8],
        /// Whether the client asks for a quick acknowledgement. Always `false` on its own side.
        quick_ack: bool,
    },
    /// The server received and accepted the packet with this token; that it was executed is not
    /// said. Client's side only.
    ///
    /// The token has the same value in every framing: the first four bytes of `msg_key_large`, read
    /// as little-endian, with the top bit set. Like all of the stream it is not authenticated, so
    /// one that was never expected is to be ignored.
    QuickAck(u32),
    /// The server reports an error in place of a message. Client's side only.
    Error(TransportError),
    /// Nothing; servers send it to vary their traffic. Client's side only.
    Nop,
}

/// Tells the frame of a packet that the client was sent, `None` being a message (see [`Frame`]).
pub(super) fn classify(packet: &[u8]) -> Result<Option<Frame<'static>>, FrameError> {
    if packet.len() >= MIN_MESSAGE {
        return Ok(None);
    }
    let Some((&first, rest)) = packet.split_first_chunk() else {
        return Err(FrameError::TooShort { length: packet.len(), minimum: MIN_PACKET });
    };
    Ok(Some(match (i32::from_le_bytes(first), rest.first_chunk()) {
        (0, _) => Frame::Nop,
        (-1, Some(&token)) => Frame::QuickAck(u32::from_le_bytes(token)),
        (code, _) => Frame::Error(TransportError(code)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_padding(numbers: &[i32], padding: usize) -> Vec<u8> {
        let mut packet: Vec<u8> = numbers.iter().copied().flat_map(i32::to_le_bytes).collect();
        packet.extend((0..padding).map(|i| 0xf0 | i as u8));
        packet
    }

    #[test]
    fn error_is_found_under_any_padding() {
        for code in [-404, -429, -444, -403, 404, i32::MIN, i32::MAX] {
            for padding in 0..=15 {
                let expected = Ok(Some(Frame::Error(TransportError(code))));
                assert_eq!(classify(&with_padding(&[code], padding)), expected);
            }
        }
    }

    #[test]
    fn quick_ack_is_found_under_the_paddings_of_the_page() {
        for padding in 0..=8 {
            let token = 0x8765_4321;
            let expected = Ok(Some(Frame::QuickAck(token)));
            assert_eq!(classify(&with_padding(&[-1, token as i32], padding)), expected);
        }
    }

    #[test]
    fn minus_one_without_a_token_is_an_error() {
        for padding in 0..4 {
            let expected = Ok(Some(Frame::Error(TransportError(-1))));
            assert_eq!(classify(&with_padding(&[-1], padding)), expected);
        }
    }

    #[test]
    fn zero_is_nothing_under_any_padding() {
        for padding in 0..=15 {
            assert_eq!(classify(&with_padding(&[0], padding)), Ok(Some(Frame::Nop)));
        }
    }

    #[test]
    fn twenty_bytes_are_a_message_whatever_they_begin_with() {
        for first in [0, -1, -404] {
            assert_eq!(classify(&with_padding(&[first], 16)), Ok(None));
        }
    }

    #[test]
    fn tl_17_less_than_a_number_is_refused() {
        for length in 0..4 {
            let refused = Err(FrameError::TooShort { length, minimum: 4 });
            assert_eq!(classify(&[0xff; 3][..length]), refused);
        }
    }
}
