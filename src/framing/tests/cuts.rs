//! CF-02 and CF-03: a stream cut anywhere, and a stream that ends anywhere.

use super::{
    super::{Detector, Encoder, Framing, Side},
    decoder, everywhere, packet, read, sample, seeded,
};

#[test]
fn cf_03_two_pieces_give_the_same_frames_as_one() {
    everywhere(|framing, side| {
        let stream = sample(framing, side);
        let expected = read(&mut decoder(framing, side), &stream).unwrap();
        assert!(expected.len() >= 6);
        for cut in 0..=stream.len() {
            let (first, second) = stream.split_at(cut);
            let mut decoder = decoder(framing, side);
            let mut frames = read(&mut decoder, first).unwrap();
            frames.extend(read(&mut decoder, second).unwrap());
            assert_eq!(frames, expected, "{framing} {side:?} cut at {cut}");
        }
    });
}

#[test]
fn cf_03_pieces_of_any_size_give_the_same_frames() {
    everywhere(|framing, side| {
        let stream = sample(framing, side);
        let expected = read(&mut decoder(framing, side), &stream).unwrap();
        for size in 1..=64 {
            let mut decoder = decoder(framing, side);
            let frames = stream.chunks(size).flat_map(|piece| read(&mut decoder, piece).unwrap());
            assert_eq!(frames.collect::<Vec<_>>(), expected, "{framing} {side:?} by {size}");
        }
    });
}

#[test]
fn cf_03_many_frames_in_one_read() {
    everywhere(|framing, side| {
        let other = if side == Side::Client { Side::Server } else { Side::Client };
        let (mut encoder, mut out) = (Encoder::new(framing, other), Vec::new());
        for _ in 0..1000 {
            encoder.encode(&packet(24), false, &mut seeded(5), &mut out).unwrap();
        }
        let tag = if other == Side::Client { framing.tag().len() } else { 0 };
        let mut decoder = decoder(framing, side);
        assert_eq!(read(&mut decoder, &out[tag..]).unwrap().len(), 1000);
        assert_eq!(decoder.buffered_len(), 0);
    });
}

#[test]
fn cf_03_detector_sees_the_same_byte_by_byte() {
    for framing in Framing::ALL {
        let mut stream = framing.tag().to_vec();
        stream.extend(sample(framing, Side::Server));
        let expected =
            read(&mut decoder(framing, Side::Server), &stream[framing.tag().len()..]).unwrap();

        let (mut detector, mut found, mut frames) = (Detector::new(), None, Vec::new());
        for mut byte in stream.chunks(1) {
            if found.is_none() {
                found = detector.detect(&mut byte).unwrap();
            }
            if let Some(decoder) = &mut found {
                frames.extend(read(decoder, byte).unwrap());
            }
        }
        assert_eq!(found.unwrap().framing(), framing);
        assert_eq!(frames, expected);
    }
}

#[test]
fn cf_02_end_inside_a_frame_gives_only_the_frames_before_it() {
    everywhere(|framing, side| {
        let stream = sample(framing, side);
        let expected = read(&mut decoder(framing, side), &stream).unwrap();
        let (mut whole, mut since) = (0, 0);
        for end in 0..=stream.len() {
            let mut decoder = decoder(framing, side);
            let frames = read(&mut decoder, &stream[..end]).unwrap();
            if frames.len() > whole {
                (whole, since) = (frames.len(), end);
            }
            assert_eq!(frames, expected[..whole], "{framing} {side:?} end at {end}");
            assert_eq!(decoder.buffered_len(), end - since, "{framing} {side:?} end at {end}");
        }
        assert_eq!((whole, since), (expected.len(), stream.len()));
    });
}
