//! The two hash functions, over parts so that nothing has to be joined first.

use sha1::{Digest, Sha1};
use sha2::Sha256;

// What was read of a key is in the hash's buffer: it is finalised where it is, as a move would leave a copy that nobody wipes.

/// SHA-1 of the parts joined.
pub(super) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize_reset().into()
}

/// SHA-256 of the parts joined.
pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize_reset().into()
}
