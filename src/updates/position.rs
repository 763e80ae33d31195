//! A position against where its box is.

use crate::updates::limits::LEAP;
use crate::updates::state::Word;

/// How a position stands to its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It says what no position can be (UP-20), or jumps where nothing is (UP-22).
    Invalid,
    /// It is lower by so much that the box may have begun anew (UP-22).
    Fall(i64),
    /// What the box hears.
    Word(Word),
}

/// UP-14 to UP-16, UP-20, UP-22: `pts` is the position after `count` events, `local` the one of the last that was delivered.
pub(super) fn relate(local: i32, pts: i32, count: i32) -> Relation {
    if pts < 0 || count < 0 || pts <= count {
        return Relation::Invalid;
    }
    // None of these sums overflows in 64 bits.
    let (local, pts, count) = (i64::from(local), i64::from(pts), i64::from(count));
    let (before, ahead) = (pts - count, pts - local);
    if ahead >= LEAP {
        return Relation::Invalid;
    }
    let word = match (before - local, ahead) {
        (0, 0) => Word::Same,
        (0, _) => Word::Next,
        (_, ..=0) => {
            return if ahead < 0 { Relation::Fall(-ahead) } else { Relation::Word(Word::Old) };
        }
        (..0, _) => Word::Overlap,
        (1.., _) => Word::Ahead,
    };
    Relation::Word(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_14_to_up_16_every_position_near_a_box_is_told() {
        for pts in 1..30 {
            for count in 0..pts {
                let expected = match (pts - count, pts) {
                    (10, 10) => Relation::Word(Word::Same),
                    (10, _) => Relation::Word(Word::Next),
                    (_, 10) => Relation::Word(Word::Old),
                    (_, ..10) => Relation::Fall((10 - pts).into()),
                    (..10, _) => Relation::Word(Word::Overlap),
                    (11.., _) => Relation::Word(Word::Ahead),
                };
                assert_eq!(relate(10, pts, count), expected, "{pts} {count}");
            }
        }
    }

    #[test]
    fn up_20_what_no_position_can_be_is_invalid_and_no_sum_overflows() {
        for local in [1, 10, i32::MAX] {
            for (pts, count) in
                [(-1, 0), (0, 0), (1, 1), (5, -1), (5, 5), (5, i32::MAX), (i32::MIN, i32::MIN)]
            {
                assert_eq!(relate(local, pts, count), Relation::Invalid, "{pts} {count}");
            }
        }
        assert_eq!(relate(1, i32::MAX, i32::MAX), Relation::Invalid);
        assert_eq!(relate(i32::MAX - 1, i32::MAX, 1), Relation::Word(Word::Next));
        assert_eq!(relate(i32::MAX, i32::MAX, 0), Relation::Word(Word::Same));
        assert_eq!(relate(i32::MAX, 1, 0), Relation::Fall(i64::from(i32::MAX) - 1));
    }

    #[test]
    fn up_22_a_leap_is_ignored() {
        let leap = 1 << 30;
        assert_eq!(relate(1, leap, 0), Relation::Word(Word::Ahead));
        assert_eq!(relate(1, leap + 1, 0), Relation::Invalid);
        assert_eq!(relate(1, leap + 1, leap), Relation::Invalid);
        assert_eq!(relate(1, leap, leap - 1), Relation::Word(Word::Next));
    }
}
