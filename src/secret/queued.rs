//! A message of the peer that waits behind a gap (SC-45), and its row.

use zeroize::Zeroizing;

use crate::secret::codec::{Source, Writer};
use crate::secret::error::RestoreError;
use crate::secret::types::ServerFile;

/// What came, as it was decrypted: the key may be gone when its turn comes. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Queued {
    pub(super) layer: Zeroizing<Vec<u8>>,
    pub(super) date: i32,
    pub(super) file: Option<ServerFile>,
    /// It came under the key that is current, or was to be.
    pub(super) is_of_new_key: bool,
    /// It was acted on at once, so that its turn brings nothing (SC-46).
    pub(super) is_done: bool,
}

impl Queued {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::with_room(self.layer.len());
        w.string(&self.layer).put(&self.date.to_le_bytes());
        w.maybe(self.file, |w, file| {
            w.put(&file.id.to_le_bytes()).put(&file.access_hash.to_le_bytes());
            w.put(&file.size.to_le_bytes()).put(&file.dc_id.to_le_bytes());
            w.put(&file.key_fingerprint.to_le_bytes());
        });
        w.flag(self.is_of_new_key).flag(self.is_done);
        w.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut r = Source::new(bytes);
        let queued = Self {
            layer: Zeroizing::new(r.string()?.to_vec()),
            date: r.i32()?,
            file: r.maybe(|r| {
                Ok(ServerFile {
                    id: r.i64()?,
                    access_hash: r.i64()?,
                    size: r.i64()?,
                    dc_id: r.i32()?,
                    key_fingerprint: r.i32()?,
                })
            })?,
            is_of_new_key: r.flag()?,
            is_done: r.flag()?,
        };
        r.end().map(|()| queued)
    }
}
