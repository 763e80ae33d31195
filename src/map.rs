//! Maps by ids of the protocol.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// A map by ids. Clients choose some of them, so the hash has a random seed; how many a client may have is limited
/// everywhere.
pub(crate) type IdMap<K, V> = HashMap<K, V, RandomState>;

/// A set of ids, as [`IdMap`].
#[cfg(feature = "server")]
pub(crate) type IdSet<K> = std::collections::HashSet<K, RandomState>;
