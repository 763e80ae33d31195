//! TL-17 and TL-18: what is refused, with which error, and when.

use super::{
    super::{Decoder, Frame, FrameError, Framing, Side},
    SIDES, Seen, decoder, everywhere, limit, packet, read, to_server,
};

/// The header of a packet with this length, in each framing.
fn header(framing: Framing, length: u32) -> Vec<u8> {
    match framing {
        Framing::Abridged => [&[0x7f], &(length / 4).to_le_bytes()[..3]].concat(),
        Framing::Intermediate | Framing::PaddedIntermediate => length.to_le_bytes().to_vec(),
        Framing::Full => [(length + 12).to_le_bytes(), [0; 4]].concat(),
    }
}

#[test]
fn tl_17_length_0_is_refused() {
    everywhere(|framing, side| {
        let frames = read(&mut decoder(framing, side), &header(framing, 0));
        assert_eq!(frames, Err(FrameError::Empty), "{framing} {side:?}");
    });
    for (framing, header) in [
        (Framing::Abridged, &[0x00][..]),
        (Framing::Abridged, &[0x80]),
        (Framing::Abridged, &[0xff, 0, 0, 0]),
        (Framing::Intermediate, &[0, 0, 0, 0x80]),
        (Framing::PaddedIntermediate, &[0, 0, 0, 0x80]),
    ] {
        let frames = read(&mut decoder(framing, Side::Server), header);
        assert_eq!(frames, Err(FrameError::Empty), "{framing} {header:x?}");
    }
}

#[test]
fn tl_17_length_not_a_multiple_of_4_is_refused_where_there_is_no_padding() {
    for side in SIDES {
        for length in [21, 22, 23, 25, 1001] {
            for framing in [Framing::Intermediate, Framing::Full] {
                assert_eq!(
                    read(&mut decoder(framing, side), &header(framing, length)),
                    Err(FrameError::NotMultipleOf4 { length: length as usize })
                );
            }
            let framing = Framing::PaddedIntermediate;
            let stream = [header(framing, length), packet(length as usize)].concat();
            assert_eq!(
                read(&mut decoder(framing, side), &stream),
                Ok(vec![Seen::Packet(packet(length as usize), false)])
            );
        }
    }
}

#[test]
fn tl_17_length_over_the_limit_is_refused_by_the_header_alone() {
    everywhere(|framing, side| {
        let padding = if framing == Framing::PaddedIntermediate { 15 } else { 0 };
        let limit = limit(side) + padding;
        let mut decoder = decoder(framing, side);
        let header_at_limit = header(framing, limit as u32);
        assert_eq!(read(&mut decoder, &header_at_limit), Ok(vec![]), "{framing} {side:?}");
        assert_eq!(decoder.buffered_len(), header_at_limit.len());

        let length = limit + if framing == Framing::PaddedIntermediate { 1 } else { 4 };
        assert_eq!(
            read(&mut super::decoder(framing, side), &header(framing, length as u32)),
            Err(FrameError::TooLong { length, limit }),
            "{framing} {side:?}"
        );
    });
}

#[test]
fn tl_17_greatest_length_of_each_framing_is_over_the_limit() {
    for side in SIDES {
        let limit = limit(side);
        let refused = |framing, header: &[u8]| read(&mut decoder(framing, side), header);
        let too_long = |length, limit| Err(FrameError::TooLong { length, limit });
        let greatest = 0x7fff_ffff;
        assert_eq!(
            refused(Framing::Abridged, &[0x7f, 0xff, 0xff, 0xff]),
            too_long(0xff_ffff * 4, limit)
        );
        assert_eq!(
            refused(Framing::Intermediate, &[0xff, 0xff, 0xff, 0x7f]),
            too_long(greatest, limit)
        );
        assert_eq!(
            refused(Framing::PaddedIntermediate, &[0xff, 0xff, 0xff, 0x7f]),
            too_long(greatest, limit + 15)
        );
        assert_eq!(
            refused(Framing::Full, &[0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]),
            too_long(greatest - 12, limit)
        );
    }
    // The largest limit that a caller can name overflows nothing.
    let mut decoder = Decoder::new(Framing::PaddedIntermediate, Side::Client, usize::MAX);
    assert_eq!(read(&mut decoder, &[0xff, 0xff, 0xff, 0x7f]), Ok(vec![]));
}

#[test]
fn tl_17_high_bit_is_a_quick_ack_for_the_client_and_a_request_for_one_for_the_server() {
    let body = packet(24);
    for (framing, header, token) in [
        (Framing::Abridged, &[0x86][..], None),
        (Framing::Abridged, &[0xff, 0x06, 0x00, 0x00], Some(0xff06_0000)),
        (Framing::Intermediate, &[0x18, 0, 0, 0x80], Some(0x8000_0018)),
        (Framing::PaddedIntermediate, &[0x18, 0, 0, 0x80], Some(0x8000_0018)),
    ] {
        let stream = [header, &body].concat();
        let frames = read(&mut decoder(framing, Side::Server), &stream);
        assert_eq!(frames, Ok(vec![Seen::Packet(body.clone(), true)]), "{framing}");

        let frames = read(&mut decoder(framing, Side::Client), header);
        assert_eq!(frames, Ok(token.map(Seen::QuickAck).into_iter().collect()), "{framing}");
    }
    // Neither in full.
    for (side, length) in
        [(Side::Client, 0x8000_0024), (Side::Server, 0x8000_0024), (Side::Server, -404_i32 as u32)]
    {
        assert_eq!(
            read(&mut decoder(Framing::Full, side), &length.to_le_bytes()),
            Err(FrameError::StrayQuickAckBit { length })
        );
    }
}

#[test]
fn tl_17_packet_to_the_server_is_at_least_a_message() {
    for framing in Framing::ALL {
        for length in [4, 8, 12, 16] {
            assert_eq!(
                read(&mut decoder(framing, Side::Server), &header(framing, length)),
                Err(FrameError::TooShort { length: length as usize, minimum: 20 }),
                "{framing}"
            );
        }
    }
}

#[test]
fn tl_17_packet_to_the_client_is_at_least_a_number() {
    for length in [1, 2, 3] {
        let framing = Framing::PaddedIntermediate;
        let stream = [header(framing, length), vec![0; length as usize]].concat();
        assert_eq!(
            read(&mut decoder(framing, Side::Client), &stream),
            Err(FrameError::TooShort { length: length as usize, minimum: 4 })
        );
    }
}

#[test]
fn tl_18_frame_out_of_order_is_refused() {
    let frame = to_server(Framing::Full, &[(packet(24), false)]);
    for side in SIDES {
        for actual in [1_u32, 2, 0x100, u32::MAX] {
            let mut stream = frame.clone();
            stream[4..8].copy_from_slice(&actual.to_le_bytes());
            assert_eq!(
                read(&mut decoder(Framing::Full, side), &stream[..8]),
                Err(FrameError::BadSequence { expected: 0, actual })
            );
        }
        // The same frame again.
        let mut decoder = decoder(Framing::Full, side);
        assert_eq!(read(&mut decoder, &frame).unwrap().len(), 1);
        assert_eq!(
            read(&mut decoder, &frame),
            Err(FrameError::BadSequence { expected: 1, actual: 0 })
        );
    }
}

#[test]
fn tl_18_wrong_checksum_is_refused() {
    for side in SIDES {
        let frame = to_server(Framing::Full, &[(packet(24), false)]);
        for bit in 0..32 {
            let mut frame = frame.clone();
            frame[32 + bit / 8] ^= 1 << (bit % 8);
            let frames = read(&mut decoder(Framing::Full, side), &frame);
            assert_eq!(frames, Err(FrameError::BadChecksum));
        }
    }
}

#[test]
fn tl_18_length_below_the_envelope_is_refused() {
    for side in SIDES {
        for length in 0..12_u32 {
            assert_eq!(
                read(&mut decoder(Framing::Full, side), &length.to_le_bytes()),
                Err(FrameError::TooShort { length: length as usize, minimum: 12 })
            );
        }
    }
}

#[test]
fn failed_decoder_stays_failed_with_the_same_error() {
    everywhere(|framing, side| {
        let mut decoder = decoder(framing, side);
        let good = to_server(framing, &[(packet(24), false)]);
        assert_eq!(read(&mut decoder, &good).unwrap().len(), 1);
        let bad = header(framing, 0);
        let error = read(&mut decoder, &bad).unwrap_err();
        assert_eq!(decoder.buffered_len(), 0);
        for mut input in [&good[..], &bad, &[]] {
            let before = input;
            assert_eq!(decoder.decode(&mut input), Err(error.clone()), "{framing} {side:?}");
            assert_eq!(input, before);
        }
    });
}

/// Telegram's proxy writes each of these: the bare token, the token in a packet, and a packet that
/// says nothing.
#[test]
fn padded_framing_has_two_forms_of_quick_acks() {
    let stream = [
        &[0x0a, 0x0b, 0x0c, 0x8d][..],
        &[8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0a, 0x0b, 0x0c, 0x8d],
        &[13, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0a, 0x0b, 0x0c, 0x8d, 1, 2, 3, 4, 5],
        &[8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
    ]
    .concat();
    let quick_ack = Seen::QuickAck(0x8d0c_0b0a);
    assert_eq!(
        read(&mut decoder(Framing::PaddedIntermediate, Side::Client), &stream),
        Ok(vec![quick_ack.clone(), quick_ack.clone(), quick_ack, Seen::Nop])
    );
}

#[test]
fn padded_framing_has_errors_of_up_to_19_bytes() {
    for padding in 0..=15_u8 {
        let mut stream = vec![4 + padding, 0, 0, 0, 0x6c, 0xfe, 0xff, 0xff];
        stream.extend(1..=padding);
        let frames = read(&mut decoder(Framing::PaddedIntermediate, Side::Client), &stream);
        assert_eq!(frames, Ok(vec![Seen::Error(-404)]));
    }
}

#[test]
fn full_framing_has_bare_errors() {
    let stream = i32::to_le_bytes(-429).repeat(3);
    for cut in 0..=stream.len() {
        let mut decoder = decoder(Framing::Full, Side::Client);
        let mut frames = read(&mut decoder, &stream[..cut]).unwrap();
        frames.extend(read(&mut decoder, &stream[cut..]).unwrap());
        assert_eq!(frames, [-429; 3].map(Seen::Error));
    }
}

#[test]
fn packet_can_be_changed_in_place() {
    for framing in Framing::ALL {
        let stream = to_server(framing, &[(packet(24), false), (packet(24), false)]);
        let mut decoder = decoder(framing, Side::Server);
        let mut input = stream.as_slice();
        for _ in 0..2 {
            let Ok(Some(Frame::Packet { body, .. })) = decoder.decode(&mut input) else {
                panic!("no packet");
            };
            assert_eq!(body[..24], packet(24));
            body.fill(0);
        }
    }
}

/// What has arrived of a packet, for those who may refuse it before it is whole.
#[cfg(feature = "server")]
#[test]
fn what_is_unfinished_is_told_with_the_length_that_it_will_have() {
    use super::super::{CLIENT_LIMIT, Encoder};
    for framing in Framing::ALL {
        let mut stream = Vec::new();
        let mut encoder = Encoder::new(framing, Side::Client);
        let body = packet(64);
        encoder.encode(&body, false, &mut super::seeded(1), &mut stream).unwrap();
        let mut decoder = Decoder::new(framing, Side::Server, CLIENT_LIMIT);
        assert_eq!(decoder.unfinished(), None);
        let mut told = 0;
        let frame = &stream[framing.tag().len()..];
        for byte in frame.chunks(1).take(frame.len() - 1) {
            assert!(decoder.decode(&mut &byte[..]).unwrap().is_none());
            if let Some((came, length)) = decoder.unfinished() {
                told += 1;
                // With padding and a checksum it is longer.
                assert!((64..64 + 16).contains(&length), "{framing:?}: {length}");
                let both = came.len().min(64);
                assert_eq!(came[..both], body[..both], "{framing:?}");
                assert!(came.len() < length);
            }
        }
        assert!((64..64 + 16).contains(&told), "{framing:?}: {told}");
    }
}
