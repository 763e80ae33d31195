//! Which framing does this client speak?

use super::{Decoder, FrameError, Framing, SERVER_LIMIT, Side};

/// Reads the beginning of a client's stream, on the server's side, and makes the decoder for the
/// rest of it.
///
/// ```text
///   0            4            8
///   ef                              abridged
///   ee ee ee ee                     intermediate
///   dd dd dd dd                     padded intermediate
///   length       00 00 00 00        full: the number of its first frame
///   anything else                   an error
/// ```
///
/// The tag is taken from the stream; bytes after it are left in the input. [`Framing::Full`] has no
/// tag: the eight bytes looked at belong to its first frame, and the decoder that is returned has
/// them already.
///
/// No other stream may begin like one of these: [obfuscated ones] choose their first bytes so that
/// they do not.
///
/// [obfuscated ones]: https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation
#[derive(Debug)]
pub struct Detector {
    limit: usize,
    first: Vec<u8>,
    failed: Option<FrameError>,
}

impl Detector {
    /// A detector for the beginning of a stream; its decoder accepts packets of up to
    /// [`SERVER_LIMIT`].
    #[must_use]
    pub const fn new() -> Self {
        Self::with_limit(SERVER_LIMIT)
    }

    /// A detector whose decoder accepts packets of up to `limit` bytes.
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        Self { limit, first: Vec::new(), failed: None }
    }

    /// Takes bytes from the front of `input` until the framing is known, and returns the decoder to
    /// go on with. `None` says that `input` is used up; call again when there is more.
    ///
    /// After it returned a decoder it is as new.
    ///
    /// # Errors
    ///
    /// When the stream begins like none of the framings, or with a frame of the full framing that
    /// has no allowed length; and from then on always. Close the connection.
    pub fn detect(&mut self, input: &mut &[u8]) -> Result<Option<Decoder>, FrameError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        // One by one, as bytes after the tag are not ours; there are at most eight.
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            self.first.push(byte);
            match self.recognise() {
                Ok(None) => {}
                Ok(Some(decoder)) => {
                    self.first.clear();
                    return Ok(Some(decoder));
                }
                Err(error) => {
                    self.failed = Some(error.clone());
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    fn recognise(&self) -> Result<Option<Decoder>, FrameError> {
        let framing = match *self.first.as_slice() {
            [0xef] => Framing::Abridged,
            [0xee, 0xee, 0xee, 0xee] => Framing::Intermediate,
            [0xdd, 0xdd, 0xdd, 0xdd] => Framing::PaddedIntermediate,
            [_, _, _, _, 0, 0, 0, 0] => Framing::Full,
            // The place to go on to 64 bytes, for an obfuscated stream.
            [a, b, c, d, e, f, g, h] => {
                return Err(FrameError::UnknownFraming { first: [a, b, c, d, e, f, g, h] });
            }
            _ => return Ok(None),
        };
        let mut decoder = Decoder::new(framing, Side::Server, self.limit);
        if framing == Framing::Full {
            // A header, and so never a whole frame: there is nothing to hand out yet.
            decoder.decode(&mut self.first.as_slice())?;
        }
        Ok(Some(decoder))
    }
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tl_17_streams_like_no_framing_are_refused() {
        for first in [
            *b"GET / HT",
            *b"POST /ap",
            *b"\x16\x03\x01\x02\x00\x01\x00\x01",
            [0xee, 0xee, 0xee, 0xef, 0, 0, 0, 1],
        ] {
            let mut detector = Detector::new();
            let mut input = &first[..];
            let error = detector.detect(&mut input).unwrap_err();
            assert_eq!(error, FrameError::UnknownFraming { first });
            assert_eq!(detector.detect(&mut &[0xef][..]).unwrap_err(), error);
        }
    }

    #[test]
    fn tl_17_full_stream_with_a_bad_first_length_is_refused() {
        let detect = |length: u32, limit| {
            let first = [length.to_le_bytes(), [0; 4]].concat();
            Detector::with_limit(limit)
                .detect(&mut first.as_slice())
                .map(|decoder| decoder.is_some())
        };
        let limit = SERVER_LIMIT;
        assert_eq!(detect(0, limit), Err(FrameError::TooShort { length: 0, minimum: 12 }));
        assert_eq!(detect(12, limit), Err(FrameError::Empty));
        assert_eq!(detect(28, limit), Err(FrameError::TooShort { length: 16, minimum: 20 }));
        assert_eq!(detect(112, 96), Err(FrameError::TooLong { length: 100, limit: 96 }));
        assert_eq!(detect(u32::MAX, limit), Err(FrameError::StrayQuickAckBit { length: u32::MAX }));
        assert_eq!(detect(32, limit), Ok(true));
    }

    #[test]
    fn detector_is_as_new_after_it_returned_a_decoder() {
        let mut detector = Detector::new();
        for (first, framing) in [
            (&[32, 0, 0, 0, 0, 0, 0, 0][..], Framing::Full),
            (&[0xdd, 0xdd, 0xdd, 0xdd], Framing::PaddedIntermediate),
            (&[0xef], Framing::Abridged),
        ] {
            let decoder = detector.detect(&mut &first[..]).unwrap().unwrap();
            assert_eq!(decoder.framing(), framing);
        }
    }

    #[test]
    fn detector_leaves_what_follows_the_tag() {
        let mut input = &[0xef, 0x06, 1, 2][..];
        assert!(Detector::new().detect(&mut input).unwrap().is_some());
        assert_eq!(input, [0x06, 1, 2]);
        let mut input = &[0xdd, 0xdd, 0xdd, 0xdd, 7][..];
        assert!(Detector::new().detect(&mut input).unwrap().is_some());
        assert_eq!(input, [7]);
        let mut input = &[32, 0, 0, 0, 0, 0, 0, 0, 9][..];
        let decoder = Detector::new().detect(&mut input).unwrap().unwrap();
        assert_eq!((input, decoder.buffered_len()), (&[9][..], 8));
    }
}
