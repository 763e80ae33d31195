//! Families of tests over all framings, both sides, and every way to cut or spoil a stream.

use super::{CLIENT_LIMIT, Decoder, Encoder, Frame, FrameError, Framing, SERVER_LIMIT, Side};
use crate::crypto::{Entropy, SeededEntropy};
use crate::turns::Turns;

mod cuts;
mod hostile;
mod round_trip;
mod rules;
mod wrapped;

pub(super) fn seeded(seed: u64) -> SeededEntropy {
    SeededEntropy::new(seed)
}

/// The same byte always. The padding drawn from it has `.0 % 16` bytes.
pub(super) struct Always(pub(super) u8);

impl Entropy for Always {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(self.0);
    }
}

/// `length` bytes that are not alike.
pub(super) fn packet(length: usize) -> Vec<u8> {
    // Of a prime length, so that a repetition never falls on a boundary of anything.
    let mut block = [0; 1021];
    seeded(length as u64).fill(&mut block);
    let mut packet = block.repeat(length.div_ceil(block.len()));
    packet.truncate(length);
    packet
}

/// A frame that owns its packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Packet(Vec<u8>, bool),
    QuickAck(u32),
    Error(i32),
    Nop,
}

impl From<Frame<'_>> for Seen {
    fn from(frame: Frame<'_>) -> Self {
        match frame {
            Frame::Packet { body, quick_ack } => Self::Packet(body.to_vec(), quick_ack),
            Frame::QuickAck(token) => Self::QuickAck(token),
            Frame::Error(error) => Self::Error(error.0),
            Frame::Nop => Self::Nop,
        }
    }
}

/// All frames of one input. What it does not take is a fault.
pub(super) fn read(decoder: &mut Decoder, mut input: &[u8]) -> Result<Vec<Seen>, FrameError> {
    let mut frames = Vec::new();
    let mut turns = Turns::default();
    while let Some(frame) = turns.count(decoder.decode(&mut input)?) {
        frames.push(frame.into());
    }
    assert!(input.is_empty(), "None means that the input is used up");
    Ok(frames)
}

pub(super) fn limit(side: Side) -> usize {
    match side {
        Side::Client => CLIENT_LIMIT,
        Side::Server => SERVER_LIMIT,
    }
}

pub(super) fn decoder(framing: Framing, side: Side) -> Decoder {
    Decoder::new(framing, side, limit(side))
}

/// The frames that a client sends, without the tag.
pub(super) fn to_server(framing: Framing, packets: &[(Vec<u8>, bool)]) -> Vec<u8> {
    let (mut encoder, mut out) = (Encoder::new(framing, Side::Client), Vec::new());
    let mut entropy = seeded(1);
    for (packet, quick_ack) in packets {
        encoder.encode(packet, *quick_ack, &mut entropy, &mut out).unwrap();
    }
    out.split_off(framing.tag().len())
}

/// A stream to each side, with all that can be in it.
fn sample(framing: Framing, side: Side) -> Vec<u8> {
    match side {
        Side::Server => {
            let ask = framing.has_quick_ack();
            let packets =
                [(24, false), (40, ask), (504, ask), (508, false), (512, ask), (20, false)];
            to_server(framing, &packets.map(|(length, ask)| (packet(length), ask)))
        }
        Side::Client => {
            let (mut encoder, mut out) = (Encoder::new(framing, Side::Server), Vec::new());
            let mut entropy = seeded(2);
            for length in [24, 504, 508, 20] {
                encoder.encode(&packet(length), false, &mut entropy, &mut out).unwrap();
                encoder.encode_error(-404, &mut out);
                if framing.has_quick_ack() {
                    encoder.encode_quick_ack(0x8765_4321, &mut out).unwrap();
                }
                encoder.encode(&[0; 4], false, &mut entropy, &mut out).unwrap();
            }
            out
        }
    }
}

pub(super) const SIDES: [Side; 2] = [Side::Client, Side::Server];

pub(super) fn everywhere(mut test: impl FnMut(Framing, Side)) {
    for framing in Framing::ALL {
        for side in SIDES {
            test(framing, side);
        }
    }
}
