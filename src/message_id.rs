//! Message ids: what they say, and how ours are made.

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use crate::crypto::{Entropy, EntropyExt};

/// The [identifier of a message](https://core.telegram.org/mtproto/description#message-identifier-msg-id): the time at
/// which it was made, in units of 2^-32 seconds since 1970. Its two lowest bits say who sent it.
///
/// ```text
///  63              32 31                      2 1 0
/// +------------------+-------------------------+---+
/// | seconds          | fraction                | m |   m = 0 from the client
/// +------------------+-------------------------+---+   m = 1 an answer, 3 another message from the server
/// ```
///
/// The wire has it as a `long`. It counts without a sign, as times go on after 2038-01-19, when the highest bit is set; until 2106.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct MessageId(pub i64);

impl MessageId {
    /// The lowest client's id of a moment, a unix time.
    #[must_use]
    pub fn at(unix: Duration) -> Self {
        let fraction = (u64::from(unix.subsec_nanos()) << 32) / 1_000_000_000;
        let id = unix.as_secs().min(MAX_SECONDS) << 32 | fraction & !3;
        Self(id.cast_signed())
    }

    /// The moment at which it was made, a unix time.
    #[must_use]
    pub fn unix(self) -> Duration {
        let id = self.0.cast_unsigned();
        let nanos = ((id & u64::from(u32::MAX)) * 1_000_000_000) >> 32;
        Duration::from_secs(id >> 32) + Duration::from_nanos(nanos)
    }

    /// The whole seconds of [`unix`](Self::unix).
    pub(crate) fn seconds(self) -> u64 {
        self.0.cast_unsigned() >> 32
    }

    /// Whether it has the form of a message from the server: odd.
    #[must_use]
    pub fn is_from_server(self) -> bool {
        self.0 & 1 == 1
    }

    /// Whether it has the form of an answer to a message from the client.
    #[must_use]
    pub fn is_answer(self) -> bool {
        self.0 & 3 == 1
    }
}

impl Ord for MessageId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cast_unsigned().cmp(&other.0.cast_unsigned())
    }
}

impl PartialOrd for MessageId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({:016x})", self.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Makes the client's message ids: each greater than the one before (EM-08).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MessageIds {
    last: MessageId,
}

impl MessageIds {
    /// The last id that was made.
    pub(crate) fn last(&self) -> MessageId {
        self.last
    }

    /// The next id, at what the server's clock shows. If that went backwards, the ids go on slowly instead.
    ///
    /// Some of the low bits are random: two devices with the same key should not make the same ids.
    pub(crate) fn next(&mut self, server_unix: Duration, entropy: &mut dyn Entropy) -> MessageId {
        let noise = i64::from(u32::from_le_bytes(entropy.array()) & NOISE);
        let by_time = MessageId(MessageId::at(server_unix).0 ^ noise);
        let after_last = self.last.0.cast_unsigned().saturating_add(4).cast_signed();
        self.last = MessageId(by_time.max(MessageId(after_last)).0 & !3);
        self.last
    }
}

/// 20 random bits above the two that are fixed: a millisecond's worth.
const NOISE: u32 = 0x003f_fffc;

/// The last second that is told, twelve days before the end of ids in 2106: after it ids go on by their fraction, and none is made
/// twice whatever a server says of the time.
const MAX_SECONDS: u64 = (1 << 32) - (1 << 20);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;

    #[test]
    fn an_id_is_the_time_and_who_sent_it() {
        // From the official exchange of 2024: resPQ was made in the second of the query.
        let query = MessageId(i64::from_le_bytes([0x64, 0xf7, 0x0d, 0, 0xfc, 0xc0, 0xab, 0x65]));
        let answer = MessageId(i64::from_le_bytes([1, 0xc4, 0x6f, 0xbe, 0xfc, 0xc0, 0xab, 0x65]));
        assert_eq!(query.unix().as_secs(), answer.unix().as_secs());
        assert!(!query.is_from_server() && answer.is_from_server() && answer.is_answer());
        assert!(!MessageId(-2).is_from_server() && !MessageId(7).is_answer());
    }

    #[test]
    fn time_survives_the_way_into_an_id_and_back() {
        for nanos in [0, 1_000, 250_000_000, 999_999_999] {
            let unix = Duration::new(1_700_000_000, nanos);
            let back = MessageId::at(unix).unix();
            assert!(unix - back < Duration::from_nanos(2), "{nanos}: {back:?}");
        }
    }

    #[test]
    fn em_08_ids_increase_are_divisible_by_4_and_have_a_fraction() {
        let mut entropy = SeededEntropy::new(1);
        let mut ids = MessageIds::default();
        let mut last = MessageId::default();
        let times = [1_000_000, 1_000_001, 1_000_001, 999_000, 1, 0, u64::MAX, 5];
        for seconds in times {
            for _ in 0..100 {
                let id = ids.next(Duration::from_secs(seconds), &mut entropy);
                assert!(id > last, "{id:?} after {last:?}");
                assert_eq!(id.0 & 3, 0);
                last = id;
            }
        }
        let unix = Duration::from_secs(1_700_000_000);
        let fractions: Vec<i64> = (0..100)
            .map(|_| MessageIds::default().next(unix, &mut entropy).0 & i64::from(u32::MAX))
            .collect();
        assert!(fractions.iter().filter(|f| **f == 0).count() < 2);
    }

    #[test]
    fn em_08_ids_go_on_after_2038() {
        let last = Duration::from_secs((1 << 31) - 1);
        let mut entropy = SeededEntropy::new(1);
        let mut ids = MessageIds::default();
        let mut before = ids.next(last, &mut entropy);
        for seconds in [1, 2, 3_600, 60 * 365 * 86_400] {
            let unix = last + Duration::from_secs(seconds);
            let id = ids.next(unix, &mut entropy);
            assert!(id > before && id.unix().abs_diff(unix) < Duration::from_millis(2));
            assert!(MessageId(id.0 | 1).is_from_server() && MessageId(id.0 | 1).is_answer());
            before = id;
        }
    }

    #[test]
    fn ids_follow_the_clock_to_a_millisecond() {
        let unix = Duration::from_secs(1_700_000_000);
        let id = MessageIds::default().next(unix, &mut SeededEntropy::new(2));
        assert!(id.unix() - unix < Duration::from_millis(1));
    }
}
