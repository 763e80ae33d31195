//! The course of a box's differences: its state, and what is counted on the way.

use std::time::Duration;

use crate::crypto::{Entropy, EntropyExt};
use crate::updates::delivery::Arrival;
use crate::updates::limits::{BACKOFF, GAP_WAIT, MAX_BACKOFF, MAX_STUCK, MAX_TRIES};
use crate::updates::state::{Act, State, Word};

#[derive(Debug)]
pub(super) struct Course {
    state: State,
    /// When its time comes: of a gap, or of another try.
    pub(super) due: Option<Duration>,
    /// How often the difference has failed, one after the other.
    tries: u32,
    /// How many answers brought nothing while more was said to follow.
    stuck: u32,
    /// How much the next difference may bring, after one could not be read (UP-63).
    pub(super) limit: Option<i32>,
    /// The position at which such a limit is needed no more.
    pub(super) unread_until: i32,
    /// How what the difference brings has come.
    pub(super) arrival: Arrival,
    /// Whether it has begun anew since the last answer that was the last.
    has_reset: bool,
    /// How many events were left out, one after the other.
    left_out: u32,
}

impl Default for Course {
    fn default() -> Self {
        Self {
            state: State::default(),
            due: None,
            tries: 0,
            stuck: 0,
            limit: None,
            unread_until: 0,
            arrival: Arrival::Live,
            has_reset: false,
            left_out: 0,
        }
    }
}

impl Course {
    pub(super) fn at(state: State) -> Self {
        Self { state, ..Self::default() }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    /// Hears a word, and says what to do. Who hears of a gap or of a pause sets the time.
    pub(super) fn hear(&mut self, word: Word) -> Act {
        let (next, act) = self.state.hear(word);
        if next != self.state {
            self.state = next;
            self.due = None;
        }
        act
    }

    /// The difference failed: it is tried again after a pause, at first (the table of errors). `by` is the pause that the server has
    /// ordered; it counts for no try (CF-15).
    pub(super) fn failed(
        &mut self,
        now: Duration,
        by: Option<Duration>,
        entropy: &mut dyn Entropy,
    ) {
        if by.is_none() {
            self.tries = self.tries.saturating_add(1);
        }
        if self.tries > MAX_TRIES {
            // What comes next has as many tries again.
            self.tries = 0;
            self.hear(Word::Spent);
            return;
        }
        self.hear(Word::Failed);
        let pause = by.unwrap_or_else(|| {
            let doubled = BACKOFF.saturating_mul(1 << self.tries.saturating_sub(1).min(16));
            jittered(doubled.min(MAX_BACKOFF), entropy)
        });
        if self.state == State::Resting {
            self.due = Some(now.saturating_add(pause));
        }
    }

    /// An answer came. `is_last`: whether none is said to follow; `moved`: whether it brought something.
    pub(super) fn answered(
        &mut self,
        now: Duration,
        is_last: bool,
        moved: bool,
        entropy: &mut dyn Entropy,
    ) {
        self.left_out = 0;
        if is_last {
            (self.tries, self.stuck, self.has_reset) = (0, 0, false);
            self.hear(Word::Final);
            return;
        }
        if moved {
            (self.tries, self.stuck) = (0, 0);
        } else {
            self.stuck = self.stuck.saturating_add(1);
        }
        if self.stuck >= MAX_STUCK {
            // The tries count on: what never moves ends.
            return self.failed(now, None, entropy);
        }
        self.hear(Word::Slice);
    }

    /// Whether the box may begin anew. Once, before it has come to an end: otherwise a server could have that done for ever.
    pub(super) fn may_reset(&mut self) -> bool {
        !std::mem::replace(&mut self.has_reset, true)
    }

    /// An event was left out that cannot be read (UP-63). The next is asked for at once; when one after the other cannot be read, there
    /// are pauses.
    pub(super) fn left_out(&mut self, now: Duration, entropy: &mut dyn Entropy) {
        self.left_out = self.left_out.saturating_add(1);
        if self.left_out > 1 {
            self.failed(now, None, entropy);
        } else {
            self.hear(Word::Slice);
        }
    }

    /// It is wanted although it has failed too often: one try, so that a server which always fails is not asked much.
    pub(super) fn once_more(&mut self) {
        self.tries = MAX_TRIES;
        self.hear(Word::Wanted);
    }

    /// Something that was held follows now, and something is still missing: a gap waits anew (UP-19). Another try waits as it did.
    pub(super) fn gap_moved(&mut self) {
        if self.state == State::Gap {
            self.due = None;
        }
    }

    /// UP-17: a gap waits so long for what is missing.
    pub(super) fn gap_waits(&mut self, now: Duration) {
        if self.state == State::Gap && self.due.is_none() {
            self.due = Some(now.saturating_add(GAP_WAIT));
        }
    }

    /// It was asked for: from now on until the next last answer, what comes has come so.
    pub(super) fn want(&mut self, arrival: Arrival) {
        if arrival == Arrival::CaughtUp {
            self.arrival = arrival;
        }
        self.hear(Word::Wanted);
    }
}

/// A pause, give or take a fifth: not all clients come back at once.
fn jittered(pause: Duration, entropy: &mut dyn Entropy) -> Duration {
    let [byte] = entropy.array();
    pause.mul_f64(0.8 + 0.4 * f64::from(byte) / 255.0)
}
