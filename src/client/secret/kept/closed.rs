//! Why a chat was closed, as a row has it: a number for the reason, and two that belong to it.

use crate::crypto::{DhError, SuiteError};
use crate::secret::{Breach, Closed};

/// The reasons that have numbers of their own stand behind the others.
const BREACHES: u8 = 32;

/// The numbers of a reason.
pub(super) fn numbers(why: Closed) -> (u8, [i64; 2]) {
    let of_dh = |error| {
        let (kind, number) = dh_numbers(error);
        [kind, number]
    };
    let plain = |number| (number, [0, 0]);
    match why {
        Closed::Ours => plain(0),
        Closed::Theirs => plain(1),
        Closed::Elsewhere => plain(2),
        Closed::Fingerprint => plain(3),
        Closed::Public(error) => (4, of_dh(error)),
        Closed::Reflected => plain(5),
        Closed::Group(error) => (6, of_dh(error)),
        Closed::NoGroup => plain(7),
        Closed::NoExponent => plain(8),
        Closed::Parties => plain(9),
        Closed::Refused => plain(10),
        Closed::Service => plain(11),
        Closed::LoggedOut => plain(12),
        Closed::StoreBehind => plain(13),
        Closed::Breach(breach) => {
            let (kind, numbers) = breach_numbers(breach);
            (BREACHES.saturating_add(kind), numbers)
        }
    }
}

/// The reason of numbers; `None` if there is none.
pub(super) fn of_numbers(why: u8, [first, second]: [i64; 2]) -> Option<Closed> {
    let closed = match why {
        0 => Closed::Ours,
        1 => Closed::Theirs,
        2 => Closed::Elsewhere,
        3 => Closed::Fingerprint,
        4 => Closed::Public(dh(first, second)?),
        5 => Closed::Reflected,
        6 => Closed::Group(dh(first, second)?),
        7 => Closed::NoGroup,
        8 => Closed::NoExponent,
        9 => Closed::Parties,
        10 => Closed::Refused,
        11 => Closed::Service,
        12 => Closed::LoggedOut,
        13 => Closed::StoreBehind,
        _ => Closed::Breach(breach(why.checked_sub(BREACHES)?, first, second)?),
    };
    // What belongs to no reason is damage.
    (numbers(closed) == (why, [first, second])).then_some(closed)
}

fn dh_numbers(error: DhError) -> (i64, i64) {
    let length = |length| i64::try_from(length).unwrap_or(i64::MAX);
    match error {
        DhError::PrimeLength { length: of } => (0, length(of)),
        DhError::PrimeTopBit => (1, 0),
        DhError::PrimeNotSafe => (2, 0),
        DhError::GeneratorRange { g } => (3, g.into()),
        DhError::GeneratorResidue { g } => (4, g.into()),
        DhError::PublicLength { length: of } => (5, length(of)),
        DhError::PublicRange => (6, 0),
        DhError::PublicSmall => (7, 0),
        DhError::PublicLarge => (8, 0),
        DhError::Suite(SuiteError::NotBlocks) => (9, 0),
        DhError::Suite(SuiteError::EvenModulus) => (9, 1),
        DhError::Suite(SuiteError::BlockTooLarge) => (9, 2),
    }
}

fn dh(kind: i64, number: i64) -> Option<DhError> {
    Some(match (kind, number) {
        (0, length) => DhError::PrimeLength { length: usize::try_from(length).ok()? },
        (1, _) => DhError::PrimeTopBit,
        (2, _) => DhError::PrimeNotSafe,
        (3, g) => DhError::GeneratorRange { g: i32::try_from(g).ok()? },
        (4, g) => DhError::GeneratorResidue { g: i32::try_from(g).ok()? },
        (5, length) => DhError::PublicLength { length: usize::try_from(length).ok()? },
        (6, _) => DhError::PublicRange,
        (7, _) => DhError::PublicSmall,
        (8, _) => DhError::PublicLarge,
        (9, 0) => DhError::Suite(SuiteError::NotBlocks),
        (9, 1) => DhError::Suite(SuiteError::EvenModulus),
        (9, 2) => DhError::Suite(SuiteError::BlockTooLarge),
        _ => return None,
    })
}

fn breach_numbers(breach: Breach) -> (u8, [i64; 2]) {
    match breach {
        Breach::Parity { number } => (0, [number.into(), 0]),
        Breach::Number { number } => (1, [number.into(), 0]),
        Breach::InBack { before, now } => (2, [before.into(), now.into()]),
        Breach::InAhead { counted, made } => (3, [counted.into(), made.into()]),
        Breach::Gap { messages } => (4, [messages.into(), 0]),
        Breach::QueueFull { bytes } => (5, [i64::try_from(bytes).unwrap_or(i64::MAX), 0]),
        Breach::ResendRange { start, end } => (6, [start.into(), end.into()]),
        Breach::ResendCount { count } => (7, [count.into(), 0]),
        Breach::ResendGone { number } => (8, [number.into(), 0]),
    }
}

fn breach(kind: u8, first: i64, second: i64) -> Option<Breach> {
    let count = |number: i64| u32::try_from(number).ok();
    let number = |number: i64| i32::try_from(number).ok();
    Some(match kind {
        0 => Breach::Parity { number: number(first)? },
        1 => Breach::Number { number: number(first)? },
        2 => Breach::InBack { before: count(first)?, now: count(second)? },
        3 => Breach::InAhead { counted: count(first)?, made: count(second)? },
        4 => Breach::Gap { messages: count(first)? },
        5 => Breach::QueueFull { bytes: usize::try_from(first).ok()? },
        6 => Breach::ResendRange { start: number(first)?, end: number(second)? },
        7 => Breach::ResendCount { count: count(first)? },
        8 => Breach::ResendGone { number: count(first)? },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_as_it_was_and_what_is_none_is_damage() {
        let mut seen = 0;
        for why in 0..=u8::MAX {
            for first in 0..12 {
                for second in 0..4 {
                    if let Some(closed) = of_numbers(why, [first, second]) {
                        assert_eq!(numbers(closed), (why, [first, second]));
                        seen += 1;
                    }
                }
            }
        }
        // 12 without numbers; those of the exchange twice; those of the peer.
        let dh = 4 * 4 + 5 + 3;
        let breaches = 6 * 12 + 3 * 12 * 4;
        assert_eq!(seen, 12 + 2 * dh + breaches);
        for wrong in [[i64::MIN, 0], [-1, 0], [i64::MAX, i64::MAX]] {
            assert_eq!(of_numbers(6, wrong), None);
            assert_eq!(of_numbers(BREACHES + 2, wrong), None);
        }
    }
}
