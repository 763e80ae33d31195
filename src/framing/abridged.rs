//! The [abridged] framing: lengths are counted in words of four bytes.
//!
//! ```text
//!  0    1
//! +----+---------------+
//! |len | packet ...    |    len 1 to 7e: the packet has len * 4 bytes
//! +----+---------------+
//!  0    1             4
//! +----+-------------+---------------+
//! | 7f | len, 24 bit | packet ...    |    len little-endian: 508 bytes and more
//! +----+-------------+---------------+
//! ```
//!
//! A client asks for a quick acknowledgement with the top bit of the first byte. The server gives
//! it as four bytes without a frame, last byte first, so that the top bit comes first here too:
//!
//! ```text
//!  0    1    2    3    4
//! +----+----+----+----+
//! |  d |  c |  b |  a |    of the token a b c d, whose last byte d is >= 80
//! +----+----+----+----+
//! ```
//!
//! [abridged]: https://core.telegram.org/mtproto/mtproto-transports#abridged

use super::{Frame, Side, decoder::Header};

/// Appends the frame of a packet that was checked.
pub(super) fn write(packet: &[u8], quick_ack: bool, out: &mut Vec<u8>) {
    let top_bit = if quick_ack { TOP_BIT } else { 0 };
    let words = packet.len() / 4;
    match u8::try_from(words) {
        Ok(words) if words < LONG => out.push(words | top_bit),
        _ => {
            // Of eight bytes the lower three: the limit for writing is far below 2^24 words.
            let [a, b, c, ..] = words.to_le_bytes();
            out.extend_from_slice(&[LONG | top_bit, a, b, c]);
        }
    }
    out.extend_from_slice(packet);
}

/// Appends a quick acknowledgement.
pub(super) fn write_quick_ack(token: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&token.to_be_bytes());
}

/// Reads what there is of a header. The long form is accepted for short packets too.
pub(super) fn read_header(head: &[u8], side: Side) -> Header {
    match (side, head) {
        (Side::Client, &[a @ TOP_BIT..=0xff, b, c, d]) => {
            Header::Service(Frame::QuickAck(u32::from_be_bytes([a, b, c, d])))
        }
        (Side::Client, &[TOP_BIT..=0xff, ..]) => Header::Needs(4),
        (_, &[first, a, b, c]) => {
            let words = u32::from_le_bytes([a, b, c, 0]);
            Header::Packet { length: words * 4, quick_ack: first & TOP_BIT != 0 }
        }
        (_, &[first]) if first & !TOP_BIT < LONG => {
            let words = first & !TOP_BIT;
            Header::Packet { length: u32::from(words) * 4, quick_ack: first & TOP_BIT != 0 }
        }
        (_, []) => Header::Needs(1),
        _ => Header::Needs(4),
    }
}

/// In place of the length: a length of three bytes follows.
const LONG: u8 = 0x7f;

/// Towards the server, a request for a quick acknowledgement; towards the client, the first bit of
/// one.
const TOP_BIT: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::packet;

    /// <https://core.telegram.org/mtproto/samples-auth_key>: "the client sends 0xef as the first
    /// byte, then the packet length is encoded with a single byte (0x01-0x7e = data length divided
    /// by 4; or 0x7f followed by 3 bytes (little endian) divided by 4)".
    #[test]
    fn lengths_are_those_of_the_page() {
        for (length, header) in [
            (4, &[0x01][..]),
            (40, &[0x0a]),
            (0x7e * 4, &[0x7e]),
            (0x7f * 4, &[0x7f, 0x7f, 0x00, 0x00]),
            (512, &[0x7f, 0x80, 0x00, 0x00]),
            (65536, &[0x7f, 0x00, 0x40, 0x00]),
            (1 << 20, &[0x7f, 0x00, 0x00, 0x04]),
            (1 << 24, &[0x7f, 0x00, 0x00, 0x40]),
        ] {
            let mut out = Vec::new();
            write(&packet(length), false, &mut out);
            assert_eq!(out, [header, &packet(length)].concat());
        }
    }

    /// The page: "payload length, divided by four, plus 128", and "a single byte of value 0xff"
    /// before the same three bytes.
    #[test]
    fn quick_ack_is_asked_for_as_the_page_says() {
        for (length, header) in
            [(40, &[0x8a][..]), (0x7e * 4, &[0xfe]), (0x7f * 4, &[0xff, 0x7f, 0x00, 0x00])]
        {
            let mut out = Vec::new();
            write(&packet(length), true, &mut out);
            assert_eq!(out, [header, &packet(length)].concat());
            let length = length as u32;
            let read = read_header(header, Side::Server);
            assert_eq!(read, Header::Packet { length, quick_ack: true });
        }
    }

    /// The page: "quick ACK tokens by bswapping them […] a standalone 4-byte packet without a
    /// length header […] the first byte will always have the most-significant bit set".
    #[test]
    fn quick_ack_is_given_as_the_page_says() {
        let token = u32::from_le_bytes([0x0a, 0x0b, 0x0c, 0x8d]);
        let mut out = Vec::new();
        write_quick_ack(token, &mut out);
        assert_eq!(out, [0x8d, 0x0c, 0x0b, 0x0a]);
        assert_eq!(read_header(&out, Side::Client), Header::Service(Frame::QuickAck(token)));
    }

    #[test]
    fn long_form_is_accepted_for_short_packets() {
        let read = read_header(&[0x7f, 0x0a, 0x00, 0x00], Side::Client);
        assert_eq!(read, Header::Packet { length: 40, quick_ack: false });
    }

    #[test]
    fn tl_17_header_alone_is_asked_for_to_its_end() {
        for side in [Side::Client, Side::Server] {
            assert_eq!(read_header(&[], side), Header::Needs(1));
            for header in [&[0x7f, 1, 2][..], &[0xff, 1, 2]] {
                for end in 1..=3 {
                    assert_eq!(read_header(&header[..end], side), Header::Needs(4));
                }
            }
        }
    }
}
