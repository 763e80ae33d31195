//! What is kept of secret chats: rows of bytes, of which only their owner knows what is in them.
//!
//! They hold keys and what was said, so they are wiped when they go, and nothing prints them.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

/// The name of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretRow {
    /// The chat, by its number in this session; 0 for what belongs to none.
    pub chat: i32,
    /// What kind of a row it is.
    pub kind: u8,
    /// Which of them.
    pub number: i64,
}

/// A change of one row. Its `Debug` has no content.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretChange {
    /// The row has this value from now on.
    Put(SecretRow, Zeroizing<Vec<u8>>),
    /// There is no such row any more.
    Remove(SecretRow),
}

/// The rows in their order. Their `Debug` has no content.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretRows(BTreeMap<SecretRow, Zeroizing<Vec<u8>>>);

impl SecretRows {
    /// Makes changes, in their order.
    pub fn apply(&mut self, changes: &[SecretChange]) {
        for change in changes {
            match change {
                SecretChange::Put(row, value) => {
                    self.0.insert(*row, value.clone());
                }
                SecretChange::Remove(row) => {
                    self.0.remove(row);
                }
            }
        }
    }

    /// The rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = (SecretRow, &[u8])> {
        self.0.iter().map(|(row, value)| (*row, value.as_slice()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last one.
    pub(super) fn last(&self) -> Option<SecretRow> {
        self.0.last_key_value().map(|(row, _)| *row)
    }

    pub(super) fn insert(&mut self, row: SecretRow, value: Zeroizing<Vec<u8>>) {
        self.0.insert(row, value);
    }
}

impl fmt::Debug for SecretRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for SecretChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(row, value) => write!(f, "Put({row:?}, {} bytes)", value.len()),
            Self::Remove(row) => write!(f, "Remove({row:?})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_86_rows_are_never_printed() {
        let row = SecretRow { chat: 1, kind: 2, number: 3 };
        let put = SecretChange::Put(row, b"a key 0123456789".to_vec().into());
        let mut rows = SecretRows::default();
        rows.apply(std::slice::from_ref(&put));
        let printed = format!("{put:?} {rows:?}");
        assert!(!printed.contains("a key") && !printed.contains("97, 32"), "{printed}");
        assert_eq!(rows.iter().next(), Some((row, &b"a key 0123456789"[..])));
        rows.apply(&[SecretChange::Remove(row)]);
        assert!(rows.is_empty());
    }
}
