//! The two ends of a chat, and what differs between them: the half of the key, and the parity of numbers.

use crate::crypto::Sender;

/// Which end of a chat. It does not change with a rekey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// It called `messages.requestEncryption`; A in the checklists of the protocol.
    Creator,
    /// It called `messages.acceptEncryption`; B.
    Acceptor,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Creator => Self::Acceptor,
            Self::Acceptor => Self::Creator,
        }
    }

    /// Which parts of the key it uses: `x = 0` for the creator, `x = 8` for the acceptor (SC-20).
    pub(crate) fn sender(self) -> Sender {
        match self {
            Self::Creator => Sender::Client,
            Self::Acceptor => Sender::Server,
        }
    }

    /// The parity of `in_seq_no` and of `out_seq_no` of what it sends (SC-40).
    pub(super) fn parities(self) -> (u32, u32) {
        match self {
            Self::Creator => (0, 1),
            Self::Acceptor => (1, 0),
        }
    }
}
