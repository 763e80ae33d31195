//! The [intermediate] and the [padded intermediate] framing.
//!
//! ```text
//!  0        4
//! +--------+---------------+
//! | length | packet ...    |    intermediate; length in bytes, little-endian
//! +--------+---------------+
//!  0        4
//! +--------+---------------+---------------------+
//! | length | packet ...    | 0..=15 random bytes |    padded; length of packet and padding
//! +--------+---------------+---------------------+
//! ```
//!
//! A client asks for a quick acknowledgement with the top bit of the length. The server gives it as
//! a bare token, whose top bit is always set, in the place of a length:
//!
//! ```text
//!  0        4
//! +--------+
//! | token  |    little-endian, >= 80000000
//! +--------+
//! ```
//!
//! In the padded framing the page has it in a packet of its own, which
//! [`classify`](super::classify) recognises by its size. Telegram's own proxy sends either form
//! there, so the reader takes both; the writer keeps to the page.
//!
//! ```text
//!  0        4          8        12
//! +--------+----------+--------+------------------------------+
//! | length | ffffffff | token  | 0 to 8 bytes                 |
//! +--------+----------+--------+------------------------------+
//! ```
//!
//! [intermediate]: https://core.telegram.org/mtproto/mtproto-transports#intermediate
//! [padded intermediate]: https://core.telegram.org/mtproto/mtproto-transports#padded-intermediate

use super::{Frame, Side, decoder::Header};

/// Appends the frame of a packet that was checked, followed by `padding`.
pub(super) fn write(packet: &[u8], padding: &[u8], quick_ack: bool, out: &mut Vec<u8>) {
    // The limit for writing is far below 2^31.
    let length = (packet.len() + padding.len()) as u32;
    let top_bit = if quick_ack { TOP_BIT } else { 0 };
    out.extend_from_slice(&(length | top_bit).to_le_bytes());
    out.extend_from_slice(packet);
    out.extend_from_slice(padding);
}

/// Appends a quick acknowledgement of the intermediate framing.
pub(super) fn write_quick_ack(token: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&token.to_le_bytes());
}

/// Appends a quick acknowledgement of the padded framing. It adds no padding, which the page allows
/// and which makes it deterministic: hiding is the business of a real server, not of a test's.
pub(super) fn write_padded_quick_ack(token: u32, out: &mut Vec<u8>) {
    let [a, b, c, d] = token.to_le_bytes();
    write(&[0xff, 0xff, 0xff, 0xff, a, b, c, d], &[], false, out);
}

/// Reads what there is of a header; the same for both framings.
pub(super) fn read_header(head: &[u8], side: Side) -> Header {
    let Some(&head) = head.first_chunk() else { return Header::Needs(4) };
    let word = u32::from_le_bytes(head);
    let top_bit = word & TOP_BIT != 0;
    match side {
        Side::Client if top_bit => Header::Service(Frame::QuickAck(word)),
        _ => Header::Packet { length: word & !TOP_BIT, quick_ack: top_bit },
    }
}

/// Towards the server, a request for a quick acknowledgement; towards the client, one.
const TOP_BIT: u32 = 1 << 31;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::packet;

    /// The page: "payload length encoded as 4 length bytes (little endian)", and for a quick
    /// acknowledgement "set the most-significant bit of the length".
    #[test]
    fn lengths_are_those_of_the_page() {
        for (length, quick_ack, header) in [
            (40, false, [0x28, 0x00, 0x00, 0x00]),
            (512, false, [0x00, 0x02, 0x00, 0x00]),
            (1 << 20, false, [0x00, 0x00, 0x10, 0x00]),
            (40, true, [0x28, 0x00, 0x00, 0x80]),
        ] {
            let mut out = Vec::new();
            write(&packet(length), &[], quick_ack, &mut out);
            assert_eq!(out, [&header, packet(length).as_slice()].concat());
            let length = length as u32;
            let read = read_header(&header, Side::Server);
            assert_eq!(read, Header::Packet { length, quick_ack });
        }
    }

    /// The page: "Total length: payload+padding length encoded as 4 length bytes (little endian)".
    #[test]
    fn padding_is_counted_and_last() {
        let mut out = Vec::new();
        write(&[1, 2, 3, 4], &[0xa, 0xb, 0xc], true, &mut out);
        assert_eq!(out, [0x07, 0x00, 0x00, 0x80, 1, 2, 3, 4, 0xa, 0xb, 0xc]);
    }

    /// The page: "quick ACK tokens as a standalone 4-byte packet without a length header […] the
    /// most-significant bit of the last byte set".
    #[test]
    fn quick_ack_is_given_as_the_page_says() {
        let token = u32::from_le_bytes([0x0a, 0x0b, 0x0c, 0x8d]);
        let mut out = Vec::new();
        write_quick_ack(token, &mut out);
        assert_eq!(out, [0x0a, 0x0b, 0x0c, 0x8d]);
        assert_eq!(read_header(&out, Side::Client), Header::Service(Frame::QuickAck(token)));
    }

    /// The page, of the padded framing: "a standalone 8 to 16-byte packet (excluding the length of
    /// the packet itself, encoded as usual), containing a 4-byte header with all bits set, followed
    /// by the ACK token".
    #[test]
    fn quick_ack_of_the_padded_framing_is_given_as_the_page_says() {
        let mut out = Vec::new();
        write_padded_quick_ack(u32::from_le_bytes([0x0a, 0x0b, 0x0c, 0x8d]), &mut out);
        assert_eq!(out, [8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0a, 0x0b, 0x0c, 0x8d]);
    }

    #[test]
    fn tl_17_header_alone_is_asked_for_to_its_end() {
        for side in [Side::Client, Side::Server] {
            for end in 0..4 {
                let head = [0x28, 0, 0, 0x80];
                assert_eq!(read_header(&head[..end], side), Header::Needs(4));
            }
        }
    }
}
