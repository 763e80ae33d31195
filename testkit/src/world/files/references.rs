//! [References](https://core.telegram.org/api/file_reference): proofs that whoever asks for a file has seen it lately.
//!
//! `kind:1 expired:4 epoch:4 proof:16`, of an account and a file. It is old when all or that file's were made old since, and when its
//! time is over.

use std::time::Duration;

use telewire::rpc::RpcError;

use crate::world::files::File;
use crate::world::{State, invalid};

/// How long references last.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct References {
    /// How often all of them were made old.
    pub(crate) expired: u32,
    /// They last for one to two of these; for ever, if it is not said.
    pub(crate) lifetime: Option<Duration>,
}

/// What references begin with.
const KIND: u8 = 1;

const LENGTH: usize = 25;

impl State {
    /// The reference by which an account asks for a file now.
    pub(crate) fn reference(&self, user: i64, file: &File) -> Vec<u8> {
        self.reference_of(user, file, self.expired(file), self.epoch())
    }

    fn reference_of(&self, user: i64, file: &File, expired: u32, epoch: u32) -> Vec<u8> {
        /// It is no other number that follows from the same.
        const OF_REFERENCES: u64 = 0x7265_6673;
        let parts = [
            OF_REFERENCES,
            user.cast_unsigned(),
            file.id.cast_unsigned(),
            expired.into(),
            epoch.into(),
        ];
        let first = self.drawn(&parts);
        let second = self.drawn(&[first, OF_REFERENCES]);
        let mut reference = Vec::with_capacity(LENGTH);
        reference.push(KIND);
        reference.extend_from_slice(&expired.to_be_bytes());
        reference.extend_from_slice(&epoch.to_be_bytes());
        reference.extend_from_slice(&first.to_be_bytes());
        reference.extend_from_slice(&second.to_be_bytes());
        reference
    }

    /// FI-60: whether an account may have a file by a reference.
    ///
    /// # Errors
    ///
    /// `FILE_REFERENCE_EMPTY`, `FILE_REFERENCE_INVALID` (it is another file's, or another account's), `FILE_REFERENCE_EXPIRED`; in an
    /// album with the number of the item.
    pub(crate) fn check_reference(
        &self,
        user: i64,
        file: &File,
        reference: &[u8],
        item: Option<usize>,
    ) -> Result<(), RpcError> {
        let refused = |name: &str| {
            let item = item.map(|item| format!("REFERENCE_{item}_"));
            let name =
                item.map_or_else(|| name.to_owned(), |item| name.replace("REFERENCE_", &item));
            Err(invalid(&name))
        };
        if reference.is_empty() {
            return refused("FILE_REFERENCE_EMPTY");
        }
        let Some((expired, epoch)) = numbers(reference) else {
            return refused("FILE_REFERENCE_INVALID");
        };
        if self.reference_of(user, file, expired, epoch) != reference {
            return refused("FILE_REFERENCE_INVALID");
        }
        let is_old = expired != self.expired(file) || self.epoch().saturating_sub(epoch) > 1;
        if is_old { refused("FILE_REFERENCE_EXPIRED") } else { Ok(()) }
    }

    fn expired(&self, file: &File) -> u32 {
        self.files.references.expired.wrapping_add(file.expired)
    }

    fn epoch(&self) -> u32 {
        let lifetime = self.files.references.lifetime.map(|lifetime| lifetime.as_nanos());
        let passed = lifetime.and_then(|lifetime| self.clock.as_nanos().checked_div(lifetime));
        u32::try_from(passed.unwrap_or(0)).unwrap_or(u32::MAX)
    }
}

fn numbers(reference: &[u8]) -> Option<(u32, u32)> {
    let reference: &[u8; LENGTH] = reference.try_into().ok()?;
    let [KIND, a, b, c, d, e, f, g, h, ..] = *reference else { return None };
    Some((u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])))
}

impl File {
    /// All references to it are old.
    pub(crate) fn expire(&mut self) {
        self.expired = self.expired.wrapping_add(1);
    }
}
