//! Frames from a stream, however it is cut.

use std::fmt;

use super::{
    Frame, FrameError, Framing, Side, abridged, classify, full, intermediate,
    limits::{MAX_PADDING, MIN_MESSAGE},
};

/// Reads the frames of one direction of one stream.
///
/// ```text
///            +-----------------------------------------------+
///            v                                               |
///   input -> Header --- length is allowed ---> Body --- all of it is there ---> frame
///            |  |                               |
///            |  +--- needs no body ---> frame   +--- checksum ---> Failed
///            +--- broken rule ---> Failed
/// ```
///
/// Any cutting of the stream gives the same frames. It holds at most one frame, and of that only
/// what has arrived: a length that is merely claimed allocates nothing, and one above the limit is
/// refused as soon as the header is there. After an error it stays failed, with the same error.
///
/// The tag of a client's stream is not read here but by the [`Detector`](super::Detector), which
/// makes the server's decoder.
pub struct Decoder {
    framing: Framing,
    side: Side,
    limit: usize,
    /// The frame that is arriving, with its header; or the one that was given out last.
    buffer: Vec<u8>,
    state: State,
    /// That of the next frame, in the full framing.
    seqno: u32,
}

#[derive(Debug)]
enum State {
    /// The header is arriving.
    Header,
    /// The rest is arriving: the packet begins at `start`, the frame has `end` bytes.
    Body { start: usize, end: usize, quick_ack: bool },
    /// A frame was given out. The buffer is its, until the next call.
    Given,
    /// A rule was broken.
    Failed(FrameError),
}

/// What the beginning of a frame says, by the framing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Nothing yet: so many bytes are needed, in all.
    Needs(usize),
    /// A packet comes (with its padding): its length is still to be checked.
    Packet { length: u32, quick_ack: bool },
    /// This was all.
    Service(Frame<'static>),
}

impl Decoder {
    /// A decoder for the beginning of a stream, on this `side`, that accepts packets of up to
    /// `limit` bytes: [`CLIENT_LIMIT`](super::CLIENT_LIMIT) or
    /// [`SERVER_LIMIT`](super::SERVER_LIMIT), or less. The padding of padded intermediate is not
    /// counted.
    #[must_use]
    pub const fn new(framing: Framing, side: Side, limit: usize) -> Self {
        Self { framing, side, limit, buffer: Vec::new(), state: State::Header, seqno: 0 }
    }

    /// The framing that it reads.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// How many bytes of an unfinished frame it holds. If the stream ends here, they are lost
    /// (CF-02).
    #[must_use]
    pub const fn buffered_len(&self) -> usize {
        match self.state {
            State::Header | State::Body { .. } => self.buffer.len(),
            State::Given | State::Failed(_) => 0,
        }
    }

    /// What has arrived of a packet that is not whole, and how long it is to be, with its padding and checksum.
    #[cfg(feature = "server")]
    pub(crate) fn unfinished(&self) -> Option<(&[u8], usize)> {
        let State::Body { start, end, .. } = self.state else { return None };
        Some((self.buffer.get(start..)?, end.saturating_sub(start)))
    }

    /// Takes bytes from the front of `input` until a frame is whole, and returns it. `None` says
    /// that `input` is used up; call again when there is more. Call until it returns `None`, as
    /// `input` may hold many frames.
    ///
    /// # Errors
    ///
    /// When a rule of the framing is broken (TL-17, TL-18), and from then on always. Close the
    /// connection.
    pub fn decode<'d>(&'d mut self, input: &mut &[u8]) -> Result<Option<Frame<'d>>, FrameError> {
        match self.advance(input) {
            Ok(None) => Ok(None),
            Ok(Some(Found::Service(frame))) => Ok(Some(frame)),
            Ok(Some(Found::Packet { start, end, quick_ack })) => {
                let body = self.buffer.get_mut(start..end).unwrap_or_default();
                Ok(Some(Frame::Packet { body, quick_ack }))
            }
            Err(error) => {
                self.buffer = Vec::new();
                self.state = State::Failed(error.clone());
                Err(error)
            }
        }
    }

    fn advance(&mut self, input: &mut &[u8]) -> Result<Option<Found>, FrameError> {
        loop {
            match self.state {
                State::Failed(ref error) => return Err(error.clone()),
                State::Given => {
                    self.buffer.clear();
                    self.buffer.shrink_to(KEPT);
                    self.state = State::Header;
                }
                State::Header => match self.read_header()? {
                    Header::Needs(end) => {
                        if !self.fill(end, input) {
                            return Ok(None);
                        }
                    }
                    Header::Packet { length, quick_ack } => {
                        let length = self.check_length(length)?;
                        let start = self.buffer.len();
                        let trailer =
                            if self.framing == Framing::Full { full::CHECKSUM } else { 0 };
                        let end = start.saturating_add(length).saturating_add(trailer);
                        self.state = State::Body { start, end, quick_ack };
                    }
                    Header::Service(frame) => {
                        self.state = State::Given;
                        return Ok(Some(Found::Service(frame)));
                    }
                },
                State::Body { start, end, quick_ack } => {
                    if !self.fill(end, input) {
                        return Ok(None);
                    }
                    let found = self.finish(start, end, quick_ack)?;
                    self.state = State::Given;
                    return Ok(Some(found));
                }
            }
        }
    }

    fn read_header(&self) -> Result<Header, FrameError> {
        match self.framing {
            Framing::Abridged => Ok(abridged::read_header(&self.buffer, self.side)),
            Framing::Intermediate | Framing::PaddedIntermediate => {
                Ok(intermediate::read_header(&self.buffer, self.side))
            }
            Framing::Full => full::read_header(&self.buffer, self.side, self.seqno),
        }
    }

    /// TL-17: checks the length of a packet before any of it is kept.
    fn check_length(&self, length: u32) -> Result<usize, FrameError> {
        // A length that this machine cannot even count is too long like any other.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let is_padded = self.framing == Framing::PaddedIntermediate;
        let limit = self.limit.saturating_add(if is_padded { MAX_PADDING } else { 0 });
        if length == 0 {
            return Err(FrameError::Empty);
        }
        if length > limit {
            return Err(FrameError::TooLong { length, limit });
        }
        if !is_padded && !length.is_multiple_of(4) {
            return Err(FrameError::NotMultipleOf4 { length });
        }
        // The client's short packets have a meaning (see `Frame`), the server's have none.
        if self.side == Side::Server && length < MIN_MESSAGE {
            return Err(FrameError::TooShort { length, minimum: MIN_MESSAGE });
        }
        Ok(length)
    }

    /// Takes input until the buffer has `end` bytes; says whether it has.
    fn fill(&mut self, end: usize, input: &mut &[u8]) -> bool {
        let missing = end.saturating_sub(self.buffer.len());
        let (taken, rest) = input.split_at_checked(missing).unwrap_or((input, &[]));
        // Memory follows what has arrived: at most twice that, and never past the frame's end.
        if self.buffer.capacity().saturating_sub(self.buffer.len()) < taken.len() {
            self.buffer.reserve_exact(self.buffer.len().max(taken.len()).min(missing));
        }
        self.buffer.extend_from_slice(taken);
        *input = rest;
        taken.len() == missing
    }

    /// Tells what a whole frame holds.
    fn finish(&mut self, start: usize, end: usize, quick_ack: bool) -> Result<Found, FrameError> {
        let mut end = end;
        if self.framing == Framing::Full {
            full::check(&self.buffer)?;
            self.seqno = self.seqno.wrapping_add(1);
            end = end.saturating_sub(full::CHECKSUM);
        }
        let service = match self.side {
            Side::Client => classify::classify(self.buffer.get(start..end).unwrap_or_default())?,
            Side::Server => None,
        };
        Ok(service.map_or(Found::Packet { start, end, quick_ack }, Found::Service))
    }
}

/// Without the bytes: the packet given out last was decrypted in place.
impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("framing", &self.framing)
            .field("side", &self.side)
            .field("limit", &self.limit)
            .field("state", &self.state)
            .field("buffered_len", &self.buffered_len())
            .finish_non_exhaustive()
    }
}

/// A frame that was found, with its place in the buffer.
enum Found {
    Packet { start: usize, end: usize, quick_ack: bool },
    Service(Frame<'static>),
}

/// Memory kept from one frame to the next, so that one large packet does not weigh on a connection
/// for the rest of its life. Nearly all packets are smaller; file parts grow the buffer each time,
/// which costs little beside their decryption.
const KEPT: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::{
        CLIENT_LIMIT,
        tests::{packet, read, to_server},
    };

    #[test]
    fn tl_17_claimed_length_allocates_nothing() {
        for framing in Framing::ALL {
            let stream = to_server(framing, &[(packet(1 << 20), false)]);
            let mut decoder = Decoder::new(framing, Side::Client, CLIENT_LIMIT);
            for piece in stream.chunks(1000) {
                read(&mut decoder, piece).unwrap();
                let (held, arrived) = (decoder.buffer.capacity(), decoder.buffer.len());
                assert!(held <= (2 * arrived).max(KEPT), "{held} for {arrived}");
                assert!(held <= stream.len());
            }
            assert_eq!(decoder.buffered_len(), 0);
        }
    }

    #[test]
    fn tl_17_growing_by_small_pieces_moves_the_bytes_few_times() {
        let stream = to_server(Framing::Abridged, &[(packet(1 << 20), false)]);
        let mut decoder = Decoder::new(Framing::Abridged, Side::Client, CLIENT_LIMIT);
        let (mut moves, mut before) = (0, 0);
        for piece in stream.chunks(16) {
            read(&mut decoder, piece).unwrap();
            moves += u32::from(decoder.buffer.capacity() != before);
            before = decoder.buffer.capacity();
        }
        assert!(moves <= 20, "{moves}");
    }

    #[test]
    fn packets_are_not_shown() {
        let mut decoder = Decoder::new(Framing::Intermediate, Side::Client, CLIENT_LIMIT);
        decoder.decode(&mut &[24, 0, 0, 0, 77, 77, 77, 77][..]).unwrap();
        assert_eq!(
            format!("{decoder:?}"),
            "Decoder { framing: Intermediate, side: Client, limit: 16777216, \
             state: Body { start: 4, end: 28, quick_ack: false }, buffered_len: 8, .. }"
        );
    }

    #[test]
    fn failure_frees_the_buffer() {
        let mut decoder = Decoder::new(Framing::Abridged, Side::Server, 64);
        let mut stream = to_server(Framing::Abridged, &[(packet(64), false)]);
        stream.push(0);
        assert_eq!(read(&mut decoder, &stream), Err(FrameError::Empty));
        assert_eq!(decoder.buffer.capacity(), 0);
    }
}
