//! The runtime that a call is made in.

use tokio::runtime::{Handle, Id, RuntimeFlavor};

use crate::client::error::Error;

/// A runtime, as far as connections care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Here {
    id: Id,
    /// Whether it moves on by itself. One of a single thread does while somebody blocks on it, and nobody outside knows.
    moves: bool,
}

/// The runtime at hand.
///
/// # Errors
///
/// [`Error::NoRuntime`].
pub(super) fn here() -> Result<Here, Error> {
    let handle = Handle::try_current().map_err(|_| Error::NoRuntime)?;
    let moves = handle.runtime_flavor() != RuntimeFlavor::CurrentThread;
    Ok(Here { id: handle.id(), moves })
}

impl Here {
    /// Whether what lives there is driven while a call is made here.
    pub(super) fn serves(self, here: Self) -> bool {
        self.moves || self.id == here.id
    }
}
