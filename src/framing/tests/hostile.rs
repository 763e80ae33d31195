//! Spoiled and random streams: never a panic, and never more memory than allowed.

use super::{
    super::{Detector, FrameError, Framing, Side},
    decoder, everywhere, packet, read, sample, seeded, to_server,
};
use crate::crypto::{Entropy, EntropyExt};
use crate::turns::Turns;

#[test]
fn tl_18_any_changed_byte_of_a_full_frame_is_seen() {
    let frame = to_server(Framing::Full, &[(packet(40), false)]);
    for (position, mask) in (0..frame.len()).flat_map(|at| (1..=255).map(move |mask| (at, mask))) {
        let mut frame = frame.clone();
        frame[position] ^= mask;
        let mut decoder = decoder(Framing::Full, Side::Client);
        match (position, read(&mut decoder, &frame)) {
            // A length that goes on further than the frame.
            (0..4, Ok(frames)) => assert!(frames.is_empty() && decoder.buffered_len() == 52),
            (0..4, Err(FrameError::BadSequence { .. })) => panic!("the length was changed"),
            (0..4, Err(_)) => {}
            (4..8, result) => {
                let actual = u32::from(mask) << (8 * (position - 4));
                assert_eq!(result, Err(FrameError::BadSequence { expected: 0, actual }));
            }
            (_, result) => assert_eq!(result, Err(FrameError::BadChecksum)),
        }
    }
}

#[test]
fn tl_17_any_changed_byte_is_an_error_or_another_stream() {
    everywhere(|framing, side| {
        let stream = sample(framing, side);
        let expected = read(&mut decoder(framing, side), &stream);
        for position in 0..stream.len() {
            for mask in [0x01, 0x04, 0x7f, 0x80, 0xff] {
                let mut stream = stream.clone();
                stream[position] ^= mask;
                let mut decoder = decoder(framing, side);
                let frames = read(&mut decoder, &stream);
                assert!(decoder.buffered_len() <= stream.len());
                // What follows a short packet's number is padding: nothing is in it to change.
                assert!(
                    frames != expected || framing == Framing::PaddedIntermediate,
                    "{framing} {side:?} at {position}"
                );
            }
        }
    });
}

#[test]
fn tl_17_random_streams_never_hold_more_than_the_limit() {
    const LIMIT: usize = 1 << 12;
    everywhere(|framing, side| {
        for seed in 0..500 {
            let mut random = seeded(seed);
            let mut decoder = super::Decoder::new(framing, side, LIMIT);
            for _ in 0..100 {
                let [length, choice, a, b] = random.array();
                let mut piece = vec![0; usize::from(length)];
                random.fill(&mut piece);
                if choice.is_multiple_of(2) {
                    // Now and then something like a header.
                    let word = [a, b % 20, 0, 0];
                    piece.splice(0..piece.len().min(4), word);
                }
                let result = read(&mut decoder, &piece);
                assert!(decoder.buffered_len() <= LIMIT + 8 + 15);
                if result.is_err() {
                    break;
                }
            }
        }
    });
}

#[test]
fn tl_17_random_beginnings_never_confuse_the_detector() {
    for seed in 0..2000 {
        let mut random = seeded(seed);
        let mut bytes: [u8; 12] = random.array();
        let [zeros] = random.array();
        bytes[usize::from(zeros % 8)..8].fill(0);
        let (mut one, mut many) = (Detector::new(), Detector::new());
        let mut input = &bytes[..];
        let at_once = one.detect(&mut input).map(|found| found.map(|found| found.framing()));
        let left = input.len();
        let mut input = &bytes[..];
        let mut turns = Turns::default();
        let piecewise = loop {
            turns.count(());
            let Some((mut byte, rest)) = input.split_at_checked(1) else { break Ok(None) };
            input = rest;
            match many.detect(&mut byte) {
                Ok(None) => {}
                other => break other.map(|found| found.map(|found| found.framing())),
            }
        };
        assert_eq!((at_once, left), (piecewise, input.len()));
    }
}
