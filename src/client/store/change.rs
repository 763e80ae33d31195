//! What can change in what is kept.

use std::net::SocketAddr;

use crate::client::store::secrets::SecretChange;
use crate::client::store::snapshot::SessionUser;
use crate::connection::StoredKey;
use crate::ids::{DcId, Salt};
use crate::updates::Checkpoint;

/// One change of a [`Snapshot`](crate::client::store::Snapshot).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// The data centre that the account lives in is this one.
    Home(DcId),
    /// There is a key for a data centre. Nobody is logged in with it.
    Key {
        /// The data centre.
        dc: DcId,
        /// The key.
        key: Box<StoredKey>,
    },
    /// The key of a data centre is not to be used any more.
    KeyForgotten(DcId),
    /// The salt to begin with next time.
    Salt {
        /// The data centre. Without a key for it, nothing changes.
        dc: DcId,
        /// The salt.
        salt: Salt,
    },
    /// Whether the key of a data centre is that of a login.
    Authorized {
        /// The data centre. Without a key for it, nothing changes.
        dc: DcId,
        /// Whether it is.
        is_authorized: bool,
    },
    /// The addresses of a data centre, as the server tells them.
    Addresses {
        /// The data centre.
        dc: DcId,
        /// Its addresses, the preferred first. Of more than 255 the rest is not kept.
        addresses: Vec<SocketAddr>,
    },
    /// Who is logged in. If it is another than before, or not known any more, nothing of the updates and of the secret chats of that
    /// one is kept.
    User(Option<SessionUser>),
    /// How far updates were dealt with, and the peers that were learnt with them: one batch, so that no update is told of whom
    /// nobody knows how to name.
    Updates(Box<Checkpoint>),
    /// What has changed in secret chats: one batch, so that no message is counted that is not there, and none is there twice (SC-82,
    /// SC-83).
    Secret(Vec<SecretChange>),
    /// How many batches a secret chat has made, in the order of its life; `None` when it is over. A store that has a place which a copy
    /// of the rest does not bring back keeps it there, never before the rest (SC-84).
    Generation {
        /// The chat, by its number in this session; 0 for the number of the last one.
        chat: i32,
        /// How many.
        generation: Option<u64>,
    },
}
