//! The names of the framings, and of the two ends of a stream.

use std::{fmt, str::FromStr};

/// How packets are laid in a byte stream. The client chooses, the server answers in the same.
///
/// | framing | tag | frame | quick acknowledgements |
/// |---|---|---|---|
/// | [abridged] | `ef` | 1 or 4 bytes of length, packet | yes |
/// | [intermediate] | `ee ee ee ee` | 4 bytes of length, packet | yes |
/// | [padded intermediate] | `dd dd dd dd` | 4 bytes of length, packet, 0 to 15 random bytes | yes |
/// | [full] | none | length, sequence number, packet, CRC32 | no |
///
/// [abridged]: https://core.telegram.org/mtproto/mtproto-transports#abridged
/// [intermediate]: https://core.telegram.org/mtproto/mtproto-transports#intermediate
/// [padded intermediate]: https://core.telegram.org/mtproto/mtproto-transports#padded-intermediate
/// [full]: https://core.telegram.org/mtproto/mtproto-transports#full
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// The lightest one: a length of one byte, or of four for packets of 508 bytes and more.
    Abridged,
    /// A length of four bytes.
    Intermediate,
    /// Intermediate with random bytes after each packet, which hide its length. Meant for use
    /// under obfuscation.
    PaddedIntermediate,
    /// The first one: numbered frames with a checksum.
    Full,
}

impl Framing {
    /// Every framing.
    pub const ALL: [Self; 4] =
        [Self::Abridged, Self::Intermediate, Self::PaddedIntermediate, Self::Full];

    /// The name that [`Display`](fmt::Display) writes and [`FromStr`] reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Abridged => "abridged",
            Self::Intermediate => "intermediate",
            Self::PaddedIntermediate => "padded-intermediate",
            Self::Full => "full",
        }
    }

    /// The bytes that a client sends before its first frame, so that the server knows the framing.
    /// [`Framing::Full`] has none: it is recognised by its first frame's sequence number.
    #[must_use]
    pub const fn tag(self) -> &'static [u8] {
        match self {
            Self::Abridged => &[0xef],
            Self::Intermediate => &[0xee; 4],
            Self::PaddedIntermediate => &[0xdd; 4],
            Self::Full => &[],
        }
    }

    /// Whether a client can ask for a [quick acknowledgement] of a packet.
    ///
    /// [quick acknowledgement]: https://core.telegram.org/mtproto/mtproto-transports#quick-ack
    #[must_use]
    pub const fn has_quick_ack(self) -> bool {
        !matches!(self, Self::Full)
    }
}

impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Framing {
    type Err = ParseFramingError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|framing| framing.name() == name)
            .ok_or_else(|| ParseFramingError { name: name.to_owned() })
    }
}

/// Which end of the stream this is.
///
/// The two differ in three ways: the tag is sent by the client only; the top bit of a length is a
/// request for a quick acknowledgement towards the server, and the acknowledgement itself towards
/// the client; transport errors go to the client only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The end that connected.
    Client,
    /// The end that was connected to.
    Server,
}

/// A name that no [`Framing`] has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown framing {name:?}: use abridged, intermediate, padded-intermediate or full")]
pub struct ParseFramingError {
    /// The name as it was given.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for framing in Framing::ALL {
            assert_eq!(framing.to_string().parse(), Ok(framing));
        }
    }

    #[test]
    fn unknown_name_is_refused_with_a_list_of_the_names() {
        for name in ["", "Full", "padded", "abridged "] {
            let error = name.parse::<Framing>().unwrap_err();
            assert_eq!(error, ParseFramingError { name: name.to_owned() });
            for framing in Framing::ALL {
                assert!(error.to_string().contains(framing.name()));
            }
        }
    }
}
