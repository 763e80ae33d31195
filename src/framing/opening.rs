//! What does a stream begin like? For a port that serves everything.

/// What the first bytes of a stream look like.
///
/// ```text
///  ef | ee ee ee ee | dd dd dd dd | length, 00 00 00 00     Frames
///  GET | POST | HEAD | OPTIONS                              Http
///  16 03 xx, length, 01 00                                  Tls: its ClientHello
///  anything else                                            Obfuscated
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Frames without a wrapping, see [`Detector`](super::Detector).
    Frames,
    /// A request of HTTP, perhaps for a WebSocket.
    Http,
    /// A ClientHello, of TLS or of [fake TLS](super::fake_tls).
    Tls,
    /// 64 bytes of an [obfuscated](super::obfuscated) stream, or nothing that is known.
    Obfuscated,
}

/// Tells what a stream looks like from its first bytes; `None` while they are too few. Eight are enough.
#[must_use]
pub fn look(first: &[u8]) -> Option<Look> {
    match *first {
        [] => None,
        [0xef, ..] | [0xee, 0xee, 0xee, 0xee, ..] | [0xdd, 0xdd, 0xdd, 0xdd, ..] => {
            Some(Look::Frames)
        }
        [b'G', b'E', b'T', b' ', ..]
        | [b'P', b'O', b'S', b'T', ..]
        | [b'H', b'E', b'A', b'D', ..]
        | [b'O', b'P', b'T', b'I', ..] => Some(Look::Http),
        [_, _, _, _, 0, 0, 0, 0, ..] => Some(Look::Frames),
        // The lengths of 24 bits begin with 0: an obfuscated stream is mistaken once in 2^32 times.
        [0x16, 0x03, _, _, _, 0x01, 0x00, _, ..] => Some(Look::Tls),
        [_, _, _, _, _, _, _, _, ..] => Some(Look::Obfuscated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Secret, SeededEntropy};
    use crate::framing::fake_tls::Greeting;
    use crate::framing::{Framing, Obfuscation};
    use crate::ids::DcId;

    #[test]
    fn streams_of_each_kind_are_told_and_no_later_byte_changes_it() {
        let mut entropy = SeededEntropy::new(1);
        let (_, hello) = Greeting::new(&Secret::from([1; 16]), "a", 0, &mut entropy);
        for (stream, expected) in [
            (&[0xef, 1, 2, 3, 4, 5, 6, 7][..], Look::Frames),
            (&[0xee; 8], Look::Frames),
            (&[0xdd; 8], Look::Frames),
            (&[32, 0, 0, 0, 0, 0, 0, 0, 9], Look::Frames),
            (b"GET /apiws HTTP/1.1\r\n", Look::Http),
            (b"POST / HTTP/1.1\r\n", Look::Http),
            (b"HEAD / HTTP/1.1\r\n", Look::Http),
            (b"OPTIONS * HTTP/1.1\r\n", Look::Http),
            (&hello, Look::Tls),
            (b"SSH-2.0-client\r\n", Look::Obfuscated),
        ] {
            let mut told = None;
            for end in 0..=stream.len() {
                let now = look(&stream[..end]);
                assert!(told.is_none() || now == told, "{stream:x?} at {end}");
                assert!(now.is_some() || end < 8, "{stream:x?} at {end}");
                told = now;
            }
            assert_eq!(told, Some(expected), "{stream:x?}");
        }
    }

    #[test]
    fn obfuscated_streams_are_told_whatever_they_begin_with() {
        let dc = DcId::production(2);
        for seed in 0..2_000 {
            let mut entropy = SeededEntropy::new(seed);
            let mut end = Obfuscation::client(Framing::Abridged, dc, None, &mut entropy).unwrap();
            let mut stream = Vec::new();
            end.seal(&[], &mut stream);
            assert_eq!(look(&stream), Some(Look::Obfuscated), "{seed}");
        }
    }
}
