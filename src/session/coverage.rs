//! What a simulation counts of a session: which cells of the table of [`fate`](crate::session::fate) it met, and how large its
//! tables became. Behind the feature `coverage`.

use crate::session::fate::{State, Word};

/// How often each cell of the table was met.
#[derive(Debug, Clone)]
pub struct Cells(Box<[u64]>);

impl Default for Cells {
    fn default() -> Self {
        Self(vec![0; State::ALL.len() * Word::ALL.len()].into())
    }
}

impl Cells {
    pub(in crate::session) fn note(&mut self, state: State, word: Word) {
        if let Some(count) = self.0.get_mut(word as usize * State::ALL.len() + state as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds what another session met.
    pub fn add(&mut self, other: &Self) {
        for (count, other) in self.0.iter_mut().zip(&other.0) {
            *count = count.saturating_add(*other);
        }
    }

    /// Each cell, and how often it was met.
    pub fn iter(&self) -> impl Iterator<Item = (State, Word, u64)> {
        let cells = Word::ALL.into_iter().flat_map(|word| State::ALL.map(|state| (state, word)));
        cells.zip(&self.0).map(|((state, word), count)| (state, word, *count))
    }
}

/// Why a cell of the table cannot be met, or is not counted when it is.
#[must_use]
pub fn unmet(state: State, word: Word) -> Option<&'static str> {
    let is_due = matches!(state, State::Refused | State::RetransmitDue | State::Reclaim);
    match word {
        Word::NewDetailedInfo => Some("NewDetailedInfo names no message of ours, only an answer"),
        Word::Close => Some("Close ends the session, and its counts with it"),
        Word::Sent if state != State::Pending && !is_due => {
            Some("Sent: only what waits to be sent goes out")
        }
        // What is heard of a message that it was in before is not of the one that it waits for.
        Word::Sent
        | Word::Result
        | Word::Error
        | Word::AnswerUnknown
        | Word::AnswerDroppedRunning
        | Word::AnswerDropped
        | Word::QuickAck
        | Word::Overtakes
        | Word::Cancel
        | Word::Deadline => None,
        _ if state == State::Pending => {
            Some("Pending: there is no message yet that a word could be about")
        }
        _ => None,
    }
}

/// How many entries each table of a session has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sizes(Vec<(&'static str, usize)>);

impl Sizes {
    pub(in crate::session) fn new(sizes: impl Iterator<Item = (&'static str, usize)>) -> Self {
        Self(sizes.collect())
    }

    /// Each table by its name, and its entries.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.iter().copied()
    }
}
