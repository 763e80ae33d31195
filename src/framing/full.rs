//! The [full] framing: numbered frames with a checksum.
//!
//! ```text
//!  0        4        8                       length - 4
//! +--------+--------+-----------------------+--------+
//! | length | seqno  | packet ...            | crc32  |    all little-endian
//! +--------+--------+-----------------------+--------+
//!  `------------- length covers all ----------------'
//!  `--------- crc32 covers these ----------'
//! ```
//!
//! Each direction counts its own frames, from 0. There are no quick acknowledgements.
//!
//! [full]: https://core.telegram.org/mtproto/mtproto-transports#full

use std::ops::RangeInclusive;

use super::{Frame, FrameError, Side, TransportError, decoder::Header};

/// Appends the frame of a packet that was checked.
pub(super) fn write(packet: &[u8], seqno: u32, out: &mut Vec<u8>) {
    // The limit for writing is far below 2^31.
    let length = (packet.len() + ENVELOPE) as u32;
    let mut crc = crc32fast::Hasher::new();
    for part in [&length.to_le_bytes(), &seqno.to_le_bytes(), packet] {
        crc.update(part);
        out.extend_from_slice(part);
    }
    out.extend_from_slice(&crc.finalize().to_le_bytes());
}

/// Reads what there is of a header, and checks its seqno (TL-18).
pub(super) fn read_header(head: &[u8], side: Side, expected: u32) -> Result<Header, FrameError> {
    let Some((&length, rest)) = head.split_first_chunk() else { return Ok(Header::Needs(4)) };
    let code = i32::from_le_bytes(length);
    if side == Side::Client && BARE_ERRORS.contains(&code) {
        return Ok(Header::Service(Frame::Error(TransportError(code))));
    }
    let length = u32::from_le_bytes(length);
    if code < 0 {
        return Err(FrameError::StrayQuickAckBit { length });
    }
    let Some(packet) = length.checked_sub(ENVELOPE as u32) else {
        return Err(FrameError::TooShort { length: length as usize, minimum: ENVELOPE });
    };
    let Some(&seqno) = rest.first_chunk() else { return Ok(Header::Needs(8)) };
    let actual = u32::from_le_bytes(seqno);
    if actual != expected {
        return Err(FrameError::BadSequence { expected, actual });
    }
    Ok(Header::Packet { length: packet, quick_ack: false })
}

/// Checks the checksum of a whole frame (TL-18).
pub(super) fn check(frame: &[u8]) -> Result<(), FrameError> {
    match frame.split_last_chunk() {
        Some((covered, &crc)) if crc32fast::hash(covered) == u32::from_le_bytes(crc) => Ok(()),
        _ => Err(FrameError::BadChecksum),
    }
}

/// Bytes of a frame that are not its packet.
pub(super) const ENVELOPE: usize = 4 + 4 + CHECKSUM;

/// Bytes of the checksum.
pub(super) const CHECKSUM: usize = 4;

/// Servers were seen to answer in this framing with the bare code of a transport error, three times
/// over, in place of a frame (<https://github.com/LonamiWebs/Telethon/issues/4042>). No length is
/// negative, so these can be told apart; the codes are HTTP's, of three digits.
const BARE_ERRORS: RangeInclusive<i32> = -999..=-100;

#[cfg(test)]
mod tests {
    use super::*;

    /// The packet is `req_pq_multi` of <https://core.telegram.org/mtproto/samples-auth_key>; the
    /// checksums were computed with Python's `zlib.crc32`.
    const PACKET: &str =
        "000000000000000060970500ebe5776714000000f18e7ebe79f0afb50252e5fc96924bfcecda4f05";

    /// The page: "length+seqno+payload+crc length […] the length of the length field must be
    /// included, too", "the first packet sent is numbered 0, the next one 1", "CRC32 bytes computed
    /// using length, sequence number, and payload together".
    #[test]
    fn frames_are_those_of_the_page() {
        for (seqno, header, crc) in
            [(0, "3400000000000000", "6b0cb839"), (1, "3400000001000000", "09349013")]
        {
            let mut out = Vec::new();
            write(&hex::decode(PACKET).unwrap(), seqno, &mut out);
            assert_eq!(hex::encode(&out), [header, PACKET, crc].concat());
            assert_eq!(check(&out), Ok(()));
            let read = read_header(&out[..8], Side::Server, seqno);
            assert_eq!(read, Ok(Header::Packet { length: 40, quick_ack: false }));
        }
    }

    #[test]
    fn transport_error_has_a_frame_like_any_packet() {
        let mut out = Vec::new();
        write(&i32::to_le_bytes(-404), 0, &mut out);
        assert_eq!(hex::encode(&out), "10000000000000006cfeffff0d2f4107");
    }

    #[test]
    fn bare_code_in_place_of_a_length_is_a_transport_error_for_the_client() {
        for code in [-404, -429, -100, -999] {
            let head = i32::to_le_bytes(code);
            let expected = Ok(Header::Service(Frame::Error(TransportError(code))));
            assert_eq!(read_header(&head, Side::Client, 0), expected);
            let length = code as u32;
            let refused = Err(FrameError::StrayQuickAckBit { length });
            assert_eq!(read_header(&head, Side::Server, 0), refused);
        }
        for code in [-1, -99, -1000, i32::MIN] {
            let refused = Err(FrameError::StrayQuickAckBit { length: code as u32 });
            assert_eq!(read_header(&i32::to_le_bytes(code), Side::Client, 0), refused);
        }
    }

    #[test]
    fn tl_18_header_alone_is_asked_for_to_its_end() {
        let head = [0x34, 0, 0, 0, 0, 0, 0, 0];
        for end in 0..8 {
            let needed = if end < 4 { 4 } else { 8 };
            let read = read_header(&head[..end], Side::Client, 0);
            assert_eq!(read, Ok(Header::Needs(needed)));
        }
    }
}
