//! Sequence numbers: what is counted, and where a message belongs by them (SC-40 to SC-46).
//!
//! ```text
//!                in parity   out parity        wire = 2 * raw + parity
//!  creator       0           1                 in:  messages received and processed in their order
//!  acceptor      1           0                 out: messages made before this one, service messages too
//!
//!  our out:   0 ......... peer_in ......... sent ......... made
//!             acknowledged        on the way      not sent yet
//!  peer's out: 0 ........ received ........ asked
//!             processed           missing, asked for, or waiting
//! ```
//!
//! Source: [sequence numbers](https://core.telegram.org/api/end-to-end/seq_no).

use crate::secret::error::Breach;
use crate::secret::limits::{END_OF_NUMBERS, MAX_QUEUED, MAX_RESEND};
use crate::secret::side::Side;

/// A half-open range of raw numbers.
pub(super) type Range = std::ops::Range<u32>;

/// All counters of a chat, raw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// How many messages of ours were made: the next `out`.
    pub(super) made: u32,
    /// All before were handed to the server at least once.
    pub(super) sent: u32,
    /// How many of ours the peer has processed (SC-47).
    pub(super) peer_in: u32,
    /// How many of the peer's were processed in their order: our `in`.
    pub(super) received: u32,
    /// What is missing below was asked for (SC-45).
    pub(super) asked: u32,
}

/// Where a message of the peer belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the next.
    Next,
    /// It was there before (SC-43).
    Before,
    /// It waits. What is missing before it and was not asked for, is to be asked for now (SC-45).
    Ahead { ask: Option<Range> },
}

impl Numbers {
    /// The `in` and `out` of the next message of ours, as on the wire.
    pub(super) fn wire(in_: u32, out: u32, side: Side) -> (i32, i32) {
        let (in_parity, out_parity) = side.parities();
        (to_wire(in_, in_parity), to_wire(out, out_parity))
    }

    /// The raw numbers of a message that the other end than `side` has sent (SC-41).
    pub(super) fn raw(in_: i32, out: i32, side: Side) -> Result<(u32, u32), Breach> {
        let (in_parity, out_parity) = side.other().parities();
        Ok((from_wire(in_, in_parity)?, from_wire(out, out_parity)?))
    }

    /// Where the message with this raw `out` belongs. It may be there already and wait (`is_queued`).
    pub(super) fn place(&self, out: u32, is_queued: bool) -> Result<Place, Breach> {
        if out < self.received || is_queued {
            return Ok(Place::Before);
        }
        let ahead = out - self.received;
        if ahead == 0 {
            return Ok(Place::Next);
        }
        // SC-45: more than a resend may ask for, and more than may wait.
        if ahead > MAX_RESEND || ahead as usize > MAX_QUEUED {
            return Err(Breach::Gap { messages: ahead });
        }
        let missing = self.asked.max(self.received)..out;
        Ok(Place::Ahead { ask: (!missing.is_empty()).then_some(missing) })
    }

    /// Notes that the message with this `out` waits.
    pub(super) fn queued(&mut self, out: u32) {
        self.asked = self.asked.max(out + 1);
    }

    /// Takes the `in` of the next message in order (SC-44).
    pub(super) fn acknowledge(&mut self, in_: u32) -> Result<(), Breach> {
        if in_ < self.peer_in {
            return Err(Breach::InBack { before: self.peer_in, now: in_ });
        }
        if in_ > self.made {
            return Err(Breach::InAhead { counted: in_, made: self.made });
        }
        self.peer_in = in_;
        // What the peer has processed was sent, even if the answer of the server was lost.
        self.sent = self.sent.max(in_);
        Ok(())
    }

    /// The action that asks for what is missing: in the form of the peer's `out` (SC-45).
    pub(super) fn resend(missing: &Range, side: Side) -> (i32, i32) {
        let (_, out_parity) = side.other().parities();
        (to_wire(missing.start, out_parity), to_wire(missing.end.saturating_sub(1), out_parity))
    }

    /// What a resend of the peer asks for (SC-46).
    pub(super) fn asked_of_us(&self, start: i32, end: i32, side: Side) -> Result<Range, Breach> {
        let (_, parity) = side.parities();
        let range = Breach::ResendRange { start, end };
        let raw = |number| from_wire(number, parity).map_err(|_| range);
        let (from, to) = (raw(start)?, raw(end)?);
        if from > to || to >= self.made {
            return Err(range);
        }
        let count = to - from + 1;
        if count > MAX_RESEND {
            return Err(Breach::ResendCount { count });
        }
        if from < self.peer_in {
            return Err(Breach::ResendGone { number: from });
        }
        Ok(from..to + 1)
    }

    /// Whether there is a number for one more message.
    pub(super) fn has_room(&self) -> bool {
        self.made < END_OF_NUMBERS - 1
    }
}

/// Adds a range to those that are there, which are in their order and apart from each other: so there are never more than there are
/// messages, whatever is asked for how often.
pub(super) fn add(ranges: &mut Vec<Range>, mut range: Range) {
    if range.is_empty() {
        return;
    }
    ranges.retain(|other| {
        let is_apart = other.end < range.start || range.end < other.start;
        if !is_apart {
            range = range.start.min(other.start)..range.end.max(other.end);
        }
        is_apart
    });
    let place = ranges.partition_point(|other| other.start < range.start);
    ranges.insert(place, range);
}

fn to_wire(raw: u32, parity: u32) -> i32 {
    // `has_room` keeps it below 2^31.
    i32::try_from(raw.saturating_mul(2).saturating_add(parity)).unwrap_or(i32::MAX)
}

fn from_wire(number: i32, parity: u32) -> Result<u32, Breach> {
    let unsigned = u32::try_from(number).map_err(|_| Breach::Number { number })?;
    if unsigned % 2 == parity { Ok(unsigned / 2) } else { Err(Breach::Parity { number }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: [Side; 2] = [Side::Creator, Side::Acceptor];

    /// From TDLib's and Telegram's texts: the first message of the creator has in 0 and out 1, the acceptor's 1 and 0; a plaintext
    /// of an official client has in 1 and out 98, so it is the acceptor's 50th.
    #[test]
    fn sc_40_the_first_numbers_of_each_side() {
        assert_eq!(Numbers::wire(0, 0, Side::Creator), (0, 1));
        assert_eq!(Numbers::wire(0, 0, Side::Acceptor), (1, 0));
        assert_eq!(Numbers::wire(3, 7, Side::Creator), (6, 15));
        assert_eq!(Numbers::raw(1, 98, Side::Creator), Ok((0, 49)));
        assert_eq!(Numbers::raw(1, 98, Side::Acceptor), Err(Breach::Parity { number: 1 }));
    }

    #[test]
    fn sc_40_what_one_side_writes_the_other_reads() {
        for side in SIDES {
            for raw in [0, 1, 2, 499, 1_000, END_OF_NUMBERS - 2, END_OF_NUMBERS - 1] {
                for other in [0, 5, END_OF_NUMBERS - 1] {
                    let (in_, out) = Numbers::wire(raw, other, side);
                    assert_eq!(Numbers::raw(in_, out, side.other()), Ok((raw, other)));
                }
            }
        }
    }

    #[test]
    fn sc_41_every_parity_but_the_right_one_is_a_breach() {
        for side in SIDES {
            for raw in [0, 3, 1_000_000] {
                let (in_, out) = Numbers::wire(raw, raw, side.other());
                assert_eq!(Numbers::raw(in_, out, side), Ok((raw, raw)));
                for (wrong_in, wrong_out) in [(in_ ^ 1, out), (in_, out ^ 1), (in_ ^ 1, out ^ 1)] {
                    let number = if wrong_in == in_ { wrong_out } else { wrong_in };
                    let breach = Numbers::raw(wrong_in, wrong_out, side);
                    assert_eq!(breach, Err(Breach::Parity { number }));
                }
            }
            for number in [-1, -2, i32::MIN] {
                assert_eq!(Numbers::raw(number, number, side), Err(Breach::Number { number }));
            }
        }
    }

    #[test]
    fn sc_43_and_sc_45_every_place_of_a_message() {
        for received in [0, 1, 7] {
            for asked in received..received + 4 {
                let numbers = Numbers { received, asked, ..Numbers::default() };
                for out in 0..received + 6 {
                    let expected = if out < received {
                        Place::Before
                    } else if out == received {
                        Place::Next
                    } else {
                        let ask = asked.max(received)..out;
                        Place::Ahead { ask: (asked < out).then_some(ask) }
                    };
                    assert_eq!(numbers.place(out, false), Ok(expected), "{numbers:?} {out}");
                    assert_eq!(numbers.place(out, true), Ok(Place::Before));
                }
            }
        }
    }

    #[test]
    fn sc_45_a_gap_that_no_resend_may_ask_for_is_a_breach() {
        let numbers = Numbers { received: 5, asked: 5, ..Numbers::default() };
        assert_eq!(numbers.place(1_005, false), Ok(Place::Ahead { ask: Some(5..1_005) }));
        assert_eq!(numbers.place(1_006, false), Err(Breach::Gap { messages: 1_001 }));
        let messages = END_OF_NUMBERS - 6;
        assert_eq!(numbers.place(END_OF_NUMBERS - 1, false), Err(Breach::Gap { messages }));
        for side in SIDES {
            let (start, end) = Numbers::resend(&(5..8), side);
            let (_, parity) = side.other().parities();
            assert_eq!((start, end), (to_wire(5, parity), to_wire(7, parity)));
        }
    }

    #[test]
    fn sc_44_in_neither_goes_back_nor_ahead_of_what_we_made() {
        for (peer_in, made) in [(0, 0), (0, 3), (2, 3), (3, 3)] {
            for in_ in 0..6 {
                let mut numbers = Numbers { peer_in, made, ..Numbers::default() };
                let expected = if in_ < peer_in {
                    Err(Breach::InBack { before: peer_in, now: in_ })
                } else if in_ > made {
                    Err(Breach::InAhead { counted: in_, made })
                } else {
                    Ok(())
                };
                assert_eq!(numbers.acknowledge(in_), expected);
                let kept = if expected.is_ok() { in_ } else { peer_in };
                assert_eq!(numbers.peer_in, kept);
            }
        }
    }

    /// Every set of three ranges of few numbers: what is in one of them is in what they make, in order and apart.
    #[test]
    fn sc_46_what_is_asked_for_again_and_again_is_kept_once() {
        let all: Vec<Range> = (0..5).flat_map(|from| (from..6).map(move |to| from..to)).collect();
        for a in &all {
            for b in &all {
                for c in &all {
                    let mut ranges = Vec::new();
                    [a, b, c].into_iter().for_each(|range| add(&mut ranges, range.clone()));
                    for number in 0..6 {
                        let is_asked = [a, b, c].iter().any(|range| range.contains(&number));
                        let held = ranges.iter().filter(|range| range.contains(&number)).count();
                        assert_eq!(held, usize::from(is_asked), "{a:?} {b:?} {c:?}: {ranges:?}");
                    }
                    assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
                }
            }
        }
    }

    #[test]
    fn sc_46_what_a_resend_may_ask_for() {
        let numbers = Numbers { made: 3_000, sent: 3_000, peer_in: 10, ..Numbers::default() };
        for side in SIDES {
            let wire = |raw| to_wire(raw, side.parities().1);
            let ask = |start: i32, end: i32| numbers.asked_of_us(start, end, side);
            assert_eq!(ask(wire(10), wire(10)), Ok(10..11));
            assert_eq!(ask(wire(2_999), wire(2_999)), Ok(2_999..3_000));
            assert_eq!(ask(wire(1_000), wire(1_999)), Ok(1_000..2_000));
            let count = Err(Breach::ResendCount { count: 1_001 });
            assert_eq!(ask(wire(1_000), wire(2_000)), count);
            assert_eq!(ask(wire(9), wire(12)), Err(Breach::ResendGone { number: 9 }));
            for (start, end) in [
                (wire(12), wire(11)),
                (wire(2_999), wire(3_000)),
                (wire(12) ^ 1, wire(13)),
                (wire(12), wire(13) ^ 1),
                (-1, wire(13)),
                (wire(12), -2),
                (i32::MIN, i32::MAX),
                (i32::MAX, i32::MAX),
                (i32::MAX ^ 1, i32::MAX ^ 1),
            ] {
                assert_eq!(ask(start, end), Err(Breach::ResendRange { start, end }));
            }
        }
    }
}
