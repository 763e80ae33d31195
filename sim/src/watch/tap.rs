//! The packets of a link, out of the bytes of both directions.

use telewire::framing::{CLIENT_LIMIT, Decoder, Detector, Frame, Framing, Side};

/// A link that is read.
#[derive(Debug)]
pub(super) struct Tap {
    up: Stage,
    down: Decoder,
}

#[derive(Debug)]
enum Stage {
    Detecting(Box<Detector>),
    Framed(Box<Decoder>),
}

impl Tap {
    pub(super) fn new(framing: Framing) -> Self {
        let up = Stage::Detecting(Box::new(Detector::new()));
        Self { up, down: Decoder::new(framing, Side::Client, CLIENT_LIMIT) }
    }

    /// The packets that end with these bytes of the client's.
    pub(super) fn up(&mut self, mut bytes: &[u8]) -> Vec<Vec<u8>> {
        if let Stage::Detecting(detector) = &mut self.up
            && let Ok(Some(decoder)) = detector.detect(&mut bytes)
        {
            self.up = Stage::Framed(Box::new(decoder));
        }
        match &mut self.up {
            Stage::Framed(decoder) => packets(decoder, bytes),
            Stage::Detecting(_) => Vec::new(),
        }
    }

    /// The packets that end with these bytes of the server's.
    pub(super) fn down(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        packets(&mut self.down, bytes)
    }
}

fn packets(decoder: &mut Decoder, mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while let Ok(Some(frame)) = decoder.decode(&mut bytes) {
        if let Frame::Packet { body, .. } = frame {
            packets.push(body.to_vec());
        }
    }
    packets
}
