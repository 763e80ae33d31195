//! Numbers of the protocol, each with a type of its own.

use std::fmt;

/// A [salt](https://core.telegram.org/mtproto/description#server-salt), which the server changes every half hour.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Salt(pub i64);

/// The number of a [session](https://core.telegram.org/mtproto/description#session), chosen by the client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub i64);

/// A [sequence number](https://core.telegram.org/mtproto/description#message-sequence-number-msg-seqno): twice the
/// number of content-related messages before, plus one if the message is one itself.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeqNo(pub i32);

impl SeqNo {
    /// Whether the message must be acknowledged.
    #[must_use]
    pub fn is_content(self) -> bool {
        self.0 & 1 == 1
    }
}

/// CF-16, FI-34, SC-77: numbers that data centres have. Telegram has five; a hundred leaves room.
#[cfg(any(feature = "client", feature = "files", feature = "secret"))]
pub(crate) const DC_NUMBERS: std::ops::RangeInclusive<i64> = 1..=100;

/// CF-16, FI-51: numbers of [CDN data centres](https://core.telegram.org/cdn), which know of no account. Telegram's begin at 201; none is
/// that of another data centre, so that nobody is sent to a CDN for what is not public, or to a data centre with what is a CDN's.
#[cfg(any(feature = "client", feature = "files"))]
pub(crate) const CDN_NUMBERS: std::ops::RangeInclusive<i64> = 101..=999;

/// A data centre, as a key exchange names it (KX-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DcId {
    /// Its number, 1 to 5 for Telegram's.
    pub number: u16,
    /// Whether it belongs to the test environment.
    pub is_test: bool,
    /// Whether it serves media only.
    pub is_media: bool,
}

impl DcId {
    /// A data centre of the production environment.
    #[must_use]
    pub const fn production(number: u16) -> Self {
        Self { number, is_test: false, is_media: false }
    }

    /// A data centre of the test environment.
    #[must_use]
    pub const fn test(number: u16) -> Self {
        Self { number, is_test: true, is_media: false }
    }

    /// As the protocol writes it: 10000 more for the test environment, negative for media.
    #[must_use]
    pub fn to_wire(self) -> i32 {
        let number = i32::from(self.number) + if self.is_test { TEST } else { 0 };
        if self.is_media { -number } else { number }
    }
}

impl fmt::Display for DcId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let environment = if self.is_test { "test" } else { "prod" };
        write!(f, "{environment}:{}{}", self.number, if self.is_media { " media" } else { "" })
    }
}

/// What is added to the numbers of test data centres.
const TEST: i32 = 10_000;

macro_rules! hexadecimal {
    ($($ty:ident)*) => {
        $(
            impl fmt::Display for $ty {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{:016x}", self.0)
                }
            }

            impl fmt::Debug for $ty {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!(stringify!($ty), "({:016x})"), self.0)
                }
            }
        )*
    };
}

hexadecimal!(Salt SessionId);

impl fmt::Debug for SeqNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeqNo({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kx_06_a_data_centre_has_the_number_of_its_environment() {
        assert_eq!(DcId::production(2).to_wire(), 2);
        assert_eq!(DcId::test(2).to_wire(), 10_002);
        assert_eq!(DcId { is_media: true, ..DcId::production(4) }.to_wire(), -4);
        assert_eq!(DcId { is_media: true, ..DcId::test(3) }.to_wire(), -10_003);
    }
}
