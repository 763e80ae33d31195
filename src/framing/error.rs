//! What can be wrong with a frame.

use super::{Framing, Side};

/// A rule of the framing that was broken, by the peer when reading and by the caller when writing.
///
/// When reading, there is no way on: where the next frame begins is not known any more. Close the
/// connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// TL-17: a packet of no bytes.
    #[error("empty packet: a packet has at least four bytes")]
    Empty,

    /// TL-17: a packet whose length is not a multiple of four, where there is no padding.
    #[error("packet of {length} bytes: the length must be a multiple of four")]
    NotMultipleOf4 {
        /// The packet's length in bytes.
        length: usize,
    },

    /// TL-17: a packet longer than this end accepts.
    #[error("packet of {length} bytes: at most {limit} are accepted")]
    TooLong {
        /// The packet's length in bytes, as announced.
        length: usize,
        /// The most that is accepted.
        limit: usize,
    },

    /// TL-17, TL-18: fewer bytes than such a thing can have. What it is follows from `minimum`: 4
    /// for a packet to the client, 20 for a message to the server, 12 for the envelope of the full
    /// framing.
    #[error("{length} bytes where there are at least {minimum}")]
    TooShort {
        /// The length in bytes, as announced.
        length: usize,
        /// The least that it can be.
        minimum: usize,
    },

    /// TL-17: a length of the full framing with its top bit set. In the other framings that bit
    /// asks for a quick acknowledgement, or is one.
    #[error("length {length:#010x} has its top bit set: full has no quick acknowledgements")]
    StrayQuickAckBit {
        /// The length as it was sent.
        length: u32,
    },

    /// TL-18: a frame of the full framing out of order.
    #[error("frame number {actual} where {expected} comes next")]
    BadSequence {
        /// The number that comes next.
        expected: u32,
        /// The number that was sent.
        actual: u32,
    },

    /// TL-18: a frame of the full framing whose checksum is not that of its bytes.
    #[error("frame with a wrong checksum")]
    BadChecksum,

    /// A quick acknowledgement was to be written in a framing that has none.
    #[error("{framing} has no quick acknowledgements: use another framing or ask for none")]
    NoQuickAck {
        /// The framing.
        framing: Framing,
    },

    /// A quick acknowledgement was to be asked for by the server, or given by the client.
    #[error("quick acknowledgements are asked for by clients and given by servers")]
    WrongSide {
        /// The side that tried.
        side: Side,
    },

    /// A stream that begins like none of the framings.
    #[error("stream begins with {first:02x?}: no known framing")]
    UnknownFraming {
        /// Its first bytes.
        first: [u8; 8],
    },
}
