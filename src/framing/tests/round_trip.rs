//! What an encoder writes, the other side's decoder reads.

use super::{
    super::{CLIENT_LIMIT, Detector, Encoder, Framing, SERVER_LIMIT, Side},
    Always, Seen, decoder, packet, read, seeded, to_server,
};

/// Around the bounds of the abridged framing's short form, and large ones.
const LENGTHS: [usize; 14] =
    [20, 24, 28, 40, 500, 504, 508, 512, 516, 1024, 65532, 65536, 1 << 20, SERVER_LIMIT];

/// The packet without the padding that only its reader could take away.
fn unpadded(framing: Framing, frame: Seen, length: usize) -> Seen {
    match frame {
        Seen::Packet(mut body, quick_ack) if framing == Framing::PaddedIntermediate => {
            assert!(body.len() - length <= 15, "{} bytes of padding", body.len() - length);
            body.truncate(length);
            Seen::Packet(body, quick_ack)
        }
        frame => frame,
    }
}

#[test]
fn packets_to_the_server_come_back_with_their_quick_ack_bit() {
    for framing in Framing::ALL {
        for length in LENGTHS {
            for ask in [false, true] {
                let ask = ask && framing.has_quick_ack();
                let stream = to_server(framing, &[(packet(length), ask)]);
                let mut frames = read(&mut decoder(framing, Side::Server), &stream).unwrap();
                let frame = unpadded(framing, frames.remove(0), length);
                assert_eq!(frame, Seen::Packet(packet(length), ask), "{framing} {length}");
                assert!(frames.is_empty());
            }
        }
    }
}

#[test]
fn packets_to_the_client_come_back() {
    for framing in Framing::ALL {
        for length in LENGTHS.into_iter().chain([CLIENT_LIMIT]) {
            let (mut encoder, mut out) = (Encoder::new(framing, Side::Server), Vec::new());
            encoder.encode(&packet(length), false, &mut seeded(3), &mut out).unwrap();
            let mut frames = read(&mut decoder(framing, Side::Client), &out).unwrap();
            let frame = unpadded(framing, frames.remove(0), length);
            assert_eq!(frame, Seen::Packet(packet(length), false), "{framing} {length}");
            assert!(frames.is_empty());
        }
    }
}

#[test]
fn errors_and_quick_acks_come_back() {
    for framing in Framing::ALL {
        let (mut encoder, mut out) = (Encoder::new(framing, Side::Server), Vec::new());
        let mut expected = Vec::new();
        for code in [-403, -404, -429, -444, i32::MIN] {
            encoder.encode_error(code, &mut out);
            expected.push(Seen::Error(code));
        }
        for token in [0x8000_0000, 0xffff_ffff, 0x8123_4567, 0xefef_efef, 0xdddd_dddd] {
            if framing.has_quick_ack() {
                encoder.encode_quick_ack(token, &mut out).unwrap();
                expected.push(Seen::QuickAck(token));
            }
        }
        assert_eq!(read(&mut decoder(framing, Side::Client), &out), Ok(expected), "{framing}");
    }
}

#[test]
fn short_packets_to_the_client_are_told_by_their_number() {
    for framing in Framing::ALL {
        for length in [4, 8, 12, 16] {
            for (first, second, expected) in [
                (0, 0, Seen::Nop),
                (0, -1, Seen::Nop),
                (-404, 0, Seen::Error(-404)),
                (404, -404, Seen::Error(404)),
                (-1, -5, if length < 8 { Seen::Error(-1) } else { Seen::QuickAck(0xffff_fffb) }),
            ] {
                let mut packet = [i32::to_le_bytes(first), i32::to_le_bytes(second)].concat();
                packet.resize(16, 0x55);
                packet.truncate(length);
                let (mut encoder, mut out) = (Encoder::new(framing, Side::Server), Vec::new());
                encoder.encode(&packet, false, &mut Always(0), &mut out).unwrap();
                let frames = read(&mut decoder(framing, Side::Client), &out);
                assert_eq!(frames, Ok(vec![expected]), "{framing} {length} {first}");
            }
        }
    }
}

#[test]
fn detector_makes_the_decoder_of_every_framing() {
    for framing in Framing::ALL {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(framing, Side::Client);
        for length in [40, 24] {
            encoder.encode(&packet(length), false, &mut Always(0), &mut out).unwrap();
        }
        let mut input = out.as_slice();
        let mut decoder = Detector::new().detect(&mut input).unwrap().unwrap();
        assert_eq!(decoder.framing(), framing);
        let expected = [40, 24].map(|length| Seen::Packet(packet(length), false));
        assert_eq!(read(&mut decoder, input), Ok(expected.to_vec()), "{framing}");
    }
}
