//! What a connection needs to know.

use std::time::Duration;

use crate::connection::pfs::Pfs;
use crate::crypto::{AuthKey, RsaPublicKey, Suite};
use crate::ids::{DcId, Salt};
use crate::session::{Limits, Upkeep};

/// The parameters of a connection.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data centre.
    pub dc: DcId,
    /// The server's keys, the preferred first (KX-04).
    pub keys: Vec<RsaPublicKey>,
    /// Whether requests go over temporary keys, bound to the permanent one.
    pub pfs: Option<Pfs>,
    /// A key from before, a permanent one. Without one, a key is exchanged first.
    pub stored: Option<StoredKey>,
    /// Whether a new permanent key waits, unused, until [`key_kept`](crate::connection::Connection::key_kept) says that it
    /// was stored. A login that is tied to a key which a crash has lost can never be ended.
    pub hold_new_key: bool,
    /// How long a dial may take.
    pub dial_timeout: Duration,
    /// What the session does on its own.
    pub upkeep: Upkeep,
    /// How many requests it takes.
    pub limits: Limits,
    /// The cryptography.
    pub suite: Suite,
}

/// What is kept of a key between two runs of a program.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredKey {
    /// The key.
    pub auth_key: AuthKey,
    /// The last salt.
    pub salt: Salt,
    /// By how many seconds the server's clock was ahead of the local one.
    pub time_offset: i64,
}

impl Config {
    /// A connection that exchanges a key first.
    #[must_use]
    pub fn new(dc: DcId, keys: Vec<RsaPublicKey>, suite: Suite) -> Self {
        Self {
            dc,
            keys,
            pfs: None,
            stored: None,
            hold_new_key: false,
            dial_timeout: DIAL_TIMEOUT,
            upkeep: Upkeep::default(),
            limits: Limits::default(),
            suite,
        }
    }
}

/// What TCP needs for three attempts, at one, three and seven seconds.
const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
