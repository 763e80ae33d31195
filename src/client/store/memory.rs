//! A session in memory: gone when the program ends.

use crate::client::store::{Change, Snapshot, Store, StoreError};

/// Keeps a session in memory, beginning with nothing or with one that was imported.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    snapshot: Snapshot,
}

impl MemoryStore {
    /// With nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl From<Snapshot> for MemoryStore {
    fn from(snapshot: Snapshot) -> Self {
        Self { snapshot }
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        Ok(self.snapshot.clone())
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.snapshot.apply(changes);
        Ok(())
    }
}
