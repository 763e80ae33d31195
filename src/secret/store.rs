//! What is stored of a chat: rows of bytes, changed in batches that happen as a whole (SC-82, SC-83).
//!
//! A store keeps the rows of each chat by their names and knows nothing of what is in them. They hold keys: encrypt them where they lie.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::secret::dh::Group;
use crate::secret::event::Event;

/// The name of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Row {
    /// All that there is once: state, keys, counters.
    State,
    /// A message that waits for the chat to be ready.
    Waiting(u32),
    /// A message of ours that the peer has not acknowledged, by its number.
    Sent(u32),
    /// A message of the peer that waits behind a gap, by its number.
    Queued(u32),
    /// The timer of a message, by its `random_id`.
    Timer(i64),
}

/// A change of one row. Its `Debug` has no content.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// The row has this value from now on.
    Put(Row, Zeroizing<Vec<u8>>),
    /// There is no such row any more. Wipe it where it lay.
    Remove(Row),
}

/// What is to be stored as a whole, together with what the application makes of the events: then
/// [`handle_stored`](super::Chat::handle_stored). Nothing of what follows from it leaves the chat before.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Its number, which grows.
    pub number: u64,
    /// How many batches the chat has made in its life (SC-84). Keep the largest beside the store, where a copy of the store does not
    /// bring an older one along.
    pub generation: u64,
    /// The rows.
    pub changes: Vec<Change>,
    /// What happened.
    pub events: Vec<Event>,
    /// Prime and generator that were checked: give them to the next chat that is made (SC-01).
    pub group: Option<Group>,
    /// The events of the server that this settles: with this batch stored, they may be confirmed (SC-80, SC-83).
    pub qts: Vec<i32>,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(row, value) => write!(f, "Put({row:?}, {} bytes)", value.len()),
            Self::Remove(row) => write!(f, "Remove({row:?})"),
        }
    }
}

/// The rows of one chat in memory, as a store has them. Their `Debug` has no content.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rows(BTreeMap<Row, Zeroizing<Vec<u8>>>);

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Rows {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the changes of a batch.
    pub fn apply(&mut self, batch: &Batch) {
        for change in &batch.changes {
            match change {
                Change::Put(row, value) => {
                    self.0.insert(*row, value.clone());
                }
                Change::Remove(row) => {
                    self.0.remove(row);
                }
            }
        }
    }

    /// Adds a row that was read.
    pub fn insert(&mut self, row: Row, value: Zeroizing<Vec<u8>>) {
        self.0.insert(row, value);
    }

    /// The rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Row, &[u8])> {
        self.0.iter().map(|(row, value)| (*row, value.as_slice()))
    }

    /// One of them.
    #[must_use]
    pub fn row(&self, row: Row) -> Option<&[u8]> {
        self.0.get(&row).map(|value| value.as_slice())
    }
}
